// API keys, wherever they stand: on one's own list, a user's page, a service ID's. What
// is made here is shown once; the server keeps no value.
import { del, get, part, post, put } from './api.js';
import { h } from './dom.js';
import { confirm, dialog } from './dialog.js';
import { choice, ending, field, formDialog } from './form.js';
import { moment, registryHost } from './iam.js';
import { editNamed } from './named.js';
import { badge, button, code, download, hint, row, secret, stack, time, toast } from './ui.js';
import { t } from './words.js';

const NAME_BYTES = 255;
const TEXT_BYTES = 1000;
const SOON = 14 * 864e5;
const DAY = 864e5;

// What a key is, in as many words as there is something to say.
export function keyStates(key) {
  const end = moment(key.expires_at);
  const ended = end !== null && end <= Date.now();
  return [
    ended && badge(t('access.ended'), 'bad'),
    key.disabled && badge(t('access.disabled'), 'bad'),
    !ended && !key.disabled && end !== null && end - Date.now() < SOON && badge(t('access.ends_soon'), 'warn'),
    !ended && !key.disabled && badge(t('access.active'), 'good'),
    key.locked && badge(t('access.locked')),
  ].filter(Boolean);
}

export function lastUse(key) {
  return time(moment(key.activity?.last_authn), { never: t('access.never_used') });
}

const nameField = (value) => field({
  name: 'name', label: t('access.name'), required: true, value, maxBytes: NAME_BYTES, autocomplete: 'off',
  placeholder: value ? undefined : t('access.key_name_like'),
});
const textField = () => field({
  name: 'description', label: t('access.description'), required: false, maxBytes: TEXT_BYTES,
});
const LEAKED = { none: 'access.leaked_none', disable: 'access.leaked_disable', delete: 'access.leaked_delete' };
export const leakWords = (word) => t(LEAKED[word]);
const leakField = (value = 'none') => choice({
  name: 'action_when_leaked', label: t('access.leaked'), hint: t('access.leaked_hint'), kind: 'select', value,
  options: Object.keys(LEAKED).map((word) => ({ value: word, label: leakWords(word) })),
});

// The same file that the command line writes, so that it reads it.
function keyFile(key) {
  const told = { name: key.name, description: key.description, createdAt: key.created_at, apikey: key.apikey };
  return `${JSON.stringify(told)}\n`;
}

const fileName = (key) => `${key.name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || 'apikey'}.json`;

// The value leaves the server once: nothing closes this but the one button.
export async function showOnce(key, { title = t('access.key_made') } = {}) {
  const host = await registryHost().catch(() => location.host);
  const name = fileName(key);
  const keep = () => download(name, keyFile(key), 'application/json');
  return dialog({
    title, wide: true, guard: true,
    body: stack(
      hint('warn', t('access.shown_once')),
      secret(key.apikey, { label: t('access.key_value') }),
      row(button(t('access.key_file'), { icon: 'download', on: keep })),
      h('p', {}, t('access.docker_line')),
      code(`docker login -u iamapikey --password-stdin ${host}`, { label: t('access.docker_line') }),
      h('p', {}, t('access.cli_line', { file: name })),
      code(`latchkey login -a ${location.origin} --apikey @${name}`,
        { label: t('access.cli_line', { file: name }), wrap: true })),
    actions: [{ text: t('access.have_it'), kind: 'primary' }],
  }).done;
}

// → the key, once its value was shown; undefined when nothing was made.
export async function createKey(me, identity) {
  const made = await formDialog({
    title: t('access.key_new'),
    fields: [nameField(), textField(),
      ending({ name: 'expires_at', label: t('access.ends'), choices: [30, 90, 365], none: true }), leakField()],
    action: t('access.create'),
    run: (values) => post('/v1/apikeys',
      { ...values, expires_at: values.expires_at ?? '', iam_id: identity, account_id: me.account }),
  });
  if (made?.apikey) await showOnce(made);
  return made;
}

const OVERLAPS = [['use', 'access.rotate_use', null], ['hour', 'access.rotate_hour', 36e5],
  ['day', 'access.rotate_day', DAY],
  ['week', 'access.rotate_week', 7 * DAY], ['month', 'access.rotate_month', 30 * DAY]];

// The new key takes the old one's place, at once or after both have worked for a while.
export async function rotateKey(key) {
  const made = await formDialog({
    title: t('access.rotate_title', { name: key.name }),
    before: h('p', {}, t('access.rotate_more')),
    fields: [
      nameField(key.name),
      choice({
        name: 'overlap', label: t('access.rotate_until'), kind: 'radio', value: 'use',
        options: OVERLAPS.map(([value, text]) => ({ value, label: t(text) })),
      }),
      ending({ name: 'expires_at', label: t('access.ends_new'), choices: [30, 90, 365], none: true }),
    ],
    action: t('access.rotate'),
    run: ({ name, overlap, expires_at: end }) => {
      const span = OVERLAPS.find(([value]) => value === overlap)[2];
      return post('/v1/apikeys', {
        name, description: key.description, action_when_leaked: key.action_when_leaked, iam_id: key.iam_id,
        account_id: key.account_id,
        replaces: key.id, expires_at: end ?? '',
        ...(span ? { replaces_until: new Date(Date.now() + span).toISOString() } : {}),
      });
    },
  });
  if (made?.apikey) await showOnce(made, { title: t('access.key_rotated') });
  return made;
}

const pathOf = (key) => `/v1/apikeys/${part(key.id)}`;

// → whether something changed.
export function editKey(page, key) {
  return editNamed(page, key, {
    nameBytes: NAME_BYTES, tag: key.entity_tag, now: async () => (await get(pathOf(key))).entity_tag,
    more: [
      ending({ name: 'expires_at', label: t('access.ends'), choices: [30, 90, 365], none: true,
        value: key.expires_at ? new Date(moment(key.expires_at)).toISOString() : null }),
      leakField(key.action_when_leaked),
    ],
    send: (values, options) => put(pathOf(key), { ...values, expires_at: values.expires_at ?? '' }, options),
  });
}

const DONE = { lock: ['access.done_lock', 'access.done_unlock'],
  disable: ['access.done_disable', 'access.done_enable'] };
export const said = (thing, what, on) => toast(t(DONE[what][on ? 0 : 1], { name: thing.name }));

// Lock, unlock, enable: nothing that cannot be taken back in the same way.
export async function switchKey(key, what, on) {
  await (on ? post(`${pathOf(key)}/${what}`, {}) : del(`${pathOf(key)}/${what}`));
  said(key, what, on);
}

// What was done is said once the dialog is closed: it would take the words with it.
export async function disableKey(key) {
  const done = await confirm({
    title: t('access.disable_title', { name: key.name }), body: t('access.disable_key_more'),
    action: t('access.disable'), danger: true,
    run: () => post(`${pathOf(key)}/disable`, {}),
  });
  if (done) said(key, 'disable', true);
  return done;
}

export async function deleteKeys(keys) {
  const one = keys.length === 1;
  const done = await confirm({
    title: one ? t('access.delete_title', { name: keys[0].name }) : t('access.delete_keys', { n: keys.length }),
    body: hint('warn', t('access.delete_key_more')), action: t('access.delete'), danger: true,
    run: async () => {
      for (const key of keys) await del(pathOf(key));
    },
  });
  if (done) toast(one ? t('access.done_delete', { name: keys[0].name })
    : t('access.done_delete_many', { n: keys.length }));
  return done;
}
