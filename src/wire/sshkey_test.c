#include "wire/sshkey.h"

#include "base/enc.h"
#include "base/out.h"
#include "wire/sshkey_keys_test.h"

#include <string.h>

#define ED good_keys[2].line

static struct sshkey key;
static enum sshkey_why why;

static int
parse(struct str line)
{
	memset(&key, 0xee, sizeof(key));
	why = SSHKEY_WHYS;
	return sshkey_parse(line, &key, &why);
}

static void
test_good(void)
{
	for (size_t i = 0; i < nitems(good_keys); i++) {
		const struct good_key *good = &good_keys[i];
		CLEAN(buf_clear) struct buf text = BUF_INIT;
		enum sshkey_type type;
		unsigned bits;
		struct str blob;

		is_int(parse(good->line), 0, "key %zu", i);
		is_int(why, SSHKEY_FINE, "is fine");
		is_int(key.type, good->type, "its type");
		is_int(key.bits, good->bits, "its bits");
		is_str(str_c(key.comment),
		       str_sub(good->line, good->line.n - 12, 99),
		       "its comment");
		blob = (struct str){(const char *)key.blob, key.blob_len};
		sshkey_text(sshkey_type_name(key.type), blob, &text);
		(void)buf_adds(&text, " deploy@web-1");
		is_str(buf_str(&text), good->line, "the same text again");
		is_int(sshkey_blob(blob, &type, &bits), 0, "the blob alone");
		ok(type == good->type && bits == good->bits, "says the same");
	}
}

static void
test_bad(void)
{
	for (size_t i = 0; i < nitems(bad_keys); i++) {
		is_int(parse(bad_keys[i].line), OUT_MALFORMED, "%s",
		       bad_keys[i].name);
		is_str(str_c(sshkey_why_word(why)),
		       str_c(sshkey_why_word(bad_keys[i].why)), "why");
		is_int(key.blob_len, 0xeeeeeeeeeeeeeeee, "nothing is left");
	}
}

static struct str
build(struct buf *b, const char *head, struct str line, struct str tail)
{
	buf_reset(b);
	(void)buf_adds(b, head);
	(void)buf_addstr(b, line);
	(void)buf_addstr(b, tail);
	return buf_str(b);
}

/* What stands around a key that is fine. */
static void
test_around(void)
{
	static const struct {
		const char *head;
		struct str tail;
		enum sshkey_why why;
	} rows[] = {
	    {"", STR_INIT("\n"), SSHKEY_FINE},
	    {"", STR_INIT("\r\n"), SSHKEY_FINE},
	    {" \t", STR_INIT(" \t\n"), SSHKEY_FINE},
	    {"", STR_INIT(" <script>alert(1)</script> 가"), SSHKEY_FINE},
	    {"", STR_INIT(" ssh-rsa"), SSHKEY_FINE},
	    {"", STR_INIT("\n\n"), SSHKEY_SEVERAL},
	    {"\n", STR_INIT(""), SSHKEY_SEVERAL},
	    {"", STR_INIT("\nssh-rsa AAAAB3NzaC1yc2E="), SSHKEY_SEVERAL},
	    {"", STR_INIT("\rssh-rsa AAAAB3NzaC1yc2E="), SSHKEY_SEVERAL},
	    {"", STR_INIT(" ssh-rsa AAAAB3NzaC1yc2E="), SSHKEY_SEVERAL},
	    {"ssh-ed25519\n", STR_INIT(""), SSHKEY_SEVERAL},
	    {"# mine\n", STR_INIT(""), SSHKEY_SEVERAL},
	    {"command=\"x\" ", STR_INIT(""), SSHKEY_OPTIONS},
	    {"command=\"x y\",no-pty ", STR_INIT(""), SSHKEY_OPTIONS},
	    {"restrict ", STR_INIT(""), SSHKEY_OPTIONS},
	    {"host.example ", STR_INIT(""), SSHKEY_OPTIONS},
	    {"-----BEGIN RSA PRIVATE KEY-----\n", STR_INIT(""), SSHKEY_PRIVATE},
	    {"", STR_INIT("\n-----END OPENSSH PRIVATE KEY-----\n"),
	     SSHKEY_PRIVATE},
	    {"", STR_INIT(" a\tb"), SSHKEY_COMMENT},
	    {"", STR_INIT(" a\0b"), SSHKEY_COMMENT},
	    {"", STR_INIT(" \x1b[2J"), SSHKEY_COMMENT},
	    {"", STR_INIT(" \xff"), SSHKEY_COMMENT},
	    {"", STR_INIT(" \xe2\x80\xae"), SSHKEY_COMMENT},
	    {"x", STR_INIT(""), SSHKEY_TYPE},
	    {"\xef\xbb\xbf", STR_INIT(""), SSHKEY_TYPE},
	};
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	for (size_t i = 0; i < nitems(rows); i++) {
		int want = rows[i].why == SSHKEY_FINE ? 0 : OUT_MALFORMED;

		is_int(parse(build(&b, rows[i].head, ED, rows[i].tail)), want,
		       "\"%s\" and \"%s\"", rows[i].head, rows[i].tail.p);
		is_str(str_c(sshkey_why_word(why)),
		       str_c(sshkey_why_word(rows[i].why)), "why");
	}
}

static void
test_others(void)
{
	static const struct {
		struct str line;
		enum sshkey_why why;
	} rows[] = {
	    {STR_INIT(""), SSHKEY_EMPTY},
	    {STR_INIT(" \n"), SSHKEY_EMPTY},
	    {STR_INIT("\r\n"), SSHKEY_EMPTY},
	    {STR_INIT("ssh-ed25519"), SSHKEY_BLOB},
	    {STR_INIT("ssh-dss AAAAB3NzaC1kc3M="), SSHKEY_TYPE},
	    {STR_INIT("ssh-rsa-cert-v01@openssh.com AAAA"), SSHKEY_CERTIFICATE},
	    {STR_INIT("AAAAC3NzaC1lZDI1NTE5AAAAIA=="), SSHKEY_TYPE},
	    {STR_INIT("SSH-ED25519 AAAA"), SSHKEY_TYPE},
	    {STR_INIT("1024 65537 1234567890 rsa1"), SSHKEY_TYPE},
	    {STR_INIT("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n"),
	     SSHKEY_FORMAT},
	    {STR_INIT("PuTTY-User-Key-File-3: ssh-ed25519\nPublic-Lines: 2\n"),
	     SSHKEY_FORMAT},
	    {STR_INIT("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n"),
	     SSHKEY_PRIVATE},
	    {STR_INIT("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), SSHKEY_FORMAT},
	    {STR_INIT("-----BEGIN PGP PRIVATE KEY BLOCK-----\n"),
	     SSHKEY_PRIVATE},
	    {STR_INIT("-----BEGIN CERTIFICATE-----\nMIIB\n"), SSHKEY_FORMAT},
	    {STR_INIT("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
	     SSHKEY_PRIVATE},
	    {STR_INIT("b3BlbnNzaC1rZXktdjEAAAAABG5vbmU\nAAAA"), SSHKEY_PRIVATE},
	    {STR_INIT("MIIEpAIBAAKCAQEA\n"), SSHKEY_PRIVATE},
	    {STR_INIT("MIIEvQIBADANBgkq"), SSHKEY_PRIVATE},
	    {STR_INIT("MC4CAQAwBQYDK2VwBCIEIA"), SSHKEY_PRIVATE},
	    {STR_INIT("MHcCAQEEIAAAAAAAAAAAAA"), SSHKEY_PRIVATE},
	    {STR_INIT("MIIBIjANBgkqhkiG9w0BAQ"), SSHKEY_TYPE},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(parse(rows[i].line), OUT_MALFORMED, "%s",
		       rows[i].line.p);
		is_str(str_c(sshkey_why_word(why)),
		       str_c(sshkey_why_word(rows[i].why)), "why");
	}
	is_int(parse(STR_NONE), OUT_MALFORMED, "nothing");
}

/* One byte of the base64 changed to something that is not quite base64. */
static void
test_base64(void)
{
	struct str rsa = good_keys[0].line; /* ends without padding */
	char line[512];
	size_t end = rsa.n - 13;

	memcpy(line, rsa.p, rsa.n);
	for (const char *c = "-_=*.\\"; *c != '\0'; c++) {
		line[100] = *c;
		is_int(parse((struct str){line, rsa.n}), OUT_MALFORMED, "%c",
		       *c);
		is_int(why, SSHKEY_BASE64, "is no base64");
	}
	line[100] = ' ';
	is_int(parse((struct str){line, rsa.n}), OUT_MALFORMED, "a blank");
	ok(why == SSHKEY_BLOB || why == SSHKEY_BASE64, "ends the blob");
	is_int(parse((struct str){rsa.p, end - 1}), OUT_MALFORMED, "one less");
	is_int(why, SSHKEY_BASE64, "no padding");
	/* "ssh-ed25519", then one byte: "...5AA==" has four spare bits. */
	is_int(parse(STR("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AB==")),
	       OUT_MALFORMED, "spare bits");
	is_int(why, SSHKEY_BASE64, "must be 0");
	is_int(parse(STR("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AA==")),
	       OUT_MALFORMED, "a short blob");
	is_int(why, SSHKEY_BLOB, "is no key");
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	(void)build(&b, "", ED, STR(" "));
	while (b.n < SSHKEY_LINE_MAX)
		(void)buf_addc(&b, 'c');
	is_int(parse(buf_str(&b)), 0, "a long line");
	is_int(strlen(key.comment), SSHKEY_COMMENT_MAX, "its comment is cut");
	(void)buf_addc(&b, 'c');
	is_int(parse(buf_str(&b)), OUT_TOO_LARGE, "one byte more");
	is_int(why, SSHKEY_TOO_LONG, "is too long");
	while (b.n < 64 * KIB)
		(void)buf_addc(&b, 'c');
	is_int(parse(buf_str(&b)), OUT_TOO_LARGE, "64 KiB");
	(void)buf_adds(&b, "\n-----BEGIN OPENSSH PRIVATE KEY-----\n");
	is_int(parse(buf_str(&b)), OUT_MALFORMED, "with a private key in it");
	is_int(why, SSHKEY_PRIVATE, "which is what is said");
	(void)build(&b, "", str_sub(ED, 0, ED.n - 13), STR(" "));
	for (int i = 0; i < 100; i++)
		(void)buf_adds(&b, "가");
	is_int(parse(buf_str(&b)), 0, "300 bytes of hangul");
	is_int(strlen(key.comment), 255, "are cut");
	ok(str_is_text(str_c(key.comment)), "between two characters");
	(void)build(&b, "", str_sub(ED, 0, ED.n - 13), STR(" x"));
	for (int i = 0; i < 100; i++)
		(void)buf_adds(&b, "가");
	is_int(parse(buf_str(&b)), 0, "301 bytes");
	is_int(strlen(key.comment), 253, "are cut earlier");
}

/* The blob of an RSA key with so many bits, none of it prime to anything. */
static void
put_rsa(struct buf *b, unsigned bits)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT;
	unsigned bytes = (bits + 7) / 8, sign = bits % 8 == 0;

	(void)buf_add(&blob, "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0", 20);
	(void)buf_addc(&blob, (char)((bytes + sign) >> 8));
	(void)buf_addc(&blob, (char)((bytes + sign) & 255));
	if (sign)
		(void)buf_addc(&blob, 0);
	(void)buf_addc(&blob, (char)(1U << (bits - 1) % 8));
	for (unsigned i = 1; i < bytes; i++)
		(void)buf_addc(&blob, i == bytes - 1 ? 7 : (char)(i * 37));
	buf_reset(b);
	sshkey_text(STR("ssh-rsa"), buf_str(&blob), b);
}

static void
test_large(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	put_rsa(&b, SSHKEY_RSA_BITS_MAX + 1);
	is_int(parse(buf_str(&b)), OUT_MALFORMED, "16385 bits");
	is_int(why, SSHKEY_BLOB, "are not taken");
	put_rsa(&b, SSHKEY_RSA_BITS_MAX);
	ok(parse(buf_str(&b)) != OUT_TOO_LARGE && why != SSHKEY_BLOB,
	   "16384 bits are looked at");
	put_rsa(&b, SSHKEY_RSA_BITS_MIN - 1);
	is_int(parse(buf_str(&b)), OUT_MALFORMED, "2047 bits");
	is_int(why, SSHKEY_WEAK, "are weak");
	put_rsa(&b, 40 * 1024);
	is_int(parse(buf_str(&b)), OUT_MALFORMED, "40 Kibit");
	is_int(why, SSHKEY_BLOB, "are no key");
	put_rsa(&b, 8 * 9 * 1024);
	is_int(parse(buf_str(&b)), OUT_TOO_LARGE, "9 KiB");
}

static void
test_words(void)
{
	for (int i = 0; i < SSHKEY_WHYS; i++) {
		enum sshkey_why w = (enum sshkey_why)i;

		ok(sshkey_why_word(w)[0] != '\0' &&
		       sshkey_why_text(w)[0] != '\0',
		   "why %d has words", i);
	}
	for (int i = 0; i < SSHKEY_TYPES; i++) {
		enum sshkey_type t = (enum sshkey_type)i;

		ok(sshkey_type_name(t).n > 0 && sshkey_type_word(t).n > 0,
		   "type %d has names", i);
	}
}

static void
test_blob(void)
{
	enum sshkey_type type = SSHKEY_TYPES;
	unsigned bits = 7;

	is_int(sshkey_blob(STR_NONE, &type, &bits), OUT_MALFORMED, "nothing");
	is_int(sshkey_blob(STR("\0\0\0\7ssh-dss"), &type, &bits),
	       OUT_UNSUPPORTED, "DSA");
	is_int(sshkey_blob(STR("\0\0\0\x0bssh-ed25519"), &type, &bits),
	       OUT_MALFORMED, "no point");
	ok(type == SSHKEY_TYPES && bits == 7, "leave nothing");
}

int
main(void)
{
	test_good();
	test_bad();
	test_around();
	test_others();
	test_base64();
	test_limits();
	test_large();
	test_words();
	test_blob();
	return done_testing();
}
