/* Whoever has an invitation's code takes it up. */
#include "core/invite.h"

#include "base/clock.h"
#include "core/account_inner.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"

struct accept {
	struct visit by;
	struct str password, name;
	char invitation[UUID_LEN + 1];
	char email_key[EMAIL_MAX + 1];
	char home[ACCOUNT_ID_LEN + 1];
	char hash[PASSWD_HASH_LEN]; /* stored, or the new one */
	char old_name[NAME_MAX_BYTES + 1];
	bool begins, disabled;
	int64_t version;
};

enum {
	COL_ID,
	COL_ACCOUNT,
	COL_IDENTITY,
	COL_EXPIRES,
	COL_HOME,
	COL_STATE,
	COL_DISABLED,
	COL_PASSWORD,
	COL_EMAIL_KEY,
	COL_VERSION,
	COL_NAME
};

static int
row_read(struct db_rows *rows, struct accept *c)
{
	const struct {
		char *to;
		size_t size;
		int col;
	} texts[] = {
	    {c->invitation, sizeof(c->invitation), COL_ID},
	    {c->by.account, sizeof(c->by.account), COL_ACCOUNT},
	    {c->by.who.identity, sizeof(c->by.who.identity), COL_IDENTITY},
	    {c->home, sizeof(c->home), COL_HOME},
	    {c->hash, sizeof(c->hash), COL_PASSWORD},
	    {c->email_key, sizeof(c->email_key), COL_EMAIL_KEY},
	    {c->old_name, sizeof(c->old_name), COL_NAME},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = field_put(texts[i].to, texts[i].size,
			      db_str(rows, texts[i].col));
	c->begins = str_eq(db_str(rows, COL_STATE), STR("pending"));
	c->disabled = db_int(rows, COL_DISABLED) != 0;
	c->version = db_int(rows, COL_VERSION);
	return r;
}

/* The view is closed again before the slow part. */
static int
look_up(struct core *core, struct str code, struct accept *c)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[VAULT_DIGEST_LEN];
	int r = token_looks(TOKEN_INVITATION, code)
		    ? vault_digest(core->vault, code, digest)
		    : OUT_UNPROVEN;

	if (r == 0)
		r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_invite_by_digest, &rows, "b",
			   (struct str){(const char *)digest, sizeof(digest)});
	if (r == 0 && db_int(&rows, COL_EXPIRES) <= clock_now())
		r = OUT_UNPROVEN;
	if (r == 0)
		r = row_read(&rows, c);
	return r == OUT_ABSENT ? OUT_UNPROVEN : r;
}

/* A password is chosen by somebody new and shown by who is known here. */
static int
prove(struct accept *c, struct note *note)
{
	char hash[PASSWD_HASH_LEN];
	int r;

	if (!c->begins) {
		r = passwd_check(c->disabled ? STR("") : str_c(c->hash),
				 c->password);
		return r == OUT_UNPROVEN
			   ? note_set(note, r,
				      "that is not the password of who is "
				      "invited")
			   : r;
	}
	if (c->name.n > 0 && !text_ok(c->name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	r = passwd_hash(c->password, hash);
	if (r == OUT_MALFORMED)
		return note_set(note, r, "a password has %d to %d bytes",
				PASSWD_MIN, PASSWD_MAX);
	if (r == 0)
		memcpy(c->hash, hash, sizeof(hash));
	mem_wipe(hash, sizeof(hash));
	return r;
}

/* Whom a code of the account that was to be home still waits for is expected
 * there as a member now, with what was granted; else nothing of them is left.
 */
static int
move_home(struct db_at *at, const struct accept *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str id = str_c(c->by.who.identity);
	int r;

	if (strcmp(c->home, c->by.account) == 0)
		return 0;
	r = FOLD(db_exec(at, SQL_member_delete, NULL, "ss",
			 str_c(c->by.account), id));
	if (r != 0)
		return r;
	r = db_one(at, SQL_invite_other, &rows, "ssi", str_c(c->home), id,
		   c->by.at);
	if (r == OUT_ABSENT)
		return account_leave(at, str_c(c->home), id);
	if (r != 0)
		return r;
	return FOLD(db_exec(at, SQL_member_put, NULL, "ssi", str_c(c->home), id,
			    db_int(&rows, 0)));
}

/* At home in the account whose invitation was the first to be taken up: that
 * one may set the password from now on, and not whoever guessed the address
 * first. */
static int
begin(struct db_at *at, const struct accept *c)
{
	struct str name = c->name.n > 0 ? c->name : str_c(c->old_name);
	int r = move_home(at, c);

	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_invite_begin, NULL, "ssssi",
				     str_c(c->by.who.identity),
				     str_c(c->by.account), name, str_c(c->hash),
				     c->by.at));
}

static int
still(struct db_at *at, const struct accept *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_invite_still, &rows, "s", str_c(c->invitation));

	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	return db_int(&rows, 0) == c->version &&
		       str_eq(db_str(&rows, 1), str_c(c->home))
		   ? 0
		   : OUT_UNPROVEN;
}

static int
accept_write(struct db_at *at, void *arg)
{
	const struct accept *c = arg;
	struct thing thing = {.kind = THING_IDENTITY,
			      .name = str_c(c->by.who.identity)};
	char text[AUDIT_THING_MAX];
	int r = still(at, c);

	if (r == 0 && c->begins)
		r = begin(at, c);
	else if (r == 0)
		r = FOLD(db_exec(at, SQL_member_join, NULL, "ssi",
				 str_c(c->by.account),
				 str_c(c->by.who.identity), c->by.at));
	if (r == 0)
		r = FOLD(db_exec(at, SQL_invite_delete, NULL, "s",
				 str_c(c->invitation)));
	if (r != 0)
		return r;
	gate_granted(at, str_c(c->by.account));
	gate_granted(at, str_c(c->home));
	return audit_change(at, &c->by, audit_thing_text(&thing, text),
			    STR("{\"accepted\":true}"));
}

static int
accept_run(struct accept *c, struct str code, int64_t *ret_wait_s,
	   struct note *note)
{
	struct core *core = c->by.core;
	struct str addr = str_c(c->by.who.addr);
	int r = gate_throttle(core, addr, STR_NONE, ret_wait_s);

	if (r == 0)
		r = look_up(core, code, c);
	if (r == 0)
		r = gate_throttle(core, addr, str_c(c->email_key), ret_wait_s);
	if (r == 0)
		r = prove(c, note);
	if (r == 0)
		r = gate_write(&c->by, accept_write, c);
	if (r == 0)
		gate_throttle_ok(core, addr, str_c(c->email_key));
	else if (r == OUT_UNPROVEN)
		gate_throttle_fail(core, addr, str_c(c->email_key));
	return r;
}

int
invite_accept(struct core *core, const struct accept_ask *ask, struct arena *a,
	      struct accepted *ret, int64_t *ret_wait_s, struct note *note)
{
	struct accept c = {
	    .by = {.core = core, .verb = VERB_USER_UPDATE, .at = clock_now()},
	    .name = ask->name,
	    .password = ask->password};
	int r;

	if (!audit_works(core))
		return OUT_BUSY;
	FIELD_CUT(c.by.who.addr, ask->addr);
	r = accept_run(&c, ask->code, ret_wait_s, note);
	mem_wipe(c.hash, sizeof(c.hash));
	if (r == OUT_UNPROVEN)
		audit_refusal(core, &c.by.who, VERB_LOGIN, str_c(c.by.account),
			      STR_NONE, out_text(r));
	if (r != 0)
		return r;
	memcpy(ret->account, c.by.account, sizeof(ret->account));
	return user_get(core, str_c(c.by.who.identity), a, &ret->user);
}
