/*
 * Between asking who may do what and telling it: whom a word means, and the
 * server's answers as a sentence and a table.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "cli/cli.h"

/* --- explain_whom.c --- */
/* About whom is asked: the member of the body, and what it says. A member NULL:
 * whoever is logged in. */
struct whom {
	const char *member; /* "identity", "credential" */
	struct buf value;   /* may be a secret; wiped */
	const char *name;   /* of an identity, as it was given; borrowed */
};
#define WHOM_INIT                                                              \
	{                                                                      \
		.value = BUF_INIT                                              \
	}
void whom_clear(struct whom *);
/* An address or an id is a user or a service ID; all else is a credential, by
 * whatever one has of it ("-": its value, on standard input). given NULL:
 * oneself. OUT_ABSENT, OUT_CONFLICT; what file_read() says. */
MUST int whom_read(struct cli *, const char *given, struct whom *ret);
/* May this word be told to the server as a name, which then stands in its log?
 * Nothing that is, or is near, a secret may. */
bool whom_is_name(const char *given);
/* The service ID or user that alone is called so. OUT_ABSENT, OUT_CONFLICT: the
 * note lists the ids. */
MUST int whom_named(struct cli *, const char *given, struct whom *ret);

/* --- explain_print.c --- */
struct told {
	const char *who;	       /* NULL: oneself, or a credential */
	const char *action, *resource; /* NULL: not asked for */
	bool credential;
	/* The policy that comes nearest, of an answer that is no; or NULL. */
	const struct json *policy;
};
void told_may(const struct told *, const struct json *answer);
void told_rights(const struct told *, const struct json *answer);
void told_who(const struct told *, const struct json *answer);

#endif
