// Where key pairs and servers are: in a project of the account that one is signed in
// to. Lists have the project in their query, pages of one thing in their path.

import { ApiError, part, post } from '../../lib/api.js';
import { h, unique } from '../../lib/dom.js';
import { page as some } from '../../lib/rest20.js';
import { to } from '../../lib/route.js';
import { t } from '../../lib/words.js';

const FIRST = 'default';

// The path of what is in a project: of('keypairs', name, 'servers').
export function paths(page, project) {
  const base = `/latchkey/v1/projects/${part(page.me.account_slug)}/${part(project)}`;
  return (...segments) => [base, ...segments.map(part)].join('/');
}

export const pairHref = (project, name) => to('compute', 'keypairs', project, name);
export const serverHref = (project, name) => to('compute', 'servers', project, name);
export const listHref = (kind, project) => `${to('compute', kind)}?${new URLSearchParams({ project })}`;

// The address keeps what is looked for, and is no new page at each letter. null: not
// there.
export function keep(path, query, changes) {
  for (const [name, value] of Object.entries(changes))
    if (value) query.set(name, value);
    else query.delete(name);
  history.replaceState(null, '', `${to(...path.split('/'))}${query.size > 0 ? `?${query}` : ''}`);
}

// What a thing is called by policies and the trail.
export const fullName = (page, ...names) => [page.me.account_slug, ...names].join('/');

// "Team/project" of a thing → its project.
export const projectOf = (thing) => thing.project.slice(thing.project.indexOf('/') + 1);

// Who may see no projects may still know one by its name.
async function known(page, from) {
  try {
    return await some(`/2.0/workspaces/${part(page.me.account_slug)}/projects`, { from, signal: page.signal });
  } catch (e) {
    if (e instanceof ApiError && (e.status === 403 || e.status === 404)) return { rows: [] };
    throw e;
  }
}

async function rest(page, select, from, chosen) {
  for (let next = from; next;) {
    const more = await known(page, next);
    select.append(...more.rows.map((row) => option(row, chosen)));
    next = more.next;
  }
}

function option({ key, name }, chosen) {
  if (key === chosen) return null;
  return h('option', { value: key }, name && name !== key ? `${name} (${key})` : key);
}

function chooser(page, path, first, chosen) {
  const id = unique('project');
  const mine = first.rows.find((row) => row.key === chosen) ?? { key: chosen };
  const select = h('select', { id, class: 'input', on: {
    change: () => page.go(`${path}?${new URLSearchParams({ project: select.value })}`),
  } }, option(mine), first.rows.map((row) => option(row, chosen)));
  rest(page, select, first.next, chosen).catch((e) => {
    if (e.name !== 'AbortError') console.error(e);
  });
  return h('div', { class: 'compute-project' }, h('label', { for: id }, t('compute.project')), select);
}

// → { project, chooser }: which one a list is of, and, where there are others, how
// another is chosen.
export async function placeOf(page, path) {
  const first = await known(page);
  const keys = first.rows.map((row) => row.key);
  const usual = keys.length === 0 || keys.includes(FIRST) ? FIRST : keys[0];
  const project = page.query.get('project') ?? usual;
  const others = keys.some((key) => key !== project);
  return { project, chooser: others ? chooser(page, path, first, project) : null };
}

// Would the server let one do this to that? It decides again when it is done; what
// cannot be asked is left to that.
export async function may(page, action, name) {
  try {
    return (await post('/latchkey/v1/explain', { action, resource: { name } }, { signal: page.signal })).may;
  } catch (e) {
    if (e instanceof ApiError && e.status !== 401) return true;
    throw e;
  }
}
