/*
 * How commands on the same machine speak with a running latchkeyd: the socket
 * DATA/run/control, 0600, so whoever may read the data may ask. A question is a line
 * of words; the answer is lines for people, each sent when it is known, and at the
 * end a line that begins with '.', "." or ". why it failed". When the asker goes,
 * what it asked for ends too, unless it is short. One thread a question, at most
 * CONTROL_ASKERS_MAX at once.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "core/core.h"

#include <stdio.h>

#define CONTROL_ASKERS_MAX 4
#define CONTROL_LINE_MAX 256

struct control;
struct control_ask;
/* A line of the answer. Nonzero when nobody listens any more. */
MUST int control_say(struct control_ask *, const char *fmt, ...) PRINTF(2, 3);

/* What can be asked; words after the name are in rest. Returns 0, an outcome or
 * -errno; why it failed in note. */
struct control_word {
	const char *name;
	int (*answer)(struct control_ask *, void *arg, struct str rest,
	    struct note *);
};
MUST int control_start(const char *data_dir, const struct control_word *,
    size_t n, void *arg, struct control **ret);
/* Ends those that ask, waits for them, removes the socket. */
void control_stop(struct control *);

/* The other side: asks, and writes each line of the answer to out. 0; OUT_ABSENT
 * no latchkeyd runs on these data; OUT_CONFLICT it failed, note says why;
 * -errno. */
MUST int control_ask(const char *data_dir, const char *line, FILE *out,
    struct note *);

#endif
