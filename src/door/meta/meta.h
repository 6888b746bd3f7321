/*
 * The door for servers themselves: what a first boot of cloud-init fetches
 * (NoCloud: /metadata/<token>/...), and what a machine asks later for the keys
 * it is to trust (/machine/v1/authorized-keys). Texts for programs, in the forms
 * that those read.
 *
 *   GET  /metadata/{token}/meta-data      YAML: instance-id, local-hostname,
 *                                         public-keys
 *   GET  /metadata/{token}/user-data      what was given at creation, byte for
 *                                         byte; "#cloud-config" without any
 *   GET  /metadata/{token}/vendor-data    installs the key client, phones home
 *   POST /metadata/{token}/enrol          the machine's credential, once; text,
 *                                         one line
 *   POST /metadata/{token}/phone-home     the form of cloud-init's phone_home
 *   GET  /machine/v1/authorized-keys      Authorization: Bearer <credential>
 *
 * Whoever is in the middle of something else is kept out: 403 to a request that
 * a proxy forwarded (X-Forwarded-*, Forwarded, Via; but by a trusted proxy) or a
 * browser made (Origin, Sec-Fetch-*), 405 to HEAD and all other methods, 429
 * above META_RATE requests a minute of one token (META_FOLLOW_RATE of a machine:
 * a login may be tried by anybody). A token that is wrong, ended or somebody
 * else's is 404, all alike.
 *
 * The answer to a machine begins with the line META_MAGIC; then come comments
 * ("# server <id> <name>" and others), then lines of authorized_keys. Each
 * refusal of this door begins with META_REFUSED, a blank and a word; a sentence
 * for people follows, and all lines are comments. So a client can tell them from
 * what a portal or a broken proxy says. META_UNKNOWN is the one word that means
 * no: no such token or credential, now and later. Every other word is about this
 * request alone.
 */
#ifndef DOOR_META_META_H
#define DOOR_META_META_H

#include "door/frame/frame.h"

#define META_MAGIC "# latchkey authorized-keys 1"
#define META_REFUSED "# latchkey refused"
#define META_UNKNOWN "unknown"
#define META_RATE 120
#define META_FOLLOW_RATE 30000 /* two in a hundred of a processor */
#define META_CLIENT_MAX (4 * MIB)  /* of the key client */
#define META_FORM_MAX (64 * KIB)   /* of a phone-home: 413 */

struct meta_host {
	/* The key client that vendor-data brings: bytes of the program, or n 0:
	 * there is none, and servers that boot cannot follow changes. */
	struct str client;
};
struct meta {
	struct door door; /* first: call->door leads here */
	struct buf client; /* in base64, in lines */
	struct meta_rate *rate;
};
/* 0; OUT_TOO_LARGE the client is over META_CLIENT_MAX; -errno. */
MUST int meta_init(struct meta *, const struct meta_host *);
void meta_clear(struct meta *);

#endif
