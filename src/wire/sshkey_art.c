#include "base/enc.h"
#include "base/out.h"
#include "wire/sshkey.h"

#include <stdio.h>
#include <string.h>

#define SHA256_HEAD "SHA256:"
#define SHA256_B64  43 /* digits of a digest, without the padding */

/* The board of the picture. */
#define WIDTH  17
#define HEIGHT 9

int
sshkey_fingerprint(struct str blob, char ret[SSHKEY_SHA256_LEN + 1])
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	uint8_t d[SHA256_LEN];
	int r = digest_sha256(blob, d);

	if (r == 0)
		r = enc_b64(&text, (struct str){(const char *)d, sizeof(d)});
	if (r != 0)
		return r;
	(void)snprintf(ret, SSHKEY_SHA256_LEN + 1, SHA256_HEAD "%.*s",
		       SHA256_B64, text.p);
	return 0;
}

int
sshkey_fingerprint_md5(struct str blob, char ret[SSHKEY_MD5_LEN + 1])
{
	uint8_t d[MD5_LEN];
	char *p = ret;
	int r = digest_md5(blob, d);

	if (r != 0)
		return r;
	memcpy(p, "MD5", 3);
	p += 3;
	for (size_t i = 0; i < sizeof(d); i++, p += 3) {
		*p = ':';
		enc_hex(&d[i], 1, p + 1);
	}
	return 0;
}

int
sshkey_fingerprint_parse(struct str s, uint8_t ret[SHA256_LEN])
{
	CLEAN(buf_clear) struct buf padded = BUF_INIT;
	CLEAN(buf_clear) struct buf d = BUF_INIT;
	int r;

	if (str_starts(s, STR(SHA256_HEAD)))
		s = str_sub(s, STR(SHA256_HEAD).n, SIZE_MAX);
	if (s.n != SHA256_B64)
		return OUT_MALFORMED;
	(void)buf_addstr(&padded, s);
	(void)buf_addc(&padded, '=');
	r = buf_err(&padded);
	if (r == 0)
		r = dec_b64(&d, buf_str(&padded));
	if (r != 0)
		return r;
	if (d.n != SHA256_LEN)
		return OUT_MALFORMED;
	memcpy(ret, d.p, SHA256_LEN);
	return 0;
}

/* One step: to the left or right, up or down, as far as the walls allow. */
static void
step(int *at, int by, int end)
{
	*at += by;
	if (*at < 0)
		*at = 0;
	if (*at >= end)
		*at = end - 1;
}

/* Two bits of the digest are one step; a field counts how often it was walked
 * on. The last two signs are for where the walk began and ended. */
static void
walk(const uint8_t d[SHA256_LEN], char board[HEIGHT][WIDTH + 1])
{
	static const char signs[] = " .o+=*BOX@%&#/^SE";
	const int last = (int)sizeof(signs) - 4;
	int field[HEIGHT][WIDTH] = {{0}}, x = WIDTH / 2, y = HEIGHT / 2;

	for (size_t i = 0; i < 4 * (size_t)SHA256_LEN; i++) {
		unsigned move = (unsigned)d[i / 4] >> (2 * (i % 4)) & 3U;

		step(&x, (move & 1) != 0 ? 1 : -1, WIDTH);
		step(&y, (move & 2) != 0 ? 1 : -1, HEIGHT);
		if (field[y][x] < last)
			field[y][x]++;
	}
	for (int i = 0; i < HEIGHT; i++)
		for (int k = 0; k < WIDTH; k++)
			board[i][k] = signs[field[i][k]];
	board[HEIGHT / 2][WIDTH / 2] = signs[last + 1];
	board[y][x] = signs[last + 2];
}

/* "+---[RSA 2048]----+": the title in the middle, the odd dash behind it. */
static void
put_frame(struct buf *b, const char *title)
{
	size_t n = strlen(title), left = (WIDTH - n) / 2;

	(void)buf_addc(b, '+');
	for (size_t i = 0; i < left; i++)
		(void)buf_addc(b, '-');
	(void)buf_adds(b, title);
	for (size_t i = left + n; i < WIDTH; i++)
		(void)buf_addc(b, '-');
	(void)buf_adds(b, "+\n");
}

int
sshkey_randomart(struct str blob, struct str word, unsigned bits, struct buf *b)
{
	char board[HEIGHT][WIDTH + 1] = {{0}}, title[WIDTH + 1];
	uint8_t d[SHA256_LEN];
	int r = digest_sha256(blob, d);
	int n;

	if (r != 0)
		return r;
	walk(d, board);
	n = snprintf(title, sizeof(title), "[%.*s %u]", STR_ARG(word), bits);
	/* ssh-keygen keeps one column free. */
	if (n < 0 || n >= WIDTH)
		(void)snprintf(title, sizeof(title), "[%.*s]",
			       STR_ARG(str_sub(word, 0, WIDTH - 2)));
	put_frame(b, title);
	for (int i = 0; i < HEIGHT; i++)
		(void)buf_addf(b, "|%s|\n", board[i]);
	put_frame(b, "[SHA256]");
	return buf_err(b);
}
