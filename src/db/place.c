#include "db/place.h"

#include "base/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TEMPORARY_NAME "db"
#define LOCK_TRIES     50 /* one second in all */
#define LOCK_PAUSE_MS  20

static int
failed(struct note *note, const char *what, const char *path)
{
	int e = errno;

	return note_set(note, FAIL(-e), "%s %s: %s", what, path, strerror(e));
}

/* A folder in memory where the machine has one, else where TMPDIR says. */
static int
temporary_make(struct place *place, struct note *note)
{
	const char *tmp = getenv("TMPDIR");
	const char *bases[] = {"/dev/shm", tmp == NULL ? "/tmp" : tmp, "/tmp"};

	for (size_t i = 0; i < nitems(bases); i++) {
		char *made = NULL;

		if (asprintf(&made, "%s/latchkey-XXXXXX", bases[i]) < 0)
			return FAIL(-ENOMEM);
		place->folder = mkdtemp(made);
		if (place->folder != NULL) {
			place->temporary = true;
			return 0;
		}
		free(made);
	}
	return failed(note, "cannot make a folder in", bases[2]);
}

static int
folder_find(struct place *place, const char *path, struct note *note)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	if (n >= sizeof(folder) || path[0] == '\0' ||
	    (slash != NULL && slash[1] == '\0'))
		return note_set(note, FAIL(-EINVAL), "\"%s\" names no file",
				path);
	if (slash == NULL)
		memcpy(folder, ".", 2);
	else if (slash == path)
		memcpy(folder, "/", 2);
	else {
		memcpy(folder, path, n);
		folder[n] = '\0';
	}
	place->folder = realpath(folder, NULL);
	return place->folder == NULL ? failed(note, "cannot open", folder) : 0;
}

static int
find(struct place *place, const char *path, struct note *note)
{
	bool temporary = strcmp(path, ":memory:") == 0;
	const char *slash = strrchr(path, '/');
	int r = temporary ? temporary_make(place, note)
			  : folder_find(place, path, note);

	if (r != 0)
		return r;
	if (asprintf(&place->file, "%s/%s", place->folder,
		     temporary	     ? TEMPORARY_NAME
		     : slash == NULL ? path
				     : slash + 1) < 0) {
		place->file = NULL;
		return FAIL(-ENOMEM);
	}
	place->name = strrchr(place->file, '/') + 1;
	place->dir = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return place->dir < 0 ? failed(note, "cannot open", place->folder) : 0;
}

int
place_find(const char *path, struct place *ret, struct note *note)
{
	struct place place = PLACE_INIT;
	int r = find(&place, path, note);

	if (r != 0)
		place_clear(&place);
	else
		*ret = place;
	return r;
}

/* A server that was killed may leave a child that has it for the moment that it
 * takes to end. errno says why not. */
static bool
lock_wait(int fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
			return true;
		if (errno != EAGAIN && errno != EACCES)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	errno = EAGAIN;
	return false;
}

static int
lock_take(struct place *place, struct note *note)
{
	char lock[NAME_MAX + 1];
	int n = snprintf(lock, sizeof(lock), "%s.lock", place->name);

	if (n < 0 || (size_t)n >= sizeof(lock))
		return FAIL(-ENAMETOOLONG);
	place->lock = openat(
	    place->dir, lock,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (place->lock < 0)
		return failed(note, "cannot open", lock);
	if (lock_wait(place->lock))
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return note_set(note, OUT_BUSY,
				"%s is held by another process, "
				"which is still running",
				lock);
	return failed(note, "cannot lock", lock);
}

/* The engine would make the file readable by others; its companions take
 * their mode from it. */
static int
file_make(const struct place *place, struct note *note)
{
	struct stat st;
	int fd = openat(place->dir, place->name,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			0600);
	int r = 0;

	if (fd < 0)
		return failed(note, "cannot open", place->file);
	if (fstat(fd, &st) != 0)
		r = failed(note, "cannot look at", place->file);
	else if (!S_ISREG(st.st_mode))
		r = note_set(note, FAIL(-EUCLEAN), "%s is not a regular file",
			     place->file);
	close(fd);
	return r;
}

int
place_open(const char *path, struct place *ret, struct note *note)
{
	struct place place = PLACE_INIT;
	int r = place_find(path, &place, note);

	if (r == 0)
		r = lock_take(&place, note);
	if (r == 0)
		r = file_make(&place, note);
	if (r != 0)
		place_clear(&place);
	else
		*ret = place;
	return r;
}

static void
temporary_remove(const struct place *place)
{
	static const char *const names[] = {
	    TEMPORARY_NAME, TEMPORARY_NAME "-wal", TEMPORARY_NAME "-shm",
	    TEMPORARY_NAME ".lock"};

	for (size_t i = 0; i < nitems(names) && place->dir >= 0; i++)
		(void)unlinkat(place->dir, names[i], 0);
	(void)rmdir(place->folder);
}

void
place_clear(struct place *place)
{
	if (place->temporary)
		temporary_remove(place);
	if (place->lock >= 0)
		close(place->lock);
	if (place->dir >= 0)
		close(place->dir);
	free(place->folder);
	free(place->file);
	*place = (struct place)PLACE_INIT;
}

int
place_sync(const struct place *place)
{
	return fsync(place->dir) == 0 ? 0 : FAIL(-errno);
}
