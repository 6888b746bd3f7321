#include "door/git/push_inner.h"

#include "base/log.h"
#include "base/packet.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PUSH_ARENA_MAX (64 * MIB)

void
visitor_set(struct visitor *to, const struct visit *from)
{
	struct str name = from->thing.name;

	to->visit = *from;
	if (name.n >= sizeof(to->name))
		name.n = 0;
	if (name.n > 0)
		memcpy(to->name, name.p, name.n);
	to->name[name.n] = '\0';
	to->visit.thing = (struct thing){.kind = from->thing.kind,
					 .name = {to->name, name.n}};
}

int
push_pair(int ret[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret) == 0
		   ? 0
		   : FAIL(-errno);
}

int
push_rule(struct core *core, struct str id, bool *ret_deny_rewind)
{
	struct arena arena;
	struct gitrepo repo;
	int r;

	arena_init(&arena, 64 * KIB);
	r = gitrepo_by_id(core, id, &arena, &repo);
	if (r == 0)
		*ret_deny_rewind = repo.force_push == FORCE_DENY;
	arena_clear(&arena);
	return r;
}

int
push_tell(struct push *p, enum desk_word word, uint32_t number, struct str text)
{
	struct desk_msg m = {.word = word,
			     .number = number,
			     .n_parts = text.n > 0 ? 1 : 0,
			     .part = {text}};
	int r;

	buf_reset(&p->answer);
	r = desk_write(&m, &p->answer);
	return r != 0 ? FOLD(r)
		      : packet_send(p->ask->fd, buf_str(&p->answer), NULL, 0);
}

int
push_refuse(struct push *p, const char *fmt, ...)
{
	char text[REF_NAME_MAX + 256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return push_tell(p, DESK_REFUSED, 0, str_c(text));
}

/* The lines of one packet behind those that came before. */
static int
lines_add(struct push *p, struct str lines, struct ref_change **all, size_t *n)
{
	struct desk_ref ref;
	int r;

	if (*all == NULL)
		*all = calloc(REF_CHANGES_MAX, sizeof(**all));
	if (*all == NULL)
		return FAIL(-ENOMEM);
	while ((r = desk_ref_next(&lines, &ref)) == 0) {
		struct ref_change *c = &(*all)[*n];

		if (*n == REF_CHANGES_MAX)
			return OUT_TOO_MANY;
		c->name = arena_str(&p->arena, ref.name);
		c->old = arena_str(&p->arena, ref.old);
		c->now = arena_str(&p->arena, ref.now);
		if (c->name.p == NULL || c->old.p == NULL || c->now.p == NULL)
			return FAIL(-ENOMEM);
		++*n;
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
push_failed(struct push *p, const char *event, int r)
{
	if (r < 0)
		log_fail(event, r);
	if (r == OUT_UNPROVEN || r == OUT_DENIED)
		return push_refuse(
		    p, "the access that began this push has ended.");
	if (r == OUT_BUSY)
		return push_refuse(
		    p, "the server is busy, try again in a moment.");
	return push_refuse(p, "the server failed, nothing was changed.");
}

static struct str
lines_of(const struct desk_msg *m)
{
	return m->n_parts > 0 ? m->part[0] : STR_NONE;
}

static int
hear_push(struct push *p, const struct desk_msg *m)
{
	int r;

	if (p->asked)
		return OUT_MALFORMED;
	r = lines_add(p, lines_of(m), &p->all, &p->n);
	if (r == OUT_TOO_MANY) {
		p->asked = true;
		return push_refuse(p, "more than %d references in one push.",
				   REF_CHANGES_MAX);
	}
	if (r != 0 || m->number != 0)
		return r;
	p->asked = true;
	return push_judge(p);
}

/* Of what was judged; NULL: it was not. */
static const struct ref_change *
judged(const struct push *p, struct str name)
{
	struct ref_change key = {.name = name};

	return p->n == 0
		   ? NULL
		   : bsearch(&key, p->all, p->n, sizeof(*p->all), push_by_name);
}

/* Only what was judged, and HEAD, which git names beside the branch that it
 * points to. */
static int
only_judged(struct push *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_now; i++) {
		struct ref_change *c = &p->now[i];
		const struct ref_change *was = judged(p, c->name);

		if (str_eq(c->name, STR("HEAD")))
			continue;
		if (was == NULL || !str_eq(was->now, c->now))
			return OUT_MISMATCH;
		p->now[n++] = *was;
	}
	p->n_now = n;
	return 0;
}

/* HEAD first, so that it never names less than the row. The push does not
 * depend on it: people can choose a main branch at any time. */
static void
adopt_branch(struct push *p)
{
	const struct visit *v = p->ask->visit;
	struct gitrepo_change change = {.main_branch = p->first_branch};
	struct visit own = {.core = v->core,
			    .verb = VERB_GIT_UPDATE,
			    .thing = v->thing,
			    .at = v->at};
	struct note note = {""};
	int r;

	/* Of this program, since a writer may not; the trail has whose push it
	 * was. */
	memcpy(own.who.identity, v->who.identity, sizeof(own.who.identity));
	memcpy(own.who.addr, v->who.addr, sizeof(own.who.addr));
	memcpy(own.account, v->account, sizeof(own.account));
	memcpy(own.object, v->object, sizeof(own.object));
	r = git_set_head(p->ask->git, str_c(v->object), p->first_branch);
	if (r == 0)
		r = gitrepo_update(&own, str_c(v->object), &change, &note);
	if (r != 0)
		log_say(LOG_WARN, "first_branch", "repo=%s why=%s", v->object,
			r < 0 ? fail_place() : out_text(r));
	p->first_branch = STR_NONE;
}

static bool
brings(const struct push *p, struct str branch)
{
	for (size_t i = 0; i < p->n_now; i++)
		if (push_is_branch(p->now[i].name, branch))
			return true;
	return false;
}

static int
commit(struct push *p)
{
	int r = only_judged(p);

	if (r == OUT_MISMATCH)
		return push_refuse(p, "this is not what was asked for.");
	if (p->n_now > 0)
		r = gitrepo_push(p->ask->visit, p->now, p->n_now);
	if (r == 0 && p->first_branch.n > 0 && brings(p, p->first_branch))
		adopt_branch(p);
	for (size_t i = 0; r == 0 && i < p->n_now; i++)
		p->open[judged(p, p->now[i].name) - p->all] = true;
	p->n_now = 0;
	if (r != 0)
		return push_failed(p, "push_commit", r);
	p->committed = true;
	return push_tell(p, DESK_YES, 0, STR_NONE);
}

static int
hear_commit(struct push *p, const struct desk_msg *m)
{
	int r;

	if (!p->judged)
		return OUT_MALFORMED;
	r = lines_add(p, lines_of(m), &p->now, &p->n_now);
	return r != 0 || m->number != 0 ? r : commit(p);
}

static int
hear_done(struct push *p, const struct desk_msg *m)
{
	struct str lines = lines_of(m);
	struct desk_ref ref;
	int r = p->committed ? 0 : OUT_MALFORMED;

	while (r == 0) {
		const struct ref_change *c;

		r = desk_ref_next(&lines, &ref);
		c = r == 0 ? judged(p, ref.name) : NULL;
		if (c != NULL)
			p->open[c - p->all] = false;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
hear(struct push *p)
{
	struct desk_msg m;
	size_t n = 0;
	int r =
	    packet_recv(p->ask->fd, &p->packet, DESK_PACKET_MAX, NULL, 0, &n);

	if (r == 0)
		r = desk_read(buf_str(&p->packet), &m);
	if (r != 0)
		return r;
	if (m.n_parts > 1)
		return OUT_MALFORMED;
	switch ((int)m.word) {
	case DESK_PUSH:
		return hear_push(p, &m);
	case DESK_COMMIT:
		return hear_commit(p, &m);
	case DESK_DONE:
		return hear_done(p, &m);
	default:
		return OUT_MALFORMED;
	}
}

static void
measure(struct push *p)
{
	struct str id = str_c(p->ask->visit->object);
	int64_t size = 0;
	int r = git_size(p->ask->git, id, &size);

	if (r == 0)
		r = gitrepo_pushed(p->ask->core, id, size);
	if (r < 0)
		log_fail("push_measure", r);
}

/* git failed behind a COMMIT, or was killed: what the trail says of these was
 * to be and may not be. */
static void
doubt(struct push *p)
{
	size_t n = 0;
	int r;

	for (size_t i = 0; i < p->n; i++)
		if (p->open[i])
			p->all[n++] = p->all[i];
	if (n == 0)
		return;
	r = gitrepo_push_unconfirmed(p->ask->visit, p->all, n);
	if (r < 0)
		log_fail("push_unconfirmed", r);
	log_say(LOG_WARN, "push", "repo=%s why=unconfirmed refs=%zu%s",
		p->ask->visit->object, n, r != 0 ? " trail=without" : "");
}

void
push_serve(const struct push_ask *ask)
{
	struct push p = {.ask = ask, .packet = BUF_INIT, .answer = BUF_INIT};
	int r;

	arena_init(&p.arena, PUSH_ARENA_MAX);
	do
		r = hear(&p);
	while (r == 0);
	/* The hooks find nobody and refuse. */
	(void)close(ask->fd);
	if (r < 0)
		log_fail("push", r);
	else if (r != OUT_ABSENT)
		log_say(LOG_ERROR, "push", "repo=%s why=%s", ask->visit->object,
			out_text(r));
	if (p.committed) {
		doubt(&p);
		measure(&p);
	}
	free(p.all);
	free(p.open);
	free(p.now);
	arena_clear(&p.arena);
	buf_clear(&p.packet);
	buf_clear(&p.answer);
}
