/* Old releases of libssh let people in who have no key. */
#ifndef SSH_VERSION_H
#define SSH_VERSION_H

#include "base/out.h"

#define VERSION_LIBSSH "0.10.6"
/* Debian 12 mends 0.10.6 without changing its number; this one has all. */
#define VERSION_DEBIAN "0.10.6-0+deb12u3"

/* What is linked now, as libssh says it. Never NULL. */
const char *version_libssh(void);
/* 0; OUT_UNSUPPORTED with a note: too old. OUT_ABSENT with a note: recent
 * enough by its number, and nobody here can tell about its patches. */
MUST int version_check(struct note *);

#endif
