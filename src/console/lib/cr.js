// What the registry's pages share: names of images, and what its API says of them.

import { call, get, part, post } from './api.js';

// The registry is asked under the host that the console came from; so is docker.
export const HOST = location.host;

// The options of a call of /api/v1, which takes the account as a field.
export const as = (me, more = {}) => ({ headers: { Account: me.account }, ...more });

// 'birds/robin' and { tag } or { digest } → the name of one image.
export const reference = (name, { tag, digest }) => (digest ? `${name}@${digest}` : `${name}:${tag}`);

export const imagePath = (name, which) => `/api/v1/images/${part(reference(name, which))}`;

export const namespaceOf = (name) => name.split('/')[0];

// "registry.example:5000/birds/robin" → "birds/robin".
export const withoutHost = (text) => text.slice(text.indexOf('/') + 1);

const PAGE = 1000;

// Names of repositories after one, in the server's order; next: where to go on.
async function repositories({ after, signal }) {
  const { data, headers } = await call('GET', '/v2/_catalog', { query: { n: PAGE, last: after }, signal });
  const more = /rel="next"/.test(headers.get('Link') ?? '');
  return { names: data.repositories, next: more ? data.repositories.at(-1) : null };
}

// As many names as fit into limit of which `fits` says yes, of one namespace or all.
export async function findRepositories({ after, limit, namespace, fits = () => true, signal }) {
  const within = namespace ? `${namespace}/` : '';
  const names = [];
  let last = after ?? within;
  do {
    const page = await repositories({ after: last, signal });
    for (const name of page.names) {
      if (!name.startsWith(within)) return { names, next: null };
      if (!fits(name)) continue;
      if (names.length === limit) return { names, next: names.at(-1) };
      names.push(name);
    }
    last = page.next;
  } while (last !== null);
  return { names, next: null };
}

function image(row) {
  const [[full, tags]] = Object.entries(row.repoTags);
  return {
    repo: withoutHost(full), digest: row.id, tags: Object.keys(tags), size: row.size, type: row.manifestType,
    created: row.created > 0 ? row.created * 1000 : null, pushed: row.pushed * 1000,
    index: /Index|List/.test(row.manifestType),
  };
}

const newestFirst = (a, b) => b.pushed - a.pushed || (a.digest < b.digest ? -1 : 1);

// Every image of these repositories (at most 100), what was pushed last first.
export async function imagesOf(me, names, signal) {
  if (names.length === 0) return [];
  const rows = await post('/api/v1/images/digests', { repositories: names }, as(me, { signal }));
  return rows.map(image).sort(newestFirst);
}

export const namespaces = (me, signal) => get('/api/v1/namespaces/details', as(me, { signal }));

export const UNKNOWN = 'unknown';

// { os, architecture, variant } → "linux/arm64/v8"; '' where nothing was said.
export function platformName({ os, architecture, variant } = {}) {
  return [os, architecture, variant].filter((word) => word && word !== UNKNOWN).join('/');
}
