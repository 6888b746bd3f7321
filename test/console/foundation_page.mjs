// A page of the console that only its tests have: a list as long as the address says,
// dialogs and a form. It is given to the browser in the place of a page of its own.
import { ApiError } from '../lib/api.js';
import { confirm, dialog } from '../lib/dialog.js';
import { ending, field, formDialog } from '../lib/form.js';
import { list } from '../lib/list.js';
import { badge, button, heading, secret, stack } from '../lib/ui.js';

export const title = () => 'Nests';

const BIRDS = ['wren', 'robin'];
const row = (n) => ({ id: `n${n}`, name: `nest-${n}`, bird: BIRDS[n % 2], eggs: n % 7 });
const asked = globalThis.asked = [];

async function load(all, { from = 0, limit, sort }) {
  asked.push({ from, limit, sort });
  if (globalThis.refuse) {
    globalThis.refuse = false;
    throw new ApiError(503, { words: 'The nest is being cleaned' });
  }
  const size = Math.min(globalThis.pageSize ?? limit, all - from);
  const rows = Array.from({ length: size }, (_, i) => row(sort?.startsWith('-') ? all - 1 - from - i : from + i));
  return { rows, next: from + size < all ? from + size : null, total: all };
}

function nestDialog() {
  return formDialog({
    title: 'Build a nest', action: 'Build',
    fields: [
      field({ name: 'name', label: 'Nest name', required: true, maxBytes: 20,
        check: (text) => (/^[a-z-]*$/.test(text) ? '' : 'Small letters only.') }),
      field({ name: 'bird', label: 'Bird' }),
      ending({ name: 'until', label: 'Until', choices: [1, 30] }),
    ],
    run: async (values) => {
      globalThis.built = values;
      if (values.bird === 'cuckoo') throw new ApiError(400, { words: 'No', fields: { bird: 'Not in this nest.' } });
      if (values.bird === 'crow') throw new ApiError(409, { words: 'A crow is there already' });
      return true;
    },
  });
}

export async function show({ query }) {
  const made = globalThis.nests = list({
    label: 'All nests', select: 'many', id: (nest) => nest.id, href: (nest) => `/console/me?nest=${nest.id}`,
    search: { placeholder: 'Find a nest', run: (text) => { globalThis.sought = text; } },
    columns: [
      { head: 'Name', cell: (nest) => nest.name, wide: 2, narrow: 'title', sort: 'name' },
      { head: 'Bird', cell: (nest) => badge(nest.bird) },
      { head: 'Eggs', cell: (nest) => String(nest.eggs), num: true, narrow: 'hide' },
      { head: 'Look', cell: (nest) =>
        button('Look', { label: `Look at ${nest.name}`, on: () => { globalThis.looked = nest.id; } }) },
    ],
    onSelect: (rows) => { globalThis.chosen = rows.map((nest) => nest.id); },
    load: (what) => load(Number(query.get('n') ?? 100000), what),
  });
  return stack(heading('Nests', { actions: [
    button('Build', { kind: 'primary', on: nestDialog }),
    button('Once', { on: () =>
      dialog({ title: 'Seen once', guard: true, body: secret('egg-shell'), actions: [{ text: 'I have it' }] }) }),
    button('Empty', { on: async () => {
      globalThis.emptied = await confirm({ title: 'Empty the nest?', body: 'It will be empty.', action: 'Empty it',
        danger: true, type: 'nest-1' });
    } }),
  ] }), made.node);
}
