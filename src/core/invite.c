#include "core/invite.h"

#include "base/clock.h"
#include "core/account_inner.h"
#include "core/audit.h"
#include "core/policy.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

struct invite {
	const struct visit *by;
	struct user_plan plan; /* of who it is when nobody here knows them */
	char id[UUID_LEN + 1];
	uint8_t digest[VAULT_DIGEST_LEN];
	/* As it turned out in the write. */
	char identity[IDENTITY_ID_MAX + 1];
	struct note *note;
};

static int
put_new(struct db_at *at, const struct invite *v)
{
	int r = user_put(at, v->by, &v->plan);

	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_invite_identity_pending, NULL,
				     "ss", str_c(v->plan.id),
				     str_c(v->by->who.identity)));
}

static int
put_member(struct db_at *at, const struct invite *v)
{
	int r =
	    FOLD(db_exec(at, SQL_member_put, NULL, "ssi", str_c(v->by->account),
			 str_c(v->identity), v->by->at));

	if (r != 0 || v->plan.roles == 0)
		return r;
	return policy_give_account(at, v->by, str_c(v->identity), v->plan.roles,
				   v->plan.policy);
}

/* Whoever has the new code becomes who was invited, with all that this one was
 * granted since, wherever they are to be at home. */
static int
again(struct db_at *at, const struct invite *v)
{
	int r = policy_may_give_held(at, v->by, str_c(v->identity));

	return r == OUT_DENIED
		   ? note_set(v->note, r,
			      "who was invited has been granted more than you "
			      "administer")
		   : r;
}

/* Somebody of another account: are they expected here already? */
static int
put_known(struct db_at *at, const struct invite *v)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_invite_member_state, &rows, "ss",
		       str_c(v->by->account), str_c(v->identity));

	if (r == OUT_ABSENT)
		return put_member(at, v);
	if (r != 0)
		return r;
	return str_eq(db_str(&rows, 0), STR("pending")) ? again(at, v)
							: OUT_CONFLICT;
}

/* Makes or finds who is meant, expected in the account and no more. */
static int
put_person(struct db_at *at, struct invite *v)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_invite_identity, &rows, "s",
		       str_c(v->plan.email_key));

	if (r == OUT_ABSENT) {
		memcpy(v->identity, v->plan.id, sizeof(v->plan.id));
		return put_new(at, v);
	}
	if (r == 0)
		r = FIELD_PUT(v->identity, db_str(&rows, 0));
	if (r != 0)
		return r;
	if (!str_eq(db_str(&rows, 1), str_c(v->by->account)))
		return put_known(at, v);
	return str_eq(db_str(&rows, 2), STR("pending")) ? again(at, v)
							: OUT_CONFLICT;
}

static int
room_for_one(struct db_at *at, const struct invite *v)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = FOLD(db_one(at, SQL_invite_open, &rows, "si",
			    str_c(v->by->account), v->by->at));

	if (r != 0)
		return r;
	return db_int(&rows, 0) < INVITATIONS_MAX
		   ? 0
		   : note_set(v->note, OUT_TOO_MANY,
			      "%d invitations are open already",
			      INVITATIONS_MAX);
}

static int
trail(struct db_at *at, const struct visit *by, struct str identity,
      struct str email, const char *what)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct thing thing = {.kind = THING_IDENTITY, .name = identity};
	char text[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "email", email);
	jw_bool(&w, what, true);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

static int
invite_write(struct db_at *at, void *arg)
{
	struct invite *v = arg;
	struct str account = str_c(v->by->account);
	int r = 0;

	if (v->plan.roles != 0)
		r = user_may_give(at, v->by, USER_ROLES_DENIED, v->note);
	if (r == 0)
		r = put_person(at, v);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_member_end_invitation, NULL, "ss",
				 account, str_c(v->identity)));
	if (r == 0)
		r = room_for_one(at, v);
	if (r == 0)
		r = FOLD(db_exec(
		    at, SQL_invite_insert, NULL, "sbsssii", str_c(v->id),
		    (struct str){(const char *)v->digest, sizeof(v->digest)},
		    account, str_c(v->identity), str_c(v->by->who.identity),
		    v->by->at, v->by->at + INVITATION_LIFE_MS));
	if (r != 0)
		return r;
	gate_granted(at, account);
	return trail(at, v->by, str_c(v->identity), v->plan.email, "invited");
}

static int
code_make(struct core *core, struct invite *v, struct secret *ret)
{
	int r = rand_uuid(v->id);

	if (r == 0)
		r = rand_token(TOKEN_INVITATION, ret);
	if (r == 0)
		r = vault_digest(core->vault, secret_reveal(ret), v->digest);
	return r;
}

int
invite_create(const struct visit *by, const struct invite_ask *ask,
	      struct arena *a, struct invitation *ret, struct secret *ret_code,
	      struct note *note)
{
	CLEAN(secret_clear) struct secret code = SECRET_INIT;
	const struct user_ask user = {
	    .email = ask->email, .name = ask->name, .roles = ask->roles};
	struct invite v = {.by = by, .note = note};
	int r = user_plan_make(&user, &v.plan, note);

	if (r == 0)
		r = code_make(by->core, &v, &code);
	if (r == 0)
		r = gate_write(by, invite_write, &v);
	if (r != 0)
		return r;
	*ret = (struct invitation){.id = arena_str(a, str_c(v.id)),
				   .account = arena_str(a, str_c(by->account)),
				   .identity = arena_str(a, str_c(v.identity)),
				   .email = arena_str(a, ask->email),
				   .created_by =
				       arena_str(a, str_c(by->who.identity)),
				   .created_at = by->at,
				   .expires_at = by->at + INVITATION_LIFE_MS};
	if (ret->id.p == NULL || ret->account.p == NULL ||
	    ret->identity.p == NULL || ret->email.p == NULL ||
	    ret->created_by.p == NULL)
		return FAIL(-ENOMEM);
	ret_code->slot = TAKE(code.slot);
	return 0;
}
