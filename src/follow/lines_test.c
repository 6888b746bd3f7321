#include "follow/lines.h"

#include "base/test.h"

#include "follow/cloud.h"
#include "follow/people.h"

#include <string.h>

#define B1                                                                     \
	"AAAAC3NzaC1lZDI1NTE5AAAAICxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI"
#define K1 "ssh-ed25519 " B1
#define K2                                                                     \
	"ssh-ed25519 "                                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAINHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx/ovBxG1F"
#define FORCED                                                                 \
	"no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command="    \
	"\"echo 'Please login as the user \\\"debian\\\" rather than the "     \
	"user \\\"root\\\".';echo;sleep 10;exit 142\" "

static struct answer answer = ANSWER_INIT;
static struct note note;

static const struct {
	const char *what, *before, *after;
	size_t n;
} rows[] = {
    {"nothing", "", "", 0},
    {"the line alone", K1 "\n", "", 1},
    {"with a comment", K1 " web-key\n", "", 1},
    {"without an end", K1, "", 1},
    {"with blanks and tabs", " \t" K1 "\t x\n", "", 1},
    {"with a CR", K1 "\r\n", "", 1},
    {"among others", "# a\n" K2 " x\n" K1 "\n\nrest", "# a\n" K2 " x\n\nrest",
     1},
    {"twice", K1 "\n" K2 "\n" K1 " x\n", K2 "\n", 2},
    {"cloud-init's for root", FORCED K1 " web-key\n", "", 1},
    {"that with another key", FORCED K2 "\n", FORCED K2 "\n", 0},
    {"somebody's own options", "from=\"10.0.0.1\" " K1 "\n",
     "from=\"10.0.0.1\" " K1 "\n", 0},
    {"somebody's own command", "command=\"echo 'Please login'\" " K1 "\n",
     "command=\"echo 'Please login'\" " K1 "\n", 0},
    {"a key in a comment", "# " K1 "\n", "# " K1 "\n", 0},
    {"one behind another", K2 " " K1 "\n", K2 " " K1 "\n", 0},
    {"one in quotes", "command=\"" K1 "\" " K2 "\n",
     "command=\"" K1 "\" " K2 "\n", 0},
    {"a longer one", K1 "A\n", K1 "A\n", 0},
    {"another type before it", "ssh-rsa " B1 "\n", "ssh-rsa " B1 "\n", 0},
    {"bytes that are no text", "\xff\x80\n" K1 "\n\xfe", "\xff\x80\n\xfe", 1},
};

static void
test_without(void)
{
	for (size_t i = 0; i < nitems(rows); i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;
		size_t n = 77;

		is_int(lines_without(str_c(rows[i].before), &answer, &b, &n), 0,
		       "%s", rows[i].what);
		is_str(buf_str(&b), str_c(rows[i].after), "  what stays");
		is_int((long long)n, (long long)rows[i].n, "  what goes");
	}
}

static void
test_have(void)
{
	ok(lines_have(STR("x\n" K1 " y\n"), &answer), "a plain line");
	ok(!lines_have(STR(FORCED K1 "\n"), &answer), "not a forced one");
	ok(!lines_have(STR("restrict " K1 "\n"), &answer), "nor any options");
	ok(!lines_have(STR(""), &answer), "nor nothing");
}

static void
test_with(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	size_t n = 0;

	is_int(lines_with(STR("rest"), &answer, &b, &n), 0, "put back");
	is_str(buf_str(&b), STR("rest\n" K1 " web\n"), "  at the end");
	is_int((long long)n, 1, "  one line");
	buf_reset(&b);
	is_int(lines_with(STR(K1 " other\n"), &answer, &b, &n), 0, "there");
	is_str(buf_str(&b), STR(K1 " other\n"), "  it stays");
	is_int((long long)n, 0, "  alone");
	buf_reset(&b);
	is_int(lines_with(STR("restrict " K1 "\n"), &answer, &b, &n), 0,
	       "with options");
	is_int((long long)n, 1, "  it is another");
}

static void
test_paths(void)
{
	static const struct {
		const char *pattern, *path;
	} paths[] = {
	    {".ssh/authorized_keys", "/home/a/.ssh/authorized_keys"},
	    {"%h/.ssh/%u", "/home/a/.ssh/a"},
	    {"/etc/keys/%U.%%", "/etc/keys/1000.%"},
	    {"/etc/keys/%x", NULL},
	    {"/etc/%", NULL},
	    {"", NULL},
	};
	struct passwd pw = {.pw_name = (char[]){"a"},
			    .pw_dir = (char[]){"/home/a"},
			    .pw_uid = 1000};

	for (size_t i = 0; i < nitems(paths); i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;
		int r = people_path(str_c(paths[i].pattern), &pw, &b);

		is_int(r, paths[i].path == NULL ? OUT_MALFORMED : 0, "\"%s\"",
		       paths[i].pattern);
		if (r == 0)
			is_str(buf_str(&b), str_c(paths[i].path), "  is");
	}
}

static void
test_cmdline(void)
{
	static const struct {
		const char *line;
		bool has;
	} cmdlines[] = {
	    {"", false},
	    {"root=/dev/vda1 ro quiet\n", false},
	    {"ds=nocloud-net;s=http://a/;i=abc;h=x ro\n", true},
	    {"ro ds=nocloud-net;i=abc", true},
	    {"ds=nocloud;instance-id=abc", true},
	    {"ds=nocloud-net;s=http://a/", false},
	    {"ds=nocloud-net;s=http://a/ i=abc", false},
	    {"ds=nocloud-net;i=", false},
	    {"ds=nocloud-net;i", false},
	    {"ds=nocloud-net;i=a ds=nocloud-net;s=b", false},
	    {"xds=nocloud-net;i=abc", false},
	};

	for (size_t i = 0; i < nitems(cmdlines); i++)
		ok(cloud_line_has_id(str_c(cmdlines[i].line)) ==
		       cmdlines[i].has,
		   "%s", cmdlines[i].line);
}

int
main(void)
{
	is_int(answer_lines(STR(K1 " web\n"), &answer, &note), 0, "an answer");
	test_without();
	test_have();
	test_with();
	test_paths();
	test_cmdline();
	answer_clear(&answer);
	return done_testing();
}
