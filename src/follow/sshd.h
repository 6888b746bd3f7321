/* The SSH server of this machine: what its configuration says, and making it
 * read that anew. */
#ifndef FOLLOW_SSHD_H
#define FOLLOW_SSHD_H

#include "base/buf.h"
#include "base/out.h"

#define SSHD_PROGRAM "/usr/sbin/sshd"
#define SSHD_CONFIG  "/etc/ssh/sshd_config"

/* The value of a setting (in lower case) as it is for this user, as sshd -T
 * says it; empty when it says none. OUT_ABSENT no sshd; OUT_MALFORMED its
 * configuration is not good, with what it says in the note. */
MUST int sshd_setting(const char *user, const char *name, struct buf *ret,
    struct note *);
/* Is the configuration one that sshd starts with? OUT_MALFORMED. */
MUST int sshd_check(struct note *);
/* Tell the one that listens to read its configuration: systemd's unit, or else
 * the process of its PidFile. 0, also when none runs; OUT_BUSY with a note. */
MUST int sshd_reload(struct note *);

#endif
