/*
 * The frame around every HTTP door: it matches the route on the raw target,
 * decodes parameters once, applies limits, asks the gate, decodes the body,
 * runs the handler, and lets the door's own words say the outcome. A handler
 * sees only what was let in; it returns an outcome and writes no status but
 * success.
 *
 * What the frame refuses by itself, in the door's words: 400 a path or query
 * that two readers could understand differently, 403 credentials in clear text
 * from another machine (a login, an Authorization field, a console's call, the
 * path of a RULE_MACHINE verb), changes for a page of another site (Origin), and
 * anything for one in the console's name (Sec-Fetch-Site), 404 and
 * 405, 408 a stream that came too slowly, 413, 415 a content coding or type
 * that the route does not take, 421 a Host that is not ours. "OPTIONS *" is 204,
 * whatever else the request says.
 */
#ifndef DOOR_FRAME_FRAME_H
#define DOOR_FRAME_FRAME_H

#include "base/out.h"
#include "core/gate.h"
#include "http/http.h"
#include "wire/basic.h"
#include "wire/form.h"
#include "json/json.h"

#define FRAME_PARAMS_MAX 6
#define FRAME_ARENA_MAX	 (4 * MIB)

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
	struct form query, form;	     /* form: BODY_FORM */
	struct json *json;     /* BODY_JSON and JSON_SEND; NULL: empty body */
	struct visit visit;    /* who was let in, for what on what */
	enum proof_kind proof; /* how they proved it; NONE: not asked */
	struct thing thing;    /* what the route is about; aim fills it */
	struct str addr;       /* the peer, or what a trusted proxy says */
	struct str base;       /* "https://host": for URLs in replies */
	struct note note;      /* why, for people: the words may show it */
	int64_t wait_s;	       /* for TOO_MANY: Retry-After */
	void *own;	       /* the door's, in the arena */
	char request_id[33];   /* 32 hex; logged, and shown by the words */
};

/* EXCHANGE: a stream that may be coded with gzip, and whose handler may send
 * its reply with http_send(). JSON_SEND: JSON, read whole, and a handler that
 * may do so too. */
enum body_kind {
	BODY_NONE, BODY_JSON, BODY_FORM, BODY_RAW, BODY_STREAM, BODY_EXCHANGE,
	BODY_JSON_SEND
};
enum run_where { RUN_INLINE, RUN_POOL }; /* POOL for all that waits */

typedef int handler_fn(struct call *, struct http_reply *);
/* Say what the route is about, from params and query: fills call->thing. 0 or
 * an outcome that the words say. NULL in a row: THING_NONE. */
typedef int aim_fn(struct call *);
/* Where this one request runs, from its query: for rows that only sometimes
 * wait. Asked after the gate; never blocks. */
typedef enum run_where where_fn(const struct call *);

/*
 * One row per route. path: literal segments and {x} (one segment) or {x+} (one
 * or more segments, at most one per pattern, matched so that the rest fits).
 * Both "/a" and "/a/" match unless the door is exact.
 */
struct route {
	enum http_method method;
	const char *path;
	enum verb verb; /* what the gate is asked; a row without cannot be */
	aim_fn *aim;
	enum body_kind body;
	uint64_t body_max;
	enum run_where where;
	handler_fn *run;
	where_fn *where_of; /* NULL: always where */
};

struct door {
	const char *name; /* in logs and metrics */
	const struct route *routes;
	size_t n_routes;
	bool exact;	     /* a slash at the end matters */
	bool no_coded_slash; /* %2f in a path is OUT_MALFORMED */
	bool no_head;	     /* GET's rows are not HEAD's as well: 405 */
	bool own_policy; /* stamp says what a browser may do with its replies */
	bool cookie; /* takes the console's session: see call_cookie() */
	bool quiet; /* its paths hold secrets: the log has the row's pattern */
	/* Read the proof out of the request; PROOF_NONE when there is none. Not
	 * asked for verbs that need no credential. */
	int (*proof)(struct call *, struct proof *, struct buf *decoded);
	/* Say an outcome (> 0), a failure (< 0: 500 or 503), or a status of the
	 * frame's own (no route 404, method 405, host 421, ...) in this
	 * protocol. */
	void (*say)(struct call *, int outcome, struct http_reply *);
	void (*say_status)(struct call *, int status, const char *why,
			   struct http_reply *);
	/* Is this path this door's? Its rows are looked at only when it is. */
	bool (*owns)(struct str path);
	/* NULL, or called last on every reply: fields that all of them carry.
	 */
	void (*stamp)(const struct call *, struct http_reply *);
};

struct frame_conf {
	struct core *core;
	const struct door *const *doors;
	size_t n_doors;
	/* Textual addresses; X-Forwarded-For, -Proto and -Host count from these
	 * only. Everything here is borrowed for the frame's life. */
	const char *const *trusted_proxies;
	size_t n_trusted;
	bool behind_tls;   /* the operator says a TLS proxy is in front */
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
/* Does the row's pattern take the path? params: raw. For the doors' tests. */
bool frame_matches(const struct route *, bool exact, struct str path,
		   struct str params[FRAME_PARAMS_MAX], size_t *ret_n);
/* Prometheus lines: requests by door and status class, bytes, seconds. */
void frame_metrics(struct frame *, struct buf *);
/* One more, "latchkey_<name>", of type "counter" or "gauge". */
void frame_metric(struct buf *, const char *name, const char *type,
    uint64_t value, const char *help);
/* A histogram, "latchkey_<name>", in seconds; and its lines alone, for one that
 * has labels: "door=\"oci\"," or "". */
struct histo_sum;
void frame_histo(struct buf *, const char *name, const struct histo_sum *,
    const char *help);
void frame_histo_lines(struct buf *, const char *name, const char *labels,
    const struct histo_sum *);

/* For doors. */
/* The Authorization field. 0 (AUTH_NONE without one), OUT_MALFORMED. */
MUST int call_auth(const struct call *, struct buf *decoded, struct auth *ret);
/* The proof of doors for IAM identities: an access token, or an API key as
 * password of the user iamapikey. hint tells whoever brings something else. */
MUST int call_iam_proof(struct call *, struct proof *ret, struct buf *decoded,
			const char *hint);
/* The same with the hint of IBM's doors: a door's proof. */
MUST int call_access_proof(struct call *, struct proof *ret,
			   struct buf *decoded);
/* What the request brings to this door: the console's cookie where that counts,
 * else the door's own proof, with its outcomes. */
MUST int call_proof(struct call *, struct proof *ret, struct buf *decoded);

/*
 * The console's session comes as a cookie, which a browser sends by itself,
 * whoever made it ask. So it counts only beside the field "Latchkey-Console: 1",
 * which no form, link or image can carry and no page of another site may send.
 * Whoever sends that field is never told of a way to log in by WWW-Authenticate: a
 * browser would open a dialog of its own.
 */
#define CONSOLE_FIELD "latchkey-console"
bool call_from_console(const struct call *);
/* "__Host-latchkey" over https, "latchkey" without. */
struct str call_cookie_name(const struct call *);
/* The value, at any door: one field Cookie, one cookie of that name, the field
 * above, and no Authorization. Else false: it is as if there were none. */
bool call_cookie(const struct call *, struct str *ret);
/* Who somebody is, as GET /latchkey/v1/whoami says it. 0, OUT_UNPROVEN: not there
 * any more, -errno. */
MUST int call_whoami(struct call *, const struct subject *,
    struct http_reply *, int status);
/* Is it head, or does it go on behind head with a slash? For a door's owns. */
bool path_below(struct str path, struct str head);
/* Ask the gate once more with the same proof, where only a handler knows what
 * a request is about. call->thing and call->visit are the new ones. */
MUST int call_pass(struct call *, enum verb, const struct thing *);
/* Where the query means one value: STR_NONE without it; OUT_MALFORMED with a
 * note when the name is there twice. */
MUST int call_once(struct call *, const char *name, struct str *ret);
/* Ask the gate while a long body goes out, or comes in, whether it still may;
 * a revoked credential's transfer is cut. */
MUST int call_guard(const struct call *, struct http_reply *);
void call_guard_body(struct call *);
/* Is the route's request a HEAD? Its reply may leave the body out. */
bool call_is_head(const struct call *);
/* Did somebody pass it on who is no trusted proxy, as X-Forwarded-*, Forwarded
 * or Via say? Behind a trusted one: was it passed on before it came there? */
bool call_forwarded(const struct call *);

/* Transaction-Id, as IBM's services have it: the caller's own if it is one, else
 * the request's. A stamp. */
void call_transaction(const struct call *, struct http_reply *);

/* For handlers. */
int reply_json(struct http_reply *,
	       int status); /* sets the type; body is there */
int reply_empty(struct http_reply *, int status);
/* What whoever was refused can do, by the reply's status: 401 prove themselves,
 * by which scheme; 429 and 503 come again, after call->wait_s. */
void reply_advice(const struct call *, const char *scheme, struct http_reply *);
/* latchkey's own words, for doors that follow no protocol in this: a status and a
 * word for machines for each outcome, a word for a status of the frame's own
 * ("error" for one that has none), and the reply that says them with a sentence:
 * {"error":{"code","message","request_id"}}, with reply_advice(). */
struct own_word {
	int status;
	const char *code;
};
extern const struct own_word own_words[OUT_MAX];
const char *own_status(int status);
void reply_error(struct call *, int status, const char *code,
    const char *message, struct http_reply *);
struct str call_query(const struct call *, const char *name); /* p NULL: none */
/* 1 <= n <= max from the query, dflt when absent; OUT_MALFORMED. */
MUST int call_number(struct call *, const char *name, uint64_t dflt,
		     uint64_t max, uint64_t *ret);

#endif
