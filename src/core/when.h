/*
 * Time conditions of policies: IBM's patterns time-based-conditions:once,
 * :weekly:all-day and :weekly:custom-hours with their rule, compiled once and
 * asked often. What is no such condition is refused, never ignored.
 */
#ifndef CORE_WHEN_H
#define CORE_WHEN_H

#include "base/out.h"
#include "base/str.h"

#include <stdint.h>

#define WHEN_PARTS_MAX 8

struct when {
	bool always;                 /* no condition */
	uint8_t days;                /* bit 0 Monday ... bit 6 Sunday; 0: any */
	int32_t day_offset_s;        /* of the days' time zone, east of UTC */
	bool has_from, has_to;
	bool daily;                  /* from, to: seconds of a UTC day, from may be
					above to: over midnight; else ms since 1970 */
	int64_t from, to;
};
/* pattern.p NULL and rule.p NULL: always. OUT_MALFORMED with a note. */
MUST int when_parse(struct str pattern, struct str rule, struct when *ret,
    struct note *);
bool when_holds(const struct when *, int64_t now_ms);

#endif
