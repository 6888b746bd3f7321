// Elements out of words. Whatever is given as a child becomes text, never markup,
// and nothing here takes HTML: what a person typed, or a client sent, cannot become
// part of the page's own language.

const SVG = 'http://www.w3.org/2000/svg';

// Addresses that a link may have: this server's own paths, and the schemes that
// open nothing by themselves. Browsers drop blanks of lines from an address and take
// "\" for "/", so that "/\host" and "/<tab>/host" are other servers.
const SAFE = /^(?:\/(?![/\\])|#|\?|https?:|ssh:|blob:|mailto:)[^\t\r\n]*$/;

function put(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === 'on') {
    for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
  } else if (name === 'data') {
    Object.assign(node.dataset, value);
  } else if (name === 'style') {
    // The object model, which the policy on style attributes does not stop.
    for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
  } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'indeterminate') {
    node[name] = value;
  } else if (/^on/i.test(name)) {
    throw new TypeError(`${name}: handlers go into "on"`);
  } else if (name === 'href' && !SAFE.test(value)) {
    node.setAttribute('href', '#');
  } else {
    node.setAttribute(name, value === true ? '' : value);
  }
}

function fill(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === '') continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

// h('button', { class: 'quiet', on: { click: run } }, 'Text', node, [more])
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) put(node, name, value);
  return fill(node, children);
}

// The same for pictures: svg('path', { d: 'M0 0' }).
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props ?? {})) put(node, name, value);
  return fill(node, children);
}

// What a node holds becomes these children.
export function show(node, ...children) {
  node.replaceChildren();
  return fill(node, children);
}

let last = 0;

// An id that nothing else on the page has: for labels and descriptions.
export function unique(word = 'n') {
  last += 1;
  return `${word}-${last}`;
}
