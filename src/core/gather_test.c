#include "core/gather.h"

#include "base/test.h"

#define MINUTE (60 * SECOND_MS)

static struct cache *cache;

static bool
add(struct gathered *g, int which, int64_t at)
{
	char name[32];
	struct event e = {.mark = MARK_USED,
			  .verb = VERB_IMAGE_PULL,
			  .cred = STR("api-key:x"),
			  .addr = STR("192.0.2.1")};

	(void)snprintf(name, sizeof(name), "repo:a/%d", which);
	e.thing = str_c(name);
	return gather_add(g, cache, &e, at);
}

static int64_t
total(const struct gathered *g)
{
	int64_t sum = 0;

	for (size_t i = 0; i < g->n; i++)
		sum += g->records[i]->count;
	return sum;
}

static void
test_same(void)
{
	struct gathered *g = calloc(1, sizeof(*g));
	struct last_use use = {.count = 0};

	ok(add(g, 1, 0) && add(g, 1, MINUTE - 1), "twice in a minute");
	is_int(g->n, 1, "one record");
	is_int(g->records[0]->first, 0, "its first");
	is_int(g->records[0]->last, MINUTE - 1, "and last");
	ok(add(g, 1, MINUTE), "in the next minute");
	is_int(g->n, 2, "another record");
	ok(add(g, 2, MINUTE), "another thing");
	is_int(g->n, 3, "another record");
	gather_last_use(g, STR("api-key:x"), &use);
	is_int(use.count, 4, "four uses");
	is_str(use.thing, STR("repo:a/2"), "the latest thing");
	gather_last_use(g, STR("api-key:y"), &use);
	is_int(use.count, 4, "none of another");
	gather_free(g);
}

/* A flood is counted to the last one, in bounded memory. */
static void
test_flood(void)
{
	struct gathered *g = calloc(1, sizeof(*g));
	bool all = true;

	for (int i = 0; i < GATHER_MAX + 1000; i++)
		all = add(g, i, 0) && all;
	ok(all, "each is taken");
	is_int(g->n, GATHER_MAX + 1, "one record for what is too much");
	is_int(g->records[GATHER_MAX]->count, 1000, "which counts");
	is_str(g->records[GATHER_MAX]->event.thing, STR("*"),
	       "and names nothing");
	ok(add(g, 0, 1), "what has its record");
	is_int(g->records[0]->count, 2, "goes on being counted in it");
	is_int(total(g), GATHER_MAX + 1001, "none is lost");
	gather_free(g);
}

static void
test_put_back(void)
{
	struct gathered *from = calloc(1, sizeof(*from));
	struct gathered *to = calloc(1, sizeof(*to));

	ok(add(from, 1, 0) && add(from, 2, 0) && add(from, 3, 0), "three");
	ok(add(to, 3, 5) && add(to, 4, 5), "and two");
	gather_put_back(to, from, 1);
	is_int(total(to), 4, "all but what is written already");
	is_int(to->n, 3, "in three records");
	is_int(to->records[0]->first, 0, "the earlier time is kept");
	gather_free(from);
	gather_free(to);
}

int
main(void)
{
	if (cache_new(&cache) != 0)
		return 1;
	test_same();
	test_flood();
	test_put_back();
	cache_free(cache);
	return done_testing();
}
