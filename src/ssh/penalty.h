/*
 * What is remembered against a source of connections, as OpenSSH's
 * PerSourcePenalties: seconds that add up, and from a threshold on mean that the
 * source is not let in until they are over. A source is an IPv4 address or an
 * IPv6 /64. Bounded memory: in a full table the one that would end next goes.
 */
#ifndef SSH_PENALTY_H
#define SSH_PENALTY_H

#include "ssh/ssh.h"

#include <stdio.h>
#include <sys/socket.h>

#define SOURCE_TEXT 46

struct source {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d; IPv6 cut to 64 bits */
};
/* Anything that is no internet address is one source. */
void source_of(const struct sockaddr_storage *, struct source *ret);
/* As an IPv6 address; false: it is none. */
bool source_read(const char *text, struct source *ret);
void source_write(const struct source *, char ret[SOURCE_TEXT]);
bool source_eq(const struct source *, const struct source *);

#define PENALTY_WAYS 8 /* places that a source can have in the table */

struct penalty;
struct penalties {
	struct penalty *rows; /* SSH_SOURCES_MAX, in groups of PENALTY_WAYS */
	uint64_t seed[2];     /* nobody outside can tell who shares a group */
};
MUST int penalties_init(struct penalties *);
void penalties_clear(struct penalties *);
/* A connection from there ended so. now: clock_mono(). Until when the source
 * stays out now; 0: it does not. */
int64_t penalties_add(struct penalties *, const struct source *, enum ssh_end,
    int64_t now);
/* What another process knew. */
void penalties_inherit(struct penalties *, const struct source *,
    int64_t until, int64_t now);
/* All of a file with lines "penalty ADDRESS MILLISECONDS". */
void penalties_read(struct penalties *, FILE *, int64_t now);
/* How long the source stays out, 0: it may come in. */
int64_t penalties_wait_ms(struct penalties *, const struct source *,
    int64_t now);

#endif
