/* latchkeyd gc, what a running latchkeyd answers to it, and what it counts. */
#ifndef SERVER_GC_H
#define SERVER_GC_H

#include "server/control.h"

/* The word "gc" of server/control.h: collects all that is due. */
MUST int gc_answer(struct control_ask *, struct core *, struct note *);
void gc_metrics(struct core *, struct buf *);

#endif
