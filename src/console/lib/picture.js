// What reaches what, drawn: boxes in columns and the lines between them. A line that
// arrives is whole and ends in a point; one that does not is broken off and says why.
// The same is there in words for screen readers, and as chains where there is no room.
import { h, show, svg, unique } from './dom.js';
import { icon } from './ui.js';
import { t } from './words.js';

const ICONS = { credential: 'key', key: 'key', session: 'screen', user: 'user', service: 'robot', token: 'token',
  'access-key': 'key', group: 'group', policy: 'policy', namespace: 'box', repository: 'repo', project: 'repo',
  git: 'repo', server: 'server', 'key-pair': 'key', audit: 'trail', serviceid: 'robot', 'access-group': 'group',
  thing: 'box', account: 'globe' };
const CHAINS = 60; // of those that are said one by one

function box(one) {
  const inside = [h('span', { class: 'picture-sign' }, icon(ICONS[one.kind] ?? 'box')),
    h('span', { class: 'picture-text' },
      one.head && h('span', { class: 'picture-head' }, one.head),
      h('span', { class: 'picture-name' }, one.name),
      one.sub && h('span', { class: 'picture-sub' }, one.sub))];
  const props = { class: `picture-box ${one.kind} ${one.tone ?? ''}`, data: { box: one.id } };
  return one.href ? h('a', { ...props, href: one.href }, inside) : h('div', props, inside);
}

// --- lines -----------------------------------------------------------------

// A line leaves a box on its right and comes to the next on its left. Past the columns
// between, it goes through the place that is kept for it there, not behind a box.
function stops(sheet, nodes) {
  const s = sheet.getBoundingClientRect();
  return nodes.map((node) => {
    const r = node.getBoundingClientRect();
    return { left: r.left - s.left, right: r.right - s.left, y: r.top - s.top + r.height / 2 };
  });
}

function bend(from, to) {
  const reach = Math.max(14, (to.left - from.right) / 2);
  return `C${from.right + reach} ${from.y} ${to.left - reach} ${to.y} ${to.left} ${to.y}`;
}

function path(points) {
  return points.slice(1).reduce((d, point, i) =>
    `${d}${bend(points[i], point)}${i < points.length - 2 ? `H${point.right}` : ''}`,
    `M${points[0].right} ${points[0].y}`);
}

function line(points, [, , { tone } = {}]) {
  const d = path(points);
  const { left: x, y } = points.at(-1);
  if (tone === 'bad') {
    return svg('g', { class: 'picture-way no' }, svg('path', { d }),
      svg('path', { class: 'picture-stop', d: `M${x - 15} ${y - 5}l10 10m0-10l-10 10` }));
  }
  return svg('g', { class: 'picture-way' }, svg('path', { class: 'picture-under', d }),
    svg('path', { d, pathLength: 1 }),
    svg('circle', { cx: x, cy: y, r: 4 }));
}

// What a line says stands on its last part, nearer to where it comes from.
function label(points, [, , { text, tone } = {}]) {
  const [from, to] = points.slice(-2);
  return text && h('span', { class: tone === 'bad' ? 'picture-label no' : 'picture-label',
    style: { left: `${from.right + (to.left - from.right) * 0.47}px`,
      top: `${from.y + (to.y - from.y) * 0.45}px` } }, text);
}

function draw(sheet, lines, labels, edges, columns) {
  const find = (id) => sheet.querySelector(`[data-box="${CSS.escape(id)}"]`);
  const at = (id) => columns.findIndex((column) => column.some((one) => one.id === id));
  const passes = [...sheet.querySelectorAll('.picture-column')].map((one) => one.querySelector('.picture-pass'));
  const ways = edges.map(([a, b]) => stops(sheet, [find(a), ...passes.slice(at(a) + 1, at(b)), find(b)]));
  const { width, height } = sheet.getBoundingClientRect();
  lines.setAttribute('viewBox', `0 0 ${width} ${height}`);
  // Those that arrive lie above those that do not.
  const order = edges.map((edge, i) => i).sort((a, b) => (edges[b][2]?.tone === 'bad') - (edges[a][2]?.tone === 'bad'));
  show(lines, order.map((i) => line(ways[i], edges[i])));
  show(labels, edges.map((edge, i) => label(ways[i], edge)));
}

// Where a line passes by a column, and where one says something before it.
function columnNode(column, i, columns, edges) {
  const at = (id) => columns.findIndex((one) => one.some((each) => each.id === id));
  const passed = edges.some(([a, b]) => at(a) < i && at(b) > i);
  const labelled = edges.some(([, b, more]) => more?.text && at(b) === i);
  return h('div', { class: labelled ? 'picture-column labelled' : 'picture-column' },
    passed && h('span', { class: 'picture-pass' }), column.map(box));
}

// --- in words --------------------------------------------------------------

function said(edge, names) {
  const [a, b, { text, tone } = {}] = edge;
  const values = { from: names.get(a), to: names.get(b), text };
  return tone === 'bad' ? t('policy.stops', values) : text ? t('policy.reaches_by', values)
    : t('policy.reaches', values);
}

// Each way through, from its first box to its last.
function chains(columns, edges) {
  const found = [];
  const reached = new Set(edges.map(([, b]) => b));
  const walk = (id, way) => {
    const on = edges.filter(([a]) => a === id);
    if (on.length === 0 && found.length < CHAINS) found.push([...way, { id }]);
    for (const edge of on) if (found.length < CHAINS) walk(edge[1], [...way, { id, edge: edge[2] ?? {} }]);
  };
  for (const one of columns.flat()) if (!reached.has(one.id)) walk(one.id, []);
  return found;
}

function chain(way, boxes) {
  return h('li', { class: 'picture-chain' }, way.map(({ id, edge }) => [box(boxes.get(id)),
    edge && h('span', { class: edge.tone === 'bad' ? 'picture-link no' : 'picture-link' }, edge.text)]));
}

// columns: [[{ id, kind, head, name, sub, href, tone }]...]; edges: [[idA, idB, { text, tone }]...].
// An edge of tone 'bad' does not arrive, and its text says what is missing.
export function picture({ label: name, columns, edges }) {
  const all = columns.filter((column) => column.length > 0);
  const boxes = new Map(all.flat().map((one) => [one.id, one]));
  const names = new Map(all.flat().map((one) => [one.id, [one.name, one.sub].filter(Boolean).join(', ')]));
  const lines = svg('svg', { class: 'picture-lines', 'aria-hidden': 'true', focusable: 'false',
    preserveAspectRatio: 'none' });
  const labels = h('div', { class: 'picture-labels', 'aria-hidden': 'true' });
  const sheet = h('div', { class: 'picture-sheet' }, lines, all.map((column, i) => columnNode(column, i, all, edges)),
    labels);
  const id = unique('picture');
  const redraw = () => {
    if (!sheet.isConnected || sheet.clientWidth === 0) return;
    lines.classList.toggle('again', lines.childNodes.length > 0);
    draw(sheet, lines, labels, edges, all);
  };
  new ResizeObserver(redraw).observe(sheet);
  return h('figure', { class: 'picture', 'aria-labelledby': id },
    h('figcaption', { class: 'unseen', id }, t('policy.picture', { what: name })),
    h('div', { class: 'picture-wide' }, sheet,
      h('ul', { class: 'unseen' }, edges.map((edge) => h('li', {}, said(edge, names))))),
    h('ul', { class: 'picture-narrow' }, chains(all, edges).map((way) => chain(way, boxes))));
}
