/* How long sessions live, whom they beget, and how many there may be. */
#include "core/core_world.h"

#include "core/access.h"
#include "core/gate_inner.h"
#include "core/rules.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "wire/jwt.h"
#include "json/json.h"

#define APP "birds/app"
#define BX  STR("bx")

static struct grant_ask
ask_of(enum grant_kind kind, struct str value)
{
	struct grant_ask ask = {.kind = kind, .client_id = BX, .addr = ADDR};

	ask.api_key = ask.refresh_token = ask.passcode = value;
	return ask;
}

static int
passcode(struct world *w, struct str refresh, struct str *ret)
{
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct grant_ask ask = ask_of(GRANT_REFRESH, refresh);
	int64_t wait;
	int r = passcode_make(w->core, &ask, &code, &wait);

	if (r == 0)
		*ret = keep(w, secret_reveal(&code));
	return r;
}

static int64_t
claim(struct str token, const char *name)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	int64_t n = -1;

	must(jwt_parse(token, &jwt), "jwt");
	(void)json_int(json_get(jwt.payload, name), &n);
	return n;
}

static size_t
sessions(struct world *w, struct session **ret)
{
	size_t n = 0;

	must(session_list(w->core, str_c(w->owner.account),
			  str_c(w->owner.who.identity), &w->arena, ret, &n),
	     "session_list");
	return n;
}

static void
test_passcode(struct world *w)
{
	struct login login = world_session(w, w->key), got = login, other;
	struct str code = STR(""), second = STR("");
	struct grant_ask ask;
	struct visit by = w->owner;

	is_int(passcode(w, login.refresh, &code), 0, "made");
	ok(token_looks(TOKEN_PASSCODE, code), "looks like one");
	ask = ask_of(GRANT_PASSCODE, code);
	ask.account = STR("nowhere");
	is_int(world_login(w, &ask, &other), OUT_DENIED, "another account");
	ask.account = STR_NONE;
	is_int(world_login(w, &ask, &got), 0, "that cost no passcode");
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "once only");
	ok(strcmp(got.session, login.session) != 0, "a session of its own");
	ok(got.refresh.n > 0, "with a refresh token");
	is_int(pulls(w, plain(PROOF_ACCESS, got.access), APP), 0, "opens");
	is_int(claim(got.access, "session_exp_max"),
	       claim(login.access, "session_exp_max"),
	       "that ends no later than its parent would");
	ask = ask_of(GRANT_REFRESH, login.refresh);
	is_int(world_login(w, &ask, &login), 0, "which was not replaced");
	must(passcode(w, login.refresh, &code), "passcode");
	clock_test_shift(PASSCODE_LIFE_MS);
	ask = ask_of(GRANT_PASSCODE, code);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "five minutes");
	clock_test_shift(-PASSCODE_LIFE_MS);
	must(passcode(w, login.refresh, &code), "passcode");
	for (int i = 0; i < PASSCODES_MAX; i++) {
		clock_test_shift(1);
		must(passcode(w, login.refresh, &second), "passcode");
	}
	ask = ask_of(GRANT_PASSCODE, code);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN,
	       "the oldest gives way");
	by.verb = VERB_SESSION_END;
	must(session_end(&by, str_c(login.session)), "end");
	ask = ask_of(GRANT_PASSCODE, second);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN,
	       "a passcode ends with its session");
	is_int(passcode(w, login.refresh, &code), OUT_UNPROVEN,
	       "and no more are made");
	is_int(pulls(w, plain(PROOF_ACCESS, got.access), APP), OUT_UNPROVEN,
	       "and so does the session that one made");
	ask = ask_of(GRANT_REFRESH, got.refresh);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "altogether");
	ask = ask_of(GRANT_PASSCODE, w->key);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "an API key");
}

/* What an API key begins ends with it, however often it was passed on. */
static void
test_laundering(struct world *w)
{
	struct api_key key;
	struct str value = world_key(w, str_c(w->owner.who.identity), 0, &key);
	struct login login = world_session(w, value), got = login;
	struct str code = STR("");
	struct grant_ask ask;
	struct visit by = w->owner;

	must(passcode(w, login.refresh, &code), "passcode");
	ask = ask_of(GRANT_PASSCODE, code);
	is_int(world_login(w, &ask, &got), 0, "a session by passcode");
	by.verb = VERB_APIKEY_DELETE;
	must(api_key_delete(&by, key.id), "delete");
	is_int(pulls(w, plain(PROOF_ACCESS, got.access), APP), OUT_UNPROVEN,
	       "ends with the API key of its parent");
	ask = ask_of(GRANT_REFRESH, got.refresh);
	is_int(world_login(w, &ask, &login), OUT_UNPROVEN, "all of it");
}

/* An account and who is invited to it, joins it and leaves it. */
static int
invite_write(struct db_at *at, void *arg)
{
	const struct str *ids = arg;

	return db_exec(at, SQL_member_put, NULL, "ssi", ids[0], ids[1],
		       clock_now());
}

static int
join_write(struct db_at *at, void *arg)
{
	const struct str *ids = arg;

	gate_changed(at);
	return db_exec(at, SQL_member_join, NULL, "ssi", ids[0], ids[1],
		       clock_now());
}

static int
leave_write(struct db_at *at, void *arg)
{
	const struct str *ids = arg;

	gate_changed(at);
	return db_exec(at, SQL_member_delete, NULL, "ss", ids[0], ids[1]);
}

static void
test_accounts(struct world *w)
{
	struct user_ask user_ask = {.email = STR("cleo@example.org"),
				    .password = STR("correct horse")};
	struct grant_ask ask = {.kind = GRANT_PASSWORD,
				.user = user_ask.email,
				.password = user_ask.password,
				.client_id = BX,
				.addr = ADDR};
	struct login home, away = {.expires_at = 0}, other;
	struct account elsewhere;
	struct user user;
	struct str ids[2];

	(void)world_other(w, &elsewhere);
	must(user_create(&w->owner, &user_ask, &w->arena, &user, NULL), "user");
	must(world_login(w, &ask, &home), "login");
	ask.account = str_c("Else");
	is_int(world_login(w, &ask, &other), OUT_DENIED, "a foreign account");
	ids[0] = elsewhere.id;
	ids[1] = user.id;
	must(db_write(w->core->db, invite_write, ids), "invite");
	is_int(world_login(w, &ask, &other), OUT_DENIED, "invited only");
	must(db_write(w->core->db, join_write, ids), "join");
	is_int(world_login(w, &ask, &away), 0, "a member");
	ask = ask_of(GRANT_REFRESH, home.refresh);
	ask.account = elsewhere.id;
	is_int(world_login(w, &ask, &away), 0, "by refresh token, too");
	ok(strcmp(away.session, home.session) != 0, "in a session of its own");
	is_int(claim(away.access, "session_exp_max"),
	       claim(home.access, "session_exp_max"), "that ends no later");
	is_int(pass(w, plain(PROOF_ACCESS, away.access), VERB_WHOAMI,
		    (struct thing){.kind = THING_NONE}),
	       0, "proves");
	ask.account = STR_NONE;
	is_int(world_login(w, &ask, &home), 0, "the first was not replaced");
	must(db_write(w->core->db, leave_write, ids), "leave");
	is_int(pass(w, plain(PROOF_ACCESS, away.access), VERB_WHOAMI,
		    (struct thing){.kind = THING_NONE}),
	       OUT_UNPROVEN, "ends with the membership");
	is_int(pass(w, plain(PROOF_ACCESS, home.access), VERB_WHOAMI,
		    (struct thing){.kind = THING_NONE}),
	       0, "and only that");
}

/* A key is of its account, and so is what it begins. */
static void
test_key_stays(struct world *w)
{
	struct account other;
	struct login login = world_session(w, w->key), got;
	struct grant_ask ask = ask_of(GRANT_REFRESH, login.refresh);
	struct str ids[2] = {STR(""), str_c(w->owner.who.identity)};

	must(account_get(w->core, STR("Else"), &w->arena, &other), "Else");
	ids[0] = other.id;
	must(db_write(w->core->db, invite_write, ids), "invite");
	must(db_write(w->core->db, join_write, ids), "join");
	ask.account = other.id;
	is_int(world_login(w, &ask, &got), OUT_DENIED, "not by its session");
	ask = ask_of(GRANT_API_KEY, w->key);
	ask.account = other.id;
	is_int(world_login(w, &ask, &got), OUT_DENIED, "nor by itself");
	must(db_write(w->core->db, leave_write, ids), "leave");
}

static void
rules(struct world *w, struct rules *r)
{
	struct visit by = w->owner;
	struct note note = {0};

	by.verb = VERB_RULES_SET;
	must(rules_set(&by, -1, r, &w->arena, r, &note), note.text);
}

static void
test_rules(struct world *w)
{
	struct rules usual, r;
	struct login first, second;
	struct grant_ask ask;

	rules_default(&usual);
	r = usual;
	r.access_life_s = 900;
	r.session_life_s = 7200;
	r.session_idle_s = 3600;
	rules(w, &r);
	first = world_session(w, w->key);
	is_int(claim(first.access, "exp") - claim(first.access, "iat"), 900,
	       "access tokens of a quarter of an hour");
	is_int(claim(first.access, "session_exp_max") -
		   claim(first.access, "iat"),
	       7200, "sessions of two hours");
	is_int(claim(first.access, "session_exp_next") -
		   claim(first.access, "iat"),
	       3600, "and one without a refresh");
	ask = ask_of(GRANT_API_KEY, w->key);
	ask.client_id = STR("");
	must(world_login(w, &ask, &second), "login");
	is_int(claim(second.access, "exp") - claim(second.access, "iat"), 900,
	       "without a session as well");
	clock_test_shift(3590 * SECOND_MS);
	ask = ask_of(GRANT_REFRESH, first.refresh);
	is_int(world_login(w, &ask, &second), 0, "refreshed in time");
	is_int(claim(second.access, "session_exp_max"),
	       claim(first.access, "session_exp_max"), "ends as before");
	clock_test_shift(3590 * SECOND_MS);
	ask = ask_of(GRANT_REFRESH, second.refresh);
	is_int(world_login(w, &ask, &first), 0, "and again");
	ok(claim(first.access, "exp") <= claim(first.access, "session_exp_max"),
	   "no token outlives the session");
	clock_test_shift(30 * SECOND_MS);
	ask = ask_of(GRANT_REFRESH, first.refresh);
	ok(world_login(w, &ask, &second) != 0, "then it is over");
	is_int(pulls(w, plain(PROOF_ACCESS, first.access), APP), OUT_EXPIRED,
	       "with its token");
	clock_test_shift(-7210 * SECOND_MS);
	rules(w, &usual);
}

static void
test_many(struct world *w)
{
	struct rules usual, r;
	struct session *list;
	struct login all[4];

	rules_default(&usual);
	r = usual;
	r.sessions_max = 2;
	rules(w, &r);
	for (size_t i = 0; i < nitems(all); i++) {
		clock_test_shift(10);
		all[i] = world_session(w, w->key);
		is_int(pulls(w, plain(PROOF_ACCESS, all[i].access), APP), 0,
		       "session %zu opens", i);
	}
	is_int((int64_t)sessions(w, &list), 2, "two are left");
	is_str(list[0].id, str_c(all[3].session), "the newest");
	is_str(list[1].id, str_c(all[2].session), "and the one before");
	is_int(pulls(w, plain(PROOF_ACCESS, all[1].access), APP), OUT_UNPROVEN,
	       "what gave way has ended");
	rules(w, &usual);
}

static void
test_list(struct world *w)
{
	char agent[AGENT_MAX + 100];
	struct grant_ask ask = ask_of(GRANT_API_KEY, w->key);
	struct session *list;
	struct login login;

	memset(agent, 'x', sizeof(agent));
	ask.agent = (struct str){agent, sizeof(agent)};
	clock_test_shift(10);
	must(world_login(w, &ask, &login), "login");
	(void)sessions(w, &list);
	is_str(list[0].id, str_c(login.session), "the newest first");
	is_str(list[0].addr, ADDR, "where it began");
	is_int((int64_t)list[0].agent.n, AGENT_MAX, "with what, cut");
	is_str(list[0].client_id, BX, "which client");
	ok(list[0].api_key.n > 0, "by which key");
	is_int(session_alive(w->core, list[0].id, BX), 0, "alive");
	is_int(session_alive(w->core, list[0].id, STR("bz")), OUT_ABSENT,
	       "not another client's");
	is_int(session_alive(w->core, STR("C-0"), BX), OUT_ABSENT, "nothing");
	ask.agent = STR("curl\x1b[31m");
	clock_test_shift(10);
	must(world_login(w, &ask, &login), "login");
	(void)sessions(w, &list);
	is_str(list[0].agent, STR(""), "nothing that a terminal obeys");
}

static int
end_write(struct db_at *at, void *arg)
{
	const struct access *a = arg;

	return access_end(at, str_c(a->jti), a->expires_at);
}

static void
test_one_token(struct world *w)
{
	struct grant_ask ask = ask_of(GRANT_API_KEY, w->key);
	struct login first, second;
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct proof token;
	struct subject who;
	struct access access;

	ask.client_id = STR("");
	must(world_login(w, &ask, &first), "first");
	must(world_login(w, &ask, &second), "second");
	is_int(pulls(w, plain(PROOF_ACCESS, first.access), APP), 0, "opens");
	must(access_look(w->core, first.access, &who), "look");
	must(identity_token_issue(w->core, &who, LOCAL, &kept), "kept");
	token = basic("<token>", secret_reveal(&kept));
	is_int(pulls(w, token, APP), 0, "so does what docker keeps");
	must(access_read(w->core, first.access, &access), "read");
	must(db_write(w->core->db, end_write, &access), "end");
	must(db_write(w->core->db, end_write, &access), "twice is once");
	is_int(pulls(w, plain(PROOF_ACCESS, first.access), APP), OUT_UNPROVEN,
	       "an ended token opens nothing, from memory neither");
	is_int(pulls(w, token, APP), OUT_UNPROVEN, "nor what was made from it");
	is_int(access_look(w->core, first.access, &who), OUT_UNPROVEN,
	       "and is not alive");
	is_int(access_look(w->core, second.access, &who), 0,
	       "another of the same key is");
	is_int(pulls(w, basic("iamapikey", w->key), APP), 0, "so is the key");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	subtest("passcode") test_passcode(&w);
	subtest("laundering") test_laundering(&w);
	world_from = "192.0.2.17";
	subtest("accounts") test_accounts(&w);
	subtest("an API key stays") test_key_stays(&w);
	subtest("rules") test_rules(&w);
	world_from = "192.0.2.18";
	subtest("many") test_many(&w);
	subtest("list") test_list(&w);
	subtest("one token") test_one_token(&w);
	world_end(&w);
	return done_testing();
}
