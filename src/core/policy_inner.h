/* What the files of the store of policies share with each other. */
#ifndef CORE_POLICY_INNER_H
#define CORE_POLICY_INNER_H

#include "core/gate_inner.h"
#include "core/policy.h"
#include "crypt/digest.h"
#include "db/db.h"

#define POLICY_ID_LEN 36
#define POLICY_SUBJECT_MAX 64
#define POLICY_ROLE_MAX 1000
#define POLICY_DESCRIPTION_MAX 1024
/* A page of a list is at an end when it has taken as much memory. */
#define POLICY_PAGE_BYTES (1024 * 1024)

/* policy_put.c: the rows of one policy, as they are; nothing is looked at. */
MUST int policy_put(struct db_at *, const struct visit *, struct str id,
    const struct policy_text *);
MUST int policy_put_parts(struct db_at *, struct str id,
    const struct policy_text *);
/* Of what it says, in one canonical form: the order of roles, attributes and
 * values does not matter, nor does the description. */
MUST int policy_digest(const struct policy_text *, uint8_t ret[SHA256_LEN]);
const char *policy_subject_word(enum policy_subject);

/* policy_check.c: is it one, for this account? Roles and subject are looked up
 * in the write. OUT_MALFORMED with a note. */
MUST int policy_check(struct str account, const struct policy_text *,
    struct note *);
MUST int policy_check_roles(struct db_at *, struct str account,
    const struct policy_text *, struct note *); /* OUT_ABSENT */

/* policy_read.c: one row of SQL_policy_by_id and the lists. */
MUST int policy_row(struct db_rows *, struct arena *, struct policy *ret);
MUST int policy_parts(struct db_at *, struct arena *, struct policy *);
MUST int policy_load(struct db_at *, struct str account, struct str id,
    struct arena *, struct policy *ret);

#endif
