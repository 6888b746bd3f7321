#include "door/policy/inner.h"

#include <errno.h>

static int
show(struct call *call, struct http_reply *reply, int status,
     enum policy_form_version version, const struct policy *p)
{
	struct shower s = {
	    .call = call,
	    .version = version,
	    .display = str_eq(call_query(call, "format"), STR("display"))};
	struct jw w = JW(&reply->body);
	int r = policy_write(&s, &w, p);

	if (r != 0)
		return r;
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag", etag_text(call->arena, p->version, p->id));
	return reply_json(reply, status);
}

/* What is in the way, in the words of the version that was used. */
static int
conflict(struct call *call, enum policy_form_version version, struct str id)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct shower s = {.call = call, .version = version};
	struct policy_details *own;
	struct jw w = JW(&text);
	struct policy p;
	int r = OUT_CONFLICT;

	if (id.n == 0)
		return r;
	if (policy_get(call->core, str_c(call->visit.account), id, call->arena,
		       &p) != 0)
		return r;
	own = arena_get(call->arena, sizeof(*own));
	if (own == NULL)
		return FAIL(-ENOMEM);
	jw_object(&w, NULL);
	jw_object(&w, "conflicts_with");
	jw_str(&w, "etag", etag_text(call->arena, p.version, p.id));
	jw_key(&w, STR("policy"));
	if (policy_write(&s, &w, &p) != 0)
		return r;
	jw_end(&w);
	jw_end(&w);
	own->json = arena_str(call->arena, buf_str(&text));
	if (buf_err(&text) != 0 || own->json.p == NULL)
		return FAIL(-ENOMEM);
	call->own = own;
	return r;
}

/* May this visitor see it? Their own always, else by a role. */
static int
see(struct call *call, const struct policy *p)
{
	struct thing thing = {.kind = THING_ACCOUNT, .account = p->account};
	int r;

	if (p->text.subject_kind == POLICY_IDENTITY) {
		thing.kind = THING_IDENTITY;
		thing.name = p->text.subject;
	}
	r = call_pass(call, VERB_POLICY_LIST, &thing);
	return r == OUT_DENIED ? OUT_ABSENT : r;
}

static int
load(struct call *call, struct policy *ret)
{
	return policy_get(call->core, account_own(call), call->params[0],
			  call->arena, ret);
}

/* To those who may not even see it, it is not there. */
static int
no(struct call *call, const struct policy *p, int r)
{
	int seen;

	if (r != OUT_DENIED)
		return r;
	seen = see(call, p);
	return seen != 0 ? seen : r;
}

static int
change_pass(struct call *call, enum verb verb, const struct policy *p)
{
	return no(call, p, account_pass(call, verb, p->account));
}

/* What it speaks of is not there: a mistake in what was sent. */
static int
sent(int r)
{
	return r == OUT_ABSENT ? OUT_MALFORMED : r;
}

static int
add(struct call *call, struct http_reply *reply,
    enum policy_form_version version)
{
	struct str account = STR_NONE;
	struct policy_text text;
	struct policy made = {0};
	int r = policy_body_read(call->json, version, call->arena, &text,
				 &account, &call->note);

	if (r == 0)
		r = account_pass(call, VERB_POLICY_CREATE, account);
	if (r == 0)
		r = policy_create(&call->visit, &text, call->arena, &made,
				  &call->note);
	if (r == OUT_CONFLICT)
		return conflict(call, version, made.id);
	return r != 0 ? sent(r) : show(call, reply, 201, version, &made);
}

int
policy_add_v1(struct call *call, struct http_reply *reply)
{
	return add(call, reply, POLICY_V1);
}

int
policy_add_v2(struct call *call, struct http_reply *reply)
{
	return add(call, reply, POLICY_V2);
}

static int
get(struct call *call, struct http_reply *reply,
    enum policy_form_version version)
{
	struct policy p;
	int r = load(call, &p);

	if (r == 0)
		r = see(call, &p);
	return r != 0 ? r : show(call, reply, 200, version, &p);
}

int
policy_show_v1(struct call *call, struct http_reply *reply)
{
	return get(call, reply, POLICY_V1);
}

int
policy_show_v2(struct call *call, struct http_reply *reply)
{
	return get(call, reply, POLICY_V2);
}

/* What is left out of a policy's replacement is gone from it, so who cannot say
 * a condition would take it away unseen. */
static int
sayable(struct call *call, enum policy_form_version version,
	const struct policy_text *t)
{
	bool plain = t->pattern.p == NULL && t->rule.p == NULL;

	for (size_t i = 0; i < t->n_resources; i++)
		plain = plain && t->resources[i].form == POLICY_TEXT;
	return version == POLICY_V2 || plain
		   ? 0
		   : note_set(&call->note, OUT_CONFLICT,
			      "the policy has a condition or a list of values, "
			      "which this version would drop: use "
			      "/v2/policies");
}

static int
put(struct call *call, struct http_reply *reply,
    enum policy_form_version version)
{
	struct str account = STR_NONE;
	struct policy now, made = {0};
	struct policy_text text;
	int64_t seen = 0;
	int r = load(call, &now);

	if (r == 0)
		r = change_pass(call, VERB_POLICY_UPDATE, &now);
	if (r == 0)
		r = etag_match(call, now.id, &seen);
	if (r == 0)
		r = sayable(call, version, &now.text);
	if (r == 0)
		r = policy_body_read(call->json, version, call->arena, &text,
				     &account, &call->note);
	if (r != 0)
		return r;
	r = policy_replace(&call->visit, now.id, seen, &text, call->arena,
			   &made, &call->note);
	if (r == OUT_CONFLICT)
		return conflict(call, version, made.id);
	/* With a word: of what was sent; without: the policy itself has gone.
	 */
	if (call->note.text[0] != '\0')
		r = sent(r);
	r = no(call, &now, r);
	return r != 0 ? r : show(call, reply, 200, version, &made);
}

int
policy_put_v1(struct call *call, struct http_reply *reply)
{
	return put(call, reply, POLICY_V1);
}

int
policy_put_v2(struct call *call, struct http_reply *reply)
{
	return put(call, reply, POLICY_V2);
}

/* The one change of its state that is asked for like this: being active. */
int
policy_patch_v1(struct call *call, struct http_reply *reply)
{
	struct str state = STR_NONE;
	struct policy now, made = {0};
	int64_t seen = 0;
	int r = load(call, &now);

	if (r == 0)
		r = change_pass(call, VERB_POLICY_UPDATE, &now);
	if (r == 0)
		r = etag_match(call, now.id, &seen);
	if (r == 0)
		r = body_object(call);
	if (r == 0)
		r = body_text(call, call->json, "state", true, &state);
	if (r != 0)
		return r;
	if (!str_eq(state, STR("active")))
		return note_set(&call->note, OUT_MALFORMED,
				"'state' can only be set to active");
	r = policy_restore(&call->visit, now.id, seen, call->arena, &made,
			   &call->note);
	if (r == OUT_CONFLICT)
		return conflict(call, POLICY_V1, made.id);
	r = no(call, &now, r);
	return r != 0 ? r : show(call, reply, 200, POLICY_V1, &made);
}

int
policy_remove(struct call *call, struct http_reply *reply)
{
	struct policy now;
	int r = load(call, &now);

	if (r == 0)
		r = change_pass(call, VERB_POLICY_DELETE, &now);
	if (r == 0)
		r = no(call, &now,
		       policy_delete(&call->visit, now.id, &call->note));
	return r != 0 ? r : reply_empty(reply, 204);
}
