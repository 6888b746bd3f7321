/* Signing in and out. What a browser is given is a cookie that no script can
 * read; what it opens is asked of the other doors. */
#include "core/session.h"
#include "base/clock.h"
#include "door/console/inner.h"

#include <errno.h>
#include <inttypes.h>

/* --- the cookie --- */

/* Kept until the session's last end: when nobody stays it is over before, and
 * an answer that is late must never bring back the cookie of an older session.
 */
static int
put_cookie(const struct call *call, struct http_reply *reply, struct str value,
	   int64_t life_s)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct str name = call_cookie_name(call);
	bool https = str_starts(call->base, STR("https:"));

	buf_addf(&text,
		 "%.*s=%.*s; Path=/; Max-Age=%" PRId64
		 "; HttpOnly; SameSite=Strict%s",
		 STR_ARG(name), STR_ARG(value), life_s > 0 ? life_s : 0,
		 https ? "; Secure" : "");
	if (buf_err(&text) != 0)
		return buf_err(&text);
	http_head(reply, "Set-Cookie", buf_str(&text));
	return 0;
}

/* Who somebody is now, and how their browser says so from here on. */
static int
reply_signed_in(struct call *call, const struct sign_in *in, int status,
		struct http_reply *reply)
{
	int64_t life_s = (in->ends_at - clock_now()) / SECOND_MS;
	int r = put_cookie(call, reply, secret_reveal(&in->cookie), life_s);

	reply->wipe = true;
	return r != 0 ? r : call_whoami(call, &in->who, reply, status);
}

/* --- what is asked --- */

struct words {
	struct str username, password, apikey, account;
};

/* Members that are none of these are a mistake: a misspelt account would sign
 * in to another one. */
static int
words_read(struct call *call, struct words *ret)
{
	const struct {
		struct str name, *to;
	} members[] = {{STR("username"), &ret->username},
		       {STR("password"), &ret->password},
		       {STR("apikey"), &ret->apikey},
		       {STR("account"), &ret->account}};
	const struct json *value;
	struct str name;
	void *at = NULL;
	size_t i;

	if (call->json == NULL)
		return 0;
	if (json_kind(call->json) != JSON_OBJECT)
		return note_set(&call->note, OUT_MALFORMED,
				"the body is not a JSON object");
	while (json_each(call->json, &at, &name, &value)) {
		for (i = 0; i < nitems(members); i++)
			if (str_eq(name, members[i].name))
				break;
		if (i == nitems(members))
			return note_set(&call->note, OUT_MALFORMED,
					"there is no such member: 'username' "
					"and 'password', or 'apikey', and "
					"'account'");
		if (!json_str(value, members[i].to))
			return note_set(&call->note, OUT_MALFORMED,
					"'%.*s' is not a text",
					STR_ARG(members[i].name));
	}
	return 0;
}

/* By a password or by a key; who gives both must mean one of them. */
static int
ask_make(struct call *call, const struct words *w, struct grant_ask *ret)
{
	bool key = w->apikey.n > 0;
	bool person = w->username.n > 0 && w->password.n > 0;

	if (key == person ||
	    (key && (w->username.p != NULL || w->password.p != NULL)))
		return note_set(&call->note, OUT_MALFORMED,
				"'username' and 'password' are needed, or "
				"'apikey'");
	*ret = (struct grant_ask){
	    .kind = key ? GRANT_API_KEY : GRANT_PASSWORD,
	    .api_key = w->apikey,
	    .user = w->username,
	    .password = w->password,
	    .account = w->account,
	    .addr = call->addr,
	    .agent = http_field_get(call->req, "user-agent", NULL)};
	return 0;
}

/* The field stands for: a page of ours asks, and not one of another site in
 * somebody's name, be it that it signs them in as somebody else. */
static int
ours_only(struct call *call)
{
	return call_from_console(call)
		   ? 0
		   : note_set(&call->note, OUT_DENIED,
			      "for the console's pages: the field "
			      "Latchkey-Console is missing");
}

/* --- signing in and out --- */

/* The session of this cookie is over. 0 also when it was before. */
static int
leave(struct call *call, struct str value)
{
	struct proof proof = {
	    .kind = PROOF_COOKIE, .secret = value, .addr = call->addr};
	struct thing nothing = {.kind = THING_NONE};
	struct visit visit;
	int r = gate_pass(call->core, &proof, VERB_WHOAMI, &nothing, &visit);

	if (r == 0)
		r = session_leave(&visit);
	return r == OUT_UNPROVEN || r == OUT_EXPIRED ? 0 : r;
}

/* In the same words whatever was wrong with it. */
static int
say_why(struct call *call, int r)
{
	switch (r) {
	case OUT_UNPROVEN:
		return note_set(&call->note, r,
				"no such user name and password, or API key");
	case OUT_DENIED:
		return note_set(&call->note, r,
				"that account is none of theirs");
	case OUT_TOO_MANY:
		return note_set(&call->note, r,
				"too many failed attempts: wait a while");
	case OUT_MALFORMED:
		return note_set(&call->note, r,
				"no password is as long as that");
	default:
		return r;
	}
}

/* A cookie that came along is not taken over, whoever set it. Its session is
 * over: this browser forgets it now, and nobody could sign out of it. That it
 * could not be ended undoes no sign-in; it ends by itself. */
int
console_sign_in(struct call *call, struct http_reply *reply)
{
	CLEAN(sign_in_clear) struct sign_in in = SIGN_IN_INIT;
	struct words words = {.account = STR_NONE};
	struct grant_ask ask;
	struct str old;
	int r = ours_only(call);

	if (r == 0)
		r = words_read(call, &words);
	if (r == 0)
		r = ask_make(call, &words, &ask);
	if (r != 0)
		return r;
	r = session_sign_in(call->core, &ask, &in, &call->wait_s);
	if (r != 0)
		return say_why(call, r);
	if (call_cookie(call, &old) && !str_eq(old, secret_reveal(&in.cookie)))
		(void)!leave(call, old);
	return reply_signed_in(call, &in, 201, reply);
}

int
console_who(struct call *call, struct http_reply *reply)
{
	http_head(reply, "Cache-Control", STR("no-store"));
	return call_whoami(call, &call->visit.who, reply, 200);
}

int
console_stay(struct call *call, struct http_reply *reply)
{
	CLEAN(sign_in_clear) struct sign_in in = SIGN_IN_INIT;
	struct words words = {.account = STR_NONE};
	int r = words_read(call, &words);

	if (r == 0 && (words.username.p != NULL || words.password.p != NULL ||
		       words.apikey.p != NULL))
		r = note_set(&call->note, OUT_MALFORMED,
			     "'account' may be changed: to sign in, POST");
	if (r == 0 && words.account.p != NULL && words.account.n == 0)
		r = note_set(&call->note, OUT_MALFORMED, "'account' is empty");
	if (r == 0 && words.account.p == NULL) {
		r = session_stay(&call->visit, &in.who, &in.ends_at);
		http_head(reply, "Cache-Control", STR("no-store"));
		return r != 0 ? r : call_whoami(call, &in.who, reply, 200);
	}
	if (r != 0)
		return r;
	r = session_into(&call->visit, words.account,
			 http_field_get(call->req, "user-agent", NULL), &in);
	return r != 0 ? say_why(call, r)
		      : reply_signed_in(call, &in, 200, reply);
}

int
console_sign_out(struct call *call, struct http_reply *reply)
{
	struct str value;
	int r = ours_only(call);

	if (r == 0 && call_cookie(call, &value))
		r = leave(call, value);
	if (r == 0)
		r = put_cookie(call, reply, STR(""), 0);
	if (r != 0)
		return r;
	http_head(reply, "Cache-Control", STR("no-store"));
	return reply_empty(reply, 204);
}

/* This door knows browsers and nobody else. */
int
console_proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	(void)decoded;
	*ret = (struct proof){.kind = PROOF_NONE};
	return note_set(&call->note, OUT_UNPROVEN, "nobody is signed in");
}
