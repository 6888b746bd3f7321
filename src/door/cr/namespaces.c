#include "base/enc.h"
#include "core/resource_group.h"
#include "door/cr/inner.h"

/* Lists are open to any identity, but of its own account only. */
static int
list_read(struct call *call, struct namespace_row **ret, size_t *n)
{
	int r = cr_own(call);

	return r != 0 ? r
		      : namespace_list(call->core, str_c(call->visit.account),
				       str_c(call->region->name), call->arena,
				       ret, n);
}

static bool
may_see(const struct call *call, const struct namespace_row *row)
{
	struct thing thing = {.kind = THING_NAMESPACE,
			      .account = row->account,
			      .region = str_c(call->region->name),
			      .name = row->name};

	return gate_may(call->core, &call->visit.who, VERB_NAMESPACE_LIST,
			&thing);
}

int
namespaces_list(struct call *call, struct http_reply *reply)
{
	struct namespace_row *rows = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r = list_read(call, &rows, &n);

	if (r != 0)
		return r;
	jw_array(&w, NULL);
	for (size_t i = 0; i < n; i++)
		if (may_see(call, &rows[i]))
			jw_str(&w, NULL, rows[i].name);
	jw_end(&w);
	return cr_json(reply, 200);
}

static void
date_write(struct jw *w, const char *name, int64_t ms)
{
	char text[32];

	enc_time_ms(ms, text);
	jw_c(w, name, text);
}

/* The one resource group of an account, which all of its namespaces are in. */
#define GROUP_NAME "default"

static void
group_write(struct call *call, struct jw *w, const struct namespace_row *row)
{
	CLEAN(buf_clear) struct buf crn = BUF_INIT;
	char group[RESOURCE_GROUP_ID_LEN + 1];

	buf_addf(&crn,
		 "crn:v1:bluemix:public:container-registry:%s:a/%.*s::"
		 "namespace:%.*s",
		 call->region->name, STR_ARG(row->account), STR_ARG(row->name));
	jw_str(w, "crn", buf_str(&crn));
	resource_group_id(row->account, group);
	jw_c(w, "resource_group", group);
	date_write(w, "resource_created_date", row->created_at);
}

/* The group that the request names, if it does, must be that one. */
static int
group_check(struct call *call, bool needed)
{
	size_t count = 0;
	struct str group =
	    http_field_get(call->req, "x-auth-resource-group", &count);
	char only[RESOURCE_GROUP_ID_LEN + 1];

	if (count > 1 || (needed && group.n == 0))
		return note_set(&call->note, OUT_MALFORMED,
				"The header X-Auth-Resource-Group names one "
				"resource group.");
	resource_group_id(str_c(call->visit.account), only);
	if (group.n == 0 || str_eq_nocase(group, STR(GROUP_NAME)) ||
	    str_eq(group, str_c(only)))
		return 0;
	return note_set(&call->note, OUT_ABSENT,
			"No such resource group: an account has one here, "
			"named " GROUP_NAME ".");
}

int
namespaces_details(struct call *call, struct http_reply *reply)
{
	struct namespace_row *rows = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r = list_read(call, &rows, &n);

	if (r != 0)
		return r;
	jw_array(&w, NULL);
	for (size_t i = 0; i < n; i++) {
		if (!may_see(call, &rows[i]))
			continue;
		jw_object(&w, NULL);
		jw_str(&w, "account", rows[i].account);
		jw_str(&w, "name", rows[i].name);
		date_write(&w, "created_date", rows[i].created_at);
		date_write(&w, "updated_date", rows[i].updated_at);
		jw_bool(&w, "immutable_tags", rows[i].options.immutable_tags);
		jw_bool(&w, "allow_sparse", rows[i].options.allow_sparse);
		group_write(call, &w, &rows[i]);
		jw_end(&w);
	}
	jw_end(&w);
	return cr_json(reply, 200);
}

static int
name_reply(const struct call *call, struct http_reply *reply, int status)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_str(&w, "namespace", call->params[0]);
	jw_end(&w);
	return cr_json(reply, status);
}

int
namespace_put(struct call *call, struct http_reply *reply)
{
	struct str name = call->params[0];
	bool made = false;
	int r = group_check(call, false);

	if (r != 0)
		return r;
	r = namespace_add(&call->visit, str_c(call->region->name), name, &made);
	if (r == OUT_MALFORMED)
		return note_set(&call->note, r,
				"A namespace is 4 to 30 lower-case letters, "
				"digits, '-' and '_', single ones, beginning "
				"and ending with a letter or digit.");
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"The namespace is not available: choose "
				"another name.");
	if (r == OUT_TOO_MANY)
		return note_set(&call->note, r,
				"The account has %d namespaces here, which is "
				"the limit.",
				NAMESPACES_MAX);
	if (r != 0)
		return r;
	return name_reply(call, reply, made ? 201 : 200);
}

/* It is in that group, and stays there. */
int
namespace_assign(struct call *call, struct http_reply *reply)
{
	int r = group_check(call, true);

	return r != 0 ? r : name_reply(call, reply, 200);
}

int
namespace_drop(struct call *call, struct http_reply *reply)
{
	int r = namespace_remove(&call->visit, str_c(call->region->name),
				 call->params[0]);

	if (r == OUT_ABSENT)
		return note_set(&call->note, r,
				"The account has no such namespace here.");
	return r != 0 ? r : reply_empty(reply, 204);
}
