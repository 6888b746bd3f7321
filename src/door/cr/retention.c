/* How many images of each repository are kept. */
#include "core/retention.h"
#include "door/cr/inner.h"

#include <errno.h>

static void
policy_write(struct jw *w, const struct retention *p)
{
	jw_object(w, NULL);
	jw_str(w, "namespace", p->namespace);
	jw_int(w, "images_per_repo", p->images_per_repo);
	jw_bool(w, "retain_untagged", p->retain_untagged);
	jw_int(w, "deletion_threshold_days", p->threshold_days);
	jw_end(w);
}

static struct thing
thing_of(const struct call *call, struct str account, struct str namespace)
{
	return (struct thing){.kind = THING_NAMESPACE,
			      .account = account,
			      .region = str_c(call->region->name),
			      .name = namespace};
}

/* A namespace without a policy keeps all of its images, and is listed so. */
int
retentions_list(struct call *call, struct http_reply *reply)
{
	struct namespace_row *rows = NULL;
	struct jw w = JW(&reply->body);
	struct str region = str_c(call->region->name);
	size_t n = 0;
	int r = cr_own(call);

	if (r == 0)
		r = namespace_list(call->core, str_c(call->visit.account),
				   region, call->arena, &rows, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct thing t = thing_of(call, rows[i].account, rows[i].name);
		struct retention p;

		if (!gate_may(call->core, &call->visit.who, VERB_RETENTION_GET,
			      &t))
			continue;
		r = retention_get(call->core, region, rows[i].name, call->arena,
				  &p);
		if (r == OUT_ABSENT) { /* gone meanwhile */
			r = 0;
			continue;
		}
		jw_key(&w, rows[i].name);
		policy_write(&w, &p);
	}
	jw_end(&w);
	return r != 0 ? r : cr_json(reply, 200);
}

int
retention_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct retention p;
	int r = retention_get(call->core, str_c(call->region->name),
			      call->params[0], call->arena, &p);

	if (r != 0)
		return r;
	policy_write(&w, &p);
	return cr_json(reply, 200);
}

/* --- a policy in a body --- */

static int
number_read(struct call *call, const char *name, int64_t dflt, int64_t *ret)
{
	const struct json *v = json_get(call->json, name);

	*ret = dflt;
	if (v == NULL || json_kind(v) == JSON_NULL || json_int(v, ret))
		return 0;
	return note_set(&call->note, OUT_MALFORMED, "'%s' must be a number.",
			name);
}

static int
flag_read(struct call *call, const char *name, bool *ret)
{
	const struct json *v = json_get(call->json, name);

	*ret = false;
	if (v == NULL || json_kind(v) == JSON_NULL || json_bool(v, ret))
		return 0;
	return note_set(&call->note, OUT_MALFORMED,
			"'%s' must be true or false.", name);
}

/* The body names the namespace, so that the gate is asked here. */
static int
policy_read(struct call *call, enum verb verb, struct retention *ret)
{
	struct thing thing;
	int r = cr_own(call);

	if (r != 0)
		return r;
	ret->namespace = json_text(call->json, "namespace");
	if (ret->namespace.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'namespace' is missing.");
	r = number_read(call, "images_per_repo", RETENTION_ALL,
			&ret->images_per_repo);
	if (r == 0)
		r = number_read(call, "deletion_threshold_days", 0,
				&ret->threshold_days);
	if (r == 0)
		r = flag_read(call, "retain_untagged", &ret->retain_untagged);
	if (r != 0)
		return r;
	thing = thing_of(call, call->thing.account, ret->namespace);
	return call_pass(call, verb, &thing);
}

static int
why_not(struct call *call, int r)
{
	if (r == OUT_RANGE)
		return note_set(&call->note, r,
				"'images_per_repo' is -1 for all, or 0 to %d; "
				"'deletion_threshold_days' is 0 to %d.",
				RETENTION_IMAGES_MAX, RETENTION_DAYS_MAX);
	return r;
}

int
retention_change(struct call *call, struct http_reply *reply)
{
	struct retention p;
	int r = policy_read(call, VERB_RETENTION_SET, &p);

	if (r == 0)
		r = retention_set(&call->visit, str_c(call->region->name), &p);
	return r != 0 ? why_not(call, r) : reply_empty(reply, 201);
}

/* Repositories come one after the other, each with what it would lose. */
struct telling {
	struct call *call;
	struct jw *w;
	const struct buf *body;
	struct buf repo; /* whose list is open; empty: none */
};

static int
tell(void *arg, struct str repo, struct str digest)
{
	CLEAN(buf_clear) struct buf full = BUF_INIT;
	struct telling *t = arg;
	int r = 0;

	if (!str_eq(buf_str(&t->repo), repo)) {
		if (t->repo.n > 0)
			jw_end(t->w);
		buf_reset(&t->repo);
		r = buf_addstr(&t->repo, repo);
		if (r == 0)
			r = ref_write(&full, t->call, repo, STR_NONE, STR_NONE);
		jw_key(t->w, buf_str(&full));
		jw_array(t->w, NULL);
	}
	jw_str(t->w, NULL, digest);
	if (r == 0 && buf_err(t->body) != 0)
		return note_set(&t->call->note, OUT_TOO_LARGE,
				"More images would go than fit into one "
				"answer.");
	return r;
}

int
retention_try(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct telling t = {
	    .call = call, .w = &w, .body = &reply->body, .repo = BUF_INIT};
	struct retention p;
	int r = policy_read(call, VERB_RETENTION_ANALYZE, &p);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	r = retention_analyze(call->core, str_c(call->region->name), &p, tell,
			      &t);
	if (t.repo.n > 0)
		jw_end(&w);
	jw_end(&w);
	buf_clear(&t.repo);
	return r != 0 ? why_not(call, r) : cr_json(reply, 200);
}
