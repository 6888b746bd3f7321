#include "core/core_world.h"
#include "core/traffic.h"

#define HOURS 3

static struct traffic *
count(struct world *w, struct str account, int64_t since, int64_t step,
      size_t *ret_n)
{
	struct traffic *list = NULL;
	int64_t until = since + HOURS * HOUR_MS;

	must(audit_flush(w->core), "flush");
	must(traffic_count(w->core, account, &since, &until, step, &w->arena,
			   &list, ret_n),
	     "count");
	return list;
}

static int64_t
rows_count(struct world *w, const char *outcome, int64_t since, bool login)
{
	struct audit_filter f = {.account = str_c(w->owner.account),
				 .outcome = str_c(outcome),
				 .since = since,
				 .limit = PAGE_MAX};
	struct audit_row *rows;
	int64_t sum = 0;
	size_t n = 0;

	must(audit_list(w->core, &f, &w->arena, &rows, &n), "list");
	for (size_t i = 0; i < n; i++)
		if (str_eq(rows[i].verb, STR("login")) == login)
			sum += rows[i].count;
	return sum;
}

static void
test_counts(struct world *w, int64_t since)
{
	struct str own = str_c(w->owner.account);
	struct regtoken token;
	struct proof mark = basic("token", world_token(w, false, true, &token));
	struct traffic *t;
	size_t n = 0;

	clock_test_shift(HOUR_MS);
	for (int i = 0; i < 5; i++)
		must(pulls(w, mark, "birds/app"), "pull");
	is_int(pass(w, mark, VERB_IMAGE_PUSH, repo("birds/app")), OUT_DENIED,
	       "push");
	(void)!pulls(w, basic("iamapikey", STR("wrong")), "birds/app");
	t = count(w, own, since, HOUR_MS, &n);
	is_int(n, HOURS, "a number for each hour");
	is_int(t[1].at, since + HOUR_MS, "  that says when it began");
	is_int(t[0].changes, rows_count(w, "done", since, false),
	       "changes in the first");
	ok(t[0].changes > 0, "  there were");
	is_int(t[0].uses, 0, "  no uses");
	is_int(t[1].uses, 5, "uses add up");
	is_int(t[1].refusals, 1, "refusals, too");
	is_int(t[1].refused_logins, 0, "a guess is nobody's");
	is_int(t[1].logins,
	       rows_count(w, "used", since, true) +
		   rows_count(w, "done", since, true),
	       "logins are apart");
	is_int(t[2].uses + t[2].refusals + t[2].changes + t[2].logins, 0,
	       "nothing of an hour to come");
	t = count(w, STR_NONE, since, HOUR_MS, &n);
	is_int(t[1].refused_logins, 1, "the whole server's has the guess");
	is_int(t[1].uses, 5, "  and everybody's uses");
	t = count(w, STR("nobody's"), since, HOUR_MS, &n);
	is_int(n, HOURS, "of an account without any");
	is_int(t[1].uses, 0, "  nothing");
	t = count(w, own, since, DAY_MS, &n);
	is_int(n, 1, "the last step is cut short");
	is_int(t[0].uses, 5, "  and counted");
}

static int
span(struct world *w, int64_t *since, int64_t *until, int64_t step, size_t *n)
{
	struct traffic *t = NULL;

	return traffic_count(w->core, str_c(w->owner.account), since, until,
			     step, &w->arena, &t, n);
}

static void
test_bounds(struct world *w)
{
	int64_t since = 1, until = 1;
	size_t n = 7;

	is_int(span(w, &since, &until, HOUR_MS, &n), 0, "no time");
	is_int(n, 0, "  no step");
	since = TRAFFIC_QUARTER_MS + 1;
	until = HOUR_MS + 1;
	is_int(span(w, &since, &until, HOUR_MS, &n), 0, "of odd moments");
	is_int(since, TRAFFIC_QUARTER_MS, "  the quarter's beginning");
	is_int(until, HOUR_MS + TRAFFIC_QUARTER_MS, "  and end");
	is_int(n, 1, "  are what is counted");
	since = 0;
	until = TRAFFIC_STEPS_MAX * DAY_MS;
	is_int(span(w, &since, &until, DAY_MS, &n), 0,
	       "as many as there may be");
	is_int(n, TRAFFIC_STEPS_MAX, "  all of them");
	until++;
	is_int(span(w, &since, &until, DAY_MS, &n), OUT_TOO_LARGE, "one more");
	until = INT64_MAX;
	is_int(span(w, &since, &until, HOUR_MS, &n), OUT_TOO_LARGE,
	       "all of time");
}

/* Every row of the trail is in the numbers of its account, of nobody's or of
 * another's, and in those of all. */
static void
test_whole(struct world *w)
{
	struct audit_filter f = {.limit = PAGE_MAX};
	struct audit_row *rows;
	struct traffic *t;
	int64_t since = 0, until = clock_now() + DAY_MS, sum = 0, told = 0;
	size_t n = 0;

	since = until - 10 * DAY_MS;
	must(audit_list(w->core, &f, &w->arena, &rows, &n), "list");
	for (size_t i = 0; i < n; i++)
		sum += rows[i].count;
	must(traffic_count(w->core, STR_NONE, &since, &until, DAY_MS, &w->arena,
			   &t, &n),
	     "count");
	for (size_t i = 0; i < n; i++)
		told += t[i].logins + t[i].refused_logins + t[i].uses +
			t[i].refusals + t[i].changes + t[i].unconfirmed;
	ok(sum > 0, "there are rows");
	is_int(told, sum, "each is counted once");
}

/* More accounts in one write than are added up at once. */
static void
test_crowd(struct world *w, int64_t since)
{
	enum { ACCOUNTS = 2 * TRAFFIC_SUMS_MAX + 1, EACH = 3 };
	struct subject who = {.cred = CRED_NONE};
	char account[ACCOUNTS][16];
	size_t n = 0, right = 0;
	struct note note = {""};
	int64_t rows = 0;

	for (int i = 0; i < EACH * ACCOUNTS; i++) {
		char thing[32], *name = account[i % ACCOUNTS];

		(void)snprintf(name, sizeof(*account), "crowd-%d",
			       i % ACCOUNTS);
		(void)snprintf(thing, sizeof(thing), "repo:birds/%d", i);
		audit_use(w->core, &who, VERB_IMAGE_PULL, str_c(name),
			  str_c(thing));
	}
	for (int i = 0; i < ACCOUNTS; i++)
		right +=
		    count(w, str_c(account[i]), since, HOUR_MS, &n)[1].uses ==
		    EACH;
	is_int(right, ACCOUNTS, "each account has its own");
	is_int(audit_verify(w->core, &rows, &note), 0, "the chain holds: %s",
	       note.text);
}

int
main(void)
{
	struct world w;
	int64_t since = clock_now();

	since -= since % TRAFFIC_QUARTER_MS;
	world_make(&w);
	test_counts(&w, since);
	test_bounds(&w);
	test_crowd(&w, since);
	test_whole(&w);
	world_end(&w);
	return done_testing();
}
