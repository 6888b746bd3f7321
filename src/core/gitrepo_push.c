#include "core/git_inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/audit.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>

#define HEADS STR("refs/heads/")

struct push {
	const struct visit *by;
	const struct ref_change *refs;
	size_t n;
};

static bool
object_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		      (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 40 || s.n == 64;
}

static int
refs_check(const struct ref_change *refs, size_t n)
{
	if (n > REF_CHANGES_MAX)
		return OUT_TOO_MANY;
	for (size_t i = 0; i < n; i++) {
		if (refs[i].name.n > REF_NAME_MAX)
			return OUT_TOO_LARGE;
		if (refs[i].name.n == 0 || !object_ok(refs[i].old) ||
		    !object_ok(refs[i].now))
			return OUT_MALFORMED;
	}
	return 0;
}

/* Bytes that are no text cannot be said in JSON: then their digits are. */
static void
name_write(struct jw *w, struct str name)
{
	char hex[2 * REF_NAME_MAX + 1];

	jw_str(w, "ref", name);
	if (str_is_text(name))
		return;
	enc_hex(name.p, name.n, hex);
	jw_c(w, "ref_hex", hex);
}

static int
detail_write(const struct ref_change *ref, struct buf *detail)
{
	struct jw w = JW(detail);

	buf_reset(detail);
	jw_object(&w, NULL);
	name_write(&w, ref->name);
	jw_plain(&w, "old", ref->old);
	jw_plain(&w, "new", ref->now);
	jw_end(&w);
	return buf_err(detail) != 0 ? FAIL(buf_err(detail)) : 0;
}

static int
push_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	const struct push *p = arg;
	struct gitrepo repo;
	int r = gitrepo_of_visit(at, p->by, str_c(p->by->object), false, &rows,
				 &repo);

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		r = detail_write(&p->refs[i], &detail);
		if (r == 0)
			r = gitrepo_trail(at, p->by, &repo, buf_str(&detail));
	}
	/* Whatever becomes of this process: the next push is not the first. */
	if (r == 0 && p->n > 0)
		r = FOLD(db_exec(at, SQL_gitrepo_push, NULL, "si", repo.id,
				 clock_now()));
	return r == OUT_ABSENT ? OUT_DENIED : r;
}

int
gitrepo_push(const struct visit *by, const struct ref_change *refs, size_t n)
{
	struct push p = {.by = by, .refs = refs, .n = n};
	int r = refs_check(refs, n);

	return r != 0 ? r : gate_write(by, push_write, &p);
}

/* Its name as it is now; a row that is gone has none any more. */
static int
unconfirmed_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	const struct push *p = arg;
	struct thing thing = p->by->thing;
	char name[PLACE_MAX + 1], text[AUDIT_THING_MAX];
	struct gitrepo repo;
	int r = db_one(at, SQL_gitrepo_by_id, &rows, "s", str_c(p->by->object));

	if (r == 0)
		r = gitrepo_look(&rows, &repo);
	if (r == 0) {
		(void)snprintf(name, sizeof(name), "%.*s/%.*s",
			       STR_ARG(repo.account_slug), STR_ARG(repo.slug));
		thing.name = str_c(name);
	}
	if (r == OUT_ABSENT)
		r = 0;
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		r = detail_write(&p->refs[i], &detail);
		if (r == 0)
			r = audit_unconfirmed(at, p->by,
					      audit_thing_text(&thing, text),
					      buf_str(&detail));
	}
	return r;
}

int
gitrepo_push_unconfirmed(const struct visit *by, const struct ref_change *refs,
			 size_t n)
{
	struct push p = {.by = by, .refs = refs, .n = n};
	int r = refs_check(refs, n);

	return r != 0 ? r : db_write(by->core->db, unconfirmed_write, &p);
}

static bool
is_main(const struct gitrepo *repo, struct str ref)
{
	return str_starts(ref, HEADS) &&
	       str_eq(str_sub(ref, HEADS.n, ref.n), repo->main_branch);
}

static bool
may_force(const struct visit *by, const struct gitrepo *repo, struct str ref)
{
	switch (repo->force_push) {
	case FORCE_ALLOW:
		return true;
	case FORCE_PROTECT:
		return !is_main(repo, ref) ||
		       gitrepo_may(by->core, &by->who, VERB_GIT_FORCE, repo);
	case FORCE_DENY:
	case FORCE_RULES:
		break;
	}
	return false;
}

int
gitrepo_force(const struct visit *by, struct str ref, enum force_answer *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct gitrepo repo;
	int r = db_view_begin(by->core->db, &view);

	if (r == 0)
		r = gitrepo_of_visit(view, by, str_c(by->object), false, &rows,
				     &repo);
	if (r != 0)
		return r == OUT_ABSENT ? OUT_DENIED : r;
	*ret = may_force(by, &repo, ref) ? FORCE_MAY : FORCE_FORWARD_ONLY;
	return 0;
}
