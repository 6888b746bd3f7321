/* Access keys: what keys.c shows and key_change.c changes. */
#ifndef DOOR_BITBUCKET_KEYS_H
#define DOOR_BITBUCKET_KEYS_H

#include "door/bitbucket/inner.h"

/* The object of one key, as an element of a list or alone. */
MUST int bb_key_put(struct call *, struct jw *, const struct access_key *);
/* Status 200: Bitbucket says so of new keys, too. */
MUST int bb_key_reply(struct call *, const struct access_key *,
    struct http_reply *);
/* The key that the last parameter names, if it stands on the repository or
 * project that the gate was asked about; else OUT_ABSENT. */
MUST int bb_key_find(struct call *, struct access_key *ret);

#endif
