/*
 * Since: what later data of the same installation say was taken away after a copy
 * of it was made. A copy is as of its moment: what was revoked after it lives in
 * it again, and whoever restores it has to be told, or to have it repeated.
 *
 * The later data's trail tells what happened, when and by whom; whether it still
 * holds is asked of their tables, so that a user who was disabled and enabled again
 * is not disabled once more.
 */
#ifndef CORE_SINCE_H
#define CORE_SINCE_H

#include "core/core.h"

/* What became of it in the copy. */
enum since_state {
	SINCE_GONE,     /* nothing of it there: made later, or repeated before */
	SINCE_LIVES,    /* it is there again */
	SINCE_REPEATED, /* it was, and was taken away once more just now */
	SINCE_BY_HAND,  /* it is, and only people can say what to do */
	SINCE_FAILED,   /* it is, and taking it away was refused */
};
const char *since_state_name(enum since_state);

struct since_row {
	int64_t seq, at;
	struct str verb, thing, account, identity; /* of the trail's row */
	enum since_state state;
	const char *hand; /* BY_HAND: what to do; never NULL */
};
/* Nonzero ends the walk and is returned. */
typedef int since_each_fn(void *arg, const struct since_row *);

struct since_sum {
	int64_t copy_seq, copy_at; /* the last row that both trails have */
	uint64_t found, lives, repeated, by_hand, failed;
};
/*
 * later: a database file that nobody else has open; it is brought up to the
 * present tables. repeat: take away again what can be, each in a write of its own
 * that the copy's trail has, "restore" in place of an address. OUT_MISMATCH
 * (note): the later trail is another installation's, or does not go on from where
 * the copy's ends.
 */
MUST int since_walk(struct core *copy, const char *later, bool repeat,
    since_each_fn *, void *arg, struct since_sum *ret, struct note *);

/* The moment of the copy: the last row of its own trail. */
MUST int since_moment(struct core *copy, int64_t *ret_seq, int64_t *ret_at);

#endif
