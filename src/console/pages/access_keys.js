// Settings > Access keys of a repository: hosts that may read it, and nothing else.
// Keys of its project read it as well and are shown below its own.

import { ApiError, get, part, post, put } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { dialog } from '../lib/dialog.js';
import { choice, ending, formDialog, several } from '../lib/form.js';
import { list } from '../lib/list.js';
import { page as restPage, project, repository } from '../lib/rest20.js';
import { to } from '../lib/route.js';
import { button, code, empty, heading, section, stack, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { address, pairHelp, repoTabs, sshOnly } from './git_clone.js';
import { keyColumns, keyField, labelField, removeKeys } from './git_keys.js';

export const title = ({ params }) => `${t('git.access_keys')} · ${params.repo}`;

const DAYS = [30, 90, 365];

const addressesField = (value = []) => several({
  name: 'allowed_cidrs', label: t('git.addresses'), hint: t('git.addresses_hint'), value, mono: true,
  placeholder: '192.0.2.0/24',
});

const endField = (value = null, label = t('git.ends')) => ending({
  name: 'expires_on', label, choices: DAYS, none: true, value,
});

// null takes away what is there; a new key that has none says nothing.
const given = (values) => Object.fromEntries(
  Object.entries(values).filter(([, value]) => value !== null && value?.length !== 0));

// --- adding ----------------------------------------------------------------------

// What the host is to do now, with the address that the server says.
function nextStep(repo, label) {
  const ssh = address(repo, 'ssh');
  return dialog({
    title: t('git.added_title', { label }), wide: true,
    body: stack(
      h('p', {}, t('git.added_next')),
      ssh && code(`git clone ${ssh}`, { copy: true, label: t('git.clone_ssh') }),
      sshOnly(),
    ),
  }).done;
}

function whereField(repo) {
  return choice({
    name: 'where', label: t('git.reads'), kind: 'radio', value: 'repo',
    options: [{ value: 'repo', label: t('git.reads_repo', { name: repo.name }) },
      { value: 'project', label: t('git.reads_project', { name: repo.project.name }),
        hint: t('git.reads_project_hint') }],
  });
}

function add(repo, places) {
  const where = places.project && whereField(repo);
  return formDialog({
    title: t('git.add_title'), wide: true,
    fields: [labelField(), keyField(), where, endField(), addressesField()].filter(Boolean),
    before: pairHelp(repo.full_name),
    action: t('git.add'),
    run: async ({ where: place = 'repo', ...values }) =>
      ({ place, key: await post(`${places[place]}/deploy-keys`, given(values)) }),
  });
}

// --- changing, replacing, deleting -----------------------------------------------

const change = (base, key) => formDialog({
  title: t('git.change_title', { label: key.label }),
  fields: [labelField({ value: key.label }), endField(key.expires_on), addressesField(key.allowed_cidrs)],
  action: t('git.save'),
  run: (values) => put(`${base}/deploy-keys/${key.id}`, values),
});

const replace = (base, key) => formDialog({
  title: t('git.replace_title', { label: key.label }), wide: true,
  before: h('p', {}, t('git.replace_what')),
  fields: [keyField({ label: t('git.new_key') }), labelField({ value: key.label }),
    ending({ name: 'until', label: t('git.old_until'), hint: t('git.old_until_hint'), choices: [1, 7, 30],
      none: true, value: null }),
    endField(null, t('git.new_ends'))],
  action: t('git.replace'),
  run: (values) => post(`${base}/deploy-keys/${key.id}/rotate`, given(values)),
});

// --- the lists -------------------------------------------------------------------

// One place's keys: base is the repository or its project.
function keyList({ base, label, text, none, addButton }) {
  const one = (run, then) => async () => {
    if (!await run(base, table.selected()[0])) return;
    table.reload();
    then?.();
  };
  const buttons = [
    button(t('git.change'), { disabled: true, on: one(change) }),
    button(t('git.replace'), { disabled: true, on: one(replace, () => toast(t('git.replaced'))) }),
    button(t('git.delete'), { kind: 'danger', icon: 'trash', disabled: true,
      on: () => removeKeys(table.selected(), { what: text, path: (key) => `${base}/deploy-keys/${key.id}`,
        gone: (key) => table.remove(String(key.id)) }) }),
  ];
  const table = list({
    label, columns: keyColumns({ places: true }), id: (k) => String(k.id), name: (k) => k.label, select: 'many',
    load: (asked) => restPage(`${base}/deploy-keys`, asked),
    actions: [addButton, ...buttons], empty: none,
    onSelect: (rows) => {
      buttons[0].disabled = buttons[1].disabled = rows.length !== 1;
      buttons[2].disabled = rows.length === 0;
    },
  });
  return table;
}

// Whoever may see a repository's keys need not see its project's.
async function projectKeys(base, signal) {
  try {
    return (await get(`${base}/deploy-keys`, { query: { pagelen: 1 }, signal })).size;
  } catch (e) {
    if (e instanceof ApiError && (e.status === 403 || e.status === 404)) return null;
    throw e;
  }
}

function inherited(repo, base) {
  const table = keyList({
    base, label: t('git.inherited', { name: repo.project.name }),
    text: t('git.delete_project_what', { name: repo.project.name }),
    none: empty(t('git.inherited_none')),
  });
  return { table, node: section(t('git.inherited', { name: repo.project.name }), stack(
    h('p', {}, t('git.inherited_what')), table.node)) };
}

export async function show(page) {
  const base = repository(page.me, page.params.repo);
  const repo = await get(base, { signal: page.signal });
  const above = repo.project && project(page.me, repo.project.key);
  // Refused here, the whole page is: the list would only say so later.
  await get(`${base}/deploy-keys`, { query: { pagelen: 1 }, signal: page.signal });
  const count = above ? await projectKeys(above, page.signal) : null;
  const places = { repo: base, project: count === null ? null : above };
  const open = async () => {
    const made = await add(repo, places);
    if (!made?.key) return;
    if (made.place === 'repo') await own.reload();
    await nextStep(repo, made.key.label);
    if (made.place === 'project') page.go(`repositories/${part(repo.slug)}/settings/access-keys`, { replace: true });
  };
  const adding = (kind) => button(t('git.add'), { kind, icon: 'plus', on: open });
  const own = keyList({
    base, label: t('git.access_keys'), text: t('git.delete_keys_what'), addButton: adding('primary'),
    none: empty(t('git.none_keys')),
  });
  const more = count ? inherited(repo, above) : null;
  return stack(
    heading(t('git.access_keys'), {
      sub: t('git.access_keys_sub', { name: repo.name }),
      crumbs: [[t('git.repositories'), to('repositories')], [repo.name, to('repositories', repo.slug)],
        [t('git.settings')]],
    }),
    repoTabs(repo.slug, 'keys'), own.node, more?.node, pairHelp(repo.full_name),
  );
}
