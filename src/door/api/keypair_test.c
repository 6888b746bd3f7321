#include "door/api/inner.h"

#include "base/test.h"

/* What is asked for, and what of it becomes an order. bits 0: not given. */
static const struct {
	const char *type, *format;
	int64_t bits;
	bool good;
	enum sshkey_type want;
	unsigned want_bits;
	enum keymaker_form form;
} orders[] = {
    {NULL, NULL, 0, true, SSHKEY_ED25519, 256, KEYMAKER_OPENSSH},
    {"ed25519", "pem", 256, true, SSHKEY_ED25519, 256, KEYMAKER_PEM},
    {"ed25519", NULL, 255, false, 0, 0, 0},
    {NULL, NULL, 2048, false, 0, 0, 0},
    {"rsa", NULL, 0, true, SSHKEY_RSA, 3072, KEYMAKER_OPENSSH},
    {"rsa", "openssh", 2048, true, SSHKEY_RSA, 2048, KEYMAKER_OPENSSH},
    {"rsa", "pem", 4096, true, SSHKEY_RSA, 4096, KEYMAKER_PEM},
    {"rsa", NULL, 2047, false, 0, 0, 0},
    {"rsa", NULL, 4097, false, 0, 0, 0},
    {"rsa", NULL, 1024, false, 0, 0, 0},
    {"rsa", NULL, 8192, false, 0, 0, 0},
    {"rsa", NULL, -2048, false, 0, 0, 0},
    {"rsa", NULL, (INT64_C(1) << 32) + 2048, false, 0, 0, 0},
    {"ecdsa", NULL, 0, true, SSHKEY_ECDSA256, 256, KEYMAKER_OPENSSH},
    {"ecdsa", "pem", 384, true, SSHKEY_ECDSA384, 384, KEYMAKER_PEM},
    {"ecdsa", NULL, 521, false, 0, 0, 0},
    {"ecdsa", NULL, (INT64_C(1) << 32) + 384, false, 0, 0, 0},
    {"dsa", NULL, 0, false, 0, 0, 0},
    {"ED25519", NULL, 0, false, 0, 0, 0},
    {"", NULL, 0, false, 0, 0, 0},
    {NULL, "PEM", 0, false, 0, 0, 0},
    {NULL, "", 0, false, 0, 0, 0},
    {NULL, "ppk", 0, false, 0, 0, 0},
};

static void
test_orders(void)
{
	for (size_t i = 0; i < nitems(orders); i++) {
		struct keypair_body body = {
		    .name = STR("a-name"),
		    .type = orders[i].type == NULL ? STR_NONE
						   : str_c(orders[i].type),
		    .format = orders[i].format == NULL
				  ? STR_NONE
				  : str_c(orders[i].format),
		    .bits = {orders[i].bits != 0, orders[i].bits},
		};
		struct keymaker_order o = {.bits = 1};
		struct call call = {.core = NULL};
		int r = keypair_order(&call, &body, &o);

		is_int(r, orders[i].good ? 0 : OUT_MALFORMED,
		       "type %s, %lld bits, format %s",
		       orders[i].type == NULL ? "-" : orders[i].type,
		       (long long)orders[i].bits,
		       orders[i].format == NULL ? "-" : orders[i].format);
		if (!orders[i].good) {
			ok(call.note.text[0] != '\0' && o.bits == 1,
			   "  it is said why, and nothing is ordered");
			continue;
		}
		ok(o.type == orders[i].want && o.bits == orders[i].want_bits &&
		       o.form == orders[i].form,
		   "  as it was meant");
		ok(keymaker_order_ok(&o), "  and it can be made");
		is_str(o.comment, STR("a-name"), "  under its name");
	}
}

static void
test_makings(void)
{
	struct makings m;
	size_t slot = 99, first = 99;

	makings_init(&m);
	is_int(makings_take(&m, "a", &first), 0, "the first of an account");
	for (int i = 1; i < API_MAKINGS_ACCOUNT_MAX; i++)
		is_int(makings_take(&m, "a", &slot), 0, "  and the next");
	slot = 99;
	is_int(makings_take(&m, "a", &slot), OUT_TOO_MANY, "no more of it");
	is_int((long long)slot, 99, "  no place is given");
	is_int(makings_take(&m, "b", &slot), 0, "but another account's");
	makings_give(&m, first);
	is_int(makings_take(&m, "a", &slot), 0, "one ends, another begins");
	for (int i = API_MAKINGS_ACCOUNT_MAX + 1; i < API_MAKINGS_MAX; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "x%d", i);
		if (makings_take(&m, name, &slot) != 0)
			ok(false, "%s", name);
	}
	is_int(makings_take(&m, "z", &slot), OUT_BUSY, "no more at all");
	makings_give(&m, slot);
	is_int(makings_take(&m, "z", &slot), 0, "until one ends");
}

static void
test_aims(void)
{
	static const struct {
		const char *account, *project, *name, *want;
	} paths[] = {
	    {"Team", "default", "web-key", "Team/default/web-key"},
	    {"Team", "a/b", "web-key", NULL},
	    {"Team/a", "b", "web-key", NULL},
	    {"Team", "default", "a/b", NULL},
	};

	for (size_t i = 0; i < nitems(paths); i++) {
		struct arena arena;
		struct call call = {.arena = &arena,
				    .params = {str_c(paths[i].account),
					       str_c(paths[i].project),
					       str_c(paths[i].name)}};

		arena_init(&arena, 4 * KIB);
		is_int(api_aim_keypair(&call),
		       paths[i].want != NULL ? 0 : OUT_ABSENT, "%s|%s|%s",
		       paths[i].account, paths[i].project, paths[i].name);
		if (paths[i].want != NULL)
			is_str(call.thing.name, str_c(paths[i].want),
			       "  is one name");
		arena_clear(&arena);
	}
}

int
main(void)
{
	test_orders();
	test_makings();
	test_aims();
	return done_testing();
}
