#include "core/core.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/fd.h"
#include "blob/blob.h"
#include "core/audit.h"
#include "core/hasher.h"
#include "core/keypair.h"
#include "core/sql.h"
#include "crypt/digest.h"
#include "crypt/vault.h"
#include "db/db.h"

#include <errno.h>
#include <unistd.h>

struct verify {
	struct core *core;
	bool deep;
	void (*say)(void *, const char *line);
	void *arg;
	bool bad;
	int64_t count; /* looked at, for the line that is said */
	struct note note;
};

/* OUT_MISMATCH: fewer bytes than there should be. */
static int
digest_like(struct str digest, int fd, uint64_t size, char ret[DIGEST_TEXT_MAX])
{
	enum digest_kind kind;
	int r = ociref_digest(digest, &kind);

	return r != 0 ? OUT_MISMATCH : hasher_file(kind, fd, size, ret);
}

static int
blob_check(struct verify *v, struct db_rows *rows)
{
	CLEAN(fd_closep) int fd = -1;
	struct str digest = db_str(rows, 0), key = db_str(rows, 2);
	char text[DIGEST_TEXT_MAX] = "";
	uint64_t size;
	int r = blob_read(v->core->blobs, key, &fd, &size);

	if (r != 0)
		return note_set(&v->note, OUT_MISMATCH,
				"%.*s: key %.*s cannot be read",
				STR_ARG(digest), STR_ARG(key));
	if (size != (uint64_t)db_int(rows, 1))
		return note_set(&v->note, OUT_MISMATCH, "%.*s: wrong size",
				STR_ARG(digest));
	if (!v->deep)
		return 0;
	r = digest_like(digest, fd, size, text);
	if (r > 0 || (r == 0 && !str_eq(digest, str_c(text))))
		return note_set(&v->note, OUT_MISMATCH, "%.*s: other bytes",
				STR_ARG(digest));
	return r;
}

static int
manifest_check(struct verify *v, struct db_rows *rows)
{
	struct str digest = db_str(rows, 0), body = db_blob(rows, 2);
	char text[DIGEST_TEXT_MAX] = "";
	enum digest_kind kind;

	if (ociref_digest(digest, &kind) == 0)
		hasher_text(kind, body, text);
	if (str_eq(digest, str_c(text)) && (int64_t)body.n == db_int(rows, 1))
		return 0;
	return note_set(&v->note, OUT_MISMATCH, "%.*s@%.*s: other bytes",
			STR_ARG(db_str(rows, 3)), STR_ARG(digest));
}

static int
orphans_check(struct verify *v, struct db_rows *rows)
{
	if (db_int(rows, 0) == 0)
		return 0;
	return note_set(&v->note, OUT_MISMATCH, "%lld parts missing",
			(long long)db_int(rows, 0));
}

static int
links_check(struct verify *v, struct db_rows *rows)
{
	static const char *const texts[] = {
	    "accounts whose usage is not that of their links",
	    "links that wait to be taken away and are needed",
	    "links that nothing needs and nobody takes away",
	    "links of another account or region than their repository's",
	    "blobs that nothing needs and nobody looks at",
	    "deleted images without a blob",
	    "keys to be removed that are a blob's",
	    "manifests that wait for what is here",
	};

	for (size_t i = 0; i < nitems(texts); i++)
		if (db_int(rows, (int)i) != 0)
			return note_set(&v->note, OUT_MISMATCH, "%lld %s",
					(long long)db_int(rows, (int)i),
					texts[i]);
	return 0;
}

static int
key_check(struct verify *v, struct db_rows *rows)
{
	uint8_t mac[VAULT_HS256_LEN];
	int64_t version = db_int(rows, 0);
	int r =
	    vault_registry_sign(v->core->vault, version, STR("verify"), mac);

	return r == OUT_ABSENT
		   ? note_set(&v->note, OUT_MISMATCH, "version %lld is missing",
			      (long long)version)
		   : r;
}

static int
pubkey_check(struct verify *v, struct db_rows *rows)
{
	struct str digest = db_blob(rows, 0), usage = db_str(rows, 2);
	int64_t users = db_int(rows, 3), places = db_int(rows, 4);
	char hex[2 * SHA256_LEN + 1];
	uint8_t sum[SHA256_LEN];
	int r = digest_sha256(db_blob(rows, 1), sum);

	if (r != 0)
		return r;
	enc_hex(sum, SHA256_LEN, hex);
	if (!str_eq(digest, (struct str){(const char *)sum, SHA256_LEN}))
		return note_set(&v->note, OUT_MISMATCH,
				"the key with SHA-256 %s is kept as another",
				hex);
	if (str_eq(usage, STR("user")) ? places != 0 : users != 0)
		return note_set(&v->note, OUT_MISMATCH,
				"the key with SHA-256 %s is in use for more "
				"than \"%.*s\"",
				hex, STR_ARG(usage));
	return 0;
}

static int
git_check(struct verify *v, struct db_rows *rows)
{
	static const char *const texts[] = {
	    "accounts without their default project",
	    "repositories in a project of another account",
	    "access keys without a key or on a place of another account",
	    "SSH keys of people without a key",
	    "access keys with a number that is yet to be given",
	};

	for (size_t i = 0; i < nitems(texts); i++)
		if (db_int(rows, (int)i) != 0)
			return note_set(&v->note, OUT_MISMATCH, "%lld %s",
					(long long)db_int(rows, (int)i),
					texts[i]);
	return 0;
}

/* Of a pair, or of a server's history. */
static int
machine_key_check(struct verify *v, struct db_rows *rows)
{
	struct str what = db_str(rows, 0), blob = db_blob(rows, 1);
	uint8_t sum[SHA256_LEN];
	enum sshkey_type type;
	unsigned bits;
	int r = digest_sha256(blob, sum);

	if (r != 0)
		return r;
	if (!str_eq(db_blob(rows, 2),
		    (struct str){(const char *)sum, SHA256_LEN}))
		return note_set(&v->note, OUT_MISMATCH,
				"%.*s: kept as another key", STR_ARG(what));
	if (sshkey_blob(blob, &type, &bits) != 0 ||
	    !str_eq(db_str(rows, 3), sshkey_type_name(type)) ||
	    db_int(rows, 4) != (int64_t)bits)
		return note_set(&v->note, OUT_MISMATCH,
				"%.*s: not what it is said to be",
				STR_ARG(what));
	return 0;
}

static int
each(struct verify *v, int sql, int (*check)(struct verify *, struct db_rows *))
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(v->core->db, &view);

	if (r == 0)
		r = db_query(view, sql, &rows, "");
	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = check(v, &rows);
		v->count++;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
check_servers(struct verify *v)
{
	static const char *const texts[] = {
	    "projects that count their key pairs or servers wrong",
	    "key pairs in a project of another account",
	    "servers in a project of another account",
	    "servers that do not trust exactly one key",
	    "keys of servers that are kept as another server's",
	    "servers' keys of pairs that were never delivered or are others",
	    "key pairs that are under way for too long",
	    "key pairs that were never made and are not alive",
	};
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = each(v, SQL_verify_key_pairs, machine_key_check);

	if (r == 0)
		r = db_view_begin(v->core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_verify_servers, &rows, "i",
			   clock_now() - KEYPAIR_PENDING_MS - MINUTE_MS);
	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		if (db_int(&rows, (int)i) != 0)
			r = note_set(&v->note, OUT_MISMATCH, "%lld %s",
				     (long long)db_int(&rows, (int)i),
				     texts[i]);
	return r;
}

static int
check_database(struct verify *v)
{
	v->count = SQL_COUNT;
	return db_verify(v->core->db, &v->note);
}

static int
check_trail(struct verify *v)
{
	return audit_verify(v->core, &v->count, &v->note);
}

static int
check_blobs(struct verify *v)
{
	return each(v, SQL_verify_blobs, blob_check);
}

static int
check_manifests(struct verify *v)
{
	return each(v, SQL_verify_manifests, manifest_check);
}

static int
check_parts(struct verify *v)
{
	return each(v, SQL_verify_orphans, orphans_check);
}

static int
check_links(struct verify *v)
{
	return each(v, SQL_verify_links, links_check);
}

static int
check_keys(struct verify *v)
{
	return each(v, SQL_verify_key_versions, key_check);
}

static int
check_public_keys(struct verify *v)
{
	return each(v, SQL_verify_public_keys, pubkey_check);
}

static int
check_git(struct verify *v)
{
	return each(v, SQL_verify_git, git_check);
}

static const struct {
	const char *name;
	int (*check)(struct verify *);
} checks[] = {
    {"database, statements and foreign keys", check_database},
    {"audit chain", check_trail},
    {"blobs at rest", check_blobs},
    {"manifests as pushed", check_manifests},
    {"parts of manifests and tags", check_parts},
    {"links, what they count for and who waits", check_links},
    {"keys of registry tokens", check_keys},
    {"public keys of SSH", check_public_keys},
    {"projects, repositories and their keys", check_git},
    {"key pairs, servers and what they trust", check_servers},
};

static int
run(struct verify *v, const char *name, int (*check)(struct verify *))
{
	char line[512];
	int r;

	v->count = 0;
	v->note.text[0] = '\0';
	r = check(v);
	if (r < 0)
		return r;
	if (r == 0)
		(void)snprintf(line, sizeof(line), "ok %s: %lld checked", name,
			       (long long)v->count);
	else
		(void)snprintf(line, sizeof(line), "FAILED %s: %s", name,
			       v->note.text[0] != '\0' ? v->note.text
						       : out_text(r));
	v->bad = v->bad || r != 0;
	v->say(v->arg, line);
	return 0;
}

int
core_verify(struct core *core, bool deep, void (*say)(void *, const char *line),
	    void *arg)
{
	struct verify v = {.core = core, .deep = deep, .say = say, .arg = arg};

	for (size_t i = 0; i < nitems(checks); i++) {
		int r = run(&v, checks[i].name, checks[i].check);

		if (r != 0)
			return r;
	}
	return v.bad ? OUT_MISMATCH : 0;
}
