#include "door/bitbucket/inner.h"

/* A credential is of one account; a list shows what it opens. */
static bool
opens(const struct call *call, const struct account *a)
{
	struct thing thing = {.kind = THING_ACCOUNT, .account = a->id};
	const struct subject *who = &call->visit.who;

	return str_eq(a->id, str_c(who->account)) ||
	       gate_may(call->core, who, VERB_GIT_LIST, &thing);
}

static int
role_read(struct call *call, bool *ret_owner)
{
	struct str role = STR_NONE;
	int r = call_once(call, "role", &role);

	if (r != 0)
		return r;
	*ret_owner = str_eq(role, STR("owner"));
	if (role.p == NULL || *ret_owner || str_eq(role, STR("member")) ||
	    str_eq(role, STR("collaborator")))
		return 0;
	return bb_bad(call, "role", "'role' is owner, collaborator or member.");
}

int
bb_workspaces(struct call *call, struct http_reply *reply)
{
	static const char *const sorts[] = {"slug", NULL};
	struct jw w = JW(&reply->body);
	struct account *list = NULL;
	bool owned = false;
	struct page page;
	size_t n = 0;
	int r = bb_page_read(call, true, sorts, &page);

	if (r == 0)
		r = role_read(call, &owned);
	if (r == 0)
		r = account_list(call->core, &call->visit.who, call->arena,
				 &list, &n);
	if (r != 0)
		return r;
	bb_page_open(&w, &page);
	for (size_t i = 0; i < n; i++)
		if (opens(call, &list[i]) &&
		    (!owned || call->visit.who.owner) &&
		    bb_page_take(&page) == PAGE_HERE)
			bb_show_account(call, &w, NULL, &list[i]);
	return bb_page_close(call, &w, &page, STR_NONE, reply);
}

int
bb_workspace_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct account account;
	int r = account_get(call->core, str_c(call->visit.account), call->arena,
			    &account);

	if (r != 0)
		return r;
	bb_show_account(call, &w, NULL, &account);
	return bb_json(reply, 200);
}
