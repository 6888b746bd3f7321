/*
 * What a session asks to have run: whether it may, and in which words not.
 */
#include "door/git/inner.h"

#include <errno.h>
#include <fcntl.h>
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
refuse_out(struct seat *s, uint32_t channel, enum git_service service,
	   const char *name, const struct visit *visit, int r)
{
	bool found = visit != NULL;

	line_refused(service, name, found ? visit->object : "",
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

/* The program of a push, off the desk's thread: what a killed push has left may
 * have to be swept up first. *ret_hooks: where its hooks are to be answered. */
int
run_start_push(struct run *run, int *ret_hooks)
{
	struct git_ask ask = {.service = run->service,
			      .id = str_c(run->visitor.visit.object),
			      .protocol = str_c(run->protocol),
			      .in = run->fds[0],
			      .out = run->fds[1],
			      .err = run->fds[2]};
	int pair[2];
	int r = push_rule(run->desk->core, ask.id, &ask.deny_rewind);

	if (r == 0)
		r = push_pair(pair);
	if (r == 0) {
		ask.desk = pair[0];
		r = git_start(run->desk->git, &ask, &run->child);
		(void)close(pair[0]);
		if (r == 0)
			*ret_hooks = pair[1];
		else
			(void)close(pair[1]);
	}
	for (size_t i = 0; i < nitems(run->fds); i++) {
		(void)close(run->fds[i]);
		run->fds[i] = -1;
	}
	return r;
}

/* When it has begun, run->error is the job's to say, and may have been said. */
static int
begin_push(struct run *run, const int *fds)
{
	int r = 0;

	for (size_t i = 0; i < nitems(run->fds) && r == 0; i++) {
		run->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (run->fds[i] < 0)
			r = FAIL(-errno);
	}
	if (r == 0)
		r = job_push(run);
	run->starting = r == 0;
	for (size_t i = 0; i < nitems(run->fds) && r != 0; i++)
		if (run->fds[i] >= 0)
			(void)close(run->fds[i]);
	return r;
}

static int
begin_read(struct run *run, const int *fds)
{
	struct git_ask ask = {.service = run->service,
			      .id = str_c(run->visitor.visit.object),
			      .protocol = str_c(run->protocol),
			      .in = fds[0],
			      .out = fds[1],
			      .err = fds[2],
			      .desk = -1};

	return git_start(run->desk->git, &ask, &run->child);
}

static void
settle(struct desk *d, const struct visit *visit)
{
	uint64_t id;

	if (visit->settle &&
	    str_u64(str_c(visit->who.cred_id), INT64_MAX, &id) == 0)
		job_settle(d, (int64_t)id);
}

void
run_begun(struct run *run)
{
	const struct visit *visit = &run->visitor.visit;
	struct seat *s = run->seat;
	int r = run->error;

	run->starting = false;
	if (r == 0)
		r = run_watch(run);
	if (r != 0) {
		run_remove(run);
		if (s != NULL)
			refuse_out(s, run->channel, run->service, run->name,
				   visit, r);
		return;
	}
	atomic_fetch_add(&run->desk->runs_total, 1);
	settle(run->desk, visit);
	if (s == NULL)
		return;
	s->runs++;
	seat_tell(s, DESK_STARTED, run->channel, NULL, 0);
}

static struct run *
run_new(struct seat *s, uint32_t channel, const struct asked *a,
	const struct visit *visit)
{
	struct run *run = calloc(1, sizeof(*run));

	if (run == NULL)
		return NULL;
	run->desk = s->desk;
	run->seat = s;
	run->channel = channel;
	run->push = a->service == GIT_RECEIVE_PACK;
	run->service = a->service;
	run->began_ms = run->worked_ms = s->desk->now_ms;
	run->child.pidfd = -1;
	for (size_t i = 0; i < nitems(run->fds); i++)
		run->fds[i] = -1;
	(void)snprintf(run->name, sizeof(run->name), "%s", a->name);
	(void)snprintf(run->protocol, sizeof(run->protocol), "%.*s",
		       STR_ARG(a->protocol));
	visitor_set(&run->visitor, visit);
	return run;
}

static void
begin(struct seat *s, uint32_t channel, const struct asked *a, const int *fds,
      const struct visit *visit)
{
	struct run *run = run_new(s, channel, a, visit);
	int r;

	if (run == NULL) {
		refuse_out(s, channel, a->service, a->name, visit, -ENOMEM);
		return;
	}
	run_add(run);
	r = share_take(&s->desk->programs, &s->who, visit->account,
		       &run->place);
	if (r == 0)
		r = run->push ? begin_push(run, fds) : begin_read(run, fds);
	if (run->starting)
		return;
	run->error = r;
	run_begun(run);
}

static bool
channel_used(const struct seat *s, uint32_t channel)
{
	const struct run *run;

	LIST_FOREACH (run, &s->desk->runs, link)
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
		refuse_out(s, m->number, a.service, a.name, NULL, r);
	return 0;
}
