#include "door/bitbucket/inner.h"

#include <assert.h>
#include <stdarg.h>

/* Bitbucket says 400 to nearly everything that its users can put right. */
const struct bb_word bb_words[] = {
    [OUT_OK] = {200},	    [OUT_ABSENT] = {404},   [OUT_DENIED] = {403},
    [OUT_UNPROVEN] = {401}, [OUT_EXPIRED] = {401},  [OUT_MALFORMED] = {400},
    [OUT_CONFLICT] = {400}, [OUT_STALE] = {409},    [OUT_TOO_LARGE] = {413},
    [OUT_TOO_MANY] = {400}, [OUT_QUOTA] = {400},    [OUT_UNSUPPORTED] = {501},
    [OUT_RANGE] = {400},    [OUT_MISMATCH] = {409}, [OUT_MISSING_PART] = {400},
    [OUT_BUSY] = {503},
};
static_assert(nitems(bb_words) == OUT_MAX, "a word for each outcome");

/* What the reply blames; call->own. */
struct blame {
	const char *field, *reason;
};

static int
blame(struct call *call, int r, const char *field, const char *reason)
{
	struct blame *b = arena_get(call->arena, sizeof(*b));

	if (b == NULL)
		return r; /* the sentence alone will do */
	*b = (struct blame){field, reason};
	call->own = b;
	return r;
}

int
bb_bad(struct call *call, const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(call->note.text, sizeof(call->note.text), fmt, ap);
	va_end(ap);
	return blame(call, OUT_MALFORMED, field, NULL);
}

int
bb_blame(struct call *call, int r, const char *field, const char *reason,
	 const char *text)
{
	if (text != NULL)
		(void)note_set(&call->note, r, "%s", text);
	return blame(call, r, field, reason);
}

static void
blame_write(struct jw *w, const struct blame *b, const char *message)
{
	if (b == NULL)
		return;
	if (b->reason != NULL) {
		jw_object(w, "data");
		jw_c(w, "reason", b->reason);
		jw_end(w);
	}
	jw_object(w, "fields");
	jw_array(w, b->field);
	jw_c(w, NULL, message);
	jw_end(w);
	jw_end(w);
}

static void
envelope(struct call *call, int status, const char *message,
	 struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_c(&w, "type", "error");
	jw_object(&w, "error");
	jw_c(&w, "message", message);
	blame_write(&w, call->own, message);
	jw_c(&w, "id", call->request_id);
	jw_end(&w);
	jw_end(&w);
	(void)reply_json(reply, status);
	reply_advice(call, "Basic", reply);
}

static bool
sees_repo(const struct call *call)
{
	struct thing thing = call->thing;
	struct gitrepo repo;
	struct str account, name;

	if (!str_cut(thing.name, '/', &account, &name) ||
	    gitrepo_get(call->core, account, name, call->arena, &repo) != 0)
		return false;
	thing.account = repo.account;
	return gate_may(call->core, &call->visit.who, VERB_GIT_SHOW, &thing);
}

static bool
sees_project(const struct call *call)
{
	struct thing thing = call->thing;
	struct project project;
	struct account account;
	struct str slug, name;

	if (!str_cut(thing.name, '/', &slug, &name) ||
	    account_get(call->core, slug, call->arena, &account) != 0 ||
	    project_get(call->core, account.id, name, call->arena, &project) !=
		0)
		return false;
	thing.account = account.id;
	return gate_may(call->core, &call->visit.who, VERB_PROJECT_LIST,
			&thing);
}

/* Who may see a thing may hear that it is there, and is only refused. */
static bool
sees(const struct call *call)
{
	const struct thing *thing = &call->thing;
	struct str own = str_c(call->visit.who.account);

	if (call->visit.who.identity[0] == '\0')
		return false;
	if (thing->kind == THING_GITREPO)
		return sees_repo(call);
	if (thing->kind == THING_PROJECT)
		return sees_project(call);
	/* PUT looks for something that is there, and asked for more. */
	if (call->visit.verb == VERB_GIT_UPDATE)
		return gate_may(call->core, &call->visit.who, VERB_GIT_SHOW,
				thing);
	if (call->visit.verb == VERB_PROJECT_UPDATE)
		return gate_may(call->core, &call->visit.who, VERB_PROJECT_LIST,
				thing);
	return thing->account.n == 0 || str_eq(thing->account, own);
}

/* In the words of the request: what was found on the way to a no makes no
 * difference. */
static void
absent(const struct call *call, char *ret, size_t n)
{
	struct str path = call->req->path;
	const char *kind = str_starts(path, STR("/2.0/repositories/"))
			       ? "Repository"
			       : "Project";

	if (call->params[1].n > 0 && call->thing.kind != THING_IDENTITY)
		(void)snprintf(ret, n,
			       "%s %.*s/%.*s not found, or you have no access "
			       "to it.",
			       kind, STR_ARG(str_sub(call->params[0], 0, 80)),
			       STR_ARG(str_sub(call->params[1], 0, 80)));
	else
		(void)snprintf(ret, n,
			       "Not found, or you have no access to it.");
}

static void
denied(struct call *call, struct http_reply *reply)
{
	const struct visit *v = &call->visit;
	const struct verb_row *row = verb_row(v->verb);
	struct str name = call->thing.name;
	char text[512];

	if (sees(call)) {
		if (call->note.text[0] != '\0')
			(void)snprintf(text, sizeof(text), "%s",
				       call->note.text);
		else
			(void)snprintf(
			    text, sizeof(text),
			    "You may not do this: %s lacks %.*s.%.*s%s%.*s.",
			    v->who.identity, STR_ARG(row->service),
			    STR_ARG(row->action), name.n > 0 ? " on " : "",
			    STR_ARG(name));
		envelope(call, 403, text, reply);
		return;
	}
	absent(call, text, sizeof(text));
	envelope(call, 404, text, reply);
}

void
bb_say(struct call *call, int outcome, struct http_reply *reply)
{
	const char *text =
	    call->note.text[0] != '\0' ? call->note.text : out_text(outcome);

	if (outcome < 0 || outcome >= OUT_MAX) {
		call->own = NULL;
		envelope(call, 500, "The server failed.", reply);
	} else if (outcome == OUT_DENIED) {
		denied(call, reply);
	} else if (outcome == OUT_TOO_MANY && call->wait_s > 0) {
		envelope(call, 429, "Too many failed attempts.", reply);
	} else {
		envelope(call, bb_words[outcome].status, text, reply);
	}
}

void
bb_say_status(struct call *call, int status, const char *why,
	      struct http_reply *reply)
{
	envelope(call, status, why, reply);
}

/* The scope that Bitbucket's own credentials would need. Ours have roles; the
 * field is for clients that show it. */
static const char *
scope_of(const struct call *call)
{
	struct str action = verb_row(call->route->verb)->action;
	bool project = call->thing.kind == THING_PROJECT;

	if (str_starts(action, STR("sshkey.")))
		return str_eq(action, STR("sshkey.list")) ? "account"
							  : "account:write";
	if (str_starts(action, STR("accesskey.")))
		return project ? "project:admin" : "repository:admin";
	if (str_starts(action, STR("project.")))
		return str_eq(action, STR("project.list")) ? "project"
							   : "project:admin";
	if (str_eq(action, STR("repository.delete")))
		return "repository:delete";
	if (str_eq(action, STR("repository.show")))
		return "repository";
	if (str_starts(action, STR("repository.")))
		return "repository:admin";
	return NULL;
}

void
bb_stamp(const struct call *call, struct http_reply *reply)
{
	const char *scope = call->route == NULL ? NULL : scope_of(call);

	if (scope != NULL)
		http_head(reply, "X-Accepted-OAuth-Scopes", str_c(scope));
}
