/* Pages of servers. */
#include "core/server_world.h"

static struct project lab, big;
static struct sshkey shared; /* the key that most trust */

static struct server *
page(struct world *w, const struct server_filter *f, size_t *n,
     struct str *next)
{
	struct server *list = NULL;

	*n = 0;
	*next = STR_NONE;
	must(server_list(w->core, f, &w->arena, &list, n, next), "list");
	return list;
}

/* Names of all pages, with commas. */
static struct str
walk(struct world *w, struct server_filter f, size_t *pages)
{
	struct str all = STR(""), next;

	*pages = 0;
	do {
		size_t n;
		struct server *list = page(w, &f, &n, &next);

		for (size_t i = 0; i < n; i++) {
			all = arena_strf(&w->arena, "%.*s%.*s,", STR_ARG(all),
					 STR_ARG(list[i].name));
			must(all.p == NULL, "memory");
		}
		f.after = next;
		++*pages;
	} while (f.after.n > 0);
	return all;
}

static void
test_project(struct world *w)
{
	struct server_filter f = {.project = str_c(w->owner.account)};
	size_t pages, n;
	struct server *list;
	struct server one;
	struct str next;

	is_str(walk(w, f, &pages), STR("DB-1,db-2,web-1,Web-2,web-3,"),
	       "in order of name, without case");
	is_int(pages, 1, "on one page");
	for (f.limit = 1; f.limit <= 6; f.limit++) {
		is_str(walk(w, f, &pages), STR("DB-1,db-2,web-1,Web-2,web-3,"),
		       "the same by %lld", (long long)f.limit);
		is_int(pages, (5 + f.limit - 1) / f.limit, "on so many");
	}
	f.after = STR("WEB-1");
	is_str(walk(w, f, &pages), STR("Web-2,web-3,"), "behind a name");
	f.after = STR("webby");
	is_str(walk(w, f, &pages), STR(""), "behind all");
	f = (struct server_filter){.project = lab.id};
	is_str(walk(w, f, &pages), STR("lab-1,web-1,"), "of another project");
	list = page(w, &f, &n, &next);
	one = server_now(w, list[0].id);
	ok(str_eq(one.place, list[0].place) &&
	       str_eq(one.key.blob, list[0].key.blob) &&
	       one.seed.expires_at == list[0].seed.expires_at,
	   "as each is shown alone");
	f.project = STR("nothing");
	is_str(walk(w, f, &pages), STR(""), "of no project");
}

static void
test_search(struct world *w)
{
	static const struct {
		const char *search, *want;
	} cases[] = {
	    {"web", "web-1,Web-2,web-3,"},
	    {"WEB", "web-1,Web-2,web-3,"},
	    {"-2", "db-2,Web-2,"},
	    {"db-1", "DB-1,"},
	    {"db-11", ""},
	    {"%", ""},
	    {"_", ""},
	    {"web%", ""},
	    {"w b", ""},
	    {"\xc3\xa4", ""},
	};
	char longest[SERVER_NAME_MAX + 1];
	struct server_filter f = {.project = str_c(w->owner.account)};
	size_t pages;

	for (size_t i = 0; i < nitems(cases); i++)
		for (f.limit = 1; f.limit <= 3; f.limit += 2) {
			f.search = str_c(cases[i].search);
			is_str(walk(w, f, &pages), str_c(cases[i].want),
			       "'%s' by %lld", cases[i].search,
			       (long long)f.limit);
		}
	f.search = (struct str){"d\0b", 3};
	is_str(walk(w, f, &pages), STR(""), "a NUL");
	memset(longest, 'a', sizeof(longest));
	for (size_t n = SERVER_NAME_MAX - 1; n <= SERVER_NAME_MAX + 1; n++) {
		f.search = (struct str){longest, n};
		is_str(walk(w, f, &pages), STR(""), "%zu bytes are in no name",
		       n);
	}
}

static void
test_trusts(struct world *w)
{
	struct sshkey none = key_of(99);
	struct server_filter f = {.account = str_c(w->owner.account),
				  .trusts = digest_of(&shared)};
	struct server *list;
	struct visit v;
	struct str next;
	size_t pages, n;

	for (f.limit = 1; f.limit <= 5; f.limit++)
		is_str(walk(w, f, &pages), STR("DB-1,web-1,web-1,Web-2,"),
		       "in the account by %lld", (long long)f.limit);
	f.search = STR("web");
	f.limit = 1;
	is_str(walk(w, f, &pages), STR("web-1,web-1,Web-2,"), "and a search");
	f.search = STR_NONE;
	f.after = STR("web-1");
	is_str(walk(w, f, &pages), STR("Web-2,"), "behind all of a name");
	f.after = STR_NONE;
	f.project = str_c(w->owner.account);
	is_str(walk(w, f, &pages), STR("DB-1,web-1,Web-2,"), "in a project");
	f.after = STR("db-1");
	is_str(walk(w, f, &pages), STR("web-1,Web-2,"), "behind a name");
	f.after = STR_NONE;
	f.trusts = digest_of(&none);
	is_str(walk(w, f, &pages), STR(""), "nobody trusts another");
	f.project = STR_NONE;
	is_str(walk(w, f, &pages), STR(""), "in all of the account");
	f.trusts = digest_of(&shared);
	f.account = STR("nobody's");
	is_str(walk(w, f, &pages), STR(""), "in another account");
	f = (struct server_filter){.project = str_c(w->owner.account),
				   .search = STR("db-1")};
	list = page(w, &f, &n, &next);
	v = at_server(w, VERB_SERVER_SET_KEY, &list[0]);
	must(server_set_key(&v, STR("second"), NULL), "set");
	f.search = STR_NONE;
	f.trusts = digest_of(&shared);
	is_str(walk(w, f, &pages), STR("web-1,Web-2,"),
	       "what a server trusted once does not count");
	is_int(server_set_key(&v, STR("first"), NULL), 0, "and back");
	is_str(walk(w, f, &pages), STR("DB-1,web-1,Web-2,"), "it counts again");
}

/* Name number SERVER_SCAN_MAX - 1, SERVER_SCAN_MAX and the one behind it. */
static void
scan(struct world *w, struct server_filter f, const char *what)
{
	char search[16];
	struct server *list;
	struct str next;
	size_t n;

	for (int i = SERVER_SCAN_MAX - 1; i <= SERVER_SCAN_MAX + 1; i++) {
		(void)snprintf(search, sizeof(search), "%07d", i);
		f.search = str_c(search);
		f.after = STR_NONE;
		list = page(w, &f, &n, &next);
		is_int(n, i <= SERVER_SCAN_MAX, "%s: %s on the first page",
		       what, search);
		ok(next.n > 0, "there are names that it did not look at");
		f.after = next;
		list = page(w, &f, &n, &next);
		is_int(n, i > SERVER_SCAN_MAX, "%s: %s on the second", what,
		       search);
		is_int(next.n, 0, "which is the last");
		if (n == 1)
			ok(str_ends(list[0].name, f.search), "that name");
	}
}

static void
test_scan(struct world *w)
{
	struct raw raw = {.sql = RAW_SERVERS,
			  .account = str_c(w->owner.account),
			  .project = big.id,
			  .key = key_of(50),
			  .n = SERVER_SCAN_MAX + 1};
	struct server_filter f = {.project = big.id};
	struct server *list;
	struct str next;
	size_t n;

	raw_do(w, &raw);
	raw.sql = RAW_KEYS;
	raw_do(w, &raw);
	scan(w, f, "project");
	f.trusts = digest_of(&raw.key);
	scan(w, f, "trusts in a project");
	f.project = STR_NONE;
	f.account = raw.account;
	scan(w, f, "trusts in the account");
	for (f.limit = PAGE_MAX - 1; f.limit <= PAGE_MAX + 1; f.limit++) {
		list = page(w, &f, &n, &next);
		is_int(n, f.limit < PAGE_MAX ? f.limit : PAGE_MAX,
		       "a page of %lld", (long long)f.limit);
		ok(next.n > 0, "goes on");
	}
	for (f.limit = -1; f.limit <= 0; f.limit++) {
		list = page(w, &f, &n, &next);
		is_int(n, PAGE_DEFAULT, "a page when none is asked for");
	}
	is_str(list[0].name, STR("N0000001"), "from the start");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	w.arena.max = 512 * MIB;
	lab = project_make(&w, w.key, "lab");
	big = project_make(&w, w.key, "big");
	shared = key_of(1);
	pair_put(&w, str_c(w.owner.account), "first", "alive", 1);
	pair_put(&w, str_c(w.owner.account), "second", "alive", 2);
	pair_put(&w, lab.id, "first", "alive", 1);
	(void)server_make(&w, OWN, "web-1", "first");
	(void)server_make(&w, OWN, "Web-2", "first");
	(void)server_make(&w, OWN, "web-3", "second");
	(void)server_make(&w, OWN, "DB-1", "first");
	(void)server_make(&w, OWN, "db-2", "second");
	(void)server_make(&w, "Own/lab", "web-1", "first");
	pair_put(&w, lab.id, "third", "alive", 3);
	(void)server_make(&w, "Own/lab", "lab-1", "third");
	subtest("project") test_project(&w);
	subtest("search") test_search(&w);
	subtest("trusts") test_trusts(&w);
	subtest("scan") test_scan(&w);
	world_end(&w);
	return done_testing();
}
