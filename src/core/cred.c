#include "core/gate_inner.h"

#include "base/clock.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>

static const char *const kind_names[] = {
    [CRED_NONE] = "none",
    [CRED_API_KEY] = "api-key",
    [CRED_SESSION] = "session",
    [CRED_REGISTRY_TOKEN] = "registry-token",
    [CRED_IDENTITY_TOKEN] = "identity-token",
    [CRED_USER_KEY] = "ssh-key",
    [CRED_ACCESS_KEY] = "access-key",
    [CRED_SEED] = "seed",
    [CRED_MACHINE] = "machine",
};
_Static_assert(nitems(kind_names) == CRED_KINDS, "each kind has a name");

const char *
cred_kind_name(enum cred_kind kind)
{
	return kind < CRED_KINDS ? kind_names[kind] : "none";
}

void
cred_word(enum cred_kind kind, const char *id, char ret[CRED_WORD_MAX])
{
	if (kind == CRED_NONE)
		ret[0] = '\0';
	else
		(void)snprintf(ret, CRED_WORD_MAX, "%s:%s",
			       cred_kind_name(kind), id);
}

int
cred_word_parse(struct str s, enum cred_kind *ret_kind,
		char ret_id[CRED_ID_MAX + 1])
{
	struct str name, id;

	if (!str_cut(s, ':', &name, &id) || id.n == 0 || id.n > CRED_ID_MAX)
		return OUT_MALFORMED;
	for (int kind = CRED_NONE + 1; kind < CRED_KINDS; kind++) {
		if (!str_eq(name, str_c(kind_names[kind])))
			continue;
		*ret_kind = (enum cred_kind)kind;
		return field_put(ret_id, CRED_ID_MAX + 1, id);
	}
	return OUT_MALFORMED;
}

int
field_put(char *to, size_t size, struct str s)
{
	if (s.n >= size)
		return FAIL(-EUCLEAN);
	if (s.n > 0)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
	return 0;
}

void
field_cut(char *to, size_t size, struct str s)
{
	s = str_sub(s, 0, size - 1);
	if (s.n > 0)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

static int64_t
end_of(struct db_rows *rows, int col)
{
	return db_null(rows, col) ? INT64_MAX : db_int(rows, col);
}

/* All queries have the same columns: account, identity, disabled, end,
 * identity disabled, operator, owner of the account, belongs to it, replaces.
 */
static int
load_personal(struct db_at *at, int sql, struct subject *s)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, sql, &rows, "s", str_c(s->cred_id));

	if (r == OUT_ABSENT)
		return OUT_UNPROVEN;
	if (r == 0)
		r = FIELD_PUT(s->account, db_str(&rows, 0));
	if (r == 0)
		r = FIELD_PUT(s->identity, db_str(&rows, 1));
	if (r != 0)
		return r;
	s->expires_at = end_of(&rows, 3);
	s->server = db_int(&rows, 5) != 0;
	s->owner = str_eq(db_str(&rows, 6), str_c(s->identity));
	s->replaces = !db_null(&rows, 8);
	return db_int(&rows, 2) != 0 || db_int(&rows, 4) != 0 ||
		       db_int(&rows, 7) == 0
		   ? OUT_UNPROVEN
		   : 0;
}

static int
load_registry_token(struct db_at *at, struct subject *s)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r =
	    db_one(at, SQL_cred_registry_token, &rows, "s", str_c(s->cred_id));

	if (r == OUT_ABSENT)
		return OUT_UNPROVEN;
	if (r == 0)
		r = FIELD_PUT(s->account, db_str(&rows, 0));
	if (r == 0)
		r = FIELD_PUT(s->region, db_str(&rows, 1));
	if (r != 0)
		return r;
	s->may_write = db_int(&rows, 2) != 0;
	s->expires_at = end_of(&rows, 3);
	s->replaces = !db_null(&rows, 4);
	return 0;
}

/* A machine is of one server and is nobody. That its first boot is over takes
 * nothing from a seed: what it may still do then is the server's to say. */
static int
load_machine(struct db_at *at, int sql, struct subject *s)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, sql, &rows, "s", str_c(s->cred_id));

	if (r == OUT_ABSENT)
		return OUT_UNPROVEN;
	if (r == 0)
		r = FIELD_PUT(s->account, db_str(&rows, 0));
	if (r == 0)
		r = FIELD_PUT(s->machine, db_str(&rows, 1));
	if (r == 0)
		s->expires_at = end_of(&rows, 2);
	return r;
}

static int load_any(struct db_at *, struct subject *);

/* An identity token lives no longer than the credential it hangs on, nor than
 * the access token it was made from, and may what that one may, in its own
 * region. */
static int
load_identity_token(struct db_at *at, struct subject *s)
{
	static const enum cred_kind parents[] = {CRED_API_KEY, CRED_SESSION,
						 CRED_REGISTRY_TOKEN};
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct subject parent = {.cred = CRED_NONE};
	int r =
	    db_one(at, SQL_cred_identity_token, &rows, "s", str_c(s->cred_id));

	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	for (size_t i = 0; i < nitems(parents); i++) {
		if (db_null(&rows, (int)i))
			continue;
		parent.cred = parents[i];
		r = FIELD_PUT(parent.cred_id, db_str(&rows, (int)i));
	}
	if (r == 0)
		r = load_any(at, &parent);
	if (r == 0 && !db_null(&rows, 5))
		r = cred_jti(at, db_str(&rows, 5), &parent);
	if (r < 0)
		return r;
	memcpy(parent.cred_id, s->cred_id, sizeof(parent.cred_id));
	parent.cred = s->cred;
	/* The parent was used when this was made. */
	parent.replaces = false;
	if (parent.region[0] == '\0' && r == 0)
		r = FIELD_PUT(parent.region, db_str(&rows, 3));
	if (db_int(&rows, 4) < parent.expires_at)
		parent.expires_at = db_int(&rows, 4);
	*s = parent;
	return r;
}

static int
load_any(struct db_at *at, struct subject *s)
{
	switch (s->cred) {
	case CRED_API_KEY:
		return load_personal(at, SQL_cred_api_key, s);
	case CRED_SESSION:
		return load_personal(at, SQL_cred_session, s);
	case CRED_REGISTRY_TOKEN:
		return load_registry_token(at, s);
	case CRED_IDENTITY_TOKEN:
		return load_identity_token(at, s);
	case CRED_USER_KEY:
		return load_personal(at, SQL_cred_user_key, s);
	case CRED_ACCESS_KEY:
		return gate_ssh_load_access(at, s);
	case CRED_SEED:
		return load_machine(at, SQL_cred_seed, s);
	case CRED_MACHINE:
		return load_machine(at, SQL_cred_machine, s);
	case CRED_NONE:
	case CRED_KINDS:
		break;
	}
	return OUT_UNPROVEN;
}

int
cred_jti(struct db_at *at, struct str jti, struct subject *who)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_ended_token_get, &rows, "s", jti);

	if (r == 0 || jti.n > CRED_ID_MAX)
		return OUT_UNPROVEN;
	return r == OUT_ABSENT ? FIELD_PUT(who->jti, jti) : r;
}

int
cred_load(struct core *core, struct db_at *at, enum cred_kind kind,
	  struct str id, struct subject *ret)
{
	int r;

	(void)core;
	*ret = (struct subject){.cred = kind, .expires_at = INT64_MAX};
	if (FIELD_PUT(ret->cred_id, id) != 0)
		return OUT_UNPROVEN;
	r = load_any(at, ret);
	if (r == 0 && ret->expires_at <= clock_now())
		return OUT_EXPIRED;
	return r;
}
