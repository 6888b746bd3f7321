/*
 * Fair shares of something that there are few of: programs of git, exchanges of
 * smart HTTP. Nobody holds so many at once that others get none: neither one
 * credential nor all of an account's. Whoever has an identity is one holder,
 * whatever they show; an access key is one, wherever it stands.
 */
#ifndef DOOR_GIT_SHARE_H
#define DOOR_GIT_SHARE_H

#include "core/gate.h"

#include <pthread.h>
#include <sys/queue.h>

/* Of max, and always at least one. */
#define SHARE_WHO_PERCENT     50 /* one credential or identity */
#define SHARE_ACCOUNT_PERCENT 75 /* on repositories of one account */

struct share_hold {
	LIST_ENTRY(share_hold) link;
	char who[16 + CRED_ID_MAX + IDENTITY_ID_MAX];
	char account[ACCOUNT_ID_LEN + 1];
	bool held;
};
struct share {
	pthread_mutex_t lock;
	unsigned max, who_max, account_max;
	LIST_HEAD(, share_hold) holds;
};
void share_init(struct share *, unsigned max);
void share_clear(struct share *); /* all were given back */
/* who: as proven, before a thing made it definite. hold does not move until it
 * is given back. 0; OUT_BUSY more than a fair share, or than there are. */
MUST int share_take(struct share *, const struct subject *who,
		    const char *account, struct share_hold *hold);
/* Nothing, when it is not held. */
void share_give(struct share *, struct share_hold *hold);

#endif
