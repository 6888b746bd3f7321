// Numbers over time, drawn: bars from an honest zero, or lines. Each series has a
// tone and a pattern, so that colour is never all that tells them apart; the arrow keys
// go from step to step and say what is there; the same numbers stand in a table.

import { h, show, svg, unique } from './dom.js';
import { once } from './once.js';
import { disclosure } from './ui.js';
import { language, moment, number, t } from './words.js';

const HIGH = 168; // of the drawing, in pixels; its width is what there is
const LEFT = 40;
const TOP = 10;
const BOTTOM = 26;
const TICK = 74; // the least distance of two labels below
const LINES = 4; // at most, above zero

const DAY = 864e5;
const clock = once(() => new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }));
const day = once(() => new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' }));

// The next of 1, 2, 5, 10, 20... that divides the height into few whole steps.
function scale(most) {
  let step = 1;
  for (let i = 0; Math.ceil(most / step) > LINES; i += 1) step *= [2, 2.5, 2][i % 3];
  const top = Math.max(step, Math.ceil(most / step) * step);
  return { step, top };
}

// One row for each step: { at, values: [one of each series], sum }.
function table(series, from, to, step) {
  const rows = [];
  for (let at = from; at < to; at += step) rows.push({ at, values: series.map(() => 0) });
  series.forEach((one, i) => {
    for (const [at, n] of one.points) {
      const found = rows[Math.floor((at - from) / step)];
      if (found) found.values[i] += n;
    }
  });
  return rows;
}

// "14:00 – 15:00", or a day; the day of an hour is what moment() adds.
function span(at, step) {
  return step >= DAY ? day().format(at) : `${day().format(at)} ${clock().format(at)} – ${clock().format(at + step)}`;
}

function said(row, series, step) {
  const values = series.map((one, i) => t('trail.plot_value', { name: one.name, n: row.values[i] }));
  return [span(row.at, step), ...values].join(', ');
}

// A pattern for each series, drawn over its tone.
const PATTERNS = [
  null,
  () => svg('path', { d: 'M-1 7 7 -1 M-1 3 3 -1 M3 7 7 3' }),
  () => svg('circle', { cx: 3, cy: 3, r: 1.3 }),
  () => svg('path', { d: 'M0 3H6' }),
];

const patternOf = (i) => PATTERNS[i % PATTERNS.length];

function patterns(series, id) {
  const shared = { width: 6, height: 6, patternUnits: 'userSpaceOnUse', class: 'plot-pattern' };
  return svg('defs', {}, series.map((one, i) =>
    patternOf(i) && svg('pattern', { id: `${id}-${i}`, ...shared }, patternOf(i)())));
}

function legend(series, id) {
  return h('ul', { class: 'plot-legend' }, series.map((one, i) => h('li', {},
    svg('svg', { width: 14, height: 14, 'aria-hidden': 'true', class: `plot-key ${one.tone}` },
      svg('rect', { width: 14, height: 14, rx: 2, class: 'plot-fill' }),
      patternOf(i) && svg('rect', { width: 14, height: 14, rx: 2, fill: `url(#${id}-${i})` })),
    one.name)));
}

// --- the drawing ---

function grid(wide, { step, top }, y) {
  const lines = [];
  for (let n = 0; n <= top; n += step)
    lines.push(svg('line', { x1: LEFT, x2: wide, y1: y(n), y2: y(n), class: n === 0 ? 'plot-zero' : 'plot-line' }),
      svg('text', { x: LEFT - 6, y: y(n) + 4, class: 'plot-number' }, number(n)));
  return lines;
}

// Labels below stand where a day or a whole part of one begins.
function labels({ rows, x, each, step, wide }) {
  const every = Math.max(1, Math.ceil(TICK / each));
  const nice = step >= DAY ? every : [1, 2, 3, 4, 6, 8, 12, 24].find((n) => n >= every) ?? 24;
  const chosen = rows.filter((row, i) => (step >= DAY ? i % nice === 0 : new Date(row.at).getHours() % nice === 0));
  const fitting = chosen.map((row) => [row, x(rows.indexOf(row))]).filter(([, left]) => left + TICK * 0.7 <= wide);
  return fitting.map(([row, left]) => svg('text', { x: left, y: HIGH - 7, class: 'plot-when' },
    step >= DAY || new Date(row.at).getHours() === 0 ? day().format(row.at) : clock().format(row.at)));
}

function bars({ rows, series, x, y, each, id }) {
  const gap = Math.min(3, each / 5);
  const wide = Math.max(1, (each - gap) / series.length);
  return rows.flatMap((row, r) => series.flatMap((one, i) => {
    if (row.values[i] === 0) return [];
    // What is there is seen, however little it is beside the others.
    const high = Math.max(2, y(0) - y(row.values[i]));
    const place = { x: x(r) + gap / 2 + i * wide, y: y(0) - high, width: Math.max(0.8, wide - 0.6), height: high };
    return [svg('rect', { ...place, class: `plot-fill ${one.tone}` }),
      patternOf(i) && svg('rect', { ...place, fill: `url(#${id}-${i})` })];
  }));
}

const DASHES = ['', '6 3', '2 3', '8 3 2 3'];

function lines({ rows, series, x, y, each }) {
  const point = (r, n) => `${(x(r) + each / 2).toFixed(1)},${y(n).toFixed(1)}`;
  const points = (i) => rows.map((row, r) => point(r, row.values[i])).join(' ');
  return series.map((one, i) => svg('polyline', { class: `plot-stroke ${one.tone}`, points: points(i),
    'stroke-dasharray': DASHES[i % DASHES.length] }));
}

// --- what is under the pointer or the arrow keys ---

function tell(frame, tip, state, index) {
  state.index = index;
  const row = state.rows[index];
  show(tip, h('strong', {}, span(row.at, state.step)), h('ul', {}, state.series.map((one, i) =>
    h('li', {}, h('span', {}, one.name), h('b', {}, number(row.values[i]))))));
  tip.hidden = false;
  frame.setAttribute('aria-valuenow', String(index));
  frame.setAttribute('aria-valuetext', said(row, state.series, state.step));
  state.mark.setAttribute('x', String(state.x(index)));
  state.mark.setAttribute('visibility', 'visible');
  const left = Math.min(state.x(index) + (state.each - tip.offsetWidth) / 2, state.wide - tip.offsetWidth);
  tip.style.setProperty('left', `${Math.max(0, left)}px`);
}

// Where a key leads; undefined: nowhere.
function stepTo(key, index, last) {
  const to = { ArrowRight: index + 1, ArrowUp: index + 1, ArrowLeft: index - 1, ArrowDown: index - 1,
    Home: 0, End: last }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(last, to));
}

function pointing(frame, tip, state) {
  const say = (index) => tell(frame, tip, state, index);
  const leave = () => {
    tip.hidden = true;
    state.mark.setAttribute('visibility', 'hidden');
  };
  frame.addEventListener('pointermove', (e) => {
    const place = Math.floor((e.clientX - frame.getBoundingClientRect().left - LEFT) / state.each);
    if (place >= 0 && place < state.rows.length) say(place);
    else leave();
  });
  frame.addEventListener('pointerleave', () => { if (document.activeElement !== frame) leave(); });
  frame.addEventListener('focus', () => { if (frame.matches(':focus-visible')) say(state.index); });
  frame.addEventListener('blur', leave);
  frame.addEventListener('keydown', (e) => {
    if (e.key === 'Escape') leave();
    const to = stepTo(e.key, state.index, state.rows.length - 1);
    if (to === undefined) return;
    e.preventDefault();
    say(to);
  });
}

function draw(frame, state, kind, id) {
  const wide = Math.max(240, frame.clientWidth);
  const most = Math.max(1, ...state.rows.flatMap((row) => row.values));
  const measure = scale(most);
  const each = (wide - LEFT) / state.rows.length;
  const x = (index) => LEFT + index * each;
  const y = (n) => TOP + (HIGH - TOP - BOTTOM) * (1 - n / measure.top);
  const mark = svg('rect', { y: TOP, width: each, height: HIGH - TOP - BOTTOM, class: 'plot-mark',
    visibility: 'hidden' });
  Object.assign(state, { wide, each, x, mark });
  const all = { ...state, y, id };
  show(frame, svg('svg', { width: '100%', height: HIGH, viewBox: `0 0 ${wide} ${HIGH}`, 'aria-hidden': 'true' },
    patterns(state.series, id), mark, grid(wide, measure, y), labels(all),
    kind === 'line' ? lines(all) : bars(all)));
}

function numbers(label, rows, series, step) {
  const head = [h('th', { scope: 'col' }, t('trail.plot_when')),
    series.map((one) => h('th', { scope: 'col', class: 'num' }, one.name))];
  const line = (row) => h('tr', {}, h('th', { scope: 'row', title: moment(row.at) }, span(row.at, step)),
    row.values.map((n) => h('td', { class: 'num' }, number(n))));
  return h('div', { class: 'plot-table', tabindex: '0', role: 'region', 'aria-label': label },
    h('table', {}, h('thead', {}, h('tr', {}, head)), h('tbody', {}, rows.map(line))));
}

// from, to, step: milliseconds; points are counted into the step that they are in.
export function plot({ label, from, to, step, series, kind = 'bars' }) {
  const id = unique('plot');
  const rows = table(series, from, to, step);
  const last = rows.length - 1;
  const frame = h('div', { class: 'plot-frame', tabindex: '0', role: 'slider', 'aria-label': label, 'aria-valuemin': 0,
    'aria-valuemax': last, 'aria-valuenow': last, 'aria-valuetext': said(rows.at(-1), series, step),
    'aria-readonly': 'true' });
  const tip = h('div', { class: 'plot-tip', hidden: true });
  const state = { rows, series, step, index: last };
  new ResizeObserver(() => draw(frame, state, kind, id)).observe(frame);
  pointing(frame, tip, state);
  return h('figure', { class: 'plot' },
    h('figcaption', { class: 'plot-head' }, h('span', {}, label), legend(series, id)),
    h('div', { class: 'plot-place' }, frame, tip),
    disclosure(t('trail.plot_table'), numbers(label, rows, series, step)));
}
