#include "door/api/inner.h"

#define NOBODYS_ACCOUNT "-" /* no account has such an id */

/* By id or e-mail address. Who is nobody is somebody of another account to the
 * gate, and both are said to be absent: see api_say. */
int
api_aim_user(struct call *call)
{
	struct str id = call->params[0];
	struct user user = {.id = id, .account = STR(NOBODYS_ACCOUNT)};
	bool email = memchr(id.p, '@', id.n) != NULL;
	int r = email ? user_by_email(call->core, id, call->arena, &user)
		      : user_get(call->core, id, call->arena, &user);

	if (r < 0)
		return r;
	/* Invited: nobody yet, so that nobody learns who is known elsewhere. */
	if (user.pending)
		user.account = STR(NOBODYS_ACCOUNT);
	call->thing.kind = THING_IDENTITY;
	call->thing.name = user.id;
	call->thing.account = user.account;
	return 0;
}

static void
user_write(struct jw *w, const struct user *u)
{
	jw_object(w, NULL);
	jw_str(w, "id", u->id);
	jw_str(w, "account", u->account);
	jw_str(w, "kind", u->kind);
	jw_str(w, "name", u->name);
	jw_str(w, "email", u->email);
	jw_str(w, "description", u->description);
	jw_bool(w, "operator", u->server);
	jw_bool(w, "disabled", u->disabled);
	jw_bool(w, "locked", u->locked);
	time_write(w, "created_at", u->created_at);
	time_write(w, "modified_at", u->modified_at);
	jw_end(w);
}

static int
user_reply(struct call *call, struct http_reply *reply, int status)
{
	struct jw w = JW(&reply->body);
	struct user user;
	int r = user_get(call->core, call->thing.name, call->arena, &user);

	if (r != 0)
		return r;
	user_write(&w, &user);
	return json_done(call, reply, status);
}

static int
roles_read(struct call *call, const struct json *roles, unsigned *ret)
{
	*ret = 0;
	for (size_t i = 0; i < json_size(roles); i++) {
		struct str name = STR_NONE;
		unsigned role =
		    json_str(json_at(roles, i), &name) ? role_parse(name) : 0;

		if (role == 0)
			return note_set(&call->note, OUT_MALFORMED,
					"'roles': no role '%.*s'",
					STR_ARG(str_sub(name, 0, 64)));
		*ret |= role;
	}
	return 0;
}

struct user_body {
	struct user_ask ask;
	const struct json *roles;
};

#define AT(member) offsetof(struct user_body, member)
const struct field user_add_fields[] = {
    {"email", JSON_STR, true, AT(ask.email)},
    {"name", JSON_STR, false, AT(ask.name)},
    {"password", JSON_STR, false, AT(ask.password)},
    {"roles", JSON_ARRAY, false, AT(roles)},
};
#undef AT

int
user_add(struct call *call, struct http_reply *reply)
{
	struct user_body body = {.roles = NULL};
	struct user user;
	struct jw w = JW(&reply->body);
	int r =
	    body_read(call, user_add_fields, nitems(user_add_fields), &body);

	if (r == 0)
		r = roles_read(call, body.roles, &body.ask.roles);
	if (r == 0)
		r = user_create(&call->visit, &body.ask, call->arena, &user,
				&call->note);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"the e-mail address is in use already");
	if (r != 0)
		return r;
	user_write(&w, &user);
	return json_done(call, reply, 201);
}

int
user_show(struct call *call, struct http_reply *reply)
{
	return user_reply(call, reply, 200);
}

int
users_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct str after = STR_NONE;
	struct user *list = NULL;
	uint64_t limit = 0;
	size_t n = 0;
	int r = call_number(call, "limit", PAGE_DEFAULT, PAGE_MAX, &limit);

	if (r == 0)
		r = call_once(call, "after", &after);
	if (r == 0)
		r = user_list(call->core, str_c(call->visit.account), after,
			      (int64_t)limit, call->arena, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "users");
	for (size_t i = 0; i < n; i++)
		user_write(&w, &list[i]);
	jw_end(&w);
	if (n == limit)
		jw_str(&w, "next", list[n - 1].id);
	jw_end(&w);
	return json_done(call, reply, 200);
}

struct patch_body {
	struct password_ask ask;
	struct body_flag disabled;
};

#define AT(member) offsetof(struct patch_body, member)
const struct field user_patch_fields[] = {
    {"password", JSON_STR, false, AT(ask.password)},
    {"current_password", JSON_STR, false, AT(ask.current)},
    {"disabled", JSON_BOOL, false, AT(disabled)},
};
#undef AT

static int
password_set(struct call *call, struct str id, struct password_ask *ask)
{
	int r = user_set_password(&call->visit, id, ask, &call->note);

	call->wait_s = ask->wait_s;
	return r;
}

/* The password first: it is the one that can be refused. */
int
user_patch(struct call *call, struct http_reply *reply)
{
	struct patch_body body = {.ask = {.password = STR_NONE}};
	struct thing thing = call->thing;
	int r = body_read(call, user_patch_fields, nitems(user_patch_fields),
			  &body);
	bool switch_it = body.disabled.given;

	if (r == 0 && body.ask.password.p == NULL && !switch_it)
		return note_set(&call->note, OUT_MALFORMED,
				"nothing to change: 'password' or 'disabled'");
	if (r == 0 && switch_it)
		r = call_pass(call, VERB_USER_UPDATE, &thing);
	if (r == 0 && body.ask.password.p != NULL) {
		struct visit other = call->visit;

		r = call_pass(call, VERB_PASSWORD_SET, &thing);
		if (r == 0)
			r = password_set(call, thing.name, &body.ask);
		call->visit = switch_it ? other : call->visit;
	}
	if (r == 0 && switch_it)
		r = user_disable(&call->visit, thing.name, body.disabled.is);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"the account's owner cannot be shut out");
	return r != 0 ? r : user_reply(call, reply, 200);
}

#define AT(member) offsetof(struct password_ask, member)
const struct field user_password_fields[] = {
    {"password", JSON_STR, true, AT(password)},
    {"current_password", JSON_STR, false, AT(current)},
};
#undef AT

int
user_password(struct call *call, struct http_reply *reply)
{
	struct password_ask ask = {.password = STR_NONE};
	int r = body_read(call, user_password_fields,
			  nitems(user_password_fields), &ask);

	if (r == 0)
		r = password_set(call, call->thing.name, &ask);
	return r != 0 ? r : reply_empty(reply, 204);
}
