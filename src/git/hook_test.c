#include "git/git_world.h"

#include <signal.h>

#define ZEROS "0000000000000000000000000000000000000000"

static int
fake_git(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 99;
}

/* What was asked at the desk since the last time. */
static struct str
asked(void)
{
	static char text[256 * 1024];

	(void)snprintf(text, sizeof(text), "%s", get(at("asked")));
	(void)unlink(at("asked"));
	return str_c(text);
}

static void
desk(const char *mode)
{
	put(at("desk"), mode);
	(void)asked();
}

/* The object that a name has in the client's repository. */
static const char *
oid(const char *name)
{
	static char text[4][65];
	static unsigned next;
	char *p = text[next++ % 4];

	(void)sh("git -C work rev-parse %s", name);
	(void)snprintf(p, sizeof(text[0]), "%.*s",
		       (int)strcspn(get(at("said")), "\n"), get(at("said")));
	return p;
}

static void is_asked(const char *name, const char *fmt, ...) PRINTF(2, 3);
static void
is_asked(const char *name, const char *fmt, ...)
{
	char want[8192];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(want, sizeof(want), fmt, ap);
	va_end(ap);
	is_str(asked(), str_c(want), "%s", name);
}

static int
push(const char *refs)
{
	return sh("cd work && git push $PUSH file://$REPO %s", refs);
}

static bool
there(const char *ref)
{
	char *was = get(at("said"));
	static char kept[64 * 1024];
	int r;

	(void)snprintf(kept, sizeof(kept), "%s", was);
	r = sh("git -C store/%s rev-parse -q --verify %s", WORLD_ID, ref);
	put(at("said"), kept);
	return r == 0;
}

static bool
nothing_left(void)
{
	return sh("find store/%s -name '*.lock' -o -name 'tmp_*' -o -name "
		  "'*.keep' | grep .",
		  WORLD_ID) == 1;
}

static void
test_allowed(void)
{
	const char *main_at = oid("main"), *tag = oid("v1");

	desk("allow");
	is_int(push("main v1"), 0, "a push of two references");
	is_asked("is asked about before and at each change",
		 "PUSH\n" ZEROS " %s refs/heads/main\n" ZEROS
		 " %s refs/tags/v1\n"
		 "COMMIT\n" ZEROS " %s refs/heads/main\n"
		 "DONE\n" ZEROS " %s refs/heads/main\n"
		 "COMMIT\n" ZEROS " %s refs/tags/v1\n"
		 "DONE\n" ZEROS " %s refs/tags/v1\n",
		 main_at, tag, main_at, main_at, tag, tag);
	is_int(push("--atomic main:refs/heads/a main:refs/heads/b/c"), 0,
	       "an atomic one");
	is_asked(
	    "is one change",
	    "PUSH\n" ZEROS " %s refs/heads/a\n" ZEROS " %s refs/heads/b/c\n"
	    "COMMIT\n" ZEROS " %s refs/heads/a\n" ZEROS " %s refs/heads/b/c\n"
	    "DONE\n" ZEROS " %s refs/heads/a\n" ZEROS " %s refs/heads/b/c\n",
	    main_at, main_at, main_at, main_at, main_at, main_at);
}

static void
test_removed(void)
{
	const char *main_at = oid("main");

	desk("allow");
	is_int(push(":a"), 0, "a branch is removed");
	is_asked("and its old value is named",
		 "PUSH\n%s " ZEROS " refs/heads/a\n"
		 "COMMIT\n%s " ZEROS " refs/heads/a\n"
		 "DONE\n%s " ZEROS " refs/heads/a\n",
		 main_at, main_at, main_at);
	is_int(sh("git -C store/%s pack-refs --all", WORLD_ID), 0, "packed");
	is_int(push(":b/c"), 0, "a packed one is removed");
	is_asked("and is one change all the same",
		 "PUSH\n%s " ZEROS " refs/heads/b/c\n"
		 "COMMIT\n%s " ZEROS " refs/heads/b/c\n"
		 "DONE\n%s " ZEROS " refs/heads/b/c\n",
		 main_at, main_at, main_at);
	ok(push(":main") != 0 && said("deletion of the current branch"),
	   "git keeps the branch that HEAD names");
	ok(there("main"), "which is there");
}

static void
test_refused(void)
{
	desk("refuse no pushes on sundays");
	ok(push("main:refs/heads/sunday") != 0, "what the desk refuses");
	ok(said("remote: latchkey: no pushes on sundays"), "is told why");
	ok(!there("refs/heads/sunday"), "and not there");
	desk("refuse evil \033[2J text");
	ok(push("main:refs/heads/sunday") != 0 && said("evil ?[2J text"),
	   "nothing steers a terminal");
	desk("refuse-commit gone meanwhile");
	ok(push("main:refs/heads/sunday") != 0, "refused at the last moment");
	ok(said("latchkey: gone meanwhile"), "is told why too");
	ok(!there("refs/heads/sunday"), "and not there");
	desk("gone");
	ok(push("main:refs/heads/sunday") != 0, "without anybody to ask");
	ok(said("nobody can be asked"), "it is refused");
	desk("none");
	ok(push("main:refs/heads/sunday") != 0, "without a desk at all");
	ok(said("nobody can be asked"), "it is refused");
	ok(push(":refs/heads/sunday") != 0 || !there("refs/heads/sunday"),
	   "and nothing is there");
	ok(nothing_left(), "no lock, no quarantine, no mark of a pack");
}

static void
test_forward(void)
{
	(void)sh(
	    "cd work && git checkout -q -b other HEAD~1 && "
	    "git commit -q --allow-empty -m aside && git checkout -q main");
	desk("allow");
	is_int(push("main:refs/heads/free main:refs/heads/kept"), 0, "two");
	desk("forward refs/heads/kept refs/tags/v1 refs/heads/x");
	ok(push("-f other:refs/heads/kept") != 0, "a rewind where none may be");
	ok(said("refs/heads/kept may only move forward"), "is told so");
	is_int(push("-f other:refs/heads/free"), 0, "elsewhere it is fine");
	ok(push(":kept") != 0, "a removal there");
	ok(said("refs/heads/kept may not be removed"), "is told so");
	ok(push("-f other:refs/tags/v1") != 0, "a tag that moves");
	ok(said("refs/tags/v1 may not be moved"), "is told so");
	ok(push("-f other:refs/heads/y other:refs/heads/kept") != 0,
	   "one bad reference");
	ok(!there("refs/heads/y"), "keeps the others out");
	(void)sh("cd work && git commit -q --allow-empty -m on");
	is_int(push("main:refs/heads/kept"), 0, "forward it may move");
	is_int(push("other:refs/heads/x"), 0, "and begin");
	desk("strict");
	ok(push("-f other:refs/heads/kept") != 0 && said("non-fast-forward"),
	   "git's own rule, when it is asked for");
}

/* Bytes as a client of ours would not send them. */
static int
raw(const char *old, const char *now, const char *name)
{
	FILE *f = fopen(at("raw"), "we");
	size_t len = strlen(old) + strlen(now) + strlen(name) + 2 + 1 + 13 + 4;

	if (f == NULL)
		return -1;
	(void)fprintf(f, "%04zx%s %s %s%creport-status%s", len, old, now, name,
		      0, "0000");
	(void)fclose(f);
	return sh("bin/serve-receive-pack $REPO <raw");
}

static void
test_raw(void)
{
	const char *main_at = oid("main");

	desk("allow");
	(void)raw("1111111111111111111111111111111111111111", ZEROS,
		  "refs/heads/kept");
	ok(said("fetch first"), "a removal of what is not there is refused");
	ok(there("refs/heads/kept"), "whatever there is stays");
	(void)asked();
	(void)raw(ZEROS, ZEROS, "refs/heads/kept");
	ok(there("refs/heads/kept"), "a removal of nothing");
	(void)raw(main_at, ZEROS, "HEAD");
	ok(there("HEAD"), "HEAD is no reference to remove");
	(void)asked();
	(void)raw(main_at, ZEROS, "refs/heads/../../HEAD");
	ok(there("HEAD"), "nor by a way round");
}

static void
test_names(void)
{
	char name[1024] = "refs/heads/";
	size_t n = strlen(name);

	desk("allow");
	while (n < 512) {
		name[n] = n % 100 == 99 ? '/' : 'x';
		n++;
	}
	name[n] = '\0';
	is_int(sh("cd work && git push $PUSH file://$REPO main:%s", name), 0,
	       "a name of 512 bytes is taken");
	name[n] = 'y';
	name[n + 1] = '\0';
	ok(sh("cd work && git push $PUSH file://$REPO main:%s", name) != 0,
	   "one of 513 is not");
	ok(said("longer than 512"), "and it is said");
	ok(push("main:refs/heads/$(printf 'a\\377b')") != 0 &&
	       said("not UTF-8"),
	   "a name that is no text");
	is_int(push("main:refs/heads/기능/로그인"), 0, "a Korean name");
	ok(there("refs/heads/기능/로그인"), "is there");
	is_int(push("main:refs/latchkey/x"), 1, "a name we keep to ourselves");
	ok(said("hidden ref"), "is git's to refuse");
}

static void
test_objects(void)
{
	desk("allow");
	is_int(sh("cd work && blob=$(echo x | git hash-object -w --stdin) && "
		  "tree=$(printf '100644 .GIT\\0%%s' \"$(echo $blob | "
		  "sed 's/../\\\\x&/g')\" | perl -pe "
		  "'s/\\\\x([0-9a-f]{2})/chr hex $1/ge' | git hash-object -w "
		  "-t tree --literally --stdin) && "
		  "git branch evil $(git commit-tree -m evil $tree)"),
	       0, "a tree with .GIT in it");
	ok(push("evil") != 0 && said("hasDotgit"), "is not taken");
	ok(!there("refs/heads/evil"), "and not there");
	desk("small");
	(void)sh(
	    "cd work && head -c 300000 /dev/urandom >big && git add big && "
	    "git commit -q -m big");
	ok(push("main:refs/heads/big") != 0, "more than one push may have");
	ok(said("exceeds maximum allowed size"), "is told so");
	ok(nothing_left(), "and leaves nothing");
	(void)sh("cd work && git reset -q --hard HEAD~1");
}

static void
test_many(void)
{
	struct str text;
	size_t more = 0;

	desk("allow");
	is_int(sh("cd work && git rev-parse main >id && for i in $(seq 600); "
		  "do echo create refs/many/$i $(cat id); done | "
		  "git update-ref --stdin && git push -q --atomic $PUSH "
		  "file://$REPO 'refs/many/*:refs/many/*'"),
	       0, "600 references");
	text = asked();
	for (size_t i = 0; i + 5 < text.n; i++)
		more += memcmp(text.p + i, " more", 5) == 0;
	is_int(more, 3, "need two packets each time they are told");
	is_int(sh("ls store/%s/refs/many | wc -l", WORLD_ID), 0, "they");
	ok(said("600"), "are there");
	desk("forward-many");
	is_int(sh("cd work && git commit -q --allow-empty -m more && "
		  "git push -q --atomic $PUSH file://$REPO main:refs/many/7"),
	       0, "an answer in several packets");
	ok(sh("cd work && git push -q $PUSH -f file://$REPO "
	      "other:refs/many/599") != 0,
	   "is read to its end");
	ok(said("refs/many/599 may only"), "and heeded");
}

/* The program alone: its roles, and what it does when it cannot sync. */
static void
test_alone(void)
{
	char hooks[PATH_MAX];

	hooks_of_build(hooks);
	(void)setenv("HOOKS", hooks, 1);
	is_int(sh("echo x | $HOOKS/../latchkeyd-hook"), 1, "no role");
	is_int(
	    sh("cd $REPO && $HOOKS/reference-transaction aborted </dev/null"),
	    0, "what was given up is not its business");
	is_int(sh("cd $REPO && echo '" ZEROS " " ZEROS " x' | "
		  "GIT_PUSH_CERT=x $HOOKS/pre-receive"),
	       1, "a signed push");
	ok(said("signed"), "is told so");
	is_int(sh("cd $REPO && echo '%s " ZEROS " refs/heads/main' | "
		  "$HOOKS/reference-transaction prepared",
		  oid("main")),
	       1, "a change without a desk");
	is_int(sh("cd $REPO && echo '%s " ZEROS " refs/heads/main' | "
		  "LATCHKEY_HOOK=sync $HOOKS/reference-transaction prepared",
		  oid("main")),
	       0, "but our own house-keeping needs none");
	is_int(sh("cd $REPO && echo '%s " ZEROS " refs/heads/main' | "
		  "LATCHKEY_HOOK=sync $HOOKS/reference-transaction committed",
		  oid("main")),
	       0, "and is put on disk");
	is_int(sh("cd $REPO && touch refs/file && sh -c 'echo %s " ZEROS
		  " refs/file/x | LATCHKEY_HOOK=sync "
		  "$HOOKS/reference-transaction committed; echo lived'; "
		  "s=$?; rm refs/file; exit $s",
		  oid("main")),
	       128 + SIGKILL,
	       "what cannot be put on disk ends who would report");
	ok(strstr(get(at("said")), "lived") == NULL, "before it reports");
	is_int(sh("cd $REPO && echo nonsense | sh -c 'LATCHKEY_HOOK=sync "
		  "$HOOKS/reference-transaction committed; echo lived'"),
	       128 + SIGKILL, "nor what cannot be read");
}

int
main(int argc, char **argv)
{
	struct git_store *s;

	world_role(argc, argv, fake_git);
	world_make();
	s = world_open((struct git_conf){.dir = NULL});
	if (s == NULL)
		return EXIT_FAILURE;
	world_repo(s, STR(WORLD_ID));
	if (sh("git init -q work && cd work && git commit -q --allow-empty -m "
	       "1 "
	       "&& git commit -q --allow-empty -m 2 && git tag -a -m v v1") !=
	    0)
		return EXIT_FAILURE;
	subtest("allowed")
	{
		test_allowed();
	}
	subtest("removed")
	{
		test_removed();
	}
	subtest("refused")
	{
		test_refused();
	}
	subtest("forward")
	{
		test_forward();
	}
	subtest("raw")
	{
		test_raw();
	}
	subtest("names")
	{
		test_names();
	}
	subtest("objects")
	{
		test_objects();
	}
	subtest("many")
	{
		test_many();
	}
	subtest("alone")
	{
		test_alone();
	}
	git_free(s);
	world_clear();
	return done_testing();
}
