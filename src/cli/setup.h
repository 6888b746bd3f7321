/*
 * One run of `access-key setup`: what was asked for, what the server said, and
 * what was found and done on this machine. Every step looks first and leaves
 * alone what is as it should be.
 */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "cli/git.h"
#include "cli/sshconf.h"

struct setup {
	struct cli *cli;
	struct place place;
	const char *label, *type, *alias; /* NULL: not given */
	const char *expires, *from;
	bool passphrase;
	char *given_key;      /* --key, as a whole path; or NULL */
	struct ssh_server server;
	struct buf url;       /* the server's own address of the clone */
	struct buf dir;	      /* ~/.ssh */
	struct buf key, pub;  /* the files; pub may be missing */
	struct buf line;      /* the public key */
	struct sshkey parsed;
	char fingerprint[SSHKEY_SHA256_LEN + 1];
	int64_t id;	      /* of the access key */
	bool changed;	      /* something had to be done */
};

/* --- setup_key.c --- */
/* ~/.ssh is there, 0700. */
MUST int setup_dir(struct setup *);
/* Which file; made when it is not there, 0600; its public half is read. */
MUST int setup_key(struct setup *);
/* Fingerprint and picture. */
MUST int setup_show(struct setup *);
/* Into a running agent; without one it is said how to start it. */
MUST int setup_agent(struct setup *);

/* --- setup_ssh.c --- */
MUST int setup_known_hosts(struct setup *);
/* The block; *ret is what to clone from. */
MUST int setup_config(struct setup *, struct buf *ret);
/* What stands in ~/.ssh/config now; empty without one. */
MUST int setup_config_read(struct setup *, struct buf *ret_path,
			   struct buf *ret_text);

#endif
