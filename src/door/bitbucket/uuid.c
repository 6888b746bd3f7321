#include "door/bitbucket/inner.h"

#include "base/enc.h"

#define USER_PREFIX    "IBMid-"
#define SERVICE_PREFIX "iam-ServiceId-"
#define BARE_LEN       (BB_UUID_LEN - 2)
#define RAW_LEN	       16

void
bb_uuid(struct str id, char ret[BB_UUID_LEN + 1])
{
	/* What has another form is shown as none at all. */
	const char *p =
	    id.n == GITREPO_ID_LEN ? id.p : "00000000000000000000000000000000";

	(void)snprintf(ret, BB_UUID_LEN + 1, "{%.8s-%.4s-%.4s-%.4s-%.12s}", p,
		       p + 8, p + 12, p + 16, p + 20);
}

void
bb_uuid_of_identity(struct str iam_id, char ret[BB_UUID_LEN + 1])
{
	char hex[2 * RAW_LEN + 1];
	struct str bare;

	if (str_starts(iam_id, STR(SERVICE_PREFIX))) {
		bare = str_sub(iam_id, sizeof(SERVICE_PREFIX) - 1, SIZE_MAX);
		(void)snprintf(ret, BB_UUID_LEN + 1, "{%.*s}",
			       STR_ARG(str_sub(bare, 0, BARE_LEN)));
		return;
	}
	if (iam_id.n != RAW_LEN) {
		bb_uuid(STR_NONE, ret);
		return;
	}
	enc_hex(iam_id.p, iam_id.n, hex);
	bb_uuid(str_c(hex), ret);
}

static bool
is_bare(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash != (s.p[i] == '-'))
			return false;
	}
	return s.n == BARE_LEN;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
}

int
bb_uuid_read(struct str s, char ret[GITREPO_ID_LEN + 1])
{
	char digits[GITREPO_ID_LEN + 1];
	uint8_t raw[RAW_LEN];
	struct str bare = str_sub(s, 1, BARE_LEN);
	size_t n = 0;

	if (s.n != BB_UUID_LEN || s.p[0] != '{' || s.p[s.n - 1] != '}' ||
	    !is_bare(bare))
		return OUT_MALFORMED;
	for (size_t i = 0; i < bare.n; i++)
		if (bare.p[i] != '-')
			digits[n++] = lower(bare.p[i]);
	digits[n] = '\0';
	if (dec_hex(str_c(digits), raw, sizeof(raw)) != 0)
		return OUT_MALFORMED;
	memcpy(ret, digits, sizeof(digits));
	return 0;
}

struct str
bb_uuid_or_slug(struct arena *a, struct str s)
{
	char id[GITREPO_ID_LEN + 1];

	return bb_uuid_read(s, id) == 0 ? arena_str(a, str_c(id)) : s;
}

struct str
bb_uuid_or_identity(struct arena *a, struct str s)
{
	char braced[BB_UUID_LEN + 1], id[GITREPO_ID_LEN + 1];
	char raw[RAW_LEN + 1] = "";
	struct str text = s;

	if (is_bare(s)) {
		(void)snprintf(braced, sizeof(braced), "{%.*s}", STR_ARG(s));
		text = str_c(braced);
	}
	if (bb_uuid_read(text, id) != 0 ||
	    dec_hex(str_c(id), raw, RAW_LEN) != 0)
		return s;
	if (str_starts((struct str){raw, RAW_LEN}, STR(USER_PREFIX)))
		return arena_str(a, (struct str){raw, RAW_LEN});
	return arena_strf(a, SERVICE_PREFIX "%.8s-%.4s-%.4s-%.4s-%.12s", id,
			  id + 8, id + 12, id + 16, id + 20);
}
