#include "follow/people.h"

#include "base/fd.h"
#include "follow/disk.h"
#include "follow/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
people_path(struct str pattern, const struct passwd *pw, struct buf *ret)
{
	if (pattern.n > 0 && pattern.p[0] != '/' &&
	    !str_starts(pattern, STR("%h")))
		(void)buf_addf(ret, "%s/", pw->pw_dir);
	for (size_t i = 0; i < pattern.n; i++) {
		char c = i + 1 < pattern.n ? pattern.p[i + 1] : '\0';

		if (pattern.p[i] != '%') {
			(void)buf_addc(ret, pattern.p[i]);
			continue;
		}
		if (c == 'h')
			(void)buf_adds(ret, pw->pw_dir);
		else if (c == 'u')
			(void)buf_adds(ret, pw->pw_name);
		else if (c == 'U')
			(void)buf_addf(ret, "%lu", (unsigned long)pw->pw_uid);
		else if (c == '%')
			(void)buf_addc(ret, '%');
		else
			return OUT_MALFORMED;
		i++;
	}
	return buf_err(ret) != 0 ? buf_err(ret)
	       : ret->n == 0	 ? OUT_MALFORMED
				 : 0;
}

/* One such file, and the folder that it lies in. */
struct file {
	int dir;
	char *name; /* in path */
	struct buf path, text;
	struct stat st;
	bool is;
};
#define FILE_INIT                                                              \
	{                                                                      \
		.dir = -1, .path = BUF_INIT, .text = BUF_INIT                  \
	}

static void
file_clear(struct file *f)
{
	fd_closep(&f->dir);
	buf_clear(&f->path);
	buf_clear(&f->text);
}

static int
open_beneath(int dir, const char *path, uint64_t flags)
{
	struct open_how how = {.flags = flags | O_CLOEXEC,
			       .resolve =
				   RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* A home folder itself may be reached by a link: that is root's to say. */
static int
folder_open(const struct passwd *pw, const char *path, bool make)
{
	CLEAN(fd_closep) int home = -1;
	size_t n = strlen(pw->pw_dir);
	int fd;

	if (n <= 1 || strncmp(path, pw->pw_dir, n) != 0 || path[n] != '/')
		return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	home = open(pw->pw_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (home < 0)
		return -1;
	path += n;
	while (*path == '/')
		path++;
	fd = open_beneath(home, path, O_RDONLY | O_DIRECTORY);
	if (fd >= 0 || errno != ENOENT || !make || strchr(path, '/') != NULL)
		return fd;
	if (mkdirat(home, path, 0700) != 0 || fsync(home) != 0)
		return -1;
	fd = open_beneath(home, path, O_RDONLY | O_DIRECTORY);
	if (fd >= 0 && fchown(fd, pw->pw_uid, pw->pw_gid) != 0)
		fd_closep(&fd);
	return fd;
}

static int
left_alone(const struct file *f, const char *why, struct note *note)
{
	return note_set(note, OUT_DENIED, "%.150s is left alone: %s", f->path.p,
			why);
}

static int
text_read(struct file *f, const struct passwd *pw, struct note *note)
{
	CLEAN(fd_closep)
	int fd =
	    openat(f->dir, f->name,
		   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return OUT_ABSENT;
	if (fd < 0)
		return left_alone(f, strerror(errno), note);
	if (fstat(fd, &f->st) != 0 || !S_ISREG(f->st.st_mode))
		return left_alone(f, "it is no regular file", note);
	if (f->st.st_nlink != 1)
		return left_alone(f, "it has another name elsewhere", note);
	if (f->st.st_uid != pw->pw_uid && f->st.st_uid != 0)
		return left_alone(f, "it belongs to somebody else", note);
	f->is = true;
	return disk_read_fd(fd, f->path.p, LINES_FILE_MAX, &f->text, note);
}

/* OUT_ABSENT: there is none. */
static int
file_open(struct file *f, struct str pattern, const struct passwd *pw,
	  bool make, struct note *note)
{
	char *slash;
	int r = people_path(pattern, pw, &f->path);

	if (r != 0)
		return r < 0 ? r : OUT_ABSENT;
	slash = strrchr(f->path.p, '/');
	if (slash == NULL || slash == f->path.p || slash[1] == '\0')
		return OUT_ABSENT;
	*slash = '\0';
	f->name = slash + 1;
	f->dir = folder_open(pw, f->path.p, make);
	r = errno;
	*slash = '/';
	if (f->dir < 0)
		return r == ENOENT ? OUT_ABSENT
				   : left_alone(f, strerror(r), note);
	return text_read(f, pw, note);
}

/* Not if it was changed since it was read. */
static int
file_write(struct file *f, struct str text, const struct disk_as *as,
	   struct note *note)
{
	struct stat now;

	if (f->is &&
	    (fstatat(f->dir, f->name, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
	     now.st_ino != f->st.st_ino || now.st_size != f->st.st_size ||
	     now.st_mtim.tv_sec != f->st.st_mtim.tv_sec ||
	     now.st_mtim.tv_nsec != f->st.st_mtim.tv_nsec))
		return left_alone(f, "somebody changes it", note);
	return disk_replace_at(f->dir, f->name, text, as, note);
}

static bool
next_pattern(struct str *rest, struct str *ret)
{
	while (rest->n > 0 && str_next(rest, ' ', ret))
		if (ret->n > 0 && !str_eq(*ret, STR("none")))
			return true;
	return false;
}

/* --- finding --- */

static bool
has_one(const char *patterns, const struct passwd *pw, const struct answer *a)
{
	struct str rest = str_c(patterns), pattern;

	while (next_pattern(&rest, &pattern)) {
		CLEAN(file_clear) struct file f = FILE_INIT;

		if (file_open(&f, pattern, pw, false, NULL) == 0 &&
		    lines_have(buf_str(&f.text), a))
			return true;
	}
	return false;
}

int
people_find(const char *patterns, const struct answer *a, struct conf *conf,
	    struct note *note)
{
	const struct passwd *pw;
	int r = 0;

	setpwent();
	for (int i = 0; r == 0 && i < PEOPLE_MAX && (pw = getpwent()) != NULL;
	     i++)
		if (has_one(patterns, pw, a))
			r = conf_add_user(conf, str_c(pw->pw_name));
	endpwent();
	if (r > 0)
		return note_set(note, r,
				"more than %d users have this key: name some "
				"with --user",
				CONF_USERS_MAX);
	return r;
}

/* --- taking out, and putting back --- */

static int
take_from(struct file *f, const struct answer *a, size_t *ret_n,
	  struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct disk_as as = {f->st.st_uid, f->st.st_gid,
				   f->st.st_mode & 07777};
	size_t n = 0;
	int r = lines_without(buf_str(&f->text), a, &text, &n);

	if (r != 0 || n == 0)
		return r;
	r = file_write(f, buf_str(&text), &as, note);
	if (r == 0)
		*ret_n += n;
	return r;
}

int
people_take(const char *patterns, const char *user, const struct answer *a,
	    size_t *ret_n, struct note *note)
{
	const struct passwd *pw = getpwnam(user);
	struct str rest = str_c(patterns), pattern;
	int result = 0;

	while (pw != NULL && next_pattern(&rest, &pattern)) {
		CLEAN(file_clear) struct file f = FILE_INIT;
		int r = file_open(&f, pattern, pw, false, note);

		if (r == 0)
			r = take_from(&f, a, ret_n, note);
		if (r != 0 && r != OUT_ABSENT)
			result = r;
	}
	return result;
}

int
people_give(const char *patterns, const char *user, const struct answer *a,
	    size_t *ret_n, struct note *note)
{
	CLEAN(file_clear) struct file f = FILE_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct passwd *pw = getpwnam(user);
	struct str rest = str_c(patterns), pattern;
	struct disk_as as;
	size_t n = 0;
	int r;

	if (pw == NULL)
		return 0;
	if (!next_pattern(&rest, &pattern))
		return note_set(note, OUT_DENIED,
				"there is no file for the keys of %.40s", user);
	r = file_open(&f, pattern, pw, true, note);
	if (r != 0 && (r != OUT_ABSENT || f.dir < 0))
		return r != OUT_ABSENT ? r
				       : left_alone(&f, "no such folder", note);
	as = f.is ? (struct disk_as){f.st.st_uid, f.st.st_gid,
				     f.st.st_mode & 07777}
		  : (struct disk_as){pw->pw_uid, pw->pw_gid, 0600};
	r = lines_with(buf_str(&f.text), a, &text, &n);
	if (r != 0 || n == 0)
		return r;
	r = file_write(&f, buf_str(&text), &as, note);
	if (r == 0)
		*ret_n += n;
	return r;
}
