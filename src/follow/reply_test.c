#include "follow/reply.h"

#include "base/test.h"

#include <string.h>

#define OK200 "HTTP/1.1 200 OK\r\n"

static struct reply reply = REPLY_INIT;

static int
whole(struct str s)
{
	return reply_read(s, &reply);
}
#define WHOLE(text) whole(STR(text))

static void
test_good(void)
{
	is_int(WHOLE(OK200 "Content-Length: 2\r\nX: \r\n\r\nab"), 0,
	       "a length");
	is_int(reply.status, 200, "  its status");
	is_str(buf_str(&reply.body), STR("ab"), "  its body");
	is_int(WHOLE(OK200 "content-length:0\r\n\r\n"), 0, "an empty one");
	is_int(WHOLE("HTTP/1.0 403\r\nContent-Length: 1\r\n\r\nx"), 0,
	       "without a reason");
	is_int(reply.status, 403, "  its status");
	is_int(WHOLE("HTTP/1.1 204 \r\n\r\n"), 0, "a status without a body");
	is_int(WHOLE("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" OK200
		     "Content-Length: 1\r\n\r\nz"),
	       0, "behind an interim one");
	is_str(buf_str(&reply.body), STR("z"), "  its body");
	is_int(WHOLE(OK200 "Transfer-Encoding: chunked\r\n\r\n"
			   "2\r\nab\r\n00A\r\n0123456789\r\n0\r\nT: x\r\n\r\n"),
	       0, "chunks");
	is_str(buf_str(&reply.body), STR("ab0123456789"), "  put together");
	is_int(WHOLE(OK200 "Content-Encoding: identity\r\n"
			   "Content-Length: 1\r\n\r\nz"),
	       0, "not coded, in words");
}

/* Each beginning of one that is whole needs more, and nothing else. */
static void
test_cut(void)
{
	static const struct str all[] = {
	    STR_INIT(OK200 "Content-Length: 5\r\nA: b\r\n\r\nabcde"),
	    STR_INIT(OK200 "Transfer-Encoding: chunked\r\n\r\n"
			   "3\r\nabc\r\n0\r\n\r\n"),
	    STR_INIT("HTTP/1.1 100 \r\n\r\n" OK200 "Content-Length: 0\r\n\r\n"),
	};

	for (size_t k = 0; k < nitems(all); k++) {
		size_t n = 0;

		while (n < all[k].n && whole(str_sub(all[k], 0, n)) == OUT_BUSY)
			n++;
		is_int((long long)n, (long long)all[k].n, "cut anywhere, %zu",
		       k);
		is_int(whole(all[k]), 0, "  and whole");
	}
}

static const struct {
	struct str text;
	int r;
	const char *what;
} bad[] = {
    {STR_INIT("HTTP/2 200 OK\r\n\r\n"), OUT_MALFORMED, "another version"},
    {STR_INIT("ICY 200 OK\r\n\r\n"), OUT_MALFORMED, "not HTTP"},
    {STR_INIT("SSH-2.0-OpenSSH\r\n"), OUT_MALFORMED, "SSH"},
    {STR_INIT("HTTP/1.1 099 x\r\n\r\n"), OUT_MALFORMED, "status 099"},
    {STR_INIT("HTTP/1.1 600 x\r\n\r\n"), OUT_MALFORMED, "status 600"},
    {STR_INIT("HTTP/1.1 2000 x\r\n\r\n"), OUT_MALFORMED, "status 2000"},
    {STR_INIT("HTTP/1.1 101 x\r\n\r\n"), OUT_MALFORMED, "another protocol"},
    {STR_INIT("HTTP/1.1 200 OK\n\n"), OUT_MALFORMED, "bare LF"},
    {STR_INIT(OK200 "A b: c\r\n\r\n"), OUT_MALFORMED, "a blank in a name"},
    {STR_INIT(OK200 "A : c\r\n\r\n"), OUT_MALFORMED, "one behind it"},
    {STR_INIT(OK200 " A: c\r\n\r\n"), OUT_MALFORMED, "a folded line"},
    {STR_INIT(OK200 "A: c\rd\r\n\r\n"), OUT_MALFORMED, "a bare CR"},
    {STR_INIT(OK200 "A: c\0d\r\n\r\n"), OUT_MALFORMED, "a NUL"},
    {STR_INIT(OK200 "nonsense\r\n\r\n"), OUT_MALFORMED, "no colon"},
    {STR_INIT(OK200 "\r\nabc"), OUT_UNSUPPORTED, "an end that is none"},
    {STR_INIT(OK200 "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
     OUT_MALFORMED, "two lengths"},
    {STR_INIT(OK200 "Content-Length: 1, 1\r\n\r\na"), OUT_MALFORMED,
     "two in one"},
    {STR_INIT(OK200 "Content-Length: +1\r\n\r\na"), OUT_MALFORMED, "a sign"},
    {STR_INIT(OK200 "Content-Length: 99999999999999999999\r\n\r\na"),
     OUT_MALFORMED, "a length beyond all numbers"},
    {STR_INIT(OK200 "Content-Length: 65537\r\n\r\na"), OUT_TOO_LARGE,
     "a body that is too large"},
    {STR_INIT(OK200 "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
     OUT_MALFORMED, "a length beside chunks"},
    {STR_INIT(OK200 "Transfer-Encoding: gzip, chunked\r\n\r\n"), OUT_MALFORMED,
     "another coding"},
    {STR_INIT(OK200 "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na"),
     OUT_UNSUPPORTED, "a coded body"},
#define CHUNKED OK200 "Transfer-Encoding: chunked\r\n\r\n"
    {STR_INIT(CHUNKED "x\r\n"), OUT_MALFORMED, "no size of a chunk"},
    {STR_INIT(CHUNKED "\r\n"), OUT_MALFORMED, "none at all"},
    {STR_INIT(CHUNKED "1;a=b\r\nx\r\n0\r\n\r\n"), OUT_MALFORMED,
     "an extension"},
    {STR_INIT(CHUNKED "1\r\nxx\r\n0\r\n\r\n"), OUT_MALFORMED,
     "a chunk that goes on"},
    {STR_INIT(CHUNKED "000000001\r\nx"), OUT_MALFORMED, "nine digits"},
    {STR_INIT(CHUNKED "10001\r\n"), OUT_TOO_LARGE, "a chunk too large"},
};

static void
test_bad(void)
{
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(whole(bad[i].text), bad[i].r, "%s", bad[i].what);
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	(void)buf_adds(&b, OK200 "Content-Length: 65536\r\n\r\n");
	for (size_t i = 0; i < REPLY_BODY_MAX; i++)
		(void)buf_addc(&b, 'x');
	is_int(whole(buf_str(&b)), 0, "64 KiB");
	buf_reset(&b);
	(void)buf_adds(&b, CHUNKED "ffff\r\n");
	for (size_t i = 0; i < REPLY_BODY_MAX - 1; i++)
		(void)buf_addc(&b, 'x');
	(void)buf_adds(&b, "\r\n2\r\n");
	is_int(whole(buf_str(&b)), OUT_TOO_LARGE, "more, in chunks");
	buf_reset(&b);
	(void)buf_adds(&b, OK200);
	for (int i = 0; i < REPLY_FIELDS_MAX; i++)
		(void)buf_adds(&b, "A: b\r\n");
	(void)buf_adds(&b, "\r\n");
	is_int(whole(buf_str(&b)), OUT_UNSUPPORTED, "100 fields");
	buf_reset(&b);
	(void)buf_adds(&b, OK200);
	for (int i = 0; i <= REPLY_FIELDS_MAX; i++)
		(void)buf_adds(&b, "A: b\r\n");
	is_int(whole(buf_str(&b)), OUT_TOO_LARGE, "101 fields");
	buf_reset(&b);
	(void)buf_adds(&b, OK200 "A: ");
	for (size_t i = 0; i < REPLY_HEAD_MAX; i++)
		(void)buf_addc(&b, 'x');
	is_int(whole(buf_str(&b)), OUT_TOO_LARGE, "a head without an end");
	buf_reset(&b);
	for (int i = 0; i <= REPLY_INTERIM_MAX; i++)
		(void)buf_adds(&b, "HTTP/1.1 103 x\r\n\r\n");
	is_int(whole(buf_str(&b)), OUT_TOO_LARGE, "interim ones for ever");
}

int
main(void)
{
	test_good();
	test_cut();
	test_bad();
	test_limits();
	reply_clear(&reply);
	return done_testing();
}
