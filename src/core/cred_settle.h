/*
 * Replacing a credential without downtime: both are valid until a moment (which
 * is then the old one's own end), or until the new one is used for the first
 * time. The use is told by the trail's writer within half a second, and the old
 * one ends in the same write, so that a crash in between loses neither or both.
 */
#ifndef CORE_CRED_SETTLE_H
#define CORE_CRED_SETTLE_H

#include "core/gate.h"

/* In the write that tells the trail of a use (subject.replaces): the API key or
 * registry token before this one goes, with a row of its own in the trail; one
 * that is locked stays until it is not. Nothing happens a second time. */
MUST int cred_settle(struct core *, struct db_at *, enum cred_kind,
    struct str id);
/* In the write that deletes one, before: what was to take its place takes the
 * place of what it was to replace itself. */
MUST int cred_inherit(struct db_at *, enum cred_kind, struct str id);

#endif
