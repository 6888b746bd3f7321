// Compute > Server: the machines that key pairs were applied to.

import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { list } from '../lib/list.js';
import { button, empty, heading, hint, link, mono, time } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { fullName, keep, listHref, may, paths, placeOf, projectOf, serverHref } from './compute/place.js';
import { createServer } from './compute/server_create.js';
import { lastSeen, pairOf, serverState } from './compute/server_text.js';

export const title = () => t('compute.servers');

const HERE = 'compute/servers';

const columns = () => [
  { head: t('compute.name'), wide: 3, min: '9rem', narrow: 'title', cell: (server) => server.name },
  { head: t('compute.keypair'), wide: 3, min: '9rem', cell: (server) => pairOf(server.key, projectOf(server)) },
  { head: t('compute.state'), wide: 2, min: '12.5rem', cell: serverState },
  { head: t('compute.last_seen'), wide: 2, min: '8.5rem',
    cell: (server) => time(lastSeen(server)?.at, { never: t('compute.not_yet') }) },
  { head: t('compute.address'), wide: 2, min: '8.5rem',
    cell: (server) => (lastSeen(server)?.addr ? mono(lastSeen(server).addr) : '–') },
  { head: t('compute.created'), wide: 2, min: '8.5rem', narrow: 'hide', cell: (server) => time(server.created_at) },
];

function serverList(page, project, create) {
  const path = paths(page, project);
  const trusts = page.query.get('trusts');
  let search = page.query.get('search') ?? '';
  const none = h('span');
  const sayNone = () => {
    if (search) none.textContent = t('compute.none_found', { search });
    else none.textContent = trusts ? t('compute.trusted_by_none') : t('compute.no_servers');
  };
  sayNone();
  const made = list({
    label: t('compute.servers'),
    columns: columns(),
    id: (server) => server.id,
    name: (server) => server.name,
    href: (server) => serverHref(projectOf(server), server.name),
    load: async ({ from, limit, signal }) => {
      const query = { search, trusts, after: from, limit };
      const { servers: rows, next } = await get(path('servers'), { query, signal });
      return { rows, next };
    },
    actions: [create],
    empty: empty(none, { picture: 'server' }),
    search: { placeholder: t('compute.search_servers'), value: search, run: (text) => {
      search = text;
      keep(HERE, page.query, { search });
      sayNone();
      made.reload();
    } },
  });
  return made;
}

// An address that only one key's servers are shown by says so.
function filterNote(page, project) {
  const trusts = page.query.get('trusts');
  return trusts && hint('note', h('p', {}, t('compute.only_trusting'), ' ', mono(trusts)),
    h('p', {}, link(t('compute.show_all'), listHref('servers', project))));
}

export async function show(page) {
  const { project, chooser } = await placeOf(page, HERE);
  const [mayList, mayCreate] = await Promise.all(['server.server.list', 'server.server.create'].map((action) =>
    may(page, action, fullName(page, project))));
  const head = heading(t('compute.servers'), { sub: t('compute.servers_sub'), actions: [chooser] });
  if (!mayList) {
    const why = t('compute.may_not_list_servers', { project, account: page.me.account_slug });
    return h('div', { class: 'stack' }, head, empty(why));
  }
  const create = button(t('compute.create'), { kind: 'primary', icon: 'plus', disabled: !mayCreate,
    title: mayCreate ? undefined : t('compute.may_not_create_server') });
  const servers = serverList(page, project, create);
  const make = async (keypair) => {
    const made = await createServer(page, project, keypair);
    if (made) await servers.reload();
  };
  create.addEventListener('click', () => make());
  const wanted = page.query.get('keypair');
  if (wanted && mayCreate) setTimeout(() => {
    if (page.signal.aborted) return;
    keep(HERE, page.query, { keypair: null }); // Who comes back here comes for the list.
    make(wanted);
  });
  return h('div', { class: 'stack' },
    head, !mayCreate && h('p', { class: 'quiet' }, t('compute.may_not_create_server')),
    filterNote(page, project), servers.node);
}
