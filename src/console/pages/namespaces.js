// Namespaces of the account in this region, how much it holds, and what it deleted.

import { ApiError, call, get, part, patch } from '../lib/api.js';
import { as, namespaces } from '../lib/cr.js';
import { h } from '../lib/dom.js';
import { field, formDialog } from '../lib/form.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { badge, button, card, empty, heading, hint, stack, tabs, time, toast } from '../lib/ui.js';
import { bytes, t } from '../lib/words.js';
import { showNamespace } from './namespace_one.js';
import { trashOf } from './trash.js';

export const title = () => t('registry.namespaces');

const home = (query = {}) => {
  const text = String(new URLSearchParams(query));
  return to('registry', 'namespaces') + (text && `?${text}`);
};
const below = (address) => address.slice('/console/'.length);

// What the server would say, before it is asked.
const NAME = /^(?=.{4,30}$)[a-z0-9]+(?:(?:_{1,2}|-+)[a-z0-9]+)*$/;
const checkName = (name) => (NAME.test(name) ? '' : t('registry.namespace_rule'));

// --- how much --------------------------------------------------------------

const NONE = -1;
const MIB = 1048576;

function meter(label, used, limit) {
  if (limit === NONE) return h('div', { class: 'registry-quota' }, h('span', {}, label),
    h('strong', {}, bytes(used)), h('span', { class: 'quiet' }, t('registry.no_limit')));
  const share = limit === 0 ? 100 : Math.min(100, (used / limit) * 100);
  const said = t('registry.of_limit', { used: bytes(used), limit: bytes(limit) });
  const tone = share >= 100 ? 'bad' : share >= 85 ? 'warn' : 'good';
  return h('div', { class: 'registry-quota' }, h('span', {}, label),
    h('strong', {}, said),
    h('div', {
      class: `registry-meter ${tone}`, role: 'meter', 'aria-label': label, 'aria-valuemin': '0', 'aria-valuemax': '100',
      'aria-valuenow': String(Math.round(share)), 'aria-valuetext': said,
    }, h('span', { style: { 'inline-size': `${share}%` } })));
}

const megabytes = (name, label, limit) => field({
  name, label, hint: t('registry.limit_hint'), inputmode: 'numeric',
  value: limit === NONE ? '' : String(Math.round(limit / MIB)),
  check: (text) => (/^\d+$/.test(text) ? '' : t('registry.limit_rule')),
});

async function setLimits(page, limit) {
  const asked = (text) => (text === '' ? NONE : Number(text));
  const done = await formDialog({
    title: t('registry.set_limits'), action: t('registry.save'), before: h('p', {}, t('registry.set_limits_what')),
    fields: [megabytes('storage', t('registry.storage_mb'), limit.storage_bytes),
      megabytes('traffic', t('registry.traffic_mb'), limit.traffic_bytes)],
    run: async ({ storage, traffic }) => {
      const limits = { storage_megabytes: asked(storage), traffic_megabytes: asked(traffic) };
      await patch('/api/v1/quotas', limits, as(page.me));
      return true;
    },
  });
  if (done) page.go(below(home()), { replace: true });
}

// Who may not see the quota sees the namespaces without it.
async function quota(page) {
  let said;
  try {
    said = await get('/api/v1/quotas', as(page.me, { signal: page.signal }));
  } catch (e) {
    if (e instanceof ApiError && e.status === 403) return null;
    throw e;
  }
  const { limit, usage } = said;
  return card(h('div', { class: 'registry-quotas' },
    meter(t('registry.storage'), usage.storage_bytes, limit.storage_bytes),
    meter(t('registry.traffic'), usage.traffic_bytes, limit.traffic_bytes),
    button(t('registry.set_limits'), { kind: 'quiet', on: () => setLimits(page, limit) })));
}

// --- the list --------------------------------------------------------------

async function add(page) {
  const name = await formDialog({
    title: t('registry.add_namespace'), action: t('registry.add'), before: h('p', {}, t('registry.namespace_what')),
    fields: [field({
      name: 'name', label: t('registry.name'), hint: t('registry.namespace_rule'), required: true, mono: true,
      check: checkName,
    })],
    run: async (values, d) => {
      const { status } = await call('PUT', `/api/v1/namespaces/${part(values.name)}`, as(page.me));
      if (status === 200) d.say(t('registry.namespace_there', { name: values.name }), 'name');
      return status === 200 ? false : values.name;
    },
  });
  if (!name) return;
  toast(t('registry.namespace_added', { name }));
  page.go(below(home({ name })));
}

const options = (row) => {
  const said = [row.immutable_tags && t('registry.immutable'), row.allow_sparse && t('registry.sparse')]
    .filter(Boolean);
  if (said.length === 0) return h('span', { class: 'quiet' }, '–');
  return h('span', { class: 'registry-tags' }, said.map((text) => badge(text)));
};

const columns = () => [
  { head: t('registry.namespace'), cell: (row) => row.name, wide: 2, min: '14ch', narrow: 'title' },
  { head: t('registry.region'), cell: (row) => row.region, min: '10ch' },
  { head: t('registry.options'), cell: options, wide: 2, min: '14ch' },
  { head: t('registry.created'), cell: (row) => time(row.created_date), min: '12ch' },
];

const trashIn = (namespace) => home(namespace ? { tab: 'trash', namespace } : { tab: 'trash' });

export const views = (current, namespace = '') => tabs([
  { label: t('registry.namespaces'), href: home(), current: current === 'list' },
  { label: t('registry.trash'), href: trashIn(namespace), current: current === 'trash' },
]);

async function showList(page) {
  const make = button(t('registry.add_namespace'), { kind: 'primary', icon: 'plus', on: () => add(page) });
  const table = list({
    label: t('registry.namespaces'), columns: columns(), id: (row) => row.name, select: 'none',
    load: async ({ signal }) => {
      const rows = await namespaces(page.me, signal);
      return { rows: rows.map((row) => ({ ...row, region: page.me.region })), total: rows.length };
    },
    href: (row) => home({ name: row.name }), empty: empty(t('registry.namespaces_none'), { picture: 'box' }),
    actions: [make],
  });
  return stack(heading(t('registry.namespaces'), { sub: t('registry.namespaces_sub') }),
    views('list'), await quota(page), table.node);
}

export async function show(page) {
  const name = page.query.get('name');
  if (name) return showNamespace(page, name);
  if (page.query.get('tab') !== 'trash') return showList(page);
  const namespace = page.query.get('namespace') ?? '';
  return stack(heading(t('registry.namespaces')), views('trash', namespace), hint('note', t('registry.trash_what')),
    await trashOf(page, namespace));
}
