// What every address shows to who is not signed in. After signing in, the same address
// shows what was asked for.

import { post } from '../lib/api.js';
import { cabinet } from '../lib/cabinet.js';
import { h } from '../lib/dom.js';
import { field, form } from '../lib/form.js';
import { brand, languageChoice, themeButton } from '../lib/frame.js';
import { to } from '../lib/route.js';
import { code, disclosure, hint } from '../lib/ui.js';
import { t } from '../lib/words.js';

// A key file of the server is JSON; the key alone is as good.
function keyOf(text) {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return trimmed;
  try {
    return String(JSON.parse(trimmed).apikey ?? '');
  } catch {
    return trimmed;
  }
}

const enter = (body) => post('/console/session', body, { quiet: true });

function byPassword(done) {
  return form({
    fields: [
      field({ name: 'username', label: t('shell.username'), autocomplete: 'username', required: true }),
      field({ name: 'password', label: t('shell.password'), type: 'password', autocomplete: 'current-password',
        required: true }),
    ],
    submit: t('shell.sign_in'),
    run: async (values) => done(await enter(values)),
  });
}

function byKey(done) {
  const key = field({ name: 'apikey', label: t('shell.api_key'), type: 'password', hint: t('shell.api_key_hint'),
    required: true, mono: true, join: keyOf });
  const node = form({ fields: [key], submit: t('shell.sign_in'), run: async (values) => done(await enter(values)) });
  node.addEventListener('dragover', (e) => e.preventDefault());
  node.addEventListener('drop', async (e) => {
    e.preventDefault();
    const file = e.dataTransfer.files[0];
    key.set(keyOf(file ? await file.text() : e.dataTransfer.getData('text/plain')));
  });
  return node;
}

export function show({ reason, done }) {
  const password = byPassword(done);
  const key = byKey(done);
  const place = h('div', { class: 'signin-way' }, password);
  const way = (node) => (e) => { if (e.target.checked) { place.replaceChildren(node); } };
  const ways = h('fieldset', { class: 'ways' }, h('legend', { class: 'unseen' }, t('shell.sign_in_with')),
    h('label', {}, h('input', { type: 'radio', name: 'way', checked: true, on: { change: way(password) } }),
      h('span', {}, t('shell.with_password'))),
    h('label', {}, h('input', { type: 'radio', name: 'way', on: { change: way(key) } }),
      h('span', {}, t('shell.with_apikey'))));
  return h('main', { class: 'signin', id: 'main' }, brand,
    h('div', { class: 'signin-picture' }, cabinet()),
    h('div', { class: 'signin-side' },
      h('div', { class: 'signin-card' },
        h('h1', {}, t('shell.sign_in')),
        reason === 'ended' && hint('note', t('shell.session_ended')),
        reason === 'left' && hint('note', t('shell.signed_out')),
        ways, place,
        disclosure(t('shell.first_key'), h('p', {}, t('shell.first_key_more')),
          code('DATA/first-apikey', { copy: false })),
        h('p', { class: 'signin-more' }, h('a', { href: to('invitation') }, t('shell.invited')))),
      h('div', { class: 'signin-foot' }, languageChoice(), themeButton())));
}
