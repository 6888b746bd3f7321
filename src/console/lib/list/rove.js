// The keyboard in a grid: one stop of the Tab key for all of it, and arrows within.

const INSIDE = 'a[href], button, input, select, textarea, summary, [tabindex]';
const NARROW = matchMedia('(max-width: 640px)');

const shown = (cell) => !(NARROW.matches && cell.classList.contains('narrow-hide'));

// Where the arrows stop in a row: what can be used in a cell, else the cell.
function stops(row) {
  return [...row.children].filter(shown).flatMap((cell) => {
    const inside = [...cell.querySelectorAll(INSIDE)].filter((one) => !one.disabled && !one.hidden);
    return inside.length > 0 ? inside : [cell];
  });
}

export function quieten(row) {
  for (const one of row.querySelectorAll(INSIDE)) one.tabIndex = -1;
}

// rows: what is drawn; head: the row of heads; count() → how many rows; act(key, event)
// for keys that do something to the row.
export class Rove {
  constructor({ grid, head, rows, count, act }) {
    Object.assign(this, { grid, head, rows, count, act });
    this.index = 0; // -1: the head
    this.stop = 0;
    this.holder = null;
    quieten(head);
    grid.addEventListener('keydown', (e) => this.key(e));
    grid.addEventListener('focusin', (e) => this.focused(e));
  }

  row(index) { return index < 0 ? this.head : this.rows.drawn.get(index); }

  // One element of the grid has the Tab key's stop; rows that are drawn anew have none.
  settle() {
    const row = this.row(this.index) ?? this.rows.drawn.values().next().value;
    if (!row || (this.holder?.tabIndex === 0 && row.contains(this.holder))) return;
    const all = stops(row);
    this.hold(all[Math.min(this.stop, all.length - 1)]);
  }

  hold(one) {
    if (this.holder && this.holder !== one) this.holder.tabIndex = -1;
    this.holder = one ?? null;
    if (one) one.tabIndex = 0;
  }

  focused(e) {
    const row = e.target.closest('[role="row"]');
    if (!row) return;
    const stop = stops(row).indexOf(e.target);
    this.index = row === this.head ? -1 : Number(row.dataset.index);
    if (stop < 0) return;
    this.stop = stop;
    this.hold(e.target);
  }

  go(index, stop = this.stop) {
    const lowest = this.head.querySelector('button, input') ? -1 : 0;
    this.index = Math.max(lowest, Math.min(index, this.count() - 1));
    if (this.index >= 0) this.rows.reveal(this.index, this.head.offsetHeight);
    const row = this.row(this.index);
    if (!row) return;
    const all = stops(row);
    const one = all[Math.max(0, Math.min(stop, all.length - 1))];
    if (!one) return;
    one.tabIndex = 0;
    one.focus({ preventScroll: true });
    one.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
  }

  held() { return this.index >= 0 && Boolean(this.row(this.index)?.contains(document.activeElement)); }

  target(e) {
    const page = Math.max(1, Math.floor(this.rows.frame.clientHeight / this.rows.height) - 2);
    const whole = e.ctrlKey || e.metaKey;
    switch (e.key) {
      case 'ArrowDown': return [this.index + 1];
      case 'ArrowUp': return [this.index - 1];
      case 'ArrowRight': return [this.index, this.stop + 1];
      case 'ArrowLeft': return [this.index, this.stop - 1];
      case 'PageDown': return [this.index + page];
      case 'PageUp': return [Math.max(0, this.index - page)];
      case 'Home': return whole ? [0, 0] : [this.index, 0];
      case 'End': return whole ? [this.count() - 1] : [this.index, Infinity];
      default: return null;
    }
  }

  key(e) {
    if (e.altKey || e.target.matches('textarea, select, input:not([type="checkbox"])')) return;
    const to = this.target(e);
    if (to) {
      e.preventDefault();
      this.go(...to);
    }
    this.act(e, to !== null);
  }
}
