/*
 * Invitations: how a person comes into an account. The one who invites is given a
 * code to hand over; nothing is mailed. Whoever has it accepts: somebody new
 * chooses a password, somebody who is known here already shows theirs. Until then
 * the identity is pending: it can be granted things and opens nothing. Whether an
 * address is known here is told by no answer to an invitation, nor by what is shown
 * of who is invited. Whoever may invite can find out all the same, by removing who
 * was invited and inviting again: a known person keeps the id, an unknown one is
 * made anew. Nobody else can.
 */
#ifndef CORE_INVITE_H
#define CORE_INVITE_H

#include "core/user.h"

#define INVITATION_LIFE_MS (7 * 24 * 3600 * 1000LL)
#define INVITATIONS_MAX 100 /* open ones of an account */

struct invitation {
	struct str id, account, identity, email, created_by;
	int64_t created_at, expires_at;
};
struct invite_ask {
	struct str email, name;
	unsigned roles; /* on the whole account; 0: none */
};
/* OUT_CONFLICT somebody of the account already; again for one who is pending: a
 * new code in place of the old, and what was granted stays. */
MUST int invite_create(const struct visit *, const struct invite_ask *,
    struct arena *, struct invitation *ret, struct secret *ret_code,
    struct note *);
struct accepted {
	struct user user;
	char account[ACCOUNT_ID_LEN + 1]; /* that they came into */
};
struct accept_ask {
	struct str code, name, password; /* name: of somebody new; may be empty */
	struct str addr;
};
/*
 * Nobody needs a credential for it but the code. OUT_UNPROVEN bad or ended code,
 * or, for a known person, a wrong password (or none is set: they cannot accept);
 * OUT_MALFORMED a bad new one; OUT_TOO_MANY throttled (ret_wait_s); OUT_BUSY.
 * Somebody new is at home in the account whose invitation they take up first. Pool
 * threads only.
 */
MUST int invite_accept(struct core *, const struct accept_ask *, struct arena *,
    struct accepted *ret, int64_t *ret_wait_s, struct note *);

struct member {
	struct user user;
	bool home;    /* this account is their own; false while pending */
	bool pending; /* invited: of the user there is the id and the address */
	int64_t added_at;
};
/* People of an account, of this home and of others; by iam id. */
MUST int member_list(struct core *, struct str account, struct str after,
    int64_t limit, struct arena *, struct member **ret, size_t *n);
MUST int member_get(struct core *, struct str account, struct str iam_id,
    struct arena *, struct member *ret);
MUST int member_count(struct core *, struct str account, int64_t *ret);
/* Out of the account, with keys, sessions, policies and groups in it; somebody at
 * home here ends altogether. OUT_CONFLICT the owner or the operator. */
MUST int member_remove(const struct visit *, struct str iam_id);

#endif
