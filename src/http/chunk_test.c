#include "http/chunk.h"

#include "base/out.h"
#include "base/test.h"

#include <string.h>

/* Decode in[0..n), handed over in pieces of at most piece bytes, data taken
 * max bytes at a time; the outcome, and what was decoded and not used. */
static int
decode(struct str in, size_t piece, size_t max, char *out, size_t *ret_n,
       size_t *ret_used)
{
	struct chunk c = {0};
	size_t at = 0, n = 0, used, data;
	int r = 0;

	while (at < in.n && r == 0) {
		size_t have = in.n - at < piece ? in.n - at : piece;

		r = chunk_next(&c, in.p + at, have, max, &used, &data);
		if (r == OUT_MALFORMED)
			break;
		memcpy(out + n, in.p + at + used - data, data);
		n += data;
		at += used;
	}
	*ret_n = n;
	*ret_used = at;
	return r;
}

static const struct {
	const char *name;
	int r;
	struct str in;
} rows[] = {
#define ROW(name, r, in)                                                       \
	{                                                                      \
		name, r, STR_INIT(in)                                          \
	}
    ROW("empty", OUT_RANGE, "0\r\n\r\n"),
    ROW("one", OUT_RANGE, "3\r\nabc\r\n0\r\n\r\n"),
    ROW("zeros before the size", OUT_RANGE, "0003\r\nabc\r\n00\r\n\r\n"),
    ROW("capital digits", OUT_RANGE, "A\r\n0123456789\r\n0\r\n\r\n"),
    ROW("extension", OUT_RANGE, "3;a=b;c=\"d\"\r\nabc\r\n0;x\r\n\r\n"),
    ROW("trailers", OUT_RANGE,
	"0\r\nAuthorization: x\r\nContent-Length: 5\r\n\r\n"),
    ROW("unfinished", 0, "3\r\nabc\r\n0\r\n"),
    ROW("no size", OUT_MALFORMED, "\r\nabc"),
    ROW("no size but an extension", OUT_MALFORMED, ";x\r\n"),
    ROW("sign", OUT_MALFORMED, "+3\r\nabc\r\n"),
    ROW("minus", OUT_MALFORMED, "-1\r\n"),
    ROW("0x", OUT_MALFORMED, "0x3\r\nabc\r\n"),
    ROW("not hexadecimal", OUT_MALFORMED, "5g\r\nabcde\r\n"),
    ROW("blank before the size", OUT_MALFORMED, " 3\r\nabc\r\n"),
    ROW("blank behind the size", OUT_MALFORMED, "3 \r\nabc\r\n"),
    ROW("tab behind the size", OUT_MALFORMED, "3\t;a\r\nabc\r\n"),
    ROW("bare LF behind the size", OUT_MALFORMED, "3\nabc\r\n"),
    ROW("bare LF behind an extension", OUT_MALFORMED, "3;a\nabc\r\n"),
    ROW("bare LF behind the data", OUT_MALFORMED, "3\r\nabc\n0\r\n\r\n"),
    ROW("bare CR behind the size", OUT_MALFORMED, "3\rabc\r\n"),
    ROW("data too long", OUT_MALFORMED, "3\r\nabcd\r\n0\r\n\r\n"),
    ROW("NUL behind the size", OUT_MALFORMED, "3\0\r\nabc\r\n"),
    ROW("NUL in an extension", OUT_MALFORMED, "3;\0\r\nabc\r\n"),
    ROW("largest size", 0, "fffffffffffffff\r\n"),
    ROW("one digit more", OUT_MALFORMED, "0fffffffffffffff\r\n"),
    ROW("a size that overflows", OUT_MALFORMED, "10000000000000005\r\n"),
    ROW("bare LF ends it", OUT_MALFORMED, "0\r\n\n"),
    ROW("bare LF in a trailer", OUT_MALFORMED, "0\r\nA: b\n\r\n"),
    ROW("folded trailer", OUT_MALFORMED, "0\r\nA: b\r\n c\r\n\r\n"),
    ROW("trailer without a name", OUT_MALFORMED, "0\r\n: b\r\n\r\n"),
    ROW("NUL in a trailer", OUT_MALFORMED, "0\r\nA: \0\r\n\r\n"),
};

static void
test_rows(void)
{
	char out[256];
	size_t n, used;

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(decode(rows[i].in, SIZE_MAX, SIZE_MAX, out, &n, &used),
		       rows[i].r, "%s", rows[i].name);
		is_int(decode(rows[i].in, 1, 1, out, &n, &used), rows[i].r,
		       "%s, byte by byte", rows[i].name);
	}
}

static void
test_splits(void)
{
	static const char in[] = "5;ext=1\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n"
				 "0\r\nTrailer: x\r\n\r\nGET / HTTP/1.1\r\n";
	static const size_t body = sizeof(in) - 1 - 16;
	char out[64];
	bool good = true;
	size_t n, used;

	for (size_t piece = 1; piece < sizeof(in); piece++) {
		for (size_t max = 1; max < 8; max++) {
			good &= decode((struct str){in, sizeof(in) - 1}, piece,
				       max, out, &n, &used) == OUT_RANGE;
			good &= used == body && str_eq((struct str){out, n},
						       STR("hello, world"));
		}
	}
	ok(good, "pieces of every size");
	good = true;
	for (size_t cut = 0; cut <= body; cut++) {
		struct chunk c = {0};
		size_t at = 0, data;
		int r = 0;

		n = 0;
		while (r == 0) {
			size_t end = at < cut ? cut : sizeof(in) - 1;

			r = chunk_next(&c, in + at, end - at, SIZE_MAX, &used,
				       &data);
			memcpy(out + n, in + at + used - data, data);
			n += data;
			at += used;
		}
		good &= r == OUT_RANGE && at == body &&
			str_eq((struct str){out, n}, STR("hello, world"));
	}
	ok(good, "split at every byte");
}

static void
test_past(void)
{
	struct chunk c = {0};
	size_t used, data;

	is_int(chunk_next(&c, "a\r\n01", 5, SIZE_MAX, &used, &data), 0,
	       "a chunk begins");
	is_int((int)data, 2, "with two bytes");
	is_int((int)chunk_left(&c), 8, "eight are to come");
	chunk_took(&c, 8);
	is_int((int)chunk_left(&c), 0, "and have come");
	is_int(chunk_next(&c, "x", 1, SIZE_MAX, &used, &data), OUT_MALFORMED,
	       "its line end is looked at");
	is_int(chunk_next(&c, "\r\n0\r\n\r\n", 7, SIZE_MAX, &used, &data),
	       OUT_MALFORMED, "a flaw stays");
}

static int
extended(size_t n)
{
	static char in[CHUNK_EXTENSION_MAX + 64], out[8];
	size_t used, got;

	memset(in, 'x', sizeof(in));
	memcpy(in, "1;", 2);
	memcpy(in + 2 + n, "\r\na\r\n0\r\n\r\n", 11);
	return decode((struct str){in, 2 + n + 10}, SIZE_MAX, SIZE_MAX, out,
		      &got, &used);
}

static int
trailed(size_t n)
{
	static char in[CHUNK_TRAILER_MAX + 64], out[8];
	size_t used, got;

	memset(in, 'x', sizeof(in));
	memcpy(in, "0\r\n", 3);
	memcpy(in + 3 + n, "\r\n\r\n", 4);
	return decode((struct str){in, 3 + n + 4}, SIZE_MAX, SIZE_MAX, out,
		      &got, &used);
}

static void
test_limits(void)
{
	static char many[6 * 2000 + 5], out[2001];
	size_t n, used;

	is_int(extended(CHUNK_EXTENSION_MAX - 1), OUT_RANGE, "extension - 1");
	is_int(extended(CHUNK_EXTENSION_MAX), OUT_RANGE, "extension");
	is_int(extended(CHUNK_EXTENSION_MAX + 1), OUT_MALFORMED,
	       "extension + 1");
	is_int(trailed(CHUNK_TRAILER_MAX - 1), OUT_RANGE, "trailer - 1");
	is_int(trailed(CHUNK_TRAILER_MAX), OUT_RANGE, "trailer");
	is_int(trailed(CHUNK_TRAILER_MAX + 1), OUT_MALFORMED, "trailer + 1");
	for (size_t i = 0; i < 2000; i++)
		memcpy(many + 6 * i, "1\r\na\r\n", 6);
	memcpy(many + sizeof(many) - 5, "0\r\n\r\n", 5);
	is_int(decode((struct str){many, sizeof(many)}, 7, 3, out, &n, &used),
	       OUT_RANGE, "many chunks");
	is_int((int)n, 2000, "all of them");
}

int
main(void)
{
	test_rows();
	test_splits();
	test_past();
	test_limits();
	return done_testing();
}
