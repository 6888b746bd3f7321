#include "core/rules.h"
#include "core/session.h"
#include "door/iam/inner.h"

#include <errno.h>

#define RECEIVERS_MAX	     16
#define DELEGATED_LIFE_MAX_S RULES_SESSION_LIFE_MAX

static const struct grant_row {
	struct str name;
	enum grant_kind kind;
	const char *needs[2];
	struct token_words words;
	bool delegates;
} grants[] = {
    {STR_INIT("urn:ibm:params:oauth:grant-type:apikey"),
     GRANT_API_KEY,
     {"apikey", NULL},
     {NULL, CODE_API_KEY, "Provided API key could not be found."},
     false},
    {STR_INIT("password"),
     GRANT_PASSWORD,
     {"username", "password"},
     {NULL, CODE_PASSWORD, "The user name or the password is incorrect."},
     false},
    {STR_INIT("refresh_token"),
     GRANT_REFRESH,
     {"refresh_token", NULL},
     {NULL, CODE_REFRESH, "The refresh token is not valid. Log in again."},
     false},
    {STR_INIT("urn:ibm:params:oauth:grant-type:passcode"),
     GRANT_PASSCODE,
     {"passcode", NULL},
     {NULL, CODE_REFRESH, "The passcode is not valid. Get another one."},
     false},
    {STR_INIT("urn:ibm:params:oauth:grant-type:delegated-refresh-token"),
     GRANT_REFRESH,
     {"refresh_token", NULL},
     {NULL, CODE_REFRESH, "The refresh token is not valid. Log in again."},
     true},
};

/* What the original has and this one has not: trusted profiles, services that
 * act for each other, logins in a browser. */
static const struct str foreign[] = {
    STR_INIT("urn:ibm:params:oauth:grant-type:derive"),
    STR_INIT("urn:ibm:params:oauth:grant-type:assume"),
    STR_INIT("urn:ibm:params:oauth:grant-type:cr-token"),
    STR_INIT("urn:ibm:params:oauth:grant-type:iam-authz"),
    STR_INIT("authorization_code"),
};

static int
grant_find(struct call *call, const struct grant_row **ret)
{
	struct str name = form_get(&call->form, "grant_type");

	for (size_t i = 0; i < nitems(grants); i++)
		if (str_eq(name, grants[i].name)) {
			*ret = &grants[i];
			return 0;
		}
	for (size_t i = 0; i < nitems(foreign); i++)
		if (str_eq(name, foreign[i]))
			return iam_unsupported(call, name);
	return iam_missing(call, "grant_type");
}

static int
form_check(struct call *call, const struct grant_row *grant)
{
	static const char *const single[] = {"grant_type",
					     "response_type",
					     "apikey",
					     "username",
					     "password",
					     "refresh_token",
					     "passcode",
					     "account",
					     "scope",
					     "receiver_client_ids",
					     "delegated_refresh_token_expiry"};
	int r = iam_once(call, single, nitems(single));

	for (size_t i = 0; r == 0 && i < nitems(grant->needs); i++)
		if (grant->needs[i] != NULL &&
		    form_get(&call->form, grant->needs[i]).n == 0)
			r = iam_missing(call, grant->needs[i]);
	return r;
}

/* Words between commas or blanks. ims_portal is of an older original and adds
 * nothing; a delegated token comes alone. */
static int
response_read(struct call *call, bool *delegates)
{
	struct str rest = form_get(&call->form, "response_type"), list, word;
	bool wants = false, others = false;

	while (str_next(&rest, ',', &list))
		while (str_next(&list, ' ', &word)) {
			bool is = str_eq(word, STR("delegated_refresh_token"));

			if (word.n == 0)
				continue;
			if (!is && !str_eq(word, STR("cloud_iam")) &&
			    !str_eq(word, STR("ims_portal")))
				return iam_invalid(call, "response_type");
			wants = wants || is;
			others = others || !is;
		}
	if (wants && others)
		return iam_invalid(call, "response_type");
	*delegates = *delegates || wants;
	return 0;
}

static int
grant_reply(struct http_reply *reply, const struct grant *grant)
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
	reply->wipe = true;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

static int
grant_give(struct call *call, const struct grant_ask *ask,
	   struct http_reply *reply)
{
	CLEAN(grant_clear) struct grant grant = GRANT_INIT;
	int r = session_grant(call->core, ask, &grant, &call->wait_s);

	return r != 0 ? r : grant_reply(reply, &grant);
}

/* Whoever it is for, it opens the registry and nothing else: so the list is
 * looked at, and binds nothing. */
static int
receivers_check(struct call *call)
{
	struct str rest = form_get(&call->form, "receiver_client_ids"), id;
	size_t n = 0;

	if (rest.p == NULL)
		return 0;
	while (str_next(&rest, ',', &id))
		if (!iam_client_ok(str_trim(id)) || ++n > RECEIVERS_MAX)
			return iam_invalid(call, "receiver_client_ids");
	return n > 0 ? 0 : iam_invalid(call, "receiver_client_ids");
}

static int
life_read(struct call *call, int64_t *ret)
{
	struct str s = form_get(&call->form, "delegated_refresh_token_expiry");
	uint64_t n = 0;

	*ret = 0;
	if (s.p == NULL)
		return 0;
	if (str_u64(s, INT64_MAX, &n) != 0 || n == 0)
		return iam_invalid(call, "delegated_refresh_token_expiry");
	*ret = n < DELEGATED_LIFE_MAX_S ? (int64_t)n : DELEGATED_LIFE_MAX_S;
	return 0;
}

static int
delegate_give(struct call *call, const struct grant_ask *ask,
	      struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	int64_t life_s = 0;
	int r = ask->kind == GRANT_REFRESH ? receivers_check(call)
					   : iam_invalid(call, "grant_type");

	if (r == 0)
		r = life_read(call, &life_s);
	if (r == 0)
		r = session_delegate(call->core, ask, life_s, &token,
				     &call->wait_s);
	return r != 0 ? r
		      : iam_secret_reply(reply, "delegated_refresh_token",
					 secret_reveal(&token));
}

int
token_post(struct call *call, struct http_reply *reply)
{
	const struct form *form = &call->form;
	const struct grant_row *row = NULL;
	struct grant_ask ask = {.addr = call->addr, .agent = iam_agent(call)};
	bool delegates = false;
	int r = grant_find(call, &row);

	if (r == 0)
		r = form_check(call, row);
	if (r == 0)
		r = response_read(call, &delegates);
	if (r == 0)
		r = iam_client(call, &ask.client_id);
	if (r == 0)
		r = iam_words_take(call, &row->words);
	if (r != 0)
		return r;
	ask.kind = row->kind;
	ask.api_key = form_get(form, "apikey");
	ask.user = form_get(form, "username");
	ask.password = form_get(form, "password");
	ask.refresh_token = form_get(form, "refresh_token");
	ask.passcode = form_get(form, "passcode");
	ask.account = form_get(form, "account");
	return delegates || row->delegates ? delegate_give(call, &ask, reply)
					   : grant_give(call, &ask, reply);
}
