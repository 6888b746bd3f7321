/* Copying a whole installation, for latchkeyd backup and latchkeyd restore. */
#ifndef SERVER_BACKUP_H
#define SERVER_BACKUP_H

#include "server/conf.h"

#define BACKUP_DATABASE "latchkey.db"

/* From one folder into another that is there, ours and empty. The copy has its
 * database's name last: what was interrupted is no installation. still: nobody
 * uses the original (else OUT_BUSY), which is only read. */
MUST int backup_copy(const char *from, const char *to, bool still,
		     struct note *);
/* What was copied can be opened and holds together: 0 or an exit status, and has
 * said why. deep: as latchkeyd verify --deep. */
MUST int backup_check(const struct conf *, const char *path, bool deep);

#endif
