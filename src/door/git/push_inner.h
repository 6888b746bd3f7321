/*
 * A push in the middle of its hooks' questions: what push.c hears, push_judge.c
 * answers.
 */
#ifndef DOOR_GIT_PUSH_INNER_H
#define DOOR_GIT_PUSH_INNER_H

#include "base/buf.h"
#include "door/git/push.h"
#include "wire/desk.h"

/* What hooks have asked so far. */
struct push {
	const struct push_ask *ask;
	struct arena arena;
	struct gitrepo repo;
	struct ref_change *all; /* what is to be pushed; by name once judged */
	size_t n;
	bool *open; /* of them: written down, not DONE yet */
	struct ref_change *now; /* of the COMMIT that is coming in */
	size_t n_now;
	struct str first_branch; /* to be the main one; empty: leave it */
	struct buf packet, answer;
	bool asked, judged, committed;
};

/* 0 or -errno: the hooks have gone. */
MUST int push_tell(struct push *, enum desk_word, uint32_t number, struct str);
/* One line for people, which git shows behind "remote: ". */
MUST int push_refuse(struct push *, const char *fmt, ...) PRINTF(2, 3);
/* The same for an outcome or a failure. */
MUST int push_failed(struct push *, const char *event, int r);

/* Answers PUSH: all of it or nothing. */
MUST int push_judge(struct push *);
/* For qsort and bsearch of ref_change. */
int push_by_name(const void *, const void *);
bool push_is_branch(struct str ref, struct str branch);

#endif
