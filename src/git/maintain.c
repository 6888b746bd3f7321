/* House-keeping of one repository, beside whoever reads and pushes. */
#include "git/inner.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* When everything was last packed anew; an empty file of ours. */
#define STAMP  "latchkey-packed"
#define FULL_S (7 * 24 * 3600)

/* What was pushed is joined by a factor of size, so that the large pack is
 * touched rarely; once a week all of it, and what nothing refers to goes into
 * a pack of its own, which it leaves after two weeks. */
static const char *const pack_refs[] = {"pack-refs", "--all", NULL};
static const char *const join[] = {
    "repack", "-d", "-q", "--geometric=2", "--no-write-bitmap-index", NULL};
static const char *const join_all[] = {"repack",
				       "-a",
				       "-d",
				       "-q",
				       "--cruft",
				       "--cruft-expiration=2.weeks.ago",
				       "--write-bitmap-index",
				       NULL};
static const char *const graph[] = {
    "commit-graph", "write", "--reachable", "--split", "--no-progress", NULL};
static const char *const graph_all[] = {"commit-graph",	 "write",
					"--reachable",	 "--split=replace",
					"--no-progress", NULL};

static bool
is_full_due(int dir)
{
	struct stat st;

	return fstatat(dir, STAMP, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	       st.st_mtime < time(NULL) - FULL_S ||
	       st.st_mtime > time(NULL) + FULL_S;
}

static int
stamp(int dir)
{
	int fd = folder_open(dir, STAMP, O_WRONLY | O_CREAT | O_TRUNC), r = 0;

	if (fd < 0)
		return FAIL(fd);
	if (futimens(fd, NULL) != 0)
		r = FAIL(-errno);
	close(fd);
	return r;
}

struct work {
	struct git_store *store;
	struct git_errand errand;
	struct note *note;
};

static int
step(struct work *w, const char *const *words)
{
	char text[GIT_TEXT_MAX];
	struct git_args args;
	int status = 0, r;

	if (w->errand.stop != NULL && w->errand.stop(w->errand.arg))
		return OUT_BUSY;
	git_args_init(w->store, &args, true);
	for (size_t i = 0; words[i] != NULL; i++)
		git_arg(&args, words[i]);
	w->errand.args = &args;
	r = git_errand(w->store, &w->errand, text, &status);
	text[strcspn(text, "\n")] = '\0';
	if (r == 0 && status != 0)
		return note_set(w->note, FAIL(-EIO), "git %s: %d %s", words[0],
				status, text);
	return r;
}

static int
steps(struct work *w, bool full)
{
	int r = step(w, pack_refs);

	if (r == 0)
		r = step(w, full ? join_all : join);
	if (r == 0)
		r = step(w, full ? graph_all : graph);
	return r;
}

int
git_maintain(struct git_store *s, struct str id, bool (*stop)(void *),
	     void *arg, struct note *note)
{
	CLEAN(fd_closep) int dir = -1;
	CLEAN(fd_closep) int lock = -1;
	struct work w = {.store = s, .note = note};
	bool full;
	int r = git_folder(s, id, &dir);

	if (r == 0)
		r = git_lock(s, id, dir, &lock);
	if (r != 0)
		return r;
	w.errand = (struct git_errand){
	    .dir = dir, .lock = lock, .low = true, .stop = stop, .arg = arg};
	full = is_full_due(dir);
	(void)pthread_mutex_lock(&s->maintaining);
	r = steps(&w, full);
	(void)pthread_mutex_unlock(&s->maintaining);
	if (r != 0)
		git_untidy(s, id);
	if (r == 0 && full)
		r = stamp(dir);
	return r == 0 ? folder_sync(dir) : r;
}

int
git_fsck(struct git_store *s, struct str id, struct note *note)
{
	static const char *const words[] = {"fsck", "--full", "--no-dangling",
					    "--no-reflogs", "--no-progress"};
	static const char *const let_in[] = {
	    "fsck.badTimezone=ignore", "fsck.missingSpaceBeforeDate=ignore",
	    "fsck.zeroPaddedFilemode=ignore"};
	CLEAN(fd_closep) int dir = -1;
	char text[GIT_TEXT_MAX];
	struct git_args args;
	struct git_errand errand = {.args = &args, .lock = -1};
	int status = 0, r = git_folder(s, id, &dir);

	if (r != 0)
		return r == OUT_MISMATCH
			   ? note_set(note, r, "its folder is not as it was left")
			   : r;
	git_args_init(s, &args, false);
	for (size_t i = 0; i < nitems(let_in); i++)
		git_set(&args, let_in[i]);
	for (size_t i = 0; i < nitems(words); i++)
		git_arg(&args, words[i]);
	errand.dir = dir;
	r = git_errand(s, &errand, text, &status);
	text[strcspn(text, "\n")] = '\0';
	if (r == 0 && status != 0)
		return note_set(note, OUT_MISMATCH, "git fsck: %s", text);
	return r;
}
