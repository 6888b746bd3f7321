#include "core/data.h"

#include "base/enc.h"
#include "base/fd.h"
#include "crypt/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODE_LEN 32
#define BOOT_LEN 36

static int
path_make(char ret[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", dir, name);

	return n < 0 || n >= PATH_MAX ? FAIL(-ENAMETOOLONG) : 0;
}

static int
dir_sync(const char *path)
{
	CLEAN(fd_closep)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) != 0 ? FAIL(-errno) : 0;
}

static int
dir_check(const char *path, struct note *note)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	/* The directory itself may be reached through a link of the operator.
	 */
	if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	if (!S_ISDIR(st.st_mode))
		return note_set(note, OUT_DENIED, "%s: not a directory", path);
	if (st.st_uid != geteuid())
		return note_set(note, OUT_DENIED, "%s: belongs to another user",
				path);
	if ((st.st_mode & 022) != 0)
		return note_set(note, OUT_DENIED, "%s: others may write in it",
				path);
	return 0;
}

int
data_dir(const char *path, bool make, struct note *note)
{
	int r = dir_check(path, note);

	if (r != OUT_ABSENT)
		return r;
	if (!make)
		return note_set(note, OUT_ABSENT, "%s: nothing there", path);
	if (mkdir(path, 0700) != 0)
		return note_set(note, FAIL(-errno), "%s: cannot be made", path);
	return 0;
}

int
data_sub_dir(const char *dir, const char *name, struct note *note)
{
	char path[PATH_MAX];
	int r = path_make(path, dir, name);

	if (r != 0)
		return r;
	if (mkdir(path, 0700) == 0)
		return dir_sync(dir);
	return errno == EEXIST ? FOLD(dir_check(path, note)) : FAIL(-errno);
}

static int
node_read(const char *path, char ret[33], struct note *note)
{
	CLEAN(fd_closep)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[NODE_LEN + 2];
	uint8_t raw[NODE_LEN / 2];
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	n = read(fd, text, sizeof(text));
	if (n < 0)
		return FAIL(-errno);
	if (n != NODE_LEN + 1 || text[NODE_LEN] != '\n' ||
	    dec_hex((struct str){text, NODE_LEN}, raw, sizeof(raw)) != 0)
		return note_set(note, OUT_MALFORMED, "%s: not a node id", path);
	memcpy(ret, text, NODE_LEN);
	ret[NODE_LEN] = '\0';
	return 0;
}

/* Durable under its final name before anybody reads it: the trail's chain
 * hangs on it. */
static int
node_write(const char *dir, const char *path, const char *id)
{
	char temp[PATH_MAX], line[NODE_LEN + 2];
	int r = path_make(temp, dir, "node.new");

	if (r != 0)
		return r;
	(void)snprintf(line, sizeof(line), "%s\n", id);
	(void)unlink(temp);
	{
		CLEAN(fd_closep)
		int fd = open(
		    temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);

		if (fd < 0 || fchmod(fd, 0600) != 0)
			return FAIL(-errno);
		if (write(fd, line, NODE_LEN + 1) != NODE_LEN + 1)
			return FAIL(errno != 0 ? -errno : -EIO);
		if (fsync(fd) != 0)
			return FAIL(-errno);
	}
	if (rename(temp, path) != 0)
		return FAIL(-errno);
	return dir_sync(dir);
}

int
data_node(const char *dir, bool make, char ret[33], struct note *note)
{
	char path[PATH_MAX], id[NODE_LEN + 1];
	int r = path_make(path, dir, "node");

	if (r == 0)
		r = node_read(path, ret, note);
	if (r != OUT_ABSENT || !make)
		return r == OUT_ABSENT ? note_set(note, r, "%s: missing", path)
				       : r;
	r = rand_hex(id, NODE_LEN);
	if (r == 0)
		r = node_write(dir, path, id);
	if (r == 0)
		memcpy(ret, id, sizeof(id));
	return r;
}

int
data_boot(char ret[37])
{
	CLEAN(fd_closep)
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return FAIL(-errno);
	if (read(fd, ret, BOOT_LEN) != BOOT_LEN)
		return FAIL(-EIO);
	ret[BOOT_LEN] = '\0';
	return 0;
}
