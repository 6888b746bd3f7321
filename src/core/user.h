/*
 * Identities: users (people) and what both kinds share. A user has a password and
 * keys of their own, one home account, and may be a member of others.
 */
#ifndef CORE_USER_H
#define CORE_USER_H

#include "core/account.h"

#define EMAIL_MAX 254

struct user {
	struct str id, account, kind, name, email, description;
	bool server, disabled, locked;
	bool pending; /* invited at home, and has not come yet */
	int64_t version, created_at, modified_at;
};

struct user_ask {
	struct str email, name, password; /* password.p NULL: none */
	unsigned roles; /* granted on the whole account by one policy; 0: none */
};
MUST int user_create(const struct visit *, const struct user_ask *,
    struct arena *, struct user *ret, struct note *);
MUST int user_get(struct core *, struct str id, struct arena *,
    struct user *ret); /* users and service IDs by iam id */
MUST int user_by_email(struct core *, struct str email, struct arena *,
    struct user *ret);
MUST int user_list(struct core *, struct str account, struct str after,
    int64_t limit, struct arena *, struct user **ret, size_t *n);
MUST int user_disable(const struct visit *, struct str id, bool disabled);
/* One's own is changed by who knows it, whatever they came with: current is it,
 * when there is one; p NULL: not given. By others without it. OUT_DENIED (wrong,
 * or not theirs), OUT_MALFORMED, OUT_ABSENT with a note; OUT_TOO_MANY with wait_s
 * while that name is guessed, as for a login. Waits: pool threads only. */
struct password_ask {
	struct str password, current;
	int64_t wait_s; /* for TOO_MANY */
};
MUST int user_set_password(const struct visit *, struct str id,
    struct password_ask *, struct note *);
/* For the password grant: OUT_UNPROVEN for unknown, disabled, without a
 * password and wrong alike, in like time. Waits: pool threads only. */
MUST int user_check_password(struct core *, struct str email,
    struct str password, struct arena *, struct user *ret);

#endif
