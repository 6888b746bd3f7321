#include "door/frame/inner.h"

/* One of its parameters: whatever it is, it names no other charset. */
static bool
is_utf8_too(struct str param)
{
	struct str name, value;

	if (!str_cut(param, '=', &name, &value) ||
	    !str_eq_nocase(str_trim(name), STR("charset")))
		return true;
	return str_eq_nocase(str_trim(value), STR("utf-8")) ||
	       str_eq_nocase(str_trim(value), STR("\"utf-8\""));
}

static bool
has_type(const struct http_req *req, struct str want)
{
	size_t count;
	struct str rest = http_field_get(req, "content-type", &count), part;

	if (count != 1 || !str_next(&rest, ';', &part) ||
	    !str_eq_nocase(str_trim(part), want))
		return false;
	while (str_next(&rest, ';', &part))
		if (!is_utf8_too(part))
			return false;
	return true;
}

/* What the fields say about the body, before any of it is read. */
static int
body_step(struct inner *in)
{
	const struct http_req *req = in->call.req;
	const struct route *route = in->call.route;
	struct str coding = http_field_get(req, "content-encoding", NULL);

	if (!has_body(req))
		return 0;
	if (coding.n > 0 && !str_eq_nocase(coding, STR("identity")) &&
	    route->body != BODY_EXCHANGE)
		return inner_status(in, 415, "bodies are taken uncoded only");
	if ((route->body == BODY_JSON || route->body == BODY_JSON_SEND) &&
	    !has_type(req, STR("application/json")))
		return inner_status(in, 415, "the body is not JSON in UTF-8");
	if (route->body == BODY_FORM &&
	    !has_type(req, STR("application/x-www-form-urlencoded")))
		return inner_status(in, 415, "the body is not a form");
	if (req->length > route->body_max)
		return inner_status(in, 413, "the body is too large");
	return 0;
}

static int
fields_step(struct inner *in)
{
	struct call *call = &in->call;
	size_t count = 0;
	int r;

	(void)http_field_get(call->req, "authorization", &count);
	if (count > 1)
		return inner_status(in, 400, "more than one Authorization");
	if (call->req->query.n == 0)
		return 0;
	r = form_parse(call->req->query, call->arena, &call->query);
	if (r > 0)
		return inner_status(in, 400, "the query is not well formed");
	return r;
}

static int
aim_step(struct inner *in)
{
	aim_fn *aim = in->call.route->aim;

	return aim == NULL ? 0 : aim(&in->call);
}

static int
gate_step(struct inner *in)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct call *call = &in->call;
	struct proof proof = {.kind = PROOF_NONE};
	enum verb verb = call->route->verb;
	int r = 0;

	if (verb_row(verb)->rule != RULE_PUBLIC)
		r = call_proof(call, &proof, &decoded);
	if (r != 0)
		return r;
	proof.addr = call->addr;
	call->proof = proof.kind;
	r = gate_pass(call->core, &proof, verb, &call->thing, &call->visit);
	if (r != OUT_TOO_MANY)
		return r;
	/* Should it just have passed, the caller is told to wait all the same:
	 * doors tell this from other things that are too many by it. */
	(void)!gate_throttle(call->core, proof.addr, STR_NONE, &call->wait_s);
	if (call->wait_s < 1)
		call->wait_s = 1;
	return r;
}

/* In this order: what costs nothing and tells nothing comes first. */
int
frame_let_in(struct inner *in)
{
	static int (*const steps[])(struct inner *) = {
	    frame_host_step,   frame_route_step,   frame_plain_step,
	    frame_origin_step, frame_console_step, fields_step,
	    body_step,	       aim_step,	   gate_step,
	};
	int r = 0;

	for (size_t i = 0; i < nitems(steps) && r == 0; i++)
		r = steps[i](in);
	return r;
}
