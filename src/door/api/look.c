/*
 * For whoever found something that looks like a secret: what is it, is it
 * alive; and, when it is, let happen what its owner wants to happen then.
 */
#include "core/find_cred.h"
#include "door/api/inner.h"

struct look_body {
	const struct json *values;
};

const struct field look_post_fields[] = {
    {"values", JSON_ARRAY, true, offsetof(struct look_body, values)},
};

/* Who has a value learns of what kind it is; whose, only who may know that. */
static void
one_write(struct call *call, struct jw *w, const struct found_cred *f)
{
	struct found_cred blind;

	jw_object(w, NULL);
	jw_c(w, "kind", f != NULL ? found_kind_name(f->kind) : "unknown");
	jw_bool(w, "live", f != NULL && f->live);
	if (f != NULL) {
		blind = *f;
		blind.value = false;
		if (found_may(call->core, &call->visit.who, &blind)) {
			jw_str(w, "id", f->id);
			jw_str(w, "account", f->account);
			jw_str(w, "name", f->name);
		}
	}
	jw_end(w);
}

/* Only values: what is no secret is not looked for, and not alive. */
static int
value_find(struct call *call, struct str value, struct found_cred **ret)
{
	struct note note;
	size_t n = 0;
	int r = str_starts(value, STR("MD5:"))
		    ? OUT_ABSENT
		    : find_cred(call->core, value, call->arena, ret, &n, &note);

	if (r == 0 && !(*ret)->value)
		r = OUT_ABSENT;
	return r == OUT_MALFORMED ? OUT_ABSENT : r;
}

static int
look_at(struct call *call, const struct json *value, struct jw *w)
{
	struct found_cred *f = NULL;
	struct str text;
	int r;

	if (!json_str(value, &text))
		return note_set(&call->note, OUT_MALFORMED,
				"'values' is a list of strings");
	r = value_find(call, text, &f);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	one_write(call, w, r == 0 ? f : NULL);
	return 0;
}

int
look_post(struct call *call, struct http_reply *reply)
{
	struct look_body body = {.values = NULL};
	struct jw w = JW(&reply->body);
	int r =
	    body_read(call, look_post_fields, nitems(look_post_fields), &body);

	if (r == 0 && json_size(body.values) > LOOK_MAX)
		r = note_set(&call->note, OUT_MALFORMED,
			     "'values' has %d values at most", LOOK_MAX);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "found");
	for (size_t i = 0; r == 0 && i < json_size(body.values); i++)
		r = look_at(call, json_at(body.values, i), &w);
	jw_end(&w);
	jw_end(&w);
	if (r != 0)
		buf_reset(&reply->body);
	return r != 0 ? r : json_done(call, reply, 200);
}

struct leaked_body {
	struct str value;
};

const struct field leaked_post_fields[] = {
    {"value", JSON_STR, true, offsetof(struct leaked_body, value)},
};

int
leaked_post(struct call *call, struct http_reply *reply)
{
	struct leaked_body body = {.value = STR_NONE};
	struct found_cred *f = NULL;
	struct jw w = JW(&reply->body);
	struct str action = STR_NONE;
	int r = body_read(call, leaked_post_fields, nitems(leaked_post_fields),
			  &body);

	if (r == 0)
		r = value_find(call, body.value, &f);
	if (r == OUT_ABSENT)
		return note_set(&call->note, r, "that is no secret of ours");
	if (r == 0)
		r = leaked_cred(&call->visit, f, &action);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "kind", found_kind_name(f->kind));
	jw_str(&w, "action", action);
	jw_end(&w);
	return json_done(call, reply, 200);
}
