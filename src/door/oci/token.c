#include "door/oci/inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/session.h"

/* A login, however it was asked for. */
struct login {
	struct proof proof;
	bool offline; /* a token to keep is wanted */
	bool post;
	struct scope scopes[SCOPE_COUNT_MAX];
	size_t n_scopes;
};

static int
wrong(struct call *call, const char *code, const char *why)
{
	oci_of(call)->code = oci_of(call)->noun == NOUN_GRANT ? code : NULL;
	return note_set(&call->note, OUT_MALFORMED, "%s", why);
}

/* Tokens are never made for another audience than ours. */
static int
service_check(struct call *call, const struct form *f)
{
	if (form_count(f, "service") != 1 ||
	    !str_eq(form_get(f, "service"), STR(OCI_SERVICE)))
		return wrong(call, "invalid_request",
			     "'service' is given once and is " OCI_SERVICE);
	return 0;
}

static int
scopes_read(struct call *call, const struct form *f, struct login *login)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!str_eq(f->pairs[i].name, STR("scope")))
			continue;
		if (scope_parse(f->pairs[i].value, login->scopes,
				SCOPE_COUNT_MAX, &login->n_scopes) != 0)
			return wrong(call, "invalid_scope",
				     "too many scopes at once");
	}
	return 0;
}

static int
prove(struct call *call, struct login *login)
{
	if (login->proof.kind == PROOF_NONE)
		return OUT_UNPROVEN; /* nothing here is public */
	return oci_prove(call, &login->proof);
}

/* What may not have a token to keep gets none, and logs in all the same. */
static int
keep(struct call *call, const struct login *login, struct secret *ret)
{
	int r = 0;

	if (login->offline)
		r = identity_token_issue(call->core, &call->visit.who,
					 str_c(call->region->name), ret);
	return r == OUT_DENIED ? 0 : r;
}

static void
put_scope(struct buf *b, const struct scope *s)
{
	const char *comma = "";

	if (s->actions == 0)
		return;
	if (b->n > 0)
		buf_addc(b, ' ');
	if (s->name.n == 0) {
		buf_adds(b, "registry:catalog:*");
		return;
	}
	buf_addf(b, "repository:%.*s:", STR_ARG(s->name));
	if ((s->actions & SCOPE_PULL) != 0) {
		buf_adds(b, "pull");
		comma = ",";
	}
	if ((s->actions & SCOPE_PUSH) != 0) {
		buf_addf(b, "%spush", comma);
		comma = ",";
	}
	if ((s->actions & SCOPE_DELETE) != 0)
		buf_addf(b, "%sdelete", comma);
}

static void
put_scopes(struct jw *w, const struct login *login)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	for (size_t i = 0; i < login->n_scopes; i++)
		put_scope(&text, &login->scopes[i]);
	jw_str(w, "scope", buf_str(&text));
}

static int
put_login(const struct login *login, struct str token, int64_t expires_in,
	  const struct secret *kept, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct str keep_this = secret_reveal(kept);
	char now[32];

	enc_time(clock_now(), now);
	reply->wipe = true;
	jw_object(&w, NULL);
	jw_plain(&w, "token", token);
	jw_plain(&w, "access_token", token);
	if (login->post)
		put_scopes(&w, login);
	jw_int(&w, "expires_in", expires_in);
	jw_c(&w, "issued_at", now);
	if (keep_this.n > 0)
		jw_plain(&w, "refresh_token", keep_this);
	jw_end(&w);
	return reply_json(reply, 200);
}

static int
token_make(struct call *call, struct login *login, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret kept = SECRET_INIT;
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	struct subject *who = &call->visit.who;
	int64_t expires_in = 0;
	int r = prove(call, login);

	if (r == 0)
		r = keep(call, login, &kept);
	if (r == 0)
		r = gate_bearer(call->core, who, call->region, call->base,
				STR(BEARER_AUDIENCE), login->scopes,
				login->n_scopes, &token, &expires_in);
	if (r != 0)
		return r;
	return put_login(login, buf_str(&token), expires_in, &kept, reply);
}

/* A token to keep is a row, and waits for the disk. */
enum run_where
oci_token_where(const struct call *call)
{
	return str_eq(call_query(call, "offline_token"), STR("true"))
		   ? RUN_POOL
		   : RUN_INLINE;
}

int
oci_token_get(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct login login = {.offline = oci_token_where(call) == RUN_POOL};
	int r = service_check(call, &call->query);

	if (r == 0)
		r = scopes_read(call, &call->query, &login);
	if (r == 0)
		r = oci_proof(call, &login.proof, &decoded);
	/* A bearer is what is given here, not what is taken. */
	if (r == 0 && login.proof.kind == PROOF_BEARER)
		r = OUT_UNPROVEN;
	return r != 0 ? r : token_make(call, &login, reply);
}

static int
grant_proof(struct call *call, struct proof *ret)
{
	const struct form *f = &call->form;
	struct str type = form_get(f, "grant_type");

	if (form_count(f, "grant_type") != 1 || form_count(f, "username") > 1 ||
	    form_count(f, "password") > 1 || form_count(f, "refresh_token") > 1)
		return wrong(call, "invalid_request",
			     "one 'grant_type', and what belongs to it once");
	if (str_eq(type, STR("password"))) {
		oci_proof_basic(form_get(f, "username"),
				form_get(f, "password"), ret);
		return 0;
	}
	if (!str_eq(type, STR("refresh_token")))
		return wrong(call, "unsupported_grant_type",
			     "'grant_type' is password or refresh_token");
	*ret = (struct proof){.kind = PROOF_IDENTITY,
			      .secret = form_get(f, "refresh_token")};
	return 0;
}

int
oci_token_post(struct call *call, struct http_reply *reply)
{
	struct login login = {.post = true};
	int r = grant_proof(call, &login.proof);

	if (r == 0)
		r = service_check(call, &call->form);
	if (r == 0)
		r = scopes_read(call, &call->form, &login);
	if (r != 0)
		return r;
	login.offline =
	    str_eq(form_get(&call->form, "access_type"), STR("offline"));
	return token_make(call, &login, reply);
}
