#include "core/find_cred.h"
#include "core/session.h"
#include "door/api/inner.h"

#include <errno.h>

static void
session_write(struct call *call, struct jw *w, const struct session *s)
{
	jw_object(w, NULL);
	jw_str(w, "id", s->id);
	jw_str(w, "identity", s->identity);
	if (s->api_key.n > 0)
		jw_str(w, "api_key", s->api_key);
	if (s->parent.n > 0)
		jw_str(w, "parent", s->parent);
	jw_str(w, "client_id", s->client_id);
	jw_str(w, "grant_type", s->grant_type);
	jw_str(w, "addr", s->addr);
	jw_str(w, "agent", s->agent);
	time_write(w, "created_at", s->created_at);
	if (s->refreshed_at != 0)
		time_write(w, "refreshed_at", s->refreshed_at);
	time_write(w, "expires_at", s->expires_at);
	if (s->ends_at != 0)
		time_write(w, "ends_at", s->ends_at);
	jw_bool(w, "this", str_eq(s->id, str_c(call->visit.who.cred_id)));
	jw_end(w);
}

/* Whose: only the caller's own credential says who that is, so the gate is
 * asked a second time. To whom may see everybody's in the account, nobody's id
 * is absent; to others it is as forbidden as somebody's. */
static int
whose(struct call *call)
{
	struct str identity = STR_NONE;
	struct thing thing = {.kind = THING_IDENTITY}, all;
	int r = call_once(call, "identity", &identity);

	if (r != 0)
		return r;
	if (identity.p == NULL)
		identity = str_c(call->visit.who.identity);
	thing.name = arena_str(call->arena, identity);
	thing.account = arena_str(call->arena, str_c(call->visit.who.account));
	if (thing.name.p == NULL || thing.account.p == NULL)
		return FAIL(-ENOMEM);
	r = call_pass(call, VERB_SESSION_LIST, &thing);
	all = (struct thing){.kind = THING_ACCOUNT, .account = thing.account};
	return r == OUT_DENIED && gate_may(call->core, &call->visit.who,
					   VERB_SESSION_LIST, &all)
		   ? OUT_ABSENT
		   : r;
}

int
sessions_show(struct call *call, struct http_reply *reply)
{
	struct session *list = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r = whose(call);

	if (r == 0)
		r = session_list(call->core, call->thing.account,
				 call->thing.name, call->arena, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "sessions");
	for (size_t i = 0; i < n; i++)
		session_write(call, &w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return json_done(call, reply, 200);
}

/* As with revoke: who may not know of it finds none. */
int
session_drop(struct call *call, struct http_reply *reply)
{
	struct found_cred *found = NULL;
	struct str id = call->params[0];
	size_t n = 0;
	int r = str_starts(id, STR("C-"))
		    ? find_cred(call->core, id, call->arena, &found, &n,
				&call->note)
		    : OUT_ABSENT;

	if (r == 0 && found->kind != FOUND_SESSION)
		r = OUT_ABSENT;
	if (r == 0)
		r = end_cred(&call->visit, found, &call->note);
	return r != 0 ? r : reply_empty(reply, 204);
}
