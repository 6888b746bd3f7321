/* Which words of a text are secrets of ours. */
#include "cli/scan.h"

#include "base/enc.h"
#include "base/i18n.h"
#include "wire/jwt.h"

#include <string.h>

#define TOKEN_LEN 54 /* lk_a_, 43 digits, 6 of the checksum */
#define HEAD_LEN  5
#define CRC_LEN	  6

static const struct {
	char letter;
	const char *name;
} kinds[] = {
    [SCAN_API_KEY] = {'a', N_("API key")},
    [SCAN_REFRESH] = {'r', N_("refresh token")},
    [SCAN_IDENTITY] = {'i', N_("identity token")},
    [SCAN_SEED] = {'s', N_("seed of a server")},
    [SCAN_MACHINE] = {'m', N_("token of a server")},
    [SCAN_PASSCODE] = {'p', N_("one-time passcode")},
    [SCAN_INVITATION] = {'n', N_("invitation code")},
    [SCAN_COOKIE] = {'c', N_("cookie of the console")},
    [SCAN_JWT] = {'\0', N_("signed token")},
};

const char *
scan_kind_name(enum scan_kind kind)
{
	return kinds[kind].name;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

static bool
is_sum_right(struct str token)
{
	uint32_t crc = crc32_of(str_sub(token, 0, TOKEN_LEN - CRC_LEN));
	unsigned char bytes[4] = {
	    (unsigned char)(crc >> 24), (unsigned char)(crc >> 16 & 255),
	    (unsigned char)(crc >> 8 & 255), (unsigned char)(crc & 255)};
	char text[CRC_LEN + 1];

	enc_b62(bytes, sizeof(bytes), text, CRC_LEN);
	return str_ends(token, str_c(text));
}

/* At i; what is in a longer word is none. */
static bool
token_at(struct str text, size_t i, struct scan_hit *ret)
{
	struct str s = str_sub(text, i, TOKEN_LEN);

	if (s.n < TOKEN_LEN || !str_starts(s, STR("lk_")) || s.p[4] != '_')
		return false;
	for (size_t k = HEAD_LEN; k < s.n; k++)
		if (!is_alnum(s.p[k]))
			return false;
	if (i + TOKEN_LEN < text.n && is_alnum(text.p[i + TOKEN_LEN]))
		return false;
	for (size_t k = 0; k < SCAN_JWT; k++)
		if (kinds[k].letter == s.p[3] && is_sum_right(s)) {
			ret->kind = (enum scan_kind)k;
			ret->value = s;
			return true;
		}
	return false;
}

static bool
is_jwt_byte(char c)
{
	return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* A registry token says which it is, who signed it, and perhaps when it ends;
 * one that says more is somebody else's. */
static bool
is_registry_token(const struct jwt *t)
{
	const struct json *value;
	struct str name;
	void *at = NULL;

	if (!str_eq(t->alg, STR("HS256")))
		return false;
	while (json_each(t->payload, &at, &name, &value))
		if (!str_eq(name, STR("jti")) && !str_eq(name, STR("iss")) &&
		    !str_eq(name, STR("exp")))
			return false;
	return true;
}

/* Access tokens, and the short ones that registry clients get for them, name
 * the credential that they end with. */
static bool
is_ours(const struct jwt *t)
{
	struct str iss = json_text(t->payload, "iss");

	if (json_text(t->payload, "jti").n == 0 || iss.n == 0)
		return false;
	if (json_text(t->payload, "latchkey_cred").n == 0)
		return is_registry_token(t);
	return json_kind(json_get(t->payload, "access")) == JSON_ARRAY ||
	       (str_ends(iss, STR("/identity")) &&
		json_text(t->payload, "iam_id").n > 0);
}

static bool
jwt_at(struct str text, size_t i, struct scan_hit *ret)
{
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;
	struct str s = str_sub(text, i, 0);

	if (!str_starts(str_sub(text, i, 3), STR("eyJ")))
		return false;
	while (i + s.n < text.n && s.n <= JWT_MAX &&
	       is_jwt_byte(text.p[i + s.n]))
		s.n++;
	while (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n > JWT_MAX || jwt_parse(s, &t) != 0 || !is_ours(&t))
		return false;
	ret->kind = SCAN_JWT;
	ret->value = s;
	return true;
}

static bool
hit_at(struct str text, size_t i, struct scan_hit *ret)
{
	if (i > 0 && is_alnum(text.p[i - 1]))
		return false;
	return text.p[i] == 'l'	  ? token_at(text, i, ret)
	       : text.p[i] == 'e' ? jwt_at(text, i, ret)
				  : false;
}

bool
scan_next(struct str text, struct scan_at *at, struct scan_hit *ret)
{
	for (; at->i < text.n; at->i++) {
		if (text.p[at->i] == '\n')
			at->line++;
		if (!hit_at(text, at->i, ret))
			continue;
		ret->line = at->line;
		at->i += ret->value.n;
		return true;
	}
	return false;
}
