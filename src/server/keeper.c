#include "server/keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/keeper_heirloom.h"
#include "server/keeper_spawn.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEVER	 INT64_MAX
#define LAST_MS	 (3 * SECOND_MS) /* for processes to end by themselves */
#define POLL_MAX (1 + 2 * KEEPER_PROCESSES_MAX)

enum state { FREE, STARTING, SERVING, RETIRING };

struct process {
	enum state state;
	struct keeper_child child;
	int64_t began;
	char word[96]; /* of a line that is not whole yet */
	size_t n_word;
};

enum first { FIRST_PENDING, FIRST_READY, FIRST_FAILED };

struct keeper {
	struct keeper_conf conf;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, up to stats */
	pthread_cond_t begun;
	enum first first;
	int first_status;
	bool reload, stop, end;
	struct keeper_stats stats;
	int wake;
	/* The thread's own. */
	struct process all[KEEPER_PROCESSES_MAX];
	unsigned quick;
	int64_t next; /* when to start a process; NEVER */
	struct heirlooms heirlooms;
};

int64_t
keeper_pause(int64_t lived_ms, unsigned *quick)
{
	int64_t pause = KEEPER_PAUSE_MIN_MS;

	if (lived_ms >= KEEPER_QUICK_MS) {
		*quick = 0;
		return 0;
	}
	/* One that died soon may be chance. */
	if ((*quick)++ == 0)
		return 0;
	for (unsigned i = 2; i < *quick && pause < KEEPER_PAUSE_MAX_MS; i++)
		pause *= 2;
	return pause < KEEPER_PAUSE_MAX_MS ? pause : KEEPER_PAUSE_MAX_MS;
}

static struct process *
find(struct keeper *k, enum state state)
{
	for (size_t i = 0; i < nitems(k->all); i++)
		if (k->all[i].state == state)
			return &k->all[i];
	return NULL;
}

static void
stats_tell(struct keeper *k)
{
	unsigned n = 0;

	for (size_t i = 0; i < nitems(k->all); i++)
		n += k->all[i].state != FREE;
	(void)pthread_mutex_lock(&k->lock);
	k->stats.processes = n;
	k->stats.up = find(k, SERVING) != NULL;
	(void)pthread_mutex_unlock(&k->lock);
}

static void
first_tell(struct keeper *k, enum first first, int status)
{
	(void)pthread_mutex_lock(&k->lock);
	if (k->first == FIRST_PENDING) {
		k->first = first;
		k->first_status = status;
		(void)pthread_cond_signal(&k->begun);
	}
	(void)pthread_mutex_unlock(&k->lock);
}

/* It stops accepting when the desk's end of its socket is shut. */
static void
retire(struct process *p)
{
	(void)shutdown(p->child.desk, SHUT_RDWR);
	p->state = RETIRING;
}

/* The one that has been retiring longest makes room; its connections do not
 * need it. */
static struct process *
room_make(struct keeper *k)
{
	struct process *oldest = NULL;

	for (size_t i = 0; i < nitems(k->all); i++) {
		struct process *p = &k->all[i];

		if (p->state == FREE)
			return p;
		if (p->state == RETIRING &&
		    (oldest == NULL || p->began < oldest->began))
			oldest = p;
	}
	if (oldest != NULL)
		(void)kill(oldest->child.pid, SIGKILL);
	return NULL;
}

static void
start(struct keeper *k)
{
	struct process *p = room_make(k);
	int r;

	k->next = clock_mono() + KEEPER_PAUSE_MIN_MS;
	if (p == NULL)
		return;
	*p = (struct process){.began = clock_mono()};
	r = keeper_spawn(&k->conf, &k->heirlooms, &p->child);
	if (r != 0) {
		log_fail("ssh_start", r);
		k->next = clock_mono() + keeper_pause(0, &k->quick);
		first_tell(k, FIRST_FAILED, EXIT_FAILURE);
		return;
	}
	k->next = NEVER;
	p->state = STARTING;
	(void)pthread_mutex_lock(&k->lock);
	k->stats.started++;
	(void)pthread_mutex_unlock(&k->lock);
	log_say(LOG_DEBUG, "ssh_start", "pid=%d", (int)p->child.pid);
}

/* --- what processes say and how they end --- */

static void
heard(struct keeper *k, struct process *p, struct str word)
{
	if (str_eq(word, STR("ready")) && p->state == STARTING) {
		struct process *before = find(k, SERVING);

		if (before != NULL) {
			retire(before);
			log_say(LOG_INFO, "ssh_reload", "done=yes");
		}
		p->state = SERVING;
		/* Whoever waits for the first is to find it up. */
		stats_tell(k);
		first_tell(k, FIRST_READY, 0);
		if (k->conf.begun != NULL)
			k->conf.begun();
	} else if (str_eq(word, STR("retire")) && p->state == SERVING) {
		int64_t pause =
		    keeper_pause(clock_mono() - p->began, &k->quick);

		log_say(LOG_WARN, "ssh_retire", "pid=%d pause_ms=%lld",
			(int)p->child.pid, (long long)pause);
		p->state = RETIRING;
		k->next = clock_mono() + pause;
	} else {
		heirloom_keep(&k->heirlooms, word);
	}
}

static void
words_close(struct process *p)
{
	(void)close(p->child.words);
	p->child.words = -1;
}

static void
words_read(struct keeper *k, struct process *p)
{
	char text[256];
	ssize_t n = read(p->child.words, text, sizeof(text));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		words_close(p);
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (text[i] == '\n') {
			heard(k, p, (struct str){p->word, p->n_word});
			p->n_word = 0;
		} else if (p->n_word < sizeof(p->word)) {
			p->word[p->n_word++] = text[i];
		}
	}
}

/* Nobody accepts any more: when does somebody again? */
static void
successor_plan(struct keeper *k, int64_t lived, int status)
{
	int64_t pause = status == KEEPER_EXIT_CONF
			    ? KEEPER_PAUSE_MAX_MS
			    : keeper_pause(lived, &k->quick);

	k->next = clock_mono() + pause;
	log_say(LOG_ERROR, "ssh_down",
		"status=%d lived_ms=%lld pause_ms=%lld%s", status,
		(long long)lived, (long long)pause,
		status == KEEPER_EXIT_CONF ? " why=\"host keys\"" : "");
}

static void
ended(struct keeper *k, struct process *p)
{
	enum state was = p->state;
	int64_t lived = clock_mono() - p->began;
	int status = keeper_reap(&p->child);
	bool stop;

	p->state = FREE;
	(void)pthread_mutex_lock(&k->lock);
	k->stats.died += was == SERVING || was == STARTING;
	stop = k->stop;
	(void)pthread_mutex_unlock(&k->lock);
	if (stop || was == RETIRING)
		return;
	if (was == STARTING)
		first_tell(k, FIRST_FAILED, status);
	if (was == STARTING && find(k, SERVING) != NULL)
		log_say(LOG_ERROR, "ssh_reload", "kept=yes status=%d", status);
	else
		successor_plan(k, lived, status);
}

/* --- the thread --- */

struct asked {
	bool reload, stop, end;
};

static struct asked
asked_take(struct keeper *k)
{
	struct asked asked;

	(void)pthread_mutex_lock(&k->lock);
	asked = (struct asked){k->reload, k->stop, k->end};
	k->reload = false;
	(void)pthread_mutex_unlock(&k->lock);
	return asked;
}

static int
wait_ms(struct keeper *k)
{
	struct process *p = find(k, STARTING);
	int64_t until = p != NULL ? p->began + KEEPER_START_MS : k->next;
	int64_t ms = until == NEVER ? MINUTE_MS : until - clock_mono();

	return ms < 0 ? 0 : ms > MINUTE_MS ? (int)MINUTE_MS : (int)ms;
}

static void
look(struct keeper *k)
{
	struct pollfd fds[POLL_MAX] = {{.fd = k->wake, .events = POLLIN}};
	uint64_t count;

	for (size_t i = 0; i < nitems(k->all); i++) {
		struct process *p = &k->all[i];
		bool there = p->state != FREE;

		fds[1 + 2 * i] = (struct pollfd){
		    .fd = there ? p->child.words : -1, .events = POLLIN};
		fds[2 + 2 * i] = (struct pollfd){
		    .fd = there ? p->child.pidfd : -1, .events = POLLIN};
	}
	if (poll(fds, POLL_MAX, wait_ms(k)) <= 0)
		return;
	if (fds[0].revents != 0)
		(void)!read(k->wake, &count, sizeof(count));
	for (size_t i = 0; i < nitems(k->all); i++) {
		/* What it said last counts, also when it has gone since. */
		if (fds[1 + 2 * i].revents != 0)
			words_read(k, &k->all[i]);
		if (fds[2 + 2 * i].revents != 0)
			ended(k, &k->all[i]);
	}
}

static void
act(struct keeper *k, struct asked asked)
{
	struct process *p = find(k, STARTING);

	if (asked.stop) {
		k->next = NEVER;
		for (size_t i = 0; i < nitems(k->all); i++)
			if (k->all[i].state != FREE)
				retire(&k->all[i]);
		return;
	}
	if (asked.reload)
		k->next = clock_mono();
	if (p != NULL && clock_mono() - p->began >= KEEPER_START_MS)
		(void)kill(p->child.pid, SIGKILL);
	if (p == NULL && clock_mono() >= k->next)
		start(k);
}

/* What is left after LAST_MS is wedged, and so are its connections: they are in
 * its group. */
static void
last_end(struct keeper *k)
{
	int64_t until = clock_mono() + LAST_MS;

	for (size_t i = 0; i < nitems(k->all); i++) {
		struct process *p = &k->all[i];
		struct pollfd fd = {.fd = p->child.pidfd, .events = POLLIN};
		int64_t left = until - clock_mono();

		if (p->state == FREE)
			continue;
		if (poll(&fd, 1, left > 0 ? (int)left : 0) <= 0)
			(void)kill(-p->child.pid, SIGKILL);
		(void)keeper_reap(&p->child);
		p->state = FREE;
	}
}

static void *
run(void *arg)
{
	struct keeper *k = arg;

	for (;;) {
		struct asked asked = asked_take(k);

		act(k, asked);
		stats_tell(k);
		if (asked.end)
			break;
		look(k);
	}
	last_end(k);
	return NULL;
}

/* --- what others call --- */

static void
ask(struct keeper *k, bool *what)
{
	uint64_t one = 1;

	(void)pthread_mutex_lock(&k->lock);
	*what = true;
	(void)pthread_mutex_unlock(&k->lock);
	(void)!write(k->wake, &one, sizeof(one));
}

void
keeper_reload(struct keeper *k)
{
	ask(k, &k->reload);
}

void
keeper_stop(struct keeper *k)
{
	ask(k, &k->stop);
}

void
keeper_stats(struct keeper *k, struct keeper_stats *ret)
{
	(void)pthread_mutex_lock(&k->lock);
	*ret = k->stats;
	(void)pthread_mutex_unlock(&k->lock);
}

static void
keeper_drop(struct keeper *k)
{
	(void)close(k->wake);
	(void)pthread_cond_destroy(&k->begun);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

void
keeper_free(struct keeper *k)
{
	if (k == NULL)
		return;
	ask(k, &k->stop);
	ask(k, &k->end);
	(void)pthread_join(k->thread, NULL);
	keeper_drop(k);
}

static int
keeper_make(const struct keeper_conf *conf, struct keeper **ret)
{
	struct keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return FAIL(-ENOMEM);
	k->conf = *conf;
	k->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (k->wake < 0) {
		free(k);
		return FAIL(-errno);
	}
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_cond_init(&k->begun, NULL);
	*ret = k;
	return 0;
}

/* The first process has to accept before anybody is told that we do. */
static int
first_wait(struct keeper *k, struct note *note)
{
	enum first first;
	int status;

	(void)pthread_mutex_lock(&k->lock);
	while (k->first == FIRST_PENDING)
		(void)pthread_cond_wait(&k->begun, &k->lock);
	first = k->first;
	status = k->first_status;
	(void)pthread_mutex_unlock(&k->lock);
	if (first == FIRST_READY)
		return 0;
	return note_set(note,
			status == KEEPER_EXIT_CONF ? OUT_DENIED : OUT_BUSY,
			"ssh: %s ended with status %d before it was ready",
			k->conf.argv[0], status);
}

int
keeper_start(const struct keeper_conf *conf, struct keeper **ret,
	     struct note *note)
{
	struct keeper *k = NULL;
	int r = keeper_make(conf, &k);

	if (r != 0)
		return r;
	r = pthread_create(&k->thread, NULL, run, k);
	if (r != 0) {
		keeper_drop(k);
		return FAIL(-r);
	}
	r = first_wait(k, note);
	if (r != 0) {
		keeper_free(k);
		return r;
	}
	*ret = k;
	return 0;
}
