#include "core/session.h"
#include "door/iam/inner.h"

#include <errno.h>

#define CLIENT_ID_MAX 64

static const struct grant_row {
	struct str name;
	enum grant_kind kind;
	const char *needs[2];
	struct token_words words;
} grants[] = {
    {STR_INIT("urn:ibm:params:oauth:grant-type:apikey"),
     GRANT_API_KEY,
     {"apikey", NULL},
     {NULL, CODE_API_KEY, "Provided API key could not be found."}},
    {STR_INIT("password"),
     GRANT_PASSWORD,
     {"username", "password"},
     {NULL, CODE_PASSWORD, "The user name or the password is incorrect."}},
    {STR_INIT("refresh_token"),
     GRANT_REFRESH,
     {"refresh_token", NULL},
     {NULL, CODE_REFRESH, "The refresh token is not valid. Log in again."}},
};

static struct token_words words_missing = {CODE_MISSING, NULL, NULL};
static struct token_words words_invalid = {CODE_INVALID, NULL, NULL};

static int
missing(struct call *call, const char *name)
{
	call->own = &words_missing;
	return note_set(&call->note, OUT_MALFORMED,
			"Missing or unknown parameter '%s'.", name);
}

static int
invalid(struct call *call, const char *name)
{
	call->own = &words_invalid;
	return note_set(&call->note, OUT_MALFORMED,
			"Property '%s' has an invalid value.", name);
}

static int
grant_find(struct call *call, const struct grant_row **ret)
{
	struct str name = form_get(&call->form, "grant_type");

	for (size_t i = 0; i < nitems(grants); i++)
		if (str_eq(name, grants[i].name)) {
			*ret = &grants[i];
			return 0;
		}
	return missing(call, "grant_type");
}

/* One value each where one is meant: two could be read in two ways. */
static int
form_check(struct call *call, const struct grant_row *grant)
{
	static const char *const single[] = {
	    "grant_type", "response_type", "apikey",  "username",
	    "password",	  "refresh_token", "account", "scope"};

	for (size_t i = 0; i < nitems(single); i++)
		if (form_count(&call->form, single[i]) > 1)
			return invalid(call, single[i]);
	for (size_t i = 0; i < nitems(grant->needs); i++)
		if (grant->needs[i] != NULL &&
		    form_get(&call->form, grant->needs[i]).n == 0)
			return missing(call, grant->needs[i]);
	return 0;
}

/* Clients are known by name only: the original's command line is "bx" with the
 * secret "bx". A name makes a session, and binds its refresh token. */
static int
client_read(struct call *call, struct str *ret)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct auth auth;

	*ret = STR("");
	if (call_auth(call, &decoded, &auth) != 0)
		return invalid(call, "client_id");
	if (auth.scheme != AUTH_BASIC)
		return 0;
	if (auth.user.n == 0 || auth.user.n > CLIENT_ID_MAX ||
	    !str_printable(auth.user))
		return invalid(call, "client_id");
	*ret = arena_str(call->arena, auth.user);
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
grant_reply(struct call *call, struct http_reply *reply,
	    const struct grant *grant)
{
	struct str refresh = secret_reveal(&grant->refresh_token);
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_str(&w, "access_token", buf_str(&grant->access_token));
	jw_str(&w, "refresh_token",
	       refresh.n > 0 ? refresh : STR("not_supported"));
	jw_c(&w, "token_type", "Bearer");
	jw_int(&w, "expires_in",
	       (grant->expires_at - grant->issued_at) / SECOND_MS);
	jw_int(&w, "expiration", grant->expires_at / SECOND_MS);
	jw_c(&w, "scope", "ibm openid");
	if (grant->session_id[0] != '\0')
		jw_c(&w, "session_id", grant->session_id);
	jw_end(&w);
	(void)call;
	reply->wipe = true;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

static int
grant_give(struct call *call, const struct grant_row *row, struct str client,
	   struct http_reply *reply)
{
	CLEAN(grant_clear) struct grant grant = GRANT_INIT;
	const struct form *form = &call->form;
	struct grant_ask ask = {
	    .kind = row->kind,
	    .api_key = form_get(form, "apikey"),
	    .user = form_get(form, "username"),
	    .password = form_get(form, "password"),
	    .refresh_token = form_get(form, "refresh_token"),
	    .account = form_get(form, "account"),
	    .client_id = client,
	    .addr = call->addr,
	};
	int r = session_grant(call->core, &ask, &grant, &call->wait_s);

	return r != 0 ? r : grant_reply(call, reply, &grant);
}

static int
delegate_give(struct call *call, const struct grant_row *row, struct str client,
	      struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct jw w = JW(&reply->body);
	int r;

	if (row->kind != GRANT_REFRESH)
		return invalid(call, "grant_type");
	r = session_delegate(call->core, form_get(&call->form, "refresh_token"),
			     client, call->addr, &token);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "delegated_refresh_token", secret_reveal(&token));
	jw_end(&w);
	reply->wipe = true;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

int
token_post(struct call *call, struct http_reply *reply)
{
	struct str type = form_get(&call->form, "response_type");
	const struct grant_row *row = NULL;
	struct token_words words;
	struct str client;
	int r = grant_find(call, &row);

	if (r == 0)
		r = form_check(call, row);
	if (r == 0)
		r = client_read(call, &client);
	if (r != 0)
		return r;
	words = row->words;
	call->own = arena_get(call->arena, sizeof(words));
	if (call->own == NULL)
		return FAIL(-ENOMEM);
	memcpy(call->own, &words, sizeof(words));
	if (str_eq(type, STR("delegated_refresh_token")))
		return delegate_give(call, row, client, reply);
	if (type.p != NULL && !str_eq(type, STR("cloud_iam")))
		return invalid(call, "response_type");
	return grant_give(call, row, client, reply);
}
