#include "core/core_world.h"

#include "crypt/rand.h"

#define ANY                                                                    \
	(struct thing)                                                         \
	{                                                                      \
		.kind = THING_ACCOUNT                                          \
	}

static void
test_first(struct world *w)
{
	struct first first = {.slug = STR("Two"),
			      .email = STR("two@example.org"),
			      .key_name = STR("k")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct account account;
	struct user user;

	is_int(account_first(w->core, &first, &key), OUT_CONFLICT, "only once");
	ok(account_any(w->core), "there is one");
	is_int(account_get(w->core, STR("OWN"), &w->arena, &account), 0,
	       "found without case");
	is_str(account.slug, STR("Own"), "shown as written");
	is_int(account.id.n, ACCOUNT_ID_LEN, "its id");
	is_int(user_get(w->core, account.owner, &w->arena, &user), 0, "owner");
	ok(user.server, "runs the server");
	ok(token_looks(TOKEN_API_KEY, w->key), "the key looks like one");
}

static void
test_slugs(struct world *w)
{
	static const char *const bad[] = {"",	 "-a",	"_a",	    "a b",
					  "a/b", "a.b", "\xc3\xa4", "a:b"};
	char text[SLUG_MAX + 1];
	struct account_ask ask = {.owner_email = STR("slug@example.org")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct account account;

	for (size_t i = 0; i < nitems(bad); i++) {
		ask.slug = str_c(bad[i]);
		is_int(account_create(&w->owner, &ask, &w->arena, &account,
				      &key, NULL),
		       OUT_MALFORMED, "slug '%s'", bad[i]);
	}
	memset(text, 's', sizeof(text));
	ask.slug = (struct str){text, sizeof(text)};
	is_int(account_create(&w->owner, &ask, &w->arena, &account, &key, NULL),
	       OUT_MALFORMED, "too long");
	ask.slug = STR("own");
	is_int(account_create(&w->owner, &ask, &w->arena, &account, &key, NULL),
	       OUT_CONFLICT, "in use, but for the case");
	ask.slug = STR("Slug");
	ask.owner_email = STR("ADMIN@localhost");
	is_int(account_create(&w->owner, &ask, &w->arena, &account, &key, NULL),
	       OUT_CONFLICT, "the address is in use");
	is_int(account_get(w->core, STR("slug"), &w->arena, &account),
	       OUT_ABSENT, "nothing was made");
	ask.slug = (struct str){text, SLUG_MAX};
	ask.owner_email = STR("slug@example.org");
	is_int(account_create(&w->owner, &ask, &w->arena, &account, &key, NULL),
	       0, "as long as may be");
}

static void
test_emails(struct world *w)
{
	static const struct {
		const char *email;
		int want;
	} cases[] = {
	    {"a@b", 0},
	    {"first.last+tag@sub.example.org", 0},
	    {"", OUT_MALFORMED},
	    {"a", OUT_MALFORMED},
	    {"@b", OUT_MALFORMED},
	    {"a@", OUT_MALFORMED},
	    {"a@b@c", OUT_MALFORMED},
	    {"a b@c", OUT_MALFORMED},
	    {"a@b c", OUT_MALFORMED},
	    {"a@.b", OUT_MALFORMED},
	    {"a@b.", OUT_MALFORMED},
	    {"a@-b", OUT_MALFORMED},
	    {"a\n@b", OUT_MALFORMED},
	    {"<a>@b", OUT_MALFORMED},
	    {"\"a\"@b", OUT_MALFORMED},
	    {"a@b/c", OUT_MALFORMED},
	};

	for (size_t i = 0; i < nitems(cases); i++) {
		struct user_ask ask = {.email = str_c(cases[i].email)};
		struct user user;

		is_int(user_create(&w->owner, &ask, &w->arena, &user, NULL),
		       cases[i].want, "address '%s'", cases[i].email);
	}
}

static void
test_lists(struct world *w, struct str other_key, const struct account *other)
{
	struct visit theirs = visit_of(w, other_key, VERB_USER_LIST, ANY);
	struct account *accounts;
	struct user *users;
	size_t n, all;

	must(account_list(w->core, &w->owner.who, &w->arena, &accounts, &n),
	     "list");
	ok(n >= 2, "the operator sees all accounts");
	must(account_list(w->core, &theirs.who, &w->arena, &accounts, &n),
	     "list");
	is_int(n, 1, "others their own");
	is_str(accounts[0].id, other->id, "this one");
	must(user_list(w->core, other->id, STR(""), 0, &w->arena, &users, &n),
	     "users");
	is_int(n, 1, "one user there");
	must(user_list(w->core, str_c(w->owner.account), STR(""), PAGE_MAX,
		       &w->arena, &users, &all),
	     "users");
	must(user_list(w->core, str_c(w->owner.account), users[0].id, PAGE_MAX,
		       &w->arena, &users, &n),
	     "users");
	is_int(n, all - 1, "after the first");
}

static void
test_keys(struct world *w)
{
	struct user user = world_user(w, "keys@example.org", 0);
	struct api_key key, *list;
	struct api_key_filter filter = {.account = str_c(w->owner.account),
					.identity = user.id};
	struct api_key_ask ask = {.identity = user.id,
				  .account = filter.account,
				  .name = STR("one more")};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct visit by = w->owner;
	struct str first = {NULL, 0};
	size_t n;

	for (int i = 0; i < API_KEYS_MAX; i++) {
		struct str made = world_key(w, user.id, 0, &key);

		if (i == 0)
			first = made;
	}
	is_int(api_key_create(&by, &ask, &w->arena, &key, &value, NULL),
	       OUT_TOO_MANY, "one more than %d", API_KEYS_MAX);
	must(api_key_list(w->core, &filter, &w->arena, &list, &n), "list");
	is_int(n, API_KEYS_MAX, "all of them");
	is_int(api_key_find(w->core, first, &w->arena, &key), 0, "by value");
	is_int(api_key_find(w->core, STR("lk_a_x"), &w->arena, &key),
	       OUT_ABSENT, "no such value");
	filter.limit = 5;
	filter.sort.after_id = list[4].id;
	filter.sort.further = true;
	must(api_key_list(w->core, &filter, &w->arena, &list, &n), "page");
	is_int(n, 5, "a page of five");
	by.thing = (struct thing){.kind = THING_IDENTITY,
				  .name = str_c(w->owner.who.identity)};
	is_int(api_key_delete(&by, list[0].id), OUT_ABSENT,
	       "not as somebody else's key");
	by.thing.name = user.id;
	is_int(api_key_delete(&by, list[0].id), 0, "deleted");
	is_int(api_key_delete(&by, list[0].id), OUT_ABSENT, "twice");
}

static void
test_own_values(struct world *w)
{
	static const char good[] = "0123456789abcdef0123456789abcdef";
	struct api_key_ask ask = {.identity = str_c(w->owner.who.identity),
				  .account = str_c(w->owner.account),
				  .name = STR("mine"),
				  .value = str_c(good)};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	CLEAN(secret_clear) struct secret again = SECRET_INIT;
	struct api_key key;

	ask.value.n--;
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &value, NULL),
	       OUT_MALFORMED, "31 bytes");
	ask.value.n++;
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &value, NULL),
	       0, "32 bytes");
	is_str(secret_reveal(&value), str_c(good), "as it was given");
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &again, NULL),
	       OUT_CONFLICT, "not twice");
	ask.value = STR_NONE;
	ask.name = STR("");
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &again, NULL),
	       OUT_MALFORMED, "no name");
	ask.name = STR("x");
	ask.action_when_leaked = STR("explode");
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &again, NULL),
	       OUT_MALFORMED, "an unknown action");
	ask.action_when_leaked = STR_NONE;
	ask.expires_at = clock_now() - 1;
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &again, NULL),
	       OUT_MALFORMED, "ended before it began");
	ask.expires_at = 0;
	ask.locked = true;
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &again, NULL),
	       0, "a locked one");
	is_int(api_key_delete(&w->owner, key.id), OUT_CONFLICT,
	       "cannot be deleted");
}

/* Nobody becomes more than they are. */
static void
test_no_rise(struct world *w, const struct account *other)
{
	struct user admin =
	    world_user(w, "adm@example.org", ROLE_ADMINISTRATOR);
	struct user plain_one = world_user(w, "low@example.org", 0);
	struct api_key key;
	struct visit by =
	    visit_of(w, world_key(w, admin.id, 0, &key), VERB_USER_CREATE, ANY);
	struct api_key_ask ask = {.identity = str_c(w->owner.who.identity),
				  .account = str_c(w->owner.account),
				  .name = STR("mine now")};
	struct user_ask more = {.email = STR("more@example.org"),
				.roles = ROLE_MANAGER};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct user made;

	is_int(api_key_create(&by, &ask, &w->arena, &key, &value, NULL),
	       OUT_DENIED, "an administrator makes no key of the owner");
	ask.identity = plain_one.id;
	is_int(api_key_create(&by, &ask, &w->arena, &key, &value, NULL),
	       OUT_DENIED, "nor of anybody, without every right");
	ask.account = other->id;
	is_int(api_key_create(&by, &ask, &w->arena, &key, &value, NULL),
	       OUT_DENIED, "nor in another account");
	ask.account = str_c(w->owner.account);
	ask.identity = other->owner;
	is_int(api_key_create(&w->owner, &ask, &w->arena, &key, &value, NULL),
	       OUT_ABSENT, "nor the owner for somebody elsewhere");
	is_int(user_create(&by, &more, &w->arena, &made, NULL), OUT_DENIED,
	       "roles cannot be given that are not all held");
	more.roles = 0;
	is_int(user_create(&by, &more, &w->arena, &made, NULL), 0,
	       "users without roles can be made");
	is_int(user_set_password(
		   &by, str_c(w->owner.who.identity),
		   &(struct password_ask){.password = STR("password")}, NULL),
	       OUT_DENIED, "the owner's password is the owner's");
	by = visit_of(
	    w, world_key(w, world_user(w, "all@example.org", 0x7f).id, 0, &key),
	    VERB_USER_CREATE, ANY);
	is_int(user_set_password(
		   &by, str_c(w->owner.who.identity),
		   &(struct password_ask){.password = STR("password")}, NULL),
	       OUT_DENIED, "even to who holds every role");
	ask.identity = str_c(w->owner.who.identity);
	is_int(api_key_create(&by, &ask, &w->arena, &key, &value, NULL),
	       OUT_DENIED, "and so are the owner's keys");
	is_int(user_disable(&by, str_c(w->owner.who.identity), true),
	       OUT_CONFLICT, "the owner cannot be shut out");
	is_int(user_disable(&w->owner, other->owner, true), OUT_ABSENT,
	       "nor somebody of another account");
	is_int(user_set_password(
		   &w->owner, other->owner,
		   &(struct password_ask){.password = STR("password")}, NULL),
	       OUT_ABSENT, "their passwords neither");
}

/* Whatever opened the door for them. */
static int
own_password(const struct visit *by, struct str id, struct str current,
	     int64_t *wait_s)
{
	struct password_ask ask = {.password = STR("another horse"),
				   .current = current};
	struct note note = {0};
	int r = user_set_password(by, id, &ask, &note);

	*wait_s = ask.wait_s;
	ok(r == 0 || r == OUT_TOO_MANY || note.text[0] != '\0',
	   "  a no says why");
	return r;
}

static void
test_own_password(struct world *w)
{
	struct user user = world_user(w, "own@example.org", 0), found;
	struct thing self = {.kind = THING_IDENTITY,
			     .account = str_c(w->owner.account),
			     .name = user.id};
	struct api_key key;
	struct visit by = visit_of(w, world_key(w, user.id, 0, &key),
				   VERB_PASSWORD_SET, self);
	int64_t wait = 0;
	int n = 0, r;

	is_int(own_password(&by, user.id, STR("some horse"), &wait), OUT_DENIED,
	       "there is none that could be known");
	is_int(own_password(&by, user.id, STR_NONE, &wait), 0, "the first one");
	is_int(own_password(&by, user.id, STR_NONE, &wait), OUT_MALFORMED,
	       "from then on it is asked for");
	is_int(own_password(&by, user.id, STR(""), &wait), OUT_DENIED,
	       "nothing is not it");
	is_int(own_password(&by, user.id, STR("another hors"), &wait),
	       OUT_DENIED, "a wrong one");
	is_int(own_password(&by, user.id, STR("another horse"), &wait), 0,
	       "the right one");
	is_int(own_password(&w->owner, user.id, STR("another horse"), &wait),
	       OUT_MALFORMED, "of another user nobody is asked");
	is_int(own_password(&w->owner, user.id, STR_NONE, &wait), 0,
	       "an administrator needs none");
	while ((r = own_password(&by, user.id, STR("guess"), &wait)) ==
		   OUT_DENIED &&
	       n < 2 * THROTTLE_FREE)
		n++;
	is_int(r, OUT_TOO_MANY, "guessing is shut as a login is");
	is_int(n, THROTTLE_FREE - 2, "  with the two from before");
	ok(wait > 0, "  and says for how long");
	is_int(own_password(&by, user.id, STR("another horse"), &wait),
	       OUT_TOO_MANY, "for the right one, too");
	is_int(user_check_password(w->core, user.email, STR("another horse"),
				   &w->arena, &found),
	       0, "which it is still");
}

static void
test_passwords(struct world *w)
{
	struct user user = world_user(w, "pass@example.org", 0), found;
	char text[1025];

	memset(text, 'p', sizeof(text));
	is_int(user_set_password(
		   &w->owner, user.id,
		   &(struct password_ask){.password = STR("1234567")}, NULL),
	       OUT_MALFORMED, "7 bytes");
	is_int(
	    user_set_password(&w->owner, user.id,
			      &(struct password_ask){
				  .password = (struct str){text, sizeof(text)}},
			      NULL),
	    OUT_MALFORMED, "1025 bytes");
	is_int(user_set_password(
		   &w->owner, user.id,
		   &(struct password_ask){.password = STR("12345678")}, NULL),
	       0, "8 bytes");
	is_int(user_check_password(w->core, user.email, STR("12345678"),
				   &w->arena, &found),
	       0, "right");
	is_str(found.id, user.id, "is the one");
	is_int(user_check_password(w->core, user.email, STR("123456789"),
				   &w->arena, &found),
	       OUT_UNPROVEN, "wrong");
	is_int(user_check_password(w->core, STR("no@example.org"),
				   STR("12345678"), &w->arena, &found),
	       OUT_UNPROVEN, "nobody");
}

int
main(void)
{
	struct world w;
	struct account other;
	struct str other_key;

	world_make(&w);
	other_key = world_other(&w, &other);
	test_first(&w);
	test_slugs(&w);
	test_emails(&w);
	test_lists(&w, other_key, &other);
	subtest("keys")
	{
		test_keys(&w);
		test_own_values(&w);
	}
	subtest("no rise") test_no_rise(&w, &other);
	subtest("passwords") test_passwords(&w);
	subtest("own password") test_own_password(&w);
	world_end(&w);
	return done_testing();
}
