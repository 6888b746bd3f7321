#include "core/core_world.h"

#include "core/access.h"
#include "core/find_cred.h"
#include "core/gate_inner.h"
#include "core/group.h"
#include "core/invite.h"
#include "core/policy.h"
#include "core/rules.h"
#include "core/service_id.h"
#include "core/since.h"
#include "core/sql.h"

#define ROWS_MAX 64

struct seen {
	char verb[ROWS_MAX][40], thing[ROWS_MAX][80];
	enum since_state state[ROWS_MAX];
	size_t n;
};

static int
see(void *arg, const struct since_row *row)
{
	struct seen *s = arg;

	must(s->n == ROWS_MAX, "too many rows");
	must(FIELD_PUT(s->verb[s->n], row->verb), "verb");
	must(FIELD_PUT(s->thing[s->n], row->thing), "thing");
	s->state[s->n++] = row->state;
	return 0;
}

/* How the copy has the thing; -1: the walk did not name it. */
static int
state_of(const struct seen *s, const char *verb, const char *tail)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->verb[i], verb) == 0 &&
		    str_ends(str_c(s->thing[i]), str_c(tail)))
			return (int)s->state[i];
	return -1;
}

static void
folder_copy(const char *from, const char *to)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "cp -a %s %s", from, to);
	must(system(line), line);
}

static const char *
later_of(const struct world *w)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/latchkey.db", w->dir);
	return path;
}

struct things {
	struct regtoken kept, gone, young;
	struct api_key key;
	struct user out, back, changed;
	struct str secret;
	struct login login;
	struct api_key off;
	struct user left;
	struct service_id robot, still;
	struct group group, members;
	struct policy policy, other;
	struct api_key moved, locked;
	struct service_id guarded;
	struct regtoken settled, ending;
	struct str moved_value, settled_value, token, access, taken, again;
};

static void
password_set(struct world *w, struct str id, const char *password)
{
	struct note note = {0};

	must(user_set_password(
		 &w->owner, id,
		 &(struct password_ask){.password = str_c(password)}, &note),
	     "password");
}

static struct policy_attr attrs[] = {
    {.name = STR_INIT("accountId"), .op = STR_INIT("stringEquals")},
    {.name = STR_INIT("serviceName"),
     .op = STR_INIT("stringEquals"),
     .value = STR_INIT("container-registry")}};
static const struct str roles[] = {
    STR_INIT("crn:v1:bluemix:public:iam::::serviceRole:Reader")};

static struct policy_text
text_of(const struct world *w, struct str subject)
{
	attrs[0].value = str_c(w->owner.account);
	return (struct policy_text){.type = STR("access"),
				    .subject = subject,
				    .roles = roles,
				    .n_roles = nitems(roles),
				    .resources = attrs,
				    .n_resources = nitems(attrs)};
}

static void
iam_before(struct world *w, struct things *t)
{
	struct service_id_ask robot = {.name = STR("robot")};
	struct visit by = w->owner;
	struct policy_text text;
	struct note note = {0};
	struct arena *a = &w->arena;

	by.thing = (struct thing){.kind = THING_ACCOUNT};
	(void)world_key(w, str_c(w->owner.who.identity), 0, &t->off);
	t->left = world_user(w, "left@example.org", 0);
	by.verb = VERB_SERVICEID_CREATE;
	must(service_id_create(&by, &robot, a, &t->robot, NULL, NULL, &note),
	     note.text);
	must(service_id_create(&by, &robot, a, &t->still, NULL, NULL, &note),
	     note.text);
	by.verb = VERB_GROUP_CREATE;
	must(
	    group_create(&by, STR("gone"), STR("a group"), a, &t->group, &note),
	    note.text);
	must(group_create(&by, STR("kept"), STR("a group"), a, &t->members,
			  &note),
	     note.text);
	by.verb = VERB_GROUP_MEMBER_ADD;
	must(group_member_add(&by, t->members.id, t->out.id), "member");
	by.verb = VERB_POLICY_CREATE;
	text = text_of(w, t->back.id);
	must(policy_create(&by, &text, a, &t->policy, &note), note.text);
	text = text_of(w, t->changed.id);
	must(policy_create(&by, &text, a, &t->other, &note), note.text);
}

static void
iam_after(struct world *w, struct things *t)
{
	struct str writer =
	    STR("crn:v1:bluemix:public:iam::::serviceRole:Writer");
	struct policy_text text = text_of(w, t->changed.id);
	struct visit by = w->owner;
	struct rules rules;
	struct note note = {0};

	by.thing = (struct thing){.kind = THING_ACCOUNT};
	by.verb = VERB_APIKEY_UPDATE;
	must(api_key_disable(&by, t->off.id, true), "key off");
	by.verb = VERB_USER_DELETE;
	must(member_remove(&by, t->left.id), "left");
	by.verb = VERB_SERVICEID_DELETE;
	must(service_id_delete(&by, t->robot.iam_id), "service ID");
	by.verb = VERB_SERVICEID_UPDATE;
	must(service_id_disable(&by, t->still.iam_id, true), "disabled");
	by.verb = VERB_GROUP_DELETE;
	must(group_delete(&by, t->group.id, true), "group");
	by.verb = VERB_GROUP_MEMBER_REMOVE;
	must(group_member_remove(&by, t->members.id, t->out.id), "member");
	by.verb = VERB_POLICY_DELETE;
	must(policy_delete(&by, t->policy.id, &note), note.text);
	by.verb = VERB_POLICY_UPDATE;
	text.roles = &writer;
	must(policy_replace(&by, t->other.id, 0, &text, &w->arena, &t->other,
			    &note),
	     note.text);
	must(rules_of(w->core, str_c(w->owner.account), &w->arena, &rules),
	     "rules");
	by.verb = VERB_RULES_SET;
	rules.access_life_s -= 60;
	must(rules_set(&by, -1, &rules, &w->arena, &rules, &note), note.text);
}

static void
iam_states_are(const struct seen *s, const struct things *t, int repeatable)
{
	const struct {
		const char *verb, *id;
	} rows[] = {{"apikey.update", t->off.id.p},
		    {"user.delete", t->left.id.p},
		    {"serviceid.delete", t->robot.iam_id.p},
		    {"serviceid.update", t->still.iam_id.p},
		    {"group.delete", t->group.id.p},
		    {"member.remove", t->members.id.p},
		    {"policy.delete", t->policy.id.p}};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(state_of(s, rows[i].verb, rows[i].id), repeatable, "%s",
		       rows[i].verb);
	is_int(state_of(s, "policy.update", t->other.id.p), SINCE_BY_HAND,
	       "a changed policy is for people");
	is_int(state_of(s, "account.settings.set", ""), SINCE_BY_HAND,
	       "and so are rules");
}

/* --- what has no door of its own --- */

static struct str
invited(struct world *w, const char *email)
{
	struct invite_ask ask = {.email = str_c(email)};
	struct visit by = w->owner;
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct invitation made;
	struct note note = {""};

	by.verb = VERB_USER_CREATE;
	must(invite_create(&by, &ask, &w->arena, &made, &code, &note),
	     note.text);
	return keep(w, secret_reveal(&code));
}

static struct str
identity_token(struct world *w)
{
	struct proof proof = basic("iamapikey", w->key);
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct subject who;

	must(gate_prove(w->core, &proof, &who), "prove");
	must(identity_token_issue(w->core, &who, LOCAL, &value), "token");
	return keep(w, secret_reveal(&value));
}

static struct str
access_token(struct world *w)
{
	struct grant_ask ask = {
	    .kind = GRANT_API_KEY, .api_key = w->key, .addr = ADDR};
	struct login login;

	must(world_login(w, &ask, &login), "login");
	return login.access;
}

static void
creds_before(struct world *w, struct things *t)
{
	struct service_id_ask ask = {.name = STR("guarded"), .locked = true};
	struct visit by = w->owner;

	t->moved_value =
	    world_key(w, str_c(w->owner.who.identity), 0, &t->moved);
	(void)world_key(w, str_c(w->owner.who.identity), 0, &t->locked);
	t->settled_value = world_token(w, true, true, &t->settled);
	(void)world_token(w, true, true, &t->ending);
	by.verb = VERB_APIKEY_UPDATE;
	must(api_key_lock(&by, t->locked.id, true), "lock");
	by.verb = VERB_SERVICEID_CREATE;
	by.thing = (struct thing){.kind = THING_ACCOUNT};
	must(service_id_create(&by, &ask, &w->arena, &t->guarded, NULL, NULL,
			       NULL),
	     "guarded");
	t->token = identity_token(w);
	t->access = access_token(w);
	t->taken = invited(w, "taken@example.org");
	t->again = invited(w, "again@example.org");
}

static void
ended(struct world *w, struct str value)
{
	struct found_cred *found;
	struct note note = {""};
	size_t n;

	must(find_cred(w->core, value, &w->arena, &found, &n, &note),
	     note.text);
	must(end_cred(&w->owner, found, &note), note.text);
}

static void
key_moved(struct world *w, struct str id)
{
	struct api_key_ask ask = {.identity = str_c(w->owner.who.identity),
				  .account = str_c(w->owner.account),
				  .name = STR("next"),
				  .replaces = id,
				  .until = clock_now() + 60 * SECOND_MS};
	struct visit by = w->owner;
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key made;

	by.verb = VERB_APIKEY_CREATE;
	must(api_key_create(&by, &ask, &w->arena, &made, &value, NULL),
	     "rotate");
}

static struct str
token_moved(struct world *w, struct str id, int64_t until)
{
	struct regtoken_ask ask = {.region = LOCAL,
				   .issuer = STR("localhost:8080"),
				   .permanent = true,
				   .replaces = id,
				   .until = until};
	struct visit by = w->owner;
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct regtoken made;

	by.verb = VERB_REGISTRYTOKEN_CREATE;
	must(regtoken_add(&by, &ask, &w->arena, &made, &value), "rotate");
	return keep(w, buf_str(&value));
}

static void
creds_after(struct world *w, struct things *t)
{
	struct visit by = w->owner;
	struct str next;

	ended(w, t->token);
	ended(w, t->access);
	ended(w, t->taken);
	(void)invited(w, "again@example.org");
	key_moved(w, t->moved.id);
	(void)token_moved(w, t->ending.id, clock_now() + 60 * SECOND_MS);
	next = token_moved(w, t->settled.id, 0);
	is_int(pulls(w, basic("token", next), "birds/app"), 0, "used");
	must(audit_flush(w->core), "flush");
	is_int(pulls(w, basic("token", t->settled_value), "birds/app"),
	       OUT_UNPROVEN, "so the old one ended");
	by.verb = VERB_APIKEY_UPDATE;
	must(api_key_lock(&by, t->locked.id, false), "unlock");
	by.verb = VERB_APIKEY_DELETE;
	must(api_key_delete(&by, t->locked.id), "delete");
	by.thing = (struct thing){.kind = THING_ACCOUNT};
	by.verb = VERB_SERVICEID_UPDATE;
	must(service_id_lock(&by, t->guarded.iam_id, false), "unlock");
	by.verb = VERB_SERVICEID_DELETE;
	must(service_id_delete(&by, t->guarded.iam_id), "delete");
}

/* Does the code of an invitation still let somebody in? */
static bool
accepts(struct world *w, struct str code)
{
	struct accept_ask ask = {
	    .code = code, .password = STR("a long password"), .addr = ADDR};
	struct accepted who;
	int64_t wait;

	return invite_accept(w->core, &ask, &w->arena, &who, &wait, NULL) == 0;
}

static void
creds_are(struct world *copy, const struct things *t)
{
	struct proof token = {.kind = PROOF_IDENTITY, .secret = t->token};
	struct subject who;
	struct api_key key;

	is_int(gate_known(copy->core, &token, &who), OUT_UNPROVEN,
	       "an identity token opens nothing");
	is_int(access_look(copy->core, t->access, &who), OUT_UNPROVEN,
	       "nor an access token");
	ok(!accepts(copy, t->taken), "an invitation is withdrawn");
	ok(!accepts(copy, t->again), "and one that was made anew");
	must(api_key_get(copy->core, t->moved.id, &copy->arena, &key), "moved");
	ok(key.expires_at != 0, "a key has its end");
	is_int(api_key_get(copy->core, t->locked.id, &copy->arena, &key),
	       OUT_ABSENT, "a locked one has gone");
	is_int(pulls(copy, basic("token", t->settled_value), "birds/app"),
	       OUT_UNPROVEN, "a replaced token opens nothing");
	clock_test_shift(61 * SECOND_MS);
	is_int(pulls(copy, basic("iamapikey", t->moved_value), "birds/app"),
	       OUT_EXPIRED, "the key has ended at its moment");
	clock_test_shift(-61 * SECOND_MS);
}

static void
creds_states_are(const struct seen *s, const struct things *t, int repeatable)
{
	const struct {
		const char *verb, *id;
	} rows[] = {{"registrytoken.create", ""},
		    {"apikey.update", t->moved.id.p},
		    {"apikey.delete", t->locked.id.p},
		    {"serviceid.delete", t->guarded.iam_id.p},
		    {"registrytoken.delete", t->settled.id.p}};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(state_of(s, rows[i].verb, rows[i].id), repeatable,
		       "%s %s", rows[i].verb, rows[i].id);
}

static void
before(struct world *w, struct things *t)
{
	(void)world_token(w, true, true, &t->kept);
	(void)world_token(w, true, true, &t->gone);
	t->secret = world_key(w, str_c(w->owner.who.identity), 0, &t->key);
	t->login = world_session(w, w->key);
	t->out = world_user(w, "out@example.org", 0);
	t->back = world_user(w, "back@example.org", 0);
	t->changed = world_user(w, "changed@example.org", 0);
	password_set(w, t->changed.id, "the old password");
	iam_before(w, t);
	creds_before(w, t);
}

static void
after(struct world *w, struct things *t)
{
	struct visit by = w->owner;

	(void)world_token(w, false, true, &t->young);
	by.verb = VERB_REGISTRYTOKEN_DELETE;
	must(regtoken_remove(&by, LOCAL, t->gone.id), "token");
	must(regtoken_remove(&by, LOCAL, t->young.id), "young token");
	by.verb = VERB_APIKEY_DELETE;
	must(api_key_delete(&by, t->key.id), "key");
	by.verb = VERB_SESSION_END;
	must(session_end(&by, str_c(t->login.session)), "session");
	by.verb = VERB_USER_UPDATE;
	must(user_disable(&by, t->out.id, true), "out");
	must(user_disable(&by, t->back.id, true), "back");
	must(user_disable(&by, t->back.id, false), "back again");
	creds_after(w, t);
	by.verb = VERB_NAMESPACE_DELETE;
	must(namespace_remove(&by, LOCAL, STR("birds")), "namespace");
	w->owner.verb = VERB_PASSWORD_SET;
	password_set(w, t->changed.id, "the new password");
	iam_after(w, t);
}

static void
states_are(const struct seen *s, const struct things *t, int repeatable,
	   const char *when)
{
	is_int(state_of(s, "registrytoken.delete", t->gone.id.p), repeatable,
	       "%s: a token", when);
	is_int(state_of(s, "registrytoken.delete", t->young.id.p), SINCE_GONE,
	       "%s: one that the copy never had", when);
	is_int(state_of(s, "apikey.delete", t->key.id.p), repeatable,
	       "%s: an API key", when);
	is_int(state_of(s, "session.end", t->login.session), repeatable,
	       "%s: a session", when);
	is_int(state_of(s, "user.update", t->out.id.p), repeatable,
	       "%s: a disabled user", when);
	is_int(state_of(s, "user.update", t->back.id.p), SINCE_GONE,
	       "%s: one who is back", when);
	is_int(state_of(s, "password.set", t->changed.id.p), repeatable,
	       "%s: a password", when);
	iam_states_are(s, t, repeatable);
	creds_states_are(s, t, repeatable);
}

static int
proves(struct core *core, const char *user, struct str secret)
{
	struct proof proof = basic(user, secret);
	struct subject who;

	return gate_prove(core, &proof, &who);
}

static int64_t
without_password(struct world *copy, struct str id)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	must(db_view_begin(copy->core->db, &view), "view");
	return db_one(view, SQL_since_password, &rows, "s", id) == OUT_ABSENT;
}

static void
test_walk(struct world *copy, const char *later, const struct things *t)
{
	struct seen seen = {0};
	struct since_sum sum;
	struct note note = {0};
	struct user who;

	must(since_walk(copy->core, later, false, see, &seen, &sum, &note),
	     note.text);
	states_are(&seen, t, SINCE_LIVES, "listed");
	is_int(state_of(&seen, "namespace.delete", "birds"), SINCE_BY_HAND,
	       "a namespace is for people");
	is_int((int64_t)sum.repeated, 0, "nothing was repeated");
	is_int(proves(copy->core, "iamapikey", t->secret), 0,
	       "and the key opens the copy");

	seen.n = 0;
	must(since_walk(copy->core, later, true, see, &seen, &sum, &note),
	     note.text);
	states_are(&seen, t, SINCE_REPEATED, "repeated");
	is_int((int64_t)sum.repeated, 23, "so many were");
	is_int((int64_t)sum.failed, 0, "none was refused");
	is_int(proves(copy->core, "iamapikey", t->secret), OUT_UNPROVEN,
	       "the key opens nothing");
	is_int(user_check_password(copy->core, STR("changed@example.org"),
				   STR("the old password"), &copy->arena, &who),
	       OUT_UNPROVEN, "nor does the old password");
	is_int(user_check_password(copy->core, STR("changed@example.org"),
				   STR("the new password"), &copy->arena, &who),
	       OUT_UNPROVEN, "and the new one is not taken over either");
	is_int(without_password(copy, t->changed.id), 1, "there is none");
	creds_are(copy, t);

	seen.n = 0;
	must(since_walk(copy->core, later, true, see, &seen, &sum, &note),
	     note.text);
	states_are(&seen, t, SINCE_GONE, "once more");
	is_int((int64_t)sum.repeated, 0, "nothing is left to be repeated");
}

static void
test_trail(struct world *copy)
{
	struct audit_filter f = {.verb = STR("apikey.delete")};
	struct audit_row *rows;
	int64_t count;
	struct note note = {0};
	size_t n;

	must(audit_list(copy->core, &f, &copy->arena, &rows, &n), "trail");
	is_int((int64_t)n, 2, "the copy's trail has it");
	if (n == 2)
		is_str(rows[0].addr, STR("restore"), "as what it is");
	is_int(audit_verify(copy->core, &count, &note), 0, "and holds");
}

static void
test_stranger(struct world *copy)
{
	struct world other;
	struct seen seen = {0};
	struct since_sum sum;
	struct note note = {0};

	world_make(&other);
	world_shut(&other);
	is_int(since_walk(copy->core, later_of(&other), true, see, &seen, &sum,
			  &note),
	       OUT_MISMATCH, "another installation's data: %s", note.text);
	is_int((int64_t)seen.n, 0, "of which nothing is said");
	world_end(&other);
}

int
main(void)
{
	struct world w, copy;
	struct things t;

	world_make(&w);
	before(&w, &t);
	world_shut(&w);
	copy = w;
	(void)snprintf(copy.dir, sizeof(copy.dir), "%.48s.copy", w.dir);
	folder_copy(w.dir, copy.dir);
	must(world_open(&w, false), "open again");
	after(&w, &t);
	world_shut(&w);

	arena_init(&copy.arena, 64 * MIB);
	must(world_open(&copy, false), "open the copy");
	test_walk(&copy, later_of(&w), &t);
	test_trail(&copy);
	test_stranger(&copy);
	world_end(&copy);
	world_end(&w);
	return done_testing();
}
