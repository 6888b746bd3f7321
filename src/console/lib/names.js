// A field for several names or patterns: what is typed becomes one when a blank, a comma
// or Enter follows, or when one that is offered is taken. What still stands in the field
// counts as well.
import { h, show, unique } from './dom.js';
import { length } from './form.js';
import { announce, button, mono } from './ui.js';
import { t } from './words.js';

const BYTES_MAX = 1000; // of one, as the server has it
const MOST = 100; // in one policy
const split = (text) => text.split(/[\s,]+/).filter(Boolean);

function verdict(names) {
  if (names.length > MOST) return t('policy.names_many', { n: MOST });
  return names.some((one) => length(one) > BYTES_MAX) ? t('shell.too_long', { n: BYTES_MAX }) : '';
}

// offer([[value, label]...]): what is there to choose from. Where the values are ids,
// labels stand for them.
export function namesField({ name, label, hint }) {
  const id = unique(name);
  const offered = h('datalist', { id: `${id}-l` });
  const input = h('input', { class: 'input mono', id, name, list: `${id}-l`, autocomplete: 'off', spellcheck: 'false',
    autocapitalize: 'none', 'aria-describedby': `${id}-h ${id}-e` });
  const error = h('p', { class: 'field-error', id: `${id}-e`, 'aria-live': 'polite' });
  const list = h('ul', { class: 'policy-names', 'aria-label': t('policy.names_chosen') });
  const watchers = [];
  let chosen = [];
  let labels = new Map();
  const read = () => [...new Set([...chosen, ...split(input.value)])];
  const say = (message) => {
    error.textContent = message;
    if (message) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  const called = (one) => labels.get(one) ?? one;
  const chip = (one) => h('li', {},
    labels.has(one) ? h('span', { title: one }, called(one)) : mono(one, { short: 32 }),
    button(null, { kind: 'quiet', icon: 'close', label: t('policy.name_drop', { name: called(one) }),
      on: () => { drop(one); input.focus(); } }));
  const draw = () => { show(list, chosen.map(chip)); list.hidden = chosen.length === 0; };
  const told = () => { say(verdict(read())); for (const run of watchers) run(read()); };
  function keep(names) {
    chosen = names;
    draw();
    told();
  }
  function take() {
    const names = read();
    const more = names.slice(chosen.length);
    input.value = '';
    keep(names);
    if (more.length > 0) announce(t('policy.names_added', { names: more.map(called).join(', ') }));
  }
  function drop(one) {
    keep(chosen.filter((other) => other !== one));
    announce(t('policy.name_dropped', { name: called(one) }));
  }
  input.addEventListener('input', (e) => {
    const taken = e.inputType === 'insertReplacementText' || e.inputType === undefined;
    if (taken || /[\s,]/.test(input.value)) take();
    else told();
  });
  // A field of one line drops their ends, and would make one name of two.
  input.addEventListener('paste', (e) => {
    const text = e.clipboardData.getData('text');
    if (!/[\r\n]/.test(text)) return;
    e.preventDefault();
    input.setRangeText(text.replace(/[\r\n]+/g, ' '), input.selectionStart, input.selectionEnd, 'end');
    take();
  });
  input.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    if (e.key === 'Enter' && input.value.trim() !== '') {
      e.preventDefault();
      take();
    } else if (e.key === 'Backspace' && !e.repeat && input.value === '' && chosen.length > 0) {
      drop(chosen.at(-1));
    }
  });
  draw();
  return {
    node: h('div', { class: 'field' }, h('label', { for: id }, label),
      h('p', { class: 'field-hint', id: `${id}-h` }, hint),
      input, list, offered, error),
    name, value: read, error: say, focus() { input.focus(); }, on(run) { watchers.push(run); },
    set(names) { input.value = ''; keep(names); },
    offer(options, { ids = false } = {}) {
      show(offered, options.map(([value, words]) => h('option', { value }, words)));
      labels = new Map(ids ? options : []);
      draw();
    },
    check() { const message = verdict(read()); say(message); return message; },
  };
}
