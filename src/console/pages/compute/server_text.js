// How a server is written on a page.

import { h } from '../../lib/dom.js';
import { badge, link, time } from '../../lib/ui.js';
import { t } from '../../lib/words.js';
import { pairHref } from './place.js';

const STATES = {
  new: ['compute.server_new', 'warn'],
  booting: ['compute.server_booting', 'warn'],
  ready: ['compute.server_ready', 'good'],
};
const SEEDS = {
  open: 'compute.seed_open',
  started: 'compute.seed_started',
  closed: 'compute.seed_closed',
  expired: 'compute.seed_expired',
  none: 'compute.seed_none',
};

export function serverState({ state }) {
  const [key, tone] = STATES[state] ?? [null, 'plain'];
  return badge(key ? t(key) : state, tone);
}

export const seedState = ({ state }) => (SEEDS[state] ? t(SEEDS[state]) : state);

// The name a pair had when its key was applied; a deleted one is no link.
export function pairOf(key, project) {
  if (key.keypair_deleted) return [key.keypair, ' ', badge(t('compute.pair_deleted'))];
  return link(key.keypair, pairHref(project, key.keypair));
}

// When, and from where.
export function atFrom(at, addr) {
  if (!at) return null;
  return [time(at), addr && h('span', { class: 'quiet' }, ' ', addr)];
}

export const lastSeen = (server) =>
  server.last_asked ?? (server.reported_at && { at: server.reported_at, addr: server.reported_from });
