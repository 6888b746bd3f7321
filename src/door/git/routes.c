#include "door/git/smart.h"

#include <errno.h>

#define REPO	   "/git/{account}/{repo}"
#define REQUEST_OF UINT64_MAX /* a push is bounded by git itself, readably */

/* Names that cannot be are absent without anybody having to ask. */
static int
aim(struct call *call)
{
	struct str path =
	    arena_strf(call->arena, "%.*s/%.*s", STR_ARG(call->params[0]),
		       STR_ARG(call->params[1]));
	struct gitcmd at;

	if (path.p == NULL)
		return -ENOMEM;
	if (gitcmd_path(path, &at) != 0)
		return OUT_ABSENT;
	path = arena_strf(call->arena, "%s/%s", at.account, at.repo);
	if (path.p == NULL)
		return -ENOMEM;
	call->thing = (struct thing){.kind = THING_GITREPO, .name = path};
	return 0;
}

/* Asking what there is to push to is a push too: smart_refs looks again. */
static const struct route routes[] = {
    {HTTP_GET, REPO "/info/refs", VERB_GIT_READ, aim, BODY_EXCHANGE, KIB,
     RUN_POOL, smart_refs, NULL},
    {HTTP_POST, REPO "/git-upload-pack", VERB_GIT_READ, aim, BODY_EXCHANGE,
     SMART_REQUEST_MAX, RUN_POOL, smart_upload, NULL},
    {HTTP_POST, REPO "/git-receive-pack", VERB_GIT_PUSH, aim, BODY_EXCHANGE,
     REQUEST_OF, RUN_POOL, smart_receive, NULL},
};

/* Wherever git asks, it is told in words of git where repositories are. */
static bool
owns(struct str path)
{
	return path_below(path, STR("/git")) ||
	       str_ends(path, STR("/info/refs"));
}

static int
proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	return call_iam_proof(call, ret, decoded,
			      "the user name is iamapikey here, and the "
			      "password an API key");
}

/* Who may read is told that this is all; for others what they may not see is
 * not there. */
static void
denied(struct call *call, struct http_reply *reply)
{
	struct str name = call->thing.name;

	if (call->visit.verb == VERB_GIT_PUSH &&
	    gate_may(call->core, &call->visit.who, VERB_GIT_READ, &call->thing))
		(void)smart_refuse(reply, 403,
				   "repository access denied. you may read "
				   "'%.*s', but not push to it.",
				   STR_ARG(name));
	else
		(void)smart_refuse(reply, 404,
				   "repository '%.*s' does not exist or you "
				   "have no access to it.",
				   STR_ARG(name));
}

static const char *
why_of(const struct call *call, const char *text)
{
	return call->note.text[0] != '\0' ? call->note.text : text;
}

static void
say(struct call *call, int outcome, struct http_reply *reply)
{
	static const int statuses[OUT_MAX] = {
	    [OUT_ABSENT] = 404,	   [OUT_MALFORMED] = 400, [OUT_CONFLICT] = 409,
	    [OUT_TOO_LARGE] = 413, [OUT_TOO_MANY] = 429,  [OUT_BUSY] = 503,
	};
	int status = outcome > 0 && outcome < OUT_MAX ? statuses[outcome] : 0;

	switch (outcome) {
	case OUT_DENIED:
		denied(call, reply);
		return;
	case OUT_UNPROVEN:
	case OUT_EXPIRED:
	case OUT_UNSUPPORTED:
		(void)smart_refuse(reply, 401, "%s",
				   why_of(call,
					  "an API key is needed: user name "
					  "iamapikey, the key as password; "
					  "access keys open git over SSH "
					  "only"));
		http_head(reply, "WWW-Authenticate",
			  STR("Basic realm=\"latchkey\""));
		return;
	case OUT_ABSENT:
		(void)smart_refuse(reply, 404, "no repository has such a name");
		return;
	default:
		break;
	}
	if (status == 0)
		(void)smart_refuse(reply, 500, "the server failed");
	else
		(void)smart_refuse(reply, status, "%s",
				   why_of(call, out_text(outcome)));
	if (status == 429 || status == 503)
		http_headf(reply, "Retry-After", "%lld",
			   (long long)(call->wait_s > 0 ? call->wait_s : 1));
}

static void
say_status(struct call *call, int status, const char *why,
	   struct http_reply *reply)
{
	(void)call;
	if (status == 404)
		why = "git clones from /git/<account>/<repository>.git here; "
		      "there is nothing else below /git";
	(void)smart_refuse(reply, status, "%s", why);
}

void
git_http_init(struct git_http *g, struct git_store *git, struct desk *desk)
{
	*g = (struct git_http){
	    .door =
		{
		    .name = "git",
		    .routes = routes,
		    .n_routes = nitems(routes),
		    .exact = true,
		    .no_coded_slash = true,
		    .proof = proof,
		    .say = say,
		    .say_status = say_status,
		    .owns = owns,
		},
	    .git = git,
	};
	share_init(&g->exchanges, SMART_RUNNING_MAX);
	share_init(&g->own, git_running_max(git));
	g->programs = desk != NULL ? desk_programs(desk) : &g->own;
}

void
git_http_clear(struct git_http *g)
{
	share_clear(&g->exchanges);
	share_clear(&g->own);
}
