/* Why: of what is not there, of what is another's, and of what one made. The
 * gate's own answer is asked for beside it. */
#include "core/decide.h"
#include "core/policy.h"
#include "core/service_id.h"
#include "core/ssh_world.h"

static void
give(struct world *w, struct str identity, const char *service,
     const char *type, const char *resource)
{
	const struct policy_attr attrs[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(w->owner.account)},
	    {.name = STR("serviceName"),
	     .op = STR("stringEquals"),
	     .value = str_c(service)},
	    {.name = STR("resourceType"),
	     .op = STR("stringEquals"),
	     .value = str_c(type)},
	    {.name = STR("resource"),
	     .op = STR("stringEquals"),
	     .value = str_c(resource)},
	};
	const struct str roles[] = {
	    STR("crn:v1:bluemix:public:iam::::serviceRole:Writer"),
	    STR("crn:v1:bluemix:public:iam::::serviceRole:Manager"),
	    STR("crn:v1:bluemix:public:iam::::role:Administrator")};
	struct policy_text text = {.type = STR("access"),
				   .subject = identity,
				   .roles = roles,
				   .n_roles = nitems(roles),
				   .resources = attrs,
				   .n_resources = type == NULL ? 2 : 4};
	struct policy made;
	struct note note = {""};

	must(policy_create(&w->owner, &text, &w->arena, &made, &note),
	     note.text);
}

static struct explained
why(struct world *w, const struct subject *who, enum verb verb,
    struct thing thing)
{
	struct explained e = {.may = false};

	must(explain_may(w->core, who, verb, &thing, &w->arena, &e), "explain");
	return e;
}

static struct subject
subject(struct world *w, struct str identity)
{
	struct subject who;

	must(explain_subject(w->core, str_c(w->owner.account), identity, &who),
	     "subject");
	return who;
}

static struct thing
git_of(struct world *w, struct str name)
{
	struct str text = arena_strf(&w->arena, "Own/%.*s", STR_ARG(name));

	return git(text.p);
}

/* A policy is about a name: of what is not there the one that is asked for, of
 * what is there its own, by whatever it was asked. */
static void
test_supposed(struct cast *c)
{
	struct world *w = &c->w;
	struct user user = world_user(w, "why@example.org", 0);
	struct subject who;

	give(w, user.id, "git", "repository", "fresh");
	give(w, user.id, "git", "repository", "test");
	who = subject(w, user.id);
	ok(why(w, &who, VERB_GIT_PUSH, git("Own/Fresh")).may,
	   "a repository that is not there, by the name it would have");
	ok(!why(w, &who, VERB_GIT_PUSH, git("Own/other")).may, "another");
	ok(!why(w, &who, VERB_GIT_PUSH, git("Nobody/fresh")).may, "elsewhere");
	ok(why(w, &who, VERB_GIT_PUSH, git("Own/test")).may,
	   "one that is there");
	ok(why(w, &who, VERB_GIT_PUSH, git_of(w, c->test.id)).may,
	   "the same by its id");
	ok(!why(w, &who, VERB_GIT_PUSH, git_of(w, c->tools.id)).may,
	   "another by its id");
}

static void
test_supposed_identity(struct world *w)
{
	struct user user = world_user(w, "admin@example.org", 0);
	struct thing robot = {.kind = THING_IDENTITY,
			      .name = STR("iam-ServiceId-none")};
	struct subject who = subject(w, user.id);

	ok(!why(w, &who, VERB_SERVICEID_GET, robot).may,
	   "an identity that is not there");
	give(w, user.id, "iam-identity", NULL, NULL);
	who = subject(w, user.id);
	ok(why(w, &who, VERB_SERVICEID_GET, robot).may,
	   "would be an administrator's");
	ok(!gate_may(w->core, &who, VERB_SERVICEID_GET, &robot),
	   "and is nobody's");
}

/* A credential that does not open a kind of thing does not open it anywhere; so
 * nobody hears what is there. */
static void
test_closed(struct cast *c)
{
	static const char *const names[] = {"Own/test", "Own/nothing",
					    "Else/far", "Else/nothing",
					    "Nobody/nothing"};
	struct world *w = &c->w;
	struct regtoken token;
	struct proof proof = basic("token", world_token(w, true, true, &token));
	struct explained e;
	struct subject who;

	must(gate_prove(w->core, &proof, &who), "token");
	for (size_t i = 0; i < nitems(names); i++) {
		e = why(w, &who, VERB_GIT_READ, git(names[i]));
		ok(!e.may && e.by == EXPLAIN_CREDENTIAL,
		   "a registry token does not open '%s'", names[i]);
	}
	e = why(w, &who, VERB_KEYPAIR_LIST, project("Own/web"));
	ok(!e.may && e.by == EXPLAIN_CREDENTIAL, "nor key pairs");
	e = why(w, &who, VERB_SERVER_LIST, project("Own/web"));
	ok(!e.may && e.by == EXPLAIN_CREDENTIAL, "nor servers");
	e = why(w, &who, VERB_GIT_READ, git("Own"));
	ok(!e.may && e.by == EXPLAIN_NOTHING, "what is no name is nothing");
}

/* An account that is said is compared at the door, and believed of those who
 * looked already. */
static void
test_said(struct cast *c)
{
	struct world *w = &c->w;
	struct str own = str_c(w->owner.account);
	struct proof mine = basic("iamapikey", w->key);
	struct thing app = repo("birds/app"), all = {.kind = THING_ACCOUNT};

	app.account = own;
	is_int(pass(w, mine, VERB_IMAGE_PULL, app), 0, "said, and is");
	app.name = STR("stones/app");
	is_int(pass(w, mine, VERB_IMAGE_PULL, app), OUT_DENIED,
	       "said of what is another's");
	ok(!why(w, &w->owner.who, VERB_IMAGE_PULL, repo("stones/app")).may,
	   "which is not said: nor then");
	app.name = STR("nowhere/app");
	is_int(pass(w, mine, VERB_IMAGE_PULL, app), OUT_DENIED,
	       "said of what is nobody's");
	ok(gate_may(w->core, &w->owner.who, VERB_IMAGE_PULL, &app),
	   "and believed");
	all.account = own;
	is_int(pass(w, mine, VERB_QUOTA_GET, all), 0, "an account");
	all.account = arena_strf(&w->arena, "%.*sa", STR_ARG(own));
	is_int(pass(w, mine, VERB_QUOTA_GET, all), OUT_DENIED,
	       "one that only begins like it");
	all.account = c->other.id;
	is_int(pass(w, mine, VERB_QUOTA_GET, all), OUT_DENIED, "another");
}

/* Who made something writes to it by that, and does all else by a role for it.
 */
static void
test_made(struct world *w)
{
	struct user user = world_user(w, "maker@example.org", 0);
	struct api_key key;
	struct service_id_ask ask = {.name = STR("made")};
	struct thing thing = {.kind = THING_IDENTITY};
	struct service_id robot;
	struct explained e;
	struct subject who;
	struct visit by;

	give(w, user.id, "iam-identity", NULL, NULL);
	by = visit_of(w, world_key(w, user.id, 0, &key), VERB_SERVICEID_CREATE,
		      (struct thing){.kind = THING_ACCOUNT});
	must(service_id_create(&by, &ask, &w->arena, &robot, NULL, NULL, NULL),
	     "robot");
	who = subject(w, user.id);
	thing.name = robot.iam_id;
	e = why(w, &who, VERB_SERVICEID_UPDATE, thing);
	ok(e.may && e.by == EXPLAIN_SELF, "what one made");
	e = why(w, &who, VERB_USER_UPDATE, thing);
	ok(e.may && e.by == EXPLAIN_POLICY && e.n == 1, "by a policy");
	is_str(e.policies[0].role,
	       STR("crn:v1:bluemix:public:iam::::role:Administrator"),
	       "and its role for that");
}

int
main(void)
{
	static struct cast c;

	cast_new(&c);
	subtest("supposed") test_supposed(&c);
	subtest("supposed identity") test_supposed_identity(&c.w);
	subtest("closed") test_closed(&c);
	subtest("said") test_said(&c);
	subtest("made") test_made(&c.w);
	world_end(&c.w);
	return done_testing();
}
