// What the pages of access keys and of one's own SSH keys have in common: the field
// that a public key is pasted into, and the cells of a key's row.

import { ApiError, del } from '../lib/api.js';
import { confirm } from '../lib/dialog.js';
import { h, show } from '../lib/dom.js';
import { field } from '../lib/form.js';
import { fingerprint, isPrivate, join, read, typeName } from '../lib/sshkey.js';
import { badge, copyButton, hint, mono, row, stack, time } from '../lib/ui.js';
import { parts, t } from '../lib/words.js';

const MAX_LABEL = 255;

const WRONG = {
  long: 'git.key_long', other: 'git.key_other', several: 'git.key_several', options: 'git.key_options',
  type: 'git.key_type', certificate: 'git.key_certificate', damaged: 'git.key_damaged',
};

function wrong(key) {
  if (key.what === 'key') return key.name === 'RSA' && key.bits < 2048 ? t('git.key_weak', { n: key.bits }) : '';
  return key.what === 'empty' || key.what === 'private' ? '' : t(WRONG[key.what]);
}

// "Ed25519, 256 bits · SHA256:…" as soon as the paste can be read.
async function describe(place, key, joined) {
  const print = await fingerprint(key.blob);
  const kind = t('git.key_kind', { type: key.name, bits: String(key.bits) });
  show(place, row(badge(kind, 'good'), print ? mono(print) : t('git.key_print_later')),
    key.comment && h('p', { class: 'quiet' }, t('git.key_comment', { comment: key.comment })),
    joined && h('p', { class: 'quiet' }, t('git.key_joined')));
}

const LINES = /\S\s*[\r\n]+\s*\S/;

// A private key does not stay on the page a moment longer than it takes to see what
// it is; nothing of it is sent. The field is left empty, with the reason below it.
function refuse(input, below) {
  input.set('');
  input.error(t('git.private_field'));
  show(below, hint('bad', t('git.private_why'), { head: t('git.private_head') }));
}

// A paste that a terminal wrapped is shown as the one line that is sent.
function look(input, below) {
  const raw = input.input.value;
  const text = join(raw);
  if (isPrivate(raw)) return refuse(input, below);
  const key = read(text);
  if (key.what !== 'key') return text.trim() === '' ? null : show(below);
  const joined = LINES.test(raw);
  if (joined) input.set(text);
  return describe(below, key, joined);
}

export function keyField({ label = t('git.key'), about = t('git.key_hint') } = {}) {
  const below = h('div', { class: 'git-read', role: 'status' });
  const input = field({
    name: 'key', label, hint: about, required: true, multiline: true, rows: 5, mono: true,
    placeholder: 'ssh-ed25519 AAAA…', autocomplete: 'off', join, check: (text) => wrong(read(text)),
  });
  input.on(() => look(input, below));
  input.node.append(below);
  return input;
}

export const labelField = ({ value = '', about = t('git.label_hint'), required = true } = {}) => field({
  name: 'label', label: t('git.label'), hint: about, value, required, maxBytes: MAX_LABEL, autocomplete: 'off',
  check: (text) => (isPrivate(text) ? t('git.private_label') : ''),
});

// --- cells of lists -----------------------------------------------------------

// A cell of two lines: what one looks for, and what else there is to know of it.
const two = (first, ...second) => h('span', { class: 'git-two' }, h('span', {}, first), h('small', {}, second));

const printCell = (key) => two(
  h('span', { class: 'git-print' }, mono(key.fingerprint_sha256, { short: 18 }), copyButton(key.fingerprint_sha256,
    { label: t('git.fingerprint_of', { label: key.label }) })),
  t('git.key_kind', { type: typeName(key.key_type), bits: String(key.key_bits) }),
);

const labelCell = (key) => two(h('span', { title: key.label }, key.label),
  key.comment && h('span', { title: key.comment }, key.comment));

const addedCell = (key) => two(time(key.created_on), key.created_by?.display_name);

const usedCell = (key) => two(time(key.last_used, { never: t('git.never') }),
  key.last_used_from && t('git.from', { addr: key.last_used_from }));

const placesCell = (key) => (key.allowed_cidrs.length === 0 ? t('git.everywhere')
  : two(h('span', { title: key.allowed_cidrs.join('\n') }, key.allowed_cidrs[0]),
    key.allowed_cidrs.length > 1 && t('git.more', { n: key.allowed_cidrs.length - 1 })));

function endCell(key) {
  if (!key.expires_on) return t('git.no_end');
  return Date.parse(key.expires_on) <= Date.now() ? badge(t('git.ended'), 'bad') : time(key.expires_on);
}

// What lists of keys show; places: with the addresses that a key works from.
export const keyColumns = ({ places }) => [
  { head: t('git.label'), wide: 3, min: '7rem', narrow: 'title', cell: labelCell },
  { head: t('git.fingerprint'), wide: 3, min: '14rem', cell: printCell },
  { head: t('git.added'), wide: 2, min: '9.5rem', cell: addedCell },
  { head: t('git.ends'), wide: 1, min: '6.5rem', cell: endCell },
  places && { head: t('git.addresses'), wide: 2, min: '8rem', cell: placesCell },
  { head: t('git.last_used'), wide: 2, min: '8.5rem', cell: usedCell },
].filter(Boolean);

// --- the end of keys ------------------------------------------------------------

function lastUse(key) {
  if (!key.last_used) return t('git.was_never_used');
  const from = key.last_used_from && ` (${t('git.from', { addr: key.last_used_from })})`;
  return [parts('git.was_used', { when: time(key.last_used) }), from];
}

// Says what ends with them, and asks; path(key) is where one stands. What somebody
// else has deleted in the meantime is as gone as it should be.
export function removeKeys(keys, { what, path, gone }) {
  const uses = keys.map((key) => h('li', {}, h('strong', {}, key.label), ' — ', lastUse(key)));
  return confirm({
    title: t('git.delete_keys', { n: keys.length, label: keys[0].label }), action: t('git.delete'), danger: true,
    body: stack(h('p', {}, what), h('ul', { class: 'git-uses' }, uses)),
    run: async () => {
      for (const key of keys) {
        await del(path(key)).catch((e) => {
          if (!(e instanceof ApiError) || e.status !== 404) throw e;
        });
        gone(key);
      }
    },
  });
}
