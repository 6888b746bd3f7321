#include "core/activity.h"

#include "core/service_id.h"
#include "core/ssh_world.h"

static bool
keys_have(struct world *w, int64_t before, struct str id)
{
	struct idle *list;
	struct str after = STR("");
	size_t n;

	do {
		must(activity_idle_keys(w->core, str_c(w->owner.account),
					before, after, 1, &w->arena, &list, &n),
		     "keys");
		for (size_t i = 0; i < n; i++) {
			after = list[i].id;
			if (str_eq(list[i].id, id))
				return true;
		}
	} while (n > 0);
	return false;
}

static bool
identities_have(struct world *w, int64_t before, struct str id)
{
	struct idle *list;
	size_t n;

	must(activity_idle_identities(w->core, str_c(w->owner.account), before,
				      STR(""), PAGE_MAX, &w->arena, &list, &n),
	     "identities");
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].id, id)) {
			is_int(list[i].service, str_starts(id, STR("iam-")),
			       "a machine or not");
			return true;
		}
	}
	return false;
}

static size_t
unused(struct cast *c, int64_t days, struct unused **ret)
{
	int64_t now = clock_now();
	size_t n = 0;

	must(activity_unused(c->w.core, str_c(c->w.owner.account),
			     now - days * DAY_MS, now - DAY_MS, PAGE_MAX,
			     &c->w.arena, ret, &n),
	     "unused");
	return n;
}

static void
test_unused(void)
{
	struct unused *list = NULL;
	struct user_key mine;
	struct api_key key, ends;
	struct regtoken token;
	struct user user;
	struct cast c;
	struct str value;
	size_t n;

	cast_new(&c);
	clock_test_shift(2 * DAY_MS);
	c.w.owner.at = clock_now();
	must(audit_flush(c.w.core), "flush");
	n = unused(&c, 90, &list); /* what the world begins with */
	user = world_user(&c.w, "idle@example.org", ROLE_READER);
	value = world_key(&c.w, user.id, 0, &key);
	(void)world_token(&c.w, false, true, &token);
	(void)user_key(&c, user.id, 0, &mine);
	(void)world_key(&c.w, user.id, clock_now() + 3 * DAY_MS, &ends);
	is_int(unused(&c, 90, &list), n, "what is new is nobody's fault");
	clock_test_shift(2 * DAY_MS);
	is_int(unused(&c, 90, &list), n + 4, "never used, a day later");
	is_int(list[n].last_used, 0, "  never");
	ok(list[n + 3].created_at >= list[n].created_at, "  the oldest first");
	clock_test_shift(2 * DAY_MS);
	is_int(unused(&c, 90, &list), n + 3,
	       "what has ended is no longer told");
	is_int(pulls(&c.w, basic("iamapikey", value), "birds/app"), 0, "use");
	must(audit_flush(c.w.core), "flush");
	is_int(unused(&c, 90, &list), n + 2, "nor what is used");
	clock_test_shift(20 * DAY_MS);
	is_int(unused(&c, 90, &list), n + 2, "  for ninety days");
	is_int(unused(&c, 10, &list), n + 4, "  but not within ten");
	is_str(list[n + 3].cred.id, key.id, "  behind those that never were");
	ok(list[n + 3].last_used > key.created_at, "  with when it was");
	must(activity_unused(c.w.core, STR("nobody's"), clock_now(),
			     clock_now(), 0, &c.w.arena, &list, &n),
	     "another account");
	is_int(n, 0, "another account's are not these");
	must(activity_unused(c.w.core, str_c(c.w.owner.account), 0, clock_now(),
			     1, &c.w.arena, &list, &n),
	     "a page");
	is_int(n, 1, "no more than is asked for");
	world_end(&c.w);
}

int
main(void)
{
	struct service_id_ask ask = {.name = STR("idle")};
	CLEAN(secret_clear) struct secret none = SECRET_INIT;
	struct service_id s;
	struct api_key key, other;
	struct account elsewhere;
	struct user user;
	struct world w;
	struct str value;
	int64_t start;
	size_t n;
	struct idle *list;

	world_make(&w);
	start = w.owner.at;
	user = world_user(&w, "idle@example.org", 0);
	value = world_key(&w, user.id, 0, &key);
	must(service_id_create(&w.owner, &ask, &w.arena, &s, &other, &none,
			       NULL),
	     "service_id_create");
	ok(!identities_have(&w, start, user.id), "made after the moment");
	clock_test_shift(10 * DAY_MS);
	ok(identities_have(&w, clock_now() - DAY_MS, user.id), "never used");
	ok(identities_have(&w, clock_now() - DAY_MS, s.iam_id), "a machine");
	ok(keys_have(&w, clock_now() - DAY_MS, key.id), "a key");
	world_from = "192.0.2.9";
	is_int(pass(&w, basic("iamapikey", value), VERB_WHOAMI,
		    (struct thing){.kind = THING_NONE}),
	       0, "it is used");
	must(audit_flush(w.core), "flush");
	ok(!keys_have(&w, clock_now() - DAY_MS, key.id), "then it is not idle");
	ok(!identities_have(&w, clock_now() - DAY_MS, user.id),
	   "nor is whose it is");
	ok(identities_have(&w, clock_now() - DAY_MS, s.iam_id),
	   "others are still");
	ok(keys_have(&w, clock_now() + DAY_MS, key.id), "until a later moment");
	(void)world_other(&w, &elsewhere);
	clock_test_shift(10 * DAY_MS);
	must(activity_idle_identities(w.core, elsewhere.id, clock_now(),
				      STR(""), 0, &w.arena, &list, &n),
	     "identities");
	is_int(n, 1, "another account has its own");
	is_str(list[0].id, elsewhere.owner, "and no other");
	world_end(&w);
	test_unused();
	return done_testing();
}
