#include "crypt/digest.h"

#include "base/out.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/*
 * SHA*_* are deprecated since OpenSSL 3.0 in favour of EVP. EVP cannot export
 * the state of an unfinished digest, which is what sha256_save() is for, and
 * looks its implementation up at every start. The functions remain part of the
 * library's interface in all of 3.x and use the same machine code.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

static_assert(sizeof(SHA256_CTX) <= sizeof(((struct sha256 *)0)->state),
	      "the library's state fits into ours");
static_assert(_Alignof(SHA256_CTX) <= 16, "and is aligned there");
static_assert(sizeof(SHA512_CTX) <= sizeof(((struct sha512 *)0)->state),
	      "so does the larger one");
static_assert(_Alignof(SHA512_CTX) <= 16, "and is aligned there");

static SHA256_CTX *
ctx_of(struct sha256 *s)
{
	return (SHA256_CTX *)(void *)s->state;
}

void
sha256_start(struct sha256 *s)
{
	(void)SHA256_Init(ctx_of(s));
}

void
sha256_add(struct sha256 *s, const void *p, size_t n)
{
	if (n > 0)
		(void)SHA256_Update(ctx_of(s), p, n);
}

void
sha256_end(struct sha256 *s, uint8_t ret[SHA256_LEN])
{
	(void)SHA256_Final(ret, ctx_of(s));
}

int
digest_sha256(struct str text, uint8_t ret[SHA256_LEN])
{
	struct sha256 s;

	sha256_start(&s);
	sha256_add(&s, text.p, text.n);
	sha256_end(&s, ret);
	return 0;
}

int
digest_md5(struct str text, uint8_t ret[MD5_LEN])
{
	/* Refused where the library is bound to approved digests. */
	return EVP_Digest(text.p, text.n, ret, NULL, EVP_md5(), NULL) == 1
		   ? 0
		   : FAIL(-EOPNOTSUPP);
}

static uint8_t *
put_word(uint8_t *p, uint32_t w)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*p++ = (uint8_t)(w >> shift & 255);
	return p;
}

static uint32_t
take_word(const uint8_t **p)
{
	uint32_t w = 0;

	for (int i = 0; i < 4; i++)
		w = w << 8 | *(*p)++;
	return w;
}

void
sha256_save(const struct sha256 *s, uint8_t ret[SHA256_STATE_LEN])
{
	const SHA256_CTX *c = (const SHA256_CTX *)(const void *)s->state;
	uint8_t *p = ret;

	for (size_t i = 0; i < nitems(c->h); i++)
		p = put_word(p, c->h[i]);
	p = put_word(p, c->Nh);
	p = put_word(p, c->Nl);
	/* Behind its length the block holds what was digested before. */
	memset(p, 0, SHA256_CBLOCK);
	memcpy(p, c->data, c->num);
	p[SHA256_CBLOCK] = (uint8_t)c->num;
}

int
sha256_load(struct sha256 *s, struct str saved)
{
	const uint8_t *p = (const uint8_t *)saved.p;
	SHA256_CTX c;

	if (saved.n != SHA256_STATE_LEN)
		return OUT_MALFORMED;
	(void)SHA256_Init(&c);
	for (size_t i = 0; i < nitems(c.h); i++)
		c.h[i] = take_word(&p);
	c.Nh = take_word(&p);
	c.Nl = take_word(&p);
	memcpy(c.data, p, SHA256_CBLOCK);
	c.num = p[SHA256_CBLOCK];
	if (c.num >= SHA256_CBLOCK || c.Nl % 8 != 0 ||
	    c.Nl / 8 % SHA256_CBLOCK != c.num)
		return OUT_MALFORMED;
	for (size_t i = c.num; i < SHA256_CBLOCK; i++)
		if (p[i] != 0)
			return OUT_MALFORMED;
	memcpy(s->state, &c, sizeof(c));
	return 0;
}

/* --- the same with words of 64 bits --- */

static SHA512_CTX *
ctx512_of(struct sha512 *s)
{
	return (SHA512_CTX *)(void *)s->state;
}

void
sha512_start(struct sha512 *s)
{
	(void)SHA512_Init(ctx512_of(s));
}

void
sha512_add(struct sha512 *s, const void *p, size_t n)
{
	if (n > 0)
		(void)SHA512_Update(ctx512_of(s), p, n);
}

void
sha512_end(struct sha512 *s, uint8_t ret[SHA512_LEN])
{
	(void)SHA512_Final(ret, ctx512_of(s));
}

static uint8_t *
put_long(uint8_t *p, uint64_t w)
{
	p = put_word(p, (uint32_t)(w >> 32));
	return put_word(p, (uint32_t)w);
}

static uint64_t
take_long(const uint8_t **p)
{
	uint64_t high = take_word(p);

	return high << 32 | take_word(p);
}

void
sha512_save(const struct sha512 *s, uint8_t ret[SHA512_STATE_LEN])
{
	const SHA512_CTX *c = (const SHA512_CTX *)(const void *)s->state;
	uint8_t *p = ret;

	for (size_t i = 0; i < nitems(c->h); i++)
		p = put_long(p, c->h[i]);
	p = put_long(p, c->Nh);
	p = put_long(p, c->Nl);
	memset(p, 0, SHA512_CBLOCK);
	memcpy(p, c->u.p, c->num);
	p[SHA512_CBLOCK] = (uint8_t)c->num;
}

int
sha512_load(struct sha512 *s, struct str saved)
{
	const uint8_t *p = (const uint8_t *)saved.p;
	SHA512_CTX c;

	if (saved.n != SHA512_STATE_LEN)
		return OUT_MALFORMED;
	(void)SHA512_Init(&c);
	for (size_t i = 0; i < nitems(c.h); i++)
		c.h[i] = take_long(&p);
	c.Nh = take_long(&p);
	c.Nl = take_long(&p);
	memcpy(c.u.p, p, SHA512_CBLOCK);
	c.num = p[SHA512_CBLOCK];
	if (c.num >= SHA512_CBLOCK || c.Nl % 8 != 0 ||
	    c.Nl / 8 % SHA512_CBLOCK != c.num)
		return OUT_MALFORMED;
	for (size_t i = c.num; i < SHA512_CBLOCK; i++)
		if (p[i] != 0)
			return OUT_MALFORMED;
	memcpy(s->state, &c, sizeof(c));
	return 0;
}
