/* Who gives many policies at once: each of them is compared, in a bounded work.
 */
#include "core/core_world.h"
#include "core/group.h"
#include "core/policy_inner.h"

#define ADMINISTRATOR "crn:v1:bluemix:public:iam::::role:Administrator"
#define READER	      "crn:v1:bluemix:public:iam::::serviceRole:Reader"

/* So many policies of a subject: number i is about the resource "<head>i". */
struct fill {
	struct world *w;
	struct str subject;
	const char
	    *prefix; /* of their ids, that say in which order they come */
	const char *role, *op, *head, *value;
	int n;
};

static int
fill_write(struct db_at *at, void *arg)
{
	const struct fill *f = arg;
	bool list = strstr(f->op, "AnyOf") != NULL;
	struct str role = str_c(f->role);
	int r = 0;

	for (int i = 0; r == 0 && i < f->n; i++) {
		char id[48], name[32], region[32];
		struct policy_attr attrs[] = {
		    {.name = STR("accountId"),
		     .op = STR("stringEquals"),
		     .value = str_c(f->w->owner.account)},
		    {.name = STR("serviceName"),
		     .op = STR("stringEquals"),
		     .value = STR("container-registry")},
		    {
			.name = STR("resource"),
			.op = str_c(f->op),
			.form = list ? POLICY_LIST : POLICY_TEXT,
		    },
		    {
			.name = STR("region"),
			.op = STR("stringEquals"),
		    },
		};
		struct policy_text text = {
		    .type = STR("access"),
		    .subject_kind =
			str_starts(f->subject, STR("AccessGroupId-"))
			    ? POLICY_GROUP
			    : POLICY_IDENTITY,
		    .subject = f->subject,
		    .roles = &role,
		    .n_roles = 1,
		    .resources = attrs,
		    /* No two say the same. */
		    .n_resources = f->value != NULL && f->n > 1 ? 4 : 3};

		(void)snprintf(id, sizeof(id), "%s-%05d", f->prefix, i);
		(void)snprintf(name, sizeof(name), "%s%d", f->head, i);
		(void)snprintf(region, sizeof(region), "r%d", i);
		attrs[2].value = str_c(f->value != NULL ? f->value : name);
		attrs[3].value = str_c(region);
		r = policy_put(at, &f->w->owner, str_c(id), &text);
	}
	return r;
}

static void
fill(struct fill f)
{
	must(db_write(f.w->core->db, fill_write, &f), "fill");
}

static struct str
group(struct world *w, const char *name)
{
	struct visit by = w->owner;
	struct group made;

	by.verb = VERB_GROUP_CREATE;
	by.thing = (struct thing){.kind = THING_ACCOUNT};
	must(group_create(&by, str_c(name), STR(""), &w->arena, &made, NULL),
	     "group");
	return made.id;
}

static int
gives(struct world *w, struct str giver, struct str group)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct visit by = w->owner;

	by.who.owner = false;
	must(FIELD_PUT(by.who.identity, giver), "identity");
	must(db_view_begin(w->core->db, &view), "view");
	return policy_may_give_group(view, &by, group);
}

static void
test_each(struct world *w)
{
	struct user giver = world_user(w, "each@example.org", 0);
	struct str all = group(w, "all"), one_more = group(w, "one more");

	fill((struct fill){w, giver.id, "each", ADMINISTRATOR, "stringEquals",
			   "n", NULL, 300});
	fill((struct fill){w, all, "all", READER, "stringEquals", "n", NULL,
			   300});
	fill((struct fill){w, one_more, "more", READER, "stringEquals", "n",
			   NULL, 301});
	is_int(gives(w, giver.id, all), 0, "each is one they administer");
	is_int(gives(w, giver.id, one_more), OUT_DENIED, "one is not");
}

static void
test_count(struct world *w)
{
	struct user giver = world_user(w, "count@example.org", 0);
	struct str one = group(w, "one"), many = group(w, "many"),
		   behind = group(w, "behind");

	fill(
	    (struct fill){w, one, "one", READER, "stringEquals", "x", NULL, 1});
	fill((struct fill){w, behind, "behind", READER, "stringEquals", "y",
			   NULL, 1});
	fill((struct fill){w, giver.id, "p0", READER, "stringEquals", "n", NULL,
			   POLICIES_GIVE_MAX});
	fill((struct fill){w, giver.id, "p1", ADMINISTRATOR, "stringEquals",
			   "n", NULL, POLICIES_GIVE_MAX - 1});
	fill((struct fill){w, giver.id, "p2", ADMINISTRATOR, "stringMatch", "",
			   "x*", 1});
	is_int(gives(w, giver.id, one), 0, "by the last of as many as count");
	fill((struct fill){w, giver.id, "p3", ADMINISTRATOR, "stringMatch", "",
			   "y*", 1});
	is_int(gives(w, giver.id, behind), OUT_DENIED, "not by one behind it");
	fill((struct fill){w, many, "many", READER, "stringEquals", "", "n1",
			   POLICIES_GIVE_MAX});
	is_int(gives(w, giver.id, many), 0, "as many as can be given at once");
	fill((struct fill){w, many, "most", READER, "stringEquals", "", "n1",
			   1});
	is_int(gives(w, giver.id, many), OUT_DENIED, "and one more");
}

static void
test_work(struct world *w)
{
	struct user giver = world_user(w, "work@example.org", 0);
	struct str few = group(w, "few"), many = group(w, "lots");
	static char patterns[POLICY_VALUE_MAX + 1], name[POLICY_VALUE_MAX + 1];
	size_t n = 0;

	patterns[n++] = '[';
	while (n < POLICY_VALUES_MAX * 9)
		n += (size_t)snprintf(patterns + n, sizeof(patterns) - n,
				      "%s\"*a*a*b\"", n > 1 ? "," : "");
	patterns[n] = ']';
	memset(name, 'a', 900);
	fill((struct fill){w, giver.id, "w0", ADMINISTRATOR, "stringMatchAnyOf",
			   "", patterns, 100});
	fill((struct fill){w, giver.id, "w1", ADMINISTRATOR, "stringEquals", "",
			   name, 1});
	fill((struct fill){w, few, "few", READER, "stringEquals", "", name, 1});
	fill((struct fill){w, many, "lots", READER, "stringEquals", "", name,
			   100});
	is_int(gives(w, giver.id, few), 0, "compared with all that there is");
	is_int(gives(w, giver.id, many), OUT_DENIED,
	       "more work than one write may be");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	subtest("each") test_each(&w);
	subtest("count") test_count(&w);
	subtest("work") test_work(&w);
	world_end(&w);
	return done_testing();
}
