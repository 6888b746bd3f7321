#include "server/keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "base/test.h"
#include "server/bound.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The program under the keeper is a script here. What it does is read from the
 * file "plan", one line for each start; each start adds its process id and the
 * descriptors it got to "seen".
 */
static const char script[] = "#!/bin/sh\n"
			     "cd \"$1\" || exit 9\n"
			     "ls /proc/$$/fd >fds\n"
			     "echo \"$$ $(tr '\\n' ' ' <fds)\" >>seen\n"
			     "plan=$(sed -n \"$(wc -l <seen)p\" plan)\n"
			     "eval \"${plan:-$(tail -n 1 plan)}\"\n";

static char dir[] = "/tmp/keeper_test.XXXXXX";
static char program[64];
static char *argv[] = {program, dir, NULL};
static int desk_fds[64];
static atomic_uint n_desk;

static int
desk_take(void *arg, int fd)
{
	(void)arg;
	desk_fds[atomic_fetch_add(&n_desk, 1)] = fd;
	return 0;
}

static void
desk_close(void)
{
	for (unsigned i = 0; i < atomic_load(&n_desk); i++)
		(void)close(desk_fds[i]);
	atomic_store(&n_desk, 0);
}

static void
file_write(const char *name, const char *text, mode_t mode)
{
	char path[96];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0 ||
	    chmod(path, mode) != 0)
		abort();
}

static void
plan(const char *text)
{
	file_write("seen", "", 0600);
	file_write("plan", text, 0600);
}

/* The n-th start's line in "seen", or "". */
static void
seen(unsigned n, char ret[256])
{
	char path[96];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/seen", dir);
	f = fopen(path, "r");
	ret[0] = '\0';
	for (unsigned i = 0; f != NULL && i < n; i++)
		if (fgets(ret, 256, f) == NULL)
			ret[0] = '\0';
	if (f != NULL)
		(void)fclose(f);
}

static pid_t
seen_pid(unsigned n)
{
	char line[256];
	struct str pid, rest;
	uint64_t number = 0;

	seen(n, line);
	if (!str_cut(str_c(line), ' ', &pid, &rest) ||
	    str_u64(pid, INT32_MAX, &number) != 0 || number < 2)
		abort();
	return (pid_t)number;
}

static bool
until(struct keeper *k, bool (*fn)(const struct keeper_stats *, unsigned),
      unsigned n)
{
	struct keeper_stats stats;

	for (int i = 0; i < 1500; i++) {
		keeper_stats(k, &stats);
		if (fn(&stats, n))
			return true;
		(void)usleep(10000);
	}
	return false;
}

static bool
is_started(const struct keeper_stats *s, unsigned n)
{
	return s->up && s->started >= n;
}

static bool
is_alone(const struct keeper_stats *s, unsigned n)
{
	return s->processes == n;
}

static bool
is_down(const struct keeper_stats *s, unsigned n)
{
	return !s->up && s->died >= n;
}

#define SERVE "echo ready; while :; do sleep 0.05 & wait; done\n"
/* Till the desk's socket, descriptor 4, is shut. */
#define SERVE_DESK "echo ready; cat <&4 >/dev/null 2>&1; exit 0\n"

static struct keeper *
started_by(const char *text, int want, void (*begun)(void))
{
	static struct bound bound = {.fd = -1};
	struct keeper_conf conf = {
	    .argv = argv, .desk = desk_take, .begun = begun};
	struct keeper *k = NULL;
	struct note note = {0};
	int r;

	if (bound.fd < 0 &&
	    bound_open("ssh", "127.0.0.1:0", &bound, &note) != 0)
		abort();
	conf.listen_fd = bound.fd;
	plan(text);
	r = keeper_start(&conf, &k, &note);
	is_int(r, want, "start: %s", note.text);
	ok((r == 0) == (k != NULL), "  and is there when it should");
	return k;
}

static struct keeper *
started(const char *text, int want)
{
	return started_by(text, want, NULL);
}

static sem_t looked;

static void
look_wait(void)
{
	while (sem_wait(&looked) != 0 && errno == EINTR)
		;
}

/* The keeper's thread stands still from the first "ready" on: what is known
 * then was known before keeper_start returned. */
static void
test_up_at_once(void)
{
	struct keeper *k;
	struct keeper_stats stats = {0};

	if (sem_init(&looked, 0, 0) != 0)
		abort();
	k = started_by(SERVE, 0, look_wait);
	keeper_stats(k, &stats);
	ok(stats.up && stats.processes == 1, "who has started is up");
	(void)sem_post(&looked);
	keeper_free(k);
	(void)sem_destroy(&looked);
	desk_close();
}

static void
test_pause(void)
{
	unsigned quick = 0;
	int64_t last = 0;

	is_int(keeper_pause(KEEPER_QUICK_MS, &quick), 0, "a long life");
	is_int(keeper_pause(0, &quick), 0, "one short life");
	is_int(keeper_pause(0, &quick), KEEPER_PAUSE_MIN_MS, "two");
	is_int(keeper_pause(KEEPER_QUICK_MS - 1, &quick),
	       2 * KEEPER_PAUSE_MIN_MS, "three");
	for (int i = 0; i < 100; i++)
		last = keeper_pause(0, &quick);
	is_int(last, KEEPER_PAUSE_MAX_MS, "and no longer than that");
	is_int(keeper_pause(KEEPER_QUICK_MS, &quick), 0, "a long life again");
	is_int(keeper_pause(0, &quick), 0, "begins anew");
}

/* 0 to 4, and what the shell holds of its own: 10 and 11. */
static bool
only_given(const char *fds)
{
	struct str rest = str_trim(str_sub(str_c(fds), 0, strcspn(fds, "\n")));
	struct str fd;
	uint64_t n;
	unsigned low = 0;

	while (str_next(&rest, ' ', &fd)) {
		if (str_u64(fd, 11, &n) != 0 || (n > 4 && n < 10))
			return false;
		low += n <= 4;
	}
	return low == 5;
}

static void
test_first(void)
{
	char line[256], *fds;
	struct keeper *k = started(SERVE_DESK, 0);

	seen(1, line);
	fds = strchr(line, ' ');
	ok(fds != NULL && only_given(fds),
	   "it gets what it needs, no more:%.*s", (int)strcspn(fds, "\n"), fds);
	keeper_stop(k);
	ok(until(k, is_alone, 0), "it ends when the desk's socket is shut");
	keeper_free(k);
	desk_close();
	ok(started("exit 78\n", OUT_DENIED) == NULL, "no host keys");
	ok(started("exit 1\n", OUT_BUSY) == NULL, "ended at once");
	ok(started("kill -9 $$\n", OUT_BUSY) == NULL, "killed at once");
	desk_close();
}

static void
test_crash(void)
{
	struct keeper *k = started(SERVE, 0);

	(void)kill(seen_pid(1), SIGKILL);
	ok(until(k, is_started, 2), "one that is killed has a successor");
	(void)kill(seen_pid(2), SIGSEGV);
	ok(until(k, is_started, 3), "and that one, too");
	keeper_free(k);
	ok(kill(seen_pid(3), 0) != 0, "nothing is left behind");
	desk_close();
}

static void
test_retire(void)
{
	struct keeper *k = started(
	    "echo ready; echo retire; while [ ! -e done ]; do sleep 0.05; "
	    "done; exit 65\n" SERVE,
	    0);

	ok(until(k, is_started, 2), "a retiring one has a successor at once");
	ok(until(k, is_alone, 2), "while it goes on");
	file_write("done", "", 0600);
	ok(until(k, is_alone, 1), "until it has done");
	keeper_free(k);
	desk_close();
}

static void
test_heirlooms(void)
{
	char line[256] = "";
	struct keeper *k =
	    started("echo ready; echo penalty 2001:db8:: 9223372036854775807; "
		    "echo retire; exit 65\n"
		    "cat >done; " SERVE,
		    0);
	FILE *f;

	ok(until(k, is_started, 2), "one that has learnt something goes");
	(void)snprintf(line, sizeof(line), "%s/done", dir);
	f = fopen(line, "r");
	ok(f != NULL && fgets(line, sizeof(line), f) != NULL &&
	       strcmp(line, "penalty 2001:db8:: 9223372036854775807\n") == 0,
	   "its successor knows it: %s", line);
	if (f != NULL)
		(void)fclose(f);
	keeper_free(k);
	desk_close();
}

static void
test_reload(void)
{
	char line[256];
	struct keeper_stats stats;
	struct keeper *k = started(SERVE_DESK SERVE_DESK "exit 78\n", 0);

	keeper_reload(k);
	ok(until(k, is_started, 2) && until(k, is_alone, 1),
	   "reload: another, and the first is shut");
	keeper_reload(k);
	for (int i = 0; i < 1500; i++) {
		seen(3, line);
		keeper_stats(k, &stats);
		if (line[0] != '\0' && stats.died == 1)
			break;
		(void)usleep(10000);
	}
	ok(stats.up && stats.started == 3 && stats.died == 1,
	   "one that cannot start changes nothing");
	keeper_free(k);
	desk_close();
}

static void
test_keys_gone(void)
{
	struct keeper *k = started(SERVE "exit 78\n", 0);
	struct keeper_stats stats;

	(void)kill(seen_pid(1), SIGKILL);
	ok(until(k, is_down, 2), "host keys that went: nobody accepts");
	keeper_stats(k, &stats);
	is_int((long long)stats.started, 2, "and it is not tried in a hurry");
	keeper_free(k);
	desk_close();
}

static void
test_many(void)
{
	struct keeper_stats stats;
	struct keeper *k = started("echo ready; exec sleep 60\n", 0);

	for (unsigned i = 2; i <= KEEPER_PROCESSES_MAX + 3; i++) {
		keeper_reload(k);
		if (!until(k, is_started, i))
			break;
	}
	keeper_stats(k, &stats);
	ok(stats.started >= KEEPER_PROCESSES_MAX + 3 &&
	       stats.processes <= KEEPER_PROCESSES_MAX,
	   "those that never finish make room: %llu started, %u there",
	   (unsigned long long)stats.started, stats.processes);
	keeper_free(k);
	desk_close();
}

int
main(void)
{
	static const char *const files[] = {"program", "plan", "seen", "fds",
					    "done"};

	if (mkdtemp(dir) == NULL)
		return 1;
	(void)snprintf(program, sizeof(program), "%s/program", dir);
	file_write("program", script, 0700);
	log_set_level(LOG_ERROR);
	test_pause();
	test_first();
	test_up_at_once();
	test_crash();
	test_retire();
	test_heirlooms();
	test_reload();
	test_keys_gone();
	test_many();
	for (size_t i = 0; i < nitems(files); i++) {
		char path[96];

		(void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
	return done_testing();
}
