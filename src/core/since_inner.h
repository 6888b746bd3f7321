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
};

/* How a verb of the trail takes something away. */
struct since_kind {
	enum verb verb;
	int value;          /* statement: what says whether it is as it was */
	const char *id;     /* of detail; NULL: what follows ':' in thing */
	const char *second; /* of detail; NULL: one word is enough */
	/* 0 or an outcome; NULL: only people can. */
	int (*repeat)(const struct since_one *);
	const char *hand;
};
extern const struct since_kind since_kinds[];
extern const size_t n_since_kinds;

#endif
