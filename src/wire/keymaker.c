#include "wire/keymaker.h"

#include "base/out.h"

#define ORDER_HEAD 5 /* type, bits, form, length of the comment */

static bool
bits_ok(enum sshkey_type type, unsigned bits)
{
	switch (type) {
	case SSHKEY_RSA:
		return bits == 2048 || bits == 3072 || bits == 4096;
	case SSHKEY_ED25519:
	case SSHKEY_ECDSA256:
		return bits == 256;
	case SSHKEY_ECDSA384:
		return bits == 384;
	case SSHKEY_ECDSA521:
	case SSHKEY_SK_ED25519:
	case SSHKEY_SK_ECDSA256:
	case SSHKEY_TYPES:
		break;
	}
	return false;
}

static bool
comment_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ')
			return false;
	return s.n <= KEYMAKER_COMMENT_MAX && str_printable(s);
}

bool
keymaker_order_ok(const struct keymaker_order *o)
{
	return (unsigned)o->form < KEYMAKER_FORMS &&
	       bits_ok(o->type, o->bits) && comment_ok(o->comment);
}

int
keymaker_order_write(const struct keymaker_order *o, struct buf *b)
{
	if (!keymaker_order_ok(o))
		return OUT_MALFORMED;
	(void)buf_addc(b, (char)o->type);
	(void)buf_addc(b, (char)(o->bits >> 8));
	(void)buf_addc(b, (char)(o->bits & 255));
	(void)buf_addc(b, (char)o->form);
	(void)buf_addc(b, (char)o->comment.n);
	return buf_addstr(b, o->comment);
}

int
keymaker_order_read(struct str packet, struct keymaker_order *ret)
{
	const uint8_t *p = (const uint8_t *)packet.p;
	struct keymaker_order o;

	if (packet.n < ORDER_HEAD || packet.n != (size_t)ORDER_HEAD + p[4] ||
	    p[0] >= SSHKEY_TYPES || p[3] >= KEYMAKER_FORMS)
		return OUT_MALFORMED;
	o = (struct keymaker_order){.type = (enum sshkey_type)p[0],
				    .bits = (unsigned)p[1] << 8 | p[2],
				    .form = (enum keymaker_form)p[3],
				    .comment =
					str_sub(packet, ORDER_HEAD, SIZE_MAX)};
	if (!keymaker_order_ok(&o))
		return OUT_MALFORMED;
	*ret = o;
	return 0;
}

void
keymaker_head_write(const struct keymaker_head *h,
		    uint8_t ret[KEYMAKER_HEAD_LEN])
{
	ret[0] = (uint8_t)h->status;
	ret[1] = (uint8_t)(h->blob_len >> 8);
	ret[2] = (uint8_t)(h->blob_len & 255);
	ret[3] = (uint8_t)(h->text_len >> 8);
	ret[4] = (uint8_t)(h->text_len & 255);
}

int
keymaker_head_read(const uint8_t p[KEYMAKER_HEAD_LEN],
		   struct keymaker_head *ret)
{
	struct keymaker_head h = {.blob_len = (size_t)p[1] << 8 | p[2],
				  .text_len = (size_t)p[3] << 8 | p[4]};
	bool fine = p[0] == KEYMAKER_FINE;

	if (p[0] >= KEYMAKER_STATUSES || h.blob_len > KEYMAKER_BLOB_MAX ||
	    h.text_len > KEYMAKER_TEXT_MAX || fine != (h.blob_len > 0) ||
	    fine != (h.text_len > 0))
		return OUT_MALFORMED;
	h.status = (enum keymaker_status)p[0];
	*ret = h;
	return 0;
}
