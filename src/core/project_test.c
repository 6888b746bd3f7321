#include "core/git_world.h"

#define BAD "repositories in it, of them"

static struct account other;
static struct str other_key;

static int
try_slug(struct world *w, struct str slug, struct project *ret)
{
	struct visit by = on_account(w, w->key, VERB_PROJECT_CREATE);
	struct project_ask ask = {.slug = slug};
	struct note note = {""};
	int r = project_create(&by, &ask, &w->arena, ret, &note);

	if (r == OUT_MALFORMED || r == OUT_CONFLICT)
		ok(note.text[0] != '\0', "a note for '%.*s'", STR_ARG(slug));
	return r;
}

static void
test_default(struct world *w)
{
	struct str accounts[] = {str_c(w->owner.account), other.id};

	for (size_t i = 0; i < nitems(accounts); i++) {
		struct project p;

		is_int(project_get(w->core, accounts[i], STR("DEFAULT"),
				   &w->arena, &p),
		       0, "each account has one");
		is_str(p.id, accounts[i], "its id is the account's");
		is_str(p.slug, STR("default"), "its slug");
		is_str(p.name, STR("default"), "its name");
	}
}

static void
test_slugs(struct world *w)
{
	static const char *const bad[] = {"",	 "1a",	"_a", "-a",	  "a b",
					  "a/b", "a.b", "a:", "\xc3\xa4", "."};
	static const char *const good[] = {"a", "Z9", "KEY_2-x"};
	char longest[PROJECT_SLUG_MAX + 2];
	struct project p;

	memset(longest, 'q', sizeof(longest));
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(try_slug(w, str_c(bad[i]), &p), OUT_MALFORMED, "'%s'",
		       bad[i]);
	is_int(try_slug(w, STR_NONE, &p), OUT_MALFORMED, "none at all");
	for (size_t i = 0; i < nitems(good); i++)
		is_int(try_slug(w, str_c(good[i]), &p), 0, "'%s'", good[i]);
	is_str(p.slug, STR("KEY_2-x"), "as written");
	is_str(p.name, STR("KEY_2-x"), "and the name is the same");
	is_str(p.account_slug, STR("Own"), "of this account");
	is_int(try_slug(w, STR("key_2-X"), &p), OUT_CONFLICT, "without case");
	is_int(try_slug(w, STR("Default"), &p), OUT_CONFLICT, "the default's");
	is_int(try_slug(w, (struct str){longest, PROJECT_SLUG_MAX}, &p), 0,
	       "of %d bytes", PROJECT_SLUG_MAX);
	is_int(try_slug(w, (struct str){longest, PROJECT_SLUG_MAX + 1}, &p),
	       OUT_MALFORMED, "of one more");
	is_int(project_get(w->core, str_c(w->owner.account),
			   (struct str){longest, PROJECT_SLUG_MAX + 1},
			   &w->arena, &p),
	       OUT_ABSENT, "which nothing is found by");
}

static void
test_texts(struct world *w)
{
	struct visit by = on_account(w, w->key, VERB_PROJECT_CREATE);
	char text[TEXT_MAX_BYTES + 1];
	struct project_ask ask = {.slug = STR("texts")};
	struct project p;

	memset(text, 't', sizeof(text));
	ask.name = (struct str){text, NAME_MAX_BYTES + 1};
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), OUT_MALFORMED,
	       "a name that is too long");
	ask.name = STR("a\nb");
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), OUT_MALFORMED,
	       "a name of two lines");
	ask.name = (struct str){text, NAME_MAX_BYTES};
	ask.description = (struct str){text, TEXT_MAX_BYTES + 1};
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), OUT_MALFORMED,
	       "a description that is too long");
	ask.description = (struct str){text, TEXT_MAX_BYTES};
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), 0, "both fit");
	is_str(p.description, ask.description, "and are kept");
}

static void
test_list(struct world *w)
{
	struct project *list;
	size_t n, total;

	must(project_list(w->core, str_c(w->owner.account), STR_NONE, 0,
			  &w->arena, &list, &total),
	     "list");
	for (size_t i = 1; i < total; i++)
		ok(strcasecmp(list[i - 1].slug.p, list[i].slug.p) < 0,
		   "%s before %s", list[i - 1].slug.p, list[i].slug.p);
	must(project_list(w->core, str_c(w->owner.account), STR("A"), 1,
			  &w->arena, &list, &n),
	     "list");
	is_int(n, 1, "a page");
	is_str(list[0].slug, STR("default"), "after 'a' comes 'default'");
	must(project_list(w->core, other.id, STR_NONE, 0, &w->arena, &list, &n),
	     "list");
	is_int(n, 1, "others see theirs");
}

static void
test_update(struct world *w)
{
	struct project p = project_make(w, w->key, "Old"), got;
	struct visit by = on_project(w, w->key, VERB_PROJECT_UPDATE, "own/OLD");
	struct visit stranger = on_account(w, other_key, VERB_PROJECT_UPDATE);
	struct visit all = on_account(w, w->key, VERB_PROJECT_UPDATE);
	struct project_ask ask = {.slug = STR("New"),
				  .description = STR("what for")};
	struct note note = {""};

	is_int(project_update(&stranger, p.id, &ask, NULL), OUT_ABSENT,
	       "another tenant's id");
	is_int(project_update(&by, str_c(w->owner.account), &ask, NULL),
	       OUT_ABSENT, "not the one that the gate was asked about");
	is_int(project_update(&by, p.id, &ask, NULL), 0, "renamed");
	is_int(project_get(w->core, p.account, STR("old"), &w->arena, &got),
	       OUT_ABSENT, "no longer there");
	is_int(project_get(w->core, p.account, STR("new"), &w->arena, &got), 0,
	       "but here");
	is_str(got.id, p.id, "the same");
	is_str(got.name, STR("Old"), "its name as it was");
	is_str(got.description, STR("what for"), "described");
	is_int(project_get(w->core, p.account, p.id, &w->arena, &got), 0,
	       "by id");
	is_int(project_get(w->core, other.id, p.id, &w->arena, &got),
	       OUT_ABSENT, "by id in another account");
	is_str(trail_last(w, p.account, "project.update").thing,
	       STR("project:Own/Old"), "in the trail by the name it had");
	ask = (struct project_ask){.slug = STR("A")};
	is_int(project_update(&all, p.id, &ask, &note), OUT_CONFLICT,
	       "a key that is taken");
	ok(note.text[0] != '\0', "and said");
	ask = (struct project_ask){.slug = STR("nEW"), .name = STR("")};
	is_int(project_update(&all, p.id, &ask, NULL), OUT_MALFORMED,
	       "an empty name");
	ask.name = STR_NONE;
	is_int(project_update(&all, p.id, &ask, NULL), 0, "other case");
	ask.slug = STR("elsewhere");
	is_int(project_update(&all, p.account, &ask, &note), OUT_CONFLICT,
	       "the default keeps its key");
	ask = (struct project_ask){.name = STR("Everything")};
	is_int(project_update(&all, p.account, &ask, NULL), 0,
	       "but not its name");
}

static void
test_delete(struct world *w)
{
	struct project p = project_make(w, w->key, "Gone"), got;
	struct visit by = on_account(w, w->key, VERB_PROJECT_DELETE);
	struct visit keys = on_account(w, w->key, VERB_ACCESSKEY_CREATE);
	struct visit stranger = on_account(w, other_key, VERB_PROJECT_DELETE);
	struct gitrepo_ask repo_ask = {.slug = STR("in-it"), .project = p.slug};
	struct sshkey key = key_of(1);
	struct access_key_ask key_ask = {
	    .project = p.id, .key = &key, .label = STR("l")};
	struct access_key stands;
	struct gitrepo repo;
	struct visit in;
	struct note note = {""};

	must(repo_try(w, w->key, repo_ask, &repo, NULL), "repo");
	must(access_key_add(&keys, &key_ask, &w->arena, &stands, NULL), "key");
	is_int(project_delete(&stranger, p.id, NULL), OUT_ABSENT,
	       "another tenant's id");
	is_int(project_delete(&by, p.id, &note), OUT_CONFLICT, "not empty");
	ok(strstr(note.text, "1 " BAD " 0") != NULL, "%s", note.text);
	must(gitrepo_remove(&by, repo.id), "remove");
	is_int(project_delete(&by, p.id, &note), OUT_CONFLICT,
	       "not while one may come back");
	ok(strstr(note.text, "1 " BAD " 1") != NULL, "%s", note.text);
	is_int(access_key_get(w->core, stands.id, &w->arena, &stands), 0,
	       "its keys are there");
	clock_test_shift(GITREPO_GRACE_MS);
	must(gitrepo_forget(w->core, repo.id), "forget");
	clock_test_shift(-GITREPO_GRACE_MS);
	in = on_project(w, w->key, VERB_PROJECT_LIST, "Own/Gone");
	ok(gate_still(w->core, &in), "somebody looks at it");
	is_int(project_delete(&by, p.id, &note), 0, "gone");
	ok(!gate_still(w->core, &in), "and sees it no more");
	is_int(project_get(w->core, p.account, p.id, &w->arena, &got),
	       OUT_ABSENT, "not found");
	is_int(project_delete(&by, p.id, NULL), OUT_ABSENT, "only once");
	is_int(access_key_get(w->core, stands.id, &w->arena, &stands),
	       OUT_ABSENT, "its keys went along");
	ok(strstr(trail_last(w, p.account, "accesskey.delete").detail.p,
		  "\"place\":\"project:Own/Gone\"") != NULL,
	   "and are in the trail");
	is_str(trail_last(w, p.account, "project.delete").thing,
	       STR("project:Own/Gone"), "as it is");
	is_int(project_delete(&by, p.account, &note), OUT_CONFLICT,
	       "the default stays");
	ok(strstr(note.text, "default") != NULL, "%s", note.text);
}

static int
many_write(struct db_at *at, void *arg)
{
	struct world *w = arg;

	for (int i = 0; i < PROJECTS_MAX; i++) {
		char id[PROJECT_ID_LEN + 1], slug[16];

		(void)snprintf(id, sizeof(id), "%032d", i);
		(void)snprintf(slug, sizeof(slug), "p%d", i);
		must(db_exec(at, SQL_project_insert, NULL, "ssssssi", str_c(id),
			     other.id, str_c(slug), str_c(slug), str_c(slug),
			     STR(""), w->owner.at),
		     "insert");
	}
	return 0;
}

static void
test_limit(struct world *w)
{
	struct visit by = on_account(w, other_key, VERB_PROJECT_CREATE);
	struct project_ask ask = {.slug = STR("one")};
	struct project p, *list;
	size_t n;
	char id[PROJECT_ID_LEN + 1];

	must(db_write(w->core->db, many_write, w), "many");
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), OUT_TOO_MANY,
	       "more than %d", PROJECTS_MAX);
	(void)snprintf(id, sizeof(id), "%032d", 5);
	must(project_delete(&by, str_c(id), NULL), "delete");
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), OUT_TOO_MANY,
	       "exactly that many");
	(void)snprintf(id, sizeof(id), "%032d", 6);
	must(project_delete(&by, str_c(id), NULL), "delete");
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), 0, "the last");
	must(project_list(w->core, other.id, STR_NONE, PAGE_MAX + 1, &w->arena,
			  &list, &n),
	     "list");
	is_int(n, PROJECTS_MAX, "all in one page");
}

static void
test_rights(struct world *w)
{
	struct user reader = world_user(w, "r@example.org", ROLE_READER);
	struct api_key key;
	struct proof proof =
	    basic("iamapikey", world_key(w, reader.id, 0, &key));
	struct visit by = on_account(w, w->key, VERB_PROJECT_CREATE);
	struct project_ask ask = {.slug = STR("never")};
	struct project p;

	is_int(pass(w, proof, VERB_PROJECT_CREATE,
		    (struct thing){.kind = THING_ACCOUNT}),
	       OUT_DENIED, "a reader makes none");
	/* A door that lets somebody in and is slow: rights are those at the
	 * commit. */
	by.who.owner = false;
	by.who.seen = 0;
	must(field_put(by.who.cred_id, sizeof(by.who.cred_id), key.id), "id");
	is_int(project_create(&by, &ask, &w->arena, &p, NULL), OUT_DENIED,
	       "nor in the write");
	is_int(project_get(w->core, str_c(w->owner.account), ask.slug,
			   &w->arena, &p),
	       OUT_ABSENT, "nothing was made");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	other_key = world_other(&w, &other);
	subtest("default") test_default(&w);
	subtest("slugs") test_slugs(&w);
	subtest("texts") test_texts(&w);
	subtest("list") test_list(&w);
	subtest("update") test_update(&w);
	subtest("delete") test_delete(&w);
	subtest("rights") test_rights(&w);
	subtest("limit") test_limit(&w);
	world_end(&w);
	return done_testing();
}
