/*
 * The operator's lines: one for each program that ran or was refused, and one
 * for each connection, beside those of HTTP.
 */
#include "base/log.h"
#include "door/git/inner.h"

void
line_run(const struct run *run)
{
	const struct subject *who = &run->visitor.visit.who;

	log_say(LOG_INFO, "git",
		"service=%s repo=%s id=%s who=%s:%s addr=%s status=%d%s "
		"ms=%lld",
		git_service_name(run->service), run->name,
		run->visitor.visit.object, cred_kind_name(who->cred),
		who->cred_id, who->addr, run->status,
		run->cut      ? " why=revoked"
		: run->silent ? " why=silent"
		: run->killed ? " why=killed"
			      : "",
		(long long)(run->desk->now_ms - run->began_ms));
}

/* What is wrong with the server or its disk is not the client's doing. */
static enum log_level
level_of(int r)
{
	if (r < 0 || r == OUT_ABSENT || r == OUT_MISMATCH)
		return LOG_ERROR;
	return r == OUT_BUSY ? LOG_WARN : LOG_INFO;
}

void
line_refused(enum git_service service, const char *name, const char *id,
	     const struct subject *who, int r)
{
	if (r < 0)
		log_fail("git_start", r);
	log_say(level_of(r), "git",
		"service=%s repo=%s id=%s who=%s:%s addr=%s status=refused "
		"why=\"%s\"",
		git_service_name(service), name, id, cred_kind_name(who->cred),
		who->cred_id, who->addr, out_text(r));
}

/* Who looks in and shows nothing is heard of only when somebody debugs: on the
 * open net they are many. */
void
line_seat(const struct seat *s)
{
	bool refused = !s->proven && s->refused > 0;

	log_say(s->proven || refused ? LOG_INFO : LOG_DEBUG, "ssh",
		"login=%s who=%s:%s addr=%s%s%s keys=%u runs=%u ms=%lld",
		s->proven ? "accepted"
		: refused ? "refused"
			  : "none",
		s->proven ? cred_kind_name(s->who.cred) : "",
		s->proven ? s->who.cred_id : "", s->addr,
		refused ? " key=" : "", refused ? s->print : "", s->offers,
		s->runs, (long long)(s->desk->now_ms - s->began_ms));
}
