/*
 * Who may take things away below DATA/git: whoever maintains repositories or
 * removes folders holds it alone, a backup holds it together with other
 * backups. Pushes and clones need no hold. A lock of the kernel on the folder
 * itself: it goes with the process.
 */
#ifndef SERVER_GIT_HOLD_H
#define SERVER_GIT_HOLD_H

#include "base/out.h"

/* For house-keeping: OUT_BUSY at once when a backup is under way. dir: DATA/git.
 * Both: OUT_ABSENT there is no such folder; *ret_fd is closed to let go. */
MUST int git_hold_alone(const char *dir, int *ret_fd);
/* For a backup: waits until a maintenance under way has ended. */
MUST int git_hold_together(const char *dir, int *ret_fd);

#endif
