// Repositories of the registry, each with its tags: however many there are.

import { h, show as fill } from '../lib/dom.js';
import { findRepositories, imagesOf, namespaces } from '../lib/cr.js';
import { choice } from '../lib/form.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { badge, empty, heading, link, stack, time } from '../lib/ui.js';
import { bytes, number, t } from '../lib/words.js';

export const title = () => t('registry.images');

const AT_ONCE = 50;
const TAGS_SHOWN = 4;

function summary(repo, images) {
  const tagged = images.filter((image) => image.tags.length > 0);
  const newest = tagged[0] ?? images[0];
  return { repo, newest, images: images.length, tags: tagged.flatMap((image) => image.tags) };
}

export function tagList(tags, shown = TAGS_SHOWN) {
  if (tags.length === 0) return h('span', { class: 'quiet' }, t('registry.untagged'));
  const more = tags.length - shown;
  return h('span', { class: 'registry-tags' }, tags.slice(0, shown).map((tag) => badge(tag)),
    more > 0 && h('span', { class: 'quiet' }, t('registry.more_tags', { n: more })));
}

function address(state) {
  const query = new URLSearchParams();
  if (state.namespace) query.set('namespace', state.namespace);
  if (state.text) query.set('q', state.text);
  return `registry/images${query.size > 0 ? `?${query}` : ''}`;
}

function loader(page, state) {
  return async ({ from, limit, signal }) => {
    const text = state.text.toLowerCase();
    const { names, next } = await findRepositories({
      after: from, limit: Math.min(limit ?? AT_ONCE, AT_ONCE), namespace: state.namespace, signal,
      fits: (name) => name.includes(text),
    });
    const images = await imagesOf(page.me, names, signal);
    const by = Map.groupBy(images, (image) => image.repo);
    return { rows: names.filter((name) => by.has(name)).map((name) => summary(name, by.get(name))), next };
  };
}

const columns = () => [
  { head: t('registry.repository'), cell: (row) => row.repo, wide: 3, min: '16ch', narrow: 'title' },
  { head: t('registry.tags'), cell: (row) => tagList(row.tags), wide: 3, min: '14ch' },
  { head: t('registry.count'), cell: (row) => number(row.images), min: '7ch', num: true, narrow: 'hide' },
  { head: t('registry.newest_size'), cell: ({ newest }) => (newest.index ? t('registry.index') : bytes(newest.size)),
    min: '14ch', num: true },
  { head: t('registry.pushed'), cell: (row) => time(row.newest.pushed), wide: 1, min: '15ch' },
];

function nothing(node, state) {
  return fill(node, state.text || state.namespace ? empty(t('registry.images_none_match'), { picture: 'box' })
    : empty(t('registry.images_none'), { picture: 'box',
      action: link(t('registry.how_to_push'), to('registry', 'connect')) }));
}

function chooser(page, names, state) {
  if (names.length < 2) return null;
  const field = choice({
    name: 'namespace', label: t('registry.namespace'), kind: 'select', value: state.namespace,
    options: [{ value: '', label: t('registry.all_namespaces') },
      ...names.map((name) => ({ value: name, label: name }))],
  });
  field.on((namespace) => page.go(address({ ...state, namespace })));
  return h('div', { class: 'registry-filter' }, field.node);
}

export async function show(page) {
  const state = { namespace: page.query.get('namespace') ?? '', text: page.query.get('q') ?? '' };
  const all = await namespaces(page.me, page.signal);
  const none = nothing(h('div'), state);
  const table = list({
    label: t('registry.images'), columns: columns(), load: loader(page, state), id: (row) => row.repo,
    href: (row) => to('registry', 'images', row.repo), select: 'none', empty: none,
    actions: [chooser(page, all.map((row) => row.name), state)],
    search: {
      placeholder: t('registry.find_repository'), value: state.text,
      run: (text) => {
        state.text = text.trim();
        nothing(none, state);
        history.replaceState(null, '', `/console/${address(state)}`);
        table.reload();
      },
    },
  });
  return stack(heading(t('registry.images'), { sub: t('registry.images_sub') }), table.node);
}
