/*
 * Outcomes. A function that can end in more than one way returns an int:
 *   0    done;
 *   > 0  an enum out that the caller is expected to handle;
 *   < 0  -errno: the machine failed. Pass it on unchanged, never match on it.
 * Doors translate outcomes into their protocol's words; nobody else does.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include "base/clean.h"

#define OUTCOMES(X)                                                            \
	X(ABSENT, "no such thing")                                             \
	X(DENIED, "not permitted")                                             \
	X(UNPROVEN, "no valid credential")                                     \
	X(EXPIRED, "past its end date")                                        \
	X(MALFORMED, "not of the required form")                               \
	X(CONFLICT, "in conflict with what exists")                            \
	X(STALE, "changed since it was read")                                  \
	X(TOO_LARGE, "larger than the limit")                                  \
	X(TOO_MANY, "more than the limit")                                     \
	X(QUOTA, "over the account's quota")                                   \
	X(UNSUPPORTED, "not supported")                                        \
	X(RANGE, "out of range or out of order")                               \
	X(MISMATCH, "content does not match its digest or size")               \
	X(MISSING_PART, "refers to something that is not there")               \
	X(BUSY, "cannot be done now, try again later")

enum out {
	OUT_OK,
#define X(name, text) OUT_##name,
	OUTCOMES(X)
#undef X
	OUT_MAX
};

/* A short English text for an outcome; never NULL. */
const char *out_text(int out);

/*
 * FAIL(r): a failure begins here (r < 0); its place is remembered per thread
 * for the log. FOLD(r): an outcome that would be our own bug becomes a failure
 * (-ENOTRECOVERABLE); failures and 0 pass through unchanged.
 */
#define FAIL(r) fail_at((r), __FILE__, __LINE__)
#define FOLD(r) fold_at((r), __FILE__, __LINE__)
int fail_at(int r, const char *file, int line);
int fold_at(int r, const char *file, int line);

/* "file:line" of this thread's latest failure, or "" when there was none. */
const char *fail_place(void);

/* Text for people, written by configuration and command-line code. */
struct note {
	char text[512]; /* UTF-8; what is too long ends after a character */
};
/* Always returns r, so that "return note_set(note, OUT_MALFORMED, ...)" reads
 * well. note may be NULL. */
int note_set(struct note *note, int r, const char *fmt, ...) PRINTF(3, 4);

#endif
