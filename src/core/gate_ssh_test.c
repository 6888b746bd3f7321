/* Public keys as proofs: shown, signed with, and whose they are. */
#include "core/ssh_world.h"

#define OFFERS (3 * THROTTLE_FREE)

/* Rows of the trail, and what they count. */
static int64_t
trail_sum(struct cast *c)
{
	struct audit_filter filter = {.limit = PAGE_MAX, .newest_first = true};
	struct audit_row *rows;
	int64_t sum = 0;
	size_t n;

	must(audit_flush(c->w.core), "flush");
	must(audit_list(c->w.core, &filter, &c->w.arena, &rows, &n), "list");
	for (size_t i = 0; i < n; i++)
		sum += rows[i].count;
	return sum;
}

static int
offers(struct cast *c, const struct sshkey *key)
{
	return gate_offered(c->w.core, ssh(key).secret);
}

static void
test_offered(struct cast *c)
{
	static char large[SSHKEY_BLOB_MAX + 1];
	struct user user = world_user(&c->w, "shows@example.org", 0);
	struct user_key row;
	struct sshkey nobody = pubkey(), machine = pubkey();
	struct sshkey person = user_key(c, user.id, 0, &row);
	struct sshkey ends =
	    user_key(c, user.id, clock_now() + MINUTE_MS, &row);

	(void)STAND(c, &machine, .repo = c->test.id);
	is_int(offers(c, &nobody), OUT_UNPROVEN, "nobody's");
	is_int(offers(c, &machine), 0, "an access key");
	is_int(offers(c, &person), 0, "a person's");
	is_int(offers(c, &ends), 0, "one that will end");
	is_int(gate_offered(c->w.core, STR_NONE), OUT_UNPROVEN, "none");
	is_int(gate_offered(c->w.core, (struct str){large, SSHKEY_BLOB_MAX}),
	       OUT_UNPROVEN, "the largest");
	is_int(gate_offered(c->w.core, (struct str){large, sizeof(large)}),
	       OUT_UNPROVEN, "too large");
	person.blob_len--;
	is_int(offers(c, &person), OUT_UNPROVEN, "a byte short");
	person.blob_len++;
	clock_test_shift(MINUTE_MS);
	is_int(offers(c, &ends), OUT_UNPROVEN, "past its end");
	clock_test_shift(-MINUTE_MS);
	disable(c, user.id, true);
	is_int(offers(c, &person), OUT_UNPROVEN, "of who is disabled");
	disable(c, user.id, false);
	is_int(offers(c, &person), 0, "and enabled again");
	is_int(user_key_remove(&c->w.owner, row.id), 0, "removed");
	is_int(offers(c, &ends), OUT_UNPROVEN, "is gone");
}

/* To show a key is no use of it, and no guess. */
static void
test_tells_nothing(struct cast *c)
{
	struct user user = world_user(&c->w, "quiet@example.org", 0);
	struct user_key row;
	struct sshkey nobody = pubkey();
	struct sshkey person = user_key(c, user.id, 0, &row);
	int64_t before = trail_sum(c), wait;
	struct last_use use;

	for (int i = 0; i < OFFERS; i++) {
		if (offers(c, &nobody) != OUT_UNPROVEN ||
		    offers(c, &person) != 0)
			ok(false, "offer %d", i);
	}
	is_int(trail_sum(c), before, "the trail knows nothing");
	is_int(gate_throttle(c->w.core, ADDR, STR_NONE, &wait), 0,
	       "nothing is counted");
	is_int(
	    audit_last_use(c->w.core, CRED_USER_KEY, row.id, &c->w.arena, &use),
	    OUT_ABSENT, "it was not used");
}

static void
test_proved(struct cast *c)
{
	struct user user = world_user(&c->w, "signs@example.org", 0);
	struct user_key row;
	struct sshkey person = user_key(c, user.id, 0, &row);
	struct sshkey machine = pubkey();
	char print[SSHKEY_SHA256_LEN + 1];
	struct subject who;
	struct last_use use;

	is_int(proves(c, &person, &who), 0, "a person");
	is_int(who.cred, CRED_USER_KEY, "with a key of theirs");
	is_str(str_c(who.cred_id), row.id, "this one");
	is_str(str_c(who.identity), user.id, "it is them");
	is_str(str_c(who.account), str_c(c->w.owner.account),
	       "of that account");
	ok(!who.owner && !who.server, "and no more");
	is_int(
	    audit_last_use(c->w.core, CRED_USER_KEY, row.id, &c->w.arena, &use),
	    0, "that was a use");
	is_str(use.verb, STR("login"), "a login");
	(void)STAND(c, &machine, .repo = c->test.id);
	must(sshkey_fingerprint(
		 (struct str){(char *)machine.blob, machine.blob_len}, print),
	     "fingerprint");
	is_int(proves(c, &machine, &who), 0, "a machine");
	is_int(who.cred, CRED_ACCESS_KEY, "with an access key");
	is_str(str_c(who.cred_id), str_c(print + strlen("SHA256:")),
	       "known by its fingerprint");
	is_str(str_c(who.identity), STR(""), "no person");
	is_str(str_c(who.account), STR(""), "of no account yet");
	is_int(who.expires_at, INT64_MAX, "without an end yet");
	is_int(pass(&c->w, ssh(&person), VERB_WHOAMI,
		    (struct thing){.kind = THING_NONE}),
	       0, "a person may ask who that is");
}

/* A key that signed and is nobody's is a guess like any other. */
static void
test_guesses(struct cast *c)
{
	struct user user = world_user(&c->w, "near@example.org", 0);
	struct user_key row;
	struct sshkey nobody = pubkey();
	struct sshkey person = user_key(c, user.id, 0, &row);
	const char *here = world_from;
	int64_t before = trail_sum(c);
	struct subject who;
	int r = 0;

	world_from = "192.0.2.99";
	for (int i = 0; i < THROTTLE_FREE; i++)
		r = proves(c, &nobody, &who);
	is_int(r, OUT_UNPROVEN, "nobody");
	is_int(trail_sum(c), before + THROTTLE_FREE, "each is in the trail");
	is_int(proves(c, &nobody, &who), OUT_TOO_MANY, "too often");
	is_int(proves(c, &person, &who), 0, "the right one always opens");
	world_from = here;
}

static void
test_one_use(struct cast *c)
{
	struct user user = world_user(&c->w, "both@example.org", 0);
	struct user_key row;
	struct access_key place;
	struct sshkey machine = pubkey();
	struct sshkey person = user_key(c, user.id, 0, &row);
	struct subject who;

	(void)STAND(c, &machine, .repo = c->test.id);
	is_int(user_key_try(c, user.id, &machine, 0, &row), OUT_CONFLICT,
	       "an access key is nobody's own");
	is_int(access_key_try(c, &c->w.owner, &person,
			      (struct where){.repo = c->test.id}, &place),
	       OUT_CONFLICT, "a person's key stands nowhere");
	is_int(proves(c, &machine, &who), 0, "a machine");
	is_int(who.cred, CRED_ACCESS_KEY, "stays one");
	is_int(proves(c, &person, &who), 0, "a person");
	is_int(who.cred, CRED_USER_KEY, "stays one");
}

/* What is not for git opens nothing of it, whoever's it is. */
static void
test_tokens(struct cast *c)
{
	struct world *w = &c->w;
	struct regtoken token;
	struct proof key = basic("iamapikey", w->key);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct subject who;
	struct proof proofs[4];

	must(gate_prove(w->core, &key, &who), "prove");
	must(identity_token_issue(w->core, &who, LOCAL, &kept), "kept");
	proofs[0] = basic("token", world_token(w, true, true, &token));
	proofs[1] = plain(PROOF_IDENTITY, secret_reveal(&kept));
	proofs[2] =
	    plain(PROOF_BEARER, world_bearer(w, key, "birds/app", SCOPE_PULL));
	proofs[3] = plain(PROOF_BEARER,
			  world_bearer(w, proofs[1], "birds/app", SCOPE_PULL));
	for (size_t i = 0; i < nitems(proofs); i++) {
		struct thing test = git("Own/test");

		test.region = LOCAL;
		is_int(pulls(w, proofs[i], "birds/app"), 0, "%zu pulls", i);
		is_int(pass(w, proofs[i], VERB_GIT_READ, test), OUT_DENIED,
		       "%zu does not clone", i);
		must(gate_prove(w->core, &proofs[i], &who), "prove");
		ok(!gate_may(w->core, &who, VERB_GIT_READ, &test),
		   "%zu may not", i);
	}
	is_int(pass(w, key, VERB_GIT_READ, git("Own/test")), 0, "a key does");
	is_int(pass(w, plain(PROOF_ACCESS, world_session(w, w->key).access),
		    VERB_GIT_READ, git("Own/test")),
	       0, "and an access token");
}

/* --- however many keys there are --- */

static const int asked[] = {
    SQL_cred_public_key,
    SQL_cred_user_key,
    SQL_cred_access_key,
    SQL_cred_access_key_any,
    SQL_stand_on_repo,
    SQL_cred_access_key_alive,
    SQL_stand_on_project,
    SQL_stand_of_row,
    SQL_join_account,
    SQL_find_account,
    SQL_find_repo,
    SQL_find_account_by_id,
    SQL_find_project,
    SQL_find_repo_by_id,
    SQL_find_project_by_id,
    SQL_COUNT, /* one that does, to see that this is seen */
};

static int
plan_of(struct db *db, int i, const char *text)
{
	static const char *const params[] = {"", "s", "ss", "sss"};
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str x = STR("x");
	int n = 0, steps = 0, scans = 0;
	char number[16];
	int r;

	do
		(void)snprintf(number, sizeof(number), "$%d", ++n);
	while (strstr(text, number) != NULL);
	must(db_view_begin(db, &view), "view");
	must(db_query(view, i, &rows, params[n - 1], x, x, x), "explain");
	while ((r = db_next(&rows)) == 0) {
		struct str step = db_str(&rows, 3);

		steps++;
		scans += str_starts(step, STR("SEARCH")) ? 0 : 1;
	}
	is_int(r, OUT_ABSENT, "explained");
	return steps == 0 ? -1 : scans;
}

/* No step of what the gate asks goes through all rows of anything. */
static void
test_plans(struct cast *c)
{
	static struct db_sql explain[nitems(asked)];
	static char texts[nitems(asked)][2048];

	for (size_t i = 0; i < nitems(asked); i++) {
		bool all = asked[i] == SQL_COUNT;
		const struct db_sql *sql = &sql_schema.statements[asked[i]];

		(void)snprintf(
		    texts[i], sizeof(texts[i]), "EXPLAIN QUERY PLAN %s",
		    all ? "SELECT label FROM access_key" : sql->text);
		explain[i] = (struct db_sql){all ? "all" : sql->name, texts[i]};
	}
	world_shut(&c->w);
	{
		CLEAN(db_freep)
		struct db *db = cast_db(c, explain, nitems(explain));

		for (size_t i = 0; i < nitems(asked); i++)
			is_int(plan_of(db, (int)i, texts[i]),
			       asked[i] == SQL_COUNT ? 1 : 0, "%s",
			       explain[i].name);
	}
	must(world_open(&c->w, false), "open");
}

int
main(void)
{
	struct cast c;

	cast_new(&c);
	test_offered(&c);
	test_tells_nothing(&c);
	test_proved(&c);
	test_guesses(&c);
	test_one_use(&c);
	test_tokens(&c);
	test_plans(&c);
	world_end(&c.w);
	return done_testing();
}
