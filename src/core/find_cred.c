#include "core/find_inner.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/regtoken.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "crypt/vault.h"
#include "wire/jwt.h"
#include "json/json.h"

#include <errno.h>

static const char *const names[] = {
    [FOUND_API_KEY] = "api-key",
    [FOUND_SESSION] = "session",
    [FOUND_ACCESS_TOKEN] = "access-token",
    [FOUND_REGISTRY_TOKEN] = "registry-token",
    [FOUND_IDENTITY_TOKEN] = "identity-token",
    [FOUND_USER_KEY] = "ssh-key",
    [FOUND_ACCESS_KEY] = "access-key",
    [FOUND_KEY_PAIR] = "key-pair",
    [FOUND_MACHINE] = "machine",
    [FOUND_SEED] = "seed",
    [FOUND_USER] = "user",
    [FOUND_SERVICE_ID] = "service-id",
    [FOUND_POLICY] = "policy",
    [FOUND_GROUP] = "group",
    [FOUND_INVITATION] = "invitation",
};
_Static_assert(nitems(names) == FOUND_KINDS, "each kind has a name");

const char *
found_kind_name(enum found_kind kind)
{
	return names[kind];
}

static const struct {
	enum thing_kind thing, other;
	enum cred_kind cred; /* NONE: its row says all */
} kinds[] = {
    [FOUND_API_KEY] = {THING_IDENTITY, THING_IDENTITY, CRED_API_KEY},
    [FOUND_SESSION] = {THING_IDENTITY, THING_IDENTITY, CRED_SESSION},
    [FOUND_ACCESS_TOKEN] = {THING_IDENTITY, THING_IDENTITY, CRED_NONE},
    [FOUND_REGISTRY_TOKEN] = {THING_TOKEN, THING_TOKEN, CRED_REGISTRY_TOKEN},
    [FOUND_IDENTITY_TOKEN] = {THING_IDENTITY, THING_TOKEN, CRED_IDENTITY_TOKEN},
    [FOUND_USER_KEY] = {THING_IDENTITY, THING_IDENTITY, CRED_USER_KEY},
    [FOUND_ACCESS_KEY] = {THING_GITREPO, THING_PROJECT, CRED_ACCESS_KEY},
    [FOUND_KEY_PAIR] = {THING_KEYPAIR, THING_KEYPAIR, CRED_NONE},
    [FOUND_MACHINE] = {THING_SERVER, THING_SERVER, CRED_MACHINE},
    [FOUND_SEED] = {THING_SERVER, THING_SERVER, CRED_SEED},
    [FOUND_USER] = {THING_IDENTITY, THING_IDENTITY, CRED_NONE},
    [FOUND_SERVICE_ID] = {THING_IDENTITY, THING_IDENTITY, CRED_NONE},
    [FOUND_POLICY] = {THING_ACCOUNT, THING_ACCOUNT, CRED_NONE},
    [FOUND_GROUP] = {THING_GROUP, THING_GROUP, CRED_NONE},
    [FOUND_INVITATION] = {THING_IDENTITY, THING_IDENTITY, CRED_NONE},
};
_Static_assert(nitems(kinds) == FOUND_KINDS, "each kind is about something");

enum cred_kind
found_cred_kind(enum found_kind kind)
{
	return kinds[kind].cred;
}

/* --- rows --- */

static bool
is_live(struct finding *f, const struct found_cred *c)
{
	struct subject who;

	if (c->expires_at != 0 && c->expires_at <= clock_now())
		return false;
	return kinds[c->kind].cred == CRED_NONE ||
	       cred_load(f->core, f->at, kinds[c->kind].cred, c->id, &who) == 0;
}

int
find_row(struct finding *f, enum found_kind kind, struct db_rows *rows,
	 bool value)
{
	struct found_cred *c = &f->list[f->n];
	bool other = db_int(rows, 9) != 0;
	struct str *const texts[] = {&c->id, &c->account, &c->identity,
				     &c->place, &c->name};

	*c = (struct found_cred){.kind = kind, .value = value};
	if (kind == FOUND_USER && other)
		c->kind = FOUND_SERVICE_ID;
	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(f->arena, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	c->expires_at = db_int(rows, 5);
	c->thing.kind = other ? kinds[kind].other : kinds[kind].thing;
	c->thing.account = c->account;
	c->thing.name = arena_str(f->arena, db_str(rows, 7));
	c->thing.region = arena_str(f->arena, db_str(rows, 8));
	if (c->thing.name.p == NULL || c->thing.region.p == NULL)
		return FAIL(-ENOMEM);
	c->live = db_int(rows, 6) != 0 && is_live(f, c);
	f->n++;
	return 0;
}

int
find_row_named(struct finding *f, struct db_rows *rows)
{
	static const enum found_kind lasting[] = {
	    FOUND_API_KEY, FOUND_REGISTRY_TOKEN, FOUND_USER_KEY,
	    FOUND_ACCESS_KEY};
	struct str kind = db_str(rows, 10);

	f->n = 0;
	for (size_t i = 0; i < nitems(lasting); i++)
		if (str_eq(kind, str_c(names[lasting[i]])))
			return find_row(f, lasting[i], rows, false);
	return FAIL(-EUCLEAN);
}

static int
rows_take(struct finding *f, enum found_kind kind, struct db_rows *rows,
	  bool value)
{
	int r = 0;

	while (r == 0 && (r = db_next(rows)) == 0) {
		if (f->n == FIND_CRED_MAX)
			return note_set(f->note, 0,
					"it means more than these %d things",
					FIND_CRED_MAX);
		r = find_row(f, kind, rows, value);
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
find_by_id(struct finding *f, enum found_kind kind, int sql, struct str id,
	   bool value)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(f->at, sql, &rows, "s", id);

	return r != 0 ? r : rows_take(f, kind, &rows, value);
}

int
find_by_digest(struct finding *f, enum found_kind kind, int sql,
	       struct str digest, bool value)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(f->at, sql, &rows, "b", digest);

	return r != 0 ? r : rows_take(f, kind, &rows, value);
}

/* --- values --- */

static int
find_secret(struct finding *f)
{
	static const struct {
		enum found_kind kind;
		int sql;
	} tables[] = {
	    {FOUND_API_KEY, SQL_found_api_key_by_digest},
	    {FOUND_SESSION, SQL_found_refresh_token},
	    {FOUND_SESSION, SQL_found_cookie},
	    {FOUND_SESSION, SQL_found_passcode},
	    {FOUND_IDENTITY_TOKEN, SQL_found_identity_token_by_digest},
	    {FOUND_MACHINE, SQL_found_machine_by_digest},
	    {FOUND_SEED, SQL_found_seed_by_digest},
	    {FOUND_INVITATION, SQL_found_invitation_by_digest},
	};
	uint8_t digest[VAULT_DIGEST_LEN];
	int r = vault_digest(f->core->vault, f->what, digest);

	for (size_t i = 0; r == 0 && i < nitems(tables); i++)
		r = find_by_digest(
		    f, tables[i].kind, tables[i].sql,
		    (struct str){(const char *)digest, sizeof(digest)}, true);
	mem_wipe(digest, sizeof(digest));
	return r;
}

/* An access token that has only its key behind it ends by its own number. */
static int
token_take(struct finding *f, const struct access *access, struct str jti)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct found_cred *c = &f->list[f->n];
	struct subject who;
	int r = db_one(f->at, SQL_found_access_token_ended, &rows, "s", jti);
	bool ended = r == 0;

	if (r != 0 && r != OUT_ABSENT)
		return r;
	r = cred_load(f->core, f->at, access->cred, str_c(access->cred_id),
		      &who);
	if (r < 0)
		return r;
	*c = (struct found_cred){
	    .kind = FOUND_ACCESS_TOKEN,
	    .id = arena_str(f->arena, jti),
	    .account = arena_str(f->arena, str_c(access->account)),
	    .identity = arena_str(f->arena, str_c(access->identity)),
	    .name = arena_str(f->arena, str_c(access->cred_id)),
	    .expires_at = access->expires_at,
	    .value = true,
	    .live = r == 0 && !ended};
	if (c->id.p == NULL || c->account.p == NULL || c->identity.p == NULL ||
	    c->name.p == NULL)
		return FAIL(-ENOMEM);
	c->thing = (struct thing){
	    .kind = THING_IDENTITY, .account = c->account, .name = c->identity};
	f->n++;
	return 0;
}

static int
find_access(struct finding *f)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	struct access access;
	int r = access_read(f->core, f->what, &access);

	if (r == OUT_UNPROVEN)
		return OUT_ABSENT;
	if (r == OUT_EXPIRED)
		return note_set(f->note, OUT_ABSENT,
				"that access token is past its end");
	if (r == 0)
		r = jwt_parse(f->what, &jwt);
	if (r != 0)
		return FOLD(r);
	if (access.cred == CRED_SESSION)
		return find_by_id(f, FOUND_SESSION, SQL_found_session,
				  str_c(access.cred_id), true);
	return token_take(f, &access, json_text(jwt.payload, "jti"));
}

static int
find_registry_token(struct finding *f)
{
	char id[CRED_ID_MAX + 1];
	int r = regtoken_prove(f->core, f->at, f->what, id);

	if (r != 0)
		return r == OUT_UNPROVEN ? OUT_ABSENT : r;
	return find_by_id(f, FOUND_REGISTRY_TOKEN, SQL_found_registry_token,
			  str_c(id), true);
}

/* Who has a bearer has not what it was made from. */
static int
find_bearer(struct finding *f)
{
	CLEAN(proven_unrefp) struct proven *proven = NULL;
	struct subject known = {.cred = CRED_NONE};
	int r = bearer_read(f->core, f->at, f->what, &proven, &known);

	if (r < 0)
		return r;
	if (proven != NULL)
		known = proven->who;
	if (known.cred == CRED_NONE)
		return OUT_ABSENT;
	(void)note_set(f->note, 0,
		       "a bearer of the registry ends within %d s and has "
		       "nothing of its own to end: what it was made from can "
		       "be ended",
		       BEARER_LIFE_S);
	return find_cred_word(f, known.cred, str_c(known.cred_id));
}

static int
find_jwt(struct finding *f)
{
	int r = find_access(f);

	if (r == OUT_ABSENT)
		r = find_registry_token(f);
	if (r == OUT_ABSENT)
		r = find_bearer(f);
	return r == OUT_ABSENT ? 0 : r;
}

static bool
is_jwt(struct str s)
{
	struct str head, rest, mid, tail;

	return str_starts(s, STR("eyJ")) && str_cut(s, '.', &head, &rest) &&
	       str_cut(rest, '.', &mid, &tail);
}

/* --- all of it --- */

static int
find_any(struct finding *f)
{
	enum cred_kind kind;
	char id[CRED_ID_MAX + 1];
	int r;

	if (cred_word_parse(f->what, &kind, id) == 0)
		return find_cred_word(f, kind, str_c(id));
	if (is_jwt(f->what))
		return find_jwt(f);
	if (find_is_key(f->what))
		return find_key(f);
	r = find_print(f);
	if (r == 0)
		r = find_id(f);
	/* A value may be one that somebody chose: no form tells. */
	if (r == 0 && f->what.n <= SECRET_MAX)
		r = find_secret(f);
	return r;
}

static struct str
trimmed(struct str s)
{
	static const struct str word = STR_INIT("Bearer ");

	while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL)
		s = str_sub(s, 1, s.n);
	while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s = str_sub(s, 0, s.n - 1);
	return s.n > word.n && str_eq_nocase(str_sub(s, 0, word.n), word)
		   ? str_sub(s, word.n, s.n)
		   : s;
}

int
find_cred(struct core *core, struct str what, struct arena *a,
	  struct found_cred **ret, size_t *n, struct note *note)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct finding f = {
	    .core = core, .what = trimmed(what), .arena = a, .note = note};
	int r;

	if (f.what.n == 0 || what.n > FIND_WHAT_MAX ||
	    memchr(f.what.p, '\0', f.what.n) != NULL)
		return note_set(note, OUT_MALFORMED,
				"not a value, fingerprint, key or id of at "
				"most %d bytes",
				FIND_WHAT_MAX);
	f.list = arena_get(a, FIND_CRED_MAX * sizeof(*f.list));
	if (f.list == NULL)
		return FAIL(-ENOMEM);
	r = db_view_begin(core->db, &view);
	if (r != 0)
		return r;
	f.at = view;
	r = find_any(&f);
	if (r != 0)
		return r;
	if (f.n == 0)
		return OUT_ABSENT;
	*ret = f.list;
	*n = f.n;
	return 0;
}
