/* What the gate tells the trail: of whom, and in whose words. */
#include "core/ssh_world.h"

static size_t
rows_of(struct world *w, const char *outcome, const char *verb,
	struct audit_row **ret)
{
	struct audit_filter filter = {
	    .outcome = str_c(outcome), .verb = str_c(verb), .limit = PAGE_MAX};
	size_t n;

	must(audit_flush(w->core), "flush");
	must(audit_list(w->core, &filter, &w->arena, ret, &n), "list");
	return n;
}

static size_t
told(struct world *w, const char *outcome, const char *verb)
{
	struct audit_row *rows;

	return rows_of(w, outcome, verb, &rows);
}

static struct str
latest(struct world *w, const char *outcome, const char *verb)
{
	struct audit_row *rows;
	size_t n = rows_of(w, outcome, verb, &rows);

	return n == 0 ? STR("nothing") : rows[n - 1].thing;
}

/* The trail knows of each who is nobody; not of who has come to an end in the
 * course of things. */
static void
test_refusals(struct world *w)
{
	struct proof key = basic("iamapikey", w->key);
	struct proof bearer =
	    plain(PROOF_BEARER, world_bearer(w, key, "birds/a", SCOPE_PULL));
	struct proof access =
	    plain(PROOF_ACCESS, world_session(w, w->key).access);
	size_t n = told(w, "refused", "login");

	clock_test_shift(HOUR_MS + MINUTE_MS);
	is_int(pulls(w, bearer, "birds/a"), OUT_EXPIRED, "a bearer, later");
	is_int(pulls(w, access, "birds/a"), OUT_EXPIRED, "an access token");
	clock_test_shift(-HOUR_MS - MINUTE_MS);
	is_int((long long)(told(w, "refused", "login") - n), 0,
	       "nothing to tell");
	is_int(pulls(w, plain(PROOF_BEARER, STR("none")), "birds/a"),
	       OUT_UNPROVEN, "no bearer");
	is_int((long long)(told(w, "refused", "login") - n), 1, "is told");
	is_int(pulls(w, basic("nobody", STR_NONE), "birds/a"), OUT_UNPROVEN,
	       "who shows nothing is nobody, whatever they are called");
	is_int(pulls(w, plain(PROOF_NONE, STR_NONE), "birds/a"), OUT_UNPROVEN,
	       "nor who says nothing");
	is_int((long long)(told(w, "refused", "login") - n), 1,
	       "which is not told");
}

/* Who has ended hears so, though others guess from there. */
static void
test_ended_hears(struct world *w)
{
	struct user user = world_user(w, "hears@example.org", ROLE_READER);
	int64_t end = clock_now() + MINUTE_MS;
	struct api_key key;
	struct proof proof =
	    basic("iamapikey", world_key(w, user.id, end, &key));
	struct proof wrong = basic("iamapikey", STR("lk_a_nothing"));
	size_t n;

	proof.addr = wrong.addr = STR("198.51.100.77");
	clock_test_shift(2 * MINUTE_MS);
	for (int i = 0; i <= THROTTLE_FREE; i++)
		(void)!pulls(w, wrong, "birds/a");
	is_int(pulls(w, wrong, "birds/a"), OUT_TOO_MANY, "who guesses");
	n = told(w, "refused", "login");
	is_int(pulls(w, proof, "birds/a"), OUT_EXPIRED, "who has ended");
	is_int((long long)(told(w, "refused", "login") - n), 1,
	       "and the trail");
	clock_test_shift(-2 * MINUTE_MS);
}

/* Of what one may see its own name is told; of what one may not, what was asked
 * for: else the trail would answer. */
static void
test_words(struct world *w)
{
	struct user user = world_user(w, "words@example.org", 0);
	struct api_key key;
	struct proof nobody =
	    basic("iamapikey", world_key(w, user.id, 0, &key));
	struct proof mine = basic("iamapikey", w->key);

	is_int(pass(w, mine, VERB_GIT_READ, git("oWN/TEST")), 0, "mine");
	is_str(latest(w, "used", "repository.read"), STR("git:Own/test"),
	       "its own name");
	is_int(pass(w, nobody, VERB_GIT_READ, git("oWN/tools")), OUT_DENIED,
	       "another");
	is_str(latest(w, "refused", "repository.read"), STR("git:oWN/tools"),
	       "as it was asked for");
	is_int(pulls(w, mine, "birds/app"), 0, "what has no other name");
	is_str(latest(w, "used", "image.pull"), STR("repo:birds/app"),
	       "as it was asked for");
}

/* Looking at a list is no use and its refusal no attack; that a key was used is
 * known all the same. */
static void
test_kinds(struct world *w)
{
	struct user user = world_user(w, "kinds@example.org", ROLE_MANAGER);
	struct user other = world_user(w, "other@example.org", 0);
	struct thing account = {.kind = THING_ACCOUNT};
	struct api_key key, none;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct proof nobody =
	    basic("iamapikey", world_key(w, other.id, 0, &none));
	struct last_use use;

	is_int(pass(w, nobody, VERB_PROJECT_LIST, account), OUT_DENIED,
	       "a list of others");
	is_int((long long)told(w, "refused", "project.list"), 0, "is not told");
	is_int(pass(w, proof, VERB_PROJECT_LIST, account), 0, "a list");
	is_int((long long)told(w, "used", "project.list"), 0,
	       "is no use of anything");
	must(audit_last_use(w->core, CRED_API_KEY, key.id, &w->arena, &use),
	     "last use");
	is_str(use.verb, STR("project.list"), "but of the key");
}

int
main(void)
{
	static struct cast c;

	cast_new(&c);
	subtest("refusals") test_refusals(&c.w);
	subtest("ended hears") test_ended_hears(&c.w);
	subtest("words") test_words(&c.w);
	subtest("kinds") test_kinds(&c.w);
	world_end(&c.w);
	return done_testing();
}
