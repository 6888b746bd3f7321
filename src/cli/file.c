/* The user's own files: where they are, read whole, replaced whole. */
#include "cli/cli.h"

#include "base/fd.h"
#include "base/i18n.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
text_free(char **p)
{
	free(*p);
}

static int
home_dir(struct buf *ret, struct note *note)
{
	const char *own = getenv("LATCHKEY_HOME");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (own != NULL && own[0] != '\0')
		return buf_adds(ret, own);
	if (xdg != NULL && xdg[0] == '/')
		return buf_addf(ret, "%s/latchkey", xdg);
	if (home != NULL && home[0] == '/')
		return buf_addf(ret, "%s/.config/latchkey", home);
	return note_set(note, OUT_ABSENT,
			_("no home directory: set HOME or LATCHKEY_HOME"));
}

/* Like mkdir -p with mode 0700 for whatever is missing. */
static int
make_dirs(char *path, struct note *note)
{
	for (char *at = path + 1;; at++) {
		char kept = *at;

		if (kept != '/' && kept != '\0')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return note_set(note, OUT_DENIED,
					_("cannot make %s: %s"), path,
					strerror(errno));
		*at = kept;
		if (kept == '\0')
			return 0;
	}
}

int
file_make_dir(const char *path, struct note *note)
{
	CLEAN(text_free) char *dir = strdup(path);
	char *slash;

	if (dir == NULL)
		return FAIL(-ENOMEM);
	slash = strrchr(dir, '/');
	if (slash == NULL || slash == dir)
		return 0;
	*slash = '\0';
	return make_dirs(dir, note);
}

int
home_path(const char *name, struct buf *ret, struct note *note)
{
	int r = home_dir(ret, note);

	if (r == 0 && buf_err(ret) == 0)
		r = make_dirs(ret->p, note);
	if (r != 0)
		return r;
	(void)buf_addf(ret, "/%s", name);
	return buf_err(ret);
}

static void
sync_dir_of(const char *path)
{
	CLEAN(text_free) char *copy = strdup(path);
	CLEAN(fd_closep) int fd = -1;

	if (copy == NULL)
		return;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)fsync(fd);
}

int
file_replace(const char *path, struct str content, struct note *note)
{
	CLEAN(buf_clear) struct buf temp = BUF_INIT;
	CLEAN(fd_closep) int fd = -1;

	(void)buf_addf(&temp, "%s.XXXXXX", path);
	if (buf_err(&temp) != 0)
		return buf_err(&temp);
	fd = mkostemp(temp.p, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return note_set(note, OUT_DENIED, _("cannot write %s: %s"),
				path, strerror(errno));
	if (fd_write_all(fd, content) != 0 || fsync(fd) != 0 ||
	    rename(temp.p, path) != 0) {
		int e = errno;

		(void)unlink(temp.p);
		return note_set(note, OUT_DENIED, _("cannot write %s: %s"),
				path, strerror(e));
	}
	sync_dir_of(path);
	return 0;
}

static int
read_fd(int fd, const char *path, size_t max, struct buf *ret,
	struct note *note)
{
	for (;;) {
		ssize_t n;

		if (ret->n > max)
			return note_set(note, OUT_TOO_LARGE,
					_("%s is larger than %zu bytes"), path,
					max);
		if (buf_room(ret, 4096) != 0)
			return buf_err(ret);
		n = read(fd, ret->p + ret->n, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return note_set(note, OUT_DENIED,
					_("cannot read %s: %s"), path,
					strerror(errno));
		ret->n += (size_t)n;
		ret->p[ret->n] = '\0';
		if (n == 0)
			return 0;
	}
}

int
file_read(const char *path, size_t max, struct buf *ret, struct note *note)
{
	CLEAN(fd_closep) int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, _("standard input"), max, ret,
			       note);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return note_set(note, errno == ENOENT ? OUT_ABSENT : OUT_DENIED,
				_("cannot read %s: %s"), path, strerror(errno));
	return read_fd(fd, path, max, ret, note);
}
