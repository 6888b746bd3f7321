/*
 * What can be taken away, and how it is taken away again: by the same functions
 * as the first time, for a visit of this program's own.
 */
#include "core/since_inner.h"

#include "base/clock.h"
#include "core/api_key.h"
#include "core/audit.h"
#include "core/gate_inner.h"
#include "core/group.h"
#include "core/invite.h"
#include "core/keypair.h"
#include "core/policy.h"
#include "core/pubkey.h"
#include "core/regtoken.h"
#include "core/server.h"
#include "core/service_id.h"
#include "core/session.h"
#include "core/sql.h"
#include "core/user.h"

static int
repeat_token(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_REGISTRYTOKEN_DELETE, &v);

	return r != 0 ? r : regtoken_remove(&v, one->second, one->id);
}

static int
repeat_service_id_disable(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_SERVICEID_UPDATE, &v);

	return r != 0 ? r : service_id_disable(&v, one->id, true);
}

static int
repeat_leave(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_USER_DELETE, &v);

	return r != 0 ? r : member_remove(&v, one->id);
}

static int
repeat_policy(const struct since_one *one)
{
	struct note note = {""};
	struct visit v;
	int r = since_visit(one, VERB_POLICY_DELETE, &v);

	return r != 0 ? r : policy_delete(&v, one->id, &note);
}

static int
repeat_group(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_GROUP_DELETE, &v);

	return r != 0 ? r : group_delete(&v, one->id, true);
}

static int
repeat_group_leave(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_GROUP_MEMBER_REMOVE, &v);

	return r != 0 ? r : group_member_remove(&v, one->id, one->second);
}

static int
repeat_session(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_SESSION_END, &v);

	return r != 0 ? r : session_end(&v, one->id);
}

static int
repeat_disable(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_USER_UPDATE, &v);

	return r != 0 ? r : user_disable(&v, one->id, true);
}

static int
repeat_user_key(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_USERKEY_DELETE, &v);

	return r != 0 ? r : user_key_remove(&v, one->id);
}

static int
repeat_access_key(const struct since_one *one)
{
	struct visit v;
	uint64_t id;
	int r = since_visit(one, VERB_ACCESSKEY_DELETE, &v);

	if (r == 0)
		r = str_u64(one->id, INT64_MAX, &id);
	return r != 0 ? r : access_key_remove(&v, (int64_t)id);
}

static int
repeat_key_pair(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_KEYPAIR_DELETE, &v);

	v.thing.kind = THING_KEYPAIR;
	if (r == 0)
		r = FIELD_PUT(v.object, one->id);
	return r != 0 ? r : keypair_delete(&v);
}

static int
repeat_server(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_SERVER_DELETE, &v);

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
	int r = since_visit(one, VERB_PASSWORD_SET, &v);

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
	int r = since_visit(one, VERB_SEED_ENROL, &v);

	if (r == 0 && !str_cut(one->id, ':', &word, &id))
		r = OUT_MALFORMED;
	if (r == 0)
		r = machine_aim(id, &v);
	return r != 0 ? r : server_credential_end(&v, id);
}

static int
repeat_machine(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_SERVER_SEED, &v);

	if (r == 0)
		r = machine_aim(one->id, &v);
	return r != 0 ? r : server_credential_end(&v, one->id);
}

const struct since_kind since_kinds[] = {
    {VERB_REGISTRYTOKEN_DELETE, SQL_since_identity_token, NULL, NULL,
     since_identity_token, .hand = "", .word = "identity-token"},
    {VERB_REGISTRYTOKEN_DELETE, SQL_since_token_region, NULL, NULL,
     since_token_delete, .hand = "", .word = "registry-token"},
    {VERB_REGISTRYTOKEN_DELETE, SQL_since_token, NULL, "region", repeat_token,
     .hand = ""},
    {VERB_REGISTRYTOKEN_CREATE, SQL_since_token_end, "replaces", NULL,
     since_token_end, .hand = "", .lives = since_ends_later},
    {VERB_APIKEY_DELETE, SQL_since_api_key, NULL, NULL, since_key_delete,
     .hand = ""},
    {VERB_APIKEY_UPDATE, SQL_since_api_key_state, NULL, NULL, since_key_change,
     .hand = "", .lives = since_key_lives},
    {VERB_SERVICEID_DELETE, SQL_since_identity, NULL, NULL,
     since_service_id_delete, .hand = ""},
    {VERB_SERVICEID_UPDATE, SQL_since_enabled, NULL, NULL,
     repeat_service_id_disable, .hand = ""},
    {VERB_USER_DELETE, SQL_since_accounts, NULL, NULL, repeat_leave,
     .hand = ""},
    {VERB_POLICY_DELETE, SQL_since_policy, NULL, NULL, repeat_policy,
     .hand = ""},
    {VERB_POLICY_UPDATE, SQL_since_policy_text, NULL, NULL, NULL,
     .hand = "it says what it said then: look at this policy"},
    {VERB_GROUP_DELETE, SQL_since_group, NULL, NULL, repeat_group, .hand = ""},
    {VERB_GROUP_MEMBER_REMOVE, SQL_since_group_member, NULL, "member",
     repeat_group_leave, .hand = ""},
    {VERB_ROLE_UPDATE, SQL_since_role, NULL, NULL, NULL,
     .hand = "its actions are those of then: look at this role"},
    {VERB_RULES_SET, SQL_since_rules, NULL, NULL, NULL,
     .hand = "the rules of then apply: latchkey iam account-rules"},
    {VERB_SESSION_END, SQL_since_identity_token, NULL, NULL,
     since_identity_token, .hand = "", .word = "identity-token"},
    {VERB_SESSION_END, SQL_since_access_token, NULL, NULL, since_access_token,
     .hand = "", .word = "access-token", .lives = since_not_ended},
    {VERB_SESSION_END, SQL_since_session, NULL, NULL, repeat_session,
     .hand = ""},
    {VERB_USER_CREATE, SQL_since_invitation, NULL, NULL, since_invitation,
     .hand = "", .word = "invitation"},
    {VERB_USER_CREATE, SQL_since_invited, NULL, NULL, since_invited, .hand = "",
     .flag = "invited", .in_account = true},
    {VERB_USER_UPDATE, SQL_since_enabled, NULL, NULL, repeat_disable,
     .hand = ""},
    {VERB_PASSWORD_SET, SQL_since_password, NULL, NULL, repeat_password,
     .hand = "it has no password after --apply: latchkey user passwd"},
    {VERB_USERKEY_DELETE, SQL_since_user_key, NULL, NULL, repeat_user_key,
     .hand = ""},
    {VERB_ACCESSKEY_DELETE, SQL_since_access_key, NULL, NULL, repeat_access_key,
     .hand = ""},
    {VERB_ACCESSKEY_UPDATE, SQL_since_access_key_terms, NULL, NULL, NULL,
     .hand = "other addresses or another end: look at this access key"},
    {VERB_KEYPAIR_DELETE, SQL_since_key_pair, "id", NULL, repeat_key_pair,
     .hand = ""},
    {VERB_SERVER_DELETE, SQL_since_server, "id", NULL, repeat_server,
     .hand = ""},
    {VERB_SERVER_SET_KEY, SQL_since_server_trusts, "id", NULL, NULL,
     .hand = "it trusts its old key again: latchkey server set-keypair"},
    {VERB_SERVER_SEED, SQL_since_seed, NULL, NULL, since_seed, .hand = "",
     .word = "seed"},
    {VERB_SERVER_SEED, SQL_since_credential, "ended", NULL, repeat_machine,
     .hand = ""},
    {VERB_SERVER_SEED, SQL_since_server_seed, "id", NULL, NULL,
     .hand = "its old first boot counts again: latchkey server seed-url"},
    {VERB_SEED_ENROL, SQL_since_machine, "replaces", NULL, repeat_enrolment,
     .hand = "what it has now is unknown here: latchkey server seed-url"},
    {VERB_ACCOUNT_UPDATE, SQL_since_git_http, NULL, NULL, NULL,
     .hand = "git over HTTP is as it was before"},
    {VERB_NAMESPACE_DELETE, SQL_since_namespace, NULL, "region", NULL,
     .hand = "it is back: latchkey cr namespace-rm"},
    {VERB_GIT_DELETE, SQL_since_git_repo, "id", NULL, NULL,
     .hand = "it is back: latchkey repo delete"},
    {VERB_IMAGE_DELETE, SQL_since_image, NULL, "digest", NULL,
     .hand = "it is back: latchkey cr image-rm"},
};
const size_t n_since_kinds = nitems(since_kinds);
