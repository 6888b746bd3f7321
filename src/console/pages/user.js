// One person of an account.
import { del, get, part, patch, put } from '../lib/api.js';
import { confirm } from '../lib/dialog.js';
import { field, formDialog } from '../lib/form.js';
import { opensSection } from '../lib/explained.js';
import { groupsSection, policiesSection } from '../lib/granted.js';
import { again, moment, personName } from '../lib/iam.js';
import { keyList } from '../lib/key_list.js';
import { said } from '../lib/keys.js';
import { lastLogin, usesSection } from '../lib/past.js';
import { powers, userBadges } from '../lib/powers.js';
import { to } from '../lib/route.js';
import { sessionsSection } from '../lib/user_sessions.js';
import { button, copyButton, facts, heading, hint, link, mono, row, section, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { invite } from './users.js';

export const title = () => t('access.user');

// Who is at home in another account, or has not come yet, is nobody here to the server's
// own API: whose password and switch are none of this account's business.
async function homeOf(user, signal) {
  try {
    return await get(`/latchkey/v1/users/${part(user.iam_id)}`, { signal });
  } catch (e) {
    if (e.status === 403 || e.status === 404) return null;
    throw e;
  }
}

const setState = (page, user, state) => patch(`/v2/accounts/${part(page.me.account)}/users/${part(user.iam_id)}`,
  { state });

async function enable(page, user) {
  try {
    await setState(page, user, 'ACTIVE');
    said({ name: personName(user) }, 'disable', false);
    again(page);
  } catch (e) {
    toast(e.words || t('access.failed'), { bad: true });
  }
}

async function disable(page, user) {
  const done = await confirm({
    title: t('access.disable_title', { name: personName(user) }), body: t('access.disable_user_more'),
    action: t('access.disable'), danger: true,
    run: () => setState(page, user, 'DISABLED'),
  });
  if (!done) return;
  said({ name: personName(user) }, 'disable', true);
  again(page);
}

async function remove(page, user) {
  const gone = await confirm({
    title: t('access.remove_title', { name: personName(user) }), body: hint('warn', t('access.remove_user_more')),
    action: t('access.remove'), danger: true, type: user.email,
    run: () => del(`/v2/accounts/${part(page.me.account)}/users/${part(user.iam_id)}`),
  });
  if (!gone) return;
  toast(t('access.done_remove', { name: personName(user) }));
  page.go('access/users', { replace: true });
}

async function password(user) {
  const done = await formDialog({
    title: t('access.password_title', { name: personName(user) }), before: hint('note', t('access.password_more')),
    fields: [field({ name: 'password', label: t('access.password_new'), type: 'password', required: true,
      autocomplete: 'new-password' })],
    action: t('access.password_set'),
    run: async (values) => { await put(`/latchkey/v1/users/${part(user.iam_id)}/password`, values); return true; },
  });
  if (done) toast(t('access.done_password', { name: personName(user) }));
}

function deeds(page, user, home, power) {
  const own = user.iam_id === page.me.identity;
  const anew = async () => { if (await invite(page.me, user.email)) again(page); };
  return [
    user.state === 'PENDING' && button(t('access.invite_again'), { on: anew }),
    own && link(t('access.own_password'), to('me')),
    home && !own && button(t('access.password_set'), { on: () => password(user) }),
    home && power !== 'owner' && (user.state === 'DISABLED'
      ? button(t('access.enable'), { on: () => enable(page, user) })
      : !own && button(t('access.disable'), { on: () => disable(page, user) })),
    power !== 'owner' && !own && button(t('access.remove'),
      { kind: 'danger', icon: 'trash', on: () => remove(page, user) }),
  ];
}

const about = (user, who, login) => facts([
  [t('access.state'), row(userBadges(user, who))],
  [t('access.email'), user.email],
  [t('access.here_since'), time(moment(user.added_on))],
  login !== null && [t('access.last_login'), time(login)],
  [t('access.id'), row(mono(user.iam_id), copyButton(user.iam_id, { label: t('access.id') }))],
]);

export async function show(page) {
  const { me, params, signal } = page;
  const user = await get(`/v2/accounts/${part(me.account)}/users/${part(params.id)}`, { signal });
  const name = personName(user);
  const came = user.state !== 'PENDING';
  const [who, home, policies, opens, groups, sessions, uses, login] = await Promise.all([
    powers(me, signal), came ? homeOf(user, signal) : null,
    policiesSection(page, { iam_id: user.iam_id }),
    opensSection(page, user.iam_id, personName(user)),
    groupsSection(page, user.iam_id, name, () => again(page)),
    came && sessionsSection(page, user.iam_id),
    came && usesSection(page, { identity: user.iam_id }),
    came ? lastLogin(page, user.iam_id) : null,
  ]);
  const own = user.iam_id === me.identity;
  const keys = came && keyList(page, { identity: user.iam_id, create: own, label: t('access.keys_of', { name }) });
  return stack(
    heading(name, { sub: name === user.email ? '' : user.email,
      crumbs: [[t('access.users'), to('access', 'users')]],
      actions: deeds(page, user, home, who.get(user.iam_id)) }),
    !came && hint('note', t('access.pending_hint')),
    came && !home && !own && hint('note', t('access.guest_hint')),
    about(user, who, login),
    keys && section(t('access.keys'), keys.node),
    sessions, opens, policies, groups,
    uses);
}
