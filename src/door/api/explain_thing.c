/* What is asked about: an action and a resource as people write them, into a
 * verb and the thing that the doors ask about with it. */
#include "door/api/explain.h"

#include <errno.h>

#define ACTION_SHOWN 64 /* bytes of an action that is none of ours */

struct resource {
	struct str service, region, type, name;
};

static int
member_take(struct call *call, struct resource *to, struct str name,
	    const struct json *value)
{
	const struct {
		struct str name;
		struct str *at;
	} members[] = {{STR("service"), &to->service},
		       {STR("region"), &to->region},
		       {STR("type"), &to->type},
		       {STR("name"), &to->name}};

	for (size_t i = 0; i < nitems(members); i++) {
		if (!str_eq(name, members[i].name))
			continue;
		return json_str(value, members[i].at)
			   ? 0
			   : note_set(&call->note, OUT_MALFORMED,
				      "'resource': '%.*s' must be a string",
				      STR_ARG(name));
	}
	return note_set(&call->note, OUT_MALFORMED,
			"'resource' has service, region, type and name, and "
			"nothing else");
}

static int
resource_read(struct call *call, const struct json *from, struct resource *to)
{
	const struct json *value;
	struct str name;
	void *iter = NULL;
	int r = 0;

	while (r == 0 && json_each(from, &iter, &name, &value))
		r = member_take(call, to, name, value);
	return r;
}

/* --- which kind of thing --- */

/* About the account, whatever is named beside them. */
static bool
is_of_account(enum verb verb)
{
	static const enum verb verbs[] = {
	    VERB_QUOTA_GET,
	    VERB_QUOTA_SET,
	    VERB_USER_CREATE,
	    VERB_SERVICEID_CREATE,
	    VERB_SERVICEID_LIST,
	    VERB_RULES_GET,
	    VERB_RULES_SET,
	    VERB_ACTIVITY_READ,
	    VERB_GROUP_CREATE,
	    VERB_PROJECT_CREATE,
	    VERB_AUDIT_READ,
	    VERB_ACCOUNT_UPDATE,
	    VERB_ROLE_CREATE,
	    VERB_ROLE_UPDATE,
	    VERB_ROLE_DELETE,
	    VERB_REGISTRYTOKEN_LIST,
	    VERB_REGISTRYTOKEN_CREATE,
	};

	for (size_t i = 0; i < nitems(verbs); i++)
		if (verbs[i] == verb)
			return true;
	return false;
}

/* What makes something in a project is about the project. */
static bool
is_of_project(enum verb verb)
{
	return verb == VERB_PROJECT_LIST || verb == VERB_PROJECT_UPDATE ||
	       verb == VERB_PROJECT_DELETE || verb == VERB_GIT_CREATE ||
	       verb == VERB_KEYPAIR_CREATE || verb == VERB_KEYPAIR_IMPORT ||
	       verb == VERB_SERVER_CREATE;
}

static enum thing_kind
registry_kind(enum verb verb, size_t parts)
{
	if (verb == VERB_REGISTRYTOKEN_GET || verb == VERB_REGISTRYTOKEN_DELETE)
		return THING_TOKEN;
	return parts == 1 ? THING_NAMESPACE : THING_REPO;
}

/* Of something that has a name, in so many parts; NONE: it is no such name. */
static enum thing_kind
kind_of(enum verb verb, const struct resource *res, size_t parts)
{
	struct str service = verb_row(verb)->service;

	if (str_eq(service, STR("container-registry")))
		return registry_kind(verb, parts);
	if (str_starts(service, STR("iam-")))
		return str_starts(res->name, STR("AccessGroupId-"))
			   ? THING_GROUP
			   : THING_IDENTITY;
	if (parts > 3 || parts < 2)
		return THING_NONE;
	if (is_of_project(verb) || str_eq(res->type, STR("project")))
		return THING_PROJECT;
	if (str_eq(service, STR("git")))
		return parts == 2 ? THING_GITREPO : THING_NONE;
	if (parts == 2)
		return THING_PROJECT;
	return str_eq(service, STR("key-pair")) ? THING_KEYPAIR : THING_SERVER;
}

static bool
type_fits(struct str type, enum thing_kind kind)
{
	static const struct {
		struct str type;
		enum thing_kind kinds[2];
	} rows[] = {
	    {STR_INIT("namespace"), {THING_NAMESPACE, THING_REPO}},
	    {STR_INIT("repository"), {THING_REPO, THING_GITREPO}},
	    {STR_INIT("project"), {THING_PROJECT, THING_PROJECT}},
	    {STR_INIT("keypair"), {THING_KEYPAIR, THING_KEYPAIR}},
	    {STR_INIT("server"), {THING_SERVER, THING_SERVER}},
	    {STR_INIT("serviceid"), {THING_IDENTITY, THING_IDENTITY}},
	    {STR_INIT("user"), {THING_IDENTITY, THING_IDENTITY}},
	    {STR_INIT("access-group"), {THING_GROUP, THING_GROUP}},
	};

	if (type.n == 0)
		return true;
	for (size_t i = 0; i < nitems(rows); i++)
		if (str_eq(type, rows[i].type))
			return kind == rows[i].kinds[0] ||
			       kind == rows[i].kinds[1];
	return false;
}

/* --- its name --- */

static size_t
parts_in(struct str name)
{
	size_t n = name.n == 0 ? 0 : 1;

	for (size_t i = 0; i < name.n; i++)
		n += name.p[i] == '/' ? 1 : 0;
	return n;
}

/* "Team/project/web" makes something in Team/project. */
static struct str
project_of(struct str name)
{
	struct str account, rest, project, last;

	if (!str_cut(name, '/', &account, &rest) ||
	    !str_cut(rest, '/', &project, &last))
		return name;
	return str_sub(name, 0, account.n + 1 + project.n);
}

static struct str
name_of(struct call *call, enum thing_kind kind, struct str name)
{
	if (kind == THING_PROJECT)
		name = project_of(name);
	return kind == THING_IDENTITY && str_starts(name, STR("ServiceId-"))
		   ? arena_strf(call->arena, "iam-%.*s", STR_ARG(name))
		   : name;
}

static int
thing_fill(struct call *call, enum verb verb, struct resource *res,
	   struct thing *ret)
{
	bool git = str_eq(verb_row(verb)->service, STR("git"));

	*ret = (struct thing){.kind = THING_ACCOUNT,
			      .region = res->region.n > 0
					    ? res->region
					    : str_c(call->region->name)};
	if (res->name.n == 0 || is_of_account(verb))
		return 0;
	/* In one's own account, as it is written at home. */
	if (git && parts_in(res->name) == 1)
		res->name =
		    arena_strf(call->arena, "%s/%.*s", call->visit.who.account,
			       STR_ARG(res->name));
	if (res->name.p == NULL)
		return FAIL(-ENOMEM);
	ret->kind = kind_of(verb, res, parts_in(res->name));
	ret->name = name_of(call, ret->kind, res->name);
	if (ret->name.p == NULL)
		return FAIL(-ENOMEM);
	if (ret->kind == THING_NONE)
		return note_set(&call->note, OUT_MALFORMED,
				"'resource': Team/repo, Team/project or "
				"Team/project/name is a name for that action");
	return type_fits(res->type, ret->kind)
		   ? 0
		   : note_set(&call->note, OUT_MALFORMED,
			      "'resource': no such type for that action and "
			      "name");
}

int
explain_aim(struct call *call, struct str action, const struct json *resource,
	    enum verb *ret_verb, struct thing *ret)
{
	struct resource res = {.service = STR_NONE};
	int r = verb_parse(action, ret_verb);

	if (r != 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'action': there is no %.*s; "
				"container-registry.image.pull is one",
				STR_ARG(str_sub(action, 0, ACTION_SHOWN)));
	r = resource_read(call, resource, &res);
	if (r == 0 && res.service.n > 0 &&
	    !str_eq(res.service, verb_row(*ret_verb)->service))
		r = note_set(&call->note, OUT_MALFORMED,
			     "'resource': the action is of another service");
	return r != 0 ? r : thing_fill(call, *ret_verb, &res, ret);
}
