/* Folders of repositories: made, found, looked at, removed. */
#include "git/inner.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HEAD_TEXT_MAX 600
#define HEAD_TRIES    40
#define HEAD_MS	      50

const char git_config_text[] = "[core]\n"
			       "\trepositoryformatversion = 0\n"
			       "\tfilemode = true\n"
			       "\tbare = true\n";

static bool
is_id(struct str id)
{
	if (id.n != GIT_ID_LEN)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!(id.p[i] >= '0' && id.p[i] <= '9') &&
		    !(id.p[i] >= 'a' && id.p[i] <= 'f'))
			return false;
	return true;
}

static void
name_of(char ret[64], const char *prefix, struct str id, const char *suffix)
{
	(void)snprintf(ret, 64, "%s%.*s%s", prefix, STR_ARG(id), suffix);
}

/* What git would follow to elsewhere, or take orders from. */
static bool
has_strange(int dir)
{
	static const char *const never[] = {".git",
					    "commondir",
					    "config.worktree",
					    "objects/info/alternates",
					    "info/grafts",
					    "objects/info/http-alternates"};
	struct stat st;

	for (size_t i = 0; i < nitems(never); i++)
		if (fstatat(dir, never[i], &st, AT_SYMLINK_NOFOLLOW) == 0 ||
		    errno != ENOENT)
			return true;
	if (fstatat(dir, "packed-refs", &st, AT_SYMLINK_NOFOLLOW) == 0)
		return !S_ISREG(st.st_mode) || st.st_uid != geteuid();
	return errno != ENOENT;
}

static bool
is_folder_of_ours(int dir, const char *path)
{
	int fd = folder_open(dir, path, O_PATH | O_DIRECTORY);
	struct stat st;
	bool fine = fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid();

	if (fd >= 0)
		close(fd);
	return fine;
}

static int
trust(int dir)
{
	static const char *const folders[] = {"objects/info", "objects/pack",
					      "refs/heads", "refs/tags"};
	char text[HEAD_TEXT_MAX];
	struct stat st;

	if (fstat(dir, &st) != 0)
		return FAIL(-errno);
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return OUT_MISMATCH;
	if (folder_read(dir, "config", text, sizeof(text)) != 0 ||
	    strcmp(text, git_config_text) != 0 ||
	    folder_read(dir, "HEAD", text, sizeof(text)) != 0 ||
	    strncmp(text, "ref: refs/heads/", 16) != 0)
		return OUT_MISMATCH;
	for (size_t i = 0; i < nitems(folders); i++)
		if (!is_folder_of_ours(dir, folders[i]))
			return OUT_MISMATCH;
	return has_strange(dir) ? OUT_MISMATCH : 0;
}

int
git_folder(struct git_store *s, struct str id, int *ret)
{
	char name[64];
	int dir, r;

	if (!is_id(id))
		return OUT_ABSENT;
	name_of(name, "", id, "");
	dir = folder_open(s->root, name, O_RDONLY | O_DIRECTORY);
	if (dir == -ENOENT)
		return OUT_ABSENT;
	if (dir == -ELOOP || dir == -ENOTDIR || dir == -EXDEV)
		return OUT_MISMATCH;
	if (dir < 0)
		return FAIL(dir);
	r = trust(dir);
	if (r != 0)
		close(dir);
	else
		*ret = dir;
	return r;
}

int
git_check(struct git_store *s, struct str id)
{
	int dir, r = git_folder(s, id, &dir);

	if (r == 0)
		close(dir);
	return r;
}

static int
head_write(int dir, const char *name, struct str branch)
{
	char text[HEAD_TEXT_MAX];
	int n = snprintf(text, sizeof(text), "ref: refs/heads/%.*s\n",
			 STR_ARG(branch));

	if (n < 0 || (size_t)n >= sizeof(text))
		return FAIL(-ENAMETOOLONG);
	return folder_write(dir, name, (struct str){text, (size_t)n});
}

/* As git init --bare would make it, with nothing from a template. */
static int
content_make(int dir, struct str branch)
{
	static const char *const folders[] = {"objects",      "objects/info",
					      "objects/pack", "refs",
					      "refs/heads",   "refs/tags"};
	int r;

	for (size_t i = 0; i < nitems(folders); i++)
		if (mkdirat(dir, folders[i], 0700) != 0)
			return FAIL(-errno);
	r = folder_write(dir, "config", str_c(git_config_text));
	if (r == 0)
		r = head_write(dir, "HEAD", branch);
	return r == 0 ? folder_sync(dir) : r;
}

static int
root_sync(struct git_store *s)
{
	return fsync(s->root) != 0 ? FAIL(-errno) : 0;
}

int
git_make(struct git_store *s, struct str id, struct str branch)
{
	char fresh[64], name[64];
	CLEAN(fd_closep) int dir = -1;
	int r;

	if (!is_id(id))
		return FAIL(-EINVAL);
	name_of(name, "", id, "");
	name_of(fresh, GIT_NEW, id, "");
	if (mkdirat(s->root, fresh, 0700) != 0)
		return errno == EEXIST ? OUT_CONFLICT : FAIL(-errno);
	dir = folder_open(s->root, fresh, O_RDONLY | O_DIRECTORY);
	r = dir < 0 ? FAIL(dir) : content_make(dir, branch);
	if (r == 0 && syscall(SYS_renameat2, s->root, fresh, s->root, name,
			      RENAME_NOREPLACE) != 0)
		r = errno == EEXIST ? OUT_CONFLICT : FAIL(-errno);
	if (r == 0)
		return root_sync(s);
	(void)FOLD(folder_clear(s->root, fresh));
	return r;
}

int
git_remove(struct git_store *s, struct str id)
{
	char name[64], trash[64];
	int r;

	if (!is_id(id))
		return OUT_ABSENT;
	name_of(name, "", id, "");
	name_of(trash, GIT_TRASH, id, "");
	/* Of a removal that did not come to its end. */
	r = folder_clear(s->root, trash);
	if (r != 0)
		return r;
	if (renameat(s->root, name, s->root, trash) != 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	r = root_sync(s);
	git_untidy(s, id);
	return r == 0 ? folder_clear(s->root, trash) : r;
}

/* git's own way: whoever makes HEAD.lock may replace HEAD. */
int
git_set_head(struct git_store *s, struct str id, struct str branch)
{
	CLEAN(fd_closep) int dir = -1;
	CLEAN(fd_closep) int lock = -1;
	int r = git_folder(s, id, &dir);

	if (r == 0)
		r = git_lock(s, id, dir, &lock);
	if (r != 0)
		return r;
	for (int i = 0; i < HEAD_TRIES; i++) {
		r = head_write(dir, "HEAD.lock", branch);
		if (r != -EEXIST)
			break;
		(void)usleep(HEAD_MS * 1000);
	}
	if (r == -EEXIST)
		return OUT_BUSY;
	if (r == 0 && renameat(dir, "HEAD.lock", dir, "HEAD") != 0)
		r = FAIL(-errno);
	if (r != 0) {
		(void)unlinkat(dir, "HEAD.lock", 0);
		return r;
	}
	return fsync(dir) != 0 ? FAIL(-errno) : 0;
}

int
git_size(struct git_store *s, struct str id, int64_t *ret)
{
	CLEAN(fd_closep) int dir = -1;
	int r = git_folder(s, id, &dir);

	return r == 0 ? folder_size(dir, ret) : r;
}

struct each {
	int (*fn)(void *, struct str);
	void *arg;
};

static int
each_one(void *arg, int dir, const char *name)
{
	const struct each *each = arg;

	(void)dir;
	return is_id(str_c(name)) ? each->fn(each->arg, str_c(name)) : 0;
}

int
git_each(struct git_store *s, int (*fn)(void *, struct str), void *arg)
{
	struct each each = {fn, arg};

	return folder_each(s->root, each_one, &each);
}
