#include "server/backup_git.h"

#include "base/fd.h"
#include "base/str.h"
#include "git/git.h"
#include "server/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFS_DEPTH_MAX	  512 /* deeper than any reference's name */
#define OBJECTS_DEPTH_MAX 4

struct repo {
	int from, to;
};

static bool
starts(const char *name, const char *head)
{
	return strncmp(name, head, strlen(head)) == 0;
}

static bool
ends(const char *name, const char *tail)
{
	return str_ends(str_c(name), str_c(tail));
}

/* What a program at work has not finished, and what keeps others from its
 * work: in the copy nobody would ever take it away. */
static bool
is_unfinished(const char *name)
{
	return ends(name, ".lock") || ends(name, ".keep") ||
	       starts(name, "tmp_") || starts(name, ".tmp-") ||
	       strcmp(name, "packed-refs.new") == 0;
}

static bool
refs_leave(const char *name, int depth)
{
	(void)depth;
	return is_unfinished(name);
}

/* Packs are copied by themselves. */
static bool
objects_leave(const char *name, int depth)
{
	return is_unfinished(name) || (depth == 0 && strcmp(name, "pack") == 0);
}

static int
folder_copy(const struct repo *r, const char *name, int depth_max,
	    copy_leave_fn *leave)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	int ret = copy_folder(r->from, r->to, name, &from, &to);

	if (ret == 0)
		ret = copy_tree(from, to, depth_max, leave);
	return ret == OUT_ABSENT ? 0 : ret;
}

static int
pack_copy(void *arg, const char *name)
{
	const struct repo *r = arg;

	return ends(name, ".pack") && !is_unfinished(name)
		   ? copy_file(r->from, r->to, name)
		   : 0;
}

/* "pack-<hash>.idx" and the like; only of packs that were copied. */
static int
beside_pack_copy(void *arg, const char *name)
{
	const struct repo *r = arg;
	const char *dot = strrchr(name, '.');
	char pack[256];
	struct stat st;

	if (ends(name, ".pack") || is_unfinished(name))
		return 0;
	if (starts(name, "pack-") && dot != NULL) {
		int n = snprintf(pack, sizeof(pack), "%.*s.pack",
				 (int)(dot - name), name);

		if (n >= (int)sizeof(pack) ||
		    fstatat(r->to, pack, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return 0;
	}
	return copy_file(r->from, r->to, name);
}

static int
packs_copy(const struct repo *objects)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	int r = copy_folder(objects->from, objects->to, "pack", &from, &to);
	struct repo packs = {from, to};

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	r = copy_each(from, pack_copy, &packs);
	return r != 0 ? r : copy_each(from, beside_pack_copy, &packs);
}

static int
objects_copy(const struct repo *repo)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	int r = copy_folder(repo->from, repo->to, "objects", &from, &to);
	struct repo objects = {from, to};

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	r = copy_tree(from, to, OBJECTS_DEPTH_MAX, objects_leave);
	return r != 0 ? r : packs_copy(&objects);
}

/* config and whatever else lies at the top, but what has its own turn. */
static int
rest_copy(void *arg, const char *name)
{
	const struct repo *r = arg;
	struct stat st;

	if (is_unfinished(name) || strcmp(name, "packed-refs") == 0)
		return 0;
	if (fstatat(r->from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : FAIL(-errno);
	return S_ISREG(st.st_mode) ? copy_file(r->from, r->to, name) : 0;
}

static int
repo_copy(void *arg, const char *name)
{
	const struct repo *all = arg;
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	struct repo repo;
	int r;

	/* Others are being made or removed. */
	if (strlen(name) != GIT_ID_LEN || name[0] == '.')
		return 0;
	r = copy_folder(all->from, all->to, name, &from, &to);
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	repo = (struct repo){from, to};
	r = folder_copy(&repo, "refs", REFS_DEPTH_MAX, refs_leave);
	if (r == 0)
		r = copy_file(from, to, "packed-refs");
	if (r == 0)
		r = copy_each(from, rest_copy, &repo);
	return r != 0 ? r : objects_copy(&repo);
}

int
backup_git(int from_dir, int to_dir)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	int r = copy_folder(from_dir, to_dir, BACKUP_GIT_FOLDER, &from, &to);
	struct repo all = {from, to};

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	return copy_each(from, repo_copy, &all);
}
