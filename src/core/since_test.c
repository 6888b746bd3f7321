#include "core/core_world.h"

#include "core/gate_inner.h"
#include "core/since.h"
#include "core/sql.h"

#define ROWS_MAX 32

struct seen {
	char verb[ROWS_MAX][40], thing[ROWS_MAX][80];
	enum since_state state[ROWS_MAX];
	size_t n;
};

static int
see(void *arg, const struct since_row *row)
{
	struct seen *s = arg;

	must(s->n == ROWS_MAX, "too many rows");
	must(FIELD_PUT(s->verb[s->n], row->verb), "verb");
	must(FIELD_PUT(s->thing[s->n], row->thing), "thing");
	s->state[s->n++] = row->state;
	return 0;
}

/* How the copy has the thing; -1: the walk did not name it. */
static int
state_of(const struct seen *s, const char *verb, const char *tail)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->verb[i], verb) == 0 &&
		    str_ends(str_c(s->thing[i]), str_c(tail)))
			return (int)s->state[i];
	return -1;
}

static void
folder_copy(const char *from, const char *to)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "cp -a %s %s", from, to);
	must(system(line), line);
}

static const char *
later_of(const struct world *w)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/latchkey.db", w->dir);
	return path;
}

struct things {
	struct regtoken kept, gone, young;
	struct api_key key;
	struct user out, back, changed;
	struct str secret;
	struct login login;
};

static void
password_set(struct world *w, struct str id, const char *password)
{
	struct note note = {0};

	must(user_set_password(&w->owner, id, str_c(password), &note),
	     "password");
}

static void
before(struct world *w, struct things *t)
{
	(void)world_token(w, true, true, &t->kept);
	(void)world_token(w, true, true, &t->gone);
	t->secret = world_key(w, str_c(w->owner.who.identity), 0, &t->key);
	t->login = world_session(w, w->key);
	t->out = world_user(w, "out@example.org", 0);
	t->back = world_user(w, "back@example.org", 0);
	t->changed = world_user(w, "changed@example.org", 0);
	password_set(w, t->changed.id, "the old password");
}

static void
after(struct world *w, struct things *t)
{
	struct visit by = w->owner;

	(void)world_token(w, false, true, &t->young);
	by.verb = VERB_REGISTRYTOKEN_DELETE;
	must(regtoken_remove(&by, LOCAL, t->gone.id), "token");
	must(regtoken_remove(&by, LOCAL, t->young.id), "young token");
	by.verb = VERB_APIKEY_DELETE;
	must(api_key_delete(&by, t->key.id), "key");
	by.verb = VERB_SESSION_END;
	must(session_end(&by, str_c(t->login.session)), "session");
	by.verb = VERB_USER_UPDATE;
	must(user_disable(&by, t->out.id, true), "out");
	must(user_disable(&by, t->back.id, true), "back");
	must(user_disable(&by, t->back.id, false), "back again");
	by.verb = VERB_NAMESPACE_DELETE;
	must(namespace_remove(&by, LOCAL, STR("birds")), "namespace");
	w->owner.verb = VERB_PASSWORD_SET;
	password_set(w, t->changed.id, "the new password");
}

static void
states_are(const struct seen *s, const struct things *t, int repeatable,
	   const char *when)
{
	is_int(state_of(s, "registrytoken.delete", t->gone.id.p), repeatable,
	       "%s: a token", when);
	is_int(state_of(s, "registrytoken.delete", t->young.id.p), SINCE_GONE,
	       "%s: one that the copy never had", when);
	is_int(state_of(s, "apikey.delete", t->key.id.p), repeatable,
	       "%s: an API key", when);
	is_int(state_of(s, "session.end", t->login.session), repeatable,
	       "%s: a session", when);
	is_int(state_of(s, "user.update", t->out.id.p), repeatable,
	       "%s: a disabled user", when);
	is_int(state_of(s, "user.update", t->back.id.p), SINCE_GONE,
	       "%s: one who is back", when);
	is_int(state_of(s, "password.set", t->changed.id.p), repeatable,
	       "%s: a password", when);
}

static int
proves(struct core *core, const char *user, struct str secret)
{
	struct proof proof = basic(user, secret);
	struct subject who;

	return gate_prove(core, &proof, &who);
}

static int64_t
without_password(struct world *copy, struct str id)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	must(db_view_begin(copy->core->db, &view), "view");
	return db_one(view, SQL_since_password, &rows, "s", id) == OUT_ABSENT;
}

static void
test_walk(struct world *copy, const char *later, const struct things *t)
{
	struct seen seen = {0};
	struct since_sum sum;
	struct note note = {0};
	struct user who;

	must(since_walk(copy->core, later, false, see, &seen, &sum, &note),
	     note.text);
	states_are(&seen, t, SINCE_LIVES, "listed");
	is_int(state_of(&seen, "namespace.delete", "birds"), SINCE_BY_HAND,
	       "a namespace is for people");
	is_int((int64_t)sum.repeated, 0, "nothing was repeated");
	is_int(proves(copy->core, "iamapikey", t->secret), 0,
	       "and the key opens the copy");

	seen.n = 0;
	must(since_walk(copy->core, later, true, see, &seen, &sum, &note),
	     note.text);
	states_are(&seen, t, SINCE_REPEATED, "repeated");
	is_int((int64_t)sum.repeated, 5, "five were");
	is_int((int64_t)sum.failed, 0, "none was refused");
	is_int(proves(copy->core, "iamapikey", t->secret), OUT_UNPROVEN,
	       "the key opens nothing");
	is_int(user_check_password(copy->core, STR("changed@example.org"),
				   STR("the old password"), &copy->arena, &who),
	       OUT_UNPROVEN, "nor does the old password");
	is_int(user_check_password(copy->core, STR("changed@example.org"),
				   STR("the new password"), &copy->arena, &who),
	       OUT_UNPROVEN, "and the new one is not taken over either");
	is_int(without_password(copy, t->changed.id), 1, "there is none");

	seen.n = 0;
	must(since_walk(copy->core, later, true, see, &seen, &sum, &note),
	     note.text);
	states_are(&seen, t, SINCE_GONE, "once more");
	is_int((int64_t)sum.repeated, 0, "nothing is left to be repeated");
}

static void
test_trail(struct world *copy)
{
	struct audit_filter f = {.verb = STR("apikey.delete")};
	struct audit_row *rows;
	int64_t count;
	struct note note = {0};
	size_t n;

	must(audit_list(copy->core, &f, &copy->arena, &rows, &n), "trail");
	is_int((int64_t)n, 1, "the copy's trail has it");
	if (n == 1)
		is_str(rows[0].addr, STR("restore"), "as what it is");
	is_int(audit_verify(copy->core, &count, &note), 0, "and holds");
}

static void
test_stranger(struct world *copy)
{
	struct world other;
	struct seen seen = {0};
	struct since_sum sum;
	struct note note = {0};

	world_make(&other);
	world_shut(&other);
	is_int(since_walk(copy->core, later_of(&other), true, see, &seen, &sum,
			  &note),
	       OUT_MISMATCH, "another installation's data: %s", note.text);
	is_int((int64_t)seen.n, 0, "of which nothing is said");
	world_end(&other);
}

int
main(void)
{
	struct world w, copy;
	struct things t;

	world_make(&w);
	before(&w, &t);
	world_shut(&w);
	copy = w;
	(void)snprintf(copy.dir, sizeof(copy.dir), "%.48s.copy", w.dir);
	folder_copy(w.dir, copy.dir);
	must(world_open(&w, false), "open again");
	after(&w, &t);
	world_shut(&w);

	arena_init(&copy.arena, 64 * MIB);
	must(world_open(&copy, false), "open the copy");
	test_walk(&copy, later_of(&w), &t);
	test_trail(&copy);
	test_stranger(&copy);
	world_end(&copy);
	world_end(&w);
	return done_testing();
}
