#include "ssh/inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "jail/jail.h"
#include "ssh/penalty.h"
#include "ssh/startups.h"
#include "ssh/version.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACCEPT_TURN 16
#define EVENTS	    64
#define PAUSE_MS    100 /* when there are no descriptors or processes */
#define SAY_MS	    (10 * SECOND_MS)
#define EXIT_KEYS   78
#define FD_FIRST    3 /* after those that everybody has */

enum { TAG_LISTEN, TAG_DESK, TAG_SIGNAL, TAG_CHILD };

struct child {
	pid_t pid; /* 0: a free place */
	struct source source;
	char addr[INET6_ADDRSTRLEN];
	int proof_fd; /* -1: has proved something */
	int64_t began;
};
struct listener {
	struct ssh_conf conf;
	struct keys keys;
	struct penalties penalties;
	struct child *children; /* conf.sessions_max of them */
	unsigned n_children, n_unproven;
	int epoll_fd, signal_fd, spare_fd;
	bool listening, stopping, retiring, told;
	int64_t listen_at; /* when to listen again */
	int64_t said_at;   /* when we last complained of that */
};

static void
say(const char *word)
{
	ssize_t n = write(STDOUT_FILENO, word, strlen(word));

	(void)n; /* nobody left to read it: then nobody needs it */
}

static int
watch(struct listener *l, int fd, uint64_t tag)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = tag};

	return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0
		   ? 0
		   : FAIL(-errno);
}

static void
listen_stop(struct listener *l)
{
	if (l->listening)
		(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->conf.listen_fd,
				NULL);
	l->listening = false;
}

/* Something is short that will be there again. */
static void
listen_pause(struct listener *l, int r)
{
	int64_t now = clock_mono();

	listen_stop(l);
	l->listen_at = now + PAUSE_MS;
	if (l->said_at != 0 && now - l->said_at < SAY_MS)
		return;
	l->said_at = now;
	log_fail("ssh_exhausted", r);
}

/* For good. With the last hold of the socket gone, who comes is refused instead
 * of waiting for nobody. */
static void
stop(struct listener *l)
{
	listen_stop(l);
	if (!l->stopping)
		(void)close(l->conf.listen_fd);
	l->stopping = true;
}

/* --- children ------------------------------------------------------------ */

static void
child_proved(struct listener *l, struct child *c)
{
	if (c->proof_fd < 0)
		return;
	/* A child that was just born still has it open as well, so that closing
	 * does not take it out of the set. */
	(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, c->proof_fd, NULL);
	(void)close(c->proof_fd);
	c->proof_fd = -1;
	l->n_unproven--;
}

/* Somebody has made it do what we did not write. */
static bool
is_crash(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM &&
	       WTERMSIG(status) != SIGKILL && WTERMSIG(status) != SIGXCPU;
}

static enum ssh_end
end_of(int status)
{
	if (is_crash(status))
		return SSH_END_CRASH;
	if (WIFEXITED(status) && WEXITSTATUS(status) < SSH_END_CRASH)
		return (enum ssh_end)WEXITSTATUS(status);
	return SSH_END_OWN;
}

static void
child_gone(struct listener *l, struct child *c, int status)
{
	child_proved(l, c);
	penalties_add(&l->penalties, &c->source, end_of(status), clock_mono());
	if (is_crash(status)) {
		log_say(LOG_ERROR, "ssh_crash", "addr=%s signal=%d", c->addr,
			WTERMSIG(status));
		if (!l->retiring && !l->stopping)
			say("retire\n");
		l->retiring = true;
		stop(l);
	}
	c->pid = 0;
	l->n_children--;
}

static void
children_reap(struct listener *l)
{
	unsigned max = (unsigned)l->conf.sessions_max;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < max; i++)
			if (l->children[i].pid == pid)
				child_gone(l, &l->children[i], status);
}

static void
signal_turn(struct listener *l)
{
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		stop(l);
		l->told = true;
	}
	children_reap(l);
}

/* --- a new connection ---------------------------------------------------- */

static struct child *
child_place(struct listener *l)
{
	for (int i = 0; i < l->conf.sessions_max; i++)
		if (l->children[i].pid == 0)
			return &l->children[i];
	return NULL;
}

static void
addr_text(const struct sockaddr_storage *addr, char ret[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;
	struct in_addr plain;

	ret[0] = '\0';
	if (addr->ss_family == AF_INET6 &&
	    !IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, ret,
				INET6_ADDRSTRLEN);
		return;
	}
	if (addr->ss_family == AF_INET6)
		memcpy(&plain, &v6->sin6_addr.s6_addr[12], sizeof(plain));
	else
		plain = v4->sin_addr;
	(void)inet_ntop(AF_INET, &plain, ret, INET6_ADDRSTRLEN);
}

/* Whoever just sits there makes room for who has only come: a flood that holds
 * all places would otherwise keep everybody out up to the end of its grace. */
static bool
make_room(struct listener *l)
{
	int64_t now = clock_mono();
	struct child *oldest = NULL;

	for (int i = 0; i < l->conf.sessions_max; i++) {
		struct child *c = &l->children[i];

		if (c->pid != 0 && c->proof_fd >= 0 &&
		    now - c->began >= SSH_UNPROVEN_OLD_S * SECOND_MS &&
		    (oldest == NULL || c->began < oldest->began))
			oldest = c;
	}
	if (oldest == NULL)
		return false;
	log_say(LOG_DEBUG, "ssh_shed", "addr=%s why=old", oldest->addr);
	(void)kill(oldest->pid, SIGTERM);
	child_proved(l, oldest); /* it does not count any more */
	return true;
}

/* May it come in? One word of why not. */
static const char *
judge(struct listener *l, const struct source *source)
{
	struct startups s = {.unproven = l->n_unproven,
			     .sessions = l->n_children,
			     .unproven_max = (unsigned)l->conf.unproven_max,
			     .sessions_max = (unsigned)l->conf.sessions_max};
	enum startup verdict;
	uint32_t dice = 0;

	if (penalties_wait_ms(&l->penalties, source, clock_mono()) > 0)
		return "penalty";
	for (int i = 0; i < l->conf.sessions_max; i++)
		if (l->children[i].pid != 0 && l->children[i].proof_fd >= 0 &&
		    source_eq(&l->children[i].source, source))
			s.source++;
	if (getrandom(&dice, sizeof(dice), 0) != sizeof(dice))
		dice = 0;
	verdict = startups_judge(&s, dice);
	if (verdict == STARTUP_FINE ||
	    ((verdict == STARTUP_EARLY || verdict == STARTUP_CROWD) &&
	     make_room(l)))
		return NULL;
	return startup_word(verdict);
}

/* Before the version of the protocol, lines of text are allowed. */
static void
turn_away(int fd, const char *addr, const char *why)
{
	static const char text[] = "Too many connections from there or "
				   "altogether; try again later.\r\n";

	log_say(LOG_DEBUG, "ssh_shed", "addr=%s why=%s", addr, why);
	(void)send(fd, text, sizeof(text) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Everything from FD_FIRST on but these. */
static void
keep_only(int a, int b, int c)
{
	unsigned keep[4] = {(unsigned)a, (unsigned)b, (unsigned)c, UINT_MAX};
	unsigned from = FD_FIRST;

	for (size_t i = 0; i < 4; i++) {
		for (size_t k = i + 1; k < 3; k++) {
			unsigned lesser = keep[k];

			if (lesser < keep[i]) {
				keep[k] = keep[i];
				keep[i] = lesser;
			}
		}
		if (from < keep[i])
			(void)close_range(from, keep[i] - (i < 3 ? 1 : 0), 0);
		from = keep[i] + 1;
	}
}

/* The child has its three descriptors and that of its log, and no signal of
 * ours. */
static void __attribute__((noreturn))
child_main(const struct listener *l, const struct child *c, int fd, int desk,
	   int proof)
{
	struct session_start start = {&l->conf, &l->keys, c->addr,
				      fd,	desk,	  proof};
	sigset_t none;

	keep_only(fd, desk, proof);
	(void)close(STDOUT_FILENO);
	(void)signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	_exit((int)session_run(&start));
}

/* Tell the desk who comes, then let a process speak with it. */
static int
start(struct listener *l, struct child *c, int fd)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT;
	struct desk_msg hello = {
	    .word = DESK_SESSION, .n_parts = 1, .part = {str_c(c->addr)}};
	int desk[2], proof[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, desk) != 0)
		return FAIL(-errno);
	r = desk_write(&hello, &packet);
	if (r == 0)
		r = packet_send(l->conf.desk_fd, buf_str(&packet), &desk[1], 1);
	(void)close(desk[1]);
	if (r == 0 && pipe2(proof, O_CLOEXEC) != 0)
		r = FAIL(-errno);
	if (r != 0) {
		(void)close(desk[0]);
		return r;
	}
	c->pid = fork();
	if (c->pid == 0)
		child_main(l, c, fd, desk[0], proof[1]);
	r = c->pid < 0 ? FAIL(-errno) : 0;
	(void)close(desk[0]);
	(void)close(proof[1]);
	c->proof_fd = proof[0];
	if (r == 0)
		r = watch(l, c->proof_fd,
			  TAG_CHILD + (uint64_t)(c - l->children));
	if (c->pid > 0) {
		l->n_children++;
		l->n_unproven++;
		return r;
	}
	(void)close(c->proof_fd);
	c->pid = 0;
	return r;
}

/* Takes fd. */
static void
take(struct listener *l, int fd, const struct sockaddr_storage *addr)
{
	struct child *c = child_place(l);
	struct source source;
	char text[INET6_ADDRSTRLEN];
	const char *why;
	int r;

	source_of(addr, &source);
	addr_text(addr, text);
	why = c == NULL ? "full" : judge(l, &source);
	if (why != NULL) {
		turn_away(fd, text, why);
		(void)close(fd);
		return;
	}
	c->source = source;
	memcpy(c->addr, text, sizeof(text));
	c->began = clock_mono();
	r = start(l, c, fd);
	(void)close(fd);
	if (r != 0)
		listen_pause(l, r);
}

/* Without a descriptor for it, a connection would wake us for ever: the spare
 * one lets us turn it away, then everybody rests. */
static void
exhausted(struct listener *l)
{
	int fd, r = FAIL(-errno);

	(void)close(l->spare_fd);
	fd = accept4(l->conf.listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		(void)close(fd);
	l->spare_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	listen_pause(l, r);
}

static void
listen_turn(struct listener *l)
{
	for (int i = 0; i < ACCEPT_TURN && l->listening; i++) {
		struct sockaddr_storage addr = {0};
		socklen_t n = sizeof(addr);
		int fd = accept4(l->conf.listen_fd, (struct sockaddr *)&addr,
				 &n, SOCK_CLOEXEC);

		if (fd >= 0) {
			take(l, fd, &addr);
		} else if (errno == EMFILE || errno == ENFILE ||
			   errno == ENOBUFS || errno == ENOMEM) {
			exhausted(l);
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

/* --- the loop ------------------------------------------------------------ */

static void
event(struct listener *l, uint64_t tag)
{
	switch (tag) {
	case TAG_LISTEN:
		listen_turn(l);
		break;
	case TAG_DESK:
		/* Nothing is ever said there: it has closed. */
		(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->conf.desk_fd,
				NULL);
		stop(l);
		break;
	case TAG_SIGNAL:
		signal_turn(l);
		break;
	default:
		child_proved(l, &l->children[tag - TAG_CHILD]);
	}
}

static int
wait_ms(struct listener *l)
{
	int64_t left = l->listen_at - clock_mono();

	if (l->listening || l->stopping)
		return -1;
	if (left > 0)
		return (int)left;
	if (watch(l, l->conf.listen_fd, TAG_LISTEN) != 0)
		return PAUSE_MS;
	l->listening = true;
	return -1;
}

static int
loop(struct listener *l)
{
	struct epoll_event events[EVENTS];

	while (!l->told && (!l->stopping || l->n_children > 0)) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS, wait_ms(l));

		/* Proofs first: who has left its place does not count. */
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 != TAG_LISTEN)
				event(l, events[i].data.u64);
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 == TAG_LISTEN)
				event(l, TAG_LISTEN);
	}
	return l->retiring ? SSH_EXIT_SUCCESSOR : 0;
}

/* --- the start ----------------------------------------------------------- */

static int
nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return FAIL(-errno);
	return 0;
}

static int
signals(struct listener *l)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return FAIL(-errno);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signal_fd >= 0 ? 0 : FAIL(-errno);
}

static int
descriptors(struct listener *l)
{
	int r = nonblocking(l->conf.listen_fd);
	struct rlimit files;

	if (r == 0)
		r = nonblocking(l->conf.desk_fd);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->spare_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	if (r == 0 && (l->epoll_fd < 0 || l->spare_fd < 0))
		r = FAIL(-errno);
	if (r == 0)
		r = signals(l);
	if (r == 0)
		r = watch(l, l->signal_fd, TAG_SIGNAL);
	if (r == 0)
		r = watch(l, l->conf.desk_fd, TAG_DESK);
	return r;
}

/* What children share is made here, once; after this, nobody opens a file. */
static int
walls(struct listener *l, struct note *note)
{
	int r = jail_user(l->conf.user, note), files = -1;

	if (r != 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0)
		return FAIL(-errno);
	r = jail_session_prepare();
	if (r == 0)
		r = jail_files(NULL, 0, &files);
	if (r == 0)
		r = -jail_files_enter(files);
	if (files >= 0)
		(void)close(files);
	return r;
}

static void
conf_fill(struct ssh_conf *c)
{
	c->grace_s = c->grace_s > 0 ? c->grace_s : SSH_GRACE_S;
	c->idle_s = c->idle_s > 0 ? c->idle_s : SSH_IDLE_S;
	c->unproven_max =
	    c->unproven_max > 0 ? c->unproven_max : SSH_UNPROVEN_MAX;
	c->sessions_max =
	    c->sessions_max > 0 ? c->sessions_max : SSH_SESSIONS_MAX;
}

static int
begin(struct listener *l, struct note *note)
{
	int r = keys_load(l->conf.keys, &l->keys, note);

	if (r != 0)
		return r;
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_TRIM_THRESHOLD, 256 * 1024);
	l->children =
	    calloc((size_t)l->conf.sessions_max, sizeof(*l->children));
	r = l->children != NULL ? penalties_init(&l->penalties) : FAIL(-ENOMEM);
	if (r == 0)
		r = descriptors(l);
	if (r == 0)
		r = walls(l, note);
	return r;
}

static int
complain(const struct note *note, int r)
{
	log_say(LOG_ERROR, "ssh_refused", "%s",
		note->text[0] != '\0' ? note->text : out_text(r));
	if (r < 0)
		log_fail("ssh_begin", r);
	return r > 0 ? EXIT_KEYS : EXIT_FAILURE;
}

int
ssh_serve(const struct ssh_conf *conf)
{
	struct listener l = {.conf = *conf};
	struct note note = {0};
	int r = version_check(&note);

	if (conf->verbose)
		log_set_level(LOG_DEBUG);
	conf_fill(&l.conf);
	if (r == OUT_ABSENT) {
		log_say(LOG_WARN, "ssh_version", "%s", note.text);
		r = 0;
	}
	if (r == 0)
		r = begin(&l, &note);
	if (r != 0)
		return complain(&note, r);
	say("ready\n");
	return loop(&l);
}
