/*
 * Scopes of the Docker token service:  type ":" name ":" action {"," action},
 * several separated by one or more blanks. type is "repository" (optionally
 * "repository(class)") or "registry" with name "catalog". Anything that does
 * not fit the grammar is passed over: it grants nothing.
 */
#ifndef WIRE_SCOPE_H
#define WIRE_SCOPE_H

#include "base/str.h"

enum scope_action {
	SCOPE_PULL = 1,
	SCOPE_PUSH = 2,
	SCOPE_DELETE = 4,
	SCOPE_ALL_CATALOG = 8, /* registry:catalog:* */
};
#define SCOPE_COUNT_MAX 64
struct scope {
	struct str name; /* a repository, or "" for the catalog */
	unsigned actions;
};
/*
 * Parse one scope parameter into at most max entries; same names are merged
 * with the entries that *count already counts. Of an entry's actions those that
 * are none are passed over, and an entry that grants nothing is not counted.
 * 0, or OUT_TOO_MANY: then what is there is incomplete.
 */
MUST int scope_parse(struct str text, struct scope *ret, size_t max,
    size_t *count);

#endif
