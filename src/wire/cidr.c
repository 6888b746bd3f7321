#include "wire/cidr.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#define MAPPED_BITS 96 /* of ::ffff:0:0/96, where IPv4 lives */

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool
is_ip4(const uint8_t addr[16])
{
	return memcmp(addr, mapped, sizeof(mapped)) == 0;
}

/* An address alone. The library's parser is strict about IPv4 (four numbers,
 * no leading zeros); *ret_width is what the text was: 32 or 128 bits. */
static int
parse_addr(struct str s, uint8_t ret[16], unsigned *ret_width)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t addr[16];

	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, '\0', s.n) != NULL)
		return OUT_MALFORMED;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, addr + sizeof(mapped)) == 1) {
		memcpy(addr, mapped, sizeof(mapped));
		*ret_width = 32;
	} else if (inet_pton(AF_INET6, text, addr) == 1) {
		*ret_width = 128;
	} else {
		return OUT_MALFORMED;
	}
	memcpy(ret, addr, sizeof(addr));
	return 0;
}

static bool
bit(const uint8_t *p, unsigned i)
{
	return (p[i / 8] >> (7 - i % 8) & 1) != 0;
}

int
cidr_parse(struct str s, struct cidr *ret)
{
	struct cidr c;
	struct str addr = s, bits;
	uint64_t count;
	unsigned width;

	if (!str_cut(s, '/', &addr, &bits))
		bits = STR_NONE;
	if (parse_addr(addr, c.addr, &width) != 0)
		return OUT_MALFORMED;
	count = width;
	if (bits.p != NULL && str_u64(bits, width, &count) != 0)
		return OUT_MALFORMED;
	c.bits = 128 - width + (unsigned)count;
	for (unsigned i = c.bits; i < 128; i++)
		if (bit(c.addr, i))
			return OUT_MALFORMED;
	*ret = c;
	return 0;
}

bool
cidr_has(const struct cidr *c, struct str text)
{
	uint8_t addr[16];
	unsigned width;

	if (parse_addr(text, addr, &width) != 0)
		return false;
	/* "::/0" is all of IPv6, and does not let IPv4 in by the way. */
	if (is_ip4(addr) && c->bits < MAPPED_BITS)
		return false;
	for (unsigned i = 0; i < c->bits; i++)
		if (bit(addr, i) != bit(c->addr, i))
			return false;
	return true;
}

/* One prefix as text, written in one way only. */
static void
put(struct buf *b, const struct cidr *c)
{
	bool ip4 = c->bits >= MAPPED_BITS && is_ip4(c->addr);
	char text[INET6_ADDRSTRLEN] = "";

	if (ip4)
		(void)inet_ntop(AF_INET, c->addr + sizeof(mapped), text,
				sizeof(text));
	else
		(void)inet_ntop(AF_INET6, c->addr, text, sizeof(text));
	(void)buf_adds(b, text);
	if (c->bits < 128)
		(void)buf_addf(b, "/%u", ip4 ? c->bits - MAPPED_BITS : c->bits);
}

/* The next word between blanks and commas. */
static bool
next_word(struct str *rest, struct str *ret)
{
	size_t from = 0, to;

	while (from < rest->n && strchr(" \t,", rest->p[from]) != NULL &&
	       rest->p[from] != '\0')
		from++;
	to = from;
	while (to < rest->n &&
	       (rest->p[to] == '\0' || strchr(" \t,", rest->p[to]) == NULL))
		to++;
	*ret = str_sub(*rest, from, to - from);
	*rest = str_sub(*rest, to, SIZE_MAX);
	return ret->n > 0;
}

static bool
is_same(const struct cidr *a, const struct cidr *b)
{
	return a->bits == b->bits && memcmp(a->addr, b->addr, 16) == 0;
}

static bool
is_known(const struct cidr *all, size_t n, const struct cidr *one)
{
	for (size_t i = 0; i < n; i++)
		if (is_same(&all[i], one))
			return true;
	return false;
}

static int
bad_word(struct note *note, struct str word)
{
	return note_set(
	    note, OUT_MALFORMED,
	    "\"%.*s\" is no address or prefix such as 192.0.2.0/24 "
	    "or 2001:db8::/32 (bits beyond the prefix are 0)",
	    STR_ARG(str_printable(word) ? str_sub(word, 0, 64) : STR("?")));
}

int
cidr_list_parse(struct str s, struct buf *ret, struct note *note)
{
	struct cidr all[CIDR_LIST_MAX];
	struct str word;
	size_t n = 0;

	while (next_word(&s, &word)) {
		struct cidr one;

		if (cidr_parse(word, &one) != 0)
			return bad_word(note, word);
		if (is_known(all, n, &one))
			continue;
		if (n == CIDR_LIST_MAX)
			return note_set(note, OUT_TOO_MANY,
					"more than %d prefixes, at \"%.*s\"",
					CIDR_LIST_MAX, STR_ARG(word));
		all[n++] = one;
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			(void)buf_addc(ret, ' ');
		put(ret, &all[i]);
	}
	return buf_err(ret);
}

bool
cidr_list_has(struct str list, struct str addr)
{
	struct str word;

	if (list.n == 0)
		return true;
	while (next_word(&list, &word)) {
		struct cidr one;

		if (cidr_parse(word, &one) == 0 && cidr_has(&one, addr))
			return true;
	}
	return false;
}
