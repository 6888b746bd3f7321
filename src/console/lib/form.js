// Fields and forms. A field's label, hint and error are tied to it for screen readers;
// its check runs as one types, but not before there is something to say it of.

import { ApiError } from './api.js';
import { dialog, errorWords } from './dialog.js';
import { h, show, unique } from './dom.js';
import { button, busy, hint as callout } from './ui.js';
import { number, t } from './words.js';

// In bytes, as the server counts.
export const length = (text) => new TextEncoder().encode(text).length;

// The frame around whatever takes the value: a label, a hint, a place for an error.
function frame({ name, label, hint, required, group = false }, make) {
  const id = unique(name);
  const error = h('p', { class: 'field-error', id: `${id}-e`, 'aria-live': 'polite' });
  const note = hint && h('p', { class: 'field-hint', id: `${id}-h` }, hint);
  const props = { id, 'aria-describedby': [note && `${id}-h`, `${id}-e`].filter(Boolean).join(' ') };
  const control = make(props);
  const optional = required === false && h('span', { class: 'field-optional' }, t('shell.optional'));
  const node = group
    ? h('fieldset', { class: 'field', 'aria-describedby': props['aria-describedby'] }, h('legend', {}, label, optional),
      note, control, error)
    : h('div', { class: 'field' }, h('label', { for: id }, label, optional), note, control, error);
  return { node, control, mark(target, message) {
    error.textContent = message ?? '';
    node.classList.toggle('bad', Boolean(message));
    if (message) target.setAttribute('aria-invalid', 'true');
    else target.removeAttribute('aria-invalid');
  } };
}

// The checks every text has, then the field's own.
function verdict({ required, maxBytes, check }, value) {
  if (required && value === '') return t('shell.required');
  if (maxBytes && length(value) > maxBytes) return t('shell.too_long', { n: maxBytes });
  return value === '' && !required ? '' : check?.(value) ?? '';
}

function control(props, {
  multiline, rows = 4, type = 'text', mono, value, placeholder, autocomplete = 'off', name, inputmode,
}) {
  const shared = { ...props, name, class: mono ? 'input mono' : 'input', placeholder, autocomplete,
    spellcheck: mono || type === 'password' ? 'false' : null, autocapitalize: mono ? 'none' : null, inputmode };
  const input = multiline ? h('textarea', { ...shared, rows }) : h('input', { ...shared, type });
  input.value = value ?? '';
  return input;
}

// A password can be looked at by who types it.
function shownByChoice(input) {
  const node = button(null, { kind: 'quiet', icon: 'eye', label: t('shell.show_password') });
  node.setAttribute('aria-pressed', 'false');
  node.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    node.setAttribute('aria-pressed', String(shown));
  });
  return h('div', { class: 'input-with' }, input, node);
}

export function field(options) {
  const { name, required, maxBytes, join } = options;
  let input;
  const made = frame(options, (props) => {
    input = control(props, options);
    if (required) input.setAttribute('aria-required', 'true');
    return options.type === 'password' ? shownByChoice(input) : input;
  });
  const count = maxBytes && h('span', { class: 'field-count' });
  let ripe = false;
  const value = () => (join ? join(input.value) : options.type === 'password' ? input.value : input.value.trim());
  const own = () => verdict(options, value());
  const counted = () => { if (count) count.textContent = `${number(length(value()))} / ${number(maxBytes)}`; };
  input.addEventListener('input', () => {
    counted();
    ripe ||= input.value.length >= 3;
    made.mark(input, ripe ? own() : '');
  });
  input.addEventListener('change', () => {
    if (join) input.value = join(input.value);
    ripe ||= input.value !== '';
    made.mark(input, ripe ? own() : '');
  });
  if (count) made.node.append(count);
  counted();
  return {
    node: made.node, name, value, input,
    set(text) { input.value = text ?? ''; counted(); made.mark(input, ripe ? own() : ''); },
    check() { ripe = true; const message = own(); made.mark(input, message); return message; },
    error(message) { ripe = true; made.mark(input, message); },
    focus() { input.focus(); },
    on(run) { input.addEventListener('input', () => run(value())); },
  };
}

function radios(props, { name, options, value }, changed) {
  const group = unique(name);
  return h('div', { class: 'radios', id: props.id }, options.map((option, i) => {
    const id = `${group}-${i}`;
    return h('div', { class: 'radio' },
      h('input', { type: 'radio', id, name: group, value: option.value, checked: String(option.value) === String(value),
        'aria-describedby': option.hint ? `${id}-h` : null, on: { change: changed } }),
      h('div', {}, h('label', { for: id }, option.label),
        option.hint && h('p', { class: 'field-hint', id: `${id}-h` }, option.hint)));
  }));
}

export function choice(options) {
  const { name, kind = 'select', value } = options;
  const watchers = [];
  const told = () => { made.mark(inner(), ''); for (const run of watchers) run(read()); };
  const made = frame({ ...options, group: kind === 'radio' }, (props) => (kind === 'radio'
    ? radios(props, options, () => told())
    : h('select', { ...props, class: 'input', name, on: { change: () => told() } }, options.options.map((option) =>
      h('option', { value: option.value, selected: String(option.value) === String(value ?? '') }, option.label)))));
  const all = () => [...made.control.querySelectorAll('input')];
  const inner = () => (kind === 'radio' ? all()[0] : made.control);
  const read = () => (kind === 'radio' ? all().find((one) => one.checked)?.value ?? '' : made.control.value);
  return {
    node: made.node, name, value: read,
    set(wanted) {
      if (kind !== 'radio') made.control.value = wanted;
      else for (const one of all()) one.checked = one.value === String(wanted);
    },
    check() {
      const message = options.required && read() === '' ? t('shell.choose_one') : options.check?.(read()) ?? '';
      made.mark(inner(), message);
      return message;
    },
    error(message) { made.mark(inner(), message); },
    focus() { (kind === 'radio' ? all().find((one) => one.checked) ?? all()[0] : made.control)?.focus(); },
    on(run) { watchers.push(run); },
  };
}

export function flag({ name, label, hint, value = false }) {
  const id = unique(name);
  const error = h('p', { class: 'field-error', id: `${id}-e`, 'aria-live': 'polite' });
  const input = h('input', { type: 'checkbox', id, name, checked: value,
    'aria-describedby': hint ? `${id}-h ${id}-e` : `${id}-e` });
  const node = h('div', { class: 'field flag' }, input,
    h('div', {}, h('label', { for: id }, label), hint && h('p', { class: 'field-hint', id: `${id}-h` }, hint), error));
  return {
    node, name, value: () => input.checked, set(wanted) { input.checked = Boolean(wanted); }, check: () => '',
    error(message) { error.textContent = message ?? ''; }, focus() { input.focus(); },
    on(run) { input.addEventListener('change', () => run(input.checked)); },
  };
}

const DAY = 864e5;
const dayOf = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 6e4).toISOString().slice(0, 10);

// When something ends: after so many days, at the end of a chosen day, or never.
export function ending({ name, label, hint, choices = [1, 30, 90], none = true, value }) {
  const known = value ? new Date(value) : null;
  const options = choices.map((n) => ({ value: String(n), label: t('shell.days', { n }) }));
  options.push({ value: 'date', label: t('shell.on_day') });
  if (none) options.push({ value: 'never', label: t('shell.no_end') });
  const first = known ? 'date' : value === null && none ? 'never' : String(choices[0] ?? 'date');
  const inner = choice({ name, label, hint, kind: 'radio', options, value: first });
  const day = h('input', { class: 'input', type: 'date', 'aria-label': t('shell.last_day'), min: dayOf(Date.now()) });
  day.value = dayOf(known ? known.getTime() : Date.now() + 30 * DAY);
  const place = inner.node.querySelector('input[value="date"]').closest('.radio');
  place.append(day);
  place.classList.add('with-date');
  const settle = () => { day.hidden = inner.value() !== 'date'; };
  inner.on(settle);
  settle();
  const read = () => {
    const chosen = inner.value();
    if (chosen === 'never') return null;
    const end = chosen === 'date' ? new Date(`${day.value}T23:59:59`) : new Date(Date.now() + Number(chosen) * DAY);
    return Number.isNaN(end.getTime()) ? null : end.toISOString().replace(/\.\d+Z$/, 'Z');
  };
  const watch = (run) => { inner.on(() => run(read())); day.addEventListener('change', () => run(read())); };
  return { ...inner, value: read, on: watch, check() {
    const message = inner.value() !== 'date' ? '' : day.value === '' ? t('shell.required')
      : new Date(read()) < new Date() ? t('shell.day_past') : '';
    inner.error(message);
    return message;
  } };
}

// Several texts, one a line; commas and blanks part them just as well.
export function several(options) {
  const split = (text) => text.split(/[\s,]+/).filter(Boolean);
  const inner = field({ mono: true, rows: 3, ...options, multiline: true, value: options.value?.join('\n'),
    check: options.check && ((text) => split(text).map((one) => options.check(one)).find(Boolean) ?? '') });
  return { ...inner, value: () => split(inner.value()), set(list) { inner.set(list.join('\n')); },
    on(run) { inner.on((text) => run(split(text))); } };
}

// What fields have in common: read all, check all, show what a server said of them.
function gather(items, problems) {
  const fields = items.filter((item) => item && typeof item.value === 'function' && item.name !== undefined);
  const visible = () => fields.filter((one) => !one.node.closest('[hidden]'));
  const values = () => Object.fromEntries(visible().map((one) => [one.name, one.value()]));
  function valid() {
    const bad = visible().filter((one) => (one.check?.() ?? '') !== '');
    bad[0]?.focus();
    return bad.length === 0;
  }
  function fail(message, name) {
    const one = name && fields.find((each) => each.name === name);
    if (one) {
      one.error(message);
      one.focus();
    } else {
      show(problems, callout('bad', message));
    }
  }
  // The server's own words at the fields they are about; false: none was.
  function failWith(error) {
    const named = error instanceof ApiError ? fields.filter((one) => one.name in error.fields) : [];
    for (const one of named) one.error(error.fields[one.name]);
    named[0]?.focus();
    return named.length > 0;
  }
  return { fields, values, valid, fail, failWith };
}

const nodes = (items) => items.filter(Boolean).map((item) => item.node ?? item);

export function form({ fields, submit, kind = 'primary', run, cancel }) {
  const problems = h('div', { role: 'alert' });
  const all = gather(fields, problems);
  const act = button(submit, { kind, type: 'submit' });
  const node = h('form', { class: 'form', novalidate: true }, nodes(fields), problems,
    h('div', { class: 'form-foot' },
      cancel && (cancel instanceof Node ? cancel : button(t('shell.cancel'), { on: cancel })), act));
  node.addEventListener('submit', async (e) => {
    e.preventDefault();
    show(problems);
    if (act.disabled || !all.valid()) return;
    try {
      await busy(act, run(all.values()));
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (!(error instanceof ApiError)) console.error(error);
      if (!all.failWith(error)) all.fail(errorWords(error));
    }
  });
  return Object.assign(node, { values: all.values, valid: all.valid, fail: all.fail });
}

// A form in a dialog; the primary button stands at the lower right. → what run gave
export function formDialog({
  title, fields, before, after, action, kind = 'primary', run, danger = false, wide = false, guard = false,
}) {
  const id = unique('form');
  const problems = h('div', { role: 'alert' });
  const all = gather(fields, problems);
  const node = h('form', { class: 'form', id, novalidate: true }, before, nodes(fields), problems, after);
  const act = { text: action, kind: danger ? 'danger' : kind, form: id };
  const d = dialog({ title, body: node, actions: [act], wide, guard });
  node.addEventListener('submit', (e) => {
    e.preventDefault();
    show(problems);
    if (!all.valid()) return;
    d.act(async () => {
      try {
        return await run(all.values(), Object.assign(d, { say: all.fail }));
      } catch (error) {
        if (!all.failWith(error)) throw error;
        return false;
      }
    }, act.node);
  });
  return d.done;
}
