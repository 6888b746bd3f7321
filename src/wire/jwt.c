#include "wire/jwt.h"

#include "base/enc.h"

/* Seconds up to the end of the year 9999: no date needs more, and a product
 * with 1000 cannot overflow. */
#define SECONDS_MAX 253402300799

static int
parse_part(struct str part, struct json **ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(JWT_MAX);
	int r = dec_b64url(&text, part);

	if (r == 0)
		r = json_parse(buf_str(&text), &j, NULL);
	if (r != 0)
		return r;
	if (json_kind(j) != JSON_OBJECT)
		return OUT_MALFORMED;
	*ret = TAKE(j);
	return 0;
}

/* Each of these changes what the rest means, or what was signed. */
static int
read_header(struct jwt *t)
{
	static const char *const refused[] = {"crit", "b64", "zip"};
	const struct json *kid = json_get(t->header, "kid");

	for (size_t i = 0; i < nitems(refused); i++)
		if (json_get(t->header, refused[i]) != NULL)
			return OUT_MALFORMED;
	if (!json_str(json_get(t->header, "alg"), &t->alg) ||
	    (kid != NULL && !json_str(kid, &t->kid)))
		return OUT_MALFORMED;
	return 0;
}

int
jwt_parse(struct str token, struct jwt *ret)
{
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;
	struct str header, payload, signature;
	int r;

	if (token.n > JWT_MAX || !str_rcut(token, '.', &t.input, &signature) ||
	    !str_cut(t.input, '.', &header, &payload) || signature.n == 0)
		return OUT_MALFORMED;
	/* A fourth dot lands in the payload, which then is no base64. */
	r = dec_b64url(&t.signature, signature);
	if (r == 0)
		r = parse_part(header, &t.header);
	if (r == 0)
		r = read_header(&t);
	if (r == 0)
		r = parse_part(payload, &t.payload);
	if (r != 0)
		return r;
	*ret = t;
	t = (struct jwt)JWT_INIT;
	return 0;
}

void
jwt_clear(struct jwt *t)
{
	buf_clear(&t->signature);
	json_free(t->header);
	json_free(t->payload);
	*t = (struct jwt)JWT_INIT;
}

int
jwt_input(struct buf *b, struct str header, struct str payload)
{
	(void)enc_b64url(b, header);
	(void)buf_addc(b, '.');
	return enc_b64url(b, payload);
}

int
jwt_seal(struct buf *b, const void *signature, size_t n)
{
	(void)buf_addc(b, '.');
	return enc_b64url(b, (struct str){signature, n});
}

static bool
seconds(const struct json *payload, const char *name, int64_t *ret)
{
	return json_int(json_get(payload, name), ret) && *ret >= 0 &&
	       *ret <= SECONDS_MAX;
}

int
jwt_times(const struct json *payload, int64_t now_ms, int64_t skew_s,
	  int64_t *ret_exp_ms)
{
	static const char *const from[] = {"nbf", "iat"};
	int64_t exp = 0, at = 0, skew_ms = skew_s * SECOND_MS;

	if (!seconds(payload, "exp", &exp))
		return OUT_MALFORMED;
	for (size_t i = 0; i < nitems(from); i++)
		if (json_get(payload, from[i]) != NULL &&
		    (!seconds(payload, from[i], &at) || at > exp))
			return OUT_MALFORMED;
	for (size_t i = 0; i < nitems(from); i++)
		if (seconds(payload, from[i], &at) &&
		    at * SECOND_MS > now_ms + skew_ms)
			return OUT_EXPIRED;
	if (now_ms >= exp * SECOND_MS + skew_ms)
		return OUT_EXPIRED;
	*ret_exp_ms = exp * SECOND_MS;
	return 0;
}
