/* Another signing key, and none of those that are over. */
#include "crypt/vault_inner.h"

#include "base/clock.h"
#include "base/fd.h"
#include "crypt/vault_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The names alone; no key is read for this. */
struct names {
	struct vault_access keys[VAULT_KEYS_MAX];
	size_t n;
};

static void
dir_freep(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

static int
name_add(struct names *names, struct str file)
{
	const struct str iam = STR("iam-"), pem = STR(".pem");
	struct vault_access *keys = names->keys;
	size_t at = 0;
	struct str kid;

	if (!str_starts(file, iam) || !str_ends(file, pem) ||
	    file.n < iam.n + pem.n)
		return 0;
	kid = str_sub(file, iam.n, file.n - iam.n - pem.n);
	if (!vault_kid_ok(kid))
		return 0;
	if (names->n == VAULT_KEYS_MAX)
		return OUT_TOO_MANY;
	while (at < names->n && str_cmp(str_c(keys[at].kid), kid) > 0)
		at++;
	memmove(&keys[at + 1], &keys[at], (names->n - at) * sizeof(*keys));
	keys[at] = (struct vault_access){.key = NULL};
	memcpy(keys[at].kid, kid.p, kid.n);
	names->n++;
	return 0;
}

static int
names_read(int dir, struct names *ret)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN(dir_freep) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int r = 0;

	ret->n = 0;
	if (d == NULL) {
		r = FAIL(-errno);
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	while (errno = 0, r == 0 && (e = readdir(d)) != NULL)
		r = name_add(ret, str_c(e->d_name));
	return r == 0 && errno != 0 ? FAIL(-errno) : r;
}

static int
over_remove(int dir, struct names *names)
{
	int64_t now = clock_now();
	char file[VAULT_FILE_NAME_MAX];
	size_t n = names->n, removed = 0;

	while (n > 1 && vault_kid_over(names->keys, names->n, n - 1, now)) {
		vault_kid_file(names->keys[--n].kid, file);
		if (unlinkat(dir, file, 0) != 0 && errno != ENOENT)
			return FAIL(-errno);
		removed++;
	}
	names->n = n;
	if (removed > 0 && fsync(dir) != 0)
		return FAIL(-errno);
	return 0;
}

/* One at a time: two could take each other's unfinished file for their own. The
 * lock ends with the descriptor. */
static int
dir_locked(const char *dir, int *ret, struct note *note)
{
	CLEAN(fd_closep) int fd = -1;
	int lock, r;

	lock = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (lock < 0)
		return FAIL(-errno);
	if (flock(lock, LOCK_EX) != 0) {
		r = FAIL(-errno);
		(void)close(lock);
		return r;
	}
	r = vault_dir_open(dir, true, &fd, note);
	if (r != 0) {
		(void)close(lock);
		return r;
	}
	(void)close(fd);
	fd = -1;
	*ret = lock;
	return 0;
}

int
vault_tidy(const char *path, struct note *note)
{
	CLEAN(fd_closep) int dir = -1;
	struct names names;
	int r = dir_locked(path, &dir, note);

	if (r == 0)
		r = names_read(dir, &names);
	if (r == OUT_TOO_MANY)
		return note_set(note, r, "more than %d keys of one kind",
				VAULT_KEYS_MAX);
	return r != 0 ? r : over_remove(dir, &names);
}

int
vault_rotate(const char *path, char ret_kid[VAULT_KID_MAX + 1],
	     struct note *note)
{
	CLEAN(fd_closep) int dir = -1;
	struct names names;
	int r = dir_locked(path, &dir, note);

	if (r == 0)
		r = names_read(dir, &names);
	if (r == 0)
		r = over_remove(dir, &names);
	if (r == 0 && names.n == VAULT_KEYS_MAX)
		r = OUT_TOO_MANY;
	if (r == OUT_TOO_MANY)
		return note_set(note, r,
				"there are %d signing keys already: wait until "
				"the oldest are over",
				VAULT_KEYS_MAX);
	return r != 0 ? r : vault_key_make(dir, true, ret_kid);
}
