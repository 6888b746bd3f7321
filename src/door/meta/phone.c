#include "door/meta/inner.h"

#define NOT_THERE "N/A" /* how cloud-init says that it has no such thing */

static const struct {
	const char *name;
	enum sshkey_type types[3];
	size_t n_types;
} key_fields[PHONE_KEYS] = {
    {"pub_key_rsa", {SSHKEY_RSA}, 1},
    {"pub_key_ecdsa", {SSHKEY_ECDSA256, SSHKEY_ECDSA384, SSHKEY_ECDSA521}, 3},
    {"pub_key_ed25519", {SSHKEY_ED25519}, 1},
};

/* One value or none. */
static int
field(const struct form *form, const char *name, struct str *ret,
      struct note *note)
{
	struct str value = form_get(form, name);

	if (form_count(form, name) > 1)
		return note_set(note, OUT_MALFORMED,
				"The field %s is there more than once.", name);
	*ret = str_eq(value, STR(NOT_THERE)) ? STR_NONE : value;
	return 0;
}

static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static int
host_field(const struct form *form, const char *name, struct str *ret,
	   struct note *note)
{
	struct str value;
	int r = field(form, name, &value, note);
	bool good = value.n <= SERVER_HOSTNAME_MAX;

	if (r != 0)
		return r;
	for (size_t i = 0; good && i < value.n; i++)
		good = is_host_char(value.p[i]);
	if (!good)
		return note_set(note, OUT_MALFORMED,
				"The field %s is no host name.", name);
	*ret = value;
	return 0;
}

static bool
takes_type(size_t i, enum sshkey_type type)
{
	for (size_t k = 0; k < key_fields[i].n_types; k++)
		if (key_fields[i].types[k] == type)
			return true;
	return false;
}

static int
key_field(const struct form *form, size_t i, struct phone *phone,
	  struct note *note)
{
	const char *name = key_fields[i].name;
	struct sshkey *key = &phone->keys[phone->n_keys];
	enum sshkey_why why = SSHKEY_FINE;
	struct str line;
	int r = field(form, name, &line, note);

	if (r != 0 || line.n == 0)
		return r;
	r = sshkey_parse(line, key, &why);
	if (r < 0)
		return r;
	if (r != 0)
		return note_set(note, OUT_MALFORMED, "The field %s: %s.", name,
				sshkey_why_text(why));
	if (!takes_type(i, key->type))
		return note_set(note, OUT_MALFORMED,
				"The field %s has a key of another type.",
				name);
	phone->n_keys++;
	return 0;
}

int
phone_read(const struct form *form, struct phone *ret, struct note *note)
{
	int r = field(form, "instance_id", &ret->instance, note);

	ret->n_keys = 0;
	if (r == 0)
		r = host_field(form, "hostname", &ret->hostname, note);
	if (r == 0)
		r = host_field(form, "fqdn", &ret->fqdn, note);
	for (size_t i = 0; i < PHONE_KEYS && r == 0; i++)
		r = key_field(form, i, ret, note);
	return r;
}
