#include "core/service_id.h"

#include "core/core_world.h"
#include "core/gate_inner.h"
#include "core/rules.h"
#include "core/sql.h"
#include "db/db.h"

static int
make(struct world *w, const struct service_id_ask *ask, struct service_id *ret)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key key;

	return service_id_create(&w->owner, ask, &w->arena, ret, &key, &value,
				 NULL);
}

static struct service_id
named(struct world *w, const char *name)
{
	struct service_id_ask ask = {.name = str_c(name)};
	struct service_id s;

	must(make(w, &ask, &s), "service_id_create");
	return s;
}

static void
test_words(void)
{
	static const struct {
		const char *word;
		int want;
	} cases[] = {
	    {"ServiceId-01234567-89ab-4def-8123-456789abcdef", 0},
	    {"iam-ServiceId-01234567-89ab-4def-8123-456789abcdef", 0},
	    {"ServiceId-01234567-89ab-4def-8123-456789abcde", OUT_MALFORMED},
	    {"ServiceId-01234567-89ab-4def-8123-456789abcdef0", OUT_MALFORMED},
	    {"ServiceId-01234567-89AB-4def-8123-456789abcdef", OUT_MALFORMED},
	    {"ServiceId-0123456789ab4def8123456789abcdef----", OUT_MALFORMED},
	    {"ServiceId-", OUT_MALFORMED},
	    {"serviceid-01234567-89ab-4def-8123-456789abcdef", OUT_MALFORMED},
	    {"iam-iam-ServiceId-01234567-89ab-4def-8123-456789abcdef",
	     OUT_MALFORMED},
	    {"IBMid-0123456789", OUT_MALFORMED},
	    {"", OUT_MALFORMED},
	};
	char id[IDENTITY_ID_MAX + 1];

	for (size_t i = 0; i < nitems(cases); i++) {
		is_int(service_id_parse(str_c(cases[i].word), id),
		       cases[i].want, "word '%s'", cases[i].word);
		if (cases[i].want == 0)
			is_str(service_id_word(str_c(id)), str_c(cases[0].word),
			       "  and back");
	}
}

static void
test_asked(struct world *w)
{
	static char list[SERVICE_ID_INSTANCES_MAX * 16 + 64];
	static char name[NAME_MAX_BYTES + 2];
	struct service_id_ask ask = {.name = STR("")};
	struct service_id s;
	size_t n = 0;

	is_int(make(w, &ask, &s), OUT_MALFORMED, "an empty name");
	ask.name = STR_NONE;
	is_int(make(w, &ask, &s), OUT_MALFORMED, "no name");
	memset(name, 'n', NAME_MAX_BYTES);
	ask.name = str_c(name);
	is_int(make(w, &ask, &s), 0, "the longest");
	name[NAME_MAX_BYTES] = 'n';
	ask.name = str_c(name);
	is_int(make(w, &ask, &s), OUT_MALFORMED, "a longer one");
	ask.name = STR("with CRNs");
	ask.instances = STR("{}");
	is_int(make(w, &ask, &s), OUT_MALFORMED, "an object is no list");
	ask.instances = STR("[\"x\"]");
	is_int(make(w, &ask, &s), OUT_MALFORMED, "a word is no CRN");
	ask.instances = STR("[1]");
	is_int(make(w, &ask, &s), OUT_MALFORMED, "a number is none");
	for (int i = 0; i < SERVICE_ID_INSTANCES_MAX; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n,
				      "%c\"crn:%d\"", i == 0 ? '[' : ',', i);
	(void)snprintf(list + n, sizeof(list) - n, "]");
	ask.instances = str_c(list);
	is_int(make(w, &ask, &s), 0, "%d CRNs", SERVICE_ID_INSTANCES_MAX);
	is_str(s.instances, ask.instances, "as they were given");
	(void)snprintf(list + n, sizeof(list) - n, ",\"crn:x\"]");
	ask.instances = str_c(list);
	is_int(make(w, &ask, &s), OUT_MALFORMED, "one more");
}

static void
test_changes(struct world *w)
{
	struct service_id s = named(w, "one"), now;
	struct service_id_ask ask = {.description = STR("d")};
	struct api_key_ask key = {.identity = s.iam_id,
				  .account = s.account,
				  .name = STR("k"),
				  .locked = true};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key made;
	struct visit by = w->owner;

	is_int(s.version, 1, "the first version");
	is_int(service_id_update(&by, s.iam_id, 2, &ask, &w->arena, &now, NULL),
	       OUT_STALE, "another version");
	is_int(service_id_update(&by, s.iam_id, 1, &ask, &w->arena, &now, NULL),
	       0, "the one that it has");
	is_str(now.name, STR("one"), "what was not said stays");
	is_str(now.description, STR("d"), "what was is there");
	is_int(now.version, 2, "it counts");
	is_int(service_id_lock(&by, s.iam_id, true), 0, "locked");
	is_int(service_id_lock(&by, s.iam_id, true), 0, "twice");
	is_int(service_id_update(&by, s.iam_id, 0, &ask, &w->arena, &now, NULL),
	       OUT_CONFLICT, "not changed");
	is_int(api_key_create(&by, &key, &w->arena, &made, &value, NULL),
	       OUT_CONFLICT, "no new key");
	is_int(service_id_delete(&by, s.iam_id), OUT_CONFLICT, "not deleted");
	is_int(service_id_disable(&by, s.iam_id, true), 0, "but disabled");
	is_int(service_id_lock(&by, s.iam_id, false), 0, "unlocked");
	is_int(api_key_create(&by, &key, &w->arena, &made, &value, NULL), 0,
	       "a locked key");
	is_int(service_id_delete(&by, s.iam_id), OUT_CONFLICT,
	       "keeps it from being deleted");
	must(api_key_lock(&by, made.id, false), "unlock");
	by.thing = (struct thing){.kind = THING_IDENTITY,
				  .account = s.account,
				  .name = named(w, "two").iam_id};
	is_int(service_id_delete(&by, s.iam_id), OUT_ABSENT,
	       "not as another one");
	by.thing = w->owner.thing;
	is_int(service_id_delete(&by, s.iam_id), 0, "deleted");
	is_int(service_id_get(w->core, s.iam_id, &w->arena, &now), OUT_ABSENT,
	       "gone");
	is_int(api_key_get(w->core, made.id, &w->arena, &made), OUT_ABSENT,
	       "with its key");
	is_int(service_id_delete(&by, s.iam_id), OUT_ABSENT, "twice");
}

/* All of one walk, page by page, must be what one page has. */
static void
walk(struct world *w, struct service_id_filter f, const char *what)
{
	struct service_id *all, *page;
	size_t n_all, n = 0, at = 0;

	f.limit = PAGE_MAX;
	must(service_id_list(w->core, &f, &w->arena, &all, &n_all), "list");
	f.limit = 2;
	do {
		must(service_id_list(w->core, &f, &w->arena, &page, &n),
		     "page");
		for (size_t i = 0; i < n; i++, at++)
			if (at >= n_all ||
			    !str_eq(page[i].iam_id, all[at].iam_id))
				ok(false, "%s: row %zu", what, at);
		if (n == 0)
			break;
		f.sort.further = true;
		f.sort.after_id = page[n - 1].iam_id;
		f.sort.after_text =
		    service_id_sort_text(&page[n - 1], f.sort.by);
		f.sort.after_number =
		    service_id_sort_number(&page[n - 1], f.sort.by);
	} while (n == 2);
	is_int(at, n_all, "%s: all of them, each once", what);
	for (size_t i = 1; i < n_all; i++) {
		struct service_id *a = &all[f.sort.descending ? i : i - 1];
		struct service_id *b = &all[f.sort.descending ? i - 1 : i];
		int d = str_cmp(service_id_sort_text(a, f.sort.by),
				service_id_sort_text(b, f.sort.by));

		if (d > 0 || service_id_sort_number(a, f.sort.by) >
				 service_id_sort_number(b, f.sort.by))
			ok(false, "%s: order at %zu", what, i);
	}
}

static void
test_lists(struct world *w)
{
	static const char *const sorts[SORTS] = {
	    [SORT_ID] = "id",		[SORT_NAME] = "name",
	    [SORT_CREATED] = "created", [SORT_MODIFIED] = "modified",
	    [SORT_CREATOR] = "creator",
	};
	struct service_id *list;
	size_t n;

	/* Equal names made at equal and at different times. */
	for (int i = 0; i < 9; i++) {
		if (i % 3 == 0)
			clock_test_shift(1000);
		(void)named(w, i % 2 == 0 ? "twin" : "other");
	}
	for (int by = 0; by < SORTS; by++)
		for (int down = 0; down < 2; down++)
			for (int name = 0; name < 2; name++) {
				struct service_id_filter f = {
				    .account = str_c(w->owner.account),
				    .name = name ? STR("twin") : STR_NONE,
				    .sort = {.by = (enum sort_by)by,
					     .descending = down}};
				char what[64];

				(void)snprintf(what, sizeof(what), "by %s%s%s",
					       sorts[by], down ? ", down" : "",
					       name ? ", one name" : "");
				walk(w, f, what);
			}
	must(service_id_list(
		 w->core,
		 &(struct service_id_filter){.account = str_c(w->owner.account),
					     .name = STR("twin")},
		 &w->arena, &list, &n),
	     "list");
	is_int(n, 5, "one name: those that have it");
	must(service_id_list(w->core,
			     &(struct service_id_filter){.account = STR("-")},
			     &w->arena, &list, &n),
	     "list");
	is_int(n, 0, "another account has none");
}

static int
fill(struct db_at *at, void *arg)
{
	const struct world *w = arg;
	struct str account = str_c(w->owner.account);
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_service_id_count, &rows, "si", account,
		       (int64_t)SERVICE_IDS_MAX);

	for (int64_t i = db_int(&rows, 0); r == 0 && i < SERVICE_IDS_MAX - 1;
	     i++) {
		char id[64];

		(void)snprintf(id, sizeof(id), "iam-ServiceId-%lld",
			       (long long)i);
		r = db_exec(at, SQL_service_id_insert, NULL, "sssssisi",
			    str_c(id), account, STR("many"), STR(""), STR("[]"),
			    (int64_t)0, str_c(w->owner.who.identity), i);
	}
	return r;
}

static void
test_many(struct world *w)
{
	struct service_id_ask ask = {.name = STR("last")};
	struct service_id s;

	must(db_write(w->core->db, fill, w), "fill");
	is_int(make(w, &ask, &s), 0, "the %dth", SERVICE_IDS_MAX);
	is_int(make(w, &ask, &s), OUT_TOO_MANY, "and no more");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_words();
	test_asked(&w);
	test_changes(&w);
	test_lists(&w);
	test_many(&w);
	world_end(&w);
	return done_testing();
}
