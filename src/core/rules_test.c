#include "core/rules.h"

#include "core/core_world.h"
#include "db/db.h"

static int
set(struct world *w, int64_t version, const struct rules *rules,
    struct rules *ret)
{
	return rules_set(&w->owner, version, rules, &w->arena, ret, NULL);
}

/* What each number may be. */
static const struct {
	const char *what;
	size_t at;
	int64_t min, max;
} limits[] = {
    {"access", offsetof(struct rules, access_life_s), 900, 3600},
    {"refresh", offsetof(struct rules, refresh_life_s), 900, 259200},
    {"session", offsetof(struct rules, session_life_s), 900, 2592000},
    {"idle", offsetof(struct rules, session_idle_s), 900, 2592000},
    {"sessions", offsetof(struct rules, sessions_max), 0, 1000},
    {"API key", offsetof(struct rules, api_key_days), 0, 3650},
    {"token", offsetof(struct rules, registry_token_days), 0, 3650},
    {"access key", offsetof(struct rules, access_key_days), 0, 3650},
    {"SSH key", offsetof(struct rules, ssh_key_days), 0, 3650},
};

static void
test_limits(struct world *w)
{
	for (size_t i = 0; i < nitems(limits); i++) {
		const struct {
			int64_t value;
			int want;
		} cases[] = {{limits[i].min - 1, OUT_MALFORMED},
			     {limits[i].min, 0},
			     {limits[i].max, 0},
			     {limits[i].max + 1, OUT_MALFORMED}};

		for (size_t k = 0; k < nitems(cases); k++) {
			struct rules rules, now = {0};
			const int64_t *is =
			    (const void *)((const char *)&now + limits[i].at);

			rules_default(&rules);
			*(int64_t *)(void *)((char *)&rules + limits[i].at) =
			    cases[k].value;
			is_int(set(w, -1, &rules, &now), cases[k].want,
			       "%s: %lld", limits[i].what,
			       (long long)cases[k].value);
			if (cases[k].want == 0)
				is_int(*is, cases[k].value, "  is set");
		}
	}
}

static void
test_version(struct world *w)
{
	struct rules rules, now;
	int64_t version;

	must(rules_of(w->core, STR("nowhere"), &w->arena, &now), "rules_of");
	is_int(now.version, 0, "never set");
	is_int(now.access_life_s, 3600, "the usual");
	ok(now.endless && !now.restrict_api_key && !now.restrict_service_id,
	   "nothing is forbidden");
	rules_default(&rules);
	must(set(w, -1, &rules, &now), "set");
	version = now.version;
	ok(version > 0, "set");
	is_str(now.modified_by, str_c(w->owner.who.identity), "by whom");
	rules.endless = false;
	rules.restrict_api_key = rules.restrict_service_id = true;
	is_int(set(w, version - 1, &rules, &now), OUT_STALE, "another version");
	is_int(set(w, version, &rules, &now), 0, "the one that it has");
	is_int(now.version, version + 1, "it counts");
	ok(!now.endless && now.restrict_api_key && now.restrict_service_id,
	   "all is forbidden");
	is_int(set(w, version, &rules, &now), OUT_STALE, "once");
}

struct ask {
	struct str account;
	enum rules_kind kind;
	int64_t now, end;
	struct note note;
};

static int
ask_end(struct db_at *at, void *arg)
{
	struct ask *a = arg;

	return rules_end(at, a->account, a->kind, a->now, a->end, &a->note);
}

static void
test_ends(struct world *w)
{
	static const char *const kinds[] = {"API key", "registry token",
					    "access key", "SSH key"};
	struct rules rules, now;
	struct ask ask = {.account = str_c(w->owner.account), .now = 1000};

	rules_default(&rules);
	rules.endless = false;
	rules.api_key_days = 1;
	rules.registry_token_days = 2;
	rules.access_key_days = 3;
	rules.ssh_key_days = 4;
	must(set(w, -1, &rules, &now), "set");
	for (int kind = 0; kind < 4; kind++) {
		int64_t last = ask.now + (kind + 1) * DAY_MS;

		ask.kind = (enum rules_kind)kind;
		ask.end = last;
		is_int(db_write(w->core->db, ask_end, &ask), 0, "%s: the last",
		       kinds[kind]);
		ask.end = last + 1;
		is_int(db_write(w->core->db, ask_end, &ask), OUT_MALFORMED,
		       "  one later");
		ok(strstr(ask.note.text, kinds[kind]) != NULL &&
		       strstr(ask.note.text, "until 1970-01-0") != NULL,
		   "  and told why: %s", ask.note.text);
		ask.end = 0;
		is_int(db_write(w->core->db, ask_end, &ask), OUT_MALFORMED,
		       "  never");
	}
	rules_default(&rules);
	rules.endless = false;
	must(set(w, -1, &rules, &now), "set");
	is_int(db_write(w->core->db, ask_end, &ask), OUT_MALFORMED,
	       "no cap, and yet an end");
	ok(strstr(ask.note.text, "to have an end") != NULL, "  and told why");
	ask.end = INT64_MAX;
	is_int(db_write(w->core->db, ask_end, &ask), 0, "however late");
	rules.endless = true;
	rules.ssh_key_days = 4;
	must(set(w, -1, &rules, &now), "set");
	ask.end = 0;
	is_int(db_write(w->core->db, ask_end, &ask), OUT_MALFORMED,
	       "a cap is an end");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_version(&w);
	test_limits(&w);
	test_ends(&w);
	world_end(&w);
	return done_testing();
}
