/*
 * latchkey-keys: the key client of a server. sshd asks it who may log in, it
 * asks latchkeyd, and keeps the answer for when there is none.
 *
 * It runs on machines with nothing but an sshd: the C library and OpenSSL are
 * all it links. What was once seen to be gone never comes back: an answer is on
 * disk before it is used, or what it replaces is gone.
 */
#ifndef FOLLOW_FOLLOW_H
#define FOLLOW_FOLLOW_H

#include "follow/answer.h"
#include "follow/conf.h"

#define FOLLOW_PROGRAM "/usr/local/lib/latchkey/latchkey-keys"
#define FOLLOW_USER    "_latchkey"
#define FOLLOW_DROP_IN "/etc/ssh/sshd_config.d/50-latchkey.conf"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONF = 78 };

/* --- keys.c: for sshd; exit statuses --- */
int keys_print(const char *conf_path, const char *user);
/* What latchkeyd says, without keeping it. OUT_BUSY no answer, OUT_DENIED a
 * clear no, each with a note. */
MUST int keys_ask(const struct conf *, struct str key, struct answer *ret,
    struct note *);

/* --- status.c: for people --- */
int status_print(const char *conf_path);

/* --- install.c: as root; what was done already is left as it is --- */
struct install_ask {
	const char *url, *seed; /* seed NULL: there is a credential */
	const char *ca;		/* NULL: as before, or whom the system trusts */
	const char *root;	/* NULL: this system; else what is below it */
	const char *const *users;
	size_t n_users; /* 0: who has the key in authorized_keys */
	bool force;	/* uninstall: also when no key can be left */
};
int install_run(const struct install_ask *);
int uninstall_run(const struct install_ask *);

#endif
