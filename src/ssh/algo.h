/* The algorithms that we speak, strongest exchange first, and no others: what
 * the installed libssh does not know falls out of the lists. */
#ifndef SSH_ALGO_H
#define SSH_ALGO_H

#include "base/out.h"

#include <libssh/libssh.h>
#include <libssh/server.h>

#include <stdbool.h>

/* 0 or OUT_UNSUPPORTED with a note. Also keeps libssh from reading files. */
MUST int algo_set(ssh_bind, struct note *);
/* Of one session, before it is connected; keys change after so many bytes. */
MUST int algo_session(ssh_session, int64_t rekey_bytes);
/* A type of key that may prove somebody: no certificates, no DSA. */
bool algo_is_user_key(enum ssh_keytypes_e);

#endif
