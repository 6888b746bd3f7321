/*
 * The reply's own life, and its head as bytes.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/http.h"

/* Make it an empty reply; memory it has is kept. */
void reply_begin(struct http_reply *);
/* Close its file, free its guard, wipe its content; keeps a little memory. */
void reply_end(struct http_reply *);
void reply_free(struct http_reply *);

/* Did one of its fields or its body fail to be added? */
bool reply_failed(const struct http_reply *);
/* May a reply with this status have a body at all? */
bool reply_bodyless(int status);

enum reply_body { REPLY_MEASURED, REPLY_CHUNKED, REPLY_TO_THE_END };
struct reply_frame {
	struct str date;
	enum reply_body body;
	bool v11, keep, head_only;
};
/* "Date: ...\r\n" of this second; the calling thread's, until it asks again. */
struct str reply_date_now(void);
/* Write the head to p, which has room for HTTP_REPLY_HEAD_MAX and 1 KiB; the
 * number of bytes written. */
size_t reply_head(const struct http_reply *, const struct reply_frame *,
		  char *p);

#endif
