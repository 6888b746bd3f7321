/* Invitations, and the people of an account. */
#include "core/invite.h"

#include "core/core_world.h"
#include "core/policy.h"
#include "crypt/rand.h"

#define PASSWORD STR("a nest of moss")

static struct str
invite(struct world *w, const struct visit *by, const char *email,
       struct invitation *ret)
{
	struct invite_ask ask = {.email = str_c(email)};
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct note note = {""};

	must(invite_create(by, &ask, &w->arena, ret, &code, &note), note.text);
	return keep(w, secret_reveal(&code));
}

static int
accept(struct world *w, struct str code, struct str password,
       struct accepted *ret)
{
	static unsigned n;
	struct accept_ask ask = {
	    .code = code, .name = STR("New"), .password = password};
	char addr[32];
	int64_t wait = 0;

	/* Each from elsewhere, so that nobody is throttled. */
	(void)snprintf(addr, sizeof(addr), "198.51.100.%u", n++ % 250);
	ask.addr = str_c(addr);
	return invite_accept(w->core, &ask, &w->arena, ret, &wait, NULL);
}

static int
enters(struct world *w, const char *email, struct str account)
{
	struct grant_ask ask = {.kind = GRANT_PASSWORD,
				.user = str_c(email),
				.password = PASSWORD,
				.account = account,
				.client_id = STR("bx"),
				.addr = ADDR};
	struct login login;

	return world_login(w, &ask, &login);
}

static void
test_new(struct world *w)
{
	struct invitation made, again;
	struct accepted got;
	struct member m;
	struct str first = invite(w, &w->owner, "new@example.org", &made), code;
	struct str account = str_c(w->owner.account);

	ok(token_looks(TOKEN_INVITATION, first), "a code looks like one");
	is_int(made.expires_at - made.created_at, INVITATION_LIFE_MS, "a week");
	must(member_get(w->core, account, made.identity, &w->arena, &m), "get");
	ok(m.pending && !m.home, "expected, and not at home");
	is_int(enters(w, "new@example.org", STR_NONE), OUT_UNPROVEN,
	       "opens nothing");
	code = invite(w, &w->owner, "NEW@example.org", &again);
	is_str(again.identity, made.identity, "once more: the same person");
	is_int(accept(w, first, PASSWORD, &got), OUT_UNPROVEN,
	       "the first code has ended");
	is_int(accept(w, STR("lk_n_x"), PASSWORD, &got), OUT_UNPROVEN,
	       "what is no code");
	is_int(accept(w, w->key, PASSWORD, &got), OUT_UNPROVEN, "an API key");
	is_int(accept(w, code, STR("short"), &got), OUT_MALFORMED,
	       "a password that is none");
	clock_test_shift(INVITATION_LIFE_MS);
	is_int(accept(w, code, PASSWORD, &got), OUT_UNPROVEN, "after a week");
	clock_test_shift(-INVITATION_LIFE_MS);
	is_int(accept(w, code, PASSWORD, &got), 0, "before that");
	is_str(got.user.id, made.identity, "who was invited");
	is_str(got.user.name, STR("New"), "the name that they chose");
	is_str(str_c(got.account), account, "where");
	is_int(accept(w, code, PASSWORD, &got), OUT_UNPROVEN, "once");
	is_int(enters(w, "new@example.org", STR_NONE), 0, "they log in");
	must(member_get(w->core, account, made.identity, &w->arena, &m), "get");
	ok(!m.pending && m.home, "at home");
}

static void
test_refusals(struct world *w)
{
	struct invite_ask ask = {.email = STR("new@example.org")};
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct invitation made;
	struct visit low = visit_of(
	    w,
	    world_key(w,
		      world_user(w, "low@example.org", ROLE_ADMINISTRATOR).id,
		      0, &(struct api_key){0}),
	    VERB_USER_CREATE, (struct thing){.kind = THING_ACCOUNT});

	is_int(invite_create(&w->owner, &ask, &w->arena, &made, &code, NULL),
	       OUT_CONFLICT, "who is here");
	ask.email = STR("no address");
	is_int(invite_create(&w->owner, &ask, &w->arena, &made, &code, NULL),
	       OUT_MALFORMED, "no address");
	ask = (struct invite_ask){.email = STR("rise@example.org"),
				  .roles = ROLE_MANAGER};
	is_int(invite_create(&low, &ask, &w->arena, &made, &code, NULL),
	       OUT_DENIED, "roles that are not held");
	ask.roles = 0;
	is_int(invite_create(&low, &ask, &w->arena, &made, &code, NULL), 0,
	       "none are fine");
}

static struct str
policy_of(struct world *w, struct str identity, struct str service,
	  struct str role)
{
	const struct policy_attr attrs[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(w->owner.account)},
	    {.name = STR("serviceName"),
	     .op = STR("stringEquals"),
	     .value = service},
	};
	struct str roles[] = {role};
	struct policy_text text = {.type = STR("access"),
				   .subject_kind = POLICY_IDENTITY,
				   .subject = identity,
				   .roles = roles,
				   .n_roles = 1,
				   .resources = attrs,
				   .n_resources = 2};
	struct policy p;

	must(policy_create(&w->owner, &text, &w->arena, &p, NULL), "policy");
	return p.id;
}

/* Somebody of another account comes as a guest, and goes. */
static void
test_guest(struct world *w, struct str other_key, const struct account *other)
{
	struct visit theirs = visit_of(w, other_key, VERB_USER_CREATE,
				       (struct thing){.kind = THING_ACCOUNT});
	struct str account = str_c(w->owner.account), id, code, given;
	struct invitation made;
	struct accepted got;
	struct member m;
	struct api_key key;
	struct policy policy;
	struct str value;
	int64_t before = 0, now = 0;

	code = invite(w, &theirs, "guest@example.org", &made);
	id = made.identity;
	must(accept(w, code, PASSWORD, &got), "accept");
	must(member_count(w->core, account, &before), "count");
	code = invite(w, &w->owner, "guest@example.org", &made);
	is_str(made.identity, id, "the same person");
	must(member_get(w->core, account, id, &w->arena, &m), "get");
	ok(m.pending && str_eq(m.user.name, STR("guest@example.org")),
	   "nothing of them is shown");
	is_int(enters(w, "guest@example.org", account), OUT_DENIED,
	       "nor do they come in");
	is_int(accept(w, code, STR("another password"), &got), OUT_UNPROVEN,
	       "another password than theirs");
	is_int(accept(w, code, PASSWORD, &got), 0, "theirs");
	is_str(str_c(got.account), account, "into this account");
	is_str(got.user.account, other->id, "at home in the other");
	ok(!str_eq(got.user.name, STR("")), "with their name");
	is_int(enters(w, "guest@example.org", account), 0, "they come in");
	must(member_count(w->core, account, &now), "count");
	is_int(now, before + 1, "one more");

	value = world_key(w, id, 0, &key);
	given = policy_of(w, id, STR("container-registry"), STR("Reader"));
	is_int(pulls(w, basic("iamapikey", value), "birds/app"), 0,
	       "a key of this account opens");
	is_int(user_disable(&w->owner, id, true), OUT_ABSENT,
	       "they are not disabled here");
	is_int(member_remove(&w->owner, id), 0, "removed");
	is_int(pulls(w, basic("iamapikey", value), "birds/app"), OUT_UNPROVEN,
	       "the key opens nothing");
	is_int(policy_get(w->core, account, given, &w->arena, &policy),
	       OUT_ABSENT, "their policy is gone");
	is_int(enters(w, "guest@example.org", account), OUT_DENIED,
	       "they do not come in");
	is_int(enters(w, "guest@example.org", STR_NONE), 0, "but at home");
	is_int(member_remove(&w->owner, id), OUT_ABSENT, "twice");
}

/* Expected by two accounts, at home in the one they went to first; who goes
 * from where they were to be at home first is expected in the other still. */
static void
test_two(struct world *w, struct str other_key, const struct account *other)
{
	struct visit theirs = visit_of(w, other_key, VERB_USER_CREATE,
				       (struct thing){.kind = THING_ACCOUNT});
	struct str account = str_c(w->owner.account), code, second, given;
	struct invitation made;
	struct policy policy;
	struct accepted got;
	struct member m;

	code = invite(w, &w->owner, "two@example.org", &made);
	second = invite(w, &theirs, "two@example.org", &made);
	must(accept(w, second, PASSWORD, &got), "accept");
	is_str(got.user.account, other->id, "at home where they went");
	must(member_get(w->core, account, made.identity, &w->arena, &m), "get");
	ok(m.pending, "still expected in the other");
	is_int(accept(w, code, PASSWORD, &got), 0, "where they go next");
	is_str(got.user.account, other->id, "as a guest");

	(void)invite(w, &w->owner, "ended@example.org", &made);
	given = policy_of(w, made.identity, STR("container-registry"),
			  STR("Manager"));
	clock_test_shift(INVITATION_LIFE_MS);
	theirs.at = clock_now();
	second = invite(w, &theirs, "ended@example.org", &made);
	must(accept(w, second, PASSWORD, &got), "accept");
	clock_test_shift(-INVITATION_LIFE_MS);
	theirs.at = clock_now();
	is_int(member_get(w->core, account, made.identity, &w->arena, &m),
	       OUT_ABSENT, "not expected where the invitation has ended");
	is_int(policy_get(w->core, account, given, &w->arena, &policy),
	       OUT_ABSENT, "nor granted anything there");

	(void)invite(w, &w->owner, "late@example.org", &made);
	second = invite(w, &theirs, "late@example.org", &made);
	is_int(member_remove(&w->owner, made.identity), 0,
	       "no longer expected here");
	is_int(accept(w, second, PASSWORD, &got), 0, "they come there");
	is_str(got.user.account, other->id, "and are at home");
}

/* A new code is somebody's whole self: who administers people and no more does
 * not get it for one who was granted more, at home here or in another account.
 */
static void
test_taken(struct world *w, struct str other_key)
{
	static const char *const emails[] = {"here@example.org",
					     "there@example.org"};
	struct visit theirs = visit_of(w, other_key, VERB_USER_CREATE,
				       (struct thing){.kind = THING_ACCOUNT});
	struct user user = world_user(w, "people@example.org", 0);
	struct api_key key;
	struct str value = world_key(w, user.id, 0, &key);
	struct invitation made;
	struct visit low;

	(void)policy_of(w, user.id, STR("iam-identity"), STR("Administrator"));
	low = visit_of(w, value, VERB_USER_CREATE,
		       (struct thing){.kind = THING_ACCOUNT});
	(void)invite(w, &theirs, emails[1], &made);
	for (size_t i = 0; i < nitems(emails); i++) {
		CLEAN(secret_clear) struct secret code = SECRET_INIT;
		struct invite_ask ask = {.email = str_c(emails[i])};

		(void)invite(w, &w->owner, emails[i], &made);
		is_int(invite_create(&low, &ask, &w->arena, &made, &code, NULL),
		       0, "%s, who may nothing yet, once more", emails[i]);
		(void)policy_of(w, made.identity, STR("container-registry"),
				STR("Manager"));
		secret_clear(&code);
		is_int(invite_create(&low, &ask, &w->arena, &made, &code, NULL),
		       OUT_DENIED, "not when they may more than who asks");
		(void)invite(w, &w->owner, emails[i], &made);
	}
}

static void
test_removal(struct world *w, const struct account *other)
{
	struct user user = world_user(w, "goes@example.org", 0);
	struct user gone;

	is_int(member_remove(&w->owner, str_c(w->owner.who.identity)),
	       OUT_CONFLICT, "the owner stays");
	is_int(member_remove(&w->owner, other->owner), OUT_ABSENT,
	       "nobody of another account goes");
	is_int(member_remove(&w->owner, user.id), 0, "somebody at home");
	is_int(user_get(w->core, user.id, &w->arena, &gone), OUT_ABSENT,
	       "ends altogether");
}

static void
test_many(struct world *w)
{
	struct invite_ask ask;
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct str account = str_c(w->owner.account), after = STR("");
	struct invitation made;
	struct member *page;
	int64_t total = 0, seen = 0;
	size_t n;
	char email[64];
	int r = 0, i;

	for (i = 0; r == 0 && i <= INVITATIONS_MAX; i++) {
		(void)snprintf(email, sizeof(email), "many%d@example.org", i);
		ask = (struct invite_ask){.email = str_c(email)};
		secret_clear(&code);
		r = invite_create(&w->owner, &ask, &w->arena, &made, &code,
				  NULL);
	}
	is_int(r, OUT_TOO_MANY, "there is an end");
	ok(i > INVITATIONS_MAX - 10, "after %d", i);
	clock_test_shift(INVITATION_LIFE_MS);
	w->owner.at = clock_now();
	is_int(invite_create(&w->owner, &ask, &w->arena, &made, &code, NULL), 0,
	       "those that have ended do not count");
	must(member_count(w->core, account, &total), "count");
	do {
		must(member_list(w->core, account, after, 7, &w->arena, &page,
				 &n),
		     "list");
		for (size_t k = 0; k < n; k++) {
			if (str_cmp(after, page[k].user.id) >= 0)
				ok(false, "order");
			after = page[k].user.id;
		}
		seen += (int64_t)n;
	} while (n == 7);
	is_int(seen, total, "pages have each once");
}

int
main(void)
{
	struct account other;
	struct world w;
	struct str key;

	world_make(&w);
	key = world_other(&w, &other);
	test_new(&w);
	test_refusals(&w);
	test_guest(&w, key, &other);
	test_two(&w, key, &other);
	test_taken(&w, key);
	test_removal(&w, &other);
	test_many(&w);
	world_end(&w);
	return done_testing();
}
