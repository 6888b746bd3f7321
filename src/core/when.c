#include "core/when.h"

#include "base/clean.h"
#include "base/enc.h"
#include "json/json.h"

#define DAY_S	     86400
#define OFFSET_MAX_S (18 * 3600)
#define KEY(word)    "{{environment.attributes." word "}}"

enum kind { KIND_DAYS, KIND_TIME, KIND_MOMENT };
/* What a condition may be: a bound is moved by shift, of its own unit, to
 * become one that holds at the bound itself. */
static const struct op {
	const char *key, *name;
	enum kind kind;
	bool from;
	int shift;
} ops[] = {
#define DAYS   KEY("day_of_week")
#define TIME   KEY("current_time")
#define MOMENT KEY("current_date_time")
    {DAYS, "dayOfWeekEquals", KIND_DAYS, false, 0},
    {DAYS, "dayOfWeekAnyOf", KIND_DAYS, false, 0},
    {TIME, "timeGreaterThanOrEquals", KIND_TIME, true, 0},
    {TIME, "timeGreaterThan", KIND_TIME, true, 1},
    {TIME, "timeLessThanOrEquals", KIND_TIME, false, 0},
    {TIME, "timeLessThan", KIND_TIME, false, -1},
    {MOMENT, "dateTimeGreaterThanOrEquals", KIND_MOMENT, true, 0},
    {MOMENT, "dateTimeGreaterThan", KIND_MOMENT, true, 1},
    {MOMENT, "dateTimeLessThanOrEquals", KIND_MOMENT, false, 0},
    {MOMENT, "dateTimeLessThan", KIND_MOMENT, false, -1},
};

/* Of a text that has them. */
static bool
two_digits(struct str s, size_t at, int max, int *ret)
{
	if (s.p[at] < '0' || s.p[at] > '9' || s.p[at + 1] < '0' ||
	    s.p[at + 1] > '9')
		return false;
	*ret = (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
	return *ret <= max;
}

/* "+09:00", or "Z". */
static bool
offset_read(struct str s, int32_t *ret)
{
	int hours = 0, minutes = 0;

	if (str_eq(s, STR("Z"))) {
		*ret = 0;
		return true;
	}
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':' ||
	    !two_digits(s, 1, 23, &hours) || !two_digits(s, 4, 59, &minutes))
		return false;
	*ret = hours * 3600 + minutes * 60;
	if (*ret > OFFSET_MAX_S)
		return false;
	if (s.p[0] == '-')
		*ret = -*ret;
	return true;
}

/* "09:00:00+09:00": seconds of its own day, and where that day is. */
static bool
time_read(struct str s, int *ret, int32_t *offset)
{
	int h = 0, m = 0, sec = 0;

	if (s.n < 9 || s.p[2] != ':' || s.p[5] != ':' ||
	    !two_digits(s, 0, 23, &h) || !two_digits(s, 3, 59, &m) ||
	    !two_digits(s, 6, 59, &sec) ||
	    !offset_read(str_sub(s, 8, s.n), offset))
		return false;
	*ret = h * 3600 + m * 60 + sec;
	return true;
}

/* "2026-11-21T09:00:00+09:00" */
static bool
moment_read(struct str s, int64_t *ret)
{
	char text[21];
	int32_t offset;
	int64_t ms;

	if (s.n < 20 || !offset_read(str_sub(s, 19, s.n), &offset))
		return false;
	memcpy(text, s.p, 19);
	text[19] = 'Z';
	text[20] = '\0';
	if (dec_time(str_c(text), &ms) != 0)
		return false;
	*ret = ms - offset * SECOND_MS;
	return true;
}

/* "1+09:00": Monday, there. */
static bool
day_add(struct str s, struct when *w)
{
	int32_t offset;

	if (s.n < 2 || s.p[0] < '1' || s.p[0] > '7' ||
	    !offset_read(str_sub(s, 1, s.n), &offset) ||
	    (w->days != 0 && offset != w->day_offset_s))
		return false;
	w->days |= (uint8_t)(1U << (s.p[0] - '1'));
	w->day_offset_s = offset;
	return true;
}

static bool
days_read(const struct json *value, struct when *w)
{
	struct str one;

	if (w->days != 0)
		return false;
	if (json_str(value, &one))
		return day_add(one, w);
	for (size_t i = 0; i < json_size(value); i++)
		if (!json_str(json_at(value, i), &one) || !day_add(one, w))
			return false;
	return w->days != 0;
}

/* One bound, once. Of days its second in UTC, and in *edge how far its own day
 * goes on from there (or has gone on until there). */
static bool
bound_read(const struct op *op, struct str text, struct when *w, int64_t *edge)
{
	bool *has = op->from ? &w->has_from : &w->has_to;
	int64_t *to = op->from ? &w->from : &w->to;
	int32_t offset;
	int second;

	if (*has)
		return false;
	*has = true;
	if (op->kind == KIND_MOMENT) {
		w->daily = false;
		if (!moment_read(text, to))
			return false;
		*to += op->shift;
		return true;
	}
	w->daily = true;
	if (!time_read(text, &second, &offset))
		return false;
	second += op->shift;
	if (second < 0 || second >= DAY_S)
		return false;
	*edge = op->from ? DAY_S - 1 - second : second;
	*to = ((int64_t)second - offset + 2 * DAY_S) % DAY_S;
	return true;
}

struct seen {
	unsigned kinds;
	int64_t edge;
};

static int
condition_read(const struct json *j, struct when *w, struct seen *seen,
	       struct note *note)
{
	struct str key = json_text(j, "key"), name = json_text(j, "operator");
	struct str text;
	const struct json *value = json_get(j, "value");
	bool good = false;

	for (size_t i = 0; i < nitems(ops); i++) {
		const struct op *op = &ops[i];

		if (!str_eq(key, str_c(op->key)) ||
		    !str_eq(name, str_c(op->name)))
			continue;
		seen->kinds |= 1U << op->kind;
		if (op->kind == KIND_DAYS)
			good = (json_kind(value) == JSON_ARRAY) ==
				   str_eq(name, STR("dayOfWeekAnyOf")) &&
			       days_read(value, w);
		else
			good = json_str(value, &text) &&
			       bound_read(op, text, w, &seen->edge);
	}
	if (good && json_size(j) == 3)
		return 0;
	return note_set(note, OUT_MALFORMED,
			"rule: not a condition on the time, or one too many: "
			"key '%.*s', operator '%.*s'",
			STR_ARG(key), STR_ARG(name));
}

static int
conditions_read(const struct json *j, struct when *w, struct seen *seen,
		struct note *note)
{
	const struct json *list = json_get(j, "conditions");
	size_t n = json_size(list);
	int r = 0;

	if (list == NULL)
		return condition_read(j, w, seen, note);
	if (json_kind(list) != JSON_ARRAY || n == 0 || n > WHEN_PARTS_MAX ||
	    json_size(j) != 2 || !str_eq(json_text(j, "operator"), STR("and")))
		return note_set(note, OUT_MALFORMED,
				"rule: 1 to %d conditions with the operator "
				"'and' are needed",
				WHEN_PARTS_MAX);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = condition_read(json_at(list, i), w, seen, note);
	return r;
}

/* What each pattern is about: may be there, and must be there. */
static const struct {
	struct str name;
	unsigned may, must;
} patterns[] = {
#define HEAD   "time-based-conditions:"
#define BIT(k) (1U << KIND_##k)
    {STR_INIT(HEAD "once"), BIT(MOMENT), BIT(MOMENT)},
    {STR_INIT(HEAD "weekly:all-day"), BIT(DAYS), BIT(DAYS)},
    {STR_INIT(HEAD "weekly:custom-hours"), BIT(DAYS) | BIT(TIME), BIT(TIME)},
};

static int
pattern_check(struct str pattern, unsigned kinds, struct note *note)
{
	for (size_t i = 0; i < nitems(patterns); i++) {
		if (!str_eq(patterns[i].name, pattern))
			continue;
		if ((kinds & ~patterns[i].may) == 0 &&
		    (kinds & patterns[i].must) == patterns[i].must)
			return 0;
		return note_set(note, OUT_MALFORMED,
				"rule: not what the pattern '%.*s' is about",
				STR_ARG(pattern));
	}
	return note_set(note, OUT_MALFORMED, "pattern: no such one: '%.*s'",
			STR_ARG(pattern));
}

/* A bound that was not sent is the end of the day of the one that was. */
static void
bounds_fill(struct when *w, int64_t edge)
{
	if (!w->daily || w->has_from == w->has_to)
		return;
	if (w->has_from)
		w->to = (w->from + edge) % DAY_S;
	else
		w->from = (w->to - edge + DAY_S) % DAY_S;
	w->has_from = w->has_to = true;
}

int
when_parse(struct str pattern, struct str rule, struct when *ret,
	   struct note *note)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct when w = {.always = false};
	struct seen seen = {.kinds = 0};
	int r;

	if (pattern.p == NULL && rule.p == NULL) {
		*ret = (struct when){.always = true};
		return 0;
	}
	if (pattern.p == NULL || rule.p == NULL)
		return note_set(note, OUT_MALFORMED,
				"pattern and rule belong together");
	r = json_parse(rule, &j, note);
	if (r == 0)
		r = conditions_read(j, &w, &seen, note);
	if (r == 0)
		r = pattern_check(pattern, seen.kinds, note);
	if (r == 0 && !w.daily && w.has_from && w.has_to && w.from > w.to)
		r = note_set(note, OUT_MALFORMED,
			     "rule: ends before it begins");
	if (r != 0)
		return r;
	bounds_fill(&w, seen.edge);
	*ret = w;
	return 0;
}

static int64_t
floor_mod(int64_t a, int64_t b)
{
	int64_t m = a % b;

	return m < 0 ? m + b : m;
}

/* 1970 began on a Thursday. */
static bool
day_holds(const struct when *w, int64_t second)
{
	int64_t there = second + w->day_offset_s;
	int64_t day = (there - floor_mod(there, DAY_S)) / DAY_S;

	return w->days == 0 || (w->days >> floor_mod(day + 3, 7) & 1) != 0;
}

/* A window over midnight is of the day on which it began. */
bool
when_holds(const struct when *w, int64_t now_ms)
{
	int64_t now = (now_ms - floor_mod(now_ms, SECOND_MS)) / SECOND_MS;
	int64_t gone;

	if (w->always)
		return true;
	if (!w->daily)
		return (!w->has_from || now_ms >= w->from) &&
		       (!w->has_to || now_ms <= w->to) && day_holds(w, now);
	gone = floor_mod(now - w->from, DAY_S);
	return gone <= floor_mod(w->to - w->from, DAY_S) &&
	       day_holds(w, now - gone);
}
