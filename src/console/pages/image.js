// A repository: its images by tag; and, with ?tag= or ?digest=, one of them.

import { ApiError } from '../lib/api.js';
import { HOST, imagesOf, namespaceOf } from '../lib/cr.js';
import { h } from '../lib/dom.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { badge, codeBlock, disclosure, empty, heading, link, mono, stack, tabs, time } from '../lib/ui.js';
import { bytes, t } from '../lib/words.js';
import { showImage } from './image_one.js';
import { tagList } from './images.js';

export const title = () => t('registry.images');

const home = (name, query = '') => to('registry', 'images', name) + query;

// The list is in memory: what it shows is counted out of it.
function loader(rows) {
  return async ({ from = 0, limit = 100 }) => ({
    rows: rows.slice(from, from + limit), total: rows.length, next: from + limit < rows.length ? from + limit : null,
  });
}

const columns = () => [
  { head: t('registry.tags'), cell: (row) => tagList(row.tags), wide: 3, min: '16ch', narrow: 'title' },
  { head: t('registry.digest'), cell: (row) => mono(row.digest, { short: 19 }), wide: 2, min: '21ch' },
  { head: t('registry.kind'), cell: (row) => kind(row), min: '10ch' },
  { head: t('registry.size'), cell: (row) => (row.index ? '–' : bytes(row.size)), min: '10ch', num: true },
  { head: t('registry.created'), cell: (row) => time(row.created, { never: t('registry.undated') }), wide: 1,
    min: '15ch', narrow: 'hide' },
  { head: t('registry.pushed'), cell: (row) => time(row.pushed), wide: 1, min: '15ch' },
];

const kind = (row) => (row.index ? badge(t('registry.index')) : t('registry.image'));

const query = (row) => new URLSearchParams(row.tags.length > 0 ? { tag: row.tags[0] } : { digest: row.digest });

function views(name, all, untagged) {
  const tagged = all.filter((row) => row.tags.length > 0).length;
  return tabs([
    { label: t('registry.tagged_n', { n: tagged }), href: home(name), current: !untagged },
    { label: t('registry.untagged_n', { n: all.length - tagged }), href: home(name, '?untagged=1'), current: untagged },
  ]);
}

const pushing = (name) => disclosure(t('registry.how_to_push_here'),
  codeBlock([`docker tag IMAGE ${HOST}/${name}:TAG`, `docker push ${HOST}/${name}:TAG`],
    { label: t('registry.how_to_push_here') }),
  h('p', {}, link(t('registry.connect'), to('registry', 'connect'))));

export async function show(page) {
  const { name } = page.params;
  const all = await imagesOf(page.me, [name], page.signal);
  const which = { tag: page.query.get('tag'), digest: page.query.get('digest') };
  if (which.tag || which.digest) return showImage(page, name, which, all);
  if (all.length === 0) throw new ApiError(404, { words: t('registry.no_such_repository', { name }) });
  const untagged = page.query.get('untagged') === '1';
  const rows = all.filter((row) => (row.tags.length === 0) === untagged);
  const table = list({
    label: name, columns: columns(), load: loader(rows), id: (row) => row.digest, select: 'none',
    href: (row) => home(name, `?${query(row)}`),
    empty: empty(untagged ? t('registry.untagged_none') : t('registry.tagged_none'), { picture: 'box' }),
  });
  return stack(heading(name, {
    crumbs: [[t('registry.images'), to('registry', 'images')],
      [namespaceOf(name), `${to('registry', 'images')}?${new URLSearchParams({ namespace: namespaceOf(name) })}`]],
  }), views(name, all, untagged),
  untagged && h('p', { class: 'quiet' }, t('registry.untagged_why')), table.node, pushing(name));
}
