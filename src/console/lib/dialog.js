// Questions and forms above the page. The browser's own <dialog> holds the keyboard,
// gives it back to the opener, and keeps the page behind out of reach.

import { ApiError } from './api.js';
import { h, show, unique } from './dom.js';
import { button, hint, icon } from './ui.js';
import { t } from './words.js';

// What to say of an error that a server's words do not explain.
export function errorWords(error) {
  if (!(error instanceof ApiError)) return t('shell.failed');
  if (error.status === 0) return t('shell.unreachable');
  if (error.status === 429) return t('shell.wait', { n: Math.max(1, Math.round(error.wait)) });
  return error.words;
}

// What one dialog is while it is open: the node, and what can be done to it.
function controls(node, problems, buttons) {
  const d = { node, pending: false, value: undefined };
  d.close = (value) => {
    d.value = value;
    if (node.open) node.close();
  };
  d.fail = (error) => {
    show(problems, hint('bad', errorWords(error)));
    problems.scrollIntoView({ block: 'nearest' });
  };
  d.act = async (run, pressed) => {
    if (d.pending) return;
    d.pending = true;
    for (const each of buttons) each.disabled = true;
    pressed.setAttribute('aria-busy', 'true');
    show(problems);
    let result;
    try {
      result = await run?.(d);
    } catch (e) {
      if (e.name !== 'AbortError') d.fail(e);
      if (e.name !== 'AbortError' && !(e instanceof ApiError)) console.error(e);
      result = false;
    } finally {
      d.pending = false;
      for (const each of buttons) each.disabled = each.kept === true;
      pressed.removeAttribute('aria-busy');
    }
    if (result !== false) d.close(result);
    else if (!node.contains(document.activeElement)) pressed.focus();
  };
  return d;
}

// A click counts as "outside" only when it began there too: who selects text in a
// field and lets go outside means nothing by it.
function closing(node, d, guard) {
  let began = false;
  node.addEventListener('pointerdown', (e) => { began = e.target === node; });
  node.addEventListener('click', (e) => {
    if (e.target === node && began && !guard && !d.pending) d.close();
  });
  node.addEventListener('cancel', (e) => {
    if (e.target !== node) return;
    e.preventDefault();
    if (!guard && !d.pending) d.close();
  });
  // The browser lets a second Escape through, whatever became of the first.
  node.addEventListener('keydown', (e) => {
    if (e.key === 'Escape' && (guard || d.pending)) e.preventDefault();
  });
}

// dialog({ title, body, actions: [{ text, kind, run }] }) → { node, close, done }
export function dialog({ title, body, actions = [], wide = false, guard = false, cancel = t('shell.cancel') }) {
  const id = unique('dialog');
  const problems = h('div', { class: 'dialog-problems', role: 'alert' });
  const buttons = [];
  const foot = h('footer', { class: 'dialog-foot' });
  const node = h('dialog', { class: wide ? 'dialog wide' : 'dialog', 'aria-labelledby': id,
    data: guard ? { guard: '' } : {} },
    h('div', { class: 'dialog-sheet' },
      h('header', { class: 'dialog-head' }, h('h2', { id }, title)),
      h('div', { class: 'dialog-body' }, body, problems), foot));
  const d = controls(node, problems, buttons);
  const opener = document.activeElement;
  if (!guard) {
    buttons.push(button(actions.length > 0 ? cancel : t('shell.close'), { kind: 'plain', on: () => d.close() }));
    node.querySelector('.dialog-head').append(h('button', { class: 'button quiet dialog-x', type: 'button',
      'aria-label': t('shell.close'), on: { click: () => !d.pending && d.close() } }, icon('close')));
  }
  for (const action of actions) {
    const made = button(action.text, { kind: action.kind ?? 'primary', icon: action.icon, disabled: action.disabled,
      type: action.form ? 'submit' : 'button' });
    if (action.form) made.setAttribute('form', action.form);
    else made.addEventListener('click', () => d.act(action.run, made));
    action.node = made;
    buttons.push(made);
  }
  foot.append(...buttons);
  closing(node, d, guard);
  d.done = new Promise((resolve) => {
    node.addEventListener('close', () => {
      node.remove();
      if (opener?.isConnected) opener.focus();
      resolve(d.value);
    });
  });
  document.body.append(node);
  node.showModal();
  (node.querySelector('[autofocus], .dialog-body :is(input, textarea, select):not([disabled])') ?? buttons[0])?.focus();
  return d;
}

// A question with one answer that does something. type: what must be typed first.
export function confirm({ title, body, action, danger = false, run, type }) {
  const act = { text: action, kind: danger ? 'danger' : 'primary', disabled: type !== undefined,
    run: async (d) => { await run?.(d); return true; } };
  const id = unique('type');
  const field = type !== undefined && h('p', { class: 'field' },
    h('label', { for: id }, t('shell.type_to_confirm', { what: type })),
    h('input', { id, class: 'input mono', autocomplete: 'off', spellcheck: 'false', on: {
      input: (e) => { act.node.disabled = act.node.kept = e.target.value !== type; },
      keydown: (e) => { if (e.key === 'Enter' && !act.node.disabled) act.node.click(); },
    } }));
  const d = dialog({ title, body: [body, field], actions: [act] });
  if (type !== undefined) act.node.kept = true;
  return d.done.then((value) => value === true);
}
