/*
 * A secret is a handle to a slot in a small pool of locked, undumpable memory,
 * so that no printf, log or JSON call can take it by accident. Slots are wiped
 * when they are cleared. What wiping cannot reach: registers, the stack of
 * library code, and the kernel's socket buffers.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/clean.h"
#include "base/str.h"

#define SECRET_MAX   256 /* bytes in one slot */
#define SECRET_SLOTS 256

struct secret {
	struct secret_slot *slot;
};
#define SECRET_INIT                                                            \
	{                                                                      \
		NULL                                                           \
	}

/* 0, OUT_TOO_LARGE over SECRET_MAX, -ENOMEM when the pool is used up. */
MUST int secret_set(struct secret *, struct str value);
void secret_clear(struct secret *); /* wipes; fine on SECRET_INIT */
/* In constant time. SECRET_INIT equals nothing, not even the empty str. */
bool secret_equal(const struct secret *, struct str);
/* The bytes, for a MAC or for the one reply that hands the secret out. The
 * borrow ends with secret_clear(). Empty for SECRET_INIT. */
struct str secret_reveal(const struct secret *);

/* Wipe memory in a way the compiler keeps. */
void mem_wipe(void *, size_t);
/* Equal content, in time that depends on the lengths only. */
bool mem_equal(struct str a, struct str b);

#endif
