// Compute > Key Pair: the pairs of a project.

import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { list } from '../lib/list.js';
import { button, empty, heading, link, mono, time, toast } from '../lib/ui.js';
import { parts, t } from '../lib/words.js';
import { faq } from './compute/faq.js';
import { createPair } from './compute/pair_create.js';
import { deletePairs } from './compute/pair_delete.js';
import { byText, stateBadge, typeText } from './compute/pair_text.js';
import { fullName, keep, listHref, may, pairHref, paths, placeOf, projectOf } from './compute/place.js';

export const title = () => t('compute.keypairs');

const HERE = 'compute/keypairs';
const SERVERS_MAX = 1000; // that the server counts of one pair in a list

const columns = (project) => [
  { head: t('compute.name'), wide: 3, min: '13rem', narrow: 'title',
    cell: (pair) => [pair.name, ' ', stateBadge(pair)] },
  { head: t('compute.type'), wide: 1, min: '6.5rem', cell: typeText },
  { head: t('compute.fingerprint'), wide: 4, min: '11.5rem',
    cell: (pair) => mono(pair.fingerprint_sha256, { short: 16 }) },
  { head: t('compute.servers'), wide: 1, min: '5rem', num: true, cell: (pair) => serversCell(pair, project) },
  { head: t('compute.created'), wide: 2, min: '8.5rem', cell: (pair) => time(pair.created_at) },
  { head: t('compute.created_by'), wide: 3, min: '7.5rem', cell: byText },
];

function serversCell(pair, project) {
  if (pair.servers === 0) return h('span', { class: 'quiet' }, '0');
  const text = pair.servers < SERVERS_MAX ? String(pair.servers) : `${SERVERS_MAX}+`;
  const label = t('compute.servers_n', { n: pair.servers });
  return h('a', { href: `${pairHref(project, pair.name)}#servers`, title: label }, text);
}

function pairList(page, project, doing) {
  const path = paths(page, project);
  let search = page.query.get('search') ?? '';
  const none = h('span');
  const sayNone = () => { none.textContent = search ? t('compute.none_found', { search }) : t('compute.no_pairs'); };
  sayNone();
  const made = list({
    label: t('compute.keypairs'),
    columns: columns(project),
    select: 'many',
    id: (pair) => pair.id,
    name: (pair) => pair.name,
    href: (pair) => pairHref(projectOf(pair), pair.name),
    load: async ({ from, limit, signal }) => {
      const { keypairs: rows, next } = await get(path('keypairs'), { query: { search, after: from, limit }, signal });
      return { rows, next };
    },
    actions: [doing.create, doing.remove],
    onSelect: (rows) => { doing.remove.disabled = rows.length === 0; },
    empty: empty(none),
    search: { placeholder: t('compute.search_pairs'), value: search, run: (text) => {
      search = text;
      keep(HERE, page.query, { search });
      sayNone();
      made.reload();
    } },
  });
  return made;
}

export async function show(page) {
  const { project, chooser } = await placeOf(page, HERE);
  const [mayList, mayCreate] = await Promise.all(['key-pair.keypair.list', 'key-pair.keypair.create'].map((action) =>
    may(page, action, fullName(page, project))));
  const head = heading(t('compute.keypairs'), { sub: parts('compute.keypairs_sub',
    { servers: link(t('compute.keypairs_sub_servers'), listHref('servers', project)) }), actions: [chooser] });
  if (!mayList) {
    const why = t('compute.may_not_list', { project, account: page.me.account_slug });
    return h('div', { class: 'stack' }, head, empty(why), faq());
  }
  const create = button(t('compute.create'), { kind: 'primary', icon: 'plus', disabled: !mayCreate,
    title: mayCreate ? undefined : t('compute.may_not_create') });
  const remove = button(t('compute.delete'), { kind: 'danger', icon: 'trash', disabled: true });
  const pairs = pairList(page, project, { create, remove });
  create.addEventListener('click', async () => {
    const made = await createPair(page, project);
    if (!made) return;
    await pairs.reload();
    await made.shown;
  });
  remove.addEventListener('click', async () => {
    const chosen = pairs.selected();
    const done = await deletePairs(chosen, paths(page, project), (pair) => pairs.remove(pair.id));
    if (!done) return;
    toast(t('compute.deleted', { n: chosen.length, name: chosen[0].name }));
    create.focus();
  });
  return h('div', { class: 'stack' },
    head, !mayCreate && h('p', { class: 'quiet' }, t('compute.may_not_create')), pairs.node, faq());
}
