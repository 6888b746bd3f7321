/*
 * The host keys of SSH: DATA/ssh/host_{ed25519,ecdsa,rsa}, each with its .pub.
 * They are made once, before the first serving; that they were is remembered
 * outside of that folder, so that keys that got lost are never replaced behind
 * the operator's back: every client would be told of an attack.
 *
 * Rotation: next_* are announced (published beside the keys in use) until they
 * are put in place of them.
 */
#ifndef SERVER_HOST_KEYS_H
#define SERVER_HOST_KEYS_H

#include "base/buf.h"
#include "base/out.h"

#include <limits.h>
#include <stdbool.h>

#define HOST_KEYS_FOLDER "ssh" /* below DATA; 0700 */
#define HOST_KEYS_LINE_MAX (4 * KIB)
#define HOST_KEYS_USED	   "host"
#define HOST_KEYS_NEXT	   "next"
/* Of an sshd that stands in front instead of latchkeyd-ssh: the operator puts
 * copies of its public halves there, so that they are published. */
#define HOST_KEYS_SSHD "sshd"

/* DATA/ssh, made when it is missing. -errno. */
MUST int host_keys_folder(const char *data, char ret[PATH_MAX]);
/* Before serving: keys are there; those that were never made are made.
 * OUT_MISSING_PART they were made once and are gone: the note says what to do;
 * OUT_ABSENT no program to make them; OUT_BUSY it failed, and has said why. */
MUST int host_keys_ready(const char *data, struct note *);
/* Make what is missing; the operator's word. Outcomes as above. */
MUST int host_keys_make(const char *data, struct note *);
MUST int host_keys_announce(const char *data, struct note *);
/* OUT_ABSENT: nothing was announced. May be repeated after an interruption. */
MUST int host_keys_use(const char *data, struct note *);

struct host_key {
	const char *prefix, *kind; /* "host", "ed25519" */
	char type[32];
	char fingerprint[64]; /* SHA256:... */
	char line[HOST_KEYS_LINE_MAX]; /* "type base64" */
};
/* Those with one of these prefixes that are there, one call of fn for each. */
MUST int host_keys_each(const char *data, const char *const *prefixes, size_t n,
			void (*fn)(void *, const struct host_key *), void *arg);
/* Lines of known_hosts(5) for what clients call us; host may be "[v6]". 0,
 * OUT_ABSENT none. */
MUST int host_keys_known(const char *data, bool sshd, const char *host,
			 unsigned port, struct buf *);

#endif
