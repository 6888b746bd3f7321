#include "crypt/rand.h"

#include "base/out.h"
#include "base/test.h"

#include <string.h>

static void
test_token(void)
{
	struct secret s = SECRET_INIT, t = SECRET_INIT;
	char text[TOKEN_LEN + 1];
	size_t caught = 0;
	struct str token;

	is_int(rand_token(TOKEN_API_KEY, &s), 0, "a token");
	is_int(rand_token(TOKEN_API_KEY, &t), 0, "another");
	token = secret_reveal(&s);
	is_int(token.n, TOKEN_LEN, "its length");
	ok(str_starts(token, STR("lk_a_")), "its head");
	ok(!secret_equal(&t, token), "no two are alike");
	ok(token_looks(TOKEN_API_KEY, token), "it looks like one");
	ok(!token_looks(TOKEN_REFRESH, token), "but of no other kind");
	ok(!token_looks(TOKEN_API_KEY, str_sub(token, 0, TOKEN_LEN - 1)),
	   "one less");
	memcpy(text, token.p, TOKEN_LEN);
	text[TOKEN_LEN] = '0';
	ok(!token_looks(TOKEN_API_KEY, (struct str){text, TOKEN_LEN + 1}),
	   "one more");
	for (size_t i = 0; i < TOKEN_LEN; i++) {
		memcpy(text, token.p, TOKEN_LEN);
		text[i] = text[i] == 'x' ? 'y' : 'x';
		caught +=
		    !token_looks(TOKEN_API_KEY, (struct str){text, TOKEN_LEN});
	}
	is_int(caught, TOKEN_LEN, "each changed byte is noticed");
	ok(!token_looks(TOKEN_API_KEY, STR_NONE), "nothing is no token");
	secret_clear(&s);
	secret_clear(&t);
}

/* Made by another implementation from the bytes 0, 1, ... 31. */
static void
test_token_known(void)
{
	ok(token_looks(TOKEN_REFRESH, STR("lk_r_003aUlTJC7tjlCTQj2uNU3M"
					  "FagCXG9LRKRcwGkBIDlf3trizA")),
	   "a known token");
}

static void
test_names(void)
{
	char uuid[UUID_LEN + 1], hex[200];
	uint64_t seen = 0;
	bool ranged = true;

	is_int(rand_uuid(uuid), 0, "a UUID");
	is_int(strlen(uuid), UUID_LEN, "of 36");
	is_int(strspn(uuid, "0123456789abcdef-"), UUID_LEN, "lower case");
	ok(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' &&
	       uuid[23] == '-',
	   "dashes: %s", uuid);
	ok(uuid[14] == '4', "version 4");
	ok(strchr("89ab", uuid[19]) != NULL, "variant");
	for (size_t n = 0; n < 200; n += 33) {
		memset(hex, '!', sizeof(hex));
		ok(rand_hex(hex, n) == 0 && strlen(hex) == n &&
		       strspn(hex, "0123456789abcdef") == n &&
		       (n + 1 == sizeof(hex) || hex[n + 1] == '!'),
		   "%zu hex digits", n);
	}
	for (int i = 0; i < 1000; i++) {
		int64_t id = 0;

		ranged = rand_id(&id) == 0 && id > 0 && ranged;
		seen |= (uint64_t)id;
	}
	ok(ranged, "ids are positive");
	ok(seen == INT64_MAX, "and use all 63 bits");
}

int
main(void)
{
	test_token();
	test_token_known();
	test_names();
	return done_testing();
}
