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

void
reply_advice(const struct call *call, const char *scheme,
	     struct http_reply *reply)
{
	if (reply->status == 401)
		http_headf(reply, "WWW-Authenticate", "%s realm=\"latchkey\"",
			   scheme);
	if (reply->status == 429 || reply->status == 503)
		http_headf(reply, "Retry-After", "%lld",
			   (long long)(call->wait_s > 0 ? call->wait_s : 1));
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

int
call_iam_proof(struct call *call, struct proof *ret, struct buf *decoded,
	       const char *hint)
{
	struct auth auth;

	if (call_auth(call, decoded, &auth) != 0)
		return note_set(&call->note, OUT_UNPROVEN,
				"The Authorization field is not well formed.");
	if (auth.scheme == AUTH_NONE)
		return 0;
	if (auth.scheme == AUTH_BEARER) {
		ret->kind = PROOF_ACCESS;
		ret->secret = auth.token;
		return 0;
	}
	if (auth.scheme != AUTH_BASIC || !str_eq(auth.user, STR("iamapikey")))
		return note_set(&call->note, OUT_UNPROVEN, "%s", hint);
	ret->kind = PROOF_BASIC;
	ret->user = auth.user;
	ret->secret = auth.secret;
	return 0;
}

int
call_access_proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	return call_iam_proof(
	    call, ret, decoded,
	    "an access token is needed: Authorization: Bearer ...");
}

int
call_pass(struct call *call, enum verb verb, const struct thing *thing)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct proof p = {.kind = PROOF_NONE};
	int r = call_proof(call, &p, &decoded);

	if (r != 0)
		return r;
	p.addr = call->addr;
	call->thing = *thing;
	return gate_pass(call->core, &p, verb, &call->thing, &call->visit);
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

#define TRANSACTION_MAX 128

/* The caller's own id comes back, if it is one; it is never logged. */
void
call_transaction(const struct call *call, struct http_reply *reply)
{
	struct str id = http_field_get(call->req, "transaction-id", NULL);
	bool good = id.n > 0 && id.n <= TRANSACTION_MAX;

	for (size_t i = 0; good && i < id.n; i++)
		good = (id.p[i] >= '0' && id.p[i] <= '9') ||
		       (id.p[i] >= 'a' && id.p[i] <= 'z') ||
		       (id.p[i] >= 'A' && id.p[i] <= 'Z') || id.p[i] == '-' ||
		       id.p[i] == '_' || id.p[i] == '.';
	http_head(reply, "Transaction-Id", good ? id : str_c(call->request_id));
}
