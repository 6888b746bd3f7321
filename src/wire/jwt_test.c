#include "wire/jwt.h"

#include "base/enc.h"
#include "base/out.h"
#include "base/test.h"

#include <string.h>

#define NOW_S  ((int64_t)1795000000)
#define SKEW_S 60

/* header.payload.signature of plain text; the caller clears it. */
static struct buf
token_of(struct str header, struct str payload)
{
	struct buf b = BUF_INIT_MAX(64 * KIB);

	(void)jwt_input(&b, header, payload);
	(void)jwt_seal(&b, "sig", 3);
	return b;
}

static int
parse(struct str token)
{
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;

	return jwt_parse(token, &t);
}

static void
test_good(void)
{
	CLEAN(buf_clear)
	struct buf b =
	    token_of(STR("{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\","
			 "\"jku\":\"http://x\",\"jwk\":{}}"),
		     STR("{\"sub\":\"x\"}"));
	CLEAN(buf_clear)
	struct buf bare = token_of(STR("{\"alg\":\"HS256\"}"), STR("{}"));
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;
	struct str head, tail;

	is_int(jwt_parse(buf_str(&b), &t), 0, "a token");
	is_str(t.alg, STR("ES256"), "alg");
	is_str(t.kid, STR("k1"), "kid");
	is_str(json_text(t.payload, "sub"), STR("x"), "a claim");
	is_str(buf_str(&t.signature), STR("sig"), "signature");
	ok(str_rcut(buf_str(&b), '.', &head, &tail), "it has dots");
	is_str(t.input, head, "what was signed");
	ok(t.input.p == b.p, "is borrowed");
	jwt_clear(&t);
	is_int(jwt_parse(buf_str(&bare), &t), 0, "without kid");
	is_int(t.kid.n, 0, "kid is empty");
}

static void
test_bad_parts(void)
{
	static const struct str rows[] = {
	    STR_INIT("{}"),
	    STR_INIT("{\"alg\":1}"),
	    STR_INIT("{\"alg\":null}"),
	    STR_INIT("{\"alg\":[\"ES256\"]}"),
	    STR_INIT("{\"Alg\":\"ES256\"}"),
	    STR_INIT("[]"),
	    STR_INIT("\"ES256\""),
	    STR_INIT(""),
	    STR_INIT("{\"alg\":\"ES256\",\"alg\":\"none\"}"),
	    STR_INIT("{\"alg\":\"ES256\",\"kid\":1}"),
	    STR_INIT("{\"alg\":\"ES256\",\"kid\":null}"),
	    STR_INIT("{\"alg\":\"ES256\",\"kid\":\"a\\u0000b\"}"),
	    STR_INIT("{\"alg\":\"ES256\",\"crit\":[\"x\"]}"),
	    STR_INIT("{\"alg\":\"ES256\",\"crit\":[]}"),
	    STR_INIT("{\"alg\":\"ES256\",\"b64\":false}"),
	    STR_INIT("{\"alg\":\"ES256\",\"b64\":true}"),
	    STR_INIT("{\"alg\":\"ES256\",\"zip\":\"DEF\"}"),
	    STR_INIT("{\"alg\":\"ES256\"}\0{}"),
	    STR_INIT("{\"alg\":\"ES256\"} x"),
	};
	static const struct str payloads[] = {
	    STR_INIT(""),
	    STR_INIT("[]"),
	    STR_INIT("null"),
	    STR_INIT("{"),
	    STR_INIT("{\"exp\":1,\"exp\":2}"),
	    STR_INIT("{\"access\":[],\"access\":[{}]}"),
	    STR_INIT("{\"exp\":9223372036854775808}"),
	    STR_INIT("{\"exp\":NaN}"),
	    STR_INIT("{\"sub\":\"\xff\"}"),
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		CLEAN(buf_clear) struct buf b = token_of(rows[i], STR("{}"));

		is_int(parse(buf_str(&b)), OUT_MALFORMED, "header %.*s",
		       STR_ARG(rows[i]));
	}
	for (size_t i = 0; i < nitems(payloads); i++) {
		CLEAN(buf_clear)
		struct buf b =
		    token_of(STR("{\"alg\":\"ES256\"}"), payloads[i]);

		is_int(parse(buf_str(&b)), OUT_MALFORMED, "payload %.*s",
		       STR_ARG(payloads[i]));
	}
}

/* eyJhbGciOiJIUzI1NiJ9 is {"alg":"HS256"} and e30 is {}. */
static void
test_bad_form(void)
{
	static const struct str rows[] = {
	    STR_INIT(""),
	    STR_INIT("."),
	    STR_INIT(".."),
	    STR_INIT("..."),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30."),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9..c2ln"),
	    STR_INIT(".e30.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2ln.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2ln.c2ln.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2ln."),
	    STR_INIT(".eyJhbGciOiJIUzI1NiJ9.e30.c2ln"),
	    STR_INIT("e30.eyJhbGciOiJIUzI1NiJ9.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2l="),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30=.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e31.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2l/"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2lnA"),
	    STR_INIT(" eyJhbGciOiJIUzI1NiJ9.e30.c2ln"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2ln\n"),
	    STR_INIT("eyJhbGciOiJIUzI1NiJ9.e30.c2\0ln"),
	};
	static char dots[1000000];

	is_int(parse(STR("eyJhbGciOiJIUzI1NiJ9.e30.c2ln")), 0, "the model");
	for (size_t i = 0; i < nitems(rows); i++)
		is_int(parse(rows[i]), OUT_MALFORMED, "\"%.*s\"",
		       STR_ARG(rows[i]));
	memset(dots, '.', sizeof(dots));
	is_int(parse((struct str){dots, sizeof(dots)}), OUT_MALFORMED,
	       "a million dots");
	is_int(parse((struct str){dots, JWT_MAX}), OUT_MALFORMED, "8 KiB");
}

static void
test_size(void)
{
	const struct str head = STR("eyJhbGciOiJIUzI1NiJ9.e30.");
	static char text[JWT_MAX + 4];

	memset(text, 'A', sizeof(text));
	memcpy(text, head.p, head.n);
	for (size_t n = JWT_MAX - 4; n <= JWT_MAX + 4; n++) {
		/* The signature must have a length that base64 can have. */
		if ((n - head.n) % 4 == 1)
			continue;
		is_int(parse((struct str){text, n}),
		       n <= JWT_MAX ? 0 : OUT_MALFORMED, "%zu bytes", n);
	}
}

static int
times(const char *payload, int64_t *ret)
{
	CLEAN(json_freep) struct json *j = NULL;

	if (json_parse(str_c(payload), &j, NULL) != 0)
		abort();
	return jwt_times(j, NOW_S * SECOND_MS, SKEW_S, ret);
}

static int
exp_at(int64_t at, int64_t *ret)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "{\"exp\":%lld}", (long long)at);
	return times(text, ret);
}

static int
from_at(const char *name, int64_t at, int64_t exp)
{
	char text[96];
	int64_t ret = 0;

	(void)snprintf(text, sizeof(text), "{\"%s\":%lld,\"exp\":%lld}", name,
		       (long long)at, (long long)exp);
	return times(text, &ret);
}

static void
test_times(void)
{
	static const char *const bad[] = {
	    "{}",
	    "{\"exp\":null}",
	    "{\"exp\":\"1795000100\"}",
	    "{\"exp\":1795000100.0}",
	    "{\"exp\":true}",
	    "{\"exp\":-1}",
	    "{\"exp\":253402300800}",
	    "{\"exp\":9223372036854775807}",
	    "{\"exp\":1e10}",
	    "[]",
	    "{\"exp\":1795000100,\"nbf\":\"1\"}",
	    "{\"exp\":1795000100,\"nbf\":-1}",
	    "{\"exp\":1795000100,\"nbf\":null}",
	    "{\"exp\":1795000100,\"iat\":1.5}",
	    "{\"exp\":1795000100,\"iat\":9223372036854775807}",
	    "{\"exp\":1795000100,\"iat\":1795000101}",
	    "{\"exp\":1795000100,\"nbf\":1795000101}"};
	int64_t exp = 7;

	for (size_t i = 0; i < nitems(bad); i++)
		is_int(times(bad[i], &exp), OUT_MALFORMED, "%s", bad[i]);
	is_int(exp_at(NOW_S - 61, &exp), OUT_EXPIRED, "past by 61 s");
	is_int(exp_at(NOW_S - 60, &exp), OUT_EXPIRED, "past by 60 s");
	is_int(exp_at(0, &exp), OUT_EXPIRED, "1970");
	is_int(exp, 7, "ret untouched");
	is_int(exp_at(NOW_S - 59, &exp), 0, "past by 59 s");
	is_int(exp, (NOW_S - 59) * SECOND_MS, "the end without the grace");
	is_int(exp_at(253402300799, &exp), 0, "the year 9999");
	for (int i = 0; i < 2; i++) {
		const char *name = i == 0 ? "nbf" : "iat";
		int64_t end = NOW_S + 1000;

		is_int(from_at(name, NOW_S + 61, end), OUT_EXPIRED,
		       "%s in 61 s", name);
		is_int(from_at(name, NOW_S + 60, end), 0, "%s in 60 s", name);
		is_int(from_at(name, 0, end), 0, "%s long ago", name);
		is_int(from_at(name, end, end), OUT_EXPIRED, "%s = exp", name);
	}
}

int
main(void)
{
	test_good();
	test_bad_parts();
	test_bad_form();
	test_size();
	test_times();
	return done_testing();
}
