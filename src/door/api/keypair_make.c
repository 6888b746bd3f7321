/*
 * A key pair that is made here. Its private half is read only when the pair is
 * in the database, pending, and all of the reply but the private half is out;
 * the pair is alive before the reply ends. Whatever goes wrong in between
 * leaves a dead pair, a line in the trail, and a reply that is not whole.
 */
#include "base/locked.h"
#include "base/log.h"
#include "core/keypair.h"
#include "door/api/inner.h"

#include <unistd.h>

#define TEXT_MS	     10000 /* for the private half, which is there already */
#define RSA_BITS     3072  /* when nothing is said */
#define ECDSA_BITS   256
#define ED25519_BITS 256

struct making {
	struct call *call;
	struct http_reply *reply;
	struct keypair pair;
	struct made_key key;
	size_t slot;
	bool has_slot;
};

static void
making_clear(struct making *m)
{
	if (m->key.fd >= 0)
		(void)close(m->key.fd);
	if (m->has_slot)
		makings_give(api_makings(m->call), m->slot);
}

static int
bits_wrong(struct call *call, const char *which)
{
	return note_set(&call->note, OUT_MALFORMED, "'bits' %s", which);
}

static int
type_read(struct call *call, const struct keypair_body *body,
	  struct keymaker_order *o)
{
	struct str type = body->type.p == NULL ? STR("ed25519") : body->type;
	int64_t bits = body->bits.given ? body->bits.is : 0;

	if (str_eq(type, STR("ed25519"))) {
		o->type = SSHKEY_ED25519;
		o->bits = ED25519_BITS;
		return bits == (body->bits.given ? ED25519_BITS : 0)
			   ? 0
			   : bits_wrong(call, "of ed25519 are 256");
	}
	if (str_eq(type, STR("rsa"))) {
		o->type = SSHKEY_RSA;
		o->bits = body->bits.given ? (unsigned)bits : RSA_BITS;
		return !body->bits.given || bits == 2048 || bits == 3072 ||
			       bits == 4096
			   ? 0
			   : bits_wrong(call, "of rsa are 2048, 3072 or 4096");
	}
	if (!str_eq(type, STR("ecdsa")))
		return note_set(&call->note, OUT_MALFORMED,
				"'type' is ed25519, rsa or ecdsa");
	o->bits = body->bits.given ? (unsigned)bits : ECDSA_BITS;
	o->type = o->bits == 384 ? SSHKEY_ECDSA384 : SSHKEY_ECDSA256;
	return !body->bits.given || bits == 256 || bits == 384
		   ? 0
		   : bits_wrong(call, "of ecdsa are 256 or 384");
}

int
keypair_order(struct call *call, const struct keypair_body *body,
	      struct keymaker_order *ret)
{
	struct str format =
	    body->format.p == NULL ? STR("openssh") : body->format;
	struct keymaker_order o = {.comment = body->name};
	int r = type_read(call, body, &o);

	if (r != 0)
		return r;
	if (str_eq(format, STR("pem")))
		o.form = KEYMAKER_PEM;
	else if (!str_eq(format, STR("openssh")))
		return note_set(&call->note, OUT_MALFORMED,
				"'format' is openssh or pem");
	*ret = o;
	return 0;
}

static int
slot_take(struct making *m)
{
	struct call *call = m->call;
	int r = makings_take(api_makings(call), call->visit.account, &m->slot);

	m->has_slot = r == 0;
	if (r == 0)
		return 0;
	call->wait_s = 1;
	return note_set(&call->note, r,
			"%d key pairs of %s are being handed out: try again",
			r == OUT_TOO_MANY ? API_MAKINGS_ACCOUNT_MAX
					  : API_MAKINGS_MAX,
			r == OUT_TOO_MANY ? "this account" : "this server");
}

/* The pair, and on disk that it is under way. */
static int
make(struct making *m, const struct keymaker_order *o)
{
	const struct api_host *host = api_host(m->call);
	struct call *call = m->call;
	struct keypair_ask ask = {.name = o->comment,
				  .type = sshkey_type_name(o->type),
				  .bits = o->bits,
				  .comment = o->comment,
				  .made = true};
	int r;

	if (host->key_make == NULL)
		return note_set(&call->note, OUT_UNSUPPORTED,
				"this server makes no key pairs");
	r = host->key_make(host->arg, o, &m->key, &call->note);
	if (r != 0)
		return r;
	ask.blob = (struct str){(const char *)m->key.blob, m->key.blob_len};
	return keypair_add(&call->visit, &ask, call->arena, &m->pair,
			   &call->note);
}

/* All that is known of it, up to where the private half begins. Who sees the
 * reply whole has a pair that is alive. */
static int
beginning(const struct making *m, const struct keymaker_order *o, struct buf *b)
{
	struct keypair pair = m->pair;
	struct who who = {.call = m->call};
	struct jw w = JW(b);
	int r;

	pair.state = STR("alive");
	r = keypair_write(&who, &w, &pair, KEYPAIR_FULL);
	jw_c(&w, "format", o->form == KEYMAKER_PEM ? "pem" : "openssh");
	(void)buf_adds(b, ",\"private_key\":\"");
	return r != 0 ? r : buf_err(b);
}

static int
send(struct making *m, struct str s)
{
	return http_send(m->call->req, m->reply, s.p, s.n);
}

static int
hand_out(struct making *m, const struct keymaker_order *o)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	CLEAN(locked_clear) struct locked text = LOCKED_INIT;
	struct call *call = m->call;
	int r = beginning(m, o, &b);

	if (r == 0)
		r = call_guard(call, m->reply);
	if (r != 0)
		return r;
	m->reply->wipe = true;
	(void)reply_json(m->reply, 201);
	r = send(m, buf_str(&b));
	if (r == 0 && !gate_still(call->core, &call->visit))
		r = OUT_DENIED;
	if (r == 0)
		r = private_read(m->key.fd, m->key.text_len, STR("\"}\n"),
				 TEXT_MS, &text);
	if (r == 0)
		r = send(m, (struct str){text.p, text.n});
	locked_clear(&text);
	if (r == 0)
		r = http_delivered(call->req, m->reply, API_DELIVERY_MS);
	return r != 0 ? r : keypair_delivered(&call->visit, m->pair.id);
}

static const char *
why_lost(int r)
{
	switch (r) {
	case OUT_RANGE:
		return "the connection ended";
	case OUT_EXPIRED:
		return "not taken in time";
	case OUT_DENIED:
	case OUT_UNPROVEN:
		return "the access ended";
	default:
		return "failed";
	}
}

/* The next start, or the tidying up, finds what cannot be written down now. */
static void
lose(struct making *m, int r)
{
	int lost = keypair_lost(&m->call->visit, m->pair.id, why_lost(r));

	if (lost < 0)
		log_fail("keypair_lost_failed", lost);
	log_say(LOG_WARN, "keypair_lost", "id=%.*s why=\"%s\"",
		STR_ARG(m->pair.id), why_lost(r));
}

int
keypair_make(struct call *call, const struct keypair_body *body,
	     struct http_reply *reply)
{
	CLEAN(making_clear)
	struct making m = {.call = call, .reply = reply, .key = {.fd = -1}};
	struct keymaker_order order;
	int r = keypair_order(call, body, &order);

	if (r == 0)
		r = keypair_may_add(&call->visit, body->name, &call->note);
	if (r == 0)
		r = slot_take(&m);
	if (r == 0)
		r = make(&m, &order);
	if (r != 0)
		return r;
	r = hand_out(&m, &order);
	if (r == 0)
		return 0;
	lose(&m, r);
	return r;
}
