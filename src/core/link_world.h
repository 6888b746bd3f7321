/*
 * What the tests of links and of collection look at behind the core's back: a
 * link's row, what an account holds, the store's files; and verify, which is to
 * have nothing to say at any time.
 */
#ifndef CORE_LINK_WORLD_H
#define CORE_LINK_WORLD_H

#include "core/collect.h"
#include "core/image_world.h"
#include "core/quota.h"
#include "core/sql.h"
#include "db/db.h"

/* The link's state: "none", "needed", "waiting" or "dropped". */
WORLD_USED static const char *
link_is(struct world *w, const char *repo, struct str digest)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows link = DB_ROWS_INIT;
	struct place at = in(repo);
	int64_t id;

	must(db_view_begin(w->core->db, &view), "view");
	if (repo_find(view, &at, &id) != 0 ||
	    db_one(view, SQL_blob_linked, &rows, "si", digest, id) != 0)
		return "none";
	must(db_one(view, SQL_link_get, &link, "ii", id, db_int(&rows, 0)),
	     "link");
	if (!db_null(&link, 0))
		return db_null(&link, 1) ? "dropped and needed" : "dropped";
	return db_null(&link, 1) ? "needed" : "waiting";
}

WORLD_USED static int64_t
held_by(struct world *w, const struct visit *who, struct str region)
{
	struct quota limit, used;

	must(quota_get(w->core, str_c(who->account), region, &limit, &used),
	     "quota");
	return used.storage;
}

WORLD_USED static void
complaint(void *arg, const char *line)
{
	bool *fine = arg;

	if (strncmp(line, "ok", 2) != 0) {
		*fine = false;
		printf("# %s\n", line);
	}
}

WORLD_USED static bool
verified(struct world *w)
{
	bool fine = true;

	return core_verify(w->core, true, complaint, &fine) == 0 && fine;
}

/* Rounds until there is nothing more to do. */
WORLD_USED static struct collected
collected(struct world *w)
{
	struct collected sum = {0};
	bool more = true;

	for (int i = 0; more && i < 1000; i++)
		must(collect_round(w->core, &sum, &more), "collect");
	return sum;
}

/* Does the repository show the blob, and with these bytes? */
WORLD_USED static bool
shows(struct world *w, const char *repo, struct str digest, struct str bytes)
{
	struct place at = in(repo);
	char got[4096];
	uint64_t size;
	int fd;
	ssize_t n;

	if (image_blob_open(w->core, &at, digest, &fd, &size) != 0)
		return false;
	n = read(fd, got, sizeof(got));
	(void)close(fd);
	return n >= 0 && size == bytes.n &&
	       str_eq(bytes, (struct str){got, (size_t)n});
}

WORLD_USED static int
mount(const struct visit *by, const char *repo, struct str digest,
      const char *from)
{
	struct place at = in(repo);

	return image_blob_mount(by, &at, digest, str_c(from));
}

WORLD_USED static int
unlink_blob(const struct visit *by, const char *repo, struct str digest)
{
	struct place at = in(repo);

	return image_blob_unlink(by, &at, digest);
}

WORLD_USED static int
delete_image(const struct visit *by, const char *repo, struct str digest)
{
	struct place at = in(repo);

	return manifest_delete(by, &at, digest);
}

#endif
