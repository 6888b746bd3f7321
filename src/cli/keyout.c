/* A private key's file: there before the key is, and gone when the key is. */
#include "cli/pairs.h"

#include "base/fd.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNER_ONLY 0600

static void
text_free(char **p)
{
	free(*p);
}

static int
cannot_make(struct cli *cli, const char *path, int e)
{
	cli->status = CLI_CANT_CREATE;
	if (e == EEXIST)
		return note_set(&cli->note, OUT_CONFLICT,
				_("%.120s is there already and is not "
				  "overwritten; --out FILE takes another "
				  "name. No key pair was made."),
				path);
	return note_set(&cli->note, OUT_DENIED,
			_("cannot make %.120s: %s. No key pair was made."),
			path, strerror(e));
}

/* Is what has this name still the file that we made? */
static bool
is_ours(const struct keyout *k)
{
	struct stat own, named;

	return fstat(k->fd, &own) == 0 && lstat(k->path, &named) == 0 &&
	       own.st_dev == named.st_dev && own.st_ino == named.st_ino;
}

int
keyout_open(struct cli *cli, const char *path, struct keyout *ret)
{
	struct keyout k = {.path = path, .fd = STDOUT_FILENO};
	int e;

	k.is_stdout = strcmp(path, "-") == 0;
	if (k.is_stdout) {
		*ret = k;
		return 0;
	}
	k.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    OWNER_ONLY);
	if (k.fd < 0)
		return cannot_make(cli, path, errno);
	/* A full disk is to be known before there is a key to be lost. */
	e = posix_fallocate(k.fd, 0, KEYOUT_ROOM);
	if (e == 0 && fchmod(k.fd, OWNER_ONLY) != 0)
		e = errno;
	if (e != 0) {
		keyout_clear(&k);
		return cannot_make(cli, path, e);
	}
	*ret = k;
	return 0;
}

/* A folder that may not be read cannot be synced; the file is, by itself. */
static int
folder_sync(const char *path)
{
	CLEAN(text_free) char *copy = strdup(path);
	CLEAN(fd_closep) int fd = -1;

	if (copy == NULL)
		return ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) == 0 || errno == EINVAL)
		return 0;
	return errno;
}

static int
file_write(const struct keyout *k, struct str key)
{
	if (fd_write_all(k->fd, key) != 0 ||
	    ftruncate(k->fd, (off_t)key.n) != 0 || fsync(k->fd) != 0)
		return errno;
	if (!is_ours(k))
		return ENOENT;
	return folder_sync(k->path);
}

int
keyout_write(struct cli *cli, struct keyout *k, struct str key)
{
	int e = 0;

	if (!k->is_stdout)
		e = file_write(k, key);
	else if (fd_write_all(k->fd, key) != 0)
		e = errno;
	if (e != 0)
		return note_set(&cli->note, OUT_DENIED,
				_("cannot write the private key to %.100s: %s"),
				k->is_stdout ? _("standard output") : k->path,
				strerror(e));
	k->whole = true;
	return 0;
}

void
keyout_clear(struct keyout *k)
{
	if (k->is_stdout || k->fd < 0)
		return;
	if (!k->whole && is_ours(k))
		(void)unlink(k->path);
	fd_closep(&k->fd);
}
