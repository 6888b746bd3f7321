#include "core/explain.h"
#include "core/group.h"
#include "core/machine_world.h"
#include "core/policy.h"
#include "core/service_id.h"
#include "core/sql.h"

#define READER_CRN "crn:v1:bluemix:public:iam::::serviceRole:Reader"

struct made {
	struct user anna, bert;
	struct service_id robot;
	struct regtoken token;
};

/* A policy past the store, as it lies there: one role, and these attributes. */
struct put {
	const char *id, *subject, *account, *role, *pattern, *rule;
	const char *attrs[4][2];
	bool group;
};
static int
put_write(struct db_at *at, void *arg)
{
	const struct put *p = arg;
	int r = db_exec(at, SQL_policy_insert, NULL, "sssssssSSnsi",
			str_c(p->id), str_c(p->account), STR("access"),
			p->group ? STR("access_group_id") : STR("iam_id"),
			str_c(p->subject), STR(""), STR(""), str_c(p->pattern),
			str_c(p->rule), STR("test"), (int64_t)0);

	if (r == 0)
		r = db_exec(at, SQL_policy_role_insert, NULL, "sis",
			    str_c(p->id), (int64_t)0, str_c(p->role));
	for (int64_t i = 0; r == 0 && i < 4 && p->attrs[i][0] != NULL; i++)
		r = db_exec(at, SQL_policy_attribute_insert, NULL, "sisssiss",
			    str_c(p->id), i, STR("resource"),
			    str_c(p->attrs[i][0]), STR("stringEquals"),
			    (int64_t)1, STR("text"), str_c(p->attrs[i][1]));
	gate_granted(at, str_c(p->account));
	return r;
}

static void
put(struct world *w, const char *id, struct str subject, struct put p)
{
	p.id = id;
	p.subject = subject.p;
	p.account = w->owner.account;
	if (p.role == NULL)
		p.role = READER_CRN;
	for (int i = 3; i > 0; i--)
		memcpy(p.attrs[i], p.attrs[i - 1], sizeof(p.attrs[i]));
	p.attrs[0][0] = "accountId";
	p.attrs[0][1] = w->owner.account;
	must(db_write(w->core->db, put_write, &p), "policy");
}

#define REGISTRY                                                               \
	{                                                                      \
		"serviceName", "container-registry"                            \
	}
#define EVENING                                                                \
	"{\"key\":\"{{environment.attributes.current_date_time}}\","           \
	"\"operator\":\"dateTimeLessThan\",\"value\":\"2020-01-01T00:00:"      \
	"00Z\"}"

static void
make(struct cast *c, struct made *m)
{
	struct world *w = &c->w;
	struct service_id_ask ask = {.name = STR("robot")};
	struct visit visit = visit_of(w, w->key, VERB_SERVICEID_CREATE,
				      (struct thing){.kind = THING_ACCOUNT});

	m->anna = world_user(w, "anna@example.org", 0);
	m->bert = world_user(w, "bert@example.org", ROLE_WRITER);
	must(service_id_create(&visit, &ask, &w->arena, &m->robot, NULL, NULL,
			       NULL),
	     "robot");
	(void)world_token(w, false, true, &m->token);
	put(w, "here", m->anna.id,
	    (struct put){.attrs = {REGISTRY, {"resource", "birds"}}});
	put(w, "there", m->anna.id,
	    (struct put){.attrs = {REGISTRY, {"region", "eu-de"}}});
	put(w, "past", m->anna.id,
	    (struct put){.role = "Writer",
			 .pattern = "time-based-conditions:once",
			 .rule = EVENING,
			 .attrs = {REGISTRY}});
	put(w, "odd", m->anna.id,
	    (struct put){.attrs = {REGISTRY, {"weather", "fair"}}});
	put(w, "robots", m->robot.iam_id, (struct put){.attrs = {REGISTRY}});
}

static struct explained
ask(struct world *w, struct str identity, enum verb verb, struct thing thing)
{
	struct explained e = {.may = false};
	struct subject who;

	must(explain_subject(w->core, str_c(w->owner.account), identity, &who),
	     "subject");
	must(explain_may(w->core, &who, verb, &thing, &w->arena, &e), "may");
	is_int(e.may, gate_may(w->core, &who, verb, &thing),
	       "as the gate says");
	return e;
}

static const char *
missing_of(const struct explained *e, const char *id)
{
	for (size_t i = 0; i < e->n; i++)
		if (str_eq(e->policies[i].id, str_c(id)))
			return e->policies[i].missing.p;
	return "not there";
}

#define MISSES(e, id, text)                                                    \
	is_str(str_c(missing_of(&(e), id)), STR(text), "%s lacks '%s'", id,    \
	       text)

static void
test_may(struct world *w, struct made *m)
{
	struct explained e =
	    ask(w, m->anna.id, VERB_IMAGE_PULL, repo("birds/a"));

	ok(e.may && e.by == EXPLAIN_POLICY, "may, by a policy");
	ok(e.n == 4 && e.policies[0].missing.n == 0, "which comes first");
	is_str(e.policies[0].role, STR(READER_CRN), "with its role");
	MISSES(e, "here", "");
	MISSES(e, "there", "region");
	MISSES(e, "past", "time");
	MISSES(e, "odd", "an attribute that is not known, or twice");
	e = ask(w, m->anna.id, VERB_IMAGE_PUSH, repo("birds/a"));
	ok(!e.may && e.by == EXPLAIN_NOTHING, "may not");
	MISSES(e, "here", "role");
	MISSES(e, "past", "time");
	e = ask(w, m->bert.id, VERB_IMAGE_PUSH, repo("birds/a"));
	ok(e.may && e.n == 1, "the other may");
	e = ask(w, m->bert.id, VERB_APIKEY_CREATE,
		(struct thing){.kind = THING_IDENTITY, .name = m->bert.id});
	ok(e.may && e.by == EXPLAIN_SELF, "on oneself");
	e = ask(w, str_c(w->owner.who.identity), VERB_QUOTA_SET,
		(struct thing){.kind = THING_ACCOUNT});
	ok(e.may && e.by == EXPLAIN_OWNER, "the owner");
	e = ask(w, str_c(w->owner.who.identity), VERB_STATUS_READ,
		(struct thing){.kind = THING_NONE});
	ok(e.may && e.by == EXPLAIN_OPERATOR, "the operator");
	e = ask(w, m->bert.id, VERB_WHOAMI, (struct thing){.kind = THING_NONE});
	ok(e.may && e.by == EXPLAIN_ANYBODY, "everybody");
}

/* What is not there yet is explained as it would be. */
static void
test_absent(struct world *w, struct made *m)
{
	static const struct {
		enum verb verb;
		struct thing thing;
	} cases[] = {
	    {VERB_IMAGE_PUSH,
	     {.kind = THING_REPO,
	      .region = STR_INIT("local"),
	      .name = STR_INIT("fresh/app")}},
	    {VERB_GIT_PUSH,
	     {.kind = THING_GITREPO, .name = STR_INIT("Own/fresh")}},
	    {VERB_KEYPAIR_CREATE,
	     {.kind = THING_PROJECT, .name = STR_INIT("Own/fresh")}},
	    {VERB_SERVER_CREATE,
	     {.kind = THING_SERVER, .name = STR_INIT("Own/fresh/web")}},
	};
	struct subject bert, anna;
	struct explained e;

	must(explain_subject(w->core, str_c(w->owner.account), m->bert.id,
			     &bert),
	     "bert");
	must(explain_subject(w->core, str_c(w->owner.account), m->anna.id,
			     &anna),
	     "anna");
	for (size_t i = 0; i < nitems(cases); i++) {
		must(explain_may(w->core, &bert, cases[i].verb, &cases[i].thing,
				 &w->arena, &e),
		     "may");
		ok(e.may && e.by == EXPLAIN_POLICY, "case %zu", i);
		ok(!gate_may(w->core, &bert, cases[i].verb, &cases[i].thing),
		   "  the gate says nothing of it");
		must(explain_may(w->core, &anna, cases[i].verb, &cases[i].thing,
				 &w->arena, &e),
		     "may");
		ok(!e.may, "  and who may not may not");
	}
}

static void
test_ended(struct world *w, struct made *m)
{
	struct thing thing = repo("birds/a");
	struct subject who;
	struct explained e;

	must(user_disable(&w->owner, m->bert.id, true), "disable");
	must(
	    explain_subject(w->core, str_c(w->owner.account), m->bert.id, &who),
	    "subject");
	must(explain_may(w->core, &who, VERB_IMAGE_PULL, &thing, &w->arena, &e),
	     "may");
	ok(!e.may && e.by == EXPLAIN_ENDED, "who is disabled has ended");
	must(user_disable(&w->owner, m->bert.id, false), "enable");
	is_int(explain_subject(w->core, str_c(w->owner.account),
			       STR("IBMid-none"), &who),
	       OUT_ABSENT, "nobody");
}

static int
cred_load_here(struct world *w, struct str id, struct subject *who)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(w->core->db, &view);

	return r != 0 ? r
		      : cred_load(w->core, view, CRED_REGISTRY_TOKEN, id, who);
}

static void
test_rights(struct world *w, struct made *m)
{
	struct explain_right *list;
	struct subject who;
	size_t n;

	must(
	    explain_subject(w->core, str_c(w->owner.account), m->anna.id, &who),
	    "subject");
	must(explain_rights(w->core, &who, &w->arena, &list, &n), "rights");
	is_int((int)n, 3, "three that can be understood");
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].policy, STR("here"))) {
			is_str(list[i].service, STR("container-registry"),
			       "service");
			is_str(list[i].resource, STR("birds"), "resource");
			is_str(list[i].roles, STR("Reader"), "roles");
			ok(list[i].now && list[i].condition.n == 0, "always");
		} else if (str_eq(list[i].policy, STR("past"))) {
			ok(!list[i].now, "not now");
			is_str(list[i].condition,
			       STR("until 2019-12-31T23:59:59Z"), "until then");
		} else
			is_str(list[i].region, STR("eu-de"), "its region");
	}
	must(cred_load_here(w, m->token.id, &who), "token");
	must(explain_rights(w->core, &who, &w->arena, &list, &n), "rights");
	ok(n == 1, "a token's");
	is_str(list[0].roles, STR("pull"), "it reads");
	must(explain_subject(w->core, str_c(w->owner.account),
			     str_c(w->owner.who.identity), &who),
	     "owner");
	must(explain_rights(w->core, &who, &w->arena, &list, &n), "rights");
	is_str(list[0].roles, STR("Owner"), "the owner's");
}

static bool
names(const struct explain_who *list, size_t n, struct str id,
      enum explain_by by)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, id))
			return list[i].by == by;
	return false;
}

static void
test_who(struct cast *c, struct made *m)
{
	struct world *w = &c->w;
	struct str account = str_c(w->owner.account);
	struct str owner = str_c(w->owner.who.identity);
	struct thing pull = repo("birds/a"), test = git("Own/test");
	struct thing robot = {.kind = THING_IDENTITY, .name = m->robot.iam_id};
	struct sshkey key = pubkey();
	struct explain_who *list;
	size_t n;
	bool more;

	must(explain_who(w->core, account, VERB_IMAGE_PULL, &pull, &w->arena,
			 &list, &n, &more),
	     "who");
	ok(n == 5 && !more, "five may pull");
	ok(names(list, n, owner, EXPLAIN_OWNER), "the owner");
	ok(names(list, n, m->anna.id, EXPLAIN_POLICY), "anna");
	ok(names(list, n, m->bert.id, EXPLAIN_POLICY), "bert");
	ok(names(list, n, m->robot.iam_id, EXPLAIN_POLICY), "the robot");
	ok(names(list, n, m->token.id, EXPLAIN_TOKEN), "the token");
	must(explain_who(w->core, account, VERB_IMAGE_PUSH, &pull, &w->arena,
			 &list, &n, &more),
	     "who");
	ok(n == 2, "two may push");
	must(explain_who(w->core, account, VERB_SERVICEID_GET, &robot,
			 &w->arena, &list, &n, &more),
	     "who");
	ok(n == 2 && names(list, n, m->robot.iam_id, EXPLAIN_SELF),
	   "itself, and the owner");
	(void)STAND(c, &key, .repo = c->test.id);
	must(explain_who(w->core, account, VERB_GIT_READ, &test, &w->arena,
			 &list, &n, &more),
	     "who");
	ok(n == 3 && list[2].by == EXPLAIN_ACCESS_KEY, "an access key reads");
	must(explain_who(w->core, account, VERB_STATUS_READ,
			 &(struct thing){.kind = THING_NONE}, &w->arena, &list,
			 &n, &more),
	     "who");
	ok(n == 1 && names(list, n, owner, EXPLAIN_OPERATOR), "the operator");
}

static const struct explain_who *
one_of(const struct explain_who *list, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, id))
			return &list[i];
	return NULL;
}

/* Everybody of a crowd by one policy of their group, with one who has one of
 * their own before it, and one who has ended. */
static void
test_crowd(struct world *w)
{
	struct thing app = repo("crowd/app");
	struct visit by = w->owner;
	struct user people[30];
	struct explain_who *list;
	struct group group;
	const struct explain_who *who;
	size_t n, by_group = 0;
	bool more;

	by.verb = VERB_GROUP_CREATE;
	by.thing = (struct thing){.kind = THING_ACCOUNT};
	must(group_create(&by, STR("crowd"), STR(""), &w->arena, &group, NULL),
	     "group");
	for (size_t i = 0; i < nitems(people); i++) {
		char email[40];

		(void)snprintf(email, sizeof(email), "p%zu@example.org", i);
		people[i] = world_user(w, email, 0);
		must(group_member_add(&by, group.id, people[i].id), "add");
	}
	put(w, "own", people[3].id,
	    (struct put){.role = "Manager",
			 .attrs = {REGISTRY, {"resource", "crowd"}}});
	for (int i = 0; i < 3; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "z%d", i);
		put(w, id, group.id,
		    (struct put){
			.role = i == 2 ? "Writer" : "Manager",
			.group = true,
			.attrs = {REGISTRY,
				  {"resource", i == 0 ? "other" : "crowd"}}});
	}
	must(user_disable(&w->owner, people[5].id, true), "disable");
	must(explain_who(w->core, str_c(w->owner.account), VERB_IMAGE_PUSH,
			 &app, &w->arena, &list, &n, &more),
	     "who");
	ok(!more, "all of them");
	for (size_t i = 0; i < n; i++)
		by_group += str_eq(list[i].policy.group, group.id) &&
			    str_eq(list[i].policy.id, STR("z1"));
	is_int((int)by_group, 28, "by the group's first that grants it");
	who = one_of(list, n, people[3].id);
	ok(who != NULL && str_eq(who->policy.id, STR("own")) &&
	       who->policy.group.n == 0,
	   "one by a policy of their own");
	is_str(who == NULL ? STR("") : who->policy.role, STR("Manager"),
	       "with its role");
	ok(one_of(list, n, people[5].id) == NULL, "who has ended is not there");
}

int
main(void)
{
	static struct cast c;
	struct made m;

	cast_new(&c);
	make(&c, &m);
	subtest("may") test_may(&c.w, &m);
	subtest("absent") test_absent(&c.w, &m);
	subtest("ended") test_ended(&c.w, &m);
	subtest("rights") test_rights(&c.w, &m);
	subtest("who") test_who(&c, &m);
	subtest("crowd") test_crowd(&c.w);
	for (int by = 0; by <= EXPLAIN_ENDED; by++)
		ok(explain_by_name((enum explain_by)by)[0] != '\0',
		   "each has a name");
	world_end(&c.w);
	return done_testing();
}
