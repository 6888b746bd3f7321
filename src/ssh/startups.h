/*
 * Who gets a process while many connections have proved nothing yet, much as
 * OpenSSH's MaxStartups: from a number on it is a matter of chance, so that a
 * flood does not keep out everybody else, and one source gets a share only. The
 * others wait (wait.c).
 */
#ifndef SSH_STARTUPS_H
#define SSH_STARTUPS_H

#include "ssh/ssh.h"

struct startups {
	unsigned unproven, source; /* connections without a proof: all, of this
				      source */
	unsigned sessions;         /* all connections */
	unsigned unproven_max, sessions_max;
};
enum startup {
	STARTUP_FINE,
	STARTUP_SOURCE, /* too many of this source */
	STARTUP_EARLY,  /* bad luck */
	STARTUP_CROWD,  /* too many that have proved nothing */
	STARTUP_FULL,   /* too many altogether */
	STARTUP_PENALTY /* has to stay out for a while */
};

/* dice: any number, even over its range. */
enum startup startups_judge(const struct startups *, uint32_t dice);
/* One word for the log. */
const char *startup_word(enum startup);

#endif
