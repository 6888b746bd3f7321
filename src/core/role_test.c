#include "core/role.h"

#include "core/core_world.h"
#include "core/policy.h"
#include "core/sql.h"
#include "db/db.h"

static struct str pulls_only[] = {STR_INIT("container-registry.image.pull")};

static struct custom_role_ask
ask(const char *service, const char *name)
{
	return (struct custom_role_ask){.service = str_c(service),
					.name = str_c(name),
					.display_name = STR("Puller"),
					.description = STR(""),
					.actions = pulls_only,
					.n_actions = 1};
}

static void
test_actions(void)
{
	static const struct {
		const char *service, *action;
		int want;
	} rows[] = {
	    {"container-registry", "container-registry.image.pull", 0},
	    {"git", "git.repository.read", 0},
	    {"git", "container-registry.image.pull", OUT_MALFORMED},
	    {"container-registry", "image.pull", OUT_MALFORMED},
	    {"container-registry", "container-registry.", OUT_MALFORMED},
	    {"container-registry", "container-registry", OUT_MALFORMED},
	    {"container-registry", "", OUT_MALFORMED},
	    {"container-registry", "container-registry.image.fly",
	     OUT_MALFORMED},
	    {"latchkeyd", "latchkeyd.status", OUT_MALFORMED},
	    {"iam-identity", "iam-identity.login", OUT_MALFORMED},
	    {"server", "server.server.follow", OUT_MALFORMED},
	};
	struct verb_set set;

	for (size_t i = 0; i < nitems(rows); i++) {
		struct str one = str_c(rows[i].action);

		is_int(
		    role_actions(str_c(rows[i].service), &one, 1, &set, NULL),
		    rows[i].want, "%s of %s", rows[i].action, rows[i].service);
	}
	must(role_actions(STR("container-registry"), pulls_only, 1, &set, NULL),
	     "actions");
	ok(verb_set_has(&set, VERB_IMAGE_PULL), "the verb is in it");
	ok(!verb_set_has(&set, VERB_IMAGE_PUSH), "and no other");
	is_int(role_actions(STR("git"), pulls_only, 0, &set, NULL),
	       OUT_MALFORMED, "none at all");
}

static void
test_names(struct world *w)
{
	static const struct {
		const char *name;
		int want;
	} rows[] = {
	    {"Ab3", 0},
	    {"Abcdefghijabcdefghijabcdefghij", 0},
	    {"Abcdefghijabcdefghijabcdefghijk", OUT_MALFORMED},
	    {"puller", OUT_MALFORMED},
	    {"Pull er", OUT_MALFORMED},
	    {"Pull:er", OUT_MALFORMED},
	    {"Reader", OUT_MALFORMED},
	    {"ADMINISTRATOR", OUT_MALFORMED},
	    {"", OUT_MALFORMED},
	};
	struct custom_role made;

	for (size_t i = 0; i < nitems(rows); i++) {
		struct custom_role_ask a =
		    ask("container-registry", rows[i].name);

		is_int(role_create(&w->owner, &a, &w->arena, &made, NULL),
		       rows[i].want, "\"%s\"", rows[i].name);
	}
}

static struct str
policy_with(struct world *w, struct str subject, struct str role)
{
	const struct policy_attr attrs[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(w->owner.account)},
	    {.name = STR("serviceName"),
	     .op = STR("stringEquals"),
	     .value = STR("container-registry")},
	};
	struct policy_text text = {.type = STR("access"),
				   .subject = subject,
				   .roles = &role,
				   .n_roles = 1,
				   .resources = attrs,
				   .n_resources = 2};
	struct policy p;

	must(policy_create(&w->owner, &text, &w->arena, &p, NULL), "policy");
	return p.id;
}

static void
test_life(struct world *w)
{
	struct custom_role_ask a = ask("container-registry", "Puller");
	struct user user = world_user(w, "role@example.org", 0);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct str push[] = {STR("container-registry.image.push")};
	struct custom_role made, now, *list;
	struct str policy;
	size_t n;

	must(role_create(&w->owner, &a, &w->arena, &made, NULL), "role");
	is_int(role_create(&w->owner, &a, &w->arena, &now, NULL), OUT_CONFLICT,
	       "its name is taken");
	a.service = STR("git");
	a.actions = push;
	is_int(role_create(&w->owner, &a, &w->arena, &now, NULL), OUT_MALFORMED,
	       "actions of another service");
	ok(str_ends(made.crn, STR("::customRole:Puller")), "its CRN");
	is_str(made.actions, STR("[\"container-registry.image.pull\"]"),
	       "its actions");
	policy = policy_with(w, user.id, made.crn);
	is_int(pulls(w, proof, "birds/a"), 0, "grants what it says");
	is_int(pass(w, proof, VERB_IMAGE_PUSH, repo("birds/a")), OUT_DENIED,
	       "and nothing else");
	a = (struct custom_role_ask){.actions = push, .n_actions = 1};
	is_int(role_update(&w->owner, made.id, 5, &a, &w->arena, &now, NULL),
	       OUT_STALE, "changed by who saw another");
	is_int(role_update(&w->owner, made.id, 1, &a, &w->arena, &now, NULL), 0,
	       "changed");
	is_int(now.version, 2, "another version");
	is_str(now.display_name, STR("Puller"), "what was not sent stays");
	is_int(pulls(w, proof, "birds/a"), OUT_DENIED, "at once");
	is_int(pass(w, proof, VERB_IMAGE_PUSH, repo("birds/a")), 0,
	       "both ways");
	is_int(role_delete(&w->owner, made.id, NULL), OUT_CONFLICT,
	       "not while a policy grants it");
	must(policy_delete(&w->owner, policy, NULL), "policy_delete");
	is_int(role_delete(&w->owner, made.id, NULL), 0, "gone");
	is_int(role_delete(&w->owner, made.id, NULL), OUT_ABSENT, "once");
	is_int(policy_restore(&w->owner, policy, 0, &w->arena,
			      &(struct policy){0}, NULL),
	       OUT_ABSENT, "a policy does not bring it back");
	must(role_list(w->core, str_c(w->owner.account), STR("git"), &w->arena,
		       &list, &n),
	     "list");
	is_int((long long)n, 0, "none of another service");
}

/* A role of a service is for who administers all of it to make. */
static void
test_giving(struct world *w)
{
	struct user user = world_user(w, "maker@example.org", 0);
	struct custom_role_ask a = ask("container-registry", "Made");
	struct api_key key;
	struct str value = world_key(w, user.id, 0, &key);
	struct visit by =
	    visit_of(w, value, VERB_WHOAMI, (struct thing){.kind = THING_NONE});
	struct custom_role made;

	is_int(role_create(&by, &a, &w->arena, &made, NULL), OUT_DENIED,
	       "without a role");
	(void)policy_with(
	    w, user.id, STR("crn:v1:bluemix:public:iam::::role:Administrator"));
	by =
	    visit_of(w, value, VERB_WHOAMI, (struct thing){.kind = THING_NONE});
	is_int(role_create(&by, &a, &w->arena, &made, NULL), 0,
	       "as its administrator");
}

/* --- what a CRN stands for --- */

struct stored {
	struct str id;
	const char *actions;
};

static int
store_write(struct db_at *at, void *arg)
{
	const struct stored *s = arg;

	return db_exec(at, SQL_role_update, NULL, "sssssi", s->id, STR("Pulls"),
		       STR(""), str_c(s->actions), STR("test"), (int64_t)0);
}

static int
resolves(struct world *w, const char *crn, unsigned *roles,
	 struct verb_set *set)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;

	*roles = 77;
	*set = (struct verb_set){{0}};
	must(db_view_begin(w->core->db, &view), "view");
	return role_resolve(view, str_c(w->owner.account), str_c(crn), roles,
			    set);
}

/* "@" stands for the account. */
static const struct {
	const char *crn;
	int want;
} crns[] = {
    {"crn:v1:bluemix:public:container-registry::a/@::customRole:Pulls", 0},
    {"crn:v1:bluemix:public:container-registry::a/@::customRole:Pulls:",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/"
     "@::customRole:Pulls:x",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/@::customRole:", OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/@::customRole", OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/@::customRole:Other",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/@::role:Pulls", OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/@:x:customRole:Pulls",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::a/x::customRole:Pulls",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry::b/@::customRole:Pulls",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:container-registry:x:a/@::customRole:Pulls",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:git::a/@::customRole:Pulls", OUT_ABSENT},
    {"crn:v1:bluemix:private:container-registry::a/@::customRole:Pulls",
     OUT_ABSENT},
    {"crn:v1:softlayer:public:container-registry::a/"
     "@::customRole:Pulls",
     OUT_ABSENT},
    {"crn:v2:bluemix:public:container-registry::a/@::customRole:Pulls",
     OUT_ABSENT},
    {"xrn:v1:bluemix:public:container-registry::a/@::customRole:Pulls",
     OUT_ABSENT},
    {"crn:v1:bluemix:public:iam::::serviceRole:Reader", 0},
    {"crn:v1:bluemix:public:iam::::role:Viewer", 0},
    {"Reader", 0},
    {"crn:v1:bluemix:public:iam::::serviceRole:Pulls", OUT_ABSENT},
    {"crn:v1:bluemix:public:iam::::other:Reader", OUT_ABSENT},
    {"crn:v1:bluemix:public:iam::::myrole:Reader", OUT_ABSENT},
    {"crn:v1:bluemix:public:iam::::myserviceRole:Reader", OUT_ABSENT},
    {"other:Reader", OUT_ABSENT},
    {"Readers", OUT_ABSENT},
    {"", OUT_ABSENT},
};

static void
test_crns(struct world *w)
{
	struct custom_role_ask a = ask("container-registry", "Pulls");
	struct custom_role made;
	struct verb_set set;
	unsigned roles;

	must(role_create(&w->owner, &a, &w->arena, &made, NULL), "role");
	for (size_t i = 0; i < nitems(crns); i++) {
		size_t n = strcspn(crns[i].crn, "@");
		struct str crn = arena_strf(
		    &w->arena, "%.*s%s%s", (int)n, crns[i].crn,
		    crns[i].crn[n] == '@' ? w->owner.account : "",
		    crns[i].crn[n] == '@' ? crns[i].crn + n + 1 : "");

		is_int(resolves(w, crn.p, &roles, &set), crns[i].want, "'%s'",
		       crns[i].crn);
		ok(crns[i].want == 0 || roles == 77, "  says nothing else");
		ok(crns[i].want != 0 ||
		       (roles == 0) == verb_set_has(&set, VERB_IMAGE_PULL),
		   "  is one or the other");
	}
}

/* A role is of its service, whatever lies there. */
static void
test_stored(struct world *w)
{
	static const struct {
		const char *actions;
		int want;
		bool pulls;
	} rows[] = {
	    {"[\"git.repository.read\",\"container-registry.image.pull\"]", 0,
	     true},
	    {"[7,\"x\",\"container-registry.image.pull\"]", 0, true},
	    {"[\"git.repository.read\"]", 0, false},
	    {"[\"image.pull\"]", 0, false},
	    {"[", OUT_ABSENT, false},
	};
	struct custom_role_ask a = ask("container-registry", "Stored");
	struct custom_role made;
	struct stored s;
	struct verb_set set;
	unsigned roles;

	must(role_create(&w->owner, &a, &w->arena, &made, NULL), "role");
	s.id = made.id;
	for (size_t i = 0; i < nitems(rows); i++) {
		s.actions = rows[i].actions;
		must(db_write(w->core->db, store_write, &s), "store");
		is_int(resolves(w, made.crn.p, &roles, &set), rows[i].want,
		       "%s", rows[i].actions);
		ok(verb_set_has(&set, VERB_IMAGE_PULL) == rows[i].pulls &&
		       !verb_set_has(&set, VERB_GIT_READ) &&
		       !verb_set_has(&set, (enum verb)0),
		   "  no more than that");
	}
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_actions();
	test_names(&w);
	test_life(&w);
	test_giving(&w);
	test_crns(&w);
	test_stored(&w);
	world_end(&w);
	return done_testing();
}
