/* Blocks in ssh_config and lines of known_hosts. */
#include "cli/sshconf.h"

#include "base/test.h"

#include <string.h>

#define ED                                                                     \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9"   \
	"okWi0dh2l9GKJl"
#define ED_2                                                                   \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2q"   \
	"YjJa8CGmj3B1Ea"

static const struct ssh_server here = {"git", "git.example", 2222};
static const struct ssh_server plain = {"git", "git.example", 22};

static void
test_server(void)
{
	static const struct {
		struct str url;
		const char *user, *host;
		unsigned port; /* 0: refused */
	} rows[] = {
	    {STR_INIT("git@git.example:Team/repo.git"), "git", "git.example",
	     22},
	    {STR_INIT("ssh://git@git.example:2222/Team/repo.git"), "git",
	     "git.example", 2222},
	    {STR_INIT("ssh://git@git.example/x"), "git", "git.example", 22},
	    {STR_INIT("ssh://git@[::1]:2222/x"), "git", "::1", 2222},
	    {STR_INIT("ssh://git@[::1]/x"), "git", "::1", 22},
	    {STR_INIT("git@[2001:db8::1]:x"), "git", "2001:db8::1", 22},
	    {.url = STR_INIT("https://git.example/x")},
	    {.url = STR_INIT("ssh://git.example/x")},
	    {.url = STR_INIT("ssh://git@git.example")},
	    {.url = STR_INIT("git@git.example")},
	    {.url = STR_INIT("git@-oProxyCommand=x:y")},
	    {.url = STR_INIT("git@a b:y")},
	    {.url = STR_INIT("git@a\n:y")},
	    {.url = STR_INIT("git@*:y")},
	    {.url = STR_INIT("git@:y")},
	    {.url = STR_INIT("@h:y")},
	    {.url = STR_INIT("a b@h:y")},
	    {.url = STR_INIT("-l@h:y")},
	    {.url = STR_INIT("ssh://git@h:0/y")},
	    {.url = STR_INIT("ssh://git@h:65536/y")},
	    {.url = STR_INIT("ssh://git@h:x/y")},
	    {.url = STR_INIT("ssh://git@[::1/y")},
	    {.url = STR_INIT("ssh://git@[::1]x/y")},
	    {.url = STR_INIT("")},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct ssh_server s = {"x", "x", 1};
		int want = rows[i].port > 0 ? 0 : OUT_MALFORMED;

		is_int(ssh_server_parse(rows[i].url, &s), want, "%s",
		       rows[i].url.p);
		if (want != 0)
			continue;
		is_str(str_c(s.user), str_c(rows[i].user), "its user");
		is_str(str_c(s.host), str_c(rows[i].host), "its host");
		is_int(s.port, rows[i].port, "its port");
	}
}

static struct str
put(struct buf *b, struct str text, const struct sshconf_block *block)
{
	buf_reset(b);
	is_int(sshconf_put(text, block, b), 0, "put");
	return buf_str(b);
}

#define FIRST                                                                  \
	"# latchkey access key: Team/repo at [git.example]:2222\n"             \
	"Match originalhost git.example user git\n"                            \
	"\tIdentityFile \"/home/x/.ssh/id\"\n"                                 \
	"\tIdentitiesOnly yes\n"                                               \
	"# latchkey access key: end\n"
#define SECOND                                                                 \
	"# latchkey access key: Team/two at [git.example]:2222\n"              \
	"Host latchkey-team-two\n"                                             \
	"\tHostName git.example\n"                                             \
	"\tPort 2222\n"                                                        \
	"\tUser git\n"                                                         \
	"\tIdentityFile \"/home/x/50%% y\"\n"                                  \
	"\tIdentitiesOnly yes\n"                                               \
	"# latchkey access key: end\n"

static const struct sshconf_block first = {&here, "Team/repo",
					   "/home/x/.ssh/id", NULL};
static const struct sshconf_block second = {&here, "Team/two", "/home/x/50% y",
					    "latchkey-team-two"};

/* Where it goes, and that all else stays. */
static void
test_put(void)
{
	static const struct {
		struct str before, after;
	} rows[] = {
	    {STR_INIT(""), STR_INIT(FIRST)},
	    {STR_INIT("Compression yes"), STR_INIT("Compression yes\n" FIRST)},
	    {STR_INIT("Compression yes\n\n"),
	     STR_INIT("Compression yes\n\n" FIRST)},
	    {STR_INIT("Host *\n\tUser me\n"),
	     STR_INIT(FIRST "Host *\n\tUser me\n")},
	    {STR_INIT("# mine\nhost=work\n\tUser me"),
	     STR_INIT(FIRST "# mine\nhost=work\n\tUser me")},
	    {STR_INIT("A 1\n\n# a\n# b\n  Match all\n\tB 2\r\n"),
	     STR_INIT("A 1\n\n" FIRST "# a\n# b\n  Match all\n\tB 2\r\n")},
	    {STR_INIT("HostKeyAlgorithms x\n"),
	     STR_INIT("HostKeyAlgorithms x\n" FIRST)},
	    {STR_INIT("A 1\n" SECOND "Host *\n"),
	     STR_INIT("A 1\n" FIRST SECOND "Host *\n")},
	    {STR_INIT("# latchkey access key: x\nB 2\nHost x\n"
		      "# latchkey access key: end\n"),
	     STR_INIT(FIRST "# latchkey access key: x\nB 2\nHost x\n"
			    "# latchkey access key: end\n")},
	    {STR_INIT(SECOND "# mine\nB 2\nHost *\n"),
	     STR_INIT(FIRST SECOND "# mine\nB 2\nHost *\n")},
	};
	CLEAN(buf_clear) struct buf once = BUF_INIT, twice = BUF_INIT;

	for (size_t i = 0; i < nitems(rows); i++) {
		is_str(put(&once, rows[i].before, &first), rows[i].after,
		       "row %zu", i);
		is_str(put(&twice, buf_str(&once), &first), rows[i].after,
		       "a second time");
	}
}

static void
test_replace(void)
{
	struct sshconf_block other = first;
	CLEAN(buf_clear) struct buf b = BUF_INIT, c = BUF_INIT;
	struct str text;

	text = put(&b, STR("A 1\n" FIRST "\nHost *\n"), &second);
	is_str(text, STR("A 1\n" SECOND FIRST "\nHost *\n"), "a second one");
	other.place = "team/REPO";
	other.key = "/other";
	text = put(&c, text, &other);
	ok(memmem(text.p, text.n, "\"/other\"", 8) != NULL, "a new key");
	ok(memmem(text.p, text.n, "/home/x/.ssh/id", 15) == NULL,
	   "in the old one's place");
	ok(str_starts(text, STR("A 1\n" SECOND)) &&
	       str_ends(text, STR("end\n\nHost *\n")),
	   "around it nothing changed");
}

static void
test_find(void)
{
	struct str text = STR("A 1\n" SECOND "#x\n" FIRST "Host *\n");
	struct sshconf_found f;

	is_int(sshconf_find(text, "team/REPO", &here, &f), 0, "the first");
	is_str(f.whole, STR(FIRST), "whole");
	is_str(f.key, STR("/home/x/.ssh/id"), "its key");
	ok(f.alias.p == NULL, "the server's own name");
	is_int(sshconf_find(text, "Team/two", &here, &f), 0, "the second");
	is_str(f.alias, STR("latchkey-team-two"), "its name");
	is_str(f.key, STR("/home/x/50%% y"), "its key");
	is_int(sshconf_find(text, "Team/two", &plain, &f), OUT_ABSENT,
	       "another port");
	is_int(sshconf_find(text, "Team/tw", &here, &f), OUT_ABSENT,
	       "part of a name");
	is_int(sshconf_plain(text, &plain, &f), 0, "who has the name itself");
	is_str(f.key, STR("/home/x/.ssh/id"), "the first key");
	is_int(sshconf_plain(STR(SECOND), &here, &f), OUT_ABSENT, "nobody");
	text = STR("# latchkey access key: Team/repo at [git.example]:2222\n"
		   "Host *\n");
	is_int(sshconf_find(text, "Team/repo", &here, &f), OUT_MALFORMED,
	       "a block without an end");
	text = STR("# latchkey access key: a/b at c\n" FIRST);
	is_int(sshconf_find(text, "Team/repo", &here, &f), OUT_MALFORMED,
	       "a block within a block");
	is_int(sshconf_find(STR("# latchkey access key: end\n"), "Team/repo",
			    &here, &f),
	       OUT_ABSENT, "an end without a block");
}

static void
test_names(void)
{
	static const struct {
		struct str text;
		bool want;
	} rows[] = {
	    {STR_INIT("Host a git.example b\n"), true},
	    {STR_INIT("host=GIT.example"), true},
	    {STR_INIT("Match host x,git.example\n"), true},
	    {STR_INIT("Host \"git.example\"\n"), true},
	    {STR_INIT("Host *.git.example git.example.org\n"), false},
	    {STR_INIT("# Host git.example\n"), false},
	    {STR_INIT("HostName git.example\n"), false},
	    {STR_INIT("Host *\n"), false},
	    {STR_INIT(""), false},
	};
	CLEAN(buf_clear) struct buf alias = BUF_INIT;

	for (size_t i = 0; i < nitems(rows); i++)
		ok(sshconf_names(rows[i].text, STR("git.example")) ==
		       rows[i].want,
		   "%s", rows[i].text.p);
	sshconf_alias(STR(""), "Team/My.Repo", &alias);
	is_str(buf_str(&alias), STR("latchkey-team-my.repo"), "an alias");
	sshconf_alias(STR("Host latchkey-a-b\nHost latchkey-a-b-2\n"), "A/b",
		      &alias);
	is_str(buf_str(&alias), STR("latchkey-a-b-3"), "one that is free");
	ok(sshconf_is_path(STR("/a b/c%d")), "a path");
	ok(!sshconf_is_path(STR("a")), "not a whole one");
	ok(!sshconf_is_path(STR("/a\"b")) && !sshconf_is_path(STR("/a\\b")) &&
	       !sshconf_is_path(STR("/${x}")) &&
	       !sshconf_is_path(STR("/a\nb")) && !sshconf_is_path(STR("")),
	   "none that says more");
}

#define AT   "[git.example]:2222 "
#define SAID AT ED "\n"

static void
test_known(void)
{
	static const struct {
		struct str known, offered;
		int want;
		struct str lines;
	} rows[] = {
	    {STR_INIT(""), STR_INIT(SAID), 0, STR_INIT(SAID)},
	    {STR_INIT(SAID), STR_INIT(SAID), 0, STR_INIT("")},
	    {STR_INIT("# Host [git.example]:2222 found: line 1 \n"
		      "|1|salt|hash " ED "\n"),
	     STR_INIT(SAID), 0, STR_INIT("")},
	    {STR_INIT(AT ED " comment\r\n"), STR_INIT(AT ED), 0, STR_INIT("")},
	    {STR_INIT(SAID), STR_INIT(SAID AT ED_2 "\n"), 0,
	     STR_INIT(AT ED_2 "\n")},
	    {STR_INIT(SAID AT ED_2 "\n"), STR_INIT(AT ED_2 "\n"), 0,
	     STR_INIT("")},
	    {STR_INIT(AT "ssh-rsa AAAA\n"), STR_INIT(SAID), 0, STR_INIT(SAID)},
	    {STR_INIT("@cert-authority " SAID), STR_INIT(SAID), 0,
	     STR_INIT(SAID)},
	    {STR_INIT(SAID), STR_INIT(AT ED_2 "\n"), OUT_CONFLICT,
	     STR_INIT("")},
	    {STR_INIT("@revoked " SAID), STR_INIT(SAID), OUT_CONFLICT,
	     STR_INIT("")},
	    {STR_INIT(""), STR_INIT(""), OUT_MALFORMED, STR_INIT("")},
	    {STR_INIT(""), STR_INIT("* " ED "\n"), OUT_MALFORMED, STR_INIT("")},
	    {STR_INIT(""), STR_INIT(SAID "* " ED "\n"), OUT_MALFORMED,
	     STR_INIT("")},
	    {STR_INIT(""), STR_INIT("git.example " ED "\n"), OUT_MALFORMED,
	     STR_INIT("")},
	    {STR_INIT(""), STR_INIT("@cert-authority " SAID), OUT_MALFORMED,
	     STR_INIT("")},
	    {STR_INIT(""), STR_INIT(AT "ssh-ed25519 AAAA\n"), OUT_MALFORMED,
	     STR_INIT("")},
	    {STR_INIT(""), STR_INIT("<html>\n"), OUT_MALFORMED, STR_INIT("")},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		CLEAN(buf_clear) struct buf lines = BUF_INIT;
		struct note note = {""};

		is_int(known_hosts_missing(rows[i].known, rows[i].offered,
					   &here, &lines, &note),
		       rows[i].want, "row %zu", i);
		is_str(buf_str(&lines), rows[i].lines, "its lines");
		ok((note.text[0] == '\0') == (rows[i].want == 0), "its note");
	}
}

int
main(void)
{
	test_server();
	test_put();
	test_replace();
	test_find();
	test_names();
	test_known();
	return done_testing();
}
