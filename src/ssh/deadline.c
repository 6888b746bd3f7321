#include "ssh/deadline.h"

#include "base/clean.h"

enum deadline
deadline_next(const struct deadlines *d, int64_t *ret_at)
{
	int64_t session = d->began + SSH_SESSION_S * SECOND_MS;
	int64_t since = d->moved > d->proved ? d->moved : d->proved;
	enum deadline kind = DEADLINE_GRACE;
	int64_t at = d->began + d->grace_ms;

	if (d->proved != 0) {
		kind = d->running ? DEADLINE_IDLE : DEADLINE_COMMAND;
		at = since + (d->running ? d->idle_ms : d->command_ms);
	}
	*ret_at = at < session ? at : session;
	return at < session ? kind : DEADLINE_SESSION;
}

const char *
deadline_word(enum deadline d)
{
	switch (d) {
	case DEADLINE_GRACE:
		return "grace";
	case DEADLINE_COMMAND:
		return "command";
	case DEADLINE_IDLE:
		return "idle";
	case DEADLINE_SESSION:
		return "session";
	}
	return "";
}
