/*
 * The vault in another process: the same words as crypt/vault.h, asked over
 * sockets. What is public (key ids, public keys, versions) is asked for once;
 * tokens are verified here, with the public keys. Digests and signatures need a
 * question each, and one question at a time goes over a socket: as many threads
 * as there are sockets ask at once.
 *
 * All questions are pure, so one whose answer was lost with the process that was
 * to give it is asked again, of its successor. Nobody waits longer than
 * VAULT_WAIT_MS: then the answer is -ETIMEDOUT.
 *
 * Packets: u8 word, then its argument; the answer: u8 0 or an outcome or 255 for
 * a failure, then the result (crypt/vault_talk.h).
 */
#ifndef CRYPT_VAULT_THERE_H
#define CRYPT_VAULT_THERE_H

#include "crypt/vault.h"

#define VAULT_CHANNELS 4
#define VAULT_WAIT_MS 5000
#define VAULT_PACKET_MAX (64 * KIB)

/* Takes the sockets (SOCK_SEQPACKET, blocking), n of them, 1..VAULT_CHANNELS.
 * Nothing is asked yet: vault_begin() is the first question. */
MUST int vault_there_new(const int *fds, size_t n, struct vault **ret);

/* Answers questions on fd until the other end is closed (0) or something is
 * wrong with it (-errno). dir is opened by the first VAULT_BEGIN that any thread
 * gets. Many threads may serve the same house, each its own fd. */
struct vault_house;
MUST int vault_house_new(const char *dir, struct vault_house **ret);
void vault_house_free(struct vault_house *);
MUST int vault_house_serve(struct vault_house *, int fd);

#endif
