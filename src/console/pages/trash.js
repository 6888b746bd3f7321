// What was deleted from the registry and can still be restored.

import { get, part, post } from '../lib/api.js';
import { as, namespaces, withoutHost } from '../lib/cr.js';
import { confirm } from '../lib/dialog.js';
import { h } from '../lib/dom.js';
import { choice } from '../lib/form.js';
import { list } from '../lib/list.js';
import { badge, button, empty, mono, stack, toast } from '../lib/ui.js';
import { date, t } from '../lib/words.js';
import { tagList } from './images.js';

const DAY = 864e5;

function entry([full, { daysUntilExpiry, tags }]) {
  const [repo, digest] = withoutHost(full).split('@');
  return { id: `${repo}@${digest}`, repo, digest, tags, days: daysUntilExpiry };
}

async function read(page, namespace, signal) {
  return Object.entries(await get('/api/v1/trash', as(page.me, { query: { namespace }, signal }))).map(entry);
}

const until = (row) => h('span', { title: date(Date.now() + row.days * DAY) },
  badge(t('registry.days_left', { n: row.days }), row.days <= 3 ? 'warn' : 'plain'));

const columns = () => [
  { head: t('registry.repository'), cell: (row) => row.repo, wide: 2, min: '16ch', narrow: 'title' },
  { head: t('registry.tags'), cell: (row) => tagList(row.tags), wide: 2, min: '14ch' },
  { head: t('registry.digest'), cell: (row) => mono(row.digest, { short: 19 }), min: '21ch' },
  { head: t('registry.until'), cell: until, min: '12ch' },
];

// One after the other: an index brings its entries along, which are then there.
async function restoreAll(page, rows) {
  const taken = [];
  for (const row of rows) {
    const said = await post(`/api/v1/trash/${part(row.id)}/restoretags`, undefined, as(page.me));
    taken.push(...said.unsuccessful.map((tag) => `${row.repo}:${tag}`));
  }
  return taken;
}

async function restore(page, rows, table) {
  let taken = [];
  const done = await confirm({
    title: t('registry.restore_n', { n: rows.length }), action: t('registry.restore'),
    body: [h('p', {}, t('registry.restore_what')), h('ul', {}, rows.slice(0, 10).map((row) =>
      h('li', {}, h('code', {}, row.repo), ' ', tagList(row.tags)))),
    rows.length > 10 && h('p', {}, t('registry.and_more', { n: rows.length - 10 }))],
    run: async () => { taken = await restoreAll(page, rows); },
  });
  if (!done) return;
  if (taken.length > 0) toast(t('registry.restored_without', { tags: taken.join(', ') }), { bad: true });
  else toast(t('registry.restored', { n: rows.length }));
  table.clear();
  table.reload();
}

function chooser(page, all, namespace) {
  if (all.length < 2 && !namespace) return null;
  const names = new Set([...all.map((row) => row.name), namespace].filter(Boolean));
  const made = choice({
    name: 'namespace', label: t('registry.namespace'), kind: 'select', value: namespace,
    options: [{ value: '', label: t('registry.all_namespaces') },
      ...[...names].map((name) => ({ value: name, label: name }))],
  });
  made.on((name) => page.go(`registry/namespaces?${new URLSearchParams({ tab: 'trash', namespace: name })}`));
  return h('div', { class: 'registry-filter' }, made.node);
}

export async function trashOf(page, namespace, { choosing = true } = {}) {
  const act = button(t('registry.restore'), { kind: 'primary', disabled: true,
    on: () => restore(page, table.selected(), table) });
  let rows;
  const table = list({
    label: t('registry.trash'), columns: columns(), id: (row) => row.id, name: (row) => row.repo, select: 'many',
    actions: [act],
    load: async ({ from = 0, limit, signal }) => {
      if (from === 0) rows = await read(page, namespace, signal);
      const end = from + limit;
      return { rows: rows.slice(from, end), total: rows.length, next: end < rows.length ? end : null };
    },
    onSelect: (chosen) => { act.disabled = chosen.length === 0; },
    empty: empty(t('registry.trash_none'), { picture: 'trash' }),
  });
  const all = choosing ? await namespaces(page.me, page.signal) : [];
  return stack(choosing && chooser(page, all, namespace), table.node);
}
