#include "base/clock.h"
#include "door/git/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
run_free(struct source *source)
{
	free(source);
}

void
run_add(struct run *run)
{
	LIST_INSERT_HEAD(&run->desk->runs, run, link);
	run->desk->n_runs++;
	run->seat->n_runs++;
	atomic_fetch_add(&run->desk->running, 1);
}

void
run_remove(struct run *run)
{
	struct desk *d = run->desk;

	LIST_REMOVE(run, link);
	run->source.free = run_free;
	desk_bury(d, &run->source);
	d->n_runs--;
	atomic_fetch_sub(&d->running, 1);
	share_give(&d->programs, &run->place);
	if (run->seat == NULL)
		return;
	run->seat->n_runs--;
	run->seat->idle_ms = d->now_ms;
}

void
run_over(struct run *run)
{
	struct seat *s = run->seat;
	char channel[12], status[12];
	struct str parts[2];

	line_run(run);
	run_remove(run);
	if (s == NULL)
		return;
	(void)snprintf(channel, sizeof(channel), "%u", run->channel);
	(void)snprintf(status, sizeof(status), "%d", run->status);
	parts[0] = str_c(channel);
	parts[1] = str_c(status);
	seat_tell(s, DESK_ENDED, run->channel, parts, 2);
}

/* Its end comes from the kernel alone: only then is it waited for, so that the
 * desk never waits for a program. */
static void
on_run(struct source *source)
{
	struct run *run = (struct run *)source;

	/* The descriptor is git_wait's to close; it leaves the epoll first. */
	desk_unwatch(run->desk, run->child.pidfd, source);
	run->ended = true;
	if (run->push) {
		job_reap(run);
		return;
	}
	run->status = git_wait(run->desk->git, &run->child);
	run_over(run);
}

int
run_watch(struct run *run)
{
	int r;

	run->source.on = on_run;
	r = desk_watch(run->desk, run->child.pidfd, &run->source);
	if (r != 0) {
		git_kill(&run->child);
		(void)git_wait(run->desk->git, &run->child);
	} else if (run->killed) {
		git_kill(&run->child);
	}
	return r;
}

/* One that is being started is killed when it has been. */
static void
run_kill(struct run *run)
{
	if (!run->killed && !run->ended && !run->starting)
		git_kill(&run->child);
	run->killed = true;
}

void
run_orphan(struct seat *s, int64_t kill_at_ms)
{
	struct run *run;

	LIST_FOREACH (run, &s->desk->runs, link) {
		if (run->seat != s)
			continue;
		run->seat = NULL;
		run->kill_at_ms = kill_at_ms;
		if (kill_at_ms <= s->desk->now_ms)
			run_kill(run);
	}
	s->n_runs = 0;
}

void
run_kill_all(struct desk *d)
{
	struct run *run;

	LIST_FOREACH (run, &d->runs, link)
		run_kill(run);
}

static void
cut(struct run *run)
{
	run->cut = true;
	atomic_fetch_add(&run->desk->cut_total, 1);
	run_kill(run);
	if (run->seat != NULL)
		seat_end(run->seat, true);
}

/* Does it only wait for its client, and for long? A push may be prepared for
 * long at the other side: there the session says what is too long. */
static bool
is_silent(struct run *run)
{
	int64_t now = run->desk->now_ms;
	uint64_t ns;

	if (run->push || git_worked(&run->child, &ns) != 0)
		return false;
	if (ns != run->worked_ns) {
		run->worked_ns = ns;
		run->worked_ms = now;
	}
	return now - run->worked_ms >= run->desk->silence_ms;
}

static void
watch(struct run *run)
{
	if (!gate_still(run->desk->core, &run->visitor.visit)) {
		cut(run);
	} else if (is_silent(run)) {
		run->silent = true;
		run_kill(run);
	}
}

void
run_look(struct desk *d)
{
	bool watches = d->now_ms >= d->watch_at_ms;
	struct run *run;

	if (d->n_runs == 0)
		return;
	LIST_FOREACH (run, &d->runs, link) {
		if (run->killed || run->ended)
			continue;
		if (run->kill_at_ms > 0 && d->now_ms >= run->kill_at_ms)
			run_kill(run);
		else if (watches)
			watch(run);
	}
	if (watches)
		d->watch_at_ms = d->now_ms + DESK_WATCH_MS;
}

int64_t
run_look_at(const struct desk *d)
{
	int64_t at = d->watch_at_ms;
	const struct run *run;

	LIST_FOREACH (run, &d->runs, link)
		if (!run->killed && !run->ended && run->kill_at_ms > 0 &&
		    run->kill_at_ms < at)
			at = run->kill_at_ms;
	return at;
}
