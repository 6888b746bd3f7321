#include "crypt/es256.h"

#include "base/enc.h"
#include "base/test.h"

#include <string.h>

#define INPUT STR("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0")

static const char order_hex[] =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static struct str
bytes_of(const uint8_t *p)
{
	return (struct str){(const char *)p, ES256_LEN};
}

/* s -> n - s: the other signature that plain ECDSA would accept. */
static void
other_s(uint8_t sig[ES256_LEN])
{
	uint8_t order[32];
	int borrow = 0;

	if (dec_hex(str_c(order_hex), order, sizeof(order)) != 0)
		abort();
	for (int i = 31; i >= 0; i--) {
		int d = order[i] - sig[32 + i] - borrow;

		borrow = d < 0;
		sig[32 + i] = (uint8_t)(d & 255);
	}
}

static void
test_refused(const struct es256 *k)
{
	uint8_t sig[ES256_LEN + 1] = {0}, bad[2 * ES256_LEN];
	size_t caught = 0;

	is_int(es256_sign(k, INPUT, sig), 0, "sign");
	is_int(es256_verify(k, INPUT, bytes_of(sig)), 0, "verify");
	is_int(es256_verify(k, STR("another"), bytes_of(sig)), OUT_UNPROVEN,
	       "another input");
	is_int(es256_verify(k, STR_NONE, bytes_of(sig)), OUT_UNPROVEN,
	       "no input");
	is_int(es256_verify(k, INPUT, STR_NONE), OUT_UNPROVEN, "empty");
	is_int(es256_verify(k, INPUT, str_sub(bytes_of(sig), 0, 63)),
	       OUT_UNPROVEN, "truncated");
	is_int(es256_verify(k, INPUT, (struct str){(char *)sig, ES256_LEN + 1}),
	       OUT_UNPROVEN, "one more");
	memcpy(bad, sig, ES256_LEN);
	memcpy(bad + ES256_LEN, sig, ES256_LEN);
	is_int(es256_verify(k, INPUT, (struct str){(char *)bad, sizeof(bad)}),
	       OUT_UNPROVEN, "doubled");
	for (size_t bit = 0; bit < 8 * ES256_LEN; bit++) {
		memcpy(bad, sig, ES256_LEN);
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		caught += es256_verify(k, INPUT, bytes_of(bad)) == OUT_UNPROVEN;
	}
	is_int(caught, 8 * ES256_LEN, "each single bit counts");
	memcpy(bad, sig, ES256_LEN);
	other_s(bad);
	is_int(es256_verify(k, INPUT, bytes_of(bad)), OUT_UNPROVEN,
	       "the other s");
	memset(bad, 0, ES256_LEN);
	is_int(es256_verify(k, INPUT, bytes_of(bad)), OUT_UNPROVEN, "r=s=0");
	bad[31] = bad[63] = 1;
	is_int(es256_verify(k, INPUT, bytes_of(bad)), OUT_UNPROVEN, "r=s=1");
	bad[63] = 0;
	is_int(es256_verify(k, INPUT, bytes_of(bad)), OUT_UNPROVEN, "s=0");
	memcpy(bad, sig, ES256_LEN);
	if (dec_hex(str_c(order_hex), bad, 32) != 0)
		abort();
	is_int(es256_verify(k, INPUT, bytes_of(bad)), OUT_UNPROVEN, "r=n");
	memset(bad, 0xff, 32);
	is_int(es256_verify(k, INPUT, bytes_of(bad)), OUT_UNPROVEN, "r>n");
}

static void
test_many(const struct es256 *k)
{
	size_t held = 0;

	/* Short numbers, high bits and both halves of s all turn up. */
	for (int i = 0; i < 600; i++) {
		uint8_t sig[ES256_LEN];
		char text[32];

		(void)snprintf(text, sizeof(text), "input %d", i);
		held += es256_sign(k, str_c(text), sig) == 0 &&
			es256_verify(k, str_c(text), bytes_of(sig)) == 0;
	}
	is_int(held, 600, "what is signed verifies");
}

/* RFC 7515 appendix A.3, its key as a PEM. */
static void
test_known(void)
{
	static const char pem[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
	    "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
	    "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
	    "-----END PRIVATE KEY-----\n";
	const struct str input =
	    STR("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkz"
		"ODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
	CLEAN(es256_freep) struct es256 *k = NULL;
	CLEAN(buf_clear) struct buf sig = BUF_INIT;

	is_int(es256_load(str_c(pem), &k), 0, "the RFC's key");
	if (k == NULL)
		return;
	is_str(es256_x(k), STR("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
	       "x");
	is_str(es256_y(k), STR("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
	       "y");
	is_int(dec_b64url(
		   &sig,
		   STR("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5d"
		       "jxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")),
	       0, "its signature");
	/* The RFC's s is the upper one, which we do not take. */
	is_int(es256_verify(k, input, buf_str(&sig)), OUT_UNPROVEN,
	       "as it stands");
	other_s((uint8_t *)sig.p);
	is_int(es256_verify(k, input, buf_str(&sig)), 0, "with the lower s");
}

static void
test_keys(void)
{
	static const char p384[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDD+QQmB9IuKTc0fWXM4\n"
	    "OFulpWzdhlWR1ewkN1lJcwVDXutelwc4UoVgPmInidqyYWGhZANiAARjQHZAnvUY\n"
	    "Jl3QXGOXT6LxdhR4xAFskDI+J+DMfNHV7b+JRQYgM9EnRTb5RLWwIm0prYtyrssX\n"
	    "cqJBiWmlmflF/tyHQNtUTI2TEZ0KDHKeK1fW5Q2rpiGt3jIlBEDHojs=\n"
	    "-----END PRIVATE KEY-----\n";
	static const char mixed[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
	    "H1136cspYG6+0iY7X1fCE9+E9LOhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
	    "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
	    "-----END PRIVATE KEY-----\n";
	static const char locked[] =
	    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg171b3j9cc3gICCAAw\n"
	    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFbRE8gsWTAMDzHExDoG6mYEgZBq\n"
	    "QkJ66CB/EMyUUdx6IveHC2kXQJ00n+Fpgt10lH9lJgx+jsOAJsu1UwE1rXPkJJiX\n"
	    "XN/7PSJ9Z8+EJ5aF6BSC8RMRXyC0pUTRPjlWOTlf1NzWnFMbIF7bmdQ+jkONqWeo\n"
	    "qcc+rCWoXKiGpYYjKfWdjxmfS0Ge0VSB+94iHTvJcmSBUI+jaNLiet0fHjUiZGw=\n"
	    "-----END ENCRYPTED PRIVATE KEY-----\n";
	struct es256 *k = NULL;

	is_int(es256_load(STR_NONE, &k), OUT_MALFORMED, "no key");
	is_int(es256_load(STR("hello"), &k), OUT_MALFORMED, "no PEM");
	is_int(es256_load(str_c(p384), &k), OUT_MALFORMED, "P-384");
	is_int(es256_load(str_c(mixed), &k), OUT_MALFORMED,
	       "the public half of another key");
	is_int(es256_load(str_c(locked), &k), OUT_MALFORMED,
	       "a pass phrase is not asked for");
	ok(k == NULL, "ret untouched");
}

int
main(void)
{
	CLEAN(buf_clear) struct buf pem = BUF_INIT;
	CLEAN(es256_freep) struct es256 *k = NULL;

	is_int(es256_make(&pem), 0, "make");
	ok(str_starts(buf_str(&pem), STR("-----BEGIN PRIVATE KEY-----\n")),
	   "PKCS #8");
	is_int(es256_load(buf_str(&pem), &k), 0, "load");
	if (k != NULL) {
		test_refused(k);
		test_many(k);
	}
	test_known();
	test_keys();
	return done_testing();
}
