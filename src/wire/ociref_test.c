#include "wire/ociref.h"

#include "base/test.h"

#include <string.h>

#define HEX64  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX128 HEX64 HEX64

static void
test_names(void)
{
	static const struct str good[] = {
	    STR_INIT("a/b"),	       STR_INIT("ns/img"),
	    STR_INIT("a/b/c/d"),       STR_INIT("a.b/c_d/e__f/g-h/i--j---k"),
	    STR_INIT("0/1"),	       STR_INIT("a/tags/list"),
	    STR_INIT("a/manifests/b"), STR_INIT("a/blobs/uploads"),
	    STR_INIT("nul/aux.txt"),   STR_INIT("con/con")};
	static const struct str bad[] = {STR_INIT(""),
					 STR_INIT("."),
					 STR_INIT(".."),
					 STR_INIT("..."),
					 STR_INIT("a"),
					 STR_INIT(".git"),
					 STR_INIT("a/.git"),
					 STR_INIT("a/.."),
					 STR_INIT("../a"),
					 STR_INIT("a/../b"),
					 STR_INIT("a/./b"),
					 STR_INIT("a//b"),
					 STR_INIT("/a"),
					 STR_INIT("/a/b"),
					 STR_INIT("a/"),
					 STR_INIT("a/b/"),
					 STR_INIT("/"),
					 STR_INIT("-rf/a"),
					 STR_INIT("a/-rf"),
					 STR_INIT("a/b-"),
					 STR_INIT("--upload-pack=x/a"),
					 STR_INIT("-oProxyCommand=x/a"),
					 STR_INIT("a/B"),
					 STR_INIT("A/b"),
					 STR_INIT("a/\xc3\xa9"),
					 STR_INIT("a/\xd0\xb0"),
					 STR_INIT("a/\xef\xbd\x81"),
					 STR_INIT("a/b\xe2\x80\x8d"),
					 STR_INIT("a/b\xe2\x80\x8f"),
					 STR_INIT("a/\xc4\xb0"),
					 STR_INIT("CON/a"),
					 STR_INIT("a:b/c"),
					 STR_INIT("a\\b/c"),
					 STR_INIT("a/b."),
					 STR_INIT("a/b "),
					 STR_INIT(" a/b"),
					 STR_INIT("a/%2e%2e"),
					 STR_INIT("a/b%00"),
					 STR_INIT("a/b%0d%0aSet-Cookie:x"),
					 STR_INIT("a/b\r\n"),
					 STR_INIT("a/b\0c"),
					 STR_INIT("a/b\0"),
					 STR_INIT("_catalog/a"),
					 STR_INIT("a/_b"),
					 STR_INIT("a/b_"),
					 STR_INIT("a/b___c"),
					 STR_INIT("a/b..c"),
					 STR_INIT("a/b._c"),
					 STR_INIT("a/b-_c"),
					 STR_INIT("a/b_-c"),
					 STR_INIT("a/b.-c"),
					 STR_INIT("a/*"),
					 STR_INIT("*/a"),
					 STR_INIT("a/'; drop table"),
					 STR_INIT("a/$(id)"),
					 STR_INIT("a/`id`"),
					 STR_INIT("a/%s%n"),
					 STR_INIT("a/${x}"),
					 STR_INIT("a/b@c"),
					 STR_INIT("a/b~c"),
					 STR_INIT("a/b+c")};

	for (size_t i = 0; i < nitems(good); i++)
		ok(ociref_is_name(good[i]), "name %.*s", STR_ARG(good[i]));
	for (size_t i = 0; i < nitems(bad); i++)
		ok(!ociref_is_name(bad[i]), "no name %zu", i);
	ok(!ociref_is_name(STR_NONE), "nothing is no name");
	ok(!ociref_is_component(STR("a/b")), "a name is no component");
	is_str(ociref_namespace(STR("ns/a/b")), STR("ns"), "namespace");
}

static void
test_lengths(void)
{
	char text[300];

	memset(text, 'a', sizeof(text));
	text[1] = '/';
	ok(ociref_is_name((struct str){text, 254}), "name of max - 1");
	ok(ociref_is_name((struct str){text, 255}), "name of max");
	ok(!ociref_is_name((struct str){text, 256}), "name of max + 1");
	text[1] = 'a';
	ok(ociref_is_tag((struct str){text, 127}), "tag of max - 1");
	ok(ociref_is_tag((struct str){text, 128}), "tag of max");
	ok(!ociref_is_tag((struct str){text, 129}), "tag of max + 1");
	ok(!ociref_is_namespace((struct str){text, 3}), "namespace of 3");
	ok(ociref_is_namespace((struct str){text, 4}), "namespace of 4");
	ok(ociref_is_namespace((struct str){text, 30}), "namespace of 30");
	ok(!ociref_is_namespace((struct str){text, 31}), "namespace of 31");
}

static void
test_tags(void)
{
	static const struct str good[] = {
	    STR_INIT("latest"),	   STR_INIT("1"),    STR_INIT("_x"),
	    STR_INIT("V1.2-rc_3"), STR_INIT("a..b"), STR_INIT("a--")};
	static const struct str bad[] = {
	    STR_INIT(""),    STR_INIT("-x"),	   STR_INIT("."),
	    STR_INIT(".."),  STR_INIT(".x"),	   STR_INIT("sha256:" HEX64),
	    STR_INIT("a/b"), STR_INIT("a b"),	   STR_INIT("a\n"),
	    STR_INIT("a\0"), STR_INIT("\xc3\xa9"), STR_INIT("a+b"),
	    STR_INIT("a%41")};
	static const struct str spaces[] = {
	    STR_INIT("-abc"), STR_INIT("abc-"), STR_INIT("_abc"),
	    STR_INIT("abc_"), STR_INIT("a.bc"), STR_INIT("a___b"),
	    STR_INIT("a-_b"), STR_INIT("Abcd"), STR_INIT("ab/cd"),
	    STR_INIT("abc\n")};

	for (size_t i = 0; i < nitems(good); i++)
		ok(ociref_is_tag(good[i]), "tag %.*s", STR_ARG(good[i]));
	for (size_t i = 0; i < nitems(bad); i++)
		ok(!ociref_is_tag(bad[i]), "no tag %zu", i);
	ok(ociref_is_namespace(STR("a--b")), "namespace a--b");
	ok(ociref_is_namespace(STR("team_1")), "namespace team_1");
	for (size_t i = 0; i < nitems(spaces); i++)
		ok(!ociref_is_namespace(spaces[i]), "no namespace %zu", i);
}

static void
test_digests(void)
{
	static const struct {
		struct str text;
		int want;
	} rows[] = {
	    {STR_INIT("sha256:" HEX64), 0},
	    {STR_INIT("sha512:" HEX128), 0},
	    {STR_INIT("md5:d41d8cd98f00b204e9800998ecf8427e"), OUT_UNSUPPORTED},
	    {STR_INIT("sha1:" HEX64), OUT_UNSUPPORTED},
	    {STR_INIT("sha256+b64:abc="), OUT_UNSUPPORTED},
	    {STR_INIT("blake3:" HEX64), OUT_UNSUPPORTED},
	    {STR_INIT("SHA256:" HEX64), OUT_MALFORMED},
	    {STR_INIT("sha256:" HEX128), OUT_MALFORMED},
	    {STR_INIT("sha512:" HEX64), OUT_MALFORMED},
	    {STR_INIT("sha256:" HEX64 "0"), OUT_MALFORMED},
	    {STR_INIT("sha256:"), OUT_MALFORMED},
	    {STR_INIT("sha256"), OUT_MALFORMED},
	    {STR_INIT(":" HEX64), OUT_MALFORMED},
	    {STR_INIT("sha256:sha256:" HEX64), OUT_MALFORMED},
	    {STR_INIT("sha256:../../etc/passwd"), OUT_MALFORMED},
	    {STR_INIT("sha256:%2e%2e%2f"), OUT_MALFORMED},
	    {STR_INIT("sha256:ABCDEF6789abcdef0123456789abcdef"
		      "0123456789abcdef0123456789abcdef"),
	     OUT_MALFORMED},
	    {STR_INIT("sha256:\0" HEX64), OUT_MALFORMED},
	    {STR_INIT("sha256:" HEX64 "\0"), OUT_MALFORMED},
	    {STR_INIT("sha256:" HEX64 "\n"), OUT_MALFORMED},
	    {STR_INIT(" sha256:" HEX64), OUT_MALFORMED},
	    {STR_INIT("+sha256:" HEX64), OUT_MALFORMED},
	    {STR_INIT("sha256+:" HEX64), OUT_MALFORMED},
	    {STR_INIT("a++b:" HEX64), OUT_MALFORMED},
	    {STR_INIT("x:" HEX128 HEX64), OUT_MALFORMED},
	    {STR_INIT(""), OUT_MALFORMED},
	};
	enum digest_kind kind = DIGEST_SHA256;

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(ociref_digest(rows[i].text, &kind), rows[i].want,
		       "digest %.30s", rows[i].text.p);
	ok(ociref_digest(STR("sha512:" HEX128), &kind) == 0 &&
	       kind == DIGEST_SHA512,
	   "the kind");
}

static void
test_refs(void)
{
	static const struct {
		struct str text;
		struct ociref ref;
	} rows[] = {
	    {STR_INIT("ns/img"),
	     {STR_INIT(""), STR_INIT("ns/img"), STR_INIT("latest"),
	      STR_INIT("")}},
	    {STR_INIT("localhost/ns/img:1"),
	     {STR_INIT("localhost"), STR_INIT("ns/img"), STR_INIT("1"),
	      STR_INIT("")}},
	    {STR_INIT("Reg.example.com:5000/ns/a/b@sha256:" HEX64),
	     {STR_INIT("Reg.example.com:5000"), STR_INIT("ns/a/b"),
	      STR_INIT(""), STR_INIT("sha256:" HEX64)}},
	    {STR_INIT("host:1/ns/a:t@sha256:" HEX64),
	     {STR_INIT("host:1"), STR_INIT("ns/a"), STR_INIT("t"),
	      STR_INIT("sha256:" HEX64)}},
	    {STR_INIT("[::1]:8080/ns/a:t"),
	     {STR_INIT("[::1]:8080"), STR_INIT("ns/a"), STR_INIT("t"),
	      STR_INIT("")}},
	    {STR_INIT("127.0.0.1:65535/ns/a"),
	     {STR_INIT("127.0.0.1:65535"), STR_INIT("ns/a"), STR_INIT("latest"),
	      STR_INIT("")}},
	};
	static const struct str bad[] = {STR_INIT(""),
					 STR_INIT("img"),
					 STR_INIT("host:1/img"),
					 STR_INIT("host:0/ns/a"),
					 STR_INIT("host:65536/ns/a"),
					 STR_INIT("host:/ns/a"),
					 STR_INIT("host:01/ns/a"),
					 STR_INIT("-h.x/ns/a"),
					 STR_INIT("h_x.y/ns/a"),
					 STR_INIT(".x/ns/a"),
					 STR_INIT("u:p@h.x/ns/a"),
					 STR_INIT("http://h.x/ns/a"),
					 STR_INIT("ns/a:"),
					 STR_INIT("ns/a@"),
					 STR_INIT("ns/a:t:u"),
					 STR_INIT("ns/a@sha256:12"),
					 STR_INIT("ns/a@md5:12"),
					 STR_INIT("ns/a@sha256:" HEX64 "@x"),
					 STR_INIT("[::1/ns/a"),
					 STR_INIT("[]/ns/a"),
					 STR_INIT("[::1]x/ns/a"),
					 STR_INIT("[::g]/ns/a"),
					 STR_INIT("[::1]:/ns/a"),
					 STR_INIT("ns/a\0:t"),
					 STR_INIT("h.x//ns/a"),
					 STR_INIT("h.x/../a"),
					 STR_INIT("NS/a")};
	struct ociref ref;

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(ociref_parse(rows[i].text, &ref), 0, "%s",
		       rows[i].text.p);
		is_str(ref.host, rows[i].ref.host, "host");
		is_str(ref.name, rows[i].ref.name, "name");
		is_str(ref.tag, rows[i].ref.tag, "tag");
		is_str(ref.digest, rows[i].ref.digest, "digest");
	}
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(ociref_parse(bad[i], &ref), OUT_MALFORMED, "no: %s",
		       bad[i].p);
}

int
main(void)
{
	test_names();
	test_lengths();
	test_tags();
	test_digests();
	test_refs();
	return done_testing();
}
