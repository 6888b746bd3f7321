/* The house-keeping thread: core_tidy() once a minute; and a line in the log
 * when the store can no longer be written, and when it can again. */
#ifndef SERVER_TIDY_H
#define SERVER_TIDY_H

#include "core/core.h"

struct tidy;
MUST int tidy_start(struct core *, struct tidy **ret);
void tidy_free(struct tidy *); /* waits for a round under way; NULL is fine */

#endif
