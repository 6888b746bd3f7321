// What the trail has of one key pair.

import { get } from '../../lib/api.js';
import { h } from '../../lib/dom.js';
import { to } from '../../lib/route.js';
import { link, section, time } from '../../lib/ui.js';
import { t } from '../../lib/words.js';
import { may } from './place.js';

const LIMIT = 200;

const STATES = {
  pending: 'compute.was_made',
  alive: 'compute.was_handed',
  dead: 'compute.was_lost',
};

function words(event) {
  if (event.outcome === 'refused') return t('compute.was_refused', { verb: event.verb });
  if (event.verb === 'keypair.import' || event.detail.origin === 'imported') return t('compute.was_imported');
  if (event.verb === 'keypair.create') return t(STATES[event.detail.state] ?? 'compute.was_made');
  return event.verb;
}

// Another pair may have had the name before: rows are of this one by its id. null:
// one may not read the trail.
export async function pairHistory(page, pair) {
  if (!(await may(page, 'audit.read', undefined))) return null;
  const thing = `key-pair:${pair.project}/${pair.name}`;
  const { events } = await get('/latchkey/v1/audit', { query: { thing, limit: LIMIT }, signal: page.signal });
  const rows = events.filter((event) => event.thing === thing &&
    (event.detail?.id === pair.id || event.outcome === 'refused'));
  const heads = [t('compute.when'), t('compute.what'), t('compute.who')];
  const who = ({ identity }) => (identity === pair.created_by ? pair.created_by_name ?? identity : identity);
  const all = link(t('compute.in_trail'), `${to('audit')}?${new URLSearchParams({ thing })}`);
  return section(t('compute.history'), [
    h('table', { class: 'compute-table' },
      h('caption', { class: 'unseen' }, t('compute.history')),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, rows.map((event) => h('tr', {},
        h('td', {}, time(event.at)), h('td', {}, words(event)),
        h('td', {}, who(event), ' ', h('span', { class: 'quiet' }, event.addr)))))),
  ], { actions: [all] });
}
