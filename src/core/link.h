/*
 * Links: which blobs a repository holds, and what that counts for. For the files
 * of this room; every row of repo_blob is made and ended here, in the write of
 * whoever changes something, so that an account's usage is always what its links
 * say (core_verify holds one against the other).
 *
 * A link is needed by a manifest, or not needed yet (an upload whose manifest is
 * to come), or dropped: the last manifest that needed it has gone. A dropped one
 * does not count any more, still opens the blob, and is taken away by collection
 * when nobody came back for it within the grace period.
 */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include "core/repo.h"

/* Where links are made: a repository, of whom. */
struct link_home {
	int64_t repo;
	struct str account, region;
};

/* Makes the link, or takes up one that is there again: it is as young as a new
 * one. The blob is looked at again after the grace period, at the latest. */
MUST int link_make(struct db_at *, const struct link_home *, int64_t blob,
    int64_t now, int64_t review_at);
/* For good. OUT_ABSENT; OUT_CONFLICT while a manifest here needs it. The blob is
 * looked at again after the grace period. */
MUST int link_end(struct db_at *, const struct link_home *, int64_t blob,
    int64_t review_at);
/* A manifest needs the link, which is there: it counts, and is not collected. */
MUST int link_take(struct db_at *, const struct link_home *, int64_t blob,
    int64_t now);
/* The same, with the row of manifest_blob. */
MUST int link_need(struct db_at *, const struct link_home *, int64_t manifest,
    int64_t blob, int64_t now);
/* For a copy: links and needs of a manifest, from which another one was made
 * here. */
MUST int link_copy(struct db_at *, const struct link_home *, int64_t from,
    int64_t to, int64_t now);
/* Before a manifest's row is deleted: what only it needed is dropped, and its
 * rows of manifest_blob go. */
MUST int link_release(struct db_at *, const struct link_home *,
    int64_t manifest, int64_t now, int64_t review_at);

#endif
