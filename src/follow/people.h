/* The users of this machine, and the files in which sshd looks for the keys of
 * each. A user may have written there what they like: no link is followed below
 * a home folder, and what is not a plain file of the user or of root is left
 * alone. */
#ifndef FOLLOW_PEOPLE_H
#define FOLLOW_PEOPLE_H

#include "follow/answer.h"
#include "follow/conf.h"

#include <pwd.h>

#define PEOPLE_MAX 20000 /* are looked at */

/* pattern: sshd's AuthorizedKeysFile, several with blanks between them.
 *
 * Add to conf who has one of these keys, without options, in such a file. */
MUST int people_find(const char *pattern, const struct answer *,
    struct conf *, struct note *);
/* Take these keys out of the files of that user: *ret_n counts lines. OUT_DENIED
 * with a note: something was left alone. Nobody of that name: nothing to do. */
MUST int people_take(const char *pattern, const char *user,
    const struct answer *, size_t *ret_n, struct note *);
/* Put those that are not there into the first of them. OUT_DENIED with a note.
 * Nobody of that name: nothing to do. */
MUST int people_give(const char *pattern, const char *user,
    const struct answer *, size_t *ret_n, struct note *);
/* "~/.ssh/x", "%h/.ssh/x", "/etc/keys/%u": the path for a user. OUT_MALFORMED. */
MUST int people_path(struct str pattern, const struct passwd *,
    struct buf *ret);

#endif
