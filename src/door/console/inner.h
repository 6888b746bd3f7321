/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_CONSOLE_INNER_H
#define DOOR_CONSOLE_INNER_H

#include "door/console/console.h"

static inline struct console *
console_of(const struct call *call)
{
	return (struct console *)(uintptr_t)call->door;
}

/* console_files.c, which tools/embed-console makes. */
struct asset {
	const char *path; /* below src/console; the table is sorted by it */
	const char *type;
	const char *digest; /* of the bytes, 32 hex */
	const unsigned char *raw, *gzip; /* gzip NULL: would not be smaller */
	size_t n_raw, n_gzip;
};
extern const struct asset console_files[];
extern const size_t console_n_files;
extern const char console_hash[]; /* of all of them */

/* words.c */
void console_say(struct call *, int outcome, struct http_reply *);
void console_say_status(struct call *, int status, const char *why,
    struct http_reply *);

/* headers.c: what all replies of this door carry. */
void console_stamp(const struct call *, struct http_reply *);

/* accept.c */
/* Would whoever sent this Accept-Encoding rather have gzip than plain bytes? */
bool accept_gzip(struct str field);
/* Does an If-None-Match list the tag, which is in quotes? Weakly, as for GET. */
bool accept_tag(struct str list, struct str tag);

/* report_read.c */
#define REPORTS_AT_ONCE 16
#define REPORT_WORD_MAX 100
struct report {
	/* In bytes that cannot be taken for anything else in a line of a log. */
	char directive[REPORT_WORD_MAX + 1];
	char blocked[REPORT_WORD_MAX + 1]; /* no path, no query */
};
/* A body of application/csp-report or, many, of application/reports+json: what
 * it says of content policies. 0 with at most REPORTS_AT_ONCE, OUT_MALFORMED. */
MUST int reports_read(struct str body, bool many, struct report *ret,
    size_t *ret_n, struct note *);

/* assets.c, report.c, session.c */
handler_fn console_home, console_page, console_asset;
handler_fn console_report;
handler_fn console_sign_in, console_who, console_stay, console_sign_out;
int console_proof(struct call *, struct proof *, struct buf *decoded);

#endif
