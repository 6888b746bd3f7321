#include "door/bitbucket/inner.h"

#include "base/enc.h"

#define DATE_LEN   10 /* 2026-11-21 */
#define SECOND_LEN 19 /* 2026-11-21T10:20:30 */

void
bb_when(int64_t ms, char ret[BB_WHEN_LEN + 1])
{
	char text[32];
	struct str s;

	enc_time_ms(ms, text);
	s = str_c(text);
	(void)snprintf(ret, BB_WHEN_LEN + 1, "%.*s000+00:00",
		       STR_ARG(str_sub(s, 0, s.n - 1)));
}

void
bb_when_put(struct jw *w, const char *name, int64_t ms)
{
	char text[BB_WHEN_LEN + 1];

	if (ms == 0) {
		jw_null(w, name);
		return;
	}
	bb_when(ms, text);
	jw_c(w, name, text);
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static int
number(struct str s)
{
	int n = 0;

	for (size_t i = 0; i < s.n; i++)
		n = n * 10 + (s.p[i] - '0');
	return n;
}

/* ".993890": what is finer than milliseconds is dropped. */
static bool
fraction_take(struct str *rest, int64_t *ms)
{
	size_t n = 1;

	if (rest->n == 0 || rest->p[0] != '.')
		return true;
	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	if (n < 2 || n > 10)
		return false;
	for (size_t i = 1, unit = 100; i < n && unit > 0; i++, unit /= 10)
		*ms += (rest->p[i] - '0') * (int64_t)unit;
	*rest = str_sub(*rest, n, SIZE_MAX);
	return true;
}

/* "Z", "+09:00". */
static bool
zone_take(struct str rest, int64_t *ms)
{
	struct str h = str_sub(rest, 1, 2), m = str_sub(rest, 4, 2);
	int64_t offset;

	if (str_eq_nocase(rest, STR("Z")))
		return true;
	if (rest.n != 6 || (rest.p[0] != '+' && rest.p[0] != '-') ||
	    rest.p[3] != ':' || !is_digits(h) || !is_digits(m) ||
	    number(h) > 23 || number(m) > 59)
		return false;
	offset = number(h) * HOUR_MS + number(m) * MINUTE_MS;
	*ms -= rest.p[0] == '+' ? offset : -offset;
	return true;
}

int
bb_when_read(struct str s, int64_t *ret)
{
	char text[SECOND_LEN + 2];
	struct str rest = str_sub(s, SECOND_LEN, SIZE_MAX);
	int64_t ms;

	if (s.n == DATE_LEN) {
		(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z",
			       STR_ARG(s));
		return dec_time(str_c(text), ret);
	}
	if (s.n <= SECOND_LEN)
		return OUT_MALFORMED;
	memcpy(text, s.p, SECOND_LEN);
	text[SECOND_LEN] = 'Z';
	text[SECOND_LEN + 1] = '\0';
	if (text[DATE_LEN] == 't' || text[DATE_LEN] == ' ')
		text[DATE_LEN] = 'T';
	if (dec_time(str_c(text), &ms) != 0 || !fraction_take(&rest, &ms) ||
	    !zone_take(rest, &ms))
		return OUT_MALFORMED;
	*ret = ms;
	return 0;
}
