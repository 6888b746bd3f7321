#include "base/enc.h"
#include "base/out.h"

#include <stdio.h>

#define DAYS_MIN (-719528) /* 0000-01-01 */
#define DAYS_MAX 2932896   /* 9999-12-31 */

struct civil {
	int64_t year;
	int month, day, hour, minute, second, ms;
};

static int64_t
days_before_year(int64_t y)
{
	/* Of the years 0 to y - 1 in the Gregorian calendar. */
	return y <= 0
		   ? 0
		   : 365 * y + (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400 + 1;
}

static bool
is_leap(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Times that four digits of a year cannot show become the nearest that can. */
static struct civil
civil_of(int64_t ms)
{
	int64_t day = ms / DAY_MS - (ms % DAY_MS < 0), rest = ms - day * DAY_MS;
	struct civil c = {.month = 1};

	if (day < DAYS_MIN)
		day = DAYS_MIN, rest = 0;
	if (day > DAYS_MAX)
		day = DAYS_MAX, rest = DAY_MS - 1;
	day -= DAYS_MIN;
	c.year = day / 366;
	while (days_before_year(c.year + 1) <= day)
		c.year++;
	day -= days_before_year(c.year);
	while (day >= days_in_month(c.year, c.month))
		day -= days_in_month(c.year, c.month++);
	c.day = (int)day + 1;
	c.hour = (int)(rest / HOUR_MS);
	c.minute = (int)(rest % HOUR_MS / MINUTE_MS);
	c.second = (int)(rest % MINUTE_MS / SECOND_MS);
	c.ms = (int)(rest % SECOND_MS);
	return c;
}

void
enc_time(int64_t ms, char ret[32])
{
	struct civil c = civil_of(ms);

	(void)snprintf(ret, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)c.year,
		       c.month, c.day, c.hour, c.minute, c.second);
}

void
enc_time_ms(int64_t ms, char ret[32])
{
	struct civil c = civil_of(ms);

	(void)snprintf(ret, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		       (int)c.year, c.month, c.day, c.hour, c.minute, c.second,
		       c.ms);
}

void
enc_time_iam(int64_t ms, char ret[32])
{
	struct civil c = civil_of(ms);

	(void)snprintf(ret, 32, "%04d-%02d-%02dT%02d:%02d+0000", (int)c.year,
		       c.month, c.day, c.hour, c.minute);
}

/* The form's letters: digits of the field, anything else stands for itself. */
static bool
read_form(struct str s, const char *form, struct civil *c)
{
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0', *field = NULL;

		switch (form[i]) {
		case 'Y':
			c->year = c->year * 10 + digit;
			break;
		case 'M':
			field = &c->month;
			break;
		case 'D':
			field = &c->day;
			break;
		case 'h':
			field = &c->hour;
			break;
		case 'm':
			field = &c->minute;
			break;
		case 's':
			field = &c->second;
			break;
		case 'f':
			field = &c->ms;
			break;
		default:
			if (s.p[i] != form[i])
				return false;
			continue;
		}
		if (digit < 0 || digit > 9)
			return false;
		if (field != NULL)
			*field = *field * 10 + digit;
	}
	return true;
}

int
dec_time(struct str s, int64_t *ret_ms)
{
	static const char *const forms[] = {"YYYY-MM-DDThh:mm:ssZ",
					    "YYYY-MM-DDThh:mm:ss.fffZ",
					    "YYYY-MM-DDThh:mm+0000"};
	struct civil c = {0};
	int64_t days = DAYS_MIN;
	bool held = false;

	for (size_t i = 0; i < nitems(forms) && !held; i++)
		if (str_c(forms[i]).n == s.n)
			held = read_form(s, forms[i], &c);
	if (!held || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > days_in_month(c.year, c.month) || c.hour > 23 ||
	    c.minute > 59 || c.second > 59)
		return OUT_MALFORMED;
	days += days_before_year(c.year) + c.day - 1;
	for (int m = 1; m < c.month; m++)
		days += days_in_month(c.year, m);
	*ret_ms = days * DAY_MS + c.hour * HOUR_MS + c.minute * MINUTE_MS +
		  c.second * SECOND_MS + c.ms;
	return 0;
}
