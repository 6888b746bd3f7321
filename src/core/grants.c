#include "core/grants_inner.h"

#include "core/gate_inner.h"
#include "db/db.h"

void
grants_unrefp(struct grants **g)
{
	if (*g != NULL)
		cached_unref(&(*g)->cached);
}

int
grants_read(const struct core *core, struct db_at *at,
	    const struct subject *who, struct grants **ret)
{
	return grants_compile(core, at, str_c(who->identity),
			      str_c(who->account), false, ret);
}

int
grants_read_said(const struct core *core, struct db_at *at, struct str identity,
		 struct str account, struct grants **ret)
{
	return grants_compile(core, at, identity, account, true, ret);
}

const struct grant_said *
grants_said(const struct grants *g, size_t *n)
{
	*n = g->n_said;
	return g->said;
}

/* What was true at some generation is true at every later one up to the next
 * change of what is granted, which may come after least. */
static struct grants *
remembered(const struct core *core, const struct subject *who,
	   const uint8_t *key, uint64_t least)
{
	uint64_t granted = gate_granted_at(core, str_c(who->account));

	return (struct grants *)cache_get(core->gate->cache, key,
					  granted < least ? granted : least);
}

int
grants_load(struct core *core, struct db_at *at, const struct subject *who,
	    uint64_t least, bool keep, struct grants **ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	uint64_t seen = gate_generation(core);
	struct cache *cache = core->gate->cache;
	const struct str parts[] = {STR_INIT("grants"), str_c(who->identity),
				    str_c(who->account)};
	struct grants *g = NULL;
	uint8_t key[CACHE_KEY_LEN];
	int r;

	if (at != NULL && db_is_write(at) &&
	    gate_grants_now(at, str_c(who->account)))
		return grants_read(core, at, who, ret);
	cache_key(cache, parts, nitems(parts), key);
	*ret = remembered(core, who, key, least);
	if (*ret != NULL)
		return 0;
	if (at != NULL)
		return grants_read(core, at, who, ret);
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = grants_read(core, view, who, &g);
	if (r != 0)
		return r;
	g->cached.generation = seen;
	if (keep)
		cache_put(cache, key, &g->cached);
	*ret = g;
	return 0;
}
