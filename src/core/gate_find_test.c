/* Things of git by name: what is meant, and what nobody can tell apart. */
#include "core/ssh_world.h"

static int
shows(struct cast *c, enum verb verb, struct thing thing, struct visit *ret)
{
	struct proof proof = basic("iamapikey", c->w.key);

	return gate_pass(c->w.core, &proof, verb, &thing, ret);
}

static void
found(struct cast *c, struct thing thing, struct str id, const char *what)
{
	struct visit v = {.core = NULL};

	is_int(shows(c, VERB_GIT_SHOW, thing, &v), 0, "%s", what);
	is_str(str_c(v.object), id, "%s: the one", what);
	is_str(str_c(v.account), str_c(c->w.owner.account), "%s: its account",
	       what);
}

/* "account/name", either of them as an id when that is given. */
static struct thing
named(struct cast *c, enum thing_kind kind, struct str account, struct str name)
{
	struct str text = arena_strf(&c->w.arena, "%.*s/%.*s", STR_ARG(account),
				     STR_ARG(name));

	must(text.p == NULL, "memory");
	return (struct thing){.kind = kind, .name = text};
}

static void
test_names(struct cast *c)
{
	struct str own = str_c(c->w.owner.account);

	found(c, git("Own/test"), c->test.id, "as written");
	found(c, git("oWN/TEST"), c->test.id, "in any case");
	found(c, named(c, THING_GITREPO, own, STR("test")), c->test.id,
	      "by the account's id");
	found(c, named(c, THING_GITREPO, STR("own"), c->test.id), c->test.id,
	      "by its id");
	found(c, named(c, THING_GITREPO, own, c->test.id), c->test.id,
	      "by ids alone");
	found(c, project("Own/WEB"), c->web.id, "a project");
	found(c, named(c, THING_PROJECT, own, c->web.id), c->web.id,
	      "a project by id");
	found(c, project("Own/default"), own, "the one that is always there");
}

static void
test_absent(struct cast *c)
{
	static const char *const names[] = {
	    "",
	    "/",
	    "Own",
	    "Own/",
	    "/test",
	    "Own//test",
	    "Own/test/",
	    "Own/test/x",
	    "Own/test.git",
	    "Own/nothing",
	    "Nobody/test",
	    "Own /test",
	    "Own/../test",
	    "Else/test",
	    "Own/web",
	    "Own/%",
	    "Own/test ",
	    "Own/te_t",
	};
	static const char *const projects[] = {
	    "Own/test", "Own/nothing", "Own", "Own/", "/web", "Else/web"};
	char text[400];
	struct visit v;

	for (size_t i = 0; i < nitems(names); i++)
		is_int(shows(c, VERB_GIT_SHOW, git(names[i]), &v), OUT_DENIED,
		       "'%s'", names[i]);
	for (size_t i = 0; i < nitems(projects); i++)
		is_int(shows(c, VERB_PROJECT_LIST, project(projects[i]), &v),
		       OUT_DENIED, "project '%s'", projects[i]);
	memset(text, 'a', sizeof(text));
	memcpy(text, "Own/", 4);
	for (size_t n = 4 + GITREPO_SLUG_MAX; n < sizeof(text); n += 67)
		is_int(shows(c, VERB_GIT_SHOW,
			     (struct thing){.kind = THING_GITREPO,
					    .name = {text, n}},
			     &v),
		       OUT_DENIED, "%zu bytes", n);
	text[4] = '\0';
	is_int(shows(c, VERB_GIT_SHOW,
		     (struct thing){.kind = THING_GITREPO, .name = {text, 9}},
		     &v),
	       OUT_DENIED, "a NUL");
	is_int(shows(c, VERB_GIT_SHOW,
		     (struct thing){.kind = THING_GITREPO,
				    .name = {"Own/test\0", 9}},
		     &v),
	       OUT_DENIED, "a NUL behind");
}

/* The same of what is in a project. */
static void
test_absent_inside(struct cast *c)
{
	static const char *const names[] = {"Own/default/", "Own/default",
					    "Own//web", "Own/nothing/web",
					    "Own/default/web/x"};
	static const enum thing_kind kinds[] = {THING_KEYPAIR, THING_SERVER};
	static const enum verb verbs[] = {VERB_KEYPAIR_LIST, VERB_SERVER_LIST};
	char text[] = "Own/default/"
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		      "aaaaaaaaaaaaaaaa";
	struct visit v;

	for (size_t k = 0; k < nitems(kinds); k++) {
		struct thing thing = {.kind = kinds[k]};

		for (size_t i = 0; i < nitems(names); i++) {
			thing.name = str_c(names[i]);
			is_int(shows(c, verbs[k], thing, &v), OUT_DENIED,
			       "'%s' of kind %zu", names[i], k);
		}
		thing.name = str_c(text);
		is_int(shows(c, verbs[k], thing, &v), OUT_DENIED,
		       "longer than any name");
		thing.name = (struct str){"Own/default/a\0", 14};
		is_int(shows(c, verbs[k], thing, &v), OUT_DENIED, "a NUL");
	}
}

/* What is somebody else's is no more there than what is not. */
static void
test_foreign(struct cast *c)
{
	struct visit there = {.core = NULL}, not = {.core = NULL};
	struct thing thing;

	is_int(shows(c, VERB_GIT_SHOW, git("Else/far"), &there), OUT_DENIED,
	       "another account's");
	is_int(shows(c, VERB_GIT_SHOW, git("Else/none"), &not ), OUT_DENIED,
	       "not there");
	is_str(str_c(there.object), STR(""),
	       "nothing is found for who may not");
	ok(memcmp(there.account, not .account, sizeof(there.account)) == 0 &&
	       memcmp(&there.who.account, &not .who.account,
		      sizeof(there.who.account)) == 0,
	   "both look alike");
	thing = named(c, THING_GITREPO, STR("own"), c->far.id);
	is_int(shows(c, VERB_GIT_SHOW, thing, &there), OUT_DENIED,
	       "by an id in the wrong account");
	thing = git("Own/test");
	thing.account = c->other.id;
	is_int(shows(c, VERB_GIT_SHOW, thing, &there), OUT_DENIED,
	       "said to be of another account");
	thing.account = str_c(c->w.owner.account);
	is_int(shows(c, VERB_GIT_SHOW, thing, &there), 0, "of its own");
}

/* An id comes first: a name that looks like one hides nothing but itself. */
static void
test_masks(struct cast *c)
{
	struct gitrepo mask =
	    git_repo(&c->w, &c->w.owner, c->test.id.p, STR_NONE);

	found(c, named(c, THING_GITREPO, STR("Own"), c->test.id), c->test.id,
	      "the id's");
	found(c, named(c, THING_GITREPO, STR("Own"), mask.id), mask.id,
	      "the other has one, too");
}

static void
test_removed(struct cast *c)
{
	static const struct {
		enum verb verb;
		int want;
	} cases[] = {
	    {VERB_GIT_READ, OUT_DENIED},
	    {VERB_GIT_PUSH, OUT_DENIED},
	    {VERB_GIT_FORCE, OUT_DENIED},
	    {VERB_GIT_SHOW, OUT_DENIED},
	    {VERB_GIT_UPDATE, 0},
	    {VERB_GIT_DELETE, 0},
	    {VERB_ACCESSKEY_LIST, 0},
	    {VERB_ACCESSKEY_CREATE, OUT_DENIED},
	    {VERB_ACCESSKEY_UPDATE, OUT_DENIED},
	    {VERB_ACCESSKEY_DELETE, 0},
	};
	struct gitrepo repo = git_repo(&c->w, &c->w.owner, "old", STR_NONE);
	struct thing by_id = named(c, THING_GITREPO, STR("Own"), repo.id);
	struct note note = {""};
	struct visit v, show;

	must(shows(c, VERB_GIT_SHOW, git("Own/old"), &show), "show");
	must(shows(c, VERB_GIT_DELETE, git("Own/old"), &v), "delete");
	is_int(gitrepo_remove(&v, str_c(v.object)), 0, "removed");
	ok(!gate_still(c->w.core, &show), "who looked is cut");
	for (size_t i = 0; i < nitems(cases); i++) {
		is_int(shows(c, cases[i].verb, git("Own/old"), &v), OUT_DENIED,
		       "%.*s by name",
		       STR_ARG(verb_row(cases[i].verb)->action));
		is_int(shows(c, cases[i].verb, by_id, &v), cases[i].want,
		       "%.*s by id", STR_ARG(verb_row(cases[i].verb)->action));
	}
	must(shows(c, VERB_GIT_UPDATE, by_id, &v), "update");
	ok(still(c, &v), "who puts it back is not cut");
	is_int(gitrepo_restore(&v, str_c(v.object), STR_NONE, &note), 0,
	       "put back");
	found(c, git("Own/old"), repo.id, "it is there again");
}

/* Changes go by what was found, not by what bears the name now. */
static void
test_renamed(struct cast *c)
{
	struct gitrepo repo = git_repo(&c->w, &c->w.owner, "first", STR_NONE);
	struct gitrepo_change name = {.slug = STR("second")};
	struct gitrepo_change text = {.description = STR("of the first")};
	struct note note = {""};
	struct gitrepo got;
	struct visit v;

	must(shows(c, VERB_GIT_UPDATE, git("Own/first"), &v), "update");
	must(gitrepo_update(&c->w.owner, repo.id, &name, &note), "rename");
	ok(still(c, &v), "goes on");
	is_int(gitrepo_update(&v, str_c(v.object), &text, &note), 0,
	       "what was found is changed");
	must(gitrepo_by_id(c->w.core, repo.id, &c->w.arena, &got), "get");
	is_str(got.description, text.description, "that one");
	is_int(shows(c, VERB_GIT_SHOW, git("Own/first"), &v), OUT_DENIED,
	       "the name is nobody's");
}

static void
test_trail(struct cast *c)
{
	struct audit_filter filter = {.outcome = STR("refused"),
				      .verb = STR("repository.read"),
				      .limit = PAGE_MAX};
	char text[400];
	struct audit_row *rows;
	struct visit v;
	size_t n, longest = 0, written = 0;

	(void)shows(c, VERB_GIT_READ, git("oWn/TeSt-1"), &v);
	memset(text, 'x', sizeof(text));
	(void)shows(
	    c, VERB_GIT_READ,
	    (struct thing){.kind = THING_GITREPO, .name = {text, sizeof(text)}},
	    &v);
	must(audit_flush(c->w.core), "flush");
	must(audit_list(c->w.core, &filter, &c->w.arena, &rows, &n), "list");
	for (size_t i = 0; i < n; i++) {
		written += str_eq(rows[i].thing, STR("git:oWn/TeSt-1"));
		if (rows[i].thing.n > longest)
			longest = rows[i].thing.n;
	}
	ok(n >= 2, "both are told");
	ok(written == 1, "as it was written");
	ok(longest < AUDIT_THING_MAX, "bounded: %zu", longest);
}

int
main(void)
{
	struct cast c;

	cast_new(&c);
	test_names(&c);
	test_absent(&c);
	test_absent_inside(&c);
	test_foreign(&c);
	test_masks(&c);
	test_removed(&c);
	test_renamed(&c);
	test_trail(&c);
	world_end(&c.w);
	return done_testing();
}
