/* What an OpenID Connect provider tells about itself and its users. */
#include "core/access.h"
#include "door/iam/inner.h"
#include "wire/jwt.h"

int
keys_get(struct call *call, struct http_reply *reply)
{
	const struct iam_host *host = iam_host(call);
	int r = host->keys(host->arg, &reply->body);

	if (r == 0)
		r = buf_err(&reply->body);
	if (r != 0)
		return FOLD(r);
	http_head(reply, "Cache-Control", STR("public, max-age=300"));
	return reply_json(reply, 200);
}

static void
address(const struct call *call, struct jw *w, const char *name,
	const char *path)
{
	struct str url =
	    arena_strf(call->arena, "%.*s%s", STR_ARG(call->base), path);

	jw_str(w, name, url);
}

static void
texts(struct jw *w, const char *name, const char *const *list, size_t n)
{
	jw_array(w, name);
	for (size_t i = 0; i < n; i++)
		jw_c(w, NULL, list[i]);
	jw_end(w);
}

/* The issuer is what tokens say, whatever host this was asked at; addresses
 * are of the host that was asked, since that one is known to be reachable. */
int
discovery_get(struct call *call, struct http_reply *reply)
{
	static const char *const grants[] = {
	    "password", "refresh_token",
	    "urn:ibm:params:oauth:grant-type:apikey",
	    "urn:ibm:params:oauth:grant-type:passcode",
	    "urn:ibm:params:oauth:grant-type:delegated-refresh-token"};
	static const char *const auths[] = {"client_secret_basic", "none"};
	static const char *const subjects[] = {"public"};
	static const char *const algorithms[] = {"ES256"};
	static const char *const responses[] = {"cloud_iam",
						"delegated_refresh_token"};
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_str(&w, "issuer",
	       arena_strf(call->arena, "%s/identity", call->core->public_url));
	address(call, &w, "authorization_endpoint", "/identity/authorize");
	address(call, &w, "token_endpoint", "/identity/token");
	address(call, &w, "passcode_endpoint", "/identity/passcode");
	address(call, &w, "userinfo_endpoint", "/identity/userinfo");
	address(call, &w, "introspection_endpoint", "/identity/introspect");
	address(call, &w, "jwks_uri", "/identity/keys");
	texts(&w, "grant_types_supported", grants, nitems(grants));
	texts(&w, "response_types_supported", responses, nitems(responses));
	texts(&w, "token_endpoint_auth_methods_supported", auths,
	      nitems(auths));
	texts(&w, "subject_types_supported", subjects, nitems(subjects));
	texts(&w, "id_token_signing_alg_values_supported", algorithms,
	      nitems(algorithms));
	jw_end(&w);
	http_head(reply, "Cache-Control", STR("public, max-age=300"));
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

struct claim {
	const char *claim, *name;
};
static const struct claim info_claims[] = {
    {"realmid", "realmId"},
    {"identifier", "identifier"},
    {"iam_id", "iam_id"},
    {"given_name", "given_name"},
    {"family_name", "family_name"},
    {"name", "name"},
    {"email", "email"},
    {"sub", "sub"},
    {"sub_type", "sub_type"},
    {"account", "account"},
    {"iat", "iat"},
    {"exp", "exp"},
    {"iss", "iss"},
    {"grant_type", "grant_type"},
    {"client_id", "client_id"},
    {"scope", "scope"},
    {"acr", "acr"},
    {"amr", "amr"},
};
static const struct claim token_claims[] = {
    {"iam_id", "iam_id"},
    {"id", "id"},
    {"realmid", "realmid"},
    {"identifier", "identifier"},
    {"name", "name"},
    {"email", "email"},
    {"sub", "sub"},
    {"sub_type", "sub_type"},
    {"jti", "jti"},
    {"account", "account"},
    {"iat", "iat"},
    {"exp", "exp"},
    {"iss", "iss"},
    {"grant_type", "grant_type"},
    {"client_id", "client_id"},
    {"scope", "scope"},
    {"session_id", "session_id"},
};

/* The claims of an access token that the gate let in. */
static int
from_token(struct str token, const struct claim *claims, size_t n, struct jw *w)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	int r = jwt_parse(token, &jwt);

	if (r != 0)
		return FOLD(r);
	for (size_t i = 0; i < n; i++) {
		const struct json *v = json_get(jwt.payload, claims[i].claim);

		if (v != NULL)
			jw_json(w, claims[i].name, v);
	}
	return 0;
}

static int
from_account(struct call *call, struct jw *w)
{
	struct user user;
	int r = user_get(call->core, str_c(call->visit.who.identity),
			 call->arena, &user);

	if (r != 0)
		return FOLD(r);
	jw_str(w, "iam_id", user.id);
	jw_str(w, "name", user.name);
	if (user.email.n > 0)
		jw_str(w, "email", user.email);
	jw_object(w, "account");
	jw_c(w, "bss", call->visit.who.account);
	jw_end(w);
	return 0;
}

int
userinfo_get(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct jw w = JW(&reply->body);
	struct auth auth;
	int r = call_auth(call, &decoded, &auth);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_bool(&w, "active", true);
	r = auth.scheme == AUTH_BEARER
		? from_token(auth.token, info_claims, nitems(info_claims), &w)
		: from_account(call, &w);
	jw_end(&w);
	http_head(reply, "Cache-Control", STR("no-store"));
	if (r == 0)
		r = buf_err(&reply->body);
	return r != 0 ? r : reply_json(reply, 200);
}

/* Names under which credentials come; no client is called like one. */
static bool
is_credential(struct str user)
{
	static const struct str names[] = {
	    STR_INIT("iamapikey"), STR_INIT("iambearer"),
	    STR_INIT("iamrefresh"), STR_INIT("token"), STR_INIT("<token>")};

	for (size_t i = 0; i < nitems(names); i++)
		if (str_eq(user, names[i]))
			return true;
	return false;
}

/* Who asks about tokens is a client by name, or somebody who proves who they
 * are. A name proves nothing and need not: a token cannot be guessed, and who
 * has one can read it, and learns at any door whether it is alive. What is
 * shown as a credential is looked at all the same: nobody is to think that one
 * which has ended still opens this. */
static int
asker_check(struct call *call)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	static const struct thing nothing;
	struct auth auth;
	int r = call_auth(call, &decoded, &auth);

	if (r != 0)
		return r;
	if (auth.scheme == AUTH_NONE)
		return note_set(&call->note, OUT_UNPROVEN,
				"a client, or an access token of one's own, is "
				"needed");
	if (auth.scheme == AUTH_BASIC && iam_client_ok(auth.user) &&
	    !is_credential(auth.user))
		return 0;
	return call_pass(call, VERB_WHOAMI, &nothing);
}

/* RFC 7662: whatever is not alive, for whichever reason, is not active, and
 * nothing else is said of it. */
int
introspect_post(struct call *call, struct http_reply *reply)
{
	static const char *const single[] = {"token"};
	struct str token = form_get(&call->form, "token");
	struct jw w = JW(&reply->body);
	struct subject who;
	int r = asker_check(call);

	if (r == 0)
		r = iam_once(call, single, nitems(single));
	if (r == 0 && token.n == 0)
		r = iam_missing(call, "token");
	if (r != 0)
		return r;
	r = access_look(call->core, token, &who);
	if (r < 0 || r == OUT_BUSY)
		return r;
	jw_object(&w, NULL);
	jw_bool(&w, "active", r == 0);
	if (r == 0)
		r = from_token(token, token_claims, nitems(token_claims), &w);
	else
		r = 0;
	jw_end(&w);
	http_head(reply, "Cache-Control", STR("no-store"));
	if (r == 0)
		r = buf_err(&reply->body);
	return r != 0 ? r : reply_json(reply, 200);
}
