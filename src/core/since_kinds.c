/*
 * What can be taken away, and how it is taken away again: by the same functions
 * as the first time, for a visit of this program's own.
 */
#include "core/since_inner.h"

#include "base/clock.h"
#include "core/account.h"
#include "core/audit.h"
#include "core/gate_inner.h"
#include "core/keypair.h"
#include "core/pubkey.h"
#include "core/regtoken.h"
#include "core/server.h"
#include "core/session.h"
#include "core/sql.h"

static int
visit_make(const struct since_one *one, enum verb verb, struct visit *ret)
{
	*ret = (struct visit){.core = one->core,
			      .verb = verb,
			      .at = clock_now(),
			      .who = {.addr = "restore"}};
	return FIELD_PUT(ret->account, one->account);
}

static int
repeat_token(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_REGISTRYTOKEN_DELETE, &v);

	return r != 0 ? r : regtoken_remove(&v, one->second, one->id);
}

static int
repeat_api_key(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_APIKEY_DELETE, &v);

	return r != 0 ? r : api_key_delete(&v, one->id);
}

static int
repeat_session(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_SESSION_END, &v);

	return r != 0 ? r : session_end(&v, one->id);
}

static int
repeat_disable(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_USER_UPDATE, &v);

	return r != 0 ? r : user_disable(&v, one->id, true);
}

static int
repeat_user_key(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_USERKEY_DELETE, &v);

	return r != 0 ? r : user_key_remove(&v, one->id);
}

static int
repeat_access_key(const struct since_one *one)
{
	struct visit v;
	uint64_t id;
	int r = visit_make(one, VERB_ACCESSKEY_DELETE, &v);

	if (r == 0)
		r = str_u64(one->id, INT64_MAX, &id);
	return r != 0 ? r : access_key_remove(&v, (int64_t)id);
}

static int
repeat_key_pair(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_KEYPAIR_DELETE, &v);

	v.thing.kind = THING_KEYPAIR;
	if (r == 0)
		r = FIELD_PUT(v.object, one->id);
	return r != 0 ? r : keypair_delete(&v);
}

static int
repeat_server(const struct since_one *one)
{
	struct visit v;
	int r = visit_make(one, VERB_SERVER_DELETE, &v);

	v.thing.kind = THING_SERVER;
	if (r == 0)
		r = FIELD_PUT(v.object, one->id);
	return r != 0 ? r : server_delete(&v);
}

struct password {
	const struct visit *by;
	struct str id;
};

static int
password_write(struct db_at *at, void *arg)
{
	const struct password *p = arg;
	const struct str none = {NULL, 0};
	struct thing thing = {.kind = THING_IDENTITY, .name = p->id};
	char text[AUDIT_THING_MAX];
	int r = FOLD(db_exec(at, SQL_identity_set_password, NULL, "sSi", p->id,
			     none, p->by->at));

	if (r == 0)
		r = FOLD(
		    db_exec(at, SQL_identity_end_sessions, NULL, "s", p->id));
	if (r != 0)
		return r;
	gate_changed(at);
	return audit_change(at, p->by, audit_thing_text(&thing, text),
			    STR("{\"cleared\":true}"));
}

/* There is none afterwards. That of the later data is not taken over: their
 * trail says that there was another, not which, and whoever could write to
 * those data could make it his own. */
static int
repeat_password(const struct since_one *one)
{
	struct visit v;
	struct password p = {.by = &v, .id = one->id};
	int r = visit_make(one, VERB_PASSWORD_SET, &v);

	return r != 0 ? r : gate_write(&v, password_write, &p);
}

/* The visit is to the server that has the credential. */
static int
machine_aim(struct str credential, struct visit *v)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(v->core->db, &view);

	v->thing.kind = THING_SERVER;
	if (r == 0)
		r = db_one(view, SQL_cred_machine, &rows, "s", credential);
	return r != 0 ? r : FIELD_PUT(v->object, db_str(&rows, 1));
}

/* The one that the machine had before it enrolled: "machine:" and its id. */
static int
repeat_enrolment(const struct since_one *one)
{
	struct visit v;
	struct str word, id;
	int r = visit_make(one, VERB_SEED_ENROL, &v);

	if (r == 0 && !str_cut(one->id, ':', &word, &id))
		r = OUT_MALFORMED;
	if (r == 0)
		r = machine_aim(id, &v);
	return r != 0 ? r : server_credential_end(&v, id);
}

const struct since_kind since_kinds[] = {
    {VERB_REGISTRYTOKEN_DELETE, SQL_since_token, NULL, "region", repeat_token,
     ""},
    {VERB_APIKEY_DELETE, SQL_since_api_key, NULL, NULL, repeat_api_key, ""},
    {VERB_SESSION_END, SQL_since_session, NULL, NULL, repeat_session, ""},
    {VERB_USER_UPDATE, SQL_since_enabled, NULL, NULL, repeat_disable, ""},
    {VERB_PASSWORD_SET, SQL_since_password, NULL, NULL, repeat_password,
     "it has no password after --apply: latchkey user passwd"},
    {VERB_USERKEY_DELETE, SQL_since_user_key, NULL, NULL, repeat_user_key, ""},
    {VERB_ACCESSKEY_DELETE, SQL_since_access_key, NULL, NULL, repeat_access_key,
     ""},
    {VERB_ACCESSKEY_UPDATE, SQL_since_access_key_terms, NULL, NULL, NULL,
     "other addresses or another end: look at this access key"},
    {VERB_KEYPAIR_DELETE, SQL_since_key_pair, "id", NULL, repeat_key_pair, ""},
    {VERB_SERVER_DELETE, SQL_since_server, "id", NULL, repeat_server, ""},
    {VERB_SERVER_SET_KEY, SQL_since_server_trusts, "id", NULL, NULL,
     "it trusts its old key again: latchkey server set-keypair"},
    {VERB_SERVER_SEED, SQL_since_server_seed, "id", NULL, NULL,
     "its old first boot counts again: latchkey server seed-url"},
    {VERB_SEED_ENROL, SQL_since_machine, "replaces", NULL, repeat_enrolment,
     "what it has now is unknown here: latchkey server seed-url"},
    {VERB_ACCOUNT_UPDATE, SQL_since_git_http, NULL, NULL, NULL,
     "git over HTTP is as it was before"},
    {VERB_NAMESPACE_DELETE, SQL_since_namespace, NULL, "region", NULL,
     "it is back: latchkey cr namespace-rm"},
    {VERB_GIT_DELETE, SQL_since_git_repo, "id", NULL, NULL,
     "it is back: latchkey repo delete"},
    {VERB_IMAGE_DELETE, SQL_since_image, NULL, "digest", NULL,
     "it is back: latchkey cr image-rm"},
};
const size_t n_since_kinds = nitems(since_kinds);
