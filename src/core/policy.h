/*
 * What an identity was granted in an account, compiled from its policies.
 * Policies add up and never take away. What cannot be understood - an unknown
 * attribute, operator or role, an attribute given twice - grants nothing.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/gate.h"

struct grants; /* a struct cached first; immutable */

/* Remembered ones count when they were true at least at that generation. keep:
 * remember what is read now; only outside of any view of the caller, whose
 * snapshot may be older than the generation. Give back with cached_unref(). */
MUST int policy_load(struct core *, const struct subject *, uint64_t least,
    bool keep, struct grants **ret);
/* As this place of the database has them, without any memory. */
MUST int policy_read(struct db_at *, const struct subject *,
    struct grants **ret);
void policy_unrefp(struct grants **);

/* Does a grant hold one of the verb's roles on this thing (its account is the
 * grants' own)? found: what a thing with a name is; made_it: who asks made it,
 * so that Writer is enough. Of the service "git", a grant is for a resourceType
 * "repository" or "project" whose slug is resource, without case; of "key-pair"
 * and "server" for a "project". What holds for a project holds for what is in
 * it. None of these three has regions. */
struct found;
bool policy_grants(const struct grants *, const struct core *, enum verb,
    const struct thing *, const struct found *found, bool made_it);

/* In a write: give roles on everything in an account. */
MUST int policy_give_account(struct db_at *, const struct visit *,
    struct str identity, unsigned roles, const char *id);
/* stringMatch: '*' any run, '?' one character. */
bool policy_match(struct str pattern, struct str value);

#endif
