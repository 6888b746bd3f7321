/* One question to latchkeyd. */
#ifndef FOLLOW_ASK_H
#define FOLLOW_ASK_H

#include "follow/reply.h"
#include "follow/url.h"

struct ask {
	const struct url *url;
	const char *method;  /* "GET", "POST" without a body */
	const char *path;    /* below the URL; begins with '/' */
	struct str bearer;   /* empty: none */
	const char *ca;	     /* "": whom the system trusts */
	int64_t wait_s;
};
/* 0 with a whole reply of any status; OUT_BUSY with a note: there was none. No
 * redirect is followed. */
MUST int ask_send(const struct ask *, struct reply *ret, struct note *);

#endif
