/* API keys after they were made: changes, locks, lists, and when they go. */
#include "core/core_world.h"
#include "core/rules.h"

static int
change(struct world *w, const struct api_key *k, int64_t version,
       const struct api_key_change *c, struct api_key *ret)
{
	return api_key_update(&w->owner, k->id, version, c, &w->arena, ret,
			      NULL);
}

static void
cap(struct world *w, int64_t days, bool endless)
{
	struct rules rules, now;

	rules_default(&rules);
	rules.api_key_days = days;
	rules.endless = endless;
	must(rules_set(&w->owner, -1, &rules, &w->arena, &now, NULL), "rules");
}

static void
test_update(struct world *w)
{
	static char name[NAME_MAX_BYTES + 2];
	struct api_key key, now;
	bool sessions = true;
	int64_t end = clock_now() + DAY_MS, past = clock_now(), never = 0;

	(void)world_key(w, str_c(w->owner.who.identity), 0, &key);
	is_int(change(w, &key, 2, &(struct api_key_change){.name = STR("x")},
		      &now),
	       OUT_STALE, "another version");
	is_int(change(w, &key, 1,
		      &(struct api_key_change){.name = STR("x"),
					       .support_sessions = &sessions,
					       .expires_at = &end},
		      &now),
	       0, "the one that it has");
	is_str(now.name, STR("x"), "its name");
	ok(now.support_sessions && now.expires_at == end, "the rest");
	is_str(now.action_when_leaked, STR("none"), "what was not said stays");
	is_int(now.version, 2, "it counts");
	is_int(
	    change(w, &key, 0, &(struct api_key_change){.name = STR("")}, &now),
	    OUT_MALFORMED, "an empty name");
	memset(name, 'n', NAME_MAX_BYTES);
	is_int(change(w, &key, 0, &(struct api_key_change){.name = str_c(name)},
		      &now),
	       0, "the longest");
	name[NAME_MAX_BYTES] = 'n';
	is_int(change(w, &key, 0, &(struct api_key_change){.name = str_c(name)},
		      &now),
	       OUT_MALFORMED, "a longer one");
	is_int(change(w, &key, 0,
		      &(struct api_key_change){.action_when_leaked =
						   STR("explode")},
		      &now),
	       OUT_MALFORMED, "an unknown action");
	is_int(change(w, &key, 0,
		      &(struct api_key_change){.action_when_leaked = STR("")},
		      &now),
	       0, "no action");
	is_str(now.action_when_leaked, STR("none"), "is none");
	is_int(change(w, &key, 0, &(struct api_key_change){.expires_at = &past},
		      &now),
	       OUT_MALFORMED, "an end that has come");
	is_int(change(w, &key, 0,
		      &(struct api_key_change){.expires_at = &never}, &now),
	       0, "none again");
	is_int(now.expires_at, 0, "is none");
	must(api_key_lock(&w->owner, key.id, true), "lock");
	is_int(change(w, &key, 0, &(struct api_key_change){.name = STR("y")},
		      &now),
	       OUT_CONFLICT, "locked it is not changed");
	is_int(api_key_delete(&w->owner, key.id), OUT_CONFLICT, "nor deleted");
	must(api_key_lock(&w->owner, key.id, false), "unlock");
	is_int(api_key_delete(&w->owner, key.id), 0, "unlocked it is");
	is_int(api_key_lock(&w->owner, key.id, true), OUT_ABSENT, "gone");
}

/* What an account allows counts from when a key was made. */
static void
test_cap(struct world *w)
{
	struct api_key key, now;
	struct api_key_change c = {.name = STR_NONE};
	int64_t made, end;

	(void)world_key(w, str_c(w->owner.who.identity), 0, &key);
	made = key.created_at;
	cap(w, 10, false);
	clock_test_shift(5 * DAY_MS);
	c.expires_at = &end;
	end = made + 20 * DAY_MS;
	is_int(change(w, &key, 0, &c, &now), 0, "sooner than never");
	is_int(change(w, &key, 0, &c, &now), 0, "once more the same");
	end = made + 10 * DAY_MS + 1;
	is_int(change(w, &key, 0, &c, &now), 0, "sooner, and past the cap");
	end++;
	is_int(change(w, &key, 0, &c, &now), OUT_MALFORMED, "later: no");
	end = 0;
	is_int(change(w, &key, 0, &c, &now), OUT_MALFORMED, "never: no");
	end = made + 9 * DAY_MS;
	is_int(change(w, &key, 0, &c, &now), 0, "within");
	end = made + 10 * DAY_MS;
	is_int(change(w, &key, 0, &c, &now), 0, "later, up to the cap");
	end++;
	is_int(change(w, &key, 0, &c, &now), OUT_MALFORMED, "and not past it");
	c.expires_at = NULL;
	c.name = STR("n");
	is_int(change(w, &key, 0, &c, &now), 0, "a name is no end");
	clock_test_shift(-5 * DAY_MS);
	cap(w, 0, true);
}

static void
test_switch(struct world *w)
{
	struct api_key key;
	struct str value = world_key(w, str_c(w->owner.who.identity), 0, &key);
	struct proof proof = basic("iamapikey", value);

	is_int(pulls(w, proof, "birds/app"), 0, "opens");
	must(api_key_lock(&w->owner, key.id, true), "lock");
	is_int(pulls(w, proof, "birds/app"), 0, "locked, too");
	must(api_key_disable(&w->owner, key.id, true), "disable");
	is_int(pulls(w, proof, "birds/app"), OUT_UNPROVEN,
	       "disabled it does not");
	must(api_key_disable(&w->owner, key.id, false), "enable");
	world_from = "192.0.2.8";
	is_int(pulls(w, proof, "birds/app"), 0, "enabled it does");
}

/* All of one walk, page by page, must be what one page has. */
static size_t
walk(struct world *w, struct api_key_filter f, const char *what)
{
	struct api_key *all, *page;
	size_t n_all, n = 0, at = 0;

	f.limit = PAGE_MAX;
	must(api_key_list(w->core, &f, &w->arena, &all, &n_all), "list");
	f.limit = 2;
	do {
		must(api_key_list(w->core, &f, &w->arena, &page, &n), "page");
		for (size_t i = 0; i < n; i++, at++)
			if (at >= n_all || !str_eq(page[i].id, all[at].id))
				ok(false, "%s: row %zu", what, at);
		if (n == 0)
			break;
		f.sort.further = true;
		f.sort.after_id = page[n - 1].id;
		f.sort.after_text = api_key_sort_text(&page[n - 1], f.sort.by);
		f.sort.after_number =
		    api_key_sort_number(&page[n - 1], f.sort.by);
	} while (n == 2);
	is_int(at, n_all, "%s: all of them, each once", what);
	for (size_t i = 1; i < n_all; i++) {
		struct api_key *a = &all[f.sort.descending ? i : i - 1];
		struct api_key *b = &all[f.sort.descending ? i - 1 : i];

		if (str_cmp(api_key_sort_text(a, f.sort.by),
			    api_key_sort_text(b, f.sort.by)) > 0 ||
		    api_key_sort_number(a, f.sort.by) >
			api_key_sort_number(b, f.sort.by))
			ok(false, "%s: order at %zu", what, i);
	}
	return n_all;
}

static void
test_lists(struct world *w)
{
	static const char *const sorts[SORTS] = {"id", "name", "created",
						 "modified", "creator"};
	static const char *const whose[] = {"all", "people's", "services'",
					    "one's"};
	struct user user = world_user(w, "lists@example.org", 0);
	struct api_key key;
	size_t sum[nitems(whose)] = {0};

	for (int i = 0; i < 9; i++) {
		if (i % 3 == 0)
			clock_test_shift(1000);
		(void)world_key(w, user.id, 0, &key);
	}
	for (int by = 0; by < SORTS; by++)
		for (int down = 0; down < 2; down++)
			for (size_t who = 0; who < nitems(whose); who++) {
				struct api_key_filter f = {
				    .account = str_c(w->owner.account),
				    .identity = who == 3 ? user.id : STR_NONE,
				    .owners = who < 3 ? (enum api_key_owners)who
						      : OWNERS_ALL,
				    .sort = {.by = (enum sort_by)by,
					     .descending = down}};
				char what[64];

				(void)snprintf(what, sizeof(what), "%s by %s%s",
					       whose[who], sorts[by],
					       down ? ", down" : "");
				sum[who] = walk(w, f, what);
			}
	is_int(sum[3], 9, "one's own");
	is_int(sum[2], 0, "of service IDs none");
	is_int(sum[0], sum[1], "all are people's");
	ok(sum[0] > 9, "and not of one alone");
}

static void
test_tidy(struct world *w)
{
	struct api_key ends, stays, changed;
	struct api_key_change c = {.name = STR("late")};
	struct visit by = w->owner;

	(void)world_key(w, str_c(w->owner.who.identity), clock_now() + DAY_MS,
			&ends);
	(void)world_key(w, str_c(w->owner.who.identity), clock_now() + DAY_MS,
			&changed);
	(void)world_key(w, str_c(w->owner.who.identity), 0, &stays);
	clock_test_shift(DAY_MS + API_KEY_KEPT_MS - 1000);
	by.at = clock_now();
	must(api_key_update(&by, changed.id, 0, &c, &w->arena, &changed, NULL),
	     "update");
	must(core_tidy(w->core), "tidy");
	is_int(api_key_get(w->core, ends.id, &w->arena, &ends), 0,
	       "there for 90 days after its end");
	clock_test_shift(2000);
	must(core_tidy(w->core), "tidy");
	is_int(api_key_get(w->core, ends.id, &w->arena, &ends), OUT_ABSENT,
	       "and no longer");
	is_int(api_key_get(w->core, changed.id, &w->arena, &changed), 0,
	       "or after it was changed");
	is_int(api_key_get(w->core, stays.id, &w->arena, &stays), 0,
	       "what has no end stays");
	clock_test_shift(API_KEY_KEPT_MS);
	must(core_tidy(w->core), "tidy");
	is_int(api_key_get(w->core, changed.id, &w->arena, &changed),
	       OUT_ABSENT, "that one goes as well");
	is_int(api_key_get(w->core, stays.id, &w->arena, &stays), 0,
	       "and never what has no end");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_update(&w);
	test_cap(&w);
	test_switch(&w);
	test_lists(&w);
	test_tidy(&w);
	world_end(&w);
	return done_testing();
}
