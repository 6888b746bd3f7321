// Deleting key pairs: for ever, and without touching a server that trusts them.

import { ApiError, del, get } from '../../lib/api.js';
import { confirm } from '../../lib/dialog.js';
import { h, show } from '../../lib/dom.js';
import { hint, link, stack } from '../../lib/ui.js';
import { t } from '../../lib/words.js';
import { projectOf, serverHref } from './place.js';

const NAMED = 5; // servers of one pair that are named
const LOOKED = 10; // pairs whose servers are named

const commas = (nodes) => nodes.flatMap((node, i) => (i === 0 ? [node] : [', ', node]));

function names(servers, more) {
  const aside = { target: '_blank', rel: 'noopener' };
  const links = servers.map((s) => link(s.name, serverHref(projectOf(s), s.name), aside));
  return [commas(links), more && ', …'];
}

// What is known of one pair at once is how many; who they are comes a moment later.
function trusted(pair, path, alone) {
  const { name } = pair;
  const text = (n) => (alone ? t('compute.still_trusted', { n }) : t('compute.still_trusted_of', { n, name }));
  const line = (n, more) => h('p', {}, text(n), more);
  const node = h('div', {}, line(pair.servers));
  get(path('keypairs', pair.id, 'servers'), { query: { limit: NAMED } }).then(({ servers, next }) => {
    const n = Math.max(pair.servers, servers.length);
    show(node, line(n, [' ', names(servers, next !== undefined)]));
  }, () => {}); // Who may not see the servers still sees how many there are.
  return node;
}

function consequences(pairs, path) {
  const some = pairs.filter((pair) => pair.servers > 0);
  if (some.length === 0) return h('p', {}, t('compute.trusted_by_none'));
  return hint('warn', some.slice(0, LOOKED).map((pair) => trusted(pair, path, pairs.length === 1)),
    some.length > LOOKED && h('p', {}, t('compute.more_trusted', { n: some.length - LOOKED })),
    h('p', {}, t('compute.to_end_that')), { head: t('compute.servers_go_on') });
}

// By its id: what was shown is what goes, whatever has the name by then.
async function remove(pair, path) {
  try {
    await del(path('keypairs', pair.id));
  } catch (e) {
    if (!(e instanceof ApiError && e.status === 404)) throw e;
  }
}

// gone(pair) runs for each that is deleted. → were all?
export function deletePairs(pairs, path, gone) {
  let left = [...pairs];
  return confirm({
    title: t('compute.delete_title', { n: pairs.length }),
    body: stack(
      pairs.length === 1 ? h('p', {}, t('compute.delete_one', { name: pairs[0].name }))
        : [h('p', {}, t('compute.delete_many', { n: pairs.length })),
          h('ul', { class: 'compute-names' }, pairs.map((pair) => h('li', {}, pair.name)))],
      hint('warn', h('p', {}, t('compute.delete_warning'))), consequences(pairs, path)),
    action: t('compute.delete'),
    danger: true,
    run: async () => {
      while (left.length > 0) {
        await remove(left[0], path);
        gone(left[0]);
        left = left.slice(1);
      }
    },
  });
}
