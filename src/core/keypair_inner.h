/*
 * Key pairs: what their files share. Functions that take a place of the database
 * run in a write, or in a view.
 */
#ifndef CORE_KEYPAIR_INNER_H
#define CORE_KEYPAIR_INNER_H

#include "core/git_inner.h"
#include "core/keypair.h"
#include "db/db.h"

/* "Team/project/name" */
#define KEYPAIR_PLACE_MAX                                                      \
	(SLUG_MAX + 1 + PROJECT_SLUG_MAX + 1 + KEYPAIR_NAME_MAX)

/* The visit's verb on "key-pair:Team/project/name", with what there is to say
 * besides what the pair is. */
struct keypair_event {
	const char *state, *why; /* NULL: not said */
	bool gone; /* how many servers trust it is said */
};
MUST int keypair_trail(struct db_at *, const struct visit *,
    const struct keypair *, struct keypair_event);

/* May stand in a name. */
bool keypair_name_byte(char);

/* The columns of keypair_by_id and its like; borrows from the row. */
#define KEYPAIR_COL_NAME_KEY 14
void keypair_look(struct db_rows *, struct keypair *ret);
MUST int keypair_keep(struct arena *, const struct keypair *,
    struct keypair *ret);

#endif
