#include "server/prepare.h"

#include "base/fd.h"
#include "server/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its memory may have held keys: nothing of it is left when it has ended. */
static void
child_run(prepare_fn *fn, void *arg, int to)
{
	char text[PREPARE_TEXT_MAX] = "";
	int status = fn(arg, text);

	if (fd_write_all(to, str_c(text)) != 0 && status == 0)
		status = EXIT_FAILURE;
	(void)fflush(stderr);
	_exit(status);
}

static void
text_read(int from, char ret[PREPARE_TEXT_MAX])
{
	size_t n = 0;
	ssize_t got;

	do {
		got = read(from, ret + n, PREPARE_TEXT_MAX - 1 - n);
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got < 0 && errno == EINTR));
	ret[n] = '\0';
}

static int
child_wait(pid_t pid)
{
	int status = 0;
	char text[64];

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return serve_complain(EXIT_FAILURE, strerror(errno));
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)snprintf(text, sizeof(text), "opening the data: signal %d",
		       WTERMSIG(status));
	return serve_complain(EXIT_FAILURE, text);
}

int
prepare_run(prepare_fn *fn, void *arg, char ret_text[PREPARE_TEXT_MAX])
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return serve_complain(EXIT_FAILURE, strerror(errno));
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		child_run(fn, arg, ends[1]);
	}
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return serve_complain(EXIT_FAILURE, strerror(errno));
	}
	text_read(ends[0], ret_text);
	(void)close(ends[0]);
	return child_wait(pid);
}
