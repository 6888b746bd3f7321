#include "core/gather.h"

#include "core/verb.h"

#include <stdlib.h>

static const struct str words[MARKS] = {
    [MARK_USED] = STR_INIT("used"),
    [MARK_REFUSED] = STR_INIT("refused"),
    [MARK_TOUCHED] = STR_INIT("done"),
};

struct str
gather_word(enum mark mark)
{
	return words[mark];
}

void
gather_free(struct gathered *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++)
		free(g->records[i]);
	free(g);
}

static uint32_t *
index_of(struct gathered *g, const uint8_t *key)
{
	uint64_t hash;
	size_t i;

	memcpy(&hash, key, sizeof(hash));
	for (i = hash % GATHER_INDEX; g->index[i] != 0;
	     i = (i + 1) % GATHER_INDEX)
		if (memcmp(g->records[g->index[i] - 1]->key, key,
			   CACHE_KEY_LEN) == 0)
			break;
	return &g->index[i];
}

static struct str
text_put(char **to, struct str s)
{
	struct str ret = {*to, s.n};

	if (s.n > 0)
		memcpy(*to, s.p, s.n);
	*to += s.n;
	return ret;
}

static struct record *
record_new(const uint8_t *key, const struct event *e, int64_t at)
{
	struct record *rec =
	    malloc(sizeof(*rec) + e->cred.n + e->account.n + e->identity.n +
		   e->thing.n + e->addr.n + e->why.n);
	char *to;

	if (rec == NULL)
		return NULL;
	to = rec->text;
	memcpy(rec->key, key, CACHE_KEY_LEN);
	rec->event = (struct event){.mark = e->mark,
				    .settles = e->settles,
				    .verb = e->verb,
				    .cred = text_put(&to, e->cred),
				    .account = text_put(&to, e->account),
				    .identity = text_put(&to, e->identity),
				    .thing = text_put(&to, e->thing),
				    .addr = text_put(&to, e->addr),
				    .why = text_put(&to, e->why)};
	rec->first = rec->last = at;
	rec->count = 1;
	return rec;
}

static void
event_key(const struct cache *cache, const struct event *e, int64_t at,
	  uint8_t *key)
{
	int64_t minute = at / MINUTE_MS;
	const struct str parts[] = {
	    words[e->mark], verb_row(e->verb)->action,
	    e->cred,	    e->account,
	    e->thing,	    e->addr,
	    e->why,	    {(const char *)&minute, sizeof(minute)}};

	cache_key(cache, parts, nitems(parts), key);
}

/* A flood from everywhere is still counted, but no longer told apart. */
static void
event_blur(struct event *e)
{
	e->cred = e->account = e->identity = e->why = STR_NONE;
	e->thing = e->addr = STR("*");
	e->settles = false;
}

bool
gather_add(struct gathered *g, const struct cache *cache, struct event *e,
	   int64_t at)
{
	uint8_t key[CACHE_KEY_LEN];
	struct record *rec;
	uint32_t *place;

	event_key(cache, e, at, key);
	place = index_of(g, key);
	if (*place == 0 && g->n >= GATHER_MAX) {
		event_blur(e);
		event_key(cache, e, at, key);
		place = index_of(g, key);
	}
	if (*place != 0) {
		rec = g->records[*place - 1];
		rec->count++;
		rec->last = at;
		rec->event.settles = rec->event.settles || e->settles;
		return true;
	}
	rec = g->n < nitems(g->records) ? record_new(key, e, at) : NULL;
	if (rec == NULL)
		return false;
	g->records[g->n++] = rec;
	*place = (uint32_t)g->n;
	return true;
}

void
gather_put_back(struct gathered *to, struct gathered *from, size_t position)
{
	for (; position < from->n; position++) {
		struct record *rec = from->records[position];
		uint32_t *place = index_of(to, rec->key);

		if (*place != 0) {
			struct record *have = to->records[*place - 1];

			have->count += rec->count;
			have->first = rec->first;
			have->event.settles =
			    have->event.settles || rec->event.settles;
		} else if (to->n < nitems(to->records)) {
			to->records[to->n++] = rec;
			*place = (uint32_t)to->n;
			from->records[position] = NULL;
		}
	}
}

void
gather_last_use(const struct gathered *g, struct str cred, struct last_use *use)
{
	for (size_t i = 0; g != NULL && i < g->n; i++) {
		const struct record *rec = g->records[i];

		if (rec->event.mark == MARK_REFUSED ||
		    !str_eq(rec->event.cred, cred))
			continue;
		use->count += rec->count;
		if (rec->last < use->at)
			continue;
		use->at = rec->last;
		use->addr = rec->event.addr;
		use->thing = rec->event.thing;
		use->verb = verb_row(rec->event.verb)->action;
	}
}
