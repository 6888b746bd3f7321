// The rows of a list that can be seen, and no others. Rows have one height, as high as
// the highest drawn so far, so that the place of each is known without drawing those
// before it.

const SPARE = 8; // rows drawn above and below what is seen
const SAMPLE = 20; // rows that tell how high and wide things are
const LEAST = 24; // the least height of a row, which is also that of something to press
const EDGE = 40; // what stays free below a list that fills the window,
const NARROW_EDGE = 8; // and where there is little room
const SHORTEST = 320;

// frame: what scrolls; grid: what has the columns; body: what has the rows.
// make(index) → a row's element; count() → how many there are.
export class Rows {
  constructor({ frame, grid, body, make, count, columns, after }) {
    Object.assign(this, { frame, grid, body, make, count, columns, after });
    this.drawn = new Map(); // index → element
    this.height = 0;
    this.waiting = null;
    frame.addEventListener('scroll', () => this.later(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(frame);
    addEventListener('resize', this);
  }

  // Called for the window, and no longer once the list has left the page.
  handleEvent() {
    if (this.body.isConnected) this.fit();
    else removeEventListener('resize', this);
  }

  resized() {
    if (this.frame.clientWidth === 0) return;
    if (this.width !== this.frame.clientWidth) {
      this.width = this.frame.clientWidth;
      this.forget();
    }
    this.fit();
    this.later();
  }

  // As high as the window leaves room for, so that the page itself seldom scrolls.
  fit() {
    const top = this.frame.getBoundingClientRect().top + scrollY;
    this.frame.style.setProperty('--room',
      `${Math.max(SHORTEST, Math.floor(innerHeight - top - (innerWidth <= 640 ? NARROW_EDGE : EDGE)))}px`);
  }

  later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  // What was measured no longer holds.
  forget() {
    this.height = 0;
    this.clear();
  }

  clear() {
    for (const node of this.drawn.values()) node.remove();
    this.drawn.clear();
  }

  redraw() {
    this.clear();
    this.draw();
  }

  seen() {
    const top = this.frame.scrollTop;
    const first = Math.floor(top / this.height) - SPARE;
    const last = Math.ceil((top + this.frame.clientHeight) / this.height) + SPARE;
    return [Math.max(0, first), Math.min(this.count(), last)];
  }

  // A row with the keyboard in it stays, however far it is scrolled away.
  drop(first, last) {
    for (const [index, node] of this.drawn)
      if ((index < first || index >= last) && !node.contains(document.activeElement)) {
        node.remove();
        this.drawn.delete(index);
      }
  }

  draw() {
    if (!this.body.isConnected || this.frame.clientWidth === 0) return;
    const count = this.count();
    if (this.height === 0 && count > 0) this.measure();
    const [first, last] = this.height ? this.seen() : [0, 0];
    this.drop(first, last);
    const fresh = [];
    for (let index = first; index < last; index += 1)
      if (!this.drawn.has(index)) fresh.push(this.put(index));
    this.order(fresh);
    this.body.style.setProperty('height', `${count * this.height}px`);
    this.stretch(fresh);
    this.after(last);
  }

  put(index) {
    const node = this.make(index);
    node.style.setProperty('transform', `translateY(${index * this.height}px)`);
    this.drawn.set(index, node);
    return node;
  }

  // In the page as on it: for screen readers, which read the one and not the other.
  order(fresh) {
    if (fresh.length === 0) return;
    const sorted = [...this.drawn].sort(([a], [b]) => a - b);
    this.drawn = new Map(sorted);
    let before = null;
    for (const [, node] of sorted.reverse()) {
      if (!node.isConnected) this.body.insertBefore(node, before);
      before = node;
    }
  }

  // How high rows are, and how wide what is in them: a column that was not told its least
  // width gets what its content asks for, within reason.
  measure() {
    const sample = Array.from({ length: Math.min(this.count(), SAMPLE) }, (_, i) => this.make(i));
    this.grid.classList.add('measuring');
    this.body.append(...sample);
    this.columns(sample, this.frame.clientWidth);
    this.height = Math.max(LEAST, ...sample.map((node) => Math.ceil(node.getBoundingClientRect().height)));
    this.grid.classList.remove('measuring');
    for (const node of sample) node.remove();
    this.grid.style.setProperty('--row', `${this.height}px`);
  }

  // A row that needs more than the others makes all as high; what was at the top stays.
  stretch(fresh) {
    const high = Math.max(this.height, ...fresh.map((node) => node.scrollHeight));
    if (high <= this.height + 1) return;
    const place = this.frame.scrollTop / this.height;
    this.height = high;
    this.grid.style.setProperty('--row', `${high}px`);
    for (const [index, node] of this.drawn) node.style.setProperty('transform', `translateY(${index * high}px)`);
    this.body.style.setProperty('height', `${this.count() * high}px`);
    this.frame.scrollTop = place * high;
  }

  // Scroll as little as shows the row, which may be covered by the head.
  reveal(index, covered) {
    const top = index * this.height;
    const room = this.frame.clientHeight - covered;
    if (top < this.frame.scrollTop) this.frame.scrollTop = top;
    else if (top + this.height > this.frame.scrollTop + room) this.frame.scrollTop = top + this.height - room;
    this.draw();
  }
}
