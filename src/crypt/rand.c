#include "crypt/rand.h"

#include "base/enc.h"
#include "base/out.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define TOKEN_HEAD  5  /* lk_a_ */
#define TOKEN_BYTES 32 /* random */
#define TOKEN_CRC   6  /* digits */

int
rand_bytes(void *p, size_t n)
{
	unsigned char *at = p;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return FAIL(-errno);
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

int
rand_uuid(char ret[UUID_LEN + 1])
{
	static const size_t groups[] = {4, 2, 2, 2, 6};
	unsigned char bytes[16], *from = bytes;
	char *to = ret;
	int r = rand_bytes(bytes, sizeof(bytes));

	if (r != 0)
		return r;
	bytes[6] = (unsigned char)(0x40 | (bytes[6] & 0x0f)); /* version 4 */
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f)); /* variant */
	for (size_t i = 0; i < nitems(groups); i++) {
		enc_hex(from, groups[i], to);
		from += groups[i];
		to += 2 * groups[i];
		*to++ = '-';
	}
	ret[UUID_LEN] = '\0';
	return 0;
}

int
rand_hex(char *ret, size_t digits)
{
	unsigned char bytes[64];
	char text[2 * sizeof(bytes) + 1];

	ret[digits] = '\0';
	while (digits > 0) {
		size_t n =
		    digits < 2 * sizeof(bytes) ? digits : 2 * sizeof(bytes);
		int r = rand_bytes(bytes, sizeof(bytes));

		if (r != 0)
			return r;
		enc_hex(bytes, sizeof(bytes), text);
		memcpy(ret, text, n);
		ret += n;
		digits -= n;
	}
	return 0;
}

int
rand_id(int64_t *ret)
{
	uint64_t v = 0;

	while (v == 0) {
		int r = rand_bytes(&v, sizeof(v));

		if (r != 0)
			return r;
		v &= INT64_MAX;
	}
	*ret = (int64_t)v;
	return 0;
}

static void
checksum(struct str text, char ret[TOKEN_CRC + 1])
{
	uint32_t crc = crc32_of(text);
	unsigned char bytes[4] = {
	    (unsigned char)(crc >> 24), (unsigned char)(crc >> 16 & 255),
	    (unsigned char)(crc >> 8 & 255), (unsigned char)(crc & 255)};

	enc_b62(bytes, sizeof(bytes), ret, TOKEN_CRC);
}

int
rand_token(enum token_kind kind, struct secret *ret)
{
	const size_t random = TOKEN_LEN - TOKEN_HEAD - TOKEN_CRC;
	unsigned char bytes[TOKEN_BYTES];
	char text[TOKEN_LEN + 1] = "lk_";
	int r = rand_bytes(bytes, sizeof(bytes));

	if (r != 0)
		return r;
	text[3] = (char)kind;
	text[4] = '_';
	enc_b62(bytes, sizeof(bytes), text + TOKEN_HEAD, random);
	checksum((struct str){text, TOKEN_LEN - TOKEN_CRC},
		 text + TOKEN_LEN - TOKEN_CRC);
	r = secret_set(ret, (struct str){text, TOKEN_LEN});
	mem_wipe(bytes, sizeof(bytes));
	mem_wipe(text, sizeof(text));
	return FOLD(r);
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

bool
token_looks(enum token_kind kind, struct str s)
{
	char head[TOKEN_HEAD] = {'l', 'k', '_', (char)kind, '_'};
	char crc[TOKEN_CRC + 1];

	if (s.n != TOKEN_LEN || memcmp(s.p, head, sizeof(head)) != 0)
		return false;
	for (size_t i = TOKEN_HEAD; i < s.n; i++)
		if (!is_alnum(s.p[i]))
			return false;
	checksum(str_sub(s, 0, TOKEN_LEN - TOKEN_CRC), crc);
	return str_ends(s, str_c(crc));
}
