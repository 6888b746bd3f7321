// One's own SSH keys: with them people read and push what their roles allow.

import { get, part, post, put } from '../lib/api.js';
import { ending, formDialog } from '../lib/form.js';
import { list } from '../lib/list.js';
import { page as restPage } from '../lib/rest20.js';
import { button, empty, heading, hint, stack, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { pairHelp } from './git_clone.js';
import { keyColumns, keyField, labelField, removeKeys } from './git_keys.js';

export const title = () => t('git.ssh_keys');

const KEYS = '/2.0/users/me/ssh-keys';
const one = (key) => `${KEYS}/${part(key.uuid)}`;

const add = () => formDialog({
  title: t('git.add_own_title'), wide: true, action: t('git.add'), before: pairHelp(null),
  fields: [keyField({ about: t('git.own_key_hint') }), labelField({ about: t('git.own_label_hint'), required: false }),
    ending({ name: 'expires_on', label: t('git.ends'), choices: [30, 90, 365], none: true, value: null })],
  run: ({ label, expires_on: end, key }) =>
    post(KEYS, { key, label: label || undefined, expires_on: end ?? undefined }),
});

const rename = (key) => formDialog({
  title: t('git.change_title', { label: key.label }), action: t('git.save'),
  fields: [labelField({ value: key.label, about: '' })],
  run: (values) => put(one(key), values),
});

export async function show(page) {
  await get(KEYS, { query: { pagelen: 1 }, signal: page.signal });
  const open = async () => {
    const made = await add();
    if (!made?.uuid) return;
    table.reload();
    toast(t('git.own_added', { label: made.label }));
  };
  const change = button(t('git.change'), { disabled: true, on: async () => {
    if (await rename(table.selected()[0])) table.reload();
  } });
  const drop = button(t('git.delete'), { kind: 'danger', icon: 'trash', disabled: true,
    on: () => removeKeys(table.selected(), { what: t('git.delete_own_what'), path: one,
      gone: (key) => table.remove(key.uuid) }) });
  const table = list({
    label: t('git.ssh_keys'), columns: keyColumns({ places: false }), select: 'many',
    id: (k) => k.uuid, name: (k) => k.label,
    load: (asked) => restPage(KEYS, asked),
    actions: [button(t('git.add'), { kind: 'primary', icon: 'plus', on: open }), change, drop],
    empty: empty(t('git.none_own')),
    onSelect: (rows) => {
      change.disabled = rows.length !== 1;
      drop.disabled = rows.length === 0;
    },
  });
  return stack(
    heading(t('git.ssh_keys'), { sub: t('git.ssh_keys_sub') }),
    hint('note', t('git.own_or_access')),
    table.node,
    pairHelp(null),
  );
}
