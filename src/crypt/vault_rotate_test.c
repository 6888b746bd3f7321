/* One signing key after another, by a clock that moves. */
#include "crypt/vault_inner.h"

#include "base/clock.h"
#include "base/test.h"

#include <unistd.h>

#define SEC 1000

static char root[] = "/tmp/vault_rotate_test_XXXXXX";
static char dir[64];
static struct note note;

static struct vault *
opened(bool make)
{
	struct vault *v = NULL;

	if (vault_open(dir, make, &v, &note) != 0) {
		printf("Bail out! %s\n", note.text);
		exit(1);
	}
	return v;
}

static void
kid_now(char ret[VAULT_KID_MAX + 1])
{
	CLEAN(vault_freep) struct vault *v = opened(false);

	vault_access_kid(v, ret);
}

static size_t
listed(void)
{
	CLEAN(vault_freep) struct vault *v = opened(false);
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct vault_signer s;
	size_t n = 0;

	if (vault_jwks(v, &b) != 0)
		return 0;
	for (const char *p = b.p; (p = strstr(p, "\"kid\"")) != NULL; p++)
		n++;
	vault_access_signer(v, &s);
	is_int((int64_t)s.listed, (int64_t)n, "as many as it says");
	return n;
}

static bool
is_file(const char *kid)
{
	char name[VAULT_FILE_NAME_MAX], path[256];

	vault_kid_file(kid, name);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

/* What a key signed, as its own holder would check it. */
struct signed_by {
	char kid[VAULT_KID_MAX + 1];
	uint8_t sig[VAULT_ES256_LEN];
};

static struct signed_by
sign_now(void)
{
	CLEAN(vault_freep) struct vault *v = opened(false);
	struct signed_by s;

	vault_access_kid(v, s.kid);
	is_int(vault_access_sign(v, s.kid, STR("in"), s.sig), 0, "signs");
	return s;
}

static int
verify(const struct signed_by *s)
{
	CLEAN(vault_freep) struct vault *v = opened(false);

	return vault_access_verify(
	    v, str_c(s->kid), STR("in"),
	    (struct str){(const char *)s->sig, sizeof(s->sig)});
}

static void
test_rotation(void)
{
	char first[VAULT_KID_MAX + 1], second[VAULT_KID_MAX + 1];
	char third[VAULT_KID_MAX + 1], now[VAULT_KID_MAX + 1];
	struct signed_by old, new;

	vault_free(opened(true));
	kid_now(first);
	is_int((int64_t)strlen(first), 17, "the first is named after a day");
	old = sign_now();
	is_int(vault_rotate(dir, second, &note), 0, "another: %s", note.text);
	is_int((int64_t)strlen(second), 23, "named after a moment");
	kid_now(now);
	is_str(str_c(now), str_c(first), "the first one goes on signing");
	is_int((int64_t)listed(), 2, "both are listed at once");
	clock_test_shift((VAULT_LEAD_S - 5) * SEC);
	kid_now(now);
	is_str(str_c(now), str_c(first), "almost until the lead is over");
	old = sign_now();
	clock_test_shift(6 * SEC);
	kid_now(now);
	is_str(str_c(now), str_c(second), "then the second does");
	new = sign_now();
	is_int(verify(&old), 0, "what the first one signed is good");
	is_int(verify(&new), 0, "and what the second did");
	is_int((int64_t)listed(), 2, "both are listed");
	clock_test_shift((VAULT_AFTER_S - 10) * SEC);
	is_int(verify(&old), 0, "until its last token has ended");
	is_int((int64_t)listed(), 2, "both are listed still");
	is_int(vault_tidy(dir, &note), 0, "tidy");
	ok(is_file(first), "and on disk");
	clock_test_shift(11 * SEC);
	is_int(verify(&old), OUT_UNPROVEN, "and no longer");
	is_int(verify(&new), 0, "the second goes on");
	is_int((int64_t)listed(), 1, "one is listed");
	ok(is_file(first), "the file stays until somebody may remove it");
	is_int(vault_rotate(dir, third, &note), 0, "a third");
	ok(!is_file(first) && is_file(second) && is_file(third),
	   "and the first is gone");
	is_int((int64_t)listed(), 2, "two are listed");
}

static void
test_limits(void)
{
	char kid[VAULT_KID_MAX + 1];
	int r = 0;

	for (int i = 0; i < VAULT_KEYS_MAX && r == 0; i++)
		r = vault_rotate(dir, kid, &note);
	is_int(r, OUT_TOO_MANY, "no more than the most: %s", note.text);
	vault_free(opened(false));
	clock_test_shift((VAULT_LEAD_S + VAULT_AFTER_S + 60) * SEC);
	is_int(vault_tidy(dir, &note), 0, "tidy");
	is_int((int64_t)listed(), 1, "one is left when all others are over");
	is_int(vault_rotate(dir, kid, &note), 0, "and there is room again");
}

static void
test_names(void)
{
	static const struct {
		const char *kid;
		int64_t from;
	} names[] = {
	    {"20251121-00000000", 1763683200000},
	    {"20251121101112-00000000",
	     1763683200000 + (10 * 3600 + 11 * 60 + 12 + VAULT_LEAD_S) * SEC},
	    {"2025112110111-00000000", INT64_MIN},
	    {"20251321-00000000", INT64_MIN},
	    {"20251121256112-00000000", INT64_MIN},
	    {"abcdefgh-00000000", INT64_MIN},
	    {"old", INT64_MIN},
	    {"", INT64_MIN},
	};
	struct vault_access keys[] = {{.kid = "20251122000000-b"},
				      {.kid = "20251121120000-a"},
				      {.kid = "20251121-f"},
				      {.kid = "0"}};
	int64_t noon = 1763683200000 + 12 * 3600 * SEC;

	for (size_t i = 0; i < nitems(names); i++)
		is_int(vault_kid_from(str_c(names[i].kid)), names[i].from,
		       "'%s'", names[i].kid);
	is_int((int64_t)vault_kid_signer(keys, 4, noon), 2, "before its lead");
	is_int((int64_t)vault_kid_signer(keys, 4, noon + VAULT_LEAD_S * SEC), 1,
	       "and after");
	is_int((int64_t)vault_kid_signer(keys, 2, 0), 1,
	       "the oldest, when none may yet");
	ok(!vault_kid_over(keys, 4, 0, noon) &&
	       !vault_kid_over(keys, 4, 2, noon) &&
	       vault_kid_over(keys, 4, 3, noon),
	   "what comes after one that signs since long is over");
}

int
main(void)
{
	if (mkdtemp(root) == NULL)
		return 1;
	(void)snprintf(dir, sizeof(dir), "%s/vault", root);
	subtest("rotation") test_rotation();
	subtest("limits") test_limits();
	subtest("names") test_names();
	{
		char command[128];

		(void)snprintf(command, sizeof(command), "rm -rf %s", root);
		if (system(command) != 0)
			return 1;
	}
	return done_testing();
}
