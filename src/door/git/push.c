#include "door/git/push.h"

#include "base/log.h"
#include "base/packet.h"
#include "wire/desk.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PUSH_ARENA_MAX (24 * MIB)
#define PIECE_MAX      (DESK_PACKET_MAX - 64) /* of lines in one packet */

/* What hooks have asked so far. */
struct push {
	const struct push_ask *ask;
	struct arena arena;
	struct gitrepo repo;
	struct ref_change *all; /* what is to be pushed; by name once judged */
	size_t n;
	struct ref_change *now; /* of the COMMIT that is coming in */
	size_t n_now;
	struct str first_branch; /* to be the main one; empty: leave it */
	struct buf packet, answer;
	bool asked, judged, committed;
};

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

static bool
is_none(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '0')
			return false;
	return true;
}

static int
tell(struct push *p, enum desk_word word, uint32_t number, struct str text)
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

/* One line for people, which git shows behind "remote: ". */
PRINTF(2, 3)
static int
refuse(struct push *p, const char *fmt, ...)
{
	char text[REF_NAME_MAX + 256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return tell(p, DESK_REFUSED, 0, str_c(text));
}

static int
by_name(const void *a, const void *b)
{
	const struct ref_change *x = a, *y = b;

	return str_cmp(x->name, y->name);
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

static bool
is_branch(struct str ref, struct str branch)
{
	return str_starts(ref, STR("refs/heads/")) &&
	       str_eq(str_sub(ref, sizeof("refs/heads/") - 1, SIZE_MAX),
		      branch);
}

/* The first push to an empty repository may bring other branches than the one
 * that was thought of when it was made: the first of them is the main one. */
static void
first_branch(struct push *p)
{
	struct str first = STR_NONE, heads = STR("refs/heads/");

	if (p->repo.pushed_at != 0)
		return;
	for (size_t i = 0; i < p->n; i++) {
		const struct ref_change *c = &p->all[i];

		if (!str_starts(c->name, heads) || is_none(c->now))
			continue;
		if (is_branch(c->name, p->repo.main_branch))
			return;
		if (first.n == 0)
			first = str_sub(c->name, heads.n, SIZE_MAX);
	}
	if (gitrepo_is_branch(first))
		p->first_branch = first;
}

/* 0: may be, *ret_forward: only forward. OUT_DENIED: was refused. */
static int
judge(struct push *p, const struct ref_change *c, bool *ret_forward)
{
	const char *flaw = refname_flaw(c->name);
	enum force_answer may = FORCE_MAY;
	int r = 0;

	*ret_forward = false;
	if (flaw != NULL) {
		r = refuse(p, "%.*s: %s.", STR_ARG(c->name), flaw);
		return r != 0 ? r : OUT_DENIED;
	}
	if (is_none(c->now) && is_branch(c->name, p->repo.main_branch)) {
		r = refuse(p,
			   "%.*s is the main branch: choose another main "
			   "branch before you remove it.",
			   STR_ARG(c->name));
		return r != 0 ? r : OUT_DENIED;
	}
	if (is_none(c->old))
		return 0;
	r = gitrepo_force(p->ask->visit, c->name, &may);
	*ret_forward = r == 0 && may == FORCE_FORWARD_ONLY;
	if (!*ret_forward || !is_none(c->now))
		return r;
	r = refuse(p,
		   "%.*s: you may not remove it, by the rule \"%s\" of this "
		   "repository.",
		   STR_ARG(c->name), force_push_name(p->repo.force_push));
	return r != 0 ? r : OUT_DENIED;
}

/* Yes to all of it, with the names that must move forward only. */
static int
yes(struct push *p, const struct buf *forward)
{
	struct str rest = buf_str(forward);

	while (rest.n > PIECE_MAX) {
		size_t n = PIECE_MAX;
		int r;

		while (rest.p[n - 1] != '\n')
			n--;
		r = tell(p, DESK_YES, 1, str_sub(rest, 0, n));
		if (r != 0)
			return r;
		rest = str_sub(rest, n, SIZE_MAX);
	}
	return tell(p, DESK_YES, 0, rest);
}

static int
failed(struct push *p, const char *event, int r)
{
	if (r < 0)
		log_fail(event, r);
	if (r == OUT_UNPROVEN || r == OUT_DENIED)
		return refuse(p, "the access that began this push has ended.");
	if (r == OUT_BUSY)
		return refuse(p, "the server is busy, try again in a moment.");
	return refuse(p, "the server failed, nothing was changed.");
}

static int
judge_all(struct push *p)
{
	CLEAN(buf_clear) struct buf forward = BUF_INIT;
	const struct visit *v = p->ask->visit;
	int r =
	    gitrepo_by_id(p->ask->core, str_c(v->object), &p->arena, &p->repo);

	if (r != 0)
		return failed(p, "push_judge",
			      r == OUT_ABSENT ? OUT_DENIED : r);
	first_branch(p);
	if (p->n > 0)
		qsort(p->all, p->n, sizeof(*p->all), by_name);
	for (size_t i = 0; i < p->n; i++) {
		bool only = false;

		if (i > 0 && str_eq(p->all[i].name, p->all[i - 1].name))
			return refuse(p, "%.*s is there more than once.",
				      STR_ARG(p->all[i].name));
		r = judge(p, &p->all[i], &only);
		if (r == OUT_DENIED)
			return 0;
		if (r != 0)
			return failed(p, "push_judge", r);
		if (only) {
			buf_addstr(&forward, p->all[i].name);
			buf_addc(&forward, '\n');
		}
	}
	if (buf_err(&forward) != 0)
		return failed(p, "push_judge", buf_err(&forward));
	p->judged = true;
	return yes(p, &forward);
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
		return refuse(p, "more than %d references in one push.",
			      REF_CHANGES_MAX);
	}
	if (r != 0 || m->number != 0)
		return r;
	p->asked = true;
	return judge_all(p);
}

/* Only what was judged, and HEAD, which git names beside the branch that it
 * points to. */
static int
only_judged(struct push *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_now; i++) {
		struct ref_change *c = &p->now[i];
		const struct ref_change *was =
		    p->n == 0
			? NULL
			: bsearch(c, p->all, p->n, sizeof(*p->all), by_name);

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
		if (is_branch(p->now[i].name, branch))
			return true;
	return false;
}

static int
commit(struct push *p)
{
	int r = only_judged(p);

	if (r == OUT_MISMATCH)
		return refuse(p, "this is not what was asked for.");
	if (p->n_now > 0)
		r = gitrepo_push(p->ask->visit, p->now, p->n_now);
	if (r == 0 && p->first_branch.n > 0 && brings(p, p->first_branch))
		adopt_branch(p);
	p->n_now = 0;
	if (r != 0)
		return failed(p, "push_commit", r);
	p->committed = true;
	return tell(p, DESK_YES, 0, STR_NONE);
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
		return p->committed ? 0 : OUT_MALFORMED;
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
	if (p.committed)
		measure(&p);
	free(p.all);
	free(p.now);
	arena_clear(&p.arena);
	buf_clear(&p.packet);
	buf_clear(&p.answer);
}
