/* How much there may be of policies, roles and groups, filled up by rows; and
 * of whom nothing changes. */
#include "core/core_world.h"
#include "core/group.h"
#include "core/policy_inner.h"
#include "core/role.h"
#include "core/service_id.h"
#include "core/sql.h"

#define READER "crn:v1:bluemix:public:iam::::serviceRole:Reader"
#define WEEKLY "time-based-conditions:weekly:"
#define DAY                                                                    \
	"{\"key\":\"{{environment.attributes.day_of_week}}\","                 \
	"\"operator\":\"dayOfWeekAnyOf\",\"value\":[\"1+09:00\",\"2+09:00\"]}"
#define HOUR(op, t)                                                            \
	"{\"key\":\"{{environment.attributes.current_time}}\","                \
	"\"operator\":\"" op "\",\"value\":\"" t "\"}"

struct draft {
	struct policy_text text;
	struct policy_attr attrs[3];
	struct str role;
};

static void
draft_make(struct draft *d, const struct visit *by, struct str subject,
	   struct str name)
{
	const struct str pairs[][2] = {
	    {STR("accountId"), str_c(by->account)},
	    {STR("serviceName"), STR("container-registry")},
	    {STR("resource"), name}};

	*d = (struct draft){.role = STR(READER)};
	for (size_t i = 0; i < nitems(pairs); i++)
		d->attrs[i] = (struct policy_attr){.name = pairs[i][0],
						   .op = STR("stringEquals"),
						   .value = pairs[i][1]};
	d->text = (struct policy_text){.type = STR("access"),
				       .subject = subject,
				       .roles = &d->role,
				       .n_roles = 1,
				       .resources = d->attrs,
				       .n_resources = nitems(d->attrs)};
}

static int
create(struct world *w, struct str subject, const char *name,
       struct policy *ret, struct note *note)
{
	struct draft d;

	draft_make(&d, &w->owner, subject, str_c(name));
	return policy_create(&w->owner, &d.text, &w->arena, ret, note);
}

/* Rows from first up to end, of this kind. */
struct fill {
	const struct visit *by;
	struct str id; /* of what they belong to */
	int first, end;
	int (*one)(struct db_at *, const struct fill *, int);
};

static int
fill_write(struct db_at *at, void *arg)
{
	const struct fill *f = arg;
	int r = 0;

	for (int i = f->first; r == 0 && i < f->end; i++)
		r = f->one(at, f, i);
	return r;
}

static void
fill(struct world *w, struct str id, int first, int end,
     int (*one)(struct db_at *, const struct fill *, int))
{
	struct fill f = {
	    .by = &w->owner, .id = id, .first = first, .end = end, .one = one};

	must(db_write(w->core->db, fill_write, &f), "fill");
}

struct word {
	char text[64];
};
static struct word
word(const char *head, int i)
{
	struct word w;

	(void)snprintf(w.text, sizeof(w.text), "%s%d", head, i);
	return w;
}

/* --- policies --- */

static int
one_policy(struct db_at *at, const struct fill *f, int i)
{
	struct word id = word("fill-", i), name = word("n", i);
	struct draft d;

	draft_make(&d, f->by, f->id, str_c(name.text));
	return policy_put(at, f->by, str_c(id.text), &d.text);
}

static int
one_deleted(struct db_at *at, const struct fill *f, int i)
{
	struct word id = word("fill-", i);

	return db_exec(at, SQL_policy_set_state, NULL, "sssi", str_c(id.text),
		       STR("deleted"), str_c(f->by->who.identity),
		       f->by->at - 100000 + i);
}

static bool
is_there(struct world *w, const char *id)
{
	struct policy p;

	return policy_get(w->core, str_c(w->owner.account), str_c(id),
			  &w->arena, &p) == 0;
}

static void
test_policies(struct world *w)
{
	struct user user = world_user(w, "full@example.org", 0);
	struct note note = {""};
	struct policy p;

	fill(w, STR("others"), 0, POLICIES_MAX - 1, one_policy);
	is_int(create(w, user.id, "last", &p, &note), 0,
	       "the last policy of an account");
	is_int(create(w, user.id, "more", &p, &note), OUT_TOO_MANY, "one more");
	ok(strstr(note.text, "an account has at most 10000") != NULL,
	   "of the account: %s", note.text);
}

static void
test_kept(struct world *w)
{
	struct user user = world_user(w, "kept@example.org", 0);
	struct word oldest = word("fill-", 0), next = word("fill-", 1);
	struct word last = word("fill-", POLICIES_KEPT_MAX - 1);
	struct policy p, back;

	fill(w, STR(""), 0, POLICIES_KEPT_MAX, one_deleted);
	must(create(w, user.id, "deleted", &p, NULL), "policy");
	ok(is_there(w, oldest.text), "as many deleted ones as are kept");
	is_int(policy_delete(&w->owner, p.id, NULL), 0, "one more");
	ok(!is_there(w, oldest.text), "the oldest is forgotten");
	ok(is_there(w, next.text) && is_there(w, last.text), "and no other");
	is_int(policy_restore(&w->owner, p.id, 0, &w->arena, &back, NULL), 0,
	       "this one comes back");
	is_int(policy_delete(&w->owner, p.id, NULL), 0, "and goes");
	ok(is_there(w, next.text), "in the place that it had");
	ok(is_there(w, word("fill-", POLICIES_KEPT_MAX).text),
	   "active ones are not counted");
}

/* --- a page --- */

static void
test_page(struct world *w)
{
	enum {
		BIG =
		    POLICY_PAGE_BYTES / POLICY_VALUES_MAX / POLICY_VALUE_MAX + 5
	};
	static char values[POLICY_VALUES_MAX * (POLICY_VALUE_MAX + 3) + 2];
	struct user user = world_user(w, "page@example.org", 0);
	struct policy_filter f = {.account = str_c(w->owner.account),
				  .subject = user.id,
				  .limit = PAGE_MAX};
	struct policy *list, made;
	struct draft d;
	size_t n, first;
	bool more;

	for (int i = 0; i < BIG; i++) {
		char *p = values;

		for (int j = 0; j < POLICY_VALUES_MAX; j++) {
			*p++ = j == 0 ? '[' : ',';
			*p++ = '"';
			memset(p, 'a' + i, POLICY_VALUE_MAX);
			p += POLICY_VALUE_MAX;
			*p++ = '"';
		}
		*p++ = ']';
		draft_make(&d, &w->owner, user.id,
			   (struct str){values, (size_t)(p - values)});
		d.attrs[2].form = POLICY_LIST;
		d.attrs[2].op = STR("stringEqualsAnyOf");
		must(policy_create(&w->owner, &d.text, &w->arena, &made, NULL),
		     "a large one");
	}
	must(policy_list(w->core, &f, &w->arena, &list, &first, &more), "list");
	ok(first > 1 && first < (size_t)BIG && more,
	   "a page ends when it is large: %zu", first);
	f.further = true;
	f.after = list[first - 1].id;
	must(policy_list(w->core, &f, &w->arena, &list, &n, &more), "list");
	ok(first + n == (size_t)BIG && !more, "the next one has the rest");
}

/* --- roles and groups --- */

static int
one_role(struct db_at *at, const struct fill *f, int i)
{
	struct word id = word("role-", i), name = word("Role", i);

	return db_exec(at, SQL_role_insert, NULL, "ssssssssi", str_c(id.text),
		       str_c(f->by->account), STR("git"), str_c(name.text),
		       STR("R"), STR(""), STR("[\"git.repository.read\"]"),
		       str_c(f->by->who.identity), f->by->at);
}

static void
test_roles(struct world *w)
{
	struct str actions[] = {STR("git.repository.read")};
	struct custom_role_ask ask = {.service = STR("git"),
				      .name = STR("Last"),
				      .display_name = STR("Last"),
				      .description = STR(""),
				      .actions = actions,
				      .n_actions = 1};
	struct custom_role role;
	struct note note = {""};

	fill(w, STR(""), 0, ROLES_MAX - 1, one_role);
	is_int(role_create(&w->owner, &ask, &w->arena, &role, &note), 0,
	       "the last role of an account");
	ask.name = STR("More");
	is_int(role_create(&w->owner, &ask, &w->arena, &role, &note),
	       OUT_TOO_MANY, "one more");
	ok(strstr(note.text, "at most 100 roles") != NULL, "and why: %s",
	   note.text);
}

static int
one_group(struct db_at *at, const struct fill *f, int i)
{
	struct word id = word("group-", i), name = word("group ", i);

	return db_exec(at, SQL_group_insert, NULL, "ssssssi", str_c(id.text),
		       str_c(f->by->account), str_c(name.text),
		       str_c(name.text), STR(""), str_c(f->by->who.identity),
		       f->by->at);
}

static int
one_member(struct db_at *at, const struct fill *f, int i)
{
	struct word id = word("IBMid-", i), email = word("m", i);
	int r =
	    db_exec(at, SQL_identity_insert, NULL, "sssssSii", str_c(id.text),
		    str_c(f->by->account), STR("m"), str_c(email.text),
		    str_c(email.text), STR_NONE, (int64_t)0, f->by->at);

	return r != 0 ? r
		      : db_exec(at, SQL_group_member_insert, NULL, "sssi",
				f->id, str_c(id.text),
				str_c(f->by->who.identity), f->by->at);
}

static int
one_membership(struct db_at *at, const struct fill *f, int i)
{
	struct word id = word("group-", i);

	return db_exec(at, SQL_group_member_insert, NULL, "sssi",
		       str_c(id.text), f->id, str_c(f->by->who.identity),
		       f->by->at);
}

static void
test_groups(struct world *w)
{
	struct user user = world_user(w, "in@example.org", 0);
	struct user other = world_user(w, "too@example.org", 0);
	struct group group;
	struct note note = {""};

	fill(w, STR(""), 0, GROUPS_MAX - 1, one_group);
	is_int(group_create(&w->owner, STR("Last"), STR(""), &w->arena, &group,
			    &note),
	       0, "the last group of an account");
	fill(w, group.id, 0, GROUP_MEMBERS_MAX - 1, one_member);
	is_int(group_member_add(&w->owner, group.id, user.id), 0,
	       "the last member of a group");
	is_int(group_member_add(&w->owner, group.id, other.id), OUT_TOO_MANY,
	       "one more");
	is_int(group_member_add(&w->owner, group.id, user.id), 0,
	       "who is in already is no more");
	fill(w, other.id, 0, GROUPS_OF_MAX - 1, one_membership);
	is_int(group_member_add(&w->owner, str_c(word("group-", 300).text),
				other.id),
	       0, "the last group of somebody");
	is_int(group_member_add(&w->owner, str_c(word("group-", 301).text),
				other.id),
	       OUT_TOO_MANY, "one more");
	is_int(group_create(&w->owner, STR("More"), STR(""), &w->arena, &group,
			    &note),
	       OUT_TOO_MANY, "one group more");
	ok(strstr(note.text, "at most 500 groups") != NULL, "and why: %s",
	   note.text);
}

/* --- of whom nothing changes --- */

static void
test_locked(struct world *w)
{
	struct service_id_ask ask = {.name = STR("robot")};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct service_id service;
	struct api_key key;
	struct policy kept, gone, got;
	struct note note = {""};
	struct draft d;

	must(service_id_create(&w->owner, &ask, &w->arena, &service, &key,
			       &value, NULL),
	     "service ID");
	must(create(w, service.iam_id, "kept", &kept, NULL), "policy");
	must(create(w, service.iam_id, "gone", &gone, NULL), "policy");
	must(policy_delete(&w->owner, gone.id, NULL), "delete");
	must(service_id_lock(&w->owner, service.iam_id, true), "lock");
	is_int(create(w, service.iam_id, "new", &got, &note), OUT_CONFLICT,
	       "nothing is granted to who is locked");
	ok(got.id.n == 0 && strstr(note.text, "locked") != NULL,
	   "which no other policy is the reason of: %s", note.text);
	draft_make(&d, &w->owner, service.iam_id, STR("changed"));
	is_int(policy_replace(&w->owner, kept.id, 0, &d.text, &w->arena, &got,
			      &note),
	       OUT_CONFLICT, "nothing is changed");
	is_int(policy_delete(&w->owner, kept.id, &note), OUT_CONFLICT,
	       "nothing is taken away");
	is_int(policy_restore(&w->owner, gone.id, 0, &w->arena, &got, &note),
	       OUT_CONFLICT, "nothing comes back");
	must(service_id_lock(&w->owner, service.iam_id, false), "unlock");
	is_int(policy_delete(&w->owner, kept.id, &note), 0, "unlocked it is");
}

static void
test_weekly(struct world *w)
{
	static const struct {
		const char *name, *pattern, *rule;
	} rows[] = {
	    {"days", WEEKLY "all-day", DAY},
	    {"hours", WEEKLY "custom-hours",
	     "{\"operator\":\"and\",\"conditions\":[" DAY
	     "," HOUR("timeGreaterThanOrEquals", "09:00:00+09:00") "," HOUR(
		 "timeLessThanOrEquals", "18:00:00+09:00") "]}"},
	};
	struct user user = world_user(w, "weekly@example.org", 0);

	for (size_t i = 0; i < nitems(rows); i++) {
		struct policy p = {.id = STR("")};
		struct draft d;

		draft_make(&d, &w->owner, user.id, str_c(rows[i].name));
		d.text.pattern = str_c(rows[i].pattern);
		d.text.rule = str_c(rows[i].rule);
		is_int(policy_create(&w->owner, &d.text, &w->arena, &p, NULL),
		       0, "%s of the week", rows[i].name);
		is_str(p.text.pattern, str_c(rows[i].pattern), "as sent");
		is_str(p.text.rule, str_c(rows[i].rule), "word for word");
		d.text.rule = STR(HOUR("timeLessThan", "00:00:00Z"));
		is_int(policy_create(&w->owner, &d.text, &w->arena, &p, NULL),
		       OUT_MALFORMED, "not what the pattern has not");
	}
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_locked(&w);
	test_weekly(&w);
	test_page(&w);
	test_roles(&w);
	test_groups(&w);
	world_end(&w);
	world_make(&w);
	test_policies(&w);
	test_kept(&w);
	world_end(&w);
	return done_testing();
}
