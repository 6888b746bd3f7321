#include "door/api/inner.h"

#include "base/enc.h"

/* A name that somebody got wrong is short. What is longer may be a secret that
 * landed in its place: its beginning is enough to find it. */
#define NAME_SHOWN 24

static const char *const kind_names[] = {
    [JSON_NULL] = "null",	   [JSON_BOOL] = "true or false",
    [JSON_INT] = "a whole number", [JSON_REAL] = "a number",
    [JSON_STR] = "a string",	   [JSON_ARRAY] = "a list",
    [JSON_OBJECT] = "an object",
};

static int
field_take(struct call *call, const struct field *f, const struct json *value,
	   void *to)
{
	void *at = (char *)to + f->at;

	if (json_kind(value) != f->kind)
		return note_set(&call->note, OUT_MALFORMED, "'%s' must be %s",
				f->name, kind_names[f->kind]);
	if (f->kind == JSON_STR) {
		(void)json_str(value, at);
	} else if (f->kind == JSON_BOOL) {
		((struct body_flag *)at)->given = true;
		(void)json_bool(value, &((struct body_flag *)at)->is);
	} else if (f->kind == JSON_INT) {
		((struct body_number *)at)->given = true;
		(void)json_int(value, &((struct body_number *)at)->is);
	} else {
		*(const struct json **)at = value;
	}
	return 0;
}

static const struct field *
field_find(const struct field *fields, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_c(fields[i].name), name))
			return &fields[i];
	return NULL;
}

int
body_read(struct call *call, const struct field *fields, size_t n, void *to)
{
	const struct json *value;
	struct str name;
	void *iter = NULL;
	int r = 0;

	if (json_kind(call->json) != JSON_OBJECT)
		return note_set(&call->note, OUT_MALFORMED,
				"the body must be a JSON object");
	while (r == 0 && json_each(call->json, &iter, &name, &value)) {
		const struct field *f = field_find(fields, n, name);

		r = f != NULL ? field_take(call, f, value, to)
			      : note_set(&call->note, OUT_MALFORMED,
					 "unknown member '%.*s'",
					 STR_ARG(str_sub(name, 0, NAME_SHOWN)));
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		if (fields[i].must &&
		    json_get(call->json, fields[i].name) == NULL)
			r = note_set(&call->note, OUT_MALFORMED,
				     "'%s' is missing", fields[i].name);
	return r;
}

int
time_read(struct call *call, const char *name, struct str text, int64_t *ret)
{
	uint64_t ms;

	if (dec_time(text, ret) == 0)
		return 0;
	if (str_u64(text, INT64_MAX, &ms) != 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' must be a time such as "
				"2026-11-21T10:20:30Z",
				name);
	*ret = (int64_t)ms;
	return 0;
}

int
flag_read(struct call *call, const char *name, bool *ret)
{
	struct str text = STR_NONE;
	int r = call_once(call, name, &text);

	if (r != 0 || text.p == NULL)
		return r;
	if (!str_eq(text, STR("true")) && !str_eq(text, STR("false")))
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' must be true or false", name);
	*ret = str_eq(text, STR("true"));
	return 0;
}

void
time_write(struct jw *w, const char *name, int64_t ms)
{
	char text[32];

	enc_time_ms(ms, text);
	jw_c(w, name, text);
}

int
json_done(struct call *call, struct http_reply *reply, int status)
{
	(void)call;
	buf_addc(&reply->body, '\n');
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	return reply_json(reply, status);
}
