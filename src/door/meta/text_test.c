#include "door/meta/inner.h"

#include "base/test.h"

static struct buf b = BUF_INIT;

static void
is_line(struct str comment, struct str want, const char *name)
{
	struct server_key key = {.type = STR("ssh-ed25519"),
				 .blob = STR("\0\0\0"),
				 .comment = comment};

	buf_reset(&b);
	meta_key_line(&b, &key);
	is_str(buf_str(&b), want, "%s", name);
	ok(str_printable(buf_str(&b)), "  one line of printable ASCII");
}

static void
test_line(void)
{
	is_line(STR(""), STR("ssh-ed25519 AAAA"), "no comment");
	is_line(STR("owl@nest"), STR("ssh-ed25519 AAAA owl@nest"), "a comment");
	is_line(STR("a\nssh-rsa BBBB\r\0\x1b"),
		STR("ssh-ed25519 AAAA a?ssh-rsa BBBB???"), "control bytes");
	is_line(STR("a\xe2\x80\xa8"
		    "b\xc2\x85"
		    "c\xe2\x80\xa9"),
		STR("ssh-ed25519 AAAA a?b?c?"), "line ends of Unicode");
	is_line(STR("\xeb\xb6\x80\xec\x97\x89\xec\x9d\xb4 \xff"),
		STR("ssh-ed25519 AAAA ??? ?"), "other scripts, broken UTF-8");
}

static void
test_quotes(void)
{
	buf_reset(&b);
	meta_yaml(&b, STR("a \"b\" \\c: #d"));
	is_str(buf_str(&b), STR("\"a \\\"b\\\" \\\\c: #d\""), "for YAML");
	buf_reset(&b);
	meta_yaml(&b, STR(""));
	is_str(buf_str(&b), STR("\"\""), "nothing, for YAML");
	buf_reset(&b);
	meta_shell(&b, STR("a'b$c`d\\"));
	is_str(buf_str(&b), STR("'a'\\''b$c`d\\'"), "for a shell");
}

static void
test_base64(void)
{
	char bytes[58];

	memset(bytes, 0, sizeof(bytes));
	buf_reset(&b);
	is_int(meta_lines(&b, (struct str){bytes, 0}), 0, "no bytes");
	is_str(buf_str(&b), STR(""), "no line");
	is_int(meta_lines(&b, (struct str){bytes, 57}), 0, "a line");
	is_int((long long)b.n, 77, "of 76 digits");
	buf_reset(&b);
	is_int(meta_lines(&b, (struct str){bytes, 58}), 0, "and a byte");
	ok(str_ends(buf_str(&b), STR("\nAA==\n")), "on the next");
}

static bool
has(const char *text)
{
	return strstr(b.p, text) != NULL;
}

static void
test_vendor_data(void)
{
	buf_reset(&b);
	meta_vendor_write(&b, STR("https://keys.example"), STR("lk_s_x"),
			  STR("QUJD\n"));
	is_int(buf_err(&b), 0, "vendor-data");
	ok(str_starts(buf_str(&b), STR("MIME-Version: 1.0\n"
				       "Content-Type: multipart/mixed; ")),
	   "begins as cloud-init knows it");
	ok(has("  url: \"https://keys.example/metadata/lk_s_x/phone-home\"\n"),
	   "where to call");
	ok(has("<<'END'") && has("\nQUJD\nEND\n"), "brings the client");
	ok(has("\nprintf '%s\\n' 'lk_s_x' |\n\t\"$program\" install --seed - "
	       "--url 'https://keys.example' && exit 0\n"),
	   "and has it install itself, with a token that nobody is shown");
	ok(str_ends(buf_str(&b), STR("\n--latchkey-vendor-data--\n")), "ends");
	buf_reset(&b);
	meta_vendor_write(&b, STR("https://keys.example"), STR("lk_s_x"),
			  STR_NONE);
	ok(has("/metadata/lk_s_x/phone-home") && !has("base64"),
	   "without a client only the call");
	ok(has("cannot follow changes"), "and what that means");
}

int
main(void)
{
	test_line();
	test_quotes();
	test_base64();
	test_vendor_data();
	buf_clear(&b);
	return done_testing();
}
