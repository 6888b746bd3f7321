/* What comes to an identity by its groups and by custom roles, grants on what
 * the platform services hold, and how much one identity can have. */
#include "core/core_world.h"
#include "core/explain.h"
#include "core/gate_inner.h"
#include "core/grants_inner.h"
#include "core/group.h"
#include "core/policy.h"
#include "core/role.h"
#include "core/service_id.h"
#include "core/sql.h"

#define ATTRS_MAX 4
/* Without an account: this one. Behind "~" a pattern. */
struct plan {
	struct str subject;
	const char *account, *role;
	const char *attrs[ATTRS_MAX][2];
};

static struct policy
grant(struct world *w, struct plan plan)
{
	struct policy_attr attrs[ATTRS_MAX + 1] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(w->owner.account)}};
	struct str roles[] = {str_c(plan.role)};
	struct policy_text text = {
	    .type = STR("access"),
	    .subject_kind = str_starts(plan.subject, STR("AccessGroupId-"))
				? POLICY_GROUP
				: POLICY_IDENTITY,
	    .subject = plan.subject,
	    .roles = roles,
	    .n_roles = 1,
	    .resources = attrs,
	    .n_resources = 1};
	struct policy made;

	for (size_t i = 0; i < ATTRS_MAX && plan.attrs[i][0] != NULL; i++) {
		const char *value = plan.attrs[i][1];

		attrs[text.n_resources++] = (struct policy_attr){
		    .name = str_c(plan.attrs[i][0]),
		    .op = *value == '~' ? STR("stringMatch")
					: STR("stringEquals"),
		    .value = str_c(value + (*value == '~'))};
	}
	must(policy_create(&w->owner, &text, &w->arena, &made, NULL), "policy");
	return made;
}

#define REGISTRY                                                               \
	{                                                                      \
		"serviceName", "container-registry"                            \
	}

struct person {
	struct user user;
	struct proof proof;
};
static struct person
person(struct world *w, const char *email)
{
	struct person p = {.user = world_user(w, email, 0)};
	struct api_key key;

	p.proof = basic("iamapikey", world_key(w, p.user.id, 0, &key));
	return p;
}

static struct group
group(struct world *w, const char *name)
{
	struct group made;

	must(group_create(&w->owner, str_c(name), STR_NONE, &w->arena, &made,
			  NULL),
	     "group");
	return made;
}

static int
pull_at(struct world *w, const struct person *p, struct str region,
	const char *name)
{
	return pass(w, p->proof, VERB_IMAGE_PULL,
		    (struct thing){.kind = THING_REPO,
				   .region = region,
				   .name = str_c(name)});
}

static int
push(struct world *w, const struct person *p, const char *name)
{
	return pass(w, p->proof, VERB_IMAGE_PUSH, repo(name));
}

static void
test_groups(struct world *w)
{
	struct person p = person(w, "groups@example.org");
	struct group here = group(w, "here"), there = group(w, "there");

	(void)grant(w, (struct plan){.subject = here.id,
				     .role = "Reader",
				     .attrs = {REGISTRY,
					       {"region", "local"},
					       {"resource", "birds"}}});
	(void)grant(w,
		    (struct plan){.subject = there.id,
				  .role = "Writer",
				  .attrs = {REGISTRY, {"resource", "~be*"}}});
	is_int(pull_at(w, &p, LOCAL, "birds/a"), OUT_DENIED, "in no group");
	must(group_member_add(&w->owner, here.id, p.user.id), "join");
	is_int(pull_at(w, &p, LOCAL, "birds/a"), 0, "in one");
	is_int(pull_at(w, &p, OTHER, "birds/a"), OUT_DENIED,
	       "where the group may");
	is_int(pull_at(w, &p, LOCAL, "bears/a"), OUT_DENIED,
	       "what the group may");
	is_int(push(w, &p, "birds/a"), OUT_DENIED, "as the group may");
	must(group_member_add(&w->owner, there.id, p.user.id), "join");
	is_int(push(w, &p, "bears/a"), 0, "in two");
	is_int(push(w, &p, "birds/a"), OUT_DENIED,
	       "each is about its own things");
	(void)grant(w, (struct plan){.subject = p.user.id,
				     .role = "Reader",
				     .attrs = {REGISTRY, {"region", "eu-de"}}});
	is_int(pull_at(w, &p, OTHER, "birds/a"), 0, "and one's own");
	must(group_member_remove(&w->owner, there.id, p.user.id), "leave");
	is_int(push(w, &p, "bears/a"), OUT_DENIED, "left: not any more");
	is_int(pull_at(w, &p, LOCAL, "birds/a"), 0, "the other group stays");
	must(group_delete(&w->owner, here.id, true), "end");
	is_int(pull_at(w, &p, LOCAL, "birds/a"), OUT_DENIED, "ended");
	is_int(pull_at(w, &p, OTHER, "birds/a"), 0, "one's own stays");
}

/* As nothing that we write would lie there. */
struct stray {
	struct str group, identity;
	const char *account;
};
static int
stray_write(struct db_at *at, void *arg)
{
	const struct stray *s = arg;
	int r = db_exec(at, SQL_group_insert, NULL, "ssssssi", s->group,
			str_c(s->account), STR("stray"), STR("stray"), STR(""),
			STR("test"), (int64_t)0);

	if (r == 0)
		r = db_exec(at, SQL_group_member_insert, NULL, "sssi", s->group,
			    s->identity, STR("test"), (int64_t)0);
	if (r == 0)
		r = db_exec(at, SQL_policy_insert, NULL, "sssssssSSnsi",
			    STR("stray"), str_c(s->account), STR("access"),
			    STR("iam_id"), s->group, STR(""), STR(""), STR_NONE,
			    STR_NONE, STR("test"), (int64_t)0);
	if (r == 0)
		r = db_exec(at, SQL_policy_role_insert, NULL, "sis",
			    STR("stray"), (int64_t)0, STR("Reader"));
	gate_granted(at, STR_NONE);
	return r;
}

static int
attribute_write(struct db_at *at, void *arg)
{
	const char *const(*pairs)[2] = arg;
	int r = 0;

	for (int64_t i = 0; r == 0 && i < 2; i++)
		r = db_exec(at, SQL_policy_attribute_insert, NULL, "sisssiss",
			    STR("stray"), i, STR("resource"),
			    str_c(pairs[i][0]), STR("stringEquals"), (int64_t)1,
			    STR("text"), str_c(pairs[i][1]));
	gate_granted(at, STR_NONE);
	return r;
}

/* A group's id as if it were an identity's is neither. */
static void
test_stray(struct world *w)
{
	struct person p = person(w, "stray@example.org");
	struct stray stray = {.group = STR("AccessGroupId-stray"),
			      .identity = p.user.id,
			      .account = w->owner.account};
	const char *pairs[][2] = {{"accountId", w->owner.account}, REGISTRY};

	must(db_write(w->core->db, stray_write, &stray), "stray");
	must(db_write(w->core->db, attribute_write, pairs), "attributes");
	is_int(pull_at(w, &p, LOCAL, "birds/a"), OUT_DENIED,
	       "a subject of the other kind");
}

static struct custom_role
role(struct world *w, const char *service, const char *name, const char *action)
{
	struct str one = str_c(action);
	struct custom_role_ask ask = {.service = str_c(service),
				      .name = str_c(name),
				      .display_name = str_c(name),
				      .description = STR(""),
				      .actions = &one,
				      .n_actions = 1};
	struct custom_role made;

	must(role_create(&w->owner, &ask, &w->arena, &made, NULL), "role");
	return made;
}

static void
test_roles(struct world *w)
{
	struct person one = person(w, "role@example.org");
	struct person by_group = person(w, "rolegroup@example.org");
	struct group g = group(w, "pushers");
	struct custom_role pull = role(w, "container-registry", "Puller",
				       "container-registry.image.pull");
	struct custom_role send = role(w, "container-registry", "Pusher",
				       "container-registry.image.push");
	struct str both[] = {STR_INIT("container-registry.image.pull"),
			     STR_INIT("container-registry.image.push")};
	struct custom_role_ask more = {.actions = both, .n_actions = 2};
	struct policy first;

	first =
	    grant(w, (struct plan){.subject = one.user.id,
				   .role = pull.crn.p,
				   .attrs = {REGISTRY, {"resource", "birds"}}});
	(void)grant(w, (struct plan){.subject = g.id,
				     .role = send.crn.p,
				     .attrs = {REGISTRY}});
	must(group_member_add(&w->owner, g.id, by_group.user.id), "join");
	is_int(pull_at(w, &one, LOCAL, "birds/a"), 0, "a role of one's own");
	is_int(pull_at(w, &one, LOCAL, "bears/a"), OUT_DENIED,
	       "where it was granted");
	is_int(push(w, &one, "birds/a"), OUT_DENIED, "and no more than it has");
	is_int(push(w, &by_group, "birds/a"), 0, "by a group");
	is_int(pull_at(w, &by_group, LOCAL, "birds/a"), OUT_DENIED,
	       "whose role is another");
	must(role_update(&w->owner, pull.id, 0, &more, &w->arena, &pull, NULL),
	     "update");
	is_int(push(w, &one, "birds/a"), 0, "what the role became");
	/* The same roles of ours before and after it. */
	(void)grant(w,
		    (struct plan){.subject = one.user.id,
				  .role = "Reader",
				  .attrs = {REGISTRY, {"resource", "bears"}}});
	is_int(push(w, &one, "bears/a"), OUT_DENIED,
	       "not for the policy next to it");
	is_int(pull_at(w, &one, LOCAL, "bears/a"), 0,
	       "which has a role of ours");
	is_int(role_delete(&w->owner, pull.id, NULL), OUT_CONFLICT, "in use");
	must(policy_delete(&w->owner, first.id, NULL), "delete");
	is_int(push(w, &one, "birds/a"), OUT_DENIED, "taken back");
}

static int
asks(struct world *w, const struct person *p, enum verb verb,
     enum thing_kind kind, struct str name)
{
	return pass(w, p->proof, verb,
		    (struct thing){.kind = kind, .name = name});
}

static struct service_id
service_id(struct world *w, const char *name)
{
	struct service_id_ask ask = {.name = str_c(name)};
	struct visit by = visit_of(w, w->key, VERB_SERVICEID_CREATE,
				   (struct thing){.kind = THING_ACCOUNT});
	struct service_id made;

	must(service_id_create(&by, &ask, &w->arena, &made, NULL, NULL, NULL),
	     "service ID");
	return made;
}

static void
test_service_ids(struct world *w)
{
	struct person p = person(w, "robots@example.org");
	struct person wrong = person(w, "norobots@example.org");
	struct service_id mine = service_id(w, "mine");
	struct service_id other = service_id(w, "other");
	const char *word = service_id_word(mine.iam_id).p;
	struct plan plan = {.subject = p.user.id,
			    .role = "Administrator",
			    .attrs = {{"serviceName", "iam-identity"},
				      {"resourceType", "serviceid"},
				      {"resource", word}}};
	struct plan projects = {.subject = wrong.user.id,
				.role = "Administrator",
				.attrs = {{"serviceName", "iam-identity"},
					  {"resourceType", "access-group"},
					  {"resource", word}}};
	struct plan service = {.subject = wrong.user.id,
			       .role = "Administrator",
			       .attrs = {{"serviceName", "iam-groups"},
					 {"resourceType", "serviceid"},
					 {"resource", word}}};

	(void)grant(w, plan);
	(void)grant(w, projects);
	(void)grant(w, service);
	is_int(asks(w, &p, VERB_SERVICEID_UPDATE, THING_IDENTITY, mine.iam_id),
	       0, "the one that is named");
	is_int(asks(w, &p, VERB_SERVICEID_UPDATE, THING_IDENTITY, other.iam_id),
	       OUT_DENIED, "and no other");
	is_int(asks(w, &p, VERB_USER_UPDATE, THING_IDENTITY, wrong.user.id),
	       OUT_DENIED, "nor a person");
	is_int(asks(w, &p, VERB_SERVICEID_CREATE, THING_ACCOUNT, STR("")),
	       OUT_DENIED, "nor the account");
	is_int(
	    asks(w, &wrong, VERB_SERVICEID_UPDATE, THING_IDENTITY, mine.iam_id),
	    OUT_DENIED, "of another type, or another service: nothing");
	(void)grant(w, (struct plan){.subject = wrong.user.id,
				     .role = "Administrator",
				     .attrs = {{"serviceName", "iam-identity"},
					       {"resourceType", "serviceid"}}});
	is_int(asks(w, &wrong, VERB_SERVICEID_UPDATE, THING_IDENTITY,
		    other.iam_id),
	       0, "of the type, without a name: each");
	is_int(asks(w, &wrong, VERB_USER_UPDATE, THING_IDENTITY, p.user.id),
	       OUT_DENIED, "but people are of no type");
}

static void
test_access_groups(struct world *w)
{
	struct person p = person(w, "leader@example.org");
	struct person wrong = person(w, "follower@example.org");
	struct group mine = group(w, "mine"), other = group(w, "other");

	(void)grant(w, (struct plan){.subject = p.user.id,
				     .role = "Editor",
				     .attrs = {{"serviceName", "iam-groups"},
					       {"resourceType", "access-group"},
					       {"resource", mine.id.p}}});
	(void)grant(w, (struct plan){.subject = wrong.user.id,
				     .role = "Editor",
				     .attrs = {{"serviceName", "iam-groups"},
					       {"resourceType", "namespace"},
					       {"resource", mine.id.p}}});
	is_int(asks(w, &p, VERB_GROUP_UPDATE, THING_GROUP, mine.id), 0,
	       "the one that is named");
	is_int(asks(w, &p, VERB_GROUP_MEMBER_ADD, THING_GROUP, mine.id), 0,
	       "and its members");
	is_int(asks(w, &p, VERB_GROUP_UPDATE, THING_GROUP, other.id),
	       OUT_DENIED, "no other");
	is_int(asks(w, &p, VERB_GROUP_CREATE, THING_ACCOUNT, STR("")),
	       OUT_DENIED, "and none anew");
	is_int(asks(w, &wrong, VERB_GROUP_UPDATE, THING_GROUP, mine.id),
	       OUT_DENIED, "of another type");
	(void)grant(w,
		    (struct plan){.subject = wrong.user.id,
				  .role = "Editor",
				  .attrs = {{"serviceName", "iam-groups"},
					    {"resourceType", "access-group"},
					    {"resource", "~AccessGroupId-*"}}});
	is_int(asks(w, &wrong, VERB_GROUP_UPDATE, THING_GROUP, other.id), 0,
	       "like a pattern");
}

/* --- more than one identity can have --- */

#define NAMES 100
#define LONG  250 /* bytes of each */
/* More names than fit, whatever else there is. */
#define FLOOD ((int)(GRANTS_ROOM / (NAMES * LONG)) + 1)

static void
list_write(struct buf *b, int policy)
{
	for (int i = 0; i < NAMES; i++)
		buf_addf(b, "%s\"%0*d-%d\"", i == 0 ? "[" : ",", LONG - 4, i,
			 policy);
	buf_addc(b, ']');
}

struct flood {
	struct str identity;
	const char *account;
};
static int
flood_write(struct db_at *at, void *arg)
{
	const struct flood *f = arg;
	int r = 0;

	for (int i = 0; r == 0 && i < FLOOD + 1; i++) {
		CLEAN(buf_clear) struct buf names = BUF_INIT;
		const char *attrs[][3] = {
		    {"accountId", "stringEquals", f->account},
		    {"serviceName", "stringEquals", "container-registry"},
		    {"resource", "stringEqualsAnyOf", NULL}};
		bool last = i == FLOOD;
		char id[16];

		(void)snprintf(id, sizeof(id), "flood-%04d", i);
		list_write(&names, i);
		r = db_exec(at, SQL_policy_insert, NULL, "sssssssSSnsi",
			    str_c(id), str_c(f->account), STR("access"),
			    STR("iam_id"), f->identity, STR(""), STR(""),
			    STR_NONE, STR_NONE, STR("test"), (int64_t)0);
		if (r == 0)
			r = db_exec(at, SQL_policy_role_insert, NULL, "sis",
				    str_c(id), (int64_t)0, STR("Reader"));
		for (int64_t j = 0; r == 0 && j < (last ? 2 : 3); j++)
			r = db_exec(
			    at, SQL_policy_attribute_insert, NULL, "sisssiss",
			    str_c(id), j, STR("resource"), str_c(attrs[j][0]),
			    str_c(attrs[j][1]), (int64_t)1,
			    j == 2 ? STR("list") : STR("text"),
			    j == 2 ? buf_str(&names) : str_c(attrs[j][2]));
	}
	gate_granted(at, str_c(f->account));
	return r;
}

static bool
holds(struct world *w, const struct grants *g, int policy)
{
	CLEAN(buf_clear) struct buf name = BUF_INIT;
	struct thing thing = {.kind = THING_REPO, .region = LOCAL};
	struct grants_ask ask = {
	    .core = w->core, .verb = VERB_IMAGE_PULL, .thing = &thing};

	buf_addf(&name, "%0*d-%d/app", LONG - 4, NAMES - 1, policy);
	thing.name = buf_str(&name);
	return grants_allow(g, &ask);
}

static const char *
missing_of(const struct explained *e, const char *id)
{
	for (size_t i = 0; i < e->n; i++)
		if (str_eq(e->policies[i].id, str_c(id)))
			return e->policies[i].missing.p;
	return "not there";
}

static void
test_room(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(grants_unrefp) struct grants *g = NULL;
	struct person p = person(w, "flood@example.org");
	struct flood flood = {.identity = p.user.id,
			      .account = w->owner.account};
	struct thing thing = repo("birds/a");
	struct subject who;
	struct explained e;
	int fit = 0;

	must(db_write(w->core->db, flood_write, &flood), "flood");
	must(explain_subject(w->core, str_c(w->owner.account), p.user.id, &who),
	     "subject");
	must(db_view_begin(w->core->db, &view), "view");
	must(grants_read(w->core, view, &who, &g), "grants");
	ok(g->cached.weight <= GRANTS_ROOM, "no more than there is room for");
	while (fit < FLOOD && holds(w, g, fit))
		fit++;
	ok(fit > 0 && fit < FLOOD, "%d fit", fit);
	for (int i = fit; i < FLOOD; i++)
		if (holds(w, g, i))
			fit = -1;
	ok(fit > 0, "and none behind the first that does not");
	is_int(pull_at(w, &p, LOCAL, "birds/a"), OUT_DENIED,
	       "not the last, either, small as it is");
	must(explain_may(w->core, &who, VERB_IMAGE_PULL, &thing, &w->arena, &e),
	     "explain");
	ok(!e.may, "which is said");
	is_str(str_c(missing_of(&e, "flood-0000")), STR("resource"),
	       "what fits is about something else");
	{
		char last[16];

		(void)snprintf(last, sizeof(last), "flood-%04d", FLOOD);
		is_str(str_c(missing_of(&e, last)),
		       STR("more than one identity can have"),
		       "what does not is named");
	}
}

int
main(void)
{
	struct world w;
	bool made;

	world_make(&w);
	must(namespace_add(&w.owner, LOCAL, STR("bears"), &made), "bears");
	must(namespace_add(&w.owner, OTHER, STR("birds"), &made), "birds");
	subtest("groups") test_groups(&w);
	subtest("stray") test_stray(&w);
	subtest("roles") test_roles(&w);
	subtest("service IDs") test_service_ids(&w);
	subtest("access groups") test_access_groups(&w);
	subtest("room") test_room(&w);
	world_end(&w);
	return done_testing();
}
