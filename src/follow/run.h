/* Other programs of this machine: never through a shell, with an environment of
 * their own, waited for until a deadline. */
#ifndef FOLLOW_RUN_H
#define FOLLOW_RUN_H

#include "base/buf.h"
#include "base/out.h"

#include <sys/types.h>

#define RUN_WAIT_MS (60 * SECOND_MS)
#define RUN_OUT_MAX (256 * KIB)

struct run {
	const char *const *argv; /* an absolute path first; NULL behind the last */
	struct buf *out; /* standard output, and error too with both; or NULL */
	bool both;
	bool as;	 /* become uid and gid, in no other groups */
	uid_t uid;
	gid_t gid;
};
/* 0 with the exit status (128 + n for signal n); OUT_ABSENT no such program;
 * OUT_BUSY it did not end, and was ended; OUT_TOO_LARGE; -errno. */
MUST int run_program(const struct run *, int *ret_status, struct note *);

#endif
