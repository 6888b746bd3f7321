// Repositories of the account: what there is, what was removed and can be put back,
// and a new one. Project, search and the removed are in the address.

import { get, part, post } from '../lib/api.js';
import { h, show as put } from '../lib/dom.js';
import { choice, field, formDialog } from '../lib/form.js';
import { list } from '../lib/list.js';
import { page as restPage, projects as restProjects, repositories, repository } from '../lib/rest20.js';
import { to } from '../lib/route.js';
import { badge, button, empty, heading, hint, link, stack, time, toast } from '../lib/ui.js';
import { bytes, date, t } from '../lib/words.js';
import { branchField, descriptionField, projectField, slugField, slugOf } from './git_repo.js';

export const title = () => t('git.repositories');

// What stands in quotes of a query cannot have quotes itself.
const quoted = (text) => `"${text.replaceAll('"', '')}"`;

function condition(query) {
  const all = [];
  if (query.get('project')) all.push(`project.key = ${quoted(query.get('project'))}`);
  if (query.get('q')) all.push(`name ~ ${quoted(query.get('q'))}`);
  return all.join(' AND ') || undefined;
}

// This address with some of its query changed; '' takes a member away.
function address(query, changes) {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
  const text = next.toString();
  return text ? `repositories?${text}` : 'repositories';
}

const updatedCell = (r) => (r.pushed_on ? time(r.updated_on) : badge(t('git.nothing_pushed')));

const COLUMNS = () => [
  { head: t('git.name'), wide: 3, min: '9rem', narrow: 'title', cell: (r) => r.name },
  { head: t('git.project'), wide: 1, min: '6rem', cell: (r) => r.project?.key },
  { head: t('git.description'), wide: 4, min: '8rem', narrow: 'hide', cell: (r) => r.description },
  { head: t('git.updated'), wide: 2, min: '8.5rem', cell: updatedCell },
  { head: t('git.size'), wide: 1, min: '5.5rem', num: true, cell: (r) => bytes(r.size) },
];

function create(page, projects) {
  const slug = slugField();
  const name = field({ name: 'name', label: t('git.name'), required: true, maxBytes: 255, autocomplete: 'off',
    hint: t('git.name_hint') });
  // The address follows the name until somebody writes another.
  let own = false;
  slug.on(() => { own = slug.value() !== slugOf(name.value()); });
  name.on(() => { if (!own) slug.set(slugOf(name.value())); });
  const branch = branchField({ value: 'main' });
  return formDialog({
    title: t('git.create_title'),
    fields: [name, slug, descriptionField(), projectField(projects, page.query.get('project') || 'default'), branch],
    before: hint('note', t('git.private_always')),
    action: t('git.create'),
    run: (values) => post(repository(page.me, values.slug), {
      scm: 'git', is_private: true, name: values.name, description: values.description,
      project: { key: values.project }, mainbranch: { name: values.mainbranch },
    }),
  });
}

function projectFilter(page, projects) {
  const chosen = page.query.get('project') ?? '';
  const filter = choice({
    name: 'project', label: t('git.project'), kind: 'select', value: chosen,
    options: [{ value: '', label: t('git.all_projects') }, ...projects.map((p) => ({ value: p.key, label: p.name }))],
  });
  filter.on(() => page.go(address(page.query, { project: filter.value() })));
  return h('div', { class: 'git-filter' }, filter.node);
}

// As one types, the address follows and only the rows change: the field stays.
function searching(page, again) {
  return { placeholder: t('git.search'), value: page.query.get('q') ?? '', run: (text) => {
    if (page.signal.aborted) return;
    text ? page.query.set('q', text) : page.query.delete('q');
    history.replaceState(history.state, '', to('') + address(page.query, {}));
    again();
  } };
}

function present(page, projects) {
  const open = async () => {
    const made = await create(page, projects);
    if (made?.slug) page.go(`repositories/${part(made.slug)}`);
  };
  const nothing = h('div');
  const load = async ({ from, limit, signal }) => {
    const q = condition(page.query);
    const found = await restPage(repositories(page.me), { from, limit, signal, query: { q } });
    put(nothing, q ? empty(t('git.none_found'), { picture: 'repo' })
      : empty(t('git.none_yet'), { picture: 'repo', action: button(t('git.create'), { kind: 'primary', on: open }) }));
    return found;
  };
  const table = list({
    label: t('git.repositories'), columns: COLUMNS(), id: (r) => r.uuid, href: (r) => to('repositories', r.slug), load,
    search: searching(page, () => table.reload()), empty: nothing,
    actions: [(projects.length > 1 || page.query.get('project')) && projectFilter(page, projects),
      button(t('git.create'), { kind: 'primary', icon: 'plus', on: open })],
  });
  return stack(
    heading(t('git.repositories'), { sub: t('git.repositories_sub') }),
    table.node,
    h('p', {}, link(t('git.removed_link'), `${to('repositories')}?removed=1`)),
  );
}

// --- removed ones --------------------------------------------------------------

async function restore(page, repo, table) {
  const slug = slugField({ value: repo.slug, about: t('git.restore_hint') });
  const back = await formDialog({
    title: t('git.restore_title', { name: repo.name }), fields: [slug],
    before: h('p', {}, t('git.restore_what')), action: t('git.restore'),
    run: (values) => post(`${repository(page.me, repo.uuid)}/restore`, { slug: values.slug }),
  });
  if (!back?.slug) return;
  table.remove(repo.uuid);
  toast(t('git.restored', { name: back.name }));
  page.go(`repositories/${part(back.slug)}`);
}

function removed(page) {
  const table = list({
    label: t('git.removed'), id: (r) => r.uuid,
    load: (asked) => restPage(repositories(page.me), { ...asked, query: { removed: 'true' } }),
    columns: [
      { head: t('git.name'), wide: 3, min: '9rem', narrow: 'title', cell: (r) => r.name },
      { head: t('git.project'), wide: 1, min: '6rem', cell: (r) => r.project?.key },
      { head: t('git.removed_on'), wide: 2, min: '8.5rem', cell: (r) => time(r.removed_on) },
      { head: t('git.kept_until'), wide: 2, min: '8rem', cell: (r) => date(Date.parse(r.purged_on)) },
      { head: t('git.action'), min: '7rem', cell: (r) => button(t('git.restore'), {
        label: t('git.restore_title', { name: r.name }), on: () => restore(page, r, table) }) },
    ],
    empty: empty(t('git.none_removed'), { picture: 'repo' }),
  });
  return stack(
    heading(t('git.removed'), { sub: t('git.removed_sub'), crumbs: [[t('git.repositories'), to('repositories')]] }),
    table.node,
  );
}

export async function show(page) {
  if (page.query.get('removed')) {
    await get(repositories(page.me), { query: { removed: 'true', pagelen: 1 }, signal: page.signal });
    return removed(page);
  }
  return present(page, await restProjects(page.me, page.signal));
}
