#include "ssh/startups.h"

#define EARLY_PERCENT 30 /* have to wait where chance begins */

/* Where chance begins when the most is not the usual one. */
static unsigned
early_of(unsigned max)
{
	return (unsigned)((uint64_t)max * SSH_UNPROVEN_EARLY /
			  SSH_UNPROVEN_MAX);
}

enum startup
startups_judge(const struct startups *s, uint32_t dice)
{
	unsigned early = early_of(s->unproven_max), percent;

	if (s->sessions >= s->sessions_max)
		return STARTUP_FULL;
	if (s->source >= SSH_UNPROVEN_SOURCE_MAX)
		return STARTUP_SOURCE;
	if (s->unproven >= s->unproven_max)
		return STARTUP_CROWD;
	if (s->unproven < early)
		return STARTUP_FINE;
	percent = EARLY_PERCENT + (100 - EARLY_PERCENT) *
				      (s->unproven - early) /
				      (s->unproven_max - early);
	return dice % 100 < percent ? STARTUP_EARLY : STARTUP_FINE;
}

const char *
startup_word(enum startup s)
{
	switch (s) {
	case STARTUP_FINE:
		return "fine";
	case STARTUP_SOURCE:
		return "source";
	case STARTUP_EARLY:
		return "early";
	case STARTUP_CROWD:
		return "crowd";
	case STARTUP_FULL:
		return "full";
	case STARTUP_PENALTY:
		return "penalty";
	}
	return "";
}
