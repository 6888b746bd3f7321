#include "door/meta/inner.h"

#include <errno.h>

#define NO_USER_DATA "#cloud-config\n{}\n"

static int
finish(struct http_reply *reply, struct str type)
{
	int r = buf_err(&reply->body);

	if (r != 0)
		return FAIL(r);
	reply->status = 200;
	http_head(reply, "Content-Type", type);
	return 0;
}

/* Its list of keys is made of strings in double quotes: no other form of YAML
 * keeps a text as it is whatever the text is. */
int
meta_meta_data(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	struct buf *b = &reply->body;
	struct server_boot boot;
	int r = server_boot(&call->visit, call->arena, &boot);

	if (r != 0)
		return r;
	meta_key_line(&line, &boot.key);
	if (buf_err(&line) != 0)
		return FAIL(buf_err(&line));
	(void)buf_adds(b, "instance-id: ");
	meta_yaml(b, boot.id);
	(void)buf_adds(b, "\nlocal-hostname: ");
	meta_yaml(b, boot.name);
	(void)buf_adds(b, "\npublic-keys:\n  - ");
	meta_yaml(b, buf_str(&line));
	(void)buf_addc(b, '\n');
	return finish(reply, STR("text/yaml; charset=utf-8"));
}

int
meta_user_data(struct call *call, struct http_reply *reply)
{
	struct server_boot boot;
	int r = server_boot(&call->visit, call->arena, &boot);

	if (r != 0)
		return r;
	(void)buf_addstr(&reply->body, boot.user_data.n > 0
					   ? boot.user_data
					   : STR(NO_USER_DATA));
	return finish(reply, STR("application/octet-stream"));
}

int
meta_vendor_data(struct call *call, struct http_reply *reply)
{
	struct server_boot boot;
	int r = server_boot(&call->visit, call->arena, &boot);

	if (r != 0)
		return r;
	meta_vendor_write(&reply->body, call->base, meta_token(call),
			  buf_str(&meta_of(call)->client));
	reply->wipe = true;
	return finish(reply, STR("text/plain; charset=utf-8"));
}
