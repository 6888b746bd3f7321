/*
 * Parts of manifests that are not here yet, for the files of this room. A
 * namespace may allow its manifests to name what nobody has pushed; a layer that
 * others distribute may be missing anywhere. When such a part comes it becomes
 * what the manifest needs, and is held like everything else that is needed: so
 * whoever makes a row of manifest, or a link to a blob, says so here.
 */
#ifndef CORE_ABSENT_H
#define CORE_ABSENT_H

#include "core/link.h"
#include "core/manifest_read.h"

/* The namespace's options, by a repository of it. */
MUST int absent_options(struct db_at *, int64_t repo,
    struct namespace_options *ret);

/* In a write. The part is not in the repository. */
MUST int absent_put(struct db_at *, int64_t repo, int64_t manifest, enum need,
    struct str digest);
/* A manifest's row and needs were made. OUT_MALFORMED with a note: indexes that
 * wait for it would be deeper than MANIFEST_DEPTH_MAX. */
MUST int absent_manifest_comes(struct db_at *, int64_t repo, int64_t id,
    struct str digest, struct note *);
/* A link to a blob was made. */
MUST int absent_blob_comes(struct db_at *, const struct link_home *,
    struct str digest, int64_t now);
/* The same, to each blob that a manifest needs. */
MUST int absent_blobs_come(struct db_at *, const struct link_home *,
    int64_t manifest, int64_t now);
/* Before a manifest is deleted that indexes need: they wait for it again. */
MUST int absent_manifest_goes(struct db_at *, int64_t repo, int64_t id,
    struct str digest);
/* For a copy: an index there needs a manifest there, and is as deep as that makes
 * it. OUT_MALFORMED: deeper than MANIFEST_DEPTH_MAX. */
MUST int absent_child_put(struct db_at *, int64_t index, int64_t child);
/* For a copy in another repository: what the original waits for, the copy waits
 * for or has. OUT_MISSING_PART when its namespace allows no such thing;
 * OUT_MALFORMED as above. */
MUST int absent_copy(struct db_at *, const struct link_home *, int64_t from,
    int64_t to, int64_t now);

#endif
