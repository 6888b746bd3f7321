#include "base/fd.h"
#include "follow/disk.h"
#include "follow/install.h"
#include "follow/run.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USERADD "/usr/sbin/useradd"

static int
user_find(struct install *in)
{
	const struct passwd *pw = getpwnam(FOLLOW_USER);

	if (pw == NULL)
		return OUT_ABSENT;
	if (pw->pw_uid == 0)
		return note_set(&in->note, OUT_DENIED,
				"the user " FOLLOW_USER " is root");
	in->uid = pw->pw_uid;
	in->gid = pw->pw_gid;
	return 0;
}

static int
user_make(struct install *in)
{
	const char *argv[] = {USERADD,	      "--system",
			      "--user-group", "--no-create-home",
			      "--home-dir",   "/nonexistent",
			      "--shell",      "/usr/sbin/nologin",
			      FOLLOW_USER,    NULL};
	CLEAN(buf_clear) struct buf said = BUF_INIT;
	struct run run = {.argv = argv, .out = &said, .both = true};
	int status = 0, r = user_find(in);

	if (r != OUT_ABSENT)
		return r;
	r = run_program(&run, &status, &in->note);
	if (r != 0)
		return r;
	if (status != 0)
		return note_set(&in->note, OUT_DENIED,
				"cannot make the user " FOLLOW_USER ": %.150s",
				said.p);
	r = user_find(in);
	if (r == OUT_ABSENT)
		return note_set(&in->note, OUT_DENIED,
				"the user " FOLLOW_USER " is not there after "
				"it was made");
	return r;
}

static int
folder_make(struct install *in, const char *path, const struct disk_as *as)
{
	CLEAN(fd_closep) int fd = -1;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return note_set(&in->note, OUT_DENIED, "cannot make %s: %s",
				path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchown(fd, as->uid, as->gid) != 0 ||
	    fchmod(fd, as->mode) != 0 || fsync(fd) != 0 ||
	    disk_sync_dir(path) != 0)
		return note_set(&in->note, OUT_DENIED, "cannot use %s: %s",
				path, strerror(errno));
	return 0;
}

/* sshd runs nothing that anybody but root could exchange. */
static int
path_check(struct install *in)
{
	char path[] = FOLLOW_PROGRAM;

	for (char *at = path + strlen(path); at != NULL;
	     at = strrchr(path, '/')) {
		const char *name = path;
		struct stat st;

		*at = '\0';
		if (path[0] == '\0')
			name = "/";
		if (stat(name, &st) != 0)
			return note_set(&in->note, OUT_DENIED,
					"cannot look at %s: %s", name,
					strerror(errno));
		if (st.st_uid != 0 || (st.st_mode & 022) != 0)
			return note_set(&in->note, OUT_DENIED,
					"sshd runs nothing below %s while "
					"others than root may write there",
					name);
	}
	return 0;
}

static int
program_make(struct install *in)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(INSTALL_FILE_MAX);
	const struct disk_as as = {.uid = 0, .gid = 0, .mode = 0755};
	struct stat here, there;
	int r;

	if (fstat(in->self, &here) != 0)
		return FAIL(-errno);
	if (stat(FOLLOW_PROGRAM, &there) == 0 && here.st_dev == there.st_dev &&
	    here.st_ino == there.st_ino)
		return 0;
	r = disk_read_fd(in->self, "this program", INSTALL_FILE_MAX - 1, &text,
			 &in->note);
	return r != 0 ? r
		      : disk_settle(FOLLOW_PROGRAM, buf_str(&text), &as,
				    &in->note);
}

int
place_make(struct install *in)
{
	struct disk_as root = {.uid = 0, .gid = 0, .mode = 0755};
	struct disk_as ours;
	int r = user_make(in);

	if (r != 0)
		return r;
	ours = (struct disk_as){.uid = in->uid, .gid = in->gid, .mode = 0700};
	r = folder_make(in, INSTALL_VAR, &ours);
	if (r == 0)
		r = folder_make(in, "/usr/local/lib/latchkey", &root);
	root.gid = in->gid;
	root.mode = 0750;
	if (r == 0)
		r = folder_make(in, INSTALL_ETC, &root);
	if (r == 0)
		r = program_make(in);
	return r != 0 ? r : path_check(in);
}

/* Folders go when nothing of anybody else's is in them. */
int
place_remove(struct note *note)
{
	static const char *const files[] = {
	    CONF_PATH,		INSTALL_ETC "/" CONF_KEY_NAME,
	    INSTALL_CA,		CONF_CACHE,
	    CONF_CACHE ".lock", FOLLOW_PROGRAM};
	static const char *const folders[] = {INSTALL_ETC, INSTALL_VAR,
					      "/usr/local/lib/latchkey"};

	for (size_t i = 0; i < nitems(files); i++) {
		int r = disk_remove(files[i]);

		if (r != 0 && r != -ENOENT)
			return note_set(note, OUT_DENIED,
					"cannot remove %s: %s", files[i],
					strerror(-r));
	}
	for (size_t i = 0; i < nitems(folders); i++)
		(void)rmdir(folders[i]);
	return 0;
}
