#include "base/enc.h"
#include "base/out.h"
#include "wire/sshkey.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is taken has one form, and is taken again in it. */
static void
check_taken(const struct sshkey *key)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf art = BUF_INIT;
	struct str blob = {(const char *)key->blob, key->blob_len};
	char sha256[SSHKEY_SHA256_LEN + 1], md5[SSHKEY_MD5_LEN + 1];
	uint8_t d[SHA256_LEN];
	struct sshkey again;
	enum sshkey_why why;

	assert(str_is_text(str_c(key->comment)));
	sshkey_text(sshkey_type_name(key->type), blob, &text);
	if (key->comment[0] != '\0')
		(void)buf_addf(&text, " %s", key->comment);
	assert(sshkey_parse(buf_str(&text), &again, &why) == 0);
	assert(again.blob_len == key->blob_len && again.bits == key->bits);
	assert(memcmp(again.blob, key->blob, key->blob_len) == 0);
	assert(sshkey_fingerprint(blob, sha256) == 0);
	assert(strlen(sha256) == SSHKEY_SHA256_LEN);
	assert(sshkey_fingerprint_parse(str_c(sha256), d) == 0);
	assert(memcmp(d, key->digest, sizeof(d)) == 0);
	assert(sshkey_fingerprint_md5(blob, md5) == 0);
	assert(strlen(md5) == SSHKEY_MD5_LEN);
	assert(sshkey_randomart(blob, sshkey_type_word(key->type), key->bits,
				&art) == 0);
	assert(art.n == 11 * 20);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf once = BUF_INIT;
	CLEAN(buf_clear) struct buf twice = BUF_INIT;
	struct str text = {(const char *)p, n};
	enum sshkey_why why = SSHKEY_WHYS;
	enum sshkey_type type;
	struct sshkey key;
	uint8_t d[SHA256_LEN];
	unsigned bits;
	int r = sshkey_parse(text, &key, &why);

	assert(why < SSHKEY_WHYS && (r == 0) == (why == SSHKEY_FINE));
	assert((r == OUT_TOO_LARGE) == (why == SSHKEY_TOO_LONG));
	if (r == 0)
		check_taken(&key);
	r = sshkey_blob(text, &type, &bits);
	assert(r == 0 || r == OUT_MALFORMED || r == OUT_UNSUPPORTED);
	assert(sshkey_fingerprint_parse(text, d) >= 0);
	assert(sshkey_join(text, &once) == 0);
	assert(sshkey_join(buf_str(&once), &twice) == 0);
	assert(str_eq(buf_str(&once), buf_str(&twice)));
	if (sshkey_parse(buf_str(&once), &key, &why) == 0)
		check_taken(&key);
	return 0;
}
