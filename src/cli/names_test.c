/* Names at their limits, and paths as a shell takes them. */
#include "base/test.h"
#include "cli/pairs.h"

static int
pair_name(const char *name)
{
	struct cli cli = {0};
	int r = keypair_name_check(&cli, name);

	return r == 0 || cli.status == CLI_USAGE ? r : -1;
}

static int
host_name(const char *name)
{
	struct cli cli = {0};
	int r = server_name_check(&cli, name);

	return r == 0 || cli.status == CLI_USAGE ? r : -1;
}

static void
word(const char *path, struct str want)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	is_int(shell_word(path, &text), 0, "\"%s\"", path);
	is_str(buf_str(&text), want, "\"%s\" in a shell", path);
}

int
main(void)
{
	static const char x63[] = "abcdefghij"
				  "abcdefghij"
				  "abcdefghij"
				  "abcdefghij"
				  "abcdefghij"
				  "abcdefghijklm";

	subtest("key pairs")
	{
		is_int(pair_name("ab"), OUT_MALFORMED, "2 characters");
		is_int(pair_name("abc"), 0, "3");
		is_int(pair_name("abcdefghijabcdefghij"), 0, "20");
		is_int(pair_name("abcdefghijabcdefghijk"), OUT_MALFORMED, "21");
		is_int(pair_name("-A9"), 0, "all kinds of them");
		is_int(pair_name("a_b"), OUT_MALFORMED, "an underscore");
		is_int(pair_name("a.b"), OUT_MALFORMED, "a dot");
		is_int(pair_name("a b"), OUT_MALFORMED, "a blank");
		is_int(pair_name("../a"), OUT_MALFORMED, "a path");
		is_int(pair_name("\xed\x82\xa4"), OUT_MALFORMED,
		       "3 bytes that are one letter");
		is_int(pair_name(""), OUT_MALFORMED, "nothing");
	}
	subtest("servers")
	{
		is_int(host_name("a"), 0, "1 character");
		is_int(host_name(x63), 0, "63");
		is_int(host_name("abcdefghijabcdefghijabcdefghijabcdefghij"
				 "abcdefghijabcdefghijabcd"),
		       OUT_MALFORMED, "64");
		is_int(host_name("-a"), OUT_MALFORMED, "a dash before");
		is_int(host_name("a-"), OUT_MALFORMED, "a dash behind");
		is_int(host_name("a.b"), OUT_MALFORMED, "two labels");
	}
	word("./web-key.pem", STR("./web-key.pem"));
	word("a b", STR("'a b'"));
	word("it's", STR("'it'\\''s'"));
	word("$(x)", STR("'$(x)'"));
	return done_testing();
}
