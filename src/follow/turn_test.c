#include "follow/turn.h"

#include "base/clock.h"
#include "base/test.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[] = "/tmp/latchkey-turn-XXXXXX";

/* Another login: takes the turn, says so, waits for a byte, tells and ends. */
static pid_t
other(int ready, int go, int64_t after_ms, enum turn_end end)
{
	pid_t pid = fork();
	char c = 'x';

	if (pid == 0) {
		struct turn t = TURN_INIT;
		int64_t at;

		turn_take(&t, path, clock_mono() + 5000);
		if (write(ready, &c, 1) != 1 || read(go, &c, 1) != 1)
			_exit(1);
		at = clock_mono() + after_ms;
		(void)usleep(20000);
		if (end != TURN_NONE)
			turn_tell(&t, at, end);
		turn_clear(&t);
		_exit(0);
	}
	return pid;
}

/* What we find after waiting for one that told this. */
static enum turn_end
after(int64_t after_ms, enum turn_end end)
{
	CLEAN(turn_clear) struct turn t = TURN_INIT;
	int ready[2], go[2], status = 1;
	char c = 'x';
	pid_t pid;

	if (pipe(ready) != 0 || pipe(go) != 0)
		return TURN_NONE;
	pid = other(ready[1], go[0], after_ms, end);
	if (read(ready[0], &c, 1) != 1 || write(go[1], &c, 1) != 1)
		return TURN_NONE;
	turn_take(&t, path, clock_mono() + 5000);
	ok(t.held, "the turn is ours after a while");
	ok(waitpid(pid, &status, 0) == pid && status == 0, "  theirs is over");
	for (int i = 0; i < 2; i++) {
		(void)close(ready[i]);
		(void)close(go[i]);
	}
	return t.since;
}

static void
test_alone(void)
{
	CLEAN(turn_clear) struct turn t = TURN_INIT;

	turn_take(&t, path, clock_mono());
	ok(t.held && t.since == TURN_NONE, "nobody else: ours at once");
	turn_tell(&t, clock_mono() + 5, TURN_ANSWERED);
	turn_clear(&t);
	turn_take(&t, path, clock_mono());
	ok(t.held && t.since == TURN_NONE,
	   "who did not wait believes nothing that is written there");
}

static void
test_after(void)
{
	is_int(after(10, TURN_ANSWERED), TURN_ANSWERED,
	       "a question since we came has its answer");
	is_int(after(10, TURN_REFUSED), TURN_REFUSED, "or its no");
	is_int(after(10, TURN_SILENT), TURN_SILENT, "or none");
	is_int(after(-1000, TURN_ANSWERED), TURN_NONE,
	       "one from before we came has not");
	is_int(after(60000, TURN_ANSWERED), TURN_NONE, "nor one of the future");
	is_int(after(10, TURN_NONE), TURN_NONE, "nor one that told nothing");
}

static void
test_held(void)
{
	CLEAN(turn_clear) struct turn a = TURN_INIT;
	CLEAN(turn_clear) struct turn b = TURN_INIT;
	int64_t began = clock_mono();

	turn_take(&a, path, clock_mono());
	turn_take(&b, path, clock_mono() + 50);
	ok(a.held && !b.held, "only one has it");
	ok(clock_mono() - began >= 50, "  and the other waited");
	turn_clear(&b);
	turn_take(&b, "/nowhere/at/all", clock_mono());
	ok(!b.held, "without a file nobody has it");
}

int
main(void)
{
	int fd = mkstemp(path);

	(void)close(fd);
	test_alone();
	test_after();
	test_held();
	(void)unlink(path);
	return done_testing();
}
