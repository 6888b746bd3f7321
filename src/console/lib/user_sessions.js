// Where somebody is signed in, as far as the visitor may see it, and an end to it.
import { del, get, part } from './api.js';
import { h } from './dom.js';
import { confirm } from './dialog.js';
import { again } from './iam.js';
import { badge, button, section, time, toast } from './ui.js';
import { t } from './words.js';

async function end(page, session) {
  const done = await confirm({
    title: t('access.session_end_title'), body: t('access.session_end_more'), action: t('access.session_end'),
    danger: true,
    run: () => del(`/latchkey/v1/sessions/${part(session.id)}`),
  });
  if (!done) return;
  toast(t('access.done_session_end'));
  again(page);
}

function line(page, session) {
  return h('li', { class: 'access-line' },
    h('span', {}, session.agent || session.client_id || session.grant_type),
    session.addr && h('span', { class: 'quiet' }, session.addr),
    h('span', {}, t('access.since'), ' ', time(session.created_at)),
    session.this && badge(t('access.this_session')),
    !session.this && button(t('access.session_end'), { kind: 'quiet', on: () => end(page, session) }));
}

export async function sessionsSection(page, identity) {
  try {
    const { sessions } = await get('/latchkey/v1/sessions', { query: { identity }, signal: page.signal });
    return section(t('access.sessions'), sessions.length === 0 ? h('p', { class: 'quiet' }, t('access.sessions_none'))
      : h('ul', { class: 'access-lines' }, sessions.map((session) => line(page, session))));
  } catch (e) {
    if (e.status !== 403 && e.status !== 404) throw e;
    return section(t('access.sessions'), h('p', { class: 'quiet' }, t('access.not_for_you')));
  }
}
