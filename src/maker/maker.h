/*
 * latchkeyd-keymaker: makes key pairs, each in a process of its own that ends
 * with it. Started by latchkeyd, with the orders of wire/keymaker.h on
 * descriptor 3:
 *
 *   latchkeyd-keymaker serve [--user NAME] [--deadline S]
 *
 * It holds no secret itself. Before the first order it has done once, in vain,
 * all that a key's process does, so that those have nothing to load; it then
 * gives up files, programs, the network and, when root has started it, its
 * user. It ends with 0 when the socket closes, with 78 when it cannot become
 * that user; log lines go to descriptor 2.
 */
#ifndef MAKER_MAKER_H
#define MAKER_MAKER_H

#include "base/clean.h"

#include <stdint.h>

#define MAKER_JOBS_MAX 32	/* orders at once; more wait in the socket */
#define MAKER_SLOW_RUNNING_MAX 2 /* RSA: a second of a processor each */
#define MAKER_SLOW_MAX 8	/* those and the ones that wait; then BUSY */
#define MAKER_JOB_MS (45 * SECOND_MS) /* from the order to the end */
#define MAKER_JOB_CPU_S 30
#define MAKER_LEFT_MS 200 /* to notice that nobody reads any more */
#define MAKER_EXIT_CONF 78

struct maker_conf {
	const char *user; /* NULL: nobody */
	int64_t job_ms;   /* 0: MAKER_JOB_MS */
};
int maker_serve(const struct maker_conf *); /* the exit status */

#endif
