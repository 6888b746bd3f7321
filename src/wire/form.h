/*
 * application/x-www-form-urlencoded, for queries and bodies (WHATWG URL 5.1).
 * Pairs are decoded into the arena. Bounded; a name given twice is kept twice.
 */
#ifndef WIRE_FORM_H
#define WIRE_FORM_H

#include "base/arena.h"
#include "base/out.h"
#include "base/str.h"

#define FORM_PAIRS_MAX 128
struct form_pair {
	struct str name, value;
};
struct form {
	struct form_pair *pairs;
	size_t n;
};
/* 0, OUT_MALFORMED (bad percent code, NUL), OUT_TOO_MANY, -ENOMEM. */
MUST int form_parse(struct str text, struct arena *, struct form *ret);
/* The first value, or STR_NONE (p == NULL). */
struct str form_get(const struct form *, const char *name);
size_t form_count(const struct form *, const char *name);

#endif
