#include "core/git_inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/sql.h"

#define PRINT_LEN (SSHKEY_SHA256_LEN - 7) /* behind "SHA256:" */

int
key_label(struct str label, struct str *ret, struct note *note)
{
	label = str_trim(label);
	if (label.n == 0)
		return note_set(note, OUT_MALFORMED, "a label is needed");
	if (label.n > KEY_LABEL_MAX)
		return note_set(note, OUT_MALFORMED,
				"a label has at most %d bytes", KEY_LABEL_MAX);
	if (!str_is_text(label))
		return note_set(note, OUT_MALFORMED,
				"a label is text without control characters");
	*ret = label;
	return 0;
}

int
key_comment(struct str comment, struct note *note)
{
	return text_ok(comment, SSHKEY_COMMENT_MAX, true)
		   ? 0
		   : note_set(note, OUT_MALFORMED,
			      "a comment is text of at most %d bytes without "
			      "control characters",
			      SSHKEY_COMMENT_MAX);
}

int
key_end(int64_t expires_at, struct note *note)
{
	return expires_at == 0 || expires_at > clock_now()
		   ? 0
		   : note_set(note, OUT_MALFORMED, "expires in the past");
}

void
pubkey_print(struct str digest, char ret[SSHKEY_SHA256_LEN + 1])
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	/* What is in the tables has the length of a digest; 32 bytes have one
	 * '=' at their end, which nobody prints. */
	(void)enc_b64(&text, str_sub(digest, 0, SHA256_LEN));
	(void)snprintf(ret, SSHKEY_SHA256_LEN + 1, "SHA256:%.*s",
		       STR_ARG(str_sub(buf_str(&text), 0, PRINT_LEN)));
}

static int
taken(struct note *note, bool lives)
{
	return note_set(note, OUT_CONFLICT, "%s",
			lives ? "Someone has already registered that SSH key."
			      : "SSH keys must be unique and deleted keys may "
				"take up to 30 days to be removed. Please use "
				"a unique SSH key");
}

static int
insert(struct db_at *at, const struct sshkey *key, const char *usage,
       int64_t now)
{
	struct str digest = {(const char *)key->digest, SHA256_LEN};
	struct str blob = {(const char *)key->blob, key->blob_len};

	return FOLD(db_exec(at, SQL_pubkey_insert, NULL, "bssibi", digest,
			    str_c(usage), sshkey_type_name(key->type),
			    (int64_t)key->bits, blob, now));
}

int
pubkey_claim(struct db_at *at, const struct sshkey *key, const char *usage,
	     int64_t now, struct note *note)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str digest = {(const char *)key->digest, SHA256_LEN};
	bool in_use, lives, same;
	int r = db_one(at, SQL_pubkey_use, &rows, "b", digest);

	if (r == OUT_ABSENT)
		return insert(at, key, usage, now);
	if (r != 0)
		return r;
	same = str_eq(db_str(&rows, 0), str_c(usage));
	in_use = db_int(&rows, 1) != 0;
	lives = db_int(&rows, 2) != 0;
	/* Whoever it was for is gone: it starts anew. */
	if (!in_use) {
		r = pubkey_drop(at, digest);
		return r != 0 ? r : insert(at, key, usage, now);
	}
	if (same && str_eq(str_c(usage), STR("access")))
		return 0;
	return taken(note, lives);
}

int
pubkey_drop(struct db_at *at, struct str digest)
{
	return FOLD(db_exec(at, SQL_pubkey_drop, NULL, "b", digest));
}
