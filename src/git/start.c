/* Programs for clients, and our own errands. */
#include "git/inner.h"

#include "base/fd.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STOP_MS	    200 /* how often an errand asks whether to stop */
#define SWEEP_MS    10
#define SWEEP_TRIES 50

static struct git_run *
run_of(struct git_store *s, pid_t pid)
{
	for (unsigned i = 0; i < s->running_max; i++)
		if (s->runs[i].pid == pid)
			return &s->runs[i];
	return NULL;
}

/* A place, held by a number that no process has. */
static struct git_run *
place_take(struct git_store *s)
{
	struct git_run *run = NULL;

	(void)pthread_mutex_lock(&s->lock);
	if (s->running < s->running_max)
		run = run_of(s, 0);
	if (run != NULL) {
		run->pid = -1;
		s->running++;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return run;
}

static void
place_set(struct git_store *s, struct git_run *run, pid_t pid)
{
	(void)pthread_mutex_lock(&s->lock);
	run->pid = pid;
	if (pid == 0)
		s->running--;
	(void)pthread_mutex_unlock(&s->lock);
}

unsigned
git_running(struct git_store *s)
{
	unsigned n;

	(void)pthread_mutex_lock(&s->lock);
	n = s->running;
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}

unsigned
git_running_max(const struct git_store *s)
{
	return s->running_max;
}

static int
start_in(struct git_store *s, const struct git_ask *ask, int dir, pid_t *pid,
	 int *pidfd)
{
	bool writer = ask->service == GIT_RECEIVE_PACK;
	CLEAN(fd_closep) int rules = -1;
	CLEAN(fd_closep) int lock = -1;
	char protocol[sizeof("GIT_PROTOCOL=") + GITCMD_PROTOCOL_MAX];
	struct git_args args, env;
	struct launch l = {.program = s->program,
			   .argv = args.v,
			   .envp = env.v,
			   .dir = dir,
			   .cpu_s = s->cpu_s,
			   .memory = s->memory};
	int r = writer ? git_lock(s, ask->id, dir, &lock) : 0;

	if (r == 0)
		r = git_walls(s, dir, writer, &rules);
	if (r != 0)
		return r;
	(void)snprintf(protocol, sizeof(protocol), "GIT_PROTOCOL=%.*s",
		       STR_ARG(ask->protocol));
	git_args_service(s, &args, ask);
	git_env(&env, ask->protocol.n > 0 ? protocol : NULL, false);
	l.fd[0] = ask->in;
	l.fd[1] = ask->out;
	l.fd[2] = ask->err;
	l.fd[3] = writer ? ask->desk : -1;
	l.fd[4] = lock;
	l.rules = rules;
	return launch_start(&l, pid, pidfd);
}

int
git_start(struct git_store *s, const struct git_ask *ask, struct git_child *ret)
{
	CLEAN(fd_closep) int dir = -1;
	struct git_run *run;
	pid_t pid = 0;
	int pidfd = -1, r;

	if (ask->protocol.n > 0 && !gitcmd_is_protocol(ask->protocol))
		return OUT_MALFORMED;
	r = git_folder(s, ask->id, &dir);
	if (r != 0)
		return r;
	run = place_take(s);
	if (run == NULL)
		return OUT_BUSY;
	run->writer = ask->service == GIT_RECEIVE_PACK;
	memcpy(run->id, ask->id.p, GIT_ID_LEN);
	r = start_in(s, ask, dir, &pid, &pidfd);
	place_set(s, run, pid);
	if (r == 0) {
		ret->pid = pid;
		ret->pidfd = pidfd;
	}
	return r;
}

int
git_worked(const struct git_child *child, uint64_t *ret_ns)
{
	CLEAN(fd_closep) int fd = -1;
	char path[32], text[128];
	struct str ns, rest;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/schedstat",
		       (int)child->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return OUT_ABSENT;
	return str_cut((struct str){text, (size_t)n}, ' ', &ns, &rest) &&
		       str_u64(ns, UINT64_MAX, ret_ns) == 0
		   ? 0
		   : OUT_ABSENT;
}

void
git_kill(const struct git_child *child)
{
	/* 0 is our own group, -1 everybody. */
	assert(child->pid > 1);
	(void)kill(-child->pid, SIGKILL);
}

/* At once, so that a push that was cut takes no room; its last processes may
 * need a moment to die. When others push there too, the next one that finds
 * itself alone will do it. */
static void
after_death(struct git_store *s, struct str id)
{
	git_untidy(s, id);
	for (int i = 0; i < SWEEP_TRIES && !git_is_tidy(s, id); i++) {
		int dir = -1, lock = -1;

		if (i > 0)
			(void)usleep(SWEEP_MS * 1000);
		if (git_folder(s, id, &dir) != 0)
			return;
		if (git_lock(s, id, dir, &lock) == 0)
			close(lock);
		close(dir);
	}
}

/* Once it is reaped its number may be another's: the place is found before. */
int
git_wait(struct git_store *s, struct git_child *child)
{
	struct git_run *run;
	bool writer = false;
	char id[GIT_ID_LEN];
	int status;

	(void)pthread_mutex_lock(&s->lock);
	run = run_of(s, child->pid);
	if (run != NULL) {
		writer = run->writer;
		memcpy(id, run->id, sizeof(id));
		run->pid = -1;
	}
	(void)pthread_mutex_unlock(&s->lock);
	status = launch_wait(child->pid);
	if (writer && status >= 128)
		after_death(s, (struct str){id, sizeof(id)});
	if (run != NULL)
		place_set(s, run, 0);
	close(child->pidfd);
	*child = (struct git_child){.pid = 0, .pidfd = -1};
	return status;
}

/* Reads what there is; keeps the beginning. False at the end. */
static bool
drain(int fd, char text[GIT_TEXT_MAX], size_t *n)
{
	char more[4096];
	ssize_t got = read(fd, more, sizeof(more));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	if ((size_t)got > GIT_TEXT_MAX - 1 - *n)
		memcpy(text + *n, more, GIT_TEXT_MAX - 1 - *n);
	else
		memcpy(text + *n, more, (size_t)got);
	*n += (size_t)got;
	if (*n > GIT_TEXT_MAX - 1)
		*n = GIT_TEXT_MAX - 1;
	text[*n] = '\0';
	return got > 0;
}

/* When the program has ended, what it left behind must not keep us. */
static int
errand_watch(const struct git_errand *e, pid_t pid, int pidfd, int out,
	     char text[GIT_TEXT_MAX])
{
	struct pollfd p[2] = {{.fd = out, .events = POLLIN},
			      {.fd = pidfd, .events = POLLIN}};
	size_t n = 0;

	for (;;) {
		(void)poll(p, 2, STOP_MS);
		if (p[1].revents != 0) {
			(void)kill(-pid, SIGKILL);
			p[1].fd = -1;
			p[1].revents = 0;
		}
		if (p[0].revents != 0 && !drain(out, text, &n))
			return 0;
		if (e->stop != NULL && e->stop(e->arg)) {
			(void)kill(-pid, SIGKILL);
			return OUT_BUSY;
		}
	}
}

int
git_errand(struct git_store *s, const struct git_errand *e,
	   char ret_text[GIT_TEXT_MAX], int *ret_status)
{
	CLEAN(fd_closep) int rules = -1;
	CLEAN(fd_closep) int out = -1;
	struct git_args env;
	struct launch l = {.program = s->program,
			   .argv = e->args->v,
			   .envp = env.v,
			   .dir = e->dir,
			   .cpu_s = s->cpu_s,
			   .memory = s->memory,
			   .low = e->low};
	int ends[2], pidfd, r = 0;
	pid_t pid;

	ret_text[0] = '\0';
	if (!e->free)
		r = git_walls(s, e->dir, e->lock >= 0, &rules);
	if (r != 0)
		return r;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(-errno);
	out = ends[0];
	git_env(&env, NULL, e->lock >= 0);
	l.rules = rules;
	l.fd[0] = l.fd[3] = -1;
	l.fd[1] = l.fd[2] = ends[1];
	l.fd[4] = e->lock;
	r = launch_start(&l, &pid, &pidfd);
	close(ends[1]);
	if (r != 0)
		return r;
	r = errand_watch(e, pid, pidfd, out, ret_text);
	*ret_status = launch_wait(pid);
	close(pidfd);
	return r;
}
