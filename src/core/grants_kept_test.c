/* What is remembered of what was granted: which changes end it, and which do
 * not. */
#include "core/core_world.h"
#include "core/gate_inner.h"
#include "core/grants_inner.h"
#include "core/group.h"
#include "core/invite.h"
#include "core/policy.h"
#include "core/service_id.h"
#include "core/sql.h"

static struct user friend, guest;
static struct subject who; /* friend, by a key */
static struct str group_id, role_id, policy_id, service_id;
static struct grants *held; /* so that nothing new can lie where it lay */

/* Was it read anew since the last time that this was asked? */
static bool
is_fresh(struct world *w)
{
	struct grants *now = NULL;
	bool fresh;

	must(grants_load(w->core, NULL, &who, gate_generation(w->core), true,
			 &now),
	     "grants");
	fresh = now != held;
	grants_unrefp(&held);
	held = now;
	return fresh;
}

static struct policy_text
text_for(struct world *w, struct str subject, struct str *role)
{
	static struct policy_attr attrs[2];

	attrs[0] = (struct policy_attr){.name = STR("accountId"),
					.op = STR("stringEquals"),
					.value = str_c(w->owner.account)};
	attrs[1] = (struct policy_attr){.name = STR("serviceName"),
					.op = STR("stringEquals"),
					.value = STR("container-registry")};
	return (struct policy_text){
	    .type = STR("access"),
	    .subject_kind = str_starts(subject, STR("AccessGroupId-"))
				? POLICY_GROUP
				: POLICY_IDENTITY,
	    .subject = subject,
	    .roles = role,
	    .n_roles = 1,
	    .resources = attrs,
	    .n_resources = 2};
}

static int
policy_for(struct world *w, struct str subject, const char *role,
	   struct policy *ret)
{
	struct str roles[] = {str_c(role)};
	struct policy_text text = text_for(w, subject, roles);

	return policy_create(&w->owner, &text, &w->arena, ret, NULL);
}

/* --- what ends it --- */

static int
grant(struct world *w)
{
	struct policy p;
	int r = policy_for(w, friend.id, "Reader", &p);

	if (r == 0)
		policy_id = p.id;
	return r;
}

static int
replace(struct world *w)
{
	struct str roles[] = {STR("Writer")};
	struct policy_text text = text_for(w, friend.id, roles);
	struct policy p;

	return policy_replace(&w->owner, policy_id, 0, &text, &w->arena, &p,
			      NULL);
}

static int delete (struct world *w)
{
	return policy_delete(&w->owner, policy_id, NULL);
}

static int
restore(struct world *w)
{
	struct policy p;

	return policy_restore(&w->owner, policy_id, 0, &w->arena, &p, NULL);
}

static int
grant_group(struct world *w)
{
	struct policy p;

	return policy_for(w, group_id, "Reader", &p);
}

static int
join(struct world *w)
{
	return group_member_add(&w->owner, group_id, friend.id);
}

static int
leave(struct world *w)
{
	return group_member_remove(&w->owner, group_id, friend.id);
}

static int
group_end(struct world *w)
{
	return group_delete(&w->owner, group_id, true);
}

static struct str pulls_only[] = {STR_INIT("container-registry.image.pull")};

static int
role_make(struct world *w)
{
	struct custom_role_ask ask = {.service = STR("container-registry"),
				      .name = STR("Puller"),
				      .display_name = STR("Puller"),
				      .description = STR(""),
				      .actions = pulls_only,
				      .n_actions = 1};
	struct custom_role role;
	int r = role_create(&w->owner, &ask, &w->arena, &role, NULL);

	if (r == 0)
		role_id = role.id;
	return r;
}

static int
role_change(struct world *w)
{
	struct custom_role_ask ask = {.actions = pulls_only, .n_actions = 1};
	struct custom_role role;

	return role_update(&w->owner, role_id, 0, &ask, &w->arena, &role, NULL);
}

static int
role_end(struct world *w)
{
	return role_delete(&w->owner, role_id, NULL);
}

static int
user_with_roles(struct world *w)
{
	guest = world_user(w, "guest@example.org", ROLE_READER);
	return 0;
}

static int
user_away(struct world *w)
{
	return member_remove(&w->owner, guest.id);
}

static struct str code;

static int
invite(struct world *w)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct invite_ask ask = {.email = STR("new@example.org"),
				 .name = STR("new"),
				 .roles = ROLE_READER};
	struct invitation made;
	int r = invite_create(&w->owner, &ask, &w->arena, &made, &value, NULL);

	if (r == 0)
		code = keep(w, secret_reveal(&value));
	return r;
}

static int
come(struct world *w)
{
	struct accept_ask ask = {.code = code,
				 .name = STR("new"),
				 .password = STR("correct horse battery"),
				 .addr = ADDR};
	struct accepted got;
	int64_t wait;
	int r = invite_accept(w->core, &ask, &w->arena, &got, &wait, NULL);

	return r != 0 ? r : member_remove(&w->owner, got.user.id);
}

static int
service_make(struct world *w)
{
	struct service_id_ask ask = {.name = STR("robot")};
	struct visit by = visit_of(w, w->key, VERB_SERVICEID_CREATE,
				   (struct thing){.kind = THING_ACCOUNT});
	struct service_id made;
	int r =
	    service_id_create(&by, &ask, &w->arena, &made, NULL, NULL, NULL);

	if (r == 0)
		service_id = made.iam_id;
	return r;
}

static int
service_end(struct world *w)
{
	return service_id_delete(&w->owner, service_id);
}

/* --- what does not --- */

static struct api_key key;

static int
token_make(struct world *w)
{
	struct regtoken token;

	(void)world_token(w, false, true, &token);
	return 0;
}

static int
key_make(struct world *w)
{
	(void)world_key(w, friend.id, 0, &key);
	return 0;
}

static int
key_end(struct world *w)
{
	return api_key_delete(&w->owner, key.id);
}

static int
disable(struct world *w)
{
	return user_disable(&w->owner, friend.id, true);
}

static int
enable(struct world *w)
{
	return user_disable(&w->owner, friend.id, false);
}

static int
group_make(struct world *w)
{
	struct group group;
	int r = group_create(&w->owner, STR("Readers"), STR_NONE, &w->arena,
			     &group, NULL);

	if (r == 0)
		group_id = group.id;
	return r;
}

static int
somewhere(struct db_at *at, void *arg)
{
	gate_granted(at, *(const struct str *)arg);
	return 0;
}

/* Another account, of another slot. */
static int
elsewhere(struct world *w)
{
	char name[16];

	for (int i = 0; i < 1000; i++) {
		struct str account = {name, 0};

		account.n = (size_t)snprintf(name, sizeof(name), "a%d", i);
		must(db_write(w->core->db, somewhere, &account), "write");
		if (gate_granted_at(w->core, account) !=
		    gate_granted_at(w->core, str_c(who.account)))
			return 0;
		(void)is_fresh(w);
	}
	return OUT_CONFLICT;
}

static const struct {
	const char *what;
	int (*fn)(struct world *);
	bool ends;
} steps[] = {
    {"a token", token_make, false},
    {"a key", key_make, false},
    {"its end", key_end, false},
    {"disabled", disable, false},
    {"and not any more", enable, false},
    {"granted in another account", elsewhere, false},
    {"a policy", grant, true},
    {"replaced", replace, true},
    {"deleted", delete, true},
    {"restored", restore, true},
    {"a group", group_make, false},
    {"its policy", grant_group, true},
    {"somebody joins", join, true},
    {"and leaves", leave, true},
    {"the group ends", group_end, true},
    {"a role", role_make, true},
    {"changed", role_change, true},
    {"and ended", role_end, true},
    {"a user with roles", user_with_roles, true},
    {"goes", user_away, true},
    {"an invitation", invite, true},
    {"is taken up", come, true},
    {"a service ID", service_make, false},
    {"ends", service_end, true},
};

static void
test_steps(struct world *w)
{
	(void)is_fresh(w);
	ok(!is_fresh(w), "it is remembered");
	for (size_t i = 0; i < nitems(steps); i++) {
		uint64_t before = gate_generation(w->core);

		is_int(steps[i].fn(w), 0, "%s", steps[i].what);
		ok(is_fresh(w) == steps[i].ends, "%s", steps[i].what);
		ok(!is_fresh(w), "then it is remembered");
		ok(gate_generation(w->core) > before ||
		       (!steps[i].ends && steps[i].fn != key_end),
		   "what ends it ends all other memory, too");
	}
}

/* --- in the commit itself --- */

struct look {
	struct world *w;
	bool same, same_after;
	int r;
};

static bool
is_held(struct db_at *at, struct world *w)
{
	CLEAN(grants_unrefp) struct grants *now = NULL;

	must(grants_load(w->core, at, &who, gate_generation(w->core), false,
			 &now),
	     "grants");
	return now == held;
}

static int
look_write(struct db_at *at, void *arg)
{
	struct look *look = arg;

	gate_changed(at);
	look->same = is_held(at, look->w);
	gate_granted(at, str_c(who.account));
	look->same_after = is_held(at, look->w);
	return look->r;
}

static void
test_in_commit(struct world *w)
{
	struct look look = {.w = w, .r = OUT_CONFLICT};

	(void)is_fresh(w);
	is_int(db_write(w->core->db, look_write, &look), OUT_CONFLICT,
	       "a write that is undone");
	ok(look.same, "remembers after what granted nothing");
	ok(!look.same_after, "and not after what did");
	ok(!is_fresh(w), "undone, nothing has changed");
	look.r = 0;
	must(db_write(w->core->db, look_write, &look), "write");
	ok(is_fresh(w), "done, it has");
	must(db_write(w->core->db, somewhere, &(struct str){NULL, 0}), "all");
	ok(is_fresh(w), "in all accounts");
}

/* --- nobody else writes there --- */

/* Who executes these calls gate_granted(), but for those of the second list: a
 * group's name grants nothing, nobody is in a group that is new, and what is
 * put away for good was deleted long ago. */
static const char *const writers[] = {
    "group_delete",
    "group_member_delete",
    "group_member_insert",
    "identity_end_policies",
    "member_delete",
    "member_end_groups",
    "member_end_policies",
    "member_join",
    "member_put",
    "policy_attribute_insert",
    "policy_drop_attributes",
    "policy_drop_roles",
    "policy_end_subject",
    "policy_insert",
    "policy_role_insert",
    "policy_set_state",
    "policy_update",
    "role_delete",
    "role_insert",
    "role_update",
};
static const char *const harmless[] = {"group_insert", "group_update",
				       "policy_forget", "policy_forget_oldest"};

static bool
is_listed(const char *name)
{
	for (size_t i = 0; i < nitems(writers); i++)
		if (strcmp(writers[i], name) == 0)
			return true;
	for (size_t i = 0; i < nitems(harmless); i++)
		if (strcmp(harmless[i], name) == 0)
			return true;
	return false;
}

static bool
writes(const char *text)
{
	static const char *const verbs[] = {"INSERT INTO ", "UPDATE ",
					    "DELETE FROM ", "REPLACE INTO "};
	static const char *const tables[] = {
	    "policy",	   "policy_role",  "policy_attribute",
	    "custom_role", "access_group", "access_group_member",
	    "member"};

	for (size_t i = 0; i < nitems(verbs); i++)
		for (const char *at = strstr(text, verbs[i]); at != NULL;
		     at = strstr(at + 1, verbs[i])) {
			const char *name = at + strlen(verbs[i]);
			size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

			for (size_t j = 0; j < nitems(tables); j++)
				if (n == strlen(tables[j]) &&
				    memcmp(name, tables[j], n) == 0)
					return true;
		}
	return false;
}

static void
test_writers(void)
{
	size_t n = 0;

	for (size_t i = 0; i < sql_schema.n_statements; i++) {
		const struct db_sql *one = &sql_schema.statements[i];

		if (!writes(one->text))
			continue;
		n++;
		ok(is_listed(one->name),
		   "%s is known to change what is granted", one->name);
	}
	is_int((long long)n, nitems(writers) + nitems(harmless),
	       "and all that are known are there");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	friend = world_user(&w, "friend@example.org", 0);
	FIELD_CUT(who.identity, friend.id);
	FIELD_CUT(who.account, str_c(w.owner.account));
	subtest("steps") test_steps(&w);
	subtest("in the commit") test_in_commit(&w);
	subtest("writers") test_writers();
	grants_unrefp(&held);
	world_end(&w);
	return done_testing();
}
