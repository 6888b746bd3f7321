/*
 * Which uploads are being written now, by this process: one writer per session
 * at a time, nothing of theirs swept away, and a word to those whose session
 * was cancelled under their hands.
 */
#ifndef CORE_HOLD_H
#define CORE_HOLD_H

#include "base/out.h"
#include "base/str.h"

struct upload_hold;

/* 0; OUT_BUSY somebody else holds it; -ENOMEM. */
MUST int hold_take(struct str id, struct upload_hold **ret);
/* Which bytes it writes. Until this is said, no key is free to be swept. */
void hold_name(struct upload_hold *, struct str key);
/* Lets go and frees; whether it had been ended meanwhile. NULL is fine. */
bool hold_drop(struct upload_hold *);
bool hold_ended(const struct upload_hold *);

/* The session's row is gone: tell its holder. False when nobody holds it. */
bool hold_end(struct str id);
bool hold_has(struct str id);
/* Somebody writes, or might write, the bytes of this key. */
bool hold_has_key(struct str key);

#endif
