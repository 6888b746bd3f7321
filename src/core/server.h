/*
 * Servers: machines that a key pair's public key was applied to when they were
 * made. What a server trusts is a snapshot; deleting the pair does not change
 * it, an administrator may (server_set_key), and each key it ever trusted stays
 * in its history.
 *
 * Three ways in for the machine itself, none of them of use for anything else:
 * the seed's token (a first boot, for one machine, until an end), the machine's
 * own credential (given once, to the first boot), and what it is told with that:
 * the keys that it is to trust now.
 */
#ifndef CORE_SERVER_H
#define CORE_SERVER_H

#include "base/secret.h"
#include "core/gate.h"
#include "wire/sshkey.h"

#define SERVER_ID_LEN 32
#define SERVER_NAME_MAX 63 /* a host name's label: RFC 1123 2.1; not an id */
#define SERVERS_MAX 1000000 /* per project */
#define SERVER_KEYS_MAX 1000 /* of one server's history: the oldest go */
#define SERVER_SCAN_MAX 20000 /* rows that a search looks at for one page */
#define SERVER_HOST_KEYS_MAX SSHKEY_TYPES /* one of a type */
#define SERVER_HOSTNAME_MAX 253
#define USER_DATA_MAX (64 * KIB)
#define SEED_LIFE_S (24 * 3600)
#define SEED_LIFE_MIN_S 60
#define SEED_LIFE_MAX_S (30 * 24 * 3600)

struct server_key {
	struct str pair, pair_name, type, blob, comment, from_by, to_by;
	int64_t bits, from_at, to_at; /* 0: trusted now */
	bool pair_gone; /* the pair was deleted */
};
struct server {
	struct str id, account, project, place, name, created_by;
	int64_t created_at, user_data_len;
	struct server_key key;
	struct str hostname, fqdn, reported_from;
	int64_t reported_at; /* 0: not yet */
	struct {
		int64_t created_at, expires_at, first_at, enrolled_at, closed_at;
		struct str first_from;
		bool is; /* there is one; it may be closed or past its end */
	} seed;
	int64_t follows_since; /* 0: has no credential, so it cannot follow */
	struct str credential; /* id, for audit_last_use(CRED_MACHINE) */
};
bool server_name_ok(struct str);
/* The rule in words, for whoever broke it. */
extern const char server_name_rule[];

struct server_ask {
	struct str name;
	struct str keypair; /* name or id, in the same project */
	struct str user_data;
	int64_t seed_life_s; /* 0: SEED_LIFE_S */
};
/* For a visit to a PROJECT. The token is shown once. OUT_MALFORMED; OUT_TOO_LARGE
 * user_data; OUT_CONFLICT the name is taken, or the pair is pending or dead;
 * OUT_MISSING_PART no such pair; OUT_TOO_MANY; each with a note. OUT_ABSENT: the
 * project is gone. */
MUST int server_create(const struct visit *, const struct server_ask *,
    struct arena *, struct server *ret, struct secret *ret_token,
    struct note *);
/* By id. 0, OUT_ABSENT. */
MUST int server_get(struct core *, struct str id, struct arena *,
    struct server *ret);
struct server_filter {
	struct str project; /* id; or, with trusts, empty for the account */
	struct str account; /* id; used without a project */
	struct str trusts;  /* SHA-256 of a blob, 32 bytes; empty: any */
	struct str search;  /* part of the name, without case; empty: all */
	struct str after;   /* what *ret_next said; empty: from the start */
	int64_t limit;
};
/* In order of name. *ret_next: where to go on, or empty: that was all. In a
 * project it is a name; in an account, where projects share names, a name and an
 * id ("web-1/<id>"). A search may give less than a page, even nothing, and go on
 * all the same: SERVER_SCAN_MAX. */
MUST int server_list(struct core *, const struct server_filter *,
    struct arena *, struct server **ret, size_t *n, struct str *ret_next);
/* Newest first. OUT_ABSENT: no such server. */
MUST int server_history(struct core *, struct str id, struct arena *,
    struct server_key **ret, size_t *n);
struct server_host_key {
	struct str type, blob;
};
/* In order of type; none of a server that is not there. */
MUST int server_host_keys(struct core *, struct str id, struct arena *,
    struct server_host_key **ret, size_t *n);

/* For a visit to the SERVER; OUT_ABSENT: it is gone. set_key: OUT_MISSING_PART no
 * such pair in its project, OUT_CONFLICT pending or dead; nothing happens when it
 * has that key already. renew: a new token, and the old one ends; OUT_MALFORMED
 * the life. The machine's credential lives until the machine enrols again. */
MUST int server_set_key(const struct visit *, struct str keypair,
    struct note *);
MUST int server_seed_renew(const struct visit *, int64_t life_s,
    struct arena *, struct server *ret, struct secret *ret_token,
    struct note *);
MUST int server_delete(const struct visit *);
/* The machine's own credential with this id; another one that it has instead
 * lives on, with OUT_ABSENT. */
MUST int server_credential_end(const struct visit *, struct str id);

/* --- what the machine does; visits of CRED_SEED or CRED_MACHINE, whose object
 * is the server --- */

/*
 * What a first boot does, with a token. Whatever it does first makes its address
 * the only one. For all three: OUT_UNPROVEN the token was replaced, or the server
 * is gone; OUT_EXPIRED; OUT_DENIED it is another address's, or what the first
 * boot is over for. The trail knows of each no.
 */
struct server_boot {
	struct str id, name;
	struct str user_data; /* byte for byte; empty in server_follow() */
	struct server_key key;
};
MUST int server_boot(const struct visit *, struct arena *,
    struct server_boot *ret);
/* The machine's credential, once. OUT_CONFLICT: it was given out. An older one
 * of the server ends. */
MUST int server_enrol(const struct visit *, struct secret *ret);
struct server_report {
	struct str hostname, fqdn; /* host names, or empty */
	const struct sshkey *keys; /* one of a type */
	size_t n_keys;
};
/* Closes the seed: the first boot is over. Host keys of an earlier one go. The
 * same report again is fine, for as long as the seed would have lived; another
 * one is OUT_CONFLICT. OUT_MALFORMED. Both with a note. */
MUST int server_report(const struct visit *, const struct server_report *,
    struct note *);
/* What the machine trusts now: one point read. OUT_ABSENT: it is gone. */
MUST int server_follow(const struct visit *, struct arena *,
    struct server_boot *ret);

#endif
