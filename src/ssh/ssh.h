/*
 * The SSH room: the program latchkeyd-ssh. It is started by latchkeyd with a
 * listening socket and a socket to the desk, holds the host keys, and forks one
 * process for each connection: unprivileged, without files, without the means
 * to start anything. That process speaks SSH (RFC 4251 to 4254) through libssh,
 * asks at the desk (wire/desk.h) whether a key is known, who signed, and what
 * may be run, and moves bytes between channels and pipes. It decides nothing.
 *
 * When a connection's process dies of a signal, whoever caused it has learnt
 * something about its memory: the listener stops accepting, tells by its exit
 * that it wants a successor with another layout, and goes when its last
 * connection has gone.
 */
#ifndef SSH_SSH_H
#define SSH_SSH_H

#include "base/out.h"

#include <stdbool.h>
#include <stdint.h>

/* Limits; each is named in the manual and has a test. */
#define SSH_GRACE_S 30            /* from accept to a verified signature */
#define SSH_COMMAND_S 30          /* from there to the first request */
#define SSH_IDLE_S 600            /* no byte either way while something runs */
#define SSH_SESSION_S (12 * 3600) /* a connection altogether */
#define SSH_CHANNELS_MAX 10
#define SSH_FAILED_MAX 6          /* signatures that were wrong */
#define SSH_OFFERS_MAX 32         /* keys that were only shown */
#define SSH_UNPROVEN_MAX 100      /* connections without a proof, all of them */
#define SSH_UNPROVEN_EARLY 80     /* from here on some wait, by chance */
#define SSH_UNPROVEN_OLD_S 2      /* who has had so long makes room for others,
				     the oldest first */
#define SSH_UNPROVEN_SOURCE_MAX 64 /* of one address (or IPv6 /64); more wait */
#define SSH_WAITING_MAX 256       /* without a process; in a full queue one goes
				     by chance */
#define SSH_SESSIONS_MAX 1000
#define SSH_PREAUTH_BYTES_MAX (1024 * 1024)
#define SSH_REKEY_BYTES (INT64_C(1) << 30)
#define SSH_REKEY_S 3600
#define SSH_KEEPALIVE_S 60        /* three unanswered: the peer is gone */

/* What a connection's process says of itself by its exit status; the listener
 * remembers it against the source for so many seconds. */
#define SSH_ENDS(X)                                                            \
	X(FINE, 0, 0)                                                          \
	X(NO_PROOF, 1, 1)      /* left without trying: scanners */             \
	X(FAILED, 2, 5)        /* wrong signatures */                          \
	X(GRACE, 3, 10)        /* ran out of time */                           \
	X(PROTOCOL, 4, 10)     /* broke the protocol before a proof */         \
	X(OWN, 5, 0)           /* our own failure */                           \
	X(CRASH, 6, 90)        /* died of a signal, also of the limit of       \
				  processor time: the listener's word */
enum ssh_end {
#define X(name, status, seconds) SSH_END_##name = status,
	SSH_ENDS(X)
#undef X
};
#define SSH_PENALTY_MAX_S 600  /* they add up to this */
#define SSH_PENALTY_MIN_S 15   /* and bite from here */
#define SSH_SOURCES_MAX 65536

struct ssh_conf {
	const char *keys;      /* folder: host_ed25519, host_ecdsa, host_rsa,
				  next_*: 0600, OpenSSH or PEM, no pass phrase */
	const char *user;      /* whom to become when started by root */
	int listen_fd, desk_fd;
	int grace_s, command_s, idle_s, keepalive_s; /* 0: as above */
	int unproven_max, sessions_max;
	int64_t rekey_bytes;
	bool verbose;
};
/* The listener. Returns the program's exit status: 0 told to stop (the desk's
 * socket closed), 65 wants a successor, 78 host keys, 1 else. */
#define SSH_EXIT_SUCCESSOR 65
int ssh_serve(const struct ssh_conf *);

/*
 * The program's command line; latchkeyd alone calls it.
 *
 *   latchkeyd-ssh serve --keys FOLDER [--user NAME] [--grace S] [--command S]
 *       [--idle S] [--keepalive S] [--rekey BYTES] [--unproven-max N]
 *       [--sessions-max N] [--verbose]
 *     Descriptor 3 listens, 4 is the desk. On descriptor 1, a pipe, it says one
 *     line when it has loaded its keys and accepts ("ready"), one whenever a
 *     source of connections has to stay out ("penalty ADDRESS MILLISECONDS": an
 *     IPv6 address, the end by the monotonic clock), and one when it has
 *     stopped accepting and wants a successor at once ("retire"): it then ends
 *     with 65 after its last connection. Lines of penalties that processes
 *     before it said are read from descriptor 0, if that is a file. When the desk's socket closes, it
 *     stops accepting and ends with 0 after its last connection, too. Log lines
 *     go to descriptor 2.
 *   latchkeyd-ssh keys FOLDER host|next
 *     ssh_make_keys, each file with its .pub ("type base64 comment"), whole and
 *     on disk or not there. Ends with 0, or 1 and a sentence on descriptor 2.
 */

/* Makes the kinds of host key that are missing under prefix ("host" or "next"):
 * ed25519, ecdsa (P-256), rsa (3072). 0 or -errno. */
MUST int ssh_make_keys(const char *folder, const char *prefix, struct note *);

#endif
