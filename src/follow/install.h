/*
 * Making this machine follow its key, and undoing that. Each step finds what it
 * would do done already, or does it; logins are changed last, and only after
 * the new way was seen to work. Room-internal: follow.h has the two commands.
 */
#ifndef FOLLOW_INSTALL_H
#define FOLLOW_INSTALL_H

#include "follow/follow.h"

#include <sys/types.h>

#define INSTALL_ETC	"/etc/latchkey"
#define INSTALL_CA	INSTALL_ETC "/ca.pem"
#define INSTALL_VAR	"/var/lib/latchkey"
#define INSTALL_FILE_MAX (16 * MIB) /* of this program */
#define INSTALL_CA_MAX	(1 * MIB)

struct install {
	const struct install_ask *ask;
	int self;	/* this program, open; from before a chroot */
	int lock;
	uid_t uid;	/* of FOLLOW_USER */
	gid_t gid;
	struct conf conf;
	bool had_conf;
	struct buf key;
	struct answer answer;
	struct note note;
};

/* --- place.c: the user, the folders and the program --- */
MUST int place_make(struct install *);
/* Files of ours that are gone when all is undone. */
MUST int place_remove(struct note *);

/* --- enrol.c: the credential, and the first answer with it --- */
MUST int enrol_make(struct install *);
MUST int enrol_conf(struct install *); /* machine.conf */

/* --- front.c: sshd's configuration --- */
/* Nobody else's AuthorizedKeysCommand is in the way. */
MUST int front_look(struct install *);
/* sshd asks us from now on, or everything is as before. */
MUST int front_make(struct install *);
MUST int front_remove(struct install *);

#endif
