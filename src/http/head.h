/*
 * The head of a request, RFC 9112 sections 2 to 6: pure parsing without I/O or
 * memory of its own. What two parsers could read differently is refused, never
 * repaired. Functions return 0 or the HTTP status to refuse with.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/http.h"

/* Where a search for the end of the head has got to, so that a head that drips
 * in byte by byte is looked at once. Zero it for each head. */
struct head_scan {
	size_t seen; /* bytes looked at */
	size_t line; /* where the current line begins */
};

#define HEAD_MORE 1 /* the end is not there yet, nothing is wrong so far */

/* Look for the empty line in p[0..n), of which *scan knows the beginning. 0
 * and *ret_end, the length of the head with its empty line; HEAD_MORE; or
 * 400, 414, 431. */
MUST int head_scan(struct head_scan *scan, const char *p, size_t n,
		   size_t *ret_end);

struct head {
	enum http_method method;
	struct str path, query, host;
	size_t n_fields;
	bool v11;    /* HTTP/1.1, not 1.0 */
	bool keep;   /* the client lets the connection live on */
	bool expect; /* it waits for "100 Continue" */
	bool has_length, chunked, gzip;
	uint64_t length;
	const char *why; /* what was wrong, for a refusal */
};

/*
 * Parse the whole head p[0..n), as head_scan() measured it. Field names are
 * put into lower case in place; everything in *ret and fields (room for
 * HTTP_FIELDS_MAX) borrows from p. *ret is filled as far as the parser got.
 */
MUST int head_parse(char *p, size_t n, struct http_field *fields,
		    struct head *ret);

/* Is the target in origin form, and does it name one path in one way? NULL,
 * or what is wrong with it. Without its query. */
const char *target_path_flaw(struct str path);
const char *target_query_flaw(struct str query);
/* name, IPv4 or [IPv6], with an optional port. */
bool target_host_ok(struct str host);

#endif
