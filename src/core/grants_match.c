#include "core/grants_inner.h"

#include "base/clock.h"
#include "core/gate_inner.h"
#include "wire/ociref.h"

static char
folded(char c, bool nocase)
{
	return nocase && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
grants_match_run(struct str pattern, struct str value, bool nocase)
{
	size_t p = 0, v = 0, star = SIZE_MAX, from = 0;

	while (v < value.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = v;
		} else if (p < pattern.n &&
			   (pattern.p[p] == '?' ||
			    folded(pattern.p[p], nocase) == value.p[v])) {
			p++;
			v++;
		} else if (star != SIZE_MAX) {
			/* Let the latest '*' swallow one byte more. */
			p = star + 1;
			v = ++from;
		} else
			return false;
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool
grants_match(struct str pattern, struct str value)
{
	return grants_match_run(pattern, value, false);
}

/* How far a grant must reach to count. */
enum reach {
	REACH_WHOLE, /* all of the account: no resource may be named */
	REACH_NAMED, /* one of the targets */
	REACH_LIST,  /* something of these types: a list of what may be seen */
	REACH_SOME,  /* anything */
};
/* A name that a grant may have, and what it is a name of. */
struct target {
	struct str name;
	uint8_t types;
};
struct question {
	const struct grants *g;
	enum verb verb;
	enum reach reach;
	bool made_it, nocase;
	int service, region; /* region -1: none, or not one of ours */
	uint8_t types;	     /* of LIST */
	struct target targets[2];
	size_t n_targets;
	int64_t now; /* 0: not looked at yet */
	bool timed;  /* a condition held */
};

static void
aim(struct question *q, struct str name, unsigned types)
{
	q->reach = REACH_NAMED;
	q->targets[q->n_targets++] =
	    (struct target){name, (uint8_t)(types | TYPE_UNSET)};
}

static void
aim_list(struct question *q, unsigned types)
{
	q->reach = REACH_LIST;
	q->types = (uint8_t)(types | TYPE_UNSET);
}

static void
aim_at_account(struct question *q)
{
	if (q->verb == VERB_IMAGE_LIST || q->verb == VERB_NAMESPACE_LIST)
		aim_list(q, TYPE_NAMESPACE);
	else if (q->verb == VERB_GIT_LIST || q->verb == VERB_PROJECT_LIST)
		aim_list(q, TYPE_REPOSITORY | TYPE_PROJECT);
}

/* "ServiceId-..." of an iam id; a person has no such name. */
static void
aim_at_identity(struct question *q, struct str name)
{
	if (str_starts(name, STR(SERVICE_ID_HEAD)))
		aim(q, str_sub(name, sizeof("iam-") - 1, name.n),
		    TYPE_SERVICE_ID);
}

static void
aim_at(struct question *q, const struct grants_ask *ask)
{
	const struct thing *thing = ask->thing;

	switch (thing->kind) {
	case THING_NAMESPACE:
		if (q->verb == VERB_NAMESPACE_CREATE ||
		    q->verb == VERB_NAMESPACE_DELETE)
			break;
		aim(q, ociref_namespace(thing->name), TYPE_NAMESPACE);
		break;
	case THING_REPO:
		aim(q, ociref_namespace(thing->name), TYPE_NAMESPACE);
		break;
	case THING_NONE:
	case THING_ACCOUNT:
		aim_at_account(q);
		break;
	case THING_GITREPO:
		aim(q, str_c(ask->found->slug), TYPE_REPOSITORY);
		/* FALLTHROUGH */
	case THING_PROJECT:
	case THING_KEYPAIR:
	case THING_SERVER:
		aim(q, str_c(ask->found->project_slug), TYPE_PROJECT);
		q->nocase = true;
		break;
	case THING_IDENTITY:
		aim_at_identity(q, thing->name);
		break;
	case THING_GROUP:
		aim(q, thing->name, TYPE_GROUP);
		break;
	case THING_TOKEN:
	case THING_KINDS:
		break;
	}
}

static int
region_of(const struct core *core, struct str name)
{
	const struct region *region = core_region_by_name(core, name);

	for (size_t i = 0; i < core->n_regions; i++)
		if (region == &core->regions[i])
			return (int)i;
	return -1;
}

static void
question_make(struct question *q, const struct grants *g,
	      const struct grants_ask *ask)
{
	const struct verb_row *row = verb_row(ask->verb);

	*q = (struct question){.g = g,
			       .verb = ask->verb,
			       .reach = REACH_WHOLE,
			       .made_it = ask->made_it,
			       .service = grants_service(row->service),
			       .region = -1};
	if (row->rule == RULE_GIVE)
		q->reach = REACH_SOME;
	else
		aim_at(q, ask);
	if (grants_service_has_regions(q->service))
		q->region = region_of(ask->core, ask->thing->region);
}

static bool
region_fits(const struct question *q, const struct granted_kind *k)
{
	return k->regions == GRANT_ANYWHERE || q->reach == REACH_SOME ||
	       (q->region >= 0 && (k->regions >> q->region & 1) != 0);
}

static enum grant_miss
kind_misses(const struct question *q, const struct granted_kind *k)
{
	if (!verb_set_has(q->made_it ? &k->own : &k->verbs, q->verb))
		return (k->services >> q->service & 1) != 0 ? MISS_ROLE
							    : MISS_SERVICE;
	return region_fits(q, k) ? MISS_NOTHING : MISS_REGION;
}

static bool
name_fits(const struct question *q, const struct granted *one, struct str name)
{
	struct str text = {q->g->names + one->name, one->n};

	if (one->form == FORM_PATTERN)
		return grants_match_run(text, name, q->nocase);
	return one->form == FORM_ANY ||
	       (q->nocase ? str_eq_nocase(text, name) : str_eq(text, name));
}

/* form ANY asks for a kind by itself: one->name is not looked at. */
static enum grant_miss
resource_misses(const struct question *q, const struct granted_kind *k,
		const struct granted *one, const struct target *target)
{
	if (q->reach == REACH_SOME)
		return MISS_NOTHING;
	if (q->reach == REACH_LIST)
		return (k->types & q->types) != 0 ? MISS_NOTHING : MISS_TYPE;
	if (q->reach == REACH_WHOLE) {
		if ((k->types & TYPE_UNSET) == 0)
			return MISS_TYPE;
		return one->form != FORM_ANY || k->grouped ? MISS_RESOURCE
							   : MISS_NOTHING;
	}
	if ((k->types & target->types) == 0)
		return MISS_TYPE;
	return name_fits(q, one, target->name) ? MISS_NOTHING : MISS_RESOURCE;
}

static enum grant_miss
misses(struct question *q, const struct granted_kind *k,
       const struct granted *one, const struct target *target)
{
	enum grant_miss miss = kind_misses(q, k);

	if (miss == MISS_NOTHING)
		miss = resource_misses(q, k, one, target);
	if (miss != MISS_NOTHING || k->when == 0)
		return miss;
	if (q->now == 0)
		q->now = clock_now();
	return when_holds(&q->g->whens[k->when], q->now) ? MISS_NOTHING
							 : MISS_TIME;
}

/* A yes for ever ends the search; one for now is kept in mind. */
static bool
is_yes(struct question *q, const struct granted_kind *k,
       const struct granted *one, const struct target *target)
{
	if (misses(q, k, one, target) != MISS_NOTHING)
		return false;
	q->timed = k->when != 0;
	return !q->timed;
}

/* What needs no name: one look at each kind is enough. */
static bool
kinds_allow(struct question *q, const struct target *target)
{
	static const struct granted any = {.form = FORM_ANY};
	static const struct granted named = {.form = FORM_EXACT};

	for (size_t i = 0; i < q->g->n_kinds; i++) {
		const struct granted_kind *k = &q->g->kinds[i];

		if (q->reach == REACH_NAMED && !k->whole)
			continue;
		if (is_yes(q, k, k->whole ? &any : &named, target))
			return true;
	}
	return false;
}

/* head 0: exact ones, and those that begin with a wildcard. */
static bool
bucket_allows(struct question *q, const struct target *target, uint32_t at,
	      size_t head)
{
	const struct grants *g = q->g;

	for (; at != GRANT_LAST; at = g->list[at].next) {
		const struct granted *one = &g->list[at];

		if (one->head == head &&
		    is_yes(q, &g->kinds[one->kind], one, target))
			return true;
	}
	return false;
}

static bool
names_allow(struct question *q, const struct target *target)
{
	const struct grants *g = q->g;
	uint32_t hash = GRANT_HASH_START;

	if (bucket_allows(q, target, g->loose, 0))
		return true;
	for (size_t i = 0; i < target->name.n; i++) {
		hash = grant_hash(hash, target->name.p[i]);
		if (i < GRANT_HEAD_MAX && (g->heads >> i & 1) != 0 &&
		    bucket_allows(q, target, g->buckets[hash & g->mask], i + 1))
			return true;
	}
	return bucket_allows(q, target, g->buckets[hash & g->mask], 0);
}

static bool
search(struct question *q)
{
	if (!verb_set_has(&q->g->all, q->verb))
		return false;
	if (q->reach != REACH_NAMED)
		return kinds_allow(q, NULL) || q->timed;
	for (size_t i = 0; i < q->n_targets; i++)
		if (kinds_allow(q, &q->targets[i]) ||
		    names_allow(q, &q->targets[i]))
			return true;
	return q->timed;
}

/* The nearest that a policy, which is one grant or many, comes. */
static enum grant_miss
nearest(struct question *q, const struct granted *one)
{
	enum grant_miss best = MISS_FLAW;

	for (size_t i = 0; i == 0 || i < q->n_targets; i++) {
		enum grant_miss miss =
		    misses(q, &q->g->kinds[one->kind], one, &q->targets[i]);

		if (miss < best)
			best = miss;
	}
	return best;
}

/* All of them, one by one, for people. */
static void
tell(struct question *q, struct grants_ask *ask)
{
	const struct grants *g = q->g;
	size_t i = 0;

	for (size_t p = 0; p < g->n_said; p++) {
		enum grant_miss best = MISS_FLAW;

		for (; i < g->n && g->list[i].policy == p; i++) {
			enum grant_miss miss = nearest(q, &g->list[i]);

			if (miss < best)
				best = miss;
		}
		ask->each(ask->arg, &g->said[p], best);
	}
}

bool
grants_allow(const struct grants *g, struct grants_ask *ask)
{
	struct question q;
	bool yes;

	question_make(&q, g, ask);
	if (ask->each != NULL)
		tell(&q, ask);
	q.timed = false;
	yes = search(&q);
	ask->timed = q.timed;
	return yes;
}
