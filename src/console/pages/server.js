// One server: the key it trusts, those it trusted, and how one gets in.

import { get, part } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { to } from '../lib/route.js';
import { button, code, codeBlock, facts, heading, hint, mono, section, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { byText, typeText } from './compute/pair_text.js';
import { fullName, listHref, may, paths, projectOf } from './compute/place.js';
import { authorizedLine, deleteServer, home, renewSeed, setPair } from './compute/server_change.js';
import { atFrom, pairOf, seedState, serverState } from './compute/server_text.js';

export const title = () => t('compute.server');

function follows(server) {
  if (server.follows) return t('compute.follows_yes');
  return ['open', 'started'].includes(server.seed.state) ? t('compute.follows_later') : t('compute.follows_no');
}

function serverFacts(server) {
  const data = server.user_data_bytes;
  return facts([
    [t('compute.state'), serverState(server)],
    [t('compute.project'), server.project],
    server.reported_at && [t('compute.calls_itself'), server.fqdn || server.hostname],
    [t('compute.reported'), atFrom(server.reported_at, server.reported_from) ?? t('compute.not_yet')],
    [t('compute.last_asked'), atFrom(server.last_asked?.at, server.last_asked?.addr) ?? t('compute.not_yet')],
    [t('compute.follows'), follows(server)],
    [t('compute.user_data'), data > 0 ? t('compute.user_data_bytes', { n: data }) : t('compute.user_data_none')],
    [t('compute.created_by'), byText(server)],
    [t('compute.created'), time(server.created_at)],
    [t('compute.id'), mono(server.id)],
  ]);
}

const whenBy = (at, who) => [time(at), who && [' ', h('span', { class: 'quiet' }, who)]];

// Whoever is no administrator reads why not, and whom to ask.
function trustedKey(server, allowed, doing) {
  const change = button(t('compute.set_pair'), { icon: 'key', disabled: !allowed.setkey, on: doing.set });
  return section(t('compute.trusts'), [
    facts([
      [t('compute.keypair'), pairOf(server.key, projectOf(server))],
      [t('compute.type'), typeText(server.key)],
      [t('compute.fingerprint'), mono(server.key.fingerprint_sha256)],
      ['MD5', mono(server.key.fingerprint_md5)],
      [t('compute.trusted_since'), whenBy(server.key.since, byText(server.key, 'by'))],
    ]),
    server.key.keypair_deleted && hint('note', h('p', {}, t('compute.faq_deleted_1'))),
    !allowed.setkey && hint('note', h('p', {}, t('compute.faq_change_1')), h('p', {}, t('compute.faq_change_2'))),
  ], { actions: [change] });
}

function firstBoot(server, allowed, doing) {
  const { seed } = server;
  return section(t('compute.first_boot'), [
    facts([
      [t('compute.state'), seedState(seed)],
      ['open', 'started'].includes(seed.state) && [t('compute.seed_until'), time(seed.expires_at)],
      seed.first_fetched_at && [t('compute.seed_fetched'), atFrom(seed.first_fetched_at, seed.first_fetched_from)],
      seed.enrolled_at && [t('compute.seed_enrolled'), time(seed.enrolled_at)],
    ]),
    !allowed.seed && h('p', { class: 'quiet' }, t('compute.may_not_seed')),
  ], { actions: [button(t('compute.renew'), { icon: 'link', disabled: !allowed.seed, on: doing.renew })] });
}

function login(server) {
  const hosts = server.host_keys.map((key) => `${server.name} ${key.public_key.split(' ').slice(0, 2).join(' ')}`);
  return section(t('compute.login'), [
    h('h3', {}, t('compute.line_ssh')),
    code(`ssh -i ${server.key.keypair}.pem debian@${server.name}`, { label: t('compute.line_ssh') }),
    h('h3', {}, t('compute.host_keys')),
    hosts.length > 0 ? codeBlock(hosts, { label: t('compute.host_keys') })
      : h('p', { class: 'quiet' }, t('compute.no_host_keys')),
    h('h3', {}, t('compute.authorized_line')),
    h('p', { class: 'quiet' }, t('compute.authorized_hint')),
    code(authorizedLine(server), { label: t('compute.authorized_line') }),
  ]);
}

function past(keys, project) {
  const heads = [t('compute.keypair'), t('compute.fingerprint'), t('compute.from'), t('compute.to')];
  return section(t('compute.keys_ever'), h('table', { class: 'compute-table' },
    h('caption', { class: 'unseen' }, t('compute.keys_ever')),
    h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, keys.map((key) => h('tr', {},
      h('td', {}, pairOf(key, project)), h('td', {}, mono(key.fingerprint_sha256, { short: 24 })),
      h('td', {}, whenBy(key.from, byText(key, 'by'))),
      h('td', {}, key.to ? whenBy(key.to, byText(key, 'ended_by')) : t('compute.now')))))));
}

export async function show(page) {
  const { project, name } = page.params;
  const path = paths(page, project);
  const thing = fullName(page, project, name);
  const [server, { keys }, setkey, seed, gone] = await Promise.all([
    get(path('servers', name), { signal: page.signal }),
    get(path('servers', name, 'keys'), { signal: page.signal }),
    may(page, 'server.server.setkey', thing),
    may(page, 'server.server.seed', thing),
    may(page, 'server.server.delete', thing),
  ]);
  const again = () => page.go(['compute/servers', part(project), part(name)].join('/'), { replace: true });
  const doing = {
    set: async () => { if (await setPair(server, path)) again(); },
    renew: async () => { if (await renewSeed(server, path)) again(); },
    remove: async () => {
      if (!(await deleteServer(server, path))) return;
      toast(t('compute.server_deleted', { name: server.name }));
      page.go(home(server), { replace: true });
    },
  };
  const allowed = { setkey, seed };
  const remove = button(t('compute.delete'), { kind: 'danger', icon: 'trash', disabled: !gone, on: doing.remove,
    title: gone ? undefined : t('compute.may_not_delete_server') });
  return h('div', { class: 'stack' },
    heading(server.name, { actions: [remove], crumbs: [[t('compute.compute'), to('compute', 'keypairs')],
      [t('compute.servers'), listHref('servers', project)]] }),
    !gone && h('p', { class: 'quiet' }, t('compute.may_not_delete_server')),
    serverFacts(server), trustedKey(server, allowed, doing), login(server), firstBoot(server, allowed, doing),
    past(keys, project));
}
