/* Whoever may a little tries to get more than that: each attempt is denied, and
 * what ADR 0023 lets them do goes through. */
#include "core/core_world.h"
#include "core/group.h"
#include "core/invite.h"
#include "core/policy.h"
#include "core/role.h"
#include "core/service_id.h"

#define ADMIN	"crn:v1:bluemix:public:iam::::role:Administrator"
#define EDITOR	"crn:v1:bluemix:public:iam::::role:Editor"
#define MANAGER "crn:v1:bluemix:public:iam::::serviceRole:Manager"
#define READER	"crn:v1:bluemix:public:iam::::serviceRole:Reader"

struct draft {
	struct policy_text text;
	struct policy_attr attrs[4];
	struct str role;
};

static struct policy_attr
attr(const char *name, const char *op, struct str value)
{
	return (struct policy_attr){
	    .name = str_c(name), .op = str_c(op), .said = true, .value = value};
}

/* service NULL: everything. */
static void
draft_make(struct draft *d, struct world *w, struct str subject,
	   const char *role, const char *service, const char *namespace)
{
	*d = (struct draft){.role = str_c(role)};
	d->attrs[0] =
	    attr("accountId", "stringEquals", str_c(w->owner.account));
	d->attrs[1] = service != NULL
			  ? attr("serviceName", "stringEquals", str_c(service))
			  : attr("serviceType", "stringMatch", STR("*"));
	d->text = (struct policy_text){.type = STR("access"),
				       .subject = subject,
				       .roles = &d->role,
				       .n_roles = 1,
				       .resources = d->attrs,
				       .n_resources = 2};
	if (str_starts(subject, STR("AccessGroupId-")))
		d->text.subject_kind = POLICY_GROUP;
	if (namespace == NULL)
		return;
	d->attrs[2] = attr("resourceType", "stringEquals", STR("namespace"));
	d->attrs[3] = attr("resource", "stringEquals", str_c(namespace));
	d->text.n_resources = 4;
}

static struct policy
grant(struct world *w, struct str subject, const char *role,
      const char *service, const char *namespace)
{
	struct draft d;
	struct policy p;

	draft_make(&d, w, subject, role, service, namespace);
	must(policy_create(&w->owner, &d.text, &w->arena, &p, NULL), "grant");
	return p;
}

static int
give(struct world *w, const struct visit *by, struct str subject,
     const char *role, const char *service, const char *namespace)
{
	struct draft d;
	struct policy p;

	draft_make(&d, w, subject, role, service, namespace);
	return policy_create(by, &d.text, &w->arena, &p, NULL);
}

struct person {
	struct user user;
	struct str key;
};

static struct person
person(struct world *w, const char *email)
{
	struct person p = {.user = world_user(w, email, 0)};
	struct api_key key;

	p.key = world_key(w, p.user.id, 0, &key);
	return p;
}

/* Asks as a door does: OUT_DENIED at the gate, or 0 with a visit. */
static int
ask(struct world *w, const struct person *p, enum verb verb, struct thing thing,
    struct visit *ret)
{
	struct proof proof = basic("iamapikey", p->key);

	return gate_pass(w->core, &proof, verb, &thing, ret);
}

static const struct thing account = {.kind = THING_ACCOUNT};

static struct group
group_of(struct world *w, const char *name)
{
	struct group g;

	must(group_create(&w->owner, str_c(name), STR(""), &w->arena, &g, NULL),
	     "group");
	return g;
}

/* --- an Administrator of one namespace --- */

static void
test_namespace(struct world *w)
{
	struct person p = person(w, "birds@example.org");
	struct person other = person(w, "other@example.org");
	struct group all = group_of(w, "Everything");
	struct str pull[] = {STR("container-registry.image.pull")};
	struct custom_role_ask role = {.service = STR("container-registry"),
				       .name = STR("Puller"),
				       .description = STR(""),
				       .actions = pull,
				       .n_actions = 1};
	struct policy mine, theirs, deleted, got;
	struct custom_role made;
	struct note note = {""};
	struct draft d;
	struct visit by;

	mine = grant(w, p.user.id, ADMIN, "container-registry", "birds");
	theirs = grant(w, other.user.id, READER, "container-registry", "bees");
	deleted = grant(w, p.user.id, MANAGER, "container-registry", NULL);
	must(policy_delete(&w->owner, deleted.id, NULL), "delete");
	(void)grant(w, all.id, MANAGER, NULL, NULL);

	must(ask(w, &p, VERB_POLICY_CREATE, account, &by), "to give");
	is_int(give(w, &by, p.user.id, MANAGER, "container-registry", "birds"),
	       0, "another role on their own namespace");
	is_int(give(w, &by, p.user.id, READER, "container-registry", "bees"),
	       OUT_DENIED, "a role on another one");
	is_int(give(w, &by, p.user.id, READER, "container-registry", NULL),
	       OUT_DENIED, "on all of them");
	is_int(give(w, &by, p.user.id, READER, NULL, NULL), OUT_DENIED,
	       "on everything");
	is_int(give(w, &by, all.id, READER, "git", NULL), OUT_DENIED,
	       "for a group");
	draft_make(&d, w, p.user.id, READER, "container-registry", "birds");
	d.attrs[3] = attr("resource", "stringMatch", STR("birds*"));
	is_int(policy_create(&by, &d.text, &w->arena, &got, NULL), OUT_DENIED,
	       "on a pattern around it");
	d.attrs[3] =
	    attr("resource", "stringEqualsAnyOf", STR("[\"birds\",\"bees\"]"));
	d.attrs[3].form = POLICY_LIST;
	is_int(policy_create(&by, &d.text, &w->arena, &got, NULL), OUT_DENIED,
	       "on a list that has it");

	must(ask(w, &p, VERB_POLICY_UPDATE, account, &by), "to change");
	draft_make(&d, w, p.user.id, ADMIN, "container-registry", NULL);
	is_int(policy_replace(&by, mine.id, 0, &d.text, &w->arena, &got, &note),
	       OUT_DENIED, "their own policy made broader");
	draft_make(&d, w, p.user.id, READER, "container-registry", "bees");
	is_int(
	    policy_replace(&by, theirs.id, 0, &d.text, &w->arena, &got, &note),
	    OUT_DENIED, "another's policy turned to themselves");
	draft_make(&d, w, p.user.id, READER, "container-registry", "birds");
	is_int(
	    policy_replace(&by, theirs.id, 0, &d.text, &w->arena, &got, &note),
	    OUT_DENIED, "even to what they administer");
	is_int(policy_restore(&by, deleted.id, 0, &w->arena, &got, &note),
	       OUT_DENIED, "a deleted one of theirs brought back");
	must(ask(w, &p, VERB_POLICY_DELETE, account, &by), "to delete");
	is_int(policy_delete(&by, theirs.id, &note), OUT_DENIED,
	       "another's taken away");
	must(ask(w, &p, VERB_ROLE_CREATE, account, &by), "to make roles");
	is_int(role_create(&by, &role, &w->arena, &made, &note), OUT_DENIED,
	       "a role for the whole service");
	is_int(ask(w, &p, VERB_GROUP_MEMBER_ADD, account, &by), OUT_DENIED,
	       "into a group");
	is_int(ask(w, &p, VERB_SERVICEID_CREATE, account, &by), OUT_DENIED,
	       "a service ID");
	is_int(ask(w, &p, VERB_USER_CREATE, account, &by), OUT_DENIED,
	       "somebody new");
}

/* --- an Editor of the groups --- */

static void
test_groups(struct world *w)
{
	struct person p = person(w, "editor@example.org");
	struct group strong = group_of(w, "Strong");
	struct group mixed = group_of(w, "Mixed"), weak = group_of(w, "Weak");
	struct visit by;

	(void)grant(w, p.user.id, EDITOR, "iam-groups", NULL);
	(void)grant(w, strong.id, MANAGER, "container-registry", NULL);
	(void)grant(w, mixed.id, READER, "container-registry", "bees");
	must(ask(w, &p, VERB_GROUP_MEMBER_ADD, account, &by), "to add");
	is_int(group_member_add(&by, strong.id, p.user.id), OUT_DENIED,
	       "into a group that was granted something");
	is_int(group_member_add(&by, mixed.id, p.user.id), OUT_DENIED,
	       "however little");
	is_int(group_member_add(&by, weak.id, p.user.id), 0,
	       "into one that was granted nothing");
	is_int(ask(w, &p, VERB_POLICY_CREATE, account, &by), OUT_DENIED,
	       "and that is granted nothing by an Editor");
	must(ask(w, &p, VERB_GROUP_DELETE, account, &by), "to delete");
	is_int(group_delete(&by, strong.id, true), OUT_DENIED,
	       "away with what a group was granted");

	(void)grant(w, p.user.id, ADMIN, "container-registry", "bees");
	must(ask(w, &p, VERB_GROUP_MEMBER_ADD, account, &by), "to add");
	is_int(group_member_add(&by, mixed.id, p.user.id), 0,
	       "into one that has what they administer");
	is_int(group_member_add(&by, strong.id, p.user.id), OUT_DENIED,
	       "and into no other");
}

/* Administrator by a group is administrator, as long as they are in it. */
static void
test_by_group(struct world *w)
{
	struct person p = person(w, "bygroup@example.org");
	struct group g = group_of(w, "Keepers");
	struct visit by;

	(void)grant(w, g.id, ADMIN, "container-registry", "birds");
	must(group_member_add(&w->owner, g.id, p.user.id), "member");
	must(ask(w, &p, VERB_POLICY_CREATE, account, &by), "to give");
	is_int(give(w, &by, p.user.id, READER, "container-registry", "birds"),
	       0, "by a group");
	is_int(give(w, &by, p.user.id, READER, "container-registry", "bees"),
	       OUT_DENIED, "no more than the group");
	must(group_member_remove(&w->owner, g.id, p.user.id), "out");
	is_int(give(w, &by, p.user.id, MANAGER, "container-registry", "birds"),
	       OUT_DENIED, "not by one that they left");
}

/* --- an Administrator of iam-identity, and one of all but git --- */

static int
key_for(struct world *w, const struct visit *by, struct str identity)
{
	struct api_key_ask want = {.identity = identity,
				   .account = str_c(w->owner.account),
				   .name = STR("stolen")};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key key;

	return api_key_create(by, &want, &w->arena, &key, &value, NULL);
}

static int
password_for(const struct visit *by, struct str identity)
{
	struct password_ask want = {.password = STR("a long enough password")};

	return user_set_password(by, identity, &want, NULL);
}

static int
invite(struct world *w, const struct visit *by, const char *email,
       unsigned roles)
{
	struct invite_ask want = {.email = str_c(email), .roles = roles};
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct invitation made;
	struct note note = {""};

	return invite_create(by, &want, &w->arena, &made, &code, &note);
}

/* What they try who may do everything to identities, and not everything. */
static void
identity_tries(struct world *w, const struct person *p, const char *who)
{
	struct str owner = str_c(w->owner.who.identity);
	struct user_ask fresh = {.email = STR("fresh@example.org"),
				 .roles = ROLE_ADMINISTRATOR};
	char email[64];
	struct person boss;
	struct visit by;
	struct user made;

	(void)snprintf(email, sizeof(email), "boss-%s@example.org", who);
	boss = person(w, email);
	(void)grant(w, boss.user.id, MANAGER, NULL, NULL);
	must(ask(w, p, VERB_APIKEY_CREATE, account, &by), "keys");
	is_int(key_for(w, &by, owner), OUT_DENIED, "%s: a key of the owner",
	       who);
	is_int(key_for(w, &by, boss.user.id), OUT_DENIED,
	       "%s: a key of who may more", who);
	must(ask(w, p, VERB_PASSWORD_SET,
		 (struct thing){.kind = THING_IDENTITY, .name = owner}, &by),
	     "passwords");
	is_int(password_for(&by, owner), OUT_DENIED,
	       "%s: a password of the owner", who);
	must(ask(w, p, VERB_PASSWORD_SET,
		 (struct thing){.kind = THING_IDENTITY, .name = boss.user.id},
		 &by),
	     "passwords");
	is_int(password_for(&by, boss.user.id), OUT_DENIED,
	       "%s: a password of who may more", who);
	must(ask(w, p, VERB_USER_CREATE, account, &by), "people");
	is_int(user_create(&by, &fresh, &w->arena, &made, NULL), OUT_DENIED,
	       "%s: somebody who may everything", who);
	is_int(invite(w, &by, "fresh@example.org", ROLE_ADMINISTRATOR),
	       OUT_DENIED, "%s: an invitation to everything", who);
	is_int(invite(w, &by, email, 0), OUT_CONFLICT,
	       "%s: an invitation of who is there", who);
}

static void
test_identity(struct world *w)
{
	static const char *const rest[] = {"container-registry", "audit",
					   "iam-identity", "iam-groups",
					   "iam-access-management"};
	struct person p = person(w, "people@example.org");
	struct person most = person(w, "most@example.org");
	struct visit by;

	(void)grant(w, p.user.id, ADMIN, "iam-identity", NULL);
	identity_tries(w, &p, "people");
	for (size_t i = 0; i < nitems(rest); i++) {
		(void)grant(w, most.user.id, ADMIN, rest[i], NULL);
		(void)grant(w, most.user.id, MANAGER, rest[i], NULL);
	}
	identity_tries(w, &most, "most");
	must(ask(w, &p, VERB_USER_CREATE, account, &by), "people");
	is_int(invite(w, &by, "soon@example.org", 0), 0, "they invite");
	is_int(invite(w, &by, "soon@example.org", 0), 0, "and once more");
}

/* Who was invited and has not come is nobody yet, but has what they were
 * granted: a second code would make somebody else of them. */
static void
test_invited_again(struct world *w)
{
	struct person p = person(w, "host@example.org");
	struct invite_ask want = {.email = STR("guest@example.org")};
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct group g = group_of(w, "Guests");
	struct invitation made;
	struct policy given;
	struct visit by;

	(void)grant(w, p.user.id, ADMIN, "iam-identity", NULL);
	must(invite_create(&w->owner, &want, &w->arena, &made, &code, NULL),
	     "invite");
	given = grant(w, made.identity, MANAGER, "container-registry", NULL);
	must(ask(w, &p, VERB_USER_CREATE, account, &by), "people");
	is_int(invite(w, &by, "guest@example.org", 0), OUT_DENIED,
	       "a second code for who was granted more");
	must(policy_delete(&w->owner, given.id, NULL), "delete");
	is_int(invite(w, &by, "guest@example.org", 0), 0,
	       "for who was granted nothing");
	(void)grant(w, g.id, READER, "git", NULL);
	must(group_member_add(&w->owner, g.id, made.identity), "member");
	is_int(invite(w, &by, "guest@example.org", 0), OUT_DENIED,
	       "and for who has it by a group");
	is_int(invite(w, &w->owner, "guest@example.org", 0), 0,
	       "the owner invites again");
}

/* --- a service ID, and who made it --- */

static struct service_id
service_id(struct world *w, const struct visit *by, const char *name)
{
	struct service_id_ask want = {.name = str_c(name)};
	struct service_id made;

	must(service_id_create(by, &want, &w->arena, &made, NULL, NULL, NULL),
	     "service ID");
	return made;
}

static void
test_service_id(struct world *w)
{
	struct person maker = person(w, "maker@example.org");
	struct person robot = {.key = STR_NONE};
	struct service_id mine, theirs;
	struct visit by, as;
	struct api_key key;

	(void)grant(w, maker.user.id, EDITOR, "iam-identity", NULL);
	must(ask(w, &maker, VERB_SERVICEID_CREATE, account, &by), "make");
	mine = service_id(w, &by, "mine");
	theirs = service_id(w, &w->owner, "theirs");
	is_int(ask(w, &maker, VERB_POLICY_CREATE, account, &as), OUT_DENIED,
	       "what one made is granted nothing by that");
	is_int(
	    ask(w, &maker, VERB_APIKEY_CREATE,
		(struct thing){.kind = THING_IDENTITY, .name = theirs.iam_id},
		&as),
	    OUT_DENIED, "no key of another's service ID");
	must(ask(w, &maker, VERB_APIKEY_CREATE,
		 (struct thing){.kind = THING_IDENTITY, .name = mine.iam_id},
		 &as),
	     "key of one's own");
	is_int(key_for(w, &as, mine.iam_id), 0, "a key of one's own");
	is_int(key_for(w, &as, theirs.iam_id), OUT_DENIED,
	       "and by that right none of another");
	is_int(key_for(w, &as, str_c(w->owner.who.identity)), OUT_DENIED,
	       "nor of the owner");

	robot.key = world_key(w, mine.iam_id, 0, &key);
	(void)grant(w, mine.iam_id, MANAGER, "container-registry", NULL);
	is_int(ask(w, &robot, VERB_POLICY_CREATE, account, &as), OUT_DENIED,
	       "a Manager gives nothing");
	is_int(ask(w, &robot, VERB_APIKEY_CREATE,
		   (struct thing){.kind = THING_IDENTITY, .name = mine.iam_id},
		   &as),
	       OUT_DENIED, "nor another key to itself");
}

/* A condition holds for what is given away as it does for the rest. */
static void
test_condition(struct world *w)
{
	struct person p = person(w, "now@example.org");
	struct draft d;
	struct policy made;
	struct visit by;

	draft_make(&d, w, p.user.id, ADMIN, "container-registry", NULL);
	d.text.pattern = STR("time-based-conditions:once");
	d.text.rule =
	    STR("{\"key\":\"{{environment.attributes.current_date_time}}\","
		"\"operator\":\"dateTimeLessThan\","
		"\"value\":\"2999-01-01T00:00:00+00:00\"}");
	must(policy_create(&w->owner, &d.text, &w->arena, &made, NULL),
	     "for a time");
	must(ask(w, &p, VERB_POLICY_CREATE, account, &by), "to give");
	is_int(give(w, &by, p.user.id, READER, "container-registry", NULL),
	       OUT_DENIED, "what one has for a time is not given for always");
	d.text.subject = p.user.id;
	d.role = STR(READER);
	is_int(policy_create(&by, &d.text, &w->arena, &made, NULL), OUT_DENIED,
	       "nor for that time");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_namespace(&w);
	test_groups(&w);
	test_by_group(&w);
	test_identity(&w);
	test_invited_again(&w);
	test_service_id(&w);
	test_condition(&w);
	world_end(&w);
	return done_testing();
}
