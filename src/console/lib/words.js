// What people read, in their language. A text is looked up by "area.name" in the
// catalogue words/LANGUAGE.js, made of LANGUAGE/AREA.js; {name} in it is what the page
// puts there. Where a number changes the words, the text is an object by plural category
// ("one", "other"). Both languages have the same names: a test compares them, and looks
// for each that the sources use.

import { LANGUAGES } from '../languages.js';
import { once } from './once.js';

const KEPT = 'latchkey.language';

function choose() {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages];
  for (const tag of wanted) {
    const short = tag?.slice(0, 2).toLowerCase();
    if (short in LANGUAGES) return short;
  }
  return 'en';
}

export const language = choose();
// Asked for before anything else is: no text can be shown without it.
const coming = LANGUAGES[language].load();
let texts = null;
const plural = once(() => new Intl.PluralRules(language));
const numbers = once(() => new Intl.NumberFormat(language));

document.documentElement.lang = language;

// The page is drawn anew: everything on it is in one language.
export function speak(wanted) {
  localStorage.setItem(KEPT, wanted);
  location.reload();
}

// To be waited for before the first text.
export async function spoken() {
  texts = (await coming).default;
}

function find(key, values) {
  const [area, name] = key.split(/\.(.*)/s);
  const text = texts[area]?.[name];
  if (text === undefined) throw new Error(`no text ${key} in ${language}`);
  return typeof text === 'string' ? text : text[plural().select(values.n)] ?? text.other;
}

const shown = (value) => (typeof value === 'number' ? numbers().format(value) : value);

// t('compute.servers_left', { n: 3 }) → a string.
export function t(key, values = {}) {
  return find(key, values).replace(/\{(\w+)\}/g, (_, name) => String(shown(values[name] ?? '')));
}

// The same where a value is an element: → an array of children for h().
export function parts(key, values = {}) {
  return find(key, values).split(/\{(\w+)\}/).map((text, i) => (i % 2 === 0 ? text : shown(values[text])));
}

export const number = (n) => numbers().format(n);

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

// 1536 → "1.5 KiB".
export function bytes(n) {
  const power = n < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(n) / 10));
  const digits = power === 0 ? 0 : 1;
  return `${(n / 1024 ** power).toLocaleString(language, { maximumFractionDigits: digits })} ${UNITS[power]}`;
}

const STEPS = [['year', 31536e6], ['month', 2592e6], ['day', 864e5], ['hour', 36e5], ['minute', 6e4]];
const relative = once(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));

// Milliseconds or a Date → "3 days ago", "in 2 hours".
export function since(when, now = Date.now()) {
  const away = Number(when) - now;
  for (const [unit, length] of STEPS)
    if (Math.abs(away) >= length) return relative().format(Math.trunc(away / length), unit);
  return relative().format(0, 'second');
}

const full = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }));
const day = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }));

export const moment = (when) => full().format(when);
export const date = (when) => day().format(when);
