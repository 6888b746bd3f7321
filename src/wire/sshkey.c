#include "base/enc.h"
#include "base/out.h"
#include "wire/sshkey_inner.h"

#include <string.h>

static const struct type {
	struct str name, word;
	struct str curve; /* for ECDSA */
	unsigned bits;	  /* 0: the key says so */
	bool has_application;
} types[SSHKEY_TYPES] = {
    [SSHKEY_RSA] = {.name = STR_INIT("ssh-rsa"), .word = STR_INIT("RSA")},
    [SSHKEY_ED25519] = {.name = STR_INIT("ssh-ed25519"),
			.word = STR_INIT("ED25519"),
			.bits = 256},
    [SSHKEY_ECDSA256] = {.name = STR_INIT("ecdsa-sha2-nistp256"),
			 .word = STR_INIT("ECDSA"),
			 .curve = STR_INIT("nistp256"),
			 .bits = 256},
    [SSHKEY_ECDSA384] = {.name = STR_INIT("ecdsa-sha2-nistp384"),
			 .word = STR_INIT("ECDSA"),
			 .curve = STR_INIT("nistp384"),
			 .bits = 384},
    [SSHKEY_ECDSA521] = {.name = STR_INIT("ecdsa-sha2-nistp521"),
			 .word = STR_INIT("ECDSA"),
			 .curve = STR_INIT("nistp521"),
			 .bits = 521},
    [SSHKEY_SK_ED25519] = {.name = STR_INIT("sk-ssh-ed25519@openssh.com"),
			   .word = STR_INIT("ED25519-SK"),
			   .bits = 256,
			   .has_application = true},
    [SSHKEY_SK_ECDSA256] = {.name =
				STR_INIT("sk-ecdsa-sha2-nistp256@openssh.com"),
			    .word = STR_INIT("ECDSA-SK"),
			    .curve = STR_INIT("nistp256"),
			    .bits = 256,
			    .has_application = true},
};

#define ED25519_POINT_LEN 32

struct str
sshkey_type_name(enum sshkey_type type)
{
	return types[type].name;
}

struct str
sshkey_type_word(enum sshkey_type type)
{
	return types[type].word;
}

bool
sshkey_type_of(struct str name, enum sshkey_type *ret)
{
	for (int i = 0; i < SSHKEY_TYPES; i++)
		if (str_eq(types[i].name, name)) {
			*ret = (enum sshkey_type)i;
			return true;
		}
	return false;
}

size_t
sshkey_type_strings(enum sshkey_type type)
{
	if (type == SSHKEY_RSA)
		return 3;
	return 2 + (types[type].curve.n > 0 ? 1U : 0U) +
	       (types[type].has_application ? 1U : 0U);
}

/* RFC 4251 section 5: the length in four bytes, and as many bytes. */
static bool
take_string(struct str *rest, struct str *ret)
{
	size_t n = 0;

	if (rest->n < 4)
		return false;
	for (int i = 0; i < 4; i++)
		n = n << 8 | (uint8_t)rest->p[i];
	if (n > rest->n - 4)
		return false;
	*ret = str_sub(*rest, 4, n);
	*rest = str_sub(*rest, 4 + n, SIZE_MAX);
	return true;
}

/* A number above 0 in its shortest form; without the byte for the sign. */
static bool
take_number(struct str *rest, struct str *ret)
{
	struct str s;

	if (!take_string(rest, &s) || s.n == 0 || (s.p[0] & 0x80) != 0)
		return false;
	if (s.p[0] == 0) {
		if (s.n == 1 || (s.p[1] & 0x80) == 0)
			return false;
		s = str_sub(s, 1, SIZE_MAX);
	}
	*ret = s;
	return true;
}

static unsigned
bits_of(struct str number)
{
	unsigned bits = ((unsigned)number.n - 1) * 8;

	for (unsigned top = (uint8_t)number.p[0]; top != 0; top >>= 1)
		bits++;
	return bits;
}

static bool
take_rsa(struct str *rest, struct sshkey_parts *ret)
{
	if (!take_number(rest, &ret->e) || !take_number(rest, &ret->n))
		return false;
	ret->bits = bits_of(ret->n);
	return true;
}

static bool
take_point(struct str *rest, const struct type *t, struct sshkey_parts *ret)
{
	struct str curve, application;

	if (t->curve.n > 0 &&
	    (!take_string(rest, &curve) || !str_eq(curve, t->curve)))
		return false;
	if (!take_string(rest, &ret->point))
		return false;
	if (t->curve.n > 0 ? ret->point.n != 1 + 2 * ((t->bits + 7) / 8)
			   : ret->point.n != ED25519_POINT_LEN)
		return false;
	ret->bits = t->bits;
	return !t->has_application ||
	       (take_string(rest, &application) && application.n > 0 &&
		str_is_text(application));
}

int
sshkey_take_apart(struct str blob, struct sshkey_parts *ret)
{
	struct sshkey_parts parts = {.bits = 0};
	struct str rest = blob, name;
	bool taken;

	if (blob.n > SSHKEY_BLOB_MAX || !take_string(&rest, &name))
		return OUT_MALFORMED;
	if (!sshkey_type_of(name, &parts.type))
		return OUT_UNSUPPORTED;
	taken = parts.type == SSHKEY_RSA
		    ? take_rsa(&rest, &parts)
		    : take_point(&rest, &types[parts.type], &parts);
	if (!taken || rest.n > 0)
		return OUT_MALFORMED;
	*ret = parts;
	return 0;
}

int
sshkey_blob(struct str blob, enum sshkey_type *ret_type, unsigned *ret_bits)
{
	struct sshkey_parts parts;
	int r = sshkey_take_apart(blob, &parts);

	if (r != 0)
		return r;
	*ret_type = parts.type;
	*ret_bits = parts.bits;
	return 0;
}

void
sshkey_text(struct str type, struct str blob, struct buf *b)
{
	(void)buf_addstr(b, type);
	(void)buf_addc(b, ' ');
	(void)enc_b64(b, blob);
}
