#include "door/bitbucket/inner.h"

static bool
may_see(const struct call *call, const struct project *p)
{
	struct thing thing = {.kind = THING_PROJECT, .account = p->account};
	char name[2 * PROJECT_ID_LEN + 2];

	(void)snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(p->account),
		       STR_ARG(p->id));
	thing.name = str_c(name);
	return gate_may(call->core, &call->visit.who, VERB_PROJECT_LIST,
			&thing);
}

static int
walk(struct call *call, struct jw *w, struct page *page,
     const struct account *account)
{
	struct str after = STR_NONE;
	size_t n = BB_BATCH;
	int r = 0;

	while (r == 0 && n == BB_BATCH) {
		struct project *list = NULL;

		r = project_list(call->core, account->id, after, BB_BATCH,
				 call->arena, &list, &n);
		for (size_t i = 0; r == 0 && i < n; i++) {
			after = list[i].slug;
			if (may_see(call, &list[i]) &&
			    bb_page_take(page) == PAGE_HERE)
				bb_show_project(call, w, NULL, &list[i],
						account);
		}
	}
	return r;
}

int
bb_projects(struct call *call, struct http_reply *reply)
{
	static const char *const sorts[] = {"key", NULL};
	struct jw w = JW(&reply->body);
	struct account account;
	struct page page;
	int r = bb_page_read(call, true, sorts, &page);

	if (r == 0)
		r = account_get(call->core, str_c(call->visit.account),
				call->arena, &account);
	if (r != 0)
		return r;
	bb_page_open(&w, &page);
	r = walk(call, &w, &page, &account);
	return r != 0 ? r : bb_page_close(call, &w, &page, STR_NONE, reply);
}

static int
project_reply(struct call *call, struct str id, int status,
	      struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct account account;
	struct project project;
	int r = account_get(call->core, str_c(call->visit.account), call->arena,
			    &account);

	if (r == 0)
		r = project_get(call->core, account.id, id, call->arena,
				&project);
	if (r != 0)
		return r;
	bb_show_project(call, &w, NULL, &project, &account);
	return bb_json(reply, status);
}

int
bb_project_show(struct call *call, struct http_reply *reply)
{
	return project_reply(call, str_c(call->visit.object), 200, reply);
}

static int
ask_read(struct call *call, bool must, struct project_ask *ask)
{
	int r = bb_body(call, must);

	if (r == 0)
		r = bb_text(call, call->json, "key", &ask->slug);
	if (r == 0)
		r = bb_text(call, call->json, "name", &ask->name);
	if (r == 0)
		r = bb_text(call, call->json, "description", &ask->description);
	return r;
}

static int
create(struct call *call, const struct project_ask *ask,
       struct http_reply *reply)
{
	struct project made;
	int r =
	    project_create(&call->visit, ask, call->arena, &made, &call->note);

	if (r == OUT_CONFLICT)
		return bb_blame(call, r, "key", NULL, NULL);
	if (r == OUT_TOO_MANY)
		return note_set(&call->note, r,
				"A workspace has %d projects at most.",
				PROJECTS_MAX);
	return r != 0 ? r : project_reply(call, made.id, 201, reply);
}

int
bb_project_add(struct call *call, struct http_reply *reply)
{
	struct project_ask ask = {0};
	int r = ask_read(call, true, &ask);

	if (r == 0 && ask.slug.p == NULL)
		return bb_bad(call, "key", "'key' is missing.");
	return r != 0 ? r : create(call, &ask, reply);
}

static int
put_new(struct call *call, struct project_ask *ask, struct http_reply *reply)
{
	struct thing thing = call->thing;
	int r = call_pass(call, VERB_PROJECT_CREATE, &thing);

	ask->slug = call->params[1];
	return r != 0 ? r : create(call, ask, reply);
}

int
bb_project_put(struct call *call, struct http_reply *reply)
{
	struct project_ask ask = {0};
	int r = ask_read(call, false, &ask);

	if (r == 0 && call->thing.kind == THING_ACCOUNT)
		return put_new(call, &ask, reply);
	if (r == 0)
		r = project_update(&call->visit, str_c(call->visit.object),
				   &ask, &call->note);
	if (r == OUT_CONFLICT)
		return bb_blame(call, r, "key", NULL, NULL);
	return r != 0 ? r : bb_project_show(call, reply);
}

int
bb_project_drop(struct call *call, struct http_reply *reply)
{
	int r = project_delete(&call->visit, str_c(call->visit.object),
			       &call->note);

	return r != 0 ? r : bb_done(reply);
}
