// Access groups: several who are given the same.
import { del, get, part, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm } from '../lib/dialog.js';
import { field, formDialog } from '../lib/form.js';
import { groups, moment } from '../lib/iam.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { button, empty, heading, hint, stack, time, toast } from '../lib/ui.js';
import { number, t } from '../lib/words.js';

export const title = () => t('access.groups');

async function create({ me, go }) {
  const made = await formDialog({
    title: t('access.group_new'),
    fields: [
      field({ name: 'name', label: t('access.name'), required: true, maxBytes: 100,
        placeholder: t('access.group_name_like') }),
      field({ name: 'description', label: t('access.description'), required: false, maxBytes: 1000 }),
    ],
    action: t('access.create'),
    run: (values) => post('/v2/groups', values, { query: { account_id: me.account } }),
  });
  if (made) go(`access/groups/${part(made.id)}`);
}

// → whether it is gone. Members leave with the group, and lose what it gave them.
export async function removeGroup(group) {
  const members = (await get(`/v2/groups/${part(group.id)}/members`, { query: { limit: 1 } })).total_count;
  const done = await confirm({
    title: t('access.delete_title', { name: group.name }),
    body: hint('warn', t('access.delete_group_more'),
      members > 0 && h('p', {}, t('access.delete_group_members', { n: members }))),
    action: t('access.delete'), danger: true, type: members > 0 ? group.name : undefined,
    run: () => del(`/v2/groups/${part(group.id)}`, { query: { force: members > 0 } }),
  });
  if (done) toast(t('access.done_delete', { name: group.name }));
  return done;
}

// Rows are drawn as they come into sight; how many a group has is asked for then.
function counted() {
  const known = new Map();
  return (group) => {
    const node = h('span', {}, '…');
    if (!known.has(group.id))
      known.set(group.id, get(`/v2/groups/${part(group.id)}/members`,
        { query: { limit: 1 } }).then((page) => page.total_count));
    known.get(group.id).then((n) => { node.textContent = number(n); }, () => { node.textContent = ''; });
    return node;
  };
}

const columns = () => [
  { head: t('access.name'), cell: (group) => group.name, wide: 3, min: '14ch', narrow: 'title' },
  { head: t('access.description'), cell: (group) => group.description, wide: 4, min: '12ch', narrow: 'show' },
  { head: t('access.members'), cell: counted(), wide: 1, min: '8ch', num: true, narrow: 'show' },
  { head: t('access.changed'), cell: (group) => time(moment(group.last_modified_at)), wide: 2, min: '11ch',
    narrow: 'hide' },
];

export async function show(page) {
  const { me, signal } = page;
  // Who may list none is told so by the page, not by a list without rows.
  await get('/v2/groups', { query: { account_id: me.account, limit: 1 }, signal });
  let table = null;
  const drop = button(t('access.delete'), { kind: 'danger', icon: 'trash', disabled: true,
    on: async () => { if (await removeGroup(table.selected()[0])) table.reload(); } });
  table = list({
    label: t('access.groups'), columns: columns(), load: (ask) => groups(me, ask), id: (group) => group.id,
    name: (group) => group.name,
    select: 'one', href: (group) => to('access', 'groups', group.id),
    actions: [button(t('access.create'), { kind: 'primary', icon: 'plus', on: () => create(page) }), drop],
    onSelect: (chosen) => { drop.disabled = chosen.length !== 1; },
    empty: empty(t('access.groups_none'), { picture: 'group' }),
  });
  return stack(heading(t('access.groups'), { sub: t('access.groups_sub') }), table.node);
}
