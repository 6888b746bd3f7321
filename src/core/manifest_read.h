/*
 * Looking into a manifest once, when it is pushed: is it of the form that its
 * media type promises, and what does it need? Pure; nothing is fetched. What it
 * finds borrows from the parsed text, which lives until manifest_read_clear.
 */
#ifndef CORE_MANIFEST_READ_H
#define CORE_MANIFEST_READ_H

#include "base/out.h"
#include "base/str.h"

#include <stdint.h>

struct json;

enum need {
	NEED_BLOB,     /* a member of the repository */
	NEED_FOREIGN,  /* a blob that others distribute: linked when it is here
			*/
	NEED_MANIFEST, /* a manifest of the repository */
	NEED_EITHER,   /* an index entry of a type that we don't know */
};
struct manifest_need {
	enum need kind;
	struct str digest;
	int64_t size;
};
struct manifest_read {
	struct json *root;
	struct str media_type, artifact_type, subject; /* may be empty */
	struct str config, config_type;
	struct manifest_need *needs;
	size_t n_needs;
	int64_t image_size; /* config and layers, as declared */
	bool index;
};

/* type: the Content-Type without parameters; empty: the body's mediaType holds.
 * 0; OUT_MALFORMED with a note; OUT_TOO_MANY layers or entries; -ENOMEM. ret is
 * fit for manifest_read_clear in any case. */
MUST int manifest_read(struct str body, struct str type,
		       struct manifest_read *ret, struct note *);
void manifest_read_clear(struct manifest_read *);

/* What lists show of an image, out of its config; all of it may be unknown. */
#define PLATFORM_MAX 128
struct manifest_facts {
	int64_t created_s;	     /* 0: unknown */
	char platform[PLATFORM_MAX]; /* "linux/arm/v7"; "": unknown */
};
/* Is this a config that we can read facts from? */
bool manifest_facts_known(struct str config_type);
/* Anything unreadable is unknown; never fails. */
void manifest_facts_read(struct str config, struct manifest_facts *ret);

#endif
