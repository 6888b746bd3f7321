/*
 * Manifests come and go, for the files of this room: whoever deletes an image
 * does it here, and so into the bin.
 */
#ifndef CORE_MANIFEST_INNER_H
#define CORE_MANIFEST_INNER_H

#include "core/repo.h"

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
