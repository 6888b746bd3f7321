/*
 * The bin: images that were deleted - by people, by clients of the registry, by
 * retention - and can be restored for some days. It keeps a manifest's bytes and
 * its blobs; tags as they were. It counts against nobody's quota, and holds as much
 * as the account may store there: blobs that only the bin has, each once. When there
 * are more, images leave it before their time, those deleted first before others; the
 * last one stays, however large. The entries of a deleted index stay where they are,
 * or have places in the bin of their own.
 */
#ifndef CORE_BIN_H
#define CORE_BIN_H

#include "core/image.h"

#define BIN_DAYS_DEFAULT 30
#define BIN_TAGS_MAX 1000 /* that an image has there: those set last */
#define BIN_PAGE_TAGS_MAX 10000 /* with as many a page ends */

struct bin_row {
	struct str repo, digest, media_type; /* repo: whole name */
	struct str *tags;
	size_t n_tags;
	int64_t deleted_at, expires_at;
	struct str deleted_by; /* "" by retention */
};
/* What the subject may list, of a namespace or (empty) of all of the account, by
 * repository and digest, after a digest of a repository (both may be empty). Less
 * than limit does not mean that these are the last. */
MUST int bin_list(struct core *, const struct subject *, struct str account,
    struct str region, struct str namespace, struct str after_repo,
    struct str after_digest, int64_t limit, struct arena *,
    struct bin_row **ret, size_t *n);

struct bin_back {
	struct str *restored, *taken; /* tags; taken: they are live */
	size_t n_restored, n_taken;
};
/*
 * By digest: the image is back in its repository with those of its tags that are
 * free; its place in the bin stays until it ends (so it can be asked for again).
 * OUT_ABSENT; OUT_MISSING_PART an entry of the index is nowhere any more;
 * OUT_QUOTA. Entries of an index come back from the bin with it.
 */
MUST int bin_restore_digest(const struct visit *, const struct place *,
    struct str digest, struct arena *, struct bin_back *ret);
/* By tag: the image deleted last that had it; the tag leaves the bin. OUT_CONFLICT
 * the tag is live; the others as above. */
MUST int bin_restore_tag(const struct visit *, const struct place *,
    struct str tag, struct arena *, struct str *ret_digest);

/* For the files of this room, in a write: */
struct db_at;
/* Before a manifest is deleted; by: who, "" for retention. Takes the place of an
 * older deletion of the same digest, whose tags are kept too. Nothing happens
 * when this installation keeps no bin. */
MUST int bin_put(struct db_at *, struct core *, int64_t manifest,
    struct str by, int64_t now);
/* The namespace ends: its bin too, at most limit places of it. */
MUST int bin_end_namespace(struct db_at *, struct str region,
    struct str namespace, int64_t review_at, int64_t limit,
    int64_t *ret_ended);
/* Ends places of a bin that holds more than bound bytes (0 or more), BIN_LOOK_MAX at
 * most, but none that an image was deleted into meanwhile; for the collector. It
 * costs a look at all of the account's bin there. */
#define BIN_LOOK_MAX 4096
MUST int bin_fit(struct core *, struct str account, struct str region,
    int64_t bound, int64_t *ret_ended);
/* Ends at most limit of those whose time is over; their blobs are looked at. */
MUST int bin_expire(struct db_at *, int64_t now, int64_t limit,
    int64_t *ret_ended);

#endif
