/*
 * What the files of the OCI door share with each other and with nobody else.
 */
#ifndef DOOR_OCI_INNER_H
#define DOOR_OCI_INNER_H

#include "core/image.h"
#include "core/upload.h"
#include "door/oci/oci.h"
#include "wire/ociref.h"
#include "wire/scope.h"

#define OCI_SERVICE   "registry"
#define OCI_GRANT_MAX (64 * KIB) /* the form of POST /oauth/token */
/* Blobs above this are watched by the gate while they go out. */
#define OCI_UNWATCHED_MAX (64 * KIB)

/* What a route is about: decides how the words name an outcome. */
enum noun {
	NOUN_NAME,
	NOUN_MANIFEST,
	NOUN_TAG,
	NOUN_BLOB,
	NOUN_UPLOAD,
	NOUN_LOGIN,
	NOUN_GRANT,
	NOUNS
};

/* The door's part of a call, in the arena; call->own. */
struct oci {
	enum noun noun;
	struct place at;
	struct str ref;	    /* tag, digest or upload id */
	bool by_digest;	    /* ref is a digest */
	struct str from;    /* mount: the other repository, when it is a name */
	bool catalog;	    /* the challenge asks for the catalog's scope */
	const char *code;   /* instead of the table's; for one outcome */
	struct str missing; /* MISSING_PART: which digest */
	uint64_t size;	    /* RANGE: of the blob, or received so far */
};
struct oci *oci_of(const struct call *); /* never NULL */

/* routes.c */
aim_fn oci_aim_base, oci_aim_name, oci_aim_manifest, oci_aim_blob,
    oci_aim_uploads, oci_aim_upload, oci_aim_catalog, oci_aim_referrers,
    oci_aim_login, oci_aim_grant;
/* A digest that we take: 0; else an outcome, and code and note are set. */
MUST int oci_aim_digest(struct call *, struct str digest,
			enum digest_kind *ret);
MUST int oci_new(struct call *, enum noun, struct oci **ret);

/* handlers */
handler_fn oci_base_get, oci_catalog_get, oci_tags_get, oci_manifest_get,
    oci_manifest_put, oci_manifest_delete, oci_blob_get, oci_blob_delete,
    oci_upload_post, oci_upload_get, oci_upload_patch, oci_upload_put,
    oci_upload_delete, oci_referrers_get, oci_token_get, oci_token_post;
where_fn oci_token_where;

/* tags.c */
/* ?n= : what is beyond max means max; 0 is an empty page. */
MUST int oci_page_limit(struct call *, uint64_t dflt, uint64_t max,
			uint64_t *ret);

/* proof.c */
int oci_proof(struct call *, struct proof *, struct buf *decoded);
/* Basic's two words as a proof. */
void oci_proof_basic(struct str user, struct str secret, struct proof *ret);
/* For routes that only ask who it is: fills call->visit.who. OUT_UNPROVEN also
 * for a credential of another region. */
MUST int oci_prove(struct call *, struct proof *);

/* words.c */
void oci_say(struct call *, int outcome, struct http_reply *);
void oci_say_status(struct call *, int status, const char *why,
		    struct http_reply *);
void oci_stamp(const struct call *, struct http_reply *);

/* challenge.c */
/* The text of WWW-Authenticate. error: NULL, or invalid_token, ... */
void oci_challenge(const struct call *, const char *error, struct buf *);

/* head.c: the request's conditions and ranges */
bool oci_etag_listed(struct str if_none_match, struct str digest);
bool oci_etag_is(struct str tag, struct str digest); /* strong */
enum range_kind { RANGE_WHOLE, RANGE_PART, RANGE_NONE };
/*
 * RFC 9110 section 14: a single range of bytes; whatever is no such thing means
 * the whole. RANGE_NONE: it lies beyond the end, or ends before it begins. first and last are filled for
 * RANGE_PART.
 */
enum range_kind oci_range_parse(struct str field, uint64_t size,
				uint64_t *first, uint64_t *last);
/* "first-last" of OCI uploads. 0; OUT_MALFORMED, also when last < first;
 * OUT_RANGE when last is beyond UPLOAD_SIZE_MAX. */
MUST int oci_content_range_parse(struct str field, uint64_t *first,
				 uint64_t *last);

#endif
