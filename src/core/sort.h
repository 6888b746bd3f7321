/*
 * How lists of service IDs and API keys are sorted, and where a page of one goes
 * on: behind the last one's sort value and id, whatever came or went since.
 */
#ifndef CORE_SORT_H
#define CORE_SORT_H

#include "base/str.h"

enum sort_by { SORT_ID, SORT_NAME, SORT_CREATED, SORT_MODIFIED, SORT_CREATOR,
	SORTS };
struct sort {
	enum sort_by by;
	bool descending;
	bool further;          /* after says where */
	struct str after_text; /* NAME, CREATOR */
	int64_t after_number;  /* CREATED, MODIFIED */
	struct str after_id;
};
/* What stands before all there is, or (descending) behind it; or where sort goes
 * on. Borrows from sort. */
struct sort_from {
	struct str text, id;
	int64_t number;
};
struct sort_from sort_from(const struct sort *);
static inline bool
sort_is_text(enum sort_by by)
{
	return by == SORT_NAME || by == SORT_CREATOR;
}

#endif
