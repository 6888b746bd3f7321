/*
 * A stored credential by its kind and id, as cred_load() finds it: what no door
 * leads to by itself, since ids come out of proofs that held.
 */
#include "core/core_world.h"
#include "core/gate_inner.h"

#include <errno.h>

static int
load(struct world *w, enum cred_kind kind, struct str id, struct subject *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;

	must(db_view_begin(w->core->db, &view), "view");
	return cred_load(w->core, view, kind, id, ret);
}

static void
test_words(void)
{
	static char longest[CRED_ID_MAX + 2];
	char word[2 * CRED_WORD_MAX], id[CRED_ID_MAX + 1];
	static const struct {
		const char *word;
		int want;
	} rows[] = {
	    {"session:C-1", 0},
	    {"machine:x", 0},
	    {"api-key:a:b", 0},
	    {"api-key:", OUT_MALFORMED},
	    {"api-key", OUT_MALFORMED},
	    {":x", OUT_MALFORMED},
	    {"none:x", OUT_MALFORMED},
	    {"Session:x", OUT_MALFORMED},
	    {"sessions:x", OUT_MALFORMED},
	    {"", OUT_MALFORMED},
	};
	enum cred_kind kind = CRED_NONE;

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(cred_word_parse(str_c(rows[i].word), &kind, id),
		       rows[i].want, "'%s'", rows[i].word);
	is_int(cred_word_parse(STR("machine:x"), &kind, id), 0, "a machine");
	ok(kind == CRED_MACHINE && strcmp(id, "x") == 0, "is that one");
	memset(longest, 'a', CRED_ID_MAX + 1);
	(void)snprintf(word, sizeof(word), "session:%s", longest + 1);
	is_int(cred_word_parse(str_c(word), &kind, id), 0, "the longest");
	(void)snprintf(word, sizeof(word), "session:%s", longest);
	is_int(cred_word_parse(str_c(word), &kind, id), OUT_MALFORMED,
	       "one byte more");
}

static void
test_fields(void)
{
	char to[4] = "old";

	is_int(FIELD_PUT(to, STR("four")), -EUCLEAN, "what does not fit");
	ok(strcmp(to, "old") == 0, "changes nothing");
	is_int(FIELD_PUT(to, STR("3 b")), 0, "what just fits");
	ok(strcmp(to, "3 b") == 0, "is there");
	is_int(FIELD_PUT(to, STR_NONE), 0, "nothing");
	ok(to[0] == '\0', "is empty");
	FIELD_CUT(to, STR("longer"));
	ok(strcmp(to, "lon") == 0, "what is cut");
}

static void
test_unknown(struct world *w)
{
	static char longest[CRED_ID_MAX + 2];
	struct subject who;

	memset(longest, 'a', CRED_ID_MAX + 1);
	for (int kind = CRED_NONE; kind <= CRED_KINDS; kind++) {
		is_int(load(w, (enum cred_kind)kind, STR("nobody"), &who),
		       OUT_UNPROVEN, "no %s of this id",
		       cred_kind_name((enum cred_kind)kind));
		is_int(load(w, (enum cred_kind)kind, str_c(longest), &who),
		       OUT_UNPROVEN, "nor of one that none can have");
		is_int(load(w, (enum cred_kind)kind, STR_NONE, &who),
		       OUT_UNPROVEN, "nor of none");
	}
}

/* That a key is over is said only of one that was good. */
static void
test_over(struct world *w)
{
	struct user user = world_user(w, "over@example.org", ROLE_READER);
	int64_t end = clock_now() + 10 * SECOND_MS;
	struct visit by = w->owner;
	struct api_key key;
	struct subject who;

	(void)world_key(w, user.id, end, &key);
	is_int(load(w, CRED_API_KEY, key.id, &who), 0, "a key");
	ok(who.expires_at == end && !who.replaces && !who.owner,
	   "ends, replaces nothing, is no owner's");
	by.verb = VERB_APIKEY_UPDATE;
	by.thing = (struct thing){.kind = THING_IDENTITY, .name = user.id};
	clock_test_shift(11 * SECOND_MS);
	is_int(load(w, CRED_API_KEY, key.id, &who), OUT_EXPIRED, "over");
	must(api_key_disable(&by, key.id, true), "disable");
	is_int(load(w, CRED_API_KEY, key.id, &who), OUT_UNPROVEN,
	       "disabled and over");
	clock_test_shift(-11 * SECOND_MS);
	is_int(load(w, CRED_API_KEY, key.id, &who), OUT_UNPROVEN, "disabled");
	must(api_key_disable(&by, key.id, false), "enable");
	is_int(load(w, CRED_API_KEY, key.id, &who), 0, "a key again");
}

static void
test_token(struct world *w)
{
	struct regtoken token;
	struct subject who;

	(void)world_token(w, true, true, &token);
	must(load(w, CRED_REGISTRY_TOKEN, token.id, &who), "token");
	ok(who.may_write && !who.replaces && who.identity[0] == '\0' &&
	       strcmp(who.region, "local") == 0,
	   "a token writes, replaces nothing, is nobody's, of its region");
}

/* The registry's own token: of what it was made from, where it was made. */
static void
test_identity_token(struct world *w)
{
	struct proof proof = basic("iamapikey", w->key);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct subject who, again;
	struct proof mine;

	must(gate_prove(w->core, &proof, &who), "prove");
	must(identity_token_issue(w->core, &who, OTHER, &kept), "issue");
	mine = plain(PROOF_IDENTITY, secret_reveal(&kept));
	must(gate_prove(w->core, &mine, &who), "prove it");
	must(load(w, CRED_IDENTITY_TOKEN, str_c(who.cred_id), &again), "load");
	ok(strcmp(again.region, "eu-de") == 0, "a key's is of one region: %s",
	   again.region);
	ok(again.cred == CRED_IDENTITY_TOKEN &&
	       strcmp(again.cred_id, who.cred_id) == 0 &&
	       strcmp(again.identity, w->owner.who.identity) == 0 &&
	       again.jti[0] == '\0' && again.expires_at < INT64_MAX,
	   "a token of its own, as who made it");
}

/* Made from an access token, it ends with the credential of that one. */
static void
test_identity_ends(struct world *w)
{
	struct user user = world_user(w, "ends@example.org", ROLE_READER);
	struct visit by = w->owner;
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct subject who, again;
	struct api_key key;
	struct proof proof;

	by.verb = VERB_USER_UPDATE;
	proof = plain(PROOF_ACCESS,
		      world_session(w, world_key(w, user.id, 0, &key)).access);
	must(gate_prove(w->core, &proof, &who), "prove");
	ok(who.jti[0] != '\0', "an access token");
	must(identity_token_issue(w->core, &who, LOCAL, &kept), "issue");
	proof = plain(PROOF_IDENTITY, secret_reveal(&kept));
	must(gate_prove(w->core, &proof, &who), "prove it");
	is_int(load(w, CRED_IDENTITY_TOKEN, str_c(who.cred_id), &again), 0,
	       "an identity token of it");
	must(user_disable(&by, user.id, true), "disable");
	is_int(load(w, CRED_IDENTITY_TOKEN, str_c(who.cred_id), &again),
	       OUT_UNPROVEN, "ends with whose it was");
	must(user_disable(&by, user.id, false), "enable");
}

static int
jti_of(struct world *w, struct str jti, struct subject *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;

	*ret = (struct subject){.cred = CRED_SESSION};
	must(db_view_begin(w->core->db, &view), "view");
	return cred_jti(view, jti, ret);
}

static void
test_jti(struct world *w)
{
	static char longest[CRED_ID_MAX + 2];
	struct subject who;

	memset(longest, 'a', CRED_ID_MAX + 1);
	is_int(jti_of(w, STR("a-1"), &who), 0, "a token that goes on");
	ok(strcmp(who.jti, "a-1") == 0, "is named");
	is_int(jti_of(w, str_c(longest + 1), &who), 0, "the longest name");
	is_int(jti_of(w, str_c(longest), &who), OUT_UNPROVEN, "a longer one");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_words();
	test_fields();
	test_unknown(&w);
	test_over(&w);
	test_token(&w);
	test_identity_token(&w);
	test_identity_ends(&w);
	test_jti(&w);
	world_end(&w);
	return done_testing();
}
