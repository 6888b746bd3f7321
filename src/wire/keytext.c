#include "wire/keytext.h"

#include "base/out.h"
#include "base/secret.h"
#include "crypt/rand.h"
#include "wire/der.h"

#include <string.h>

#define RAW_MAX	     (4 * KIB) /* of what is then base64; RSA 4096 has 2.5 KiB */
#define LINE_OPENSSH 70
#define LINE_PEM     64 /* RFC 7468 section 2 */
#define BLOCK	     8	/* what an unencrypted private part is padded to */

/* Bytes of SSH (RFC 4251 section 5) in memory that is not ours. */
struct bytes {
	char *p;
	size_t n, cap;
	bool full;
};

static const struct {
	struct str name, curve; /* of SSH */
	struct str oid;		/* of the curve, with its head */
} kinds[] = {
    [NEWKEY_ED25519] = {.name = STR_INIT("ssh-ed25519")},
    [NEWKEY_P256] = {STR_INIT("ecdsa-sha2-nistp256"), STR_INIT("nistp256"),
		     STR_INIT("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")},
    [NEWKEY_P384] = {STR_INIT("ecdsa-sha2-nistp384"), STR_INIT("nistp384"),
		     STR_INIT("\x06\x05\x2b\x81\x04\x00\x22")},
    [NEWKEY_RSA] = {.name = STR_INIT("ssh-rsa")},
};
/* RFC 8410 section 3, with its head. */
static const struct str oid_ed25519 = STR_INIT("\x06\x03\x2b\x65\x70");

/* --- bytes of SSH --- */

static void
put(struct bytes *b, const void *p, size_t n)
{
	if (n > b->cap - b->n) {
		b->full = true;
		return;
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
put_u32(struct bytes *b, size_t v)
{
	uint8_t p[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16 & 255),
			(uint8_t)(v >> 8 & 255), (uint8_t)(v & 255)};

	put(b, p, sizeof(p));
}

static void
put_string(struct bytes *b, struct str s)
{
	put_u32(b, s.n);
	put(b, s.p, s.n);
}

static void
put_mpint(struct bytes *b, struct str s)
{
	while (s.n > 0 && s.p[0] == 0)
		s = str_sub(s, 1, SIZE_MAX);
	if (s.n > 0 && (uint8_t)s.p[0] >= 0x80) {
		put_u32(b, s.n + 1);
		put(b, "", 1);
		put(b, s.p, s.n);
	} else {
		put_string(b, s);
	}
}

/* A string that is written by put_*: its length comes last. */
static size_t
string_begin(struct bytes *b)
{
	put_u32(b, 0);
	return b->n;
}

static void
string_end(struct bytes *b, size_t from)
{
	struct bytes head = {.p = b->p + from - 4, .cap = 4};

	if (!b->full)
		put_u32(&head, b->n - from);
}

static void
put_public(struct bytes *b, const struct newkey *k)
{
	put_string(b, kinds[k->kind].name);
	switch (k->kind) {
	case NEWKEY_P256:
	case NEWKEY_P384:
		put_string(b, kinds[k->kind].curve);
		put_string(b, k->point);
		break;
	case NEWKEY_ED25519:
		put_string(b, k->point);
		break;
	case NEWKEY_RSA:
		put_mpint(b, k->e);
		put_mpint(b, k->n);
		break;
	}
}

/* --- openssh-key-v1 --- */

static void
put_secret(struct bytes *b, const struct newkey *k)
{
	put_string(b, kinds[k->kind].name);
	switch (k->kind) {
	case NEWKEY_P256:
	case NEWKEY_P384:
		put_string(b, kinds[k->kind].curve);
		put_string(b, k->point);
		put_mpint(b, k->secret);
		break;
	case NEWKEY_ED25519:
		put_string(b, k->point);
		put_u32(b, k->secret.n + k->point.n);
		put(b, k->secret.p, k->secret.n);
		put(b, k->point.p, k->point.n);
		break;
	case NEWKEY_RSA:
		put_mpint(b, k->n);
		put_mpint(b, k->e);
		put_mpint(b, k->d);
		put_mpint(b, k->qinv);
		put_mpint(b, k->p);
		put_mpint(b, k->q);
		break;
	}
}

static int
openssh_make(const struct newkey *k, struct str comment, struct bytes *b)
{
	uint8_t check[4];
	size_t begin;
	int r = rand_bytes(check, sizeof(check));

	if (r != 0)
		return r;
	put(b, "openssh-key-v1", sizeof("openssh-key-v1")); /* and its NUL */
	put_string(b, STR("none"));			    /* cipher */
	put_string(b, STR("none"));			    /* its key */
	put_string(b, STR(""));
	put_u32(b, 1); /* key */
	begin = string_begin(b);
	put_public(b, k);
	string_end(b, begin);
	begin = string_begin(b);
	put(b, check, sizeof(check));
	put(b, check, sizeof(check));
	put_secret(b, k);
	put_string(b, comment);
	for (uint8_t pad = 1; (b->n - begin) % BLOCK != 0 && !b->full; pad++)
		put(b, &pad, 1);
	string_end(b, begin);
	return 0;
}

/* --- PEM --- */

static void
pkcs1_put(struct der *d, const struct newkey *k)
{
	const struct str numbers[] = {k->qinv, k->dq, k->dp, k->q,    k->p,
				      k->d,    k->e,  k->n,  STR_NONE};
	const uint8_t *end = d->at;

	for (size_t i = 0; i < nitems(numbers); i++)
		der_number(d, numbers[i]);
	der_head(d, DER_SEQUENCE, end);
}

static void
ec_put(struct der *d, const struct newkey *k)
{
	const uint8_t *end = d->at, *inner;

	der_bytes(d, k->point);
	der_bytes(d, STR("\0")); /* no unused bits */
	der_head(d, DER_BITS, end);
	der_head(d, DER_CONTEXT_1, end);
	inner = d->at;
	der_bytes(d, kinds[k->kind].oid);
	der_head(d, DER_CONTEXT_0, inner);
	der_octets(d, k->secret);
	der_number(d, STR("\1"));
	der_head(d, DER_SEQUENCE, end);
}

static void
pkcs8_put(struct der *d, const struct newkey *k)
{
	const uint8_t *end = d->at, *inner;

	der_octets(d, k->secret);
	der_head(d, DER_OCTETS, end);
	inner = d->at;
	der_bytes(d, oid_ed25519);
	der_head(d, DER_SEQUENCE, inner);
	der_number(d, STR_NONE);
	der_head(d, DER_SEQUENCE, end);
}

static struct str
pem_make(const struct newkey *k, struct bytes *b, const char **ret_label)
{
	struct der d = {.begin = (uint8_t *)b->p,
			.at = (uint8_t *)b->p + b->cap};

	switch (k->kind) {
	case NEWKEY_ED25519:
		*ret_label = "PRIVATE KEY";
		pkcs8_put(&d, k);
		break;
	case NEWKEY_P256:
	case NEWKEY_P384:
		*ret_label = "EC PRIVATE KEY";
		ec_put(&d, k);
		break;
	case NEWKEY_RSA:
		*ret_label = "RSA PRIVATE KEY";
		pkcs1_put(&d, k);
		break;
	}
	b->full = d.full;
	return (struct str){(char *)d.at,
			    (size_t)((uint8_t *)b->p + b->cap - d.at)};
}

/* --- the text --- */

/* Digits of base64 without a table: what is looked up where tells nothing of
 * the key. */
static char
digit(unsigned v)
{
	unsigned c = 'A' + v;

	c += (25 - v) >> 8 & ('a' - 26 - 'A');
	c -= (51 - v) >> 8 & ('a' - 26 - ('0' - 52));
	c -= (61 - v) >> 8 & ('0' - 52 - ('+' - 62));
	c += (62 - v) >> 8 & ('/' - 63 - ('+' - 62));
	return (char)c;
}

static void
put_base64(struct bytes *to, struct str raw, size_t width)
{
	size_t column = 0;

	for (size_t i = 0; i < raw.n; i += 3) {
		size_t left = raw.n - i;
		uint32_t v = (uint32_t)(uint8_t)raw.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)(uint8_t)raw.p[i + 1] << 8;
		if (left > 2)
			v |= (uint8_t)raw.p[i + 2];
		for (size_t j = 0; j < 4; j++) {
			char c =
			    j <= left ? digit(v >> (18 - 6 * j) & 63) : '=';

			if (column == width) {
				put(to, "\n", 1);
				column = 0;
			}
			put(to, &c, 1);
			column++;
		}
	}
	put(to, "\n", 1);
}

static void
put_line(struct bytes *to, const char *word, const char *label)
{
	struct str parts[] = {STR("-----"), str_c(word), STR(" "), str_c(label),
			      STR("-----\n")};

	for (size_t i = 0; i < nitems(parts); i++)
		put(to, parts[i].p, parts[i].n);
}

int
keytext_private(const struct newkey *k, enum keymaker_form form,
		struct str comment, struct locked *to)
{
	char room[RAW_MAX];
	struct bytes raw = {.p = room, .cap = sizeof(room)};
	struct bytes text = {.p = to->p, .n = to->n, .cap = to->cap};
	const char *label = "OPENSSH PRIVATE KEY";
	struct str content = STR_NONE;
	int r = 0;

	if (form == KEYMAKER_PEM) {
		content = pem_make(k, &raw, &label);
	} else {
		r = openssh_make(k, comment, &raw);
		content = (struct str){raw.p, raw.n};
	}
	if (r == 0) {
		put_line(&text, "BEGIN", label);
		put_base64(&text, content,
			   form == KEYMAKER_PEM ? LINE_PEM : LINE_OPENSSH);
		put_line(&text, "END", label);
		if (raw.full || text.full)
			r = OUT_TOO_LARGE;
	}
	mem_wipe(room, sizeof(room));
	if (r == 0)
		to->n = text.n;
	else
		mem_wipe(to->p + to->n, to->cap - to->n);
	return r;
}

int
keytext_blob(const struct newkey *k, struct locked *to)
{
	struct bytes b = {.p = to->p, .n = to->n, .cap = to->cap};

	put_public(&b, k);
	if (b.full)
		return OUT_TOO_LARGE;
	to->n = b.n;
	return 0;
}
