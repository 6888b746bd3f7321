#include "core/group.h"

#include "core/core_world.h"
#include "core/policy.h"

static struct policy
policy_for(struct world *w, struct str group, const char *role)
{
	const struct policy_attr attrs[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(w->owner.account)},
	    {.name = STR("serviceName"),
	     .op = STR("stringEquals"),
	     .value = STR("container-registry")},
	};
	struct str roles[] = {str_c(role)};
	struct policy_text text = {.type = STR("access"),
				   .subject_kind = POLICY_GROUP,
				   .subject = group,
				   .roles = roles,
				   .n_roles = 1,
				   .resources = attrs,
				   .n_resources = 2};
	struct policy p;

	must(policy_create(&w->owner, &text, &w->arena, &p, NULL), "policy");
	return p;
}

static void
test_names(struct world *w)
{
	static char longest[GROUP_NAME_MAX + 2];
	struct group group, now;

	memset(longest, 'g', GROUP_NAME_MAX);
	is_int(group_create(&w->owner, str_c(longest), STR_NONE, &w->arena,
			    &group, NULL),
	       0, "the longest name");
	longest[GROUP_NAME_MAX] = 'g';
	is_int(group_create(&w->owner, str_c(longest), STR_NONE, &w->arena,
			    &group, NULL),
	       OUT_MALFORMED, "a longer one");
	is_int(
	    group_create(&w->owner, STR(""), STR_NONE, &w->arena, &group, NULL),
	    OUT_MALFORMED, "none");
	must(group_create(&w->owner, STR("Readers"), STR("r"), &w->arena,
			  &group, NULL),
	     "group");
	is_int(group_create(&w->owner, STR("READERS"), STR_NONE, &w->arena,
			    &now, NULL),
	       OUT_CONFLICT, "taken, in any case");
	is_int(group_update(&w->owner, group.id, 2, STR("x"), STR_NONE,
			    &w->arena, &now, NULL),
	       OUT_STALE, "changed by who saw another");
	is_int(group_update(&w->owner, group.id, 1, STR("readers"), STR_NONE,
			    &w->arena, &now, NULL),
	       0, "its own name in another case");
	is_str(now.description, STR("r"), "what was not sent stays");
	is_int(now.version, 2, "another version");
}

static void
test_members(struct world *w)
{
	struct user user = world_user(w, "in@example.org", 0);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct account other;
	struct group group, *groups;
	struct group_member *members, member;
	int64_t total;
	size_t n;

	(void)world_other(w, &other);
	must(group_create(&w->owner, STR("Pullers"), STR_NONE, &w->arena,
			  &group, NULL),
	     "group");
	(void)policy_for(w, group.id, "Reader");
	is_int(pulls(w, proof, "birds/a"), OUT_DENIED, "outside");
	is_int(group_member_add(&w->owner, group.id, user.id), 0, "in");
	is_int(group_member_add(&w->owner, group.id, user.id), 0, "twice");
	is_int(pulls(w, proof, "birds/a"), 0, "inside");
	is_int(group_member_add(&w->owner, group.id, other.owner), OUT_ABSENT,
	       "nobody of another account");
	is_int(group_member_get(w->core, group.id, user.id, &w->arena, &member),
	       0, "is a member");
	must(group_member_list(w->core, group.id, 0, 10, &w->arena, &members,
			       &n, &total),
	     "members");
	is_int((long long)n, 1, "the only one");
	must(group_list(w->core, str_c(w->owner.account), user.id, 0, 10,
			&w->arena, &groups, &n, &total),
	     "groups");
	is_int(total, 1, "in one group");
	is_int(group_delete(&w->owner, group.id, false), OUT_CONFLICT,
	       "not while somebody is in it");
	is_int(group_member_remove(&w->owner, group.id, user.id), 0, "out");
	is_int(group_member_remove(&w->owner, group.id, user.id), OUT_ABSENT,
	       "once");
	is_int(pulls(w, proof, "birds/a"), OUT_DENIED, "outside again");
	must(group_member_add(&w->owner, group.id, user.id), "in");
	is_int(pulls(w, proof, "birds/a"), 0, "inside again");
	is_int(group_delete(&w->owner, group.id, true), 0, "the group goes");
	is_int(pulls(w, proof, "birds/a"), OUT_DENIED, "and what it gave");
}

/* Whoever puts somebody into a group gives them all that it has. */
static void
test_giving(struct world *w)
{
	struct user user = world_user(w, "editor@example.org", ROLE_EDITOR);
	struct user friend = world_user(w, "friend@example.org", 0);
	struct api_key key;
	struct str value = world_key(w, user.id, 0, &key);
	struct visit by = visit_of(w, value, VERB_GROUP_MEMBER_ADD,
				   (struct thing){.kind = THING_ACCOUNT});
	struct group group;

	must(group_create(&w->owner, STR("Empty"), STR_NONE, &w->arena, &group,
			  NULL),
	     "group");
	is_int(group_member_add(&by, group.id, friend.id), 0,
	       "into a group that was granted nothing");
	(void)policy_for(w, group.id, "Reader");
	is_int(group_member_add(&by, group.id, user.id), OUT_DENIED,
	       "not into one that was");
	is_int(group_delete(&by, group.id, true), OUT_DENIED,
	       "nor away with it");
	is_int(group_member_remove(&by, group.id, friend.id), 0, "but out");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_names(&w);
	test_members(&w);
	test_giving(&w);
	world_end(&w);
	return done_testing();
}
