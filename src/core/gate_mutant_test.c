/* What the gate's checks do where no door leads to them alone: each of these
 * was once left out, and no other test turned red. */
#include "core/access.h"
#include "core/decide.h"
#include "core/grants.h"
#include "core/machine_world.h"

/* A token is good for what it says, and not for as long as clocks may differ.
 */
static void
test_skew(struct world *w)
{
	struct login login = world_session(w, w->key);
	struct access access;
	int64_t left;

	must(access_read(w->core, login.access, &access), "access_read");
	left = access.expires_at - clock_now();
	clock_test_shift(left - MINUTE_MS);
	is_int(access_read(w->core, login.access, &access), 0, "a minute left");
	clock_test_shift(MINUTE_MS);
	is_int(access_read(w->core, login.access, &access), OUT_EXPIRED,
	       "over, within what clocks may differ");
	is_int(pulls(w, plain(PROOF_ACCESS, login.access), "birds/a"),
	       OUT_EXPIRED, "at the door, too");
	clock_test_shift(2 * MINUTE_MS);
	is_int(access_read(w->core, login.access, &access), OUT_EXPIRED,
	       "over by far");
	clock_test_shift(-2 * MINUTE_MS - left);
}

static void
test_bearer_name(struct world *w)
{
	struct str token = world_session(w, w->key).access;
	static const struct {
		const char *head;
		bool token;
		int want;
	} rows[] = {
	    {"", true, 0},
	    {"Bearer ", true, 0},
	    {"bearer ", true, 0},
	    {"Bearer ", false, OUT_UNPROVEN},
	    {"Bearer", false, OUT_UNPROVEN},
	    {"B", false, OUT_UNPROVEN},
	    {"Bearer", true, OUT_UNPROVEN},
	    {"Bearer  ", true, OUT_UNPROVEN},
	    {"Nearer ", true, OUT_UNPROVEN},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct str secret =
		    arena_strf(&w->arena, "%s%.*s", rows[i].head,
			       rows[i].token ? (int)token.n : 0, token.p);

		is_int(pulls(w, basic("iambearer", secret), "birds/a"),
		       rows[i].want, "'%s' and %s", rows[i].head,
		       rows[i].token ? "a token" : "nothing");
	}
}

/* --- refresh tokens --- */

static const struct db_sql ends[] = {
    {"ends", "UPDATE refresh_token SET expires_at = $1, replaced_at = $2"}};

static int
ends_write(struct db_at *at, void *arg)
{
	int64_t now = *(const int64_t *)arg;

	return db_exec(at, 0, NULL, "ii", now + 10 * SECOND_MS, now);
}

/* One that was replaced may be shown for a while yet, and not longer than it is
 * good for. */
static void
test_refresh(struct cast *c)
{
	struct login login = world_session(&c->w, c->w.key);
	struct proof proof = basic("iamrefresh", login.refresh);
	int64_t now = clock_now();

	world_shut(&c->w);
	{
		CLEAN(db_freep)
		struct db *db = cast_db(c, ends, nitems(ends));

		must(db_write(db, ends_write, &now), "ends");
	}
	must(world_open(&c->w, false), "open");
	c->other_owner.core = c->w.core;
	is_int(pulls(&c->w, proof, "birds/a"), 0, "replaced just now");
	clock_test_shift(11 * SECOND_MS);
	is_int(pulls(&c->w, proof, "birds/a"), OUT_EXPIRED, "at its end");
	clock_test_shift(-11 * SECOND_MS);
}

/* --- machines --- */

static int
machine_asks(struct cast *c, const char *id, bool keep)
{
	struct subject who = {.cred = CRED_MACHINE, .expires_at = INT64_MAX};
	struct ask ask = {.core = c->w.core,
			  .who = &who,
			  .verb = VERB_SERVER_FOLLOW,
			  .thing = {.kind = THING_SERVER},
			  .least = gate_generation(c->w.core),
			  .keep = keep};

	FIELD_CUT(who.machine, str_c(id));
	FIELD_CUT(who.account, str_c(c->w.owner.account));
	return decide(&ask, false);
}

static bool
is_kept(struct cast *c, const char *id)
{
	struct cache *cache = c->w.core->gate->cache;
	const struct str parts[] = {STR_INIT("machine"), str_c(id)};
	uint8_t key[CACHE_KEY_LEN];
	struct cached *found;

	cache_key(cache, parts, nitems(parts), key);
	found = cache_get(cache, key, 0);
	cached_unref(found);
	return found != NULL;
}

static void
test_machine(struct cast *c, const struct planted *web)
{
	static const char nobody[] = "0123456789abcdef0123456789abcdef";

	is_int(machine_asks(c, nobody, true), OUT_DENIED, "no such server");
	ok(!is_kept(c, nobody), "what was not found is not remembered");
	is_int(machine_asks(c, nobody, true), OUT_DENIED, "nor found then");
	is_int(machine_asks(c, web->id, false), 0, "a server");
	ok(!is_kept(c, web->id), "is not remembered for who does not say so");
	is_int(machine_asks(c, web->id, true), 0, "the same");
	ok(is_kept(c, web->id), "is, for who does");
	is_int(machine_asks(c, web->id, true), 0, "and is it still");
}

struct deletion {
	struct visit by;
	const char *id;
	int before, after;
};

static int
delete_write(struct db_at *at, void *arg)
{
	struct deletion *d = arg;
	struct thing self = {.kind = THING_SERVER};
	int r;

	d->before = gate_may_now(at, &d->by, VERB_SERVER_FOLLOW, &self);
	r = db_exec(at, SQL_server_delete, NULL, "s", str_c(d->id));
	d->after = gate_may_now(at, &d->by, VERB_SERVER_FOLLOW, &self);
	gate_changed(at);
	return r;
}

/* In the commit that deletes the server, what is remembered of it is not asked.
 */
static void
test_machine_ends(struct cast *c, const struct planted *web)
{
	struct proof proof = machine_of(web);
	struct thing self = {.kind = THING_SERVER};
	struct deletion d = {.id = web->id};

	must(gate_pass(c->w.core, &proof, VERB_SERVER_FOLLOW, &self, &d.by),
	     "follow");
	ok(is_kept(c, web->id), "it is remembered");
	must(db_write(c->w.core->db, delete_write, &d), "delete");
	is_int(d.before, 0, "a server");
	is_int(d.after, OUT_DENIED, "is none once it is deleted");
}

/* --- names that would not fit --- */

static void
test_long_name(struct world *w)
{
	static char name[FOUND_NAME_MAX + 2];
	static const struct {
		const char *tail;
		enum verb verb;
		enum thing_kind kind;
	} rows[] = {
	    {"", VERB_GIT_READ, THING_GITREPO},
	    {"", VERB_KEYPAIR_LIST, THING_PROJECT},
	    {"/web", VERB_SERVER_SEED, THING_SERVER},
	};
	struct explained e;
	struct subject who;

	must(explain_subject(w->core, str_c(w->owner.account),
			     str_c(w->owner.who.identity), &who),
	     "owner");
	for (size_t i = 0; i < 2 * nitems(rows); i++) {
		size_t n = FOUND_NAME_MAX + i % 2;
		const char *tail = rows[i / 2].tail;
		struct thing thing = {.kind = rows[i / 2].kind};

		memset(name, 'a', n);
		name[n] = '\0';
		thing.name = arena_strf(&w->arena, "Own/%s%s", name, tail);
		must(explain_may(w->core, &who, rows[i / 2].verb, &thing,
				 &w->arena, &e),
		     "explain");
		ok(e.may == (n == FOUND_NAME_MAX), "a name of %zu bytes%s", n,
		   tail);
	}
}

/* --- keys of machines --- */

static void
test_broken_print(struct cast *c)
{
	static const char *const broken[] = {
	    "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "-1",
	    "one",
	    "",
	    "999999",
	};
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct found found = {.account = ""};

	FIELD_CUT(found.id, c->test.id);
	must(db_view_begin(c->w.core->db, &view), "view");
	for (size_t i = 0; i < nitems(broken); i++) {
		struct subject who;
		bool settle = false;

		is_int(cred_load(c->w.core, view, CRED_ACCESS_KEY,
				 str_c(broken[i]), &who),
		       OUT_UNPROVEN, "'%s' is no key", broken[i]);
		who = (struct subject){.cred = CRED_ACCESS_KEY};
		FIELD_CUT(who.cred_id, str_c(broken[i]));
		is_int(gate_ssh_stand(view, &who, &found, &settle), OUT_ABSENT,
		       "and stands nowhere");
		ok(!settle, "nor ends another");
	}
}

/* Who is no member of an account is nobody there. */
static void
test_stranger(struct cast *c)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct user user = world_user(&c->w, "strange@example.org", 0);
	struct subject who = {.cred = CRED_USER_KEY};

	FIELD_CUT(who.identity, user.id);
	must(db_view_begin(c->w.core->db, &view), "view");
	is_int(gate_ssh_join(view, &who, c->w.owner.account), 0, "at home");
	ok(!who.owner && strcmp(who.account, c->w.owner.account) == 0,
	   "is who they are");
	is_int(gate_ssh_join(view, &who, c->other.id.p), OUT_ABSENT,
	       "elsewhere is nobody");
}

/* --- what is remembered of grants --- */

static struct grants *
load(struct world *w, const struct subject *who, struct db_at *at, bool keep)
{
	struct grants *g = NULL;

	must(grants_load(w->core, at, who, gate_generation(w->core), keep, &g),
	     "grants_load");
	return g;
}

static int
forget_write(struct db_at *at, void *arg)
{
	(void)arg;
	gate_granted(at, STR_NONE);
	return 0;
}

static void
test_keep(struct world *w)
{
	struct user user = world_user(w, "keep@example.org", ROLE_READER);
	struct subject who = {.cred = CRED_API_KEY};
	CLEAN(grants_unrefp) struct grants *loose = NULL, *kept = NULL;
	CLEAN(grants_unrefp) struct grants *again = NULL, *seen = NULL;
	CLEAN(grants_unrefp) struct grants *fresh = NULL;
	CLEAN(db_view_endp) struct db_at *view = NULL;

	FIELD_CUT(who.identity, user.id);
	FIELD_CUT(who.account, str_c(w->owner.account));
	must(db_view_begin(w->core->db, &view), "view");
	seen = load(w, &who, view, true);
	db_view_endp(&view);
	view = NULL;
	loose = load(w, &who, NULL, false);
	ok(loose != seen, "what a view of the caller has is not remembered");
	kept = load(w, &who, NULL, true);
	ok(kept != loose, "nor what is not to be");
	again = load(w, &who, NULL, false);
	ok(again == kept, "what is to be is");
	must(db_write(w->core->db, forget_write, NULL), "forget");
	fresh = load(w, &who, NULL, false);
	ok(fresh != kept, "until something is granted anywhere");
}

int
main(void)
{
	static struct cast c;
	struct planted web;

	cast_new(&c);
	web = planted_new(&c);
	plant(&c,
	      (struct plant[]){{&web, false, c.w.owner.account,
				c.w.owner.account, "web", "nobody"}},
	      1);
	subtest("skew") test_skew(&c.w);
	subtest("bearer name") test_bearer_name(&c.w);
	subtest("refresh") test_refresh(&c);
	subtest("machine") test_machine(&c, &web);
	subtest("long name") test_long_name(&c.w);
	subtest("broken print") test_broken_print(&c);
	subtest("stranger") test_stranger(&c);
	subtest("keep") test_keep(&c.w);
	subtest("machine ends") test_machine_ends(&c, &web);
	world_end(&c.w);
	return done_testing();
}
