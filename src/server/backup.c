/*
 * latchkeyd backup DIR: a whole installation in another directory, ready to be
 * served from there. The database copies itself; the vault, the blobs and the
 * node's id are plain files that nobody writes while we hold the data.
 */
#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"

#include "db/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4
#define DATABASE  "latchkey.db"

static void
fd_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static void
dir_closep(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

static int
file_copy(int from_dir, int to_dir, const char *name)
{
	CLEAN(fd_closep)
	int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEAN(fd_closep)
	int to =
	    openat(to_dir, name,
		   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t n;

	if (from < 0 || to < 0)
		return FAIL(-errno);
	do
		n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
	while (n > 0);
	return n < 0 ? FAIL(-errno) : 0;
}

/* Not copied: the database, which copies itself, and what belongs to the
 * installation's first minutes. */
static bool
is_left_out(const char *name, int depth)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       (depth == 0 && (str_starts(str_c(name), STR(DATABASE)) ||
			       strcmp(name, "first-apikey") == 0));
}

static int tree_copy(int from_dir, int to_dir, int depth);

static int
folder_copy(int from_dir, int to_dir, const char *name, int depth)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;

	if (depth == DEPTH_MAX)
		return FAIL(-ELOOP);
	if (mkdirat(to_dir, name, 0700) != 0)
		return FAIL(-errno);
	from = openat(from_dir, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	to = openat(to_dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0 || to < 0)
		return FAIL(-errno);
	return tree_copy(from, to, depth + 1);
}

static int
tree_copy(int from_dir, int to_dir, int depth)
{
	int fd = dup(from_dir), r = 0;
	CLEAN(dir_closep) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (d == NULL)
		return FAIL(-errno);
	while (r == 0 && (e = readdir(d)) != NULL) {
		struct stat st;

		if (is_left_out(e->d_name, depth))
			continue;
		if (fstatat(from_dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return FAIL(-errno);
		if (S_ISDIR(st.st_mode))
			r = folder_copy(from_dir, to_dir, e->d_name, depth);
		else if (S_ISREG(st.st_mode))
			r = file_copy(from_dir, to_dir, e->d_name);
	}
	return r;
}

static int
backup_make(struct core *core, const char *from, const char *to,
	    struct note *note)
{
	char path[PATH_MAX];
	CLEAN(fd_closep)
	int from_dir = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN(fd_closep)
	int to_dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (from_dir < 0 || to_dir < 0)
		return FAIL(-errno);
	if (snprintf(path, sizeof(path), "%s/" DATABASE, to) >=
	    (int)sizeof(path))
		return FAIL(-ENAMETOOLONG);
	r = db_backup(core->db, path, note);
	if (r == 0)
		r = tree_copy(from_dir, to_dir, 0);
	if (r == 0 && syncfs(to_dir) != 0)
		r = FAIL(-errno);
	return r;
}

/* New, and not inside of what is copied. */
static int
target_make(const char *path, const char *data, char ret[PATH_MAX],
	    struct note *note)
{
	size_t n = strlen(data);

	if (mkdir(path, 0700) != 0 || realpath(path, ret) == NULL)
		return note_set(note, OUT_CONFLICT, "%s: %s", path,
				strerror(errno));
	if (strncmp(ret, data, n) == 0 && ret[n] == '/') {
		(void)rmdir(path);
		return note_set(note, OUT_CONFLICT,
				"%s lies inside the data directory", path);
	}
	return 0;
}

int
command_backup(const struct run *run)
{
	CLEAN(core_freep) struct core *core = NULL;
	char target[PATH_MAX];
	struct data_dir dir;
	struct note note = {0};
	int r = access(run->conf->data, F_OK) == 0
		    ? data_dir_open(run->conf->data, &dir, &note)
		    : note_set(&note, OUT_ABSENT, "data: %s: nothing there",
			       run->conf->data);

	if (r == 0 && dir.fresh)
		r = note_set(&note, OUT_ABSENT, "data: %s: no installation",
			     dir.path);
	if (r != 0)
		return serve_complain(EXIT_CONF, note.text);
	r = serve_core_open(run->conf, &dir, false, &core);
	if (r != 0)
		return r;
	if (target_make(run->rest[0], dir.path, target, &note) != 0)
		return serve_complain(EXIT_CANTCREAT, note.text);
	r = backup_make(core, dir.path, target, &note);
	if (r != 0)
		return serve_complain(EXIT_FAILURE, note.text[0] != '\0'
							? note.text
							: "backup failed");
	printf("%s\n", target);
	return 0;
}
