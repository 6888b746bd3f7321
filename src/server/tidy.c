#include "server/tidy.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define EVERY_S 60

struct tidy {
	struct core *core;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

static bool
minute_over(struct tidy *t)
{
	struct timespec until;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += EVERY_S;
	(void)pthread_mutex_lock(&t->lock);
	while (!t->stop && r == 0)
		r = pthread_cond_timedwait(&t->wake, &t->lock, &until);
	(void)pthread_mutex_unlock(&t->lock);
	return r == ETIMEDOUT;
}

static void *
tidy_run(void *arg)
{
	struct tidy *t = arg;

	while (minute_over(t)) {
		int r = core_tidy(t->core);

		if (r < 0)
			log_fail("tidy", r);
		else if (r > 0)
			log_say(LOG_WARN, "tidy", "why=\"%s\"", out_text(r));
	}
	return NULL;
}

int
tidy_start(struct core *core, struct tidy **ret)
{
	struct tidy *t = calloc(1, sizeof(*t));
	pthread_condattr_t attr;
	int r;

	if (t == NULL)
		return FAIL(-ENOMEM);
	t->core = core;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&t->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
	r = pthread_create(&t->thread, NULL, tidy_run, t);
	if (r != 0) {
		free(t);
		return FAIL(-r);
	}
	*ret = t;
	return 0;
}

void
tidy_free(struct tidy *t)
{
	if (t == NULL)
		return;
	(void)pthread_mutex_lock(&t->lock);
	t->stop = true;
	(void)pthread_cond_signal(&t->wake);
	(void)pthread_mutex_unlock(&t->lock);
	(void)pthread_join(t->thread, NULL);
	(void)pthread_cond_destroy(&t->wake);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}
