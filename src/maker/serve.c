#include "maker/maker.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/packet.h"
#include "base/sanitized.h"
#include "crypt/newkey.h"
#include "jail/jail.h"
#include "maker/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORDERS_FD 3

/* The stream is kept open to see when nobody reads any more. */
struct place {
	bool used;
	pid_t pid; /* 0: it waits for its turn */
	int fd;
	int64_t until;
	bool left; /* nobody reads */
	struct keymaker_order order;
	char comment[KEYMAKER_COMMENT_MAX];
};

struct maker {
	struct memory memory;
	int64_t job_ms;
	sigset_t mask; /* while it waits: children may be heard of */
	bool ended;    /* no more orders */
	struct buf packet;
	struct place places[MAKER_JOBS_MAX];
};

static bool
is_slow(const struct place *p)
{
	return p->order.type == SSHKEY_RSA;
}

static struct place *
place_free(struct maker *m)
{
	for (size_t i = 0; i < nitems(m->places); i++)
		if (!m->places[i].used)
			return &m->places[i];
	return NULL;
}

/* RSA keys that are being made, or all that have been ordered. */
static unsigned
slow_count(const struct maker *m, bool running)
{
	unsigned n = 0;

	for (size_t i = 0; i < nitems(m->places); i++) {
		const struct place *p = &m->places[i];

		n += p->used && is_slow(p) && (!running || p->pid > 0);
	}
	return n;
}

static void
place_clear(struct place *p)
{
	(void)close(p->fd);
	*p = (struct place){.fd = -1};
}

/* --- children --- */

/* An Ed25519 key is made without OpenSSL and without a heap: see newkey.c. What
 * others want to do at a fork may lie in a library that is not there after it.
 */
static pid_t
job_fork(struct maker *m, const struct place *p)
{
	int r = memory_lean(&m->memory, p->order.type == SSHKEY_ED25519);

	if (r != 0) {
		errno = -r;
		return -1;
	}
	return SANITIZED ? fork() : _Fork();
}

static void
place_start(struct maker *m, struct place *p)
{
	p->pid = job_fork(m, p);
	if (p->pid == 0)
		job_run(&m->memory, &p->order, p->fd);
	if (p->pid > 0)
		return;
	log_fail("key_fork", FAIL(-errno));
	job_refuse(p->fd, KEYMAKER_FAILED);
	place_clear(p);
}

/* In order of their coming: until grows with it. */
static void
slow_start(struct maker *m)
{
	while (slow_count(m, true) < MAKER_SLOW_RUNNING_MAX) {
		struct place *first = NULL;

		for (size_t i = 0; i < nitems(m->places); i++) {
			struct place *p = &m->places[i];

			if (p->used && p->pid == 0 &&
			    (first == NULL || p->until < first->until))
				first = p;
		}
		if (first == NULL)
			return;
		place_start(m, first);
	}
}

static void
child_gone(struct place *p, int status)
{
	if (WIFSIGNALED(status) && !p->left)
		log_say(LOG_ERROR, "key_crash", "signal=%d late=%s",
			WTERMSIG(status),
			clock_mono() >= p->until ? "yes" : "no");
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0 && !p->left)
		log_say(LOG_WARN, "key_failed", "status=%d",
			WEXITSTATUS(status));
	place_clear(p);
}

static void
children_reap(struct maker *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < nitems(m->places); i++)
			if (m->places[i].used && m->places[i].pid == pid)
				child_gone(&m->places[i], status);
}

static void
late_end(struct maker *m)
{
	int64_t now = clock_mono();

	for (size_t i = 0; i < nitems(m->places); i++) {
		struct place *p = &m->places[i];

		if (!p->used || now < p->until)
			continue;
		if (p->pid > 0)
			(void)kill(p->pid, SIGKILL);
		else
			place_clear(p);
	}
}

/* --- orders --- */

static void
order_take(struct maker *m, const struct keymaker_order *order, int fd)
{
	struct place *p = place_free(m);

	if (p == NULL || (order->type == SSHKEY_RSA &&
			  slow_count(m, false) >= MAKER_SLOW_MAX)) {
		job_refuse(fd, KEYMAKER_BUSY);
		(void)close(fd);
		return;
	}
	*p = (struct place){.used = true,
			    .fd = fd,
			    .until = clock_mono() + m->job_ms,
			    .order = *order};
	memcpy(p->comment, order->comment.p, order->comment.n);
	p->order.comment.p = p->comment;
	if (is_slow(p))
		slow_start(m);
	else
		place_start(m, p);
}

static void
order_read(struct maker *m)
{
	struct keymaker_order order;
	size_t n = 0;
	int fd = -1;
	int r =
	    packet_recv(ORDERS_FD, &m->packet, KEYMAKER_ORDER_MAX, &fd, 1, &n);

	if (r == OUT_ABSENT || r < 0) {
		m->ended = true;
		if (r < 0)
			log_fail("key_order", r);
		return;
	}
	if (r != 0 || n == 0)
		return;
	if (keymaker_order_read(buf_str(&m->packet), &order) == 0) {
		order_take(m, &order, fd);
		return;
	}
	job_refuse(fd, KEYMAKER_REFUSED);
	(void)close(fd);
}

/* --- the loop --- */

static void
look(struct maker *m)
{
	struct pollfd fds[1 + MAKER_JOBS_MAX];
	int64_t now = clock_mono(), until = INT64_MAX;
	struct timespec wait;

	fds[0] = (struct pollfd){.fd = place_free(m) != NULL ? ORDERS_FD : -1,
				 .events = POLLIN};
	for (size_t i = 0; i < nitems(m->places); i++) {
		struct place *p = &m->places[i];

		fds[1 + i] =
		    (struct pollfd){.fd = p->used && !p->left ? p->fd : -1};
		if (p->used && p->until < until)
			until = p->until;
	}
	if (until != INT64_MAX) {
		until = until > now ? until - now : 0;
		wait.tv_sec = until / SECOND_MS;
		wait.tv_nsec = until % SECOND_MS * 1000000;
	}
	if (ppoll(fds, nitems(fds), until != INT64_MAX ? &wait : NULL,
		  &m->mask) <= 0)
		return;
	for (size_t i = 0; i < nitems(m->places); i++) {
		struct place *p = &m->places[i];

		if (fds[1 + i].revents == 0 || !p->used)
			continue;
		/* One that has just written it all is about to end. */
		p->left = true;
		if (p->until > clock_mono() + MAKER_LEFT_MS)
			p->until = clock_mono() + MAKER_LEFT_MS;
	}
	if (fds[0].revents != 0)
		order_read(m);
}

static void
end(struct maker *m)
{
	for (size_t i = 0; i < nitems(m->places); i++) {
		struct place *p = &m->places[i];

		if (!p->used)
			continue;
		if (p->pid > 0) {
			(void)kill(p->pid, SIGKILL);
			(void)waitpid(p->pid, NULL, 0);
		}
		place_clear(p);
	}
}

static void
loop(struct maker *m)
{
	while (!m->ended) {
		look(m);
		children_reap(m);
		late_end(m);
		slow_start(m);
	}
	end(m);
}

/* --- the start --- */

static void
on_child(int number)
{
	(void)number;
}

/* Whoever ends the service asks latchkeyd, and its end of the socket is what
 * ends us. */
static int
signals_set(struct maker *m)
{
	static const int ignored[] = {SIGPIPE, SIGTERM, SIGINT, SIGHUP};
	struct sigaction act = {.sa_handler = on_child};
	sigset_t set;

	for (size_t i = 0; i < nitems(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, &m->mask) != 0 ||
	    sigaction(SIGCHLD, &act, NULL) != 0)
		return FAIL(-errno);
	sigdelset(&m->mask, SIGCHLD);
	return 0;
}

static void
first_try(void *arg)
{
	int *ret = arg;

	*ret = newkey_prepare();
}

static int
begin(struct maker *m, const char *user, struct note *note)
{
	int r = memory_begin(&m->memory), first = 0;

	if (r == 0 && fcntl(ORDERS_FD, F_SETFD, FD_CLOEXEC) != 0)
		r = FAIL(-errno);
	if (r != 0)
		return r;
	memory_run(&m->memory, first_try, &first);
	r = first;
	if (r == 0)
		r = buf_room(&m->packet, KEYMAKER_ORDER_MAX);
	if (r == 0)
		r = signals_set(m);
	if (r == 0)
		r = jail_user(user, note);
	if (r == 0)
		r = memory_close(&m->memory);
	if (r == 0)
		r = jail_keymaker();
	return r;
}

static int
complain(int r, const struct note *note)
{
	log_say(LOG_ERROR, "keymaker_refused", "%s",
		note->text[0] != '\0' ? note->text : out_text(r));
	if (r < 0)
		log_fail("keymaker_begin", r);
	return r > 0 ? MAKER_EXIT_CONF : EXIT_FAILURE;
}

int
maker_serve(const struct maker_conf *conf)
{
	static struct maker m = {.packet = BUF_INIT};
	struct note note = {0};
	int r;

	m.job_ms = conf->job_ms > 0 ? conf->job_ms : MAKER_JOB_MS;
	r = begin(&m, conf->user, &note);
	if (r != 0)
		return complain(r, &note);
	if (!m.memory.out.held)
		log_say(LOG_WARN, "keymaker_memory",
			"locked=no why=\"the system refuses\"");
	if (packet_send(ORDERS_FD, STR(KEYMAKER_READY), NULL, 0) == 0)
		loop(&m);
	buf_clear(&m.packet);
	return EXIT_SUCCESS;
}
