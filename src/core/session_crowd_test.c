/* How many sessions there may be, and which of them give way. */
#include "core/core_world.h"

#include "core/gate_inner.h"
#include "core/rules.h"
#include "core/sql.h"

#define APP   "birds/app"
#define CROWD 1200

static struct str
own(const struct world *w)
{
	return str_c(w->owner.who.identity);
}

static int64_t
all(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	must(db_view_begin(w->core->db, &view), "view");
	must(db_one(view, SQL_session_count, &rows, "ssi",
		    str_c(w->owner.account), own(w), (int64_t)100 * 1000),
	     "count");
	return db_int(&rows, 0);
}

static size_t
living(struct world *w, struct session **ret)
{
	size_t n = 0;

	must(session_list(w->core, str_c(w->owner.account), own(w), &w->arena,
			  ret, &n),
	     "list");
	return n;
}

static bool
is_there(struct world *w, int64_t i)
{
	char id[32];

	(void)snprintf(id, sizeof(id), "C-%06lld", (long long)i);
	return session_alive(w->core, str_c(id), STR("bx")) == 0;
}

struct crowd {
	struct world *w;
	const char *prefix;
	int64_t n, created_at, expires_at;
};

/* Each a moment younger than the one before. */
static int
fill(struct db_at *at, void *arg)
{
	const struct crowd *c = arg;
	int r = 0;

	for (int64_t i = 0; r == 0 && i < c->n; i++) {
		char id[32];

		(void)snprintf(id, sizeof(id), "%s%06lld", c->prefix,
			       (long long)i);
		r = db_exec(at, SQL_session_insert, NULL, "sssSssiiissS",
			    str_c(id), str_c(c->w->owner.account), own(c->w),
			    STR_NONE, STR("bx"), STR("password"),
			    c->created_at + i, c->expires_at, c->expires_at,
			    STR(""), STR(""), STR_NONE);
	}
	return r;
}

static void
allow(struct world *w, int64_t n)
{
	struct visit by = w->owner;
	struct note note = {0};
	struct rules r;

	rules_default(&r);
	r.sessions_max = n;
	by.verb = VERB_RULES_SET;
	must(rules_set(&by, -1, &r, &w->arena, &r, &note), note.text);
}

static struct login
login(struct world *w)
{
	clock_test_shift(1);
	return world_session(w, w->key);
}

static void
test_cap(struct world *w)
{
	struct crowd crowd = {.w = w,
			      .prefix = "C-",
			      .n = CROWD,
			      .created_at = clock_now() - CROWD,
			      .expires_at = clock_now() + DAY_MS};
	struct login last;

	must(db_write(w->core->db, fill, &crowd), "fill");
	(void)login(w);
	is_int(all(w), CROWD + 1 - 50, "fifty give way to one, and no more");
	ok(!is_there(w, 0) && !is_there(w, 49), "the oldest");
	ok(is_there(w, 50) && is_there(w, CROWD - 1), "and no other");
	for (int64_t n = CROWD - 49; n > SESSIONS_MAX; n -= 49)
		(void)login(w);
	is_int(all(w), SESSIONS_MAX, "as many as there may be at all");
	last = login(w);
	is_int(all(w), SESSIONS_MAX, "one for one");
	is_int(pulls(w, plain(PROOF_ACCESS, last.access), APP), 0,
	       "the new one opens");
}

static void
test_lowered(struct world *w)
{
	struct session *list;
	struct login last = {.expires_at = 0};

	allow(w, 3);
	(void)login(w);
	is_int(all(w), SESSIONS_MAX + 1 - 50, "a lowered number, by and by");
	for (int i = 0; i < SESSIONS_MAX / 49; i++)
		last = login(w);
	is_int((int64_t)living(w, &list), 3, "is come to");
	is_str(list[0].id, str_c(last.session), "the newest are left");
}

/* What has ended takes no place from what lives. */
static void
test_ended(struct world *w)
{
	struct crowd crowd = {.w = w,
			      .prefix = "E-",
			      .n = 100,
			      .created_at = clock_now(),
			      .expires_at = clock_now() - 1};
	struct session *list;
	struct str before[2];

	(void)living(w, &list);
	before[0] = list[0].id;
	before[1] = list[1].id;
	must(db_write(w->core->db, fill, &crowd), "fill");
	clock_test_shift(200);
	(void)login(w);
	is_int((int64_t)living(w, &list), 3, "three are left");
	is_str(list[1].id, before[0], "with the latest");
	is_str(list[2].id, before[1], "and the one before that");
}

/* --- what one begets --- */

static int
beget(struct world *w, struct str refresh, struct login *ret)
{
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct grant_ask ask = {.kind = GRANT_REFRESH,
				.refresh_token = refresh,
				.client_id = STR("bx"),
				.addr = ADDR};
	int64_t wait;

	clock_test_shift(1);
	must(passcode_make(w->core, &ask, &code, &wait), "passcode");
	ask.kind = GRANT_PASSCODE;
	ask.passcode = secret_reveal(&code);
	return world_login(w, &ask, ret);
}

static void
test_parent(struct world *w)
{
	struct login first, other, child, second;
	struct session *list;

	allow(w, 2);
	first = login(w);
	other = login(w);
	is_int(beget(w, first.refresh, &child), 0, "a session by passcode");
	is_int((int64_t)living(w, &list), 2, "two are left");
	is_str(list[0].id, str_c(child.session), "the new one");
	is_str(list[0].parent, str_c(first.session),
	       "which says of whom it is");
	is_str(list[1].id, str_c(first.session), "and whom it is of");
	is_str(list[1].parent, STR(""), "who is of nobody");
	is_int(pulls(w, plain(PROOF_ACCESS, other.access), APP), OUT_UNPROVEN,
	       "though another one was younger");
	is_int(beget(w, child.refresh, &second), OUT_TOO_MANY,
	       "nothing ends what it comes from");
	is_int(pulls(w, plain(PROOF_ACCESS, child.access), APP), 0,
	       "and nothing has ended");
	(void)login(w);
	is_int(pulls(w, plain(PROOF_ACCESS, child.access), APP), OUT_UNPROVEN,
	       "a session that gives way takes with it what it begot");
}

static void
test_line(struct world *w)
{
	struct login at, first;
	int n = 1, r;

	allow(w, 0);
	at = first = login(w);
	while ((r = beget(w, at.refresh, &at)) == 0)
		n++;
	is_int(r, OUT_TOO_MANY, "a line has an end");
	is_int(n, SESSION_LINE_MAX, "after so many");
	is_int(pulls(w, plain(PROOF_ACCESS, at.access), APP), 0,
	       "the last one opens");
	w->owner.verb = VERB_SESSION_END;
	must(session_end(&w->owner, str_c(first.session)), "end");
	is_int(pulls(w, plain(PROOF_ACCESS, at.access), APP), OUT_UNPROVEN,
	       "until the first one ends");
}

/* Nobody ended the first one: it was left alone. */
static void
test_left(struct world *w)
{
	struct grant_ask ask = {
	    .kind = GRANT_REFRESH, .client_id = STR("bx"), .addr = ADDR};
	const int64_t step = (int64_t)(REFRESH_LIFE_S - 60) * SECOND_MS;
	struct login first = login(w), child, got;

	must(beget(w, first.refresh, &child), "beget");
	clock_test_shift(step);
	ask.refresh_token = child.refresh;
	must(world_login(w, &ask, &child), "refresh");
	clock_test_shift(step);
	must(core_tidy(w->core), "tidy");
	ask.refresh_token = first.refresh;
	ok(world_login(w, &ask, &got) != 0,
	   "one that nobody refreshed is over");
	ask.refresh_token = child.refresh;
	is_int(world_login(w, &ask, &got), 0, "what it begot goes on");
	clock_test_shift(-2 * step);
}

int
main(void)
{
	struct world w;

	world_make(&w);
	subtest("cap") test_cap(&w);
	subtest("lowered") test_lowered(&w);
	subtest("ended") test_ended(&w);
	subtest("parent") test_parent(&w);
	subtest("line") test_line(&w);
	subtest("left") test_left(&w);
	world_end(&w);
	return done_testing();
}
