#include "core/policy.h"

#include "core/core_world.h"
#include "core/group.h"
#include "core/policy_inner.h"
#include "core/resource_group.h"
#include "core/role.h"
#include "core/sql.h"

#define READER	"crn:v1:bluemix:public:iam::::serviceRole:Reader"
#define MANAGER "crn:v1:bluemix:public:iam::::serviceRole:Manager"
#define ADMIN	"crn:v1:bluemix:public:iam::::role:Administrator"

/* What a test asks for: the account comes first by itself. */
struct draft {
	struct policy_text text;
	struct policy_attr attrs[8];
	struct str role;
};

static struct policy_attr
attr(const char *name, const char *op, const char *value)
{
	struct policy_attr a = {.name = str_c(name),
				.op = str_c(op),
				.said = true,
				.value = str_c(value)};

	if (value[0] == '[')
		a.form = POLICY_LIST;
	return a;
}

static void
draft_make(struct draft *d, struct world *w, struct str subject,
	   const char *role, const char *service)
{
	*d = (struct draft){.role = str_c(role)};
	d->attrs[0] = attr("accountId", "stringEquals", w->owner.account);
	d->attrs[1] = attr("serviceName", "stringEquals", service);
	d->text = (struct policy_text){.type = STR("access"),
				       .subject = subject,
				       .roles = &d->role,
				       .n_roles = 1,
				       .resources = d->attrs,
				       .n_resources = 2};
}

static void
draft_add(struct draft *d, const char *name, const char *op, const char *value)
{
	d->attrs[d->text.n_resources++] = attr(name, op, value);
}

static int
create(struct world *w, const struct visit *by, const struct draft *d,
       struct policy *ret)
{
	struct note note = {""};
	int r = policy_create(by, &d->text, &w->arena, ret, &note);

	if (r == OUT_MALFORMED && note.text[0] == '\0')
		printf("# malformed without a word\n");
	return r;
}

/* Somebody with these roles on one service, or on one namespace of it. */
static struct visit
visitor(struct world *w, const char *email, const char *role,
	const char *service, const char *namespace)
{
	struct user user = world_user(w, email, 0);
	struct api_key key;
	struct str value = world_key(w, user.id, 0, &key);
	struct draft d;
	struct policy p;

	draft_make(&d, w, user.id, role, service);
	if (namespace != NULL) {
		draft_add(&d, "resourceType", "stringEquals", "namespace");
		draft_add(&d, "resource", "stringEquals", namespace);
	}
	must(create(w, &w->owner, &d, &p), "policy");
	/* Let in as somebody; what they may give is the store's question. */
	return visit_of(w, value, VERB_WHOAMI,
			(struct thing){.kind = THING_NONE});
}

/* A broad policy and a narrow one, and how they come about, change and end. */
struct life {
	struct draft d;
	struct policy one, two;
};

static void
life_begins(struct world *w, struct life *l)
{
	struct user user = world_user(w, "life@example.org", 0);
	struct policy same;

	draft_make(&l->d, w, user.id, READER, "container-registry");
	draft_add(&l->d, "resource", "stringEquals", "birds");
	l->d.attrs[1].said = false;
	l->d.text.description = STR("look at birds");
	is_int(create(w, &w->owner, &l->d, &l->one), 0, "a policy");
	is_int(l->one.version, 1, "its first version");
	is_str(l->one.text.subject, user.id, "its subject");
	is_str(l->one.text.description, STR("look at birds"),
	       "its description");
	is_int((long long)l->one.text.n_resources, 3, "its attributes");
	ok(!l->one.text.resources[1].said && l->one.text.resources[2].said,
	   "and whether an operator was sent");
	is_int(create(w, &w->owner, &l->d, &same), OUT_CONFLICT, "once more");
	is_str(same.id, l->one.id, "is in conflict with the first");
	l->d.text.description = STR_NONE;
	is_int(create(w, &w->owner, &l->d, &same), OUT_CONFLICT,
	       "whatever its description");
	l->d.role =
	    STR("crn:v1:bluemix:public:container-registry::::serviceRole:"
		"Reader");
	is_int(create(w, &w->owner, &l->d, &same), OUT_CONFLICT,
	       "and whatever the role is called");
	l->d.text.n_resources = 2;
	is_int(create(w, &w->owner, &l->d, &l->two), 0,
	       "a broader one is none");
}

static void
life_changes(struct world *w, struct life *l)
{
	struct policy same;
	struct note note;

	l->d.attrs[2].value = STR("bees");
	l->d.text.n_resources = 3;
	is_int(policy_replace(&w->owner, l->one.id, 7, &l->d.text, &w->arena,
			      &same, &note),
	       OUT_STALE, "replaced by who saw another");
	is_int(policy_replace(&w->owner, l->one.id, 1, &l->d.text, &w->arena,
			      &same, &note),
	       0, "replaced");
	is_int(same.version, 2, "the second version");
	is_str(same.text.resources[2].value, STR("bees"), "says what is new");
	l->d.text.n_resources = 2;
	is_int(policy_replace(&w->owner, l->one.id, 2, &l->d.text, &w->arena,
			      &same, &note),
	       OUT_CONFLICT, "replaced by what another says");
	is_str(same.id, l->two.id, "  which is named");
	l->d.text.type = STR("authorization");
	is_int(policy_replace(&w->owner, l->one.id, 0, &l->d.text, &w->arena,
			      &same, &note),
	       OUT_MALFORMED, "its type stays");
	l->d.text.type = STR("access");
}

static void
life_ends(struct world *w, struct life *l)
{
	struct policy same;
	struct note note;

	is_int(policy_delete(&w->owner, l->two.id, &note), 0, "deleted");
	is_int(policy_delete(&w->owner, l->two.id, &note), OUT_ABSENT,
	       "only once");
	must(policy_get(w->core, str_c(w->owner.account), l->two.id, &w->arena,
			&same),
	     "get");
	ok(same.deleted, "and still seen");
	is_int(policy_replace(&w->owner, l->two.id, 0, &l->d.text, &w->arena,
			      &same, &note),
	       OUT_ABSENT, "not replaced");
	is_int(policy_replace(&w->owner, l->one.id, 2, &l->d.text, &w->arena,
			      &same, &note),
	       0, "another may say the same now");
	is_int(policy_restore(&w->owner, l->two.id, 0, &w->arena, &same, &note),
	       OUT_CONFLICT, "then it cannot come back");
	must(policy_delete(&w->owner, l->one.id, &note), "delete");
	is_int(policy_restore(&w->owner, l->two.id, 9, &w->arena, &same, &note),
	       OUT_STALE, "brought back by who saw another");
	is_int(policy_restore(&w->owner, l->two.id, 0, &w->arena, &same, &note),
	       0, "brought back");
	ok(!same.deleted, "active");
}

static void
life_is_kept(struct world *w, struct life *l)
{
	struct policy same;
	struct note note;

	clock_test_shift(POLICY_KEPT_MS + 1000);
	w->owner = visit_of(w, w->key, VERB_QUOTA_GET,
			    (struct thing){.kind = THING_ACCOUNT});
	is_int(policy_restore(&w->owner, l->one.id, 0, &w->arena, &same, &note),
	       OUT_ABSENT, "not after so long");
	must(core_tidy(w->core), "tidy");
	is_int(policy_get(w->core, str_c(w->owner.account), l->one.id,
			  &w->arena, &same),
	       OUT_ABSENT, "and it is gone");
	is_int(policy_get(w->core, str_c(w->owner.account), l->two.id,
			  &w->arena, &same),
	       0, "which an active one is not");
}

static void
test_life(struct world *w)
{
	struct life l;

	life_begins(w, &l);
	life_changes(w, &l);
	life_ends(w, &l);
	life_is_kept(w, &l);
}

/* So many rows of who has them, all at once. */
static int
fill_write(struct db_at *at, void *arg)
{
	const struct visit *by = arg;
	const struct policy_attr all =
	    attr("accountId", "stringEquals", by->account);
	struct str role = STR(READER);
	int r = 0;

	for (int i = 0; r == 0 && i < POLICIES_SUBJECT_MAX; i++) {
		char id[POLICY_ID_LEN + 1], name[16];
		struct policy_attr attrs[] = {
		    all, attr("resource", "stringEquals", name)};
		struct policy_text text = {.type = STR("access"),
					   .subject = str_c(by->who.identity),
					   .roles = &role,
					   .n_roles = 1,
					   .resources = attrs,
					   .n_resources = nitems(attrs)};

		(void)snprintf(name, sizeof(name), "n%d", i);
		(void)snprintf(id, sizeof(id), "full-%d", i);
		attrs[1].value = str_c(name);
		r = policy_put(at, by, str_c(id), &text);
	}
	return r;
}

static void
test_full(struct world *w)
{
	struct policy_attr many[POLICY_ATTRS_MAX + 1];
	static char rule[POLICY_RULE_MAX + 2];
	struct draft d;
	struct policy p;

	must(db_write(w->core->db, fill_write, &w->owner), "fill");
	draft_make(&d, w, str_c(w->owner.who.identity), READER, "git");
	is_int(create(w, &w->owner, &d, &p), OUT_TOO_MANY,
	       "one more than a subject may have");
	for (size_t i = 0; i < nitems(many); i++)
		many[i] = attr("tag", "stringEquals", "x");
	d.text.tags = many;
	d.text.n_tags = nitems(many) - d.text.n_resources;
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED,
	       "more attributes than a policy may have");
	d.text.n_tags = 0;
	memset(rule, ' ', POLICY_RULE_MAX + 1);
	d.text.pattern = STR("time-based-conditions:once");
	d.text.rule = str_c(rule);
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "too long a rule");
}

static void
test_form(struct world *w)
{
	static const struct {
		const char *why, *name, *op, *value;
		int want;
	} rows[] = {
	    {"a pattern", "resource", "stringMatch", "b*", 0},
	    {"a list", "resource", "stringEqualsAnyOf", "[\"a\",\"b\"]", 0},
	    {"patterns", "resource", "stringMatchAnyOf", "[\"a*\"]", 0},
	    {"an attribute of nothing", "colour", "stringEquals", "red",
	     OUT_MALFORMED},
	    {"twice", "serviceName", "stringEquals", "git", OUT_MALFORMED},
	    {"an operator of nothing", "resource", "stringLike", "x",
	     OUT_MALFORMED},
	    {"whether it is there", "resource", "stringExists", "true",
	     OUT_MALFORMED},
	    {"empty", "resource", "stringEquals", "", OUT_MALFORMED},
	    {"a list that is none", "resource", "stringEqualsAnyOf", "a",
	     OUT_MALFORMED},
	    {"an empty list", "resource", "stringEqualsAnyOf", "[]",
	     OUT_MALFORMED},
	    {"a list of numbers", "resource", "stringEqualsAnyOf", "[1]",
	     OUT_MALFORMED},
	    {"a list for one", "resource", "stringEquals", "[\"a\"]",
	     OUT_MALFORMED},
	};
	struct user user = world_user(w, "form@example.org", 0);
	struct draft d;
	struct policy p;

	for (size_t i = 0; i < nitems(rows); i++) {
		draft_make(&d, w, user.id, READER, "container-registry");
		draft_add(&d, rows[i].name, rows[i].op, rows[i].value);
		is_int(create(w, &w->owner, &d, &p), rows[i].want, "%s",
		       rows[i].why);
	}
}

/* By its id alone: a policy on a group that is not there would be no grant. */
static void
test_resource_group(struct world *w)
{
	static const struct {
		const char *op, *head, *tail; /* tail NULL: without the id */
		int want;
	} rows[] = {
	    {"stringEquals", "", "", 0},
	    {"stringMatch", "", "*", 0},
	    {"stringEqualsAnyOf", "[\"", "\"]", 0},
	    {"stringMatchAnyOf", "[\"*\",\"", "\"]", 0},
	    {"stringEquals", "default", NULL, OUT_MALFORMED},
	    {"stringEquals", "Default", NULL, OUT_MALFORMED},
	    {"stringEquals", "*", NULL, OUT_MALFORMED},
	    {"stringMatch", "x*", NULL, OUT_MALFORMED},
	    {"stringEqualsAnyOf", "[\"", "\",\"default\"]", OUT_MALFORMED},
	    {"stringMatchAnyOf", "[\"x*\",\"", "\"]", OUT_MALFORMED},
	};
	struct user user = world_user(w, "group@example.org", 0);
	char id[RESOURCE_GROUP_ID_LEN + 1];
	struct note note = {""};
	struct draft d;
	struct policy p;

	resource_group_id(str_c(w->owner.account), id);
	for (size_t i = 0; i < nitems(rows); i++) {
		struct str value = str_c(rows[i].head);

		if (rows[i].tail != NULL)
			value = arena_strf(&w->arena, "%s%s%s", rows[i].head,
					   id, rows[i].tail);

		draft_make(&d, w, user.id, READER, "container-registry");
		draft_add(&d, "resourceGroupId", rows[i].op, value.p);
		is_int(create(w, &w->owner, &d, &p), rows[i].want, "%s %s",
		       rows[i].op, value.p);
	}
	draft_make(&d, w, user.id, READER, "container-registry");
	draft_add(&d, "resourceGroupId", "stringEquals", w->owner.account);
	is_int(policy_create(&w->owner, &d.text, &w->arena, &p, &note),
	       OUT_MALFORMED, "the account's id is not its group's");
	ok(strstr(note.text, "no such resource group") != NULL &&
	       strstr(note.text, id) != NULL,
	   "which is told");
}

static void
test_whole(struct world *w)
{
	struct user user = world_user(w, "whole@example.org", 0);
	static char longest[POLICY_VALUE_MAX + 2];
	struct str many[POLICY_ROLES_MAX + 1];
	struct draft d;
	struct policy p;

	draft_make(&d, w, user.id, READER, "kubernetes");
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "no such service");
	draft_make(&d, w, user.id, READER, "git");
	d.attrs[0].value = STR("ffffffffffffffffffffffffffffffff");
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "another account");
	draft_make(&d, w, user.id, READER, "git");
	d.attrs[0].op = STR("stringMatch");
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED,
	       "accounts by pattern");
	d.text.resources = &d.attrs[1];
	d.text.n_resources = 1;
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "no account");
	draft_make(&d, w, user.id, READER, "git");
	d.text.n_resources = 1;
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "no service");
	draft_make(&d, w, user.id, "Emperor", "git");
	is_int(create(w, &w->owner, &d, &p), OUT_ABSENT, "no such role");
	draft_make(&d, w, STR("iam-ServiceId-none"), READER, "git");
	is_int(create(w, &w->owner, &d, &p), OUT_ABSENT, "nobody");
	draft_make(&d, w, STR("AccessGroupId-none"), READER, "git");
	d.text.subject_kind = POLICY_GROUP;
	is_int(create(w, &w->owner, &d, &p), OUT_ABSENT, "no group");
	draft_make(&d, w, user.id, READER, "git");
	d.text.subject_op = STR("stringExists");
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "everybody");
	draft_make(&d, w, user.id, READER, "git");
	d.text.pattern = STR("time-based-conditions:never");
	d.text.rule = STR("{}");
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "no condition");

	draft_make(&d, w, user.id, READER, "git");
	memset(longest, 'a', POLICY_VALUE_MAX);
	draft_add(&d, "resource", "stringEquals", longest);
	is_int(create(w, &w->owner, &d, &p), 0, "the longest value");
	longest[POLICY_VALUE_MAX] = 'a';
	d.attrs[2] = attr("resource", "stringEquals", longest);
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "a longer one");
	draft_make(&d, w, user.id, READER, "git");
	for (size_t i = 0; i < nitems(many); i++)
		many[i] = STR(READER);
	d.text.roles = many;
	d.text.n_roles = nitems(many);
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "too many roles");
	d.text.n_roles = 0;
	is_int(create(w, &w->owner, &d, &p), OUT_MALFORMED, "no role");
}

/* Nobody gives more than they administer. */
static void
test_giving(struct world *w)
{
	struct user user = world_user(w, "given@example.org", 0);
	static const struct {
		const char *why, *service, *type, *resource;
		bool registry, birds, everything;
	} rows[] = {
	    {"all of the registry", "container-registry", NULL, NULL, true,
	     false, true},
	    {"its namespace", "container-registry", "namespace", "birds", true,
	     true, true},
	    {"another namespace", "container-registry", "namespace", "bees",
	     true, false, true},
	    {"a kind of it", "container-registry", "namespace", NULL, true,
	     false, true},
	    {"git", "git", NULL, NULL, false, false, true},
	    {"people", "iam-identity", NULL, NULL, false, false, true},
	};
	struct visit all[] = {
	    visitor(w, "r@example.org", ADMIN, "container-registry", NULL),
	    visitor(w, "b@example.org", ADMIN, "container-registry", "birds"),
	    visitor(w, "m@example.org", MANAGER, "container-registry", NULL),
	};
	struct user everywhere =
	    world_user(w, "all@example.org", ROLE_ADMINISTRATOR);
	struct api_key key;
	struct visit boss =
	    visit_of(w, world_key(w, everywhere.id, 0, &key), VERB_WHOAMI,
		     (struct thing){.kind = THING_NONE});

	for (size_t i = 0; i < nitems(rows); i++) {
		struct draft d;
		struct policy p;
		struct note note;
		const struct {
			const struct visit *by;
			bool may;
			const char *who;
		} asks[] = {
		    {&all[0], rows[i].registry, "of the registry"},
		    {&all[1], rows[i].birds, "of one namespace"},
		    {&all[2], false, "a manager"},
		    {&boss, rows[i].everything, "of everything"},
		};

		draft_make(&d, w, user.id, READER, rows[i].service);
		if (rows[i].type != NULL)
			draft_add(&d, "resourceType", "stringEquals",
				  rows[i].type);
		if (rows[i].resource != NULL)
			draft_add(&d, "resource", "stringEquals",
				  rows[i].resource);
		for (size_t j = 0; j < nitems(asks); j++) {
			int r = create(w, asks[j].by, &d, &p);

			is_int(r, asks[j].may ? 0 : OUT_DENIED,
			       "who administers %s gives %s", asks[j].who,
			       rows[i].why);
			if (r != 0)
				continue;
			is_int(policy_delete(&all[2], p.id, &note), OUT_DENIED,
			       "  a manager takes nothing away");
			is_int(policy_delete(asks[j].by, p.id, &note), 0,
			       "  who gave takes away");
		}
	}
}

/* Under a condition, by a pattern, by a list, by a type. */
static const struct {
	const char *why;
	const char *theirs[3], *asked[3]; /* name, op, value */
	int want;
} shapes[] = {
    {"the same pattern",
     {"resource", "stringMatch", "b*"},
     {"resource", "stringMatch", "b*"},
     0},
    {"a name of the pattern",
     {"resource", "stringMatch", "b*"},
     {"resource", "stringEquals", "bees"},
     0},
    {"a name beside it",
     {"resource", "stringMatch", "b*"},
     {"resource", "stringEquals", "cats"},
     OUT_DENIED},
    {"a narrower pattern is not looked into",
     {"resource", "stringMatch", "b*"},
     {"resource", "stringMatch", "be*"},
     OUT_DENIED},
    {"names of the list",
     {"resource", "stringEqualsAnyOf", "[\"a\",\"b\"]"},
     {"resource", "stringEqualsAnyOf", "[\"b\"]"},
     0},
    {"a name more",
     {"resource", "stringEqualsAnyOf", "[\"a\",\"b\"]"},
     {"resource", "stringEqualsAnyOf", "[\"b\",\"c\"]"},
     OUT_DENIED},
    {"any region is still a region",
     {"region", "stringMatch", "*"},
     {"resource", "stringEquals", "b"},
     OUT_DENIED},
    {"the same region",
     {"region", "stringEquals", "local"},
     {"region", "stringEquals", "local"},
     0},
};

static void
test_giving_shapes(struct world *w)
{
	struct user user = world_user(w, "shape@example.org", 0);

	for (size_t i = 0; i < nitems(shapes); i++) {
		char email[32];
		struct visit by;
		struct draft d;
		struct policy p;
		struct user giver;
		struct api_key key;

		(void)snprintf(email, sizeof(email), "s%zu@example.org", i);
		giver = world_user(w, email, 0);
		draft_make(&d, w, giver.id, ADMIN, "container-registry");
		draft_add(&d, shapes[i].theirs[0], shapes[i].theirs[1],
			  shapes[i].theirs[2]);
		must(create(w, &w->owner, &d, &p), "theirs");
		by = visit_of(w, world_key(w, giver.id, 0, &key), VERB_WHOAMI,
			      (struct thing){.kind = THING_NONE});
		draft_make(&d, w, user.id, MANAGER, "container-registry");
		draft_add(&d, shapes[i].asked[0], shapes[i].asked[1],
			  shapes[i].asked[2]);
		is_int(create(w, &by, &d, &p), shapes[i].want, "%s",
		       shapes[i].why);
		if (shapes[i].want == 0)
			must(policy_delete(&w->owner, p.id, NULL), "delete");
	}
}

static int
end_write(struct db_at *at, void *arg)
{
	const struct policy_text *t = arg;

	return policy_end_subject(at, t->resources[0].value, t->subject);
}

static void
test_list(struct world *w)
{
	struct user user = world_user(w, "list@example.org", 0);
	struct str account = str_c(w->owner.account);
	struct policy_filter f = {
	    .account = account, .subject = user.id, .limit = 2};
	struct policy *list;
	struct policy made;
	struct group group;
	struct draft d;
	bool more;
	size_t n;

	draft_make(&d, w, user.id, READER, "git");
	must(create(w, &w->owner, &d, &made), "git");
	draft_make(&d, w, user.id, READER, "server");
	must(create(w, &w->owner, &d, &made), "server");
	draft_make(&d, w, user.id, READER, "key-pair");
	draft_add(&d, "resource", "stringEqualsAnyOf", "[\"a\",\"b\"]");
	must(create(w, &w->owner, &d, &made), "key-pair");
	must(group_create(&w->owner, STR("Listers"), STR(""), &w->arena, &group,
			  NULL),
	     "group");
	must(group_member_add(&w->owner, group.id, user.id), "member");
	draft_make(&d, w, group.id, READER, "audit");
	d.text.subject_kind = POLICY_GROUP;
	must(create(w, &w->owner, &d, &made), "audit");

	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 2, "a page");
	ok(more, "and there are more");
	f.after = list[1].id;
	f.further = true;
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 1, "the last page");
	ok(!more, "is the last");
	f.further = false;
	f.limit = 0;
	f.groups_too = true;
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 4, "with those of the group");
	f.groups_too = false;
	f.plain = true;
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 2, "those that the first version can say");
	f.plain = false;
	f.service = STR("server");
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 1, "of one service");
	must(policy_delete(&w->owner, list[0].id, NULL), "delete");
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 0, "which is deleted");
	f.deleted = true;
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 1, "and listed as such");
	f = (struct policy_filter){.account = account, .subject = user.id};
	draft_make(&d, w, user.id, READER, "git");
	must(db_write(w->core->db, end_write, &d.text), "end");
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	is_int((long long)n, 0, "nothing of who went");
}

/* The order of what is said is nothing that it says. */
static void
test_canonical(struct world *w)
{
	struct str roles[] = {STR(READER), STR(MANAGER)};
	struct str turned[] = {STR(MANAGER), STR(READER), STR(READER)};
	uint8_t a[SHA256_LEN], b[SHA256_LEN];
	struct draft one, two;

	draft_make(&one, w, STR("x"), READER, "git");
	draft_add(&one, "resource", "stringEqualsAnyOf", "[\"a\",\"b\"]");
	two = one;
	two.text.resources = two.attrs;
	two.attrs[0] = one.attrs[2];
	two.attrs[2] = one.attrs[0];
	two.attrs[0].value = STR("[ \"b\", \"a\", \"a\" ]");
	one.text.roles = roles;
	one.text.n_roles = 2;
	two.text.roles = turned;
	two.text.n_roles = 3;
	must(policy_digest(&one.text, a), "digest");
	must(policy_digest(&two.text, b), "digest");
	ok(memcmp(a, b, sizeof(a)) == 0, "in another order");
	two.attrs[0].value = STR("[\"ab\"]");
	must(policy_digest(&two.text, b), "digest");
	ok(memcmp(a, b, sizeof(a)) != 0, "another value");
	two = one;
	two.text.pattern = STR("p");
	must(policy_digest(&two.text, b), "digest");
	ok(memcmp(a, b, sizeof(a)) != 0, "a condition");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_canonical(&w);
	test_form(&w);
	test_resource_group(&w);
	test_whole(&w);
	test_giving(&w);
	test_giving_shapes(&w);
	test_list(&w);
	test_life(&w);
	test_full(&w);
	world_end(&w);
	return done_testing();
}
