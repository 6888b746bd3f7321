/* Passwords of users: set, and compared. */
#include "core/account_inner.h"

#include "core/audit.h"
#include "core/sql.h"

#include <errno.h>

int
password_make(struct str password, char ret[PASSWD_HASH_LEN], struct note *note)
{
	int r = passwd_hash(password, ret);

	if (r == OUT_MALFORMED)
		return note_set(note, r, "a password has %d to %d bytes",
				PASSWD_MIN, PASSWD_MAX);
	return r;
}

/* What is stored for this address; nothing for nobody. The view is closed
 * again before the slow part. */
static int
password_of(struct core *core, struct str email, char hash[PASSWD_HASH_LEN],
	    char id[IDENTITY_ID_MAX + 1], int64_t *ret_version)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char key[EMAIL_MAX + 1];
	int r;

	hash[0] = id[0] = '\0';
	*ret_version = 0;
	if (email.n > EMAIL_MAX)
		return 0;
	text_lower(email, key);
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_identity_password, &rows, "s", str_c(key));
	if (r == OUT_ABSENT || (r == 0 && db_int(&rows, 1) != 0))
		return 0;
	if (r == 0)
		r = field_put(hash, PASSWD_HASH_LEN, db_str(&rows, 2));
	*ret_version = r == 0 ? db_int(&rows, 3) : 0;
	return r != 0 ? r
		      : field_put(id, IDENTITY_ID_MAX + 1, db_str(&rows, 0));
}

int
user_check_password(struct core *core, struct str email, struct str password,
		    struct arena *a, struct user *ret)
{
	char hash[PASSWD_HASH_LEN], id[IDENTITY_ID_MAX + 1];
	int64_t version;
	int r = password_of(core, email, hash, id, &version);

	if (r == 0)
		r = passwd_check(str_c(hash), password);
	mem_wipe(hash, sizeof(hash));
	if (r == 0)
		r = user_get(core, str_c(id), a, ret);
	/* Comparing takes a while: it may be the old one by now. */
	if (r == 0 && ret->version != version)
		return OUT_UNPROVEN;
	return r == OUT_ABSENT ? OUT_UNPROVEN : r;
}

/* --- set --- */

struct setting {
	const struct visit *by;
	struct str id, hash;
	struct note *note;
	bool self;
	int64_t version; /* of oneself when the old one was shown to be known */
};

static int
still_old(struct db_at *at, const struct setting *s)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_identity_by_id, &rows, "s", s->id);

	if (r != 0)
		return r;
	return db_int(&rows, 9) == s->version ? 0 : OUT_DENIED;
}

static int
set_write(struct db_at *at, void *arg)
{
	const struct setting *s = arg;
	struct thing thing = {.kind = THING_IDENTITY, .name = s->id};
	char text[AUDIT_THING_MAX];
	bool top = false;
	int r = 0;

	if (!s->self)
		r = user_may_give(at, s->by, "not your own password", s->note);
	if (r == 0)
		r = user_rank(at, s->by, s->id, &top);
	if (r == 0 && top && !s->self)
		r = OUT_DENIED;
	/* Comparing takes a while: it may be the old one no more. */
	if (r == 0 && s->self)
		r = still_old(at, s);
	if (r != 0)
		return r;
	r = FOLD(db_exec(at, SQL_identity_set_password, NULL, "ssi", s->id,
			 s->hash, s->by->at));
	/* Whoever got in with the old one is out. */
	if (r == 0)
		r = FOLD(
		    db_exec(at, SQL_identity_end_sessions, NULL, "s", s->id));
	if (r != 0)
		return r;
	gate_changed(at);
	return audit_change(at, s->by, audit_thing_text(&thing, text),
			    STR("{}"));
}

static int
wrong(const struct visit *by, struct note *note)
{
	gate_refused(by, OUT_DENIED);
	return note_set(note, OUT_DENIED, "that is not the current password");
}

/* As a login with that name, and counted with those: else whoever has a key of
 * somebody's could guess here. */
static int
compare(const struct visit *by, const struct user *u, struct str hash,
	struct password_ask *ask, struct note *note)
{
	struct str addr = str_c(by->who.addr);
	char name[EMAIL_MAX + 1];
	int r;

	text_lower(u->email, name);
	r = gate_throttle(by->core, addr, str_c(name), &ask->wait_s);
	if (r != 0)
		return r;
	r = passwd_check(hash, ask->current);
	if (r == OUT_UNPROVEN) {
		gate_throttle_fail(by->core, addr, str_c(name));
		return wrong(by, note);
	}
	if (r == 0)
		gate_throttle_ok(by->core, addr, str_c(name));
	return r;
}

/* Whatever opened this door may have been left lying about; who changes their
 * password and shuts themselves in with it shows that it is they. */
static int
self_check(struct setting *s, struct password_ask *ask, struct note *note)
{
	CLEAN(arena_clear) struct arena arena;
	char hash[PASSWD_HASH_LEN] = "", id[IDENTITY_ID_MAX + 1];
	struct user user;
	int r;

	arena_init(&arena, USER_ARENA_MAX);
	r = user_get(s->by->core, s->id, &arena, &user);
	if (r != 0)
		return r;
	s->version = user.version;
	if (user.email.n > 0)
		r = password_of(s->by->core, user.email, hash, id, &s->version);
	if (r != 0)
		return r;
	if (hash[0] == '\0' && ask->current.n > 0)
		return wrong(s->by, note);
	if (hash[0] == '\0')
		s->version = user.version;
	else if (ask->current.p == NULL)
		r = note_set(
		    note, OUT_MALFORMED,
		    "'current_password' is needed to change one's own");
	else
		r = compare(s->by, &user, str_c(hash), ask, note);
	mem_wipe(hash, sizeof(hash));
	return r;
}

int
user_set_password(const struct visit *by, struct str id,
		  struct password_ask *ask, struct note *note)
{
	struct setting s = {.by = by,
			    .id = id,
			    .note = note,
			    .self = str_eq(id, str_c(by->who.identity))};
	char hash[PASSWD_HASH_LEN];
	int r = 0;

	if (!s.self && ask->current.p != NULL)
		return note_set(note, OUT_MALFORMED,
				"'current_password' is for one's own only");
	if (s.self)
		r = self_check(&s, ask, note);
	if (r == 0)
		r = password_make(ask->password, hash, note);
	if (r != 0)
		return r;
	s.hash = str_c(hash);
	r = gate_write(by, set_write, &s);
	mem_wipe(hash, sizeof(hash));
	return r;
}
