/* What an OpenID Connect provider tells about itself and its users. */
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
	    "urn:ibm:params:oauth:grant-type:apikey"};
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
	address(call, &w, "jwks_uri", "/identity/keys");
	texts(&w, "grant_types_supported", grants, nitems(grants));
	texts(&w, "response_types_supported", responses, nitems(responses));
	texts(&w, "subject_types_supported", subjects, nitems(subjects));
	texts(&w, "id_token_signing_alg_values_supported", algorithms,
	      nitems(algorithms));
	jw_end(&w);
	http_head(reply, "Cache-Control", STR("public, max-age=300"));
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

/* The claims of the access token that the gate just let in. */
static int
from_token(struct str token, struct jw *w)
{
	static const struct {
		const char *claim, *name;
	} claims[] = {
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
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	int r = jwt_parse(token, &jwt);

	if (r != 0)
		return FOLD(r);
	for (size_t i = 0; i < nitems(claims); i++) {
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
	r = auth.scheme == AUTH_BEARER ? from_token(auth.token, &w)
				       : from_account(call, &w);
	jw_end(&w);
	http_head(reply, "Cache-Control", STR("no-store"));
	if (r == 0)
		r = buf_err(&reply->body);
	return r != 0 ? r : reply_json(reply, 200);
}
