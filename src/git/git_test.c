#include "git/folder.h"
#include "git/git_world.h"

static int
fake_git(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 99;
}

/* --- opening ---------------------------------------------------------------
 */

static void
refuses(struct git_conf conf, int want, const char *why, const char *name)
{
	struct git_store *s = NULL;
	struct note note = {""};
	int r = git_open(&conf, &s, &note);

	is_int(r, want, "%s", name);
	ok(strstr(note.text, why) != NULL, "and it says so: %s", note.text);
	if (r == 0)
		git_free(s);
}

static void
test_open(void)
{
	char hooks[PATH_MAX];

	hooks_of_build(hooks);
	(void)sh(
	    "mkdir none half old && ln -s /bin/true half/pre-receive && "
	    "printf '#!/bin/sh\\necho git version 2.36.9\\n' >old/git && "
	    "printf '#!/bin/sh\\nexit 1\\n' >old/broken && chmod +x old/*");
	refuses(
	    (struct git_conf){at("store"), at("none/git"), hooks, 0, 0, 0, 0},
	    OUT_ABSENT, "no git program", "a git that is not there");
	refuses(
	    (struct git_conf){at("store"), at("old/broken"), hooks, 0, 0, 0, 0},
	    OUT_ABSENT, "does not run", "a git that fails");
	refuses(
	    (struct git_conf){at("store"), at("old/git"), hooks, 0, 0, 0, 0},
	    OUT_UNSUPPORTED, "2.37", "a git that cannot sync references");
	refuses((struct git_conf){at("store"), NULL, at("half"), 0, 0, 0, 0},
		OUT_ABSENT, "no hooks", "a folder with one hook");
	(void)sh("mkdir open && chmod 777 open");
	refuses((struct git_conf){at("open"), NULL, hooks, 0, 0, 0, 0},
		-EUCLEAN, "others", "a folder where others may write");
}

/* --- folders ---------------------------------------------------------------
 */

static int
count(void *arg, struct str id)
{
	int *n = arg;

	(void)id;
	(*n)++;
	return 0;
}

static void
test_folders(struct git_store *s)
{
	struct str id = STR(WORLD_ID), other = STR(WORLD_OTHER);
	struct note note = {""};
	int64_t size = 0;
	int n = 0;

	is_int(git_check(s, id), OUT_ABSENT, "nothing is there at first");
	is_int(git_make(s, id, STR("main")), 0, "a repository is made");
	is_int(git_check(s, id), 0, "and is there");
	is_int(git_make(s, id, STR("main")), OUT_CONFLICT, "once");
	is_int(git_make(s, other, STR("trunk")), 0, "another too");
	is_int(sh("git -C store/%s fsck --strict && git -C store/%s "
		  "symbolic-ref HEAD",
		  WORLD_ID, WORLD_OTHER),
	       0, "git takes it for one");
	ok(said("refs/heads/trunk"), "with its branch");
	is_int(git_fsck(s, id, &note), 0, "an empty one is whole");
	is_int(git_set_head(s, id, STR("next/one")), 0, "another branch");
	is_int(sh("git -C store/%s symbolic-ref HEAD", WORLD_ID), 0, "is read");
	ok(said("refs/heads/next/one"), "as it was set");
	is_int(git_check(s, id), 0, "and it is still ours");
	is_int(git_size(s, id, &size), 0, "its size");
	ok(size > 0 && size < 1000000, "is small: %lld", (long long)size);
	is_int(git_each(s, count, &n), 0, "all are listed");
	is_int(n, 2, "two");
	is_int(git_remove(s, id), 0, "one is removed");
	is_int(git_check(s, id), OUT_ABSENT, "and gone");
	is_int(git_remove(s, id), OUT_ABSENT, "once");
	is_int(sh("test ! -e store/.trash-%s", WORLD_ID), 0, "with its files");
	is_int(git_check(s, STR("../" WORLD_ID)), OUT_ABSENT,
	       "a path is no id");
	is_int(git_check(s, STR("")), OUT_ABSENT, "nor is nothing");
}

static void
test_leftovers(void)
{
	struct git_store *s;
	int n = 0;

	(void)sh("mkdir -p store/.trash-x/refs/heads store/.new-a/refs "
		 "store/.new-b && touch -d '2 hours ago' store/.new-a");
	s = world_open((struct git_conf){.dir = NULL});
	is_int(sh("ls -A store"), 0, "after opening again");
	ok(strstr(get(at("said")), "trash") == NULL, "trash is gone");
	ok(strstr(get(at("said")), ".new-a") == NULL, "so is the half-made");
	ok(said(".new-b"), "but not what may be under way");
	is_int(git_each(s, count, &n), 0, "neither is listed");
	is_int(n, 1, "with the one that is whole");
	git_free(s);
	(void)sh("rm -rf store/.new-b");
}

/* --- what else may stand there ---------------------------------------------
 */

static void
planted(struct git_store *s, const char *how, const char *name)
{
	struct git_child child;
	struct git_ask ask = {
	    .id = STR(WORLD_ID), .in = -1, .out = -1, .err = -1, .desk = -1};

	world_repo(s, STR(WORLD_ID));
	is_int(sh("cd store && r=%s && o=%s && %s", WORLD_ID, WORLD_OTHER, how),
	       0, "planted: %s", name);
	is_int(git_check(s, STR(WORLD_ID)), OUT_MISMATCH, "%s is seen", name);
	is_int(git_start(s, &ask, &child), OUT_MISMATCH, "and nothing starts");
	ask.service = GIT_RECEIVE_PACK;
	is_int(git_start(s, &ask, &child), OUT_MISMATCH, "no push either");
}

static void
test_planted(struct git_store *s)
{
	planted(s, "rm -rf $r && ln -s $o $r", "a link to another repository");
	planted(s, "rm -rf $r && ln -s / $r", "a link to everything");
	planted(s, "rm -rf $r && mkfifo $r", "a pipe");
	planted(s, "rm -rf $r && touch $r", "a file");
	planted(s, "rm -rf $r && mkdir $r", "an empty folder");
	planted(s, "git -C $r config core.fsmonitor 'touch ../../ran'",
		"a file system monitor");
	planted(s, "git -C $r config uploadpack.packObjectsHook 'touch ../ran'",
		"a hook for packs");
	planted(s, "printf '[include]\\n\\tpath=/x\\n' >>$r/config",
		"an inclusion");
	planted(s, "mv $r/config c && ln -s ../c $r/config",
		"a link as configuration");
	planted(s, "rm $r/config && mkfifo $r/config",
		"a pipe as configuration");
	planted(s, "echo $PWD/$o/objects >$r/objects/info/alternates",
		"alternates");
	planted(s, "ln -s /nowhere $r/objects/info/alternates",
		"a dangling link as alternates");
	planted(s, "echo ../$o >$r/commondir", "another's common folder");
	planted(s, "cp -r $o $r/.git", "a repository inside");
	planted(s, "rm -r $r/objects && ln -s ../$o/objects $r/objects",
		"objects of another");
	planted(s, "rm -r $r/objects/info && ln -s / $r/objects/info",
		"a link inside objects");
	planted(s, "rm -r $r/refs && ln -s ../$o/refs $r/refs",
		"references of another");
	planted(s, "ln -s ../$o/HEAD $r/packed-refs", "a link as packed-refs");
	planted(s, "rm $r/HEAD && ln -s ../$o/HEAD $r/HEAD", "a link as HEAD");
	planted(s, "echo 'ref: ../../x' >$r/HEAD", "HEAD to elsewhere");
	planted(s, "chmod 770 $r", "a folder that the group may write");
	if (geteuid() == 0) {
		planted(s, "chown 65534 $r", "another owner's folder");
		planted(s, "chown 65534 $r/config", "another owner's config");
		planted(s, "chown 65534 $r/objects/pack",
			"another owner's packs");
	}
	is_int(sh("test ! -e ran && test ! -e store/ran"), 0, "nothing ran");
	(void)sh("rm -rf store/%s store/c", WORLD_ID);
}

int
main(int argc, char **argv)
{
	struct git_store *s;

	world_role(argc, argv, fake_git);
	world_make();
	subtest("open")
	{
		test_open();
	}
	s = world_open((struct git_conf){.dir = NULL});
	if (s == NULL)
		return EXIT_FAILURE;
	subtest("folders")
	{
		test_folders(s);
	}
	subtest("step by step")
	{
		folder_step_by_step(true);
		(void)sh("rm -rf store/%s", WORLD_OTHER);
		test_folders(s);
		test_planted(s);
		folder_step_by_step(false);
	}
	subtest("leftovers")
	{
		test_leftovers();
	}
	subtest("planted")
	{
		test_planted(s);
	}
	git_free(s);
	world_clear();
	return done_testing();
}
