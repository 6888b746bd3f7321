// A chest of many drawers and one key: it opens the three it was granted, and no other.
// Drawn for the page that asks for a key.

import { svg } from './dom.js';

const SIDE = 84; // a drawer
const STEP = 98; // from one to the next: the lines of the key run between
const LEFT = 32;
const TOP = 26;

const x = (column) => LEFT + column * STEP;
const y = (row) => TOP + row * STEP;

// What is in the open ones, drawn around their middle.
const INSIDE = {
  server: ['M-20-19h40v16h-40zM-20 3h40v16h-40z', 'M-12-11h.01M-12 11h.01M0-11h12M0 11h12'],
  repo: ['M-12-13v26M-12-23a5 5 0 1 0 .01 0M-12 13a5 5 0 1 0 .01 0', 'M14-13a5 5 0 1 0 .01 0M14-3c0 11-26 5-26 16'],
  box: ['M0-22l20 11v22L0 22l-20-11v-22z', 'M-20-11L0 0l20-11M0 0v22'],
};

const OPEN = [{ column: 1, row: 0, holds: 'server' }, { column: 3, row: 1, holds: 'box' },
  { column: 0, row: 2, holds: 'repo' }];

const isOpen = (column, row) => OPEN.find((one) => one.column === column && one.row === row);

function closed(column, row) {
  return svg('g', { transform: `translate(${x(column)} ${y(row)})` },
    svg('rect', { class: 'cab-drawer', width: SIDE, height: SIDE, rx: 4 }),
    svg('path', { class: 'cab-pull', d: `M${SIDE / 2 - 7} ${SIDE / 2 - 3}a7 7 0 0 0 14 0` }),
    svg('circle', { class: 'cab-pin', cx: SIDE / 2, cy: SIDE / 2 - 4, r: 2 }));
}

function opened(column, row, holds) {
  return svg('g', { class: 'cab-open', transform: `translate(${x(column)} ${y(row)})` },
    svg('rect', { class: 'cab-lit', width: SIDE, height: SIDE, rx: 4 }),
    svg('g', { class: 'cab-thing', transform: `translate(${SIDE / 2} ${SIDE / 2})` },
      INSIDE[holds].map((d) => svg('path', { d }))));
}

// From the key's tip, up between the drawers, to each that it opens.
const GAP = (STEP - SIDE) / 2;
const gutter = (column) => x(column) - GAP;
const FLOOR = y(4) + 8;
const TIP = [gutter(2), 470];

function way(column, row) {
  const r = 7;
  const [from, start] = TIP;
  const level = y(row + 1) - GAP;
  const end = x(column) + SIDE / 2;
  const sign = Math.sign(end - from);
  return `M${from} ${start}V${level + r}Q${from} ${level} ${from + sign * r} ${level}` +
    `H${end - sign * r}Q${end} ${level} ${end} ${level - r}V${y(row) + SIDE}`;
}

function key() {
  return svg('g', { class: 'cab-key', transform: `translate(${TIP[0]} ${TIP[1]}) rotate(-90)` },
    svg('path', { d: 'M0 0h-58' }),
    svg('path', { d: 'M-3 0v13M-13 0v9M-22 0v13' }),
    svg('path', { d: 'M-58-5v10M-63-4v8' }),
    svg('circle', { cx: -84, cy: 0, r: 21 }), svg('circle', { cx: -84, cy: 0, r: 12 }));
}

export function cabinet() {
  const drawers = [];
  for (let row = 0; row < 4; row += 1)
    for (let column = 0; column < 4; column += 1) {
      const found = isOpen(column, row);
      drawers.push(found ? opened(column, row, found.holds) : closed(column, row));
    }
  return svg('svg', { class: 'opens', viewBox: '0 0 448 588', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { class: 'cab-feet', d: `M46 ${FLOOR - 4}v18h26l8-18M402 ${FLOOR - 4}v18h-26l-8-18` }),
    svg('rect', { class: 'cab-body', x: LEFT - 18, y: TOP - 18, width: 4 * STEP - 14 + 36, height: 4 * STEP - 14 + 36,
      rx: 8 }),
    drawers,
    OPEN.map(({ column, row }) => svg('path', { class: 'cab-way', pathLength: 1, d: way(column, row) })),
    OPEN.map(({ column, row }) =>
      svg('circle', { class: 'cab-end', cx: x(column) + SIDE / 2, cy: y(row) + SIDE, r: 4 })),
    key());
}
