#include "base/test.h"

#include "base/out.h"
#include "wire/keymaker.h"

static const struct keymaker_order good = {
    .type = SSHKEY_ED25519, .bits = 256, .comment = STR_INIT("web-key")};

static int
written(struct keymaker_order o)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	return keymaker_order_write(&o, &b);
}

static void
test_kinds(void)
{
	static const struct {
		enum sshkey_type type;
		unsigned bits;
		int r;
	} kinds[] = {
	    {SSHKEY_ED25519, 256, 0},
	    {SSHKEY_ED25519, 255, OUT_MALFORMED},
	    {SSHKEY_ED25519, 0, OUT_MALFORMED},
	    {SSHKEY_RSA, 2047, OUT_MALFORMED},
	    {SSHKEY_RSA, 2048, 0},
	    {SSHKEY_RSA, 2049, OUT_MALFORMED},
	    {SSHKEY_RSA, 3072, 0},
	    {SSHKEY_RSA, 4096, 0},
	    {SSHKEY_RSA, 4097, OUT_MALFORMED},
	    {SSHKEY_RSA, 8192, OUT_MALFORMED},
	    {SSHKEY_RSA, 65536 + 2048, OUT_MALFORMED},
	    {SSHKEY_ECDSA256, 256, 0},
	    {SSHKEY_ECDSA256, 384, OUT_MALFORMED},
	    {SSHKEY_ECDSA384, 384, 0},
	    {SSHKEY_ECDSA384, 256, OUT_MALFORMED},
	    {SSHKEY_ECDSA521, 521, OUT_MALFORMED},
	    {SSHKEY_SK_ED25519, 256, OUT_MALFORMED},
	    {SSHKEY_SK_ECDSA256, 256, OUT_MALFORMED},
	    {SSHKEY_TYPES, 256, OUT_MALFORMED},
	};

	for (size_t i = 0; i < nitems(kinds); i++) {
		struct keymaker_order o = good;

		o.type = kinds[i].type;
		o.bits = kinds[i].bits;
		is_int(written(o), kinds[i].r, "type %d of %u bits",
		       (int)o.type, o.bits);
	}
}

static void
test_comment(void)
{
	char text[KEYMAKER_COMMENT_MAX + 1];
	static const char *const bad[] = {"a b", "a\nb", "\x1b[m", "\x7f",
					  "\xc3\xa9"};
	struct keymaker_order o = good;

	memset(text, 'x', sizeof(text));
	o.comment = (struct str){text, KEYMAKER_COMMENT_MAX - 1};
	is_int(written(o), 0, "one byte below the limit");
	o.comment.n++;
	is_int(written(o), 0, "at the limit");
	o.comment.n++;
	is_int(written(o), OUT_MALFORMED, "over it");
	o.comment = STR_NONE;
	is_int(written(o), 0, "none at all");
	for (size_t i = 0; i < nitems(bad); i++) {
		o.comment = str_c(bad[i]);
		is_int(written(o), OUT_MALFORMED, "refused: %s", bad[i]);
	}
	o = good;
	o.form = KEYMAKER_FORMS;
	is_int(written(o), OUT_MALFORMED, "a form of nobody");
}

static void
test_order(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct keymaker_order o = good, got = {0};
	struct str all;

	o.type = SSHKEY_RSA;
	o.bits = 4096;
	o.form = KEYMAKER_PEM;
	is_int(keymaker_order_write(&o, &b), 0, "an order");
	is_str(buf_str(&b), STR("\0\x10\0\x01\x07web-key"), "as written down");
	is_int(keymaker_order_read(buf_str(&b), &got), 0, "is read");
	ok(got.type == SSHKEY_RSA && got.bits == 4096 &&
	       got.form == KEYMAKER_PEM,
	   "all of it");
	is_str(got.comment, STR("web-key"), "and the comment");
	all = buf_str(&b);
	for (size_t n = 0; n < all.n; n++)
		is_int(keymaker_order_read(str_sub(all, 0, n), &got),
		       OUT_MALFORMED, "cut after %zu bytes", n);
	(void)buf_addc(&b, 'x');
	is_int(keymaker_order_read(buf_str(&b), &got), OUT_MALFORMED,
	       "a byte too many");
	is_int(keymaker_order_read(STR("\x07\x01\0\0\0"), &got), OUT_MALFORMED,
	       "an unknown type");
	is_int(keymaker_order_read(STR("\x01\x01\0\x02\0"), &got),
	       OUT_MALFORMED, "an unknown form");
	is_int(keymaker_order_read(STR("\x01\x01\0\0\0"), &got), 0,
	       "the shortest");
}

static int
head_again(enum keymaker_status status, size_t blob, size_t text)
{
	struct keymaker_head h = {status, blob, text}, got = {0};
	uint8_t bytes[KEYMAKER_HEAD_LEN];
	int r;

	keymaker_head_write(&h, bytes);
	r = keymaker_head_read(bytes, &got);
	return r != 0 ? r
	       : got.status == status && got.blob_len == blob &&
		       got.text_len == text
		   ? 0
		   : -1;
}

static void
test_head(void)
{
	is_int(head_again(KEYMAKER_FINE, 51, 400), 0, "a small key");
	is_int(head_again(KEYMAKER_FINE, KEYMAKER_BLOB_MAX, KEYMAKER_TEXT_MAX),
	       0, "the largest");
	is_int(head_again(KEYMAKER_FINE, KEYMAKER_BLOB_MAX + 1, 400),
	       OUT_MALFORMED, "a blob too large");
	is_int(head_again(KEYMAKER_FINE, 51, KEYMAKER_TEXT_MAX + 1),
	       OUT_MALFORMED, "a text too large");
	is_int(head_again(KEYMAKER_FINE, 0, 400), OUT_MALFORMED, "no blob");
	is_int(head_again(KEYMAKER_FINE, 51, 0), OUT_MALFORMED, "no text");
	is_int(head_again(KEYMAKER_REFUSED, 0, 0), 0, "refused");
	is_int(head_again(KEYMAKER_BUSY, 0, 0), 0, "busy");
	is_int(head_again(KEYMAKER_FAILED, 0, 0), 0, "failed");
	is_int(head_again(KEYMAKER_FAILED, 0, 1), OUT_MALFORMED,
	       "failed, and yet a text");
	is_int(head_again(KEYMAKER_STATUSES, 0, 0), OUT_MALFORMED,
	       "an unknown status");
}

int
main(void)
{
	subtest("kinds")
	{
		test_kinds();
	}
	subtest("comment")
	{
		test_comment();
	}
	subtest("order")
	{
		test_order();
	}
	subtest("head")
	{
		test_head();
	}
	return done_testing();
}
