#include "base/clock.h"
#include "core/audit.h"
#include "core/server.h"
#include "door/api/inner.h"

static int
key_write(struct who *who, struct jw *w, const struct server_key *k)
{
	int r;

	jw_object(w, "key");
	jw_str(w, "keypair_id", k->pair);
	jw_str(w, "keypair", k->pair_name);
	jw_bool(w, "keypair_deleted", k->pair_gone);
	jw_str(w, "type", k->type);
	jw_int(w, "bits", k->bits);
	r = pubkey_write(w, k->type, k->blob, k->comment, true);
	time_write(w, "since", k->from_at);
	who_write(who, w, "by", k->from_by);
	jw_end(w);
	return r;
}

static const char *
server_state(const struct server *s)
{
	if (s->reported_at != 0)
		return "ready";
	return s->seed.first_at != 0 ? "booting" : "new";
}

static const char *
seed_state(const struct server *s, int64_t now)
{
	if (!s->seed.is)
		return "none";
	if (s->seed.closed_at != 0)
		return "closed";
	if (s->seed.expires_at <= now)
		return "expired";
	return s->seed.first_at != 0 ? "started" : "open";
}

static void
when(struct jw *w, const char *name, int64_t ms)
{
	if (ms != 0)
		time_write(w, name, ms);
}

/* Where a first boot finds what it needs, and how a kernel is told. */
static int
url_write(const struct call *call, struct jw *w, const struct server *s,
	  struct str token)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT, kernel = BUF_INIT;

	(void)buf_addf(&url, "%.*s/metadata/%.*s/", STR_ARG(call->base),
		       STR_ARG(token));
	(void)buf_addf(&kernel, "ds=nocloud-net;s=%s;i=%.*s;h=%.*s", url.p,
		       STR_ARG(s->id), STR_ARG(s->name));
	jw_str(w, "url", buf_str(&url));
	jw_str(w, "kernel", buf_str(&kernel));
	return buf_err(&url) != 0 ? buf_err(&url) : buf_err(&kernel);
}

static int
seed_write(const struct call *call, struct jw *w, const struct server *s,
	   struct str token)
{
	int r = 0;

	jw_object(w, "seed");
	jw_c(w, "state", seed_state(s, clock_now()));
	if (s->seed.is) {
		when(w, "expires_at", s->seed.expires_at);
		when(w, "first_fetched_at", s->seed.first_at);
		if (s->seed.first_at != 0)
			jw_str(w, "first_fetched_from", s->seed.first_from);
		when(w, "enrolled_at", s->seed.enrolled_at);
	}
	if (token.n > 0)
		r = url_write(call, w, s, token);
	jw_end(w);
	return r;
}

static void
asked_write(struct call *call, struct jw *w, const struct server *s)
{
	struct last_use use;

	if (s->credential.n == 0 ||
	    audit_last_use(call->core, CRED_MACHINE, s->credential, call->arena,
			   &use) != 0)
		return;
	jw_object(w, "last_asked");
	time_write(w, "at", use.at);
	jw_str(w, "addr", use.addr);
	jw_end(w);
}

int
server_write(struct call *call, struct jw *w, const struct server *s,
	     struct str token)
{
	struct who who = {.call = call};
	int r, r2;

	jw_object(w, NULL);
	jw_str(w, "id", s->id);
	jw_str(w, "name", s->name);
	jw_str(w, "project", s->place);
	r = key_write(&who, w, &s->key);
	jw_c(w, "state", server_state(s));
	jw_bool(w, "follows", s->follows_since != 0);
	asked_write(call, w, s);
	if (s->reported_at != 0) {
		jw_str(w, "hostname", s->hostname);
		jw_str(w, "fqdn", s->fqdn);
		time_write(w, "reported_at", s->reported_at);
		jw_str(w, "reported_from", s->reported_from);
	}
	jw_int(w, "user_data_bytes", s->user_data_len);
	r2 = seed_write(call, w, s, token);
	who_write(&who, w, "created_by", s->created_by);
	time_write(w, "created_at", s->created_at);
	return r != 0 ? r : r2;
}

static int
host_keys_write(struct call *call, struct jw *w, const struct server *s)
{
	struct server_host_key *list = NULL;
	size_t n = 0;
	int r = server_host_keys(call->core, s->id, call->arena, &list, &n);

	jw_array(w, "host_keys");
	for (size_t i = 0; i < n && r == 0; i++) {
		jw_object(w, NULL);
		jw_str(w, "type", list[i].type);
		r = pubkey_write(w, list[i].type, list[i].blob, STR_NONE,
				 false);
		jw_end(w);
	}
	jw_end(w);
	return r;
}

int
server_reply(struct call *call, const struct server *s, struct str token,
	     struct http_reply *reply, int status)
{
	struct jw w = JW(&reply->body);
	int r = server_write(call, &w, s, token);

	if (r == 0)
		r = host_keys_write(call, &w, s);
	jw_end(&w);
	return r != 0 ? r : json_done(call, reply, status);
}

int
server_show(struct call *call, struct http_reply *reply)
{
	struct server s;
	int r =
	    server_get(call->core, str_c(call->visit.object), call->arena, &s);

	return r != 0 ? r : server_reply(call, &s, STR_NONE, reply, 200);
}

static int
history_write(struct who *who, struct jw *w, const struct server_key *k)
{
	int r;

	jw_object(w, NULL);
	jw_str(w, "keypair_id", k->pair);
	jw_str(w, "keypair", k->pair_name);
	jw_bool(w, "keypair_deleted", k->pair_gone);
	jw_str(w, "type", k->type);
	jw_int(w, "bits", k->bits);
	r = pubkey_write(w, k->type, k->blob, k->comment, false);
	time_write(w, "from", k->from_at);
	who_write(who, w, "by", k->from_by);
	if (k->to_at != 0) {
		time_write(w, "to", k->to_at);
		who_write(who, w, "ended_by", k->to_by);
	}
	jw_end(w);
	return r;
}

int
server_keys_show(struct call *call, struct http_reply *reply)
{
	struct who who = {.call = call};
	struct jw w = JW(&reply->body);
	struct server_key *list = NULL;
	size_t n = 0;
	int r = server_history(call->core, str_c(call->visit.object),
			       call->arena, &list, &n);

	jw_object(&w, NULL);
	jw_array(&w, "keys");
	for (size_t i = 0; i < n && r == 0; i++)
		r = history_write(&who, &w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return r != 0 ? r : json_done(call, reply, 200);
}
