/* Resource groups: there is one in an account, with everything in it. */
#include "base/enc.h"
#include "core/resource_group.h"
#include "door/identity/inner.h"

static void
group_write(struct call *call, struct jw *w, struct str account,
	    int64_t created_at)
{
	char id[RESOURCE_GROUP_ID_LEN + 1], text[32];

	resource_group_id(account, id);
	enc_time_ms(created_at, text);
	jw_object(w, NULL);
	jw_c(w, "id", id);
	jw_str(w, "crn",
	       arena_strf(call->arena,
			  "crn:v1:bluemix:public:resource-controller::a/%.*s::"
			  "resource-group:%s",
			  STR_ARG(account), id));
	jw_str(w, "account_id", account);
	jw_c(w, "name", "Default");
	jw_c(w, "state", "ACTIVE");
	jw_bool(w, "default", true);
	jw_c(w, "quota_id", "");
	jw_c(w, "created_at", text);
	jw_c(w, "updated_at", text);
	jw_end(w);
}

/* What asks for another one gets an empty list. */
static int
wanted(struct call *call, bool *ret)
{
	struct str name = STR_NONE, dflt = STR_NONE;
	int r = call_once(call, "name", &name);

	if (r == 0)
		r = call_once(call, "default", &dflt);
	*ret = (name.n == 0 || str_eq_nocase(name, STR("Default"))) &&
	       !str_eq(dflt, STR("false"));
	return r;
}

int
resource_groups_list(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct str account = STR_NONE;
	struct account found;
	bool show = false;
	int r = call_once(call, "account_id", &account);

	if (r == 0)
		r = wanted(call, &show);
	if (r != 0)
		return r;
	/* Of the visitor's own account alone. */
	if (account.n > 0 && !str_eq(account, str_c(call->visit.who.account)))
		return OUT_DENIED;
	r = account_get(call->core, str_c(call->visit.who.account), call->arena,
			&found);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "resources");
	if (show)
		group_write(call, &w, found.id, found.created_at);
	jw_end(&w);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}
