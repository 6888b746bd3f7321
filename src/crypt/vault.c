/* What does not depend on where the keys are. */
#include "crypt/vault_inner.h"

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

int
vault_access_sign(struct vault *v, struct str input,
		  uint8_t ret[VAULT_ES256_LEN])
{
	int r = vault_access_sign_as(v, str_c(v->access[0].kid), input, ret);

	return r == OUT_BUSY ? r : FOLD(r);
}

const char *
vault_access_kid(struct vault *v)
{
	return v->access[0].kid;
}

int
vault_access_verify(struct vault *v, struct str kid, struct str input,
		    struct str signature)
{
	for (size_t i = 0; i < v->n_access; i++)
		if (str_eq(str_c(v->access[i].kid), kid))
			return es256_verify(v->access[i].key, input, signature);
	return OUT_UNPROVEN;
}

/* Nothing in it needs an escape: see vault_kid_ok(). */
int
vault_jwks(struct vault *v, struct buf *b)
{
	(void)buf_adds(b, "{\"keys\":[");
	for (size_t i = 0; i < v->n_access; i++) {
		const struct vault_access *k = &v->access[i];

		(void)buf_addf(
		    b,
		    "%s{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\","
		    "\"y\":\"%.*s\",\"use\":\"sig\",\"alg\":\"ES256\","
		    "\"kid\":\"%s\"}",
		    i > 0 ? "," : "", STR_ARG(es256_x(k->key)),
		    STR_ARG(es256_y(k->key)), k->kid);
	}
	(void)buf_adds(b, "]}");
	return buf_err(b);
}

int64_t
vault_registry_version(struct vault *v)
{
	return v->versions[0];
}

int
vault_registry_sign(struct vault *v, int64_t version, struct str input,
		    uint8_t ret[VAULT_HS256_LEN])
{
	int r = OUT_ABSENT;

	for (size_t i = 0; i < v->n_versions; i++)
		if (v->versions[i] == version)
			r = v->ops->registry_sign(v, version, input, ret);
	return r == OUT_BUSY || r == OUT_ABSENT ? r : FOLD(r);
}
