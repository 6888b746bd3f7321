#include "wire/desk.h"

#include "base/out.h"

#include <assert.h>

#define HEAD_LEN 6 /* word, number, parts */

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*p++ = (uint8_t)(v >> shift & 255);
	return p;
}

static uint32_t
get32(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

static size_t
size_of(const struct desk_msg *m)
{
	size_t n = HEAD_LEN;

	for (size_t i = 0; i < m->n_parts; i++) {
		if (m->part[i].n > DESK_PACKET_MAX)
			return SIZE_MAX;
		n += 4 + m->part[i].n;
	}
	return n;
}

int
desk_write(const struct desk_msg *m, struct buf *b)
{
	uint8_t head[HEAD_LEN] = {(uint8_t)m->word};
	size_t size;

	assert(m->word < DESK_WORDS && m->n_parts <= DESK_PARTS_MAX);
	size = size_of(m);
	if (size > DESK_PACKET_MAX)
		return OUT_TOO_LARGE;
	*put32(head + 1, m->number) = (uint8_t)m->n_parts;
	(void)buf_add(b, head, sizeof(head));
	for (size_t i = 0; i < m->n_parts; i++) {
		uint8_t len[4];

		(void)put32(len, (uint32_t)m->part[i].n);
		(void)buf_add(b, len, sizeof(len));
		(void)buf_addstr(b, m->part[i]);
	}
	return buf_err(b);
}

int
desk_read(struct str packet, struct desk_msg *ret)
{
	struct desk_msg m = {0};
	struct str rest;

	if (packet.n < HEAD_LEN || packet.n > DESK_PACKET_MAX ||
	    (uint8_t)packet.p[0] >= DESK_WORDS ||
	    (uint8_t)packet.p[5] > DESK_PARTS_MAX)
		return OUT_MALFORMED;
	m.word = (enum desk_word)packet.p[0];
	m.number = get32(packet.p + 1);
	m.n_parts = (uint8_t)packet.p[5];
	rest = str_sub(packet, HEAD_LEN, SIZE_MAX);
	for (size_t i = 0; i < m.n_parts; i++) {
		size_t n;

		if (rest.n < 4)
			return OUT_MALFORMED;
		n = get32(rest.p);
		if (n > rest.n - 4)
			return OUT_MALFORMED;
		m.part[i] = str_sub(rest, 4, n);
		rest = str_sub(rest, 4 + n, SIZE_MAX);
	}
	if (rest.n != 0)
		return OUT_MALFORMED;
	*ret = m;
	return 0;
}

static bool
is_id(struct str s)
{
	if (s.n != 40 && s.n != 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
		    !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return true;
}

static bool
is_ref_name(struct str s)
{
	struct str head, tail;

	return s.n > 0 && str_is_text(s) && !str_cut(s, ' ', &head, &tail);
}

int
desk_ref_next(struct str *rest, struct desk_ref *ret)
{
	struct desk_ref ref;
	struct str line, tail, names;

	if (rest->n == 0)
		return OUT_ABSENT;
	if (!str_cut(*rest, '\n', &line, &tail) ||
	    !str_cut(line, ' ', &ref.old, &names) ||
	    !str_cut(names, ' ', &ref.now, &ref.name))
		return OUT_MALFORMED;
	if (!is_id(ref.old) || !is_id(ref.now) || ref.old.n != ref.now.n ||
	    !is_ref_name(ref.name))
		return OUT_MALFORMED;
	*rest = tail;
	*ret = ref;
	return 0;
}

void
desk_ref_put(struct buf *b, const struct desk_ref *ref)
{
	(void)buf_addf(b, "%.*s %.*s %.*s\n", STR_ARG(ref->old),
		       STR_ARG(ref->now), STR_ARG(ref->name));
}
