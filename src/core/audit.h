/*
 * The trail: append-only rows, hash-chained per node. Changes are rows in the
 * transaction of the change itself. Uses and refusals are gathered in memory,
 * one record per outcome, credential, verb, thing, address and minute with a
 * count, and written within a second (so a thing used all the time has some
 * records in a minute, whose counts add up); while they cannot be written, no
 * new login succeeds.
 *
 * hash = SHA-256(prev || the row's fields, each as its decimal or UTF-8 bytes,
 * preceded by its length as 8 bytes big endian, in table order).
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/gate.h"

/* In the write that makes the change. detail: a JSON object's text, no secret
 * in it; thing in words, e.g. "namespace:birds". */
MUST int audit_change(struct db_at *, const struct visit *, struct str thing,
    struct str detail);
/* The same, of a change that has such a row already and of which nobody knows
 * whether it came to pass. */
#define AUDIT_UNCONFIRMED "unconfirmed"
MUST int audit_unconfirmed(struct db_at *, const struct visit *,
    struct str thing, struct str detail);

/* Gathered; never block. OUT_BUSY is for the login paths only: ask first. */
void audit_use(struct core *, const struct subject *, enum verb,
    struct str account, struct str thing);
void audit_refusal(struct core *, const struct subject *, enum verb,
    struct str account, struct str thing, const char *why);
/* Only when, where and on what it was used: for changes, whose row is theirs. */
void audit_touch(struct core *, const struct subject *, enum verb,
    struct str thing);
bool audit_works(struct core *);
/* Write out now what is gathered (at stop, and in tests). */
MUST int audit_flush(struct core *);

/* "namespace:birds", "repo:birds/app", ... into the arena, or into ret. */
#define AUDIT_THING_MAX 320
struct str audit_thing(struct arena *, const struct thing *);
struct str audit_thing_text(const struct thing *, char ret[AUDIT_THING_MAX]);

struct audit_row {
	struct str node;
	int64_t seq, at, count;
	struct str outcome, verb, account, identity, cred, thing, addr, detail;
	char hash[65];
};
struct audit_filter {
	struct str account; /* empty: the whole server */
	struct str cred, verb, thing, outcome; /* empty: any; thing: prefix */
	struct str identity; /* who */
	int64_t since, until; /* ms; 0: open */
	int64_t after_seq, limit; /* keyset paging, oldest first */
	bool newest_first;
};
/* Rows live in the arena. */
MUST int audit_list(struct core *, const struct audit_filter *, struct arena *,
    struct audit_row **ret, size_t *n);
/* What was done to one thing of an account, in the trail's words for it: the
 * latest, the oldest of them first. */
#define AUDIT_HISTORY_MAX 100
MUST int audit_history(struct core *, struct str account, struct str thing,
    struct arena *, struct audit_row **ret, size_t *n);
/* Walk the chain. 0; OUT_MISMATCH with the first bad row in note. */
MUST int audit_verify(struct core *, int64_t *ret_rows, struct note *);

struct last_use {
	int64_t at, count;
	struct str addr, thing, verb;
};
/* 0 or OUT_ABSENT (never used). Includes what is gathered but not yet written. */
MUST int audit_last_use(struct core *, enum cred_kind, struct str id,
    struct arena *, struct last_use *ret);

MUST int audit_open(struct core *);
void audit_close(struct core *);

#endif
