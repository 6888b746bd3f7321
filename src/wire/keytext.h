/*
 * The texts of a new key pair: the blob of its public half, as SSH has it, and
 * the file of its private half, written into memory of the caller's. Nothing of
 * it is left elsewhere but on the stack.
 */
#ifndef WIRE_KEYTEXT_H
#define WIRE_KEYTEXT_H

#include "base/locked.h"
#include "crypt/newkey.h"
#include "wire/keymaker.h"

/* Both write behind what is there. 0; OUT_TOO_LARGE: more than cap, and n is as
 * it was; -errno. */
MUST int keytext_blob(const struct newkey *, struct locked *to);
/* Without a pass phrase. The comment is shown by openssh-key-v1 only. */
MUST int keytext_private(const struct newkey *, enum keymaker_form,
    struct str comment, struct locked *to);

#endif
