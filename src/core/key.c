#include "core/key.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "db/db.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define BASE_LEN  (BLOB_KEY_LEN - 2) /* the last two digits count */
#define ROUND_MAX 256

static_assert(KEY_RANGE_MAX <= 256, "two digits count the keys of a range");

/* One that somebody still takes keys from, or has keys of in hand. */
struct range {
	struct range *next;
	char base[BASE_LEN + 1];
	unsigned n, taken, in_hand;
	bool hand[KEY_RANGE_MAX];
};

struct keys {
	pthread_mutex_t lock;
	struct range *live; /* keys are taken from the first */
	unsigned next_n;
};

/* The keys of a range as text, for the store. */
struct names {
	char text[KEY_RANGE_MAX][BLOB_KEY_LEN + 1];
	struct str key[KEY_RANGE_MAX];
	size_t n;
};

static void
key_write(const char *base, unsigned i, char ret[BLOB_KEY_LEN + 1])
{
	(void)snprintf(ret, BLOB_KEY_LEN + 1, "%s%02x", base, i & 0xff);
}

static struct str
names_add(struct names *names, const char *base, unsigned i)
{
	size_t at = names->n++;

	key_write(base, i, names->text[at]);
	names->key[at] = str_c(names->text[at]);
	return names->key[at];
}

int
key_open(struct core *core)
{
	struct keys *keys = calloc(1, sizeof(*keys));

	if (keys == NULL)
		return FAIL(-ENOMEM);
	(void)pthread_mutex_init(&keys->lock, NULL);
	keys->next_n = KEY_RANGE_MIN;
	core->keys = keys;
	return 0;
}

void
key_close(struct core *core)
{
	struct keys *keys = TAKE(core->keys);

	if (keys == NULL)
		return;
	for (struct range *r = keys->live, *next; r != NULL; r = next) {
		next = r->next;
		free(r);
	}
	(void)pthread_mutex_destroy(&keys->lock);
	free(keys);
}

/* --- taking --- */

static int
range_write(struct db_at *at, void *arg)
{
	const struct range *range = arg;

	return FOLD(db_exec(at, SQL_key_range_put, NULL, "sii",
			    str_c(range->base), (int64_t)range->n,
			    clock_now()));
}

/* The row first: whatever happens, what is made after it is found again. */
static int
range_make(struct core *core, const struct range *range)
{
	struct names names = {.n = 0};
	int r = db_write(core->db, range_write, (void *)range);

	if (r != 0)
		return r;
	for (unsigned i = 0; i < range->n; i++)
		(void)names_add(&names, range->base, i);
	r = blob_reserve(core->blobs, names.key, names.n);
	return r == OUT_BUSY ? r : FOLD(r);
}

/* A range that could not be made whole is nobody's: its row remains. */
static int
range_open(struct core *core, struct keys *keys)
{
	struct range *range = calloc(1, sizeof(*range));
	int r;

	if (range == NULL)
		return FAIL(-ENOMEM);
	range->n = keys->next_n;
	r = rand_hex(range->base, BASE_LEN);
	if (r == 0)
		r = range_make(core, range);
	if (r != 0) {
		free(range);
		return r;
	}
	range->next = keys->live;
	keys->live = range;
	if (keys->next_n < KEY_RANGE_MAX)
		keys->next_n *= 2;
	return 0;
}

static void
range_take(struct range *range, char ret[BLOB_KEY_LEN + 1])
{
	key_write(range->base, range->taken, ret);
	range->hand[range->taken++] = true;
	range->in_hand++;
}

/* Who needs the next range waits for it here, with all that come after. */
int
key_take(struct core *core, char ret[BLOB_KEY_LEN + 1])
{
	struct keys *keys = core->keys;
	int r = 0;

	(void)pthread_mutex_lock(&keys->lock);
	if (keys->live == NULL || keys->live->taken == keys->live->n)
		r = range_open(core, keys);
	if (r == 0)
		range_take(keys->live, ret);
	(void)pthread_mutex_unlock(&keys->lock);
	return r;
}

/* --- settling --- */

static struct range **
range_find(struct keys *keys, struct str base)
{
	struct range **at = &keys->live;

	while (*at != NULL && !str_eq(str_c((*at)->base), base))
		at = &(*at)->next;
	return at;
}

static void
range_settle(struct range **at, unsigned i)
{
	struct range *range = *at;

	if (i >= range->n || !range->hand[i])
		return;
	range->hand[i] = false;
	if (--range->in_hand > 0 || range->taken < range->n)
		return;
	*at = range->next;
	free(range);
}

void
key_settle(struct core *core, const char *key)
{
	struct str text = str_c(key);
	struct keys *keys = core->keys;
	struct range **at;
	uint8_t i;

	if (text.n != BLOB_KEY_LEN ||
	    dec_hex(str_sub(text, BASE_LEN, 2), &i, 1) != 0)
		return;
	(void)pthread_mutex_lock(&keys->lock);
	at = range_find(keys, str_sub(text, 0, BASE_LEN));
	if (*at != NULL)
		range_settle(at, i);
	(void)pthread_mutex_unlock(&keys->lock);
}

static bool
is_live(struct keys *keys, struct str base)
{
	bool live;

	(void)pthread_mutex_lock(&keys->lock);
	live = *range_find(keys, base) != NULL;
	(void)pthread_mutex_unlock(&keys->lock);
	return live;
}

/* --- what is nobody's --- */

struct old {
	struct {
		char base[BASE_LEN + 1];
		unsigned n;
		bool settled;
	} range[ROUND_MAX];
	size_t n;
};

static int
old_read(struct core *core, struct old *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_key_range_list, &rows, "i",
			     (int64_t)ROUND_MAX);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct str base = db_str(&rows, 0);
		int64_t n = db_int(&rows, 1);

		if (base.n != BASE_LEN || n < 1 || n > KEY_RANGE_MAX)
			return FAIL(-EUCLEAN);
		(void)snprintf(ret->range[ret->n].base, BASE_LEN + 1, "%.*s",
			       STR_ARG(base));
		ret->range[ret->n++].n = (unsigned)n;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
is_known(struct db_at *view, struct str key, bool *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(view, SQL_key_known, &rows, "s", key);

	*ret = r == 0;
	return r == OUT_ABSENT ? 0 : r;
}

/* Keys of a range that no row knows. */
static int
unknown_read(struct core *core, const char *base, unsigned n, struct names *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(core->db, &view);

	for (unsigned i = 0; r == 0 && i < n; i++) {
		bool known = false;

		r = is_known(view, names_add(ret, base, i), &known);
		ret->n -= known;
	}
	return r;
}

/* Most ranges became blobs from the first key to the last. */
static int
is_all_blobs(struct core *core, const char *base, unsigned n, bool *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_key_range_blobs, &rows, "s", str_c(base));
	*ret = r == 0 && db_int(&rows, 0) == (int64_t)n;
	return FOLD(r);
}

static int
range_check(struct core *core, const char *base, unsigned n)
{
	struct names unknown = {.n = 0};
	bool all = false;
	int r = is_all_blobs(core, base, n, &all);

	if (r != 0 || all)
		return r;
	r = unknown_read(core, base, n, &unknown);
	/* A row may yet come to light. */
	if (r == 0 && db_refuses(core->db))
		r = OUT_BUSY;
	if (r == 0 && unknown.n > 0)
		r = blob_remove_all(core->blobs, unknown.key, unknown.n);
	return r;
}

static int
forget_write(struct db_at *at, void *arg)
{
	const struct old *old = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < old->n; i++)
		if (old->range[i].settled)
			r = db_exec(at, SQL_key_range_drop, NULL, "s",
				    str_c(old->range[i].base));
	return FOLD(r);
}

/*
 * Whether a range lives is asked before its rows are looked at: a key that is
 * not in hand by then got its row before, or never will. One range that cannot
 * be settled does not keep the others.
 */
int
key_tidy(struct core *core)
{
	struct old old = {.n = 0};
	int r = old_read(core, &old), forgot = 0;
	bool any = false;

	for (size_t i = 0; i < old.n; i++) {
		const char *base = old.range[i].base;
		int one;

		if (is_live(core->keys, str_c(base)))
			continue;
		one = range_check(core, base, old.range[i].n);
		old.range[i].settled = one == 0;
		any |= one == 0;
		r = r != 0 ? r : one;
	}
	if (any)
		forgot = db_write(core->db, forget_write, &old);
	return r != 0 ? r : forgot;
}
