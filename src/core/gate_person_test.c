/* People's own SSH keys: what they open follows whoever has them. */
#include "core/policy.h"
#include "core/ssh_world.h"

/* What a person may do over SSH follows their roles. */
static void
test_roles(struct cast *c)
{
	static const struct {
		unsigned role;
		int read, push, force;
	} cases[] = {
	    {0, OUT_DENIED, OUT_DENIED, OUT_DENIED},
	    {ROLE_READER, 0, OUT_DENIED, OUT_DENIED},
	    {ROLE_WRITER, 0, 0, OUT_DENIED},
	    {ROLE_MANAGER, 0, 0, 0},
	    {ROLE_VIEWER, OUT_DENIED, OUT_DENIED, OUT_DENIED},
	};
	struct sshkey owner;
	struct user_key row;

	for (size_t i = 0; i < nitems(cases); i++) {
		char email[40];
		struct user user;
		struct sshkey key;

		(void)snprintf(email, sizeof(email), "r%zu@example.org", i);
		user = world_user(&c->w, email, cases[i].role);
		key = user_key(c, user.id, 0, &row);
		is_int(pass(&c->w, ssh(&key), VERB_GIT_READ, git("Own/test")),
		       cases[i].read, "role %u reads", cases[i].role);
		is_int(pass(&c->w, ssh(&key), VERB_GIT_PUSH, git("Own/test")),
		       cases[i].push, "role %u pushes", cases[i].role);
		is_int(pass(&c->w, ssh(&key), VERB_GIT_FORCE, git("Own/test")),
		       cases[i].force, "role %u forces", cases[i].role);
		is_int(pass(&c->w, ssh(&key), VERB_GIT_READ, git("Else/far")),
		       OUT_DENIED, "role %u elsewhere", cases[i].role);
	}
	owner = user_key(c, str_c(c->w.owner.who.identity), 0, &row);
	is_int(pass(&c->w, ssh(&owner), VERB_GIT_FORCE, git("Own/test")), 0,
	       "the owner");
	is_int(pass(&c->w, ssh(&owner), VERB_GIT_READ, git("Else/far")),
	       OUT_DENIED, "is not the owner of all");
	is_int(pulls(&c->w, ssh(&owner), "birds/app"), OUT_DENIED,
	       "over SSH there is git alone");
	is_int(pass(&c->w, ssh(&owner), VERB_ACCOUNT_CREATE,
		    (struct thing){.kind = THING_NONE}),
	       OUT_DENIED, "the operator, too");
}

/* A person who ends is cut, whatever way it comes. */
static void
test_cut(struct cast *c)
{
	struct user user = world_user(&c->w, "cut@example.org", ROLE_READER);
	struct user_key row, ending;
	struct sshkey key = user_key(c, user.id, 0, &row);
	struct sshkey ends =
	    user_key(c, user.id, clock_now() + MINUTE_MS, &ending);
	struct visit v = inside(c, &key, "Own/test");
	struct visit e = inside(c, &ends, "Own/test");

	clock_test_shift(MINUTE_MS);
	ok(!gate_still(c->w.core, &e), "by the end of the key");
	is_int(reads(c, &ends, "Own/test"), OUT_EXPIRED, "for new ones, too");
	clock_test_shift(-MINUTE_MS);
	ok(still(c, &v), "goes on");
	disable(c, user.id, true);
	ok(!gate_still(c->w.core, &v), "who is disabled");
	is_int(reads(c, &key, "Own/test"), OUT_UNPROVEN, "is not let in");
	disable(c, user.id, false);
	ok(still(c, &v), "enabled again");
	must(user_key_remove(&c->w.owner, row.id), "remove");
	ok(!gate_still(c->w.core, &v), "whose key is removed");
	is_int(reads(c, &key, "Own/test"), OUT_UNPROVEN, "is nobody");
}

/* --- a person of two accounts --- */

static const struct db_sql joins[] = {
    {"join", "INSERT INTO member (account_id, identity_id, added_at) "
	     "VALUES ($1, $2, 0)"},
    {"leave", "DELETE FROM member WHERE account_id = $1 AND identity_id = $2"},
    {"own", "UPDATE account SET owner_id = $2 WHERE id = $1"},
    {"both",
     "INSERT INTO user_key (id, digest, identity_id, label, comment, "
     "created_by, created_at) SELECT 'both', k.digest, $2, '', '', '', 0 "
     "FROM access_key k WHERE k.repo_id = $1"},
};
enum { JOIN, LEAVE, OWN, BOTH };
struct join {
	int what;
	struct str place, identity;
};

static int
join_write(struct db_at *at, void *arg)
{
	const struct join *join = arg;

	return db_exec(at, join->what, NULL, "ss", join->place, join->identity);
}

static void
join(struct cast *c, int what, struct str place, struct str identity)
{
	struct join join = {what, place, identity};
	struct proof theirs = basic("iamapikey", c->other_key);
	struct thing account = {.kind = THING_ACCOUNT};

	world_shut(&c->w);
	{
		CLEAN(db_freep)
		struct db *db = cast_db(c, joins, nitems(joins));

		must(db_write(db, join_write, &join), "join");
	}
	must(world_open(&c->w, false), "open");
	c->w.owner = visit_of(&c->w, c->w.key, VERB_QUOTA_GET, account);
	/* Whoever owned the other one may do so no more. */
	if (gate_pass(c->w.core, &theirs, VERB_QUOTA_GET, &account,
		      &c->other_owner) != 0)
		c->other_owner = (struct visit){.core = NULL};
}

struct gift {
	const struct visit *by;
	struct str identity;
	unsigned roles;
};

static int
give_write(struct db_at *at, void *arg)
{
	const struct gift *gift = arg;

	return policy_give_account(at, gift->by, gift->identity, gift->roles,
				   "gift");
}

static int
pushes(struct cast *c, const struct sshkey *key, const char *name)
{
	return pass(&c->w, ssh(key), VERB_GIT_PUSH, git(name));
}

static void
test_member(struct cast *c)
{
	struct user user = world_user(&c->w, "two@example.org", ROLE_WRITER);
	struct user_key row;
	struct api_key api;
	struct sshkey key = user_key(c, user.id, 0, &row);
	struct str value = world_key(&c->w, user.id, 0, &api);
	struct thing home = git("Own/test");
	struct thing there = {.kind = THING_ACCOUNT, .account = c->other.id};
	struct gift gift = {&c->other_owner, user.id, ROLE_READER};
	struct visit v;

	must(gate_write(&c->other_owner, give_write, &gift), "policy");
	is_int(reads(c, &key, "Else/far"), OUT_DENIED,
	       "with roles, but no member");
	join(c, JOIN, c->other.id, user.id);
	v = inside(c, &key, "Else/far");
	is_str(str_c(v.who.account), c->other.id, "a reader there");
	is_str(str_c(v.account), c->other.id, "of what is there");
	ok(!v.who.owner, "no more than that");
	is_int(pushes(c, &key, "Else/far"), OUT_DENIED,
	       "who writes at home does not write there");
	is_int(pushes(c, &key, "Own/test"), 0, "but at home");
	ok(gate_may(c->w.core, &v.who, VERB_GIT_PUSH, &home),
	   "also who was there before");
	is_int(pass(&c->w, ssh(&key), VERB_GIT_LIST, there), 0,
	       "what is there is listed");
	is_int(pass(&c->w, basic("iamapikey", value), VERB_GIT_READ,
		    git("Else/far")),
	       OUT_DENIED, "an API key is of its account");
	ok(still(c, &v), "goes on");
	disable(c, user.id, true);
	ok(!gate_still(c->w.core, &v), "who is disabled at home is cut");
	disable(c, user.id, false);
	join(c, LEAVE, c->other.id, user.id);
	is_int(reads(c, &key, "Else/far"), OUT_DENIED, "a member no more");
}

/* Whose an account is says nothing of another. */
static void
test_owners(struct cast *c)
{
	struct str owner = str_c(c->w.owner.who.identity);
	struct user user = world_user(&c->w, "rich@example.org", 0);
	struct user_key row;
	struct sshkey own = user_key(c, owner, 0, &row);
	struct sshkey key = user_key(c, user.id, 0, &row);
	struct str before;

	join(c, JOIN, c->other.id, owner);
	is_int(pushes(c, &own, "Own/test"), 0, "at home");
	is_int(reads(c, &own, "Else/far"), OUT_DENIED, "a member elsewhere");
	before = keep(&c->w, str_c(c->other_owner.who.identity));
	join(c, OWN, c->other.id, user.id);
	is_int(pushes(c, &key, "Else/far"), 0, "who owns what is elsewhere");
	is_int(reads(c, &key, "Own/test"), OUT_DENIED, "may nothing at home");
	join(c, OWN, c->other.id, before);
}

/* Rows that nobody could make: the key stays what it was registered as. */
static void
test_usage(struct cast *c)
{
	struct gitrepo repo = git_repo(&c->w, &c->w.owner, "usage", STR_NONE);
	struct sshkey key = pubkey();
	struct subject who;

	(void)STAND(c, &key, .repo = repo.id);
	join(c, BOTH, repo.id, str_c(c->w.owner.who.identity));
	is_int(proves(c, &key, &who), 0, "proved");
	is_int(who.cred, CRED_ACCESS_KEY, "as an access key");
	is_int(reads(c, &key, "Own/usage"), 0, "which it is");
	is_int(pushes(c, &key, "Own/usage"), OUT_DENIED, "and no person");
}

int
main(void)
{
	struct cast c;

	cast_new(&c);
	test_roles(&c);
	test_cut(&c);
	test_member(&c);
	test_owners(&c);
	test_usage(&c);
	world_end(&c.w);
	return done_testing();
}
