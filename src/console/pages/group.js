// One access group: who is in it, and what it gives them.
import { call, get, part, patch, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm, dialog } from '../lib/dialog.js';
import { addMember, policiesSection } from '../lib/granted.js';
import { again, moment, nameOf, onwards, pageOf, people, personName, serviceIds, whose } from '../lib/iam.js';
import { list } from '../lib/list.js';
import { editNamed } from '../lib/named.js';
import { to } from '../lib/route.js';
import { badge, button, copyButton, empty, facts, heading, mono, row, section, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { removeGroup } from './groups.js';

export const title = () => t('access.group');

const AT_ONCE = 50; // members in one call

async function edit(page, group, tag) {
  const path = `/v2/groups/${part(group.id)}`;
  const changed = await editNamed(page, group, {
    nameBytes: 100, tag, now: async () => (await call('GET', path)).headers.get('ETag'),
    send: (values, options) => patch(path, values, options),
  });
  if (changed) again(page);
}

// --- members ---------------------------------------------------------------

async function members(group, { from, signal }) {
  const page = await get(from ?? `/v2/groups/${part(group.id)}/members`,
    { query: from ? undefined : { limit: 100 }, signal });
  return { rows: page.members, next: onwards(page.next?.href), total: page.total_count };
}

function takeOut(group, chosen, table) {
  return confirm({
    title: t('access.take_out_many', { n: chosen.length, group: group.name }), body: t('access.take_out_more'),
    action: t('access.take_out'), danger: true,
    run: async () => {
      try {
        for (let i = 0; i < chosen.length; i += AT_ONCE) {
          const ids = chosen.slice(i, i + AT_ONCE).map((member) => member.iam_id);
          await post(`/v2/groups/${part(group.id)}/members/delete`, { members: ids });
        }
      } finally {
        table.clear();
        table.reload();
      }
    },
  });
}

// Of people or of service IDs, whoever is wanted: a list like their own, in a dialog.
function picker(me, kind, picked) {
  let search = '';
  const table = kind === 'user'
    ? list({
      label: t('access.users'), select: 'many', onSelect: picked, id: (user) => user.iam_id, name: personName,
      columns: [{ head: t('access.name'), cell: personName, wide: 2, narrow: 'title' },
        { head: t('access.email'), cell: (user) => user.email, wide: 3 }],
      load: (ask) => people(me, { ...ask, search }), empty: empty(t('access.none_named')),
      search: { placeholder: t('access.search_people'), run: (text) => { search = text; table.reload(); } },
    })
    : list({
      label: t('access.service_ids'), select: 'many', onSelect: picked, id: (service) => service.iam_id,
      name: (service) => service.name,
      columns: [{ head: t('access.name'), cell: (service) => service.name, wide: 2, narrow: 'title' },
        { head: t('access.description'), cell: (service) => service.description, wide: 3 }],
      load: (ask) => serviceIds(me, { ...ask, only: search }), empty: empty(t('access.none_named')),
      search: { placeholder: t('access.exact_name'), run: (text) => { search = text; table.reload(); } },
    });
  return h('div', { class: 'access-picker' }, table.node);
}

// Each is put in by itself: who cannot be is said by name, and the others are in.
async function putIn(group, chosen) {
  const failed = [];
  for (const one of chosen) {
    const words = await addMember(group.id, one.iam_id);
    if (words) failed.push(`${one.email ? personName(one) : one.name}: ${words}`);
  }
  return { failed, done: chosen.length - failed.length };
}

async function add(me, group, kind, table) {
  let chosen = [];
  const act = {
    text: t('access.put_in'), kind: 'primary', disabled: true,
    run: () => putIn(group, chosen),
  };
  const set = (rows) => {
    chosen = rows;
    act.node.disabled = act.node.kept = rows.length === 0;
  };
  const d = dialog({
    title: t(kind === 'user' ? 'access.add_users' : 'access.add_services', { group: group.name }), wide: true,
    body: picker(me, kind, set), actions: [act],
  });
  act.node.kept = true;
  const told = await d.done;
  if (!told) return;
  table.reload();
  for (const words of told.failed) toast(words, { bad: true });
  if (told.done > 0) toast(t('access.done_put_in', { n: told.done, group: group.name }));
}

function memberList(page, group) {
  const { me } = page;
  let table = null;
  const drop = button(t('access.take_out'), { disabled: true, on: () => takeOut(group, table.selected(), table) });
  table = list({
    label: t('access.members'), id: (member) => member.iam_id, select: 'many', load: (ask) => members(group, ask),
    href: (member) => `/console/${pageOf(member.iam_id)}`,
    columns: [
      { head: t('access.name'), cell: (member) => whose(me, member.iam_id, { linked: false }), wide: 3, min: '14ch',
        narrow: 'title' },
      { head: t('access.kind'), cell: (member) => badge(t(member.type === 'service' ? 'access.service_id'
        : 'access.user')), wide: 2, min: '10ch' },
      { head: t('access.put_in_at'), cell: (member) => time(moment(member.created_at)), wide: 2, min: '11ch' },
      { head: t('access.put_in_by'), cell: (member) => whose(me, member.created_by_id), wide: 2, min: '11ch',
        narrow: 'hide' },
    ],
    actions: [
      button(t('access.add_user'), { kind: 'primary', icon: 'plus', on: () => add(me, group, 'user', table) }),
      button(t('access.add_service'), { icon: 'plus', on: () => add(me, group, 'service', table) }),
      drop,
    ],
    onSelect: (chosen) => { drop.disabled = chosen.length === 0; },
    empty: empty(t('access.members_none'), { picture: 'group' }),
  });
  return table.node;
}

export async function show(page) {
  const { me, params, signal } = page;
  const { data: group, headers } = await call('GET', `/v2/groups/${part(params.id)}`, { signal });
  nameOf(me, group.created_by_id);
  const remove = async () => { if (await removeGroup(group)) page.go('access/groups', { replace: true }); };
  return stack(
    heading(group.name, { sub: group.description,
      crumbs: [[t('access.groups'), to('access', 'groups')]], actions: [
      button(t('access.edit'), { on: () => edit(page, group, headers.get('ETag')) }),
      button(t('access.delete'), { kind: 'danger', icon: 'trash', on: remove }),
    ] }),
    section(t('access.members'), memberList(page, group)),
    await policiesSection(page, { access_group_id: group.id }),
    facts([
      [t('access.made'), h('span', {}, time(moment(group.created_at)), ' · ', whose(me, group.created_by_id))],
      [t('access.changed'), h('span', {}, time(moment(group.last_modified_at)), ' · ',
        whose(me, group.last_modified_by_id))],
      [t('access.id'), row(mono(group.id), copyButton(group.id, { label: t('access.id') }))],
    ]));
}
