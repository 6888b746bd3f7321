/*
 * What `access-key setup` writes into files of OpenSSH: blocks of ssh_config(5)
 * between two comment lines, and lines of known_hosts. Text in, text out; what
 * is not ours stays as it is, byte by byte.
 *
 * One server knows many repositories, and ssh offers it one key at a time: the
 * first that the server takes decides. So the server's own name stands for one
 * key, that of the first repository that was set up, and of all others with the
 * same key. A repository with a key of its own gets a name of its own for the
 * server, and its clone goes through that.
 */
#ifndef CLI_SSHCONF_H
#define CLI_SSHCONF_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#define SSHCONF_MAX  (1 * MIB) /* of a file */
#define SSH_NAME_MAX 255

/* "git@host:Team/repo.git", "ssh://git@host:2222/Team/repo.git". */
struct ssh_server {
	char user[SSH_NAME_MAX + 1], host[SSH_NAME_MAX + 1];
	unsigned port;
};
/* OUT_MALFORMED: no address of SSH, or one with characters that mean something
 * to the files it is written into. */
MUST int ssh_server_parse(struct str url, struct ssh_server *ret);
/* "host", or "[host]:port": as known_hosts has it. */
void ssh_server_known(const struct ssh_server *, struct buf *);

struct sshconf_block {
	const struct ssh_server *server;
	const char *place; /* "Team/repo" */
	const char *key;   /* the file with the private half */
	const char *alias; /* NULL: the server's own name */
};
struct sshconf_found { /* borrows from the text */
	struct str whole;  /* from comment line to comment line */
	struct str alias;  /* p NULL: the server's own name */
	struct str key;	   /* as written in the file */
};
/* The block of this place and server. 0, OUT_ABSENT, OUT_MALFORMED (begun and
 * not ended). */
MUST int sshconf_find(struct str text, const char *place,
		      const struct ssh_server *, struct sshconf_found *ret);
/* The block that stands for this server's own name, whoever it is for. */
MUST int sshconf_plain(struct str text, const struct ssh_server *,
		       struct sshconf_found *ret);
/* Does a Host or Match line of anybody name this? Patterns count as text. */
bool sshconf_names(struct str text, struct str name);
/* A name for the server that nobody uses: "latchkey-team-repo". */
void sshconf_alias(struct str text, const char *place, struct buf *ret);
/* The text with this block, in the old one's place or before the first Host. */
MUST int sshconf_put(struct str text, const struct sshconf_block *,
		     struct buf *ret);
/* May this file be named in a block? Quotes, dollars and line ends may not. */
bool sshconf_is_path(struct str);
/* A path as a block has it. */
void sshconf_path(struct str, struct buf *);

/*
 * The server's lines that are not known yet. known: lines of the user's file
 * for this server, as ssh-keygen -F finds them. OUT_MALFORMED: offered is not
 * lines of keys for this server only. OUT_CONFLICT: another key of the same
 * kind is known, or one is revoked; the note says which.
 */
MUST int known_hosts_missing(struct str known, struct str offered,
			     const struct ssh_server *, struct buf *ret,
			     struct note *);

#endif
