
#include "core/gate_inner.h"
#include "core/grants.h"
#include "core/grants_world.h"
#include "core/machine_world.h"
#include "core/resource_group.h"
#include "core/sql.h"

static void
test_resource(struct world *w)
{
	struct person one = with(w, READER_CRN,
				 PAIRS(REGISTRY, {"resourceType", "namespace"},
				       {"resource", "birds"}));
	struct person some =
	    with(w, "Reader", PAIRS(REGISTRY, {"resource", "~b?r*"}));
	struct person all = with(w, READER_CRN, PAIRS(REGISTRY));
	struct person manager =
	    with(w, "Manager", PAIRS(REGISTRY, {"resource", "birds"}));
	struct thing birds = {
	    .kind = THING_NAMESPACE, .region = LOCAL, .name = STR("birds")};
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};

	is_int(pull_in(w, &one, LOCAL, "birds/a"), 0, "the namespace");
	is_int(pull_in(w, &one, LOCAL, "birds/a/b"), 0, "deep in it");
	is_int(pull_in(w, &one, LOCAL, "bears/a"), OUT_DENIED, "another");
	is_int(pull_in(w, &some, LOCAL, "birds/a"), 0, "by pattern");
	is_int(pull_in(w, &some, LOCAL, "boars/a"), OUT_DENIED,
	       "not by pattern");
	is_int(pull_in(w, &all, LOCAL, "bears/a"), 0, "any");
	is_int(pass(w, one.proof, VERB_IMAGE_LIST, account), 0,
	       "a list of what may be seen");
	is_int(pass(w, one.proof, VERB_QUOTA_GET, account), OUT_DENIED,
	       "nothing of the whole account");
	is_int(pass(w, all.proof, VERB_QUOTA_GET, account), 0,
	       "but with a policy for all of it");
	is_int(pass(w, manager.proof, VERB_IMAGE_DELETE, repo("birds/a")), 0,
	       "a namespace's manager in it");
	is_int(pass(w, manager.proof, VERB_NAMESPACE_DELETE, birds), OUT_DENIED,
	       "cannot remove it");
	birds.name = STR("fresh");
	is_int(pass(w, manager.proof, VERB_NAMESPACE_CREATE, birds), OUT_DENIED,
	       "nor make another");
}

static void
test_regions(struct world *w)
{
	struct person old =
	    with(w, "Reader", PAIRS(REGISTRY, {"region", "eu-central"}));
	struct person now =
	    with(w, "Reader", PAIRS(REGISTRY, {"region", "eu-de"}));
	struct person by =
	    with(w, "Reader", PAIRS(REGISTRY, {"region", "~eu-*"}));
	struct person none =
	    with(w, "Reader", PAIRS(REGISTRY, {"region", "nowhere"}));
	const struct person *europeans[] = {&old, &now, &by};

	for (size_t i = 0; i < nitems(europeans); i++) {
		is_int(pull_in(w, europeans[i], OTHER, "birds/a"), 0,
		       "policy %zu in its region", i);
		is_int(pull_in(w, europeans[i], LOCAL, "birds/a"), OUT_DENIED,
		       "policy %zu in another", i);
	}
	is_int(pull_in(w, &none, LOCAL, "birds/a"), OUT_DENIED, "no region");
}

/* The name of one of our roles behind anything else is no role of ours. */
static void
test_spoofed(struct world *w)
{
	static const char *const crns[] = {
	    "crn:v1:bluemix:public:iam::::other:Reader",
	    "crn:v1:bluemix:public:iam::::serviceRoles:Reader", ":Reader",
	    "crn:v1:bluemix:public:iam::::serviceRole:Reader:"};

	for (size_t i = 0; i < nitems(crns); i++) {
		struct person p = with(w, crns[i], PAIRS(REGISTRY));

		is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "%s",
		       crns[i]);
	}
}

static void
test_services(struct world *w)
{
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};
	struct person all =
	    with(w, "Administrator", PAIRS({"serviceType", "service"}));
	struct person platform = with(
	    w, "Administrator", PAIRS({"serviceType", "platform_service"}));
	struct person git = with(w, "Manager", PAIRS({"serviceName", "git"}));

	is_int(pass(w, all.proof, VERB_REGISTRYTOKEN_LIST, account), 0,
	       "all services have the registry");
	is_int(pass(w, all.proof, VERB_USER_CREATE, account), OUT_DENIED,
	       "and not the people");
	is_int(pass(w, platform.proof, VERB_USER_CREATE, account), 0,
	       "these have");
	is_int(pass(w, platform.proof, VERB_REGISTRYTOKEN_LIST, account),
	       OUT_DENIED, "and not the registry");
	is_int(pull_in(w, &git, LOCAL, "birds/a"), OUT_DENIED,
	       "another service");
}

/* --- repositories and projects --- */

#define GIT                                                                    \
	{                                                                      \
		"serviceName", "git"                                           \
	}

static struct person
with_git(struct world *w, const char *role, const char *type,
	 const char *resource)
{
	const char *pairs[4][2] = {GIT};
	int n = 1;

	if (type != NULL) {
		pairs[n][0] = "resourceType";
		pairs[n++][1] = type;
	}
	if (resource != NULL) {
		pairs[n][0] = "resource";
		pairs[n][1] = resource;
	}
	return with(w, role, pairs);
}

static int
asks(struct world *w, const struct person *p, enum verb verb,
     struct thing thing)
{
	return pass(w, p->proof, verb, thing);
}

static void
test_git(struct world *w)
{
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};
	static const struct {
		const char *why;
		const char *type, *resource;
		/* test, tools, site; project web; list, create */
		const char *truth;
	} cases[] = {
	    {"one repository", "repository", "test", "ynnnyn"},
	    {"in any case", "repository", "TeSt", "ynnnyn"},
	    {"by pattern", "repository", "~T*", "yynnyn"},
	    {"all repositories", "repository", NULL, "yyynyn"},
	    {"one project", "project", "web", "nnyyyn"},
	    {"a project in any case", "project", "WEB", "nnyyyn"},
	    {"projects by pattern", "project", "~?Eb", "nnyyyn"},
	    {"all projects", "project", NULL, "yyyyyn"},
	    {"another project", "project", "default", "yynnyn"},
	    {"a name of either kind", NULL, "web", "nnyyyn"},
	    {"the account", NULL, NULL, "yyyyyy"},
	    {"of another kind", "namespace", "test", "nnnnnn"},
	    {"not there", "repository", "none", "nnnnyn"},
	    {"empty", "repository", "", "nnnnyn"},
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		struct person p =
		    with_git(w, "Manager", cases[i].type, cases[i].resource);
		const int got[] = {
		    asks(w, &p, VERB_GIT_PUSH, git("Own/test")),
		    asks(w, &p, VERB_GIT_PUSH, git("Own/tools")),
		    asks(w, &p, VERB_GIT_PUSH, git("Own/site")),
		    asks(w, &p, VERB_GIT_CREATE, project("Own/web")),
		    asks(w, &p, VERB_GIT_LIST, account),
		    asks(w, &p, VERB_GIT_CREATE, account),
		};

		for (size_t j = 0; j < nitems(got); j++)
			is_int(got[j],
			       cases[i].truth[j] == 'y' ? 0 : OUT_DENIED,
			       "%s: question %zu", cases[i].why, j);
		is_int(asks(w, &p, VERB_PROJECT_CREATE, account), got[5],
		       "%s: projects are made by who has the account",
		       cases[i].why);
		is_int(asks(w, &p, VERB_PROJECT_LIST, account), got[4],
		       "%s: projects are listed", cases[i].why);
		is_int(asks(w, &p, VERB_ACCESSKEY_LIST, account), got[5],
		       "%s: all keys", cases[i].why);
		is_int(pull_in(w, &p, LOCAL, "birds/app"), OUT_DENIED,
		       "%s: no image", cases[i].why);
	}
}

/* git has none, whatever name a request came in by. */
static void
test_git_region(struct world *w)
{
	struct person here =
	    with(w, "Manager", PAIRS(GIT, {"region", "local"}));
	struct person any = with(w, "Manager", PAIRS(GIT));
	struct thing test = git("Own/test");

	test.region = LOCAL;
	is_int(asks(w, &here, VERB_GIT_READ, test), OUT_DENIED, "of a region");
	is_int(asks(w, &any, VERB_GIT_READ, test), 0, "of none");
	test.region = STR("nowhere");
	is_int(asks(w, &any, VERB_GIT_READ, test), 0, "wherever");
}

/* --- key pairs and servers --- */

/* A pair and a server in each of two projects. Pairs are made by who asks. */
struct machines {
	struct planted pairs[2], servers[2];
};

static void
machines_plant(struct cast *c, struct machines *m, const char *by)
{
	const char *own = c->w.owner.account, *web = c->web.id.p;
	char name[16];

	for (size_t i = 0; i < 2; i++) {
		m->pairs[i] = planted_new(c);
		m->servers[i] = planted_new(c);
	}
	/* A name of its own for each who asks. */
	(void)snprintf(name, sizeof(name), "of-%d", people_made);
	plant(c,
	      (struct plant[]){
		  {&m->pairs[0], true, own, own, name, by},
		  {&m->pairs[1], true, own, web, name, by},
		  {&m->servers[0], false, own, own, name, by},
		  {&m->servers[1], false, own, web, name, by},
	      },
	      4);
}

static struct thing
in_project(struct cast *c, enum thing_kind kind, size_t i,
	   const struct planted *p)
{
	struct str name = arena_strf(&c->w.arena, "Own/%s/%s",
				     i == 0 ? "default" : "web", p->id);

	must(name.p == NULL, "memory");
	return (struct thing){.kind = kind, .region = LOCAL, .name = name};
}

static const struct machine_case {
	const char *why, *role;
	const char *pairs[4][2];
	/* In "default", then in "web": list pairs, create one, delete
	 * one's own; list servers, create one, set a key. */
	const char *truth;
} machine_cases[] = {
    {"a writer of pairs",
     "Writer",
     {{"serviceName", "key-pair"}},
     "yyynnn yyynnn"},
    {"a reader of pairs",
     "Reader",
     {{"serviceName", "key-pair"}},
     "ynnnnn ynnnnn"},
    {"a manager of pairs in one project",
     "Manager",
     {{"serviceName", "key-pair"},
      {"resourceType", "project"},
      {"resource", "WEB"}},
     "nnnnnn yyynnn"},
    {"a writer by pattern",
     "Writer",
     {{"serviceType", "~*"},
      {"resourceType", "project"},
      {"resource", "~D?fault"}},
     "yyyyyn nnnnnn"},
    {"a reader of servers",
     "Reader",
     {{"serviceName", "server"}},
     "nnnynn nnnynn"},
    {"a writer of servers in all projects",
     "Writer",
     {{"serviceName", "server"}, {"resourceType", "project"}},
     "nnnyyn nnnyyn"},
    {"an administrator of servers in one",
     "Administrator",
     {{"serviceName", "server"},
      {"resourceType", "project"},
      {"resource", "default"}},
     "nnnyyy nnnnnn"},
    {"an administrator of pairs",
     "Administrator",
     {{"serviceName", "key-pair"}},
     "nnnnnn nnnnnn"},
    {"of another kind",
     "Manager",
     {{"serviceName", "key-pair"}, {"resourceType", "repository"}},
     "nnnnnn nnnnnn"},
    {"of a region",
     "Manager",
     {{"serviceType", "service"}, {"region", "local"}},
     "nnnnnn nnnnnn"},
    {"of git", "Manager", {{"serviceName", "git"}}, "nnnnnn nnnnnn"},
};

/* The questions of one project, in the order of the truth. */
static void
machines_ask(struct cast *c, const struct person *p, const struct machines *m,
	     const struct machine_case *want, size_t j)
{
	struct thing place = project(j == 0 ? "Own/default" : "Own/web");
	struct thing key = in_project(c, THING_KEYPAIR, j, &m->pairs[j]);
	struct thing machine = in_project(c, THING_SERVER, j, &m->servers[j]);
	const int got[] = {
	    asks(&c->w, p, VERB_KEYPAIR_LIST, place),
	    asks(&c->w, p, VERB_KEYPAIR_CREATE, place),
	    asks(&c->w, p, VERB_KEYPAIR_DELETE, key),
	    asks(&c->w, p, VERB_SERVER_LIST, machine),
	    asks(&c->w, p, VERB_SERVER_CREATE, place),
	    asks(&c->w, p, VERB_SERVER_SET_KEY, machine),
	};

	for (size_t k = 0; k < nitems(got); k++)
		is_int(got[k], want->truth[7 * j + k] == 'y' ? 0 : OUT_DENIED,
		       "%s: project %zu, question %zu", want->why, j, k);
}

static void
test_machines(struct cast *c)
{
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};

	for (size_t i = 0; i < nitems(machine_cases); i++) {
		const struct machine_case *want = &machine_cases[i];
		const char *pairs[5][2] = {{NULL, NULL}};
		struct machines m;
		struct person p;

		memcpy(pairs, want->pairs, sizeof(want->pairs));
		p = with(&c->w, want->role, pairs);
		machines_plant(c, &m, p.user.id.p);
		for (size_t j = 0; j < 2; j++)
			machines_ask(c, &p, &m, want, j);
		is_int(asks(&c->w, &p, VERB_KEYPAIR_LIST, account),
		       i < 2 ? 0 : OUT_DENIED,
		       "%s: no list of what is anywhere", want->why);
	}
}

/* What is not understood grants nothing. */
static void
test_closed(struct world *w)
{
	const char *const *odd[] = {
	    (const char *[]){"resourceGroupId", "x"},
	    (const char *[]){"service_group_id", "IAM"},
	    (const char *[]){"#env", "test"},
	    (const char *[]){"resource", "[]"},
	    (const char *[]){"resource", "[1]"},
	    (const char *[]){"resource", "[\"birds\""},
	    (const char *[]){"!resource", "birds"},
	    (const char *[]){"serviceName", "container-registry"},
	    (const char *[]){"serviceInstance", ""},
	    (const char *[]){"Resource", "birds"},
	    (const char *[]){"accountId", "other"},
	    (const char *[]){"resourceType", "repo"},
	    (const char *[]){"resource", ""},
	};
	struct person p;

	for (size_t i = 0; i < nitems(odd); i++) {
		p = with(w, "Manager", PAIRS(REGISTRY, {odd[i][0], odd[i][1]}));
		is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "%s=%s",
		       odd[i][0], odd[i][1]);
	}
	p = person(w);
	must(db_write(w->core->db, put,
		      &(struct policy){.identity = p.user.id.p,
				       .account = w->owner.account,
				       .role = "Manager",
				       .attributes = {REGISTRY}}),
	     "policy");
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "no account");
	p = with(w, "Owner", PAIRS(REGISTRY));
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "unknown role");
	p = with(w, "", PAIRS(REGISTRY));
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "no role");
	p = with(w, "Manager", PAIRS({"resource", "birds"}));
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "no service");
}

/* Of a list one is enough. */
static void
test_lists(struct world *w)
{
	struct person some = with(
	    w, "Reader", PAIRS(REGISTRY, {"resource", "[\"x\",\"birds\"]"}));
	struct person like = with(
	    w, "Reader", PAIRS(REGISTRY, {"resource", "~[\"x*\",\"b?rds\"]"}));
	struct person both =
	    with(w, "Manager",
		 PAIRS({"serviceName", "[\"git\",\"container-registry\"]"}));
	struct person there =
	    with(w, "Reader", PAIRS(REGISTRY, {"region", "[\"x\",\"eu-de\"]"}));

	is_int(pull_in(w, &some, LOCAL, "birds/a"), 0, "named in a list");
	is_int(pull_in(w, &some, LOCAL, "bears/a"), OUT_DENIED, "not named");
	is_int(pull_in(w, &like, LOCAL, "birds/a"), 0, "like one of a list");
	is_int(pull_in(w, &like, LOCAL, "bears/a"), OUT_DENIED, "like none");
	is_int(pull_in(w, &both, LOCAL, "birds/a"), 0, "two services");
	is_int(asks(w, &both, VERB_GIT_PUSH, git("Own/test")), 0, "the other");
	is_int(pull_in(w, &there, OTHER, "birds/a"), 0, "a list of regions");
	is_int(pull_in(w, &there, LOCAL, "birds/a"), OUT_DENIED, "not there");
}

/* Each account has one resource group, with an id made from the account's; what
 * is done to the whole account is above it. */
static void
test_resource_group(struct world *w)
{
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};
	char id[RESOURCE_GROUP_ID_LEN + 1];
	struct person p, a, other;
	const char *const others[] = {w->owner.account, "default", "Default"};

	resource_group_id(str_c(w->owner.account), id);
	p = with(w, "Manager", PAIRS({"resourceGroupId", id}));
	a = with(w, "Administrator", PAIRS({"resourceGroupId", id}));

	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "what is in the group");
	is_int(asks(w, &p, VERB_GIT_PUSH, git("Own/test")), 0, "all of it");
	is_int(asks(w, &p, VERB_QUOTA_SET, account), OUT_DENIED,
	       "not the account");
	is_int(asks(w, &a, VERB_USER_CREATE, account), OUT_DENIED,
	       "people are in no group");
	for (size_t i = 0; i < nitems(others); i++) {
		other =
		    with(w, "Manager", PAIRS({"resourceGroupId", others[i]}));
		is_int(pull_in(w, &other, LOCAL, "birds/a"), OUT_DENIED,
		       "%s is no id of it", others[i]);
	}
}

static void
test_platform(struct world *w)
{
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};
	struct person iam =
	    with(w, "Administrator", PAIRS({"service_group_id", "IAM"}));
	struct person other =
	    with(w, "Administrator", PAIRS({"service_group_id", "VPC"}));
	struct person here =
	    with(w, "Administrator",
		 PAIRS({"serviceType", "~*"}, {"region", "local"}));
	static const enum verb verbs[] = {VERB_USER_CREATE, VERB_GROUP_CREATE,
					  VERB_AUDIT_READ, VERB_RULES_SET};

	for (size_t i = 0; i < nitems(verbs); i++) {
		is_int(asks(w, &iam, verbs[i], account), 0, "IAM's services");
		is_int(asks(w, &other, verbs[i], account), OUT_DENIED,
		       "another group of services");
		is_int(asks(w, &here, verbs[i], account), OUT_DENIED,
		       "people are in no region");
	}
	is_int(asks(w, &iam, VERB_REGISTRYTOKEN_LIST, account), OUT_DENIED,
	       "the registry is none of them");
	is_int(asks(w, &here, VERB_REGISTRYTOKEN_LIST, account), 0,
	       "which has regions");
}

/* Who administers anything may come in; what they may give is asked later. */
static void
test_give(struct world *w)
{
	struct thing account = {.kind = THING_ACCOUNT, .region = LOCAL};
	struct person one =
	    with(w, "Administrator",
		 PAIRS(REGISTRY, {"region", "eu-de"}, {"resource", "birds"}));
	struct person none = with(w, "Manager", PAIRS(REGISTRY));

	is_int(asks(w, &one, VERB_POLICY_CREATE, account), 0,
	       "an administrator of something");
	is_int(asks(w, &one, VERB_ROLE_DELETE, account), 0, "of roles, too");
	is_int(asks(w, &one, VERB_POLICY_LIST, account), OUT_DENIED,
	       "sees nothing else for it");
	is_int(asks(w, &none, VERB_POLICY_CREATE, account), OUT_DENIED,
	       "a manager of everything");
}

#define NOON_RULE                                                              \
	"{\"operator\":\"and\",\"conditions\":[{\"key\":"                      \
	"\"{{environment.attributes.current_time}}\",\"operator\":"            \
	"\"timeGreaterThanOrEquals\",\"value\":\"11:00:00+00:00\"},"           \
	"{\"key\":\"{{environment.attributes.current_time}}\","                \
	"\"operator\":\"timeLessThanOrEquals\","                               \
	"\"value\":\"13:00:00+00:00\"}]}"
#define HOURS_PATTERN "time-based-conditions:weekly:custom-hours"

static void
shift_to(int64_t hour)
{
	int64_t day = clock_now() % DAY_MS;

	clock_test_shift(hour * HOUR_MS - day);
}

static int
changes_nothing(struct db_at *at, void *arg)
{
	(void)at;
	(void)arg;
	return 0;
}

/* What is remembered begins and ends by itself. */
static void
test_conditions(struct world *w)
{
	struct person p = person(w);
	struct policy policy = {
	    .identity = p.user.id.p,
	    .account = w->owner.account,
	    .role = "Writer",
	    .attributes = {{"accountId", w->owner.account}, REGISTRY},
	    .pattern = HOURS_PATTERN,
	    .rule = NOON_RULE};
	struct proof *proof = &p.proof;
	struct thing thing = repo("birds/a");
	struct visit visit;

	must(db_write(w->core->db, put, &policy), "policy");
	shift_to(10);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "too early");
	shift_to(12);
	is_int(gate_pass(w->core, proof, VERB_IMAGE_PUSH, &thing, &visit), 0,
	       "in time");
	ok(visit.timed && gate_still(w->core, &visit), "which goes on");
	is_int(gate_write(&visit, changes_nothing, NULL), 0, "and changes");
	shift_to(14);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "too late");
	ok(!gate_still(w->core, &visit), "what was let in is over");
	is_int(gate_write(&visit, changes_nothing, NULL), OUT_DENIED,
	       "and changes nothing any more");
	policy.rule = "{}";
	policy.number = 100000;
	must(db_write(w->core->db, put, &policy), "policy");
	shift_to(12);
	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "a broken one beside it");
	policy.pattern = policy.rule = NULL;
	policy.role = "Reader";
	policy.number = 100001;
	must(db_write(w->core->db, put, &policy), "policy");
	is_int(gate_pass(w->core, proof, VERB_IMAGE_PULL, &thing, &visit), 0,
	       "and one without a condition");
	ok(!visit.timed, "that one counts");
	policy.number = 0;
}

/* Many names, of each form, in one identity's policies: what is found by its
 * place is what a walk over all of them finds. */
#define MANY 400
static void
many_name(int i, bool pattern, char to[32])
{
	if (!pattern)
		(void)snprintf(to, 32, "team-%d", i);
	else if (i % 3 == 0)
		(void)snprintf(to, 32, "Team-%dx-*", i);
	else
		(void)snprintf(to, 32, i % 3 == 1 ? "*-of-%d" : "?eam-%d", i);
}

static int
put_many(struct db_at *at, void *arg)
{
	struct policy p = *(struct policy *)arg;
	char name[2][33];
	int r = 0;

	for (int i = 0; r == 0 && i < MANY; i++) {
		many_name(i, false, name[0]);
		name[1][0] = '~';
		many_name(i, true, name[1] + 1);
		p.attributes[2][0] = "resource";
		for (int j = 0; r == 0 && j < 2; j++) {
			p.attributes[2][1] = name[j];
			p.number = 1000 * people_made + 200000 + 2 * i + j;
			r = put(at, &p);
		}
	}
	return r;
}

static bool
many_hold(struct world *w, const struct person *p, const char *service,
	  const char *name)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(grants_unrefp) struct grants *g = NULL;
	struct subject who = {.cred = CRED_API_KEY};
	bool git = *service == 'g';
	struct thing thing = {.kind = git ? THING_GITREPO : THING_NAMESPACE,
			      .region = LOCAL,
			      .name = str_c(name)};
	struct found found = {.id = ""};
	struct grants_ask ask = {.core = w->core,
				 .verb =
				     git ? VERB_GIT_READ : VERB_NAMESPACE_LIST,
				 .thing = &thing,
				 .found = &found};

	FIELD_CUT(who.identity, p->user.id);
	FIELD_CUT(who.account, str_c(w->owner.account));
	FIELD_CUT(found.slug, str_c(name));
	must(db_view_begin(w->core->db, &view), "view");
	must(grants_read(w->core, view, &who, &g), "grants");
	return grants_allow(g, &ask);
}

static void
test_many(struct world *w, const char *service)
{
	struct person p = person(w);
	struct policy policy = {.identity = p.user.id.p,
				.account = w->owner.account,
				.role = "Writer",
				.attributes = {{"accountId", w->owner.account},
					       {"serviceName", service}}};
	bool git = *service == 'g';

	must(db_write(w->core->db, put_many, &policy), "policies");
	ok(many_hold(w, &p, service, "team-0"), "the first");
	ok(many_hold(w, &p, service, "team-399"), "the last");
	ok(!many_hold(w, &p, service, "team-400"), "none above");
	ok(!many_hold(w, &p, service, "team-"), "none below");
	ok(many_hold(w, &p, service, "a-of-1"), "by its end");
	ok(!many_hold(w, &p, service, "a-of-2"), "of another form");
	ok(many_hold(w, &p, service, "seam-2"), "by one character");
	ok(!many_hold(w, &p, service, "seam-1"), "not by another's");
	is_int(many_hold(w, &p, service, "team-3x-a"), git,
	       "by its beginning, in any case where that is the rule");
	ok(many_hold(w, &p, service, git ? "team-3x-" : "Team-3x-"),
	   "which may be all of it");
	ok(!many_hold(w, &p, service, git ? "team-3x" : "Team-3x"),
	   "but not less");
}

static void
test_felt_at_once(struct world *w)
{
	struct person p = person(w);
	struct policy policy = {
	    .identity = p.user.id.p,
	    .account = w->owner.account,
	    .role = "Reader",
	    .attributes = {{"accountId", w->owner.account}, REGISTRY}};

	is_int(pull_in(w, &p, LOCAL, "birds/a"), OUT_DENIED, "nothing");
	must(db_write(w->core->db, put, &policy), "policy");
	is_int(pull_in(w, &p, LOCAL, "birds/a"), 0, "granted at once");
}

static int
move(struct cast *c, const struct person *p, struct str to, struct note *note)
{
	struct gitrepo_change change = {.project = to};
	struct thing thing = git("Own/tools");
	struct visit v;

	must(gate_pass(c->w.core, &p->proof, VERB_GIT_UPDATE, &thing, &v),
	     "update");
	return gitrepo_update(&v, c->tools.id, &change, note);
}

/* Into a project comes what those may put there who create in it; for others
 * it is not there. */
static void
test_move(struct cast *c)
{
	struct person one =
	    with(&c->w, "Manager",
		 PAIRS({"serviceName", "git"}, {"resourceType", "repository"},
		       {"resource", "tools"}));
	struct person two =
	    with(&c->w, "Manager",
		 PAIRS({"serviceName", "git"}, {"resourceType", "project"},
		       {"resource", "~*"}));
	struct note note = {""}, absent = {""};
	struct gitrepo got;

	is_int(move(c, &one, STR("web"), &note), OUT_MISSING_PART,
	       "not into a project of others");
	is_int(move(c, &one, STR("WEB"), &note), OUT_MISSING_PART,
	       "in any case");
	is_int(move(c, &one, STR("wex"), &absent), OUT_MISSING_PART,
	       "nor into one that is not there");
	is_int((long long)strlen(note.text), (long long)strlen(absent.text),
	       "which is said alike");
	is_int(move(c, &one, STR("default"), NULL), 0, "it stays where it is");
	is_int(move(c, &one, STR(""), NULL), 0, "  said in another way");
	must(gitrepo_by_id(c->w.core, c->tools.id, &c->w.arena, &got), "get");
	is_str(got.project_slug, STR("default"), "nothing has moved");
	is_int(move(c, &two, STR("web"), NULL), 0, "who may create there may");
	is_int(move(c, &one, c->web.id, NULL), 0, "it stays, by id");
	is_int(move(c, &one, STR("default"), &note), OUT_MISSING_PART,
	       "and not out of it");
	is_int(move(c, &two, STR(""), NULL), 0, "but who may");
	must(gitrepo_by_id(c->w.core, c->tools.id, &c->w.arena, &got), "get");
	is_str(got.project_slug, STR("default"), "puts it back");
}

static void
test_match(void)
{
	static const struct {
		const char *pattern, *value;
		bool want;
	} cases[] = {
	    {"", "", true},
	    {"", "a", false},
	    {"*", "", true},
	    {"*", "abc", true},
	    {"a*", "a", true},
	    {"a*c", "abbbc", true},
	    {"a*c", "abbb", false},
	    {"a?c", "abc", true},
	    {"a?c", "ac", false},
	    {"*b*b*", "abcb", true},
	    {"*b*b*", "abc", false},
	    {"A*", "abc", false},
	    {"**a", "bba", true},
	    {"?*", "", false},
	    {"a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
	};

	for (size_t i = 0; i < nitems(cases); i++)
		ok(grants_match(str_c(cases[i].pattern),
				str_c(cases[i].value)) == cases[i].want,
		   "'%s' and '%s'", cases[i].pattern, cases[i].value);
}

static void
test_roles(void)
{
	is_int(role_parse(STR("Reader")), ROLE_READER, "a name");
	is_int(role_parse(STR("crn:v1:bluemix:public:container-registry::::"
			      "serviceRole:manager")),
	       ROLE_MANAGER, "the last part of a CRN, in any case");
	is_int(role_parse(STR("crn:v1:bluemix:public:iam::::role:Viewer")),
	       ROLE_VIEWER, "a platform role");
	is_int(role_parse(STR("Reader:")), 0, "nothing at the end");
	is_int(role_parse(STR("")), 0, "nothing");
	is_int(role_parse(STR("Readers")), 0, "more than a role");
	for (unsigned role = 1; role <= ROLE_ADMINISTRATOR; role <<= 1) {
		is_int(role_parse(str_c(role_crn((enum role)role))), role, "%s",
		       role_crn((enum role)role));
		is_int(role_parse(str_c(role_name((enum role)role))), role,
		       "%s", role_name((enum role)role));
	}
}

int
main(void)
{
	static struct cast c;
	struct world *w = &c.w;
	bool made;

	test_match();
	test_roles();
	cast_new(&c);
	must(namespace_add(&w->owner, LOCAL, STR("bears"), &made), "bears");
	must(namespace_add(&w->owner, LOCAL, STR("boars"), &made), "boars");
	must(namespace_add(&w->owner, OTHER, STR("birds"), &made), "birds");
	test_resource(w);
	test_regions(w);
	test_spoofed(w);
	test_services(w);
	test_git(w);
	test_git_region(w);
	test_machines(&c);
	subtest("move") test_move(&c);
	subtest("closed") test_closed(w);
	subtest("lists") test_lists(w);
	subtest("resource group") test_resource_group(w);
	subtest("platform") test_platform(w);
	subtest("give") test_give(w);
	subtest("many") test_many(w, "container-registry");
	subtest("many of git") test_many(w, "git");
	subtest("conditions") test_conditions(w);
	test_felt_at_once(w);
	world_end(w);
	return done_testing();
}
