// A list of API keys with what is done to them: the account's, a person's, a service
// ID's.
import { get } from './api.js';
import { moment, onwards, sorting, whose } from './iam.js';
import { createKey, deleteKeys, disableKey, keyStates, lastUse, rotateKey, switchKey } from './keys.js';
import { list } from './list.js';
import { to } from './route.js';
import { button, empty, row, time, toast } from './ui.js';
import { t } from './words.js';

// Activity has to be asked for on every page: the server's address of the next one
// leaves it out.
async function load(me, { identity, whole, type }, { from, signal, sort }) {
  const query = { account_id: me.account, pagesize: 100, type,
    ...(whole ? { scope: 'account' } : { iam_id: identity }) };
  if (sort) Object.assign(query, sorting(sort));
  const page = from ? await get(from, { query: { include_activity: true }, signal })
    : await get('/v1/apikeys', { query: { ...query, include_activity: true }, signal });
  return { rows: page.apikeys, next: onwards(page.next) };
}

function columns(me, whole) {
  return [
    { head: t('access.name'), cell: (key) => key.name, wide: 3, min: '14ch', narrow: 'title', sort: 'name' },
    whole && { head: t('access.whose'), cell: (key) => whose(me, key.iam_id), wide: 2, min: '12ch', narrow: 'show' },
    { head: t('access.state'), cell: (key) => row(keyStates(key)), wide: 2, min: '11ch', narrow: 'show' },
    { head: t('access.last_used'), cell: lastUse, wide: 2, min: '11ch', narrow: 'show' },
    { head: t('access.ends'), cell: (key) => time(moment(key.expires_at), { never: t('access.no_end') }), wide: 2,
      min: '11ch', narrow: 'show' },
    { head: t('access.made'), cell: (key) => time(moment(key.created_at)), wide: 2, min: '11ch', narrow: 'hide',
      sort: 'created_at' },
  ].filter(Boolean);
}

// Buttons above the list; which of them can be pressed depends on what is selected.
function deeds(table, create) {
  const chosen = () => table().selected();
  const after = async (promise) => {
    try {
      if (await promise) table().clear();
    } finally {
      table().reload();
    }
  };
  const each = async (run) => {
    try {
      for (const key of chosen()) await run(key);
    } catch (e) {
      toast(e.words || t('access.failed'), { bad: true });
    }
    table().clear();
    table().reload();
  };
  const rotate = button(t('access.rotate'), { on: () => after(rotateKey(chosen()[0])) });
  const disable = button(t('access.disable'), { on: () => (chosen().length === 1 ? after(disableKey(chosen()[0]))
    : each((key) => switchKey(key, 'disable', true))) });
  const enable = button(t('access.enable'), { on: () => each((key) => switchKey(key, 'disable', false)) });
  const remove = button(t('access.delete'), { kind: 'danger', icon: 'trash', on: () => after(deleteKeys(chosen())) });
  const set = (keys) => {
    rotate.disabled = keys.length !== 1;
    disable.disabled = keys.length === 0 || keys.every((key) => key.disabled);
    enable.disabled = keys.length === 0 || !keys.some((key) => key.disabled);
    remove.disabled = keys.length === 0 || keys.some((key) => key.locked);
    remove.title = keys.some((key) => key.locked) ? t('access.locked_first') : '';
  };
  set([]);
  const add = create && button(t('access.create'), { kind: 'primary', icon: 'plus', on: () => after(create()) });
  return { nodes: [add, rotate, disable, enable, remove].filter(Boolean), set };
}

// identity: whose; whole: all of the account's. create: whether one may be made here.
export function keyList(page, { identity, whole = false, type, create = true, label }) {
  const { me } = page;
  let table = null;
  const make = create ? () => createKey(me, identity) : null;
  const bar = deeds(() => table, make);
  table = list({
    label, columns: columns(me, whole), load: (ask) => load(me, { identity, whole, type }, ask), id: (key) => key.id,
    name: (key) => key.name,
    select: 'many', actions: bar.nodes, onSelect: bar.set, href: (key) => to('access', 'api-keys', key.id),
    empty: empty(t('access.keys_none')),
  });
  return table;
}
