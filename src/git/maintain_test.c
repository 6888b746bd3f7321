#include "git/git_world.h"

static int
fake_git(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 99;
}

/* --- the real git -----------------------------------------------------------
 */

static void
test_real(struct git_store *s)
{
	struct note note = {""};

	is_int(sh("git init -q work && cd work && "
		  "for i in 1 2 3; do echo $i >f && git add f && "
		  "git commit -q -m $i; done && git tag -a -m v v1 && "
		  "git push $PUSH file://$REPO main v1"),
	       0, "a push");
	ok(said("new branch"), "is taken");
	is_int(sh("git clone -q $PULL file://$REPO clone && "
		  "git -C clone log --oneline"),
	       0, "a clone");
	is_int(
	    sh("mkdir -p d && cd d && git clone -q $PULL --depth 1 "
	       "file://$REPO shallow && cd shallow && "
	       "git fetch -q $PULL --unshallow && git log --oneline | wc -l"),
	    0, "a shallow clone, made whole");
	ok(said("3"), "has all commits");
	is_int(sh("cd d && git clone -q $PULL --filter=blob:none "
		  "--no-checkout file://$REPO partial"),
	       0, "a partial clone");
	ok(sh("cd d && git clone -q $PULL --filter=sparse:oid=main:f "
	      "--no-checkout file://$REPO sparse") != 0,
	   "a filter that costs too much");
	ok(said("not supported"), "is refused");
	is_int(sh("cd d && git -c protocol.version=0 clone -q $PULL "
		  "file://$REPO v0"),
	       0, "protocol 0");
	is_int(git_fsck(s, STR(WORLD_ID), &note), 0, "all of it is whole");
	ok(sh("grep -r . store/%s/logs", WORLD_ID) != 0, "no logs are kept");
}

static bool
now(void *arg)
{
	(void)arg;
	return true;
}

static void
test_damage(struct git_store *s)
{
	struct note note = {""};

	is_int(sh("chmod u+w store/%s/objects/pack/*.pack && for p in "
		  "store/%s/objects/pack/*.pack; do printf xxxx | dd of=$p "
		  "bs=1 seek=40 conv=notrunc; done",
		  WORLD_ID, WORLD_ID),
	       0, "bytes change");
	is_int(git_fsck(s, STR(WORLD_ID), &note), OUT_MISMATCH, "fsck sees it");
	ok(note.text[0] != '\0', "and says: %s", note.text);
	is_int(git_maintain(s, STR(WORLD_ID), NULL, NULL, &note), -EIO,
	       "maintenance fails");
	ok(strstr(note.text, "git repack") != NULL, "and says: %s", note.text);
}

static void
test_maintain(struct git_store *s)
{
	struct note note = {""};

	is_int(sh("cd work && for i in 1 2 3 4 5 6; do echo $i >g && git add g "
		  "&& git commit -q -m g$i && git push -q $PUSH file://$REPO "
		  "main main:refs/heads/b/$i || exit; done && "
		  "ls ../store/%s/objects/pack/*.pack | wc -l",
		  WORLD_ID),
	       0, "pushes");
	ok(said("7"), "leave packs");
	is_int(git_maintain(s, STR(WORLD_ID), now, NULL, &note), OUT_BUSY,
	       "it stops when it is told to");
	is_int(git_maintain(s, STR(WORLD_ID), NULL, NULL, &note), 0,
	       "it ends: %s", note.text);
	is_int(sh("cd store/%s && ls objects/pack/*.pack | wc -l && "
		  "ls objects/info/commit-graphs/ && grep -c refs/heads/b "
		  "packed-refs && find refs -type f | wc -l",
		  WORLD_ID),
	       0, "what is there then");
	ok(said("1\n"), "one pack");
	ok(said("commit-graph-chain"), "a commit graph");
	ok(said("6\n0\n"), "and packed references");
	is_int(git_maintain(s, STR(WORLD_ID), NULL, NULL, &note), 0, "again");
	is_int(git_fsck(s, STR(WORLD_ID), &note), 0, "it is whole");
	is_int(sh("git -C clone fetch -q $PULL && git -C clone log --oneline "
		  "origin/main | wc -l"),
	       0, "and is read");
	ok(said("9"), "with all commits");
}

/* Pushes and fetches in loops while maintenance runs over and over. */
static void
test_beside(struct git_store *s)
{
	struct note note = {""};
	int runs_done = 0, bad = 0, status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(sh("(cd work && for i in $(seq 25); do "
			 "git commit -q --allow-empty -m x$i && "
			 "git push -q $PUSH file://$REPO main "
			 "main:refs/heads/c/$i || exit 1; "
			 "git push -q $PUSH file://$REPO :refs/heads/c/$i "
			 "|| exit 2; done) & "
			 "for i in $(seq 20); do rm -rf d/c && git clone -q "
			 "$PULL file://$REPO d/c || exit 3; done; wait $!"));
	while (waitpid(pid, &status, WNOHANG) == 0) {
		int r = git_maintain(s, STR(WORLD_ID), NULL, NULL, &note);

		if (r != 0)
			printf("# %d %s\n", r, note.text);
		bad += r != 0;
		runs_done++;
		/* Everything at once is the harder half. */
		if (runs_done % 2 == 0)
			(void)unlink(at("store/%s/latchkey-packed", WORLD_ID));
	}
	ok(runs_done > 1, "maintenance ran %d times", runs_done);
	is_int(bad, 0, "and never failed");
	is_int(WEXITSTATUS(status), 0, "no push or clone failed beside it");
	is_int(git_fsck(s, STR(WORLD_ID), &note), 0, "it is whole: %s",
	       note.text);
}

/* A push that is killed where it holds locks. */
static void
test_killed(struct git_store *s)
{
	put(at("desk"), "cut");
	ok(sh("cd work && git commit -q --allow-empty -m cut && "
	      "git push $PUSH file://$REPO main") != 0,
	   "a push is killed with its locks held");
	is_int(sh("find store/%s -name '*.lock' -o -name 'tmp_*' -o -name "
		  "'*.keep' | grep .",
		  WORLD_ID),
	       1, "nothing of it stays");
	put(at("desk"), "allow");
	/* As after a power cut: nobody has swept. */
	is_int(sh("cd store/%s && touch refs/heads/main.lock HEAD.lock "
		  "packed-refs.lock packed-refs.new objects/info/commit-graphs/"
		  "commit-graph-chain.lock && mkdir "
		  "objects/tmp_objdir-incoming-x && "
		  "echo 'receive-pack 1 on here' >objects/pack/pack-1.keep && "
		  "echo operator >objects/pack/pack-2.keep",
		  WORLD_ID),
	       0, "a crash leaves locks");
	is_int(sh("cd work && git push $PUSH file://$REPO main"), 0,
	       "the next push does not mind");
	is_int(sh("cd store/%s && ls -R", WORLD_ID), 0, "afterwards");
	ok(said("pack-2.keep"), "a mark of the operator's stays");
	ok(strstr(get(at("said")), ".lock") == NULL &&
	       strstr(get(at("said")), "tmp_") == NULL &&
	       strstr(get(at("said")), "pack-1.keep") == NULL,
	   "nothing else is left");
	(void)sh("rm store/%s/objects/pack/pack-2.keep", WORLD_ID);
	(void)s;
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
	subtest("real")
	{
		test_real(s);
	}
	subtest("maintain")
	{
		test_maintain(s);
	}
	subtest("killed")
	{
		test_killed(s);
	}
	subtest("beside")
	{
		test_beside(s);
	}
	subtest("damage")
	{
		test_damage(s);
	}
	git_free(s);
	world_clear();
	return done_testing();
}
