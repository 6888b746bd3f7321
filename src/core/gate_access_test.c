/* Access keys: what a machine's key opens, from where, and until when. */
#include "core/ssh_world.h"

static struct visit
asks(struct cast *c, const struct sshkey *key, enum verb verb,
     struct thing thing, int want, const char *what)
{
	struct proof proof = ssh(key);
	struct visit visit = {.core = NULL};

	is_int(gate_pass(c->w.core, &proof, verb, &thing, &visit), want, "%s",
	       what);
	return visit;
}

static void
test_two(struct cast *c)
{
	struct sshkey key = pubkey();
	int64_t first = STAND(c, &key, .repo = c->test.id);
	int64_t second = STAND(c, &key, .repo = c->tools.id);
	struct visit v;
	char want[24];

	v = asks(c, &key, VERB_GIT_READ, git("Own/test"), 0, "one");
	(void)snprintf(want, sizeof(want), "%lld", (long long)first);
	is_int(v.who.cred, CRED_ACCESS_KEY, "as an access key");
	is_str(str_c(v.who.cred_id), str_c(want), "as the row that opens it");
	is_str(str_c(v.object), c->test.id, "it is that repository");
	is_str(str_c(v.account), c->test.account, "of that account");
	is_str(str_c(v.who.account), c->test.account, "the key's row is too");
	is_str(str_c(v.who.identity), STR(""), "it is no person");
	ok(!v.settle, "nothing ends with its use");
	v = asks(c, &key, VERB_GIT_READ, git("own/TOOLS"), 0, "the other");
	(void)snprintf(want, sizeof(want), "%lld", (long long)second);
	is_str(str_c(v.who.cred_id), str_c(want), "by another row");
	is_int(reads(c, &key, "Own/site"), OUT_DENIED, "no third");
	is_int(reads(c, &key, "Else/far"), OUT_DENIED, "nor another account's");
	is_int(reads(c, &key, "Own/none"), OUT_DENIED, "nor what is not there");
}

/* Each row's use is its own, and told under its number. */
static void
test_trail(struct cast *c)
{
	struct sshkey key = pubkey();
	int64_t id = STAND(c, &key, .repo = c->test.id);
	struct audit_filter filter = {.outcome = STR("refused"),
				      .limit = PAGE_MAX};
	struct audit_row *rows;
	struct last_use use;
	char number[24], word[48];
	size_t n;

	(void)snprintf(number, sizeof(number), "%lld", (long long)id);
	(void)snprintf(word, sizeof(word), "access-key:%s", number);
	is_int(audit_last_use(c->w.core, CRED_ACCESS_KEY, str_c(number),
			      &c->w.arena, &use),
	       OUT_ABSENT, "never used");
	is_int(reads(c, &key, "Own/test"), 0, "used");
	is_int(audit_last_use(c->w.core, CRED_ACCESS_KEY, str_c(number),
			      &c->w.arena, &use),
	       0, "known");
	is_str(use.thing, STR("git:Own/test"), "on what");
	is_str(use.addr, ADDR, "from where");
	(void)asks(c, &key, VERB_GIT_PUSH, git("Own/test"), OUT_DENIED,
		   "a push");
	must(audit_flush(c->w.core), "flush");
	filter.cred = str_c(word);
	must(audit_list(c->w.core, &filter, &c->w.arena, &rows, &n), "list");
	is_int((long long)n, 1, "the refusal is told");
	is_str(rows[0].verb, STR("repository.push"), "what was asked");
	is_str(rows[0].thing, STR("git:Own/test"), "of what");
	is_str(rows[0].account, c->test.account, "to whom it belongs");
}

/* A push is refused, and the door can tell why. */
static void
test_push(struct cast *c)
{
	struct sshkey key = pubkey();
	struct thing test = git("Own/test"), tools = git("Own/tools");
	struct visit v;

	(void)STAND(c, &key, .repo = c->test.id);
	v = asks(c, &key, VERB_GIT_PUSH, test, OUT_DENIED, "no push");
	ok(gate_may(c->w.core, &v.who, VERB_GIT_READ, &test),
	   "but the key reads this repository");
	ok(!gate_may(c->w.core, &v.who, VERB_GIT_PUSH, &test), "and no more");
	ok(!gate_may(c->w.core, &v.who, VERB_GIT_READ, &tools),
	   "that row opens no other");
	v = asks(c, &key, VERB_GIT_PUSH, tools, OUT_DENIED, "elsewhere, too");
	ok(!gate_may(c->w.core, &v.who, VERB_GIT_READ, &tools),
	   "where it does not even stand");
	ok(gate_may(c->w.core, &v.who, VERB_GIT_READ, &test),
	   "who is nowhere yet may go anywhere that the key stands");
}

static void
test_project(struct cast *c)
{
	struct sshkey key = pubkey();
	struct gitrepo moving =
	    git_repo(&c->w, &c->w.owner, "moving", c->web.id);
	struct gitrepo_change home = {.project = STR("default")};
	struct note note = {""};
	struct visit v;

	(void)STAND(c, &key, .project = c->web.id);
	is_int(reads(c, &key, "Own/site"), 0, "a repository of the project");
	is_int(reads(c, &key, "Own/test"), OUT_DENIED, "not one of another");
	(void)asks(c, &key, VERB_PROJECT_LIST, project("Own/web"), OUT_DENIED,
		   "the project itself is not for it");
	v = inside(c, &key, "Own/moving");
	ok(still(c, &v), "goes on");
	must(gitrepo_update(&c->w.owner, moving.id, &home, &note), "move");
	ok(!gate_still(c->w.core, &v), "it left the project");
	is_int(reads(c, &key, "Own/moving"), OUT_DENIED, "for all");
	is_int(reads(c, &key, "Own/site"), 0, "the rest is as it was");
}

/* The repository's own row counts, while it holds. */
static void
test_both(struct cast *c)
{
	struct sshkey key = pubkey();
	int64_t whole = STAND(c, &key, .project = c->web.id);
	int64_t one = STAND(c, &key, .repo = c->site.id,
			    .expires_at = clock_now() + MINUTE_MS);
	char want[24];
	struct visit v = inside(c, &key, "Own/site");

	(void)snprintf(want, sizeof(want), "%lld", (long long)one);
	is_str(str_c(v.who.cred_id), str_c(want), "the nearer row");
	clock_test_shift(MINUTE_MS);
	ok(!gate_still(c->w.core, &v), "ends");
	v = inside(c, &key, "Own/site");
	(void)snprintf(want, sizeof(want), "%lld", (long long)whole);
	is_str(str_c(v.who.cred_id), str_c(want), "then the project's");
	clock_test_shift(-MINUTE_MS);
}

static void
test_ends(struct cast *c)
{
	struct sshkey key = pubkey();
	struct proof proof = ssh(&key);
	struct subject who;
	struct visit v;

	(void)STAND(c, &key, .repo = c->test.id,
		    .expires_at = clock_now() + MINUTE_MS);
	(void)STAND(c, &key, .repo = c->tools.id,
		    .expires_at = clock_now() + 2 * MINUTE_MS);
	v = inside(c, &key, "Own/test");
	ok(still(c, &v), "in time");
	clock_test_shift(MINUTE_MS);
	ok(!gate_still(c->w.core, &v), "cut at its end");
	is_int(reads(c, &key, "Own/test"), OUT_DENIED, "opens no more");
	is_int(reads(c, &key, "Own/tools"), 0, "where it lasts, it opens");
	is_int(gate_offered(c->w.core, proof.secret), 0, "somebody's still");
	clock_test_shift(MINUTE_MS);
	is_int(reads(c, &key, "Own/tools"), OUT_EXPIRED, "all are over");
	is_int(gate_prove(c->w.core, &proof, &who), OUT_EXPIRED, "it is known");
	is_int(gate_offered(c->w.core, proof.secret), OUT_UNPROVEN,
	       "to who shows it, it is like any other");
	clock_test_shift(-2 * MINUTE_MS);
	is_int(reads(c, &key, "Own/test"), 0, "before it, all is well");
}

static void
test_from(struct cast *c)
{
	struct sshkey key = pubkey();
	const char *here = world_from;
	struct visit v;
	int64_t id = STAND(c, &key, .repo = c->test.id,
			   .cidrs = STR("198.51.100.0/24 2001:db8::/32"));
	struct access_key_change elsewhere = {.cidrs = STR("203.0.113.7/32")};
	struct note note = {""};

	is_int(reads(c, &key, "Own/test"), OUT_DENIED, "from elsewhere");
	world_from = "198.51.100.9";
	v = inside(c, &key, "Own/test");
	world_from = "2001:db8::7";
	is_int(reads(c, &key, "Own/test"), 0, "from the other network");
	world_from = "";
	is_int(reads(c, &key, "Own/test"), OUT_DENIED, "from nowhere");
	world_from = here;
	ok(still(c, &v), "goes on");
	must(access_key_update(&c->w.owner, id, &elsewhere, &note), "update");
	ok(!gate_still(c->w.core, &v), "its address is not for it any more");
	(void)STAND(c, &key, .project = c->test.project);
	is_int(reads(c, &key, "Own/test"), 0,
	       "its project's row may be nearer");
}

static void
test_removed(struct cast *c)
{
	struct sshkey key = pubkey();
	struct proof proof = ssh(&key);
	int64_t id = STAND(c, &key, .repo = c->test.id);
	struct visit v = inside(c, &key, "Own/test");
	struct subject who;

	is_int(gate_offered(c->w.core, proof.secret), 0, "worth a signature");
	must(access_key_remove(&c->w.owner, id), "remove");
	is_int(gate_prove(c->w.core, &proof, &who), OUT_UNPROVEN,
	       "gone before it signed");
	ok(!gate_still(c->w.core, &v), "who is inside is cut");
	is_int(reads(c, &key, "Own/test"), OUT_UNPROVEN, "nobody's key");
	(void)STAND(c, &key, .repo = c->test.id);
	is_int(reads(c, &key, "Own/test"), 0, "it may stand again");
	ok(!gate_still(c->w.core, &v), "who was cut stays so");
}

static void
test_repo_ends(struct cast *c)
{
	struct sshkey key = pubkey();
	struct gitrepo repo = git_repo(&c->w, &c->w.owner, "born", STR_NONE);
	struct gitrepo_change name = {.slug = STR("renamed")};
	struct note note = {""};
	struct visit v;

	(void)STAND(c, &key, .repo = repo.id);
	v = inside(c, &key, "Own/born");
	must(gitrepo_update(&c->w.owner, repo.id, &name, &note), "rename");
	ok(still(c, &v), "a rename ends nobody");
	is_int(reads(c, &key, "Own/born"), OUT_DENIED, "the old name is gone");
	is_int(reads(c, &key, "Own/renamed"), 0, "the new one is there");
	(void)git_repo(&c->w, &c->w.owner, "born", STR_NONE);
	ok(still(c, &v), "whoever has the old name now");
	is_int(reads(c, &key, "Own/born"), OUT_DENIED, "that one is another");
	must(gitrepo_remove(&c->w.owner, repo.id), "remove");
	ok(!gate_still(c->w.core, &v), "a removal ends all");
	is_int(reads(c, &key, "Own/renamed"), OUT_DENIED, "for new ones, too");
	must(gitrepo_restore(&c->w.owner, repo.id, STR_NONE, &note), "restore");
	is_int(reads(c, &key, "Own/renamed"), 0, "back again");
}

/* Rotation: who comes with the new key ends the old one. */
static void
test_settle(struct cast *c)
{
	struct sshkey old = pubkey(), key = pubkey();
	int64_t first = STAND(c, &old, .repo = c->test.id);
	int64_t next = STAND(c, &key, .repo = c->test.id, .replaces = first);
	struct visit v, w;

	is_int(reads(c, &old, "Own/test"), 0, "the old one opens");
	v = inside(c, &old, "Own/test");
	ok(!v.settle, "and settles nothing");
	w = inside(c, &key, "Own/test");
	ok(w.settle, "the new one does");
	ok(still(c, &v), "until then both go on");
	must(access_key_settle(c->w.core, next), "settle");
	ok(!gate_still(c->w.core, &v), "the old one is cut");
	ok(still(c, &w), "the new one goes on");
	ok(reads(c, &old, "Own/test") != 0, "the old one opens nothing");
	w = inside(c, &key, "Own/test");
	ok(!w.settle, "that was all");
}

/* Nothing but to read repositories. */
static void
test_nothing_else(struct cast *c)
{
	static const struct thing things[] = {
	    {.kind = THING_NONE},
	    {.kind = THING_ACCOUNT},
	    {.kind = THING_REPO,
	     .region = STR_INIT("local"),
	     .name = STR_INIT("birds/app")},
	    {.kind = THING_GITREPO, .name = STR_INIT("Own/test")},
	    {.kind = THING_PROJECT, .name = STR_INIT("Own/default")},
	    {.kind = THING_IDENTITY, .name = STR_INIT("")},
	};
	struct sshkey key = pubkey();
	int wrong = 0, asked = 0;

	(void)STAND(c, &key, .repo = c->test.id);
	(void)STAND(c, &key, .project = c->test.project);
	for (int verb = 0; verb < VERB_MAX; verb++) {
		if (verb_row((enum verb)verb)->rule == RULE_PUBLIC)
			continue;
		for (size_t i = 0; i < nitems(things); i++, asked++) {
			bool may = verb == VERB_GIT_READ &&
				   things[i].kind == THING_GITREPO;

			if (pass(&c->w, ssh(&key), (enum verb)verb,
				 things[i]) != (may ? 0 : OUT_DENIED)) {
				printf("# %s of thing %d\n",
				       verb_row((enum verb)verb)->action.p,
				       (int)things[i].kind);
				wrong++;
			}
		}
	}
	ok(asked > 200, "%d questions", asked);
	is_int(wrong, 0, "all but one are denied");
}

int
main(void)
{
	struct cast c;

	cast_new(&c);
	test_two(&c);
	test_trail(&c);
	test_push(&c);
	test_project(&c);
	test_both(&c);
	test_ends(&c);
	test_from(&c);
	test_removed(&c);
	test_repo_ends(&c);
	test_settle(&c);
	test_nothing_else(&c);
	world_end(&c.w);
	return done_testing();
}
