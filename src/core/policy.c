#include "core/policy.h"

#include "core/gate_inner.h"
#include "core/sql.h"
#include "db/db.h"
#include "wire/ociref.h"

#include <errno.h>
#include <stdlib.h>

#define GRANTS_MAX  1000 /* policies of one identity in one account */
#define GRANTS_ROOM (4 * MIB)

/* An attribute: not there (any value will do), equal, or a pattern. */
struct match {
	bool set, pattern;
	struct str value;
};
enum attribute {
	ATTR_ACCOUNT,
	ATTR_SERVICE,
	ATTR_SERVICE_TYPE,
	ATTR_REGION,
	ATTR_RESOURCE_TYPE,
	ATTR_RESOURCE,
	ATTRS
};
static const struct str attribute_names[ATTRS] = {
    [ATTR_ACCOUNT] = STR_INIT("accountId"),
    [ATTR_SERVICE] = STR_INIT("serviceName"),
    [ATTR_SERVICE_TYPE] = STR_INIT("serviceType"),
    [ATTR_REGION] = STR_INIT("region"),
    [ATTR_RESOURCE_TYPE] = STR_INIT("resourceType"),
    [ATTR_RESOURCE] = STR_INIT("resource"),
};
struct grant {
	unsigned roles;
	struct match on[ATTRS];
};
struct grants {
	struct cached cached;
	struct arena arena;
	size_t n;
	struct grant *list;
};

static void
grants_free(struct cached *cached)
{
	struct grants *g = (struct grants *)cached;

	arena_clear(&g->arena);
	free(g);
}

void
policy_unrefp(struct grants **g)
{
	if (*g != NULL)
		cached_unref(&(*g)->cached);
}

static char
folded(char c, bool nocase)
{
	return nocase && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* nocase: value is in lower case, the pattern need not be. */
static bool
match_run(struct str pattern, struct str value, bool nocase)
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
policy_match(struct str pattern, struct str value)
{
	return match_run(pattern, value, false);
}

static bool
match_ok(const struct match *m, struct str value)
{
	if (!m->set)
		return true;
	return m->pattern ? policy_match(m->value, value)
			  : str_eq(m->value, value);
}

static bool
match_slug(const struct match *m, const char *slug_key)
{
	struct str value = str_c(slug_key);

	if (!m->set)
		return true;
	return m->pattern ? match_run(m->value, value, true)
			  : str_eq_nocase(m->value, value);
}

/* A region has its name and old ones; all of them mean it. */
static bool
match_region(const struct match *m, const struct core *core, struct str name)
{
	const struct region *region;

	if (!m->set)
		return true;
	region = core_region_by_name(core, name);
	if (region == NULL)
		return false;
	if (match_ok(m, str_c(region->name)))
		return true;
	for (size_t i = 0; i < region->n_alias; i++)
		if (match_ok(m, str_c(region->alias[i])))
			return true;
	return false;
}

/* 0, or OUT_UNSUPPORTED: the policy grants nothing then. */
static int
attribute_add(struct arena *a, struct grant *grant, struct db_rows *rows)
{
	struct str name = db_str(rows, 0), op = db_str(rows, 1);
	struct match *m = NULL;

	for (size_t i = 0; i < ATTRS; i++)
		if (str_eq(attribute_names[i], name))
			m = &grant->on[i];
	if (m == NULL || m->set)
		return OUT_UNSUPPORTED;
	m->pattern = str_eq(op, STR("stringMatch"));
	if (!m->pattern && !str_eq(op, STR("stringEquals")))
		return OUT_UNSUPPORTED;
	m->set = true;
	m->value = arena_str(a, db_str(rows, 2));
	return m->value.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
grant_roles(struct db_at *at, struct str id, struct grant *grant)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_policy_roles, &rows, "s", id);

	while (r == 0 && (r = db_next(&rows)) == 0)
		grant->roles |= role_parse(db_str(&rows, 0));
	return r == OUT_ABSENT ? 0 : r;
}

static int
grant_read(struct db_at *at, struct arena *a, struct str id, struct str account,
	   struct grant *grant)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = grant_roles(at, id, grant);

	if (r == 0)
		r = db_query(at, SQL_policy_attributes, &rows, "s", id);
	while (r == 0 && (r = db_next(&rows)) == 0)
		r = attribute_add(a, grant, &rows);
	if (r != OUT_ABSENT)
		return r;
	/* A policy says which account and which service, or nothing. */
	if (!grant->on[ATTR_ACCOUNT].set ||
	    !match_ok(&grant->on[ATTR_ACCOUNT], account) ||
	    (!grant->on[ATTR_SERVICE].set && !grant->on[ATTR_SERVICE_TYPE].set))
		return OUT_UNSUPPORTED;
	return grant->roles == 0 ? OUT_UNSUPPORTED : 0;
}

static int
grants_read(struct db_at *at, const struct subject *who, struct grants *g)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str account = str_c(who->account);
	int r;

	g->list = arena_get(&g->arena, GRANTS_MAX * sizeof(*g->list));
	if (g->list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(at, SQL_policy_of, &rows, "ss", str_c(who->identity),
		     account);
	while (r == 0 && g->n < GRANTS_MAX && (r = db_next(&rows)) == 0) {
		struct grant grant = {.roles = 0};

		r = grant_read(at, &g->arena, db_str(&rows, 0), account,
			       &grant);
		if (r == 0)
			g->list[g->n++] = grant;
		else if (r == OUT_UNSUPPORTED)
			r = 0;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
grants_make(struct db_at *at, const struct subject *who, uint64_t seen,
	    struct grants **ret)
{
	CLEAN(policy_unrefp) struct grants *g = calloc(1, sizeof(*g));
	int r;

	if (g == NULL)
		return FAIL(-ENOMEM);
	atomic_init(&g->cached.refs, 1);
	g->cached.generation = seen;
	g->cached.free = grants_free;
	arena_init(&g->arena, GRANTS_ROOM);
	r = grants_read(at, who, g);
	if (r == 0)
		*ret = TAKE(g);
	return r;
}

int
policy_read(struct db_at *at, const struct subject *who, struct grants **ret)
{
	return grants_make(at, who, 0, ret);
}

int
policy_load(struct core *core, const struct subject *who, uint64_t least,
	    bool keep, struct grants **ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	uint64_t seen = gate_generation(core);
	struct cache *cache = core->gate->cache;
	const struct str parts[] = {STR_INIT("grants"), str_c(who->identity),
				    str_c(who->account)};
	uint8_t key[CACHE_KEY_LEN];
	int r;

	cache_key(cache, parts, nitems(parts), key);
	*ret = (struct grants *)cache_get(cache, key, least);
	if (*ret != NULL)
		return 0;
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = grants_make(view, who, seen, ret);
	if (r == 0 && keep)
		cache_put(cache, key, &(*ret)->cached);
	return r;
}

/* How far a grant must reach to count. */
enum reach {
	REACH_ACCOUNT, /* all of the account: no resource may be named */
	REACH_THING,   /* this namespace */
	REACH_ANY,     /* something: a list that shows what may be seen */
	REACH_PROJECT, /* this project */
	REACH_GITREPO, /* this repository of git, or its project */
	REACH_ANY_GIT, /* some repository or project */
};

static enum reach
reach_of_account(enum verb verb)
{
	if (verb == VERB_IMAGE_LIST || verb == VERB_NAMESPACE_LIST)
		return REACH_ANY;
	return verb == VERB_GIT_LIST || verb == VERB_PROJECT_LIST
		   ? REACH_ANY_GIT
		   : REACH_ACCOUNT;
}

static enum reach
reach_of(enum verb verb, const struct thing *thing)
{
	switch (thing->kind) {
	case THING_REPO:
		return REACH_THING;
	case THING_NAMESPACE:
		return verb == VERB_NAMESPACE_CREATE ||
			       verb == VERB_NAMESPACE_DELETE
			   ? REACH_ACCOUNT
			   : REACH_THING;
	case THING_NONE:
	case THING_ACCOUNT:
		return reach_of_account(verb);
	case THING_PROJECT:
	case THING_KEYPAIR:
	case THING_SERVER:
		return REACH_PROJECT;
	case THING_GITREPO:
		return REACH_GITREPO;
	case THING_IDENTITY:
	case THING_TOKEN:
	case THING_KINDS:
		break;
	}
	return REACH_ACCOUNT;
}

static bool
reaches(const struct grant *g, enum reach reach, const struct thing *thing,
	const struct found *found)
{
	const struct match *type = &g->on[ATTR_RESOURCE_TYPE];
	const struct match *name = &g->on[ATTR_RESOURCE];
	bool repo = match_ok(type, STR("repository"));
	bool project = match_ok(type, STR("project"));

	switch (reach) {
	case REACH_ACCOUNT:
		return !type->set && !name->set;
	case REACH_THING:
		return match_ok(type, STR("namespace")) &&
		       match_ok(name, ociref_namespace(thing->name));
	case REACH_ANY:
		return match_ok(type, STR("namespace"));
	case REACH_GITREPO:
		if (repo && match_slug(name, found->slug))
			return true;
		return project && match_slug(name, found->project_slug);
	case REACH_PROJECT:
		return project && match_slug(name, found->project_slug);
	case REACH_ANY_GIT:
		return repo || project;
	}
	return false;
}

/* IBM's word for services that hold resources, and for those that manage
 * accounts and people. */
static struct str
service_type(struct str service)
{
	return str_eq(service, STR("iam-identity")) ||
		       str_eq(service, STR("audit"))
		   ? STR("platform_service")
		   : STR("service");
}

static bool
has_regions(struct str service)
{
	return !str_eq(service, STR("git")) &&
	       !str_eq(service, STR("key-pair")) &&
	       !str_eq(service, STR("server"));
}

bool
policy_grants(const struct grants *g, const struct core *core, enum verb verb,
	      const struct thing *thing, const struct found *found,
	      bool made_it)
{
	const struct verb_row *row = verb_row(verb);
	unsigned roles = row->roles | (made_it ? ROLE_WRITER : 0U);
	enum reach reach = reach_of(verb, thing);
	struct str region =
	    has_regions(row->service) ? thing->region : STR_NONE;

	for (size_t i = 0; i < g->n; i++) {
		const struct grant *grant = &g->list[i];

		if ((grant->roles & roles) != 0 &&
		    match_ok(&grant->on[ATTR_SERVICE], row->service) &&
		    match_ok(&grant->on[ATTR_SERVICE_TYPE],
			     service_type(row->service)) &&
		    match_region(&grant->on[ATTR_REGION], core, region) &&
		    reaches(grant, reach, thing, found))
			return true;
	}
	return false;
}

/* One policy for both types of service: a pattern says so. */
static int
give_attributes(struct db_at *at, struct str policy, struct str account)
{
	int r = db_exec(at, SQL_policy_attribute_insert, NULL, "sisss", policy,
			(int64_t)0, attribute_names[ATTR_ACCOUNT],
			STR("stringEquals"), account);

	if (r != 0)
		return FOLD(r);
	return FOLD(db_exec(
	    at, SQL_policy_attribute_insert, NULL, "sisss", policy, (int64_t)1,
	    attribute_names[ATTR_SERVICE_TYPE], STR("stringMatch"), STR("*")));
}

int
policy_give_account(struct db_at *at, const struct visit *by,
		    struct str identity, unsigned roles, const char *id)
{
	struct str policy = str_c(id), account = str_c(by->account);
	int64_t position = 0;
	int r = db_exec(at, SQL_policy_insert, NULL, "sssssi", policy, account,
			identity, STR(""), str_c(by->who.identity), by->at);

	for (unsigned role = 1; r == 0 && role <= ROLE_ADMINISTRATOR;
	     role <<= 1) {
		if ((roles & role) == 0)
			continue;
		r = db_exec(at, SQL_policy_role_insert, NULL, "sis", policy,
			    position++, str_c(role_crn((enum role)role)));
	}
	if (r == 0)
		r = give_attributes(at, policy, account);
	gate_changed(at);
	return FOLD(r);
}
