#include "door/api/inner.h"

/* What does not exist is left to the gate, which says no to it as to everything
 * that is somebody else's. */
static int
aim_at(struct call *call, struct str name)
{
	struct account account;
	int r = account_get(call->core, name, call->arena, &account);

	call->thing.account = r == 0 ? account.id : name;
	return r < 0 ? r : 0;
}

int
api_aim_account(struct call *call)
{
	struct str name = STR_NONE;
	int r = call_once(call, "account", &name);

	if (r != 0)
		return r;
	call->thing.kind = THING_ACCOUNT;
	return name.p == NULL ? 0 : aim_at(call, name);
}

int
api_aim_named_account(struct call *call)
{
	call->thing.kind = THING_ACCOUNT;
	return aim_at(call, call->params[0]);
}

static void
account_write(struct jw *w, const char *name, const struct account *a)
{
	jw_object(w, name);
	jw_str(w, "id", a->id);
	jw_str(w, "slug", a->slug);
	jw_str(w, "name", a->name);
	jw_str(w, "owner", a->owner);
	jw_bool(w, "git_http", a->git_http);
	time_write(w, "created_at", a->created_at);
	jw_end(w);
}

#define AT(member) offsetof(struct account_ask, member)
const struct field account_add_fields[] = {
    {"slug", JSON_STR, true, AT(slug)},
    {"name", JSON_STR, false, AT(name)},
    {"owner_email", JSON_STR, true, AT(owner_email)},
    {"owner_name", JSON_STR, false, AT(owner_name)},
    {"owner_password", JSON_STR, false, AT(owner_password)},
};

int
account_add(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct account_ask ask = {0};
	struct account made;
	struct jw w = JW(&reply->body);
	int r = body_read(call, account_add_fields, nitems(account_add_fields),
			  &ask);

	if (r == 0)
		r = account_create(&call->visit, &ask, call->arena, &made, &key,
				   &call->note);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"the slug is in use already, or the owner's "
				"e-mail address is: an owner has one account");
	if (r != 0)
		return r;
	reply->wipe = true;
	jw_object(&w, NULL);
	account_write(&w, "account", &made);
	jw_str(&w, "apikey", secret_reveal(&key));
	jw_end(&w);
	return json_done(call, reply, 201);
}

int
accounts_show(struct call *call, struct http_reply *reply)
{
	struct account *list = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r =
	    account_list(call->core, &call->visit.who, call->arena, &list, &n);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "accounts");
	for (size_t i = 0; i < n; i++)
		account_write(&w, NULL, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return json_done(call, reply, 200);
}

int
account_show(struct call *call, struct http_reply *reply)
{
	struct account *list = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r =
	    account_list(call->core, &call->visit.who, call->arena, &list, &n);

	if (r != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(list[i].id, call->params[0]) &&
		    !str_eq_nocase(list[i].slug, call->params[0]))
			continue;
		account_write(&w, NULL, &list[i]);
		return json_done(call, reply, 200);
	}
	return OUT_ABSENT;
}

const struct field account_put_fields[] = {
    {"git_http", JSON_BOOL, true, 0},
};

int
account_put(struct call *call, struct http_reply *reply)
{
	struct body_flag git_http = {false, false};
	struct jw w = JW(&reply->body);
	struct account account;
	int r = body_read(call, account_put_fields, nitems(account_put_fields),
			  &git_http);

	if (r == 0)
		r = account_set_git_http(&call->visit, git_http.is);
	if (r == 0)
		r = account_get(call->core, str_c(call->visit.account),
				call->arena, &account);
	if (r != 0)
		return r;
	account_write(&w, NULL, &account);
	return json_done(call, reply, 200);
}
