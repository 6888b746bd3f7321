#include "ssh/listen.h"

#include "base/clock.h"
#include "base/log.h"

#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

static uint32_t
dice_throw(void)
{
	uint32_t dice;

	return getrandom(&dice, sizeof(dice), 0) == sizeof(dice) ? dice : 0;
}

/* Before the version of the protocol, lines of text are allowed. */
static void
turn_away(const struct guest *g, const char *why)
{
	static const char text[] = "Too many connections from there or "
				   "altogether; try again later.\r\n";

	log_say(LOG_DEBUG, "ssh_shed", "addr=%s why=%s", g->addr, why);
	(void)send(g->fd, text, sizeof(text) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)close(g->fd);
}

static void
enter(struct listener *l, const struct guest *g)
{
	int r = child_start(l, g);

	(void)close(g->fd);
	if (r != 0)
		listen_pause(l, r);
}

static void
waiting_remove(struct listener *l, unsigned i)
{
	l->n_waiting--;
	memmove(&l->waiting[i], &l->waiting[i + 1],
		(l->n_waiting - i) * sizeof(l->waiting[0]));
}

static void
waiting_add(struct listener *l, const struct guest *g)
{
	unsigned unlucky = dice_throw() % SSH_WAITING_MAX;

	if (l->n_waiting == SSH_WAITING_MAX) {
		turn_away(&l->waiting[unlucky], "crowd");
		waiting_remove(l, unlucky);
	}
	l->waiting[l->n_waiting++] = *g;
}

void
guest_arrive(struct listener *l, const struct guest *g)
{
	enum startup verdict = child_judge(l, &g->source, dice_throw());

	if (verdict == STARTUP_FINE)
		enter(l, g);
	else if (verdict == STARTUP_FULL || verdict == STARTUP_PENALTY)
		turn_away(g, startup_word(verdict));
	else
		waiting_add(l, g);
}

static bool
guest_left(const struct guest *g)
{
	struct pollfd p = {g->fd, POLLRDHUP, 0};

	return poll(&p, 1, 0) > 0;
}

/* Who waits longer than anybody may take for a proof is not let in any more. */
static const char *
why_not(const struct listener *l, const struct guest *g)
{
	if (clock_mono() - g->since >= l->conf.grace_s * SECOND_MS)
		return "grace";
	return guest_left(g) ? "left" : NULL;
}

/* One of those who wait: he enters, is turned away, or goes on waiting. */
static enum startup
look_at(struct listener *l, unsigned i)
{
	struct guest g = l->waiting[i];
	const char *why = why_not(l, &g);
	enum startup verdict = STARTUP_PENALTY;

	/* Chance is for who has only come. */
	if (why == NULL)
		verdict = child_judge(l, &g.source, 0);
	if (verdict == STARTUP_FINE) {
		waiting_remove(l, i);
		enter(l, &g);
	} else if (verdict == STARTUP_PENALTY) {
		waiting_remove(l, i);
		turn_away(&g, why != NULL ? why : startup_word(verdict));
	}
	return verdict;
}

void
waiting_turn(struct listener *l)
{
	struct source crowded = {{0}};

	for (unsigned i = l->n_waiting; i-- > 0 && l->listening;) {
		const struct source *source = &l->waiting[i].source;
		enum startup verdict;

		if (source_eq(source, &crowded))
			continue;
		verdict = look_at(l, i);
		if (verdict == STARTUP_SOURCE)
			crowded = l->waiting[i].source;
		else if (verdict != STARTUP_FINE && verdict != STARTUP_PENALTY)
			return; /* there is no place for anybody */
	}
}

void
waiting_drop(struct listener *l)
{
	while (l->n_waiting > 0)
		turn_away(&l->waiting[--l->n_waiting], "end");
}
