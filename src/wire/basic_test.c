#include "wire/basic.h"

#include "base/enc.h"
#include "base/out.h"
#include "base/test.h"

static struct buf decoded = BUF_INIT;
static struct auth auth;

static int
parse(struct str header)
{
	buf_clear(&decoded);
	return auth_parse(header, &decoded, &auth);
}

/* "Basic " and the encoded pair. */
static int
parse_pair(struct str pair)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	(void)buf_adds(&b, "Basic ");
	(void)enc_b64(&b, pair);
	return parse(buf_str(&b));
}

static void
test_good(void)
{
	is_int(parse(STR_NONE), 0, "no header");
	is_int(auth.scheme, AUTH_NONE, "is no scheme");
	/* RFC 7617 section 2. */
	is_int(parse(STR("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")), 0, "Basic");
	is_int(auth.scheme, AUTH_BASIC, "its scheme");
	is_str(auth.user, STR("Aladdin"), "user");
	is_str(auth.secret, STR("open sesame"), "secret");
	is_int(parse(STR("bASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==")), 0,
	       "in any case, after any blanks");
	is_str(auth.user, STR("Aladdin"), "user");
	is_int(parse_pair(STR("u:a:b:")), 0, "colons in the secret");
	is_str(auth.secret, STR("a:b:"), "are kept");
	is_int(parse_pair(STR(":x")), 0, "no user");
	ok(auth.user.n == 0 && auth.secret.n == 1, "is empty");
	is_int(parse_pair(STR("u:")), 0, "no secret");
	ok(auth.user.n == 1 && auth.secret.n == 0, "is empty");
	is_int(parse_pair(STR("\xed\x95\x9c:\xea\xb8\x80")), 0, "UTF-8");
	is_str(auth.secret, STR("\xea\xb8\x80"), "secret");
	is_int(parse(STR("Bearer abc.DEF-_~+/1==")), 0, "Bearer");
	is_int(auth.scheme, AUTH_BEARER, "its scheme");
	is_str(auth.token, STR("abc.DEF-_~+/1=="), "token");
	is_int(parse(STR("Digest a=\"b\", c=d")), 0, "another");
	is_int(auth.scheme, AUTH_OTHER, "is just that");
	is_int(parse(STR("Negotiate")), 0, "another, alone");
	is_int(auth.scheme, AUTH_OTHER, "too");
}

static void
test_bad(void)
{
	static const struct str rows[] = {
	    STR_INIT("Basic"),
	    STR_INIT("Basic "),
	    STR_INIT("Basic ="),
	    STR_INIT("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"),
	    STR_INIT("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ="),
	    STR_INIT("Basic QWxhZGRpbjpvcGVuIHNlc2FtZR=="),
	    STR_INIT("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== "),
	    STR_INIT("Basic QWxhZGRpbg=="),
	    STR_INIT("Basic dTp4,dTp4"),
	    STR_INIT("Basic dTp4 dTp4"),
	    STR_INIT("Basic dTp4, Basic dTp4"),
	    STR_INIT("Basic\tdTp4"),
	    STR_INIT("Basic dT-_"),
	    STR_INIT("Basic d=p4"),
	    STR_INIT("Bearer"),
	    STR_INIT("Bearer "),
	    STR_INIT("Bearer ="),
	    STR_INIT("Bearer a b"),
	    STR_INIT("Bearer a, Bearer b"),
	    STR_INIT("Bearer a,b"),
	    STR_INIT("Bearer a=b"),
	    STR_INIT("Bearer a\0"),
	    STR_INIT("Bearer \xc3\xa9"),
	    STR_INIT("Bearer\ta"),
	    STR_INIT(" Bearer a"),
	    STR_INIT(" "),
	    STR_INIT("=x y"),
	    STR_INIT("a/b c"),
	    STR_INIT("\xc3\xa9 x"),
	    STR_INIT("Basic:dTp4"),
	    STR_INIT("Bearer\"a\"")};
	static const struct str pairs[] = {
	    STR_INIT("no colon"), STR_INIT("u\0:x"),   STR_INIT("u:x\0"),
	    STR_INIT("u:x\n"),	  STR_INIT("\x1bu:x"), STR_INIT("u:\x7f"),
	    STR_INIT("u\t:x")};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(parse(rows[i]), OUT_MALFORMED, "refused %s", rows[i].p);
	for (size_t i = 0; i < nitems(pairs); i++)
		is_int(parse_pair(pairs[i]), OUT_MALFORMED, "pair %zu", i);
}

int
main(void)
{
	test_good();
	test_bad();
	buf_clear(&decoded);
	(void)buf_adds(&decoded, "before");
	is_int(auth_parse(STR("Basic dTp4"), &decoded, &auth), 0,
	       "a buf in use");
	is_str(auth.user, STR("u"), "only the new bytes count");
	buf_clear(&decoded);
	return done_testing();
}
