/* HTTP calls that we make (libcurl): no redirects are followed, time and size
 * are bounded, certificates are checked. */
#ifndef OUTWARD_OUTWARD_H
#define OUTWARD_OUTWARD_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#define OUTWARD_FIELDS_MAX 16
struct outward_call {
	const char *method; /* "GET", ... */
	const char *url;
	const char *fields[OUTWARD_FIELDS_MAX]; /* "Name: value" */
	size_t n_fields;
	struct str body;    /* p == NULL: none */
	const char *agent;   /* User-Agent; NULL: none */
	const char *ca_file; /* NULL: the system's */
	int64_t timeout_ms; /* 0: 30 s */
	size_t answer_max;  /* 0: 16 MiB */
	int (*stop)(void);  /* asked all the time; not 0: leave it. May be NULL */
};
struct outward_answer {
	int status; /* also when the rest did not come; 0: not even that */
	bool asked; /* at least a part of the request went out */
	struct buf body;
	struct buf head; /* raw header lines */
};
#define OUTWARD_ANSWER_INIT { .body = BUF_INIT, .head = BUF_INIT }
/* 0 for any HTTP status; OUT_BUSY when the server cannot be reached (note says
 * why in words for people); OUT_DENIED when its certificate is not trusted;
 * OUT_TOO_LARGE; OUT_MALFORMED (url). */
MUST int outward_do(const struct outward_call *, struct outward_answer *ret,
    struct note *);
void outward_answer_clear(struct outward_answer *); /* wipes */
/* A header's value from answer.head, case ignored; STR_NONE when absent. */
struct str outward_field(const struct outward_answer *, const char *name);

#endif
