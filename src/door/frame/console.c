/* What pages of the console ask, as whom, and what they are told of it. */
#include "base/enc.h"
#include "core/user.h"
#include "door/frame/inner.h"
#include "wire/cookie.h"

bool
call_from_console(const struct call *call)
{
	size_t count;
	struct str field = http_field_get(call->req, CONSOLE_FIELD, &count);

	return count == 1 && str_eq(field, STR("1"));
}

struct str
call_cookie_name(const struct call *call)
{
	return str_starts(call->base, STR("https:")) ? STR("__Host-latchkey")
						     : STR("latchkey");
}

bool
call_cookie(const struct call *call, struct str *ret)
{
	size_t cookies, others;
	struct str field = http_field_get(call->req, "cookie", &cookies);

	(void)http_field_get(call->req, "authorization", &others);
	return cookies == 1 && others == 0 && call_from_console(call) &&
	       cookie_parse(field, call_cookie_name(call), ret) == 0;
}

int
call_proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	struct str value;

	if (!call->door->cookie || !call_cookie(call, &value))
		return call->door->proof(call, ret, decoded);
	*ret = (struct proof){.kind = PROOF_COOKIE, .secret = value};
	return 0;
}

/* Browsers say where a page is from that asks; none of ours is elsewhere. */
int
frame_console_step(struct inner *in)
{
	size_t asked, count;
	struct str site;

	(void)http_field_get(in->call.req, CONSOLE_FIELD, &asked);
	site = http_field_get(in->call.req, "sec-fetch-site", &count);
	if (asked == 0 || count == 0 ||
	    (count == 1 &&
	     (str_eq(site, STR("same-origin")) || str_eq(site, STR("none")))))
		return 0;
	return inner_status(in, 403, "nothing for pages of another site");
}

static void
whoami_write(const struct call *call, const struct subject *who,
	     const struct user *user, const struct account *account,
	     struct jw *w)
{
	char text[32];

	jw_object(w, NULL);
	jw_c(w, "identity", who->identity);
	jw_str(w, "kind", user->kind);
	jw_str(w, "name", user->name);
	jw_str(w, "email", user->email);
	jw_c(w, "account", who->account);
	jw_str(w, "account_slug", account->slug);
	jw_c(w, "credential", cred_kind_name(who->cred));
	jw_c(w, "credential_id", who->cred_id);
	if (who->expires_at != INT64_MAX) {
		enc_time_ms(who->expires_at, text);
		jw_c(w, "expires_at", text);
	}
	jw_c(w, "region", call->region->name);
	jw_bool(w, "owner", who->owner);
	jw_bool(w, "operator", who->server);
	jw_end(w);
}

int
call_whoami(struct call *call, const struct subject *who,
	    struct http_reply *reply, int status)
{
	struct account account;
	struct user user;
	struct jw w = JW(&reply->body);
	int r = user_get(call->core, str_c(who->identity), call->arena, &user);

	if (r == 0)
		r = account_get(call->core, str_c(who->account), call->arena,
				&account);
	/* Deleted since the gate let them in. */
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	whoami_write(call, who, &user, &account, &w);
	buf_addc(&reply->body, '\n');
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, status);
}
