/*
 * What killed programs leave behind. git takes a stale lock file for a program
 * that is still at work, for ever: after a power cut nobody could push to that
 * branch any more.
 */
#include "git/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static char *
slot_of(struct git_store *s, struct str id)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < id.n; i++)
		h = (h ^ (uint8_t)id.p[i]) * 16777619U;
	return s->tidy[h % GIT_TIDY_SLOTS];
}

bool
git_is_tidy(struct git_store *s, struct str id)
{
	bool tidy;

	(void)pthread_mutex_lock(&s->lock);
	tidy = memcmp(slot_of(s, id), id.p, GIT_ID_LEN) == 0;
	(void)pthread_mutex_unlock(&s->lock);
	return tidy;
}

static void
tidy_set(struct git_store *s, struct str id)
{
	(void)pthread_mutex_lock(&s->lock);
	memcpy(slot_of(s, id), id.p, GIT_ID_LEN);
	(void)pthread_mutex_unlock(&s->lock);
}

void
git_untidy(struct git_store *s, struct str id)
{
	char *slot;

	(void)pthread_mutex_lock(&s->lock);
	slot = slot_of(s, id);
	if (memcmp(slot, id.p, GIT_ID_LEN) == 0)
		slot[0] = '\0';
	(void)pthread_mutex_unlock(&s->lock);
}

static bool
ends(const char *name, const char *tail)
{
	return str_ends(str_c(name), str_c(tail));
}

static bool
starts(const char *name, const char *head)
{
	return strncmp(name, head, strlen(head)) == 0;
}

static int
lock_remove(void *arg, int dir, const char *name, const struct stat *st)
{
	(void)arg;
	if (S_ISREG(st->st_mode) && ends(name, ".lock") &&
	    unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		return FAIL(-errno);
	return 0;
}

static int
top_sweep(void *arg, int dir, const char *name)
{
	(void)arg;
	if (ends(name, ".lock") || strcmp(name, "packed-refs.new") == 0 ||
	    starts(name, "shallow_"))
		return folder_clear(dir, name);
	return 0;
}

static int
objects_sweep(void *arg, int dir, const char *name)
{
	(void)arg;
	return starts(name, "tmp_objdir-") ? folder_clear(dir, name) : 0;
}

/* receive-pack keeps a pack from being joined with others until its references
 * stand; the mark of one that died would keep it so for ever. */
static bool
is_stale_keep(int dir, const char *name)
{
	static const char ours[] = "receive-pack ";
	char text[256];

	return ends(name, ".keep") &&
	       folder_read(dir, name, text, sizeof(text)) == 0 &&
	       starts(text, ours);
}

static int
pack_sweep(void *arg, int dir, const char *name)
{
	(void)arg;
	if (starts(name, "tmp_") || starts(name, ".tmp-") ||
	    is_stale_keep(dir, name))
		return folder_clear(dir, name);
	return 0;
}

static int
sweep_in(int dir, const char *path, int (*fn)(void *, int, const char *))
{
	int sub = folder_open(dir, path, O_RDONLY | O_DIRECTORY), r;

	if (sub < 0)
		return sub == -ENOENT ? 0 : FAIL(sub);
	r = folder_each(sub, fn, NULL);
	close(sub);
	return r;
}

static int
walk_in(int dir, const char *path)
{
	int sub = folder_open(dir, path, O_RDONLY | O_DIRECTORY), r;

	if (sub < 0)
		return sub == -ENOENT ? 0 : FAIL(sub);
	r = folder_walk(sub, lock_remove, NULL);
	close(sub);
	return r;
}

int
git_sweep(int dir)
{
	int r = folder_each(dir, top_sweep, NULL);

	if (r == 0)
		r = walk_in(dir, "refs");
	if (r == 0)
		r = walk_in(dir, "objects/info");
	if (r == 0)
		r = sweep_in(dir, "objects", objects_sweep);
	return r == 0 ? sweep_in(dir, "objects/pack", pack_sweep) : r;
}

int
git_lock(struct git_store *s, struct str id, int dir, int *ret)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return FAIL(-errno);
	if (!git_is_tidy(s, id) && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		r = git_sweep(dir);
		if (r == 0)
			tidy_set(s, id);
	}
	while (r == 0 && flock(fd, LOCK_SH) != 0)
		if (errno != EINTR)
			r = FAIL(-errno);
	if (r != 0)
		close(fd);
	else
		*ret = fd;
	return r;
}
