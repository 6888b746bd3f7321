/* Who gives what: each policy of somebody who administers, against each that
 * they would hand out. What theirs does not say, or says otherwise, they cannot
 * give. */
#include "core/core_world.h"
#include "core/policy_inner.h"
#include "core/resource_group.h"

#define ADMINISTRATOR "crn:v1:bluemix:public:iam::::role:Administrator"
#define READER	      "crn:v1:bluemix:public:iam::::serviceRole:Reader"

/* An attribute as "name=value"; "~" for "=": a pattern; a value in brackets is
 * a list; "!" behind the name: a flag; "^": an operator that there is none. */
#define SAYS_MAX 4
struct says {
	const char *attrs[SAYS_MAX];
};
#define SAYS(...)                                                              \
	{                                                                      \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}

static struct policy_attr
attr_of(const char *text)
{
	size_t n = strcspn(text, "=~!^");
	const char *value = text + n + 1;
	bool match = text[n] == '~', list = *value == '[';
	struct policy_attr attr = {.name = {text, n},
				   .value = str_c(value),
				   .form = list		    ? POLICY_LIST
					   : text[n] == '!' ? POLICY_FLAG
							    : POLICY_TEXT};

	if (text[n] == '^')
		attr.op = STR("stringExists");
	else if (list)
		attr.op =
		    match ? STR("stringMatchAnyOf") : STR("stringEqualsAnyOf");
	else
		attr.op = match ? STR("stringMatch") : STR("stringEquals");
	return attr;
}

static size_t
attrs_of(struct world *w, const struct says *says,
	 struct policy_attr ret[SAYS_MAX + 1])
{
	static char group[RESOURCE_GROUP_ID_LEN + 20];
	char id[RESOURCE_GROUP_ID_LEN + 1];
	size_t n = 0;

	resource_group_id(str_c(w->owner.account), id);
	(void)snprintf(group, sizeof(group), "resourceGroupId=%s", id);
	ret[n++] = (struct policy_attr){.name = STR("accountId"),
					.op = STR("stringEquals"),
					.value = str_c(w->owner.account)};
	for (size_t i = 0; i < SAYS_MAX && says->attrs[i] != NULL; i++)
		ret[n++] = attr_of(strcmp(says->attrs[i], "group") == 0
				       ? group
				       : says->attrs[i]);
	return n;
}

struct give {
	struct world *w;
	struct str giver;
	const char *role;
	const struct says *theirs, *asked;
	bool tag;
	int got;
};

static int
give_write(struct db_at *at, void *arg)
{
	static int serial;
	struct give *g = arg;
	struct policy_attr theirs[SAYS_MAX + 1], asked[SAYS_MAX + 1];
	const struct policy_attr tag = {.name = STR("team"),
					.op = STR("stringEquals"),
					.value = STR("red")};
	struct str role = str_c(g->role), reader = STR(READER);
	struct policy_text has = {.type = STR("access"),
				  .subject = g->giver,
				  .roles = &role,
				  .n_roles = 1,
				  .resources = theirs,
				  .n_resources =
				      attrs_of(g->w, g->theirs, theirs),
				  .tags = &tag,
				  .n_tags = g->tag ? 1 : 0};
	struct policy_text gives = {.type = STR("access"),
				    .subject = STR("IBMid-somebody"),
				    .roles = &reader,
				    .n_roles = 1,
				    .resources = asked,
				    .n_resources =
					attrs_of(g->w, g->asked, asked)};
	struct visit by = g->w->owner;
	char id[32];

	(void)snprintf(id, sizeof(id), "cover-%d", ++serial);
	must(policy_put(at, &g->w->owner, str_c(id), &has), "theirs");
	by.who.owner = false;
	must(FIELD_PUT(by.who.identity, g->giver), "identity");
	g->got = policy_may_give(at, &by, &gives);
	return 0;
}

static int
gives(struct world *w, struct give g)
{
	static int serial;
	char email[48];

	(void)snprintf(email, sizeof(email), "cover%d@example.org", ++serial);
	g.w = w;
	g.giver = world_user(w, email, 0).id;
	must(db_write(w->core->db, give_write, &g), "give");
	return g.got;
}

static const struct {
	struct says theirs, asked;
	bool may;
} rows[] = {
    /* a value, a pattern, a list */
    {SAYS("serviceName=git", "resource=a"),
     SAYS("serviceName=git", "resource=a"), true},
    {SAYS("serviceName=git", "resource=a"),
     SAYS("serviceName=git", "resource=b"), false},
    {SAYS("serviceName=git", "resource=a"), SAYS("serviceName=git"), false},
    {SAYS("serviceName=git"), SAYS("serviceName=git", "resource=a"), true},
    {SAYS("serviceName=git", "resource~a*"),
     SAYS("serviceName=git", "resource=ab"), true},
    {SAYS("serviceName=git", "resource~a*"),
     SAYS("serviceName=git", "resource~a*"), true},
    {SAYS("serviceName=git", "resource~a*"),
     SAYS("serviceName=git", "resource~ab*"), false},
    {SAYS("serviceName=git", "resource=a*"),
     SAYS("serviceName=git", "resource~a*"), false},
    {SAYS("serviceName=git", "resource~[\"b*\",\"a*\"]"),
     SAYS("serviceName=git", "resource=ab"), true},
    {SAYS("serviceName=git", "resource~[\"b*\",\"a*\"]"),
     SAYS("serviceName=git", "resource=cab"), false},
    {SAYS("serviceName=git", "resource=[\"b\",\"a\"]"),
     SAYS("serviceName=git", "resource=[\"a\"]"), true},
    {SAYS("serviceName=git", "resource=[\"b\",\"a\"]"),
     SAYS("serviceName=git", "resource=[\"a\",\"c\"]"), false},
    {SAYS("serviceName=git", "resource=[\"b\",\"a\"]"),
     SAYS("serviceName=git", "resource=[]"), false},
    /* what has not the form of one says nothing */
    {SAYS("serviceName=git", "resource=true"),
     SAYS("serviceName=git", "resource!true"), true},
    {SAYS("serviceName=git", "resource~t*"),
     SAYS("serviceName=git", "resource!true"), false},
    {SAYS("serviceName=git", "resource~t*"),
     SAYS("serviceName=git", "resource^true"), false},
    {SAYS("serviceName=git", "resource!true"),
     SAYS("serviceName=git", "resource=true"), false},
    {SAYS("serviceName=git", "resource^true"),
     SAYS("serviceName=git", "resource=true"), false},
    {SAYS("serviceName=git", "weather=fair"),
     SAYS("serviceName=git", "weather=fair"), false},
    /* services, and their types */
    {SAYS("serviceName=git"), SAYS("serviceName=container-registry"), false},
    {SAYS("serviceName~g*"), SAYS("serviceName=git"), true},
    {SAYS("serviceName~g*"), SAYS("serviceName=container-registry"), false},
    {SAYS("serviceName~g*"), SAYS("serviceName~*"), false},
    {SAYS("serviceName~*"), SAYS("serviceName=git"), true},
    {SAYS("serviceName~*"), SAYS("serviceType=service"), true},
    {SAYS("serviceName~*"), SAYS("group"), true},
    {SAYS("serviceType~*"), SAYS("serviceName=iam-identity"), true},
    {SAYS("serviceType~*"), SAYS("group"), true},
    {SAYS("serviceType=service"), SAYS("serviceName=git"), true},
    {SAYS("serviceType=service"), SAYS("serviceName=iam-identity"), false},
    {SAYS("serviceType=service"), SAYS("serviceName~iam-*"), false},
    {SAYS("serviceType=service"), SAYS("group"), false},
    {SAYS("serviceType=service"), SAYS("resource=a"), false},
    {SAYS("serviceType~s*"), SAYS("group"), false},
    {SAYS("serviceType=*"), SAYS("serviceName=git"), false},
    {SAYS("serviceType=platform_service"), SAYS("serviceName=iam-identity"),
     true},
    {SAYS("serviceType=platform_service"), SAYS("serviceName=git"), false},
    {SAYS("group"), SAYS("group"), true},
    {SAYS("group"), SAYS("serviceName=git"), false},
    /* a region or a resource that anything would do for is one */
    {SAYS("serviceName=git", "resource~*"), SAYS("serviceName=git"), false},
    {SAYS("serviceName=git", "region~*"), SAYS("serviceName=git"), false},
};

static void
test_covers(struct world *w)
{
	for (size_t i = 0; i < nitems(rows); i++)
		is_int(gives(w, (struct give){.role = ADMINISTRATOR,
					      .theirs = &rows[i].theirs,
					      .asked = &rows[i].asked}),
		       rows[i].may ? 0 : OUT_DENIED, "%s %s: %s %s",
		       rows[i].theirs.attrs[0],
		       rows[i].theirs.attrs[1] == NULL
			   ? ""
			   : rows[i].theirs.attrs[1],
		       rows[i].asked.attrs[0],
		       rows[i].asked.attrs[1] == NULL ? ""
						      : rows[i].asked.attrs[1]);
}

/* A role that only ends like the one that gives, and a policy with a tag. */
static void
test_gives_nothing(struct world *w)
{
	static const struct says git = SAYS("serviceName=git");
	static const char *const roles[] = {
	    READER,
	    "crn:v1:bluemix:public:git::a/x::customRole:Subadministrator",
	    "crn:v1:bluemix:public:iam::::role:Editor"};
	struct give g = {.role = ADMINISTRATOR, .theirs = &git, .asked = &git};

	is_int(gives(w, g), 0, "an administrator");
	g.tag = true;
	is_int(gives(w, g), OUT_DENIED, "of what has a tag");
	g.tag = false;
	for (size_t i = 0; i < nitems(roles); i++) {
		g.role = roles[i];
		is_int(gives(w, g), OUT_DENIED, "%s", roles[i]);
	}
}

static void
test_all(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct visit program = {.core = w->core}, owner = w->owner;
	struct visit token = w->owner;

	must(db_view_begin(w->core->db, &view), "view");
	is_int(policy_may_give_account(view, &program), 0, "the program");
	is_int(policy_may_give_account(view, &owner), 0, "the owner");
	token.who.owner = false;
	token.who.identity[0] = '\0';
	is_int(policy_may_give_account(view, &token), OUT_DENIED,
	       "who is nobody");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	subtest("covers") test_covers(&w);
	subtest("gives nothing") test_gives_nothing(&w);
	subtest("all") test_all(&w);
	world_end(&w);
	return done_testing();
}
