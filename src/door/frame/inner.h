/*
 * What the files of the frame share with each other and with nobody else.
 */
#ifndef DOOR_FRAME_INNER_H
#define DOOR_FRAME_INNER_H

#include "base/histo.h"
#include "door/frame/frame.h"

#include <stdatomic.h>

#define FRAME_DOORS_MAX 16

/* A step's result beyond the outcomes: the frame's own status, kept in the
 * inner. */
#define STATUS_SAID OUT_MAX

/* A row ready to be matched: what is before {x+} and what is behind it. */
struct row {
	const struct route *route;
	struct str head, tail;
	bool many;	   /* has {x+} between head and tail */
	size_t tail_parts; /* segments of tail */
};

/* Requests answered, by hundreds of the status; [0] is what has none. */
struct tally {
	_Atomic uint64_t classes[6];
	_Atomic uint64_t in, out; /* bytes of bodies */
	struct histo took;
};

struct gang { /* a door and its rows */
	const struct door *door;
	struct row *rows;
	struct tally tally;
};

struct frame {
	struct frame_conf conf;
	struct http_app app;
	struct gang gangs[FRAME_DOORS_MAX];
	size_t n_gangs;
	struct tally nobodys; /* paths that no door owns */
};

/* The call as the frame sees it; req->app points to it. */
struct inner {
	struct call call; /* first: the two are cast into each other */
	struct frame *frame;
	struct gang *gang; /* NULL: nobody's path */
	int status;	   /* with STATUS_SAID */
	const char *why;
	unsigned allow; /* bits by http_method, for 405 */
};

static inline bool
has_body(const struct http_req *req)
{
	return req->chunked || req->length > 0;
}

static inline int
inner_status(struct inner *in, int status, const char *why)
{
	in->status = status;
	in->why = why;
	return STATUS_SAID;
}

/* route.c */
void frame_row_make(const struct route *, struct row *ret);
/* Fills params with the raw segments on true; they borrow from path. */
bool frame_row_match(const struct row *, struct str path, bool exact,
		     struct str params[FRAME_PARAMS_MAX], size_t *ret_n);
/* OUT_MALFORMED for paths that could be read in two ways: empty and dot
 * segments, bad percent codes, bytes that have no place there. */
MUST int frame_path_check(struct str path);
/* Decodes in place, once. */
MUST int frame_params_decode(struct call *, struct str *params, size_t n);
/* Finds the row, the door that speaks, and the parameters. */
MUST int frame_route_step(struct inner *);

/* host.c */
void frame_host_addr(struct inner *);	   /* who the peer is */
MUST int frame_host_step(struct inner *);  /* region and base, or 421 */
MUST int frame_plain_step(struct inner *); /* 403 */
MUST int frame_origin_step(struct inner *); /* 403 */

/* console.c */
MUST int frame_console_step(struct inner *); /* 403 */

/* let_in.c: all that is asked before a handler runs. 0, STATUS_SAID, an
 * outcome, or -errno. */
MUST int frame_let_in(struct inner *);

/* metrics.c */
void frame_tally_add(struct tally *, int status, int64_t ms, uint64_t in,
		     uint64_t out);

#endif
