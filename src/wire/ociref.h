/*
 * Names of the OCI distribution specification 1.1, "Pulling manifests": the
 * grammars of repository names, tags and digests, and references as people
 * write them. Pure; nothing is allocated; all results borrow from the input.
 */
#ifndef WIRE_OCIREF_H
#define WIRE_OCIREF_H

#include "base/out.h"
#include "base/str.h"

#define OCI_NAME_MAX 255
#define OCI_TAG_MAX 128
#define OCI_DIGEST_MAX (7 + 128) /* "sha512:" and 128 hex digits */

/* [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/ the same)* , at least two components:
 * the first is the namespace. */
bool ociref_is_name(struct str);
bool ociref_is_component(struct str);
bool ociref_is_tag(struct str); /* [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127} */
/* 4-30 of [a-z0-9_-], first and last a letter or digit, and also a component:
 * IBM's rule for namespaces. */
bool ociref_is_namespace(struct str);
struct str ociref_namespace(struct str name); /* up to the first '/' */

enum digest_kind { DIGEST_SHA256, DIGEST_SHA512 };
/* "sha256:<64 lower-case hex>" or sha512. 0; OUT_UNSUPPORTED for another
 * algorithm in the form that the image specification gives; OUT_MALFORMED. */
MUST int ociref_digest(struct str, enum digest_kind *ret);
/* "sha256" alone, or sha512. The same outcomes. */
MUST int ociref_algorithm(struct str, enum digest_kind *ret);

/* [host[:port]/]name[:tag][@digest]; without either the tag is "latest". The
 * first component is a host when it has a '.' or ':' or is "localhost". */
struct ociref {
	struct str host, name, tag, digest;
};
MUST int ociref_parse(struct str, struct ociref *ret); /* 0, OUT_MALFORMED */

#endif
