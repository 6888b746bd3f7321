/*
 * latchkeyd backup DIR: a whole installation in another directory, ready to be
 * served from there, made beside a daemon that goes on serving. The database
 * comes first, as of one moment; then the plain files. A blob that the database
 * knows was whole before its row was, a longer upload is cut to what its row
 * says, and a repository's folder is there before its row and goes after it.
 * The copy gets its database's name last and is then checked: what was
 * interrupted or does not hold together is no installation.
 */
#include "server/backup.h"

#include "base/fd.h"
#include "blob/blob.h"
#include "server/backup_git.h"
#include "server/command.h"
#include "server/copy.h"
#include "server/git_hold.h"
#include "server/process.h"
#include "server/serve.h"
#include "server/verify_git.h"

#include "base/log.h"
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4
#define PARTIAL	  "latchkey.partial"

/* Not copied: the database, which copies itself, repositories, which have an
 * order of their own, and the first key's file, which is for the eyes of
 * whoever installed. (The socket of commands is no file.) */
static bool
is_left_out(const char *name, int depth)
{
	return depth == 0 && (str_starts(str_c(name), STR(BACKUP_DATABASE)) ||
			      strcmp(name, BACKUP_GIT_FOLDER) == 0 ||
			      strcmp(name, "first-apikey") == 0);
}

static int
database_copy(const char *from, const char *to, bool still, struct note *note)
{
	char from_path[PATH_MAX], to_path[PATH_MAX];
	int n = snprintf(from_path, PATH_MAX, "%s/" BACKUP_DATABASE, from);
	int k = snprintf(to_path, PATH_MAX, "%s/" PARTIAL, to);

	if (n >= PATH_MAX || k >= PATH_MAX)
		return FAIL(-ENAMETOOLONG);
	return still ? db_copy(from_path, to_path, note)
		     : db_backup(from_path, to_path, note);
}

/* From before the database is copied until the end: what it knows of must not
 * be removed meanwhile. */
static int
hold(const char *from, const char *name, int (*take)(const char *, int *),
     int *ret_fd)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", from, name);
	int r = n < PATH_MAX ? take(path, ret_fd) : FAIL(-ENAMETOOLONG);

	return r == OUT_ABSENT ? 0 : r;
}

int
backup_copy(const char *from, const char *to, bool still, struct note *note)
{
	CLEAN(fd_closep) int git = -1;
	CLEAN(fd_closep) int blobs = -1;
	CLEAN(fd_closep)
	int from_dir = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN(fd_closep)
	int to_dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (from_dir < 0 || to_dir < 0)
		return FAIL(-errno);
	r = hold(from, BACKUP_GIT_FOLDER, git_hold_together, &git);
	if (r == 0)
		r = hold(from, "blobs", blob_hold_together, &blobs);
	if (r == 0)
		r = database_copy(from, to, still, note);
	if (r == 0)
		r = copy_tree(from_dir, to_dir, DEPTH_MAX, is_left_out);
	if (r == 0)
		r = backup_git(from_dir, to_dir);
	if (r == 0 && syncfs(to_dir) != 0)
		r = FAIL(-errno);
	if (r == 0 &&
	    (renameat(to_dir, PARTIAL, to_dir, BACKUP_DATABASE) != 0 ||
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

int
backup_check(const struct conf *conf, const char *path, bool deep)
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
	r = core_verify(core, deep, say_failed, NULL);
	if (r == 0)
		r = verify_git(core, conf->git, deep, say_failed, NULL);
	return r == 0 ? 0
		      : serve_complain(EXIT_FAILURE,
				       "the copy does not hold together");
}

int
command_backup(const struct run *run)
{
	char target[PATH_MAX];
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	r = admin_installed(run->conf, &dir);
	if (r != 0)
		return r;
	if (target_make(run->rest[0], dir.path, target, &note) != 0)
		return serve_complain(EXIT_CANTCREAT, note.text);
	r = backup_copy(dir.path, target, false, &note);
	if (r != 0)
		return admin_complain("backup", r, &note);
	r = backup_check(run->conf, target, false);
	if (r == 0)
		printf("%s\n", target);
	return r;
}
