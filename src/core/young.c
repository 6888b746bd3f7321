#include "core/young.h"

#include "base/clock.h"
#include "core/sql.h"
#include "db/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes of this kernel's life only, so they need no portable form; the tag
 * tells other versions of this program apart. */
#define TAG	  "young 2"
#define SLOT_SIZE 512

struct slot {
	char tag[8];
	char boot[37];
	struct young young;
};
static_assert(sizeof(struct slot) <= SLOT_SIZE, "a slot has room for it");

struct youngs {
	pthread_mutex_t lock;
	int fd;
	size_t end; /* slots from here on are free */
	struct {
		bool used, claimed;
		struct young young;
	} slot[YOUNG_MAX];
};

/* --- what was left behind --- */

struct found {
	struct core *core;
	struct slot *slots;
	size_t n;
};

static bool
is_text(const char *p, size_t size)
{
	return memchr(p, '\0', size) != NULL;
}

static bool
is_whole(const struct slot *s)
{
	const struct young *y = &s->young;

	return (y->kind == DIGEST_SHA256 || y->kind == DIGEST_SHA512) &&
	       is_text(y->id, sizeof(y->id)) &&
	       is_text(y->key, sizeof(y->key)) &&
	       is_text(y->account, sizeof(y->account)) &&
	       is_text(y->principal, sizeof(y->principal));
}

/* Its key is in a row when it became one, or ended, just before the kill. */
static int
row_make(struct db_at *at, const struct core *core, const struct young *y)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct hasher_state state;
	struct hasher hash;
	int r = db_one(at, SQL_key_known, &rows, "s", str_c(y->key));

	if (r != OUT_ABSENT)
		return r;
	hasher_start(&hash, y->kind);
	hasher_save(&hash, &state);
	r = db_exec(at, SQL_upload_insert, NULL, "sisssibsiis", str_c(y->id),
		    y->repo, str_c(y->account), str_c(y->principal),
		    str_c(y->key), (int64_t)0, hasher_state_str(&state),
		    str_c(core->boot), y->expires_at - UPLOAD_LIFE_MS,
		    y->expires_at, hasher_name(y->kind));
	/* Its repository is gone. */
	return r == OUT_CONFLICT ? 0 : r;
}

static int
rows_make(struct db_at *at, void *arg)
{
	const struct found *f = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n; i++)
		r = FOLD(row_make(at, f->core, &f->slots[i].young));
	return r;
}

static int
slots_read(int fd, struct found *f)
{
	char bytes[SLOT_SIZE];

	for (size_t i = 0; i < YOUNG_MAX; i++) {
		struct slot *s = &f->slots[f->n];
		ssize_t n =
		    pread(fd, bytes, sizeof(bytes), (off_t)(i * sizeof(bytes)));

		if (n < 0)
			return FAIL(-errno);
		if (n < (ssize_t)sizeof(*s))
			return 0;
		memcpy(s, bytes, sizeof(*s));
		f->n += strncmp(s->tag, TAG, sizeof(s->tag)) == 0 &&
			strncmp(s->boot, f->core->boot, sizeof(s->boot)) == 0 &&
			is_whole(s);
	}
	return 0;
}

/* Rows first, then the file is emptied: in between a session would only be
 * found twice. */
static int
take_over(struct core *core, int fd)
{
	struct found f = {.core = core};
	int r;

	f.slots = calloc(YOUNG_MAX + 1, sizeof(*f.slots));
	if (f.slots == NULL)
		return FAIL(-ENOMEM);
	r = slots_read(fd, &f);
	if (r == 0 && f.n > 0)
		r = FOLD(db_write(core->db, rows_make, &f));
	free(f.slots);
	if (r == 0 && ftruncate(fd, 0) != 0)
		r = FAIL(-errno);
	return r;
}

static int
file_open(const struct core *core, int *ret)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/sessions", core->data_dir);
	int fd;

	if (n < 0 || n >= PATH_MAX)
		return FAIL(-ENAMETOOLONG);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return FAIL(-errno);
	*ret = fd;
	return 0;
}

int
young_open(struct core *core)
{
	struct youngs *all = calloc(1, sizeof(*all));
	int r;

	if (all == NULL)
		return FAIL(-ENOMEM);
	all->fd = -1;
	(void)pthread_mutex_init(&all->lock, NULL);
	core->youngs = all;
	r = file_open(core, &all->fd);
	return r != 0 ? r : take_over(core, all->fd);
}

void
young_close(struct core *core)
{
	struct youngs *all = TAKE(core->youngs);

	if (all == NULL)
		return;
	if (all->fd >= 0)
		(void)close(all->fd);
	(void)pthread_mutex_destroy(&all->lock);
	free(all);
}

/* --- while it serves --- */

static int
slot_write(struct youngs *all, size_t i, const struct slot *slot)
{
	char bytes[SLOT_SIZE] = {0};
	ssize_t n;

	if (slot != NULL)
		memcpy(bytes, slot, sizeof(*slot));
	n = pwrite(all->fd, bytes, sizeof(bytes), (off_t)(i * sizeof(bytes)));
	return n == (ssize_t)sizeof(bytes) ? 0 : OUT_BUSY;
}

static size_t
slot_free(const struct youngs *all)
{
	size_t i = 0;

	while (i < all->end && all->slot[i].used)
		i++;
	return i;
}

/* all->end: it is not there. */
static size_t
slot_of(const struct youngs *all, struct str id)
{
	size_t i = 0;

	while (i < all->end && (!all->slot[i].used ||
				!str_eq(str_c(all->slot[i].young.id), id)))
		i++;
	return i;
}

static int64_t
count(const struct youngs *all, struct str account)
{
	int64_t n = 0;

	for (size_t i = 0; i < all->end; i++)
		n += all->slot[i].used &&
		     str_eq(str_c(all->slot[i].young.account), account);
	return n;
}

int64_t
young_count(struct core *core, struct str account)
{
	int64_t n;

	(void)pthread_mutex_lock(&core->youngs->lock);
	n = count(core->youngs, account);
	(void)pthread_mutex_unlock(&core->youngs->lock);
	return n;
}

bool
young_is_in(struct core *core, int64_t repo)
{
	struct youngs *all = core->youngs;
	bool found = false;

	(void)pthread_mutex_lock(&all->lock);
	for (size_t i = 0; !found && i < all->end; i++)
		found = all->slot[i].used && all->slot[i].young.repo == repo;
	(void)pthread_mutex_unlock(&all->lock);
	return found;
}

static int
put(struct core *core, const struct young *young, int64_t rows)
{
	struct youngs *all = core->youngs;
	struct slot slot = {.tag = TAG, .young = *young};
	size_t i = slot_free(all);
	int r;

	if (rows + count(all, str_c(young->account)) >= UPLOADS_MAX)
		return OUT_TOO_MANY;
	if (i == YOUNG_MAX)
		return OUT_BUSY;
	memcpy(slot.boot, core->boot, sizeof(slot.boot));
	r = slot_write(all, i, &slot);
	if (r != 0)
		return r;
	all->slot[i].used = true;
	all->slot[i].claimed = false;
	all->slot[i].young = *young;
	if (all->end == i)
		all->end++;
	return 0;
}

int
young_put(struct core *core, const struct young *young, int64_t rows)
{
	int r;

	(void)pthread_mutex_lock(&core->youngs->lock);
	r = put(core, young, rows);
	(void)pthread_mutex_unlock(&core->youngs->lock);
	return r;
}

int
young_get(struct core *core, struct str id, struct young *ret)
{
	struct youngs *all = core->youngs;
	int r = OUT_ABSENT;
	size_t i;

	(void)pthread_mutex_lock(&all->lock);
	i = slot_of(all, id);
	if (i < all->end) {
		*ret = all->slot[i].young;
		r = 0;
	}
	(void)pthread_mutex_unlock(&all->lock);
	return r;
}

bool
young_claim(struct core *core, struct str id)
{
	struct youngs *all = core->youngs;
	size_t i;
	bool there;

	(void)pthread_mutex_lock(&all->lock);
	i = slot_of(all, id);
	there = i < all->end;
	if (there)
		all->slot[i].claimed = true;
	(void)pthread_mutex_unlock(&all->lock);
	return there;
}

void
young_unclaim(struct core *core, struct str id)
{
	struct youngs *all = core->youngs;
	size_t i;

	(void)pthread_mutex_lock(&all->lock);
	i = slot_of(all, id);
	if (i < all->end)
		all->slot[i].claimed = false;
	(void)pthread_mutex_unlock(&all->lock);
}

/* A slot that cannot be overwritten would at worst come back after a kill as
 * the empty session that it was: nothing, once its key is in a row. */
static void
clear(struct youngs *all, size_t i)
{
	(void)slot_write(all, i, NULL);
	all->slot[i].used = false;
	while (all->end > 0 && !all->slot[all->end - 1].used)
		all->end--;
}

int
young_cancel(struct core *core, struct str id, char ret_key[BLOB_KEY_LEN + 1])
{
	struct youngs *all = core->youngs;
	int r = OUT_ABSENT;
	size_t i;

	(void)pthread_mutex_lock(&all->lock);
	i = slot_of(all, id);
	if (i < all->end && !all->slot[i].claimed) {
		memcpy(ret_key, all->slot[i].young.key, BLOB_KEY_LEN + 1);
		clear(all, i);
		r = 0;
	}
	(void)pthread_mutex_unlock(&all->lock);
	return r;
}

void
young_end(struct core *core, struct str id)
{
	struct youngs *all = core->youngs;
	size_t i;

	(void)pthread_mutex_lock(&all->lock);
	i = slot_of(all, id);
	if (i < all->end)
		clear(all, i);
	(void)pthread_mutex_unlock(&all->lock);
}

int
young_stale(struct core *core, int64_t now, size_t *at,
	    char ret_id[UPLOAD_ID_LEN + 1])
{
	struct youngs *all = core->youngs;
	int r = OUT_ABSENT;

	(void)pthread_mutex_lock(&all->lock);
	for (; r != 0 && *at < all->end; ++*at) {
		if (!all->slot[*at].used ||
		    all->slot[*at].young.expires_at > now)
			continue;
		memcpy(ret_id, all->slot[*at].young.id, UPLOAD_ID_LEN + 1);
		r = 0;
	}
	(void)pthread_mutex_unlock(&all->lock);
	return r;
}
