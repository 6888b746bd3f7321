/*
 * Public SSH keys and what they open. A key is a person's own (user_key), or an
 * access key: a machine's, to read the repositories and projects it stands on,
 * and nothing else. No key is both. It is known by the digest of its blob;
 * the text that it came in is not kept, but its comment is.
 */
#ifndef CORE_PUBKEY_H
#define CORE_PUBKEY_H

#include "core/gate.h"
#include "wire/cidr.h"
#include "wire/sshkey.h"

#define KEY_LABEL_MAX 255 /* bytes; printable UTF-8, no control bytes */
#define USER_KEYS_MAX 100   /* per identity */
#define ACCESS_KEYS_MAX 1000 /* per repository or project */

struct user_key {
	struct str id, identity, label, comment, type, blob, created_by;
	int64_t bits, created_at, expires_at; /* 0: never */
};
struct user_key_ask {
	struct str identity; /* iam id */
	const struct sshkey *key; /* parsed and judged: wire/sshkey.h */
	struct str label, comment; /* comment.p NULL: the key's own */
	int64_t expires_at;
};
/* For a person of the visit's account: who is not of it gives OUT_ABSENT, and a
 * service ID, which has none of its own, OUT_MALFORMED. For anybody
 * but oneself only by who may do everything, and never for the account's owner
 * or the operator: OUT_DENIED.
 * OUT_CONFLICT: the key is in use, as an access key or as anybody's: the note
 * says so without saying whose. OUT_TOO_MANY, OUT_MALFORMED. */
MUST int user_key_add(const struct visit *, const struct user_key_ask *,
    struct arena *, struct user_key *ret, struct note *);
MUST int user_key_get(struct core *, struct str id, struct arena *,
    struct user_key *ret);
MUST int user_key_list(struct core *, struct str identity, struct arena *,
    struct user_key **ret, size_t *n);
/* Label and comment only: p NULL as is. */
MUST int user_key_update(const struct visit *, struct str id, struct str label,
    struct str comment, struct note *);
MUST int user_key_remove(const struct visit *, struct str id);

struct access_key {
	int64_t id;
	struct str account, repo, project; /* ids; repo or project is empty */
	struct str place; /* "Team/repo" or the project's "Team/slug" */
	struct str label, comment, type, blob, cidrs, created_by;
	int64_t bits, created_at, expires_at, replaces; /* 0: none */
	int64_t removed_at; /* of its repository: it opens nothing until that
			       is restored; 0: not */
};
struct access_key_ask {
	struct str repo, project; /* id of one of them */
	const struct sshkey *key;
	struct str label, comment; /* comment.p NULL: the key's own */
	struct str cidrs;          /* cidr_list_parse's text */
	int64_t expires_at;
	/* Rotation: the row that this one replaces; it ends with the first use
	 * of the new key, or at until (0: only then). Same place. */
	int64_t replaces, until;
};
/* OUT_CONFLICT with a note: somebody's own key, or it stands there already.
 * OUT_ABSENT: no such place, or no such row on it to replace. OUT_TOO_MANY,
 * OUT_MALFORMED. */
MUST int access_key_add(const struct visit *, const struct access_key_ask *,
    struct arena *, struct access_key *ret, struct note *);
MUST int access_key_get(struct core *, int64_t id, struct arena *,
    struct access_key *ret);
struct access_key_filter {
	struct str account;  /* id; needed when repo and project are empty */
	struct str repo, project;
	struct str digest;   /* 32 bytes: where this key stands; empty: any */
	int64_t after, limit; /* keyset by id, oldest first */
};
MUST int access_key_list(struct core *, const struct access_key_filter *,
    struct arena *, struct access_key **ret, size_t *n);
/* What the key of this subject (CRED_ACCESS_KEY) may read now: repositories by
 * name with label and comment, those of projects one by one. For the greeting.
 */
struct access_place {
	struct str repo; /* "Team/repo" */
	struct str label, comment;
};
#define ACCESS_PLACES_MAX 100
MUST int access_key_places(struct core *, const struct subject *,
    struct arena *, struct access_place **ret, size_t *n, bool *ret_more);
/* Label, comment, end and addresses; p NULL or NULL: as is. The key itself
 * cannot change. */
struct access_key_change {
	struct str label, comment, cidrs;
	const int64_t *expires_at;
};
MUST int access_key_update(const struct visit *, int64_t id,
    const struct access_key_change *, struct note *);
MUST int access_key_remove(const struct visit *, int64_t id);
/* A key that replaces another was used: the other ends now. No visit: the
 * rotation was asked for by one. Nothing happens a second time. */
MUST int access_key_settle(struct core *, int64_t id);

/* A label as given: trimmed; OUT_MALFORMED with a note when it is empty, too
 * long, or holds control bytes or broken UTF-8. */
MUST int key_label(struct str, struct str *ret, struct note *);

#endif
