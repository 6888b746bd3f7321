/* The program that machines are sent at their first boot: a copy of
 * latchkey-keys without what only a debugger reads. */
#ifndef SERVER_KEY_CLIENT_H
#define SERVER_KEY_CLIENT_H

#include "base/buf.h"
#include "base/out.h"

/* Appends its bytes, at most ret->max. 0 with none, and a line in the log, when
 * there is none or it is too long: servers boot all the same. -errno. */
MUST int key_client_read(struct buf *ret);

#endif
