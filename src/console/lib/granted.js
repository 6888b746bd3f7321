// What somebody or a group was given: policies, each in a sentence, and the groups they are
// in. Giving and explaining have pages of their own.
import { del, get, part, put } from './api.js';
import { h } from './dom.js';
import { confirm } from './dialog.js';
import { formDialog, choice } from './form.js';
import { roleBook, told } from './grant.js';
import { every, groups, onwards } from './iam.js';
import { to } from './route.js';
import { badge, button, link, section, toast } from './ui.js';
import { t } from './words.js';

async function policiesOf(me, subject, signal) {
  const all = [];
  let path = '/v2/policies';
  let query = { account_id: me.account, format: 'display', ...subject };
  do {
    const page = await get(path, { query, signal });
    all.push(...page.policies);
    path = onwards(page.next?.href);
    query = undefined;
  } while (path);
  return all;
}

const policyRow = (grant) => h('li', { class: 'access-line' },
  h('span', { class: 'access-says' }, grant.text),
  h('span', { class: 'access-roles' }, grant.roleNames.map((role) => badge(role)),
    grant.when.kind !== 'always' && badge(t('policy.by_time'), 'warn')));

// Where a visitor may not look, the rest of the page still stands.
async function orNot(promise) {
  try {
    return await promise;
  } catch (e) {
    if (e.status === 403 || e.status === 404) return null;
    throw e;
  }
}

// subject: { iam_id } or { access_group_id }.
export async function policiesSection(page, subject) {
  const { me, signal } = page;
  const id = Object.values(subject)[0];
  const book = roleBook(me, signal);
  const all = await orNot(policiesOf(me, subject, signal)
    .then((policies) => Promise.all(policies.map((policy) => told(me, book, policy)))));
  const body = all === null ? h('p', { class: 'quiet' }, t('access.not_for_you'))
    : all.length === 0 ? h('p', { class: 'quiet' },
      t(subject.iam_id ? 'access.policies_none' : 'access.policies_none_group'))
      : h('ul', { class: 'access-lines' }, all.map(policyRow));
  return section(t('access.policies'), body, { actions: [
    link(t('access.policies_manage'), `${to('access', 'policies')}?who=${encodeURIComponent(id)}`),
    subject.iam_id && link(t('access.explain'), `${to('access', 'explain')}?who=${encodeURIComponent(id)}`),
  ].filter(Boolean) });
}

async function leave(group, identity, name, reload) {
  const done = await confirm({
    title: t('access.take_out_title', { name, group: group.name }), body: t('access.take_out_more'),
    action: t('access.take_out'), danger: true,
    run: () => del(`/v2/groups/${part(group.id)}/members/${part(identity)}`),
  });
  if (!done) return;
  toast(t('access.done_take_out', { name, group: group.name }));
  reload();
}

// One answer for many members: each says how it went for itself.
export async function addMember(group, identity) {
  const { members } = await put(`/v2/groups/${part(group)}/members`, { members: [{ iam_id: identity }] });
  const failed = members.find((member) => member.status_code >= 400);
  return failed ? failed.errors?.[0]?.message ?? t('access.failed') : '';
}

async function join(page, identity, mine, reload) {
  const all = (await every((ask) => groups(page.me, ask))).filter((group) => !mine.some((one) => one.id === group.id));
  if (all.length === 0) {
    toast(t('access.groups_no_more'), { bad: true });
    return;
  }
  const done = await formDialog({
    title: t('access.put_into_group'),
    fields: [choice({ name: 'group', label: t('access.group'), kind: 'select', value: all[0].id,
      options: all.map((group) => ({ value: group.id, label: group.name })) })],
    action: t('access.put_in'),
    run: async (values, d) => {
      const words = await addMember(values.group, identity);
      if (words) d.say(words, 'group');
      return words === '';
    },
  });
  if (done) reload();
}

export async function groupsSection(page, identity, name, reload) {
  const mine = await orNot(every((ask) => groups(page.me, { ...ask, identity, signal: page.signal })));
  if (mine === null) return section(t('access.groups'), h('p', { class: 'quiet' }, t('access.not_for_you')));
  const body = mine.length === 0 ? h('p', { class: 'quiet' }, t('access.groups_none_of'))
    : h('ul', { class: 'access-lines' }, mine.map((group) => h('li', { class: 'access-line' },
      link(group.name, to('access', 'groups', group.id)),
      group.description && h('span', { class: 'quiet' }, group.description),
      button(t('access.take_out'), { kind: 'quiet', label: t('access.take_out_of', { group: group.name }),
        on: () => leave(group, identity, name, reload) }))));
  return section(t('access.groups'), body, { actions: [
    button(t('access.put_into_group'), { icon: 'plus', on: () => join(page, identity, mine, reload) }),
  ] });
}
