/* Who may hand out what: see ADR 0023. */
#include "core/policy_inner.h"

#include "core/sql.h"
#include "json/json.h"

#include <errno.h>

#define GIVE_ROOM  (4 * MIB)  /* one policy */
#define GIVER_ROOM (64 * MIB) /* all that somebody administers */

/* A policy as it is compared: lists are taken apart once, not once for each
 * other policy that they meet. */
struct said {
	const char *name;
	struct str op, value;
	bool exact, match; /* by its operator; neither: nothing we know */
	const struct str *values;
	size_t n;
};
struct given {
	struct said *said;
	size_t n;
};
/* Who gives: what they administer, read once for a whole write. */
struct giver {
	const struct visit *by;
	struct arena arena;
	struct given *list;
	size_t n;
	bool all;     /* the owner, or the program itself */
	int64_t work; /* comparisons made */
};

static void
giver_clear(struct giver *g)
{
	arena_clear(&g->arena);
}

static bool
is_any(struct str pattern)
{
	for (size_t i = 0; i < pattern.n; i++)
		if (pattern.p[i] != '*')
			return false;
	return pattern.n > 0;
}

static int
values_read(struct arena *a, const struct policy_attr *attr, bool list,
	    struct said *s)
{
	CLEAN(json_freep) struct json *json = NULL;
	struct str *values;
	size_t n = 1;

	if (list) {
		if (json_parse(attr->value, &json, NULL) != 0)
			return 0;
		n = json_size(json);
	}
	values = n == 0 ? NULL : arena_get(a, n * sizeof(*values));
	if (values == NULL)
		return n == 0 ? 0 : FAIL(-ENOMEM);
	for (size_t i = 0; i < n; i++) {
		struct str each = attr->value;

		if (list && !json_str(json_at(json, i), &each))
			return 0;
		values[i] = arena_str(a, each);
		if (values[i].p == NULL)
			return FAIL(-ENOMEM);
	}
	s->values = values;
	s->n = n;
	return 0;
}

/* What has the form of an attribute and is none says nothing: n stays 0. */
static int
said_read(struct arena *a, const struct policy_attr *attr, struct said *s)
{
	bool any = str_eq(attr->op, STR("stringEqualsAnyOf"));
	bool any_match = str_eq(attr->op, STR("stringMatchAnyOf"));
	struct str name = arena_str(a, attr->name);

	*s = (struct said){.name = name.p,
			   .op = arena_str(a, attr->op),
			   .value = arena_str(a, attr->value)};
	if (name.p == NULL || s->op.p == NULL || s->value.p == NULL)
		return FAIL(-ENOMEM);
	s->exact = any || str_eq(attr->op, STR("stringEquals"));
	s->match = any_match || str_eq(attr->op, STR("stringMatch"));
	if (!s->exact && !s->match)
		return 0;
	if (!any && !any_match && attr->form != POLICY_TEXT) {
		s->exact = false;
		return 0;
	}
	return values_read(a, attr, any || any_match, s);
}

static int
given_read(struct arena *a, const struct policy_text *t, struct given *ret)
{
	struct given g = {.n = t->n_resources};
	int r = 0;

	g.said = arena_get(a, (g.n + 1) * sizeof(*g.said));
	if (g.said == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; r == 0 && i < g.n; i++)
		r = said_read(a, &t->resources[i], &g.said[i]);
	*ret = g;
	return r;
}

/* --- comparing --- */

static bool
is_named(const struct said *s, const char *name)
{
	return strcmp(s->name, name) == 0;
}

/* Is this one value among those of an attribute? A pattern costs by its length
 * and the value's. */
static bool
holds(struct giver *g, const struct said *theirs, struct str value)
{
	for (size_t i = 0; i < theirs->n; i++) {
		struct str each = theirs->values[i];

		g->work +=
		    theirs->match ? 1 + (int64_t)(each.n * value.n) / 64 : 1;
		if (g->work > POLICY_GIVE_WORK_MAX)
			break;
		if (theirs->match ? grants_match(each, value)
				  : str_eq(each, value))
			return true;
	}
	return false;
}

/* A pattern is covered by the same one only: which texts it stands for is more
 * than can be said. */
static bool
covers_one(struct giver *g, const struct said *theirs, const struct said *asked)
{
	g->work++;
	if (str_eq(theirs->op, asked->op) &&
	    str_eq(theirs->value, asked->value))
		return true;
	if (!asked->exact)
		return false;
	for (size_t i = 0; i < asked->n; i++)
		if (!holds(g, theirs, asked->values[i]))
			return false;
	return asked->n > 0;
}

/* Every service has a type and a name, so these two, if anything goes, are as
 * good as absent. A region or a resource that anything would do for still says
 * that there is one. */
static bool
is_no_limit(const struct said *s)
{
	return str_eq(s->op, STR("stringMatch")) && is_any(s->value) &&
	       (is_named(s, "serviceType") || is_named(s, "serviceName"));
}

/* Of a type of service, one of its services is a part. */
static bool
covers_by_type(struct giver *g, const struct said *theirs,
	       const struct given *asked)
{
	if (!is_named(theirs, "serviceType"))
		return false;
	for (size_t i = 0; i < asked->n; i++) {
		const struct said *a = &asked->said[i];

		if (is_named(a, "serviceName") &&
		    str_eq(a->op, STR("stringEquals")))
			return holds(g, theirs, verb_service_type(a->value));
	}
	return false;
}

static bool
covered(struct giver *g, const struct said *theirs, const struct given *asked)
{
	bool named = false;

	if (is_no_limit(theirs))
		return true;
	for (size_t i = 0; i < asked->n; i++)
		if (is_named(&asked->said[i], theirs->name)) {
			if (!covers_one(g, theirs, &asked->said[i]))
				return false;
			named = true;
		}
	return named || covers_by_type(g, theirs, asked);
}

static bool
covers(struct giver *g, const struct given *theirs, const struct given *asked)
{
	for (size_t i = 0; i < theirs->n; i++)
		if (!covered(g, &theirs->said[i], asked))
			return false;
	return true;
}

static bool
is_administrator(const struct policy_text *t)
{
	for (size_t i = 0; i < t->n_roles; i++)
		if (role_parse(t->roles[i]) == ROLE_ADMINISTRATOR)
			return true;
	return false;
}

/* A policy that grants nothing itself gives nothing away either. */
static bool
is_sound(struct str account, const struct policy_text *t)
{
	return t->n_tags == 0 && policy_check(account, t, NULL) == 0;
}

/* --- reading --- */

static int
giver_add(struct giver *g, struct db_at *at, struct arena *scratch,
	  struct str id)
{
	struct policy theirs = {.id = id};
	int r = policy_parts(at, scratch, &theirs);

	theirs.text.type = STR("access");
	theirs.text.subject = str_c(g->by->who.identity);
	if (r != 0 || !is_administrator(&theirs.text) ||
	    !is_sound(str_c(g->by->account), &theirs.text))
		return r;
	r = given_read(&g->arena, &theirs.text, &g->list[g->n]);
	g->n += r == 0;
	return r;
}

static int
giver_read(struct giver *g, struct db_at *at)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(arena_clear) struct arena scratch;
	int r;

	arena_init(&scratch, GIVE_ROOM);
	g->list = arena_get(&g->arena, POLICIES_GIVE_MAX * sizeof(*g->list));
	if (g->list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(at, SQL_policy_giving, &rows, "ssi",
		     str_c(g->by->who.identity), str_c(g->by->account),
		     (int64_t)POLICIES_GIVE_MAX);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = giver_add(g, at, &scratch, db_str(&rows, 0));
		arena_reset(&scratch);
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* The program itself, and whose account it is, may give anything. */
static int
giver_make(struct giver *g, struct db_at *at, const struct visit *by)
{
	*g = (struct giver){.by = by};
	arena_init(&g->arena, GIVER_ROOM);
	g->all = by->who.cred == CRED_NONE || by->who.owner;
	if (g->all)
		return 0;
	return by->who.identity[0] == '\0' ? OUT_DENIED : giver_read(g, at);
}

static int
giver_may(struct giver *g, struct arena *a, const struct policy_text *text)
{
	struct given asked;
	int r = given_read(a, text, &asked);

	for (size_t i = 0; r == 0 && i < g->n; i++)
		if (covers(g, &g->list[i], &asked))
			return g->work <= POLICY_GIVE_WORK_MAX ? 0 : OUT_DENIED;
	return r != 0 ? r : OUT_DENIED;
}

int
policy_may_give(struct db_at *at, const struct visit *by,
		const struct policy_text *asked)
{
	CLEAN(giver_clear) struct giver g;
	int r = giver_make(&g, at, by);

	return r != 0 || g.all ? r : giver_may(&g, &g.arena, asked);
}

int
policy_may_give_account(struct db_at *at, const struct visit *by)
{
	const struct policy_attr all[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(by->account)},
	    {.name = STR("serviceType"),
	     .op = STR("stringMatch"),
	     .value = STR("*")},
	};
	const struct policy_text text = {.type = STR("access"),
					 .resources = all,
					 .n_resources = nitems(all)};

	return policy_may_give(at, by, &text);
}

/* Each policy that a statement finds for a subject. */
static int
may_give_each(struct db_at *at, const struct visit *by, int sql,
	      struct str subject)
{
	CLEAN(giver_clear) struct giver g;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(arena_clear) struct arena arena;
	size_t n = 0;
	int r = giver_make(&g, at, by);

	arena_init(&arena, GIVE_ROOM);
	if (r == 0 && g.all)
		return 0;
	if (r == 0)
		r = db_query(at, sql, &rows, "ss", subject, str_c(by->account));
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct policy p = {0};

		if (n++ == POLICIES_GIVE_MAX)
			return OUT_DENIED;
		p.id = db_str(&rows, 0);
		r = policy_parts(at, &arena, &p);
		if (r == 0)
			r = giver_may(&g, &arena, &p.text);
		arena_reset(&arena);
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
policy_may_give_group(struct db_at *at, const struct visit *by,
		      struct str group)
{
	return may_give_each(at, by, SQL_policy_of_group, group);
}

int
policy_may_give_held(struct db_at *at, const struct visit *by,
		     struct str identity)
{
	return may_give_each(at, by, SQL_policy_held, identity);
}
