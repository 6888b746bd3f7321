// One key pair: what it is, where it is trusted, and the lines to use it with.

import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { to } from '../lib/route.js';
import {
  button, code, codeBlock, disclosure, download, facts, heading, hint, link, mono, section, stack, time, toast,
} from '../lib/ui.js';
import { t } from '../lib/words.js';
import { faq } from './compute/faq.js';
import { deletePairs } from './compute/pair_delete.js';
import { pairHistory } from './compute/history.js';
import { byText, stateBadge, typeText } from './compute/pair_text.js';
import { listHref, paths, projectOf, serverHref } from './compute/place.js';

export const title = () => t('compute.keypair');

const SHOWN = 20;

function pairFacts(pair) {
  const made = pair.origin === 'made';
  return facts([
    pair.state !== 'alive' && [t('compute.state'), stateBadge(pair)],
    [t('compute.project'), pair.project],
    [t('compute.type'), `${typeText(pair)} (${pair.type})`],
    [t('compute.origin'), made ? t('compute.origin_made') : t('compute.origin_imported')],
    pair.comment && pair.comment !== pair.name && [t('compute.comment'), pair.comment],
    [t('compute.created_by'), byText(pair)],
    [t('compute.created'), time(pair.created_at)],
    [t('compute.id'), mono(pair.id)],
  ]);
}

function stateHint(pair) {
  if (pair.state === 'dead') return hint('bad', h('p', {}, t('compute.dead_hint')));
  return pair.state === 'pending' ? hint('warn', h('p', {}, t('compute.pending_hint'))) : null;
}

function publicKey(pair) {
  const save = () => download(`${pair.name}.pub`, `${pair.public_key}\n`, 'text/plain');
  return section(t('compute.public_key'), [
    code(pair.public_key, { label: t('compute.public_key') }),
    h('div', { class: 'compute-prints' },
      stack(
        h('h3', {}, t('compute.fingerprints')),
        code(pair.fingerprint_sha256, { label: 'SHA256' }),
        code(pair.fingerprint_md5, { label: 'MD5' })),
      h('pre', { class: 'compute-art', role: 'img', 'aria-label': t('compute.randomart') }, pair.randomart.trimEnd())),
  ], { actions: [button(t('compute.download_public'), { icon: 'download', on: save })] });
}

async function serversOf(page, pair, path) {
  const asked = { query: { limit: SHOWN }, signal: page.signal };
  const { servers, next } = await get(path('keypairs', pair.id, 'servers'), asked);
  return { servers, next };
}

function serverRows(pair, { servers, next }) {
  if (servers.length === 0) return h('p', { class: 'quiet' }, t('compute.trusted_by_none'));
  const all = `${listHref('servers', projectOf(pair))}&${new URLSearchParams({ trusts: pair.fingerprint_sha256 })}`;
  return [
    h('ul', { class: 'compute-servers' }, servers.map((server) => h('li', {},
      link(server.name, serverHref(projectOf(server), server.name)), ' ',
      h('span', { class: 'quiet' }, server.project, ' · ', t('compute.since'), ' ', time(server.key.since))))),
    next !== undefined && h('p', {}, link(t('compute.all_servers'), all)),
  ];
}

// Who may not see servers is not shown an empty list.
function servers(page, pair, path, found) {
  const href = `${listHref('servers', projectOf(pair))}&${new URLSearchParams({ keypair: pair.name })}`;
  const make = link(t('compute.make_server'), href, { class: 'button plain' });
  const hidden = h('p', { class: 'quiet' }, t('compute.servers_hidden', { n: pair.servers }));
  return section(t('compute.servers'), found ? serverRows(pair, found) : hidden,
    { id: 'servers', actions: pair.state === 'alive' ? [make] : [] });
}

function uses(pair) {
  const lines = (label, text, ...before) => [h('h3', {}, label), before, code(text, { label })];
  const file = `${pair.name}.pem`;
  return section(t('compute.use'), [
    lines(t('compute.line_ssh'), `ssh -i ${pair.origin === 'made' ? file : 'FILE'} debian@SERVER`),
    pair.origin === 'made' && lines(t('compute.line_check'), `ssh-keygen -y -f ${file}`),
    disclosure(t('compute.elsewhere'),
      lines(t('compute.line_openstack'), `openstack keypair create --public-key ${pair.name}.pub ${pair.name}`),
      h('h3', {}, t('compute.line_cloud_init')),
      codeBlock(['#cloud-config', 'ssh_authorized_keys:', `  - ${pair.public_key}`],
        { label: t('compute.line_cloud_init') }),
      lines(t('compute.line_cli'), `latchkey server create NAME --keypair ${pair.name} --project ${pair.project}`)),
  ]);
}

const unlessForbidden = (promise) => promise.catch((e) => {
  if (e.status === 403 || e.status === 404) return null;
  throw e;
});

export async function show(page) {
  const { project, name } = page.params;
  const path = paths(page, project);
  const pair = await get(path('keypairs', name), { signal: page.signal });
  const [found, history] = await Promise.all([
    unlessForbidden(serversOf(page, pair, path)),
    unlessForbidden(pairHistory(page, pair)),
  ]);
  const remove = button(t('compute.delete'), { kind: 'danger', icon: 'trash', on: async () => {
    if (!(await deletePairs([pair], path, () => {}))) return;
    toast(t('compute.deleted', { n: 1, name: pair.name }));
    page.go(`compute/keypairs?${new URLSearchParams({ project })}`, { replace: true });
  } });
  return h('div', { class: 'stack' },
    heading(pair.name, { actions: [remove], crumbs: [[t('compute.compute'), to('compute', 'keypairs')],
      [t('compute.keypairs'), listHref('keypairs', project)]] }),
    stateHint(pair), pairFacts(pair), publicKey(pair), servers(page, pair, path, found), uses(pair), history, faq());
}
