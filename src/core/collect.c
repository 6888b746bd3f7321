#include "core/collect_inner.h"

#include "base/clock.h"
#include "core/bin.h"
#include "core/key.h"
#include "core/quota.h"
#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

#define COUNT_EVERY 32 /* rounds between two counts of what is due */

int
collect_open(struct core *core)
{
	struct collector *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return FAIL(-ENOMEM);
	(void)pthread_mutex_init(&c->rounds, NULL);
	(void)pthread_mutex_init(&c->lock, NULL);
	core->collector = c;
	return 0;
}

void
collect_close(struct core *core)
{
	struct collector *c = TAKE(core->collector);

	if (c == NULL)
		return;
	(void)pthread_mutex_destroy(&c->rounds);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

static void
add(struct collected *sum, const struct collected *one)
{
	sum->looked += one->looked;
	sum->links += one->links;
	sum->blobs += one->blobs;
	sum->bytes += one->bytes;
	sum->files += one->files;
	sum->uploads += one->uploads;
	sum->binned += one->binned;
	sum->early += one->early;
	sum->repos += one->repos;
}

static void
total_add(struct collector *c, const struct collected *one)
{
	(void)pthread_mutex_lock(&c->lock);
	add(&c->total, one);
	(void)pthread_mutex_unlock(&c->lock);
}

void
collect_total(struct core *core, struct collected *ret)
{
	struct collector *c = core->collector;

	(void)pthread_mutex_lock(&c->lock);
	*ret = c->total;
	(void)pthread_mutex_unlock(&c->lock);
}

/* --- what was shown --- */

/* More than there is room for are left as they are: half of their time is still
 * to come, at least when they were seen. */
void
collect_seen(struct core *core, int64_t repo, int64_t blob)
{
	struct collector *c = core->collector;
	size_t i = 0;

	(void)pthread_mutex_lock(&c->lock);
	while (i < c->n_seen &&
	       (c->seen[i].blob != blob || c->seen[i].repo != repo))
		i++;
	if (i == c->n_seen && i < COLLECT_SEEN_MAX)
		c->seen[c->n_seen++] = (struct seen){repo, blob};
	(void)pthread_mutex_unlock(&c->lock);
}

struct showing {
	struct seen seen[COLLECT_SEEN_MAX];
	size_t n;
	int64_t now;
};

static int
seen_write(struct db_at *at, void *arg)
{
	const struct showing *s = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = db_exec(at, SQL_link_seen, NULL, "iii", s->now,
			    s->seen[i].repo, s->seen[i].blob);
	return FOLD(r);
}

int
collect_flush(struct core *core)
{
	struct collector *c = core->collector;
	struct showing s = {.now = clock_now()};
	int r;

	(void)pthread_mutex_lock(&c->lock);
	memcpy(s.seen, c->seen, c->n_seen * sizeof(c->seen[0]));
	s.n = c->n_seen;
	c->n_seen = 0;
	(void)pthread_mutex_unlock(&c->lock);
	if (s.n == 0)
		return 0;
	r = db_write(core->db, seen_write, &s);
	for (size_t i = 0; r != 0 && i < s.n; i++)
		collect_seen(core, s.seen[i].repo, s.seen[i].blob);
	return r;
}

/* --- rounds --- */

static int
seen_round(struct core *core, struct collected *sum, bool *more)
{
	(void)sum;
	(void)more;
	return collect_flush(core);
}

static int
keys_round(struct core *core, struct collected *sum, bool *more)
{
	(void)sum;
	(void)more;
	return key_tidy(core);
}

struct expiring {
	int64_t now, ended;
};

static int
expire_write(struct db_at *at, void *arg)
{
	struct expiring *e = arg;

	return bin_expire(at, e->now, (int64_t)COLLECT_ROUND, &e->ended);
}

static int
expire(struct core *core, struct collected *sum, bool *more)
{
	struct expiring e = {.now = clock_now()};
	int r = db_write(core->db, expire_write, &e);

	if (r != 0)
		return r;
	sum->binned += (uint64_t)e.ended;
	if (e.ended == COLLECT_ROUND)
		*more = true;
	return 0;
}

/* One that is left with too much, or could not be looked at, stays marked. */
static int
fit(struct core *core, struct str account, struct str region, int64_t bound,
    struct collected *sum, bool *more)
{
	int64_t ended = 0;
	int r = 0;

	/* There was one when it was marked. */
	if (bound != QUOTA_NONE)
		r = bin_fit(core, account, region, bound, &ended);
	sum->binned += (uint64_t)ended;
	sum->early += (uint64_t)ended;
	if (r == 0 && ended == 0)
		return 0;
	quota_binned(core, account, region);
	if (r == 0)
		*more = true;
	return r;
}

/* Each account that was marked by now, once. A look is at all of its bin, so
 * large ones are looked at less often: they take a small part of the time. */
static int
fit_all(struct core *core, struct collected *sum, bool *more)
{
	struct collector *c = core->collector;
	char account[ACCOUNT_ID_LEN + 1], region[REGION_NAME_MAX + 1];
	int64_t began = clock_mono(), bound;
	bool again = false;
	int r = 0;

	if (began < c->fit_after)
		return 0;
	for (size_t i = quota_binned_count(core); r == 0 && i > 0; i--) {
		r = quota_binned_take(core, account, region, &bound);
		if (r == 0)
			r = fit(core, str_c(account), str_c(region), bound, sum,
				&again);
	}
	if (again)
		*more = true;
	else
		c->fit_after =
		    clock_mono() + COLLECT_FIT_PART * (clock_mono() - began);
	return r == OUT_ABSENT ? 0 : r;
}

int
collect_bin(struct core *core, struct collected *sum, bool *more)
{
	int r = expire(core, sum, more);
	int bound = fit_all(core, sum, more);

	return r != 0 ? r : bound;
}

/* What is remembered comes first, and bytes after the rows that named them. */
static int (*const parts[])(struct core *, struct collected *, bool *) = {
    seen_round,	   collect_uploads, collect_bin, collect_namespaces,
    collect_blobs, collect_trash,   keys_round,
};

/* All of them, whatever becomes of one; the first failure is returned. */
static int
round_do(struct core *core, struct collected *sum, bool *ret_more)
{
	struct collected one = {0};
	bool more = false;
	int r = 0;

	for (size_t i = 0; i < nitems(parts); i++) {
		int part = parts[i](core, &one, &more);

		r = r != 0 ? r : part;
	}
	add(sum, &one);
	total_add(core->collector, &one);
	*ret_more = more;
	return r;
}

static int
repos_do(struct core *core, struct collected *sum, bool *ret_more)
{
	struct collected one = {0};
	int r = collect_repos(core, &one, ret_more);

	add(sum, &one);
	total_add(core->collector, &one);
	return r;
}

int
collect_round(struct core *core, struct collected *sum, bool *ret_more)
{
	struct collector *c = core->collector;
	bool further = false;
	int r, repos;

	*ret_more = false;
	(void)pthread_mutex_lock(&c->rounds);
	r = round_do(core, sum, ret_more);
	/* Empty ones are in nobody's way: these few will do. */
	repos = repos_do(core, sum, &further);
	(void)pthread_mutex_unlock(&c->rounds);
	return r != 0 ? r : repos;
}

static int
round_of_all(struct core *core, struct collected *sum, bool *ret_more)
{
	struct collector *c = core->collector;
	int r;

	(void)pthread_mutex_lock(&c->rounds);
	/* Who asks for all of it gets all of it. */
	c->fit_after = 0;
	r = round_do(core, sum, ret_more);
	(void)pthread_mutex_unlock(&c->rounds);
	return r;
}

/* Each once. */
static int
all_repos(struct core *core, struct collected *sum)
{
	struct collector *c = core->collector;
	bool more = true;
	int r = 0;

	(void)pthread_mutex_lock(&c->rounds);
	c->repo_after = 0;
	(void)pthread_mutex_unlock(&c->rounds);
	while (r == 0 && more) {
		(void)pthread_mutex_lock(&c->rounds);
		r = repos_do(core, sum, &more);
		(void)pthread_mutex_unlock(&c->rounds);
	}
	return r;
}

static void
due_guess(struct collected *sum, uint64_t looked)
{
	sum->due = looked < sum->due ? sum->due - looked : 0;
}

int
collect_all(struct core *core, struct collected *sum,
	    int (*say)(void *, const struct collected *), void *arg)
{
	bool more = true;
	int r = 0;

	for (unsigned i = 0; r == 0 && more; i++) {
		uint64_t looked = sum->looked;

		if (i % COUNT_EVERY == 0)
			r = collect_due_count(core, &sum->due);
		if (r == 0)
			r = round_of_all(core, sum, &more);
		due_guess(sum, sum->looked - looked);
		if (r == 0)
			r = say(arg, sum);
	}
	if (r == 0)
		r = all_repos(core, sum);
	return r != 0 ? r : say(arg, sum);
}
