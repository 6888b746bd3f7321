#include "wire/gitcmd.h"

#include "base/out.h"
#include "base/test.h"

#include <string.h>

#define NAME62 "a123456789a123456789a123456789a123456789a123456789a123456789ab"

struct row {
	struct str text;
	int want;
	enum git_service service;
	const char *account, *repo;
};

static const struct row good[] = {
    {STR_INIT("git-upload-pack 'ns/repo.git'"), 0, GIT_UPLOAD_PACK, "ns",
     "repo"},
    {STR_INIT("git upload-pack ns/repo"), 0, GIT_UPLOAD_PACK, "ns", "repo"},
    {STR_INIT("git-receive-pack '/ns/repo.git'"), 0, GIT_RECEIVE_PACK, "ns",
     "repo"},
    {STR_INIT("git receive-pack \"ns/repo.git\""), 0, GIT_RECEIVE_PACK, "ns",
     "repo"},
    {STR_INIT("git-upload-archive '/KH_Own_Team/test.git/'"), 0,
     GIT_UPLOAD_ARCHIVE, "KH_Own_Team", "test"},
    {STR_INIT("git upload-archive   _/9  "), 0, GIT_UPLOAD_ARCHIVE, "_", "9"},
    {STR_INIT("git-upload-pack n's/r'\"ep\"\\o.git"), 0, GIT_UPLOAD_PACK, "ns",
     "repo"},
    {STR_INIT("git-upload-pack a/b.git.git"), 0, GIT_UPLOAD_PACK, "a", "b.git"},
    {STR_INIT("git-upload-pack a/b..c-_"), 0, GIT_UPLOAD_PACK, "a", "b..c-_"},
    {STR_INIT("git-upload-pack " NAME62 "/" NAME62 ".git"), 0, GIT_UPLOAD_PACK,
     NAME62, NAME62},
};

static const struct row bad[] = {
    /* Paths that name nothing: told apart from no repository by nobody. */
    {.text = STR_INIT("git-upload-pack '../../etc'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '/etc'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '~root/x'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns/../other/repo'"),
     .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns//repo'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '//ns/repo'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns/repo//'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns/repo/.git'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns/.git'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns/..'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '../ns'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '.'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '/'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack ''"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack \"\""), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack --strict"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '--upload-pack=x/y'"),
     .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack '-oProxyCommand=x/y'"),
     .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'ns/-x'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a'\\''b/c'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a/$(id)'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a/`id`'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a/b c'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack a\\ b/c"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a\\b/c'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a/\xff\x80'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack 'a/\xea\xb0\x80'"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack a%2fb/c"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack " NAME62 "c/a"), .want = OUT_ABSENT},
    {.text = STR_INIT("git-upload-pack a/" NAME62 "c"), .want = OUT_ABSENT},
    /* A shell would have done something else with these. */
    {.text = STR_INIT("git-upload-pack"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack "), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack 'a'; id"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b;id"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b c/d"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack --strict a/b"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack $(id)"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack `id`"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b && id"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b|id"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b\nid"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack 'a/b\n'"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b\r"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b>f"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack ~root/x"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/*"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/{b,c}"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack 'a/b"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b'"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack \"a/b"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack \"a/$HOME\""), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack \"a/\\b\""), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack \"a/`b`\""), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack a/b\\"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack 'a/b\0'"), .want = OUT_MALFORMED},
    {.text = STR_INIT("git-upload-pack\0a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git-upload-pack 'a/\x1b[2J'"), .want = OUT_MALFORMED},
    /* Not git's commands. */
    {.text = STR_INIT(""), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git "), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT(" git-upload-pack a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git-upload-pack\ta/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git\tupload-pack a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git  upload-pack a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("GIT-UPLOAD-PACK a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git-upload-packs a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git-upload-pack;id"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("'git-upload-pack' a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("/usr/bin/git-upload-pack a/b"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git-lfs-authenticate a/b download"),
     .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("git-shell -c x"), .want = OUT_UNSUPPORTED},
    {.text = STR_INIT("scp -f x"), .want = OUT_UNSUPPORTED},
};

static void
test_good(void)
{
	for (size_t i = 0; i < nitems(good); i++) {
		const struct row *row = &good[i];
		struct gitcmd cmd;

		memset(&cmd, 'x', sizeof(cmd));
		is_int(gitcmd_parse(row->text, &cmd), 0, "%s", row->text.p);
		is_int(cmd.service, row->service, "its service");
		is_str(str_c(cmd.account), str_c(row->account), "its account");
		is_str(str_c(cmd.repo), str_c(row->repo), "its repository");
	}
}

static void
test_bad(void)
{
	for (size_t i = 0; i < nitems(bad); i++) {
		struct gitcmd cmd = {.service = GIT_SERVICES};

		is_int(gitcmd_parse(bad[i].text, &cmd), bad[i].want, "%s",
		       bad[i].text.p);
		ok(cmd.service == GIT_SERVICES && cmd.account[0] == '\0',
		   "leaves nothing behind");
	}
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct gitcmd cmd;

	(void)buf_adds(&b, "git-upload-pack a/b");
	while (b.n < GITCMD_MAX)
		(void)buf_addc(&b, ' ');
	is_int(gitcmd_parse(buf_str(&b), &cmd), 0, "%d bytes", GITCMD_MAX);
	(void)buf_addc(&b, ' ');
	is_int(gitcmd_parse(buf_str(&b), &cmd), OUT_TOO_LARGE, "one more");
	buf_reset(&b);
	(void)buf_adds(&b, "a/b");
	while (b.n < GITCMD_PATH_MAX + 1)
		(void)buf_adds(&b, ".git");
	is_int(gitcmd_path(buf_str(&b), &cmd), OUT_ABSENT, "a long path");
	is_int(gitcmd_path(STR_NONE, &cmd), OUT_ABSENT, "no path");
	is_int(gitcmd_path(STR("/Team/repo.git"), &cmd), 0, "a path");
	is_str(str_c(cmd.account), STR("Team"), "as it was written");
}

static void
test_protocol(void)
{
	char text[GITCMD_PROTOCOL_MAX + 2] = "version=";

	ok(gitcmd_is_protocol(STR("version=2")), "version 2");
	ok(gitcmd_is_protocol(STR("version=1:key=value")), "with a key");
	ok(!gitcmd_is_protocol(STR("")), "nothing");
	ok(!gitcmd_is_protocol(STR("key=value:version=2")), "another first");
	ok(!gitcmd_is_protocol(STR("version=2\n")), "a line end");
	ok(!gitcmd_is_protocol(STR("version=2 ")), "a blank");
	ok(!gitcmd_is_protocol(STR("version=2\0")), "a NUL");
	ok(!gitcmd_is_protocol(STR("version=A")), "a capital");
	ok(!gitcmd_is_protocol(STR("version=$x")), "a sign");
	memset(text + 8, '1', sizeof(text) - 9);
	ok(!gitcmd_is_protocol(str_c(text)), "one byte too many");
	text[GITCMD_PROTOCOL_MAX] = '\0';
	ok(gitcmd_is_protocol(str_c(text)), "as long as may be");
}

static void
test_pktline(void)
{
	static char big[PKTLINE_MAX];
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	pktline_put(&b, STR("hi\n"));
	pktline_flush(&b);
	pktline_put(&b, STR(""));
	is_str(buf_str(&b), STR("0007hi\n00000004"), "three lines");
	buf_reset(&b);
	pktline_err(&b, STR("no: \x1b[2J \r\n \xc2\x9b \xff \xe2\x80\xae 가"));
	is_str(buf_str(&b), STR("001dERR no: ?[2J ?? ? ? ? 가"),
	       "nothing that steers a terminal");
	buf_reset(&b);
	memset(big, 'x', sizeof(big));
	pktline_put(&b, (struct str){big, sizeof(big)});
	is_int(b.n, PKTLINE_MAX, "cut to what a line holds");
	ok(str_starts(buf_str(&b), STR("fff0xx")), "its length");
	buf_reset(&b);
	pktline_err(&b, (struct str){big, sizeof(big)});
	is_int(b.n, PKTLINE_MAX, "an error as well");
	ok(str_starts(buf_str(&b), STR("fff0ERR xx")), "its length");
}

int
main(void)
{
	for (int i = 0; i < GIT_SERVICES; i++)
		ok(str_starts(str_c(git_service_name((enum git_service)i)),
			      STR("git-")),
		   "service %d has a name", i);
	test_good();
	test_bad();
	test_limits();
	test_protocol();
	test_pktline();
	return done_testing();
}
