// What was done with something, and what it did: the trail, as far as it is about one
// thing. Who may not read the account's trail is told so and sees the rest of the page.
import { get } from './api.js';
import { h } from './dom.js';
import { moment, whose } from './iam.js';
import { to } from './route.js';
import { outcomeBadge } from './trail.js';
import { link, mono, section, time } from './ui.js';
import { t } from './words.js';

const SHOWN = 20;

const line = (...children) => h('li', { class: 'access-line' }, children);
const lines = (rows) => h('ul', { class: 'access-lines' }, rows);
const quiet = (text) => h('p', { class: 'quiet' }, text);

// What a change's row tells: "identity=..." says nothing that the page does not.
function change(me, row) {
  const told = row.params.filter((text) => !/^(identity|account)=/.test(text));
  return line(time(moment(row.timestamp)), mono(row.action), h('span', {}, whose(me, row.iam_id)),
    told.length > 0 && h('span', { class: 'quiet' }, told.join(', ')));
}

// The server tells the oldest first.
export function historySection(me, rows) {
  return section(t('access.history'), rows.length === 0 ? quiet(t('access.history_none'))
    : lines(rows.toReversed().map((row) => change(me, row))));
}

function use(event) {
  return line(time(event.at), outcomeBadge(event.outcome), mono(event.verb),
    event.thing && mono(event.thing, { short: 40 }), event.addr && h('span', { class: 'quiet' }, event.addr),
    event.count > 1 && h('span', { class: 'quiet' }, t('access.times', { n: event.count })));
}

// When somebody came in last, as the trail tells it; null to whom it does not.
export async function lastLogin(page, identity) {
  const query = { identity, verb: 'login', outcome: 'done', newest: true, limit: 1 };
  try {
    return (await get('/latchkey/v1/audit', { query, signal: page.signal })).events[0]?.at ?? '';
  } catch (e) {
    if (e.status !== 403 && e.status !== 404) throw e;
    return null;
  }
}

// by: { cred: 'api-key:ApiKey-...' } or { identity }, as the trail names them.
export async function usesSection(page, by) {
  const more = link(t('access.in_trail'), `${to('audit')}?who=${encodeURIComponent(by.cred ?? by.identity)}`);
  try {
    const { events } = await get('/latchkey/v1/audit',
      { query: { ...by, newest: true, limit: SHOWN }, signal: page.signal });
    return section(t('access.uses'), events.length === 0 ? quiet(t('access.uses_none')) : lines(events.map(use)),
      { actions: [more] });
  } catch (e) {
    if (e.status !== 403 && e.status !== 404) throw e;
    return section(t('access.uses'), quiet(t('access.not_for_you')));
  }
}
