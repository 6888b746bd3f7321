/* Between the files of explaining. */
#ifndef DOOR_API_EXPLAIN_H
#define DOOR_API_EXPLAIN_H

#include "core/explain.h"
#include "door/api/inner.h"

/* OUT_MALFORMED with a note; resource may be NULL. What the thing borrows lives
 * as long as the call. */
MUST int explain_aim(struct call *, struct str action,
    const struct json *resource, enum verb *ret_verb, struct thing *ret);

#endif
