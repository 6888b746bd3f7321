#include "door/git/share.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define MAX 16

static struct share s;
static struct share_hold holds[4 * MAX];
static size_t n_holds;

static struct subject
who_is(enum cred_kind kind, const char *id, const char *identity)
{
	struct subject who = {.cred = kind};

	(void)snprintf(who.cred_id, sizeof(who.cred_id), "%s", id);
	(void)snprintf(who.identity, sizeof(who.identity), "%s", identity);
	return who;
}

/* How many they get before they are told that it is busy. */
static long long
takes(struct subject who, const char *account)
{
	long long n = 0;

	while (share_take(&s, &who, account, &holds[n_holds]) == 0) {
		n_holds++;
		n++;
	}
	ok(!holds[n_holds].held, "  what is not given is not held");
	share_give(&s, &holds[n_holds]);
	return n;
}

static void
give_all(void)
{
	while (n_holds > 0) {
		share_give(&s, &holds[--n_holds]);
		share_give(&s, &holds[n_holds]);
	}
}

static void
test_fair(void)
{
	struct subject key = who_is(CRED_ACCESS_KEY, "print", "");
	struct subject person = who_is(CRED_USER_KEY, "print", "IBMid-1");
	struct subject same = who_is(CRED_API_KEY, "other", "IBMid-1");

	share_init(&s, MAX);
	is_int(takes(key, "a"), MAX / 2, "one key: half of them");
	is_int(takes(key, "b"), 0, "  in whichever account");
	is_int(takes(person, "a"), MAX / 4, "one account: three quarters");
	is_int(takes(same, "b"), MAX / 4, "another has the rest");
	is_int(takes(who_is(CRED_ACCESS_KEY, "third", ""), "c"), 0,
	       "more than all there is not");
	give_all();
	is_int(takes(person, "a"), MAX / 2, "a person: half of them");
	is_int(takes(same, "b"), 0, "  with whatever they show");
	is_int(takes(who_is(CRED_REGISTRY_TOKEN, "print", ""), "b"), MAX / 2,
	       "what is called alike and of another kind is another");
	give_all();
	is_int(takes(key, "a"), MAX / 2, "what was given back is there again");
	give_all();
	share_clear(&s);
}

static void
test_small(void)
{
	struct subject key = who_is(CRED_ACCESS_KEY, "print", "");

	share_init(&s, 1);
	is_int(takes(key, "a"), 1, "the only one is for everybody");
	give_all();
	share_clear(&s);
	share_init(&s, 3);
	is_int(takes(key, "a"), 1, "of three, one");
	is_int(takes(who_is(CRED_ACCESS_KEY, "b", ""), "a"), 1, "and another");
	is_int(takes(who_is(CRED_ACCESS_KEY, "c", ""), "b"), 1, "and the last");
	give_all();
	share_clear(&s);
}

int
main(void)
{
	test_fair();
	test_small();
	return done_testing();
}
