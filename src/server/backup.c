/*
 * latchkeyd backup DIR: a whole installation in another directory, ready to be
 * served from there, made beside a daemon that goes on serving. The database
 * comes first, as of one moment; then the plain files. A blob that the database
 * knows was whole before its row was, and a longer upload is cut to what its
 * row says. The copy gets its database's name last and is then checked: what
 * was interrupted or does not hold together is no installation.
 */
#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"

#include "base/log.h"
#include "db/db.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4
#define PIECE	  ((size_t)1 << 30)
#define DATABASE  "latchkey.db"
#define PARTIAL	  "latchkey.partial"

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

/* Within one filesystem blocks can be shared or moved by it; between two of
 * different kinds that call says no. */
static int
bytes_copy(int from, int to)
{
	bool apart = false, again;
	ssize_t n;

	do {
		n = apart ? sendfile(to, from, NULL, PIECE)
			  : copy_file_range(from, NULL, to, NULL, PIECE, 0);
		again = n < 0 && !apart &&
			(errno == EXDEV || errno == EINVAL ||
			 errno == EOPNOTSUPP || errno == ENOSYS);
		apart = apart || again;
	} while (n > 0 || again);
	return n < 0 ? FAIL(-errno) : 0;
}

static int
file_copy(int from_dir, int to_dir, const char *name)
{
	CLEAN(fd_closep)
	int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEAN(fd_closep) int to = -1;

	/* Gone meanwhile: an upload that ended. */
	if (from < 0 && errno == ENOENT)
		return 0;
	if (from < 0)
		return FAIL(-errno);
	to = openat(to_dir, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return FAIL(-errno);
	return bytes_copy(from, to);
}

/* Not copied: the database, which copies itself, and the first key's file,
 * which is for the eyes of whoever installed. */
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
		if (fstatat(from_dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) !=
		    0) {
			if (errno == ENOENT)
				continue;
			return FAIL(-errno);
		}
		if (S_ISDIR(st.st_mode))
			r = folder_copy(from_dir, to_dir, e->d_name, depth);
		else if (S_ISREG(st.st_mode))
			r = file_copy(from_dir, to_dir, e->d_name);
	}
	return r;
}

static int
database_copy(const char *from, const char *to, struct note *note)
{
	char from_path[PATH_MAX], to_path[PATH_MAX];
	int n = snprintf(from_path, PATH_MAX, "%s/" DATABASE, from);
	int k = snprintf(to_path, PATH_MAX, "%s/" PARTIAL, to);

	if (n >= PATH_MAX || k >= PATH_MAX)
		return FAIL(-ENAMETOOLONG);
	return db_backup(from_path, to_path, note);
}

static int
backup_make(const char *from, const char *to, struct note *note)
{
	CLEAN(fd_closep)
	int from_dir = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN(fd_closep)
	int to_dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (from_dir < 0 || to_dir < 0)
		return FAIL(-errno);
	r = database_copy(from, to, note);
	if (r == 0)
		r = tree_copy(from_dir, to_dir, 0);
	if (r == 0 && syncfs(to_dir) != 0)
		r = FAIL(-errno);
	if (r == 0 && (renameat(to_dir, PARTIAL, to_dir, DATABASE) != 0 ||
		       fsync(to_dir) != 0))
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

static void
say_failed(void *arg, const char *line)
{
	(void)arg;
	if (str_starts(str_c(line), STR("FAILED")))
		fprintf(stderr, "%s\n", line);
}

/* What was copied can be opened and holds together. */
static int
copy_check(const struct conf *conf, const char *path)
{
	CLEAN(core_freep) struct core *core = NULL;
	struct data_dir dir;
	struct note note = {0};
	int r = data_dir_open(path, &dir, &note);

	if (r != 0)
		return serve_complain(EXIT_FAILURE, note.text);
	r = serve_core_open(conf, &dir, false, &core);
	if (r != 0)
		return r;
	r = core_verify(core, false, say_failed, NULL);
	return r == 0 ? 0
		      : serve_complain(EXIT_FAILURE,
				       "the copy does not hold together");
}

/* The installation that is to be copied; a daemon may be running on it. */
static int
source_find(const struct conf *conf, struct data_dir *ret)
{
	struct note note = {0};
	int r = access(conf->data, F_OK) == 0
		    ? data_dir_open(conf->data, ret, &note)
		    : note_set(&note, OUT_ABSENT, "data: %s: nothing there",
			       conf->data);

	if (r == 0 && ret->fresh)
		r = note_set(&note, OUT_ABSENT, "data: %s: no installation",
			     ret->path);
	return r == 0 ? 0 : serve_complain(EXIT_CONF, note.text);
}

int
command_backup(const struct run *run)
{
	char target[PATH_MAX];
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	r = source_find(run->conf, &dir);
	if (r != 0)
		return r;
	if (target_make(run->rest[0], dir.path, target, &note) != 0)
		return serve_complain(EXIT_CANTCREAT, note.text);
	r = backup_make(dir.path, target, &note);
	if (r != 0)
		return admin_complain("backup", r, &note);
	r = copy_check(run->conf, target);
	if (r == 0)
		printf("%s\n", target);
	return r;
}
