#include "core/expiry.h"
#include "core/rules.h"
#include "core/ssh_world.h"

static size_t
listed(struct cast *c, int64_t days, struct expiring **ret)
{
	size_t n = 0;

	must(expiry_list(c->w.core, str_c(c->w.owner.account),
			 clock_now() + days * DAY_MS, 0, &c->w.arena, ret, &n),
	     "list");
	return n;
}

static struct expiry_sum
sum(struct cast *c)
{
	struct expiry_sum s = {-1, -1};

	must(expiry_sum(c->w.core, &s), "sum");
	return s;
}

static void
test_soon(struct cast *c)
{
	int64_t now = clock_now();
	struct user user = world_user(&c->w, "ends@example.org", ROLE_READER);
	struct expiry_account *accounts = NULL;
	struct expiring *list = NULL;
	struct api_key key, far;
	struct user_key mine;
	struct regtoken token;
	struct str value;
	size_t n = 0;

	is_int(listed(c, 30, &list), 0, "nothing ends");
	is_int(sum(c).soon, 0, "  or is counted");
	value = world_key(&c->w, user.id, now + 3 * DAY_MS, &key);
	(void)world_key(&c->w, user.id, now + 20 * DAY_MS, &far);
	(void)user_key(c, user.id, now + 2 * DAY_MS, &mine);
	(void)world_token(&c->w, false, false, &token);
	is_int(listed(c, 7, &list), 3, "within a week three do");
	is_str(list[0].cred.id, token.id, "  the soonest first");
	is_str(list[1].cred.id, mine.id, "  then an SSH key");
	is_str(list[2].cred.id, key.id, "  then an API key");
	ok(list[2].cred.live && list[2].last_used == 0, "  alive, never used");
	is_int(listed(c, 30, &list), 4, "within a month four");
	is_int(sum(c).soon, 2, "a token for a day is not counted");
	is_int(sum(c).soon_used, 0, "  none is used");
	is_int(pulls(&c->w, basic("iamapikey", value), "birds/app"), 0, "use");
	must(audit_flush(c->w.core), "flush");
	is_int(sum(c).soon_used, 1, "  then one is");
	must(expiry_accounts(c->w.core, &c->w.arena, &accounts, &n),
	     "accounts");
	is_int(n, 1, "one account");
	is_str(accounts[0].slug, STR("Own"), "  its name");
	is_int(accounts[0].first, mine.expires_at, "  and the first end");
	clock_test_shift(4 * DAY_MS);
	is_int(listed(c, 1, &list), 3, "what has ended is still shown");
	ok(!list[0].cred.live, "  as dead");
	is_int(sum(c).soon, 0, "  and no longer warned of");
	clock_test_shift(-4 * DAY_MS);
}

static void
test_against(struct cast *c)
{
	struct expiring *list = NULL;
	struct rules rules;
	struct visit by = c->w.owner;
	struct note note = {""};
	struct api_key key;
	struct user user =
	    world_user(&c->w, "forever@example.org", ROLE_READER);
	size_t n = 0, before;

	(void)world_key(&c->w, user.id, 0, &key);
	must(expiry_against(c->w.core, str_c(by.account), 0, &c->w.arena, &list,
			    &n),
	     "against");
	is_int(n, 0, "without rules nothing is against them");
	rules = (struct rules){.access_life_s = 3600,
			       .refresh_life_s = 259200,
			       .session_life_s = RULES_SESSION_LIFE_MAX,
			       .session_idle_s = 259200,
			       .api_key_days = 10,
			       .endless = true};
	by.verb = VERB_RULES_SET;
	must(rules_set(&by, 0, &rules, &c->w.arena, &rules, &note), note.text);
	must(expiry_against(c->w.core, str_c(by.account), 0, &c->w.arena, &list,
			    &n),
	     "against");
	before = n;
	ok(n > 0, "with a cap it is what lives longer");
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].cred.id, key.id))
			before = 0;
	ok(before == 0 && list[0].against, "  also what has no end");
}

int
main(void)
{
	struct cast c;

	cast_new(&c);
	test_soon(&c);
	test_against(&c);
	world_end(&c.w);
	return done_testing();
}
