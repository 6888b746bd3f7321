#include "core/grants_inner.h"

#include "core/grants_policy.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>

#define KINDS_BACK 32 /* how many of the latest kinds may be met again */

/* A list that grows; moved into one piece of memory at the end. */
struct vec {
	char *p;
	size_t n, size, room;
};
struct maker {
	const struct core *core;
	struct db_at *at;
	struct str account;
	struct vec kinds, whens, list, names, said;
	struct grants_policy policy; /* under way */
	struct arena arena;	     /* of said */
	bool keep_said, full;
};

static void *
vec_add(struct vec *v, size_t n)
{
	size_t need = (v->n + n) * v->size;
	char *p;

	if (need > v->room) {
		size_t room = v->room * 2 > need ? v->room * 2 : need;

		p = realloc(v->p, room);
		if (p == NULL)
			return NULL;
		v->p = p;
		v->room = room;
	}
	p = v->p + v->n * v->size;
	memset(p, 0, n * v->size);
	v->n += n;
	return p;
}

static void
maker_clear(struct maker *m)
{
	struct vec *const all[] = {&m->kinds, &m->whens, &m->list, &m->names,
				   &m->said};

	for (size_t i = 0; i < nitems(all); i++)
		free(all[i]->p);
	grants_policy_clear(&m->policy);
	arena_clear(&m->arena);
}

static uint32_t
buckets_for(size_t n)
{
	uint32_t buckets = 1;

	while (buckets < n)
		buckets *= 2;
	return buckets;
}

static size_t
weight_of(const struct maker *m)
{
	return sizeof(struct grants) + m->kinds.n * m->kinds.size +
	       m->whens.n * m->whens.size + m->list.n * m->list.size +
	       buckets_for(m->list.n) * sizeof(uint32_t) + m->names.n;
}

/* Everything but whether a grant of it is whole. */
static bool
kind_same(const struct granted_kind *a, const struct granted_kind *b)
{
	return memcmp(&a->verbs, &b->verbs, sizeof(a->verbs)) == 0 &&
	       memcmp(&a->own, &b->own, sizeof(a->own)) == 0 &&
	       a->regions == b->regions && a->services == b->services &&
	       a->when == b->when && a->types == b->types &&
	       a->grouped == b->grouped;
}

/* -ENOMEM, or the place of a kind like this. */
static int
kind_put(struct maker *m, const struct granted_kind *kind)
{
	struct granted_kind *list = (struct granted_kind *)m->kinds.p;
	size_t first = m->kinds.n > KINDS_BACK ? m->kinds.n - KINDS_BACK : 0;
	struct granted_kind *fresh;

	for (size_t i = m->kinds.n; i > first; i--)
		if (kind_same(&list[i - 1], kind))
			return (int)(i - 1);
	fresh = vec_add(&m->kinds, 1);
	if (fresh == NULL)
		return FAIL(-ENOMEM);
	*fresh = *kind;
	return (int)(m->kinds.n - 1);
}

static int
when_put(struct maker *m, const struct when *when, uint16_t *ret)
{
	struct when *fresh;

	*ret = 0;
	if (when->always && m->whens.n > 0)
		return 0;
	fresh = vec_add(&m->whens, 1);
	if (fresh == NULL)
		return FAIL(-ENOMEM);
	*fresh = *when;
	*ret = (uint16_t)(m->whens.n - 1);
	return 0;
}

static size_t
head_of(struct str pattern)
{
	size_t n = 0;

	while (n < pattern.n && n < GRANT_HEAD_MAX && pattern.p[n] != '*' &&
	       pattern.p[n] != '?')
		n++;
	return n;
}

static int
grant_put(struct maker *m, int kind, struct str name, enum grant_form form)
{
	struct granted *g;
	char *to;

	if (form == FORM_EXACT && name.n > GRANT_NAME_MAX)
		return 0;
	g = vec_add(&m->list, 1);
	if (g == NULL)
		return FAIL(-ENOMEM);
	if (name.n > 0) {
		to = vec_add(&m->names, name.n);
		if (to == NULL)
			return FAIL(-ENOMEM);
		memcpy(to, name.p, name.n);
	}
	*g = (struct granted){
	    .name = (uint32_t)(m->names.n - name.n),
	    .n = (uint16_t)name.n,
	    .kind = (uint16_t)kind,
	    .policy = (uint16_t)(m->keep_said ? m->said.n : 0),
	    .form = (uint8_t)form,
	    .head = (uint8_t)(form == FORM_PATTERN ? head_of(name) : 0),
	};
	return 0;
}

static int
names_put(struct maker *m, int kind)
{
	const struct grants_value *v = &m->policy.on[ATTR_RESOURCE];
	enum grant_form form = v->pattern ? FORM_PATTERN : FORM_EXACT;
	int r = 0;

	if (!v->set) {
		((struct granted_kind *)m->kinds.p)[kind].whole = true;
		return grant_put(m, kind, STR_NONE, FORM_ANY);
	}
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = grant_put(m, kind, v->list[i], form);
	return r;
}

/* How far the lists go: what one policy too many has added is taken off. */
struct mark {
	size_t kinds, whens, list, names;
};
static struct mark
mark_of(const struct maker *m)
{
	return (struct mark){m->kinds.n, m->whens.n, m->list.n, m->names.n};
}

static void
mark_back(struct maker *m, const struct mark *mark)
{
	m->kinds.n = mark->kinds;
	m->whens.n = mark->whens;
	m->list.n = mark->list;
	m->names.n = mark->names;
}

/* Their numbers have 16 bits. */
#define ROOM (GRANTS_ROOM - sizeof(struct grants))
_Static_assert(ROOM / sizeof(struct granted_kind) <= UINT16_MAX &&
		   ROOM / sizeof(struct when) <= UINT16_MAX &&
		   POLICIES_MAX <= UINT16_MAX,
	       "no more than there is room for");

static bool
is_too_much(const struct maker *m)
{
	return weight_of(m) > GRANTS_ROOM;
}

/* One that grants nothing leaves why in flaw. 0, -errno. */
static int
policy_take(struct maker *m)
{
	struct mark mark = mark_of(m);
	struct granted_kind kind;
	struct when when;
	int r =
	    grants_policy_kind(&m->policy, m->core, m->account, &kind, &when);
	int place;

	if (r != 0)
		return r == OUT_UNSUPPORTED ? 0 : r;
	if (m->full) {
		m->policy.flaw = "more than one identity can have";
		return 0;
	}
	r = when_put(m, &when, &kind.when);
	place = r == 0 ? kind_put(m, &kind) : r;
	r = place < 0 ? place : names_put(m, place);
	if (r == 0 && is_too_much(m)) {
		mark_back(m, &mark);
		m->full = true;
		m->policy.flaw = "more than one identity can have";
	}
	return r;
}

static int
policy_end(struct maker *m)
{
	struct grant_said *said;
	int r;

	if (m->policy.id[0] == '\0')
		return 0;
	r = policy_take(m);
	if (r == 0 && m->keep_said) {
		said = vec_add(&m->said, 1);
		r = said == NULL
			? FAIL(-ENOMEM)
			: grants_policy_say(&m->policy, &m->arena, said);
	}
	return r;
}

static int
rows_read(struct maker *m, struct db_rows *rows)
{
	int r;

	while ((r = db_next(rows)) == 0) {
		if (!str_eq(db_str(rows, 0), str_c(m->policy.id))) {
			r = policy_end(m);
			if (r == 0)
				r = grants_policy_begin(&m->policy, rows);
		} else if (db_int(rows, 1) == 1)
			r = grants_policy_role(&m->policy, m->at, m->account,
					       db_str(rows, 3));
		else
			r = grants_policy_attribute(&m->policy, rows);
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? policy_end(m) : r;
}

static void
index_make(struct grants *g)
{
	memset(g->buckets, 0xff, (g->mask + 1) * sizeof(*g->buckets));
	g->loose = GRANT_LAST;
	for (size_t i = 0; i < g->n; i++) {
		struct granted *one = &g->list[i];
		size_t n = one->form == FORM_EXACT ? one->n : one->head;
		uint32_t hash = GRANT_HASH_START, *bucket = &g->loose;

		if (one->form == FORM_ANY)
			continue;
		for (size_t j = 0; j < n; j++)
			hash = grant_hash(hash, g->names[one->name + j]);
		if (one->form == FORM_EXACT || one->head > 0)
			bucket = &g->buckets[hash & g->mask];
		if (one->head > 0)
			g->heads |= (uint64_t)1 << (one->head - 1);
		one->next = *bucket;
		*bucket = (uint32_t)i;
	}
	for (size_t i = 0; i < g->n_kinds; i++)
		for (size_t j = 0; j < VERB_WORDS; j++)
			g->all.bits[j] |=
			    g->kinds[i].verbs.bits[j] | g->kinds[i].own.bits[j];
}

static void
grants_free(struct cached *cached)
{
	struct grants *g = (struct grants *)cached;

	free(g->said);
	arena_clear(&g->arena);
	free(g);
}

static void
move(void *to, const struct vec *from)
{
	if (from->n > 0)
		memcpy(to, from->p, from->n * from->size);
}

/* One piece of memory, the strictest alignment first. */
static int
pack(struct maker *m, struct grants **ret)
{
	struct grants *g = calloc(1, weight_of(m));

	if (g == NULL)
		return FAIL(-ENOMEM);
	atomic_init(&g->cached.refs, 1);
	g->cached.free = grants_free;
	g->cached.weight = weight_of(m);
	g->n = m->list.n;
	g->n_kinds = m->kinds.n;
	g->n_said = m->said.n;
	g->mask = buckets_for(g->n) - 1;
	g->whens = (struct when *)(g + 1);
	g->kinds = (struct granted_kind *)(g->whens + m->whens.n);
	g->list = (struct granted *)(g->kinds + g->n_kinds);
	g->buckets = (uint32_t *)(g->list + g->n);
	g->names = (char *)(g->buckets + g->mask + 1);
	move(g->whens, &m->whens);
	move(g->kinds, &m->kinds);
	move(g->list, &m->list);
	move(g->names, &m->names);
	index_make(g);
	g->said = (struct grant_said *)TAKE(m->said.p);
	g->arena = m->arena;
	arena_init(&m->arena, 0);
	*ret = g;
	return 0;
}

int
grants_compile(const struct core *core, struct db_at *at, struct str identity,
	       struct str account, bool said, struct grants **ret)
{
	CLEAN(maker_clear)
	struct maker m = {.core = core,
			  .at = at,
			  .account = account,
			  .kinds.size = sizeof(struct granted_kind),
			  .whens.size = sizeof(struct when),
			  .list.size = sizeof(struct granted),
			  .names.size = 1,
			  .said.size = sizeof(struct grant_said),
			  .keep_said = said};
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct when always = {.always = true};
	uint16_t first;
	int r;

	arena_init(&m.arena, GRANTS_SAID_ROOM);
	grants_policy_init(&m.policy);
	r = when_put(&m, &always, &first);
	if (r == 0)
		r = identity.p == NULL ? db_query(at, SQL_grants_of_account,
						  &rows, "s", account)
				       : db_query(at, SQL_grants_of, &rows,
						  "ss", identity, account);
	if (r == 0)
		r = rows_read(&m, &rows);
	return r != 0 ? r : pack(&m, ret);
}
