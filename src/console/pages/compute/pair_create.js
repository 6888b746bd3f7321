// Making a key pair, or taking in the public half of one's own. The private half of
// one that is made comes once: it is kept in memory while the dialog that says so is
// open, and nowhere else.

import { ApiError, del, get, post } from '../../lib/api.js';
import { dialog } from '../../lib/dialog.js';
import { h, show } from '../../lib/dom.js';
import { choice, field, formDialog } from '../../lib/form.js';
import { isPrivate, join } from '../../lib/sshkey.js';
import { button, code, download, facts, hint, mono, row, stack } from '../../lib/ui.js';
import { parts, t } from '../../lib/words.js';
import { nameCheck, pairNameWords } from './names.js';
import { paths } from './place.js';

const TYPES = [
  ['ed25519', { type: 'ed25519' }, 'Ed25519'],
  ['rsa-3072', { type: 'rsa', bits: 3072 }, 'RSA 3072'],
  ['rsa-4096', { type: 'rsa', bits: 4096 }, 'RSA 4096'],
  ['rsa-2048', { type: 'rsa', bits: 2048 }, 'RSA 2048'],
  ['ecdsa-256', { type: 'ecdsa', bits: 256 }, 'ECDSA 256'],
  ['ecdsa-384', { type: 'ecdsa', bits: 384 }, 'ECDSA 384'],
];
const FILE_TYPE = 'application/x-pem-file';

const twoWarnings = (...texts) => hint('warn', h('ul', {}, texts.map((text) => h('li', {}, text))));

// --- the form ---------------------------------------------------------------

function fieldsOf(path, known) {
  const check = nameCheck(path, 'keypairs', pairNameWords, t('compute.name_taken'));
  for (const name of known) check.take(name);
  const kind = choice({ name: 'kind', label: t('compute.kind'), kind: 'radio', value: 'made', options: [
    { value: 'made', label: t('compute.kind_made'), hint: t('compute.kind_made_hint') },
    { value: 'import', label: t('compute.kind_import'), hint: t('compute.kind_import_hint') }] });
  const name = field({ name: 'name', label: t('compute.name'), required: true,
    autocomplete: 'off', check: check.words });
  const type = choice({ name: 'type', label: t('compute.type'), kind: 'select', value: 'ed25519',
    options: TYPES.map(([value, , label]) => ({ value, label })) });
  const format = choice({ name: 'format', label: t('compute.format'), hint: t('compute.format_hint'), kind: 'select',
    value: 'openssh', options: [{ value: 'openssh', label: 'OpenSSH' }, { value: 'pem', label: 'PEM' }] });
  const key = field({ name: 'public_key', label: t('compute.public_key'), hint: t('compute.public_key_hint'),
    required: true, multiline: true, rows: 4, mono: true, placeholder: 'ssh-ed25519 AAAA…', join,
    check: (value) => (isPrivate(value) ? t('compute.private_given') : '') });
  const turn = () => {
    const made = kind.value() !== 'import';
    type.node.hidden = format.node.hidden = !made;
    key.node.hidden = made;
  };
  kind.on(turn);
  turn();
  name.on(() => {
    const typed = name.value();
    check.seen(typed, () => { if (name.value() === typed) name.error(check.words(typed)); });
  });
  return [name, kind, type, format, key];
}

function bodyOf(values) {
  if (values.kind === 'import') return { name: values.name, public_key: join(values.public_key).trim() };
  const [, order] = TYPES.find(([value]) => value === values.type);
  return { name: values.name, ...order, format: values.format };
}

// --- sending it -------------------------------------------------------------

// While the answer is under way, leaving the page would lose what it brings.
const stay = (e) => e.preventDefault();

// The field that an error is about takes it, in the server's words.
function placed(e) {
  if (e.status === 409) e.fields.name = e.words;
  else if (e.status === 400 || e.status === 413)
    e.fields[/'public_key'/.test(e.words) ? 'public_key' : 'name'] = e.words;
  return e;
}

async function send(path, values) {
  addEventListener('beforeunload', stay);
  try {
    return { pair: await post(path('keypairs'), bodyOf(values)) };
  } catch (e) {
    if (e instanceof ApiError && e.status !== 0) throw placed(e);
    if (values.kind === 'import') throw e;
    return { lost: values.name };
  } finally {
    removeEventListener('beforeunload', stay);
  }
}

// --- afterwards -------------------------------------------------------------

function handed({ private_key: key, ...pair }) {
  const file = `${pair.name}.pem`;
  let text = key;
  const again = () => download(file, text, FILE_TYPE);
  const d = dialog({
    title: t('compute.made', { name: pair.name }),
    guard: true,
    wide: true,
    body: stack(
      h('p', {}, parts('compute.downloaded', { file: mono(file) })),
      twoWarnings(t('compute.lost_is_lost'), t('compute.keep_safe')),
      facts([[t('compute.file'), mono(file)], [t('compute.fingerprint'), mono(pair.fingerprint_sha256)]]),
      h('p', {}, t('compute.next_steps')),
      code(`chmod 600 ${file}`, { label: t('compute.line_chmod') }),
      code(`ssh -i ${file} debian@SERVER`, { label: t('compute.line_ssh') }),
      row(button(t('compute.again'), { icon: 'download', on: again }),
        h('p', { class: 'quiet' }, t('compute.again_hint')))),
    actions: [{ text: t('compute.kept'), run: () => {} }],
  });
  again();
  return d.done.then(() => { text = null; });
}

// Who got no answer is told what there is now.
async function lookFor(name, path, me) {
  try {
    const pair = await get(path('keypairs', name));
    return pair.created_by === me.identity ? { pair } : { other: true };
  } catch (e) {
    if (!(e instanceof ApiError)) throw e;
    return e.status === 404 ? { none: true } : { unknown: true };
  }
}

function lostWords({ pair, other, none }, name) {
  if (pair) return t('compute.lost_there', { name });
  if (other) return t('compute.lost_other', { name });
  return none ? t('compute.lost_none', { name }) : t('compute.lost_unknown', { name });
}

async function lost(name, path, me) {
  const said = h('p', { role: 'status' }, t('compute.lost_looking'));
  const found = lookFor(name, path, me);
  const remove = { text: t('compute.delete_useless'), kind: 'danger', disabled: true, run: async () => {
    const { pair } = await found;
    await del(path('keypairs', pair.id));
  } };
  const d = dialog({ title: t('compute.lost_title'), actions: [remove], cancel: t('compute.close'),
    body: stack(hint('bad', h('p', {}, t('compute.lost_what'))), said) });
  const state = await found;
  show(said, lostWords(state, name));
  remove.node.disabled = remove.node.kept = !state.pair;
  return d.done;
}

// known: names that are known to be taken. → true when the list has changed.
export async function createPair(page, project, known = []) {
  const path = paths(page, project);
  const done = await formDialog({
    title: t('compute.create_title'),
    before: twoWarnings(t('compute.rule_name'), t('compute.rule_unique')),
    fields: fieldsOf(path, known),
    action: t('compute.create'),
    run: (values) => send(path, values),
  });
  if (!done) return null;
  if (done.lost) {
    await lost(done.lost, path, page.me);
    return { lost: true };
  }
  const { private_key: key, ...pair } = done.pair;
  return { pair, shown: key ? handed(done.pair) : Promise.resolve() };
}
