#include "door/policy/inner.h"

#include <errno.h>

static bool
of_service(const struct verb_row *row, struct str service)
{
	return service.n == 0 || str_eq(row->service, service);
}

/* The full names of what a fixed role holds in a service, or in all of them. */
static void
actions_write(struct call *call, struct jw *w, enum role role,
	      struct str service)
{
	jw_array(w, "actions");
	for (enum verb v = 0; v < VERB_MAX; v++) {
		const struct verb_row *row = verb_row(v);

		if ((row->roles & role) != 0 && of_service(row, service))
			jw_str(w, NULL,
			       arena_strf(call->arena, "%.*s.%.*s",
					  STR_ARG(row->service),
					  STR_ARG(row->action)));
	}
	jw_end(w);
}

static void
fixed_write(struct call *call, struct jw *w, const char *name, unsigned from,
	    unsigned to, struct str service)
{
	jw_array(w, name);
	for (unsigned role = from; role <= to; role <<= 1) {
		jw_object(w, NULL);
		jw_c(w, "display_name", role_name((enum role)role));
		jw_c(w, "description", role_text((enum role)role));
		actions_write(call, w, (enum role)role, service);
		jw_c(w, "crn", role_crn((enum role)role));
		jw_end(w);
	}
	jw_end(w);
}

static void
custom_write(struct call *call, struct jw *w, const struct custom_role *r)
{
	jw_object(w, NULL);
	jw_str(w, "id", r->id);
	jw_str(w, "name", r->name);
	jw_str(w, "display_name", r->display_name);
	jw_str(w, "description", r->description);
	jw_str(w, "account_id", r->account);
	jw_str(w, "service_name", r->service);
	jw_raw(w, "actions", r->actions);
	jw_str(w, "crn", r->crn);
	jw_str(w, "href",
	       arena_strf(call->arena, "%.*s/v2/roles/%.*s",
			  STR_ARG(call->base), STR_ARG(r->id)));
	moment_write(w, "created_at", r->created_at);
	jw_str(w, "created_by_id", r->created_by);
	moment_write(w, "last_modified_at", r->modified_at);
	jw_str(w, "last_modified_by_id", r->modified_by);
	jw_end(w);
}

int
roles_list(struct call *call, struct http_reply *reply)
{
	struct str account = STR_NONE, service = STR_NONE;
	struct custom_role *list = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r = call_once(call, "account_id", &account);

	if (r == 0)
		r = call_once(call, "service_name", &service);
	if (r == 0)
		r = account_pass(call, VERB_ROLE_LIST, account);
	if (r == 0)
		r = role_list(call->core, str_c(call->visit.account), service,
			      call->arena, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "custom_roles");
	for (size_t i = 0; i < n; i++)
		custom_write(call, &w, &list[i]);
	jw_end(&w);
	fixed_write(call, &w, "service_roles", ROLE_READER, ROLE_MANAGER,
		    service);
	fixed_write(call, &w, "system_roles", ROLE_VIEWER, ROLE_ADMINISTRATOR,
		    service);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

static int
show(struct call *call, struct http_reply *reply, int status,
     const struct custom_role *role)
{
	struct jw w = JW(&reply->body);

	custom_write(call, &w, role);
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag",
		  etag_text(call->arena, role->version, role->id));
	return reply_json(reply, status);
}

static int
ask_read(struct call *call, bool fresh, struct custom_role_ask *ask,
	 struct str *account)
{
	const struct {
		const char *name;
		bool must;
		struct str *to;
	} texts[] = {
	    {"display_name", true, &ask->display_name},
	    {"description", false, &ask->description},
	    {"name", true, &ask->name},
	    {"service_name", true, &ask->service},
	    {"account_id", true, account},
	};
	int r = body_object(call);

	for (size_t i = 0; r == 0 && i < (fresh ? nitems(texts) : 2); i++)
		r = body_text(call, call->json, texts[i].name, texts[i].must,
			      texts[i].to);
	return r != 0
		   ? r
		   : body_texts(call, call->json, "actions", ROLE_ACTIONS_MAX,
				&ask->actions, &ask->n_actions);
}

int
role_add(struct call *call, struct http_reply *reply)
{
	struct custom_role_ask ask = {.description = STR("")};
	struct str account = STR_NONE;
	struct custom_role made;
	int r = ask_read(call, true, &ask, &account);

	if (r == 0)
		r = account_pass(call, VERB_ROLE_CREATE, account);
	if (r == 0)
		r = role_create(&call->visit, &ask, call->arena, &made,
				&call->note);
	return r != 0 ? r : show(call, reply, 201, &made);
}

static int
load(struct call *call, struct custom_role *ret)
{
	return role_get(call->core, account_own(call), call->params[0],
			call->arena, ret);
}

int
role_show(struct call *call, struct http_reply *reply)
{
	struct custom_role role;
	int r = load(call, &role);

	if (r == 0)
		r = account_pass(call, VERB_ROLE_LIST, role.account);
	return r != 0 ? r : show(call, reply, 200, &role);
}

int
role_put(struct call *call, struct http_reply *reply)
{
	struct custom_role_ask ask = {.description = STR_NONE};
	struct str account = STR_NONE;
	struct custom_role now, made;
	int64_t seen = 0;
	int r = load(call, &now);

	if (r == 0)
		r = account_pass(call, VERB_ROLE_UPDATE, now.account);
	if (r == 0)
		r = etag_match(call, now.id, &seen);
	if (r == 0)
		r = ask_read(call, false, &ask, &account);
	if (r == 0)
		r = role_update(&call->visit, now.id, seen, &ask, call->arena,
				&made, &call->note);
	return r != 0 ? r : show(call, reply, 200, &made);
}

int
role_remove(struct call *call, struct http_reply *reply)
{
	struct custom_role now;
	int r = load(call, &now);

	if (r == 0)
		r = account_pass(call, VERB_ROLE_DELETE, now.account);
	if (r == 0)
		r = role_delete(&call->visit, now.id, &call->note);
	return r != 0 ? r : reply_empty(reply, 204);
}
