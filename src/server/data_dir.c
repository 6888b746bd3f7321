#include "server/init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Stands in the directory from the first file to the first API key. */
#define MARK "installing"
/* What every installation has, see core/core.h. */
#define NODE	 "node"
#define DATABASE "latchkey.db"

static int
path_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 || fsync(fd) != 0 ? FAIL(-errno) : 0;

	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int
dir_make(const char *path, struct note *note)
{
	char parent[PATH_MAX];
	char *slash;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST
			   ? 0
			   : note_set(note, OUT_DENIED, "data: %s: %s", path,
				      strerror(errno));
	if (realpath(path, parent) == NULL)
		return FAIL(-errno);
	slash = strrchr(parent, '/');
	if (slash != NULL)
		slash[slash == parent ? 1 : 0] = '\0';
	return path_sync(parent);
}

static int
dir_check(const char *path, struct note *note)
{
	struct stat st;

	if (strcmp(path, "/") == 0)
		return note_set(note, OUT_DENIED,
				"data: / is no place for an installation");
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return note_set(note, OUT_DENIED, "data: %s: not a directory",
				path);
	if (st.st_uid != geteuid())
		return note_set(note, OUT_DENIED,
				"data: %s belongs to somebody else", path);
	if ((st.st_mode & 022) != 0)
		return note_set(note, OUT_DENIED,
				"data: %s can be written by others", path);
	return 0;
}

static int
dir_look(struct data_dir *dir, struct note *note)
{
	DIR *d = opendir(dir->path);
	bool empty = true, mark = false, node = false;
	struct dirent *e;

	if (d == NULL)
		return note_set(note, OUT_DENIED, "data: %s: %s", dir->path,
				strerror(errno));
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		empty = false;
		mark = mark || strcmp(e->d_name, MARK) == 0;
		node = node || strcmp(e->d_name, NODE) == 0;
	}
	(void)closedir(d);
	dir->fresh = empty || mark;
	if (!dir->fresh && !node)
		return note_set(note, OUT_CONFLICT,
				"data: %s holds other things than an "
				"installation; name an empty directory",
				dir->path);
	return 0;
}

static bool
holds(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", folder, name) <
		   (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

/* Take away what stands behind the last slash; false: there is nothing above.
 */
static bool
up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || path[1] == '\0')
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/* What lies in another installation would be collected, copied and restored
 * along with it. Looked for before anything is made. */
static int
outside_check(const char *path, struct note *note)
{
	char asked[PATH_MAX], at[PATH_MAX];
	bool there;

	if (snprintf(asked, sizeof(asked), "%s%s", path[0] == '/' ? "" : "./",
		     path) >= (int)sizeof(asked))
		return note_set(note, OUT_MALFORMED, "data: name too long");
	there = realpath(asked, at) != NULL;
	while (!there && up(asked) && realpath(asked, at) == NULL)
		continue;
	/* Its own folder may be an installation: it itself. */
	for (bool more = !there || up(at); more; more = up(at))
		if (holds(at, NODE) && holds(at, DATABASE))
			return note_set(note, OUT_DENIED,
					"data: %s lies in the installation %s",
					path, at);
	return 0;
}

int
data_dir_open(const char *path, struct data_dir *ret, struct note *note)
{
	struct data_dir dir = {.fresh = false};
	int r = 0;

	/* Open files are given their names through it. */
	if (access("/proc/self/fd", X_OK) != 0)
		return note_set(note, OUT_DENIED, "/proc is not mounted");
	r = outside_check(path, note);
	if (r == 0)
		r = dir_make(path, note);
	if (r == 0 && realpath(path, dir.path) == NULL)
		r = note_set(note, OUT_DENIED, "data: %s: %s", path,
			     strerror(errno));
	if (r == 0)
		r = dir_check(dir.path, note);
	if (r == 0)
		r = dir_look(&dir, note);
	if (r == 0)
		*ret = dir;
	return r;
}

int
data_dir_begin(const struct data_dir *dir, struct note *note)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/" MARK, dir->path) >=
	    (int)sizeof(path))
		return note_set(note, OUT_MALFORMED, "data: name too long");
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return note_set(note, OUT_DENIED, "data: %s: %s", path,
				strerror(errno));
	(void)close(fd);
	return path_sync(dir->path);
}

int
data_dir_end(const struct data_dir *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/" MARK, dir->path) >=
	    (int)sizeof(path))
		return FAIL(-ENAMETOOLONG);
	if (unlink(path) != 0)
		return FAIL(-errno);
	return path_sync(dir->path);
}
