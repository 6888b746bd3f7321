// The parts that pages are put together from. Each gives a node, or words for one.

import { h } from './dom.js';
import { icon } from './icons.js';
import { moment, since, t } from './words.js';

export { icon };

// Options may follow children: hint('note', 'words', node, { head }).
function options(rest) {
  const last = rest.at(-1);
  const plain = last !== null && typeof last === 'object' && !(last instanceof Node) && !Array.isArray(last);
  return plain ? [rest.slice(0, -1), last] : [rest, {}];
}

// --- words and places ------------------------------------------------------

export function heading(text, { sub, actions = [], crumbs = [] } = {}) {
  return h('header', { class: 'heading' },
    crumbs.length > 0 && h('nav', { class: 'crumbs', 'aria-label': t('shell.crumbs') },
      h('ol', {}, crumbs.map(([words, href]) => h('li', {}, href ? link(words, href) : words)))),
    h('div', { class: 'heading-line' },
      h('h1', { tabindex: '-1' }, text),
      [actions].flat().filter(Boolean).length > 0 && h('div', { class: 'heading-actions' }, actions)),
    sub && h('p', { class: 'heading-sub' }, sub));
}

export const link = (text, href, props = {}) => h('a', { href, ...props }, text);
export const stack = (...children) => h('div', { class: 'stack' }, children);
export const row = (...children) => h('div', { class: 'row' }, children);
export const grid = (...children) => h('div', { class: 'grid' }, children);
export const card = (...children) => h('div', { class: 'card' }, children);

export function section(title, children, { actions = [], id, level = 2 } = {}) {
  const head = h(`h${level}`, {}, title);
  return h('section', { class: 'section', id },
    h('div', { class: 'section-line' }, head,
      [actions].flat().filter(Boolean).length > 0 && h('div', { class: 'row' }, actions)),
    children);
}

// [{ label, href, current }]: parts of one thing, each with an address of its own.
export function tabs(items, { label = t('shell.parts') } = {}) {
  return h('nav', { class: 'tabs', 'aria-label': label },
    h('ul', {}, items.map((item) =>
      h('li', {}, h('a', { href: item.href, 'aria-current': item.current ? 'page' : null }, item.label)))));
}

export const facts = (pairs) => h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([term, node]) =>
  h('div', {}, h('dt', {}, term), h('dd', {}, node ?? t('shell.none')))));

export function disclosure(summary, ...children) {
  return h('details', { class: 'disclosure' }, h('summary', {}, icon('chevron'), h('span', {}, summary)),
    h('div', { class: 'disclosure-body' }, children));
}

const TONES = { good: 'check', warn: 'clock', bad: 'close' };

// The tone is said by the words; the colour and the sign only help.
export function badge(text, tone = 'plain') {
  return h('span', { class: `badge ${tone}` }, tone in TONES && icon(TONES[tone]), text);
}

const HEADS = { warn: 'shell.caution', bad: 'shell.error' };

export function hint(kind, ...rest) {
  const [children, { head = kind in HEADS ? t(HEADS[kind]) : null }] = options(rest);
  return h('div', { class: `hint ${kind}`, role: 'note' },
    icon(kind === 'note' ? 'note' : 'warn'),
    h('div', { class: 'hint-body' }, head && h('strong', { class: 'hint-head' }, head), children));
}

// picture: the name of an icon.
export function empty(text, { action, picture = 'key' } = {}) {
  return h('div', { class: 'empty' }, h('div', { class: `empty-picture ${picture}` }, icon(picture)), h('p', {}, text),
    action);
}

// null: never; else the distance, and the full moment to who points at it.
export function time(when, { never = t('shell.never') } = {}) {
  if (when === null || when === undefined || when === '') return h('span', { class: 'quiet' }, never);
  const date = new Date(when);
  return h('time', { datetime: date.toISOString(), title: moment(date) }, since(date));
}

// --- machine's words -------------------------------------------------------

// A long id or digest by its beginning, whole to who points at it or copies it.
export function mono(text, { short = 0 } = {}) {
  const whole = String(text);
  const cut = short > 0 && whole.length > short;
  return h('code', { class: 'mono', title: cut ? whole : null }, cut ? `${whole.slice(0, short)}…` : whole);
}

export function code(text, { copy = true, label, wrap = false } = {}) {
  return h('div', { class: wrap ? 'code wrap' : 'code' },
    h('code', wrap ? {} : { tabindex: '0', role: 'group', 'aria-label': label ?? t('shell.line') }, text),
    copy && copyButton(text, { label }));
}

export function codeBlock(lines, { label = t('shell.lines') } = {}) {
  const text = [lines].flat().join('\n');
  return h('div', { class: 'code block' },
    h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, h('code', {}, text)), copyButton(text, { label }));
}

export function secret(value, { label = t('shell.secret') } = {}) {
  return h('div', { class: 'secret' },
    h('span', { class: 'secret-label' }, icon('key'), label),
    h('code', { class: 'secret-value' }, value),
    copyButton(value, { label, kind: 'primary' }));
}

// --- doing -----------------------------------------------------------------

// on: what a click runs, or handlers by event.
export function button(text, { kind = 'plain', icon: sign, on, disabled = false, title, type = 'button', label } = {}) {
  return h('button', { class: `button ${kind}`, type, disabled, title, 'aria-label': label,
    on: typeof on === 'function' ? { click: on } : on },
    sign && icon(sign), text && h('span', {}, text));
}

// While the promise is pending the button says so and does nothing.
export async function busy(node, promise) {
  node.setAttribute('aria-busy', 'true');
  node.disabled = true;
  try {
    return await promise;
  } finally {
    node.removeAttribute('aria-busy');
    node.disabled = false;
  }
}

// Browsers keep the clipboard from pages that came without TLS; a selection in a
// field next to the button is how these copy. (A field elsewhere would be out of reach
// while a dialog is open.)
function copyBySelection(text, near) {
  const field = h('textarea', { class: 'unseen', 'aria-hidden': 'true', tabindex: '-1', value: text });
  near.after(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  near.focus();
  if (!done) throw new Error('nothing was copied');
}

async function copy(text, near) {
  if (!navigator.clipboard) return copyBySelection(text, near);
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    return copyBySelection(text, near);
  }
}

export function copyButton(text, { label, kind = 'quiet' } = {}) {
  const name = label ? t('shell.copy_of', { what: label }) : t('shell.copy');
  const words = h('span', {}, t('shell.copy'));
  const node = h('button', { class: `button ${kind} copy`, type: 'button', 'aria-label': name }, icon('copy'), words);
  node.addEventListener('click', async () => {
    try {
      await copy(typeof text === 'function' ? text() : text, node);
    } catch {
      toast(t('shell.copy_failed'), { bad: true });
      return;
    }
    node.classList.add('done');
    words.textContent = t('shell.copied');
    announce(t('shell.copied'));
    setTimeout(() => {
      node.classList.remove('done');
      words.textContent = t('shell.copy');
    }, 2000);
  });
  return node;
}

// A file that the browser keeps as if it had been downloaded.
export function download(name, text, type = 'application/octet-stream') {
  const href = URL.createObjectURL(new Blob([text], { type }));
  const node = h('a', { href, download: name, hidden: true });
  document.body.append(node);
  node.click();
  node.remove();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}

// --- saying ----------------------------------------------------------------

// What is said must stand in the topmost open dialog: the rest of the page is out of
// reach of screen readers while it is open.
function region(kind, props) {
  const host = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  const found = [...host.children].find((node) => node.classList.contains(kind));
  if (found) return found;
  const node = h('div', { class: kind, ...props });
  host.append(node);
  return node;
}

// To screen readers alone. A region must be there before its words are.
export function announce(text) {
  const node = region('announce', { role: 'status' });
  node.textContent = '';
  setTimeout(() => { node.textContent = text; }, 60);
}

export function toast(text, { bad = false } = {}) {
  const node = h('div', { class: bad ? 'toast bad' : 'toast' }, icon(bad ? 'warn' : 'check'), h('span', {}, text));
  const host = region('toasts', { role: 'log', 'aria-live': bad ? 'assertive' : 'polite' });
  const close = () => node.remove();
  node.append(h('button', { class: 'button quiet small', type: 'button', 'aria-label': t('shell.close'),
    on: { click: close } }, icon('close')));
  setTimeout(() => host.append(node), 60);
  setTimeout(close, bad ? 12000 : 6000);
}
