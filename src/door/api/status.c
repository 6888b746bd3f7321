#include "core/expiry.h"
#include "core/session.h"
#include "door/api/inner.h"

static int
plain(struct http_reply *reply, int status, struct str text)
{
	reply->status = status;
	http_head(reply, "Content-Type", STR("text/plain; charset=utf-8"));
	http_head(reply, "Cache-Control", STR("no-store"));
	buf_addstr(&reply->body, text);
	return buf_err(&reply->body);
}

int
health_show(struct call *call, struct http_reply *reply)
{
	(void)call;
	return plain(reply, 200, STR("ok\n"));
}

int
ready_show(struct call *call, struct http_reply *reply)
{
	const struct api_host *host = api_host(call);

	return host->ready(host->arg) ? plain(reply, 200, STR("ok\n"))
				      : plain(reply, 503, STR("not ready\n"));
}

/* From this machine freely; a proxy's clients are not from this machine. */
static bool
from_here(const struct call *call)
{
	return call->req->loopback && (str_starts(call->addr, STR("127.")) ||
				       str_eq(call->addr, STR("::1")));
}

int
metrics_show(struct call *call, struct http_reply *reply)
{
	const struct api_host *host = api_host(call);
	int r = 0;

	if (!from_here(call))
		r = call_pass(call, VERB_STATUS_READ, &(struct thing){0});
	if (r != 0)
		return r;
	host->metrics(host->arg, &reply->body);
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	reply->status = 200;
	http_head(reply, "Content-Type",
		  STR("text/plain; version=0.0.4; charset=utf-8"));
	return 0;
}

static void
regions_write(const struct call *call, struct jw *w)
{
	jw_array(w, "regions");
	for (size_t i = 0; i < call->core->n_regions; i++) {
		const struct region *r = &call->core->regions[i];

		jw_object(w, NULL);
		jw_c(w, "name", r->name);
		jw_array(w, "aliases");
		for (size_t k = 0; k < r->n_alias; k++)
			jw_c(w, NULL, r->alias[k]);
		jw_end(w);
		jw_array(w, "hosts");
		for (size_t k = 0; k < r->n_host; k++)
			jw_c(w, NULL, r->host[k]);
		jw_end(w);
		jw_bool(w, "here", r == call->region);
		jw_end(w);
	}
	jw_end(w);
}

int
regions_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	regions_write(call, &w);
	jw_end(&w);
	return json_done(call, reply, 200);
}

int
status_show(struct call *call, struct http_reply *reply)
{
	const struct api_host *host = api_host(call);
	struct expiry_sum ends = {0};
	struct jw w = JW(&reply->body);
	int r = expiry_sum(call->core, &ends);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "version", host->version);
	jw_c(&w, "node", call->core->node);
	jw_c(&w, "public_url", call->core->public_url);
	jw_int(&w, "schema", host->schema(host->arg));
	jw_bool(&w, "ready", host->ready(host->arg));
	jw_object(&w, "expiring");
	jw_int(&w, "within_days", EXPIRY_SOON_MS / DAY_MS);
	jw_int(&w, "credentials", ends.soon);
	jw_int(&w, "used", ends.soon_used);
	jw_end(&w);
	if (host->status != NULL)
		host->status(host->arg, &w);
	regions_write(call, &w);
	jw_end(&w);
	return json_done(call, reply, 200);
}

int
whoami_show(struct call *call, struct http_reply *reply)
{
	return call_whoami(call, &call->visit.who, reply, 200);
}

/* Logging out of a login that has no session (a key's own token) is nothing to
 * do: the token ends by itself, or with its key. */
int
session_remove(struct call *call, struct http_reply *reply)
{
	int r = call->visit.who.cred == CRED_SESSION
		    ? session_leave(&call->visit)
		    : 0;

	return r != 0 ? r : reply_empty(reply, 204);
}
