/*
 * What an id, a public key or a fingerprint stands for.
 */
#include "core/find_inner.h"

#include "core/service_id.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "wire/sshkey.h"

#define HEX_ID_LEN 32

int
find_cred_word(struct finding *f, enum cred_kind kind, struct str id)
{
	switch (kind) {
	case CRED_API_KEY:
		return find_by_id(f, FOUND_API_KEY, SQL_found_api_key, id,
				  false);
	case CRED_SESSION:
		return find_by_id(f, FOUND_SESSION, SQL_found_session, id,
				  false);
	case CRED_REGISTRY_TOKEN:
		return find_by_id(f, FOUND_REGISTRY_TOKEN,
				  SQL_found_registry_token, id, false);
	case CRED_IDENTITY_TOKEN:
		return find_by_id(f, FOUND_IDENTITY_TOKEN,
				  SQL_found_identity_token, id, false);
	case CRED_USER_KEY:
		return find_by_id(f, FOUND_USER_KEY, SQL_found_user_key, id,
				  false);
	case CRED_ACCESS_KEY:
		return find_by_id(f, FOUND_ACCESS_KEY, SQL_found_access_key, id,
				  false);
	case CRED_SEED:
		return find_by_id(f, FOUND_SEED, SQL_found_seed, id, false);
	case CRED_MACHINE:
		return find_by_id(f, FOUND_MACHINE, SQL_found_machine, id,
				  false);
	case CRED_NONE:
	case CRED_KINDS:
		break;
	}
	return 0;
}

struct table {
	enum found_kind kind;
	int sql;
};

static int
find_in(struct finding *f, const struct table *tables, size_t n, struct str id)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = find_by_id(f, tables[i].kind, tables[i].sql, id, false);
	return r;
}

/* Most ids are a uuid and say no more than that. */
static int
find_uuid(struct finding *f)
{
	static const struct table tables[] = {
	    {FOUND_REGISTRY_TOKEN, SQL_found_registry_token},
	    {FOUND_IDENTITY_TOKEN, SQL_found_identity_token},
	    {FOUND_USER_KEY, SQL_found_user_key},
	    {FOUND_POLICY, SQL_found_policy},
	    {FOUND_INVITATION, SQL_found_invitation},
	};

	return find_in(f, tables, nitems(tables), f->what);
}

static int
find_hex(struct finding *f)
{
	static const struct table tables[] = {
	    {FOUND_KEY_PAIR, SQL_found_key_pair},
	    {FOUND_MACHINE, SQL_found_machine},
	    {FOUND_SEED, SQL_found_seed},
	};

	return find_in(f, tables, nitems(tables), f->what);
}

static int
find_identity(struct finding *f)
{
	char iam[IDENTITY_ID_MAX + 1];
	struct str id = f->what;

	if (str_starts(id, STR("ServiceId-"))) {
		if (id.n > IDENTITY_ID_MAX - 4)
			return 0;
		(void)snprintf(iam, sizeof(iam), "iam-%.*s", STR_ARG(id));
		id = str_c(iam);
	}
	return find_by_id(f, FOUND_USER, SQL_found_identity, id, false);
}

static bool
is_uuid(struct str s)
{
	for (size_t i = 0; i < s.n && s.n == UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.p[i] != '-'
			 : strchr("0123456789abcdef", s.p[i]) == NULL)
			return false;
	}
	return s.n == UUID_LEN;
}

static bool
is_made_of(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(set, s.p[i]) == NULL)
			return false;
	return true;
}

int
find_id(struct finding *f)
{
	uint64_t number;

	if (is_uuid(f->what))
		return find_uuid(f);
	if (f->what.n == HEX_ID_LEN && is_made_of(f->what, "0123456789abcdef"))
		return find_hex(f);
	if (str_starts(f->what, STR("ApiKey-")))
		return find_cred_word(f, CRED_API_KEY, f->what);
	if (str_starts(f->what, STR("C-")))
		return find_cred_word(f, CRED_SESSION, f->what);
	if (str_starts(f->what, STR("AccessGroupId-")))
		return find_by_id(f, FOUND_GROUP, SQL_found_group, f->what,
				  false);
	if (str_starts(f->what, STR("iam-ServiceId-")) ||
	    str_starts(f->what, STR("ServiceId-")) ||
	    str_starts(f->what, STR("IBMid-")))
		return find_identity(f);
	if (str_u64(f->what, INT64_MAX, &number) == 0)
		return find_cred_word(f, CRED_ACCESS_KEY, f->what);
	return 0;
}

/* --- public keys --- */

static int
find_public(struct finding *f, struct str digest)
{
	int r = find_by_digest(f, FOUND_USER_KEY, SQL_found_user_key_by_digest,
			       digest, false);

	if (r == 0)
		r = find_by_digest(f, FOUND_ACCESS_KEY,
				   SQL_found_access_key_by_digest, digest,
				   false);
	if (r == 0)
		r = find_by_digest(f, FOUND_KEY_PAIR,
				   SQL_found_key_pair_by_digest, digest, false);
	return r;
}

bool
find_is_key(struct str s)
{
	static const struct str heads[] = {
	    STR_INIT("ssh-"),	    STR_INIT("ecdsa-sha2-"),
	    STR_INIT("sk-ssh-"),    STR_INIT("sk-ecdsa-"),
	    STR_INIT("-----BEGIN"), STR_INIT("---- BEGIN")};

	for (size_t i = 0; i < nitems(heads); i++)
		if (str_starts(s, heads[i]))
			return !str_starts(s, STR("ssh-key:"));
	return false;
}

int
find_key(struct finding *f)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	enum sshkey_why why = SSHKEY_FINE;
	struct sshkey key;
	int r = sshkey_join(f->what, &line);

	if (r == 0)
		r = sshkey_parse(buf_str(&line), &key, &why);
	if (r > 0)
		return note_set(f->note, OUT_MALFORMED, "%s",
				sshkey_why_text(why));
	if (r != 0)
		return r;
	return find_public(f,
			   (struct str){(const char *)key.digest, SHA256_LEN});
}

/* Those of people and machines, or those of pairs. */
static int
find_md5(struct finding *f, int sql, uint8_t ret[SHA256_LEN], bool *ret_any)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char print[SSHKEY_MD5_LEN + 1];
	size_t n = 0;
	int r = db_query(f->at, sql, &rows, "i", (int64_t)FIND_MD5_MAX + 1);

	while (r == 0 && !*ret_any && (r = db_next(&rows)) == 0) {
		if (n++ == FIND_MD5_MAX)
			return note_set(f->note, 0,
					"there are more keys than one MD5 is "
					"compared with: give SHA256:...");
		r = sshkey_fingerprint_md5(db_blob(&rows, 1), print);
		if (r != 0 || !str_eq_nocase(str_c(print), f->what))
			continue;
		*ret_any = true;
		memcpy(ret, db_blob(&rows, 0).p, SHA256_LEN);
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
find_print(struct finding *f)
{
	uint8_t digest[SHA256_LEN];
	struct str found = {(const char *)digest, sizeof(digest)};
	bool any = false;
	int r = 0;

	if (sshkey_fingerprint_parse(f->what, digest) == 0)
		return find_public(f, found);
	if (f->what.n != SSHKEY_MD5_LEN ||
	    !str_eq_nocase(str_sub(f->what, 0, 4), STR("MD5:")))
		return 0;
	r = find_md5(f, SQL_found_public_blobs, digest, &any);
	if (r == 0 && !any)
		r = find_md5(f, SQL_found_pair_blobs, digest, &any);
	return r == 0 && any ? find_public(f, found) : r;
}
