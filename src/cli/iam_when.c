/* When credentials end: what people look for in a list of them. */
#include "cli/git.h"
#include "cli/iam.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define IAM_LEN	   21 /* 2019-02-01T19:06+0000 */
#define MINUTE_LEN 16
#define MS_LEN	   24 /* 2019-02-01T19:06:02.123Z */
#define SECOND_LEN 19

int
iam_time_read(struct str s, int64_t *ret_ms)
{
	char text[32];

	if (s.n == IAM_LEN && str_ends(s, STR("+0000")))
		(void)snprintf(text, sizeof(text), "%.*s:00Z", MINUTE_LEN, s.p);
	else if (s.n == MS_LEN && s.p[SECOND_LEN] == '.' &&
		 str_ends(s, STR("Z")))
		(void)snprintf(text, sizeof(text), "%.*sZ", SECOND_LEN, s.p);
	else
		return dec_time(s, ret_ms);
	return dec_time(str_c(text), ret_ms);
}

void
left_text(int64_t ms, char ret[LEFT_ROOM])
{
	int64_t left = ms - clock_now();
	unsigned long n;

	if (ms == 0) {
		(void)snprintf(ret, LEFT_ROOM, "%s", _("never"));
	} else if (left <= 0) {
		(void)snprintf(ret, LEFT_ROOM, "%s", _("expired"));
	} else if (left < HOUR_MS) {
		n = (unsigned long)((left + MINUTE_MS - 1) / MINUTE_MS);
		(void)snprintf(ret, LEFT_ROOM,
			       ngettext("in %lu minute", "in %lu minutes", n),
			       n);
	} else if (left < 2 * DAY_MS) {
		n = (unsigned long)(left / HOUR_MS);
		(void)snprintf(ret, LEFT_ROOM,
			       ngettext("in %lu hour", "in %lu hours", n), n);
	} else {
		n = (unsigned long)(left / DAY_MS);
		(void)snprintf(ret, LEFT_ROOM,
			       ngettext("in %lu day", "in %lu days", n), n);
	}
}

void
left_member(const struct json *j, const char *name, char ret[LEFT_ROOM])
{
	struct str text = json_text(j, name);
	int64_t ms = 0;

	if (text.n > 0 && iam_time_read(text, &ms) != 0)
		(void)snprintf(ret, LEFT_ROOM, "%.*s",
			       text.n < LEFT_ROOM ? (int)text.n : 0, text.p);
	else
		left_text(ms, ret);
}

int
iam_time_write(const char *given, struct buf *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	char whole[32];
	int64_t ms;
	int r = when_read(given, &text, note);

	if (r == 0)
		r = dec_time(buf_str(&text), &ms);
	if (r != 0)
		return r;
	enc_time_iam((ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS, whole);
	return buf_adds(ret, whole);
}
