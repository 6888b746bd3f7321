/*
 * One search under way: what find_cred.c (values), find_id.c (ids and keys) and
 * end_cred.c share.
 */
#ifndef CORE_FIND_INNER_H
#define CORE_FIND_INNER_H

#include "core/find_cred.h"
#include "core/gate_inner.h"

struct finding {
	struct core *core;
	struct db_at *at;
	struct str what;
	struct arena *arena;
	struct note *note;
	struct found_cred *list; /* room for FIND_CRED_MAX */
	size_t n;
};
/* All rows of one of find_cred.sql's queries. 0, -errno. */
MUST int find_by_id(struct finding *, enum found_kind, int sql, struct str id,
    bool value);
MUST int find_by_digest(struct finding *, enum found_kind, int sql,
    struct str digest, bool value);
/* One row with the columns of find_cred.sql, as the next of the list. */
MUST int find_row(struct finding *, enum found_kind, struct db_rows *,
    bool value);
/* The same of long-lived ones of any kind, whose name follows as column 10. It
 * becomes the list's only one. */
MUST int find_row_named(struct finding *, struct db_rows *);
/* By the kind and id that the trail names it by. */
MUST int find_cred_word(struct finding *, enum cred_kind, struct str id);
/* What it is at the gate; NONE: nothing that opens something by itself. */
enum cred_kind found_cred_kind(enum found_kind);
/* What has the form of an id; nothing found is 0 as well. */
MUST int find_id(struct finding *);
/* Does it look like a public key, whole or wrapped? Then find_key() says what is
 * wrong with it: OUT_MALFORMED with a note. */
bool find_is_key(struct str);
MUST int find_key(struct finding *);
/* A fingerprint; anything else is 0. */
MUST int find_print(struct finding *);

#endif
