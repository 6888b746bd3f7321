#include "door/bitbucket/inner.h"

#include <stdarg.h>

#define HREF_MAX 1024

static void href_put(struct call *, struct jw *, const char *name,
		     const char *fmt, va_list) PRINTF(4, 0);

static void
href_put(struct call *call, struct jw *w, const char *name, const char *fmt,
	 va_list ap)
{
	char text[HREF_MAX];
	int n = snprintf(text, sizeof(text), "%.*s", STR_ARG(call->base));

	if (n < 0 || n >= HREF_MAX)
		n = 0;
	(void)vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
	jw_object(w, name);
	jw_c(w, "href", text);
	jw_end(w);
}

void
bb_links_open(struct call *call, struct jw *w, const char *fmt, ...)
{
	va_list ap;

	jw_object(w, "links");
	va_start(ap, fmt);
	href_put(call, w, "self", fmt, ap);
	va_end(ap);
}

void
bb_link(struct call *call, struct jw *w, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	href_put(call, w, name, fmt, ap);
	va_end(ap);
}

static void
uuid_put(struct jw *w, struct str id)
{
	char uuid[BB_UUID_LEN + 1];

	bb_uuid(id, uuid);
	jw_c(w, "uuid", uuid);
}

/* Braces have no place in a path. */
static void
user_links(struct call *call, struct jw *w, const char *uuid)
{
	struct str bare = str_sub(str_c(uuid), 1, BB_UUID_LEN - 2);

	bb_links_open(call, w, "/2.0/users/%%7B%.*s%%7D", STR_ARG(bare));
	jw_end(w);
}

void
bb_show_user(struct call *call, struct jw *w, const char *name,
	     struct str iam_id)
{
	char uuid[BB_UUID_LEN + 1];
	struct user user = {.name = STR("Former user")};
	bool gone = iam_id.n == 0 ||
		    user_get(call->core, iam_id, call->arena, &user) != 0;

	if (iam_id.n == 0) {
		jw_null(w, name); /* this program's own doing */
		return;
	}
	bb_uuid_of_identity(iam_id, uuid);
	jw_object(w, name);
	jw_c(w, "type", "user");
	jw_str(w, "display_name", user.name);
	jw_str(w, "nickname", user.name);
	jw_c(w, "uuid", uuid);
	jw_str(w, "account_id", iam_id);
	jw_c(w, "account_status", gone ? "inactive" : "active");
	user_links(call, w, uuid);
	jw_end(w);
}

void
bb_show_account(struct call *call, struct jw *w, const char *name,
		const struct account *a)
{
	jw_object(w, name);
	jw_c(w, "type", "workspace");
	uuid_put(w, a->id);
	jw_str(w, "slug", a->slug);
	jw_str(w, "name", a->name);
	jw_bool(w, "is_private", true);
	bb_when_put(w, "created_on", a->created_at);
	bb_links_open(call, w, "/2.0/workspaces/%.*s", STR_ARG(a->slug));
	bb_link(call, w, "projects", "/2.0/workspaces/%.*s/projects",
		STR_ARG(a->slug));
	bb_link(call, w, "repositories", "/2.0/repositories/%.*s",
		STR_ARG(a->slug));
	jw_end(w);
	jw_end(w);
}

/* Bitbucket's "owner" of what belongs to a workspace. */
static void
show_team(struct call *call, struct jw *w, const struct account *a)
{
	jw_object(w, "owner");
	jw_c(w, "type", "team");
	jw_str(w, "display_name", a->name);
	jw_str(w, "username", a->slug);
	uuid_put(w, a->id);
	bb_links_open(call, w, "/2.0/workspaces/%.*s", STR_ARG(a->slug));
	jw_end(w);
	jw_end(w);
}

static void
project_links(struct call *call, struct jw *w, struct str account,
	      struct str slug)
{
	bb_links_open(call, w, "/2.0/workspaces/%.*s/projects/%.*s",
		      STR_ARG(account), STR_ARG(slug));
	jw_end(w);
}

void
bb_show_project(struct call *call, struct jw *w, const char *name,
		const struct project *p, const struct account *a)
{
	jw_object(w, name);
	jw_c(w, "type", "project");
	uuid_put(w, p->id);
	jw_str(w, "key", p->slug);
	jw_str(w, "name", p->name);
	if (a != NULL) {
		jw_str(w, "description", p->description);
		jw_bool(w, "is_private", true);
		bb_when_put(w, "created_on", p->created_at);
		bb_when_put(w, "updated_on", p->modified_at);
		show_team(call, w, a);
		bb_show_account(call, w, "workspace", a);
	}
	project_links(call, w, p->account_slug, p->slug);
	jw_end(w);
}

void
bb_show_repo_inside(struct call *call, struct jw *w, const char *name,
		    const struct gitrepo *r)
{
	jw_object(w, name);
	jw_c(w, "type", "repository");
	uuid_put(w, r->id);
	jw_str(w, "name", r->name);
	jw_str(w, "full_name",
	       arena_strf(call->arena, "%.*s/%.*s", STR_ARG(r->account_slug),
			  STR_ARG(r->slug)));
	if (r->removed_at != 0)
		bb_when_put(w, "removed_on", r->removed_at);
	bb_links_open(call, w, "/2.0/repositories/%.*s/%.*s",
		      STR_ARG(r->account_slug), STR_ARG(r->slug));
	jw_end(w);
	jw_end(w);
}

static void
clone_put(struct jw *w, const char *name, const struct buf *url)
{
	jw_object(w, NULL);
	jw_c(w, "name", name);
	jw_str(w, "href", buf_str(url));
	jw_end(w);
}

/* Only the ways that are open. */
static void
clones_put(struct call *call, struct jw *w, const struct gitrepo *r,
	   const struct account *a)
{
	CLEAN(buf_clear) struct buf http = BUF_INIT;
	CLEAN(buf_clear) struct buf ssh = BUF_INIT;

	gitrepo_http_url(call->core, r, &http);
	gitrepo_ssh_url(call->core, r, &ssh);
	jw_array(w, "clone");
	if (a->git_http)
		clone_put(w, "https", &http);
	if (call->core->ssh_host[0] != '\0')
		clone_put(w, "ssh", &ssh);
	jw_end(w);
}

static void
repo_links(struct call *call, struct jw *w, const struct gitrepo *r,
	   const struct account *a)
{
	bb_links_open(call, w, "/2.0/repositories/%.*s/%.*s",
		      STR_ARG(r->account_slug), STR_ARG(r->slug));
	clones_put(call, w, r, a);
	jw_end(w);
}

/* What repositories here never have, said in Bitbucket's words. */
static void
repo_constants(struct jw *w)
{
	jw_c(w, "scm", "git");
	jw_bool(w, "is_private", true);
	jw_c(w, "fork_policy", "no_forks");
	jw_bool(w, "has_wiki", false);
	jw_bool(w, "has_issues", false);
	jw_c(w, "language", "");
}

static void
repo_project(struct call *call, struct jw *w, const struct gitrepo *r)
{
	struct project project;

	if (project_get(call->core, r->account, r->project, call->arena,
			&project) != 0)
		jw_null(w, "project"); /* it was removed just now */
	else
		bb_show_project(call, w, "project", &project, NULL);
}

static void
repo_times(struct jw *w, const struct gitrepo *r)
{
	bb_when_put(w, "created_on", r->created_at);
	bb_when_put(w, "updated_on",
		    r->pushed_at > r->modified_at ? r->pushed_at
						  : r->modified_at);
	bb_when_put(w, "pushed_on", r->pushed_at);
	if (r->removed_at == 0)
		return;
	bb_when_put(w, "removed_on", r->removed_at);
	bb_when_put(w, "purged_on", r->removed_at + GITREPO_GRACE_MS);
}

void
bb_show_repo(struct call *call, struct jw *w, const char *name,
	     const struct gitrepo *r, const struct account *a)
{
	jw_object(w, name);
	jw_c(w, "type", "repository");
	uuid_put(w, r->id);
	jw_str(w, "full_name",
	       arena_strf(call->arena, "%.*s/%.*s", STR_ARG(r->account_slug),
			  STR_ARG(r->slug)));
	jw_str(w, "name", r->name);
	jw_str(w, "slug", r->slug);
	jw_str(w, "description", r->description);
	repo_constants(w);
	jw_c(w, "force_push", force_push_name(r->force_push));
	jw_object(w, "mainbranch");
	jw_c(w, "type", "branch");
	jw_str(w, "name", r->main_branch);
	jw_end(w);
	jw_int(w, "size", r->size);
	repo_times(w, r);
	show_team(call, w, a);
	bb_show_account(call, w, "workspace", a);
	repo_project(call, w, r);
	repo_links(call, w, r, a);
	jw_end(w);
}
