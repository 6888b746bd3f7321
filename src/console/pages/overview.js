// What somebody should know who comes in: what ends soon, what nobody uses, who came in
// and who was turned away. Each part is there for whom it is meant.

import { get, part } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { namespaces } from '../lib/cr.js';
import { plot } from '../lib/plot.js';
import { page as rest, repositories } from '../lib/rest20.js';
import { to } from '../lib/route.js';
import { credHref, kindName, later, who } from '../lib/trail.js';
import { badge, card, facts, heading, hint, link, mono, section, stack, tabs, time } from '../lib/ui.js';
import { number, t } from '../lib/words.js';

export const title = () => t('shell.overview');

const HOUR = 36e5;
const DAY = 864e5;
const SHOWN = 5; // of each list; the rest is a click away
const MORE = 50;

// --- how much there is, and what comes first -------------------------------

const refusable = (promise) => promise.catch((e) => {
  if (e.status === 403 || e.status === 404) return null;
  throw e;
});

// Of what is in projects: all that the first of them have, and a sign if there is more.
async function inProjects({ me, signal }, kind) {
  const projects = await rest(`/2.0/workspaces/${part(me.account_slug)}/projects`, { signal });
  const of = (one) => `/latchkey/v1/projects/${part(me.account_slug)}/${part(one.key)}/${kind}`;
  const found = await Promise.all(projects.rows.map((one) => get(of(one), { query: { limit: 1000 }, signal })));
  const n = found.reduce((sum, one) => sum + one[kind].length, 0);
  return projects.next || found.some((one) => one.next) ? `${number(n)}+` : n;
}

// null: not theirs to see.
async function counts(page) {
  const { me, signal } = page;
  const all = await Promise.all([
    rest(repositories(me), { signal }).then(({ rows, next }) => (next ? `${number(rows.length)}+` : rows.length)),
    namespaces(me, signal).then((found) => found.length),
    inProjects(page, 'keypairs'),
    inProjects(page, 'servers'),
  ].map(refusable));
  return [
    [t('shell.repositories'), to('repositories'), all[0]],
    [t('shell.namespaces'), to('registry', 'namespaces'), all[1]],
    [t('shell.keypairs'), to('compute', 'keypairs'), all[2]],
    [t('shell.servers'), to('compute', 'servers'), all[3]],
  ];
}

function firstSteps() {
  const step = (text, more, href) => h('li', {}, link(text, href), h('p', { class: 'quiet' }, more));
  return card(h('h2', {}, t('trail.first')), h('p', {}, t('trail.first_sub')), h('ol', { class: 'trail-first' },
    step(t('trail.first_namespace'), t('trail.first_namespace_more'), to('registry', 'namespaces')),
    step(t('trail.first_repository'), t('trail.first_repository_more'), to('repositories')),
    step(t('trail.first_keypair'), t('trail.first_keypair_more'), to('compute', 'keypairs'))));
}

async function countsPart(page) {
  const all = (await counts(page)).filter(([, , n]) => n !== null);
  if (all.length === 0) return null;
  return [
    h('ul', { class: 'trail-counts', 'aria-label': t('trail.counts') }, all.map(([name, href, n]) =>
      h('li', { class: 'trail-count' }, h('b', {}, typeof n === 'number' ? number(n) : n), link(name, href)))),
    all.every(([, , n]) => n === 0) && firstSteps(),
  ];
}

// --- who came in -----------------------------------------------------------

function since(days) {
  const now = new Date();
  if (days === 1) return Math.floor(now.getTime() / HOUR) * HOUR - 23 * HOUR;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1).getTime();
}

async function plotsPart(page, days) {
  const step = days === 1 ? HOUR : DAY;
  const from = since(days);
  // The steps are counted from the local midnight; where a clock was put forward or
  // back in between, days begin an hour beside it.
  const to_ = from + days * DAY;
  const all = page.me.operator ? 'true' : undefined;
  const query = { since: from, until: to_, step: days === 1 ? 'hour' : 'day', all };
  const { steps } = await get('/latchkey/v1/activity', { query, signal: page.signal });
  const series = (name, tone, key) => ({ name, tone, points: steps.map((one) => [Date.parse(one.at), one[key]]) });
  const shared = { from, to: to_, step };
  return [
    plot({ ...shared, label: t('trail.logins'), series: [
      series(t('trail.let_in'), 'accent', 'logins'), series(t('trail.turned_away'), 'bad', 'refused_logins')] }),
    plot({ ...shared, label: t('trail.work'), series: [series(t('trail.uses'), 'accent', 'uses'),
      series(t('trail.changes'), 'good', 'changes'), series(t('trail.refusals'), 'bad', 'refusals')] }),
  ];
}

function plots(page) {
  const days = page.query.get('span') === '14d' ? 14 : 1;
  const switched = tabs([
    { label: t('trail.last_day'), href: to(''), current: days === 1 },
    { label: t('trail.last_days', { n: 14 }), href: `${to('')}?span=14d`, current: days === 14 },
  ], { label: t('trail.span') });
  return later(page, () => plotsPart(page, days), {
    around: (node) => section(t('trail.over_time'),
      [switched, page.me.operator && h('p', { class: 'quiet' }, t('trail.whole_server')), node]),
  });
}

// --- what to look after ----------------------------------------------------

function credential(page, one, when) {
  const href = credHref(one, page.me);
  const name = one.name || one.id;
  const kind = h('div', { class: 'quiet' }, kindName(one.kind), one.place && ` · ${one.place}`);
  return h('li', {}, h('div', {}, href ? link(name, href) : name, kind), h('div', { class: 'quiet' }, when));
}

function lines(rows, none) {
  if (rows.length === 0) return h('p', { class: 'quiet' }, none);
  const first = h('ul', { class: 'trail-lines' }, rows.slice(0, SHOWN));
  if (rows.length <= SHOWN) return first;
  const rest_ = rows.slice(SHOWN, MORE);
  const more = h('details', { class: 'disclosure' }, h('summary', {}, t('trail.more', { n: rows.length - SHOWN })),
    h('ul', { class: 'trail-lines' }, rest_));
  return [first, more, rows.length > MORE && h('p', { class: 'quiet' }, t('trail.first_of', { n: MORE }))];
}

async function expiringPart(page) {
  const found = await get('/latchkey/v1/expiring', { query: { days: 30 }, signal: page.signal });
  const { expiring, against_rules: against } = found;
  const rows = expiring.map((one) => credential(page, one, one.live
    ? time(one.expires_at) : [badge(t('trail.ended'), 'plain'), ' ', time(one.expires_at)]));
  return [lines(rows, t('trail.expiring_none')),
    against.length > 0 && hint('warn', h('p', {}, t('trail.against', { n: against.length })))];
}

async function unusedPart(page) {
  const { unused } = await get('/latchkey/v1/unused', { query: { days: 90 }, signal: page.signal });
  const rows = unused.map((one) => credential(page, one, one.last_used
    ? [t('trail.last_used'), ' ', time(one.last_used)] : [t('trail.never_used'), ' ', time(one.created_at)]));
  return lines(rows, t('trail.unused_none'));
}

async function refusalsPart(page) {
  const query = { outcome: 'refused', limit: SHOWN, all: page.me.operator ? 'true' : undefined };
  const { events } = await get('/latchkey/v1/audit', { query, signal: page.signal });
  if (events.length === 0) return h('p', { class: 'quiet' }, t('trail.refusals_none'));
  return h('ul', { class: 'trail-lines' }, events.map((e) => h('li', {},
    h('div', {}, mono(e.verb), ' ', e.count > 1 && t('trail.times', { n: e.count }),
      h('div', { class: 'quiet' }, who(e.identity, page), e.thing && [' · ', e.thing], e.addr && [' · ', e.addr])),
    h('div', { class: 'quiet' }, time(e.at)))));
}

// --- the server, for who runs it -------------------------------------------

const up = (is) => badge(is ? t('trail.up') : t('trail.down'), is ? 'good' : 'bad');

async function serverPart(page) {
  const status = await get('/latchkey/v1/status', { signal: page.signal });
  return card(facts([
    [t('trail.ready'), up(status.ready)],
    status.ssh && [t('trail.ssh'), up(status.ssh.up)],
    status.keymaker && [t('trail.keymaker'), up(status.keymaker.up)],
    [t('trail.version'), status.version],
    [t('trail.address'), mono(status.public_url)],
    [t('trail.regions'), status.regions.map((one) => one.name).join(', ')],
  ]));
}

const titled = (text, actions) => ({ around: (node) => section(text, node, { actions }) });

export async function show(page) {
  return stack(
    heading(t('shell.overview'), { sub: t('shell.account_of', { account: page.me.account_slug }) }),
    later(page, () => countsPart(page)),
    plots(page),
    h('div', { class: 'trail-columns' },
      later(page, () => expiringPart(page), titled(t('trail.expiring'))),
      later(page, () => unusedPart(page), titled(t('trail.unused'))),
      later(page, () => refusalsPart(page), titled(t('trail.latest_refusals'),
        [link(t('trail.all_refusals'), `${to('audit')}?outcome=refused${page.me.operator ? '&all=1' : ''}`)])),
      page.me.operator && later(page, () => serverPart(page), titled(t('trail.server')))));
}
