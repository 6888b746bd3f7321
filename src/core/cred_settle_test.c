/* Rotation: both are valid, then one; whatever happens in between. */
#include "core/core_world.h"
#include "core/cred_settle.h"
#include "core/find_cred.h"
#include "core/service_id.h"

#define APP "birds/app"

static struct str
token_make(struct world *w, struct str replaces, int64_t until,
	   struct regtoken *ret)
{
	struct note note = {""};
	struct regtoken_ask ask = {.region = LOCAL,
				   .issuer = STR("localhost:8080"),
				   .permanent = true,
				   .replaces = replaces,
				   .until = until,
				   .note = &note};
	CLEAN(buf_clear) struct buf value = BUF_INIT;

	must(regtoken_add(&w->owner, &ask, &w->arena, ret, &value), note.text);
	return keep(w, buf_str(&value));
}

static int
uses(struct world *w, struct str value)
{
	return pulls(w, basic("token", value), APP);
}

/* The row that tells of the end of an old one. */
static bool
is_told(struct world *w, const char *thing, const char *by)
{
	struct audit_filter f = {.thing = str_c(thing),
				 .outcome = STR("done"),
				 .limit = 10,
				 .newest_first = true};
	struct audit_row *rows = NULL;
	size_t n = 0;

	must(audit_list(w->core, &f, &w->arena, &rows, &n), "audit");
	return n > 0 && memmem(rows[0].detail.p, rows[0].detail.n, by,
			       strlen(by)) != NULL;
}

static void
test_first_use(struct world *w)
{
	struct regtoken old, new;
	struct str a = token_make(w, STR_NONE, 0, &old);
	struct str b = token_make(w, old.id, 0, &new);
	char thing[CRED_ID_MAX + 32];

	is_int(uses(w, a), 0, "the old one is valid");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, a), 0, "  and stays so, however often it is used");
	world_shut(w);
	must(world_open(w, false), "restart");
	is_int(uses(w, a), 0, "  after a restart too");
	is_int(uses(w, b), 0, "the new one is used");
	is_int(uses(w, a), 0, "  the trail does not know yet");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, a), OUT_UNPROVEN, "then the old one has ended");
	is_int(uses(w, b), 0, "  the new one not");
	(void)snprintf(thing, sizeof(thing), "registry-token:%.*s",
		       STR_ARG(old.id));
	ok(is_told(w, thing, new.id.p), "  and the trail says by which");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, b), 0, "nothing happens twice");
}

static void
test_until(struct world *w)
{
	struct regtoken old, new;
	struct str a = token_make(w, STR_NONE, 0, &old);
	struct str b =
	    token_make(w, old.id, clock_now() + 60 * SECOND_MS, &new);

	is_int(uses(w, b), 0, "until a moment: the new one");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, a), 0, "  and the old one");
	clock_test_shift(61 * SECOND_MS);
	is_int(uses(w, a), OUT_EXPIRED, "after it the old one is past its end");
	is_int(uses(w, b), 0, "  the new one not");
	clock_test_shift(-61 * SECOND_MS);
	is_int(uses(w, a), 0, "its value was never another");
}

/* Replaced twice before the first use. */
static void
test_chain(struct world *w)
{
	struct regtoken t[3];
	struct str a = token_make(w, STR_NONE, 0, &t[0]);
	struct str b = token_make(w, t[0].id, 0, &t[1]);
	struct str c = token_make(w, t[1].id, 0, &t[2]);

	is_int(uses(w, c), 0, "the third is used");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, a), OUT_UNPROVEN, "  the first has ended");
	is_int(uses(w, b), OUT_UNPROVEN, "  and the second");
	a = token_make(w, STR_NONE, 0, &t[0]);
	b = token_make(w, t[0].id, 0, &t[1]);
	c = token_make(w, t[1].id, 0, &t[2]);
	must(regtoken_remove(&w->owner, LOCAL, t[1].id), "remove");
	is_int(uses(w, a), 0, "the second was removed: the first is valid");
	is_int(uses(w, c), 0, "  the third is used");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, a), OUT_UNPROVEN, "  and ends the first");
}

static void
test_refused(struct world *w)
{
	struct regtoken old, new;
	struct regtoken_ask ask = {.region = OTHER,
				   .issuer = STR("localhost:8080")};
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct str a = token_make(w, STR_NONE, 0, &old), b;

	ask.replaces = old.id;
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &new, &value),
	       OUT_ABSENT, "not in another region");
	ask.region = LOCAL;
	ask.until = clock_now() - 1;
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &new, &value),
	       OUT_MALFORMED, "not until a moment that is over");
	ask.replaces = STR_NONE;
	ask.until = clock_now() + SECOND_MS;
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &new, &value),
	       OUT_MALFORMED, "until what, without a token to replace");
	b = token_make(w, old.id, 0, &new);
	is_int(pass(w, basic("token", b), VERB_IMAGE_PUSH, repo(APP)),
	       OUT_DENIED, "a refusal");
	must(audit_flush(w->core), "flush");
	is_int(uses(w, a), 0, "  is no use");
}

static void
test_api_key(struct world *w)
{
	struct user user = world_user(w, "rotates@example.org", ROLE_READER);
	struct api_key old, new;
	struct str a = world_key(w, user.id, 0, &old), b;
	struct api_key_ask ask = {.identity = user.id,
				  .account = str_c(w->owner.account),
				  .name = STR("next"),
				  .replaces = old.id};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct note note = {""};

	must(api_key_create(&w->owner, &ask, &w->arena, &new, &value, &note),
	     note.text);
	b = keep(w, secret_reveal(&value));
	is_int(pulls(w, basic("iamapikey", a), APP), 0, "the old key");
	must(audit_flush(w->core), "flush");
	(void)world_session(w, b);
	must(audit_flush(w->core), "flush");
	is_int(pulls(w, basic("iamapikey", a), APP), OUT_UNPROVEN,
	       "a login with the new one ends it");
	is_int(pulls(w, basic("iamapikey", b), APP), 0,
	       "  the new one is fine");
}

static struct str
key_next(struct world *w, struct str identity, struct str replaces,
	 const char *leaked, struct api_key *ret)
{
	struct api_key_ask ask = {.identity = identity,
				  .account = str_c(w->owner.account),
				  .name = STR("next"),
				  .action_when_leaked = str_c(leaked),
				  .replaces = replaces};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct note note = {""};

	must(api_key_create(&w->owner, &ask, &w->arena, ret, &value, &note),
	     note.text);
	return keep(w, secret_reveal(&value));
}

/* The one in the middle is deleted, by hand or because it has leaked. */
static void
test_key_chain(struct world *w, bool leaked)
{
	struct user user = world_user(
	    w, leaked ? "leaks@example.org" : "chain@example.org", ROLE_READER);
	struct api_key k[3];
	struct str a = world_key(w, user.id, 0, &k[0]);
	struct str b = key_next(w, user.id, k[0].id, "delete", &k[1]);
	struct str c = key_next(w, user.id, k[1].id, "none", &k[2]), word;
	struct found_cred *found;
	size_t n;

	if (leaked) {
		must(find_cred(w->core, b, &w->arena, &found, &n, NULL),
		     "find");
		must(leaked_cred(&w->owner, found, &word), "leaked");
	} else
		must(api_key_delete(&w->owner, k[1].id), "delete");
	is_int(pulls(w, basic("iamapikey", b), APP), OUT_UNPROVEN,
	       "the second key has gone");
	is_int(pulls(w, basic("iamapikey", a), APP), 0, "  not the first");
	is_int(pulls(w, basic("iamapikey", c), APP), 0, "  the third is used");
	must(audit_flush(w->core), "flush");
	is_int(pulls(w, basic("iamapikey", a), APP), OUT_UNPROVEN,
	       "  and ends the first");
}

static int
own_next(struct world *w, const struct visit *by, struct str replaces,
	 int64_t expires_at, int64_t until, struct api_key *ret)
{
	struct api_key_ask ask = {.identity = str_c(by->who.identity),
				  .account = str_c(by->account),
				  .name = STR("own"),
				  .expires_at = expires_at,
				  .replaces = replaces,
				  .until = until};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;

	return api_key_create(by, &ask, &w->arena, ret, &value, NULL);
}

/* A key that may make none puts one in its own place, which is no longer than
 * it and the only one that is left. */
static void
test_own(struct world *w)
{
	struct service_id_ask ask = {.name = STR("robot")};
	int64_t end = clock_now() + 60 * SECOND_MS;
	struct service_id service;
	struct api_key key, made;
	struct str value;
	struct visit by;

	must(service_id_create(&w->owner, &ask, &w->arena, &service, NULL, NULL,
			       NULL),
	     "service ID");
	value = world_key(w, service.iam_id, end, &key);
	by =
	    visit_of(w, value, VERB_WHOAMI, (struct thing){.kind = THING_NONE});
	is_int(own_next(w, &by, STR_NONE, end, 0, &made), OUT_DENIED,
	       "another key");
	is_int(own_next(w, &by, key.id, end + 1, 0, &made), OUT_DENIED,
	       "one that ends later");
	is_int(own_next(w, &by, key.id, 0, end - 1, &made), OUT_DENIED,
	       "one beside it until a moment");
	is_int(own_next(w, &by, key.id, 0, 0, &made), 0, "one in its place");
	is_int(made.expires_at, end, "  ends when it would have");
	is_int(own_next(w, &by, key.id, end - 1000, 0, &made), 0,
	       "or one that ends before");
	is_int(made.expires_at, end - 1000, "  then");
	value = world_key(w, service.iam_id, 0, &key);
	by =
	    visit_of(w, value, VERB_WHOAMI, (struct thing){.kind = THING_NONE});
	is_int(own_next(w, &by, key.id, 0, 0, &made), 0, "an endless one");
	is_int(made.expires_at, 0, "  by another");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_first_use(&w);
	test_until(&w);
	test_chain(&w);
	test_refused(&w);
	test_api_key(&w);
	test_key_chain(&w, false);
	test_key_chain(&w, true);
	test_own(&w);
	world_end(&w);
	return done_testing();
}
