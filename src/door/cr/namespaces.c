#include "base/enc.h"
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
		jw_end(&w);
	}
	jw_end(&w);
	return cr_json(reply, 200);
}

int
namespace_put(struct call *call, struct http_reply *reply)
{
	struct str name = call->params[0];
	struct jw w = JW(&reply->body);
	bool made = false;
	int r =
	    namespace_add(&call->visit, str_c(call->region->name), name, &made);

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
	jw_object(&w, NULL);
	jw_str(&w, "namespace", name);
	jw_end(&w);
	return cr_json(reply, made ? 201 : 200);
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
