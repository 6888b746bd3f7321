// The fields of which a policy is built: roles with what each lets one do, the things it
// is about, and when it holds. Each is like those of lib/form.js.
import { h, show, unique } from './dom.js';
import { deedLines } from './actions.js';
import { choice } from './form.js';
import { isAdministrator, REGIONAL, roleName, TYPES } from './grant.js';
import { namesField } from './names.js';
import { longDay, whenWords, zone } from './when.js';
import { t } from './words.js';

// --- roles -----------------------------------------------------------------

const useful = (service, role) => role.actions.some((action) => action.startsWith(`${service}.`)) ||
  isAdministrator(role.crn);

function roleBox(service, role, chosen, changed) {
  const id = unique('role');
  const lines = deedLines(service, role.actions);
  if (isAdministrator(role.crn)) lines.push(t('policy.give_access'));
  return h('div', { class: 'flag policy-role' },
    h('input', { type: 'checkbox', id, value: role.crn, checked: chosen, 'aria-describedby': `${id}-h`,
      on: { change: changed } }),
    h('div', {}, h('label', { for: id }, roleName(role)),
      h('p', { class: 'field-hint', id: `${id}-h` }, lines.join(' · '))));
}

// value() → CRNs. fill(service, roles) draws those of another service.
export function rolesField({ name, value = [] }) {
  const error = h('p', { class: 'field-error', 'aria-live': 'polite' });
  const boxes = h('div', {});
  const watchers = [];
  const all = () => [...boxes.querySelectorAll('input')];
  const read = () => all().filter((one) => one.checked).map((one) => one.value);
  const say = (message) => { error.textContent = message; };
  const changed = () => { say(''); for (const run of watchers) run(); };
  return {
    node: h('fieldset', { class: 'field' }, h('legend', { class: 'unseen' }, t('policy.roles')),
      h('p', { class: 'field-hint' }, t('policy.roles_hint')), boxes, error),
    name, value: read, error: say,
    check() { const message = read().length === 0 ? t('policy.roles_none') : ''; say(message); return message; },
    focus() { all()[0]?.focus(); },
    on(run) { watchers.push(run); },
    fill(service, roles) {
      const kept = new Set(all().length > 0 ? read() : value);
      const shown = roles.filter((role) => useful(service, role) || kept.has(role.crn) && value.includes(role.crn));
      show(boxes, shown.map((role) => roleBox(service, role, kept.has(role.crn), changed)));
      say('');
    },
  };
}

// --- things ----------------------------------------------------------------

// suggest(type) → names to offer. turn(service) shows what that service has.
export function thingsField({ regions, suggest, changed }) {
  const scope = choice({ name: 'scope', label: t('policy.step_things'), kind: 'radio', value: 'all', options: [
    { value: 'all', label: t('policy.things_all') }, { value: 'some', label: t('policy.things_some') }] });
  const names = namesField({ name: 'things', label: t('policy.names'), hint: t('policy.names_hint') });
  const region = choice({ name: 'region', label: t('policy.region'), value: '', options: [
    { value: '', label: t('policy.region_all') }, ...regions.map((one) => ({ value: one, label: one }))] });
  const place = h('div', {});
  const some = h('div', { class: 'policy-named' }, place, names.node);
  let type = null;
  let of = '';
  async function offer() {
    const wanted = type.value();
    const found = await suggest(wanted).catch(() => []);
    if (type.value() === wanted) names.offer(found, { ids: ['serviceid', 'access-group'].includes(wanted) });
  }
  const settle = () => {
    const none = TYPES[of].length === 0;
    scope.node.hidden = none;
    some.hidden = none || scope.value() !== 'some';
    region.node.hidden = !REGIONAL.includes(of);
  };
  for (const one of [scope, names, region]) one.on(() => { settle(); changed(); });
  return {
    parts: [scope, some, region], scope, names, region,
    turn(service) {
      of = service;
      type = choice({ name: 'type', label: t('policy.type'), value: TYPES[service][0], options: TYPES[service].map(
        (one) => ({ value: one, label: t(`policy.type_${one.replace('-', '_')}`) })) });
      type.on(() => { offer(); changed(); });
      show(place, type.node);
      if (TYPES[service].length > 0) offer();
      settle();
    },
    value: () => ({ ...(scope.value() === 'some' && TYPES[of].length > 0
      ? { type: type.value(), names: names.value() } : { type: '', names: [] }),
    region: REGIONAL.includes(of) ? region.value() : '' }),
  };
}

// --- when ------------------------------------------------------------------

const MINUTES = 6e4;
const local = (ms) => (ms ? new Date(ms - new Date(ms).getTimezoneOffset() * MINUTES).toISOString().slice(0, 16) : '');

function input(type, label, value) {
  const id = unique('time');
  const node = h('input', { class: 'input', id, type, value: value ?? '' });
  return { input: node, node: h('div', { class: 'field' }, h('label', { for: id }, label), node) };
}

function days(chosen) {
  const boxes = [1, 2, 3, 4, 5, 6, 7].map((day) => {
    const id = unique('day');
    return h('span', { class: 'policy-day' },
      h('input', { type: 'checkbox', id, value: String(day), checked: chosen.includes(day) }),
      h('label', { for: id }, longDay(day)));
  });
  return h('fieldset', { class: 'field' }, h('legend', {}, t('policy.days')),
    h('div', { class: 'policy-days' }, boxes));
}

const spans = (kind, value) => {
  const type = kind === 'once' ? 'datetime-local' : 'time';
  const shown = kind === 'once' ? local : (text) => text;
  const mine = value.kind === kind;
  return [input(type, t('policy.from'), mine && shown(value.from)),
    input(type, t('policy.until'), mine && shown(value.to))];
};

// A condition that these fields cannot say stays as it is, unless another is chosen.
export function whenField({ name, value }) {
  const rigid = value.kind === 'other' || (value.kind === 'weekly' && `UTC${value.zone}` !== zone());
  const first = rigid ? 'kept' : value.kind;
  const kind = choice({ name: `${name}-kind`, label: t('policy.step_when'), kind: 'radio', value: first, options: [
    { value: 'always', label: t('policy.when_always') }, { value: 'once', label: t('policy.when_once') },
    { value: 'weekly', label: t('policy.when_weekly') },
    ...(rigid ? [{ value: 'kept', label: t('policy.when_kept', { when: whenWords(value) }) }] : [])] });
  const [begin, end] = spans('once', value);
  const [open, close] = spans('weekly', value);
  const week = days(value.kind === 'weekly' ? value.days : [1, 2, 3, 4, 5]);
  const once = h('div', { class: 'stack' }, h('div', { class: 'policy-pair' }, begin.node, end.node),
    h('p', { class: 'field-hint' }, t('policy.once_hint', { zone: zone() })));
  const weekly = h('div', { class: 'stack' }, week, h('div', { class: 'policy-pair' }, open.node, close.node),
    h('p', { class: 'field-hint' }, t('policy.hours_hint', { zone: zone() })));
  const error = h('p', { class: 'field-error', 'aria-live': 'polite' });
  const node = h('div', { class: 'stack' }, kind.node, once, weekly, error);
  const watchers = [];
  const ms = (one) => (one.input.value ? new Date(one.input.value).getTime() : undefined);
  const read = () => {
    if (kind.value() === 'kept') return value;
    if (kind.value() === 'once') return { kind: 'once', from: ms(begin), to: ms(end) };
    if (kind.value() === 'always') return { kind: 'always' };
    return { kind: 'weekly',
      days: [...week.querySelectorAll('input')].filter((one) => one.checked).map((one) => Number(one.value)),
      from: open.input.value || undefined, to: close.input.value || undefined };
  };
  const settle = () => { once.hidden = kind.value() !== 'once'; weekly.hidden = kind.value() !== 'weekly'; };
  const say = (message) => { error.textContent = message; };
  const whole = () => {
    const now = read();
    return now.kind === 'once' && !now.from && !now.to ? t('policy.when_none')
      : now.kind === 'weekly' && now.days.length === 0 ? t('policy.days_none') : '';
  };
  node.addEventListener('input', () => { settle(); say(''); for (const run of watchers) run(); });
  settle();
  return { node, name, value: read, whole: () => whole() === '', error: say, focus() { kind.focus(); },
    check() { const message = whole(); say(message); return message; }, on(run) { watchers.push(run); } };
}
