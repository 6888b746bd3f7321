/* Other programs: what they get, what comes back. */
#include "cli/child.h"

#include "base/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
run(const char *const *argv, char *const *env, struct buf *out, int *status)
{
	struct child c = {.argv = argv, .env = env, .out = out, .quiet = true};
	struct note note = {""};

	*status = -1;
	return child_run(&c, status, &note);
}

static void
test_status(void)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	CLEAN(buf_clear) struct buf small = BUF_INIT_MAX(100);
	int status;

	is_int(run((const char *const[]){"true", NULL}, NULL, NULL, &status), 0,
	       "true");
	is_int(status, 0, "ends with 0");
	is_int(run((const char *const[]){"sh", "-c", "exit 7", NULL}, NULL,
		   NULL, &status),
	       0, "exit 7");
	is_int(status, 7, "ends with 7");
	is_int(run((const char *const[]){"sh", "-c", "kill -TERM $$", NULL},
		   NULL, NULL, &status),
	       0, "a signal");
	is_int(status, 128 + SIGTERM, "is told apart");
	is_int(run((const char *const[]){"no-such-program-of-ours", NULL}, NULL,
		   NULL, &status),
	       OUT_ABSENT, "no such program");
	is_int(run((const char *const[]){"cat", NULL}, NULL, &out, &status), 0,
	       "standard input is empty");
	is_int(run((const char *const[]){"echo", "a b; c", NULL}, NULL, &out,
		   &status),
	       0, "an argument");
	is_str(buf_str(&out), STR("a b; c\n"), "is what it is");
	is_int(run((const char *const[]){"yes", NULL}, NULL, &small, &status),
	       OUT_TOO_LARGE, "one that never ends");
}

static void
test_env(void)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	const char *const more[] = {"TOLD=yes", "HOME=/nowhere", NULL};
	char **env;
	int status;

	(void)setenv("GIT_DIR", "/elsewhere", 1);
	(void)setenv("HOME", "/was", 1);
	(void)setenv("HOMEWARD", "kept", 1);
	env = child_env(more);
	ok(env != NULL, "an environment");
	is_int(run((const char *const[]){"env", NULL}, env, &out, &status), 0,
	       "is passed on");
	ok(memmem(out.p, out.n, "TOLD=yes\n", 9) != NULL, "with what is new");
	ok(memmem(out.p, out.n, "HOME=/nowhere\n", 14) != NULL &&
	       memmem(out.p, out.n, "HOME=/was", 9) == NULL,
	   "instead of the old");
	ok(memmem(out.p, out.n, "HOMEWARD=kept\n", 14) != NULL, "with others");
	ok(memmem(out.p, out.n, "GIT_DIR", 7) == NULL,
	   "and nothing that points git elsewhere");
	free(env);
}

/* An interrupt ends the child, and we go on. */
static void
test_interrupt(void)
{
	int status;

	child_catch();
	is_int(child_caught(), 0, "nothing came");
	is_int(
	    run((const char *const[]){"sh", "-c",
				      "kill -INT $PPID; exec sleep 60", NULL},
		NULL, NULL, &status),
	    0, "interrupted");
	is_int(status, 128 + SIGINT, "the child has ended");
	is_int(child_caught(), SIGINT, "it is known");
}

int
main(void)
{
	test_status();
	test_env();
	test_interrupt();
	return done_testing();
}
