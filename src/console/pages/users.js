// The people of an account, those who were invited among them.
import { del, get, part, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm, dialog } from '../lib/dialog.js';
import { choice, field, formDialog } from '../lib/form.js';
import { every, groups, moment, people, personName, searched } from '../lib/iam.js';
import { list } from '../lib/list.js';
import { powers, userBadges } from '../lib/powers.js';
import { to } from '../lib/route.js';
import { button, code, empty, heading, hint, row, secret, stack, time, toast } from '../lib/ui.js';
import { moment as inWords, t } from '../lib/words.js';

export const title = () => t('access.users');

// The code is said once, and nothing is mailed: whoever invites hands it over.
export function showCode(invited) {
  const address = `${location.origin}${to('invitation')}`;
  const line = `latchkey user accept -a ${location.origin}`;
  return dialog({
    title: t('access.invited', { email: invited.email }), wide: true, guard: true,
    body: stack(
      hint('warn', t('access.code_once')),
      secret(invited.code, { label: t('access.code') }),
      h('p', {}, t('access.code_ends', { when: inWords(moment(invited.expires_at)) })),
      h('p', {}, t('access.code_page')),
      code(address, { label: t('access.code_page') }),
      h('p', {}, t('access.code_line')),
      code(line, { label: t('access.code_line') }),
      invited.error && hint('bad', t('access.invited_partly', { why: invited.error }))),
    actions: [{ text: t('access.have_it'), kind: 'primary' }],
  }).done;
}

// Whoever may not see the groups invites without.
async function groupChoice(me) {
  let all = [];
  try {
    all = await every((ask) => groups(me, ask));
  } catch (e) {
    if (e.status !== 403) throw e;
  }
  return all.length > 0 && choice({
    name: 'group', label: t('access.invite_group'), hint: t('access.invite_group_hint'), kind: 'select', value: '',
    options: [{ value: '', label: t('access.no_group') },
      ...all.map((group) => ({ value: group.id, label: group.name }))],
  });
}

export async function invite(me, email) {
  const into = await groupChoice(me);
  const made = await formDialog({
    title: t('access.invite_title'),
    fields: [field({ name: 'email', label: t('access.email'), required: true, type: 'email', value: email,
      maxBytes: 254,
      check: (value) => (/^[^@\s]+@[^@\s]+$/.test(value) ? '' : t('access.email_bad')) }), into],
    action: t('access.invite'),
    run: async ({ email: address, group }) => {
      const body = { users: [{ email: address, account_role: 'Member' }],
        ...(group ? { access_groups: [group] } : {}) };
      return (await post(`/v2/accounts/${part(me.account)}/users`, body)).resources[0];
    },
  });
  if (made?.code) await showCode(made);
  return made;
}

async function remove(me, chosen, table) {
  const one = chosen.length === 1;
  const done = await confirm({
    title: one ? t('access.remove_title', { name: personName(chosen[0]) })
      : t('access.remove_users', { n: chosen.length }),
    body: hint('warn', t('access.remove_user_more')), action: t('access.remove'), danger: true,
    run: async () => {
      try {
        for (const user of chosen) await del(`/v2/accounts/${part(me.account)}/users/${part(user.iam_id)}`);
      } finally {
        table.reload();
      }
    },
  });
  if (done) toast(one ? t('access.done_remove', { name: personName(chosen[0]) })
    : t('access.done_remove_many', { n: chosen.length }));
}

function columns(who) {
  return [
    { head: t('access.name'), cell: (user) => personName(user), wide: 3, min: '14ch', narrow: 'title' },
    { head: t('access.email'), cell: (user) => user.email, wide: 3, min: '14ch', narrow: 'show' },
    { head: t('access.state'), cell: (user) => row(userBadges(user, who)), wide: 3, min: '14ch', narrow: 'show' },
    { head: t('access.here_since'), cell: (user) => time(moment(user.added_on)), wide: 2, min: '11ch', narrow: 'hide' },
  ];
}

export async function show(page) {
  const { me, query, signal } = page;
  let search = query.get('search') ?? '';
  // Who may list none is told so by the page, not by a list without rows.
  const [who] = await Promise.all([powers(me, signal),
    get(`/v2/accounts/${part(me.account)}/users`, { query: { limit: 1 }, signal })]);
  let table = null;
  const drop = button(t('access.remove'),
    { kind: 'danger', icon: 'trash', disabled: true, on: () => remove(me, table.selected(), table) });
  const add = button(t('access.invite'),
    { kind: 'primary', icon: 'plus', on: async () => { if (await invite(me)) table.reload(); } });
  table = list({
    label: t('access.users'), columns: columns(who), load: (ask) => people(me, { ...ask, search }),
    id: (user) => user.iam_id,
    name: personName, select: 'many', href: (user) => to('access', 'users', user.iam_id), actions: [add, drop],
    onSelect: (chosen) => {
      drop.disabled = chosen.length === 0 || chosen.some((user) => who.get(user.iam_id) === 'owner');
    },
    search: { placeholder: t('access.search_people'), value: search,
      run: (text) => { search = text; searched('search', text, table); } },
    empty: empty(t('access.users_none'), { picture: 'user' }),
  });
  return stack(heading(t('access.users'), { sub: t('access.users_sub') }), table.node);
}
