// What the pages about people, service IDs, keys and groups have in common: how these
// APIs page, which names their ids have, and what happens when somebody else was first.
import { ApiError, get, part } from './api.js';
import { h } from './dom.js';
import { dialog } from './dialog.js';
import { mono } from './ui.js';
import { t } from './words.js';

// "2030-01-02T03:04+0000", which not every browser reads as it stands → milliseconds.
export function moment(text) {
  return text ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : null;
}

// The address of the next page is absolute, and names the server as the server sees
// itself. Only its path is followed: what was signed in to is this origin.
export function onwards(url) {
  if (!url) return undefined;
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

// '-name', as a list says it, as these APIs want it.
export const sorting = (sort) => ({ sort: sort.replace('-', ''), order: sort.startsWith('-') ? 'desc' : 'asc' });

// A page of users may be all others than those looked for: then it is the next one.
export async function people(me, { from, search, signal }) {
  let path = from ?? `/v2/accounts/${part(me.account)}/users`;
  let query = from ? undefined : { limit: 100, search };
  for (;;) {
    const page = await get(path, { query, signal });
    path = onwards(page.next_url);
    query = undefined;
    if (page.resources.length > 0 || !path) return { rows: page.resources, next: path };
  }
}

// Service IDs. only: those that have exactly this name. When they were last used has to
// be asked for on every page: the server's address of the next one leaves it out.
export async function serviceIds(me, { from, only, sort = 'name', signal }) {
  const asked = { account_id: me.account, pagesize: 100, name: only, ...sorting(sort) };
  const query = { ...(from ? {} : asked), include_activity: true };
  const page = await get(from ?? '/v1/serviceids', { query, signal });
  return { rows: page.serviceids, next: onwards(page.next) };
}

// The access groups of an account, or those that somebody is in.
export async function groups(me, { from, identity, signal } = {}) {
  const query = from ? undefined : { account_id: me.account, iam_id: identity, limit: 100 };
  const page = await get(from ?? '/v2/groups', { query, signal });
  return { rows: page.groups, next: onwards(page.next?.href), total: page.total_count };
}

// All there are of what comes in pages; limits of the server bound them.
export async function every(load) {
  const all = [];
  let from;
  do {
    const { rows, next } = await load({ from });
    all.push(...rows);
    from = next;
  } while (from);
  return all;
}

export const isService = (identity) => identity.startsWith('iam-');
export const serviceWord = (identity) => identity.replace(/^iam-/, '');

export function personName(user) {
  return [user.firstname, user.lastname].filter(Boolean).join(' ') || user.email;
}

// Where somebody's own page is, below /console/.
export function pageOf(identity) {
  return isService(identity) ? `access/service-ids/${part(serviceWord(identity))}` : `access/users/${part(identity)}`;
}

const known = new Map();

async function ask(me, identity) {
  if (identity === me.identity) return me.name || me.email;
  const path = isService(identity) ? `/v1/serviceids/${part(serviceWord(identity))}`
    : `/v2/accounts/${part(me.account)}/users/${part(identity)}`;
  const found = await get(path);
  return isService(identity) ? found.name : personName(found);
}

// An identity's name; '' where it has none that this visitor may see.
export function nameOf(me, identity) {
  const key = `${me.account} ${identity}`;
  if (!known.has(key)) known.set(key, ask(me, identity).catch(() => ''));
  return known.get(key);
}

// What was made before anybody was there, the server made. An id is shown only while
// there is no name to be had: to whom may not see whose it is, and of who is gone.
export function whose(me, identity, { linked = true } = {}) {
  if (!identity) return t('access.by_server');
  const node = h('span', { class: 'access-name' });
  nameOf(me, identity).then((name) => {
    if (name === '') node.append(mono(identity, { short: 20 }));
    else if (linked) node.append(h('a', { href: `/console/${pageOf(identity)}` }, name));
    else node.append(name);
  });
  return node;
}

// The page as it is now: what was changed shows.
export function again(page) {
  return page.go(location.pathname.slice('/console/'.length) + location.search, { replace: true });
}

// Somebody else was first: nothing was saved, and what is on the screen is old.
export class Stale extends Error {}

// Send a change of what was seen with this tag; fetch tells what it is now. The server
// says no in the same way to a change of what is locked, so look who is right.
export async function changing(send, tag, fetch) {
  try {
    return await send({ headers: { 'If-Match': tag } });
  } catch (e) {
    if (!(e instanceof ApiError) || (e.status !== 409 && e.status !== 412)) throw e;
    if (await fetch() === tag) throw e;
    throw new Stale();
  }
}

// A search changes the address in place, and the list: the field keeps the keyboard.
export function searched(name, text, table) {
  const url = new URL(location.href);
  if (text) url.searchParams.set(name, text);
  else url.searchParams.delete(name);
  history.replaceState(history.state, '', url);
  table.clear();
  return table.reload();
}

export function offerReload(page) {
  return dialog({
    title: t('access.stale'),
    body: t('access.stale_more'),
    actions: [{ text: t('access.reload'), kind: 'primary', run: () => { again(page); } }],
  });
}

// The registry's name, as clients have to say it.
export async function registryHost(signal) {
  const { regions } = await get('/latchkey/v1/regions', { signal });
  const hosts = regions.find((region) => region.here)?.hosts ?? [];
  return hosts.includes(location.host) ? location.host : hosts[0] ?? location.host;
}
