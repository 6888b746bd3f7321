// Lists of /2.0, page by page. A page's "next" is a whole address, of the server as it
// knows itself; the browser may know it by another name, so only its query is used.

import { get, part } from './api.js';

const PAGE = 100;

// The path of the account that one is signed in to, below /2.0.
export const repositories = (me) => `/2.0/repositories/${part(me.account_slug)}`;
export const repository = (me, slug) => `${repositories(me)}/${part(slug)}`;
export const project = (me, key) => `/2.0/workspaces/${part(me.account_slug)}/projects/${part(key)}`;

// What lib/list.js asks: { rows, next, total }.
export async function page(path, { from, limit = PAGE, query, signal }) {
  const first = { pagelen: Math.min(limit, PAGE), ...query };
  const data = await get(from ? path + from : path, { query: from ? {} : first, signal });
  return { rows: data.values, next: data.next ? new URL(data.next).search : undefined, total: data.size };
}

// All of a list that has an end in sight.
export async function all(path, { signal } = {}) {
  const rows = [];
  let from;
  do {
    const some = await page(path, { from, signal });
    rows.push(...some.rows);
    from = some.next;
  } while (from);
  return rows;
}

export const projects = (me, signal) => all(`/2.0/workspaces/${part(me.account_slug)}/projects`, { signal });
