#include "door/meta/inner.h"

#include "base/enc.h"

#include <errno.h>

#define TEXT STR("text/plain; charset=utf-8")

static int
finish(struct http_reply *reply)
{
	int r = buf_err(&reply->body);

	if (r != 0)
		return FAIL(r);
	reply->status = 200;
	http_head(reply, "Content-Type", TEXT);
	return 0;
}

int
meta_enrol(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret credential = SECRET_INIT;
	int r = server_enrol(&call->visit, &credential);

	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"The credential of this server was given out; "
				"renewing its seed allows another.");
	if (r != 0)
		return r;
	reply->wipe = true;
	(void)buf_addstr(&reply->body, secret_reveal(&credential));
	(void)buf_addc(&reply->body, '\n');
	return finish(reply);
}

/* Another machine's report, sent here by mistake, must not become this one's.
 */
static int
instance_check(struct call *call, const struct phone *phone)
{
	if (phone->instance.n == 0 ||
	    str_eq(phone->instance, str_c(call->visit.object)))
		return 0;
	return note_set(&call->note, OUT_MISMATCH,
			"The field instance_id is not this server's.");
}

int
meta_phone_home(struct call *call, struct http_reply *reply)
{
	struct phone *phone = arena_get(call->arena, sizeof(*phone));
	struct server_report report;
	int r;

	if (phone == NULL)
		return FAIL(-ENOMEM);
	r = phone_read(&call->form, phone, &call->note);
	if (r == 0)
		r = instance_check(call, phone);
	if (r != 0)
		return r;
	report = (struct server_report){.hostname = phone->hostname,
					.fqdn = phone->fqdn,
					.keys = phone->keys,
					.n_keys = phone->n_keys};
	r = server_report(&call->visit, &report, &call->note);
	return r != 0 ? r : reply_empty(reply, 204);
}

int
meta_follow(struct call *call, struct http_reply *reply)
{
	struct buf *b = &reply->body;
	struct server_boot boot;
	char since[32];
	int r = server_follow(&call->visit, call->arena, &boot);

	if (r != 0)
		return r;
	enc_time(boot.key.from_at, since);
	(void)buf_addf(b,
		       "%s\n# server %.*s %.*s\n# key pair %.*s\n# since %s\n",
		       META_MAGIC, STR_ARG(boot.id), STR_ARG(boot.name),
		       STR_ARG(boot.key.pair_name), since);
	meta_key_line(b, &boot.key);
	(void)buf_addc(b, '\n');
	return finish(reply);
}
