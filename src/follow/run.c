#include "follow/run.h"

#include "base/clock.h"
#include "base/fd.h"
#include "follow/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const child_env[] = {
    (char[]){"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
	     "/bin"},
    (char[]){"LC_ALL=C.UTF-8"},
    NULL,
};

static _Noreturn void
child(const struct run *run, int out)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(run->both ? out : null, 2) < 0)
		_exit(126);
	(void)close_range(3, ~0U, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	if (run->as &&
	    (setgroups(0, NULL) != 0 ||
	     setresgid(run->gid, run->gid, run->gid) != 0 ||
	     setresuid(run->uid, run->uid, run->uid) != 0 || chdir("/") != 0))
		_exit(126);
	(void)execve(run->argv[0], (char *const *)run->argv, child_env);
	_exit(127);
}

/* Until the other end is closed. */
static int
output_take(int fd, const struct run *run, int64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[4096];

	for (;;) {
		int64_t left = deadline - clock_mono();
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return OUT_BUSY;
		n = read(fd, text, sizeof(text));
		if (n < 0 && errno != EINTR)
			return FAIL(-errno);
		if (n == 0)
			return 0;
		if (n > 0 && run->out != NULL &&
		    buf_add(run->out, text, (size_t)n) != 0)
			return OUT_TOO_LARGE;
	}
}

static int
end_of(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return FAIL(-errno);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
run_program(const struct run *run, int *ret_status, struct note *note)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	int ends[2], r, status;
	pid_t pid;

	if (access(run->argv[0], X_OK) != 0)
		return note_set(note, OUT_ABSENT, "there is no %.100s",
				run->argv[0]);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(-errno);
	from = ends[0];
	to = ends[1];
	pid = fork();
	if (pid < 0)
		return FAIL(-errno);
	if (pid == 0)
		child(run, to);
	fd_closep(&to);
	r = output_take(from, run, clock_mono() + RUN_WAIT_MS);
	if (r != 0)
		(void)kill(pid, SIGKILL);
	status = end_of(pid);
	if (r != 0)
		return note_set(note, r, "%.100s did not end as it should",
				run->argv[0]);
	if (status < 0)
		return status;
	*ret_status = status;
	return 0;
}
