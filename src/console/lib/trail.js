// What the pages about what happened have in common: words for kinds and outcomes,
// where a thing can be looked at, and who somebody is.

import { get, part } from './api.js';
import { h, show } from './dom.js';
import { errorWords } from './dialog.js';
import { to } from './route.js';
import { badge, hint } from './ui.js';
import { t } from './words.js';

const KINDS = {
  'api-key': () => t('trail.kind_api_key'),
  session: () => t('trail.kind_session'),
  'access-token': () => t('trail.kind_access_token'),
  'registry-token': () => t('trail.kind_registry_token'),
  'identity-token': () => t('trail.kind_identity_token'),
  'ssh-key': () => t('trail.kind_ssh_key'),
  'access-key': () => t('trail.kind_access_key'),
  'key-pair': () => t('trail.kind_key_pair'),
  machine: () => t('trail.kind_machine'),
  seed: () => t('trail.kind_seed'),
  user: () => t('trail.kind_user'),
  'service-id': () => t('trail.kind_service_id'),
  policy: () => t('trail.kind_policy'),
  group: () => t('trail.kind_group'),
  invitation: () => t('trail.kind_invitation'),
};

export const kindName = (kind) => KINDS[kind]?.() ?? kind;

// The page of a credential, where it has one: { kind, id, place }.
export function credHref({ kind, identity, place }, me) {
  if (kind === 'api-key' && identity?.startsWith('iam-'))
    return to('access', 'service-ids', identity.replace(/^iam-/, ''));
  if (kind === 'api-key') return to('access', 'api-keys');
  if (kind === 'registry-token') return to('registry', 'tokens');
  if (kind === 'ssh-key') return identity === me.identity ? to('me', 'ssh-keys') : to('access', 'users', identity);
  if (kind === 'access-key' && place.startsWith(`${me.account_slug}/`))
    return to('repositories', place.slice(place.indexOf('/') + 1), 'settings', 'access-keys');
  return null;
}

const OUTCOMES = {
  done: [() => t('trail.done'), 'good'],
  used: [() => t('trail.used'), 'plain'],
  refused: [() => t('trail.refused'), 'bad'],
  unconfirmed: [() => t('trail.unconfirmed'), 'warn'],
};

export const OUTCOME_NAMES = Object.keys(OUTCOMES);
export const outcomeName = (outcome) => OUTCOMES[outcome]?.[0]() ?? outcome;
export const outcomeBadge = (outcome) => badge(outcomeName(outcome), OUTCOMES[outcome]?.[1]);

// "SHA256:..." and ids are no secrets; of anything else only how it begins is shown.
const OPEN = new RegExp(`^(?:ApiKey-|C-|iam-|ServiceId-|IBMid-|SHA256:|MD5:|(?:[0-9a-f]{2}:){15}|${
  'ssh-|ecdsa-|sk-|[0-9a-f]{8}-[0-9a-f]{4}-|[a-z-]+:[\\w-]+$)'}`);

export function hidden(value) {
  if (!OPEN.test(value)) return `${value.slice(0, 8)}…`;
  return value.length > 60 ? `${value.slice(0, 28)}…${value.slice(-12)}` : value;
}

const known = new Map();

// Somebody's name, as far as the visitor may know it; else the id.
export function nameOf(identity, me, signal) {
  if (identity === me.identity) return Promise.resolve(me.name || me.email);
  if (!known.has(identity))
    known.set(identity, get(`/latchkey/v1/users/${part(identity)}`, { signal })
      .then((user) => user.email || user.name || identity)
      .catch(() => { known.delete(identity); return identity; }));
  return known.get(identity);
}

// The id at first, the name as soon as it is known.
export function who(identity, page) {
  if (!identity) return h('span', { class: 'quiet' }, t('trail.nobody'));
  const node = h('span', { title: identity }, identity);
  nameOf(identity, page.me, page.signal).then((name) => { node.textContent = name; });
  return node;
}

// A part of a page that comes when it comes. Who may not see it sees the rest: the part
// goes, with all that stands around it.
export function later(page, load, { around = (node) => node } = {}) {
  const inside = h('div', { class: 'stack', 'aria-busy': 'true' }, h('p', { class: 'quiet' }, t('shell.loading')));
  const outside = around(inside);
  load().then((made) => {
    inside.removeAttribute('aria-busy');
    if (made === null) outside.remove();
    else show(inside, made);
  }).catch((e) => {
    if (e.name === 'AbortError') return;
    inside.removeAttribute('aria-busy');
    if (e.status === 403 || e.status === 404) outside.remove();
    else show(inside, hint('bad', errorWords(e)));
  });
  return outside;
}
