// The trail: what was done, used and refused, the newest first. Filters are in the
// address, so that what is seen can be handed on.

import { ApiError, get, post } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { dialog } from '../lib/dialog.js';
import { EXPORT_MAX, exported } from '../lib/export.js';
import { choice, field, form } from '../lib/form.js';
import { list } from '../lib/list.js';
import { OUTCOME_NAMES, outcomeBadge, outcomeName, who } from '../lib/trail.js';
import { button, code, codeBlock, download, empty, facts, heading, hint, mono, stack, time, toast } from '../lib/ui.js';
import { moment, number, t } from '../lib/words.js';

export const title = () => t('shell.audit');

const NAMES = ['who', 'outcome', 'verb', 'thing', 'since', 'until', 'all'];

// --- filters ---------------------------------------------------------------

// A day of the visitor's calendar, from its beginning or up to its end.
function dayOf(text, days) {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '');
  return found ? new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + days).getTime() : undefined;
}

// Other pages link here by ?cred=, the trail's own word.
function asked(query) {
  const values = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? '']));
  return { ...values, who: values.who || query.get('cred') || '' };
}

async function person(text, signal) {
  const { users } = await get('/latchkey/v1/users', { query: { search: text, limit: 20 }, signal });
  const same = users.filter((user) => [user.email, user.name].some((one) => one?.toLowerCase() === text.toLowerCase()));
  return (same[0] ?? (users.length === 1 ? users[0] : null))?.id ?? null;
}

// What the server is asked; who: an identity, a credential, or somebody's name.
async function filterOf(page, values) {
  const filter = {
    outcome: values.outcome, verb: values.verb, thing: values.thing, all: values.all === '1' ? 'true' : undefined,
    since: dayOf(values.since, 0), until: dayOf(values.until, 1),
  };
  const text = values.who;
  if (/^(?:IBMid-|iam-)/.test(text)) filter.identity = text;
  else if (/^[a-z-]+:/.test(text)) filter.cred = text;
  else if (text.startsWith('ApiKey-')) filter.cred = `api-key:${text}`;
  else if (text.startsWith('C-')) filter.cred = `session:${text}`;
  else if (text) filter.identity = await person(text, page.signal) ?? text;
  return filter;
}

function addressOf(values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '' && value !== false));
  return query.size > 0 ? `audit?${query}` : 'audit';
}

const outcomes = () => [{ value: '', label: t('trail.any') },
  ...OUTCOME_NAMES.map((value) => ({ value, label: outcomeName(value) }))];

const scopes = () => [{ value: '', label: t('trail.scope_account') }, { value: '1', label: t('trail.scope_server') }];

const fields = (page, values) => [
  field({ name: 'who', label: t('trail.who'), hint: t('trail.who_hint'), value: values.who }),
  choice({ name: 'outcome', label: t('trail.outcome'), value: values.outcome, options: outcomes() }),
  field({ name: 'verb', label: t('trail.verb'), hint: t('trail.verb_hint'), value: values.verb }),
  field({ name: 'thing', label: t('trail.thing'), hint: t('trail.thing_hint'), value: values.thing }),
  field({ name: 'since', label: t('trail.since'), type: 'date', value: values.since }),
  field({ name: 'until', label: t('trail.until'), type: 'date', value: values.until }),
  page.me.operator && choice({ name: 'all', label: t('trail.scope'), value: values.all, options: scopes() }),
].filter(Boolean);

function filters(page, values) {
  const made = form({
    submit: t('trail.filter'),
    fields: fields(page, values),
    run: async (wanted) => { await page.go(addressOf(wanted)); },
  });
  made.classList.add('trail-filters');
  made.querySelector('.form-foot').append(button(t('trail.no_filter'), { kind: 'quiet', on: () => page.go('audit') }));
  return made;
}

// --- one event -------------------------------------------------------------

const eventFacts = (page, e) => facts([
  [t('trail.when'), moment(Date.parse(e.at))],
  [t('trail.outcome'), outcomeBadge(e.outcome)],
  [t('trail.who'), h('span', {}, who(e.identity, page), ' ', e.identity && mono(e.identity))],
  [t('trail.credential'), e.cred ? mono(e.cred) : t('trail.nobody')],
  [t('trail.thing'), e.thing ? mono(e.thing) : null],
  [t('trail.from'), e.addr ? mono(e.addr) : null],
  [t('trail.count'), number(e.count)],
  [t('trail.account'), e.account ? mono(e.account) : null],
  [t('trail.row'), mono(`${e.node} ${e.seq}`)],
]);

function open(page, e) {
  dialog({
    title: e.verb, wide: true,
    body: stack(
      eventFacts(page, e),
      e.detail && codeBlock(JSON.stringify(e.detail, null, 2), { label: t('trail.detail') }),
      h('div', {}, h('p', { class: 'quiet' }, t('trail.hash')), code(e.hash, { label: t('trail.hash'), wrap: true }))),
  });
}

const opener = (page, e) =>
  h('button', { class: 'trail-open row-link', type: 'button', on: { click: () => open(page, e) } }, e.verb);

const columns = (page) => [
  { head: t('trail.verb'), wide: 3, min: '20ch', narrow: 'title', cell: (e) => opener(page, e) },
  { head: t('trail.outcome'), wide: 0, min: '8.5rem', cell: (e) => outcomeBadge(e.outcome) },
  { head: t('trail.who'), wide: 3, cell: (e) => who(e.identity, page) },
  { head: t('trail.thing'), wide: 4, cell: (e) => (e.thing ? mono(e.thing, { short: 44 }) : '') },
  { head: t('trail.from'), wide: 2, narrow: 'hide', cell: (e) => e.addr },
  { head: t('trail.count'), wide: 0, min: '5rem', num: true, narrow: 'hide', cell: (e) => number(e.count) },
  { head: t('trail.when'), wide: 2, cell: (e) => time(e.at) },
];

function table(page, filter) {
  return list({
    label: t('shell.audit'), id: (e) => `${e.node} ${e.seq}`, name: (e) => e.verb, columns: columns(page),
    load: async ({ from, limit, signal }) => {
      const { events, next } = await get('/latchkey/v1/audit', { query: { ...filter, after: from, limit }, signal });
      return { rows: events, next };
    },
    empty: empty(t('trail.none')),
  });
}

// --- taking it away, and checking it ---------------------------------------

// How far it is, and a way to stop it: watched(work) shows them while work(signal, told)
// runs, and is undefined when it was stopped.
function progress(page) {
  const said = h('p', { role: 'status' });
  const bar = h('progress', { 'aria-label': t('trail.export') });
  const stop = new AbortController();
  const node = h('div', { class: 'trail-progress', hidden: true }, bar, said,
    h('div', {}, button(t('trail.stop'), { kind: 'quiet', on: () => stop.abort() })));
  const watched = async (work) => {
    node.hidden = false;
    try {
      const signal = AbortSignal.any([stop.signal, page.signal]);
      return await work(signal, (n) => { said.textContent = t('trail.exported', { n }); });
    } catch (e) {
      if (e.name !== 'AbortError') throw e;
      return undefined;
    } finally {
      node.hidden = true;
      said.textContent = '';
    }
  };
  return { node, watched, stop: () => stop.abort() };
}

function exportDialog(page, filter) {
  const format = choice({ name: 'format', label: t('trail.format'), kind: 'radio', value: 'jsonl', options: [
    { value: 'jsonl', label: t('trail.jsonl'), hint: t('trail.jsonl_hint') },
    { value: 'csv', label: t('trail.csv'), hint: t('trail.csv_hint') }] });
  const far = progress(page);
  const save = async () => {
    const got = await far.watched((signal, told) => exported(format.value(), filter, { signal, told }));
    if (got) download(`latchkey-audit-${new Date().toISOString().slice(0, 10)}.${format.value()}`, got.text, got.type);
    return got;
  };
  const d = dialog({
    title: t('trail.export'),
    actions: [{ text: t('trail.save'), kind: 'primary', icon: 'download', run: save }],
    body: stack(h('p', {}, t('trail.export_more', { n: EXPORT_MAX })), format.node, far.node),
  });
  d.done.then((got) => {
    far.stop();
    if (got) toast(t(got.cut ? 'trail.export_cut' : 'trail.export_done', { n: got.n }));
  });
}

async function verify(page) {
  const said = await post('/latchkey/v1/audit/verify', undefined, { signal: page.signal });
  dialog({ title: t('trail.verify'), body: said.intact
    ? hint('note', h('p', {}, t('trail.intact', { n: said.rows })))
    : hint('bad', h('p', {}, t('trail.broken')), h('p', {}, said.reason)) });
}

function verifyButton(page) {
  const node = button(t('trail.verify'), { icon: 'check' });
  node.addEventListener('click', async () => {
    node.disabled = true;
    try {
      await verify(page);
    } catch (e) {
      if (!(e instanceof ApiError)) throw e;
      toast(e.words || t('shell.unreachable'), { bad: true });
    } finally {
      node.disabled = false;
    }
  });
  return node;
}

export async function show(page) {
  const values = asked(page.query);
  const filter = await filterOf(page, values);
  // Who may not is told so by the frame.
  await get('/latchkey/v1/audit', { query: { ...filter, limit: 1 }, signal: page.signal });
  return stack(
    heading(t('shell.audit'), { sub: t('trail.audit_sub'), actions: [
      button(t('trail.export'), { icon: 'download', on: () => exportDialog(page, filter) }),
      page.me.operator && verifyButton(page)].filter(Boolean) }),
    filters(page, values),
    table(page, filter).node);
}
