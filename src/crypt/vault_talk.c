#include "crypt/vault_talk.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static_assert(OUT_MAX < TALK_FAILURE, "an outcome is a byte");
static_assert(TALK_HEAD_LEN + 2 +
		      VAULT_KEYS_MAX *
			  (1 + VAULT_KID_MAX + 2 * ES256_COORD + 8) <=
		  TALK_ANSWER_MAX,
	      "the longest answer fits");

static void
put(uint64_t n, size_t bytes, uint8_t *to)
{
	for (size_t i = bytes; i-- > 0; n >>= 8)
		to[i] = (uint8_t)n;
}

static uint64_t
get(const char *from, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | (uint8_t)from[i];
	return n;
}

/* The first n bytes of *s, which go. */
static bool
cut(struct str *s, size_t n, struct str *ret)
{
	if (s->n < n)
		return false;
	*ret = str_sub(*s, 0, n);
	*s = str_sub(*s, n, s->n);
	return true;
}

static bool
cut_number(struct str *s, size_t bytes, uint64_t *ret)
{
	struct str part;

	if (!cut(s, bytes, &part))
		return false;
	*ret = get(part.p, bytes);
	return true;
}

void
talk_head_write(const struct talk_head *head, uint8_t ret[TALK_HEAD_LEN])
{
	put(head->number, 4, ret);
	ret[4] = head->what;
}

int
talk_head_read(struct str packet, struct talk_head *ret, struct str *ret_rest)
{
	uint64_t number = 0, what = 0;

	if (!cut_number(&packet, 4, &number) || !cut_number(&packet, 1, &what))
		return OUT_MALFORMED;
	*ret = (struct talk_head){(uint32_t)number, (uint8_t)what};
	*ret_rest = packet;
	return 0;
}

size_t
talk_kid_write(struct str kid, uint8_t ret[TALK_ARG_MAX])
{
	assert(kid.n <= VAULT_KID_MAX);
	ret[0] = (uint8_t)kid.n;
	memcpy(ret + 1, kid.p, kid.n);
	return 1 + kid.n;
}

static bool
cut_kid(struct str *s, struct str *ret)
{
	uint64_t n = 0;

	return cut_number(s, 1, &n) && cut(s, n, ret) && vault_kid_ok(*ret);
}

int
talk_kid_read(struct str arg, struct str *ret_kid, struct str *ret_input)
{
	struct str kid;

	if (!cut_kid(&arg, &kid))
		return OUT_MALFORMED;
	*ret_kid = kid;
	*ret_input = arg;
	return 0;
}

size_t
talk_version_write(int64_t version, uint8_t ret[TALK_ARG_MAX])
{
	put((uint64_t)version, 8, ret);
	return 8;
}

int
talk_version_read(struct str arg, int64_t *ret_version, struct str *ret_input)
{
	uint64_t version = 0;

	if (!cut_number(&arg, 8, &version) || version == 0 ||
	    version > INT64_MAX)
		return OUT_MALFORMED;
	*ret_version = (int64_t)version;
	*ret_input = arg;
	return 0;
}

int
talk_public_write(const struct vault *v, struct buf *b)
{
	uint8_t bytes[TALK_ARG_MAX];

	(void)buf_addc(b, (char)v->n_access);
	for (size_t i = 0; i < v->n_access; i++) {
		const struct vault_access *k = &v->access[i];

		(void)buf_add(b, bytes, talk_kid_write(str_c(k->kid), bytes));
		(void)buf_addstr(b, es256_x(k->key));
		(void)buf_addstr(b, es256_y(k->key));
	}
	(void)buf_addc(b, (char)v->n_versions);
	for (size_t i = 0; i < v->n_versions; i++)
		(void)buf_add(b, bytes,
			      talk_version_write(v->versions[i], bytes));
	return buf_err(b);
}

/* Which is newer is said by the order, and a name stands for one key. */
static int
access_read(struct str *s, struct vault *v)
{
	struct vault_access *k = &v->access[v->n_access];
	struct str kid, x, y;
	int r;

	if (!cut_kid(s, &kid) || !cut(s, ES256_COORD, &x) ||
	    !cut(s, ES256_COORD, &y))
		return OUT_MALFORMED;
	if (v->n_access > 0 && str_cmp(str_c(k[-1].kid), kid) <= 0)
		return OUT_MALFORMED;
	*k = (struct vault_access){.key = NULL};
	memcpy(k->kid, kid.p, kid.n);
	r = es256_load_public(x, y, &k->key);
	v->n_access += r == 0;
	return r;
}

static int
version_read(struct str *s, struct vault *v)
{
	int64_t version = 0;
	int r = talk_version_read(*s, &version, s);

	if (r == 0 && v->n_versions > 0 &&
	    v->versions[v->n_versions - 1] <= version)
		r = OUT_MALFORMED;
	if (r == 0)
		v->versions[v->n_versions++] = version;
	return r;
}

int
talk_public_read(struct str s, struct vault *v)
{
	uint64_t n = 0;
	int r = 0;

	assert(v->n_access == 0 && v->n_versions == 0);
	if (!cut_number(&s, 1, &n) || n == 0 || n > VAULT_KEYS_MAX)
		return OUT_MALFORMED;
	while (r == 0 && v->n_access < n)
		r = access_read(&s, v);
	if (r == 0 && (!cut_number(&s, 1, &n) || n == 0 || n > VAULT_KEYS_MAX))
		r = OUT_MALFORMED;
	while (r == 0 && v->n_versions < n)
		r = version_read(&s, v);
	if (r == 0 && s.n > 0)
		r = OUT_MALFORMED;
	if (r != 0)
		vault_public_clear(v);
	return r;
}

void
talk_state_write(const struct vault_state *s, uint8_t ret[TALK_STATE_LEN])
{
	put(s->pid, 4, ret);
	ret[4] = s->no_new_privs;
	ret[5] = s->seccomp;
	ret[6] = s->landlock;
	ret[7] = s->dumpable;
	ret[8] = s->locked;
}

int
talk_state_read(struct str s, struct vault_state *ret)
{
	const uint8_t *p = (const uint8_t *)s.p;

	if (s.n != TALK_STATE_LEN)
		return OUT_MALFORMED;
	*ret = (struct vault_state){.pid = (uint32_t)get(s.p, 4),
				    .no_new_privs = p[4],
				    .seccomp = p[5],
				    .landlock = p[6],
				    .dumpable = p[7],
				    .locked = p[8]};
	return 0;
}

/* --- answers --- */

static int
answer_fixed(struct vault *v, enum talk_word word, struct str arg,
	     struct buf *ret)
{
	uint8_t bytes[VAULT_ES256_LEN];
	size_t n = VAULT_DIGEST_LEN;
	struct str kid;
	int64_t version;
	int r;

	static_assert(VAULT_DIGEST_LEN == VAULT_HS256_LEN, "one length");
	if (word == TALK_DIGEST) {
		r = vault_digest(v, arg, bytes);
	} else if (word == TALK_REGISTRY) {
		r = talk_version_read(arg, &version, &arg);
		if (r == 0)
			r = vault_registry_sign(v, version, arg, bytes);
	} else {
		n = VAULT_ES256_LEN;
		r = talk_kid_read(arg, &kid, &arg);
		if (r == 0)
			r = vault_access_sign_as(v, kid, arg, bytes);
	}
	return r != 0 ? r : buf_add(ret, bytes, n);
}

static int
answer(struct vault *v, const struct vault_state *state, uint8_t word,
       struct str arg, struct buf *ret)
{
	uint8_t bytes[TALK_STATE_LEN];

	if (word == TALK_DIGEST || word == TALK_ACCESS || word == TALK_REGISTRY)
		return answer_fixed(v, (enum talk_word)word, arg, ret);
	if (arg.n > 0)
		return OUT_MALFORMED;
	if (word == TALK_PUBLIC)
		return talk_public_write(v, ret);
	if (word != TALK_STATE)
		return OUT_UNSUPPORTED;
	talk_state_write(state, bytes);
	return buf_add(ret, bytes, sizeof(bytes));
}

int
talk_answer(struct vault *v, const struct vault_state *state,
	    struct str question, struct buf *ret)
{
	struct talk_head head = {.number = TALK_LOST};
	uint8_t bytes[TALK_HEAD_LEN] = {0};
	int r = talk_head_read(question, &head, &question);

	if (buf_add(ret, bytes, sizeof(bytes)) != 0)
		return buf_err(ret);
	/* It would be taken for something else. */
	if (r == 0 && head.number == TALK_LOST)
		r = OUT_MALFORMED;
	if (r == 0)
		r = answer(v, state, head.what, question, ret);
	if (r != 0)
		ret->n = sizeof(bytes);
	head.what = r < 0 ? TALK_FAILURE : (uint8_t)r;
	talk_head_write(&head, (uint8_t *)ret->p);
	return 0;
}
