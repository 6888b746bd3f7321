#include "ssh/deadline.h"

#include "base/test.h"

#define S SECOND_MS

static void
next_is(struct deadlines d, enum deadline kind, int64_t at, const char *what)
{
	int64_t got = 0;

	is_int(deadline_next(&d, &got), kind, "%s: %s", what,
	       deadline_word(kind));
	is_int(got, at, "%s: when", what);
}

int
main(void)
{
	struct deadlines d = {.grace_ms = SSH_GRACE_S * S,
			      .command_ms = SSH_COMMAND_S * S,
			      .idle_ms = SSH_IDLE_S * S,
			      .began = 100 * S};

	next_is(d, DEADLINE_GRACE, 130 * S, "a stranger");
	d.moved = 129 * S;
	next_is(d, DEADLINE_GRACE, 130 * S, "a stranger who talks");
	d.moved = 0;
	d.proved = 120 * S;
	next_is(d, DEADLINE_COMMAND, 150 * S, "after a proof");
	d.running = true;
	d.moved = 140 * S;
	next_is(d, DEADLINE_IDLE, 740 * S, "while something runs");
	d.moved = 5000 * S;
	next_is(d, DEADLINE_IDLE, 5600 * S, "and moves bytes");
	d.running = false;
	next_is(d, DEADLINE_COMMAND, 5030 * S, "after it has ended");
	d.running = true;
	d.moved = (100 + SSH_SESSION_S - 1) * S;
	next_is(d, DEADLINE_SESSION, (100 + SSH_SESSION_S) * S,
		"however busy it is");
	d = (struct deadlines){.grace_ms = INT64_MAX / 2, .began = S};
	next_is(d, DEADLINE_SESSION, (1 + SSH_SESSION_S) * S,
		"whatever the grace is");
	return done_testing();
}
