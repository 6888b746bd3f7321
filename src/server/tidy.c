#include "server/tidy.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/log.h"
#include "core/audit.h"
#include "core/collect.h"
#include "core/expiry.h"
#include "core/quota.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <time.h>

#define EVERY_S		   60 /* between two rounds; looks are a second apart */
#define EXPIRING_EVERY_S   86400
#define EXPIRING_FIRST_S   2 /* after the start */
#define EXPIRING_ARENA	   (MIB)
#define COLLECT_ROUNDS_MAX 4 /* in a second, while there is more to collect */

struct tidy {
	struct core *core;
	bool works;	       /* writing did, at the last look */
	bool more;	       /* there was more to collect */
	struct collected gone; /* and not yet in the log */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

/* false: it is time to end. */
static bool
second_over(struct tidy *t)
{
	struct timespec until;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	(void)pthread_mutex_lock(&t->lock);
	while (!t->stop && r == 0)
		r = pthread_cond_timedwait(&t->wake, &t->lock, &until);
	(void)pthread_mutex_unlock(&t->lock);
	return r == ETIMEDOUT;
}

/* The rooms below answer 503 without a word: here the operator reads why. */
static void
watch(struct tidy *t)
{
	bool works = audit_works(t->core);
	struct statvfs fs = {0};

	if (works == t->works)
		return;
	t->works = works;
	(void)statvfs(t->core->data_dir, &fs);
	log_say(works ? LOG_INFO : LOG_ERROR, "store",
		"writable=%s free_kib=%llu", works ? "yes" : "no",
		(unsigned long long)fs.f_bavail * fs.f_frsize / 1024);
}

/* What cannot be written now is counted on, and written then. */
static void
traffic_write(struct tidy *t)
{
	int r = quota_flush(t->core);

	if (r < 0)
		log_fail("traffic", r);
}

/* The next second, or the next round, has it again. */
static void
seen_write(struct tidy *t)
{
	int r = collect_flush(t->core);

	if (r < 0)
		log_fail("gc_seen", r);
}

static void
complain(const char *what, int r)
{
	if (r < 0)
		log_fail(what, r);
	else if (r > 0)
		log_say(LOG_WARN, what, "why=\"%s\"", out_text(r));
}

void
tidy_say(const struct collected *c)
{
	if (c->links + c->blobs + c->files + c->uploads + c->binned +
		c->repos ==
	    0)
		return;
	log_say(LOG_INFO, "gc",
		"links=%llu blobs=%llu bytes=%llu files=%llu uploads=%llu "
		"binned=%llu early=%llu repos=%llu",
		(unsigned long long)c->links, (unsigned long long)c->blobs,
		(unsigned long long)c->bytes, (unsigned long long)c->files,
		(unsigned long long)c->uploads, (unsigned long long)c->binned,
		(unsigned long long)c->early, (unsigned long long)c->repos);
}

/* More of it at once when there is more, but never all: the store is for those
 * who push. */
static void
collect(struct tidy *t)
{
	int r = 0;

	t->more = true;
	for (int i = 0; r == 0 && t->more && i < COLLECT_ROUNDS_MAX; i++)
		r = collect_round(t->core, &t->gone, &t->more);
	if (r != 0)
		t->more = false;
	complain("gc", r);
	if (t->more)
		return;
	tidy_say(&t->gone);
	t->gone = (struct collected){0};
}

/* Once a day, and soon after the start: an end that nobody expects is an
 * outage. */
static void
expiring_say(struct tidy *t)
{
	CLEAN(arena_clear) struct arena arena;
	struct expiry_account *list = NULL;
	size_t n = 0;
	int r;

	arena_init(&arena, EXPIRING_ARENA);
	r = expiry_accounts(t->core, &arena, &list, &n);
	complain("expiring", r);
	for (size_t i = 0; r == 0 && i < n; i++) {
		char first[32];

		enc_time(list[i].first, first);
		log_say(LOG_WARN, "expiring",
			"account=%.*s slug=%.*s soon=%lld used=%lld first=%s",
			STR_ARG(list[i].id), STR_ARG(list[i].slug),
			(long long)list[i].sum.soon,
			(long long)list[i].sum.soon_used, first);
	}
}

static void
round_do(struct tidy *t)
{
	complain("tidy", core_tidy(t->core));
}

static void *
tidy_run(void *arg)
{
	struct tidy *t = arg;

	for (int second = 1; second_over(t); second++) {
		watch(t);
		traffic_write(t);
		seen_write(t);
		if (second % EVERY_S == 0)
			round_do(t);
		if (t->more || quota_binned_count(t->core) > 0 ||
		    second % EVERY_S == 0)
			collect(t);
		if (second % EXPIRING_EVERY_S == EXPIRING_FIRST_S)
			expiring_say(t);
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
	t->works = true;
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
