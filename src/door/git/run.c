#include "base/clock.h"
#include "door/git/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a RUN asks for, in words that were looked at. */
struct asked {
	enum git_service service;
	struct str protocol;
	struct gitcmd at;
	char name[RUN_NAME_MAX + 1];
};

static bool
service_parse(struct str name, enum git_service *ret)
{
	for (int i = 0; i < GIT_SERVICES; i++) {
		if (!str_eq(name, str_c(git_service_name((enum git_service)i))))
			continue;
		*ret = (enum git_service)i;
		return true;
	}
	return false;
}

/* Named like nothing that can exist: the gate refuses it as it refuses what
 * does not, and the trail has it. */
#define NOTHING "/"

static int
asked_read(const struct desk_msg *m, struct asked *ret)
{
	struct str account = m->part[1], repo = m->part[2];
	int n;

	if (!service_parse(m->part[0], &ret->service) ||
	    account.n > GITCMD_NAME_MAX || repo.n > GITCMD_NAME_MAX)
		return OUT_MALFORMED;
	ret->protocol = m->part[3];
	if (ret->protocol.n > 0 && !gitcmd_is_protocol(ret->protocol))
		return OUT_MALFORMED;
	if (account.n == 0 && repo.n == 0) {
		(void)snprintf(ret->name, sizeof(ret->name), NOTHING);
		return 0;
	}
	n = snprintf(ret->name, sizeof(ret->name), "%.*s/%.*s",
		     STR_ARG(account), STR_ARG(repo));
	if ((size_t)n != account.n + 1 + repo.n ||
	    gitcmd_path(str_c(ret->name), &ret->at) != 0)
		return OUT_MALFORMED;
	(void)snprintf(ret->name, sizeof(ret->name), "%s/%s", ret->at.account,
		       ret->at.repo);
	return 0;
}

static void
run_free(struct source *source)
{
	free(source);
}

void
run_over(struct run *run)
{
	struct desk *d = run->desk;
	struct seat *s = run->seat;
	char channel[12], status[12];
	struct str parts[2];

	line_run(run);
	LIST_REMOVE(run, link);
	desk_bury(d, &run->source);
	d->n_runs--;
	atomic_fetch_sub(&d->running, 1);
	if (s == NULL)
		return;
	s->n_runs--;
	s->idle_ms = d->now_ms;
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

static void
run_kill(struct run *run)
{
	if (!run->killed && !run->ended)
		git_kill(&run->child);
	run->killed = true;
}

void
run_orphan(struct seat *s, int64_t kill_at_ms)
{
	struct run *run;

	LIST_FOREACH(run, &s->desk->runs, link)
	{
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

	LIST_FOREACH(run, &d->runs, link)
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

void
run_look(struct desk *d)
{
	bool watch = d->now_ms >= d->watch_at_ms;
	struct run *run;

	if (d->n_runs == 0)
		return;
	LIST_FOREACH(run, &d->runs, link)
	{
		if (run->kill_at_ms > 0 && d->now_ms >= run->kill_at_ms)
			run_kill(run);
		if (watch && !run->killed &&
		    !gate_still(d->core, &run->visitor.visit))
			cut(run);
	}
	if (watch)
		d->watch_at_ms = d->now_ms + DESK_WATCH_MS;
}

static void
refuse(struct seat *s, uint32_t channel, struct str why)
{
	atomic_fetch_add(&s->desk->refused_total, 1);
	seat_text(s, DESK_REFUSED, channel, why);
}

/* What does not exist and what is not for them look alike; who may read is
 * told that this is all. */
static void
refuse_denied(struct seat *s, uint32_t channel, const struct asked *a,
	      const struct subject *who)
{
	struct thing thing = {.kind = THING_GITREPO, .name = str_c(a->name)};
	bool machine = who->cred == CRED_ACCESS_KEY;
	bool reads = a->service == GIT_RECEIVE_PACK &&
		     gate_may(s->desk->core, who, VERB_GIT_READ, &thing);
	char text[256];

	line_refused(a->service, a->name, "", who, OUT_DENIED);
	if (machine && reads)
		(void)snprintf(text, sizeof(text),
			       "repository access denied. access via a "
			       "deployment key is read-only.");
	else if (machine)
		(void)snprintf(text, sizeof(text),
			       "repository access denied. deployment key is "
			       "not associated with the requested repository.");
	else if (reads)
		(void)snprintf(text, sizeof(text),
			       "repository access denied. you may read '%s', "
			       "but not push to it.",
			       a->name);
	else if (strcmp(a->name, NOTHING) == 0)
		(void)snprintf(text, sizeof(text),
			       "that repository does not exist or you have no "
			       "access to it.");
	else
		(void)snprintf(text, sizeof(text),
			       "repository '%s' does not exist or you have no "
			       "access to it.",
			       a->name);
	refuse(s, channel, str_c(text));
}

/* Any other outcome of the gate or of git_start. */
static void
refuse_out(struct seat *s, uint32_t channel, const struct asked *a,
	   const struct visit *visit, int r)
{
	bool found = visit != NULL;

	line_refused(a->service, a->name, found ? visit->object : "",
		     found ? &visit->who : &s->who, r);
	if (r == OUT_UNPROVEN || r == OUT_EXPIRED)
		refuse(s, channel,
		       STR("repository access denied. this key opens nothing "
			   "any more."));
	else if (r == OUT_BUSY)
		refuse(s, channel,
		       STR("the server is busy, try again in a moment."));
	else if (r == OUT_ABSENT || r == OUT_MISMATCH)
		refuse(s, channel,
		       STR("the files of this repository cannot be used: ask "
			   "who runs this server."));
	else
		refuse(s, channel, STR("the server failed, try again later."));
}

/* The program, and for a push the thread that answers its hooks. */
static int
start(struct seat *s, const struct asked *a, const int *fds, struct run *run)
{
	struct git_ask ask = {.service = a->service,
			      .id = str_c(run->visitor.visit.object),
			      .protocol = a->protocol,
			      .in = fds[0],
			      .out = fds[1],
			      .err = fds[2],
			      .desk = -1};
	bool push = a->service == GIT_RECEIVE_PACK;
	int pair[2] = {-1, -1}, r = 0;

	if (push)
		r = push_rule(s->desk->core, ask.id, &ask.deny_rewind);
	if (r == 0 && push)
		r = push_pair(pair);
	if (r != 0)
		return r;
	ask.desk = pair[0];
	r = git_start(s->desk->git, &ask, &run->child);
	if (push)
		(void)close(pair[0]);
	if (r != 0) {
		if (push)
			(void)close(pair[1]);
		return r;
	}
	if (push)
		r = job_push(s->desk, &run->visitor, pair[1]);
	if (r == 0)
		r = desk_watch(s->desk, run->child.pidfd, &run->source);
	if (r != 0) {
		git_kill(&run->child);
		(void)git_wait(s->desk->git, &run->child);
	}
	return r;
}

static void
settle(struct desk *d, const struct visit *visit)
{
	uint64_t id;

	if (visit->settle &&
	    str_u64(str_c(visit->who.cred_id), INT64_MAX, &id) == 0)
		job_settle(d, (int64_t)id);
}

static void
begin(struct seat *s, uint32_t channel, const struct asked *a, const int *fds,
      const struct visit *visit)
{
	struct desk *d = s->desk;
	struct run *run = calloc(1, sizeof(*run));
	int r = run == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		run->source.on = on_run;
		run->source.free = run_free;
		run->desk = d;
		run->seat = s;
		run->channel = channel;
		run->push = a->service == GIT_RECEIVE_PACK;
		run->service = a->service;
		run->began_ms = d->now_ms;
		(void)snprintf(run->name, sizeof(run->name), "%s", a->name);
		visitor_set(&run->visitor, visit);
		r = start(s, a, fds, run);
	}
	if (r != 0) {
		free(run);
		refuse_out(s, channel, a, visit, r);
		return;
	}
	LIST_INSERT_HEAD(&d->runs, run, link);
	d->n_runs++;
	s->n_runs++;
	s->runs++;
	atomic_fetch_add(&d->runs_total, 1);
	atomic_fetch_add(&d->running, 1);
	settle(d, visit);
	seat_tell(s, DESK_STARTED, channel, NULL, 0);
}

static bool
channel_used(const struct seat *s, uint32_t channel)
{
	const struct run *run;

	LIST_FOREACH(run, &s->desk->runs, link)
	if (run->seat == s && run->channel == channel)
		return true;
	return false;
}

int
run_begin(struct seat *s, const struct desk_msg *m, const int *fds)
{
	struct desk *d = s->desk;
	struct proof proof = seat_proof(s);
	struct asked a;
	struct thing thing = {.kind = THING_GITREPO};
	struct visit visit;
	enum verb verb;
	int r = asked_read(m, &a);

	if (r != 0 || s->n_runs >= DESK_CHANNELS_MAX ||
	    channel_used(s, m->number))
		return OUT_MALFORMED;
	if (desk_phase(d) != DESK_RUNS) {
		refuse(s, m->number, STR("the server is stopping."));
		return 0;
	}
	thing.name = str_c(a.name);
	verb = a.service == GIT_RECEIVE_PACK ? VERB_GIT_PUSH : VERB_GIT_READ;
	r = gate_pass(d->core, &proof, verb, &thing, &visit);
	if (r == 0)
		begin(s, m->number, &a, fds, &visit);
	else if (r == OUT_DENIED)
		refuse_denied(s, m->number, &a, &visit.who);
	else
		refuse_out(s, m->number, &a, NULL, r);
	return 0;
}
