/* Times: the server's as people read them, and people's as the server does. */
#include "cli/git.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define SECOND_LEN 19 /* 2026-11-21T10:20:30 */
#define DATE_LEN   10
#define SPAN_MAX   36500 /* of each unit */

struct str
when_text(struct str s, char ret[32])
{
	if (s.n == 0)
		return str_c(_("never"));
	if (s.n < SECOND_LEN || !str_printable(s))
		return s;
	memcpy(ret, s.p, SECOND_LEN);
	ret[SECOND_LEN] = 'Z';
	ret[SECOND_LEN + 1] = '\0';
	return str_c(ret);
}

struct str
when_end(struct str s, char ret[32])
{
	struct str text = when_text(s, ret);
	int64_t at;

	if (text.p != ret || dec_time(text, &at) != 0 || at > clock_now())
		return text;
	(void)snprintf(ret + text.n, 32 - text.n, " %s", _("(over)"));
	return str_c(ret);
}

/* "30d" */
static bool
span_read(struct str s, int64_t *ret)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {
	    {'m', MINUTE_MS}, {'h', HOUR_MS}, {'d', DAY_MS}, {'w', 7 * DAY_MS}};
	uint64_t n;

	if (s.n < 2 || str_u64(str_sub(s, 0, s.n - 1), SPAN_MAX, &n) != 0 ||
	    n == 0)
		return false;
	for (size_t i = 0; i < nitems(units); i++)
		if (units[i].unit == s.p[s.n - 1]) {
			*ret = (int64_t)n * units[i].ms;
			return true;
		}
	return false;
}

int
when_span(struct cli *cli, const char *given, int64_t *ret_s)
{
	int64_t ms;

	if (!span_read(str_c(given), &ms))
		return usage_set(cli,
				 _("'%.40s' is no length of time: 30m, 24h and "
				   "7d are"),
				 str_is_text(str_c(given)) ? given : "?");
	*ret_s = ms / SECOND_MS;
	return 0;
}

/* A day, for its first moment (UTC). */
static bool
date_read(struct str s, int64_t *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	if (s.n != DATE_LEN)
		return false;
	(void)buf_addf(&text, "%.*sT00:00:00Z", STR_ARG(s));
	return dec_time(buf_str(&text), ret) == 0;
}

int
when_read(const char *given, struct buf *ret, struct note *note)
{
	struct str s = str_c(given);
	char text[32];
	int64_t ms;

	if (span_read(s, &ms))
		ms += clock_now();
	else if (!date_read(s, &ms) && dec_time(s, &ms) != 0)
		return note_set(
		    note, OUT_MALFORMED,
		    _("'%.40s' is no time: 30d, 12h, 2026-12-31 and "
		      "2026-12-31T08:00:00Z are"),
		    str_is_text(s) ? given : "?");
	if (ms <= clock_now())
		return note_set(note, OUT_MALFORMED, _("%.40s is over already"),
				given);
	enc_time(ms, text);
	return buf_adds(ret, text);
}
