#include "server/git_tidy.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "core/gitrepo.h"
#include "db/db.h"
#include "server/git_hold.h"
#include "server/verify_git.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ARENA_MAX MIB

struct git_tidy {
	struct core *core;
	struct git_store *git;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

static int
dir_of(const struct core *core, char ret[PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s/git", core->data_dir) < PATH_MAX
		   ? 0
		   : FAIL(-ENAMETOOLONG);
}

/* Alone with the folders for one thing at a time, so that a backup need not
 * wait for the whole round. */
static int
hold(const struct git_tidy_round *t, int *ret_fd)
{
	char dir[PATH_MAX];
	int r = dir_of(t->core, dir);

	if (r == 0 && t->stop(t->arg))
		r = OUT_BUSY;
	return r != 0 ? r : git_hold_alone(dir, ret_fd);
}

/* --- what is over --- */

/* The row first: without it no door leads to the folder, and when we die in
 * between, the folder is nobody's and swept later. */
static int
over_remove(struct git_tidy_round *t, struct str id)
{
	CLEAN(fd_closep) int fd = -1;
	int r = hold(t, &fd);

	if (r == 0)
		r = gitrepo_forget(t->core, id);
	if (r == OUT_CONFLICT || r == OUT_ABSENT)
		return 0;
	if (r == 0)
		r = git_remove(t->git, id);
	if (r == 0 || r == OUT_ABSENT) {
		t->removed++;
		log_say(LOG_INFO, "git_remove", "repo=%.*s", STR_ARG(id));
		r = 0;
	}
	return r;
}

static int
over_all(struct git_tidy_round *t)
{
	CLEAN(arena_clear) struct arena arena;
	struct str *ids = NULL;
	size_t n = 0;
	int r;

	arena_init(&arena, ARENA_MAX);
	r = gitrepo_over(t->core, GIT_TIDY_REMOVES, &arena, &ids, &n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = over_remove(t, ids[i]);
	return r;
}

/* --- folders of nobody --- */

struct orphans {
	struct git_tidy_round *t;
	char dir[PATH_MAX];
	int64_t now;
	size_t n;
	char ids[GIT_TIDY_REMOVES][GIT_ID_LEN + 1];
};

/* Listed first and removed then: a folder that is read is not changed. */
static int
orphan_note(void *arg, struct str id)
{
	struct orphans *o = arg;
	bool is = false;
	int r;

	if (id.n != GIT_ID_LEN || git_folder_young(o->dir, id, o->now))
		return 0;
	r = gitrepo_is(o->t->core, id, &is);
	if (r != 0 || is)
		return r;
	(void)snprintf(o->ids[o->n++], sizeof(o->ids[0]), "%.*s", STR_ARG(id));
	return o->n == nitems(o->ids) ? OUT_TOO_MANY : 0;
}

static int
orphans_sweep(struct git_tidy_round *t)
{
	struct orphans o = {.t = t, .now = clock_now()};
	int r = dir_of(t->core, o.dir);

	/* A row whose commit failed may be there at the next start. */
	if (r == 0 && db_refuses(t->core->db))
		r = OUT_BUSY;
	if (r == 0)
		r = git_each(t->git, orphan_note, &o);
	if (r == OUT_TOO_MANY)
		r = 0;
	for (size_t i = 0; r == 0 && i < o.n; i++) {
		CLEAN(fd_closep) int fd = -1;

		r = hold(t, &fd);
		if (r == 0)
			r = git_remove(t->git, str_c(o.ids[i]));
		if (r == 0) {
			t->swept++;
			log_say(LOG_WARN, "git_sweep", "folder=%s", o.ids[i]);
		}
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* --- what is worn --- */

static int
worn_maintain(struct git_tidy_round *t, struct str id, struct note *note)
{
	CLEAN(fd_closep) int fd = -1;
	int64_t began = clock_mono(), size = 0;
	int r = hold(t, &fd);

	if (r == 0)
		r = git_maintain(t->git, id, t->stop, t->arg, note);
	if (r == 0)
		r = git_size(t->git, id, &size);
	if (r == 0)
		r = gitrepo_maintained(t->core, id, size);
	if (r == 0) {
		t->maintained++;
		log_say(LOG_INFO, "git_maintain", "repo=%.*s size=%lld ms=%lld",
			STR_ARG(id), (long long)size,
			(long long)(clock_mono() - began));
	}
	return r;
}

static void
worn_failed(struct str id, int r, const struct note *note)
{
	const char *why = note->text;

	if (why[0] == '\0')
		why = r > 0 ? out_text(r) : fail_place();
	log_say(LOG_ERROR, "git_maintain", "repo=%.*s why=\"%s\"", STR_ARG(id),
		why);
}

/* One that cannot be maintained must not keep the others from it. */
static int
worn_all(struct git_tidy_round *t)
{
	CLEAN(arena_clear) struct arena arena;
	struct str *ids = NULL;
	size_t n = 0;
	int r;

	arena_init(&arena, ARENA_MAX);
	r = gitrepo_worn(t->core, t->pushes_min, GIT_TIDY_MAINTAINS, &arena,
			 &ids, &n);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct note note = {0};
		int one = worn_maintain(t, ids[i], &note);

		if (one == OUT_BUSY)
			r = one;
		else if (one != 0)
			worn_failed(ids[i], one, &note);
	}
	return r;
}

int
git_tidy_round(struct git_tidy_round *t)
{
	int r = over_all(t);

	if (r == 0 && t->sweep)
		r = orphans_sweep(t);
	return r != 0 ? r : worn_all(t);
}

/* --- the thread --- */

static bool
stops(void *arg)
{
	struct git_tidy *t = arg;
	bool stop;

	(void)pthread_mutex_lock(&t->lock);
	stop = t->stop;
	(void)pthread_mutex_unlock(&t->lock);
	return stop;
}

/* false: it is time to end. */
static bool
pause_over(struct git_tidy *t)
{
	struct timespec until;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += GIT_TIDY_EVERY_S;
	(void)pthread_mutex_lock(&t->lock);
	while (!t->stop && r == 0)
		r = pthread_cond_timedwait(&t->wake, &t->lock, &until);
	(void)pthread_mutex_unlock(&t->lock);
	return r == ETIMEDOUT;
}

static void *
run(void *arg)
{
	struct git_tidy *t = arg;

	for (unsigned n = 0; pause_over(t); n++) {
		struct git_tidy_round round = {.core = t->core,
					       .git = t->git,
					       .sweep = n % GIT_TIDY_SWEEP == 0,
					       .pushes_min = GIT_TIDY_PUSHES,
					       .stop = stops,
					       .arg = t};
		int r = git_tidy_round(&round);

		if (r < 0)
			log_fail("git_tidy", r);
		else if (r > 0 && r != OUT_BUSY)
			log_say(LOG_WARN, "git_tidy", "why=\"%s\"",
				out_text(r));
	}
	return NULL;
}

int
git_tidy_start(struct core *core, struct git_store *git, struct git_tidy **ret)
{
	struct git_tidy *t = calloc(1, sizeof(*t));
	pthread_condattr_t attr;
	int r;

	if (t == NULL)
		return FAIL(-ENOMEM);
	t->core = core;
	t->git = git;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&t->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
	r = pthread_create(&t->thread, NULL, run, t);
	if (r != 0) {
		free(t);
		return FAIL(-r);
	}
	*ret = t;
	return 0;
}

void
git_tidy_free(struct git_tidy *t)
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
