/* What does not depend on where the keys are. */
#include "crypt/vault_inner.h"

#include "base/clock.h"

#include <string.h>

bool
vault_kid_ok(struct str s)
{
	if (s.n == 0 || s.n > VAULT_KID_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    c != '-')
			return false;
	}
	return true;
}

void
vault_public_clear(struct vault *v)
{
	for (size_t i = 0; i < v->n_access; i++)
		es256_free(v->access[i].key);
	v->n_access = 0;
	v->n_versions = 0;
}

int
vault_begin(struct vault *v, struct note *note)
{
	return v->ops->begin == NULL ? 0 : v->ops->begin(v, note);
}

void
vault_free(struct vault *v)
{
	if (v == NULL)
		return;
	vault_public_clear(v);
	(void)pthread_rwlock_destroy(&v->lock);
	v->ops->free(v);
}

int
vault_digest(struct vault *v, struct str secret, uint8_t ret[VAULT_DIGEST_LEN])
{
	return v->ops->digest(v, secret, ret);
}

int
vault_access_sign_as(struct vault *v, struct str kid, struct str input,
		     uint8_t ret[VAULT_ES256_LEN])
{
	return v->ops->access_sign(v, kid, input, ret);
}

void
vault_init(struct vault *v, const struct vault_ops *ops)
{
	v->ops = ops;
	(void)pthread_rwlock_init(&v->lock, NULL);
}

int
vault_renew(struct vault *v, struct note *note)
{
	return v->ops->renew == NULL ? OUT_UNSUPPORTED : v->ops->renew(v, note);
}

int
vault_access_sign(struct vault *v, const char *kid, struct str input,
		  uint8_t ret[VAULT_ES256_LEN])
{
	int r = vault_access_sign_as(v, str_c(kid), input, ret);

	return r == OUT_BUSY ? r : FOLD(r);
}

void
vault_access_kid(struct vault *v, char ret[VAULT_KID_MAX + 1])
{
	size_t i;

	(void)pthread_rwlock_rdlock(&v->lock);
	i = vault_kid_signer(v->access, v->n_access, clock_now());
	memcpy(ret, v->access[i].kid, VAULT_KID_MAX + 1);
	(void)pthread_rwlock_unlock(&v->lock);
}

/* One that is over may have been taken by somebody since: what it signs now is
 * nobody's token. */
static int
verify(struct vault *v, struct str kid, struct str input, struct str signature)
{
	int64_t now = clock_now();

	for (size_t i = 0; i < v->n_access; i++)
		if (str_eq(str_c(v->access[i].kid), kid))
			return vault_kid_over(v->access, v->n_access, i, now)
				   ? OUT_UNPROVEN
				   : es256_verify(v->access[i].key, input,
						  signature);
	return OUT_UNPROVEN;
}

int
vault_access_verify(struct vault *v, struct str kid, struct str input,
		    struct str signature)
{
	int r;

	(void)pthread_rwlock_rdlock(&v->lock);
	r = verify(v, kid, input, signature);
	(void)pthread_rwlock_unlock(&v->lock);
	return r;
}

/* Nothing in it needs an escape: see vault_kid_ok(). */
int
vault_jwks(struct vault *v, struct buf *b)
{
	int64_t now = clock_now();
	const char *comma = "";

	(void)buf_adds(b, "{\"keys\":[");
	(void)pthread_rwlock_rdlock(&v->lock);
	for (size_t i = 0; i < v->n_access; i++) {
		const struct vault_access *k = &v->access[i];

		if (vault_kid_over(v->access, v->n_access, i, now))
			continue;
		(void)buf_addf(
		    b,
		    "%s{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\","
		    "\"y\":\"%.*s\",\"use\":\"sig\",\"alg\":\"ES256\","
		    "\"kid\":\"%s\"}",
		    comma, STR_ARG(es256_x(k->key)), STR_ARG(es256_y(k->key)),
		    k->kid);
		comma = ",";
	}
	(void)pthread_rwlock_unlock(&v->lock);
	(void)buf_adds(b, "]}");
	return buf_err(b);
}

void
vault_access_signer(struct vault *v, struct vault_signer *ret)
{
	int64_t now = clock_now();
	struct vault_signer s = {.listed = 0};
	size_t at;

	(void)pthread_rwlock_rdlock(&v->lock);
	at = vault_kid_signer(v->access, v->n_access, now);
	memcpy(s.kid, v->access[at].kid, sizeof(s.kid));
	s.since = vault_kid_from(str_c(s.kid));
	if (at > 0)
		s.next = vault_kid_from(str_c(v->access[at - 1].kid));
	for (size_t i = 0; i < v->n_access; i++)
		s.listed += !vault_kid_over(v->access, v->n_access, i, now);
	(void)pthread_rwlock_unlock(&v->lock);
	*ret = s;
}

int64_t
vault_registry_version(struct vault *v)
{
	int64_t newest;

	(void)pthread_rwlock_rdlock(&v->lock);
	newest = v->versions[0];
	(void)pthread_rwlock_unlock(&v->lock);
	return newest;
}

int
vault_registry_sign(struct vault *v, int64_t version, struct str input,
		    uint8_t ret[VAULT_HS256_LEN])
{
	bool known = false;
	int r = OUT_ABSENT;

	(void)pthread_rwlock_rdlock(&v->lock);
	for (size_t i = 0; i < v->n_versions; i++)
		known = known || v->versions[i] == version;
	(void)pthread_rwlock_unlock(&v->lock);
	if (known)
		r = v->ops->registry_sign(v, version, input, ret);
	return r == OUT_BUSY || r == OUT_ABSENT ? r : FOLD(r);
}
