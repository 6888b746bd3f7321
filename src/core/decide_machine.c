/*
 * Machines at the gate: each is one server, and may do there what its first
 * boot or its own credential is for. Nobody else may do that in its place, not
 * even who owns it.
 */
#include "core/decide.h"

#include <errno.h>
#include <stdlib.h>

struct machine {
	struct cached cached;
	struct found found;
};

static void
machine_free(struct cached *cached)
{
	free(cached);
}

static int
machine_make(struct ask *ask, uint64_t seen, const uint8_t *key)
{
	struct machine *machine;
	int r = decide_place(ask);

	if (r != 0 || !ask->keep)
		return r;
	machine = calloc(1, sizeof(*machine));
	if (machine == NULL)
		return FAIL(-ENOMEM);
	atomic_init(&machine->cached.refs, 1);
	machine->cached.generation = seen;
	machine->cached.free = machine_free;
	machine->found = ask->found;
	cache_put(ask->core->gate->cache, key, &machine->cached);
	cached_unref(&machine->cached);
	return 0;
}

/* The server that this machine is. Each login there asks for it: one that did
 * not change since is not read again. */
static int
machine_find(struct ask *ask)
{
	uint64_t seen = gate_generation(ask->core);
	struct cache *cache = ask->core->gate->cache;
	const struct str parts[] = {STR_INIT("machine"),
				    str_c(ask->who->machine)};
	uint8_t key[CACHE_KEY_LEN];
	struct machine *machine;

	/* Whoever was let in before was let in to one server. */
	if (ask->found.id[0] != '\0' &&
	    strcmp(ask->found.id, ask->who->machine) != 0)
		return OUT_DENIED;
	memcpy(ask->found.id, ask->who->machine, sizeof(ask->found.id));
	memcpy(ask->found.account, ask->who->account,
	       sizeof(ask->found.account));
	if (ask->at != NULL)
		return decide_place(ask);
	cache_key(cache, parts, nitems(parts), key);
	machine = (struct machine *)cache_get(cache, key, ask->least);
	if (machine == NULL)
		return machine_make(ask, seen, key);
	ask->found = machine->found;
	ask->thing.account = str_c(ask->account);
	cached_unref(&machine->cached);
	return 0;
}

/* What a first boot may, and what the machine may afterwards. */
static bool
machine_may(enum cred_kind cred, enum verb verb)
{
	if (cred == CRED_SEED)
		return verb == VERB_SEED_READ || verb == VERB_SEED_ENROL ||
		       verb == VERB_SEED_REPORT;
	return cred == CRED_MACHINE && verb == VERB_SERVER_FOLLOW;
}

int
decide_machine(struct ask *ask)
{
	struct str given = ask->thing.account;
	int r;

	FIELD_CUT(ask->account, str_c(ask->who->account));
	if (!machine_may(ask->who->cred, ask->verb) ||
	    ask->thing.kind != THING_SERVER ||
	    (given.n > 0 && !str_eq(given, str_c(ask->account))))
		return OUT_DENIED;
	r = ask->thing.name.n > 0 ? decide_place(ask) : machine_find(ask);
	if (r == 0 && (strcmp(ask->found.id, ask->who->machine) != 0 ||
		       strcmp(ask->account, ask->who->account) != 0))
		r = OUT_DENIED;
	return r;
}
