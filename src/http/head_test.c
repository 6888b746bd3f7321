#include "http/head.h"

#include "base/test.h"

#include <string.h>

static struct http_field fields[HTTP_FIELDS_MAX];
static char text[64 * KIB];

/* Scan and parse a head as it would come in; the status, 0 when it is fine,
 * HEAD_MORE when its end is not there. */
static int
parse(struct str s, struct head *ret)
{
	struct head_scan scan = {0};
	size_t end = 0;
	int r;

	*ret = (struct head){0};
	memcpy(text, s.p, s.n);
	r = head_scan(&scan, text, s.n, &end);
	return r != 0 ? r : head_parse(text, end, fields, ret);
}

static int
status_of(struct str s)
{
	struct head h;

	return parse(s, &h);
}

#define H	   "Host: localhost:8080\r\n"
#define GET(rest)  "GET / HTTP/1.1\r\n" H rest "\r\n"
#define POST(rest) "POST / HTTP/1.1\r\n" H rest "\r\n"

static const struct row {
	const char *name;
	int status;
	struct str in;
} rows[] = {
#define ROW(name, status, in)                                                  \
	{                                                                      \
		name, status, STR_INIT(in)                                     \
	}
    ROW("plain", 0, GET("")),
    ROW("two lengths", 400, POST("Content-Length: 5\r\nContent-Length: 0\r\n")),
    ROW("equal lengths", 400,
	POST("Content-Length: 5\r\nContent-Length: 5\r\n")),
    ROW("list of lengths", 400, POST("Content-Length: 5, 5\r\n")),
    ROW("length and chunked", 400,
	POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
    ROW("chunked and length", 400,
	POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
    ROW("xchunked", 501, POST("Transfer-Encoding: xchunked\r\n")),
    ROW("gzip, chunked", 501, POST("Transfer-Encoding: gzip, chunked\r\n")),
    ROW("chunked twice in one", 501,
	POST("Transfer-Encoding: chunked, chunked\r\n")),
    ROW("chunked twice", 400,
	POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
    ROW("empty coding", 501, POST("Transfer-Encoding:\r\n")),
    ROW("identity coding", 501, POST("Transfer-Encoding: identity\r\n")),
    ROW("vertical tab before chunked", 400,
	POST("Transfer-Encoding: \vchunked\r\n")),
    ROW("chunked", 0, POST("Transfer-Encoding: Chunked\r\n")),
    ROW("coding in 1.0", 400,
	"POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n"),
    ROW("unknown coding then two lengths", 400,
	POST("Transfer-Encoding: x\r\nContent-Length: 1\r\n")),
    ROW("length +5", 400, POST("Content-Length: +5\r\n")),
    ROW("length -1", 400, POST("Content-Length: -1\r\n")),
    ROW("length 5abc", 400, POST("Content-Length: 5abc\r\n")),
    ROW("length 0x5", 400, POST("Content-Length: 0x5\r\n")),
    ROW("length empty", 400, POST("Content-Length:\r\n")),
    ROW("length 5 5", 400, POST("Content-Length:  5 5\r\n")),
    ROW("length 2^62", 0, POST("Content-Length: 4611686018427387904\r\n")),
    ROW("length 2^62 + 1", 413,
	POST("Content-Length: 4611686018427387905\r\n")),
    ROW("length 2^63", 413, POST("Content-Length: 9223372036854775808\r\n")),
    ROW("length 2^64 - 1", 413,
	POST("Content-Length: 18446744073709551615\r\n")),
    ROW("length 2^64", 413, POST("Content-Length: 18446744073709551616\r\n")),
    ROW("length 2^64 + 5", 413,
	POST("Content-Length: 18446744073709551621\r\n")),
    ROW("obs-fold", 400, GET("A: b\r\n c\r\n")),
    ROW("obs-fold with a tab", 400, GET("A: b\r\n\tc\r\n")),
    ROW("fold as the first field", 400, "GET / HTTP/1.1\r\n " H "\r\n"),
    ROW("bare LF everywhere", 400, "GET / HTTP/1.1\nHost: x\n\n"),
    ROW("bare LF after a field", 400, GET("A: b\n")),
    ROW("bare LF as the empty line", 400, "GET / HTTP/1.1\r\n" H "\n"),
    ROW("bare CR in a value", 400, GET("A: b\rC: d\r\n")),
    ROW("CR CR LF", 400, GET("A: b\r\r\n")),
    ROW("NUL in a value", 400, GET("A: b\0c\r\n")),
    ROW("NUL in a name", 400, GET("A\0: b\r\n")),
    ROW("NUL in the method", 400, "G\0ET / HTTP/1.1\r\n" H "\r\n"),
    ROW("NUL in the target", 400, "GET /\0 HTTP/1.1\r\n" H "\r\n"),
    ROW("DEL in a value", 400, GET("A: b\x7f\r\n")),
    ROW("tab in a value", 0, GET("A: b\tc\r\n")),
    ROW("8-bit in a value", 0, GET("Authorization: \xff\xfe\r\n")),
    ROW("8-bit in a name", 400, GET("\xff: b\r\n")),
    ROW("blank before the colon", 400, GET("A : b\r\n")),
    ROW("no name", 400, GET(": b\r\n")),
    ROW("no colon", 400, GET("hello\r\n")),
    ROW("blank in a name", 400, GET("A b: c\r\n")),
    ROW("empty value", 0, GET("A:\r\n")),
    ROW("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
    ROW("no Host in 1.0", 0, "GET / HTTP/1.0\r\n\r\n"),
    ROW("two Hosts", 400, GET("Host: localhost:8080\r\n")),
    ROW("two Hosts in 1.0", 400, "GET / HTTP/1.0\r\n" H H "\r\n"),
    ROW("empty Host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    ROW("method in lower case", 501, "get / HTTP/1.1\r\n" H "\r\n"),
    ROW("unknown method", 501, "BREW / HTTP/1.1\r\n" H "\r\n"),
    ROW("PRI", 505, "PRI * HTTP/2.0\r\n\r\n"),
    ROW("CONNECT", 405, "CONNECT evil:22 HTTP/1.1\r\n" H "\r\n"),
    ROW("TRACE", 405, "TRACE / HTTP/1.1\r\n" H "\r\n"),
    ROW("0.9", 400, "GET /\r\n\r\n"),
    ROW("1.9", 505, "GET / HTTP/1.9\r\n" H "\r\n"),
    ROW("2.0", 505, "GET / HTTP/2.0\r\n" H "\r\n"),
    ROW("0.9 spelled out", 505, "GET / HTTP/0.9\r\n" H "\r\n"),
    ROW("1.1x", 400, "GET / HTTP/1.1x\r\n" H "\r\n"),
    ROW("1.", 400, "GET / HTTP/1.\r\n" H "\r\n"),
    ROW("1.10", 400, "GET / HTTP/1.10\r\n" H "\r\n"),
    ROW("http/1.1", 400, "GET / http/1.1\r\n" H "\r\n"),
    ROW("two blanks", 400, "GET  / HTTP/1.1\r\n" H "\r\n"),
    ROW("blank at the end", 400, "GET / HTTP/1.1 \r\n" H "\r\n"),
    ROW("tab as a blank", 400, "GET\t/ HTTP/1.1\r\n" H "\r\n"),
    ROW("blank first", 400, " GET / HTTP/1.1\r\n" H "\r\n"),
    ROW("absolute form", 400, "GET http://evil/v2/ HTTP/1.1\r\n" H "\r\n"),
    ROW("OPTIONS *", 0, "OPTIONS * HTTP/1.1\r\n" H "\r\n"),
    ROW("GET *", 400, "GET * HTTP/1.1\r\n" H "\r\n"),
    ROW("Expect: foo", 417, POST("Expect: foo\r\n")),
    ROW("Expect and a folded line", 400, POST("Expect: foo\r\n x\r\n")),
    ROW("gzip", 0, POST("Content-Encoding: gzip\r\n")),
    ROW("x-gzip", 0, POST("Content-Encoding: X-GZIP\r\n")),
    ROW("gzip twice", 415,
	POST("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n")),
    ROW("gzip on gzip", 415, POST("Content-Encoding: gzip, gzip\r\n")),
    ROW("deflate", 415, POST("Content-Encoding: deflate\r\n")),
    ROW("identity", 0, POST("Content-Encoding: identity\r\n")),
    ROW("TLS on the plain port", 400, "\x16\x03\x01\x02\x00\x01"),
    ROW("0.9 in one line", 400, "GET /\r\n"),
    ROW("a line that is a version", 400, " HTTP/1.1\r\n"),
    ROW("a whole first line", HEAD_MORE, "GET / HTTP/1.1\r\n"),
    ROW("no end", HEAD_MORE, "GET / HTTP/1.1\r\n" H),
};

static void
test_rows(void)
{
	for (size_t i = 0; i < nitems(rows); i++)
		is_int(status_of(rows[i].in), rows[i].status, "%s",
		       rows[i].name);
}

static const struct {
	const char *path;
	bool good;
} targets[] = {
    {"/", true},
    {"/v2/", true},
    {"/v2/a/b/manifests/sha256:00", true},
    {"/a%2fb%3Ac", true},
    {"/%ed%95%9c", true},
    {"/a?b=c&d=%20%0a%2e%2F", true},
    {"/a?%ed%95%9c=%5c", true},
    {"/a?b=c&d=%zz", false},
    {"/a?%", false},
    {"/a?b=%2", false},
    {"/a?b=%00", false},
    {"/a?b=%c0%af", false},
    {"/a?b=%ff", false},
    {"/a?b=%ed%95", false},
    {"/a?b?c/../d//e", true},
    {"/...", true},
    {"/.a/..b", true},
    {"/a@b!$&'()*+,=~", true},
    {"*", false},
    {"x", false},
    {"//", false},
    {"//evil", false},
    {"/a//b", false},
    {"/a//", false},
    {"/.", false},
    {"/..", false},
    {"/./a", false},
    {"/a/../b", false},
    {"/a/.", false},
    {"/a/..", false},
    {"/a/./", false},
    {"/%2e", false},
    {"/%2E%2E/a", false},
    {"/a%2e%2e%2fb", false},
    {"/a\\b", false},
    {"/a%5cb", false},
    {"/a%5Cb", false},
    {"/a;x", false},
    {"/a#b", false},
    {"/a?b#c", false},
    {"/%", false},
    {"/%2", false},
    {"/%zz", false},
    {"/%2g", false},
    {"/a%00b", false},
    {"/a%0d%0ab", false},
    {"/a%1f", false},
    {"/a%7f", false},
    {"/a\x01", false},
    {"/a\x7f", false},
    {"/\xed\x95\x9c", false},
    {"/a?\xed\x95\x9c", false},
    {"/%c0%af", false},
    {"/%e0%80%af", false},
    {"/%ed%a0%80", false},
    {"/%f4%90%80%80", false},
    {"/%ff", false},
    {"/%ed%95", false},
    {"/%ed%95/x", false},
};

static void
test_targets(void)
{
	char in[256];

	for (size_t i = 0; i < nitems(targets); i++) {
		(void)snprintf(in, sizeof(in), "GET %s HTTP/1.1\r\n" H "\r\n",
			       targets[i].path);
		is_int(status_of(str_c(in)), targets[i].good ? 0 : 400,
		       "target %zu", i);
	}
}

static const struct {
	const char *host;
	bool good;
} hosts[] = {
    {"localhost", true},
    {"localhost:8080", true},
    {"a-b.c_d.example:1", true},
    {"example.com.", true},
    {"127.0.0.1:0", true},
    {"127.0.0.1:65535", true},
    {"[::1]", true},
    {"[::1]:443", true},
    {"[2001:db8::1]:443", true},
    {"[::ffff:1.2.3.4]", true},
    {"127.0.0.1:65536", false},
    {"a:99999", false},
    {"a:123456", false},
    {"a:", false},
    {"a:+1", false},
    {"a:1:2", false},
    {":80", false},
    {"a/b?c#d", false},
    {"a b", false},
    {"a,b", false},
    {"a@b", false},
    {"a%41", false},
    {"a..b", false},
    {".a", false},
    {".", false},
    {"[::1", false},
    {"::1", false},
    {"[]", false},
    {"[::1]80", false},
    {"[::1]:", false},
    {"[fe80::1%eth0]", false},
    {"[127.0.0.1]", false},
    {"\xc3\xa4", false},
};

static void
test_hosts(void)
{
	char in[256];

	for (size_t i = 0; i < nitems(hosts); i++) {
		(void)snprintf(in, sizeof(in),
			       "GET / HTTP/1.1\r\nHost: %s\r\n\r\n",
			       hosts[i].host);
		is_int(status_of(str_c(in)), hosts[i].good ? 0 : 400, "Host %s",
		       hosts[i].host);
	}
}

/* n times c at p; where it ended. */
static char *
fill(char *p, char c, size_t n)
{
	memset(p, c, n);
	return p + n;
}

static char *
put(char *p, const char *s)
{
	memcpy(p, s, strlen(s));
	return p + strlen(s);
}

static int
status_of_target(size_t n)
{
	static char in[32 * KIB];
	char *p = put(in, "GET /");

	p = fill(p, 'a', n - 1);
	p = put(p, " HTTP/1.1\r\n" H "\r\n");
	return status_of((struct str){in, (size_t)(p - in)});
}

static int
status_of_head(size_t n)
{
	static char in[32 * KIB];
	char *p = put(in, "GET / HTTP/1.1\r\n" H "A: ");

	p = fill(p, 'a', n - (size_t)(p - in) - 4);
	p = put(p, "\r\n\r\n");
	return status_of((struct str){in, (size_t)(p - in)});
}

static int
status_of_fields(size_t n)
{
	static char in[32 * KIB];
	char *p = put(in, "GET / HTTP/1.1\r\n" H);

	while (--n > 0)
		p = put(p, "A: b\r\n");
	p = put(p, "\r\n");
	return status_of((struct str){in, (size_t)(p - in)});
}

static void
test_limits(void)
{
	static char in[64 * KIB];
	char *p;

	is_int(status_of_target(HTTP_TARGET_MAX - 1), 0, "target max - 1");
	is_int(status_of_target(HTTP_TARGET_MAX), 0, "target max");
	is_int(status_of_target(HTTP_TARGET_MAX + 1), 414, "target max + 1");
	is_int(status_of_head(HTTP_HEAD_MAX - 1), 0, "head max - 1");
	is_int(status_of_head(HTTP_HEAD_MAX), 0, "head max");
	is_int(status_of_head(HTTP_HEAD_MAX + 1), 431, "head max + 1");
	is_int(status_of_fields(HTTP_FIELDS_MAX - 1), 0, "fields max - 1");
	is_int(status_of_fields(HTTP_FIELDS_MAX), 0, "fields max");
	is_int(status_of_fields(HTTP_FIELDS_MAX + 1), 431, "fields max + 1");
	memset(in, 'a', sizeof(in));
	is_int(status_of((struct str){in, sizeof(in)}), 414,
	       "request line of 64 KiB");
	p = fill(in, 'A', 5000);
	p = put(p, " / HTTP/1.1\r\n" H "\r\n");
	is_int(status_of((struct str){in, (size_t)(p - in)}), 501,
	       "method of 5000 letters");
	p = put(in, "GET / HTTP/1.1\r\nHost: ");
	p = fill(p, 'a', 8 * KIB);
	p = put(p, "\r\n\r\n");
	is_int(status_of((struct str){in, (size_t)(p - in)}), 400,
	       "Host of 8 KiB");
}

static void
test_content(void)
{
	struct head h;

	is_int(parse(STR("PATCH /v2/x?digest=a&b HTTP/1.1\r\nHOST:\t a:1 \r\n"
			 "Content-Length: 0012\r\nExpect: 100-Continue\r\n"
			 "X-Y:z\r\n\r\nrest"),
		     &h),
	       0, "parsed");
	is_int(h.method, HTTP_PATCH, "method");
	is_str(h.path, STR("/v2/x"), "path");
	is_str(h.query, STR("digest=a&b"), "query");
	is_str(h.host, STR("a:1"), "host");
	is_int((int)h.n_fields, 4, "fields");
	is_str(fields[0].name, STR("host"), "name in lower case");
	is_str(fields[3].value, STR("z"), "value");
	ok(h.has_length && h.length == 12 && !h.chunked, "length");
	ok(h.expect && h.keep && h.v11, "flags");
	(void)parse(STR(GET("")), &h);
	ok(h.query.p == NULL, "no query");
	(void)parse(STR("GET /? HTTP/1.1\r\n" H "\r\n"), &h);
	ok(h.query.p != NULL && h.query.n == 0, "empty query");
	(void)parse(STR(GET("Connection: x, Close\r\n")), &h);
	ok(!h.keep, "close");
	(void)parse(STR("GET / HTTP/1.0\r\n\r\n"), &h);
	ok(!h.keep && !h.v11, "1.0 closes");
	(void)parse(STR("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
		    &h);
	ok(h.keep, "1.0 keeps when asked");
	(void)parse(STR("POST / HTTP/1.0\r\nExpect: 100-continue\r\n"
			"Content-Length: 5\r\n\r\n"),
		    &h);
	ok(!h.expect, "1.0 gets no 100");
	(void)parse(STR(GET("Expect: 100-continue\r\n")), &h);
	ok(!h.expect, "no 100 without a body");
}

/* However the bytes come in, the end is found in the same place. */
static void
test_splits(void)
{
	static const char in[] = GET("A: b\r\nC: d\r\n") "tail";
	size_t want = sizeof(in) - 5, end;
	bool good = true;

	for (size_t cut = 1; cut < want; cut++) {
		struct head_scan scan = {0};

		good &= head_scan(&scan, in, cut, &end) == HEAD_MORE;
		good &= head_scan(&scan, in, sizeof(in) - 1, &end) == 0 &&
			end == want;
	}
	ok(good, "every split");
	for (size_t n = 1, r = HEAD_MORE; r == HEAD_MORE; n++) {
		static struct head_scan scan;

		r = (size_t)head_scan(&scan, in, n, &end);
		if (r == 0)
			is_int((int)end, (int)want, "byte by byte");
	}
}

int
main(void)
{
	test_rows();
	test_targets();
	test_hosts();
	test_limits();
	test_content();
	test_splits();
	is_str(str_c(http_method_name(HTTP_DELETE)), STR("DELETE"), "name");
	return done_testing();
}
