#include "server/git_tidy.h"

#include "base/log.h"
#include "base/test_disk.h"
#include "core/core_world.h"
#include "core/gitrepo.h"
#include "server/git_hold.h"
#include "server/verify_git.h"

#include <limits.h>

#define MONTH_MS (31 * DAY_MS)

static struct world w;
static struct git_store *git;
static char dir[128];

static bool
goes_on(void *arg)
{
	(void)arg;
	return false;
}

static bool
stops(void *arg)
{
	(void)arg;
	return true;
}

/* Hooks that nobody runs here: git_open wants to see some. */
static void
git_begin(void)
{
	char hooks[200], hook[256];
	struct git_conf conf = {.dir = dir, .hooks = hooks};
	struct note note = {0};
	static const char *const names[] = {"pre-receive",
					    "reference-transaction"};

	(void)snprintf(dir, sizeof(dir), "%s/git", w.dir);
	(void)snprintf(hooks, sizeof(hooks), "%s/hooks", w.dir);
	must(mkdir(hooks, 0700), "mkdir");
	for (size_t i = 0; i < nitems(names); i++) {
		(void)snprintf(hook, sizeof(hook), "%s/%s", hooks, names[i]);
		must(symlink("/bin/true", hook), "symlink");
	}
	must(git_open(&conf, &git, &note), note.text);
}

static struct str
repo_make(const char *slug)
{
	char id[GITREPO_ID_LEN + 1];
	struct gitrepo_ask ask = {.slug = str_c(slug)};
	struct visit by = visit_of(&w, w.key, VERB_GIT_CREATE,
				   (struct thing){.kind = THING_ACCOUNT});
	struct gitrepo repo;

	must(gitrepo_id(id), "gitrepo_id");
	must(git_make(git, str_c(id), STR("main")), "git_make");
	ask.id = str_c(id);
	must(gitrepo_create(&by, &ask, &w.arena, &repo, NULL), "create");
	return repo.id;
}

static void
repo_remove(struct str id, const char *name)
{
	struct visit by = visit_of(
	    &w, w.key, VERB_GIT_DELETE,
	    (struct thing){.kind = THING_GITREPO, .name = str_c(name)});

	must(gitrepo_remove(&by, id), "remove");
}

static struct git_tidy_round
round_do(bool sweep, bool (*stop)(void *), int want)
{
	struct git_tidy_round t = {.core = w.core,
				   .git = git,
				   .sweep = sweep,
				   .pushes_min = 3,
				   .stop = stop};

	is_int(git_tidy_round(&t), want, "a round");
	return t;
}

static bool
has_row(struct str id)
{
	bool is = false;

	must(gitrepo_is(w.core, id, &is), "gitrepo_is");
	return is;
}

static void
test_over(void)
{
	struct str stays = repo_make("stays"), goes = repo_make("goes");
	int held = -1;

	repo_remove(goes, "Own/goes");
	is_int(round_do(true, goes_on, 0).removed, 0, "in its grace period");
	is_int(git_check(git, goes), 0, "the folder is there");
	clock_test_shift(MONTH_MS);
	must(git_hold_together(dir, &held), "hold");
	is_int(round_do(true, goes_on, OUT_BUSY).removed, 0,
	       "nothing goes while a backup is under way");
	ok(has_row(goes), "nor its row");
	(void)close(held);
	is_int(round_do(true, stops, OUT_BUSY).removed, 0,
	       "nor when the server stops");
	is_int(round_do(true, goes_on, 0).removed, 1, "then it goes");
	ok(!has_row(goes), "with its row");
	is_int(git_check(git, goes), OUT_ABSENT, "and its folder");
	ok(has_row(stays) && git_check(git, stays) == 0, "others stay");
	clock_test_shift(-MONTH_MS);
}

static void
test_orphans(void)
{
	char id[GITREPO_ID_LEN + 1];
	struct str stays = repo_make("sits");

	must(gitrepo_id(id), "gitrepo_id");
	must(git_make(git, str_c(id), STR("main")), "git_make");
	is_int(round_do(true, goes_on, 0).swept, 0, "a young folder of nobody");
	clock_test_shift(GIT_FOLDER_YOUNG_MS + MINUTE_MS);
	is_int(round_do(false, goes_on, 0).swept, 0, "not every time");
	is_int(round_do(true, goes_on, 0).swept, 1, "an old one goes");
	is_int(git_check(git, str_c(id)), OUT_ABSENT, "is gone");
	is_int(git_check(git, stays), 0, "somebody's stays, however old");
	clock_test_shift(-GIT_FOLDER_YOUNG_MS - MINUTE_MS);
}

static void
test_worn(void)
{
	struct str id = repo_make("worn");

	for (int i = 0; i < 2; i++)
		must(gitrepo_pushed(w.core, id, 1), "pushed");
	is_int(round_do(false, goes_on, 0).maintained, 0, "two pushes");
	must(gitrepo_pushed(w.core, id, 1), "pushed");
	is_int(round_do(false, stops, OUT_BUSY).maintained, 0,
	       "three, but the server stops");
	is_int(round_do(false, goes_on, 0).maintained, 1, "three");
	is_int(round_do(false, goes_on, 0).maintained, 0, "once");
}

static void
test_hold(void)
{
	int one = -1, two = -1;

	is_int(git_hold_alone(dir, &one), 0, "alone");
	is_int(git_hold_alone(dir, &two), OUT_BUSY, "is alone");
	(void)close(one);
	is_int(git_hold_together(dir, &one), 0, "together");
	is_int(git_hold_together(dir, &two), 0, "is together");
	(void)close(two);
	is_int(git_hold_alone(dir, &two), OUT_BUSY, "and not alone");
	(void)close(one);
	is_int(git_hold_together("/nonexistent", &one), OUT_ABSENT, "nowhere");
}

/* It must not take longer to stop than to say so. */
static void
test_thread(void)
{
	struct git_tidy *t = NULL;

	is_int(git_tidy_start(w.core, git, &t), 0, "the thread");
	git_tidy_free(t);
	ok(true, "stops at once");
}

/* After a failed commit nobody knows which rows there are; the database takes
 * nothing any more, so this comes last. */
static void
test_doubt(void)
{
	struct str lonely = STR("00000000000000000000000000000007");
	struct str other = repo_make("doubtful");

	must(git_make(git, lonely, STR("main")), "git_make");
	clock_test_shift(2 * MONTH_MS);
	must(test_disk_break(), "test_disk_break");
	ok(gitrepo_pushed(w.core, other, 1) != 0, "a commit fails");
	is_int(round_do(true, goes_on, OUT_BUSY).swept, 0, "nothing is swept");
	is_int(git_check(git, lonely), 0, "the folder is there");
}

int
main(void)
{
	log_set_level(LOG_ERROR);
	world_make(&w);
	git_begin();
	test_hold();
	test_over();
	test_orphans();
	test_worn();
	test_thread();
	test_doubt();
	git_free(git);
	world_end(&w);
	return done_testing();
}
