#include "door/frame/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int
reply_json(struct http_reply *reply, int status)
{
	reply->status = status;
	http_head(reply, "Content-Type", STR("application/json"));
	return 0;
}

int
reply_empty(struct http_reply *reply, int status)
{
	reply->status = status;
	buf_reset(&reply->body);
	return 0;
}

struct str
call_query(const struct call *call, const char *name)
{
	return form_get(&call->query, name);
}

int
call_once(struct call *call, const char *name, struct str *ret)
{
	if (form_count(&call->query, name) > 1)
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' is given more than once", name);
	*ret = form_get(&call->query, name);
	return 0;
}

int
call_number(struct call *call, const char *name, uint64_t dflt, uint64_t max,
	    uint64_t *ret)
{
	struct str text = STR_NONE;
	uint64_t n = dflt;
	int r = call_once(call, name, &text);

	if (r != 0)
		return r;
	if (text.p != NULL && (str_u64(text, max, &n) != 0 || n == 0))
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' is a number from 1 to %llu", name,
				(unsigned long long)max);
	*ret = n;
	return 0;
}

int
call_auth(const struct call *call, struct buf *decoded, struct auth *ret)
{
	struct str field = http_field_get(call->req, "authorization", NULL);

	*ret = (struct auth){.scheme = AUTH_NONE};
	if (field.p == NULL)
		return 0;
	return auth_parse(field, decoded, ret);
}

bool
call_is_head(const struct call *call)
{
	return call->req->method == HTTP_HEAD;
}

/* A visit that outlives its request: what it borrows is copied behind it. */
struct guard {
	struct visit visit;
	char text[];
};

static struct str
copy_to(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static struct guard *
guard_new(const struct visit *visit)
{
	const struct thing *thing = &visit->thing;
	struct guard *g = malloc(sizeof(*g) + thing->account.n +
				 thing->region.n + thing->name.n);
	char *at;

	if (g == NULL)
		return NULL;
	g->visit = *visit;
	at = g->text;
	g->visit.thing.account = copy_to(&at, thing->account);
	g->visit.thing.region = copy_to(&at, thing->region);
	g->visit.thing.name = copy_to(&at, thing->name);
	return g;
}

static bool
visit_still(void *arg)
{
	const struct visit *visit = arg;

	return gate_still(visit->core, visit);
}

int
call_guard(const struct call *call, struct http_reply *reply)
{
	struct guard *g = guard_new(&call->visit);

	if (g == NULL)
		return FAIL(-ENOMEM);
	reply->guard = visit_still;
	reply->guard_free = free;
	reply->guard_arg = g; /* visit is its first member */
	return 0;
}

void
call_guard_body(struct call *call)
{
	http_body_guard(call->req, visit_still, &call->visit);
}
