#include "base/out.h"
#include "wire/sshkey_keys_test.h"

#include <string.h>

/* All as ssh-keygen -lv prints it. */
static void
test_known(void)
{
	for (size_t i = 0; i < nitems(good_keys); i++) {
		const struct good_key *good = &good_keys[i];
		CLEAN(buf_clear) struct buf art = BUF_INIT;
		char sha256[SSHKEY_SHA256_LEN + 1], md5[SSHKEY_MD5_LEN + 1];
		uint8_t d[SHA256_LEN];
		struct sshkey key;
		enum sshkey_why why;
		struct str blob;

		is_int(sshkey_parse(good->line, &key, &why), 0, "key %zu", i);
		blob = (struct str){(const char *)key.blob, key.blob_len};
		is_int(sshkey_fingerprint(blob, sha256), 0, "SHA256");
		is_str(str_c(sha256), good->sha256, "as known");
		is_int(sshkey_fingerprint_md5(blob, md5), 0, "MD5");
		is_str(str_c(md5), good->md5, "as known");
		is_int(sshkey_randomart(blob, sshkey_type_word(key.type),
					key.bits, &art),
		       0, "picture");
		is_str(buf_str(&art), good->art, "as drawn");
		is_int(sshkey_fingerprint_parse(good->sha256, d), 0, "back");
		ok(memcmp(d, key.digest, SHA256_LEN) == 0, "to the digest");
	}
}

static void
test_title(void)
{
	CLEAN(buf_clear) struct buf art = BUF_INIT;

	is_int(sshkey_randomart(STR("x"), STR("ED25519-SK"), 256, &art), 0,
	       "a title that just fits");
	ok(str_starts(buf_str(&art), STR("+[ED25519-SK 256]-+\n")), "is whole");
	buf_reset(&art);
	is_int(sshkey_randomart(STR("x"), STR("ED25519-SK"), 25600, &art), 0,
	       "one that does not");
	ok(str_starts(buf_str(&art), STR("+--[ED25519-SK]---+\n")),
	   "has no bits");
}

static void
test_parse(void)
{
	static const char digits[] =
	    "2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA+7U";
	static const struct str bad[] = {
	    STR_INIT(""),
	    STR_INIT("SHA256:"),
	    STR_INIT("SHA256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA+7U="),
	    STR_INIT("SHA256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA+7"),
	    STR_INIT("SHA256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA+7V"),
	    STR_INIT("SHA256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA-7U"),
	    STR_INIT("sha256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA+7U"),
	    STR_INIT("SHA256:SHA256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskO"),
	    STR_INIT("MD5:4c:95:30:03:a6:5a:89:59:f3:d5:9a:c3:93:fd:fc:dc"),
	};
	uint8_t d[SHA256_LEN] = {0};

	is_int(sshkey_fingerprint_parse(str_c(digits), d), 0, "digits alone");
	ok(d[0] == 0xd8, "the first byte");
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(sshkey_fingerprint_parse(bad[i], d), OUT_MALFORMED, "%s",
		       bad[i].p);
}

int
main(void)
{
	test_known();
	test_title();
	test_parse();
	return done_testing();
}
