/* Codes for one login elsewhere, and sessions by name. */
#include "core/session.h"
#include "door/iam/inner.h"

static const struct token_words refused = {
    NULL, CODE_REFRESH, "The refresh token is not valid. Log in again."};
static const struct token_words inactive = {
    NULL, CODE_INACTIVE, "The session is no longer active. Log in again."};

int
iam_secret_reply(struct http_reply *reply, const char *name, struct str secret)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_str(&w, name, secret);
	jw_end(&w);
	reply->wipe = true;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

int
passcode_post(struct call *call, struct http_reply *reply)
{
	static const char *const single[] = {"grant_type", "refresh_token",
					     "response_type"};
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct grant_ask ask = {.kind = GRANT_REFRESH,
				.addr = call->addr,
				.agent = iam_agent(call)};
	int r = iam_once(call, single, nitems(single));

	if (r == 0 &&
	    !str_eq(form_get(&call->form, "grant_type"), STR("refresh_token")))
		r = iam_missing(call, "grant_type");
	ask.refresh_token = form_get(&call->form, "refresh_token");
	if (r == 0 && ask.refresh_token.n == 0)
		r = iam_missing(call, "refresh_token");
	if (r == 0)
		r = iam_client(call, &ask.client_id);
	if (r == 0)
		r = iam_words_take(call, &refused);
	if (r == 0)
		r = passcode_make(call->core, &ask, &code, &call->wait_s);
	return r != 0
		   ? r
		   : iam_secret_reply(reply, "passcode", secret_reveal(&code));
}

/* The original has a page in a browser here. */
int
passcode_get(struct call *call, struct http_reply *reply)
{
	(void)call;
	(void)buf_adds(
	    &reply->body,
	    "A passcode logs in once, within five minutes, as whoever made "
	    "it.\n"
	    "Make one where you are logged in: latchkey iam passcode\n"
	    "and use it elsewhere:             latchkey login --sso\n");
	http_head(reply, "Content-Type", STR("text/plain; charset=utf-8"));
	reply->status = 200;
	return buf_err(&reply->body);
}

/* The original's command line says by this that it is still there. Whoever says
 * so has proven nothing, so it changes nothing: what makes a session last is
 * its refresh token. The answer is whether there is such a session, to who
 * knows its random name. */
int
session_patch(struct call *call, struct http_reply *reply)
{
	struct str client;
	int r = iam_client(call, &client);

	if (r == 0 && client.n == 0)
		r = iam_missing(call, "client_id");
	if (r == 0)
		r = session_alive(call->core, call->params[0], client);
	if (r != OUT_ABSENT)
		return r != 0 ? r : reply_empty(reply, 204);
	r = iam_words_take(call, &inactive);
	return r != 0 ? r : OUT_UNPROVEN;
}
