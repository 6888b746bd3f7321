#include "base/clock.h"
#include "base/log.h"
#include "door/git/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_MAX 64

/* A listener process; it hands over the desk's end of each session. */
struct listener {
	struct source source;
	LIST_ENTRY(listener) link;
	struct desk *desk;
	int fd;
};
/* A listener that was given to us from another thread. */
struct hired {
	STAILQ_ENTRY(hired) link;
	int fd;
};

int
desk_watch(struct desk *d, int fd, struct source *source)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = source};

	return epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0
		   ? 0
		   : FAIL(-errno);
}

void
desk_unwatch(struct desk *d, int fd, struct source *source)
{
	(void)epoll_ctl(d->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	source->on = NULL;
}

void
desk_bury(struct desk *d, struct source *source)
{
	STAILQ_INSERT_TAIL(&d->gone, source, gone);
}

void
desk_wake(struct desk *d)
{
	uint64_t one = 1;

	/* Can only fail when it is awake anyway. */
	if (write(d->wake_fd, &one, sizeof(one)) < 0)
		return;
}

static void
listener_free(struct source *source)
{
	free(source);
}

static void
listener_end(struct listener *l)
{
	LIST_REMOVE(l, link);
	desk_unwatch(l->desk, l->fd, &l->source);
	(void)close(l->fd);
	desk_bury(l->desk, &l->source);
}

static void
on_listener(struct source *source)
{
	struct listener *l = (struct listener *)source;
	struct desk *d = l->desk;
	struct desk_msg m;
	size_t n = 0;
	int fd = -1;
	int r = packet_recv(l->fd, &d->packet, DESK_PACKET_MAX, &fd, 1, &n);

	if (r == OUT_BUSY)
		return;
	if (r == 0)
		r = desk_read(buf_str(&d->packet), &m);
	if (r == 0 && (m.word != DESK_SESSION || m.n_parts != 1 || n != 1 ||
		       m.part[0].n == 0))
		r = OUT_MALFORMED;
	if (r == 0) {
		seat_begin(d, fd, m.part[0]);
		return;
	}
	if (n == 1)
		(void)close(fd);
	if (r < 0)
		log_fail("desk_listener", r);
	else if (r != OUT_ABSENT)
		log_say(LOG_ERROR, "desk_listener", "why=malformed");
	listener_end(l);
}

static void
listener_begin(struct desk *d, int fd)
{
	struct listener *l = calloc(1, sizeof(*l));
	int r = l == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		l->source.on = on_listener;
		l->source.free = listener_free;
		l->desk = d;
		l->fd = fd;
		r = desk_watch(d, fd, &l->source);
	}
	if (r != 0) {
		log_fail("desk_listener", r);
		free(l);
		(void)close(fd);
		return;
	}
	LIST_INSERT_HEAD(&d->listeners, l, link);
}

static void
take_hired(struct desk *d)
{
	STAILQ_HEAD(, hired) mine = STAILQ_HEAD_INITIALIZER(mine);
	struct hired *h;

	(void)pthread_mutex_lock(&d->lock);
	STAILQ_CONCAT(&mine, &d->hired);
	(void)pthread_mutex_unlock(&d->lock);
	while ((h = STAILQ_FIRST(&mine)) != NULL) {
		STAILQ_REMOVE_HEAD(&mine, link);
		if (desk_phase(d) == DESK_RUNS)
			listener_begin(d, h->fd);
		else
			(void)close(h->fd);
		free(h);
	}
}

static void
take_told(struct desk *d)
{
	STAILQ_HEAD(, run) mine = STAILQ_HEAD_INITIALIZER(mine);
	struct run *run;

	(void)pthread_mutex_lock(&d->lock);
	STAILQ_CONCAT(&mine, &d->told);
	(void)pthread_mutex_unlock(&d->lock);
	while ((run = STAILQ_FIRST(&mine)) != NULL) {
		STAILQ_REMOVE_HEAD(&mine, told);
		if (run->starting)
			run_begun(run);
		else
			run_over(run);
	}
}

static void
on_wake(struct source *source)
{
	struct desk *d =
	    (struct desk *)((char *)source - offsetof(struct desk, wake));
	uint64_t n;

	if (read(d->wake_fd, &n, sizeof(n)) < 0)
		return;
	take_hired(d);
	take_told(d);
}

static void
on_local(struct source *source)
{
	struct desk *d =
	    (struct desk *)((char *)source - offsetof(struct desk, local));
	int fd = local_accept(d->local_fd);

	if (fd >= 0)
		seat_begin(d, fd, STR_NONE);
}

/* The way down: no new connections, then none that idle, then none. */
static void
follow(struct desk *d)
{
	enum desk_phase phase = desk_phase(d);
	struct listener *l;
	struct seat *s, *next;

	if (phase == DESK_RUNS)
		return;
	while ((l = LIST_FIRST(&d->listeners)) != NULL)
		listener_end(l);
	if (phase >= DESK_CUTS)
		run_kill_all(d);
	for (s = LIST_FIRST(&d->seats); s != NULL; s = next) {
		int64_t last = s->runs > 0 ? DESK_LINGER_MS : 0;

		next = LIST_NEXT(s, link);
		if (phase >= DESK_CUTS ||
		    (s->n_runs == 0 && d->now_ms - s->idle_ms >= last))
			seat_end(s, true);
	}
	if (d->n_seats > 0 || d->n_runs > 0)
		return;
	(void)pthread_mutex_lock(&d->lock);
	d->empty = true;
	(void)pthread_cond_broadcast(&d->changed);
	(void)pthread_mutex_unlock(&d->lock);
}

static void
bury(struct desk *d)
{
	struct source *source;

	while ((source = STAILQ_FIRST(&d->gone)) != NULL) {
		STAILQ_REMOVE_HEAD(&d->gone, gone);
		source->free(source);
	}
}

static int
wait_ms(const struct desk *d)
{
	int64_t until = run_look_at(d);

	if (d->n_runs == 0)
		return d->n_seats > 0 && atomic_load(&d->phase) != DESK_RUNS
			   ? DESK_WATCH_MS
			   : -1;
	return until <= d->now_ms ? 0 : (int)(until - d->now_ms);
}

static void *
desk_main(void *arg)
{
	struct desk *d = arg;
	struct epoll_event ev[EVENTS_MAX];
	int n;

	while (desk_phase(d) != DESK_STOPS || d->n_runs > 0) {
		d->now_ms = clock_mono();
		n = epoll_wait(d->epoll_fd, ev, EVENTS_MAX, wait_ms(d));
		d->now_ms = clock_mono();
		for (int i = 0; i < n; i++) {
			struct source *source = ev[i].data.ptr;

			if (source->on != NULL)
				source->on(source);
		}
		run_look(d);
		follow(d);
		bury(d);
	}
	return NULL;
}

static int
start(struct desk *d, const char *local, struct note *note)
{
	int r = 0;

	if (d->epoll_fd < 0 || d->wake_fd < 0)
		return FAIL(-errno);
	d->wake.on = on_wake;
	d->local.on = on_local;
	if (local != NULL) {
		d->local_path = str_dup(str_c(local));
		r = d->local_path == NULL
			? FAIL(-ENOMEM)
			: local_open(local, &d->local_fd, note);
	}
	if (r == 0)
		r = desk_watch(d, d->wake_fd, &d->wake);
	if (r == 0 && local != NULL)
		r = desk_watch(d, d->local_fd, &d->local);
	if (r == 0)
		r = -pthread_create(&d->thread, NULL, desk_main, d);
	d->started = r == 0;
	return r;
}

int
desk_new(const struct desk_conf *conf, struct desk **ret, struct note *note)
{
	struct desk *d = calloc(1, sizeof(*d));
	pthread_condattr_t attr;
	int r;

	if (d == NULL)
		return FAIL(-ENOMEM);
	d->core = conf->core;
	d->git = conf->git;
	d->silence_ms =
	    conf->silence_ms > 0 ? conf->silence_ms : DESK_SILENCE_MS;
	share_init(&d->programs, git_running_max(conf->git));
	d->local_fd = -1;
	d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	d->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	d->packet = d->answer = (struct buf)BUF_INIT;
	STAILQ_INIT(&d->gone);
	STAILQ_INIT(&d->hired);
	STAILQ_INIT(&d->told);
	(void)pthread_mutex_init(&d->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&d->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	r = start(d, conf->local, note);
	if (r == 0)
		*ret = d;
	else
		desk_free(d);
	return r;
}

int
desk_listener(struct desk *d, int fd)
{
	struct hired *h = malloc(sizeof(*h));

	if (h == NULL) {
		(void)close(fd);
		return FAIL(-ENOMEM);
	}
	h->fd = fd;
	(void)pthread_mutex_lock(&d->lock);
	STAILQ_INSERT_TAIL(&d->hired, h, link);
	(void)pthread_mutex_unlock(&d->lock);
	desk_wake(d);
	return 0;
}

/* Sets the phase and waits until nothing is left, for ms at most (-1: however
 * long it takes). */
static void
go_down(struct desk *d, enum desk_phase phase, int64_t ms)
{
	struct timespec until;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / SECOND_MS;
	until.tv_nsec += ms % SECOND_MS * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_mutex_lock(&d->lock);
	d->empty = false;
	atomic_store(&d->phase, (int)phase);
	desk_wake(d);
	while (!d->empty && r == 0)
		r = ms < 0
			? pthread_cond_wait(&d->changed, &d->lock)
			: pthread_cond_timedwait(&d->changed, &d->lock, &until);
	(void)pthread_mutex_unlock(&d->lock);
}

void
desk_drain(struct desk *d, int64_t ms)
{
	go_down(d, DESK_DRAINS, ms);
	go_down(d, DESK_CUTS, -1);
	job_wait(d);
}

void
desk_free(struct desk *d)
{
	struct hired *h;

	if (d == NULL)
		return;
	if (d->started) {
		go_down(d, DESK_CUTS, -1);
		atomic_store(&d->phase, DESK_STOPS);
		desk_wake(d);
		(void)pthread_join(d->thread, NULL);
		job_wait(d);
	}
	bury(d);
	while ((h = STAILQ_FIRST(&d->hired)) != NULL) {
		STAILQ_REMOVE_HEAD(&d->hired, link);
		(void)close(h->fd);
		free(h);
	}
	local_close(d->local_path, d->local_fd);
	if (d->epoll_fd >= 0)
		(void)close(d->epoll_fd);
	if (d->wake_fd >= 0)
		(void)close(d->wake_fd);
	share_clear(&d->programs);
	(void)pthread_mutex_destroy(&d->lock);
	(void)pthread_cond_destroy(&d->changed);
	buf_clear(&d->packet);
	buf_clear(&d->answer);
	free(d->local_path);
	free(d);
}

struct share *
desk_programs(struct desk *d)
{
	return &d->programs;
}

void
desk_stats(struct desk *d, struct desk_stats *ret)
{
	*ret = (struct desk_stats){
	    .sessions = atomic_load(&d->sessions_now),
	    .sessions_total = atomic_load(&d->sessions_total),
	    .proofs_failed = atomic_load(&d->proofs_failed),
	    .runs_total = atomic_load(&d->runs_total),
	    .refused_total = atomic_load(&d->refused_total),
	    .cut_total = atomic_load(&d->cut_total),
	    .running = atomic_load(&d->running),
	};
}
