/* What needs more rights, or sees more secrets, than latchkeyd is to have while
 * it serves is done by a child of it, before there are threads. */
#ifndef SERVER_PREPARE_H
#define SERVER_PREPARE_H

#include "base/out.h"

#define PREPARE_TEXT_MAX 4096

/* fn runs in the child and returns an exit status; what it leaves in ret_text is
 * handed on. Returns that status; EXIT_FAILURE, and has said why, when it could
 * not run or died. */
typedef int prepare_fn(void *arg, char ret_text[PREPARE_TEXT_MAX]);
int prepare_run(prepare_fn *, void *arg, char ret_text[PREPARE_TEXT_MAX]);

#endif
