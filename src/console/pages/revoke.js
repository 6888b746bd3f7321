// Whatever leaked: paste it, see exactly what would end, and end it everywhere. What is
// pasted is in this page's memory alone, and only until it is done with: never in the
// address, in storage or shown back whole.

import { post } from '../lib/api.js';
import { h, show as fill } from '../lib/dom.js';
import { errorWords } from '../lib/dialog.js';
import { field } from '../lib/form.js';
import { MANY, pieces } from '../lib/pasted.js';
import { isPrivate } from '../lib/sshkey.js';
import { hidden, kindName, nameOf } from '../lib/trail.js';
import { announce, badge, button, busy, facts, heading, hint, mono, section, stack, time } from '../lib/ui.js';
import { moment, t } from '../lib/words.js';

export const title = () => t('trail.revoke_title');

// What comes of ending one, in words.
const ENDS = {
  'api-key': () => t('trail.ends_api_key'),
  session: () => t('trail.ends_session'),
  'access-token': () => t('trail.ends_access_token'),
  'registry-token': () => t('trail.ends_registry_token'),
  'identity-token': () => t('trail.ends_identity_token'),
  'ssh-key': () => t('trail.ends_ssh_key'),
  'access-key': () => t('trail.ends_access_key'),
  'key-pair': () => t('trail.ends_key_pair'),
  machine: () => t('trail.ends_machine'),
  seed: () => t('trail.ends_seed'),
  user: () => t('trail.ends_user'),
  'service-id': () => t('trail.ends_service_id'),
  policy: () => t('trail.ends_policy'),
  group: () => t('trail.ends_group'),
  invitation: () => t('trail.ends_invitation'),
};

const RESULTS = {
  ended: [() => t('trail.result_ended'), 'good'],
  access_denied: [() => t('trail.result_denied'), 'bad'],
  not_found: [() => t('trail.result_gone'), 'plain'],
  conflict: [() => t('trail.result_locked'), 'warn'],
  unsupported: [() => t('trail.result_not'), 'warn'],
};

const state = (one) => (one.live ? badge(t('trail.works'), 'warn') : badge(t('trail.works_not'), 'plain'));

function resultBadge(one) {
  const [text, tone] = RESULTS[one.result] ?? [() => one.result, 'bad'];
  return badge(text(), tone);
}

function thing(page, one) {
  const whose = one.identity && h('span', {}, one.identity);
  if (whose) nameOf(one.identity, page.me, page.signal).then((name) => { whose.textContent = name; });
  const found = one.result === 'found';
  return h('li', {},
    h('div', { class: 'row' }, h('strong', {}, one.name || one.id), found ? state(one) : resultBadge(one)),
    h('p', {}, found ? ENDS[one.kind]?.() ?? kindName(one.kind) : one.why ?? ''),
    facts([
      [t('trail.kind'), kindName(one.kind)],
      [t('trail.id'), mono(one.id)],
      whose && [t('trail.whose'), whose],
      one.place && [t('trail.place'), one.place],
      one.expires_at && [t('trail.ends_at'), time(one.expires_at)],
      one.at && [t('trail.result_at'), moment(one.at)],
    ]));
}

// What came of one line of the paste: { what, ended: [...], note, error }.
function group(page, one) {
  return section(t('trail.of', { what: hidden(one.what) }), [
    one.error && hint('warn', h('p', {}, one.error.status === 404 ? t('trail.nothing_known') : errorWords(one.error))),
    one.note && hint('note', h('p', {}, one.note)),
    one.ended && h('ul', { class: 'trail-found' }, one.ended.map((each) => thing(page, each))),
  ], { level: 3 });
}

async function ask(page, what, dry) {
  try {
    const { ended, note } = await post('/latchkey/v1/revoke', { what, dry_run: dry }, { signal: page.signal });
    const at = Date.now();
    return { what, note, ended: ended.map((one) => (dry ? one : { ...one, at })) };
  } catch (error) {
    if (error.name === 'AbortError' || error.status === 401) throw error;
    return { what, error };
  }
}

// One after the other: what came of those before stands there if the rest cannot be.
async function askAll(page, whats, dry, each) {
  const all = [];
  for (const what of whats) {
    all.push(await ask(page, what, dry));
    each(all);
  }
  return all;
}

const endable = (all) => all.flatMap((one) => one.ended ?? []).filter((one) => one.kind !== 'key-pair').length;

// A private key does not even stay in the field; why it went does, until more is typed.
function refusePrivate(made) {
  let refused = false;
  made.input.addEventListener('input', () => {
    refused = isPrivate(made.input.value) || (refused && made.input.value === '');
    if (refused) made.set('');
    if (refused) made.error(t('trail.no_private'));
  });
  made.input.addEventListener('change', () => { if (refused) made.error(t('trail.no_private')); });
}

// Neither a dictionary nor a keeper of passwords is to learn what leaked.
const UNSEEN = { spellcheck: 'false', autocorrect: 'off', autocapitalize: 'none', 'data-1p-ignore': '',
  'data-lpignore': 'true' };

// A paste that nobody behind one can read.
function paste() {
  const made = field({ name: 'what', label: t('trail.what'), hint: t('trail.what_hint', { n: MANY }), required: true,
    multiline: true, rows: 5, mono: true,
    check: (text) => (pieces(text).length > MANY ? t('trail.too_many', { n: MANY }) : '') });
  made.input.classList.add('trail-secret');
  refusePrivate(made);
  for (const [name, value] of Object.entries(UNSEEN)) made.input.setAttribute(name, value);
  const eye = button(t('trail.show'), { kind: 'quiet', icon: 'eye' });
  eye.setAttribute('aria-pressed', 'false');
  eye.addEventListener('click', () => {
    const shown = made.input.classList.toggle('shown');
    eye.setAttribute('aria-pressed', String(shown));
  });
  return { ...made, eye };
}

async function end(page, found, whats, pressed) {
  const draw = (all) => fill(found, all.map((one) => group(page, one)));
  const all = await busy(pressed, askAll(page, whats, false, draw));
  const n = all.flatMap((one) => one.ended ?? []).filter((one) => one.result === 'ended').length;
  const told = h('div', { tabindex: '-1' }, hint(n > 0 ? 'note' : 'warn', h('p', {}, t('trail.ended_n', { n }))));
  fill(found, told, all.map((one) => group(page, one)));
  told.focus();
  announce(t('trail.ended_n', { n }));
}

function offer(page, found, all) {
  const whats = all.filter((one) => one.ended).map((one) => one.what);
  const n = endable(all);
  if (n === 0) return null;
  const act = button(t('trail.end_n', { n }), { kind: 'danger', icon: 'trash' });
  act.addEventListener('click', () => end(page, found, whats, act));
  return hint('warn', h('p', {}, t('trail.end_warning')), h('div', {}, act));
}

async function look(page, what, found, pressed) {
  if (what.check()) {
    what.focus();
    return;
  }
  const whats = pieces(what.value());
  what.set('');
  what.error('');
  const draw = (all) => fill(found, all.map((one) => group(page, one)));
  const all = await busy(pressed, askAll(page, whats, true, draw));
  const head = h('h2', { tabindex: '-1' }, t('trail.would_end'));
  fill(found, head, all.map((one) => group(page, one)), offer(page, found, all));
  head.focus();
}

export async function show(page) {
  const what = paste();
  const found = h('div', { class: 'stack' });
  const pressed = button(t('trail.look'), { kind: 'primary', icon: 'search', type: 'submit' });
  const form = h('form', { class: 'form', novalidate: true, autocomplete: 'off' }, what.node,
    h('div', { class: 'form-foot trail-foot' }, pressed, what.eye));
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    return look(page, what, found, pressed);
  });
  page.signal.addEventListener('abort', () => { what.input.value = ''; });
  return stack(heading(t('trail.revoke_title'), { sub: t('trail.revoke_sub') }), form, found);
}
