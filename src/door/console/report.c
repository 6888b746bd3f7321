#include "base/clock.h"
#include "base/log.h"
#include "door/console/inner.h"

/* Anybody may tell anything here, so the log takes so many lines a minute of
 * all of them together. The minute and the count share a word: nothing waits.
 */
static bool
may_log(struct console *console)
{
	uint64_t minute = (uint64_t)(clock_mono() / MINUTE_MS) + 1;
	uint64_t was = atomic_load(&console->window), now;

	do {
		now = was >> 16 == minute ? was + 1 : minute << 16 | 1;
		if ((now & 0xffff) > CONSOLE_REPORTS_A_MINUTE)
			return false;
	} while (!atomic_compare_exchange_weak(&console->window, &was, now));
	return true;
}

/* The type without its parameters. */
static struct str
type_of(const struct http_req *req)
{
	struct str type = http_field_get(req, "content-type", NULL), head, rest;

	return str_trim(str_cut(type, ';', &head, &rest) ? head : type);
}

int
console_report(struct call *call, struct http_reply *reply)
{
	struct console *console = console_of(call);
	struct report reports[REPORTS_AT_ONCE];
	struct str type = type_of(call->req);
	bool many = str_eq_nocase(type, STR("application/reports+json"));
	size_t n = 0;
	int r;

	if (!many && !str_eq_nocase(type, STR("application/csp-report")))
		return note_set(&call->note, OUT_UNSUPPORTED,
				"reports of browsers are taken here");
	r = reports_read(call->req->body, many, reports, &n, &call->note);
	if (r != 0)
		return r;
	atomic_fetch_add(&console->reports, n);
	for (size_t i = 0; i < n; i++) {
		if (!may_log(console)) {
			call->wait_s = 60;
			return OUT_TOO_MANY;
		}
		log_say(LOG_WARN, "csp", "directive=%s blocked=%s addr=%.*s",
			reports[i].directive, reports[i].blocked,
			STR_ARG(call->addr));
	}
	return reply_empty(reply, 204);
}
