#include "http/chunk.h"

#include "base/out.h"

#include <assert.h>

#define DIGITS_MAX 15 /* 2^60 - 1: no sum of lengths overflows */

static enum chunk_state
on_size(struct chunk *c, char b)
{
	unsigned digit;

	if (b >= '0' && b <= '9')
		digit = (unsigned)(b - '0');
	else if ((b | 0x20) >= 'a' && (b | 0x20) <= 'f')
		digit = (unsigned)((b | 0x20) - 'a') + 10;
	else if (c->digits == 0)
		return CHUNK_BAD;
	else
		return b == '\r'  ? CHUNK_SIZE_LF
		       : b == ';' ? CHUNK_EXTENSION
				  : CHUNK_BAD;
	if (++c->digits > DIGITS_MAX)
		return CHUNK_BAD;
	c->left = c->left * 16 + digit;
	return CHUNK_SIZE;
}

static bool
is_control(char b)
{
	return ((unsigned char)b < ' ' && b != '\t') || b == 0x7f;
}

static enum chunk_state
on_extension(struct chunk *c, char b)
{
	if (b == '\r')
		return CHUNK_SIZE_LF;
	if (is_control(b) || ++c->extension > CHUNK_EXTENSION_MAX)
		return CHUNK_BAD;
	return CHUNK_EXTENSION;
}

/* The first byte of a trailer line; a blank there would be a folded line. */
static enum chunk_state
on_trailer(struct chunk *c, char b)
{
	if (b == '\r')
		return CHUNK_LAST_LF;
	if (is_control(b) || b == ' ' || b == '\t' || b == ':' ||
	    ++c->trailer > CHUNK_TRAILER_MAX)
		return CHUNK_BAD;
	return CHUNK_TRAILER_LINE;
}

static enum chunk_state
on_trailer_line(struct chunk *c, char b)
{
	if (b == '\r')
		return CHUNK_TRAILER_LF;
	if (is_control(b) || ++c->trailer > CHUNK_TRAILER_MAX)
		return CHUNK_BAD;
	return CHUNK_TRAILER_LINE;
}

static enum chunk_state
on_size_lf(struct chunk *c, char b)
{
	if (b != '\n')
		return CHUNK_BAD;
	c->digits = 0;
	return c->left == 0 ? CHUNK_TRAILER : CHUNK_DATA;
}

static enum chunk_state
on_byte(struct chunk *c, char b)
{
	switch (c->state) {
	case CHUNK_SIZE:
		return on_size(c, b);
	case CHUNK_EXTENSION:
		return on_extension(c, b);
	case CHUNK_SIZE_LF:
		return on_size_lf(c, b);
	case CHUNK_DATA_CR:
		return b == '\r' ? CHUNK_DATA_LF : CHUNK_BAD;
	case CHUNK_DATA_LF:
		return b == '\n' ? CHUNK_SIZE : CHUNK_BAD;
	case CHUNK_TRAILER:
		return on_trailer(c, b);
	case CHUNK_TRAILER_LINE:
		return on_trailer_line(c, b);
	case CHUNK_TRAILER_LF:
		return b == '\n' ? CHUNK_TRAILER : CHUNK_BAD;
	case CHUNK_LAST_LF:
		return b == '\n' ? CHUNK_DONE : CHUNK_BAD;
	case CHUNK_DATA:
	case CHUNK_DONE:
	case CHUNK_BAD:
		break;
	}
	return CHUNK_BAD;
}

void
chunk_took(struct chunk *c, uint64_t n)
{
	assert(c->state == CHUNK_DATA && n <= c->left);
	c->left -= n;
	if (c->left == 0)
		c->state = CHUNK_DATA_CR;
}

int
chunk_next(struct chunk *c, const char *p, size_t n, size_t max,
	   size_t *ret_used, size_t *ret_data)
{
	size_t at = 0, data = 0;

	while (at < n && c->state != CHUNK_DATA && c->state < CHUNK_DONE)
		c->state = on_byte(c, p[at++]);
	if (c->state == CHUNK_BAD)
		return OUT_MALFORMED;
	if (c->state == CHUNK_DATA) {
		data = n - at < max ? n - at : max;
		if (data > c->left)
			data = (size_t)c->left;
		if (data > 0)
			chunk_took(c, data);
	}
	*ret_used = at + data;
	*ret_data = data;
	return c->state == CHUNK_DONE ? OUT_RANGE : 0;
}
