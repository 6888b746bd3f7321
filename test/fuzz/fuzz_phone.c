#include "door/meta/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is taken is a host name, and a key that reads again as it is. */
static void
check(const struct phone *phone)
{
	assert(phone->n_keys <= PHONE_KEYS);
	assert(phone->hostname.n <= SERVER_HOSTNAME_MAX &&
	       phone->fqdn.n <= SERVER_HOSTNAME_MAX);
	assert(str_printable(phone->hostname) && str_printable(phone->fqdn));
	for (size_t i = 0; i < phone->n_keys; i++) {
		const struct sshkey *key = &phone->keys[i];
		enum sshkey_type type;
		unsigned bits;

		assert(sshkey_blob((struct str){(const char *)key->blob,
						key->blob_len},
				   &type, &bits) == 0);
		assert(type == key->type && bits == key->bits);
		for (size_t k = 0; k < i; k++)
			assert(phone->keys[k].type != key->type);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(arena_clear) struct arena a;
	struct phone phone;
	struct note note = {""};
	struct form form;
	int r;

	arena_init(&a, MIB);
	if (n > META_FORM_MAX ||
	    form_parse((struct str){(const char *)p, n}, &a, &form) != 0)
		return 0;
	r = phone_read(&form, &phone, &note);
	assert(r == 0 || (r == OUT_MALFORMED && note.text[0] != '\0'));
	if (r == 0)
		check(&phone);
	return 0;
}
