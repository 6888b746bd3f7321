#include "door/api/inner.h"

int
openapi_show(struct call *call, struct http_reply *reply)
{
	(void)call;
	(void)buf_add(&reply->body, openapi_json, openapi_json_n);
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	return reply_json(reply, 200);
}
