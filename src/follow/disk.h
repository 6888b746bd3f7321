/* Files of this machine, read whole or replaced whole. Never follows a link at
 * the end of a path, never waits for a FIFO, and what was replaced is on disk. */
#ifndef FOLLOW_DISK_H
#define FOLLOW_DISK_H

#include "base/buf.h"
#include "base/out.h"

#include <sys/stat.h>
#include <sys/types.h>

/* 0, OUT_ABSENT, OUT_DENIED, OUT_TOO_LARGE, OUT_MALFORMED (no regular file),
 * each with a note; -errno. */
MUST int disk_read(const char *path, size_t max, struct buf *ret,
    struct note *);
MUST int disk_read_fd(int fd, const char *name, size_t max, struct buf *ret,
    struct note *);

struct disk_as {
	uid_t uid;
	gid_t gid;
	mode_t mode;
};
#define DISK_SAME ((uid_t)-1) /* of whoever runs this */
/* Through .NAME.latchkey beside it; only one at a time may do that. OUT_DENIED with a
 * note, and then it is as it was, or nobody can say: fsync failed. */
MUST int disk_replace(const char *path, struct str content,
    const struct disk_as *, struct note *);
/* Nothing when that is what is there, with these rights. */
MUST int disk_settle(const char *path, struct str content,
    const struct disk_as *, struct note *);
/* As disk_replace(), below a folder that is open. */
MUST int disk_replace_at(int dir, const char *name, struct str content,
    const struct disk_as *, struct note *);
/* 0, also when it was not there; the folder is on disk. -errno. */
MUST int disk_remove(const char *path);
/* The folder that holds path: what was renamed in it is on disk. */
MUST int disk_sync_dir(const char *path);

#endif
