#include "cli/child.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_SIZE 4096

extern char **environ;

static volatile sig_atomic_t caught;
static volatile pid_t running;

static void
on_signal(int sig)
{
	int e = errno;

	caught = sig;
	if (running > 0)
		(void)kill(running, sig);
	errno = e;
}

void
child_catch(void)
{
	static const int all[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal};

	(void)sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < nitems(all); i++)
		(void)sigaction(all[i], &sa, NULL);
}

int
child_caught(void)
{
	return caught;
}

/* What git's own documentation calls local to a repository, and who asks for
 * passwords. */
static bool
is_kept(const char *var)
{
	static const struct str gone[] = {
	    STR_INIT("GIT_DIR="),
	    STR_INIT("GIT_WORK_TREE="),
	    STR_INIT("GIT_INDEX_FILE="),
	    STR_INIT("GIT_PREFIX="),
	    STR_INIT("GIT_COMMON_DIR="),
	    STR_INIT("GIT_NAMESPACE="),
	    STR_INIT("GIT_OBJECT_DIRECTORY="),
	    STR_INIT("GIT_ALTERNATE_OBJECT_DIRECTORIES="),
	    STR_INIT("GIT_QUARANTINE_PATH=")};

	for (size_t i = 0; i < nitems(gone); i++)
		if (str_starts(str_c(var), gone[i]))
			return false;
	return true;
}

static bool
is_replaced(const char *var, const char *const *more)
{
	struct str name, value;

	if (!str_cut(str_c(var), '=', &name, &value))
		return false;
	for (; *more != NULL; more++)
		if (str_starts(str_c(*more), name) && (*more)[name.n] == '=')
			return true;
	return false;
}

char **
child_env(const char *const *more)
{
	size_t n = 0, at = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	for (const char *const *m = more; *m != NULL; m++)
		n++;
	env = calloc(n + 1, sizeof(*env));
	if (env == NULL)
		return NULL;
	for (char **e = environ; *e != NULL; e++)
		if (is_kept(*e) && !is_replaced(*e, more))
			env[at++] = *e;
	for (; *more != NULL; more++)
		env[at++] = (char *)(uintptr_t)*more;
	return env;
}

/* The end that is written to, -1 when our own output is used. */
static int
actions_fill(posix_spawn_file_actions_t *fa, const struct child *c, int out)
{
	int r = 0;

	if (!c->asks)
		r = posix_spawn_file_actions_addopen(fa, 0, "/dev/null",
						     O_RDONLY, 0);
	if (r == 0 && out >= 0)
		r = posix_spawn_file_actions_adddup2(fa, out, 1);
	if (r == 0 && c->quiet)
		r = posix_spawn_file_actions_addopen(fa, 2, "/dev/null",
						     O_WRONLY, 0);
	return -r;
}

/* We ignore SIGPIPE; programs expect that it ends them. */
static int
attr_fill(posix_spawnattr_t *attr)
{
	sigset_t pipe_only;
	int r;

	(void)sigemptyset(&pipe_only);
	(void)sigaddset(&pipe_only, SIGPIPE);
	r = posix_spawnattr_setsigdefault(attr, &pipe_only);
	if (r == 0)
		r = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF);
	return -r;
}

static int
start(const struct child *c, int out, pid_t *ret)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	char *const *argv = (char *const *)(uintptr_t)c->argv;
	int r = -posix_spawn_file_actions_init(&fa);

	if (r != 0)
		return r;
	r = -posix_spawnattr_init(&attr);
	if (r != 0) {
		(void)posix_spawn_file_actions_destroy(&fa);
		return r;
	}
	r = actions_fill(&fa, c, out);
	if (r == 0)
		r = attr_fill(&attr);
	if (r == 0)
		r = -posix_spawnp(ret, argv[0], &fa, &attr, argv,
				  c->env != NULL ? c->env : environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&fa);
	return r;
}

static int
read_all(int fd, struct buf *out)
{
	for (;;) {
		ssize_t n;

		if (buf_room(out, READ_SIZE) != 0)
			return OUT_TOO_LARGE;
		n = read(fd, out->p + out->n, READ_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? FAIL(-errno) : 0;
		out->n += (size_t)n;
		out->p[out->n] = '\0';
	}
}

static int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	running = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static int
run(const struct child *c, const int ends[2], int *ret_status,
    struct note *note)
{
	pid_t pid = 0;
	int read_result = 0;
	int r;

	(void)fflush(stdout); /* what we said comes before what it says */
	r = start(c, ends[1], &pid);
	if (ends[1] >= 0)
		(void)close(ends[1]);
	if (r == 0) {
		running = pid;
		if (caught != 0)
			(void)kill(pid, caught); /* it came just before */
	} else {
		return note_set(note, r == -ENOENT ? OUT_ABSENT : OUT_BUSY,
				_("cannot run %s: %s"), c->argv[0],
				strerror(-r));
	}
	if (c->out != NULL)
		read_result = read_all(ends[0], c->out);
	if (read_result != 0)
		(void)kill(pid, SIGTERM);
	*ret_status = wait_for(pid);
	if (read_result == OUT_TOO_LARGE)
		return note_set(note, OUT_TOO_LARGE, _("%s says too much"),
				c->argv[0]);
	return read_result;
}

int
child_run(const struct child *c, int *ret_status, struct note *note)
{
	int ends[2] = {-1, -1};
	int r;

	if (c->out != NULL && pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(-errno);
	r = run(c, ends, ret_status, note);
	if (ends[0] >= 0)
		(void)close(ends[0]);
	return r;
}
