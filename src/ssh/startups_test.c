#include "ssh/startups.h"

#include "base/test.h"

/* Of 100 even dice, how many are let in? */
static unsigned
let_in(struct startups s)
{
	unsigned n = 0;

	for (uint32_t dice = 0; dice < 100; dice++)
		n += startups_judge(&s, dice) == STARTUP_FINE ? 1 : 0;
	return n;
}

int
main(void)
{
	struct startups s = {.unproven_max = SSH_UNPROVEN_MAX,
			     .sessions_max = SSH_SESSIONS_MAX};

	is_int(let_in(s), 100, "an empty house has room");
	s.unproven = SSH_UNPROVEN_EARLY - 1;
	is_int(let_in(s), 100, "just below where chance begins");
	s.unproven = SSH_UNPROVEN_EARLY;
	is_int(let_in(s), 70, "where it begins");
	s.unproven = (SSH_UNPROVEN_EARLY + SSH_UNPROVEN_MAX) / 2;
	is_int(let_in(s), 35, "half way");
	s.unproven = SSH_UNPROVEN_MAX - 1;
	is_int(let_in(s), 4, "just below the most");
	s.unproven = SSH_UNPROVEN_MAX;
	is_int(let_in(s), 0, "at the most");
	is_int(startups_judge(&s, 99), STARTUP_CROWD, "and says so");

	s.unproven = SSH_UNPROVEN_SOURCE_MAX;
	s.source = SSH_UNPROVEN_SOURCE_MAX - 1;
	is_int(startups_judge(&s, 0), STARTUP_FINE, "a source's last place");
	s.source = SSH_UNPROVEN_SOURCE_MAX;
	is_int(startups_judge(&s, 0), STARTUP_SOURCE, "one more");

	s.source = s.unproven = 0;
	s.sessions = SSH_SESSIONS_MAX - 1;
	is_int(startups_judge(&s, 0), STARTUP_FINE, "the last session");
	s.sessions = SSH_SESSIONS_MAX;
	is_int(startups_judge(&s, 99), STARTUP_FULL, "one more");

	s = (struct startups){
	    .unproven = 1, .unproven_max = 2, .sessions_max = 4};
	is_int(let_in(s), 70, "small limits have it in proportion");
	s = (struct startups){.unproven_max = 1, .sessions_max = 1};
	is_int(let_in(s), 70, "even one");
	return done_testing();
}
