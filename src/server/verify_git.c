#include "server/verify_git.h"

#include "base/clock.h"
#include "core/user.h"
#include "core/gitrepo.h"
#include "git/git.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct verify {
	struct core *core;
	struct git_store *git;
	char dir[PATH_MAX];
	void (*say)(void *, const char *line);
	void *arg;
	int (*check)(struct verify *, struct str id); /* of each row */
	int64_t count, now;
	bool bad;
	struct note note; /* of the first that is wrong */
};

bool
git_folder_young(const char *dir, struct str id, int64_t now)
{
	char path[PATH_MAX];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/%.*s", dir, STR_ARG(id));

	return n < (int)sizeof(path) && lstat(path, &st) == 0 &&
	       now - (int64_t)st.st_mtime * SECOND_MS < GIT_FOLDER_YOUNG_MS;
}

static int
folder_check(struct verify *v, struct str id)
{
	int r = v->git != NULL ? git_check(v->git, id) : OUT_ABSENT;

	if (r <= 0)
		return r;
	return note_set(&v->note, OUT_MISMATCH, "%.*s: %s", STR_ARG(id),
			r == OUT_ABSENT ? "no folder" : "not as it was left");
}

static int
objects_check(struct verify *v, struct str id)
{
	struct note why = {0};
	int r = git_fsck(v->git, id, &why);

	if (r <= 0)
		return r;
	return note_set(&v->note, OUT_MISMATCH, "%.*s: %.180s", STR_ARG(id),
			why.text[0] != '\0' ? why.text : out_text(r));
}

/* --- each row, removed ones too --- */

static int
page_check(struct verify *v, struct gitrepo_filter *f, struct arena *arena,
	   bool *ret_more)
{
	struct gitrepo *repos = NULL;
	struct str last = STR_NONE;
	size_t n = 0;
	int r =
	    gitrepo_list(v->core, NULL, f, arena, &repos, &n, ret_more, &last);

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = v->check(v, repos[i].id);
		v->count++;
	}
	f->after = last;
	return r;
}

static int
account_check(struct verify *v, struct str account, bool removed)
{
	CLEAN(arena_clear) struct arena arena;
	struct gitrepo_filter f = {
	    .account = account, .removed = removed, .limit = PAGE_MAX};
	bool more = true;
	int r = 0;

	/* At most GITREPOS_MAX rows. */
	arena_init(&arena, 64 * MIB);
	while (r == 0 && more)
		r = page_check(v, &f, &arena, &more);
	return r;
}

static int
rows_check(struct verify *v)
{
	CLEAN(arena_clear) struct arena arena;
	struct subject who = {.server = true};
	struct account *accounts = NULL;
	size_t n = 0;
	int r;

	arena_init(&arena, 64 * MIB);
	r = account_list(v->core, &who, &arena, &accounts, &n);
	for (size_t i = 0; r == 0 && i < 2 * n; i++)
		r = account_check(v, accounts[i / 2].id, i % 2 == 1);
	return r;
}

static int
folders_have(struct verify *v)
{
	v->check = folder_check;
	return rows_check(v);
}

static int
objects_whole(struct verify *v)
{
	v->check = objects_check;
	return v->git != NULL ? rows_check(v) : 0;
}

/* --- each folder --- */

static int
row_check(void *arg, struct str id)
{
	struct verify *v = arg;
	bool is = false;
	int r = gitrepo_is(v->core, id, &is);

	v->count++;
	if (r != 0 || is || git_folder_young(v->dir, id, v->now))
		return r;
	return note_set(&v->note, OUT_MISMATCH,
			"%.*s: nobody's folder (the server removes it)",
			STR_ARG(id));
}

static int
rows_have(struct verify *v)
{
	return v->git != NULL ? git_each(v->git, row_check, v) : 0;
}

static const struct {
	const char *name;
	int (*check)(struct verify *);
	bool deep;
} checks[] = {
    {"folders of repositories", folders_have, false},
    {"repositories of folders", rows_have, false},
    {"objects of repositories", objects_whole, true},
};

static int
run(struct verify *v, const char *name, int (*check)(struct verify *))
{
	char line[512];
	int r;

	v->count = 0;
	v->note.text[0] = '\0';
	r = check(v);
	if (r < 0)
		return r;
	if (r == 0)
		(void)snprintf(line, sizeof(line), "ok %s: %lld checked", name,
			       (long long)v->count);
	else
		(void)snprintf(line, sizeof(line), "FAILED %s: %s", name,
			       v->note.text[0] != '\0' ? v->note.text
						       : out_text(r));
	v->bad = v->bad || r != 0;
	v->say(v->arg, line);
	return 0;
}

/* Without a folder there is nothing to open, and nothing should be made. */
static int
store_open(struct verify *v, const char *program)
{
	struct git_conf conf = {.dir = v->dir, .program = program};
	char line[sizeof(v->note.text) + 16];
	int r;

	if (access(v->dir, F_OK) != 0)
		return 0;
	r = git_open(&conf, &v->git, &v->note);
	if (r <= 0)
		return r;
	(void)snprintf(line, sizeof(line), "FAILED git: %s", v->note.text);
	v->say(v->arg, line);
	return OUT_MISMATCH;
}

int
verify_git(struct core *core, const char *program, bool deep,
	   void (*say)(void *, const char *line), void *arg)
{
	struct verify v = {
	    .core = core, .say = say, .arg = arg, .now = clock_now()};
	int r;

	if (snprintf(v.dir, sizeof(v.dir), "%s/git", core->data_dir) >=
	    (int)sizeof(v.dir))
		return FAIL(-ENAMETOOLONG);
	r = store_open(&v, program);
	for (size_t i = 0; r == 0 && i < nitems(checks); i++)
		if (deep || !checks[i].deep)
			r = run(&v, checks[i].name, checks[i].check);
	git_free(v.git);
	return r != 0 ? r : v.bad ? OUT_MISMATCH : 0;
}
