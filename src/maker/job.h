/* One key: what the process does that was forked for it. */
#ifndef MAKER_JOB_H
#define MAKER_JOB_H

#include "maker/memory.h"
#include "wire/keymaker.h"

/* Never returns; closes everything but the stream. */
void job_run(struct memory *, const struct keymaker_order *, int fd)
    __attribute__((noreturn));
/* An answer without a key. */
void job_refuse(int fd, enum keymaker_status);

#endif
