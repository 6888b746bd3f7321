// The console's frame: who is here, the menu, and one page at a time in <main>.

import { ApiError, call, get, onSignedOut } from './lib/api.js';
import { errorWords } from './lib/dialog.js';
import { h, show } from './lib/dom.js';
import { brand, frame, place } from './lib/frame.js';
import { applyTheme } from './lib/theme.js';
import { router, to } from './lib/route.js';
import { announce, button, heading, hint, toast } from './lib/ui.js';
import { spoken, t } from './lib/words.js';
import * as invitation from './pages/invitation.js';
import * as signin from './pages/signin.js';
import { ROUTES } from './routes.js';

const root = document.getElementById('app');
const shell = { me: null, main: null, leave: null, path: null, first: true };

applyTheme();

// --- what a page cannot show -----------------------------------------------

function problem(error) {
  if (!(error instanceof ApiError)) {
    console.error(error);
    return [heading(t('shell.failed')), hint('bad', h('p', {}, t('shell.failed_more')), again())];
  }
  if (error.status === 0)
    return [heading(t('shell.unreachable')), hint('bad', h('p', {}, t('shell.unreachable_more')), again())];
  if (error.status === 404) return [heading(t('shell.no_such')), h('p', {}, error.words), home()];
  if (error.status === 403) return [heading(t('shell.forbidden')),
    h('p', {}, t('shell.forbidden_more', { who: shell.me.name || shell.me.identity })),
    hint('warn', h('p', {}, error.words), { head: t('shell.server_said') }), home()];
  if (error.status === 429) return [heading(t('shell.too_many')),
    hint('warn', h('p', {}, t('shell.wait', { n: Math.max(1, error.wait) })), again())];
  return [heading(t('shell.failed')), hint('bad', h('p', {}, error.words), again())];
}

const again = () => button(t('shell.retry'), { kind: 'primary', on: () => pages.now() });
const home = () => h('p', {}, h('a', { href: to('') }, t('shell.to_overview')));

// --- one page at a time ----------------------------------------------------

// Where each entry of the history was scrolled to; the browser's own way knows nothing
// of pages whose content comes later.
const places = new Map();
let entry = history.state?.entry ?? 0;
history.scrollRestoration = 'manual';
history.replaceState({ ...history.state, entry }, '');

// The router pushes entries without a number; they get theirs here. → scroll to restore
function arrive() {
  const known = history.state?.entry;
  if (known === undefined) {
    entry = Math.max(entry, ...places.keys()) + 1;
    history.replaceState({ entry }, '');
    return 0;
  }
  entry = known;
  return places.get(entry) ?? 0;
}

addEventListener('scroll', () => places.set(entry, scrollY), { passive: true });

// The same field or button on the page that is drawn anew, if it has one: a filter that
// changes the address must not take the keyboard away from who is setting it.
function twin(node) {
  if (!shell.main.contains(node)) return () => null;
  const mark = (one) => [one.tagName, one.name, one.getAttribute('aria-label'), one.getAttribute('href'),
    one.tagName === 'BUTTON' && one.textContent].join();
  const wanted = mark(node);
  const nth = [...shell.main.querySelectorAll(node.tagName)].filter((one) => mark(one) === wanted).indexOf(node);
  return () => [...shell.main.querySelectorAll(node.tagName)].filter((one) => mark(one) === wanted)[nth] ?? null;
}

function focusOn(again, title) {
  const found = again();
  if (found) {
    found.focus({ preventScroll: true });
    if (found.matches('input[type="search"], input[type="text"]'))
      found.setSelectionRange(found.value.length, found.value.length);
    return;
  }
  const head = shell.main.querySelector('h1') ?? shell.main;
  if (!head.hasAttribute('tabindex')) head.tabIndex = -1;
  head.focus({ preventScroll: true });
  announce(title);
}

// again() → what takes the keyboard; null: the page's head.
function shown(node, title, top, again) {
  show(shell.main, node);
  shell.main.removeAttribute('aria-busy');
  document.title = `${title} · latchkey`;
  scrollTo(0, top);
  if (!shell.first) focusOn(again, title);
  shell.first = false;
}

// A dialog that shows something once stays until it is closed by hand.
function closeDialogs() {
  for (const open of document.querySelectorAll('dialog[open]:not([data-guard])')) open.close();
}

async function visit(page, params, query) {
  if (shell.me === null) return;
  shell.leave?.abort();
  const leave = shell.leave = new AbortController();
  const filtered = shell.path === location.pathname;
  const again = filtered ? twin(document.activeElement) : () => null;
  const top = arrive() || (filtered ? scrollY : 0);
  shell.path = location.pathname;
  place();
  closeDialogs();
  shell.main.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() =>
    show(shell.main, h('div', { class: 'page-loading', role: 'status' }, h('span', {}, t('shell.loading')))), 150);
  leave.signal.addEventListener('abort', () => clearTimeout(slow));
  try {
    if (page === null) throw new ApiError(404, { words: t('shell.no_page') });
    const node = await page.show({ params, query, me: shell.me, signal: leave.signal, go: pages.go,
      at: (path) => to(...path.split('/')) });
    if (leave.signal.aborted) return;
    shown(node, page.title({ params, query }), top, again);
  } catch (error) {
    if (leave.signal.aborted || shell.me === null) return;
    const node = problem(error);
    shown(node, node[0].querySelector('h1').textContent, 0, () => null);
  } finally {
    clearTimeout(slow);
  }
}

const pages = router(ROUTES, visit, () => shell.me !== null);

// --- who is here -----------------------------------------------------------

// Whoever else signs in gets a page of their own, in every tab: the cookie is one for
// all of them, so that what an older page shows, and remembers, is not theirs.
const tabs = new BroadcastChannel('latchkey');
const whose = (me) => (me === null ? '' : `${me.identity} ${me.account}`);
let drawn = '';

// What is shown once stays until it is closed by hand.
function anew() {
  const shownOnce = document.querySelector('dialog[open][data-guard]');
  if (shownOnce) shownOnce.addEventListener('close', () => location.reload(), { once: true });
  else location.reload();
}

tabs.addEventListener('message', ({ data }) => { if (shell.me !== null && data !== whose(shell.me)) anew(); });
// A page that the browser kept as it was left, to show it again, heard of nothing.
addEventListener('pageshow', ({ persisted }) => { if (persisted && shell.me !== null) anew(); });

async function signedIn(me) {
  tabs.postMessage(whose(me));
  if (drawn !== '' && drawn !== whose(me)) return location.reload();
  drawn = whose(me);
  shell.me = me;
  shell.first = true;
  shell.main = h('main', { id: 'main', tabindex: '-1' });
  show(root, frame({ me, main: shell.main, signOut }));
  await pages.now();
}

// The one page that is for who cannot sign in yet.
function invited() {
  document.title = `${invitation.title()} · latchkey`;
  show(root, invitation.alone());
}

function signIn(reason) {
  shell.leave?.abort();
  shell.me = null;
  shell.path = null;
  closeDialogs();
  if (location.pathname === to('invitation') && reason === undefined) return invited();
  document.title = `${t('shell.sign_in')} · latchkey`;
  show(root, signin.show({ reason, done: signedIn }));
  root.querySelector('[autofocus]')?.focus();
}

async function signOut() {
  try {
    await call('DELETE', '/console/session', { quiet: true });
  } catch (error) {
    if (error.status !== 401) return toast(errorWords(error), { bad: true });
  }
  tabs.postMessage(whose(null));
  return signIn('left');
}

onSignedOut(() => { if (shell.me !== null) signIn('ended'); });

// The session's idle end moves only while somebody is at it.
let touched = false;
for (const event of ['keydown', 'pointermove', 'pointerdown', 'wheel'])
  addEventListener(event, () => { touched = true; }, { passive: true });
setInterval(() => {
  if (shell.me === null || !touched || document.visibilityState !== 'visible') return;
  touched = false;
  call('PUT', '/console/session', { json: {} }).catch(() => {});
}, 5 * 60 * 1000);

async function begin() {
  const session = get('/console/session', { quiet: true });
  session.catch(() => {}); // looked at below
  try {
    await spoken();
  } catch (error) {
    console.error(error);
    document.querySelector('.late').classList.add('known');
    return;
  }
  try {
    await signedIn(await session);
  } catch (error) {
    if (error.status === 401) return signIn();
    show(root, h('main', { class: 'alone' }, brand, heading(t('shell.unreachable')),
      hint('bad', h('p', {}, error instanceof ApiError && error.words ? error.words : t('shell.unreachable_more')),
        button(t('shell.retry'), { kind: 'primary', on: () => location.reload() }))));
  }
}

begin();
