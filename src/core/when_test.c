#include "core/when.h"

#include "base/clean.h"
#include "base/enc.h"
#include "base/test.h"

#define ONCE  "time-based-conditions:once"
#define DAYS  "time-based-conditions:weekly:all-day"
#define HOURS "time-based-conditions:weekly:custom-hours"
#define LEAF(key, op, value)                                                   \
	"{\"key\":\"{{environment.attributes." key "}}\",\"operator\":\"" op   \
	"\",\"value\":" value "}"
#define AND(list) "{\"operator\":\"and\",\"conditions\":[" list "]}"
#define ON(list)  LEAF("day_of_week", "dayOfWeekAnyOf", "[" list "]")
#define FROM(t)	  LEAF("current_time", "timeGreaterThanOrEquals", "\"" t "\"")
#define TO(t)	  LEAF("current_time", "timeLessThanOrEquals", "\"" t "\"")
#define SINCE(t)                                                               \
	LEAF("current_date_time", "dateTimeGreaterThanOrEquals", "\"" t "\"")
#define UNTIL(t)                                                               \
	LEAF("current_date_time", "dateTimeLessThanOrEquals", "\"" t "\"")
#define WORK "\"1+00:00\",\"2+00:00\",\"3+00:00\",\"4+00:00\",\"5+00:00\""

/* 2026-11-23 is a Monday. */
static const struct {
	const char *why, *pattern, *rule, *yes[4], *no[4];
} cases[] = {
    {"a span",
     ONCE,
     AND(SINCE("2026-11-23T09:00:00+09:00") "," UNTIL(
	 "2026-11-23T10:00:00+00:00")),
     {"2026-11-23T00:00:00Z", "2026-11-23T10:00:00Z"},
     {"2026-11-22T23:59:59Z", "2026-11-23T10:00:01Z"}},
    {"an end",
     ONCE,
     UNTIL("2026-11-23T10:00:00Z"),
     {"2020-01-01T00:00:00Z"},
     {"2026-11-24T00:00:00Z"}},
    {"a beginning",
     ONCE,
     LEAF("current_date_time", "dateTimeGreaterThan",
	  "\"2026-11-23T10:00:00-01:30\""),
     {"2026-11-23T11:30:01Z"},
     {"2026-11-23T11:30:00Z"}},
    {"an end long ago",
     ONCE,
     UNTIL("1969-12-31T23:59:59Z"),
     {"1969-12-31T23:59:59Z", "1969-01-01T00:00:00Z"},
     {"1970-01-01T00:00:00Z"}},
    {"working days",
     DAYS,
     ON(WORK),
     {"2026-11-23T00:00:00Z", "2026-11-27T23:59:59Z"},
     {"2026-11-28T00:00:00Z", "2026-11-22T23:59:59Z"}},
    {"one day, elsewhere",
     DAYS,
     LEAF("day_of_week", "dayOfWeekEquals", "\"1+09:00\""),
     {"2026-11-22T15:00:00Z", "2026-11-23T14:59:59Z"},
     {"2026-11-22T14:59:59Z", "2026-11-23T15:00:00Z"}},
    {"a Sunday in the west",
     DAYS,
     ON("\"7-08:00\""),
     {"2026-11-22T08:00:00Z", "2026-11-23T07:59:59Z"},
     {"2026-11-22T07:59:59Z", "2026-11-23T08:00:00Z"}},
    {"office hours",
     HOURS,
     AND(ON(WORK) "," FROM("09:00:00+00:00") "," TO("17:00:00+00:00")),
     {"2026-11-23T09:00:00Z", "2026-11-23T17:00:00Z", "2026-11-27T12:00:00Z"},
     {"2026-11-23T08:59:59Z", "2026-11-23T17:00:01Z", "2026-11-28T12:00:00Z"}},
    {"office hours in Seoul",
     HOURS,
     AND(ON("\"1+09:00\"") "," FROM("08:00:00+09:00") "," TO("17:00:00+09:00")),
     {"2026-11-22T23:00:00Z", "2026-11-23T08:00:00Z"},
     {"2026-11-22T22:59:59Z", "2026-11-23T08:00:01Z", "2026-11-23T23:30:00Z"}},
    {"Monday's night",
     HOURS,
     AND(ON("\"1+00:00\"") "," FROM("22:00:00+00:00") "," TO("06:00:00+00:00")),
     {"2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z"},
     {"2026-11-23T05:00:00Z", "2026-11-23T21:59:59Z", "2026-11-24T06:00:01Z",
      "2026-11-24T22:00:00Z"}},
    {"every evening",
     HOURS,
     FROM("18:00:00+00:00"),
     {"2026-11-23T18:00:00Z", "2026-11-28T23:59:59Z"},
     {"2026-11-23T17:59:59Z", "2026-11-24T00:00:00Z"}},
    {"every morning there",
     HOURS,
     LEAF("current_time", "timeLessThan", "\"08:00:00+09:00\""),
     {"2026-11-23T15:00:00Z", "2026-11-23T22:59:59Z"},
     {"2026-11-23T14:59:59Z", "2026-11-23T23:00:00Z"}},
};

static bool
at(const struct when *w, const char *text)
{
	int64_t ms = -1;

	if (dec_time(str_c(text), &ms) != 0)
		printf("Bail out! %s\n", text);
	return when_holds(w, ms);
}

static void
test_holds(void)
{
	for (size_t i = 0; i < nitems(cases); i++) {
		struct note note = {""};
		struct when w = {.always = true};

		is_int(when_parse(str_c(cases[i].pattern), str_c(cases[i].rule),
				  &w, &note),
		       0, "%s %s", cases[i].why, note.text);
		for (size_t j = 0; j < 4 && cases[i].yes[j] != NULL; j++)
			ok(at(&w, cases[i].yes[j]), "%s at %s", cases[i].why,
			   cases[i].yes[j]);
		for (size_t j = 0; j < 4 && cases[i].no[j] != NULL; j++)
			ok(!at(&w, cases[i].no[j]), "%s not at %s",
			   cases[i].why, cases[i].no[j]);
	}
}

static const char *const bad[][2] = {
    {ONCE, NULL},
    {NULL, UNTIL("2026-11-23T10:00:00Z")},
    {"", UNTIL("2026-11-23T10:00:00Z")},
    {"time-based-conditions:daily", UNTIL("2026-11-23T10:00:00Z")},
    {ONCE, ""},
    {ONCE, "[]"},
    {ONCE, "{}"},
    {ONCE, "{\"operator\":\"and\",\"conditions\":[]}"},
    {ONCE, "{\"operator\":\"and\",\"conditions\":{}}"},
    {ONCE, "{\"operator\":\"or\",\"conditions\":[" UNTIL(
	       "2026-11-23T10:00:00Z") "]}"},
    {ONCE, AND(AND(UNTIL("2026-11-23T10:00:00Z")))},
    {ONCE,
     AND(UNTIL("2026-11-23T10:00:00Z") "," UNTIL("2026-11-24T10:00:00Z"))},
    {ONCE,
     AND(SINCE("2026-11-24T10:00:00Z") "," UNTIL("2026-11-23T10:00:00Z"))},
    {ONCE, UNTIL("2026-11-23")},
    {ONCE, UNTIL("2026-13-23T10:00:00Z")},
    {ONCE, UNTIL("2026-11-23T10:00:00")},
    {ONCE, UNTIL("2026-11-23T10:00:00+19:00")},
    {ONCE, FROM("09:00:00+00:00")},
    {DAYS, FROM("09:00:00+00:00")},
    {DAYS, AND(ON("\"1+00:00\"") "," FROM("09:00:00+00:00"))},
    {DAYS, AND(ON("\"1+00:00\"") "," ON("\"2+00:00\""))},
    {DAYS, ON("")},
    {DAYS, ON("\"0+00:00\"")},
    {DAYS, ON("\"8+00:00\"")},
    {DAYS, ON("\"1\"")},
    {DAYS, ON("1")},
    {DAYS, ON("\"1+00:00\",\"2+09:00\"")},
    {DAYS, LEAF("day_of_week", "dayOfWeekAnyOf", "\"1+00:00\"")},
    {DAYS, LEAF("day_of_week", "dayOfWeekEquals", "[\"1+00:00\"]")},
    {DAYS, LEAF("day_of_week", "stringEquals", "\"1+00:00\"")},
    {DAYS, LEAF("weather", "dayOfWeekEquals", "\"1+00:00\"")},
    {DAYS, "{\"key\":\"{{environment.attributes.day_of_week}}\","
	   "\"operator\":\"dayOfWeekEquals\",\"value\":\"1+00:00\","
	   "\"more\":1}"},
    {HOURS, ON("\"1+00:00\"")},
    {HOURS, FROM("24:00:00+00:00")},
    {HOURS, FROM("09:60:00+00:00")},
    {HOURS, FROM("09:00:60+00:00")},
    {HOURS, FROM("09:00+00:00")},
    {HOURS, FROM("09:00:00")},
    {HOURS, LEAF("current_time", "timeLessThan", "\"00:00:00+00:00\"")},
    {HOURS, AND(FROM("09:00:00Z") "," FROM("10:00:00Z"))},
    {HOURS, FROM("1/:00:00Z")},
    {HOURS, FROM("1::00:00Z")},
    {HOURS, FROM("/9:00:00Z")},
    {HOURS, FROM("09:/9:00Z")},
    {HOURS, FROM("09.00:00Z")},
    {HOURS, FROM("09:00.00Z")},
    {HOURS, FROM("09:00:0")},
    {HOURS, FROM("")},
    {HOURS, LEAF("current_time", "timeGreaterThan", "\"23:59:59Z\"")},
    {HOURS, AND("{}," FROM("09:00:00Z"))},
    {DAYS, ON("\"1+00:00\",\"0+00:00\"")},
    {DAYS, ON("\"1+00:00\",\"\"")},
    {ONCE, UNTIL("2026-11-23T10:00:00+09:000")},
    {ONCE, UNTIL("2026-11-23T10:00:00+09")},
    {ONCE, UNTIL("2026-11-23T10:00:00 09:00")},
    {ONCE, UNTIL("2026-11-23T10:00:00+09-00")},
    {ONCE, "{\"operator\":\"and\",\"conditions\":{\"a\":" UNTIL(
	       "2026-11-23T10:00:00Z") "}}"},
    {ONCE, "{\"operator\":\"and\",\"conditions\":[" UNTIL(
	       "2026-11-23T10:00:00Z") "],\"more\":1}"},
};

static void
test_bad(void)
{
	for (size_t i = 0; i < nitems(bad); i++) {
		struct note note = {""};
		struct when w = {.days = 77};

		is_int(
		    when_parse(str_c(bad[i][0]), str_c(bad[i][1]), &w, &note),
		    OUT_MALFORMED, "%zu: %s", i, note.text);
		ok(note.text[0] != '\0' && w.days == 77,
		   "  says why and leaves the rest alone");
	}
}

/* Each part at its limit, and one more. */
static void
test_limits(void)
{
	struct when w;

	ok(when_parse(STR_NONE, STR_NONE, &w, NULL) == 0 && w.always &&
	       when_holds(&w, 0) && when_holds(&w, INT64_MAX),
	   "no condition: always");
#define EIGHT                                                                  \
	ON("\"1Z\"")                                                           \
	"," FROM("09:00:00Z") "," TO("10:00:00Z") "," ON("\"1Z\"") "," ON(     \
	    "\"1Z\"") "," ON("\"1Z\"") "," ON("\"1Z\"") "," ON("\"1Z\"")
	struct note few = {""}, many = {""};

	is_int(when_parse(STR(HOURS), STR(AND(EIGHT)), &w, &few), OUT_MALFORMED,
	       "as many parts as may be, twice the same");
	is_int(
	    when_parse(STR(HOURS), STR(AND(EIGHT "," ON("\"1Z\""))), &w, &many),
	    OUT_MALFORMED, "one more");
	ok(strstr(few.text, "1 to 8") == NULL &&
	       strstr(many.text, "1 to 8") != NULL,
	   "is told apart");
	is_int(when_parse(STR(DAYS), STR(ON("\"4Z\"")), &w, NULL), 0,
	       "Thursday");
	ok(when_holds(&w, 0) && when_holds(&w, DAY_MS - 1) &&
	       !when_holds(&w, DAY_MS) && !when_holds(&w, -1),
	   "is the first of all days");
}

int
main(void)
{
	test_holds();
	test_bad();
	test_limits();
	return done_testing();
}
