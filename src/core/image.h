/*
 * Namespaces, repositories, manifests, tags and blobs: what the registry holds.
 * Rules follow the OCI distribution specification 1.1; names arrive already
 * checked against its grammar (wire/ociref.h). Everything is per region.
 */
#ifndef CORE_IMAGE_H
#define CORE_IMAGE_H

#include "core/gate.h"

#define NAMESPACES_MAX 100 /* per account and region */
#define MANIFEST_MAX (4 * MIB)
#define MANIFEST_CHILDREN_MAX 1000 /* entries of an index */
#define MANIFEST_LAYERS_MAX 1000
#define MANIFEST_DEPTH_MAX 8 /* indexes within indexes */
#define MANIFEST_TAGS_MAX 10 /* ?tag= on one push */
#define MEDIA_TYPE_MAX 255
#define CONFIG_READ_MAX (1 * MIB) /* larger configs are not looked into */
#define REFERRERS_PAGE_MAX 100 /* and as many as fit into MANIFEST_MAX */
#define REFERRERS_READ_MAX MANIFEST_MAX /* bodies read for a page; one more */

struct namespace_options {
	bool immutable_tags; /* a tag that exists is not moved; deleting is not
	                      * moving, and needs its own right */
	bool allow_sparse;   /* manifests may name what is not here */
};
struct namespace_row {
	struct str name, account;
	int64_t created_at, updated_at;
	struct namespace_options options;
};
/* 0 made; OUT_CONFLICT somebody else's; *ret_new false: already this
 * account's. OUT_TOO_MANY; OUT_MALFORMED; OUT_BUSY: what was in the one of that
 * name, which ended, is still being removed. */
MUST int namespace_add(const struct visit *, struct str region, struct str name,
    bool *ret_new);
/* With all its images: at once for everybody, while what was in it may be
 * removed later, in rounds (core/collect.h). OUT_ABSENT. */
MUST int namespace_remove(const struct visit *, struct str region,
    struct str name);
/* OUT_ABSENT, all of them. */
MUST int namespace_options_get(struct core *, struct str region,
    struct str name, struct namespace_options *ret);
MUST int namespace_options_set(const struct visit *, struct str region,
    struct str name, const struct namespace_options *);
/* The same of some of them: what is NULL stays. */
struct namespace_change {
	const bool *immutable_tags, *allow_sparse;
};
MUST int namespace_options_change(const struct visit *, struct str region,
    struct str name, const struct namespace_change *);
MUST int namespace_list(struct core *, struct str account, struct str region,
    struct arena *, struct namespace_row **ret, size_t *n);
/* Whose is it? 0 or OUT_ABSENT; account has room for ACCOUNT_ID_LEN + 1. at may
 * be NULL: then it looks in a view of its own. */
MUST int namespace_owner(struct core *, struct db_at *, struct str region,
    struct str name, char account[ACCOUNT_ID_LEN + 1]);

/* --- manifests and tags: manifest.c, tag.c --- */

struct place { /* a repository; borrowed */
	struct str region, name;
};
struct manifest {
	struct str digest, media_type, artifact_type, subject; /* in the arena */
	uint64_t size;
	int64_t pushed_at;
};
/* ref: a tag or a digest. body (may be NULL) gets the bytes appended. One read.
 * OUT_ABSENT. */
MUST int manifest_get(struct core *, const struct place *, struct str ref,
    struct arena *, struct manifest *ret, struct buf *body);

struct manifest_ask {
	struct place at;
	struct str ref;          /* tag or digest */
	struct str media_type;   /* Content-Type, parameters cut off; may be
	                          * empty when the body says its mediaType */
	struct str body;
	struct str tags[MANIFEST_TAGS_MAX]; /* more tags, when ref is a digest */
	size_t n_tags;
};
struct manifest_put {
	struct str digest, subject; /* in the arena; subject empty without one */
	struct str missing;         /* on MISSING_PART: which digest */
};
/*
 * Checks, then stores bytes, links, tags and the trail in one write. OUT_MALFORMED
 * (note: why), OUT_MISMATCH (ref is a digest of something else),
 * OUT_MISSING_PART (a blob or child manifest is not in this repository),
 * OUT_TOO_LARGE, OUT_TOO_MANY, OUT_UNSUPPORTED; OUT_CONFLICT a tag is there and
 * the namespace's tags are immutable; OUT_QUOTA.
 */
MUST int manifest_push(const struct visit *, const struct manifest_ask *,
    struct arena *, struct manifest_put *ret, struct note *);
/* With its tags, into the bin. OUT_ABSENT; OUT_CONFLICT when an index still needs
 * it, unless the namespace allows sparse ones. */
MUST int manifest_delete(const struct visit *, const struct place *,
    struct str digest);
MUST int tag_delete(const struct visit *, const struct place *, struct str tag);
/* Point a tag at what another reference names, maybe across repositories of
 * the region (blobs are linked along). Needs pull on from: the caller's duty.
 * OUT_ABSENT; OUT_QUOTA; OUT_CONFLICT as for manifest_push; OUT_MISSING_PART it
 * lacks a part that this namespace wants; OUT_MALFORMED no tag, or with what is
 * there it would be deeper than MANIFEST_DEPTH_MAX. */
MUST int tag_copy(const struct visit *, const struct place *from,
    struct str from_ref, const struct place *to, struct str to_tag);

typedef int image_each_fn(void *arg, struct str name);
/* Names after last (may be empty), in byte order, at most limit; *ret_more says
 * whether there are further ones. OUT_ABSENT: no such repository. */
MUST int tag_each(struct core *, const struct place *, struct str last,
    int64_t limit, image_each_fn *, void *arg, bool *ret_more);
/* Repositories of the region that the subject may pull from. */
MUST int repo_each(struct core *, const struct subject *, struct str region,
    struct str last, int64_t limit, image_each_fn *, void *arg,
    bool *ret_more);
MUST int repo_exists(struct core *, const struct place *); /* 0, OUT_ABSENT */

/*
 * What refers to a digest (OCI distribution 1.1, "Listing Referrers"), in the
 * order of their digests, those after one (may be empty); type empty: all. fn gets
 * each with its annotations' JSON text ("" for none), and may say OUT_TOO_LARGE of
 * any but the first: that one begins the next page. An unknown subject has none.
 * OUT_ABSENT: no such repository.
 */
struct referrer {
	struct str digest, media_type, artifact_type, annotations;
	uint64_t size;
};
typedef int referrer_each_fn(void *arg, const struct referrer *);
MUST int referrer_each(struct core *, const struct place *, struct str subject,
    struct str type, struct str after, int64_t limit, referrer_each_fn *,
    void *arg, bool *ret_more);

struct image_row {
	struct str repo, digest, media_type, config, platform;
	struct str *tags;
	size_t n_tags;
	int64_t size;       /* config and layers, bytes */
	int64_t created_s;  /* 0: unknown */
	int64_t pushed_at;
	bool index;         /* an index or manifest list */
};
struct image_filter {
	struct str account, region;
	struct str namespace, repo; /* empty: all; repo is the whole name */
	bool untagged;              /* also those without a tag */
	bool indexes;               /* also indexes */
};
/* What the subject may list, ordered by repository and digest. */
MUST int image_list(struct core *, const struct subject *,
    const struct image_filter *, struct arena *, struct image_row **ret,
    size_t *n);
MUST int image_get(struct core *, const struct place *, struct str ref,
    struct arena *, struct image_row *ret);/* Bytes of all unique blobs that the account links in the region. */
MUST int image_usage(struct core *, struct str account, struct str region,
    int64_t *ret_bytes);

/* --- blobs: blob membership, reading --- */

struct blob_row {
	uint64_t size;
	char key[33];
};
MUST int image_blob(struct core *, const struct place *, struct str digest,
    struct blob_row *ret); /* 0, OUT_ABSENT; one read */
MUST int image_blob_open(struct core *, const struct place *,
    struct str digest, int *ret_fd, uint64_t *ret_size);
/* Unlinks it here. OUT_CONFLICT while a manifest of this repository needs it. */
MUST int image_blob_unlink(const struct visit *, const struct place *,
    struct str digest);
/*
 * Link a blob that another repository holds. from may be empty: any repository
 * the subject may pull from. 0 linked; OUT_QUOTA; OUT_ABSENT otherwise,
 * without a hint.
 */
MUST int image_blob_mount(const struct visit *, const struct place *,
    struct str digest, struct str from);

#endif
