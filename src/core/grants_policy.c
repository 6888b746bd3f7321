#include "core/grants_policy.h"

#include "core/gate_inner.h"
#include "core/resource_group.h"
#include "json/json.h"

#include <errno.h>

#define POLICY_ROOM (512 * KIB) /* of the words of one policy */
#define SEEN_ROOM   (64 * KIB)

static const struct str attribute_names[ATTRS] = {
    [ATTR_ACCOUNT] = STR_INIT("accountId"),
    [ATTR_SERVICE] = STR_INIT("serviceName"),
    [ATTR_SERVICE_TYPE] = STR_INIT("serviceType"),
    [ATTR_SERVICE_GROUP] = STR_INIT("service_group_id"),
    [ATTR_GROUP] = STR_INIT("resourceGroupId"),
    [ATTR_REGION] = STR_INIT("region"),
    [ATTR_RESOURCE_TYPE] = STR_INIT("resourceType"),
    [ATTR_RESOURCE] = STR_INIT("resource"),
};

static const struct {
	struct str name;
	bool regions;
} services[] = {
    {STR_INIT("container-registry"), true},
    {STR_INIT("git"), false},
    {STR_INIT("key-pair"), false},
    {STR_INIT("server"), false},
    {STR_INIT("iam-identity"), false},
    {STR_INIT("iam-access-management"), false},
    {STR_INIT("iam-groups"), false},
    {STR_INIT("audit"), false},
};
_Static_assert(nitems(services) <= 16, "a bit for each");

int
grants_service(struct str name)
{
	for (size_t i = 0; i < nitems(services); i++)
		if (str_eq(services[i].name, name))
			return (int)i;
	return -1;
}

bool
grants_service_has_regions(int service)
{
	return service >= 0 && services[service].regions;
}

void
grants_policy_init(struct grants_policy *p)
{
	*p = (struct grants_policy){.id = ""};
	arena_init(&p->arena, POLICY_ROOM);
	arena_init(&p->names, SEEN_ROOM);
}

void
grants_policy_clear(struct grants_policy *p)
{
	arena_clear(&p->arena);
	arena_clear(&p->names);
}

static int
copy(struct arena *a, struct str s, struct str *ret)
{
	*ret = arena_str(a, s);
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
copy_or_none(struct arena *a, struct db_rows *rows, int col, struct str *ret)
{
	*ret = STR_NONE;
	return db_null(rows, col) ? 0 : copy(a, db_str(rows, col), ret);
}

int
grants_policy_begin(struct grants_policy *p, struct db_rows *rows)
{
	int r;

	arena_reset(&p->arena);
	memset(p->on, 0, sizeof(p->on));
	p->n_roles = 0;
	p->flaw = NULL;
	r = FIELD_PUT(p->id, db_str(rows, 0));
	if (r == 0)
		r = copy_or_none(&p->arena, rows, 3, &p->pattern);
	if (r == 0)
		r = copy_or_none(&p->arena, rows, 4, &p->rule);
	if (r == 0)
		r = copy(&p->arena, db_str(rows, 5), &p->group);
	return r != 0 ? r : copy(&p->arena, db_str(rows, 6), &p->subject);
}

static struct grant_role *
role_seen(struct grants_policy *p, struct str crn)
{
	for (size_t i = 0; i < p->n_seen; i++)
		if (str_eq(p->seen[i].crn, crn))
			return &p->seen[i];
	return NULL;
}

static void
role_remember(struct grants_policy *p, const struct grant_role *role)
{
	struct str name = STR_NONE;

	if (p->n_seen < ROLES_SEEN)
		name = arena_str(&p->names, role->crn);
	if (name.p == NULL)
		return;
	p->seen[p->n_seen] = *role;
	p->seen[p->n_seen++].crn = name;
}

int
grants_policy_role(struct grants_policy *p, struct db_at *at,
		   struct str account, struct str crn)
{
	struct grant_role role = {.roles = 0}, *seen = role_seen(p, crn);
	int r;

	if (p->n_roles == nitems(p->roles)) {
		p->flaw = "too many roles";
		return 0;
	}
	if (seen != NULL)
		role = *seen;
	r = copy(&p->arena, crn, &role.crn);
	if (r != 0)
		return r;
	if (seen == NULL) {
		r = role_resolve(at, account, crn, &role.roles, &role.verbs);
		if (r != 0 && r != OUT_ABSENT)
			return r;
		role_remember(p, &role);
	}
	p->roles[p->n_roles++] = role;
	return 0;
}

/* 0, OUT_MALFORMED, -errno. */
static int
list_read(struct grants_policy *p, struct str text, struct grants_value *v)
{
	CLEAN(json_freep) struct json *list = NULL;
	int r = json_parse(text, &list, NULL);

	if (r != 0)
		return r;
	if (json_kind(list) != JSON_ARRAY || json_size(list) == 0 ||
	    json_size(list) > POLICY_VALUES_MAX)
		return OUT_MALFORMED;
	v->list = arena_get(&p->arena, json_size(list) * sizeof(*v->list));
	if (v->list == NULL)
		return FAIL(-ENOMEM);
	for (; r == 0 && v->n < json_size(list); v->n++) {
		struct str one;

		r = json_str(json_at(list, v->n), &one)
			? copy(&p->arena, one, &v->list[v->n])
			: OUT_MALFORMED;
	}
	return r;
}

/* 0, OUT_MALFORMED, -errno. */
static int
value_read(struct grants_policy *p, struct db_rows *rows,
	   struct grants_value *v)
{
	static const struct {
		struct str name, form;
		bool pattern;
	} ops[] = {
	    {STR_INIT("stringEquals"), STR_INIT("text"), false},
	    {STR_INIT("stringMatch"), STR_INIT("text"), true},
	    {STR_INIT("stringEqualsAnyOf"), STR_INIT("list"), false},
	    {STR_INIT("stringMatchAnyOf"), STR_INIT("list"), true},
	};
	struct str op = db_str(rows, 4), form = db_str(rows, 6);

	for (size_t i = 0; i < nitems(ops); i++) {
		if (!str_eq(ops[i].name, op) || !str_eq(ops[i].form, form))
			continue;
		v->set = true;
		v->pattern = ops[i].pattern;
		if (str_eq(form, STR("list")))
			return list_read(p, db_str(rows, 5), v);
		v->list = arena_get(&p->arena, sizeof(*v->list));
		if (v->list == NULL)
			return FAIL(-ENOMEM);
		v->n = 1;
		return copy(&p->arena, db_str(rows, 5), v->list);
	}
	return OUT_MALFORMED;
}

int
grants_policy_attribute(struct grants_policy *p, struct db_rows *rows)
{
	struct str name = db_str(rows, 3);
	struct grants_value *v = NULL;
	int r;

	for (size_t i = 0; i < ATTRS; i++)
		if (str_eq(attribute_names[i], name))
			v = &p->on[i];
	if (!str_eq(db_str(rows, 7), STR("resource")))
		p->flaw = "names a tag";
	else if (v == NULL || v->set)
		p->flaw = "an attribute that is not known, or twice";
	if (p->flaw != NULL)
		return 0;
	r = value_read(p, rows, v);
	if (r == OUT_MALFORMED) {
		p->flaw = "an operator that does not fit its value";
		return 0;
	}
	return r;
}

static bool
value_fits(const struct grants_value *v, struct str text)
{
	if (!v->set)
		return true;
	for (size_t i = 0; i < v->n; i++)
		if (v->pattern ? grants_match(v->list[i], text)
			       : str_eq(v->list[i], text))
			return true;
	return false;
}

static uint16_t
services_of(const struct grants_policy *p, struct str account)
{
	const struct grants_value *group = &p->on[ATTR_GROUP];
	const struct grants_value *set = &p->on[ATTR_SERVICE_GROUP];
	char id[RESOURCE_GROUP_ID_LEN + 1] = "";
	unsigned mask = 0;

	if (group->set)
		resource_group_id(account, id);
	for (size_t i = 0; i < nitems(services); i++) {
		struct str type = verb_service_type(services[i].name);
		/* These are in no group of resources. */
		bool platform = str_eq(type, STR("platform_service"));

		if (value_fits(&p->on[ATTR_SERVICE], services[i].name) &&
		    value_fits(&p->on[ATTR_SERVICE_TYPE], type) &&
		    (!set->set || (platform && value_fits(set, STR("IAM")))) &&
		    (!group->set ||
		     (!platform && value_fits(group, str_c(id)))))
			mask |= 1U << i;
	}
	return (uint16_t)mask;
}

/* A region has its name and old ones; all of them mean it. */
static uint32_t
regions_of(const struct grants_policy *p, const struct core *core)
{
	const struct grants_value *v = &p->on[ATTR_REGION];
	uint32_t mask = 0;

	if (!v->set)
		return GRANT_ANYWHERE;
	for (size_t i = 0; i < core->n_regions; i++) {
		const struct region *region = &core->regions[i];

		if (value_fits(v, str_c(region->name)))
			mask |= 1U << i;
		for (size_t j = 0; j < region->n_alias; j++)
			if (value_fits(v, str_c(region->alias[j])))
				mask |= 1U << i;
	}
	return mask;
}

static uint8_t
types_of(const struct grants_policy *p)
{
	static const struct {
		struct str name;
		enum grant_type type;
	} types[] = {
	    {STR_INIT("namespace"), TYPE_NAMESPACE},
	    {STR_INIT("repository"), TYPE_REPOSITORY},
	    {STR_INIT("project"), TYPE_PROJECT},
	    {STR_INIT("serviceid"), TYPE_SERVICE_ID},
	    {STR_INIT("access-group"), TYPE_GROUP},
	};
	const struct grants_value *v = &p->on[ATTR_RESOURCE_TYPE];
	unsigned mask = v->set ? 0 : TYPE_UNSET;

	for (size_t i = 0; i < nitems(types); i++)
		if (value_fits(v, types[i].name))
			mask |= types[i].type;
	return (uint8_t)mask;
}

static bool
is_grantable(enum verb_rule rule)
{
	return rule == RULE_ROLES || rule == RULE_SELF || rule == RULE_OWN ||
	       rule == RULE_GIVE;
}

static bool
is_empty(const struct verb_set *set)
{
	uint64_t any = 0;

	for (size_t i = 0; i < VERB_WORDS; i++)
		any |= set->bits[i];
	return any == 0;
}

/* Who holds a role of something may give that away: of GIVE the service is not
 * asked here. */
static void
verbs_find(const struct grants_policy *p, unsigned roles,
	   struct granted_kind *kind)
{
	for (int v = 0; v < VERB_MAX; v++) {
		const struct verb_row *row = verb_row((enum verb)v);
		int service = grants_service(row->service);
		bool mine =
		    service >= 0 && (kind->services >> service & 1) != 0;
		bool held = (roles & row->roles) != 0 &&
			    (mine || row->rule == RULE_GIVE);

		for (size_t i = 0; mine && i < p->n_roles; i++)
			held = held ||
			       verb_set_has(&p->roles[i].verbs, (enum verb)v);
		if (!is_grantable(row->rule))
			continue;
		if (held)
			verb_set_add(&kind->verbs, (enum verb)v);
		if (held || (mine && row->rule == RULE_OWN &&
			     (roles & ROLE_WRITER) != 0))
			verb_set_add(&kind->own, (enum verb)v);
	}
}

/* Somebody's policies are often alike, but for what they are about. */
static void
verbs_of(struct grants_policy *p, struct granted_kind *kind)
{
	unsigned roles = 0;
	bool custom = false;

	for (size_t i = 0; i < p->n_roles; i++) {
		roles |= p->roles[i].roles;
		custom = custom || !is_empty(&p->roles[i].verbs);
	}
	if (!custom && roles == p->made_of &&
	    kind->services == p->made.services) {
		kind->verbs = p->made.verbs;
		kind->own = p->made.own;
		return;
	}
	verbs_find(p, roles, kind);
	if (!custom) {
		p->made = *kind;
		p->made_of = roles;
	}
}

int
grants_policy_kind(struct grants_policy *p, const struct core *core,
		   struct str account, struct granted_kind *ret,
		   struct when *ret_when)
{
	struct granted_kind kind = {.services = 0};
	struct when when;
	int r = when_parse(p->pattern, p->rule, &when, NULL);

	if (r < 0)
		return r;
	if (p->flaw == NULL && r != 0)
		p->flaw = "a condition that is not known";
	if (p->flaw == NULL && (!p->on[ATTR_ACCOUNT].set ||
				!value_fits(&p->on[ATTR_ACCOUNT], account)))
		p->flaw = "not of this account";
	if (p->flaw == NULL && !p->on[ATTR_SERVICE].set &&
	    !p->on[ATTR_SERVICE_TYPE].set && !p->on[ATTR_SERVICE_GROUP].set &&
	    !p->on[ATTR_GROUP].set)
		p->flaw = "names no service";
	if (p->flaw != NULL)
		return OUT_UNSUPPORTED;
	kind.services = services_of(p, account);
	kind.regions = regions_of(p, core);
	kind.types = types_of(p);
	kind.grouped = p->on[ATTR_GROUP].set;
	if (kind.services != 0)
		verbs_of(p, &kind);
	if (is_empty(&kind.own)) {
		p->flaw = "no role of its service";
		return OUT_UNSUPPORTED;
	}
	*ret = kind;
	*ret_when = when;
	return 0;
}

/* In words: one value, or all of a list. */
static int
value_say(const struct grants_value *v, struct arena *a, struct str *ret)
{
	struct str text = STR_NONE;

	*ret = STR_NONE;
	for (size_t i = 0; i < v->n; i++) {
		text = i == 0 ? arena_str(a, v->list[i])
			      : arena_strf(a, "%.*s, %.*s", STR_ARG(text),
					   STR_ARG(v->list[i]));
		if (text.p == NULL)
			return FAIL(-ENOMEM);
	}
	*ret = text;
	return 0;
}

static int
roles_say(const struct grants_policy *p, struct arena *a, struct grant_said *s)
{
	int r = 0;

	s->n_roles = p->n_roles;
	if (p->n_roles == 0)
		return 0;
	s->roles = arena_get(a, p->n_roles * sizeof(*s->roles));
	if (s->roles == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; r == 0 && i < p->n_roles; i++) {
		s->roles[i] = p->roles[i];
		r = copy(a, p->roles[i].crn, &s->roles[i].crn);
	}
	return r;
}

int
grants_policy_say(const struct grants_policy *p, struct arena *a,
		  struct grant_said *ret)
{
	struct grant_said s = {.flaw = p->flaw};
	const struct grants_value *service = &p->on[ATTR_SERVICE];
	int r = copy(a, str_c(p->id), &s.id);

	if (!service->set)
		service = &p->on[ATTR_SERVICE_TYPE];
	if (!service->set)
		service = &p->on[ATTR_SERVICE_GROUP];
	if (r == 0)
		r = copy(a, p->subject, &s.subject);
	if (r == 0)
		r = copy(a, p->group, &s.group);
	if (r == 0)
		r = value_say(service, a, &s.service);
	if (r == 0)
		r = value_say(&p->on[ATTR_REGION], a, &s.region);
	if (r == 0)
		r = value_say(&p->on[ATTR_RESOURCE_TYPE], a, &s.type);
	if (r == 0)
		r = value_say(&p->on[ATTR_RESOURCE], a, &s.resource);
	if (r == 0 && p->pattern.p != NULL)
		r = copy(a, p->pattern, &s.pattern);
	if (r == 0 && p->rule.p != NULL)
		r = copy(a, p->rule, &s.rule);
	if (r == 0)
		r = roles_say(p, a, &s);
	if (r == 0)
		*ret = s;
	return r;
}
