// When a policy holds: the time conditions of /v2/policies, read, written and said. Times
// are sent as the clock of who writes them shows them, with its distance from UTC.
import { once } from './once.js';
import { date, language, moment, t } from './words.js';
import { andWords } from './actions.js';

const PATTERN = 'time-based-conditions:';
const key = (name) => `{{environment.attributes.${name}}}`;
const DAYS = key('day_of_week');
const TIME = key('current_time');
const MOMENT = key('current_date_time');

const two = (n) => String(n).padStart(2, '0');

function offset(when = new Date()) {
  const minutes = -when.getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

export const zone = () => `UTC${offset()}`;

// { kind: 'always' | 'once' | 'weekly' | 'other', from, to, days, zone }. once: moments in
// milliseconds; weekly: days 1 (Monday) to 7 and times of a day.
export function readWhen(policy) {
  if (!policy.pattern) return { kind: 'always' };
  const rules = policy.rule?.conditions ?? [policy.rule];
  const one = (name, operator) => rules.find((rule) => rule.key === name && rule.operator.startsWith(operator))?.value;
  if (policy.pattern === `${PATTERN}once`) {
    const [from, to] = [one(MOMENT, 'dateTimeGreater'), one(MOMENT, 'dateTimeLess')];
    return { kind: 'once', from: from && Date.parse(from), to: to && Date.parse(to) };
  }
  if (!policy.pattern.startsWith(`${PATTERN}weekly:`)) return { kind: 'other' };
  const days = [one(DAYS, 'dayOfWeek') ?? []].flat();
  const [from, to] = [one(TIME, 'timeGreater'), one(TIME, 'timeLess')];
  const at = (from ?? to)?.slice(8) ?? days[0]?.slice(1);
  const same = days.every((day) => day.slice(1) === at) && [from, to].every((text) => !text || text.slice(8) === at);
  return same ? { kind: 'weekly', days: days.map((day) => Number(day[0])), from: from?.slice(0, 5), to: to?.slice(0, 5),
    zone: at } : { kind: 'other' };
}

function joined(conditions) {
  return conditions.length === 1 ? conditions[0] : { operator: 'and', conditions };
}

const utc = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');

// → { pattern, rule } for a body; nothing where it always holds.
export function writeWhen(when) {
  if (when.kind === 'once') {
    return { pattern: `${PATTERN}once`, rule: joined([
      when.from && { key: MOMENT, operator: 'dateTimeGreaterThanOrEquals', value: utc(when.from) },
      when.to && { key: MOMENT, operator: 'dateTimeLessThanOrEquals', value: utc(when.to) }].filter(Boolean)) };
  }
  if (when.kind !== 'weekly') return {};
  const at = when.zone ?? offset();
  const hours = Boolean(when.from || when.to);
  const days = { key: DAYS, operator: 'dayOfWeekAnyOf', value: when.days.map((day) => `${day}${at}`) };
  return { pattern: `${PATTERN}weekly:${hours ? 'custom-hours' : 'all-day'}`, rule: joined([
    when.days.length > 0 && days,
    when.from && { key: TIME, operator: 'timeGreaterThanOrEquals', value: `${when.from}:00${at}` },
    when.to && { key: TIME, operator: 'timeLessThanOrEquals', value: `${when.to}:00${at}` }].filter(Boolean)) };
}

// The first of 2024 was a Monday.
const dayName = (width) => {
  const format = once(() => new Intl.DateTimeFormat(language, { weekday: width, timeZone: 'UTC' }));
  return (day) => format().format(Date.UTC(2024, 0, day));
};
export const longDay = dayName('long');
const shortDay = dayName('short');

const midnight = (ms) => new Date(ms).getHours() === 0 && new Date(ms).getMinutes() === 0;
const point = (ms) => (midnight(ms) ? date(ms) : moment(ms));

// "from ... until ...", to stand in a sentence; '' where it always holds.
export function whenWords(when) {
  if (when.kind === 'always') return '';
  if (when.kind === 'other') return t('policy.when_other');
  if (when.kind === 'once') {
    const values = { from: when.from && point(when.from), to: when.to && point(when.to) };
    return when.from && when.to ? t('policy.when_between', values)
      : when.from ? t('policy.when_from', values) : t('policy.when_until', values);
  }
  const days = when.days.length === 0 || when.days.length === 7 ? t('policy.when_daily')
    : t('policy.when_days', { days: andWords(when.days.map(shortDay)) });
  return when.from || when.to ? t('policy.when_hours', { days, from: when.from ?? '00:00', to: when.to ?? '24:00',
    zone: `UTC${when.zone ?? offset()}` }) : days;
}
