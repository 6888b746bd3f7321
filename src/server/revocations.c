#include "server/revocations.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/since.h"
#include "db/db.h"
#include "server/backup.h"
#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In the restored data, while their trail is read: opening the old database in
 * its place could change it. */
#define LATER "later.db"

static void
put_safely(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		(void)putchar(s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?');
}

static int
say_row(void *arg, const struct since_row *row)
{
	char when[32];

	(void)arg;
	if (row->state == SINCE_GONE)
		return 0;
	enc_time_ms(row->at, when);
	printf("%s  %-16s  ", when, since_state_name(row->state));
	put_safely(row->verb);
	(void)fputs("  ", stdout);
	put_safely(row->thing);
	(void)fputs("  by ", stdout);
	put_safely(row->identity.n > 0 ? row->identity : STR("latchkeyd"));
	if (row->hand[0] != '\0')
		printf("  (%s)", row->hand);
	(void)putchar('\n');
	return ferror(stdout) ? FAIL(-EIO) : 0;
}

static void
say_sum(const struct since_sum *sum, bool apply)
{
	printf("%" PRIu64 " revocations and deletions are newer than the copy; "
	       "%" PRIu64 " of them live in it again",
	       sum->found, sum->lives);
	if (apply)
		printf(", of which %" PRIu64 " were repeated, %" PRIu64
		       " have to be by hand, and %" PRIu64 " failed",
		       sum->repeated, sum->by_hand, sum->failed);
	(void)putchar('\n');
}

static int
later_path(const struct core *core, const char *tail, char ret[PATH_MAX])
{
	int n = snprintf(ret, PATH_MAX, "%s/" LATER "%s", core->data_dir, tail);

	return n < PATH_MAX ? 0 : FAIL(-ENAMETOOLONG);
}

static void
later_remove(const struct core *core)
{
	static const char *const tails[] = {"", "-wal", "-shm", "-journal",
					    ".lock"};
	char path[PATH_MAX];

	for (size_t i = 0; i < nitems(tails); i++)
		if (later_path(core, tails[i], path) == 0)
			(void)unlink(path);
}

static int
walk(struct core *core, const char *old, bool apply, struct since_sum *ret,
     struct note *note)
{
	char from[PATH_MAX], to[PATH_MAX];
	int n = snprintf(from, sizeof(from), "%s/" BACKUP_DATABASE, old);
	int r = later_path(core, "", to);

	if (n >= PATH_MAX)
		return FAIL(-ENAMETOOLONG);
	later_remove(core);
	if (r == 0)
		r = db_copy(from, to, note);
	if (r == 0)
		r = since_walk(core, to, apply, say_row, NULL, ret, note);
	later_remove(core);
	return r;
}

int
revocations_say(struct core *core, const char *old, bool apply)
{
	struct since_sum sum = {0};
	struct note note = {0};
	int r = walk(core, old, apply, &sum, &note);

	if (r != 0)
		return admin_complain(old, r, &note);
	say_sum(&sum, apply);
	return sum.failed > 0 ? EXIT_FAILURE : 0;
}

int
revocations_moment(struct core *core)
{
	struct note none = {0};
	int64_t seq, at;
	char when[32];
	int r = since_moment(core, &seq, &at);

	if (r != 0)
		return admin_complain("trail", r, &none);
	enc_time_ms(at, when);
	printf("The last thing that the copy knows of: %s, row %" PRId64
	       " of its trail.\n",
	       when, seq);
	return 0;
}

int
command_revocations(const struct run *run)
{
	CLEAN(core_freep) struct core *core = NULL;
	struct data_dir dir;
	int r;

	log_set_level(run->conf->log_level);
	r = admin_installed(run->conf, &dir);
	if (r == 0)
		r = serve_core_open(run->conf, &dir, false, &core);
	return r != 0 ? r
		      : revocations_say(core, run->rest[0],
					run->own[REVOCATIONS_APPLY].given);
}
