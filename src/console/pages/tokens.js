// Registry tokens: one value that opens every namespace of the region.

import { del, get, part, post } from '../lib/api.js';
import { HOST, as } from '../lib/cr.js';
import { confirm, dialog } from '../lib/dialog.js';
import { h } from '../lib/dom.js';
import { choice, field, formDialog } from '../lib/form.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { badge, button, code, empty, heading, hint, link, mono, secret, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { loginLine } from '../lib/login_lines.js';

export const title = () => t('registry.tokens');

const DAY = 864e5;
const DESCRIPTION_MAX = 1024;

const token = (row) => ({
  id: row._id, description: row.secondary_owner, readonly: row.readonly, created: row.created * 1000,
  by: row.created_by,
  ends: row.expiry ? row.expiry * 1000 : null, replacedUntil: row.replaced_until ? row.replaced_until * 1000 : null,
  replaces: row.replaces, used: row.last_used,
});

const named = (row) => row.description || row.id;

// --- the value -------------------------------------------------------------

function showValue(value, { fresh = false } = {}) {
  return dialog({
    title: t(fresh ? 'registry.token_made' : 'registry.token_value'), wide: true, guard: fresh,
    body: [
      secret(value, { label: t('registry.token_value') }),
      h('p', {}, t('registry.token_login')), code(loginLine('token'), { label: t('registry.login_line'), wrap: true }),
      h('p', { class: 'quiet' }, t('registry.token_login_asks')),
      hint('warn', t('registry.token_outside')),
    ],
    actions: [{ text: t('registry.done'), kind: 'primary' }], cancel: t('registry.close'),
  }).done;
}

async function reveal(page, row) {
  const done = await confirm({
    title: t('registry.show_value'), action: t('registry.show_value'),
    body: [h('p', {}, t('registry.show_value_what')), h('p', {}, h('strong', {}, named(row)))],
    run: async () => { row.value = (await get(`/api/v1/tokens/${part(row.id)}`, as(page.me))).token; },
  });
  const { value } = row;
  delete row.value;
  if (done) await showValue(value);
}

// --- making and replacing --------------------------------------------------

const kinds = (value) => choice({
  name: 'write', label: t('registry.opens'), kind: 'radio', value,
  options: [{ value: 'false', label: t('registry.readonly'), hint: t('registry.readonly_what') },
    { value: 'true', label: t('registry.readwrite'), hint: t('registry.readwrite_what') }],
});

const lives = (value) => choice({
  name: 'permanent', label: t('registry.ends'), kind: 'radio', value,
  options: [{ value: 'false', label: t('registry.one_day') },
    { value: 'true', label: t('registry.endless'), hint: t('registry.endless_what') }],
});

const described = (value) => field({
  name: 'description', label: t('registry.description'), hint: t('registry.description_hint'), required: false, value,
  maxBytes: DESCRIPTION_MAX,
});

const caution = () => hint('warn', t('registry.token_scope'), ' ',
  link(t('registry.use_service_id'), to('access', 'service-ids')));

async function make(page, table, options) {
  const value = await formDialog({
    ...options,
    run: async (values) => {
      const said = await post('/api/v1/tokens', undefined, as(page.me, { query: options.query(values) }));
      return said.token;
    },
  });
  if (!value) return;
  table.reload();
  await showValue(value, { fresh: true });
}

const create = (page, table) => make(page, table, {
  title: t('registry.create_token'), action: t('registry.create'), before: caution(),
  fields: [described(''), kinds('false'), lives('false')], query: (values) => values,
});

const OVERLAPS = [1, 7];

function overlap() {
  const days = OVERLAPS.map((n) => ({ value: String(n), label: t('registry.old_for_days', { n }) }));
  return choice({ name: 'overlap', label: t('registry.old_ends'), kind: 'radio', value: 'first',
    options: [{ value: 'first', label: t('registry.old_first_use') }, ...days] });
}

const afterDays = (n) => new Date(Date.now() + n * DAY).toISOString().replace(/\.\d+Z$/, 'Z');

const rotate = (page, table, row) => make(page, table, {
  title: t('registry.replace_token'), action: t('registry.replace'),
  before: [h('p', {}, t('registry.replace_what')), h('p', {}, h('strong', {}, named(row)))],
  fields: [described(row.description), kinds(String(!row.readonly)), lives(String(row.ends === null)), overlap()],
  query: ({ overlap: days, ...values }) => ({
    ...values, replaces: row.id,
    until: days === 'first' ? undefined : afterDays(Number(days)),
  }),
});

async function remove(page, rows, table) {
  const gone = [];
  await confirm({
    title: t('registry.remove_tokens', { n: rows.length }), action: t('registry.remove'), danger: true,
    body: [h('p', {}, t('registry.remove_token_what')),
      h('ul', {}, rows.map((row) => h('li', {}, h('strong', {}, named(row)))))],
    run: async () => {
      for (const row of rows.filter((one) => !gone.includes(one))) {
        await del(`/api/v1/tokens/${part(row.id)}`, as(page.me));
        gone.push(row);
      }
    },
  });
  for (const row of gone) table.remove(row.id);
  if (gone.length > 0) toast(t('registry.tokens_removed', { n: gone.length }));
}

// --- the list --------------------------------------------------------------

const ends = (row) => [time(row.ends, { never: t('registry.endless') }),
  row.replacedUntil && h('span', { class: 'quiet' }, ' ', t('registry.replaced'), ' ', time(row.replacedUntil))];

const by = (row, me) => (row.by === me.identity ? t('registry.you') : mono(row.by ?? '', { short: 18 }));

const columns = (me) => [
  { head: t('registry.description'), wide: 3, min: '18ch', narrow: 'title', cell: (row) =>
    [h('span', { class: row.description ? '' : 'quiet' }, row.description || t('registry.no_description')), ' ',
      h('small', {}, mono(row.id, { short: 8 }))] },
  { head: t('registry.opens'), min: '12ch', cell: (row) =>
    badge(t(row.readonly ? 'registry.readonly' : 'registry.readwrite')) },
  { head: t('registry.created'), min: '12ch', cell: (row) => time(row.created), narrow: 'hide' },
  { head: t('registry.by'), min: '10ch', cell: (row) => by(row, me), narrow: 'hide' },
  { head: t('registry.ends'), min: '12ch', cell: ends },
  { head: t('registry.last_used'), min: '12ch', cell: (row) =>
    h('span', { title: row.used ? t('registry.used_for', { thing: row.used.thing, addr: row.used.addr }) : null },
      time(row.used?.at ?? null, { never: t('registry.unused') })) },
];

export async function show(page) {
  const one = (run) => () => run(page, table.selected()[0], table);
  const see = button(t('registry.show_value'), { icon: 'eye', disabled: true, on: one(reveal) });
  const swap = button(t('registry.replace'), { disabled: true, on: one((p, row, all) => rotate(p, all, row)) });
  const drop = button(t('registry.remove'), { kind: 'danger', icon: 'trash', disabled: true,
    on: () => remove(page, table.selected(), table) });
  const add = button(t('registry.create_token'), { kind: 'primary', icon: 'plus', on: () => create(page, table) });
  const table = list({
    label: t('registry.tokens'), columns: columns(page.me), id: (row) => row.id, name: named, select: 'many',
    actions: [add, see, swap, drop],
    load: async ({ signal }) => {
      const rows = (await get('/api/v1/tokens', as(page.me, { signal }))).tokens.map(token).reverse();
      return { rows, total: rows.length };
    },
    onSelect: (chosen) => {
      see.disabled = swap.disabled = chosen.length !== 1;
      drop.disabled = chosen.length === 0;
    },
    empty: empty(t('registry.tokens_none'), { picture: 'token' }),
  });
  return stack(heading(t('registry.tokens'), { sub: t('registry.tokens_sub', { region: page.me.region, host: HOST }) }),
    caution(), table.node);
}
