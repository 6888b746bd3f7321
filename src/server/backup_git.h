/*
 * The repositories in a backup, copied while they are pushed to.
 *
 * Within a repository references are copied before objects. A push puts objects
 * in place before the reference that needs them, and nothing but maintenance
 * takes objects away; so all that the copied references need is there when the
 * objects are copied. Loose references come before packed-refs: a reference
 * that is deleted goes from packed-refs first, and in the other order its old
 * packed value, long overwritten, would be back in the copy. Only maintenance
 * moves references from the one into the other. Of a pack, the index comes last:
 * git takes a pack for there when its index is.
 *
 * Maintenance and the removal of folders are shut out for as long as the copy
 * takes, see git_hold.h; pushes are not.
 */
#ifndef SERVER_BACKUP_GIT_H
#define SERVER_BACKUP_GIT_H

#include "base/out.h"

#define BACKUP_GIT_FOLDER "git"

/* DATA/git of one open directory into another. */
MUST int backup_git(int from_dir, int to_dir);

#endif
