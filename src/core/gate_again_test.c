/* Rights at the commit: who was let in and whose credential ends before the
 * change is made changes nothing, however close the two come together. */
#include "core/git_world.h"
#include "core/invite.h"
#include "core/keypair.h"
#include "core/policy.h"
#include "core/server.h"
#include "core/upload.h"
#include "db/db.h"

#include <pthread.h>
#include <semaphore.h>

static struct thing
account_thing(void)
{
	return (struct thing){.kind = THING_ACCOUNT};
}

/* How many rows of the trail say this. */
static size_t
trail_count(struct world *w, const char *outcome, const char *verb)
{
	struct audit_filter filter = {
	    .outcome = str_c(outcome), .verb = str_c(verb), .limit = PAGE_MAX};
	struct audit_row *rows;
	size_t n;

	must(audit_flush(w->core), "audit_flush");
	must(audit_list(w->core, &filter, &w->arena, &rows, &n), "audit_list");
	return n;
}

/* --- every change, with a visit of before --- */

struct late {
	struct world *w;
	struct visit by;
	struct user user;
	struct api_key key;
	struct regtoken token;
	struct place at;
};

static int
adds_namespace(struct late *l)
{
	bool made;

	return namespace_add(&l->by, LOCAL, STR("herons"), &made);
}

static int
removes_namespace(struct late *l)
{
	return namespace_remove(&l->by, LOCAL, STR("birds"));
}

static int
adds_token(struct late *l)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct regtoken_ask ask = {.region = LOCAL, .issuer = STR("x")};
	struct regtoken token;

	return regtoken_add(&l->by, &ask, &l->w->arena, &token, &value);
}

static int
reveals_token(struct late *l)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	int r = regtoken_reveal(&l->by, &l->token, &value);

	ok(r == 0 || value.n == 0, "nothing is shown");
	return r;
}

static int
removes_token(struct late *l)
{
	return regtoken_remove(&l->by, LOCAL, l->token.id);
}

static int
removes_tokens(struct late *l)
{
	int64_t n;

	return regtoken_remove_described(&l->by, LOCAL, STR("for tests"), &n);
}

static int
adds_user(struct late *l)
{
	struct user_ask ask = {.email = STR("late@example.org")};
	struct user user;

	return user_create(&l->by, &ask, &l->w->arena, &user, NULL);
}

static int
disables_user(struct late *l)
{
	return user_disable(&l->by, l->user.id, true);
}

static int
sets_password(struct late *l)
{
	return user_set_password(
	    &l->by, l->user.id,
	    &(struct password_ask){.password = STR("long enough, that")}, NULL);
}

static int
adds_key(struct late *l)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key_ask ask = {.identity = str_c(l->by.who.identity),
				  .account = str_c(l->by.account),
				  .name = STR("late")};
	struct api_key key;

	return api_key_create(&l->by, &ask, &l->w->arena, &key, &value, NULL);
}

static int
removes_key(struct late *l)
{
	return api_key_delete(&l->by, l->key.id);
}

static int
adds_account(struct late *l)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct account_ask ask = {.slug = STR("Late"),
				  .owner_email = STR("l@example.org")};
	struct account account;

	return account_create(&l->by, &ask, &l->w->arena, &account, &value,
			      NULL);
}

static int
starts_upload(struct late *l)
{
	char id[UPLOAD_ID_LEN + 1];

	return upload_start(&l->by, &l->at, DIGEST_SHA256, id);
}

static int
removes_tag(struct late *l)
{
	return tag_delete(&l->by, &l->at, STR("latest"));
}

static int
gets_identity_token(struct late *l)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;

	return identity_token_issue(l->w->core, &l->by.who, LOCAL, &value);
}

static const struct {
	const char *what;
	int (*fn)(struct late *);
	enum verb verb;
	bool repo;
} changes[] = {
    {"makes no namespace", adds_namespace, VERB_NAMESPACE_CREATE, false},
    {"removes no namespace", removes_namespace, VERB_NAMESPACE_DELETE, false},
    {"makes no token", adds_token, VERB_REGISTRYTOKEN_CREATE, false},
    {"sees no token", reveals_token, VERB_REGISTRYTOKEN_GET, false},
    {"removes no token", removes_token, VERB_REGISTRYTOKEN_DELETE, false},
    {"nor by what it is for", removes_tokens, VERB_REGISTRYTOKEN_DELETE, false},
    {"makes no user", adds_user, VERB_USER_CREATE, false},
    {"disables no user", disables_user, VERB_USER_UPDATE, false},
    {"sets no password", sets_password, VERB_PASSWORD_SET, false},
    {"makes no key", adds_key, VERB_APIKEY_CREATE, false},
    {"removes no key", removes_key, VERB_APIKEY_DELETE, false},
    {"makes no account", adds_account, VERB_ACCOUNT_CREATE, false},
    {"starts no upload", starts_upload, VERB_IMAGE_PUSH, true},
    {"removes no tag", removes_tag, VERB_IMAGE_DELETE, true},
    {"gets nothing to keep", gets_identity_token, VERB_WHOAMI, false},
};

static void
test_every_change(struct world *w)
{
	struct late l = {.w = w,
			 .at = {.region = LOCAL, .name = STR("birds/app")}};

	l.user = world_user(w, "still@example.org", 0);
	(void)world_key(w, l.user.id, 0, &l.key);
	(void)world_token(w, true, true, &l.token);
	for (size_t i = 0; i < nitems(changes); i++) {
		struct api_key ending;
		struct str owner = str_c(w->owner.who.identity);
		struct str value = world_key(w, owner, 0, &ending);
		struct visit other;

		l.by = visit_of(w, value, changes[i].verb,
				changes[i].repo ? repo("birds/app")
						: account_thing());
		other =
		    visit_of(w, w->key, VERB_APIKEY_DELETE, account_thing());
		must(api_key_delete(&other, ending.id), "the key ends");
		is_int(changes[i].fn(&l), OUT_UNPROVEN, "who is late %s",
		       changes[i].what);
	}
	ok(trail_count(w, "refused", "image.push") == 1, "the trail knows");
	ok(trail_count(w, "refused", "registrytoken.get") == 1, "of each");
	is_int(pulls(w, basic("iamapikey", w->key), "herons/app"), OUT_DENIED,
	       "nothing was made");
	is_int(pulls(w, basic("iamapikey", w->key), "birds/app"), 0,
	       "nothing was removed");
	is_int(removes_tokens(&(struct late){.w = w, .by = w->owner}), 0,
	       "who is not late removes");
}

/* --- key pairs and servers --- */

static struct keypair_ask
pair_ask(const struct sshkey *key, const char *name)
{
	return (struct keypair_ask){.name = str_c(name),
				    .type = STR("ssh-ed25519"),
				    .blob = blob_of(key),
				    .bits = key->bits,
				    .made = true};
}

static int
adds_pair(struct late *l)
{
	struct sshkey key = key_of(1);
	struct keypair_ask ask = pair_ask(&key, "late");
	struct keypair pair;

	return keypair_add(&l->by, &ask, &l->w->arena, &pair, NULL);
}

static int
gets_pair(struct late *l)
{
	return keypair_delivered(&l->by, l->key.id);
}

static int
removes_pair(struct late *l)
{
	return keypair_delete(&l->by);
}

static int
adds_server(struct late *l)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct server_ask ask = {.name = STR("late"), .keypair = STR("still")};
	struct server server;

	return server_create(&l->by, &ask, &l->w->arena, &server, &token, NULL);
}

static int
sets_key(struct late *l)
{
	return server_set_key(&l->by, STR("still"), NULL);
}

static int
renews_seed(struct late *l)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct server server;
	int r =
	    server_seed_renew(&l->by, 0, &l->w->arena, &server, &token, NULL);

	ok(r == 0 || secret_reveal(&token).n == 0, "no token is shown");
	return r;
}

static int
removes_server(struct late *l)
{
	return server_delete(&l->by);
}

static const struct {
	const char *what;
	int (*fn)(struct late *);
	enum verb verb;
	enum thing_kind kind;
	const char *name;
} machine_changes[] = {
    {"makes no pair", adds_pair, VERB_KEYPAIR_CREATE, THING_PROJECT,
     "Own/default"},
    {"gets no private half", gets_pair, VERB_KEYPAIR_CREATE, THING_PROJECT,
     "Own/default"},
    {"removes no pair", removes_pair, VERB_KEYPAIR_DELETE, THING_KEYPAIR,
     "Own/default/still"},
    {"makes no server", adds_server, VERB_SERVER_CREATE, THING_PROJECT,
     "Own/default"},
    {"sets no key", sets_key, VERB_SERVER_SET_KEY, THING_SERVER,
     "Own/default/web-1"},
    {"opens no seed", renews_seed, VERB_SERVER_SEED, THING_SERVER,
     "Own/default/web-1"},
    {"removes no server", removes_server, VERB_SERVER_DELETE, THING_SERVER,
     "Own/default/web-1"},
};

/* An alive pair "still", one under way, and a server; the server's token. */
static struct str
machines_make(struct world *w, struct str *ret_pending)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct visit by =
	    on_project(w, w->key, VERB_KEYPAIR_CREATE, "Own/default");
	struct sshkey key = key_of(2);
	struct keypair_ask ask = pair_ask(&key, "pending");
	struct server_ask server = {.name = STR("web-1"),
				    .keypair = STR("still")};
	struct keypair pair;
	struct server made;

	must(keypair_add(&by, &ask, &w->arena, &pair, NULL), "pending");
	*ret_pending = pair.id;
	ask.name = STR("still");
	ask.made = false;
	must(keypair_add(&by, &ask, &w->arena, &pair, NULL), "still");
	by = on_project(w, w->key, VERB_SERVER_CREATE, "Own/default");
	must(server_create(&by, &server, &w->arena, &made, &token, NULL),
	     "web-1");
	return keep(w, secret_reveal(&token));
}

static void
test_machine_changes(struct world *w)
{
	struct late l = {.w = w};
	struct str pending;

	(void)machines_make(w, &pending);
	l.key.id = pending;
	for (size_t i = 0; i < nitems(machine_changes); i++) {
		struct api_key ending;
		struct str owner = str_c(w->owner.who.identity);
		struct str value = world_key(w, owner, 0, &ending);
		struct thing thing = {.kind = machine_changes[i].kind,
				      .name = str_c(machine_changes[i].name)};
		struct visit other;

		l.by = visit_of(w, value, machine_changes[i].verb, thing);
		other =
		    visit_of(w, w->key, VERB_APIKEY_DELETE, account_thing());
		must(api_key_delete(&other, ending.id), "the key ends");
		is_int(machine_changes[i].fn(&l), OUT_UNPROVEN,
		       "who is late %s", machine_changes[i].what);
		ok(!gate_still(w->core, &l.by), "and is not in any more");
	}
	ok(trail_count(w, "refused", "server.setkey") == 1, "the trail knows");
	ok(trail_count(w, "refused", "keypair.create") == 2, "of each");
}

static struct visit
machine(struct world *w, enum proof_kind kind, struct str token, enum verb verb)
{
	struct proof proof = plain(kind, token);
	struct thing self = {.kind = THING_SERVER};
	struct visit v = {.core = NULL};

	must(gate_pass(w->core, &proof, verb, &self, &v), "machine");
	return v;
}

static int
asks_again(struct world *w, enum proof_kind kind, struct str token,
	   enum verb verb)
{
	return pass(w, plain(kind, token), verb,
		    (struct thing){.kind = THING_SERVER});
}

/* What a machine was let in with ends with the seed, and with the server. */
static void
test_machines(struct world *w)
{
	CLEAN(secret_clear) struct secret fresh = SECRET_INIT;
	CLEAN(secret_clear) struct secret own = SECRET_INIT;
	CLEAN(secret_clear) struct secret none = SECRET_INIT;
	struct thing web = {.kind = THING_SERVER,
			    .name = STR("Own/default/web-1")};
	struct visit by = visit_of(w, w->key, VERB_SERVER_SEED, web);
	struct visit old, boot, follow;
	struct str token, key;
	struct server_boot told;
	struct server server;

	must(server_seed_renew(&by, 0, &w->arena, &server, &fresh, NULL),
	     "seed");
	token = secret_reveal(&fresh);
	old = machine(w, PROOF_SEED, token, VERB_SEED_ENROL);
	boot = machine(w, PROOF_SEED, token, VERB_SEED_READ);
	must(server_boot(&boot, &w->arena, &told), "boot");
	must(server_enrol(&old, &own), "enrol");
	key = secret_reveal(&own);
	follow = machine(w, PROOF_MACHINE, key, VERB_SERVER_FOLLOW);
	is_int(asks_again(w, PROOF_MACHINE, key, VERB_SERVER_FOLLOW), 0,
	       "it is remembered");
	must(server_seed_renew(&by, 0, &w->arena, &server, &none, NULL),
	     "another seed");
	is_int(server_enrol(&old, &none), OUT_UNPROVEN,
	       "a seed that is over enrols nobody");
	is_int(asks_again(w, PROOF_SEED, token, VERB_SEED_READ), OUT_UNPROVEN,
	       "nor does it open any more");
	ok(gate_still(w->core, &follow), "the machine goes on");
	by = visit_of(w, w->key, VERB_SERVER_DELETE, web);
	must(server_delete(&by), "the server goes");
	is_int(asks_again(w, PROOF_MACHINE, key, VERB_SERVER_FOLLOW),
	       OUT_UNPROVEN, "a remembered machine goes with it");
	ok(!gate_still(w->core, &follow), "and who was in is cut");
}

/* --- what ends is not the credential --- */

static void
test_expiry(struct world *w)
{
	struct str owner = str_c(w->owner.who.identity);
	struct api_key key;
	struct str value = world_key(w, owner, clock_now() + MINUTE_MS, &key);
	struct late l = {
	    .w = w,
	    .by = visit_of(w, value, VERB_NAMESPACE_CREATE, account_thing())};

	clock_test_shift(MINUTE_MS);
	is_int(adds_namespace(&l), OUT_UNPROVEN, "an end by the clock counts");
	clock_test_shift(-MINUTE_MS);
	is_int(adds_namespace(&l), 0, "before it, all is well");
	is_int(namespace_remove(&l.by, LOCAL, STR("herons")), 0, "as it was");
}

/* A namespace that was given up and taken by others is not pushed to. */
static void
test_namespace(struct world *w)
{
	struct account account;
	struct visit theirs, mine;
	struct str key = world_other(w, &account);
	struct late l = {.w = w,
			 .at = {.region = LOCAL, .name = STR("gulls/app")}};
	bool made;

	must(namespace_add(&w->owner, LOCAL, STR("gulls"), &made), "gulls");
	l.by = visit_of(w, w->key, VERB_IMAGE_PUSH, repo("gulls/app"));
	mine = visit_of(w, w->key, VERB_NAMESPACE_DELETE, account_thing());
	must(namespace_remove(&mine, LOCAL, STR("gulls")), "given up");
	is_int(starts_upload(&l), OUT_DENIED, "nobody's namespace");
	theirs = visit_of(w, key, VERB_NAMESPACE_CREATE, account_thing());
	must(namespace_add(&theirs, LOCAL, STR("gulls"), &made), "taken");
	is_int(starts_upload(&l), OUT_DENIED, "somebody else's");
}

/* What one does to oneself is done: the look comes before the change. */
static void
test_oneself(struct world *w)
{
	struct str owner = str_c(w->owner.who.identity);
	struct api_key key;
	struct str value = world_key(w, owner, 0, &key);
	struct visit by =
	    visit_of(w, value, VERB_APIKEY_DELETE, account_thing());

	is_int(api_key_delete(&by, key.id), 0, "a key removes itself");
	is_int(api_key_delete(&by, key.id), OUT_UNPROVEN, "once");
}

/* --- close together: one commit for both --- */

struct plug {
	struct db *db;
	sem_t in, out;
};

static int
plug_write(struct db_at *at, void *arg)
{
	struct plug *plug = arg;

	(void)at;
	(void)sem_post(&plug->in);
	while (sem_wait(&plug->out) != 0)
		;
	return 0;
}

static void *
plug_run(void *arg)
{
	struct plug *plug = arg;

	must(db_write(plug->db, plug_write, plug), "plug");
	return NULL;
}

struct act {
	struct late late;
	int (*fn)(struct late *);
	int r;
};

static void *
act_run(void *arg)
{
	struct act *act = arg;

	act->r = act->fn(&act->late);
	return NULL;
}

/* Both wait for the writer, the end of the key first. */
static void
together(struct world *w, struct act *first, struct act *second)
{
	struct plug plug = {.db = w->core->db};
	pthread_t threads[3];

	(void)sem_init(&plug.in, 0, 0);
	(void)sem_init(&plug.out, 0, 0);
	must(pthread_create(&threads[0], NULL, plug_run, &plug), "thread");
	while (sem_wait(&plug.in) != 0)
		;
	must(pthread_create(&threads[1], NULL, act_run, first), "thread");
	(void)usleep(400000);
	must(pthread_create(&threads[2], NULL, act_run, second), "thread");
	(void)usleep(400000);
	(void)sem_post(&plug.out);
	for (size_t i = 0; i < nitems(threads); i++)
		(void)pthread_join(threads[i], NULL);
	(void)sem_destroy(&plug.in);
	(void)sem_destroy(&plug.out);
}

static void
test_one_commit(struct world *w)
{
	struct str owner = str_c(w->owner.who.identity);
	struct act end = {.fn = removes_key, .late = {.w = w}};
	struct act add = {.fn = adds_namespace, .late = {.w = w}};
	struct str value = world_key(w, owner, 0, &end.late.key);

	end.late.by = visit_of(w, w->key, VERB_APIKEY_DELETE, account_thing());
	add.late.by =
	    visit_of(w, value, VERB_NAMESPACE_CREATE, account_thing());
	together(w, &end, &add);
	is_int(end.r, 0, "the key ends");
	is_int(add.r, OUT_UNPROVEN, "what shares its commit comes too late");
}

static int
logs_in(struct late *l)
{
	struct grant_ask ask = {.kind = GRANT_PASSWORD,
				.user = l->user.email,
				.password = STR("the first of them"),
				.client_id = STR("bx"),
				.addr = ADDR};
	struct login login;

	return world_login(l->w, &ask, &login);
}

/* A session that the old password began would outlive it. */
static void
test_password(struct world *w)
{
	struct act change = {.fn = sets_password, .late = {.w = w}};
	struct act login = {.fn = logs_in, .late = {.w = w}};
	struct visit by =
	    visit_of(w, w->key, VERB_PASSWORD_SET, account_thing());
	struct user user = world_user(w, "pass@example.org", 0);

	must(user_set_password(
		 &by, user.id,
		 &(struct password_ask){.password = STR("the first of them")},
		 NULL),
	     "first password");
	login.late.user = change.late.user = user;
	change.late.by = by;
	is_int(logs_in(&login.late), 0, "the first password opens");
	together(w, &change, &login);
	is_int(change.r, 0, "it changes");
	is_int(login.r, OUT_UNPROVEN, "and opens nothing in the same moment");
}

/* --- the right to give ends, and what was let in goes on --- */

#define CRN "crn:v1:bluemix:public:iam::::"

struct giver {
	struct world *w;
	struct visit user, password, key, ssh;
	struct user to;
	int n; /* of this call, for what must not be there twice */
	struct note note;
};

static int
gives_user(struct giver *g)
{
	struct user_ask ask = {
	    .email = arena_strf(&g->w->arena, "give-%d@example.org", g->n),
	    .roles = ROLE_READER};
	struct user user;

	return user_create(&g->user, &ask, &g->w->arena, &user, &g->note);
}

static int
gives_invitation(struct giver *g)
{
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct invite_ask ask = {
	    .email = arena_strf(&g->w->arena, "come-%d@example.org", g->n),
	    .roles = ROLE_READER};
	struct invitation made;

	return invite_create(&g->user, &ask, &g->w->arena, &made, &code,
			     &g->note);
}

static int
gives_password(struct giver *g)
{
	return user_set_password(
	    &g->password, g->to.id,
	    &(struct password_ask){.password = STR("long enough, that")},
	    &g->note);
}

static int
gives_key(struct giver *g)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key_ask ask = {.identity = g->to.id,
				  .account = str_c(g->w->owner.account),
				  .name = STR("given")};
	struct api_key key;

	return api_key_create(&g->key, &ask, &g->w->arena, &key, &value,
			      &g->note);
}

static int
gives_ssh_key(struct giver *g)
{
	struct sshkey key = key_of(100 + (unsigned)g->n);
	struct user_key_ask ask = {
	    .identity = g->to.id, .key = &key, .label = STR("given")};
	struct user_key made;

	return user_key_add(&g->ssh, &ask, &g->w->arena, &made, &g->note);
}

static const struct {
	const char *what, *verb;
	int (*fn)(struct giver *);
} gifts[] = {
    {"a user with roles", "user.create", gives_user},
    {"an invitation with roles", "user.create", gives_invitation},
    {"another's password", "password.set", gives_password},
    {"another's API key", "apikey.create", gives_key},
    {"another's SSH key", "sshkey.create", gives_ssh_key},
};

static struct policy
grant(struct world *w, struct str to, const char *role, const char *name,
      const char *op, const char *value)
{
	struct str crn = str_c(role);
	struct policy_attr on[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(w->owner.account)},
	    {.name = str_c(name), .op = str_c(op), .value = str_c(value)}};
	struct policy_text text = {.type = STR("access"),
				   .subject = to,
				   .roles = &crn,
				   .n_roles = 1,
				   .resources = on,
				   .n_resources = nitems(on)};
	struct policy p;

	must(policy_create(&w->owner, &text, &w->arena, &p, NULL), role);
	return p;
}

struct gift {
	struct giver giver;
	int (*fn)(struct giver *);
	int r;
};

static void *
gift_run(void *arg)
{
	struct gift *gift = arg;

	gift->r = gift->fn(&gift->giver);
	return NULL;
}

struct taking {
	struct world *w;
	struct str id;
};

static void *
taking_run(void *arg)
{
	struct taking *t = arg;

	must(policy_delete(&t->w->owner, t->id, NULL), "the policy goes");
	return NULL;
}

/* The policy goes and all are given in one commit, in this order. */
static void
take_and_give(struct taking *take, struct gift all[nitems(gifts)])
{
	struct plug plug = {.db = take->w->core->db};
	pthread_t threads[2 + nitems(gifts)];

	(void)sem_init(&plug.in, 0, 0);
	(void)sem_init(&plug.out, 0, 0);
	must(pthread_create(&threads[0], NULL, plug_run, &plug), "thread");
	while (sem_wait(&plug.in) != 0)
		;
	must(pthread_create(&threads[1], NULL, taking_run, take), "thread");
	(void)usleep(400000);
	for (size_t i = 0; i < nitems(gifts); i++)
		must(pthread_create(&threads[2 + i], NULL, gift_run, &all[i]),
		     "thread");
	(void)usleep(1000000);
	(void)sem_post(&plug.out);
	for (size_t i = 0; i < nitems(threads); i++)
		(void)pthread_join(threads[i], NULL);
	(void)sem_destroy(&plug.in);
	(void)sem_destroy(&plug.out);
}

static void
giver_make(struct giver *g, struct world *w, struct str identity)
{
	static int n;
	struct thing person = {.kind = THING_IDENTITY};
	struct api_key key;
	struct str value = world_key(w, identity, 0, &key);

	person.name = g->to.id;
	g->w = w;
	g->n = n++;
	g->user = visit_of(w, value, VERB_USER_CREATE, account_thing());
	g->password = visit_of(w, value, VERB_PASSWORD_SET, person);
	g->key = visit_of(w, value, VERB_APIKEY_CREATE, account_thing());
	g->ssh = visit_of(w, value, VERB_USERKEY_CREATE, person);
}

/* Each of both is needed to give anything away; the door stays open to who has
 * the rest. */
static void
test_giving(struct world *w)
{
	struct user admin = world_user(w, "giver@example.org", 0);
	struct user to = world_user(w, "given@example.org", 0);
	const char *const held[] = {CRN "role:Administrator",
				    CRN "serviceRole:Manager"};
	struct policy p[nitems(held)], again;

	(void)grant(w, admin.id, held[0], "service_group_id", "stringEquals",
		    "IAM");
	for (size_t i = 0; i < nitems(held); i++)
		p[i] = grant(w, admin.id, held[i], "serviceType", "stringMatch",
			     "*");
	for (size_t i = 0; i < nitems(held); i++) {
		struct taking take = {.w = w, .id = p[i].id};
		struct gift all[nitems(gifts)];
		struct giver before = {.to = to};
		size_t told[nitems(gifts)];

		giver_make(&before, w, admin.id);
		for (size_t j = 0; j < nitems(gifts); j++) {
			is_int(gifts[j].fn(&before), 0, "who may gives %s",
			       gifts[j].what);
			told[j] = trail_count(w, "refused", gifts[j].verb);
			all[j] = (struct gift){.giver = {.to = to},
					       .fn = gifts[j].fn};
			giver_make(&all[j].giver, w, admin.id);
		}
		take_and_give(&take, all);
		for (size_t j = 0; j < nitems(gifts); j++) {
			is_int(all[j].r, OUT_DENIED, "without %s, not %s",
			       held[i], gifts[j].what);
			ok(all[j].giver.note.text[0] != '\0', "and why");
			ok(trail_count(w, "refused", gifts[j].verb) ==
			       told[j] + (j < 2 ? 2 : 1),
			   "the trail knows of each");
		}
		must(policy_restore(&w->owner, p[i].id, 0, &w->arena, &again,
				    NULL),
		     "restore");
	}
}

/* --- a refresh token as a password --- */

static void
test_replaced(struct world *w)
{
	struct login old = world_session(w, w->key), new;
	struct grant_ask ask = {.kind = GRANT_REFRESH,
				.refresh_token = old.refresh,
				.client_id = STR("bx"),
				.addr = ADDR};
	struct proof proof = basic("iamrefresh", old.refresh);

	is_int(pulls(w, proof, "birds/app"), 0, "it opens the registry");
	must(world_login(w, &ask, &new), "refresh");
	is_int(pulls(w, proof, "birds/app"), 0, "replaced, for a while longer");
	clock_test_shift(REFRESH_GRACE_MS + SECOND_MS);
	ok(pulls(w, proof, "birds/app") != 0, "then no more");
	is_int(pulls(w, basic("iamrefresh", new.refresh), "birds/app"), 0,
	       "the new one does");
	clock_test_shift(-(REFRESH_GRACE_MS + SECOND_MS));
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_every_change(&w);
	test_machine_changes(&w);
	test_machines(&w);
	test_expiry(&w);
	test_namespace(&w);
	test_oneself(&w);
	test_one_commit(&w);
	test_password(&w);
	test_giving(&w);
	test_replaced(&w);
	world_end(&w);
	return done_testing();
}
