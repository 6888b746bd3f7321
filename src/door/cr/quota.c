/* How much an account may hold and pull here, and how much it does. */
#include "core/quota.h"
#include "door/cr/inner.h"

#define QUOTA_MB_MAX (QUOTA_MAX / (int64_t)MIB)

static void
pair_write(struct jw *w, const char *name, const struct quota *q)
{
	jw_object(w, name);
	jw_int(w, "storage_bytes", q->storage);
	jw_int(w, "traffic_bytes", q->traffic);
	jw_end(w);
}

int
quota_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct quota limit, used;
	int r = quota_get(call->core, str_c(call->visit.account),
			  str_c(call->region->name), &limit, &used);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	pair_write(&w, "limit", &limit);
	pair_write(&w, "usage", &used);
	jw_end(&w);
	return cr_json(reply, 200);
}

/* Megabytes become bytes; *ret_given false: it is not there. */
static int
limit_read(struct call *call, const char *name, int64_t *ret, bool *ret_given)
{
	const struct json *v = json_get(call->json, name);
	int64_t n = 0;

	*ret_given = v != NULL && json_kind(v) != JSON_NULL;
	if (!*ret_given)
		return 0;
	if (!json_int(v, &n) || n < QUOTA_NONE || n > QUOTA_MB_MAX)
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' is a number of megabytes, at most %lld, "
				"or -1 for no limit.",
				name, (long long)QUOTA_MB_MAX);
	*ret = n == QUOTA_NONE ? QUOTA_NONE : n * (int64_t)MIB;
	return 0;
}

int
quota_change(struct call *call, struct http_reply *reply)
{
	int64_t storage, traffic;
	bool has_storage, has_traffic;
	int r;

	if (json_kind(call->json) != JSON_OBJECT)
		return note_set(&call->note, OUT_MALFORMED,
				"The body must be a JSON object.");
	r = limit_read(call, "storage_megabytes", &storage, &has_storage);
	if (r == 0)
		r = limit_read(call, "traffic_megabytes", &traffic,
			       &has_traffic);
	if (r == 0 && !has_storage && !has_traffic)
		return note_set(&call->note, OUT_MALFORMED,
				"Neither 'storage_megabytes' nor "
				"'traffic_megabytes' is there.");
	if (r == 0)
		r = quota_set(&call->visit, str_c(call->region->name),
			      has_storage ? &storage : NULL,
			      has_traffic ? &traffic : NULL);
	return r != 0 ? r : quota_show(call, reply);
}
