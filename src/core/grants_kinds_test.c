/* Policies of one person beside each other: what is alike is kept once, and
 * none of them is widened by another; nor by what it says of names. */
#include "core/explain.h"
#include "core/gate_inner.h"
#include "core/grants_world.h"
#include "core/machine_world.h"
#include "core/resource_group.h"
#include "core/role.h"
#include "core/service_id.h"

#define ONCE "time-based-conditions:once"
#define MOMENT(op, year)                                                       \
	"{\"key\":\"{{environment.attributes.current_date_time}}\","           \
	"\"operator\":\"" op "\",\"value\":\"" year "-01-01T00:00:00Z\"}"
#define PAST MOMENT("dateTimeLessThan", "2020")
#define NOW  MOMENT("dateTimeGreaterThan", "2020")

/* One more policy; they are read in the order in which they are given. */
static void
also_with(struct world *w, const struct person *p, const char *role,
	  const char *more, int n_more, const char *pairs[][2],
	  const char *rule)
{
	static int number = 900000;
	struct policy policy = {.identity = p->user.id.p,
				.account = w->owner.account,
				.role = role,
				.more = more,
				.n_more = n_more,
				.pattern = rule == NULL ? NULL : ONCE,
				.rule = rule,
				.number = ++number};

	policy.attributes[0][0] = "accountId";
	policy.attributes[0][1] = w->owner.account;
	for (int i = 0; pairs[i][0] != NULL; i++) {
		policy.attributes[i + 1][0] = pairs[i][0];
		policy.attributes[i + 1][1] = pairs[i][1];
	}
	must(db_write(w->core->db, put, &policy), "policy");
}

static void
also(struct world *w, const struct person *p, const char *role,
     const char *pairs[][2], const char *rule)
{
	also_with(w, p, role, NULL, 0, pairs, rule);
}

static int
does(struct world *w, const struct person *p, enum verb verb,
     struct thing thing)
{
	return pass(w, p->proof, verb, thing);
}

static struct thing
account(void)
{
	return (struct thing){.kind = THING_ACCOUNT, .region = LOCAL};
}

static struct thing
space(const char *name)
{
	return (struct thing){
	    .kind = THING_NAMESPACE, .region = LOCAL, .name = str_c(name)};
}

static struct explained
why(struct world *w, const struct person *p, enum verb verb, struct thing thing)
{
	struct explained e = {.may = false};
	struct subject who;

	must(
	    explain_subject(w->core, str_c(w->owner.account), p->user.id, &who),
	    "subject");
	must(explain_may(w->core, &who, verb, &thing, &w->arena, &e), "why");
	return e;
}

/* --- each its own --- */

#define BIRDS                                                                  \
	{                                                                      \
		"resource", "birds"                                            \
	}
#define BEARS                                                                  \
	{                                                                      \
		"resource", "bears"                                            \
	}

static void
test_types(struct world *w)
{
	struct person p = person(w);

	also(w, &p, "Reader",
	     PAIRS(REGISTRY, {"resourceType", "namespace"}, BIRDS), NULL);
	also(w, &p, "Reader",
	     PAIRS(REGISTRY, {"resourceType", "repository"}, BEARS), NULL);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "a namespace");
	is_int(pull_in(w, &p, LOCAL, "bears/a"), OUT_DENIED,
	       "what is no namespace");
}

static void
test_whens(struct world *w)
{
	struct thing all = account(), birds = repo("birds/a");
	struct person p = person(w), q = person(w), r = person(w);
	struct visit v;

	also(w, &p, "Reader", PAIRS(REGISTRY, BEARS), NULL);
	also(w, &p, "Reader", PAIRS(REGISTRY, BIRDS), PAST);
	is_int(pull_in(w, &p, LOCAL, "bears/a"), 0, "at any time");
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "in the past");
	also(w, &q, "Writer", PAIRS(REGISTRY, BIRDS), NOW);
	is_int(gate_pass(w->core, &q.proof, VERB_IMAGE_PULL, &birds, &v), 0,
	       "now");
	ok(v.timed, "which may end");
	is_int(pull_in(w, &q, LOCAL, "bears/a"), OUT_DENIED,
	       "now, and not there");
	is_int(gate_pass(w->core, &q.proof, VERB_NAMESPACE_LIST, &all, &v), 0,
	       "a list, now");
	ok(v.timed, "which may end, too");
	also(w, &q, "Writer", PAIRS(REGISTRY, BIRDS), NULL);
	is_int(gate_pass(w->core, &q.proof, VERB_IMAGE_PULL, &birds, &v), 0,
	       "and at any time");
	ok(!v.timed, "which does not end by itself");
	also(w, &r, "Reader", PAIRS(REGISTRY, BIRDS), NULL);
	also(w, &r, "Reader", PAIRS(REGISTRY, BIRDS), NOW);
	is_int(gate_pass(w->core, &r.proof, VERB_IMAGE_PULL, &birds, &v), 0,
	       "in whatever order");
	ok(!v.timed, "it does not end by itself");
}

/* A group of resources is not the account, whatever else somebody has. */
static void
test_grouped(struct world *w)
{
	char id[RESOURCE_GROUP_ID_LEN + 1];
	struct person p = person(w), q = person(w);

	resource_group_id(str_c(w->owner.account), id);
	also(w, &p, "Manager",
	     PAIRS({"serviceName", "container-registry"}, BEARS), NULL);
	also(w, &p, "Manager", PAIRS(REGISTRY, {"resourceGroupId", id}), NULL);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "what is in the group");
	is_int(does(w, &p, VERB_QUOTA_SET, account()), OUT_DENIED,
	       "not the account");
	also(w, &q, "Manager", PAIRS(REGISTRY, {"resourceGroupId", id}), NULL);
	also(w, &q, "Manager", PAIRS(REGISTRY), NULL);
	is_int(does(w, &q, VERB_QUOTA_SET, account()), 0,
	       "but by a policy about all");
}

static const char *
custom(struct world *w, const char *service, const char *name,
       const struct str *actions, size_t n)
{
	struct custom_role_ask ask = {.service = str_c(service),
				      .name = str_c(name),
				      .display_name = str_c(name),
				      .description = STR(""),
				      .actions = actions,
				      .n_actions = n};
	struct custom_role made;

	must(role_create(&w->owner, &ask, &w->arena, &made, NULL), name);
	return keep(w, made.crn).p;
}

#define PAIR_SERVICE                                                           \
	{                                                                      \
		"serviceName", "key-pair"                                      \
	}
#define WEB                                                                    \
	{                                                                      \
		"resource", "web"                                              \
	}
#define DEFAULT                                                                \
	{                                                                      \
		"resource", "default"                                          \
	}

/* Whoever writes ends what they made; a role that says so in words ends all of
 * it, or none. */
static void
test_own(struct cast *c)
{
	static const struct str all[] = {STR_INIT("key-pair.keypair.list"),
					 STR_INIT("key-pair.keypair.create"),
					 STR_INIT("key-pair.keypair.import"),
					 STR_INIT("key-pair.keypair.delete")};
	struct world *w = &c->w;
	const char *some = custom(w, "key-pair", "Some", all, 3);
	const char *each = custom(w, "key-pair", "Each", all, 4);
	const char *own = w->owner.account;
	struct planted mine = planted_new(c), theirs = planted_new(c);
	struct person p = person(w), q = person(w);
	char id[IDENTITY_ID_MAX + 1];

	FIELD_CUT(id, p.user.id);
	plant(c,
	      (struct plant[]){
		  {&mine, true, own, own, "mine", id},
		  {&theirs, true, own, c->web.id.p, "theirs", "IBMid-nobody"}},
	      2);
	also(w, &p, "Writer", PAIRS(PAIR_SERVICE, WEB), NULL);
	also(w, &p, some, PAIRS(PAIR_SERVICE, DEFAULT), NULL);
	is_int(does(w, &p, VERB_KEYPAIR_LIST, pair("Own/default/mine")), 0,
	       "some");
	is_int(does(w, &p, VERB_KEYPAIR_DELETE, pair("Own/default/mine")),
	       OUT_DENIED, "one's own, where that is not said");
	also(w, &p, "Writer", PAIRS(PAIR_SERVICE, DEFAULT), NULL);
	is_int(does(w, &p, VERB_KEYPAIR_DELETE, pair("Own/default/mine")), 0,
	       "where one writes");
	also(w, &q, each, PAIRS(PAIR_SERVICE, DEFAULT), NULL);
	also(w, &q, "Writer", PAIRS(PAIR_SERVICE, WEB), NULL);
	is_int(does(w, &q, VERB_KEYPAIR_DELETE, pair("Own/default/mine")), 0,
	       "each");
	is_int(does(w, &q, VERB_KEYPAIR_LIST, pair("Own/web/theirs")), 0,
	       "another's is seen");
	is_int(does(w, &q, VERB_KEYPAIR_DELETE, pair("Own/web/theirs")),
	       OUT_DENIED, "and not ended");
}

/* A role of one's own making gives what it says where it is given, and of its
 * service alone. */
static void
test_custom(struct world *w)
{
	static const struct str push[] = {
	    STR_INIT("container-registry.image.push")};
	static const struct str pull[] = {
	    STR_INIT("container-registry.image.pull")};
	const char *takes = custom(w, "container-registry", "Take", pull, 1);
	const char *role = custom(w, "container-registry", "Push", push, 1);
	struct person p = person(w), q = person(w), r = person(w);
	struct person s = person(w);
	struct explained e;

	also_with(w, &p, role, "Reader", 1, PAIRS(REGISTRY, BEARS), NULL);
	also(w, &p, "Reader", PAIRS(REGISTRY, BIRDS), NULL);
	is_int(does(w, &p, VERB_IMAGE_PUSH, repo("bears/a")), 0, "there");
	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "elsewhere");
	is_int(does(w, &p, VERB_IMAGE_PUSH, repo("birds/a")), OUT_DENIED,
	       "not elsewhere");
	also(w, &q, "Reader", PAIRS(REGISTRY, BIRDS), NULL);
	also_with(w, &q, role, "Reader", 1, PAIRS(REGISTRY, BEARS), NULL);
	is_int(does(w, &q, VERB_IMAGE_PUSH, repo("bears/a")), 0,
	       "in whatever order");
	also(w, &s, role, PAIRS(REGISTRY, BEARS), NULL);
	also(w, &s, takes, PAIRS(REGISTRY, BIRDS), NULL);
	is_int(pull_in(w, &s, LOCAL, "birds/a"), 0, "one of them there");
	is_int(does(w, &s, VERB_IMAGE_PUSH, repo("birds/a")), OUT_DENIED,
	       "and not the other");
	also(w, &r, role, PAIRS({"serviceName", "git"}), NULL);
	is_int(does(w, &r, VERB_IMAGE_PUSH, repo("birds/a")), OUT_DENIED,
	       "for another service");
	e = why(w, &r, VERB_GIT_READ, git("Own/test"));
	ok(!e.may && e.n == 1, "where it says nothing");
	is_str(e.policies[0].missing, STR("no role of its service"), "  why");
}

/* What could not have been written grants nothing, and says why. */
static void
test_flaws(struct world *w)
{
	static const char list[] = "an operator that does not fit its value";
	static char many[101 * 8 + 2];
	struct {
		const char *name, *value, *why;
	} rows[] = {
	    {"resource", "[\"birds\"]", ""},
	    {"resource", "[]", list},
	    {"resource", "{\"a\":\"birds\"}", list},
	    {"resource", "[\"birds\"", list},
	    {"resource", "[7,\"birds\"]", list},
	    {"resource", many, list},
	    {"#resource", "birds", "names a tag"},
	};
	struct explained e;
	struct person p;
	size_t n = 0;

	for (int i = 0; i < 101; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "%c\"birds\"",
				      i == 0 ? '[' : ',');
	(void)snprintf(many + n, sizeof(many) - n, "]");
	for (size_t i = 0; i < nitems(rows); i++) {
		bool good = rows[i].why[0] == '\0';

		p = person(w);
		also(w, &p, "Reader",
		     PAIRS(REGISTRY, {rows[i].name, rows[i].value}), NULL);
		is_int(pull_in(w, &p, LOCAL, "birds/a"), good ? 0 : OUT_DENIED,
		       "row %zu", i);
		e = why(w, &p, VERB_IMAGE_PULL, repo("birds/a"));
		is_str(e.policies[0].missing, str_c(rows[i].why),
		       "  and what of it");
	}
	p = person(w);
	also(w, &p, "Reader", PAIRS(REGISTRY), "{}");
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "a condition");
	e = why(w, &p, VERB_IMAGE_PULL, repo("birds/a"));
	is_str(e.policies[0].missing, STR("a condition that is not known"),
	       "  that is none");
	p = person(w);
	also_with(w, &p, "Reader", "Writer", 15, PAIRS(REGISTRY), NULL);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "16 roles");
	p = person(w);
	also_with(w, &p, "Reader", "Writer", 16, PAIRS(REGISTRY), NULL);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "one too many");
}

/* Of two flaws the first is told. */
static void
test_first_flaw(struct world *w)
{
	struct policy rows[] = {
	    {.attributes = {{"accountId", w->owner.account},
			    REGISTRY,
			    {"#resource", "birds"}},
	     .pattern = ONCE,
	     .rule = "{}"},
	    {.attributes = {REGISTRY, {"#resource", "birds"}}},
	    {.attributes = {{"accountId", w->owner.account},
			    {"#resource", "birds"}}},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct person p = person(w);
		struct explained e;

		rows[i].identity = p.user.id.p;
		rows[i].account = w->owner.account;
		rows[i].role = "Reader";
		must(db_write(w->core->db, put, &rows[i]), "policy");
		e = why(w, &p, VERB_IMAGE_PULL, repo("birds/a"));
		ok(!e.may && e.n == 1, "row %zu", i);
		is_str(e.policies[0].missing, STR("names a tag"), "  why");
	}
}

/* People and service IDs are in no group of resources. */
static void
test_platform(struct world *w)
{
	struct service_id_ask ask = {.name = STR("robot")};
	struct visit by = visit_of(w, w->key, VERB_SERVICEID_CREATE,
				   (struct thing){.kind = THING_ACCOUNT});
	char id[RESOURCE_GROUP_ID_LEN + 1];
	struct thing robot = {.kind = THING_IDENTITY};
	struct person p = person(w), q = person(w);
	struct service_id made;

	must(service_id_create(&by, &ask, &w->arena, &made, NULL, NULL, NULL),
	     "robot");
	robot.name = made.iam_id;
	resource_group_id(str_c(w->owner.account), id);
	also(w, &p, "Administrator", PAIRS({"resourceGroupId", id}), NULL);
	is_int(does(w, &p, VERB_SERVICEID_GET, robot), OUT_DENIED,
	       "who administers a group of resources");
	also(w, &q, "Administrator", PAIRS({"serviceName", "iam-identity"}),
	     NULL);
	is_int(does(w, &q, VERB_SERVICEID_GET, robot), 0,
	       "who administers people");
}

/* --- why not --- */

static void
test_why_service(struct world *w)
{
	static const struct str pull[] = {
	    STR_INIT("container-registry.image.pull")};
	const char *role = custom(w, "container-registry", "Pull", pull, 1);
	struct person p = person(w);
	struct explained e;

	also(w, &p, role, PAIRS(REGISTRY, BEARS), NULL);
	also(w, &p, role, PAIRS({"serviceType", "service"}, BIRDS), NULL);
	e = why(w, &p, VERB_GIT_READ, git("Own/test"));
	ok(!e.may && e.n == 1, "one is of that service, too");
	is_str(e.policies[0].missing, STR("role"), "and lacks the role");
}

static void
test_why_whole(struct world *w)
{
	struct person p = person(w), q = person(w);
	struct explained e;

	also(w, &p, "Manager", PAIRS(REGISTRY, BIRDS), NULL);
	e = why(w, &p, VERB_QUOTA_SET, account());
	ok(!e.may && e.n == 1, "all of the account");
	is_str(e.policies[0].missing, STR("resource"),
	       "is more than one resource");
	also(w, &q, "Reader",
	     PAIRS({"serviceName", "git"}, {"resourceType", "project"}, WEB),
	     NULL);
	e = why(w, &q, VERB_GIT_READ, git("Own/site"));
	ok(e.may && e.n == 1, "by its project");
	is_str(e.policies[0].missing, STR(""), "which is enough");
}

/* Of what is granted it is said what it is about, however that was named. */
static void
test_rights(struct world *w)
{
	static const char *const rows[][2] = {
	    {"serviceName", "git"},
	    {"serviceType", "service"},
	    {"service_group_id", "IAM"},
	};

	struct person all = person(w);
	struct explain_right *list;
	struct subject who;
	size_t n;

	for (size_t i = 0; i < nitems(rows); i++) {
		struct person p = person(w);

		also(w, &p, "Administrator", PAIRS({rows[i][0], rows[i][1]}),
		     NULL);
		must(explain_subject(w->core, str_c(w->owner.account),
				     p.user.id, &who),
		     "subject");
		must(explain_rights(w->core, &who, &w->arena, &list, &n),
		     "rights");
		is_int((long long)n, 1, "%s", rows[i][0]);
		is_str(list[0].service, str_c(rows[i][1]), "  says which");
	}
	also(w, &all, "Reader",
	     PAIRS(REGISTRY, {"region", "local"}, {"resourceType", "namespace"},
		   BIRDS),
	     NULL);
	must(explain_subject(w->core, str_c(w->owner.account), all.user.id,
			     &who),
	     "subject");
	must(explain_rights(w->core, &who, &w->arena, &list, &n), "rights");
	is_str(list[0].region, STR("local"), "a region");
	is_str(list[0].type, STR("namespace"), "a type");
	is_str(list[0].resource, STR("birds"), "a resource");
}

/* --- names --- */

static void
test_names(struct world *w)
{
	static const char stars[] = "~b****************************************"
				    "**************************"
				    "******************************************"
				    "***************************"
				    "******************************************"
				    "***************************"
				    "******************************************"
				    "***************************s";
	struct person one = person(w), many = person(w);

	also(w, &one, "Reader", PAIRS(REGISTRY, {"resource", "~birds"}), NULL);
	is_int(pull_in(w, &one, LOCAL, "birds/a"), 0,
	       "a pattern without a wildcard");
	is_int(pull_in(w, &one, LOCAL, "bears/a"), OUT_DENIED, "is that name");
	also(w, &many, "Reader", PAIRS(REGISTRY, {"resource", stars}), NULL);
	is_int(pull_in(w, &many, LOCAL, "birds/a"), 0,
	       "a pattern longer than any name");
}

/* Of a pattern no more is looked at than there is of it. */
static void
test_ends(void)
{
	static const struct {
		const char *text;
		size_t n;
		const char *value;
		bool want;
	} rows[] = {
	    {"birds*", 5, "birdsong", false}, {"birds*", 6, "birdsong", true},
	    {"bird?", 4, "birds", false},     {"bird?", 5, "birds", true},
	    {"birds", 4, "birds", false},     {"bird*", 4, "bird", true},
	    {"a*b*", 3, "abxb", true},	      {"a*bxb", 3, "abxb", true},
	};

	for (size_t i = 0; i < nitems(rows); i++)
		ok(grants_match((struct str){rows[i].text, rows[i].n},
				str_c(rows[i].value)) == rows[i].want,
		   "%zu bytes of '%s' and '%s'", rows[i].n, rows[i].text,
		   rows[i].value);
}

/* Who may what is in a namespace makes none and ends none, and sees it listed.
 */
static void
test_namespaces(struct world *w)
{
	struct person p = person(w);

	also(w, &p, "Manager", PAIRS(REGISTRY, BIRDS), NULL);
	also(w, &p, "Manager", PAIRS(REGISTRY, {"resource", "fresh"}), NULL);
	is_int(does(w, &p, VERB_NAMESPACE_LIST, account()), 0, "the list");
	is_int(does(w, &p, VERB_IMAGE_LIST, account()), 0, "that of images");
	is_int(does(w, &p, VERB_NAMESPACE_CREATE, space("fresh")), OUT_DENIED,
	       "is not made");
	is_int(does(w, &p, VERB_NAMESPACE_DELETE, space("birds")), OUT_DENIED,
	       "nor ended");
}

int
main(void)
{
	static struct cast c;
	struct world *w = &c.w;
	bool made;

	subtest("ends") test_ends();
	cast_new(&c);
	must(namespace_add(&w->owner, LOCAL, STR("bears"), &made), "bears");
	subtest("types") test_types(w);
	subtest("whens") test_whens(w);
	subtest("grouped") test_grouped(w);
	subtest("own") test_own(&c);
	subtest("custom") test_custom(w);
	subtest("flaws") test_flaws(w);
	subtest("first flaw") test_first_flaw(w);
	subtest("platform") test_platform(w);
	subtest("why, by service") test_why_service(w);
	subtest("why, of all") test_why_whole(w);
	subtest("rights") test_rights(w);
	subtest("names") test_names(w);
	subtest("namespaces") test_namespaces(w);
	world_end(w);
	return done_testing();
}
