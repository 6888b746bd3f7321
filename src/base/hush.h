/* For what is written down: names and paths of clients, into which people paste
 * secrets by mistake. */
#ifndef BASE_HUSH_H
#define BASE_HUSH_H

#include "base/str.h"

/* A copy in which a star stands for whatever looks like a secret of ours or
 * like a JWT; cut off at size, without a NUL. */
struct str hush(struct str text, char *to, size_t size);

#endif
