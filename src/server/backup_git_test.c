#include "server/backup_git.h"

#include "base/str.h"
#include "base/test.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "0123456789abcdef0123456789abcdef"

static const struct {
	const char *path;
	bool copied;
} files[] = {
    {"git/" ID "/HEAD", true},
    {"git/" ID "/config", true},
    {"git/" ID "/packed-refs", true},
    {"git/" ID "/packed-refs.lock", false},
    {"git/" ID "/packed-refs.new", false},
    {"git/" ID "/refs/heads/main", true},
    {"git/" ID "/refs/heads/main.lock", false},
    {"git/" ID "/refs/heads/a/b/c/d/e/f/g/h", true},
    {"git/" ID "/refs/tags/v1", true},
    {"git/" ID "/objects/ab/cdef", true},
    {"git/" ID "/objects/ab/tmp_obj_x", false},
    {"git/" ID "/objects/info/commit-graph", true},
    {"git/" ID "/objects/info/commit-graph.lock", false},
    {"git/" ID "/objects/tmp_objdir-incoming-x/pack/pack-3.pack", false},
    {"git/" ID "/objects/pack/pack-1.pack", true},
    {"git/" ID "/objects/pack/pack-1.idx", true},
    {"git/" ID "/objects/pack/pack-1.rev", true},
    {"git/" ID "/objects/pack/pack-1.keep", false},
    {"git/" ID "/objects/pack/pack-2.idx", false}, /* has no pack */
    {"git/" ID "/objects/pack/tmp_pack_x", false},
    {"git/" ID "/objects/pack/.tmp-1-pack-4.pack", false},
    {"git/" ID "/objects/pack/multi-pack-index", true},
    {"git/.new-" ID "/HEAD", false},
    {"git/.trash-" ID "/HEAD", false},
    {"git/notes", false},
};

static char top[] = "/tmp/backup_git_test.XXXXXX";

static void
file_make(const char *base, const char *path)
{
	char full[256];
	FILE *f;

	(void)snprintf(full, sizeof(full), "%s/%s/%s", top, base, path);
	for (char *p = full + sizeof(top); (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		(void)mkdir(full, 0700);
		*p = '/';
	}
	f = fopen(full, "w");
	if (f == NULL || fputs(path, f) < 0 || fclose(f) != 0)
		abort();
}

/* Is it there, with what file_make wrote? */
static bool
file_is(const char *base, const char *path)
{
	char full[256], text[256] = "";
	FILE *f;
	bool same;

	(void)snprintf(full, sizeof(full), "%s/%s/%s", top, base, path);
	f = fopen(full, "r");
	if (f == NULL)
		return false;
	same = fgets(text, sizeof(text), f) != NULL && strcmp(text, path) == 0;
	(void)fclose(f);
	return same;
}

static int
dir_open(const char *base)
{
	char full[128];
	int fd;

	(void)snprintf(full, sizeof(full), "%s/%s", top, base);
	(void)mkdir(full, 0700);
	fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		abort();
	return fd;
}

static void
test_copy(void)
{
	int from = dir_open("from"), to = dir_open("to");
	char link[128];
	struct stat st;

	for (size_t i = 0; i < nitems(files); i++)
		file_make("from", files[i].path);
	(void)snprintf(link, sizeof(link), "%s/from/git/" ID "/evil", top);
	ok(symlink("/etc/passwd", link) == 0, "a link lies around");
	is_int(backup_git(from, to), 0, "all of it is copied");
	for (size_t i = 0; i < nitems(files); i++)
		is_int(file_is("to", files[i].path), files[i].copied, "%s %s",
		       files[i].copied ? "copied:" : "left:", files[i].path);
	ok(fstatat(to, "git/" ID "/evil", &st, AT_SYMLINK_NOFOLLOW) != 0,
	   "no link is copied or followed");
	ok(fstatat(to, "git/" ID "/HEAD", &st, 0) == 0 &&
	       (st.st_mode & 0777) == 0600,
	   "closed to others");
	ok(backup_git(from, to) < 0, "never over something");
	(void)close(from);
	(void)close(to);
}

static void
test_none(void)
{
	int from = dir_open("none"), to = dir_open("none-to");

	is_int(backup_git(from, to), 0, "an installation without git");
	(void)close(from);
	(void)close(to);
}

static int
rm(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	test_copy();
	test_none();
	(void)nftw(top, rm, 16, FTW_DEPTH | FTW_PHYS);
	return done_testing();
}
