/*
 * Git repositories come, change, go and come back. Each is one write of a visit
 * with its row in the trail.
 */
#include "core/git_inner.h"

#include "core/audit.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>

struct change {
	const struct visit *by;
	const struct gitrepo_ask *ask;	 /* create */
	const struct gitrepo_change *to; /* update */
	struct str id, slug;
	bool may_move; /* into the project that to names */
	struct note *note;
};

static int
malformed(struct note *note, const char *what)
{
	return note_set(note, OUT_MALFORMED, "%s", what);
}

static int
slug_check(struct str slug, struct note *note)
{
	return gitrepo_is_slug(slug)
		   ? 0
		   : note_set(note, OUT_MALFORMED,
			      "a repository's name has 1 to %d of a-z A-Z 0-9 "
			      "_ - . , first a letter, digit or _, and not "
			      ".git at the end",
			      GITREPO_SLUG_MAX);
}

static int
texts_check(struct str name, struct str description, struct str branch,
	    struct note *note)
{
	if (!text_ok(name, NAME_MAX_BYTES, name.p == NULL))
		return malformed(note, "not a name");
	if (!text_ok(description, TEXT_MAX_BYTES, true))
		return malformed(note, "not a description");
	if (branch.p != NULL && !gitrepo_is_branch(branch))
		return malformed(note, "not a branch's name");
	return 0;
}

static int
room_for_one(struct db_at *at, const struct visit *by)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_gitrepo_count, &rows, "s", str_c(by->account));

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < GITREPOS_MAX ? 0 : OUT_TOO_MANY;
}

/* Nobody else in the account has this name now. */
static int
slug_free(struct db_at *at, const struct change *c, struct str slug)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char lower[GITREPO_SLUG_MAX + 1];
	int r;

	text_lower(slug, lower);
	r = db_one(at, SQL_gitrepo_by_slug, &rows, "ss", str_c(c->by->account),
		   str_c(lower));
	if (r == OUT_ABSENT || (r == 0 && str_eq(db_str(&rows, 0), c->id)))
		return 0;
	return r != 0 ? r
		      : note_set(c->note, OUT_CONFLICT,
				 "there is a repository of that name already");
}

static int
no_project(const struct change *c, struct str key)
{
	return note_set(c->note, OUT_MISSING_PART, "there is no project %.*s",
			STR_ARG(str_sub(key, 0, 64)));
}

static int
project_of(struct db_at *at, const struct change *c, struct str key,
	   char ret[PROJECT_ID_LEN + 1])
{
	int r = project_find(at, str_c(c->by->account), key, ret);

	return r == OUT_ABSENT ? no_project(c, key) : r;
}

/* The keys and policies of a project open what is in it, so that only who
 * creates there may put something there. */
static bool
may_create_in(const struct visit *by, struct str key)
{
	char name[ACCOUNT_ID_LEN + 1 + PROJECT_SLUG_MAX + 1];
	struct thing thing = {.kind = THING_PROJECT,
			      .account = str_c(by->account)};

	if (by->who.cred == CRED_NONE)
		return true;
	if (key.n > PROJECT_SLUG_MAX)
		return false;
	(void)snprintf(name, sizeof(name), "%s/%.*s", by->account,
		       STR_ARG(key.n > 0 ? key : str_c(by->account)));
	thing.name = str_c(name);
	return gate_may(by->core, &by->who, VERB_GIT_CREATE, &thing);
}

static int
state_trail(struct db_at *at, const struct change *c,
	    const struct gitrepo *repo, const struct gitrepo *now)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "id", now->id);
	jw_str(&w, "slug", now->slug);
	jw_str(&w, "project", now->project);
	jw_str(&w, "main_branch", now->main_branch);
	jw_c(&w, "force_push", force_push_name(now->force_push));
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return gitrepo_trail(at, c->by, repo, buf_str(&detail));
}

static int
insert(struct db_at *at, const struct change *c, struct str project)
{
	const struct gitrepo_ask *ask = c->ask;
	char lower[GITREPO_SLUG_MAX + 1];

	text_lower(ask->slug, lower);
	return db_exec(at, SQL_gitrepo_insert, NULL, "ssssssssssi", ask->id,
		       str_c(c->by->account), project, ask->slug, str_c(lower),
		       ask->name.n > 0 ? ask->name : ask->slug,
		       ask->description,
		       ask->main_branch.n > 0 ? ask->main_branch
					      : STR(GITREPO_MAIN_BRANCH),
		       str_c(force_push_name(ask->force_push)),
		       str_c(c->by->who.identity), c->by->at);
}

static int
create_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	char project[PROJECT_ID_LEN + 1];
	struct gitrepo made;
	int r = room_for_one(at, c->by);

	if (r == 0)
		r = slug_free(at, c, c->ask->slug);
	if (r == 0)
		r = project_of(at, c, c->ask->project, project);
	if (r == 0)
		r = FOLD(insert(at, c, str_c(project)));
	if (r == 0)
		r = FOLD(db_one(at, SQL_gitrepo_by_id, &rows, "s", c->ask->id));
	if (r == 0)
		r = gitrepo_look(&rows, &made);
	if (r != 0)
		return r;
	/* The gate may remember that there was none. */
	gate_changed(at);
	return state_trail(at, c, &made, &made);
}

int
gitrepo_create(const struct visit *by, const struct gitrepo_ask *ask,
	       struct arena *a, struct gitrepo *ret, struct note *note)
{
	struct change c = {.by = by, .ask = ask, .id = ask->id, .note = note};
	struct str name = ask->name.n > 0 ? ask->name : STR_NONE;
	struct str branch =
	    ask->main_branch.n > 0 ? ask->main_branch : STR_NONE;
	int r = slug_check(ask->slug, note);

	if (r == 0)
		r = texts_check(name, ask->description, branch, note);
	if (r == 0 && ask->id.n != GITREPO_ID_LEN)
		r = malformed(note, "not an id");
	if (r == 0)
		r = gate_write(by, create_write, &c);
	return r != 0 ? r : gitrepo_by_id(by->core, ask->id, a, ret);
}

/* What it will be: repo with the change applied. */
static int
apply(struct db_at *at, const struct change *c, const struct gitrepo *repo,
      char project[PROJECT_ID_LEN + 1], struct gitrepo *ret)
{
	const struct gitrepo_change *to = c->to;
	int r = 0;

	*ret = *repo;
	if (to->slug.p != NULL)
		ret->slug = to->slug;
	if (to->name.p != NULL)
		ret->name = to->name;
	if (to->description.p != NULL)
		ret->description = to->description;
	if (to->main_branch.p != NULL)
		ret->main_branch = to->main_branch;
	if (to->force_push != NULL)
		ret->force_push = *to->force_push;
	if (to->slug.p != NULL)
		r = slug_free(at, c, to->slug);
	if (r == 0 && to->project.p != NULL) {
		r = project_of(at, c, to->project, project);
		ret->project = str_c(project);
		if (r == 0 && !c->may_move &&
		    !str_eq(ret->project, repo->project))
			r = no_project(c, to->project);
	}
	return r;
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	char lower[GITREPO_SLUG_MAX + 1], project[PROJECT_ID_LEN + 1] = "";
	struct gitrepo repo, now;
	int r = gitrepo_of_visit(at, c->by, c->id, false, &rows, &repo);

	if (r == 0)
		r = apply(at, c, &repo, project, &now);
	if (r != 0)
		return r;
	text_lower(now.slug, lower);
	r = FOLD(db_exec(at, SQL_gitrepo_update, NULL, "ssssssssi", c->id,
			 now.slug, str_c(lower), now.name, now.description,
			 now.main_branch, now.project,
			 str_c(force_push_name(now.force_push)), c->by->at));
	if (r != 0)
		return r;
	/* Another name, another project: other keys and policies open it. */
	gate_changed(at);
	return state_trail(at, c, &repo, &now);
}

int
gitrepo_update(const struct visit *by, struct str id,
	       const struct gitrepo_change *to, struct note *note)
{
	struct change c = {.by = by, .to = to, .id = id, .note = note};
	int r = to->slug.p != NULL ? slug_check(to->slug, note) : 0;

	if (r == 0)
		r = texts_check(to->name, to->description, to->main_branch,
				note);
	c.may_move = to->project.p == NULL || may_create_in(by, to->project);
	return r != 0 ? r : gate_write(by, update_write, &c);
}

static int
remove_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	struct gitrepo repo;
	int r = gitrepo_of_visit(at, c->by, c->id, false, &rows, &repo);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_gitrepo_remove, NULL, "si", c->id,
				 c->by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	return state_trail(at, c, &repo, &repo);
}

int
gitrepo_remove(const struct visit *by, struct str id)
{
	struct change c = {.by = by, .id = id};

	return gate_write(by, remove_write, &c);
}

static int
restore_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	char lower[GITREPO_SLUG_MAX + 1];
	struct gitrepo repo, now;
	int r = gitrepo_of_visit(at, c->by, c->id, true, &rows, &repo);

	if (r != 0)
		return r;
	now = repo;
	if (c->slug.n > 0)
		now.slug = c->slug;
	r = slug_free(at, c, now.slug);
	if (r != 0)
		return r;
	text_lower(now.slug, lower);
	r = FOLD(db_exec(at, SQL_gitrepo_restore, NULL, "sssi", c->id, now.slug,
			 str_c(lower), c->by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	return state_trail(at, c, &now, &now);
}

int
gitrepo_restore(const struct visit *by, struct str id, struct str slug,
		struct note *note)
{
	struct change c = {.by = by, .id = id, .slug = slug, .note = note};
	int r = slug.n > 0 ? slug_check(slug, note) : 0;

	return r != 0 ? r : gate_write(by, restore_write, &c);
}
