// Lists of anything, to any length. More rows are asked for as one comes near the end;
// list/rows.js draws those that can be seen, list/rove.js is the keyboard in them. To a
// screen reader it is one grid; where there is no room, rows become cards.

import { errorWords } from './dialog.js';
import { h, show } from './dom.js';
import { quieten, Rove } from './list/rove.js';
import { cell, headCell, leastWidths, searchField, template } from './list/parts.js';
import { Rows } from './list/rows.js';
import { button, empty as nothing, hint } from './ui.js';
import { t } from './words.js';

const PAGE = 100;
const AHEAD = 60; // rows from the end at which more are asked for
const NARROW = matchMedia('(max-width: 640px)');

class List {
  constructor(options) {
    this.o = { select: 'none', columns: [], actions: [], ...options };
    this.rows = [];
    this.next = undefined;
    this.ended = false;
    this.total = undefined;
    this.sort = options.sort;
    this.chosen = new Map();
    this.main = Math.max(0, this.o.columns.findIndex((column) => column.narrow === 'title'));
    this.build();
    this.wire();
    this.more();
  }

  get picks() { return this.o.select !== 'none'; }

  build() {
    const { label, search, actions } = this.o;
    const many = this.o.select === 'many';
    this.all = many && h('input', { type: 'checkbox', 'aria-label': t('shell.select_all'),
      on: { change: () => this.toggleAll() } });
    this.head = h('div', { class: 'list-head', role: 'row', 'aria-rowindex': 1 },
      this.picks && h('div', { role: 'columnheader', class: 'cell pick' },
        this.all || h('span', { class: 'unseen' }, t('shell.selected_column'))),
      this.o.columns.map((column) => headCell(column, (name) => this.sortBy(name))));
    this.body = h('div', { class: 'list-body', role: 'rowgroup' });
    this.foot = h('div', { class: 'list-foot' });
    this.grid = h('div', { class: 'list-grid', role: 'grid', 'aria-label': label, 'aria-rowcount': -1,
      'aria-multiselectable': many ? 'true' : null },
      h('div', { role: 'rowgroup', class: 'list-top' }, this.head), this.body);
    this.frame = h('div', { class: 'list-frame' }, this.grid, this.foot);
    this.count = h('p', { class: 'list-count', role: 'status' });
    this.bar = h('div', { class: 'list-bar' }, search && searchField(search), this.count,
      h('div', { class: 'list-actions' }, [actions].flat()));
    this.node = h('div', { class: 'list' }, this.bar, this.frame);
    this.lay([]);
  }

  lay(least) { this.grid.style.setProperty('--columns', template(this.o.columns, least, this.picks)); }

  wire() {
    const count = () => this.rows.length;
    this.view = new Rows({ frame: this.frame, grid: this.grid, body: this.body, count, make: (index) => this.row(index),
      columns: (sample) => this.lay(NARROW.matches ? [] : leastWidths(this.head, sample, this.picks ? 1 : 0)),
      after: (last) => {
        this.rove.settle();
        if (this.rows.length - last < AHEAD) this.more();
      } });
    this.rove = new Rove({ grid: this.grid, head: this.head, rows: this.view, count,
      act: (e, moved) => this.act(e, moved) });
    this.body.addEventListener('click', (e) => this.click(e));
  }

  // --- rows come ---

  async more() {
    if (this.loading || this.ended || this.error) return;
    const mine = this.loading = new AbortController();
    this.state();
    try {
      const got = await this.o.load({ from: this.next, limit: PAGE, signal: mine.signal, sort: this.sort });
      if (this.loading !== mine) return;
      this.take(got, this.rows);
    } catch (e) {
      if (this.loading !== mine) return;
      if (e.name !== 'AbortError') Object.assign(this, { error: e, again: 'more' });
    }
    this.loading = null;
    this.state();
    this.view.draw();
  }

  take(got, into) {
    into.push(...got.rows);
    this.next = got.next;
    this.total = got.total ?? this.total;
    this.ended = got.next === undefined || got.next === null;
  }

  // Everything again, as far as it was loaded; the place and the choice stay.
  async reload() {
    this.loading?.abort();
    const mine = this.loading = new AbortController();
    const wanted = Math.max(this.rows.length, 1);
    const fresh = [];
    this.error = null;
    let next;
    this.state();
    try {
      do {
        const got = await this.o.load({ from: next, limit: PAGE, signal: mine.signal, sort: this.sort });
        if (this.loading !== mine) return;
        this.take(got, fresh);
        next = this.next;
      } while (!this.ended && fresh.length < wanted);
      this.replace(fresh);
    } catch (e) {
      if (this.loading !== mine) return;
      if (e.name !== 'AbortError') Object.assign(this, { error: e, again: 'reload' });
    }
    this.loading = null;
    this.state();
    this.view.draw();
  }

  replace(rows) {
    const { rove } = this;
    const here = this.rows[rove.index];
    const held = rove.held();
    this.rows = rows;
    const kept = new Map(rows.map((one) => [this.o.id(one), one]));
    for (const id of [...this.chosen.keys()])
      if (kept.has(id)) this.chosen.set(id, kept.get(id));
      else this.chosen.delete(id);
    const again = here === undefined ? -1 : rows.findIndex((one) => this.o.id(one) === this.o.id(here));
    if (rove.index >= 0) rove.index = again >= 0 ? again : Math.max(0, Math.min(rove.index, rows.length - 1));
    this.state();
    this.view.redraw();
    if (held && rows.length > 0) rove.go(rove.index);
    this.chosenChanged();
  }

  sortBy(name) {
    this.sort = this.sort === name ? `-${name}` : name;
    this.rows.length = Math.min(this.rows.length, PAGE);
    this.frame.scrollTop = 0;
    this.reload();
  }

  // --- rows are made ---

  row(index) {
    const data = this.rows[index];
    const id = this.o.id(data);
    const href = this.o.href?.(data);
    const node = h('div', { class: 'list-row', role: 'row', 'aria-rowindex': index + 2, data: { index } },
      this.picks && this.pickCell(id, data),
      this.o.columns.map((column, i) => cell(column, data, i === this.main, href)));
    this.mark(node, id);
    quieten(node);
    return node;
  }

  pickCell(id, data) {
    return h('div', { role: 'gridcell', class: 'cell pick' },
      h('input', { type: 'checkbox',
        'aria-label': t('shell.select_row', { name: this.o.name?.(data) ?? data.name ?? id }),
        on: { change: () => this.pick(data, this.rows.indexOf(data)) } }));
  }

  // --- what it says of itself ---

  state() {
    const none = this.rows.length === 0;
    this.grid.setAttribute('aria-rowcount',
      this.ended ? this.rows.length + 1 : this.total !== undefined ? this.total + 1 : -1);
    this.grid.setAttribute('aria-busy', String(Boolean(this.loading)));
    this.node.classList.toggle('none', none);
    this.grid.hidden = none;
    for (const one of this.head.querySelectorAll('.sort')) {
      const name = one.dataset.sort;
      const way = this.sort === name ? 'ascending' : this.sort === `-${name}` ? 'descending' : 'none';
      one.closest('.cell').setAttribute('aria-sort', way);
    }
    clearTimeout(this.patience);
    const retry = () => { this.error = null; this[this.again](); };
    const wait = () => show(this.foot, h('p', { class: 'loading', role: 'status' }, t('shell.loading')));
    if (this.error)
      show(this.foot, hint('bad', h('p', {}, errorWords(this.error)), button(t('shell.retry'), { on: retry })));
    else if (this.loading) this.patience = setTimeout(wait, 150);
    else if (none) show(this.foot, this.o.empty ?? nothing(t('shell.nothing')));
    else show(this.foot);
    this.said();
  }

  said() {
    const n = this.chosen.size;
    const all = this.total ?? (this.ended ? this.rows.length : null);
    this.count.textContent = n > 0 ? t('shell.selected', { n }) : all === null || this.rows.length === 0 ? ''
      : t('shell.entries', { n: all });
  }

  // --- choosing ---

  mark(node, id) {
    const on = this.chosen.has(id);
    node.classList.toggle('chosen', on);
    if (!this.picks) return;
    node.setAttribute('aria-selected', String(on));
    node.querySelector('.pick input').checked = on;
  }

  pick(data, index, many = this.o.select === 'many') {
    const id = this.o.id(data);
    const on = !this.chosen.has(id);
    if (!many) this.chosen.clear();
    if (on) this.chosen.set(id, data);
    else this.chosen.delete(id);
    this.lastPicked = index;
    this.chosenChanged();
  }

  pickTo(index) {
    const from = Math.min(this.lastPicked ?? index, index);
    const to = Math.max(this.lastPicked ?? index, index);
    for (const data of this.rows.slice(from, to + 1)) this.chosen.set(this.o.id(data), data);
    this.chosenChanged();
  }

  toggleAll(on = this.chosen.size < this.rows.length) {
    this.chosen.clear();
    if (on) for (const data of this.rows) this.chosen.set(this.o.id(data), data);
    this.chosenChanged();
  }

  chosenChanged() {
    for (const [index, node] of this.view.drawn) this.mark(node, this.o.id(this.rows[index]));
    if (this.all) {
      this.all.checked = this.chosen.size > 0 && this.chosen.size === this.rows.length;
      this.all.indeterminate = this.chosen.size > 0 && this.chosen.size < this.rows.length;
    }
    this.said();
    this.o.onSelect?.([...this.chosen.values()]);
  }

  // --- the keyboard and the pointer ---

  act(e, moved) {
    const { index } = this.rove;
    const data = this.rows[index];
    const many = this.o.select === 'many';
    if (moved) {
      if (e.shiftKey && many && data && /^Arrow(Up|Down)$/.test(e.key)) this.pickTo(index);
      return;
    }
    if (e.key === 'a' && (e.ctrlKey || e.metaKey) && many) {
      e.preventDefault();
      this.toggleAll(true);
      return;
    }
    if (!data || e.target.closest('button, summary')) return;
    if (e.key === ' ' && this.picks && e.target.type !== 'checkbox') {
      e.preventDefault();
      this.pick(data, index);
    } else if (e.key === 'Enter' && !e.target.closest('a')) {
      this.rove.row(index).querySelector('.row-link')?.click();
    }
  }

  // Anywhere on a row chooses it, but not where something else is to be pressed, nor at
  // the end of selecting text.
  click(e) {
    const node = e.target.closest('.list-row');
    if (!node || !this.picks || e.target.closest('a, button, input, select, label, summary')) return;
    if (String(getSelection()) !== '') return;
    const index = Number(node.dataset.index);
    if (e.shiftKey && this.o.select === 'many') this.pickTo(index);
    else this.pick(this.rows[index], index);
  }
}

export function list(options) {
  const made = new List(options);
  return {
    node: made.node,
    reload: () => made.reload(),
    selected: () => [...made.chosen.values()],
    clear() { made.chosen.clear(); made.chosenChanged(); },
    remove(id) {
      made.total = made.total === undefined ? undefined : made.total - 1;
      made.replace(made.rows.filter((one) => made.o.id(one) !== id));
    },
    add(row) {
      made.total = made.total === undefined ? undefined : made.total + 1;
      made.replace([row, ...made.rows]);
      made.frame.scrollTop = 0;
      made.view.draw();
    },
  };
}
