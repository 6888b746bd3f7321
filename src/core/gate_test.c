#include "core/core_world.h"
#include "core/sql.h"
#include "crypt/vault.h"
#include "db/db.h"

#define HOUR 3600
#define APP  "birds/app"

/* Elsewhere, where nobody has failed yet. */
static void
move_on(void)
{
	static char at[32];
	static int n;

	(void)snprintf(at, sizeof(at), "203.0.113.%d", ++n % 256);
	world_from = at;
}

static void
shift_s(int64_t s)
{
	clock_test_shift(s * SECOND_MS);
}

/* --- proofs --- */

static void
test_proofs(struct world *w)
{
	struct proof proof = basic("iamapikey", w->key);
	struct regtoken token;
	struct str value = world_token(w, false, true, &token);
	struct login login = world_session(w, w->key);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct subject who;
	char text[4096];

	is_int(pulls(w, proof, APP), 0, "an API key");
	is_int(pulls(w, basic("token", value), APP), 0, "a registry token");
	is_int(pulls(w, basic("iambearer", login.access), APP), 0,
	       "an access token");
	(void)snprintf(text, sizeof(text), "bearer %.*s",
		       STR_ARG(login.access));
	is_int(pulls(w, basic("iambearer", str_c(text)), APP), 0,
	       "with the word in front");
	is_int(pulls(w, basic("iamrefresh", login.refresh), APP), 0,
	       "a refresh token");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), 0,
	       "an access token as such");
	is_int(gate_prove(w->core, &proof, &who), 0, "known");
	is_int(identity_token_issue(w->core, &who, LOCAL, &kept), 0,
	       "an identity token");
	is_int(pulls(w, basic("<token>", secret_reveal(&kept)), APP), 0,
	       "under docker's name for it");
	is_int(pulls(w, plain(PROOF_IDENTITY, secret_reveal(&kept)), APP), 0,
	       "as such");
	is_int(pulls(w, basic("token", secret_reveal(&kept)), APP),
	       OUT_UNPROVEN, "but not as a registry token");
}

/* Younger ones of the same credential, as many as make it full. */
static int
tokens_fill(struct db_at *at, void *arg)
{
	const struct subject *who = arg;
	int64_t now = clock_now() + 1;
	int r = 0;

	for (int i = 0; r == 0 && i < IDENTITY_TOKENS_MAX - 1; i++) {
		char id[16], digest[VAULT_DIGEST_LEN + 1];

		(void)snprintf(id, sizeof(id), "full-%d", i);
		(void)snprintf(digest, sizeof(digest), "%032d", i);
		r = db_exec(at, SQL_identity_token_insert, NULL, "sbsSSSsiiS",
			    str_c(id), str_c(digest), str_c(who->account),
			    str_c(who->cred_id), STR_NONE, STR_NONE, LOCAL, now,
			    now + SECOND_MS, STR_NONE);
	}
	return r;
}

static void
test_token_room(struct world *w)
{
	struct user user = world_user(w, "full@example.org", ROLE_READER);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	CLEAN(secret_clear) struct secret first = SECRET_INIT;
	CLEAN(secret_clear) struct secret last = SECRET_INIT;
	struct subject who;

	must(gate_prove(w->core, &proof, &who), "known");
	must(identity_token_issue(w->core, &who, LOCAL, &first), "first");
	must(db_write(w->core->db, tokens_fill, &who), "fill");
	is_int(pulls(w, plain(PROOF_IDENTITY, secret_reveal(&first)), APP), 0,
	       "as many as there may be");
	clock_test_shift(2);
	must(identity_token_issue(w->core, &who, LOCAL, &last), "last");
	is_int(pulls(w, plain(PROOF_IDENTITY, secret_reveal(&first)), APP),
	       OUT_UNPROVEN, "the oldest gives way to one more");
	is_int(pulls(w, plain(PROOF_IDENTITY, secret_reveal(&last)), APP), 0,
	       "that one is fine");
	clock_test_shift(-2);
}

/* Each kind of secret under each name: only its own opens. */
static void
test_kinds(struct world *w)
{
	static const char *const names[] = {"iamapikey", "iambearer",
					    "iamrefresh", "token", "<token>"};
	struct regtoken token;
	struct login login = world_session(w, w->key);
	struct str values[] = {w->key, login.access, login.refresh,
			       world_token(w, true, true, &token)};

	for (size_t i = 0; i < nitems(names); i++) {
		move_on();
		for (size_t j = 0; j < nitems(values); j++)
			is_int(pulls(w, basic(names[i], values[j]), APP),
			       i == j ? 0 : OUT_UNPROVEN, "%s with secret %zu",
			       names[i], j);
	}
	for (size_t j = 0; j < nitems(values); j++) {
		is_int(pulls(w, plain(PROOF_BEARER, values[j]), APP),
		       OUT_UNPROVEN, "secret %zu is no bearer", j);
		is_int(pulls(w, plain(PROOF_ACCESS, values[j]), APP),
		       j == 1 ? 0 : OUT_UNPROVEN, "secret %zu as access token",
		       j);
		is_int(pulls(w, basic("anna", values[j]), APP), OUT_UNSUPPORTED,
		       "no such user name");
	}
	is_int(pulls(w, basic("", w->key), APP), OUT_UNSUPPORTED, "no name");
	is_int(pulls(w, basic("IAMAPIKEY", w->key), APP), OUT_UNSUPPORTED,
	       "names are exact");
	is_int(pulls(w, basic("iamapikey", STR("")), APP), OUT_UNPROVEN,
	       "no secret");
}

static void
test_altered(struct world *w)
{
	char key[256];

	for (size_t i = 0; i < w->key.n; i += 7) {
		memcpy(key, w->key.p, w->key.n);
		key[i] = key[i] == 'x' ? 'y' : 'x';
		is_int(pulls(w, basic("iamapikey", (struct str){key, w->key.n}),
			     APP),
		       OUT_UNPROVEN, "byte %zu of the key changed", i);
	}
	is_int(
	    pulls(w, basic("iamapikey", str_sub(w->key, 0, w->key.n - 1)), APP),
	    OUT_UNPROVEN, "a byte short");
}

/* --- a warm memory never outlives the change --- */

static void
test_revoked_key(struct world *w)
{
	struct user user = world_user(w, "gone@example.org", ROLE_READER);
	struct api_key key;
	struct str value = world_key(w, user.id, 0, &key);
	struct proof proof = basic("iamapikey", value);
	struct login login = world_session(w, value);
	struct str bearer = world_bearer(w, proof, APP, SCOPE_PULL);
	struct visit by = w->owner, during;
	struct thing thing = repo(APP);

	is_int(pulls(w, proof, APP), 0, "key");
	is_int(gate_pass(w->core, &proof, VERB_IMAGE_PULL, &thing, &during), 0,
	       "a long pull begins");
	is_int(pulls(w, plain(PROOF_BEARER, bearer), APP), 0, "its bearer");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), 0,
	       "its access token");
	is_int(pulls(w, basic("iamrefresh", login.refresh), APP), 0,
	       "its refresh token");
	ok(gate_still(w->core, &during), "goes on");
	by.thing = (struct thing){.kind = THING_IDENTITY, .name = user.id};
	by.verb = VERB_APIKEY_DELETE;
	is_int(api_key_delete(&by, key.id), 0, "deleted");
	is_int(pulls(w, proof, APP), OUT_UNPROVEN, "key");
	is_int(pulls(w, plain(PROOF_BEARER, bearer), APP), OUT_UNPROVEN,
	       "its bearer");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), OUT_UNPROVEN,
	       "its access token");
	is_int(pulls(w, basic("iamrefresh", login.refresh), APP), OUT_UNPROVEN,
	       "its refresh token");
	ok(!gate_still(w->core, &during), "the long pull is cut");
}

static void
test_revoked_token(struct world *w)
{
	struct regtoken token;
	struct str value = world_token(w, true, true, &token);
	struct proof proof = basic("token", value);
	struct str bearer = world_bearer(w, proof, APP, SCOPE_PULL);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct subject who;

	must(gate_prove(w->core, &proof, &who), "prove");
	is_int(identity_token_issue(w->core, &who, LOCAL, &kept), 0, "kept");
	is_int(pulls(w, proof, APP), 0, "token");
	is_int(pulls(w, plain(PROOF_BEARER, bearer), APP), 0, "its bearer");
	is_int(pulls(w, plain(PROOF_IDENTITY, secret_reveal(&kept)), APP), 0,
	       "its identity token");
	is_int(regtoken_remove(&w->owner, LOCAL, token.id), 0, "removed");
	is_int(pulls(w, proof, APP), OUT_UNPROVEN, "token");
	is_int(pulls(w, plain(PROOF_BEARER, bearer), APP), OUT_UNPROVEN,
	       "its bearer");
	is_int(pulls(w, plain(PROOF_IDENTITY, secret_reveal(&kept)), APP),
	       OUT_UNPROVEN, "its identity token");
}

static void
test_ended_session(struct world *w)
{
	struct login login = world_session(w, w->key);
	struct proof refresh = basic("iamrefresh", login.refresh);
	struct str bearer = world_bearer(w, refresh, APP, SCOPE_PULL);
	struct visit by = w->owner;

	by.verb = VERB_SESSION_END;
	by.thing = (struct thing){.kind = THING_IDENTITY,
				  .name = str_c(w->owner.who.identity)};
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), 0, "access");
	is_int(pulls(w, plain(PROOF_BEARER, bearer), APP), 0, "bearer");
	is_int(session_end(&by, str_c(login.session)), 0, "ended");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), OUT_UNPROVEN,
	       "access");
	is_int(pulls(w, plain(PROOF_BEARER, bearer), APP), OUT_UNPROVEN,
	       "bearer");
	is_int(pulls(w, refresh, APP), OUT_UNPROVEN, "refresh");
	is_int(session_end(&by, str_c(login.session)), OUT_ABSENT, "twice");
}

static void
test_disabled_user(struct world *w)
{
	struct user user = world_user(w, "off@example.org", ROLE_READER);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct visit by = w->owner;

	is_int(pulls(w, proof, APP), 0, "enabled");
	is_int(user_disable(&by, user.id, true), 0, "disabled");
	is_int(pulls(w, proof, APP), OUT_UNPROVEN, "refused");
	is_int(user_disable(&by, user.id, false), 0, "enabled again");
	is_int(pulls(w, proof, APP), 0, "let in again");
}

static void
test_lost_namespace(struct world *w, struct str other_key)
{
	struct proof mine = basic("iamapikey", w->key);
	struct proof theirs = basic("iamapikey", other_key);
	struct visit other;
	bool made;

	must(namespace_add(&w->owner, LOCAL, STR("given"), &made), "given");
	is_int(pulls(w, mine, "given/app"), 0, "mine");
	is_int(pulls(w, theirs, "given/app"), OUT_DENIED, "not theirs");
	must(namespace_remove(&w->owner, LOCAL, STR("given")), "remove");
	is_int(pulls(w, mine, "given/app"), OUT_DENIED, "nobody's");
	other = visit_of(w, other_key, VERB_QUOTA_GET,
			 (struct thing){.kind = THING_ACCOUNT});
	must(namespace_add(&other, LOCAL, STR("given"), &made), "taken");
	is_int(pulls(w, mine, "given/app"), OUT_DENIED, "not mine any more");
	is_int(pulls(w, theirs, "given/app"), 0, "theirs");
}

/* --- accounts and regions --- */

static void
test_isolation(struct world *w, struct str other_key,
	       const struct account *other)
{
	struct proof mine = basic("iamapikey", w->key);
	struct proof theirs = basic("iamapikey", other_key);
	struct regtoken token;
	struct proof mark = basic("token", world_token(w, true, true, &token));
	struct thing thing = repo("stones/app");

	is_int(pulls(w, mine, "stones/app"), OUT_DENIED,
	       "the operator has no right in another account");
	is_int(pulls(w, theirs, "stones/app"), 0, "its owner has");
	is_int(pulls(w, theirs, APP), OUT_DENIED, "and none here");
	is_int(pulls(w, mark, "stones/app"), OUT_DENIED, "no token either");
	is_int(pulls(w, mine, "absent/app"), OUT_DENIED,
	       "what is not there looks the same");
	thing.account = str_c(w->owner.account);
	is_int(pass(w, mine, VERB_IMAGE_DELETE, thing), OUT_DENIED,
	       "nor by saying that it is one's own");
	thing = repo(APP);
	thing.account = other->id;
	is_int(pass(w, mine, VERB_IMAGE_DELETE, thing), OUT_DENIED,
	       "nor one's own as another's");
	thing = (struct thing){.kind = THING_ACCOUNT, .account = other->id};
	is_int(pass(w, mine, VERB_USER_CREATE, thing), OUT_DENIED,
	       "no users in another account");
	is_int(pass(w, mine, VERB_WHOAMI, thing), OUT_DENIED,
	       "nor oneself in it");
	is_int(pass(w, mine, VERB_ACCOUNT_CREATE, thing), 0,
	       "but accounts are the operator's");
	thing = (struct thing){.kind = THING_NAMESPACE,
			       .region = LOCAL,
			       .name = STR("fresh"),
			       .account = other->id};
	is_int(pass(w, mine, VERB_NAMESPACE_CREATE, thing), OUT_DENIED,
	       "no namespace for another account");
}

static void
test_regions(struct world *w)
{
	struct regtoken token;
	struct proof mark = basic("token", world_token(w, true, true, &token));
	struct proof mine = basic("iamapikey", w->key);
	struct thing far = {
	    .kind = THING_REPO, .region = OTHER, .name = STR("birds/app")};
	struct str bearer = world_bearer(w, mine, APP, SCOPE_PULL);
	struct scope scope = {.name = STR("birds/app"), .actions = SCOPE_PULL};
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct subject who;
	int64_t life;
	bool made;

	must(namespace_add(&w->owner, OTHER, STR("birds"), &made), "far");
	is_int(pass(w, mine, VERB_IMAGE_PULL, far), 0, "people are global");
	is_int(pass(w, mark, VERB_IMAGE_PULL, far), OUT_DENIED,
	       "a token is of its region");
	is_int(pass(w, plain(PROOF_BEARER, bearer), VERB_IMAGE_PULL, far),
	       OUT_DENIED, "and so is a bearer");
	must(gate_prove(w->core, &mark, &who), "prove");
	is_int(gate_bearer(w->core, &who, &w->core->regions[1], STR(URL),
			   STR(BEARER_AUDIENCE), &scope, 1, &text, &life),
	       OUT_UNPROVEN, "no bearer of a token elsewhere");
	is_int(identity_token_issue(w->core, &who, OTHER, &kept), OUT_DENIED,
	       "nor something to keep");
	must(namespace_remove(&w->owner, OTHER, STR("birds")), "near");
}

/* --- bearers --- */

static void
test_bearer(struct world *w)
{
	struct user user = world_user(w, "narrow@example.org", ROLE_READER);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct proof bearer = plain(
	    PROOF_BEARER, world_bearer(w, proof, APP,
				       SCOPE_PULL | SCOPE_PUSH | SCOPE_DELETE));
	struct subject who;
	struct visit visit;
	struct thing thing = repo(APP);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;

	is_int(pulls(w, bearer, APP), 0, "what was asked for");
	is_int(pulls(w, bearer, "birds/other"), OUT_DENIED, "nothing else");
	is_int(pulls(w, bearer, "birds"), OUT_DENIED, "no namespace");
	is_int(pulls(w, proof, "birds/other"), 0, "though the key may");
	is_int(pass(w, bearer, VERB_IMAGE_PUSH, thing), OUT_DENIED,
	       "no more than the role");
	must(gate_prove(w->core, &bearer, &who), "prove");
	is_int(identity_token_issue(w->core, &who, LOCAL, &kept), OUT_DENIED,
	       "nothing to keep for a bearer");
	is_int(gate_pass(w->core, &bearer, VERB_IMAGE_PULL, &thing, &visit), 0,
	       "a long pull begins");
	shift_s(BEARER_LIFE_S - 1);
	is_int(pulls(w, bearer, APP), 0, "a second before its end");
	shift_s(1);
	is_int(pulls(w, bearer, APP), OUT_EXPIRED, "at its end");
	ok(gate_still(w->core, &visit), "what began goes on");
	shift_s(-BEARER_LIFE_S);
}

static void
test_catalog(struct world *w)
{
	struct proof proof = basic("iamapikey", w->key);
	struct thing all = {.kind = THING_NONE, .region = LOCAL};

	is_int(pass(w,
		    plain(PROOF_BEARER,
			  world_bearer(w, proof, "", SCOPE_ALL_CATALOG)),
		    VERB_IMAGE_LIST, all),
	       0, "a bearer for the catalogue");
	is_int(
	    pass(w,
		 plain(PROOF_BEARER, world_bearer(w, proof, APP, SCOPE_PULL)),
		 VERB_IMAGE_LIST, all),
	    OUT_DENIED, "another is not");
}

/* A bearer of another process, or of this one before its restart. */
static void
test_restart(struct world *w)
{
	struct proof key = basic("iamapikey", w->key);
	struct login login = world_session(w, w->key);
	struct proof bearer =
	    plain(PROOF_BEARER, world_bearer(w, key, APP, SCOPE_PULL));

	world_shut(w);
	must(world_open(w, false), "restart");
	is_int(pulls(w, bearer, APP), OUT_UNPROVEN, "bearers end");
	is_int(pulls(w, key, APP), 0, "keys stay");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), APP), 0,
	       "access tokens stay");
}

/* --- ends --- */

static void
test_expiry(struct world *w)
{
	struct user user = world_user(w, "short@example.org", ROLE_READER);
	struct api_key key;
	struct proof proof =
	    basic("iamapikey",
		  world_key(w, user.id, clock_now() + HOUR * SECOND_MS, &key));
	struct regtoken token;
	struct proof mark =
	    basic("token", world_token(w, false, false, &token));
	struct proof for_ever =
	    basic("token", world_token(w, false, true, &token));
	struct proof access =
	    plain(PROOF_ACCESS, world_session(w, w->key).access);
	struct proof bearer;
	struct visit visit;
	struct thing thing = repo(APP);

	is_int(pulls(w, access, APP), 0, "an access token");
	shift_s(HOUR - 60);
	bearer = plain(PROOF_BEARER, world_bearer(w, proof, APP, SCOPE_PULL));
	is_int(pulls(w, bearer, APP), 0, "a bearer of the key");
	is_int(gate_pass(w->core, &proof, VERB_IMAGE_PULL, &thing, &visit), 0,
	       "a pull with the key");
	shift_s(60);
	is_int(pulls(w, proof, APP), OUT_EXPIRED, "the key is past its end");
	is_int(pulls(w, bearer, APP), OUT_EXPIRED, "and its bearer");
	ok(!gate_still(w->core, &visit), "and the pull");
	is_int(pulls(w, access, APP), OUT_EXPIRED, "and the access token");
	shift_s(REGTOKEN_LIFE_S - HOUR - 2);
	is_int(pulls(w, mark, APP), 0, "a registry token near its end");
	shift_s(2);
	is_int(pulls(w, mark, APP), OUT_EXPIRED, "at its end");
	is_int(pulls(w, for_ever, APP), 0, "another has none");
	shift_s(-REGTOKEN_LIFE_S);
}

/* --- guessing --- */

static void
test_throttle(struct world *w)
{
	struct proof wrong = basic("iamapikey", STR("lk_a_nothing"));
	struct proof right = basic("iamapikey", w->key);
	int64_t wait = 0;

	wrong.addr = right.addr = STR("198.51.100.9");
	for (int i = 1; i <= THROTTLE_FREE; i++)
		if (i <= 2 || i == THROTTLE_FREE)
			is_int(pulls(w, wrong, APP), OUT_UNPROVEN,
			       "wrong, number %d", i);
		else
			(void)!pulls(w, wrong, APP);
	is_int(pulls(w, wrong, APP), OUT_TOO_MANY, "one more");
	is_int(gate_throttle(w->core, wrong.addr, STR_NONE, &wait),
	       OUT_TOO_MANY, "says so");
	ok(wait > 0 && wait <= 60, "and how long");
	is_int(pulls(w, right, APP), 0, "the right one still opens");
	is_int(gate_throttle(w->core, STR("198.51.100.10"), STR_NONE, &wait), 0,
	       "a neighbour is free");
	for (int i = 0; i < THROTTLE_FREE; i++)
		gate_throttle_fail(w->core, STR("2001:db8::1"), STR("anna"));
	is_int(gate_throttle(w->core, STR("2001:db8::ffff"), STR_NONE, &wait),
	       OUT_TOO_MANY, "one /64 is one customer");
	is_int(gate_throttle(w->core, STR("2001:db8:0:1::1"), STR_NONE, &wait),
	       0, "the next is another");
	is_int(gate_throttle(w->core, STR("192.0.2.200"), STR("anna"), &wait),
	       OUT_TOO_MANY, "a name from anywhere");
	gate_throttle_ok(w->core, STR("192.0.2.200"), STR("anna"));
	is_int(gate_throttle(w->core, STR("192.0.2.200"), STR("anna"), &wait),
	       0, "until it succeeds");
}

int
main(void)
{
	struct world w;
	struct account other;
	struct str other_key;

	world_make(&w);
	other_key = world_other(&w, &other);
	test_proofs(&w);
	move_on();
	subtest("kinds") test_kinds(&w);
	subtest("token room") test_token_room(&w);
	move_on();
	test_altered(&w);
	move_on();
	subtest("revoked key") test_revoked_key(&w);
	move_on();
	subtest("revoked token") test_revoked_token(&w);
	move_on();
	subtest("ended session") test_ended_session(&w);
	move_on();
	subtest("disabled user") test_disabled_user(&w);
	move_on();
	subtest("namespace") test_lost_namespace(&w, other_key);
	move_on();
	subtest("isolation") test_isolation(&w, other_key, &other);
	move_on();
	subtest("regions") test_regions(&w);
	move_on();
	subtest("bearer") test_bearer(&w);
	test_catalog(&w);
	move_on();
	subtest("restart") test_restart(&w);
	move_on();
	subtest("expiry") test_expiry(&w);
	move_on();
	subtest("throttle") test_throttle(&w);
	world_end(&w);
	return done_testing();
}
