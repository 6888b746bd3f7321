/* Inviting people into an account, and what is granted with that. */
#include "core/invite.h"
#include "core/group.h"
#include "core/policy.h"
#include "door/identity/inner.h"

#include <errno.h>

#define INVITE_MAX   100 /* in one call */
#define POLICIES_ASK 20	 /* in one call */

static int
attributes_take(struct call *call, const struct json *list,
		struct policy_text *ret)
{
	size_t n = json_size(list);
	struct policy_attr *attrs;

	if (n == 0 || n > POLICY_ATTRS_MAX)
		return bad_member(call, "iam_policy.resources.attributes");
	attrs = arena_get(call->arena, n * sizeof(*attrs));
	if (attrs == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < n; i++) {
		const struct json *v = json_at(list, i);

		attrs[i] = (struct policy_attr){
		    .name = json_text(v, "name"),
		    .op = json_text(v, "operator"),
		    .value = json_text(v, "value"),
		};
		attrs[i].said = attrs[i].op.n > 0;
		if (!attrs[i].said)
			attrs[i].op = STR("stringEquals");
		if (attrs[i].name.n == 0 || attrs[i].value.p == NULL)
			return bad_member(call,
					  "iam_policy.resources.attributes");
	}
	ret->resources = attrs;
	ret->n_resources = n;
	return 0;
}

static int
policy_take(struct call *call, const struct json *v, struct policy_text *ret)
{
	const struct json *roles = json_get(v, "roles");
	const struct json *resources = json_get(v, "resources");
	size_t n = json_size(roles);
	struct str *texts;

	*ret = (struct policy_text){.type = STR("access"),
				    .subject_kind = POLICY_IDENTITY,
				    .subject_op = STR("")};
	if (json_kind(roles) != JSON_ARRAY || n == 0 || n > POLICY_ROLES_MAX)
		return bad_member(call, "iam_policy.roles");
	texts = arena_get(call->arena, n * sizeof(*texts));
	if (texts == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < n; i++) {
		texts[i] = json_text(json_at(roles, i), "role_id");
		if (texts[i].n == 0)
			return bad_member(call, "iam_policy.roles.role_id");
	}
	ret->roles = texts;
	ret->n_roles = n;
	if (json_kind(resources) != JSON_ARRAY || json_size(resources) != 1)
		return bad_member(call, "iam_policy.resources");
	return attributes_take(
	    call, json_get(json_at(resources, 0), "attributes"), ret);
}

struct inviting {
	const struct json *users, *groups;
	struct policy_text policies[POLICIES_ASK];
	size_t n_policies;
};

static int
inviting_take(struct call *call, struct inviting *v)
{
	const struct json *policies = json_get(call->json, "iam_policy");
	size_t n;
	int r = body_is_object(call, call->json);

	if (r != 0)
		return r;
	v->users = json_get(call->json, "users");
	v->groups = json_get(call->json, "access_groups");
	n = json_size(v->users);
	if (json_kind(v->users) != JSON_ARRAY || n == 0 || n > INVITE_MAX)
		return bad_member(call, "users");
	if (v->groups != NULL && (json_kind(v->groups) != JSON_ARRAY ||
				  json_size(v->groups) > GROUPS_OF_MAX))
		return bad_member(call, "access_groups");
	n = json_size(policies);
	if (policies != NULL &&
	    (json_kind(policies) != JSON_ARRAY || n > POLICIES_ASK))
		return bad_member(call, "iam_policy");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = policy_take(call, json_at(policies, i), &v->policies[i]);
	v->n_policies = n;
	return r;
}

/* What is granted with the invitation, each by its own right. What cannot be is
 * told with the person: the invitation stands. */
static int
grant_policies(struct call *call, struct inviting *v, struct str identity)
{
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = call->params[0]};
	struct policy made = {.version = 0};
	int r =
	    v->n_policies > 0 ? call_pass(call, VERB_POLICY_CREATE, &thing) : 0;

	for (size_t i = 0; r == 0 && i < v->n_policies; i++) {
		v->policies[i].subject = identity;
		r = policy_create(&call->visit, &v->policies[i], call->arena,
				  &made, &call->note);
		if (r != OUT_CONFLICT || made.id.n == 0)
			continue;
		/* Invited once more: it is there from the first time. A
		 * conflict with nothing is another: they are locked. */
		call->note.text[0] = '\0';
		r = 0;
	}
	return r;
}

static int
grant_groups(struct call *call, const struct inviting *v, struct str identity)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_size(v->groups); i++) {
		struct thing thing = {.kind = THING_GROUP,
				      .account = call->params[0]};

		if (!json_str(json_at(v->groups, i), &thing.name))
			return bad_member(call, "access_groups");
		r = call_pass(call, VERB_GROUP_MEMBER_ADD, &thing);
		if (r == 0)
			r = group_member_add(&call->visit, thing.name,
					     identity);
	}
	return r;
}

static void
failed_write(struct call *call, struct jw *w, int r)
{
	jw_c(w, "error",
	     call->note.text[0] != '\0' ? call->note.text : out_text(r));
}

static int
invite_one(struct call *call, struct inviting *v, struct str email,
	   struct jw *w)
{
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = call->params[0]};
	struct invite_ask ask = {.email = email};
	struct invitation made;
	int r = call_pass(call, VERB_USER_CREATE, &thing);

	if (r == 0)
		r = invite_create(&call->visit, &ask, call->arena, &made, &code,
				  &call->note);
	if (r != 0)
		return r;
	jw_object(w, NULL);
	jw_str(w, "email", made.email);
	jw_str(w, "id", made.identity);
	jw_c(w, "state", "PENDING");
	jw_str(w, "code", secret_reveal(&code));
	minute_write(w, "expires_at", made.expires_at);
	r = grant_policies(call, v, made.identity);
	if (r == 0)
		r = grant_groups(call, v, made.identity);
	if (r != 0)
		failed_write(call, w, r);
	jw_end(w);
	return r < 0 ? r : 0;
}

int
account_users_invite(struct call *call, struct http_reply *reply)
{
	struct inviting v = {.users = NULL};
	struct jw w = JW(&reply->body);
	int r = inviting_take(call, &v);

	if (r != 0)
		return r;
	reply->wipe = true;
	jw_object(&w, NULL);
	jw_array(&w, "resources");
	for (size_t i = 0; i < json_size(v.users); i++) {
		struct str email = json_text(json_at(v.users, i), "email");

		call->note.text[0] = '\0';
		r = invite_one(call, &v, email, &w);
		if (r < 0 || (r != 0 && json_size(v.users) == 1))
			return r == OUT_CONFLICT
				   ? note_set(&call->note, r,
					      "already of this account")
				   : r;
		if (r == 0)
			continue;
		jw_object(&w, NULL);
		jw_str(&w, "email", email);
		jw_c(&w, "state", "FAILED");
		failed_write(call, &w, r);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 202);
}
