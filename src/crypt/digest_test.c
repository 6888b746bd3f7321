#include "crypt/digest.h"

#include "base/enc.h"
#include "base/out.h"
#include "base/test.h"
#include "crypt/mac.h"

#include <string.h>

static struct str
hex_of(const uint8_t *p, size_t n)
{
	static char text[2 * SHA512_STATE_LEN + 1];

	enc_hex(p, n, text);
	return str_c(text);
}

static void
test_known(void)
{
	uint8_t d[SHA256_LEN];

	/* FIPS 180-2, appendix B. */
	is_int(digest_sha256(STR("abc"), d), 0, "abc");
	is_str(hex_of(d, sizeof(d)),
	       STR("ba7816bf8f01cfea414140de5dae2223"
		   "b00361a396177a9cb410ff61f20015ad"),
	       "its digest");
	is_int(digest_sha256(STR_NONE, d), 0, "nothing");
	is_str(hex_of(d, sizeof(d)),
	       STR("e3b0c44298fc1c149afbf4c8996fb924"
		   "27ae41e4649b934ca495991b7852b855"),
	       "its digest");
}

/* RFC 1321, appendix A.5. */
static void
test_md5(void)
{
	uint8_t d[MD5_LEN];

	is_int(digest_md5(STR("message digest"), d), 0, "MD5");
	is_str(hex_of(d, sizeof(d)), STR("f96b697d7cb7938d525a2f31aaf161d0"),
	       "as it is known");
	is_int(digest_md5(STR_NONE, d), 0, "MD5 of nothing");
	is_str(hex_of(d, sizeof(d)), STR("d41d8cd98f00b204e9800998ecf8427e"),
	       "as it is known");
}

/* Stop at every length, go on in another object, and end alike. */
static void
test_resume(void)
{
	uint8_t want[SHA256_LEN], got[SHA256_LEN];
	uint8_t saved[SHA256_STATE_LEN], again[SHA256_STATE_LEN];
	size_t same = 0, stable = 0;
	char text[300];
	struct str all = {text, sizeof(text)};

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	is_int(digest_sha256(all, want), 0, "in one piece");
	for (size_t n = 0; n <= sizeof(text); n++) {
		struct sha256 a, b;

		sha256_start(&a);
		sha256_add(&a, text, n / 2);
		sha256_add(&a, text + n / 2, n - n / 2);
		sha256_save(&a, saved);
		memset(&b, 0xee, sizeof(b));
		if (sha256_load(
			&b, (struct str){(char *)saved, sizeof(saved)}) != 0)
			break;
		sha256_save(&b, again);
		stable += memcmp(saved, again, sizeof(saved)) == 0;
		sha256_add(&b, text + n, sizeof(text) - n);
		sha256_end(&b, got);
		same += memcmp(got, want, sizeof(want)) == 0;
	}
	is_int(same, sizeof(text) + 1, "resumed at each length");
	is_int(stable, sizeof(text) + 1, "with one form each");
}

static int
load(const uint8_t *saved, size_t n)
{
	struct sha256 s;

	return sha256_load(&s, (struct str){(const char *)saved, n});
}

static void
test_saved(void)
{
	uint8_t saved[SHA256_STATE_LEN + 1] = {0};
	struct sha256 s;

	sha256_start(&s);
	sha256_add(&s, "abc", 3);
	sha256_save(&s, saved);
	is_str(
	    hex_of(saved, SHA256_STATE_LEN),
	    STR("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab"
		"5be0cd190000000000000018616263000000000000000000000000000000"
		"00000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000000000000003"),
	    "the byte order is fixed");
	is_int(load(saved, SHA256_STATE_LEN), 0, "loads");
	is_int(load(saved, SHA256_STATE_LEN - 1), OUT_MALFORMED, "one less");
	is_int(load(saved, SHA256_STATE_LEN + 1), OUT_MALFORMED, "one more");
	is_int(load(NULL, 0), OUT_MALFORMED, "nothing");
	saved[104] = 64;
	is_int(load(saved, SHA256_STATE_LEN), OUT_MALFORMED, "a full block");
	saved[104] = 255;
	is_int(load(saved, SHA256_STATE_LEN), OUT_MALFORMED, "past the block");
	saved[104] = 2;
	is_int(load(saved, SHA256_STATE_LEN), OUT_MALFORMED, "wrong length");
	saved[104] = 3;
	saved[39] = 0x19;
	is_int(load(saved, SHA256_STATE_LEN), OUT_MALFORMED, "bits");
	saved[39] = 0x18;
	saved[60] = 1;
	is_int(load(saved, SHA256_STATE_LEN), OUT_MALFORMED, "rubbish behind");
}

/* FIPS 180-2, appendix C. */
static void
test_long_known(void)
{
	uint8_t d[SHA512_LEN];
	struct sha512 s;

	sha512_start(&s);
	sha512_add(&s, "abc", 3);
	sha512_end(&s, d);
	is_str(hex_of(d, sizeof(d)),
	       STR("ddaf35a193617abacc417349ae204131"
		   "12e6fa4e89a97ea20a9eeee64b55d39a"
		   "2192992a274fc1a836ba3c23a3feebbd"
		   "454d4423643ce80e2a9ac94fa54ca49f"),
	       "SHA-512 of abc");
}

static bool
long_resumes(const char *text, size_t n, size_t all,
	     const uint8_t want[SHA512_LEN])
{
	uint8_t got[SHA512_LEN];
	uint8_t saved[SHA512_STATE_LEN], again[SHA512_STATE_LEN];
	struct sha512 a, b;

	sha512_start(&a);
	sha512_add(&a, text, n / 2);
	sha512_add(&a, text + n / 2, n - n / 2);
	sha512_save(&a, saved);
	memset(&b, 0xee, sizeof(b));
	if (sha512_load(&b, (struct str){(char *)saved, sizeof(saved)}) != 0)
		return false;
	sha512_save(&b, again);
	sha512_add(&b, text + n, all - n);
	sha512_end(&b, got);
	return memcmp(saved, again, sizeof(saved)) == 0 &&
	       memcmp(got, want, sizeof(got)) == 0;
}

static void
test_long_resume(void)
{
	uint8_t want[SHA512_LEN];
	struct sha512 s;
	size_t same = 0;
	char text[500];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	sha512_start(&s);
	sha512_add(&s, text, sizeof(text));
	sha512_end(&s, want);
	for (size_t n = 0; n <= sizeof(text); n++)
		same += long_resumes(text, n, sizeof(text), want);
	is_int(same, sizeof(text) + 1, "SHA-512 resumed at each length");
}

static int
load_long(const uint8_t *saved, size_t n)
{
	struct sha512 s;

	return sha512_load(&s, (struct str){(const char *)saved, n});
}

static void
test_long_saved(void)
{
	uint8_t saved[SHA512_STATE_LEN + 1] = {0};
	struct sha512 s;

	sha512_start(&s);
	sha512_add(&s, "abc", 3);
	sha512_save(&s, saved);
	is_str(hex_of(saved, 8), STR("6a09e667f3bcc908"), "big endian");
	is_int(saved[79], 24, "counted in bits");
	is_int(load_long(saved, SHA512_STATE_LEN), 0, "loads");
	is_int(load_long(saved, SHA512_STATE_LEN - 1), OUT_MALFORMED,
	       "one less");
	is_int(load_long(saved, SHA512_STATE_LEN + 1), OUT_MALFORMED,
	       "one more");
	is_int(load_long(saved, SHA256_STATE_LEN), OUT_MALFORMED,
	       "another algorithm's");
	saved[208] = 128;
	is_int(load_long(saved, SHA512_STATE_LEN), OUT_MALFORMED,
	       "a full block");
	saved[208] = 2;
	is_int(load_long(saved, SHA512_STATE_LEN), OUT_MALFORMED,
	       "wrong length");
	saved[208] = 3;
	saved[100] = 1;
	is_int(load_long(saved, SHA512_STATE_LEN), OUT_MALFORMED,
	       "rubbish behind");
}

/* RFC 4231, test cases 1, 2, 6, 7; and an empty key. */
static void
test_mac(void)
{
	static const struct {
		struct str key, text, mac;
	} rows[] = {
	    {STR_INIT("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		      "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
	     STR_INIT("Hi There"),
	     STR_INIT("b0344c61d8db38535ca8afceaf0bf12b"
		      "881dc200c9833da726e9376c2e32cff7")},
	    {STR_INIT("Jefe"), STR_INIT("what do ya want for nothing?"),
	     STR_INIT("5bdcc146bf60754e6a042426089575c7"
		      "5a003f089d2739839dec58b964ec3843")},
	    {STR_INIT(""), STR_INIT(""),
	     STR_INIT("b613679a0814d9ec772f95d778c35fc5"
		      "ff1697c493715653c6c712144292c5ad")},
	};
	char key[131];
	uint8_t mac[MAC_LEN];

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(mac_sha256(rows[i].key, rows[i].text, mac), 0, "MAC");
		is_str(hex_of(mac, MAC_LEN), rows[i].mac, "of row %zu", i);
	}
	memset(key, 0xaa, sizeof(key));
	is_int(mac_sha256((struct str){key, sizeof(key)},
			  STR("Test Using Larger Than Block-Size Key - "
			      "Hash Key First"),
			  mac),
	       0, "a long key");
	is_str(hex_of(mac, MAC_LEN),
	       STR("60e431591ee0b67f0d8a26aacbf5b77f"
		   "8e0bc6213728c5140546040f0ee37f54"),
	       "is digested first");
}

int
main(void)
{
	test_known();
	test_md5();
	test_resume();
	test_saved();
	test_long_known();
	test_long_resume();
	test_long_saved();
	test_mac();
	return done_testing();
}
