// Who is signed in: their accounts, their password, how the console looks to them.

import { LANGUAGES } from '../languages.js';
import { get, part, put } from '../lib/api.js';
import { errorWords } from '../lib/dialog.js';
import { h } from '../lib/dom.js';
import { choice, field, form } from '../lib/form.js';
import { THEME_WORDS } from '../lib/frame.js';
import { to } from '../lib/route.js';
import { chooseTheme, theme, THEMES } from '../lib/theme.js';
import { badge, busy, button, facts, heading, icon, mono, section, stack, time, toast } from '../lib/ui.js';
import { language, speak, t } from '../lib/words.js';

export const title = () => t('shell.me');

// Everything on the page, and the menu, is of one account: all of it is drawn anew.
async function change(account) {
  await put('/console/session', { account: account.id });
  location.assign(to('me'));
}

function accountLine(account, me) {
  const name = account.slug ?? account.id;
  const act = button(t('shell.switch'), { label: t('shell.switch_to', { account: name }),
    on: () => busy(act, change(account)).catch((e) => toast(errorWords(e), { bad: true })) });
  return h('li', { class: 'line-item' },
    h('div', {}, h('strong', {}, name),
      account.name && account.name !== name && h('span', { class: 'quiet' }, account.name)),
    account.id === me.account ? badge(t('shell.here'), 'good') : act);
}

function accounts(all, me) {
  return section(t('shell.accounts'), h('ul', { class: 'line-items' }, all.map((account) => accountLine(account, me))));
}

function password(me) {
  const current = field({ name: 'current_password', label: t('shell.current_password'), type: 'password',
    autocomplete: 'current-password', hint: t('shell.current_password_hint') });
  const next = field({ name: 'password', label: t('shell.new_password'), type: 'password', autocomplete: 'new-password',
    required: true });
  const node = form({
    // For password keepers, which need to know whose it is.
    fields: [h('input', { type: 'text', class: 'unseen', autocomplete: 'username', value: me.email || me.name,
      readonly: true, 'aria-hidden': 'true', tabindex: '-1' }), current, next],
    submit: t('shell.change_password'),
    run: async ({ current_password: old, password: wanted }) => {
      await put(`/latchkey/v1/users/${part(me.identity)}/password`, { password: wanted,
        ...(old && { current_password: old }) });
      current.set('');
      next.set('');
      next.error('');
      toast(t('shell.password_changed'));
    },
  });
  return section(t('shell.change_password'), node);
}

function look() {
  const tongue = choice({ name: 'language', label: t('shell.language'), kind: 'radio', value: language,
    options: Object.entries(LANGUAGES).map(([value, { name: label }]) => ({ value, label })) });
  const colours = choice({ name: 'theme', label: t('shell.theme'), kind: 'radio', value: theme(),
    options: THEMES.map((value) => ({ value, label: t(THEME_WORDS[value]) })) });
  tongue.on(speak);
  colours.on(chooseTheme);
  return section(t('shell.look'), h('div', { class: 'form' }, tongue.node, colours.node));
}

const MINE = [['me/sessions', 'shell.sessions', 'screen'], ['me/ssh-keys', 'shell.ssh_keys', 'key'],
  ['access/api-keys', 'shell.api_keys', 'token']];

export async function show({ me, signal }) {
  const { accounts: all } = await get('/latchkey/v1/accounts', { signal });
  return stack(
    heading(me.name || me.identity, { sub: me.email === me.name ? null : me.email }),
    facts([
      [t('shell.identity'), mono(me.identity)],
      [t('shell.account'), me.account_slug ?? me.account],
      me.region && [t('shell.region'), me.region],
      me.expires_at && [t('shell.session_until'), time(me.expires_at)],
    ]),
    section(t('shell.mine'), h('ul', { class: 'row plain-row' }, MINE.map(([path, text, sign]) =>
      h('li', {}, h('a', { class: 'button plain', href: to(...path.split('/')) }, icon(sign),
        h('span', {}, t(text))))))),
    all.length > 1 && accounts(all, me),
    look(),
    me.kind === 'user' && password(me));
}
