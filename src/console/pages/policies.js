// Policies of the account, or of somebody in it: who may do what, each in a sentence.
import { call, del, get, part } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm, errorWords } from '../lib/dialog.js';
import { roleBook, subjectName, told } from '../lib/grant.js';
import { onwards, pageOf } from '../lib/iam.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { badge, button, empty, heading, link, row, stack, tabs, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('policy.policies');

const isGroup = (id) => id.startsWith('AccessGroupId-');

function home(query) {
  const text = String(new URLSearchParams(Object.entries(query).filter(([, value]) => value)));
  return to('access', 'policies') + (text && `?${text}`);
}

async function load({ me, who, name, deleted, book }, { from, limit, sort, signal }) {
  const query = { account_id: me.account, format: 'display', limit, sort, state: deleted ? 'deleted' : 'active',
    ...(who && (isGroup(who) ? { access_group_id: who } : { iam_id: who })) };
  const page = await get(from ?? '/v2/policies', { query: from ? undefined : query, signal });
  return { rows: await Promise.all(page.policies.map((one) => told(me, book, one, who && name))),
    next: onwards(page.next?.href) };
}

async function remove(chosen, table) {
  const done = await confirm({
    title: chosen.length === 1 ? t('policy.delete_one') : t('policy.delete_many', { n: chosen.length }),
    body: stack(chosen.length === 1 && h('p', {}, chosen[0].text), h('p', {}, t('policy.delete_more'))),
    action: t('policy.delete'), danger: true,
    run: async () => {
      try {
        for (const one of chosen) await del(`/v2/policies/${part(one.id)}`);
      } finally {
        table.clear();
        table.reload();
      }
    },
  });
  if (done) toast(t('policy.deleted_done', { n: chosen.length }));
}

async function restore(one, table) {
  try {
    const { headers } = await call('GET', `/v2/policies/${part(one.id)}`);
    await call('PATCH', `/v1/policies/${part(one.id)}`, { json: { state: 'active' },
      headers: { 'If-Match': headers.get('ETag') } });
    table.clear();
    table.remove(one.id);
    toast(t('policy.restored'));
  } catch (e) {
    toast(errorWords(e), { bad: true });
  }
}

const subject = (grant) =>
  link(grant.name, grant.group ? to('access', 'groups', grant.who) : `/console/${pageOf(grant.who)}`);

const columns = (deleted) => [
  { head: t('policy.grants'), wide: 6, min: '30ch', narrow: 'title',
    cell: (one) => h('span', { class: 'policy-says' }, one.text) },
  { head: t('policy.who'), wide: 2, min: '12ch', narrow: 'show', cell: (one) => (deleted ? one.name : subject(one)) },
  { head: t('policy.roles'), wide: 2, min: '14ch', narrow: 'show',
    cell: (one) => row(one.roleNames.map((role) => badge(role)),
      one.when.kind !== 'always' && badge(t('policy.by_time'), 'warn')) },
  { head: t('policy.changed'), wide: 2, min: '15ch', narrow: 'hide', sort: 'last_modified_at',
    cell: (one) => time(one.policy.last_modified_at) },
];

function actions(page, state, table) {
  if (state.deleted) {
    const back = button(t('policy.restore'), { disabled: true, on: () => restore(table().selected()[0], table()) });
    return { nodes: [back], chosen: (rows) => { back.disabled = rows.length !== 1; } };
  }
  const add = button(t('policy.create'), { kind: 'primary', icon: 'plus',
    on: () => page.go(`access/policies/new${state.who ? `?who=${part(state.who)}` : ''}`) });
  const drop = button(t('policy.delete'), { kind: 'danger', icon: 'trash', disabled: true,
    on: () => remove(table().selected(), table()) });
  return { nodes: [add, drop], chosen: (rows) => { drop.disabled = rows.length === 0; } };
}

function filter({ who, name, deleted }) {
  const explain = `${to('access', 'explain')}?who=${encodeURIComponent(who)}`;
  return h('p', { class: 'policy-filter' }, h('strong', {}, t('policy.only_of', { who: name })),
    link(t('policy.show_all'), home({ state: deleted && 'deleted' })),
    !isGroup(who) && link(t('policy.explain'), explain));
}

export async function show(page) {
  const { me, query, signal } = page;
  const who = query.get('who') ?? '';
  const state = { me, who, deleted: query.get('state') === 'deleted', book: roleBook(me, signal) };
  state.name = who && await subjectName(me, who);
  // Who may list none is told so by the page, not by a list without rows.
  await load(state, { limit: 1, signal });
  let table = null;
  const { nodes, chosen } = actions(page, state, () => table);
  const none = state.deleted ? t('policy.policies_none_deleted')
    : who ? t('policy.policies_none_who', { who: state.name }) : t('policy.policies_none');
  table = list({
    label: t('policy.policies'), columns: columns(state.deleted), load: (ask) => load(state, ask), id: (one) => one.id,
    name: (one) => one.text, select: state.deleted ? 'one' : 'many', sort: '-last_modified_at', actions: nodes,
    onSelect: chosen,
    href: state.deleted ? undefined : (one) => `${to('access', 'policies', 'new')}?edit=${part(one.id)}`,
    empty: empty(none),
  });
  return stack(heading(t('policy.policies'), { sub: t('policy.policies_sub') }),
    tabs([{ label: t('policy.active'), href: home({ who }), current: !state.deleted },
      { label: t('policy.deleted'), href: home({ who, state: 'deleted' }), current: state.deleted }]),
    who && filter(state), table.node);
}
