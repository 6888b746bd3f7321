/* Key pairs and servers at the gate: what their names mean, whose they are, and
 * what a machine may. */
#include "core/gate_inner.h"
#include "core/machine_world.h"

struct set {
	struct cast git;
	struct planted web, site, far;	   /* servers */
	struct planted key, mine, sitekey; /* pairs */
	struct planted mask; /* a server whose name is another's id */
	struct user reader, writer;
	struct proof owner, reads, writes;
};

static int
asks(struct set *s, struct proof proof, enum verb verb, struct thing thing,
     struct visit *ret)
{
	*ret = (struct visit){.core = NULL};
	return gate_pass(s->git.w.core, &proof, verb, &thing, ret);
}

static struct str
text(struct set *s, const char *a, const char *b, const char *c)
{
	struct str t = arena_strf(&s->git.w.arena, "%s/%s/%s", a, b, c);

	must(t.p == NULL, "memory");
	return t;
}

static void
set_make(struct set *s)
{
	struct world *w = &s->git.w;
	struct planted *const all[] = {&s->web,	 &s->site,    &s->far, &s->key,
				       &s->mine, &s->sitekey, &s->mask};
	const char *own, *web, *far;
	struct api_key key;

	cast_new(&s->git);
	for (size_t i = 0; i < nitems(all); i++)
		*all[i] = planted_new(&s->git);
	s->reader = world_user(w, "reader@example.org", ROLE_READER);
	s->writer = world_user(w, "writer@example.org", ROLE_WRITER);
	s->owner = basic("iamapikey", w->key);
	s->reads = basic("iamapikey", world_key(w, s->reader.id, 0, &key));
	s->writes = basic("iamapikey", world_key(w, s->writer.id, 0, &key));
	own = w->owner.account;
	web = s->git.web.id.p;
	far = s->git.other.id.p;
	plant(&s->git,
	      (struct plant[]){
		  {&s->web, false, own, own, "Web-1", "nobody"},
		  {&s->site, false, own, web, "site-1", "nobody"},
		  {&s->far, false, far, far, "web-1", "nobody"},
		  {&s->key, true, own, own, "Web-Key", s->reader.id.p},
		  {&s->mine, true, own, own, "mine", s->writer.id.p},
		  {&s->sitekey, true, own, web, "web-key", s->writer.id.p},
		  {&s->mask, false, own, web, s->site.id, "nobody"},
	      },
	      7);
}

static void
found(struct set *s, struct thing thing, const struct planted *want,
      const char *what)
{
	enum verb verb =
	    thing.kind == THING_SERVER ? VERB_SERVER_LIST : VERB_KEYPAIR_LIST;
	struct visit v;

	is_int(asks(s, s->owner, verb, thing, &v), 0, "%s", what);
	is_str(str_c(v.object), str_c(want->id), "%s: the one", what);
	is_str(str_c(v.account), str_c(s->git.w.owner.account),
	       "%s: its account", what);
}

static void
test_names(struct set *s)
{
	const char *own = s->git.w.owner.account, *web = s->git.web.id.p;

	found(s, pair("Own/default/Web-Key"), &s->key, "as written");
	found(s, pair("oWN/DEFAULT/web-key"), &s->key, "in any case");
	found(s, server("Own/default/WEB-1"), &s->web, "a server");
	found(s, pair("Own/web/web-key"), &s->sitekey,
	      "the same name in another project");
	found(s,
	      (struct thing){.kind = THING_KEYPAIR,
			     .name = text(s, own, web, "web-key")},
	      &s->sitekey, "by ids of where it is");
	found(s,
	      (struct thing){.kind = THING_KEYPAIR,
			     .name = text(s, own, web, s->sitekey.id)},
	      &s->sitekey, "by ids alone");
	found(s,
	      (struct thing){.kind = THING_SERVER,
			     .name = text(s, "own", "WEB", s->site.id)},
	      &s->site, "by its own id, which comes before a name");
}

static void
test_absent(struct set *s)
{
	static const char *const names[] = {
	    "",
	    "/",
	    "//",
	    "Own",
	    "Own/default",
	    "Own/default/",
	    "/default/web-1",
	    "Own//web-1",
	    "Own/web-1",
	    "Own/default/nothing",
	    "Own/default/web-1/",
	    "Own/default/web-1 ",
	    "Own/nothing/web-1",
	    "Nobody/default/web-1",
	    "Else/default/web-1",
	    "Own/web/web-1",
	    "Own/default/web_1",
	    "Own/%/web-1",
	};
	const char *own = s->git.w.owner.account;
	char longest[FOUND_NAME_MAX + 2];
	struct thing thing = {.kind = THING_SERVER};
	struct visit v;

	for (size_t i = 0; i < nitems(names); i++) {
		is_int(
		    asks(s, s->owner, VERB_SERVER_LIST, server(names[i]), &v),
		    OUT_DENIED, "'%s'", names[i]);
		is_str(str_c(v.object), STR(""), "and nothing is told of it");
		is_int(asks(s, s->owner, VERB_KEYPAIR_LIST, pair(names[i]), &v),
		       OUT_DENIED, "pair '%s'", names[i]);
	}
	thing.name = text(s, own, "web", s->web.id);
	is_int(asks(s, s->owner, VERB_SERVER_LIST, thing, &v), OUT_DENIED,
	       "an id of another project");
	thing.name = text(s, own, own, s->far.id);
	is_int(asks(s, s->owner, VERB_SERVER_LIST, thing, &v), OUT_DENIED,
	       "an id of another account");
	thing.name = text(s, own, own, s->key.id);
	is_int(asks(s, s->owner, VERB_SERVER_LIST, thing, &v), OUT_DENIED,
	       "a pair's id");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	thing.name = text(s, own, own, longest);
	is_int(asks(s, s->owner, VERB_SERVER_LIST, thing, &v), OUT_DENIED,
	       "a name that is too long");
	thing.name = STR("Own/default/web-1\0");
	is_int(asks(s, s->owner, VERB_SERVER_LIST, thing, &v), OUT_DENIED,
	       "a NUL behind");
	thing = server("Own/default/web-1");
	thing.account = s->git.other.id;
	is_int(asks(s, s->owner, VERB_SERVER_LIST, thing, &v), OUT_DENIED,
	       "said to be of another account");
}

/* What one made needs no more than Writer; who only made it and lost the role
 * has no say. */
static void
test_made_it(struct set *s)
{
	struct visit v;

	is_int(asks(s, s->writes, VERB_KEYPAIR_DELETE, pair("Own/default/mine"),
		    &v),
	       0, "a writer deletes what they made");
	ok(gate_may(s->git.w.core, &v.who, VERB_KEYPAIR_DELETE, &v.thing),
	   "and may");
	ok(gate_still(s->git.w.core, &v), "and still");
	is_int(asks(s, s->writes, VERB_KEYPAIR_DELETE,
		    pair("Own/default/Web-Key"), &v),
	       OUT_DENIED, "not what others made");
	is_int(asks(s, s->reads, VERB_KEYPAIR_DELETE,
		    pair("Own/default/Web-Key"), &v),
	       OUT_DENIED, "a reader not even that");
	is_int(asks(s, s->owner, VERB_KEYPAIR_DELETE, pair("Own/default/mine"),
		    &v),
	       0, "the owner all");
	is_int(asks(s, s->writes, VERB_SERVER_DELETE,
		    server("Own/default/Web-1"), &v),
	       OUT_DENIED, "servers have no such rule");
}

/* --- machines --- */

static void
visit_is(struct set *s, struct proof proof, enum verb verb, struct thing thing,
	 const struct planted *p, const char *what)
{
	struct visit v;
	bool seed = proof.kind == PROOF_SEED;

	is_int(asks(s, proof, verb, thing, &v), 0, "%s", what);
	is_str(str_c(v.object), str_c(p->id), "%s: the server", what);
	is_str(str_c(v.who.machine), str_c(p->id), "%s: it is that", what);
	is_str(str_c(v.who.cred_id), str_c(seed ? p->seed : p->credential),
	       "%s: by which", what);
	is_int(v.who.cred, seed ? CRED_SEED : CRED_MACHINE, "%s: kind", what);
	is_str(str_c(v.who.account), str_c(v.account), "%s: account", what);
	is_str(str_c(v.who.identity), STR(""), "%s: is nobody", what);
	ok(gate_still(s->git.w.core, &v), "%s: and still", what);
	ok(gate_may(s->git.w.core, &v.who, verb, &thing), "%s: and may", what);
}

static void
test_machine(struct set *s)
{
	struct thing self = {.kind = THING_SERVER}, given = self;
	struct visit v;

	for (int i = 0; i < 2; i++) {
		visit_is(s, machine_of(&s->web), VERB_SERVER_FOLLOW, self,
			 &s->web, i == 0 ? "follows" : "as remembered");
		visit_is(s, machine_of(&s->far), VERB_SERVER_FOLLOW, self,
			 &s->far, "the other its own");
		visit_is(s, seed_of(&s->web), VERB_SEED_READ, self, &s->web,
			 "a first boot");
	}
	visit_is(s, seed_of(&s->web), VERB_SEED_ENROL, self, &s->web, "enrols");
	visit_is(s, seed_of(&s->web), VERB_SEED_REPORT, self, &s->web,
		 "reports");
	visit_is(s, machine_of(&s->web), VERB_SERVER_FOLLOW,
		 server("own/default/web-1"), &s->web, "by its own name");
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW,
		    server("Own/web/site-1"), &v),
	       OUT_DENIED, "not another server");
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW,
		    server("Else/default/web-1"), &v),
	       OUT_DENIED, "nor another account's");
	is_int(asks(s, seed_of(&s->web), VERB_SEED_READ,
		    server("Own/web/site-1"), &v),
	       OUT_DENIED, "nor does a seed");
	given.account = s->git.other.id;
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW, given, &v),
	       OUT_DENIED, "nor in an account that it is not of");
	given.account = str_c(s->git.w.owner.account);
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW, given, &v), 0,
	       "in its own");
}

/* Tokens are what they are and open nothing as something else. */
static void
test_kinds(struct set *s)
{
	static const char *const users[] = {"iamapikey", "iambearer",
					    "iamrefresh", "token", "<token>"};
	const struct str tokens[] = {s->web.seed_token, s->web.token};
	static const enum proof_kind kinds[] = {PROOF_ACCESS,	PROOF_BEARER,
						PROOF_IDENTITY, PROOF_SSH_KEY,
						PROOF_SEED,	PROOF_MACHINE};
	struct world *w = &s->git.w;
	struct str digest = {(const char *)s->web.digests[1], VAULT_DIGEST_LEN};
	struct subject who;

	for (size_t i = 0; i < nitems(tokens); i++) {
		world_from = "192.0.2.8";
		for (size_t j = 0; j < nitems(users); j++) {
			struct proof p = basic(users[j], tokens[i]);

			is_int(gate_prove(w->core, &p, &who), OUT_UNPROVEN,
			       "token %zu as the password of %s", i, users[j]);
		}
		for (size_t j = 0; j < nitems(kinds); j++) {
			struct proof p = plain(kinds[j], tokens[i]);
			bool right =
			    kinds[j] == (i == 0 ? PROOF_SEED : PROOF_MACHINE);

			is_int(gate_prove(w->core, &p, &who),
			       right ? 0 : OUT_UNPROVEN, "token %zu as %d", i,
			       (int)kinds[j]);
		}
		world_from = "192.0.2.9";
	}
	is_int(pass(w, plain(PROOF_MACHINE, digest), VERB_SERVER_FOLLOW,
		    (struct thing){.kind = THING_SERVER}),
	       OUT_UNPROVEN, "what is stored opens nothing");
	is_int(pass(w, plain(PROOF_MACHINE, w->key), VERB_SERVER_FOLLOW,
		    (struct thing){.kind = THING_SERVER}),
	       OUT_UNPROVEN, "nor does an API key");
	world_from = "192.0.2.7";
}

static void
test_expired(struct set *s)
{
	struct thing self = {.kind = THING_SERVER};
	struct visit before, v;

	is_int(asks(s, seed_of(&s->site), VERB_SEED_READ, self, &before), 0,
	       "before its end");
	clock_test_shift(SEED_ENDS_MS);
	is_int(asks(s, seed_of(&s->site), VERB_SEED_READ, self, &v),
	       OUT_EXPIRED, "a seed ends, as remembered too");
	is_int(asks(s, seed_of(&s->web), VERB_SEED_REPORT, self, &v),
	       OUT_EXPIRED, "and the other");
	ok(!gate_still(s->git.w.core, &before), "who was in is cut");
	is_int(asks(s, machine_of(&s->site), VERB_SERVER_FOLLOW, self, &v), 0,
	       "a machine's own does not");
	clock_test_shift(-SEED_ENDS_MS);
}

static struct str
guess_of(enum token_kind kind, struct secret *to)
{
	must(rand_token(kind, to), "guess");
	return secret_reveal(to);
}

static void
test_throttle(struct set *s)
{
	struct thing self = {.kind = THING_SERVER};
	struct visit v;
	int64_t wait = 0;
	int r = OUT_UNPROVEN, tries = 0;

	world_from = "192.0.2.20";
	while (r == OUT_UNPROVEN && tries <= THROTTLE_FREE) {
		CLEAN(secret_clear) struct secret guess = SECRET_INIT;

		r = asks(s, plain(PROOF_SEED, guess_of(TOKEN_SEED, &guess)),
			 VERB_SEED_READ, self, &v);
		tries++;
	}
	is_int(r, OUT_TOO_MANY, "guessing at seeds is slowed down");
	is_int(tries, THROTTLE_FREE + 1, "after so many");
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW, self, &v), 0,
	       "the right one opens all the same");
	for (tries = 0; tries <= THROTTLE_FREE; tries++) {
		CLEAN(secret_clear) struct secret old = SECRET_INIT;

		r = asks(s, plain(PROOF_MACHINE, guess_of(TOKEN_MACHINE, &old)),
			 VERB_SERVER_FOLLOW, self, &v);
		if (tries == 0)
			is_int(r, OUT_UNPROVEN,
			       "one that ended hears it from there, too");
		world_from = "192.0.2.21";
	}
	is_int(r, OUT_UNPROVEN, "however often it asks");
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW, self, &v), 0,
	       "the right one opens there");
	is_int(gate_throttle(s->git.w.core, str_c(world_from), STR_NONE, &wait),
	       0, "and people behind its address can log in");
	world_from = "192.0.2.7";
}

static int
nothing(struct db_at *at, void *arg)
{
	(void)arg;
	gate_changed(at);
	return 0;
}

/* Rights at the commit, and what is remembered when something changed. */
static void
test_again(struct set *s)
{
	struct thing self = {.kind = THING_SERVER};
	struct visit v, seed;

	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW, self, &v), 0,
	       "inside");
	is_int(asks(s, seed_of(&s->web), VERB_SEED_ENROL, self, &seed), 0,
	       "inside, too");
	is_int(gate_write(&seed, nothing, NULL), 0, "a change by the machine");
	is_int(gate_write(&seed, nothing, NULL), 0, "looked at again");
	ok(gate_still(s->git.w.core, &v), "and the other goes on");
	clock_test_shift(SEED_ENDS_MS);
	is_int(gate_write(&seed, nothing, NULL), OUT_UNPROVEN,
	       "its end counts at the commit");
	clock_test_shift(-SEED_ENDS_MS);
	memset(seed.object, '0', sizeof(seed.object) - 1);
	is_int(gate_write(&seed, nothing, NULL), OUT_DENIED,
	       "a server that is not there any more");
	memcpy(seed.object, s->site.id, sizeof(seed.object));
	is_int(gate_write(&seed, nothing, NULL), OUT_DENIED, "nor another one");
}

static size_t
rows_of(struct set *s, const char *outcome, const char *verb, const char *thing)
{
	struct audit_filter filter = {.outcome = str_c(outcome),
				      .verb = str_c(verb),
				      .thing = str_c(thing),
				      .limit = PAGE_MAX};
	struct audit_row *rows;
	size_t n;

	must(audit_flush(s->git.w.core), "flush");
	must(audit_list(s->git.w.core, &filter, &s->git.w.arena, &rows, &n),
	     "list");
	return n;
}

static void
test_trail(struct set *s)
{
	struct thing self = {.kind = THING_SERVER};
	struct last_use use = {.at = 0};
	struct visit v;

	/* Uses of one minute are one; this is of the next. */
	clock_test_shift(MINUTE_MS);
	world_from = "192.0.2.22";
	is_int(asks(s, machine_of(&s->web), VERB_SERVER_FOLLOW, self, &v), 0,
	       "a machine asks once more");
	ok(rows_of(s, "used", "server.follow", "server:Own/default/Web-1") > 0,
	   "a machine's use is told by its server's name");
	ok(rows_of(s, "used", "seed.read", "server:Own/default/Web-1") > 0,
	   "a fetch, too");
	ok(rows_of(s, "refused", "keypair.delete",
		   "key-pair:Own/default/Web-Key") > 0,
	   "a no");
	is_int(audit_last_use(s->git.w.core, CRED_MACHINE,
			      str_c(s->web.credential), &s->git.w.arena, &use),
	       0, "and when it was last here");
	is_str(use.addr, STR("192.0.2.22"), "from where");
}

int
main(void)
{
	static struct set s;

	set_make(&s);
	test_names(&s);
	test_absent(&s);
	test_made_it(&s);
	test_machine(&s);
	test_kinds(&s);
	test_expired(&s);
	test_throttle(&s);
	test_again(&s);
	test_trail(&s);
	world_end(&s.git.w);
	return done_testing();
}
