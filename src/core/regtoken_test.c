#include "core/core_world.h"

#include "base/enc.h"
#include "wire/jwt.h"
#include "json/json.h"

#define APP "birds/app"

static struct str
reveal(struct world *w, const struct regtoken *token)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT;

	must(regtoken_reveal(&w->owner, token, &value), "reveal");
	return keep(w, buf_str(&value));
}

static size_t
listed(struct world *w, struct str region, struct regtoken **ret)
{
	size_t n = 0;

	must(regtoken_list(w->core, str_c(w->owner.account), region, &w->arena,
			   ret, &n),
	     "list");
	return n;
}

static void
test_value(struct world *w)
{
	struct regtoken token, again;
	struct str value = world_token(w, true, false, &token), head, rest, mid,
		   tail;
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int64_t exp;

	must(jwt_parse(value, &jwt), "jwt");
	must(!str_cut(value, '.', &head, &rest), "head");
	must(!str_cut(rest, '.', &mid, &tail), "mid");
	must(dec_b64url(&text, head), "header");
	is_str(buf_str(&text), STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
	       "the header");
	is_str(json_text(jwt.payload, "jti"), token.id, "jti is the id");
	is_str(json_text(jwt.payload, "iss"), STR("localhost:8080"), "iss");
	ok(json_int(json_get(jwt.payload, "exp"), &exp), "exp in seconds");
	is_int(exp * SECOND_MS, token.expires_at, "exactly the stored end");
	is_int(json_size(jwt.payload), 3, "and nothing else");
	is_str(reveal(w, &token), value, "the value again");
	clock_test_shift(SECOND_MS * 1234);
	must(regtoken_get(w->core, str_c(w->owner.account), LOCAL, token.id,
			  &w->arena, &again),
	     "get");
	is_str(reveal(w, &again), value, "and later");
	world_shut(w);
	must(world_open(w, false), "restart");
	is_str(reveal(w, &again), value, "and after a restart");
	clock_test_shift(SECOND_MS * -1234);
}

/* An older client takes the payload apart as plain base64. */
static void
test_plain_base64(struct world *w)
{
	int odd = 0;

	for (int i = 0; i < 200; i++) {
		struct regtoken token;
		struct str value = world_token(w, true, i % 2 == 0, &token);
		struct str head, rest, mid, tail;
		struct visit by = w->owner;

		must(!str_cut(value, '.', &head, &rest), "head");
		must(!str_cut(rest, '.', &mid, &tail), "mid");
		odd += memchr(mid.p, '-', mid.n) != NULL ||
		       memchr(mid.p, '_', mid.n) != NULL;
		must(regtoken_remove(&by, LOCAL, token.id), "remove");
	}
	is_int(odd, 0, "no '-' and no '_' in 200 payloads");
}

static void
test_permanent(struct world *w)
{
	struct regtoken token;
	struct str value = world_token(w, false, true, &token);
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;

	must(jwt_parse(value, &jwt), "jwt");
	ok(json_get(jwt.payload, "exp") == NULL, "no exp");
	is_int(json_size(jwt.payload), 2, "two claims");
	is_int(token.expires_at, 0, "no end");
	ok(!token.may_write, "read-only");
	is_str(token.description, STR("for tests"), "described");
	must(regtoken_remove(&w->owner, LOCAL, token.id), "remove");
}

static void
test_list(struct world *w)
{
	struct regtoken one, two, *list;
	size_t before = listed(w, LOCAL, &list);

	(void)world_token(w, false, true, &one);
	clock_test_shift(5);
	(void)world_token(w, false, false, &two);
	is_int(listed(w, LOCAL, &list), before + 2, "two more");
	is_str(list[before].id, one.id, "the older first");
	is_str(list[before + 1].id, two.id, "then the other");
	is_int(listed(w, OTHER, &list), 0, "none in another region");
	clock_test_shift(REGTOKEN_LIFE_S * SECOND_MS);
	ok(listed(w, LOCAL, &list) <= before + 1, "the ended one vanished");
	must(core_tidy(w->core), "tidy");
	is_int(regtoken_remove(&w->owner, LOCAL, two.id), OUT_ABSENT,
	       "it cannot be removed");
	clock_test_shift(-REGTOKEN_LIFE_S * SECOND_MS);
	ok(listed(w, LOCAL, &list) == before + 2, "tidying waits a day");
	clock_test_shift(2 * REGTOKEN_LIFE_S * SECOND_MS);
	must(core_tidy(w->core), "tidy");
	clock_test_shift(-2 * REGTOKEN_LIFE_S * SECOND_MS);
	ok(listed(w, LOCAL, &list) < before + 2, "and no longer");
}

static void
test_remove(struct world *w)
{
	struct regtoken_ask ask = {.region = LOCAL,
				   .description = STR("a cluster"),
				   .issuer = STR("localhost")};
	struct regtoken token, other, *list;
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	size_t before = listed(w, LOCAL, &list);
	int64_t n = -1;

	for (int i = 0; i < 3; i++)
		must(regtoken_add(&w->owner, &ask, &w->arena, &token, &value),
		     "add");
	(void)world_token(w, false, true, &other);
	is_int(regtoken_remove_described(&w->owner, OTHER, ask.description, &n),
	       0, "elsewhere");
	is_int(n, 0, "none there");
	is_int(regtoken_remove_described(&w->owner, LOCAL, STR("a cluste"), &n),
	       0, "a part of it");
	is_int(n, 0, "is not it");
	is_int(regtoken_remove_described(&w->owner, LOCAL, ask.description, &n),
	       0, "here");
	is_int(n, 3, "three");
	is_int(listed(w, LOCAL, &list), before + 1, "one stays");
	is_int(regtoken_remove(&w->owner, OTHER, other.id), OUT_ABSENT,
	       "not from another region");
	is_int(regtoken_remove(&w->owner, LOCAL, other.id), 0, "removed");
	is_int(regtoken_remove(&w->owner, LOCAL, other.id), OUT_ABSENT,
	       "twice");
	is_int(regtoken_reveal(&w->owner, &other, &value), OUT_ABSENT,
	       "never shown again");
}

static void
test_foreign(struct world *w)
{
	struct account account;
	struct str key = world_other(w, &account);
	struct visit other = visit_of(w, key, VERB_REGISTRYTOKEN_DELETE,
				      (struct thing){.kind = THING_TOKEN});
	struct regtoken token, *list;
	struct proof mark;
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	size_t n;
	int64_t gone;

	mark = basic("token", world_token(w, true, true, &token));
	is_int(regtoken_get(w->core, account.id, LOCAL, token.id, &w->arena,
			    &token),
	       OUT_ABSENT, "not got");
	is_int(regtoken_reveal(&other, &token, &value), OUT_ABSENT,
	       "not shown");
	is_int(value.n, 0, "nothing of it");
	is_int(regtoken_remove(&other, LOCAL, token.id), OUT_ABSENT,
	       "not removed");
	is_int(
	    regtoken_remove_described(&other, LOCAL, token.description, &gone),
	    0, "nor by description");
	is_int(gone, 0, "none");
	must(regtoken_list(w->core, account.id, LOCAL, &w->arena, &list, &n),
	     "list");
	is_int(n, 0, "not listed");
	is_int(pulls(w, mark, APP), 0, "and still good");
}

static void
test_asks(struct world *w)
{
	static const char *const bad[] = {"",	   "a b", "host~",
					  "host>", "h\"", "host?"};
	char text[REGTOKEN_DESCRIPTION_MAX + 1];
	struct regtoken_ask ask = {.region = LOCAL, .permanent = true};
	struct regtoken token;
	CLEAN(buf_clear) struct buf value = BUF_INIT;

	for (size_t i = 0; i < nitems(bad); i++) {
		ask.issuer = str_c(bad[i]);
		is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value),
		       OUT_MALFORMED, "issuer '%s'", bad[i]);
	}
	ask.issuer = STR("[::1]:8080");
	memset(text, 'd', sizeof(text));
	ask.description = (struct str){text, sizeof(text)};
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value),
	       OUT_MALFORMED, "a description too long");
	ask.description.n--;
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value), 0,
	       "as long as may be");
	ask.description = STR("two\nlines");
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value),
	       OUT_MALFORMED, "control characters");
	ask.description = STR_NONE;
	ask.region = STR("nowhere");
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value),
	       OUT_MALFORMED, "an unknown region");
}

static void
test_limit(struct world *w)
{
	struct regtoken_ask ask = {
	    .region = OTHER, .issuer = STR("localhost"), .permanent = true};
	struct regtoken token;
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	int r = 0;

	for (int i = 1; i <= REGTOKENS_MAX && r == 0; i++)
		r = regtoken_add(&w->owner, &ask, &w->arena, &token, &value);
	is_int(r, 0, "%d tokens", REGTOKENS_MAX);
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value),
	       OUT_TOO_MANY, "one more");
	must(regtoken_remove(&w->owner, OTHER, token.id), "remove");
	is_int(regtoken_add(&w->owner, &ask, &w->arena, &token, &value), 0,
	       "in its place");
}

int
main(void)
{
	struct world w;

	world_make(&w);
	test_value(&w);
	test_plain_base64(&w);
	test_permanent(&w);
	test_list(&w);
	subtest("remove") test_remove(&w);
	subtest("foreign") test_foreign(&w);
	subtest("asks") test_asks(&w);
	subtest("limit") test_limit(&w);
	world_end(&w);
	return done_testing();
}
