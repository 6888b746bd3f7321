/*
 * Key pairs: a name and a public key in a project. The private half is made
 * elsewhere, leaves once, and is never seen here. A pair whose private half is
 * under way is pending: it can be applied to nothing. keypair_delivered() makes
 * it alive; keypair_lost(), or the next start after a crash, makes it dead for
 * good. A dead pair keeps its name only until somebody wants that name.
 *
 * Deleting a pair is for ever and touches no server: those hold a snapshot.
 */
#ifndef CORE_KEYPAIR_H
#define CORE_KEYPAIR_H

#include "core/gate.h"
#include "wire/sshkey.h"

#define KEYPAIR_ID_LEN 32
#define KEYPAIR_NAME_MIN 3
#define KEYPAIR_NAME_MAX 20 /* [A-Za-z0-9-], matched without case */
#define KEYPAIR_BLOB_MAX 2560 /* RSA of 16384 bits has 2080; so that any page of
				  any list has room */
#define KEYPAIRS_MAX 2000000 /* per project */
#define KEYPAIR_SERVERS_MAX 1000 /* that a list counts of one key pair */
#define KEYPAIR_PENDING_MS (5 * MINUTE_MS) /* then it was not delivered */

struct keypair {
	struct str id, account, project; /* ids */
	struct str place; /* "Team/project" */
	struct str name, origin, state, type, blob, comment;
	struct str created_by;
	int64_t bits, created_at;
	int64_t servers; /* that trust this key now, in its account; in a list
			    no more than KEYPAIR_SERVERS_MAX are counted */
};
bool keypair_name_ok(struct str);
/* The rule in words, for whoever broke it. */
extern const char keypair_name_rule[];

struct keypair_ask {
	struct str name;
	struct str type; /* "ssh-ed25519", ... */
	struct str blob;
	int64_t bits;
	struct str comment;
	bool made; /* and pending; else imported, and alive */
};
/*
 * For a visit to a PROJECT. OUT_MALFORMED with a note; OUT_CONFLICT the name is
 * taken (a dead pair of that name is deleted, which the trail tells);
 * OUT_TOO_MANY.
 */
MUST int keypair_add(const struct visit *, const struct keypair_ask *,
    struct arena *, struct keypair *ret, struct note *);
/* Would keypair_add() take this name? Before a key is made for nothing. Same
 * outcomes; the answer may be old by then. */
MUST int keypair_may_add(const struct visit *, struct str name, struct note *);
/* By the visit that added it. OUT_ABSENT: not pending any more. The visitor's
 * rights count at that moment: OUT_UNPROVEN and OUT_DENIED leave the pair
 * pending, and whoever called says that it is lost. */
MUST int keypair_delivered(const struct visit *, struct str id);
/* Needs no rights: this program does it, and the trail names who made the pair.
 * why: in a word or two, for the trail. */
MUST int keypair_lost(const struct visit *, struct str id, const char *why);
/* Ones that are pending for older_ms become dead; 0: all of them, for the start
 * of a daemon. A delivery must be over sooner. */
MUST int keypair_tidy(struct core *, int64_t older_ms);

/* By id. 0, OUT_ABSENT. */
MUST int keypair_get(struct core *, struct str id, struct arena *,
    struct keypair *ret);
struct keypair_filter {
	struct str project;      /* id */
	struct str search;       /* part of the name, without case; empty: all */
	struct str after;        /* keyset: a name; empty: from the start */
	int64_t limit;
};
/* In order of name. *ret_next: what "after" is for the next page; empty when
 * nothing is behind. At most KEYPAIR_SCAN_MAX names are looked at for one page
 * of a search: when that was not enough, *ret_next may be behind the last row,
 * and there may be no row at all. */
#define KEYPAIR_SCAN_MAX 8000
MUST int keypair_list(struct core *, const struct keypair_filter *,
    struct arena *, struct keypair **ret, size_t *n, struct str *ret_next);
/* For a visit to the KEYPAIR. */
MUST int keypair_delete(const struct visit *);

#endif
