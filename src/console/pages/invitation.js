// Coming into an account with a code. Nobody has to be signed in for it; the code is
// what opens, and it stands in no address.
import { post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { field, form } from '../lib/form.js';
import { brand } from '../lib/frame.js';
import { to } from '../lib/route.js';
import { heading, hint, link, stack } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('access.invitation');

// In with what was just chosen; where that does not do, the sign-in says why.
async function enter(email, account, password) {
  try {
    await post('/console/session', { username: email, password, account }, { quiet: true });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
  }
  location.assign(to(''));
}

function fields() {
  return [
    field({ name: 'code', label: t('access.code'), hint: t('access.code_hint'), required: true, mono: true,
      join: (text) => text.replace(/\s+/g, '') }),
    field({ name: 'name', label: t('access.your_name'), required: false, autocomplete: 'name', maxBytes: 255 }),
    field({ name: 'password', label: t('access.password'), hint: t('access.accept_password_hint'), type: 'password',
      required: true,
      autocomplete: 'new-password' }),
  ];
}

function accept() {
  return form({
    fields: fields(), submit: t('access.accept'),
    run: async ({ code, name, password }) => {
      const came = await post('/latchkey/v1/invitations/accept', { code, password, ...(name ? { name } : {}) },
        { quiet: true });
      await enter(came.email, came.account, password);
    },
  });
}

// To who is signed in already: as whom.
export async function show({ me }) {
  return stack(heading(title(), { sub: t('access.invitation_sub') }),
    hint('note', t('access.invitation_signed_in', { name: me.name || me.email })),
    h('div', { class: 'access-narrow' }, accept()));
}

// To who is not: the whole page.
export function alone() {
  return h('main', { class: 'alone', id: 'main' }, brand, stack(
    heading(title(), { sub: t('access.invitation_sub') }), h('div', { class: 'access-narrow' }, accept()),
    h('p', { class: 'access-else' }, link(t('access.invitation_in'), to('')))));
}
