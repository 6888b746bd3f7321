/* A browser's session: how it begins, goes on, moves and ends, and that its
 * cookie is no other secret, nor any other secret a cookie. */
#include "core/core_world.h"

#include "core/find_cred.h"
#include "core/rules.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "db/db.h"

#define APP	 "birds/app"
#define PASSWORD "correct horse"

struct signed_in {
	struct str cookie;
	struct subject who;
	int64_t ends_at;
};

static struct grant_ask
with_key(struct world *w)
{
	return (struct grant_ask){.kind = GRANT_API_KEY,
				  .api_key = w->key,
				  .addr = ADDR,
				  .agent = STR("a browser")};
}

static struct grant_ask
with_password(const char *user, const char *password)
{
	return (struct grant_ask){.kind = GRANT_PASSWORD,
				  .user = str_c(user),
				  .password = str_c(password),
				  .addr = ADDR};
}

static void
taken(struct world *w, struct sign_in *in, struct signed_in *ret)
{
	*ret = (struct signed_in){.cookie = keep(w, secret_reveal(&in->cookie)),
				  .who = in->who,
				  .ends_at = in->ends_at};
}

static int
sign_in(struct world *w, struct grant_ask ask, struct signed_in *ret)
{
	CLEAN(sign_in_clear) struct sign_in in = SIGN_IN_INIT;
	int64_t wait = 0;
	int r = session_sign_in(w->core, &ask, &in, &wait);

	if (r == 0)
		taken(w, &in, ret);
	return r;
}

static struct signed_in
signed_in(struct world *w)
{
	struct signed_in in;

	must(sign_in(w, with_key(w), &in), "session_sign_in");
	return in;
}

static struct proof
cookie(struct str value)
{
	return plain(PROOF_COOKIE, value);
}

/* Whoever comes with that cookie, for themselves. */
static int
visits(struct world *w, struct str value, struct visit *ret)
{
	struct proof proof = cookie(value);

	return gate_pass(w->core, &proof, VERB_WHOAMI,
			 &(struct thing){.kind = THING_NONE}, ret);
}

static int
stay(struct world *w, struct str value, struct subject *who, int64_t *ends_at)
{
	struct visit by;
	int r = visits(w, value, &by);

	return r != 0 ? r : session_stay(&by, who, ends_at);
}

static int
into(struct world *w, struct str value, struct str account,
     struct signed_in *ret)
{
	CLEAN(sign_in_clear) struct sign_in in = SIGN_IN_INIT;
	struct visit by;
	int r = visits(w, value, &by);

	if (r == 0)
		r = session_into(&by, account, STR("a browser"), &in);
	if (r == 0)
		taken(w, &in, ret);
	return r;
}

static size_t
sessions(struct world *w, struct str identity, struct session **ret)
{
	size_t n = 0;

	must(session_list(w->core, str_c(w->owner.account), identity, &w->arena,
			  ret, &n),
	     "session_list");
	return n;
}

static size_t
trail(struct world *w, const char *verb, const char *outcome,
      struct audit_row **rows)
{
	struct audit_filter f = {.verb = str_c(verb),
				 .outcome = str_c(outcome),
				 .newest_first = true};
	size_t n = 0;

	*rows = NULL;
	must(audit_flush(w->core), "audit_flush");
	must(audit_list(w->core, &f, &w->arena, rows, &n), "trail");
	return n;
}

/* Events, however few rows they were gathered into. */
static int64_t
trail_of(struct world *w, struct str identity, const char *verb,
	 const char *outcome)
{
	struct audit_row *rows = NULL;
	size_t n = trail(w, verb, outcome, &rows);
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (str_eq(rows[i].identity, identity))
			count += rows[i].count;
	return count;
}

static void
test_key(struct world *w)
{
	struct signed_in in = signed_in(w);
	struct audit_row *rows = NULL;
	struct session *list;
	struct visit by;

	ok(token_looks(TOKEN_COOKIE, in.cookie), "the cookie looks like one");
	is_int(in.who.cred, CRED_SESSION, "it is a session");
	is_str(str_c(in.who.identity), str_c(w->owner.who.identity), "whose");
	ok(in.who.owner && in.who.server, "with what that one is");
	is_int(pulls(w, cookie(in.cookie), APP), 0, "it opens");
	is_int(visits(w, in.cookie, &by), 0, "and says who");
	is_str(str_c(by.who.cred_id), str_c(in.who.cred_id), "by this session");
	(void)sessions(w, str_c(w->owner.who.identity), &list);
	is_str(list[0].id, str_c(in.who.cred_id), "it is listed");
	is_str(list[0].client_id, STR(CONSOLE_CLIENT), "as the console's");
	is_str(list[0].agent, STR("a browser"), "with what it was begun");
	ok(list[0].api_key.n > 0, "and by which key");
	ok(trail(w, "login", "done", &rows) > 0 &&
	       memmem(rows[0].thing.p, rows[0].thing.n, in.who.cred_id,
		      strlen(in.who.cred_id)) != NULL,
	   "and the trail has it");
	ok(memmem(rows[0].detail.p, rows[0].detail.n, "lk_", 3) == NULL,
	   "without a secret");
}

static void
test_password(struct world *w)
{
	struct user_ask ask = {.email = STR("robin@nest.example"),
			       .password = STR(PASSWORD)};
	struct password_ask other = {.password = STR("another horse"),
				     .current = STR(PASSWORD)};
	struct signed_in in, second;
	struct visit by;
	struct user user;
	struct note note = {""};

	must(user_create(&w->owner, &ask, &w->arena, &user, NULL), "user");
	is_int(sign_in(w, with_password("Robin@nest.example", PASSWORD), &in),
	       0, "signed in");
	is_int(visits(w, in.cookie, &by), 0, "opens");
	is_int(
	    sign_in(w, with_password("robin@nest.example", PASSWORD), &second),
	    0, "from another place, too");
	ok(!str_eq(in.cookie, second.cookie), "with a cookie of its own");
	is_int(sign_in(w, with_password("robin@nest.example", "wrong"), &in),
	       OUT_UNPROVEN, "a wrong password");
	is_int(sign_in(w, with_password("nobody@nest.example", PASSWORD), &in),
	       OUT_UNPROVEN, "like an unknown name");
	by.verb = VERB_USER_UPDATE;
	by.thing = (struct thing){.kind = THING_IDENTITY, .name = user.id};
	is_int(user_set_password(&by, user.id, &other, &note), 0,
	       "the password is changed");
	is_int(visits(w, in.cookie, &by), OUT_UNPROVEN, "that ends the first");
	is_int(visits(w, second.cookie, &by), OUT_UNPROVEN, "and the second");
	is_int(sign_in(w, with_password("robin@nest.example", PASSWORD), &in),
	       OUT_UNPROVEN, "the old one is none any longer");
	is_int(sign_in(w, with_password("robin@nest.example", "another horse"),
		       &in),
	       0, "the new one is");
}

static void
test_guessing(struct world *w)
{
	struct signed_in in;
	struct grant_ask ask = with_password("robin@nest.example", "wrong");
	struct visit by = w->owner;
	struct str stale;
	int r = 0, n = 0;

	in = signed_in(w);
	stale = in.cookie;
	by.verb = VERB_SESSION_END;
	must(session_end(&by, str_c(in.who.cred_id)), "end");

	while (n < 100 && r != OUT_TOO_MANY) {
		r = sign_in(w, ask, &in);
		n++;
	}
	ok(n > 10 && n <= THROTTLE_FREE + 1, "guessing bites (%d)", n);
	ask = with_password("robin@nest.example", "another horse");
	is_int(sign_in(w, ask, &in), OUT_TOO_MANY, "the right one waits, too");
	is_int(sign_in(w, with_key(w), &in), 0, "a key does not");
	world_from = "192.0.2.24";
	for (int i = 0; i < 2 * THROTTLE_FREE; i++)
		is_int(visits(w, stale, &(struct visit){0}), OUT_UNPROVEN,
		       "a cookie that is over, again");
	is_int(sign_in(w, with_password("admin@localhost", "wrong"), &in),
	       OUT_UNPROVEN, "a page that was left open locks nobody out");
}

/* Each secret as each proof: only its own opens. */
static void
test_kinds(struct world *w)
{
	static const char *const users[] = {"iamapikey", "iambearer",
					    "iamrefresh", "token", "<token>"};
	static const enum proof_kind kinds[] = {PROOF_ACCESS,	PROOF_BEARER,
						PROOF_IDENTITY, PROOF_SEED,
						PROOF_MACHINE,	PROOF_SSH_KEY};
	struct signed_in in = signed_in(w);
	struct login login = world_session(w, w->key), other;
	struct regtoken token;
	struct str others[] = {w->key, login.access, login.refresh,
			       world_token(w, true, true, &token)};
	struct grant_ask ask = {.kind = GRANT_REFRESH,
				.refresh_token = in.cookie,
				.client_id = STR(CONSOLE_CLIENT),
				.addr = ADDR};
	CLEAN(secret_clear) struct secret more = SECRET_INIT;
	int64_t wait;

	for (size_t i = 0; i < nitems(users); i++) {
		world_from = "192.0.2.21";
		is_int(pulls(w, basic(users[i], in.cookie), APP), OUT_UNPROVEN,
		       "a cookie is no password of %s", users[i]);
	}
	for (size_t i = 0; i < nitems(kinds); i++)
		is_int(pulls(w, plain(kinds[i], in.cookie), APP), OUT_UNPROVEN,
		       "nor proof %d", (int)kinds[i]);
	for (size_t i = 0; i < nitems(others); i++)
		is_int(pulls(w, cookie(others[i]), APP), OUT_UNPROVEN,
		       "secret %zu is no cookie", i);
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "no refresh token");
	is_int(session_delegate(w->core, &ask, 0, &more, &wait), OUT_UNPROVEN,
	       "which makes none");
	is_int(passcode_make(w->core, &ask, &more, &wait), OUT_UNPROVEN,
	       "nor a passcode");
	ask.kind = GRANT_PASSCODE;
	ask.passcode = in.cookie;
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "nor is it one");
	ask.kind = GRANT_API_KEY;
	ask.api_key = in.cookie;
	is_int(world_login(w, &ask, &other), OUT_UNPROVEN, "nor an API key");
	is_int(pulls(w, cookie(in.cookie), APP), 0, "it is a cookie");
}

/* The clock goes on between two looks at it. */
static void
about(int64_t got, int64_t want, const char *what)
{
	ok(got <= want + 10 * SECOND_MS && got >= want - 10 * SECOND_MS,
	   "%s (%lld s)", what, (long long)(got / SECOND_MS));
}

static void
test_idle(struct world *w)
{
	struct signed_in in = signed_in(w);
	int64_t began = clock_now(), ends_at = 0, end;
	struct subject who;
	struct session *list;

	about(in.ends_at - began, CONSOLE_LIFE_S * SECOND_MS, "a day at last");
	about(in.who.expires_at - began, CONSOLE_IDLE_S * SECOND_MS,
	      "two hours when nobody stays");
	clock_test_shift(CONSOLE_STAY_MS / 2);
	is_int(stay(w, in.cookie, &who, &ends_at), 0, "stays");
	is_int(who.expires_at, in.who.expires_at, "not moved so soon");
	is_int(pulls(w, cookie(in.cookie), APP), 0, "opens, and is remembered");
	clock_test_shift(CONSOLE_IDLE_S * SECOND_MS - CONSOLE_STAY_MS);
	is_int(stay(w, in.cookie, &who, &ends_at), 0, "stays later");
	end = clock_now() + CONSOLE_IDLE_S * SECOND_MS;
	about(who.expires_at, end, "two hours from now");
	is_int(ends_at, in.ends_at, "and the same last end");
	(void)sessions(w, str_c(w->owner.who.identity), &list);
	about(list[0].refreshed_at, clock_now(), "the list says when");
	clock_test_shift(CONSOLE_STAY_MS);
	is_int(pulls(w, cookie(in.cookie), APP), 0, "past the first end");
	clock_test_shift(CONSOLE_IDLE_S * SECOND_MS - CONSOLE_STAY_MS);
	is_int(pulls(w, cookie(in.cookie), APP), OUT_EXPIRED, "idle: over");
	is_int(stay(w, in.cookie, &who, &ends_at), OUT_EXPIRED,
	       "and nobody brings it back");
	clock_test_shift(began - clock_now());
}

static void
test_last_end(struct world *w)
{
	struct signed_in in = signed_in(w);
	int64_t began = clock_now(), ends_at = 0;
	struct subject who = in.who;
	int n = 0;

	while (n < 100 && stay(w, in.cookie, &who, &ends_at) == 0) {
		ok(who.expires_at <= in.ends_at, "no later than the last end");
		clock_test_shift(CONSOLE_IDLE_S * SECOND_MS / 2);
		n++;
	}
	is_int(n, CONSOLE_LIFE_S / (CONSOLE_IDLE_S / 2), "a day of staying");
	is_int(pulls(w, cookie(in.cookie), APP), OUT_EXPIRED, "then over");
	clock_test_shift(began - clock_now());
}

static void
rules(struct world *w, struct rules *r)
{
	struct visit by = w->owner;
	struct note note = {""};

	by.verb = VERB_RULES_SET;
	must(rules_set(&by, -1, r, &w->arena, r, &note), note.text);
}

static void
test_rules(struct world *w)
{
	struct rules usual, r;
	struct signed_in in, all[3];
	struct visit by;

	rules_default(&usual);
	r = usual;
	r.session_life_s = 7000;
	r.session_idle_s = 1000;
	r.sessions_max = 2;
	rules(w, &r);
	in = signed_in(w);
	about(in.ends_at - clock_now(), 7000 * SECOND_MS,
	      "the account's life, when that is less");
	about(in.who.expires_at - clock_now(), 1000 * SECOND_MS, "and idle");
	for (size_t i = 0; i < nitems(all); i++) {
		clock_test_shift(10);
		all[i] = signed_in(w);
	}
	is_int(visits(w, all[0].cookie, &by), OUT_UNPROVEN, "the oldest gone");
	is_int(visits(w, all[1].cookie, &by), 0, "two are left");
	is_int(visits(w, all[2].cookie, &by), 0, "the newest");
	rules(w, &usual);
}

static void
test_ends(struct world *w)
{
	struct signed_in in = signed_in(w);
	struct visit by = w->owner;
	struct found_cred *found = NULL;
	struct note note = {""};
	struct api_key key;
	size_t n = 0;

	is_int(find_cred(w->core, in.cookie, &w->arena, &found, &n, &note), 0,
	       "found by its value");
	ok(n == 1 && found[0].kind == FOUND_SESSION && found[0].live &&
	       found[0].value,
	   "as a session");
	by.verb = VERB_SESSION_END;
	must(session_end(&by, str_c(in.who.cred_id)), "end");
	is_int(visits(w, in.cookie, &by), OUT_UNPROVEN,
	       "ended, from memory neither");
	is_int(find_cred(w->core, in.cookie, &w->arena, &found, &n, &note),
	       OUT_ABSENT, "nor found");
	w->key = world_key(w, str_c(w->owner.who.identity), 0, &key);
	in = signed_in(w);
	by = w->owner;
	by.verb = VERB_APIKEY_DELETE;
	must(api_key_delete(&by, key.id), "api_key_delete");
	is_int(visits(w, in.cookie, &by), OUT_UNPROVEN, "ends with its key");
}

/* Somebody was invited to an account, and came. */
static int
join_write(struct db_at *at, void *arg)
{
	const struct str *ids = arg;
	int r = db_exec(at, SQL_member_put, NULL, "ssi", ids[0], ids[1],
			clock_now());

	gate_changed(at);
	return r != 0 ? r
		      : db_exec(at, SQL_member_join, NULL, "ssi", ids[0],
				ids[1], clock_now());
}

static void
test_into(struct world *w)
{
	struct signed_in in, moved, key = signed_in(w);
	struct account elsewhere;
	struct audit_row *rows;
	struct subject who;
	struct visit by;
	struct user user;
	struct user_ask ask = {.email = STR("wren@nest.example"),
			       .password = STR(PASSWORD)};
	struct str ids[2];
	int64_t ends_at;
	bool ended;

	world_from = "192.0.2.23";
	(void)world_other(w, &elsewhere);
	must(user_create(&w->owner, &ask, &w->arena, &user, NULL), "user");
	must(sign_in(w, with_password("wren@nest.example", PASSWORD), &in),
	     "sign in");
	is_int(into(w, in.cookie, elsewhere.id, &moved), OUT_DENIED,
	       "an account that is not theirs");
	is_int(into(w, in.cookie, STR("nowhere"), &moved), OUT_DENIED, "none");
	is_int((int)trail_of(w, user.id, "login", "refused"), 2,
	       "the trail has both");
	is_int(visits(w, in.cookie, &by), 0, "costs nothing");
	ids[0] = elsewhere.id;
	ids[1] = user.id;
	must(db_write(w->core->db, join_write, ids), "member");
	clock_test_shift((60 * MINUTE_MS));
	is_int(into(w, in.cookie, STR("else"), &moved), 0, "theirs, by name");
	is_str(str_c(moved.who.account), elsewhere.id, "there");
	is_int(moved.ends_at, in.ends_at, "until the same end");
	ok(!str_eq(moved.cookie, in.cookie), "with another cookie");
	is_int(visits(w, moved.cookie, &by), 0, "which opens");
	is_str(str_c(by.who.account), elsewhere.id, "that account");
	is_int(visits(w, in.cookie, &by), OUT_UNPROVEN, "the old one is over");
	ended =
	    trail(w, "session.end", "done", &rows) > 0 &&
	    memmem(rows[0].detail.p, rows[0].detail.n, "goes on", 7) != NULL;
	ok(ended, "and the trail says why");
	for (int i = 0; i < 2 * SESSION_LINE_MAX; i++)
		must(into(w, moved.cookie,
			  i % 2 == 0 ? str_c(w->owner.account) : elsewhere.id,
			  &moved),
		     "there and back");
	is_int(stay(w, moved.cookie, &who, &ends_at), 0, "any number of times");
	is_int(into(w, key.cookie, elsewhere.id, &moved), OUT_DENIED,
	       "what began with a key stays in its account");
	is_int(visits(w, key.cookie, &by), 0, "and goes on");
	clock_test_shift(-60 * MINUTE_MS);
}

/* Whoever came otherwise has nothing that could stay. */
static void
test_others(struct world *w)
{
	struct login login = world_session(w, w->key);
	struct proof proof = plain(PROOF_ACCESS, login.access);
	CLEAN(sign_in_clear) struct sign_in in = SIGN_IN_INIT;
	struct audit_row *rows;
	size_t before = trail(w, "session.end", "done", &rows);
	struct subject who;
	struct visit by;
	int64_t ends_at;

	must(gate_pass(w->core, &proof, VERB_WHOAMI,
		       &(struct thing){.kind = THING_NONE}, &by),
	     "visit");
	is_int(session_stay(&by, &who, &ends_at), OUT_UNPROVEN,
	       "an access token's session");
	is_int(session_into(&by, str_c(by.account), STR(""), &in), OUT_UNPROVEN,
	       "is moved by no cookie");
	is_int(session_stay(&w->owner, &who, &ends_at), OUT_UNPROVEN,
	       "nor is a key");
	is_int(session_leave(&w->owner), OUT_UNPROVEN, "which leaves nothing");
	is_int(session_leave(&by), 0, "whoever has a session leaves it");
	is_int(session_leave(&by), OUT_UNPROVEN, "once");
	is_int((int)trail(w, "session.end", "done", &rows), (int)before + 1,
	       "as the trail has it");
	is_int(gate_pass(w->core, &proof, VERB_WHOAMI,
			 &(struct thing){.kind = THING_NONE}, &by),
	       OUT_UNPROVEN, "and is out");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	subtest("by key") test_key(&w);
	subtest("by password") test_password(&w);
	world_from = "192.0.2.20";
	subtest("guessing") test_guessing(&w);
	world_from = "192.0.2.21";
	subtest("kinds") test_kinds(&w);
	world_from = "192.0.2.22";
	subtest("idle") test_idle(&w);
	subtest("the last end") test_last_end(&w);
	subtest("rules") test_rules(&w);
	subtest("into another account") test_into(&w);
	subtest("others") test_others(&w);
	subtest("ends") test_ends(&w);
	world_end(&w);
	return done_testing();
}
