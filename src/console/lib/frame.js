// What stands around every page: the head with account, language and theme, the menu
// of places, and the way out.

import { LANGUAGES } from '../languages.js';
import { MENU } from '../menu.js';
import { h } from './dom.js';
import { to } from './route.js';
import { chooseTheme, theme, THEMES } from './theme.js';
import { announce, button, icon } from './ui.js';
import { language, speak, t } from './words.js';

// It stands in index.html: something is there before any script is, and stays.
export const brand = document.querySelector('.brand');

const THEME_ICONS = { system: 'screen', light: 'sun', dark: 'moon' };
export const THEME_WORDS = { system: 'shell.theme_system', light: 'shell.theme_light', dark: 'shell.theme_dark' };

export function languageChoice() {
  return h('label', { class: 'pick-one' }, icon('globe'), h('span', { class: 'unseen' }, t('shell.language')),
    h('select', { on: { change: (e) => speak(e.target.value) } }, Object.entries(LANGUAGES).map(([tag, { name }]) =>
      h('option', { value: tag, lang: tag, selected: tag === language }, name))));
}

export function themeButton() {
  const node = button(null, { kind: 'quiet' });
  const draw = () => {
    const words = t('shell.theme_is', { theme: t(THEME_WORDS[theme()]) });
    node.replaceChildren(icon(THEME_ICONS[theme()]));
    node.setAttribute('aria-label', words);
    node.title = words;
  };
  node.addEventListener('click', () => {
    chooseTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    draw();
    announce(node.title);
  });
  draw();
  return node;
}

const groups = () => MENU.map(({ head, items }) => h('div', { class: 'menu-group' },
  head && h('h2', {}, t(head)),
  h('ul', {}, items.map(([text, path]) => h('li', {}, h('a', { href: to(path), data: { path } }, t(text)))))));

// Which item the address is of: the longest whose path begins it.
export function place() {
  const here = location.pathname.slice('/console/'.length);
  const links = [...document.querySelectorAll('.menu a')];
  const fits = (path) => (path === '' ? here === '' : here === path || here.startsWith(`${path}/`));
  const found = links.filter((a) => fits(a.dataset.path))
    .sort((a, b) => b.dataset.path.length - a.dataset.path.length)[0];
  for (const a of links)
    if (a === found) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  if (document.getElementById('app').classList.contains('drawn')) document.querySelector('.drawer-opener').click();
}

// A button and what it opens; the browser closes it at Escape and at a click elsewhere.
function person(me, signOut) {
  const links = [['me', t('shell.me')], ['me/sessions', t('shell.sessions')], ['me/ssh-keys', t('shell.ssh_keys')],
    ['access/api-keys', t('shell.api_keys')]];
  const panel = h('div', { class: 'person-panel', id: 'person', popover: 'auto' },
    h('p', { class: 'person-who' }, h('strong', {}, me.name || me.identity), me.email && h('span', {}, me.email),
      h('span', {}, t('shell.account_of', { account: me.account_slug ?? me.account }))),
    h('ul', {}, links.map(([path, text]) =>
      h('li', {}, h('a', { href: to(path), on: { click: () => panel.hidePopover() } }, text)))),
    button(t('shell.sign_out'), { kind: 'plain', icon: 'out', on: signOut }));
  return [h('button', { class: 'button quiet person', type: 'button', popovertarget: 'person',
    'aria-label': t('shell.person', { name: me.name || me.identity }) },
    icon(me.kind === 'service' ? 'robot' : 'user'), h('span', {}, me.name || me.identity)), panel];
}

function drawer() {
  const root = document.getElementById('app');
  const opener = button(null, { kind: 'quiet', icon: 'menu', label: t('shell.menu') });
  opener.classList.add('drawer-opener');
  const set = (open) => {
    root.classList.toggle('drawn', open);
    opener.setAttribute('aria-expanded', String(open));
    if (open) document.querySelector('.menu a')?.focus();
  };
  set(false);
  opener.addEventListener('click', () => set(!root.classList.contains('drawn')));
  const shade = h('div', { class: 'shade', on: { click: () => { set(false); opener.focus(); } } });
  return { opener, shade, close: () => { if (root.classList.contains('drawn')) { set(false); opener.focus(); } } };
}

export function frame({ me, main, signOut }) {
  const door = drawer();
  const menu = h('nav', { class: 'menu', 'aria-label': t('shell.menu'),
    on: { keydown: (e) => e.key === 'Escape' && door.close() } }, groups());
  return [
    h('a', { class: 'skip', href: '#main', on: { click: (e) => { e.preventDefault(); main.focus(); } } },
      t('shell.skip')),
    h('header', { class: 'top' }, door.opener,
      brand,
      h('p', { class: 'where' }, h('span', { class: 'where-account' }, me.account_slug ?? me.account),
        me.region && h('span', { class: 'where-region' }, me.region)),
      h('div', { class: 'top-end' }, languageChoice(), themeButton(), person(me, signOut))),
    door.shade, menu, main];
}
