#include "core/regtoken.h"

#include "base/clock.h"
#include "base/secret.h"
#include "core/account_inner.h"
#include "core/audit.h"
#include "core/cred_settle.h"
#include "core/rules.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "crypt/vault.h"
#include "db/db.h"
#include "wire/jwt.h"
#include "json/json.h"

#include <errno.h>

#define ISSUER_MAX 255

struct change {
	const struct visit *by;
	const struct regtoken_ask *ask;
	char id[UUID_LEN + 1];
	struct str region, one; /* what to remove: an id or a description */
	int64_t version, now, expires_at, n;
};

/*
 * An older client takes the value apart with plain base64, so the payload's
 * base64url may hold neither '-' nor '_'. In ASCII text only '>', '?', '~' and
 * DEL can give one of these: an id and a host name have none.
 */
static bool
issuer_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9')) &&
		    (c == '\0' || strchr("-.:[]_", c) == NULL))
			return false;
	}
	return s.n > 0 && s.n <= ISSUER_MAX;
}

/* The text of the claims is always the same for the same token: member by
 * member in this order, without blanks. */
static int
payload_write(const struct regtoken *t, struct buf *to)
{
	buf_addf(to, "{\"jti\":\"%.*s\",\"iss\":\"%.*s\"", STR_ARG(t->id),
		 STR_ARG(t->issuer));
	if (t->expires_at != 0)
		buf_addf(to, ",\"exp\":%lld",
			 (long long)(t->expires_at / SECOND_MS));
	buf_addc(to, '}');
	return buf_err(to) != 0 ? FAIL(buf_err(to)) : 0;
}

static int
value_write(struct core *core, const struct regtoken *t, struct buf *value)
{
	CLEAN(buf_clear) struct buf payload = BUF_INIT;
	uint8_t mac[VAULT_HS256_LEN];
	size_t start = value->n;
	int r = payload_write(t, &payload);

	if (r == 0)
		r = jwt_input(value, STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
			      buf_str(&payload));
	if (r == 0)
		r = vault_registry_sign(
		    core->vault, t->key_version,
		    str_sub(buf_str(value), start, value->n), mac);
	if (r == 0)
		r = jwt_seal(value, mac, sizeof(mac));
	mem_wipe(mac, sizeof(mac));
	return r;
}

static void
row_look(struct db_rows *rows, struct regtoken *ret)
{
	*ret = (struct regtoken){.id = db_str(rows, 0),
				 .account = db_str(rows, 1),
				 .region = db_str(rows, 2),
				 .description = db_str(rows, 3),
				 .issuer = db_str(rows, 4),
				 .created_by = db_str(rows, 5),
				 .may_write = db_int(rows, 6) != 0,
				 .key_version = db_int(rows, 7),
				 .created_at = db_int(rows, 8),
				 .expires_at = db_int(rows, 9),
				 .ends_at = db_int(rows, 10),
				 .replaces = db_str(rows, 11)};
}

static int
row_read(struct db_rows *rows, struct arena *a, struct regtoken *ret)
{
	struct str *const texts[] = {
	    &ret->id,	  &ret->account,    &ret->region,  &ret->description,
	    &ret->issuer, &ret->created_by, &ret->replaces};

	row_look(rows, ret);
	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, *texts[i]);
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	return 0;
}

static int
trail(struct db_at *at, const struct change *c, struct str id,
      const struct regtoken_ask *ask)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "region", c->region);
	if (ask != NULL) {
		jw_str(&w, "description", ask->description);
		jw_bool(&w, "may_write", ask->may_write);
		jw_bool(&w, "permanent", ask->permanent);
		if (ask->replaces.n > 0)
			jw_str(&w, "replaces", ask->replaces);
		if (ask->until != 0)
			jw_int(&w, "until", ask->until);
	}
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "token:%.*s", STR_ARG(id));
	return audit_change(at, c->by, str_c(thing), buf_str(&detail));
}

static int
room_for_one(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_regtoken_count, &rows, "ssi",
		       str_c(c->by->account), c->region, c->now);

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < REGTOKENS_MAX ? 0 : OUT_TOO_MANY;
}

static int
rules_check(struct db_at *at, const struct change *c)
{
	return rules_end(at, str_c(c->by->account), RULES_REGISTRY_TOKEN,
			 c->now, c->ask->permanent ? 0 : c->expires_at,
			 c->ask->note);
}

/* The one that goes is of the same account and region, and is alive. */
static int
rotate(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct regtoken_ask *ask = c->ask;
	int r;

	if (ask->replaces.n == 0)
		return 0;
	r = db_one(at, SQL_regtoken_get, &rows, "sssi", str_c(c->by->account),
		   c->region, ask->replaces, c->now);
	if (r == OUT_ABSENT)
		return note_set(ask->note, r,
				"The account has no such token here to "
				"replace.");
	if (r != 0 || ask->until == 0)
		return r;
	gate_changed(at);
	return FOLD(db_exec(at, SQL_regtoken_end, NULL, "si", ask->replaces,
			    ask->until));
}

static int
add_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	const struct regtoken_ask *ask = c->ask;
	bool settles = ask->replaces.n > 0 && ask->until == 0;
	int r = room_for_one(at, c);

	if (r == 0)
		r = rules_check(at, c);
	if (r == 0)
		r = rotate(at, c);
	if (r != 0)
		return r;
	r = FOLD(db_exec(at, SQL_regtoken_insert, NULL, "ssssisisiIS",
			 str_c(c->id), str_c(c->by->account), c->region,
			 ask->description, (int64_t)ask->may_write, ask->issuer,
			 c->version, str_c(c->by->who.identity), c->now,
			 ask->permanent ? NULL : &c->expires_at,
			 settles ? ask->replaces : STR_NONE));
	return r != 0 ? r : trail(at, c, str_c(c->id), ask);
}

int
regtoken_add(const struct visit *by, const struct regtoken_ask *ask,
	     struct arena *a, struct regtoken *ret, struct buf *value)
{
	struct core *core = by->core;
	struct change c = {.by = by,
			   .ask = ask,
			   .region = ask->region,
			   .now = clock_now(),
			   .version = vault_registry_version(core->vault)};
	struct regtoken token;
	int r;

	/* Claims count in whole seconds, so the stored end does as well. */
	c.expires_at = (c.now / SECOND_MS +
			(ask->life_s > 0 ? ask->life_s : REGTOKEN_LIFE_S)) *
		       SECOND_MS;
	if (ask->until != 0 && (ask->replaces.n == 0 || ask->until <= c.now))
		return note_set(ask->note, OUT_MALFORMED,
				"'until' is a moment to come and goes with the "
				"token that is replaced.");
	if (!issuer_ok(ask->issuer) ||
	    !text_ok(ask->description, REGTOKEN_DESCRIPTION_MAX, true) ||
	    core_region_by_name(core, ask->region) == NULL)
		return OUT_MALFORMED;
	r = rand_uuid(c.id);
	if (r == 0)
		r = gate_write(by, add_write, &c);
	if (r == 0)
		r = regtoken_get(core, str_c(by->account), ask->region,
				 str_c(c.id), a, &token);
	if (r == 0)
		r = value_write(core, &token, value);
	if (r == 0)
		*ret = token;
	return r;
}

int
regtoken_get(struct core *core, struct str account, struct str region,
	     struct str id, struct arena *a, struct regtoken *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct regtoken got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_regtoken_get, &rows, "sssi", account,
			   region, id, clock_now());
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

static int
reveal_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = db_one(at, SQL_regtoken_get, &rows, "sssi",
		       str_c(c->by->account), c->region, c->one, c->now);

	return r != 0 ? r : trail(at, c, c->one, NULL);
}

int
regtoken_reveal(const struct visit *by, const struct regtoken *t,
		struct buf *value)
{
	struct change c = {
	    .by = by, .region = t->region, .one = t->id, .now = clock_now()};
	int r = gate_write(by, reveal_write, &c);

	return r != 0 ? r : value_write(by->core, t, value);
}

int
regtoken_list(struct core *core, struct str account, struct str region,
	      struct arena *a, struct regtoken **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct regtoken *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, REGTOKENS_MAX * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_regtoken_list, &rows, "ssi", account, region,
		     clock_now());
	while (r == 0 && count < REGTOKENS_MAX && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

static int
remove_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	int64_t gone = 0;
	int r = cred_inherit(at, CRED_REGISTRY_TOKEN, c->one);

	if (r == 0)
		r = db_exec(at, SQL_regtoken_delete, &gone, "sssi",
			    str_c(c->by->account), c->region, c->one, c->now);
	if (r != 0)
		return FOLD(r);
	if (gone == 0)
		return OUT_ABSENT;
	gate_changed(at);
	return trail(at, c, c->one, NULL);
}

int
regtoken_remove(const struct visit *by, struct str region, struct str id)
{
	struct change c = {
	    .by = by, .region = region, .one = id, .now = clock_now()};

	return gate_write(by, remove_write, &c);
}

static int
remove_described_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct change *c = arg;
	struct str account = str_c(c->by->account);
	int r = db_query(at, SQL_regtoken_described, &rows, "sssi", account,
			 c->region, c->one, c->now);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = cred_inherit(at, CRED_REGISTRY_TOKEN, db_str(&rows, 0));
		if (r == 0)
			r = trail(at, c, db_str(&rows, 0), NULL);
	}
	if (r != OUT_ABSENT)
		return r;
	gate_changed(at);
	return FOLD(db_exec(at, SQL_regtoken_delete_described, &c->n, "sssi",
			    account, c->region, c->one, c->now));
}

int
regtoken_remove_described(const struct visit *by, struct str region,
			  struct str description, int64_t *n)
{
	struct change c = {
	    .by = by, .region = region, .one = description, .now = clock_now()};
	int r = gate_write(by, remove_described_write, &c);

	if (r == 0)
		*n = c.n;
	return r;
}

static int
claimed_row(struct db_at *at, struct str value, struct db_rows *rows)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	struct str id;
	int r = jwt_parse(value, &jwt);

	if (r == 0) {
		id = json_text(jwt.payload, "jti");
		r = id.n == UUID_LEN
			? db_one(at, SQL_regtoken_claims, rows, "s", id)
			: OUT_ABSENT;
	}
	return r == OUT_MALFORMED || r == OUT_ABSENT ? OUT_UNPROVEN : r;
}

/*
 * The id inside says which token it claims to be; then the whole value must be
 * what we would hand out for that one, byte for byte. So nothing of the header
 * or of the other claims is ever believed.
 */
int
regtoken_prove(struct core *core, struct db_at *at, struct str value,
	       char ret_id[CRED_ID_MAX + 1])
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf ours = BUF_INIT;
	struct regtoken token;
	int r = claimed_row(at, value, &rows);

	if (r != 0)
		return r;
	row_look(&rows, &token);
	r = value_write(core, &token, &ours);
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	if (!mem_equal(buf_str(&ours), value))
		return OUT_UNPROVEN;
	return field_put(ret_id, CRED_ID_MAX + 1, token.id);
}
