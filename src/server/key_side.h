/*
 * The side of the server that has key pairs made: keeps latchkeyd-keymaker
 * alive, orders keys of it, and reads the public halves. It never sees a private
 * one, only the stream that it will come from.
 *
 * A keymaker that died is replaced at once, and more and more slowly when it
 * dies again soon; whoever orders meanwhile waits a moment. One that does not
 * answer an order in time is ended, and so replaced.
 */
#ifndef SERVER_KEY_SIDE_H
#define SERVER_KEY_SIDE_H

#include "door/api/api.h"
#include "json/json.h"

#define KEY_START_MS (10 * SECOND_MS) /* for the program to take orders */
#define KEY_MEND_MS  (3 * SECOND_MS)  /* an order waits for a new program */
#define KEY_WAIT_MS  (50 * SECOND_MS) /* for a key: MAKER_JOB_MS and some */

struct key_side;
/* Starts it. program: its path; user: whom it becomes when we are root. Both are
 * borrowed. 0; -errno. */
MUST int key_side_new(const char *program, const char *user,
		      struct key_side **ret);
/* Returns when it takes orders; once. What is ordered before that waits as for a new
 * program. 0; OUT_DENIED it cannot run here as it is to (and has said why on
 * standard error), OUT_BUSY it ended otherwise or took too long, each with a note;
 * -errno. */
MUST int key_side_ready(struct key_side *, struct note *);
/* Ends the program, by its id. NULL is fine; nobody may be ordering. */
void key_side_free(struct key_side *);

/* As api_host.key_make has it. From any thread. */
MUST int key_side_make(struct key_side *, const struct keymaker_order *,
		       struct made_key *ret, struct note *);
void key_side_metrics(struct key_side *, struct buf *);
void key_side_status(struct key_side *, struct jw *);

#endif
