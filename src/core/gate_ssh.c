/*
 * Public keys of SSH as credentials: whose one is, and what it opens at a
 * repository. A key is found by the digest of its blob in as many steps
 * whoever it belongs to, and if it belongs to nobody.
 */
#include "core/gate_inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/sql.h"
#include "crypt/digest.h"
#include "wire/cidr.h"
#include "wire/sshkey.h"

/* Base64 of a digest without its padding: what "SHA256:" stands before. */
#define PRINT_LEN (SSHKEY_SHA256_LEN - 7)

static int
print_of(const uint8_t digest[SHA256_LEN], char ret[PRINT_LEN + 1])
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r = enc_b64(&text, (struct str){(const char *)digest, SHA256_LEN});

	return r != 0 ? r
		      : field_put(ret, PRINT_LEN + 1,
				  str_sub(buf_str(&text), 0, PRINT_LEN));
}

static int
print_read(struct str print, uint8_t ret[SHA256_LEN])
{
	CLEAN(buf_clear) struct buf text = BUF_INIT, bytes = BUF_INIT;
	int r;

	buf_addstr(&text, print);
	buf_adds(&text, "=");
	r = buf_err(&text) != 0 ? FAIL(buf_err(&text))
				: dec_b64(&bytes, buf_str(&text));
	if (r == 0 && bytes.n != SHA256_LEN)
		r = OUT_MALFORMED;
	if (r != 0)
		return r == OUT_MALFORMED ? OUT_UNPROVEN : r;
	memcpy(ret, bytes.p, SHA256_LEN);
	return 0;
}

static bool
is_print(const struct subject *who)
{
	return strlen(who->cred_id) == PRINT_LEN;
}

static int64_t
end_of(struct db_rows *rows, int col)
{
	return db_null(rows, col) ? INT64_MAX : db_int(rows, col);
}

int
gate_ssh_load(struct core *core, struct db_at *at, struct str blob,
	      struct subject *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[SHA256_LEN];
	char print[PRINT_LEN + 1];
	int r;

	*ret = (struct subject){.cred = CRED_NONE};
	if (blob.n == 0 || blob.n > SSHKEY_BLOB_MAX)
		return OUT_UNPROVEN;
	r = digest_sha256(blob, digest);
	if (r == 0)
		r = print_of(digest, print);
	if (r != 0)
		return r;
	r = db_one(at, SQL_cred_public_key, &rows, "b",
		   (struct str){(char *)digest, sizeof(digest)});
	if (r != 0 && r != OUT_ABSENT)
		return r;
	if (r == 0 && str_eq(db_str(&rows, 0), STR("access")))
		return cred_load(core, at, CRED_ACCESS_KEY, str_c(print), ret);
	/* One that nobody knows is looked for as if it were a person's. */
	if (r == 0)
		return cred_load(core, at, CRED_USER_KEY, db_str(&rows, 1),
				 ret);
	r = cred_load(core, at, CRED_USER_KEY, str_c(print), ret);
	*ret = (struct subject){.cred = CRED_NONE};
	return r == 0 ? OUT_UNPROVEN : r;
}

int
gate_offered(struct core *core, struct str blob)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct subject who;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = gate_ssh_load(core, view, blob, &who);
	return r == OUT_EXPIRED ? OUT_UNPROVEN : r;
}

/* While it stands anywhere it is somebody; when that ends is each row's. */
static int
load_print(struct db_at *at, const struct subject *s)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[SHA256_LEN];
	struct str key = {(char *)digest, sizeof(digest)};
	int r = print_read(str_c(s->cred_id), digest);

	if (r == 0)
		r = db_one(at, SQL_cred_access_key_alive, &rows, "bi", key,
			   clock_now());
	if (r != OUT_ABSENT)
		return r;
	db_rows_clear(&rows);
	r = db_one(at, SQL_cred_access_key_any, &rows, "b", key);
	if (r == OUT_ABSENT)
		return OUT_UNPROVEN;
	return r == 0 ? OUT_EXPIRED : r;
}

static int
row_id(const struct subject *s, int64_t *ret)
{
	uint64_t id = 0;

	if (str_u64(str_c(s->cred_id), INT64_MAX, &id) != 0)
		return OUT_UNPROVEN;
	*ret = (int64_t)id;
	return 0;
}

int
gate_ssh_load_access(struct db_at *at, struct subject *s)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t id;
	int r;

	if (is_print(s))
		return load_print(at, s);
	r = row_id(s, &id);
	if (r == 0)
		r = db_one(at, SQL_cred_access_key, &rows, "i", id);
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	s->expires_at = end_of(&rows, 1);
	return FIELD_PUT(s->account, db_str(&rows, 0));
}

/* The row that sql finds, if it opens anything now, for who asks. */
static int
stand_take(struct db_rows *rows, struct subject *who, bool *ret_settle)
{
	char id[CRED_ID_MAX + 1];
	int r;

	if (end_of(rows, 2) <= clock_now() ||
	    !cidr_list_has(db_str(rows, 3), str_c(who->addr)))
		return OUT_ABSENT;
	r = FIELD_PUT(who->account, db_str(rows, 1));
	if (r != 0)
		return r;
	(void)snprintf(id, sizeof(id), "%lld", (long long)db_int(rows, 0));
	memcpy(who->cred_id, id, sizeof(id));
	who->expires_at = end_of(rows, 2);
	*ret_settle = !db_null(rows, 4);
	return 0;
}

static int
stand_by_digest(struct db_at *at, struct subject *who, const struct found *f,
		bool *ret_settle)
{
	const struct {
		int sql;
		const char *place;
	} ways[] = {{SQL_stand_on_repo, f->id},
		    {SQL_stand_on_project, f->project}};
	uint8_t digest[SHA256_LEN];
	int r = print_read(str_c(who->cred_id), digest);

	if (r != 0)
		return r == OUT_UNPROVEN ? OUT_ABSENT : r;
	r = OUT_ABSENT;
	for (size_t i = 0; r == OUT_ABSENT && i < nitems(ways); i++) {
		CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

		r = db_one(at, ways[i].sql, &rows, "sb", str_c(ways[i].place),
			   (struct str){(char *)digest, sizeof(digest)});
		if (r == 0)
			r = stand_take(&rows, who, ret_settle);
	}
	return r;
}

int
gate_ssh_stand(struct db_at *at, struct subject *who, const struct found *f,
	       bool *ret_settle)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t id;
	int r;

	if (is_print(who))
		return stand_by_digest(at, who, f, ret_settle);
	if (row_id(who, &id) != 0)
		return OUT_ABSENT;
	r = db_one(at, SQL_stand_of_row, &rows, "iss", id, str_c(f->id),
		   str_c(f->project));
	return r != 0 ? r : stand_take(&rows, who, ret_settle);
}

int
gate_ssh_join(struct db_at *at, struct subject *who, const char *account)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str identity = str_c(who->identity);
	int r =
	    db_one(at, SQL_join_account, &rows, "ss", str_c(account), identity);
	bool owner;

	if (r != 0)
		return r;
	owner = str_eq(db_str(&rows, 0), identity);
	if (!owner && db_null(&rows, 2) &&
	    !str_eq(db_str(&rows, 1), str_c(account)))
		return OUT_ABSENT;
	who->owner = owner;
	return FIELD_PUT(who->account, str_c(account));
}
