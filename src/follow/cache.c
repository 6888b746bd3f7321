#include "follow/cache.h"

#include "base/fd.h"
#include "follow/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KEPT	  "# latchkey kept "
#define KEPT_LEN  (sizeof(KEPT) - 1)
#define STAMP_LEN 18
#define FROM	  "# from "

void
cache_clear(struct cache *cache)
{
	answer_clear(&cache->answer);
	cache->kept_at = 0;
}

/* Of one width, so that it can be written over in place. */
static int
stamp_read(struct str line, int64_t *ret)
{
	struct str s = str_sub(line, KEPT_LEN, SIZE_MAX);
	int64_t n = 0;

	if (!str_starts(line, STR(KEPT)) || s.n != STAMP_LEN)
		return OUT_MALFORMED;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return OUT_MALFORMED;
		n = n * 10 + (s.p[i] - '0');
	}
	*ret = n;
	return 0;
}

int
cache_parse(struct str text, const char *url, struct cache *ret)
{
	struct str stamp, from, rest;
	int r;

	cache_clear(ret);
	if (!str_cut(text, '\n', &stamp, &rest) ||
	    !str_cut(rest, '\n', &from, &rest) || !str_starts(from, STR(FROM)))
		return OUT_MALFORMED;
	r = stamp_read(stamp, &ret->kept_at);
	if (r != 0)
		return r;
	if (!str_eq(str_sub(from, STR(FROM).n, SIZE_MAX), str_c(url)))
		return OUT_MISMATCH;
	return answer_lines(rest, &ret->answer, NULL);
}

int
cache_load(const char *path, const char *url, struct cache *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r = disk_read(path, CACHE_FILE_MAX, &text, NULL);

	if (r == OUT_TOO_LARGE)
		return OUT_MALFORMED;
	return r != 0 ? r : cache_parse(buf_str(&text), url, ret);
}

bool
cache_is_good(const struct cache *cache, int64_t now, int64_t max_age_s)
{
	int64_t age = now - cache->kept_at;

	return age >= -CACHE_AHEAD_MS && age <= max_age_s * SECOND_MS;
}

/* Written last, over zeros: a file with a time was on disk, and its name too,
 * before it had one. So only the time need be written while the keys stay, and
 * nothing waits for the disk then: a time that is lost with the power makes
 * them older, which is safe. */
static int
stamp_write(const char *path, int64_t now, bool wait)
{
	CLEAN(fd_closep)
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	char stamp[STAMP_LEN + 2];
	int n = snprintf(stamp, sizeof(stamp), "%0*lld", STAMP_LEN,
			 (long long)(now < 1 ? 1 : now));

	if (fd < 0 || n != STAMP_LEN ||
	    pwrite(fd, stamp, STAMP_LEN, KEPT_LEN) != STAMP_LEN)
		return FAIL(-EIO);
	return wait && fsync(fd) != 0 ? FAIL(-errno) : 0;
}

static bool
is_same(const struct answer *a, const struct answer *b)
{
	return str_eq(buf_str(&a->lines), buf_str(&b->lines)) &&
	       strcmp(a->id, b->id) == 0 && strcmp(a->name, b->name) == 0;
}

int
cache_store(const char *path, const char *url, const struct answer *a,
	    const struct cache *old, int64_t now, struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct disk_as as = {.uid = DISK_SAME, .mode = 0600};
	int r;

	if (old != NULL && old->kept_at > 0 && is_same(&old->answer, a) &&
	    stamp_write(path, now, false) == 0)
		return 0;
	(void)buf_addf(&text, KEPT "%0*d\n" FROM "%s\n", STAMP_LEN, 0, url);
	if (a->id[0] != '\0')
		(void)buf_addf(&text, "# server %s %s\n", a->id, a->name);
	(void)buf_addstr(&text, buf_str(&a->lines));
	if (buf_err(&text) != 0)
		return buf_err(&text);
	r = disk_replace(path, buf_str(&text), &as, note);
	if (r == 0)
		r = stamp_write(path, now, true);
	return r < 0 ? note_set(note, OUT_DENIED, "cannot write %.150s: %s",
				path, strerror(-r))
		     : r;
}

int
cache_drop(const char *path)
{
	return disk_remove(path);
}
