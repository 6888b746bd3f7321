/*
 * Accounts: the tenant. Its owner holds every right in it; the operator of this
 * server makes new ones.
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "base/secret.h"
#include "core/gate.h"

#define SLUG_MAX 62 /* [A-Za-z0-9_-], first a letter or digit */
#define NAME_MAX_BYTES 255
#define TEXT_MAX_BYTES 1024 /* descriptions */

struct account {
	struct str id, slug, name, owner;
	int64_t created_at;
	bool git_http; /* git over smart HTTP is open, not only over SSH */
};

/*
 * The first account with its owner, who also operates this server, and the
 * first API key, in one write. OUT_CONFLICT when an account exists already.
 */
struct first {
	struct str slug, email, key_name;
};
MUST int account_first(struct core *, const struct first *,
    struct secret *ret_key);
bool account_any(struct core *);

struct account_ask {
	struct str slug, name, owner_email, owner_name;
	struct str owner_password; /* p == NULL: none, an API key only */
};
/* Makes the account, its owner, its default project and the owner's first API
 * key. OUT_CONFLICT slug or e-mail in use; OUT_MALFORMED with a note. */
MUST int account_create(const struct visit *, const struct account_ask *,
    struct arena *, struct account *ret, struct secret *ret_key, struct note *);
MUST int account_get(struct core *, struct str id_or_slug, struct arena *,
    struct account *ret);
/* The visit's account; for VERB_ACCOUNT_UPDATE. */
MUST int account_set_git_http(const struct visit *, bool git_http);
/* All of them for the operator, else those the subject belongs to. */
MUST int account_list(struct core *, const struct subject *, struct arena *,
    struct account **ret, size_t *n);

#endif
