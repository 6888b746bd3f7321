#include "server/prepare.h"

#include "base/fd.h"
#include "server/command.h"
#include "server/control_path.h"
#include "server/serve_inner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct prepare {
	const struct conf *conf;
	const struct data_dir *dir;
	const struct init_ask *ask; /* NULL: it is there */
};

/* In the child. */
static int
core_try(const struct prepare *p, char ret_text[PREPARE_TEXT_MAX])
{
	const struct core_conf how = {.make = p->ask != NULL,
				      .look = p->ask == NULL};
	CLEAN(core_freep) struct core *core = NULL;
	struct note note = {0};
	int r = serve_core_with(p->conf, p->dir, &how, &core);

	if (r != 0 || p->ask == NULL)
		return r;
	r = init_first(core, p->dir, p->ask, ret_text, &note);
	return r == 0 ? 0 : admin_complain("the first account", r, &note);
}

/* Its memory may have held keys: nothing of it is left when it has ended. */
static void
child_run(const struct prepare *p, pid_t parent, int to)
{
	char text[PREPARE_TEXT_MAX] = "";
	int status = EXIT_FAILURE;

	/* Whoever kills the server is not to find the data in use. */
	if (prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L) == 0 &&
	    getppid() == parent)
		status = core_try(p, text);

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

static int
child_begin(const struct prepare *p, struct prepare_child *ret)
{
	int ends[2];
	pid_t parent = getpid(), pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return serve_complain(EXIT_FAILURE, strerror(errno));
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		child_run(p, parent, ends[1]);
	}
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		return serve_complain(EXIT_FAILURE, strerror(errno));
	}
	*ret = (struct prepare_child){.pid = pid, .from = ends[0]};
	return 0;
}

static int
child_await(struct prepare_child *c, char ret_text[PREPARE_TEXT_MAX])
{
	text_read(c->from, ret_text);
	(void)close(c->from);
	return child_wait(c->pid);
}

int
prepare_look(const struct conf *conf, const struct data_dir *dir,
	     struct prepare_child *ret)
{
	const struct prepare p = {.conf = conf, .dir = dir};

	return child_begin(&p, ret);
}

int
prepare_await(struct prepare_child *c)
{
	char none[PREPARE_TEXT_MAX];

	return child_await(c, none);
}

int
prepare_make(const struct conf *conf, const struct data_dir *dir,
	     const struct init_ask *ask, char ret_key_path[PREPARE_TEXT_MAX])
{
	const struct prepare p = {.conf = conf, .dir = dir, .ask = ask};
	struct prepare_child child;
	int r = child_begin(&p, &child);

	return r == 0 ? child_await(&child, ret_key_path) : r;
}

int
prepare_folder(const struct data_dir *dir)
{
	char path[PATH_MAX], text[PATH_MAX + 64];
	int n = snprintf(path, sizeof(path), "%s/" CONTROL_FOLDER, dir->path);

	if (n < PATH_MAX && (mkdir(path, 0700) == 0 || errno == EEXIST))
		return 0;
	(void)snprintf(text, sizeof(text), "data: %s: %s", path,
		       strerror(n < PATH_MAX ? errno : ENAMETOOLONG));
	return serve_complain(EXIT_FAILURE, text);
}
