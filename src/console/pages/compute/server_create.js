// Making a server: its name, the key pair that opens it, and what its first boot is
// to do.

import { ApiError, get, post } from '../../lib/api.js';
import { h } from '../../lib/dom.js';
import { choice, field, formDialog } from '../../lib/form.js';
import { hint } from '../../lib/ui.js';
import { t } from '../../lib/words.js';
import { nameCheck, pairNameWords, serverNameWords } from './names.js';
import { typeText } from './pair_text.js';
import { paths } from './place.js';
import { lifeField, showSeed } from './seed.js';

const CHOSEN_FROM = 200; // pairs; of more one types the name
const USER_DATA_MAX = 64 * 1024;

function base64(text) {
  let raw = '';
  for (const byte of new TextEncoder().encode(text)) raw += String.fromCharCode(byte);
  return btoa(raw);
}

// Pairs that are alive; a field for the name where there are too many to choose from.
export async function pairField(path, { label, hint: note, value, except } = {}) {
  const { keypairs, next } = await get(path('keypairs'), { query: { limit: CHOSEN_FROM } });
  const usable = keypairs.filter((pair) => pair.state === 'alive' && pair.name !== except);
  if (next !== undefined)
    return field({ name: 'keypair', label, hint: note, required: true, value, check: pairNameWords });
  const options = usable.map((pair) => ({ value: pair.name, label: `${pair.name} · ${typeText(pair)}` }));
  const none = { value: '', label: usable.length > 0 ? t('compute.choose_pair') : t('compute.no_pair_to_choose') };
  return choice({ name: 'keypair', label, hint: note, required: true, value: value ?? '',
    options: [none, ...options] });
}

async function fieldsOf(path, keypair) {
  const check = nameCheck(path, 'servers', serverNameWords, t('compute.server_name_taken'));
  const name = field({ name: 'name', label: t('compute.server_name'), hint: t('compute.server_name_hint'),
    required: true, check: check.words });
  name.on(() => {
    const typed = name.value();
    check.seen(typed, () => { if (name.value() === typed) name.error(check.words(typed)); });
  });
  const pair = await pairField(path, { label: t('compute.keypair'), hint: t('compute.pair_stays'), value: keypair });
  const data = field({ name: 'user_data', label: t('compute.user_data'), hint: t('compute.user_data_hint'),
    required: false, multiline: true, rows: 4, mono: true, maxBytes: USER_DATA_MAX, join: (text) => text,
    placeholder: '#cloud-config' });
  return [name, pair, lifeField('seed_life'), data];
}

// The field that an error is about takes it, in the server's words.
function placed(e) {
  if (!(e instanceof ApiError)) return e;
  if (e.status === 409) e.fields[/server with that name/.test(e.words) ? 'name' : 'keypair'] = e.words;
  else if (e.status === 400) e.fields[/user.data/.test(e.words) ? 'user_data' : 'name'] = e.words;
  return e;
}

async function send(path, { name, keypair, seed_life: life, user_data: data }) {
  const body = { name, keypair, seed_life: Number(life), user_data: data === '' ? undefined : base64(data) };
  try {
    return await post(path('servers'), body);
  } catch (e) {
    throw placed(e);
  }
}

// keypair: the one to begin with. → the server, when its address has been seen.
export async function createServer(page, project, keypair) {
  const path = paths(page, project);
  const server = await formDialog({
    title: t('compute.create_server_title'),
    before: hint('warn', h('p', {}, t('compute.faq_change_1'))),
    fields: await fieldsOf(path, keypair),
    action: t('compute.create'),
    run: (values) => send(path, values),
  });
  return server ? { server, shown: showSeed(server, t('compute.server_made', { name: server.name })) } : null;
}
