/*
 * What may be pushed where: names, the main branch, and the repository's rule
 * for what does not move forward.
 */
#include "door/git/push_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_MAX (DESK_PACKET_MAX - 64) /* of lines in one packet */

int
push_by_name(const void *a, const void *b)
{
	const struct ref_change *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static bool
is_none(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] != '0')
			return false;
	return true;
}

bool
push_is_branch(struct str ref, struct str branch)
{
	return str_starts(ref, STR("refs/heads/")) &&
	       str_eq(str_sub(ref, sizeof("refs/heads/") - 1, SIZE_MAX),
		      branch);
}

/* The first push to an empty repository may bring other branches than the one
 * that was thought of when it was made: then one of them is the main one. Which
 * comes first is git's order and not people's, so that a usual name wins. */
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
		if (push_is_branch(c->name, p->repo.main_branch))
			return;
		if (first.n == 0 || push_is_branch(c->name, STR("main")) ||
		    push_is_branch(c->name, STR("master")))
			first = str_sub(c->name, heads.n, SIZE_MAX);
	}
	if (gitrepo_is_branch(first))
		p->first_branch = first;
}

/* 0: may be, *ret_forward: only forward. OUT_CONFLICT: was refused. */
static int
judge(struct push *p, const struct ref_change *c, bool *ret_forward)
{
	const char *flaw = refname_flaw(c->name);
	enum force_answer may = FORCE_MAY;
	int r = 0;

	*ret_forward = false;
	if (flaw != NULL) {
		r = push_refuse(p, "%.*s: %s.", STR_ARG(c->name), flaw);
		return r != 0 ? r : OUT_CONFLICT;
	}
	if (is_none(c->now) && push_is_branch(c->name, p->repo.main_branch)) {
		r = push_refuse(p,
				"%.*s is the main branch: choose another main "
				"branch before you remove it.",
				STR_ARG(c->name));
		return r != 0 ? r : OUT_CONFLICT;
	}
	if (is_none(c->old))
		return 0;
	r = gitrepo_force(p->ask->visit, c->name, &may);
	*ret_forward = r == 0 && may == FORCE_FORWARD_ONLY;
	if (!*ret_forward || !is_none(c->now))
		return r;
	r = push_refuse(
	    p,
	    "%.*s: you may not remove it, by the rule \"%s\" of this "
	    "repository.",
	    STR_ARG(c->name), force_push_name(p->repo.force_push));
	return r != 0 ? r : OUT_CONFLICT;
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
		r = push_tell(p, DESK_YES, 1, str_sub(rest, 0, n));
		if (r != 0)
			return r;
		rest = str_sub(rest, n, SIZE_MAX);
	}
	return push_tell(p, DESK_YES, 0, rest);
}

int
push_judge(struct push *p)
{
	CLEAN(buf_clear) struct buf forward = BUF_INIT;
	const struct visit *v = p->ask->visit;
	int r =
	    gitrepo_by_id(p->ask->core, str_c(v->object), &p->arena, &p->repo);

	if (r != 0)
		return push_failed(p, "push_judge",
				   r == OUT_ABSENT ? OUT_DENIED : r);
	first_branch(p);
	if (p->n > 0)
		qsort(p->all, p->n, sizeof(*p->all), push_by_name);
	for (size_t i = 0; i < p->n; i++) {
		bool only = false;

		if (i > 0 && str_eq(p->all[i].name, p->all[i - 1].name))
			return push_refuse(p, "%.*s is there more than once.",
					   STR_ARG(p->all[i].name));
		r = judge(p, &p->all[i], &only);
		if (r == OUT_CONFLICT)
			return 0;
		if (r != 0)
			return push_failed(p, "push_judge", r);
		if (only) {
			buf_addstr(&forward, p->all[i].name);
			buf_addc(&forward, '\n');
		}
	}
	if (buf_err(&forward) != 0)
		return push_failed(p, "push_judge", buf_err(&forward));
	p->open = calloc(p->n + 1, sizeof(*p->open));
	if (p->open == NULL)
		return push_failed(p, "push_judge", FAIL(-ENOMEM));
	p->judged = true;
	return yes(p, &forward);
}
