/*
 * Manifests come and go, for the files of this room: whoever deletes an image
 * does it here, and so into the bin.
 */
#ifndef CORE_MANIFEST_INNER_H
#define CORE_MANIFEST_INNER_H

#include "core/manifest_read.h"
#include "core/repo.h"

#define TRAIL_TAGS_MAX 100 /* named in one row of the trail; others are counted */

/* A manifest that is to stand in a repository. All borrowed. */
struct manifest_new {
	const struct manifest_read *read;
	struct str body, digest;
	struct str account, region; /* the repository's */
	struct str pushed_by;
	int64_t pushed_at, now;
	struct manifest_facts facts;
	struct note *note;
	/* Said by the write, anew each time that it runs. */
	int64_t repo, id;
	int64_t depth, image_size;
	struct str missing; /* on MISSING_PART */
	bool asked, sparse; /* its namespace's option, once it matters */
};
/* In a write, which said the repository: finds the same bytes there, or makes the
 * row and links what they need. OUT_MALFORMED (note: why), OUT_MISSING_PART. */
MUST int manifest_insert(struct db_at *, struct manifest_new *);
/* What a config tells; nothing of one that is longer than CONFIG_READ_MAX. */
MUST int manifest_facts_file(int fd, uint64_t size, struct manifest_facts *ret);

struct manifest_end {
	const struct visit *by; /* without a credential: nobody did it */
	const struct place *at;
	const char *why; /* for the trail; NULL: because they asked for it */
	struct str digest;
	int64_t repo, id, now;
};
/* In a write, of one that no index needs: into the bin, then its tags, needs and
 * row go; the trail's row. */
MUST int manifest_end(struct db_at *, const struct manifest_end *);

#endif
