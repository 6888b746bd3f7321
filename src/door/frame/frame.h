/*
 * The frame around every HTTP door: it matches the route on the raw target,
 * decodes parameters once, applies limits, asks the gate, decodes the body,
 * runs the handler, and lets the door's own words say the outcome. A handler
 * sees only what was let in; it returns an outcome and writes no status but
 * success.
 */
#ifndef DOOR_FRAME_FRAME_H
#define DOOR_FRAME_FRAME_H

#include "base/out.h"
#include "core/gate.h"
#include "http/http.h"
#include "json/json.h"
#include "wire/form.h"

#define FRAME_PARAMS_MAX 6
#define FRAME_ARENA_MAX (4 * MIB)

struct door;
struct route;

struct call {
	struct core *core;
	const struct region *region; /* that Host named */
	const struct door *door;
	const struct route *route;
	struct http_req *req;
	struct arena *arena;
	struct str params[FRAME_PARAMS_MAX]; /* decoded, in pattern order */
	struct form query, form;    /* form: BODY_FORM */
	struct json *json;          /* BODY_JSON; NULL for an empty body */
	struct visit visit;         /* who was let in, for what on what */
	struct thing thing;         /* what the route is about; aim fills it */
	struct str addr;            /* the peer, or what a trusted proxy says */
	struct str base;            /* "https://host": for URLs in replies */
	struct note note;           /* why, for people: the words may show it */
	int64_t wait_s;             /* for TOO_MANY: Retry-After */
	void *own;                  /* the door's, in the arena */
	char request_id[33];        /* 32 hex; logged, and shown by the words */
};

enum body_kind { BODY_NONE, BODY_JSON, BODY_FORM, BODY_RAW, BODY_STREAM };
enum run_where { RUN_INLINE, RUN_POOL }; /* POOL for all that waits */

typedef int handler_fn(struct call *, struct http_reply *);
/* Say what the route is about, from params and query: fills call->thing. 0 or
 * an outcome that the words say. NULL in a row: THING_NONE. */
typedef int aim_fn(struct call *);

/*
 * One row per route. path: literal segments and {x} (one segment) or {x+} (one
 * or more segments, at most one per pattern, matched so that the rest fits).
 * Both "/a" and "/a/" match unless the door is exact.
 */
struct route {
	enum http_method method;
	const char *path;
	enum verb verb;      /* what the gate is asked; a row without cannot be */
	aim_fn *aim;
	enum body_kind body;
	uint64_t body_max;
	enum run_where where;
	handler_fn *run;
};

struct door {
	const char *name;         /* in logs and metrics */
	const struct route *routes;
	size_t n_routes;
	bool exact;               /* a slash at the end matters */
	/* Read the proof out of the request; PROOF_NONE when there is none. */
	int (*proof)(struct call *, struct proof *, struct buf *decoded);
	/* Say an outcome (> 0), a failure (< 0: 500 or 503), or a status of the
	 * frame's own (no route 404, method 405, host 421, ...) in this protocol. */
	void (*say)(struct call *, int outcome, struct http_reply *);
	void (*say_status)(struct call *, int status, const char *why,
	    struct http_reply *);
	/* Is this path this door's? For errors before a route is found. */
	bool (*owns)(struct str path);
};

struct frame_conf {
	struct core *core;
	const struct door *const *doors;
	size_t n_doors;
	const char *const *trusted_proxies; /* textual addresses */
	size_t n_trusted;
	bool behind_tls; /* the operator says a TLS proxy is in front */
	bool off_loopback; /* a listener is bound beyond loopback */
};
struct frame;
MUST int frame_new(const struct frame_conf *, struct frame **ret);
void frame_free(struct frame *);
/* What http_start is given. Borrowed from the frame. */
const struct http_app *frame_app(struct frame *);
/* Check tables: each pattern well formed, verb in range, no two rows alike, a
 * BODY_STREAM in the pool, a TRAIL_CHANGE verb not inline. For the tests. */
MUST int frame_check(const struct door *, struct note *);
/* Prometheus lines: requests by door and status class, seconds. */
void frame_metrics(struct frame *, struct buf *);

/* For handlers. */
int reply_json(struct http_reply *, int status); /* sets the type; body is there */
int reply_empty(struct http_reply *, int status);
struct str call_query(const struct call *, const char *name); /* p NULL: none */
/* 1 <= n <= max from the query, dflt when absent; OUT_MALFORMED. */
MUST int call_number(const struct call *, const char *name, uint64_t dflt,
    uint64_t max, uint64_t *ret);

#endif
