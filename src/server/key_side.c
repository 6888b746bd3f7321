#include "server/key_side.h"

#include "base/clock.h"
#include "base/locked.h"
#include "base/log.h"
#include "base/packet.h"
#include "server/keeper.h"
#include "server/key_spawn.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LAST_MS	   3000 /* to end by itself */
#define LEISURE_MS ((int)MINUTE_MS)

struct key_stats {
	uint64_t made, failed, busy, started, died;
};

struct key_side {
	const char *program, *user;
	struct key_child first; /* until it is ready */
	pthread_t thread;
	bool running;
	int wake;
	pthread_mutex_t lock; /* of what follows, up to stats */
	pthread_cond_t change;
	bool stop;
	struct key_child child; /* socket -1: there is none */
	struct key_stats stats;
	/* The thread's own. */
	int64_t began, next;
	unsigned quick;
};

static void
count(struct key_side *k, uint64_t *what)
{
	(void)pthread_mutex_lock(&k->lock);
	(*what)++;
	(void)pthread_mutex_unlock(&k->lock);
}

/* --- the program --- */

static int
child_begin(struct key_side *k, struct key_child *ret)
{
	k->began = clock_mono();
	count(k, &k->stats.started);
	return key_spawn(k->program, k->user, ret);
}

/* Orders go to it once it takes them. */
static int
child_ready(struct key_side *k, struct key_child *c, int *ret_status)
{
	int r = key_spawn_ready(c, ret_status);

	(void)pthread_mutex_lock(&k->lock);
	if (r == 0) {
		k->child = *c;
		*c = (struct key_child)KEY_CHILD_NONE;
	}
	(void)pthread_cond_broadcast(&k->change);
	(void)pthread_mutex_unlock(&k->lock);
	return r;
}

static void
child_again(struct key_side *k)
{
	struct key_child c = KEY_CHILD_NONE;
	int status = 0, r = child_begin(k, &c);

	if (r == 0)
		r = child_ready(k, &c, &status);
	if (r == 0)
		return;
	k->next = clock_mono() + keeper_pause(0, &k->quick);
	if (r < 0)
		log_fail("keymaker_start", r);
	else
		log_say(LOG_ERROR, "keymaker_start", "status=%d", status);
}

static void
child_ended(struct key_side *k)
{
	int64_t lived = clock_mono() - k->began, pause;
	struct key_child c;
	int status;

	(void)pthread_mutex_lock(&k->lock);
	c = k->child;
	k->child = (struct key_child)KEY_CHILD_NONE;
	k->stats.died++;
	(void)pthread_mutex_unlock(&k->lock);
	status = key_spawn_end(&c, LAST_MS);
	pause = keeper_pause(lived, &k->quick);
	k->next = clock_mono() + pause;
	log_say(LOG_ERROR, "keymaker_down",
		"status=%d lived_ms=%lld pause_ms=%lld", status,
		(long long)lived, (long long)pause);
}

static bool
stopped(struct key_side *k)
{
	bool stop;

	(void)pthread_mutex_lock(&k->lock);
	stop = k->stop;
	(void)pthread_mutex_unlock(&k->lock);
	return stop;
}

/* Only this thread changes child. */
static void *
run(void *arg)
{
	struct key_side *k = arg;

	while (!stopped(k)) {
		struct pollfd fds[] = {
		    {.fd = k->wake, .events = POLLIN},
		    {.fd = k->child.pidfd, .events = POLLIN}};
		int64_t left = k->next - clock_mono();
		bool up = k->child.socket >= 0;

		if (!up && left <= 0) {
			child_again(k);
			continue;
		}
		if (poll(fds, 2, up ? LEISURE_MS : (int)left) > 0 &&
		    fds[1].revents != 0)
			child_ended(k);
	}
	return NULL;
}

/* --- an order --- */

static void
time_after(int64_t ms, struct timespec *ret)
{
	(void)clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += ms / SECOND_MS;
	ret->tv_nsec += ms % SECOND_MS * 1000000;
	if (ret->tv_nsec >= 1000000000) {
		ret->tv_nsec -= 1000000000;
		ret->tv_sec++;
	}
}

/* To whoever is there, or comes soon, who is *ret_to then. OUT_ABSENT: nobody;
 * OUT_BUSY: they have their hands full. */
static int
order_send(struct key_side *k, struct str packet, int fd, pid_t *ret_to)
{
	struct timespec until;
	int r = OUT_ABSENT;

	time_after(KEY_MEND_MS, &until);
	(void)pthread_mutex_lock(&k->lock);
	while (!k->stop) {
		if (k->child.socket >= 0)
			r = packet_send(k->child.socket, packet, &fd, 1);
		*ret_to = k->child.pid;
		/* One that has just died is replaced in a moment. */
		if (r != OUT_ABSENT ||
		    pthread_cond_timedwait(&k->change, &k->lock, &until) != 0)
			break;
	}
	(void)pthread_mutex_unlock(&k->lock);
	return r;
}

/* OUT_ABSENT: an early end; OUT_EXPIRED. */
static int
read_exactly(int fd, void *p, size_t n, int64_t until)
{
	size_t have = 0;

	while (have < n) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		int64_t left = until - clock_mono();
		ssize_t got;

		if (left <= 0)
			return OUT_EXPIRED;
		if (poll(&poll_fd, 1, (int)left) < 0 && errno != EINTR)
			return FAIL(-errno);
		if (poll_fd.revents == 0)
			continue;
		got = read(fd, (char *)p + have, n - have);
		if (got < 0 && errno != EINTR)
			return errno == ECONNRESET ? OUT_ABSENT : FAIL(-errno);
		if (got == 0)
			return OUT_ABSENT;
		have += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

/* A keymaker ends what takes too long, and says so. One that says nothing is
 * stopped, or worse, and would keep everybody waiting; another one is started
 * in its place. While it is ours it was not waited for: so the id is its own.
 */
static void
hung_end(struct key_side *k, pid_t pid)
{
	bool is = false;

	(void)pthread_mutex_lock(&k->lock);
	if (k->child.socket >= 0 && k->child.pid == pid)
		is = kill(-pid, SIGKILL) == 0;
	(void)pthread_mutex_unlock(&k->lock);
	if (is)
		log_say(LOG_ERROR, "keymaker_hung", "pid=%d", (int)pid);
}

/* Is it what was ordered? */
static int
blob_check(const struct keymaker_order *o, const struct made_key *key)
{
	enum sshkey_type type = SSHKEY_TYPES;
	unsigned bits = 0;
	int r = sshkey_blob(
	    (struct str){(const char *)key->blob, key->blob_len}, &type, &bits);

	return r == 0 && type == o->type && bits == o->bits ? 0 : FAIL(-EPROTO);
}

static int
answer_read(int fd, const struct keymaker_order *o, struct made_key *ret)
{
	int64_t until = clock_mono() + KEY_WAIT_MS;
	uint8_t bytes[KEYMAKER_HEAD_LEN];
	struct keymaker_head head;
	int r = read_exactly(fd, bytes, sizeof(bytes), until);

	if (r == 0)
		r = FOLD(keymaker_head_read(bytes, &head));
	if (r != 0)
		return r;
	switch (head.status) {
	case KEYMAKER_BUSY:
		return OUT_BUSY;
	case KEYMAKER_REFUSED:
		return OUT_UNSUPPORTED;
	case KEYMAKER_FAILED:
	case KEYMAKER_STATUSES:
		return FAIL(-EIO);
	case KEYMAKER_FINE:
		break;
	}
	ret->blob_len = head.blob_len;
	ret->text_len = head.text_len;
	r = read_exactly(fd, ret->blob, head.blob_len, until);
	return r != 0 ? r : blob_check(o, ret);
}

static int
order(struct key_side *k, const struct keymaker_order *o, struct made_key *ret)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(KEYMAKER_ORDER_MAX);
	int ends[2], r = keymaker_order_write(o, &packet);
	pid_t to = 0;

	if (r != 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return FAIL(-errno);
	r = order_send(k, buf_str(&packet), ends[1], &to);
	(void)close(ends[1]);
	if (r == 0)
		r = answer_read(ends[0], o, ret);
	if (r == OUT_EXPIRED)
		hung_end(k, to);
	if (r == 0)
		ret->fd = ends[0];
	else
		(void)close(ends[0]);
	return r;
}

static int
complain(struct key_side *k, int r, struct note *note)
{
	count(k, r == OUT_BUSY ? &k->stats.busy : &k->stats.failed);
	if (r < 0)
		return r;
	if (r == OUT_UNSUPPORTED || r == OUT_MALFORMED)
		return note_set(note, OUT_UNSUPPORTED,
				"a key pair of this kind cannot be made");
	return note_set(note, OUT_BUSY,
			r == OUT_BUSY ? "too many key pairs are being made: "
					"try again in a few seconds"
			: r == OUT_EXPIRED
			    ? "the key pair was not made in time: try again"
			    : "what made the key pair ended early, and no key "
			      "has left it: try again");
}

int
key_side_make(struct key_side *k, const struct keymaker_order *o,
	      struct made_key *ret, struct note *note)
{
	int r;

	if (!keymaker_order_ok(o))
		return complain(k, OUT_UNSUPPORTED, note);
	r = order(k, o, ret);
	if (r != 0)
		return complain(k, r, note);
	count(k, &k->stats.made);
	return 0;
}

/* --- what others ask --- */

static struct key_stats
stats_now(struct key_side *k, bool *ret_up)
{
	struct key_stats s;

	(void)pthread_mutex_lock(&k->lock);
	s = k->stats;
	*ret_up = k->child.socket >= 0;
	(void)pthread_mutex_unlock(&k->lock);
	return s;
}

void
key_side_metrics(struct key_side *k, struct buf *b)
{
	bool up = false;
	struct key_stats s = stats_now(k, &up);

	frame_metric(b, "keymaker_up", "gauge", up ? 1 : 0,
		     "Whether key pairs can be made.");
	frame_metric(b, "keymaker_started_total", "counter", s.started,
		     "Processes started that have key pairs made.");
	frame_metric(b, "keymaker_died_total", "counter", s.died,
		     "Such processes that ended by themselves.");
	frame_metric(b, "key_pairs_made_total", "counter", s.made,
		     "Key pairs made.");
	frame_metric(b, "key_pairs_failed_total", "counter", s.failed,
		     "Key pairs that could not be made.");
	frame_metric(b, "key_pairs_refused_total", "counter", s.busy,
		     "Key pairs not made since too many were under way.");
}

void
key_side_status(struct key_side *k, struct jw *w)
{
	bool up = false;
	struct key_stats s = stats_now(k, &up);

	jw_object(w, "keymaker");
	jw_bool(w, "up", up);
	jw_int(w, "made_total", (int64_t)s.made);
	jw_int(w, "failed_total", (int64_t)s.failed);
	jw_int(w, "refused_total", (int64_t)s.busy);
	jw_int(w, "started_total", (int64_t)s.started);
	jw_int(w, "died_total", (int64_t)s.died);
	jw_end(w);
}

/* --- the beginning and the end --- */

static void
side_drop(struct key_side *k)
{
	if (k->first.socket >= 0)
		(void)key_spawn_end(&k->first, LAST_MS);
	if (k->child.socket >= 0)
		(void)key_spawn_end(&k->child, LAST_MS);
	if (k->wake >= 0)
		(void)close(k->wake);
	(void)pthread_cond_destroy(&k->change);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

static struct key_side *
side_make(const char *program, const char *user)
{
	struct key_side *k = calloc(1, sizeof(*k));
	pthread_condattr_t attr;

	if (k == NULL)
		return NULL;
	k->program = program;
	k->user = user;
	k->first = (struct key_child)KEY_CHILD_NONE;
	k->child = (struct key_child)KEY_CHILD_NONE;
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&k->change, &attr);
	(void)pthread_condattr_destroy(&attr);
	k->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return k;
}

/* Once, since it will be so every time. */
static void
memory_check(void)
{
	CLEAN(locked_clear) struct locked l = LOCKED_INIT;

	if (locked_new(KEYMAKER_TEXT_MAX, &l) == 0 && !l.held)
		log_say(LOG_WARN, "key_memory",
			"locked=no why=\"the system refuses\"");
}

int
key_side_new(const char *program, const char *user, struct key_side **ret)
{
	struct key_side *k = side_make(program, user);
	int r = k == NULL || k->wake < 0 ? FAIL(-errno) : 0;

	if (r == 0)
		r = child_begin(k, &k->first);
	if (r == 0)
		*ret = k;
	else if (k != NULL)
		side_drop(k);
	return r;
}

int
key_side_ready(struct key_side *k, struct note *note)
{
	int status = 0, r = child_ready(k, &k->first, &status);

	if (r != 0)
		return note_set(note, r,
				"%s ended with status %d before it was ready",
				k->program, status);
	r = -pthread_create(&k->thread, NULL, run, k);
	if (r != 0)
		return FAIL(r);
	k->running = true;
	memory_check();
	return 0;
}

void
key_side_free(struct key_side *k)
{
	uint64_t one = 1;

	if (k == NULL)
		return;
	(void)pthread_mutex_lock(&k->lock);
	k->stop = true;
	(void)pthread_cond_broadcast(&k->change);
	(void)pthread_mutex_unlock(&k->lock);
	(void)!write(k->wake, &one, sizeof(one));
	if (k->running)
		(void)pthread_join(k->thread, NULL);
	side_drop(k);
}
