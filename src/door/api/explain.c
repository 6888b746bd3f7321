/*
 * Who may do what, and which policy says so. Who has a credential's value may
 * ask about it; about others, who may read their policies.
 */
#include "door/api/explain.h"

#include <errno.h>

struct explain_body {
	struct str credential, identity, action;
	const struct json *resource;
};

#define AT(member) offsetof(struct explain_body, member)
const struct field explain_post_fields[] = {
    {"credential", JSON_STR, false, AT(credential)},
    {"identity", JSON_STR, false, AT(identity)},
    {"action", JSON_STR, false, AT(action)},
    {"resource", JSON_OBJECT, false, AT(resource)},
};
const struct field explain_who_post_fields[] = {
    {"action", JSON_STR, true, AT(action)},
    {"resource", JSON_OBJECT, false, AT(resource)},
};

/* A public key may stand in many places: each is asked about. */
struct subjects {
	struct subject list[FIND_CRED_MAX];
	size_t n;
};

/* --- about whom --- */

/* To whom may look into the account's policies, nobody's id is absent; to
 * others it is as forbidden as somebody's. */
static int
identity_take(struct call *call, struct str identity, struct subjects *to)
{
	struct str account = str_c(call->visit.who.account);
	struct thing all = {.kind = THING_ACCOUNT, .account = account};
	struct thing thing = {
	    .kind = THING_IDENTITY, .account = account, .name = identity};
	int r;

	if (str_starts(identity, STR("ServiceId-")))
		thing.name =
		    arena_strf(call->arena, "iam-%.*s", STR_ARG(identity));
	thing.account = arena_str(call->arena, account);
	if (thing.name.p == NULL || thing.account.p == NULL)
		return FAIL(-ENOMEM);
	r = call_pass(call, VERB_POLICY_EXPLAIN, &thing);
	if (r == OUT_DENIED &&
	    gate_may(call->core, &call->visit.who, VERB_POLICY_EXPLAIN, &all))
		r = OUT_ABSENT;
	if (r == 0)
		r = explain_subject(call->core, thing.account, thing.name,
				    &to->list[0]);
	if (r == OUT_ABSENT)
		return note_set(&call->note, r,
				"nobody of that id is in the account");
	to->n = r == 0 ? 1 : 0;
	return r;
}

static bool
may_explain(struct call *call, const struct found_cred *f)
{
	struct thing thing = {
	    .kind = THING_IDENTITY, .account = f->account, .name = f->identity};

	if (f->value)
		return true;
	return f->identity.n > 0 ? gate_may(call->core, &call->visit.who,
					    VERB_POLICY_EXPLAIN, &thing)
				 : found_may(call->core, &call->visit.who, f);
}

static int
credential_take(struct call *call, struct str what, struct subjects *to)
{
	struct found_cred *list = NULL;
	size_t n = 0;
	int r =
	    find_cred(call->core, what, call->arena, &list, &n, &call->note);

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!may_explain(call, &list[i]))
			continue;
		r = explain_found(call->core, &list[i], &to->list[to->n]);
		to->n += r == 0 ? 1 : 0;
		if (r == OUT_UNSUPPORTED)
			r = note_set(&call->note, OUT_MALFORMED,
				     "that is a %s and opens nothing by itself",
				     found_kind_name(list[i].kind));
	}
	if (r == OUT_ABSENT || (r == 0 && to->n == 0))
		return note_set(&call->note, OUT_ABSENT,
				"nothing here that you may know of is meant "
				"by that");
	return r;
}

static int
whom_read(struct call *call, const struct explain_body *body,
	  struct subjects **ret)
{
	struct subjects *to = arena_get(call->arena, sizeof(*to));

	if (to == NULL)
		return FAIL(-ENOMEM);
	to->n = 0;
	*ret = to;
	if (body->credential.p != NULL && body->identity.p != NULL)
		return note_set(&call->note, OUT_MALFORMED,
				"a 'credential' or an 'identity', not both");
	if (body->credential.p != NULL)
		return credential_take(call, body->credential, to);
	if (body->identity.p != NULL)
		return identity_take(call, body->identity, to);
	to->list[to->n++] = call->visit.who;
	return 0;
}

/* --- the answers --- */

static void
policy_write(struct jw *w, const struct explain_policy *p)
{
	jw_str(w, "id", p->id);
	jw_str(w, "role", p->role);
	jw_str(w, "group", p->group);
}

/* Of many, the first that may, or else the first. */
static int
may_say(struct call *call, const struct explain_body *body,
	const struct subjects *whom, struct jw *w)
{
	struct explained e = {.may = false}, first = {.may = false};
	struct thing thing;
	enum verb verb;
	int r = explain_aim(call, body->action, body->resource, &verb, &thing);

	for (size_t i = 0; r == 0 && i < whom->n && !e.may; i++) {
		r = explain_may(call->core, &whom->list[i], verb, &thing,
				call->arena, &e);
		if (i == 0)
			first = e;
	}
	if (r != 0)
		return r;
	if (!e.may)
		e = first;
	jw_bool(w, "may", e.may);
	jw_c(w, "by", explain_by_name(e.by));
	jw_array(w, "policies");
	for (size_t i = 0; i < e.n; i++) {
		jw_object(w, NULL);
		policy_write(w, &e.policies[i]);
		jw_str(w, "missing", e.policies[i].missing);
		jw_end(w);
	}
	jw_end(w);
	return 0;
}

static void
right_write(struct jw *w, const struct explain_right *right)
{
	jw_object(w, NULL);
	jw_str(w, "service", right->service);
	jw_str(w, "region", right->region);
	jw_str(w, "type", right->type);
	jw_str(w, "resource", right->resource);
	jw_str(w, "roles", right->roles);
	jw_str(w, "policy", right->policy);
	jw_str(w, "group", right->group);
	jw_str(w, "condition", right->condition);
	jw_bool(w, "now", right->now);
	jw_end(w);
}

static int
rights_say(struct call *call, const struct subjects *whom, struct jw *w)
{
	int r = 0;

	jw_array(w, "rights");
	for (size_t i = 0; r == 0 && i < whom->n; i++) {
		struct explain_right *list = NULL;
		size_t n = 0;

		r = explain_rights(call->core, &whom->list[i], call->arena,
				   &list, &n);
		for (size_t k = 0; r == 0 && k < n; k++)
			right_write(w, &list[k]);
	}
	jw_end(w);
	return r;
}

int
explain_post(struct call *call, struct http_reply *reply)
{
	struct explain_body body = {.credential = STR_NONE};
	struct subjects *whom = NULL;
	struct jw w = JW(&reply->body);
	int r = body_read(call, explain_post_fields,
			  nitems(explain_post_fields), &body);

	if (r == 0 && body.action.p == NULL && body.resource != NULL)
		r = note_set(&call->note, OUT_MALFORMED,
			     "a 'resource' needs an 'action'");
	if (r == 0)
		r = whom_read(call, &body, &whom);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	r = body.action.p != NULL ? may_say(call, &body, whom, &w)
				  : rights_say(call, whom, &w);
	if (r != 0) {
		buf_reset(&reply->body);
		return r;
	}
	jw_end(&w);
	return json_done(call, reply, 200);
}

int
explain_who_post(struct call *call, struct http_reply *reply)
{
	struct explain_body body = {.credential = STR_NONE};
	struct explain_who *list = NULL;
	struct jw w = JW(&reply->body);
	struct thing thing;
	enum verb verb;
	bool more = false;
	size_t n = 0;
	int r = body_read(call, explain_who_post_fields,
			  nitems(explain_who_post_fields), &body);

	if (r == 0)
		r = explain_aim(call, body.action, body.resource, &verb,
				&thing);
	if (r == 0)
		r = explain_who(call->core, str_c(call->visit.account), verb,
				&thing, call->arena, &list, &n, &more);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "who");
	for (size_t i = 0; i < n; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "kind", list[i].kind);
		jw_str(&w, "id", list[i].id);
		jw_str(&w, "name", list[i].name);
		jw_c(&w, "by", explain_by_name(list[i].by));
		if (list[i].by == EXPLAIN_POLICY) {
			jw_object(&w, "policy");
			policy_write(&w, &list[i].policy);
			jw_end(&w);
		}
		jw_end(&w);
	}
	jw_end(&w);
	jw_bool(&w, "more", more);
	jw_end(&w);
	return json_done(call, reply, 200);
}
