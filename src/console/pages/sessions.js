// Where somebody is signed in, and an end to it: one's own, and for administrators a
// chosen person's (?identity=).

import { del, get, part } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm } from '../lib/dialog.js';
import { to } from '../lib/route.js';
import { nameOf } from '../lib/trail.js';
import { agentWords } from '../lib/agent.js';
import { badge, button, empty, facts, heading, icon, link, mono, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('shell.sessions');

const GRANTS = [
  [/apikey$/, () => t('trail.by_api_key')],
  [/^password$/, () => t('trail.by_password')],
  [/passcode$/, () => t('trail.by_passcode')],
];

const how = (session) => GRANTS.find(([test]) => test.test(session.grant_type))?.[1]() ?? session.grant_type;

const end = (id, signal) => del(`/latchkey/v1/sessions/${part(id)}`, { signal });

// The one that asks ends as signing out does: what is left to see is the way back in.
const again = (page) => page.go(`me/sessions${page.query.size > 0 ? `?${page.query}` : ''}`, { replace: true });

async function askEnd(page, session) {
  const ended = await confirm({
    title: t('trail.end_session'), body: h('p', {}, session.this ? t('trail.end_this') : t('trail.end_more')),
    action: t('trail.end'), danger: true, run: () => end(session.id),
  });
  if (!ended) return;
  toast(t('trail.session_ended'));
  again(page);
}

// One may end with another.
async function endAll(sessions) {
  for (const session of sessions)
    await end(session.id).catch((e) => { if (e.status !== 404) throw e; });
}

async function askOthers(page, others) {
  const ended = await confirm({
    title: t('trail.end_others'), body: h('p', {}, t('trail.end_others_more', { n: others.length })),
    action: t('trail.end_others'), danger: true, run: () => endAll(others),
  });
  if (!ended) return;
  toast(t('trail.others_ended', { n: others.length }));
  again(page);
}

const sessionFacts = (session) => facts([
  [t('trail.from'), session.addr ? mono(session.addr) : t('trail.unknown')],
  [t('trail.how'), session.api_key
    ? link(how(session), to('access', 'api-keys', session.api_key), { title: session.api_key }) : how(session)],
  [t('trail.began'), time(session.created_at)],
  session.refreshed_at && [t('trail.refreshed'), time(session.refreshed_at)],
  [t('trail.idle_end'), time(session.expires_at)],
  session.ends_at && [t('trail.last_end'), time(session.ends_at)],
]);

function one(page, session) {
  const name = agentWords(session.agent) || session.client_id;
  const sign = icon(/^Mozilla\//.test(session.agent) ? 'globe' : 'robot');
  const act = session.this
    ? button(t('shell.sign_out'), { kind: 'danger', on: () => askEnd(page, session) })
    : button(t('trail.end'), { kind: 'danger', label: t('trail.end_of', { name }), on: () => askEnd(page, session) });
  return h('li', {},
    h('div', { class: 'trail-session-head' }, sign,
      h('div', { class: 'row' }, h('h2', {}, name), session.this && badge(t('trail.this_session'), 'good')), act),
    sessionFacts(session));
}

function crumbs(other, name, identity) {
  if (!other) return [[t('shell.me'), to('me')], [t('shell.sessions')]];
  return [[t('shell.users'), to('access', 'users')], [name, to('access', 'users', identity)], [t('shell.sessions')]];
}

export async function show(page) {
  const identity = page.query.get('identity');
  const other = identity && identity !== page.me.identity;
  const { sessions } = await get('/latchkey/v1/sessions', { query: { identity }, signal: page.signal });
  const others = sessions.filter((session) => !session.this);
  const name = other ? await nameOf(identity, page.me, page.signal) : '';
  return stack(
    heading(other ? t('trail.sessions_of', { name }) : t('trail.my_sessions'), {
      sub: t('trail.sessions_sub'),
      crumbs: crumbs(other, name, identity),
      actions: [others.length > 1 || (others.length > 0 && !other)
        ? button(t('trail.end_others'), { kind: 'danger', on: () => askOthers(page, others) }) : null],
    }),
    sessions.length === 0 ? empty(t('trail.sessions_none'))
      : h('ul', { class: 'trail-sessions' }, sessions.map((session) => one(page, session))));
}
