/*
 * latchkeyd restore FROM: an installation in an empty folder, from a copy of
 * one. The same steps as for a backup: so the copy may lie on a disk that
 * cannot be written, may have lost its modes on the way, and is not changed;
 * and what is interrupted is no installation.
 */
#include "server/backup.h"
#include "server/command.h"
#include "server/process.h"
#include "server/revocations.h"
#include "server/serve.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
from_check(const char *path, char ret[PATH_MAX], struct note *note)
{
	static const char *const parts[] = {BACKUP_DATABASE, "node", "vault"};

	if (realpath(path, ret) == NULL)
		return note_set(note, OUT_ABSENT, "%.200s: %s", path,
				strerror(errno));
	for (size_t i = 0; i < nitems(parts); i++) {
		char part[PATH_MAX];
		int n = snprintf(part, sizeof(part), "%s/%s", ret, parts[i]);

		if (n >= PATH_MAX || access(part, R_OK) != 0)
			return note_set(note, OUT_ABSENT,
					"%.160s is no whole copy: %s: %s", ret,
					parts[i], strerror(errno));
	}
	return 0;
}

static bool
is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = d != NULL;

	while (empty && (e = readdir(d)) != NULL)
		empty =
		    strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (d != NULL)
		(void)closedir(d);
	return empty;
}

/* A service finds its folder made. Nothing is ever written over. */
static int
to_make(const char *path, const char *from, char ret[PATH_MAX],
	struct note *note)
{
	size_t n = strlen(from);
	struct stat st;

	if ((mkdir(path, 0700) != 0 && errno != EEXIST) ||
	    realpath(path, ret) == NULL || stat(ret, &st) != 0)
		return note_set(note, OUT_CONFLICT, "%.200s: %s", path,
				strerror(errno));
	if (!is_empty(ret))
		return note_set(note, OUT_CONFLICT,
				"%.200s is not empty: name a new folder, or "
				"move away what is there",
				path);
	if (strncmp(ret, from, n) == 0 && ret[n] == '/') {
		(void)rmdir(ret);
		return note_set(note, OUT_CONFLICT,
				"%.200s lies inside of what is to be copied",
				path);
	}
	if (st.st_uid != geteuid() || chmod(ret, 0700) != 0)
		return note_set(note, OUT_DENIED,
				"%.200s belongs to somebody else", path);
	return 0;
}

static int
tell(const struct run *run, const struct data_dir *dir)
{
	CLEAN(core_freep) struct core *core = NULL;
	const struct opt_value *own = run->own;
	int r = serve_core_open(run->conf, dir, false, &core);

	if (r == 0)
		r = revocations_moment(core);
	if (r == 0 && own[RESTORE_SINCE].given)
		return revocations_say(core, own[RESTORE_SINCE].text,
				       own[RESTORE_APPLY].given);
	if (r == 0)
		printf("What was revoked or deleted after that lives in it "
		       "again. Where the data that\nit replaces can still be "
		       "read, 'latchkeyd revocations OLD --data %s'\nlists "
		       "it.\n",
		       dir->path);
	return r;
}

int
command_restore(const struct run *run)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	if (run->own[RESTORE_APPLY].given && !run->own[RESTORE_SINCE].given)
		return serve_complain(EXIT_USAGE,
				      "--apply needs --since-data OLD");
	if (from_check(run->rest[0], from, &note) != 0)
		return serve_complain(EXIT_CONF, note.text);
	if (to_make(run->conf->data, from, to, &note) != 0)
		return serve_complain(EXIT_CANTCREAT, note.text);
	r = backup_copy(from, to, true, &note);
	if (r != 0)
		return admin_complain("restore", r, &note);
	r = backup_check(run->conf, to, run->own[RESTORE_DEEP].given);
	if (r != 0)
		return r;
	if (data_dir_open(to, &dir, &note) != 0)
		return serve_complain(EXIT_FAILURE, note.text);
	printf("Restored: %s\n", to);
	return tell(run, &dir);
}
