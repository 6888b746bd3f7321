/* What the files of "since" share. */
#ifndef CORE_SINCE_INNER_H
#define CORE_SINCE_INNER_H

#include "core/gate.h"
#include "core/since.h"

#include "db/db.h"
#include "json/json.h"

#define SINCE_WORD_MAX 320

/* One thing that was taken away: which, and where it belongs. */
struct since_one {
	struct core *core;
	struct str account, id, second;
	struct str here, there; /* what the copy and the later data say of it */
};

/* How a verb of the trail takes something away. A row is of the first kind that
 * finds in it what it looks for. */
struct since_kind {
	enum verb verb;
	int value;          /* statement: what says whether it is as it was */
	const char *id;     /* of detail; NULL: what follows ':' in thing */
	const char *second; /* of detail; NULL: one word is enough */
	/* 0 or an outcome; NULL: only people can. */
	int (*repeat)(const struct since_one *);
	const char *hand;
	const char *word;   /* before ':' in thing; NULL: whatever it is */
	const char *flag;   /* of detail, true; NULL: none is needed */
	bool in_account;    /* the statement's second word is the account */
	/* Does the copy let more than the later data? NULL: it is not the same. */
	bool (*lives)(struct str here, struct str there);
};
extern const struct since_kind since_kinds[];
extern const size_t n_since_kinds;

/* A visit of this program's own. */
MUST int since_visit(const struct since_one *, enum verb, struct visit *ret);

/* Of since_creds.c. */
bool since_key_lives(struct str here, struct str there);
bool since_ends_later(struct str here, struct str there);
bool since_not_ended(struct str here, struct str there);
MUST int since_key_change(const struct since_one *);
MUST int since_key_delete(const struct since_one *);
MUST int since_service_id_delete(const struct since_one *);
MUST int since_identity_token(const struct since_one *);
MUST int since_seed(const struct since_one *);
MUST int since_invitation(const struct since_one *);
MUST int since_invited(const struct since_one *);
MUST int since_access_token(const struct since_one *);
MUST int since_token_delete(const struct since_one *);
MUST int since_token_end(const struct since_one *);

#endif
