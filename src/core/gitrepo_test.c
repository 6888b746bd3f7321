#include "core/git_world.h"

#define ZEROS "0000000000000000000000000000000000000000"
#define ONES  "1111111111111111111111111111111111111111"

static struct account other;
static struct str other_key;

static void
test_slugs(struct world *w)
{
	static const char *const bad[] = {
	    "",	   ".",	    "..",    "-x",   ".x",	 "a/b", "a b",
	    "a:b", "a.git", "a.GIT", ".git", "\xc3\xa4", "a~",	"a\n"};
	static const char *const good[] = {"a",	     "test",	"_x",
					   "9",	     "a.b-c",	"git",
					   "a.gitx", "a.git.b", "A.lock"};
	char longest[GITREPO_SLUG_MAX + 2];

	(void)w;
	memset(longest, 'q', sizeof(longest));
	for (size_t i = 0; i < nitems(bad); i++)
		ok(!gitrepo_is_slug(str_c(bad[i])), "'%s' is none", bad[i]);
	for (size_t i = 0; i < nitems(good); i++)
		ok(gitrepo_is_slug(str_c(good[i])), "'%s'", good[i]);
	ok(!gitrepo_is_slug((struct str){"a\0b", 3}), "NUL");
	ok(gitrepo_is_slug((struct str){longest, GITREPO_SLUG_MAX}), "of %d",
	   GITREPO_SLUG_MAX);
	ok(!gitrepo_is_slug((struct str){longest, GITREPO_SLUG_MAX + 1}),
	   "of one more");
}

/* What git check-ref-format says of refs/heads/ and this; "-x" and "HEAD" are
 * what git branch refuses. */
static void
test_branches(struct world *w)
{
	static const char *const bad[] = {
	    "",	      ".",	    "..",	    "a..b",  ".a",   "a/.b",
	    "a.lock", "a/b.lock/c", "a.",	    "/a",    "a/",   "a//b",
	    "a b",    "a~",	    "a^",	    "a:",    "a?",   "a*",
	    "a[",     "a\\b",	    "a@{b",	    "a\x7f", "a\tb", "-x",
	    "HEAD",   "\xff",	    "a\xe2\x80\xae"};
	static const char *const good[] = {
	    "main", "a/b/c", "a.b",	     "@",    "a@b",    "a{b", "head",
	    "v1.0", "a-",    "\xed\x95\x9c", "lock", "a.lock1"};
	char longest[GITREPO_BRANCH_MAX + 2];

	(void)w;
	memset(longest, 'b', sizeof(longest));
	for (size_t i = 0; i < nitems(bad); i++)
		ok(!gitrepo_is_branch(str_c(bad[i])), "'%s' is none", bad[i]);
	for (size_t i = 0; i < nitems(good); i++)
		ok(gitrepo_is_branch(str_c(good[i])), "'%s'", good[i]);
	ok(!gitrepo_is_branch((struct str){"a\0b", 3}), "NUL");
	ok(gitrepo_is_branch((struct str){longest, GITREPO_BRANCH_MAX}),
	   "of %d bytes", GITREPO_BRANCH_MAX);
	ok(!gitrepo_is_branch((struct str){longest, GITREPO_BRANCH_MAX + 1}),
	   "of one more");
}

static void
test_rules(struct world *w)
{
	enum force_push rule = FORCE_DENY;

	(void)w;
	for (int i = 0; i < FORCE_RULES; i++) {
		const char *name = force_push_name((enum force_push)i);

		is_int(force_push_parse(str_c(name), &rule), 0, "%s", name);
		is_int(rule, i, "and back");
	}
	is_int(force_push_parse(STR("Allow"), &rule), OUT_MALFORMED, "case");
	is_int(force_push_parse(STR_NONE, &rule), OUT_MALFORMED, "nothing");
	is_str(str_c(force_push_name(FORCE_RULES)), STR(""), "no rule");
}

static void
test_create(struct world *w)
{
	struct gitrepo_ask ask = {.slug = STR("Test"),
				  .force_push = FORCE_PROTECT};
	struct project p = project_make(w, w->key, "Web");
	struct note note = {""};
	struct gitrepo repo, got;

	must(repo_try(w, w->key, ask, &repo, NULL), "create");
	is_str(repo.slug, STR("Test"), "as written");
	is_str(repo.account_slug, STR("Own"), "in this account");
	is_str(repo.name, STR("Test"), "called as its slug");
	is_str(repo.main_branch, STR("main"), "main branch");
	is_str(repo.project, repo.account, "in the default project");
	is_str(repo.project_slug, STR("default"), "which is called so");
	is_str(repo.created_by, str_c(w->owner.who.identity), "by the owner");
	is_int(repo.force_push, FORCE_PROTECT, "the rule");
	is_int(repo.pushed_at, 0, "nothing pushed");
	is_int(repo.removed_at, 0, "not removed");
	is_int(gitrepo_get(w->core, STR("OWN"), STR("tEST"), &w->arena, &got),
	       0, "found without case");
	is_str(got.id, repo.id, "the same");
	is_int(gitrepo_get(w->core, repo.account, repo.id, &w->arena, &got), 0,
	       "by ids");
	is_int(gitrepo_get(w->core, STR("Else"), repo.id, &w->arena, &got),
	       OUT_ABSENT, "not in another account");
	is_int(
	    gitrepo_get(w->core, STR("Nobody"), STR("test"), &w->arena, &got),
	    OUT_ABSENT, "nor in none");
	is_str(trail_last(w, repo.account, "repository.create").thing,
	       STR("git:Own/Test"), "in the trail");
	ask.slug = STR("test");
	is_int(repo_try(w, w->key, ask, &got, &note), OUT_CONFLICT,
	       "the name is taken");
	ok(note.text[0] != '\0', "%s", note.text);
	is_int(repo_try(w, other_key, ask, &got, NULL), 0, "not elsewhere");
	ask = (struct gitrepo_ask){.slug = STR("all"),
				   .name = STR("All of it"),
				   .description = STR("d"),
				   .main_branch = STR("trunk/1"),
				   .project = STR("wEB"),
				   .force_push = FORCE_DENY};
	must(repo_try(w, w->key, ask, &got, NULL), "all");
	is_str(got.name, STR("All of it"), "name");
	is_str(got.description, STR("d"), "description");
	is_str(got.main_branch, STR("trunk/1"), "branch");
	is_str(got.project, p.id, "project by slug");
	is_int(got.force_push, FORCE_DENY, "rule");
	ask.slug = STR("more");
	ask.project = p.id;
	is_int(repo_try(w, w->key, ask, &got, NULL), 0, "project by id");
	ask.slug = STR("less");
	is_int(repo_try(w, other_key, ask, &got, &note), OUT_MISSING_PART,
	       "another tenant's project");
	is_int(gitrepo_get(w->core, STR("Else"), STR("less"), &w->arena, &got),
	       OUT_ABSENT, "nothing was made");
}

static void
test_bad_asks(struct world *w)
{
	static char text[TEXT_MAX_BYTES + 1];
	struct gitrepo_ask asks[] = {
	    {.slug = STR_INIT("a.git")},
	    {.slug = STR_INIT("ok"), .name = STR_INIT("a\nb")},
	    {.slug = STR_INIT("ok"), .name = {text, NAME_MAX_BYTES + 1}},
	    {.slug = STR_INIT("ok"), .description = {text, TEXT_MAX_BYTES + 1}},
	    {.slug = STR_INIT("ok"), .main_branch = STR_INIT("a..b")},
	};
	struct gitrepo got;

	memset(text, 't', sizeof(text));
	for (size_t i = 0; i < nitems(asks); i++) {
		struct note note = {""};

		is_int(repo_try(w, w->key, asks[i], &got, &note), OUT_MALFORMED,
		       "ask %zu", i);
		ok(note.text[0] != '\0', "%s", note.text);
	}
	asks[3].description.n = TEXT_MAX_BYTES;
	asks[3].name = (struct str){text, NAME_MAX_BYTES};
	is_int(repo_try(w, w->key, asks[3], &got, NULL), 0, "the longest");
}

static void
test_update(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "before"), got;
	struct visit by = on_repo(w, w->key, VERB_GIT_UPDATE, "Own/before");
	struct visit all = on_account(w, w->key, VERB_GIT_UPDATE);
	struct visit stranger = on_account(w, other_key, VERB_GIT_UPDATE);
	struct gitrepo second = repo_make(w, w->key, "second");
	enum force_push rule = FORCE_ALLOW;
	struct gitrepo_change to = {.slug = STR("After")};
	struct note note = {""};

	is_int(gitrepo_update(&stranger, repo.id, &to, NULL), OUT_ABSENT,
	       "another tenant's id");
	is_int(gitrepo_update(&by, second.id, &to, NULL), OUT_ABSENT,
	       "not the one that the gate was asked about");
	is_int(gitrepo_update(&by, repo.id, &to, NULL), 0, "renamed");
	must(gitrepo_by_id(w->core, repo.id, &w->arena, &got), "by id");
	is_str(got.slug, STR("After"), "its new name");
	is_str(got.name, STR("before"), "what it is called stays");
	is_int(got.force_push, FORCE_PROTECT, "and the rule");
	is_str(trail_last(w, repo.account, "repository.update").thing,
	       STR("git:Own/before"), "in the trail by its old name");
	repo_make(w, w->key, "BEFORE");
	ok(true, "the old name is free at once");
	is_int(gitrepo_update(&all, repo.id,
			      &(struct gitrepo_change){.slug = STR("Before")},
			      &note),
	       OUT_CONFLICT, "and taken now");
	is_int(gitrepo_update(&all, repo.id,
			      &(struct gitrepo_change){.slug = STR("aFTER")},
			      NULL),
	       0, "its own in another case");
	to = (struct gitrepo_change){.name = STR("N"),
				     .description = STR(""),
				     .main_branch = STR("dev"),
				     .project = STR("Web"),
				     .force_push = &rule};
	is_int(gitrepo_update(&all, repo.id, &to, NULL), 0, "all the rest");
	must(gitrepo_by_id(w->core, repo.id, &w->arena, &got), "by id");
	is_str(got.slug, STR("aFTER"), "slug");
	is_str(got.name, STR("N"), "name");
	is_str(got.main_branch, STR("dev"), "branch");
	is_str(got.project_slug, STR("Web"), "project");
	is_int(got.force_push, FORCE_ALLOW, "rule");
	to = (struct gitrepo_change){.name = STR("X"), .project = other.id};
	is_int(gitrepo_update(&all, repo.id, &to, &note), OUT_MISSING_PART,
	       "another tenant's project");
	to = (struct gitrepo_change){.name = STR("X"), .main_branch = STR("")};
	is_int(gitrepo_update(&all, repo.id, &to, &note), OUT_MALFORMED,
	       "no branch");
	to = (struct gitrepo_change){.slug = STR("a.git")};
	is_int(gitrepo_update(&all, repo.id, &to, &note), OUT_MALFORMED,
	       "no slug");
	must(gitrepo_by_id(w->core, repo.id, &w->arena, &got), "by id");
	is_str(got.name, STR("N"), "a no leaves everything as it was");
}

static void
test_remove(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Going"), got;
	struct visit by = on_account(w, w->key, VERB_GIT_DELETE);
	struct visit stranger = on_account(w, other_key, VERB_GIT_DELETE);
	struct visit reads = on_repo(w, w->key, VERB_GIT_READ, "own/going");
	struct proof key = basic("iamapikey", w->key);
	struct thing thing = {.kind = THING_GITREPO, .name = STR("Own/Going")};
	struct note note = {""};

	is_int(gitrepo_remove(&stranger, repo.id), OUT_ABSENT,
	       "another tenant's id");
	is_int(gitrepo_restore(&by, repo.id, STR_NONE, NULL), OUT_ABSENT,
	       "what is there cannot be restored");
	ok(gate_still(w->core, &reads), "somebody reads");
	is_int(gitrepo_remove(&by, repo.id), 0, "removed");
	ok(!gate_still(w->core, &reads), "and is cut off");
	is_int(pass(w, key, VERB_GIT_READ, thing), OUT_DENIED,
	       "no door finds it");
	is_int(gitrepo_get(w->core, STR("Own"), STR("going"), &w->arena, &got),
	       OUT_ABSENT, "by name");
	is_int(gitrepo_get(w->core, STR("Own"), repo.id, &w->arena, &got),
	       OUT_ABSENT, "by id");
	must(gitrepo_by_id(w->core, repo.id, &w->arena, &got), "by id");
	ok(got.removed_at > 0, "but it is known");
	is_int(gitrepo_remove(&by, repo.id), OUT_ABSENT, "only once");
	is_int(gitrepo_update(&by, repo.id,
			      &(struct gitrepo_change){.name = STR("x")}, NULL),
	       OUT_ABSENT, "nor changed");
	struct gitrepo next = repo_make(w, w->key, "going");
	is_int(gitrepo_restore(&by, repo.id, STR_NONE, &note), OUT_CONFLICT,
	       "its name is taken now");
	is_int(gitrepo_restore(&by, repo.id, STR("x.git"), &note),
	       OUT_MALFORMED, "no name");
	is_int(gitrepo_restore(&stranger, repo.id, STR("mine"), &note),
	       OUT_ABSENT, "another tenant's");
	is_int(gitrepo_restore(&by, repo.id, STR("Back"), &note), 0,
	       "under another name");
	must(gitrepo_get(w->core, STR("Own"), STR("back"), &w->arena, &got),
	     "get");
	is_str(got.id, repo.id, "the same");
	is_int(got.removed_at, 0, "is back");
	must(gitrepo_remove(&by, next.id), "remove");
	struct visit mine = visit_of(
	    w, w->key, VERB_GIT_UPDATE,
	    (struct thing){.kind = THING_GITREPO,
			   .name = arena_strf(&w->arena, "Own/%s", next.id.p)});
	is_int(gitrepo_restore(&mine, repo.id, STR("z"), NULL), OUT_ABSENT,
	       "not the one that the gate was asked about");
	is_int(gitrepo_restore(&mine, next.id, STR_NONE, NULL), 0,
	       "under its old name");
	must(gitrepo_get(w->core, STR("Own"), STR("going"), &w->arena, &got),
	     "get");
	is_str(got.id, next.id, "the same");
}

static size_t
seen(struct world *w, const struct subject *who, bool removed, int64_t limit,
     struct str project, char *names, size_t size)
{
	struct gitrepo_filter f = {.account = str_c(w->owner.account),
				   .project = project,
				   .removed = removed,
				   .limit = limit};
	bool more = true;
	size_t total = 0;

	names[0] = '\0';
	while (more) {
		struct gitrepo *list;
		size_t n;

		must(gitrepo_list(w->core, who, &f, &w->arena, &list, &n, &more,
				  &f.after),
		     "list");
		if (n > (size_t)limit)
			ok(false, "a page of %zu", n);
		for (size_t i = 0; i < n; i++) {
			size_t at = strlen(names);

			(void)snprintf(names + at, size - at, "%s%.*s",
				       at > 0 ? " " : "",
				       STR_ARG(list[i].slug));
		}
		total += n;
	}
	return total;
}

static struct subject
subject_of(struct world *w, const char *email, unsigned roles, struct str *ret)
{
	struct user user = world_user(w, email, roles);
	struct api_key key;
	struct proof proof;
	struct subject who;

	*ret = world_key(w, user.id, 0, &key);
	proof = basic("iamapikey", *ret);
	must(gate_prove(w->core, &proof, &who), "prove");
	return who;
}

static void
test_list(struct world *w)
{
	struct gitrepo gone[3];
	struct visit by = on_account(w, w->key, VERB_GIT_DELETE);
	struct project p = project_make(w, w->key, "Listed");
	struct gitrepo_ask ask = {.slug = STR("m2"), .project = p.id};
	struct str unused;
	struct subject nobody = subject_of(w, "nobody@example.org", 0, &unused);
	struct subject read_only =
	    subject_of(w, "list@example.org", ROLE_READER, &unused);
	char names[2048];
	size_t all, n;

	repo_make(w, w->key, "M1");
	must(repo_try(w, w->key, ask, gone, NULL), "m2");
	all = seen(w, NULL, false, 100, STR_NONE, names, sizeof(names));
	ok(strstr(names, "M1 m2") != NULL, "in order without case: %s", names);
	for (int64_t limit = 1; limit < 4; limit++) {
		n = seen(w, NULL, false, limit, STR_NONE, names, sizeof(names));
		is_int(n, all, "all by pages of %d", (int)limit);
	}
	is_int(seen(w, &w->owner.who, false, 2, STR_NONE, names, sizeof(names)),
	       all, "the owner sees all");
	is_int(seen(w, &read_only, false, 2, STR_NONE, names, sizeof(names)),
	       all, "a reader as well");
	is_int(seen(w, &nobody, false, 2, STR_NONE, names, sizeof(names)), 0,
	       "who holds no role sees none, page after page");
	is_int(seen(w, NULL, false, 2, p.id, names, sizeof(names)), 1,
	       "of one project");
	is_str(str_c(names), STR("m2"), "only its own");
	for (size_t i = 0; i < nitems(gone); i++) {
		gone[i] = repo_make(w, w->key, "twin");
		must(gitrepo_remove(&by, gone[i].id), "remove");
	}
	is_int(seen(w, NULL, false, 2, STR_NONE, names, sizeof(names)), all,
	       "the removed are not listed");
	for (int64_t limit = 1; limit < 4; limit++)
		is_int(
		    seen(w, NULL, true, limit, STR_NONE, names, sizeof(names)),
		    3, "three of one name among the removed, by %d",
		    (int)limit);
	is_int(seen(w, NULL, true, 9, p.id, names, sizeof(names)), 0,
	       "none of that project");
	is_int(seen(w, &read_only, true, 9, STR_NONE, names, sizeof(names)), 0,
	       "a reader could put none back");
	is_int(seen(w, &w->owner.who, true, 9, STR_NONE, names, sizeof(names)),
	       3, "the owner could");
}

static int
forced(const struct visit *by, const char *ref)
{
	enum force_answer answer;
	int r = gitrepo_force(by, str_c(ref), &answer);

	return r != 0 ? -r : (int)answer;
}

static void
test_force(struct world *w)
{
	static const struct {
		enum force_push rule;
		const char *ref;
		enum force_answer writer, manager;
	} cases[] = {
	    {FORCE_ALLOW, "refs/heads/main", FORCE_MAY, FORCE_MAY},
	    {FORCE_ALLOW, "refs/tags/v1", FORCE_MAY, FORCE_MAY},
	    {FORCE_PROTECT, "refs/heads/main", FORCE_FORWARD_ONLY, FORCE_MAY},
	    {FORCE_PROTECT, "refs/heads/mai", FORCE_MAY, FORCE_MAY},
	    {FORCE_PROTECT, "refs/heads/main2", FORCE_MAY, FORCE_MAY},
	    {FORCE_PROTECT, "refs/heads/x/main", FORCE_MAY, FORCE_MAY},
	    {FORCE_PROTECT, "refs/tags/main", FORCE_MAY, FORCE_MAY},
	    {FORCE_DENY, "refs/heads/main", FORCE_FORWARD_ONLY,
	     FORCE_FORWARD_ONLY},
	    {FORCE_DENY, "refs/heads/x", FORCE_FORWARD_ONLY,
	     FORCE_FORWARD_ONLY},
	    {FORCE_DENY, "refs/tags/v1", FORCE_FORWARD_ONLY,
	     FORCE_FORWARD_ONLY},
	};
	struct gitrepo repo = repo_make(w, w->key, "forced");
	struct visit all = on_account(w, w->key, VERB_GIT_UPDATE);
	struct str writer_key, manager_key;
	struct visit writer, manager;

	(void)subject_of(w, "w@example.org", ROLE_WRITER, &writer_key);
	(void)subject_of(w, "m@example.org", ROLE_MANAGER, &manager_key);
	writer = on_repo(w, writer_key, VERB_GIT_PUSH, "Own/forced");
	manager = on_repo(w, manager_key, VERB_GIT_PUSH, "Own/forced");
	for (size_t i = 0; i < nitems(cases); i++) {
		struct gitrepo_change to = {.force_push = &cases[i].rule};

		must(gitrepo_update(&all, repo.id, &to, NULL), "update");
		is_int(forced(&writer, cases[i].ref), cases[i].writer,
		       "%s, a Writer at %s", force_push_name(cases[i].rule),
		       cases[i].ref);
		is_int(forced(&manager, cases[i].ref), cases[i].manager,
		       "%s, a Manager at %s", force_push_name(cases[i].rule),
		       cases[i].ref);
	}
	must(gitrepo_remove(&all, repo.id), "remove");
	is_int(forced(&manager, "refs/heads/x"), -OUT_DENIED, "gone");
}

static void
test_push(struct world *w)
{
	static char name[REF_NAME_MAX + 2];
	struct ref_change refs[] = {
	    {STR_INIT("refs/heads/main"), STR_INIT(ZEROS), STR_INIT(ONES)},
	    {STR_INIT("refs/tags/\xff"), STR_INIT(ONES), STR_INIT(ZEROS)},
	};
	struct gitrepo repo = repo_make(w, w->key, "Pushed");
	struct str writer_key;
	struct subject who =
	    subject_of(w, "push@example.org", ROLE_WRITER, &writer_key);
	struct visit by = on_repo(w, writer_key, VERB_GIT_PUSH, "own/pushed");
	struct visit all = on_account(w, w->key, VERB_GIT_DELETE);
	struct audit_row *rows;
	size_t before = trail_rows(w, repo.account, "repository.push", &rows);
	struct audit_filter filter = {.outcome = STR(AUDIT_UNCONFIRMED),
				      .limit = 10};
	struct ref_change bad = refs[0];
	struct gitrepo got;

	is_int(gitrepo_push(&by, refs, 0), 0, "nothing");
	must(gitrepo_by_id(w->core, repo.id, &w->arena, &got), "by id");
	is_int(got.pushed_at, 0, "is no push");
	is_int(gitrepo_push(&by, refs, 2), 0, "two references");
	must(gitrepo_by_id(w->core, repo.id, &w->arena, &got), "by id");
	ok(got.pushed_at > 0, "it is not the first push any more");
	is_int(trail_rows(w, repo.account, "repository.push", &rows),
	       before + 2, "a row each");
	is_str(rows[1].thing, STR("git:Own/Pushed"), "by its name as written");
	is_str(rows[1].identity, str_c(who.identity), "who");
	is_str(rows[1].detail,
	       STR("{\"ref\":\"refs/heads/main\",\"old\":\"" ZEROS
		   "\",\"new\":\"" ONES "\"}"),
	       "what");
	ok(strstr(rows[0].detail.p, "\"ref_hex\":\"726566732f746167732fff\"") !=
	       NULL,
	   "what is no text: %s", rows[0].detail.p);
	bad.now = STR("123");
	is_int(gitrepo_push(&by, &bad, 1), OUT_MALFORMED, "no id");
	bad.now = STR("G111111111111111111111111111111111111111");
	is_int(gitrepo_push(&by, &bad, 1), OUT_MALFORMED, "no hex");
	bad = refs[0];
	memset(name, 'r', sizeof(name));
	bad.name = (struct str){name, REF_NAME_MAX + 1};
	is_int(gitrepo_push(&by, &bad, 1), OUT_TOO_LARGE, "a longer name");
	bad.name.n--;
	is_int(gitrepo_push(&by, &bad, 1), 0, "the longest");
	bad.name.n = 0;
	is_int(gitrepo_push(&by, &bad, 1), OUT_MALFORMED, "without a name");
	before = trail_rows(w, repo.account, "repository.push", &rows);
	must(user_disable(&w->owner, str_c(who.identity), true), "disable");
	is_int(gitrepo_push(&by, refs, 2), OUT_UNPROVEN,
	       "who was let in and is disabled now");
	must(user_disable(&w->owner, str_c(who.identity), false), "enable");
	must(gitrepo_remove(&all, repo.id), "remove");
	is_int(gitrepo_push(&by, refs, 2), OUT_DENIED, "into what is gone");
	is_int(trail_rows(w, repo.account, "repository.push", &rows), before,
	       "and nothing is said to be done");
	is_int(gitrepo_push_unconfirmed(&by, &bad, 1), OUT_MALFORMED,
	       "nor is a flaw unconfirmed");
	must(user_disable(&w->owner, str_c(who.identity), true), "disable");
	is_int(gitrepo_push_unconfirmed(&by, refs, 1), 0,
	       "what was cut is, by whom it may be and where");
	must(user_disable(&w->owner, str_c(who.identity), false), "enable");
	filter.account = repo.account;
	must(audit_list(w->core, &filter, &w->arena, &rows, &before), "trail");
	is_int((long long)before, 1, "  in a row of its own");
	is_str(rows[0].outcome, STR("unconfirmed"), "  of this kind");
	is_str(rows[0].identity, str_c(who.identity), "  who");
	is_str(rows[0].thing, STR("git:Own/Pushed"), "  where");
	is_str(rows[0].detail,
	       STR("{\"ref\":\"refs/heads/main\",\"old\":\"" ZEROS
		   "\",\"new\":\"" ONES "\"}"),
	       "  what");
	must(gitrepo_restore(&all, repo.id, STR_NONE, NULL), "restore");
}

static void
test_push_many(struct world *w)
{
	struct visit by = on_repo(w, w->key, VERB_GIT_PUSH, "own/pushed");
	struct ref_change *refs = calloc(REF_CHANGES_MAX + 1, sizeof(*refs));
	int64_t before, after;
	struct note note;

	must(refs == NULL, "memory");
	for (size_t i = 0; i <= REF_CHANGES_MAX; i++)
		refs[i] = (struct ref_change){STR("refs/heads/many"),
					      STR(ZEROS), STR(ONES)};
	must(audit_verify(w->core, &before, &note), "verify");
	is_int(gitrepo_push(&by, refs, REF_CHANGES_MAX + 1), OUT_TOO_MANY,
	       "more than %d", REF_CHANGES_MAX);
	is_int(gitrepo_push(&by, refs, REF_CHANGES_MAX), 0, "exactly %d",
	       REF_CHANGES_MAX);
	is_int(audit_verify(w->core, &after, &note), 0, "the chain holds");
	ok(after - before >= REF_CHANGES_MAX, "and all are in it");
	free(refs);
}

static bool
has(struct str *ids, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(ids[i], id))
			return true;
	return false;
}

static void
test_house(struct world *w)
{
	struct gitrepo worn = repo_make(w, w->key, "worn"), got;
	struct gitrepo fresh = repo_make(w, w->key, "fresh");
	struct visit all = on_account(w, w->key, VERB_GIT_DELETE);
	struct str *ids;
	size_t n;

	is_int(gitrepo_pushed(w->core, STR("nothing"), 1), OUT_ABSENT,
	       "no such repository");
	is_int(gitrepo_maintained(w->core, STR("nothing"), 1), OUT_ABSENT,
	       "nor that");
	for (int64_t i = 1; i <= 3; i++)
		must(gitrepo_pushed(w->core, worn.id, 100 * i), "pushed");
	must(gitrepo_pushed(w->core, fresh.id, 7), "pushed");
	must(gitrepo_by_id(w->core, worn.id, &w->arena, &got), "by id");
	is_int(got.size, 300, "its size after the last push");
	ok(got.pushed_at > 0, "and when that was");
	must(gitrepo_worn(w->core, 3, 10, &w->arena, &ids, &n), "worn");
	is_int(n, 1, "one had three pushes");
	is_str(ids[0], worn.id, "this one");
	must(gitrepo_worn(w->core, 0, 10, &w->arena, &ids, &n), "worn");
	ok(n >= 2 && str_eq(ids[0], worn.id) && has(ids, n, fresh.id),
	   "the most first");
	must(gitrepo_worn(w->core, 1, 1, &w->arena, &ids, &n), "worn");
	is_int(n, 1, "no more than asked for");
	must(gitrepo_maintained(w->core, worn.id, 50), "maintained");
	must(gitrepo_by_id(w->core, worn.id, &w->arena, &got), "by id");
	is_int(got.size, 50, "smaller");
	must(gitrepo_worn(w->core, 1, 10, &w->arena, &ids, &n), "worn");
	ok(!has(ids, n, worn.id), "and like new");
	must(gitrepo_remove(&all, fresh.id), "remove");
	must(gitrepo_worn(w->core, 1, 10, &w->arena, &ids, &n), "worn");
	ok(!has(ids, n, fresh.id), "what is removed needs no care");
}

static void
test_forget(struct world *w)
{
	struct gitrepo repo = repo_make(w, w->key, "Over"), got;
	struct gitrepo kept = repo_make(w, w->key, "kept");
	struct visit all = on_account(w, w->key, VERB_GIT_DELETE);
	struct visit keys = on_account(w, w->key, VERB_ACCESSKEY_CREATE);
	struct sshkey key = key_of(1);
	struct access_key_ask ask = {
	    .repo = repo.id, .key = &key, .label = STR("l")};
	struct access_key stands;
	struct audit_row row;
	struct str *ids;
	bool is = false;
	size_t n;

	must(access_key_add(&keys, &ask, &w->arena, &stands, NULL), "add");
	must(gitrepo_remove(&all, repo.id), "remove");
	must(gitrepo_remove(&all, kept.id), "remove");
	is_int(gitrepo_forget(w->core, repo.id), OUT_CONFLICT,
	       "in its grace period");
	must(gitrepo_over(w->core, 10, &w->arena, &ids, &n), "over");
	ok(!has(ids, n, repo.id), "it is not over");
	clock_test_shift(GITREPO_GRACE_MS);
	must(gitrepo_over(w->core, 10, &w->arena, &ids, &n), "over");
	ok(has(ids, n, repo.id) && has(ids, n, kept.id), "now both are");
	must(gitrepo_restore(&all, kept.id, STR_NONE, NULL), "restore");
	is_int(gitrepo_forget(w->core, kept.id), OUT_CONFLICT,
	       "one was put back in the last moment");
	is_int(gitrepo_forget(w->core, repo.id), 0, "the other goes");
	clock_test_shift(-GITREPO_GRACE_MS);
	is_int(gitrepo_forget(w->core, repo.id), OUT_ABSENT, "only once");
	is_int(gitrepo_by_id(w->core, repo.id, &w->arena, &got), OUT_ABSENT,
	       "no row");
	must(gitrepo_is(w->core, repo.id, &is), "is");
	ok(!is, "none at all");
	must(gitrepo_is(w->core, kept.id, &is), "is");
	ok(is, "but of the other");
	is_int(access_key_get(w->core, stands.id, &w->arena, &stands),
	       OUT_ABSENT, "its keys went along");
	row = trail_last(w, repo.account, "repository.delete");
	is_str(row.thing, STR("git:Own/Over"), "in the trail");
	is_str(row.detail, STR("{\"purged\":true}"), "as purged");
	is_str(row.cred, STR(""), "by the program");
}

static void
test_urls(struct world *w)
{
	static const struct {
		const char *host;
		unsigned port;
		const char *url;
	} cases[] = {
	    {"git.example.org", 22, "git@git.example.org:Own/Urls.git"},
	    {"git.example.org", 2222,
	     "ssh://git@git.example.org:2222/Own/Urls.git"},
	    {"192.0.2.1", 22, "git@192.0.2.1:Own/Urls.git"},
	    {"::1", 2222, "ssh://git@[::1]:2222/Own/Urls.git"},
	    {"::1", 22, "ssh://git@[::1]/Own/Urls.git"},
	    {"[2001:db8::1]", 22, "ssh://git@[2001:db8::1]/Own/Urls.git"},
	    {"", 22, ""},
	};
	struct gitrepo repo = repo_make(w, w->key, "Urls");
	CLEAN(buf_clear) struct buf url = BUF_INIT;

	for (size_t i = 0; i < nitems(cases); i++) {
		buf_reset(&url);
		(void)snprintf(w->core->ssh_host, sizeof(w->core->ssh_host),
			       "%s", cases[i].host);
		w->core->ssh_port = cases[i].port;
		gitrepo_ssh_url(w->core, &repo, &url);
		is_str(buf_str(&url), str_c(cases[i].url), "%s port %u",
		       cases[i].host, cases[i].port);
	}
	buf_reset(&url);
	gitrepo_http_url(w->core, &repo, &url);
	is_str(buf_str(&url), STR(URL "/git/Own/Urls.git"), "over HTTP");
}

static int
many_write(struct db_at *at, void *arg)
{
	struct world *w = arg;

	for (int i = 0; i < GITREPOS_MAX - 1; i++) {
		char id[GITREPO_ID_LEN + 1];

		(void)snprintf(id, sizeof(id), "%032d", i);
		must(db_exec(at, SQL_gitrepo_insert, NULL, "ssssssssssi",
			     str_c(id), other.id, other.id, str_c(id),
			     str_c(id), str_c(id), STR(""), STR("main"),
			     STR("protect"), STR("x"), w->owner.at),
		     "insert");
	}
	return 0;
}

static void
test_limit(struct world *w)
{
	struct visit by = on_account(w, other_key, VERB_GIT_DELETE);
	struct gitrepo_ask ask = {.slug = STR("one-more")};
	struct gitrepo last, got;

	must(gitrepo_get(w->core, other.id, STR("test"), &w->arena, &got),
	     "the one that is there");
	must(db_write(w->core->db, many_write, w), "many");
	is_int(repo_try(w, other_key, ask, &last, NULL), OUT_TOO_MANY,
	       "more than %d", GITREPOS_MAX);
	must(gitrepo_remove(&by, got.id), "remove");
	is_int(repo_try(w, other_key, ask, &last, NULL), OUT_TOO_MANY,
	       "one in its grace period counts");
	clock_test_shift(GITREPO_GRACE_MS);
	must(gitrepo_forget(w->core, got.id), "forget");
	clock_test_shift(-GITREPO_GRACE_MS);
	is_int(repo_try(w, other_key, ask, &last, NULL), 0, "the last");
}

static void
test_http(struct world *w)
{
	struct visit by = on_account(w, w->key, VERB_ACCOUNT_UPDATE);
	struct str id = str_c(w->owner.account);
	struct account account;

	must(account_get(w->core, id, &w->arena, &account), "get");
	ok(account.git_http, "open at first");
	is_int(account_set_git_http(&by, false), 0, "closed");
	must(account_get(w->core, id, &w->arena, &account), "get");
	ok(!account.git_http, "which is kept");
	is_str(trail_last(w, id, "account.update").detail,
	       STR("{\"git_http\":false}"), "and in the trail");
	must(account_get(w->core, other.id, &w->arena, &account), "get");
	ok(account.git_http, "for this account only");
	is_int(account_set_git_http(&by, true), 0, "open");
	must(account_get(w->core, id, &w->arena, &account), "get");
	ok(account.git_http, "again");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	w.arena.max = 512 * MIB;
	other_key = world_other(&w, &other);
	subtest("slugs") test_slugs(&w);
	subtest("branches") test_branches(&w);
	subtest("rules") test_rules(&w);
	subtest("create") test_create(&w);
	subtest("bad asks") test_bad_asks(&w);
	subtest("update") test_update(&w);
	subtest("remove") test_remove(&w);
	subtest("list") test_list(&w);
	subtest("force") test_force(&w);
	subtest("push") test_push(&w);
	subtest("push of many") test_push_many(&w);
	subtest("house") test_house(&w);
	subtest("forget") test_forget(&w);
	subtest("urls") test_urls(&w);
	subtest("http") test_http(&w);
	subtest("limit") test_limit(&w);
	world_end(&w);
	return done_testing();
}
