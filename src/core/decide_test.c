/* What is decided where no door leads to it alone: what is remembered of who
 * owns what, what is not there and who asks why, and whom a credential is not
 * for. */
#include "core/decide.h"
#include "core/invite.h"
#include "core/ssh_world.h"

/* --- who owns a namespace --- */

static int
pull_asked(struct world *w, const char *name, bool keep)
{
	struct ask ask = {.core = w->core,
			  .who = &w->owner.who,
			  .verb = VERB_IMAGE_PULL,
			  .thing = repo(name),
			  .least = gate_generation(w->core),
			  .keep = keep};

	return decide(&ask, false);
}

static bool
is_kept(struct world *w, const char *namespace)
{
	struct cache *cache = w->core->gate->cache;
	const struct str parts[] = {STR_INIT("owner"), LOCAL, str_c(namespace)};
	uint8_t key[CACHE_KEY_LEN];
	struct cached *found;

	cache_key(cache, parts, nitems(parts), key);
	found = cache_get(cache, key, 0);
	cached_unref(found);
	return found != NULL;
}

static void
test_kept(struct world *w)
{
	is_int(pull_asked(w, "nowhere/app", true), OUT_DENIED, "nobody's");
	ok(!is_kept(w, "nowhere"), "what is not there is not remembered");
	is_int(pull_asked(w, "nowhere/app", true), OUT_DENIED,
	       "nor there then");
	is_int(pull_asked(w, "birds/app", false), 0, "one's own");
	ok(!is_kept(w, "birds"), "is not remembered for who does not say so");
	is_int(pull_asked(w, "birds/app", true), 0, "the same");
	ok(is_kept(w, "birds"), "is, for who does");
	is_int(pull_asked(w, "birds/app", true), 0, "and is it still");
}

struct ending {
	struct world *w;
	int before, after;
};

static int
end_write(struct db_at *at, void *arg)
{
	struct ending *e = arg;
	struct thing app = repo("late/app");
	int r;

	e->before = gate_may_now(at, &e->w->owner, VERB_IMAGE_PUSH, &app);
	r = db_exec(at, SQL_namespace_end, NULL, "iss", clock_now(), LOCAL,
		    STR("late"));
	e->after = gate_may_now(at, &e->w->owner, VERB_IMAGE_PUSH, &app);
	gate_changed(at);
	return r;
}

/* What one change of a commit ends, the next of the same commit has no more,
 * whatever is remembered. */
static void
test_write(struct world *w)
{
	struct ending e = {.w = w};
	bool made;

	must(namespace_add(&w->owner, LOCAL, STR("late"), &made), "late");
	is_int(pull_asked(w, "late/app", true), 0, "it is there");
	ok(is_kept(w, "late"), "and remembered");
	must(db_write(w->core->db, end_write, &e), "end");
	is_int(e.before, 0, "in the commit that ends it: before");
	is_int(e.after, OUT_DENIED, "and after");
	is_int(pull_asked(w, "late/app", true), OUT_DENIED, "it is over");
}

/* Nobody owns what is to be made; a name that is taken is no secret kept from
 * who makes one of their own. */
static void
test_create(struct world *w)
{
	struct thing fresh = {
	    .kind = THING_NAMESPACE, .region = LOCAL, .name = STR("fresh")};

	is_int(
	    pass(w, basic("iamapikey", w->key), VERB_NAMESPACE_CREATE, fresh),
	    0, "a namespace that is not there is made");
	is_int(
	    pass(w, basic("iamapikey", w->key), VERB_NAMESPACE_DELETE, fresh),
	    OUT_DENIED, "and not deleted");
}

/* --- whom it is for --- */

/* Who was invited can be looked after, and nobody acts in their place. */
static void
test_pending(struct world *w)
{
	struct invite_ask ask = {.email = STR("guest@example.org")};
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct note note = {""};
	struct invitation made;
	struct thing guest = {.kind = THING_IDENTITY};
	struct proof mine = basic("iamapikey", w->key);
	struct user here = world_user(w, "here@example.org", 0);

	must(invite_create(&w->owner, &ask, &w->arena, &made, &code, &note),
	     note.text);
	guest.name = made.identity;
	is_int(pass(w, mine, VERB_USER_UPDATE, guest), 0,
	       "who was invited is looked after");
	is_int(pass(w, mine, VERB_APIKEY_CREATE, guest), OUT_DENIED,
	       "and is given no key");
	is_int(pass(w, mine, VERB_USERKEY_CREATE, guest), OUT_DENIED,
	       "of neither kind");
	guest.name = here.id;
	is_int(pass(w, mine, VERB_APIKEY_CREATE, guest), 0, "who has come is");
}

/* What the registry hands out is for the registry: even its owner's opens
 * nothing of git, key pairs and servers. */
static void
test_registry_alone(struct cast *c)
{
	static const struct {
		enum verb verb;
		enum thing_kind kind;
		const char *name;
	} rows[] = {
	    {VERB_GIT_READ, THING_GITREPO, "Own/test"},
	    {VERB_PROJECT_UPDATE, THING_PROJECT, "Own/web"},
	    {VERB_KEYPAIR_LIST, THING_PROJECT, "Own/web"},
	    {VERB_KEYPAIR_IMPORT, THING_PROJECT, "Own/web"},
	    {VERB_SERVER_LIST, THING_PROJECT, "Own/web"},
	    {VERB_SERVER_CREATE, THING_PROJECT, "Own/web"},
	};
	struct world *w = &c->w;
	struct proof mine = basic("iamapikey", w->key);
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	struct proof handed[2];
	struct subject who;

	must(gate_prove(w->core, &mine, &who), "mine");
	must(identity_token_issue(w->core, &who, LOCAL, &kept), "token");
	handed[0] = plain(PROOF_IDENTITY, secret_reveal(&kept));
	handed[1] =
	    plain(PROOF_BEARER, world_bearer(w, mine, "birds/app", SCOPE_PULL));
	for (size_t i = 0; i < nitems(rows); i++) {
		struct thing thing = {.kind = rows[i].kind,
				      .region = LOCAL,
				      .name = str_c(rows[i].name)};

		is_int(pass(w, mine, rows[i].verb, thing), 0, "row %zu: a key",
		       i);
		for (size_t j = 0; j < nitems(handed); j++)
			is_int(pass(w, handed[j], rows[i].verb, thing),
			       OUT_DENIED, "row %zu: handed out %zu", i, j);
	}
	for (size_t j = 0; j < nitems(handed); j++)
		is_int(pulls(w, handed[j], "birds/app"), 0,
		       "images: handed out %zu", j);
}

/* The list of images is one thing, and each of them another. */
static void
test_narrow(struct world *w)
{
	struct proof mine = basic("iamapikey", w->key);
	struct proof list =
	    plain(PROOF_BEARER, world_bearer(w, mine, "", SCOPE_ALL_CATALOG));
	struct proof birds =
	    plain(PROOF_BEARER, world_bearer(w, mine, "birds", SCOPE_PULL));
	struct thing all = {.kind = THING_NONE, .region = LOCAL};
	struct thing space = {
	    .kind = THING_NAMESPACE, .region = LOCAL, .name = STR("birds")};

	is_int(pass(w, list, VERB_IMAGE_LIST, all), 0, "a bearer of the list");
	is_int(pass(w, list, VERB_NAMESPACE_LIST, all), OUT_DENIED,
	       "not of another list");
	is_int(pass(w, list, VERB_IMAGE_LIST, space), OUT_DENIED,
	       "nor of a namespace's");
	is_int(pulls(w, birds, "birds"), 0, "a bearer of a repository");
	is_int(pass(w, birds, VERB_IMAGE_PULL, space), OUT_DENIED,
	       "not of the namespace of that name");
}

static void
test_token(struct world *w)
{
	static const struct {
		enum verb verb;
		enum thing_kind kind;
		const char *name;
		int want;
	} rows[] = {
	    {VERB_IMAGE_PULL, THING_REPO, "birds/app", 0},
	    {VERB_IMAGE_PULL, THING_NAMESPACE, "birds", 0},
	    {VERB_IMAGE_PULL, THING_ACCOUNT, "", OUT_DENIED},
	    {VERB_IMAGE_PUSH, THING_REPO, "birds/app", 0},
	    {VERB_IMAGE_PUSH, THING_NAMESPACE, "birds", 0},
	    {VERB_IMAGE_PUSH, THING_ACCOUNT, "", OUT_DENIED},
	    {VERB_IMAGE_DELETE, THING_REPO, "birds/app", OUT_DENIED},
	    {VERB_IMAGE_LIST, THING_NONE, "", 0},
	    {VERB_IMAGE_LIST, THING_NAMESPACE, "birds", OUT_DENIED},
	    {VERB_NAMESPACE_LIST, THING_NONE, "", OUT_DENIED},
	};
	struct regtoken token;
	struct proof proof = basic("token", world_token(w, true, true, &token));

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(pass(w, proof, rows[i].verb,
			    (struct thing){.kind = rows[i].kind,
					   .region = LOCAL,
					   .name = str_c(rows[i].name)}),
		       rows[i].want, "a token, row %zu", i);
}

/* One's own is oneself, and not what has one's name. */
static void
test_self(struct world *w)
{
	struct user user = world_user(w, "self@example.org", 0);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct thing self = {.kind = THING_IDENTITY, .name = user.id};

	is_int(pass(w, proof, VERB_APIKEY_LIST, self), 0, "oneself");
	self.kind = THING_ACCOUNT;
	is_int(pass(w, proof, VERB_APIKEY_LIST, self), OUT_DENIED,
	       "an account of that name");
}

/* What is for everybody is one list of images; and who says whose account it is
 * must say their own. */
static void
test_anybody(struct cast *c)
{
	struct world *w = &c->w;
	struct user user = world_user(w, "any@example.org", 0);
	struct api_key key;
	struct proof proof = basic("iamapikey", world_key(w, user.id, 0, &key));
	struct thing all = {.kind = THING_NONE, .region = LOCAL};

	is_int(pass(w, proof, VERB_IMAGE_LIST, all), 0, "the list of images");
	is_int(pass(w, proof, VERB_NAMESPACE_LIST, all), OUT_DENIED,
	       "not that of namespaces");
	is_int(pass(w, proof, VERB_WHOAMI, all), 0, "who one is");
	all.account = str_c(w->owner.account);
	is_int(pass(w, proof, VERB_WHOAMI, all), 0, "in one's own account");
	all.account = c->other.id;
	is_int(pass(w, proof, VERB_WHOAMI, all), OUT_DENIED, "not in another");
}

/* Whoever somebody is, without a credential they may nothing. */
static void
test_no_credential(struct world *w)
{
	struct subject who = w->owner.who;
	struct thing app = repo("birds/app");

	ok(gate_may(w->core, &who, VERB_IMAGE_PULL, &app), "an owner");
	who.cred = CRED_NONE;
	ok(!gate_may(w->core, &who, VERB_IMAGE_PULL, &app),
	   "without a credential");
}

/* Who was let in as nobody stays in, and the program itself may do its own. */
static void
test_nobody(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct visit own = {.core = w->core, .verb = VERB_IMAGE_PULL};
	struct thing app = repo("birds/app");
	struct proof none = {.kind = PROOF_NONE, .addr = ADDR};
	struct visit v;

	must(gate_pass(w->core, &none, VERB_NONE_NEEDED, NULL, &v), "public");
	ok(gate_still(w->core, &v), "what is public goes on");
	must(db_view_begin(w->core->db, &view), "view");
	is_int(gate_may_now(view, &own, VERB_IMAGE_PULL, &app), 0,
	       "the program itself may");
}

int
main(void)
{
	static struct cast c;

	cast_new(&c);
	subtest("kept") test_kept(&c.w);
	subtest("write") test_write(&c.w);
	subtest("create") test_create(&c.w);
	subtest("pending") test_pending(&c.w);
	subtest("registry alone") test_registry_alone(&c);
	subtest("narrow") test_narrow(&c.w);
	subtest("token") test_token(&c.w);
	subtest("self") test_self(&c.w);
	subtest("anybody") test_anybody(&c);
	subtest("no credential") test_no_credential(&c.w);
	subtest("nobody") test_nobody(&c.w);
	world_end(&c.w);
	return done_testing();
}
