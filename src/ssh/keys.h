/*
 * Host keys: loaded once, checked, given to libssh together with the only
 * algorithms that we speak. What is offered is what lies in the folder, so an
 * operator chooses the kinds.
 */
#ifndef SSH_KEYS_H
#define SSH_KEYS_H

#include "base/buf.h"
#include "ssh/ssh.h"

#include <libssh/libssh.h>
#include <libssh/server.h>

#define KEY_FILE_MAX (32 * KIB)
#define KEY_KINDS 3

struct key_kind {
	const char *name; /* of the file, after "host_" */
	enum ssh_keytypes_e type;
	int bits; /* of a new one, 0: the type says it */
};
extern const struct key_kind key_kinds[KEY_KINDS];

/* One public host key, for people and for known_hosts. */
struct key_line {
	char *text;        /* "ssh-ed25519 AAAA..." */
	char *fingerprint; /* "SHA256:..." */
	bool next;         /* announced, not used yet */
};
struct keys {
	ssh_bind bind;
	struct key_line lines[2 * KEY_KINDS];
	size_t n_lines;
};
/* 0; OUT_ABSENT no key at all; OUT_DENIED a file that others may read or that is
 * not ours; OUT_MALFORMED; -errno; all with a note. */
MUST int keys_load(const char *folder, struct keys *ret, struct note *);
void keys_clear(struct keys *);
/* Is there one that signs with this algorithm? */
bool keys_have(const struct keys *, const char *algorithm);
/* Fingerprints, then lines for known_hosts under this name. */
void keys_tell(const struct keys *, const char *name, struct buf *);

/* A private key from such a file, open at fd. */
MUST int key_read(int fd, const char *path, ssh_key *ret, struct note *);

#endif
