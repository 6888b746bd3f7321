/* Repositories come, change, go and come back. */
#include "door/bitbucket/inner.h"

static int
no_git(struct call *call)
{
	return note_set(&call->note, OUT_UNSUPPORTED,
			"This server has no git: it keeps no repositories.");
}

static int
repo_find(struct call *call, struct gitrepo *ret)
{
	struct gitrepo repo;
	int r = gitrepo_by_id(call->core, str_c(call->visit.object),
			      call->arena, &repo);

	if (r == 0 && repo.removed_at != 0)
		r = OUT_ABSENT;
	if (r == 0)
		*ret = repo;
	return r;
}

static int
repo_reply(struct call *call, const struct gitrepo *repo, int status,
	   struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct account account;
	int r = account_get(call->core, repo->account, call->arena, &account);

	if (r != 0)
		return r;
	bb_show_repo(call, &w, NULL, repo, &account);
	return bb_json(reply, status);
}

int
bb_repo_show(struct call *call, struct http_reply *reply)
{
	struct gitrepo repo;
	int r = repo_find(call, &repo);

	return r != 0 ? r : repo_reply(call, &repo, 200, reply);
}

/* {"key": "..."} or {"uuid": "{...}"}. */
static int
project_read(struct call *call, struct str *ret)
{
	const struct json *project = json_get(call->json, "project");
	struct str uuid = json_text(project, "uuid");
	int r;

	if (uuid.p == NULL || json_get(project, "key") != NULL) {
		r = bb_text_in(call, "project", "key", ret);
		return r;
	}
	*ret = bb_uuid_or_slug(call->arena, uuid);
	return 0;
}

static int
force_read(struct call *call, enum force_push *ret, bool *ret_given)
{
	struct str text = STR_NONE;
	int r = bb_text(call, call->json, "force_push", &text);

	*ret_given = text.p != NULL;
	if (r == 0 && text.p != NULL && force_push_parse(text, ret) != 0)
		return bb_bad(call, "force_push",
			      "'force_push' is allow, protect or deny.");
	return r;
}

/* What cannot be had here is refused, and not made into something else. */
static int
kind_check(struct call *call)
{
	bool is_private = true;
	struct str scm = STR_NONE;
	int r = bb_text(call, call->json, "scm", &scm);

	if (r != 0)
		return r;
	if (scm.p != NULL && !str_eq(scm, STR("git")))
		return bb_bad(call, "scm", "'scm' is git.");
	if (json_bool(json_get(call->json, "is_private"), &is_private) &&
	    !is_private)
		return bb_bad(call, "is_private",
			      "Every repository here is private.");
	return 0;
}

static int
branch_read(struct call *call, struct str *ret)
{
	int r = bb_text_in(call, "mainbranch", "name", ret);

	if (r == 0 && ret->p != NULL && !gitrepo_is_branch(*ret))
		return bb_bad(call, "mainbranch",
			      "'mainbranch' is not the name of a branch.");
	return r;
}

/* Members that POST and PUT have alike. */
static int
change_read(struct call *call, struct gitrepo_change *ret,
	    enum force_push *force)
{
	bool given = false;
	int r = kind_check(call);

	if (r == 0)
		r = bb_text(call, call->json, "name", &ret->name);
	if (r == 0)
		r = bb_text(call, call->json, "description", &ret->description);
	if (r == 0)
		r = branch_read(call, &ret->main_branch);
	if (r == 0)
		r = project_read(call, &ret->project);
	if (r == 0)
		r = force_read(call, force, &given);
	ret->force_push = given ? force : NULL;
	return r;
}

/* Core's outcomes with the member that is to blame. */
static int
told(struct call *call, int r)
{
	if (r == OUT_CONFLICT)
		return bb_blame(call, r, "slug", NULL,
				"The workspace has a repository of this name "
				"already.");
	if (r == OUT_MISSING_PART)
		return bb_blame(call, r, "project", NULL,
				"The workspace has no such project.");
	if (r == OUT_TOO_MANY)
		return note_set(&call->note, r,
				"A workspace has %d repositories at most.",
				GITREPOS_MAX);
	return r;
}

/* The folder first, so that no row is ever without one. After a failure there
 * may be a row, now or at the next start: only a no is certain. What stays
 * behind without one is swept in time. */
static int
make(struct call *call, const struct gitrepo_ask *ask, struct gitrepo *ret)
{
	struct git_store *git = bb_host(call)->git;
	char id[GITREPO_ID_LEN + 1];
	struct gitrepo_ask mine = *ask;
	int r = gitrepo_id(id);

	mine.id = str_c(id);
	if (r == 0)
		r = FOLD(git_make(git, mine.id, mine.main_branch));
	if (r != 0)
		return r;
	r = gitrepo_create(&call->visit, &mine, call->arena, ret, &call->note);
	if (r > 0)
		(void)!git_remove(git, mine.id);
	return r;
}

static int
create(struct call *call, struct http_reply *reply)
{
	enum force_push force = FORCE_PROTECT;
	struct gitrepo_change c = {0};
	struct gitrepo made;
	struct gitrepo_ask ask = {.slug = call->params[1]};
	int r = change_read(call, &c, &force);

	if (r != 0)
		return r;
	if (!gitrepo_is_slug(ask.slug))
		return bb_bad(call, "slug",
			      "A repository's name has 1 to %d of a-z A-Z 0-9 "
			      "_ - . , begins with a letter, digit or _, and "
			      "does not end in .git.",
			      GITREPO_SLUG_MAX);
	/* Before anything is made on disk. */
	if (gitrepo_get(call->core, str_c(call->visit.account), ask.slug,
			call->arena, &made) == 0)
		return told(call, OUT_CONFLICT);
	ask.name = c.name;
	ask.description = c.description;
	ask.main_branch =
	    c.main_branch.n > 0 ? c.main_branch : STR(GITREPO_MAIN_BRANCH);
	ask.project = c.project;
	ask.force_push = force;
	r = make(call, &ask, &made);
	return r != 0 ? told(call, r) : repo_reply(call, &made, 200, reply);
}

int
bb_repo_add(struct call *call, struct http_reply *reply)
{
	int r =
	    bb_host(call)->git == NULL ? no_git(call) : bb_body(call, false);

	return r != 0 ? r : create(call, reply);
}

/* "My repo" becomes "My-repo". p NULL: no memory, or nothing left. */
static struct str
slug_of(struct arena *a, struct str name)
{
	CLEAN(buf_clear) struct buf slug = BUF_INIT;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_' || c == '.' ||
			    c == '-';

		if (fits)
			buf_addc(&slug, c);
		else if (slug.n > 0 && slug.p[slug.n - 1] != '-')
			buf_addc(&slug, '-');
	}
	return slug.n == 0 ? STR_NONE : arena_str(a, buf_str(&slug));
}

/* A new name brings a new slug along, unless the body says which. A name that
 * stays leaves the slug alone. */
static int
rename_read(struct call *call, const struct gitrepo *repo,
	    struct gitrepo_change *c)
{
	int r = bb_text(call, call->json, "slug", &c->slug);

	if (r != 0)
		return r;
	if (c->slug.p == NULL && c->name.p != NULL &&
	    !str_eq(c->name, repo->name)) {
		c->slug = slug_of(call->arena, c->name);
		if (c->slug.p == NULL)
			return bb_bad(call, "name",
				      "'name' leaves nothing for an address: "
				      "say 'slug' as well.");
	}
	if (c->slug.p == NULL)
		return 0;
	if (!gitrepo_is_slug(c->slug))
		return bb_bad(call, "slug",
			      "'%.*s' cannot be the name of a repository.",
			      STR_ARG(str_sub(c->slug, 0, 64)));
	/* One that was called like its address still is. */
	if (c->name.p == NULL && str_eq(repo->name, repo->slug))
		c->name = c->slug;
	return 0;
}

/* HEAD first, and back again when the row certainly does not follow. */
static int
update(struct call *call, const struct gitrepo *repo,
       const struct gitrepo_change *c)
{
	struct git_store *git = bb_host(call)->git;
	bool head = c->main_branch.p != NULL &&
		    !str_eq(c->main_branch, repo->main_branch);
	int r = 0;

	if (head && git == NULL)
		return no_git(call);
	if (head) {
		r = git_set_head(git, repo->id, c->main_branch);
		if (r > 0 && r != OUT_BUSY)
			r = FOLD(r);
	}
	if (r != 0)
		return r;
	r = gitrepo_update(&call->visit, repo->id, c, &call->note);
	if (r > 0 && head)
		(void)!git_set_head(git, repo->id, repo->main_branch);
	return told(call, r);
}

static int
put_new(struct call *call, struct http_reply *reply)
{
	struct thing thing = call->thing;
	int r = call_pass(call, VERB_GIT_CREATE, &thing);

	return r != 0 ? r : bb_repo_add(call, reply);
}

int
bb_repo_put(struct call *call, struct http_reply *reply)
{
	enum force_push force = FORCE_PROTECT;
	struct gitrepo_change c = {0};
	struct gitrepo repo;
	int r = bb_body(call, false);

	if (r == 0 && call->thing.kind == THING_ACCOUNT)
		return put_new(call, reply);
	if (r == 0)
		r = repo_find(call, &repo);
	if (r == 0)
		r = change_read(call, &c, &force);
	if (r == 0)
		r = rename_read(call, &repo, &c);
	if (r == 0)
		r = update(call, &repo, &c);
	return r != 0 ? r : bb_repo_show(call, reply);
}

int
bb_repo_drop(struct call *call, struct http_reply *reply)
{
	int r = gitrepo_remove(&call->visit, str_c(call->visit.object));

	return r != 0 ? r : bb_done(reply);
}

int
bb_repo_restore(struct call *call, struct http_reply *reply)
{
	struct str slug = STR_NONE;
	int r = bb_body(call, false);

	if (r == 0)
		r = bb_text(call, call->json, "slug", &slug);
	if (r == 0)
		r = gitrepo_restore(&call->visit, str_c(call->visit.object),
				    slug, &call->note);
	if (r == OUT_ABSENT)
		return note_set(&call->note, r,
				"There is no removed repository of this id.");
	return r != 0 ? told(call, r) : bb_repo_show(call, reply);
}
