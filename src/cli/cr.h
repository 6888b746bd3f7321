/*
 * What the commands of the container registry share: regions, images as people
 * name them, and lists of them.
 *
 * A session targets one region; /api/v1 and the options of namespaces are asked
 * of that region's host, everything else of the server that was logged in to.
 */
#ifndef CLI_CR_H
#define CLI_CR_H

#include "cli/cli.h"

/* --- region.c --- */
struct str url_host(const char *url); /* "host:port"; borrowed */
/* {"regions": [{"name", "aliases", "hosts", "here"}]} */
MUST int regions_get(struct cli *, struct json **ret);
/* By name, old name or host; NULL. Borrowed. */
const struct json *region_find(const struct json *regions, struct str word);
void region_names(const struct json *regions, struct buf *ret); /* "a, b" */
/* The URL of a region's host beside the server's own: its scheme, and its port
 * when the host says none. OUT_MALFORMED: that is no host. */
MUST int region_url(const char *url, struct str host, struct buf *ret);
/* The session talks to that region's registry from now on. OUT_ABSENT: no such
 * region, the note says which there are; OUT_UNSUPPORTED: it has no host. */
MUST int region_target(struct cli *, const struct json *regions,
		       const char *word);
/* The same with what the server says now, and kept. */
MUST int region_choose(struct cli *, const char *word);

/* --- image_ref.c --- */
#define AGE_ROOM 64
void age_text(int64_t created_s, char ret[AGE_ROOM]); /* "3 days ago" */
/* The whole digest, or as much of it as people look at. */
struct str digest_text(struct str digest, bool whole);
/* Images named one after the other, each as HOST/NAMESPACE/REPO@DIGEST. */
struct refs {
	struct buf text; /* each followed by NUL */
	size_t n;
};
#define REFS_INIT                                                              \
	{                                                                      \
		.text = BUF_INIT_MAX(256 * MIB)                                \
	}
void refs_add(struct refs *, struct str); /* errors stick in text */
void refs_clear(struct refs *);
const char *refs_first(const struct refs *); /* NULL: there is none */
const char *refs_next(const struct refs *, const char *);
void refs_print(const struct cli *, const struct refs *); /* one a line */
/* "NAMESPACE" or "[HOST/]NAMESPACE/REPO": what a list is restricted to. */
struct only {
	struct str namespace, repo; /* repo: the whole name; may be empty */
};
/* given may be NULL: everything. usage_set() when it is neither. */
MUST int only_read(struct cli *, const char *given, struct only *ret);
bool only_has(const struct only *, struct str ref); /* a whole reference */

/* --- image_list.c --- */
enum {
	LIST_RESTRICT,
	LIST_NO_TRUNC,
	LIST_QUIET,
	LIST_SHOW_TYPE,
	LIST_INCLUDE_IBM,
	LIST_NO_VA,
	IMAGE_LIST_OPTS
};
extern const struct opt image_list_opts[IMAGE_LIST_OPTS];
MUST int image_list(struct cli *, const struct args *);
MUST int image_digests(struct cli *, const struct args *);
/* POST /api/v1/images/digests. The server restricts to a repository, not to a
 * namespace: there is more in it. */
MUST int digests_get(struct cli *, const struct only *, bool ibm,
		     struct json **ret);

/* --- image_bulk.c --- */
/* Delete them, saying so of each; those that an index still needed are tried
 * again behind it. What could not be deleted is said, and is the outcome. */
MUST int images_delete(struct cli *, struct refs *);

/* --- image_prune.c --- */
enum { PRUNE_RESTRICT, PRUNE_FORCE, IMAGE_PRUNE_OPTS };
extern const struct opt image_prune_opts[IMAGE_PRUNE_OPTS];
MUST int image_prune(struct cli *, const struct args *);

#endif
