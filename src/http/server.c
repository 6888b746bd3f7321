#include "http/server.h"

#include "base/clock.h"
#include "http/pool.h"
#include "http/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define EVENT_THREADS_DEFAULT_MAX 4
#define WAIT_STEP_NS		  2000000

/* Connections without a descriptor left for a file would all get errors. The
 * lowest free number says how many are in use already. */
static unsigned
places_fit(const struct http_conf *conf)
{
	rlim_t mine = LOOP_FDS * conf->event_threads, left, kept;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct rlimit files;

	if (fd >= 0)
		(void)close(fd);
	if (fd < 0 || getrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    files.rlim_cur == RLIM_INFINITY)
		return conf->connections_max;
	mine += (rlim_t)fd;
	left = files.rlim_cur > mine ? files.rlim_cur - mine : 0;
	kept = left < 2 * HTTP_FDS_KEPT ? left / 2 : HTTP_FDS_KEPT;
	if (left == 0)
		return 1;
	return left - kept < conf->connections_max ? (unsigned)(left - kept)
						   : conf->connections_max;
}

static void
conf_fill(struct http_conf *conf)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (conf->event_threads == 0)
		conf->event_threads = cores < 1 ? 1
				      : cores > EVENT_THREADS_DEFAULT_MAX
					  ? EVENT_THREADS_DEFAULT_MAX
					  : (unsigned)cores;
	if (conf->event_threads > HTTP_EVENT_THREADS_MAX)
		conf->event_threads = HTTP_EVENT_THREADS_MAX;
	if (conf->pool_max == 0)
		conf->pool_max = HTTP_POOL_MAX;
	if (conf->connections_max == 0)
		conf->connections_max = HTTP_CONNECTIONS_MAX;
	conf->connections_max = places_fit(conf);
	if (conf->head_timeout_ms <= 0)
		conf->head_timeout_ms = HTTP_HEAD_TIMEOUT_MS;
	if (conf->idle_timeout_ms <= 0)
		conf->idle_timeout_ms = HTTP_IDLE_TIMEOUT_MS;
	if (conf->body_timeout_ms <= 0)
		conf->body_timeout_ms = HTTP_BODY_TIMEOUT_MS;
	if (conf->stall_timeout_ms <= 0)
		conf->stall_timeout_ms = HTTP_STALL_TIMEOUT_MS;
}

static int
server_open(struct http_server *s, const struct http_conf *conf,
	    struct note *note)
{
	int r = 0;

	if (conf->tls_cert != NULL)
		r = tls_open(conf->tls_cert, conf->tls_key, &s->tls, note);
	if (r != 0)
		return r;
	s->pool = pool_new(s, s->conf.pool_max);
	s->loops = calloc(s->conf.event_threads, sizeof(*s->loops));
	if (s->pool == NULL || s->loops == NULL)
		return FAIL(-ENOMEM);
	if (conf->listen_fd >= 0)
		r = listen_adopt(s, conf->listen_fd, note);
	else
		r = listen_open(s, conf->addr, note);
	while (r == 0 && s->n_loops < s->conf.event_threads)
		r = loop_init(&s->loops[s->n_loops++], s);
	return r;
}

/* Signals are the main thread's business. Threads that are made by ours
 * inherit the mask. */
static int
threads_start(struct http_server *s)
{
	sigset_t all, old;
	int r = 0;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	for (unsigned i = 0; r == 0 && i < s->n_loops; i++)
		r = loop_start(&s->loops[i]);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

int
http_check_tls(const char *cert, const char *key, struct note *note)
{
	struct tls *t = NULL;
	int r = tls_open(cert, key, &t, note);

	tls_free(t);
	return r;
}

int
http_start(const struct http_conf *conf, struct http_server **ret,
	   struct note *note)
{
	struct http_server *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return FAIL(-ENOMEM);
	s->listen_fd = -1;
	s->app = *conf->app;
	s->conf = *conf;
	s->conf.addr = s->conf.tls_cert = s->conf.tls_key = NULL;
	conf_fill(&s->conf);
	s->shed_max = s->conf.connections_max / 4 + 1;
	if (s->shed_max > HTTP_SHED_MAX)
		s->shed_max = HTTP_SHED_MAX;
	r = server_open(s, conf, note);
	if (r != 0) {
		http_free(s);
		return r;
	}
	/* First requests may ask for the server's own figures. */
	*ret = s;
	r = threads_start(s);
	if (r != 0)
		http_free(TAKE(*ret));
	return r;
}

unsigned
http_places(const struct http_server *s)
{
	return s->conf.connections_max;
}

const char *
http_bound(const struct http_server *s)
{
	return s->bound;
}

int
http_reload(struct http_server *s, struct note *note)
{
	return s->tls == NULL ? 0 : tls_reload(s->tls, note);
}

static void
phase_set(struct http_server *s, enum server_phase phase)
{
	atomic_store_explicit(&s->phase, (int)phase, memory_order_release);
	for (unsigned i = 0; i < s->n_loops; i++)
		if (s->loops[i].started)
			loop_wake(&s->loops[i]);
}

static unsigned
loops_started(const struct http_server *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n_loops; i++)
		n += s->loops[i].started;
	return n;
}

static void
nap(void)
{
	struct timespec ts = {.tv_nsec = WAIT_STEP_NS};

	(void)nanosleep(&ts, NULL);
}

void
http_drain(struct http_server *s, int64_t ms)
{
	int64_t until = clock_mono() + ms;

	if (server_phase(s) == SERVER_RUNS)
		phase_set(s, SERVER_DRAINS);
	while (atomic_load_explicit(&s->deaf, memory_order_acquire) <
	       loops_started(s))
		nap();
	if (s->listen_fd >= 0)
		(void)close(s->listen_fd);
	s->listen_fd = -1;
	while (atomic_load_explicit(&s->open, memory_order_acquire) > 0 &&
	       clock_mono() < until)
		nap();
	phase_set(s, SERVER_CUTS);
	while (atomic_load_explicit(&s->open, memory_order_acquire) > 0)
		nap();
}

void
http_free(struct http_server *s)
{
	if (s == NULL)
		return;
	if (loops_started(s) > 0 && server_phase(s) < SERVER_CUTS)
		http_drain(s, 0);
	phase_set(s, SERVER_ENDS);
	for (unsigned i = 0; i < s->n_loops; i++)
		if (s->loops[i].started)
			(void)pthread_join(s->loops[i].thread, NULL);
	pool_free(s->pool);
	for (unsigned i = 0; i < s->n_loops; i++)
		loop_clear(&s->loops[i]);
	free(s->loops);
	if (s->listen_fd >= 0)
		(void)close(s->listen_fd);
	tls_free(s->tls);
	free(s);
}

void
http_stats(struct http_server *s, struct http_stats *ret)
{
	*ret = (struct http_stats){0};
	for (unsigned i = 0; i < s->n_loops; i++) {
		struct loop *loop = &s->loops[i];

		ret->accepted +=
		    atomic_load_explicit(&loop->accepted, memory_order_relaxed);
		ret->requests +=
		    atomic_load_explicit(&loop->requests, memory_order_relaxed);
		ret->refused +=
		    atomic_load_explicit(&loop->refused, memory_order_relaxed);
		ret->shed +=
		    atomic_load_explicit(&loop->shed, memory_order_relaxed);
	}
	ret->open = atomic_load_explicit(&s->open, memory_order_relaxed);
	ret->pool_threads = pool_threads(s->pool);
}
