/*
 * The vault in another process: the same words as crypt/vault.h, asked over
 * sockets. What is public (key ids, public keys, versions) is asked for once;
 * tokens are verified here, with the public keys. Digests and signatures need a
 * question each, and one question at a time goes over a socket: as many threads
 * as there are sockets ask at once.
 *
 * All questions are pure, so one whose answer was lost with the process that was
 * to give it is asked again, of its successor. Nobody waits longer than
 * VAULT_WAIT_MS: then the outcome is OUT_BUSY. From then on until it answers
 * again, one question every VAULT_PROBE_MS is tried, for VAULT_SHORT_MS, and all
 * others are OUT_BUSY at once, so that a vault that is gone stops nobody who
 * does not need it.
 */
#ifndef CRYPT_VAULT_THERE_H
#define CRYPT_VAULT_THERE_H

#include "crypt/vault.h"

#define VAULT_CHANNELS 4
#define VAULT_WAIT_MS 2000
#define VAULT_PROBE_MS 200
#define VAULT_SHORT_MS 50

enum vault_trouble {
	VAULT_FINE,   /* it answers again */
	VAULT_SILENT, /* it does not answer in time */
	VAULT_STILL,  /* silent, and was before; only ever told */
	VAULT_GONE,   /* nobody will any more */
	VAULT_ODD     /* it says what cannot be */
};

/* The sockets (SOCK_SEQPACKET; 1..VAULT_CHANNELS of them) are the vault's from
 * then on. trouble (may be NULL) hears of a change, and of each silence that
 * follows one, from whichever thread met it, and must be quick. */
struct vault_there_conf {
	const int *fds;
	size_t n;
	void (*trouble)(void *arg, enum vault_trouble);
	void *arg;
};
/* Nothing is asked yet: vault_begin() is the first question. */
MUST int vault_there_new(const struct vault_there_conf *, struct vault **ret);
/* Does it answer? Asks only when it did not the last time. */
bool vault_there_well(struct vault *);
MUST int vault_there_state(struct vault *, struct vault_state *ret);
/* Questions there were, and those that found no answer. */
void vault_there_count(struct vault *, uint64_t *ret_asked, uint64_t *ret_lost);

/* The other end. Answers questions on n sockets until all are closed by who
 * asks (0), or something is wrong (-errno). One thread. */
MUST int vault_house_serve(struct vault *, const struct vault_state *,
    const int *fds, size_t n);
/* To those that wait on this socket: who was to answer is no more. */
MUST int vault_house_lost(int fd);

#endif
