/*
 * Service IDs: identities of machines. They have API keys and policies, no
 * password; whoever made one administers it. Locked, nothing of it changes: no
 * update, no new key, no policy, no deletion; what it may do it still may.
 */
#ifndef CORE_SERVICE_ID_H
#define CORE_SERVICE_ID_H

#include "core/api_key.h"
#include "core/sort.h"
#include "core/user.h"

#define SERVICE_IDS_MAX 200000 /* of an account */
#define SERVICE_ID_INSTANCES_MAX 100

struct service_id {
	struct str iam_id;  /* iam-ServiceId-<uuid> */
	struct str account, name, description, created_by;
	struct str instances; /* JSON array of CRNs */
	bool locked, disabled;
	int64_t version, created_at, modified_at;
};
struct service_id_ask { /* p NULL when changing: as it was */
	struct str name, description, instances;
	bool locked;                      /* creating only */
	const struct api_key_ask *key;    /* creating only; NULL: none */
};
/* "ServiceId-<uuid>" of an iam id, and back: what the API calls it. */
struct str service_id_word(struct str iam_id);
MUST int service_id_parse(struct str word, char ret[IDENTITY_ID_MAX + 1]);

/* Both in one write. OUT_MALFORMED with a note, OUT_TOO_MANY. */
MUST int service_id_create(const struct visit *, const struct service_id_ask *,
    struct arena *, struct service_id *ret, struct api_key *ret_key,
    struct secret *ret_value, struct note *);
MUST int service_id_get(struct core *, struct str iam_id, struct arena *,
    struct service_id *ret);
/* version 0: whatever it is; else OUT_STALE. OUT_CONFLICT locked. */
MUST int service_id_update(const struct visit *, struct str iam_id,
    int64_t version, const struct service_id_ask *, struct arena *,
    struct service_id *ret, struct note *);
/* With its keys, sessions, policies and memberships. OUT_CONFLICT it is locked, or
 * one of its keys is. */
MUST int service_id_delete(const struct visit *, struct str iam_id);
/* Both as often as one likes; what is locked can be disabled all the same. */
MUST int service_id_lock(const struct visit *, struct str iam_id, bool locked);
MUST int service_id_disable(const struct visit *, struct str iam_id,
    bool disabled);

struct service_id_filter {
	struct str account, name; /* name: exact; may be empty */
	struct sort sort;
	int64_t limit;
};
/* What a list that is sorted so goes on from; SORT_CREATOR is as SORT_ID. */
struct str service_id_sort_text(const struct service_id *, enum sort_by);
int64_t service_id_sort_number(const struct service_id *, enum sort_by);
MUST int service_id_list(struct core *, const struct service_id_filter *,
    struct arena *, struct service_id **ret, size_t *n);

#endif
