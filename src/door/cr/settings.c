/* What is the same for everybody here, said in the original's shapes. A PATCH
 * that asks for what is so already is fine. */
#include "door/cr/inner.h"

struct truth {
	const char *name, *text; /* text NULL: a flag */
	bool flag;
};
static const struct truth auth[] = {
    {"iam_authz", NULL, true},
    {"private_only", NULL, false},
};
static const struct truth plan[] = {{"plan", "Standard", false}};
static const struct truth settings[] = {{"platform_metrics", NULL, false}};

static int
truth_reply(struct call *call, struct http_reply *reply, const struct truth *t,
	    size_t n)
{
	struct jw w = JW(&reply->body);
	int r = cr_own(call);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	for (size_t i = 0; i < n; i++) {
		if (t[i].text != NULL)
			jw_c(&w, t[i].name, t[i].text);
		else
			jw_bool(&w, t[i].name, t[i].flag);
	}
	jw_end(&w);
	return cr_json(reply, 200);
}

static bool
is_so(const struct truth *t, const struct json *value)
{
	struct str text = STR_NONE;
	bool flag = false;

	if (t->text != NULL)
		return json_str(value, &text) && str_eq(text, str_c(t->text));
	return json_bool(value, &flag) && flag == t->flag;
}

static int
truth_check(struct call *call, const struct truth *t, size_t n)
{
	int r = cr_own(call);

	if (r != 0)
		return r;
	if (json_kind(call->json) != JSON_OBJECT)
		return note_set(&call->note, OUT_MALFORMED,
				"The body must be a JSON object.");
	for (size_t i = 0; i < n; i++) {
		const struct json *v = json_get(call->json, t[i].name);

		if (v != NULL && !is_so(&t[i], v))
			return note_set(&call->note, OUT_UNSUPPORTED,
					"'%s' cannot be changed on this "
					"server.",
					t[i].name);
	}
	return 0;
}

int
auth_get(struct call *call, struct http_reply *reply)
{
	return truth_reply(call, reply, auth, nitems(auth));
}

int
auth_set(struct call *call, struct http_reply *reply)
{
	int r = truth_check(call, auth, nitems(auth));

	return r != 0 ? r : reply_empty(reply, 204);
}

int
plan_get(struct call *call, struct http_reply *reply)
{
	return truth_reply(call, reply, plan, nitems(plan));
}

int
plan_set(struct call *call, struct http_reply *reply)
{
	int r = truth_check(call, plan, nitems(plan));

	return r != 0 ? r : truth_reply(call, reply, plan, nitems(plan));
}

int
settings_get(struct call *call, struct http_reply *reply)
{
	return truth_reply(call, reply, settings, nitems(settings));
}

int
settings_set(struct call *call, struct http_reply *reply)
{
	int r = truth_check(call, settings, nitems(settings));

	return r != 0 ? r : reply_empty(reply, 204);
}

int
messages_get(struct call *call, struct http_reply *reply)
{
	(void)call;
	buf_adds(&reply->body, "\"\"");
	return cr_json(reply, 200);
}
