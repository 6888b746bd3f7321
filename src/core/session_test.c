#include "core/core_world.h"

#include "wire/jwt.h"
#include "json/json.h"

#define APP "birds/app"
#define BX  STR("bx")

static struct grant_ask
with_key(struct str key, struct str client)
{
	return (struct grant_ask){.kind = GRANT_API_KEY,
				  .api_key = key,
				  .client_id = client,
				  .addr = ADDR};
}

static struct grant_ask
with_refresh(struct str token)
{
	return (struct grant_ask){.kind = GRANT_REFRESH,
				  .refresh_token = token,
				  .client_id = BX,
				  .addr = ADDR};
}

static struct grant_ask
with_password(struct str user, struct str password)
{
	return (struct grant_ask){.kind = GRANT_PASSWORD,
				  .user = user,
				  .password = password,
				  .client_id = BX,
				  .addr = ADDR};
}

static void
test_claims(struct world *w)
{
	struct login login = world_session(w, w->key);
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	const struct json *p;
	int64_t iat = 0, exp = 0, acr = 0;
	bool valid = false;
	struct str id = str_c(w->owner.who.identity);

	must(jwt_parse(login.access, &jwt), "jwt");
	p = jwt.payload;
	is_str(jwt.alg, STR("ES256"), "alg");
	ok(jwt.kid.n > 0, "kid");
	is_str(json_text(jwt.header, "typ"), STR("JWT"), "typ");
	is_str(json_text(p, "iam_id"), id, "iam_id");
	is_str(json_text(p, "id"), id, "id");
	is_str(json_text(p, "realmid"), STR("IBMid"), "realmid");
	is_str(json_text(p, "identifier"), str_sub(id, 6, id.n), "identifier");
	is_str(json_text(p, "email"), STR("admin@localhost"), "email");
	is_str(json_text(p, "sub"), STR("admin@localhost"), "sub");
	ok(json_get(p, "sub_type") == NULL, "no sub_type for people");
	is_str(json_text(json_get(p, "account"), "bss"),
	       str_c(w->owner.account), "account.bss");
	ok(json_bool(json_get(json_get(p, "account"), "valid"), &valid) &&
	       valid,
	   "account.valid");
	is_str(json_text(p, "iss"), STR(URL "/identity"), "iss");
	is_str(json_text(p, "scope"), STR("ibm openid"), "scope");
	is_str(json_text(p, "client_id"), BX, "client_id");
	is_str(json_text(p, "grant_type"),
	       STR("urn:ibm:params:oauth:grant-type:apikey"), "grant_type");
	ok(json_int(json_get(p, "acr"), &acr) && acr == 1, "acr");
	is_str(json_text(p, "session_id"), str_c(login.session), "session_id");
	ok(json_int(json_get(p, "iat"), &iat) &&
	       json_int(json_get(p, "exp"), &exp),
	   "times are integers");
	is_int(exp - iat, ACCESS_LIFE_S, "an hour");
	is_int(exp * SECOND_MS, login.expires_at, "as it says");
}

static void
test_api_key(struct world *w)
{
	struct grant_ask ask = with_key(w->key, STR(""));
	struct api_key key;
	struct login login;

	is_int(world_login(w, &ask, &login), 0, "without a client");
	is_str(login.refresh, STR(""), "no refresh token");
	is_str(str_c(login.session), STR(""), "no session");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), 0, "opens");
	ask.api_key = STR("lk_a_wrong");
	is_int(world_login(w, &ask, &login), OUT_UNPROVEN, "a wrong key");
	ask.api_key = world_key(w, str_c(w->owner.who.identity),
				clock_now() + MINUTE_MS, &key);
	is_int(world_login(w, &ask, &login), 0, "one with an end");
	ok(login.expires_at <= key.expires_at, "and no token outlives it");
	clock_test_shift(MINUTE_MS);
	is_int(world_login(w, &ask, &login), OUT_UNPROVEN,
	       "past its end like one that never was");
	clock_test_shift(-MINUTE_MS);
	ask = with_key(w->key, BX);
	ask.account = STR("own");
	is_int(world_login(w, &ask, &login), 0, "its account by name");
	ask.account = str_c(w->owner.account);
	is_int(world_login(w, &ask, &login), 0, "by id");
	ask.account = STR("nowhere");
	is_int(world_login(w, &ask, &login), OUT_DENIED, "another");
}

static void
test_refresh(struct world *w)
{
	struct login first = world_session(w, w->key);
	struct login second = first, third = first, again = first;
	struct grant_ask ask = with_refresh(first.refresh);
	struct audit_filter ended = {.verb = STR("session.end"),
				     .outcome = STR("done")};
	struct audit_row *rows;
	size_t n;

	clock_test_shift(10 * SECOND_MS);
	is_int(world_login(w, &ask, &second), 0, "refreshed");
	ok(!str_eq(second.refresh, first.refresh), "by a new one");
	is_str(str_c(second.session), str_c(first.session), "same session");
	is_int(pulls(w, plain(PROOF_ACCESS, second.access), APP), 0, "opens");
	clock_test_shift(REFRESH_GRACE_MS - 20 * SECOND_MS);
	is_int(world_login(w, &ask, &again), 0, "the old one has a minute");
	ask = with_refresh(second.refresh);
	is_int(world_login(w, &ask, &third), 0, "the new one works");
	is_int(pulls(w, basic("iamrefresh", third.refresh), APP), 0,
	       "at the registry, too");
	clock_test_shift(20 * SECOND_MS);
	ask = with_refresh(first.refresh);
	is_int(pulls(w, basic("iamrefresh", first.refresh), APP), OUT_EXPIRED,
	       "the registry only refuses an old one");
	is_int(pulls(w, basic("iamrefresh", third.refresh), APP), 0,
	       "and the session goes on");
	is_int(pulls(w, plain(PROOF_ACCESS, third.access), APP), 0,
	       "its access token is remembered");
	is_int(world_login(w, &ask, &again), OUT_UNPROVEN, "a replay");
	ask = with_refresh(third.refresh);
	is_int(world_login(w, &ask, &again), OUT_UNPROVEN,
	       "ends the whole session");
	is_int(pulls(w, plain(PROOF_ACCESS, third.access), APP), OUT_UNPROVEN,
	       "with its access tokens");
	must(audit_list(w->core, &ended, &w->arena, &rows, &n), "trail");
	ok(n == 1 &&
	       memmem(rows[0].detail.p, rows[0].detail.n, "replay", 6) != NULL,
	   "and the trail says why");
	clock_test_shift(-10 * SECOND_MS - REFRESH_GRACE_MS);
}

static void
test_refresh_refused(struct world *w)
{
	struct login login = world_session(w, w->key), other;
	struct grant_ask ask = with_refresh(login.refresh);

	ask.client_id = STR("");
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "no client");
	ask.client_id = STR("bz");
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "another client");
	ask.client_id = BX;
	ask.account = STR("nowhere");
	is_int(world_login(w, &ask, &other), OUT_DENIED, "another account");
	ask.account = STR_NONE;
	ask.refresh_token = login.access;
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "an access token");
	ask.refresh_token = w->key;
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "an API key");
	ask.refresh_token = login.refresh;
	is_int(world_login(w, &ask, &other), 0, "none of that used it up");
	clock_test_shift((int64_t)REFRESH_LIFE_S * SECOND_MS);
	ask.refresh_token = other.refresh;
	is_int(world_login(w, &ask, &login), OUT_EXPIRED, "after three days");
	clock_test_shift(-(int64_t)REFRESH_LIFE_S * SECOND_MS);
}

static void
test_delegate(struct world *w)
{
	struct login login = world_session(w, w->key), other;
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	CLEAN(secret_clear) struct secret more = SECRET_INIT;
	struct grant_ask ask = with_refresh(login.refresh);
	struct visit by = w->owner;
	struct str value;
	int64_t wait;

	is_int(session_delegate(w->core, &ask, 0, &token, &wait), 0,
	       "delegated");
	value = keep(w, secret_reveal(&token));
	is_int(pulls(w, basic("iamrefresh", value), APP), 0, "opens");
	is_int(world_login(w, &ask, &other), 0, "its parent was not replaced");
	clock_test_shift(2 * REFRESH_GRACE_MS);
	is_int(pulls(w, basic("iamrefresh", value), APP), 0,
	       "nor is it by what its parent does");
	ask = with_refresh(value);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN,
	       "makes no access token");
	is_int(session_delegate(w->core, &ask, 0, &more, &wait), OUT_UNPROVEN,
	       "nor another");
	is_int(pulls(w, basic("iamrefresh", value), APP), 0, "and stays");
	by.verb = VERB_SESSION_END;
	must(session_end(&by, str_c(login.session)), "end");
	is_int(pulls(w, basic("iamrefresh", value), APP), OUT_UNPROVEN,
	       "ends with the session");
	clock_test_shift(-2 * REFRESH_GRACE_MS);
}

static void
test_password(struct world *w)
{
	struct user_ask user_ask = {.email = STR("Anna@Example.org"),
				    .name = STR("Anna Berg"),
				    .password = STR("correct horse"),
				    .roles = ROLE_READER};
	struct grant_ask ask =
	    with_password(STR("anna@example.ORG"), STR("correct horse"));
	struct user user;
	struct login login, second;
	struct visit by = w->owner;

	must(user_create(&w->owner, &user_ask, &w->arena, &user, NULL), "user");
	is_int(world_login(w, &ask, &login), 0, "in, whatever the case");
	ok(login.refresh.n > 0, "with a refresh token");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), 0, "opens");
	ask.password = STR("Correct horse");
	is_int(world_login(w, &ask, &second), OUT_UNPROVEN, "wrong");
	ask.user = STR("nobody@example.org");
	is_int(world_login(w, &ask, &second), OUT_UNPROVEN, "nobody");
	ask = with_password(STR("admin@localhost"), STR(""));
	is_int(world_login(w, &ask, &second), OUT_UNPROVEN, "has none");
	is_int(user_set_password(
		   &by, user.id,
		   &(struct password_ask){.password = STR("battery staple")},
		   NULL),
	       0, "changed");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), OUT_UNPROVEN,
	       "who got in with the old one is out");
	ask = with_password(user.email, STR("correct horse"));
	is_int(world_login(w, &ask, &second), OUT_UNPROVEN, "the old one");
	ask.password = STR("battery staple");
	ask.client_id = STR("");
	is_int(world_login(w, &ask, &second), 0, "the new one");
	is_str(second.refresh, STR(""), "no client, no refresh token");
	is_int(pulls(w, plain(PROOF_ACCESS, second.access), APP), 0, "opens");
	must(user_disable(&by, user.id, true), "disable");
	is_int(world_login(w, &ask, &second), OUT_UNPROVEN, "disabled");
}

static void
test_guessing(struct world *w)
{
	struct user_ask user_ask = {.email = STR("bert@example.org"),
				    .password = STR("password one")};
	struct grant_ask ask =
	    with_password(STR("bert@example.org"), STR("wrong wrong"));
	struct grant_ask right =
	    with_password(STR("bert@example.org"), STR("password one"));
	struct user user;
	struct login login;

	must(user_create(&w->owner, &user_ask, &w->arena, &user, NULL), "user");
	for (int i = 0; i < THROTTLE_FREE; i++) {
		char from[32];

		(void)snprintf(from, sizeof(from), "198.51.100.%d", i);
		ask.addr = str_c(from);
		if (world_login(w, &ask, &login) != OUT_UNPROVEN)
			ok(false, "guess %d", i);
	}
	right.addr = STR("198.51.100.99");
	is_int(world_login(w, &right, &login), OUT_TOO_MANY,
	       "a guessed name is closed from everywhere");
	ask.user = STR("nobody2@example.org");
	ask.addr = STR("198.51.100.98");
	is_int(world_login(w, &ask, &login), OUT_UNPROVEN,
	       "another name is not");
}

static void
test_identity_token(struct world *w)
{
	struct login login = world_session(w, w->key);
	struct proof access = basic("iambearer", login.access);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	CLEAN(secret_clear) struct secret more = SECRET_INIT;
	struct subject who;
	struct proof proof;

	must(gate_prove(w->core, &access, &who), "prove");
	is_int(identity_token_issue(w->core, &who, LOCAL, &kept), 0, "kept");
	proof = plain(PROOF_IDENTITY, keep(w, secret_reveal(&kept)));
	for (int i = 0; i < 3; i++)
		is_int(pulls(w, proof, APP), 0, "reusable");
	must(gate_prove(w->core, &proof, &who), "prove");
	is_int(who.cred, CRED_IDENTITY_TOKEN, "is itself");
	is_int(identity_token_issue(w->core, &who, LOCAL, &more), OUT_DENIED,
	       "does not beget another");
	clock_test_shift(ACCESS_LIFE_S * SECOND_MS);
	is_int(pulls(w, proof, APP), OUT_EXPIRED,
	       "ends with the access token it was made for");
	clock_test_shift(-ACCESS_LIFE_S * SECOND_MS);
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_claims(&w);
	subtest("api key") test_api_key(&w);
	subtest("refresh") test_refresh(&w);
	subtest("refused") test_refresh_refused(&w);
	subtest("delegate") test_delegate(&w);
	world_from = "192.0.2.8";
	subtest("password") test_password(&w);
	subtest("guessing") test_guessing(&w);
	world_from = "192.0.2.9";
	subtest("identity token") test_identity_token(&w);
	world_end(&w);
	return done_testing();
}
