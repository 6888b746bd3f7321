/*
 * ssh-desk: latchkeyd's part towards latchkeyd-ssh, for tests of the latter
 * alone. No database, no gate: who may come in stands in a file, repositories
 * lie in a folder, and everything that is asked is written down.
 *
 *   ssh-desk PROGRAM KEYS ALLOW REPOS LOG [ARGUMENT of PROGRAM serve]...
 *
 * ALLOW has a line "ro|rw TYPE BASE64" for each key, and is read at each
 * question. A repository is REPOS/ACCOUNT/REPO.git. USR1 closes every session's
 * socket, TERM ends everything. On standard output: "ready ADDRESS PORT", and
 * what the listener says there.
 */
#include "wire/desk.h"
#include "base/enc.h"
#include "base/packet.h"
#include "wire/gitcmd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS_MAX     10
#define SESSIONS_MAX 4096

static const char *allow_file, *repos, *log_file;
static volatile sig_atomic_t told, cut;

struct run {
	pid_t pid;
	int pidfd;
	uint32_t channel;
};
struct who {
	int fd;
	bool proved, may_write;
	struct run runs[RUNS_MAX];
};

static void
on_signal(int number)
{
	if (number == SIGUSR1)
		cut = 1;
	else
		told = 1;
}

static void note(const char *fmt, ...) PRINTF(1, 2);
static void
note(const char *fmt, ...)
{
	char text[8192];
	va_list ap;
	int fd =
	    open(log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int n;
	ssize_t done;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	done = write(fd, text, (size_t)n);
	(void)done;
	(void)close(fd);
}

/* 'w', 'r' or 0. */
static char
allowed(struct str blob)
{
	CLEAN(buf_clear) struct buf b64 = BUF_INIT;
	char line[8192], may = 0;
	FILE *f = fopen(allow_file, "r");

	(void)enc_b64(&b64, blob);
	while (f != NULL && may == 0 && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, b64.p) != NULL)
			may = line[1] == 'w' ? 'w' : 'r';
	if (f != NULL)
		(void)fclose(f);
	return may;
}

static void
say(const struct who *w, const struct desk_msg *m)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT;

	if (desk_write(m, &packet) != 0 ||
	    packet_send(w->fd, buf_str(&packet), NULL, 0) != 0)
		_exit(0);
}

static void
say_word(const struct who *w, enum desk_word word, uint32_t number,
	 const char *text)
{
	struct desk_msg m = {.word = word, .number = number};

	if (text != NULL) {
		m.n_parts = 1;
		m.part[0] = str_c(text);
	}
	say(w, &m);
}

static struct run *
place(struct who *w)
{
	for (size_t i = 0; i < RUNS_MAX; i++)
		if (w->runs[i].pid == 0)
			return &w->runs[i];
	return NULL;
}

static void
exec_git(const char *path, const char *service, struct str protocol,
	 const int fds[3])
{
	char variable[GITCMD_PROTOCOL_MAX + 32];

	for (int i = 0; i < 3; i++)
		if (dup2(fds[i], i) < 0)
			_exit(126);
	(void)close_range(3, ~0U, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)snprintf(variable, sizeof(variable), "%.*s", STR_ARG(protocol));
	if (variable[0] != '\0')
		(void)setenv("GIT_PROTOCOL", variable, 1);
	(void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	if (chdir(path) != 0)
		_exit(126);
	(void)execlp("git", "git", "-c", "safe.directory=*", service + 4, ".",
		     (char *)NULL);
	_exit(127);
}

static void
run(struct who *w, const struct desk_msg *m, const int fds[3])
{
	char path[1024], service[32], text[256];
	struct run *r = place(w);
	struct stat st;

	(void)snprintf(service, sizeof(service), "%.*s", STR_ARG(m->part[0]));
	(void)snprintf(path, sizeof(path), "%s/%.*s/%.*s.git", repos,
		       STR_ARG(m->part[1]), STR_ARG(m->part[2]));
	(void)snprintf(
	    text, sizeof(text),
	    "repository '%.*s/%.*s' does not exist or you have no access to "
	    "it.",
	    STR_ARG(m->part[1]), STR_ARG(m->part[2]));
	if (r == NULL || !w->proved || m->part[1].n == 0 ||
	    stat(path, &st) != 0) {
		say_word(w, DESK_REFUSED, m->number, text);
		return;
	}
	if (!w->may_write && strcmp(service, "git-receive-pack") == 0) {
		say_word(
		    w, DESK_REFUSED, m->number,
		    "repository access denied. access via a deployment key is "
		    "read-only.");
		return;
	}
	r->pid = fork();
	if (r->pid == 0)
		exec_git(path, service, m->part[3], fds);
	r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	r->channel = m->number;
	say_word(w, DESK_STARTED, m->number, NULL);
}

static void
ended(struct who *w, struct run *r)
{
	char channel[16], code[16];
	struct desk_msg m = {.word = DESK_ENDED, .n_parts = 2};
	int status = 0;

	(void)waitpid(r->pid, &status, 0);
	(void)close(r->pidfd);
	status =
	    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	note("ENDED %u %d\n", r->channel, status);
	(void)snprintf(channel, sizeof(channel), "%u", r->channel);
	(void)snprintf(code, sizeof(code), "%d", status);
	m.part[0] = str_c(channel);
	m.part[1] = str_c(code);
	*r = (struct run){0};
	say(w, &m);
}

static void
greet(const struct who *w)
{
	say_word(w, DESK_TEXT, 0,
		 w->may_write ? "authenticated via ssh key.\n"
			      : "authenticated via a deploy key.\n");
}

static void
key(struct who *w, const struct desk_msg *m)
{
	char may = allowed(m->part[0]);
	char hex[33];

	enc_hex(m->part[0].p + m->part[0].n - 16, 16, hex);
	note("%s %s %s\n", m->word == DESK_OFFER ? "OFFER" : "PROVE", hex,
	     may != 0 ? "yes" : "no");
	if (m->word == DESK_PROVE && may != 0) {
		w->proved = true;
		w->may_write = may == 'w';
	}
	say_word(w, may != 0 ? DESK_YES : DESK_NO, 0, NULL);
}

static void
message(struct who *w, struct buf *packet)
{
	struct desk_msg m;
	int fds[3];
	size_t n = 0;

	if (packet_recv(w->fd, packet, DESK_PACKET_MAX, fds, 3, &n) != 0 ||
	    desk_read(buf_str(packet), &m) != 0)
		_exit(0);
	if ((m.word == DESK_OFFER || m.word == DESK_PROVE) && m.n_parts == 1)
		key(w, &m);
	else if (m.word == DESK_GREET)
		greet(w);
	else if (m.word == DESK_RUN && n == 3 && m.n_parts == 4) {
		note("RUN [%.*s] [%.*s] [%.*s] [%.*s]\n", STR_ARG(m.part[0]),
		     STR_ARG(m.part[1]), STR_ARG(m.part[2]),
		     STR_ARG(m.part[3]));
		run(w, &m, fds);
	} else {
		note("ODD %d\n", (int)m.word);
		_exit(1);
	}
	while (n > 0)
		(void)close(fds[--n]);
}

static void
session(int fd)
{
	struct who w = {.fd = fd};
	CLEAN(buf_clear) struct buf packet = BUF_INIT;

	for (;;) {
		struct pollfd fds[1 + RUNS_MAX] = {{fd, POLLIN, 0}};

		for (size_t i = 0; i < RUNS_MAX; i++)
			fds[1 + i] = (struct pollfd){
			    w.runs[i].pid != 0 ? w.runs[i].pidfd : -1, POLLIN,
			    0};
		if (poll(fds, 1 + RUNS_MAX, -1) < 0 && errno != EINTR)
			_exit(1);
		if (cut || told)
			_exit(0);
		for (size_t i = 0; i < RUNS_MAX; i++)
			if (fds[1 + i].revents != 0)
				ended(&w, &w.runs[i]);
		if (fds[0].revents != 0)
			message(&w, &packet);
	}
}

/* A socket that listens on a free port, its address printed by the caller. */
static int
listener(unsigned *ret_port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 1024) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return -1;
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static pid_t
start(char **argv, int argc, int listen_fd, int desk_fd)
{
	char *args[64] = {argv[1], "serve", "--keys", argv[2]};
	pid_t pid;

	for (int i = 6; i < argc && i < 60; i++)
		args[i - 2] = argv[i];
	pid = fork();
	if (pid != 0)
		return pid;
	listen_fd = fcntl(listen_fd, F_DUPFD, 10);
	desk_fd = fcntl(desk_fd, F_DUPFD, 10);
	(void)dup2(listen_fd, 3);
	(void)dup2(desk_fd, 4);
	(void)close_range(5, ~0U, 0);
	(void)execv(argv[1], args);
	_exit(127);
}

static pid_t sessions[SESSIONS_MAX];

static void
sessions_signal(int number)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (sessions[i] != 0)
			(void)kill(sessions[i], number);
}

static void
session_start(int control, int fd)
{
	size_t i = 0;

	while (i < SESSIONS_MAX - 1 && sessions[i] != 0 &&
	       waitpid(sessions[i], NULL, WNOHANG) == 0)
		i++;
	sessions[i] = fork();
	if (sessions[i] == 0) {
		(void)close(control);
		session(fd);
	}
}

static int
serve(int control)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT;

	while (!told) {
		struct pollfd p = {control, POLLIN, 0};
		int fd = -1;
		size_t n_fds = 0;

		if (cut)
			sessions_signal(SIGUSR1);
		cut = 0;
		if (poll(&p, 1, -1) < 0)
			continue;
		if (packet_recv(control, &packet, DESK_PACKET_MAX, &fd, 1,
				&n_fds) != 0)
			break; /* the listener has gone */
		if (n_fds != 1)
			return 1;
		session_start(control, fd);
		(void)close(fd);
	}
	sessions_signal(SIGTERM);
	return 0;
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_signal};
	int control[2], listen_fd, status = 0;
	unsigned port = 0;
	pid_t program;

	if (argc < 6)
		return 2;
	allow_file = argv[3];
	repos = argv[4];
	log_file = argv[5];
	(void)sigaction(SIGUSR1, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	listen_fd = listener(&port);
	if (listen_fd < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0)
		return 1;
	program = start(argv, argc, listen_fd, control[1]);
	(void)close(control[1]);
	printf("at 127.0.0.1 %u %d\n", port, (int)program);
	(void)fflush(stdout);
	status = serve(control[0]);
	(void)close(control[0]);
	while (waitpid(program, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	note("LISTENER %d\n",
	     WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
