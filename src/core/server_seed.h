/*
 * A first boot under way: what server_seed.c and server_report.c share. Each of
 * its steps looks in a view, where most refusals are found without a write, and
 * looks again in the commit that makes the step.
 */
#ifndef CORE_SERVER_SEED_H
#define CORE_SERVER_SEED_H

#include "core/server_inner.h"

enum {
	BOOT_ID, BOOT_EXPIRES_AT, BOOT_FIRST_FROM, BOOT_FIRST_AT,
	BOOT_ENROLLED_AT, BOOT_CLOSED_AT, BOOT_PLACE, BOOT_HOSTNAME, BOOT_FQDN
};
/* The visit's seed, for its address. OUT_UNPROVEN: it is no more; OUT_EXPIRED;
 * OUT_DENIED: another address's. */
MUST int first_boot_row(struct db_at *, const struct visit *,
    struct db_rows *ret);

struct first_boot {
	struct visit by; /* with the server's name, for the trail */
	char place[SERVER_PLACE_MAX + 1];
	bool fetched;
};
/* more() is asked when the seed is fine so far. The trail knows of each no. */
MUST int first_boot_look(const struct visit *, struct first_boot *ret,
    int (*more)(struct db_at *, struct db_rows *, void *), void *arg);
MUST int first_boot_write(const struct first_boot *,
    int (*fn)(struct db_at *, void *), void *arg);
/* Nobody else's address from now on. */
MUST int first_boot_bind(struct db_at *, const struct visit *,
    struct db_rows *);

#endif
