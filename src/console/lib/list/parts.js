// Small parts of a list that know nothing of its rows.

import { h } from '../dom.js';
import { t } from '../words.js';

const PAUSE_MS = 250; // of who types, before anything is asked for

// The widths of a grid's columns: each its least, and a share of what is left.
export function template(columns, least, picks) {
  const widths = columns.map((column, i) => {
    const min = column.min ?? (least[i] ? `${least[i]}px` : '6ch');
    return column.wide === 0 ? min : `minmax(${min}, ${column.wide ?? 1}fr)`;
  });
  return [picks && '2.75rem', ...widths].filter(Boolean).join(' ');
}

const WIDEST = 200;

// What a column's content asks for: from its head and a sample of rows.
export function leastWidths(head, sample, skip) {
  const cells = (row) => [...row.children].slice(skip);
  return cells(head).map((cell, i) => {
    const all = [cell, ...sample.map((row) => cells(row)[i])].filter(Boolean);
    return Math.min(WIDEST, Math.max(...all.map((one) => Math.ceil(one.getBoundingClientRect().width))));
  });
}

// run(name) sorts by the column.
export function headCell(column, run) {
  const classes = ['cell', column.num && 'num', column.sort && 'sorts'].filter(Boolean).join(' ');
  const sorter = () => h('button', { class: 'sort', type: 'button', data: { sort: column.sort },
    on: { click: () => run(column.sort) } }, column.head);
  return h('div', { role: 'columnheader', class: classes }, column.sort ? sorter() : column.head);
}

// main: the column that a row is known by, which leads to href.
export function cell(column, data, main, href) {
  const narrow = `narrow-${main ? 'title' : column.narrow ?? 'show'}`;
  const classes = ['cell', column.num && 'num', narrow].filter(Boolean).join(' ');
  const made = column.cell(data);
  return h('div', { role: 'gridcell', tabindex: '-1', class: classes, data: { head: column.head ?? '' } },
    main && href ? h('a', { href, class: 'row-link' }, made) : made);
}

export function searchField({ placeholder, run, value = '' }) {
  let timer;
  const input = h('input', { type: 'search', class: 'input', placeholder,
    'aria-label': placeholder ?? t('shell.search'), autocomplete: 'off', spellcheck: 'false', value });
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => run(input.value.trim()), PAUSE_MS);
  });
  return h('div', { class: 'list-search' }, input);
}
