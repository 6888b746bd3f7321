/*
 * Rotation's end: the credential that another took the place of goes with that
 * one's first use. Access keys have their own (pubkey_end.c), since their doors
 * can wait for it.
 */
#include "core/cred_settle.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/gate_inner.h"
#include "core/sql.h"
#include "json/json.h"

static const struct settle {
	enum cred_kind kind;
	enum verb verb;
	int old, next, end, inherit;
} settles[] = {
    {CRED_API_KEY, VERB_APIKEY_DELETE, SQL_settle_api_key,
     SQL_settle_api_key_next, SQL_settle_api_key_end,
     SQL_settle_api_key_inherit},
    {CRED_REGISTRY_TOKEN, VERB_REGISTRYTOKEN_DELETE, SQL_settle_registry_token,
     SQL_settle_registry_token_next, SQL_settle_registry_token_end,
     SQL_settle_registry_token_inherit},
};

static const struct settle *
settle_of(enum cred_kind kind)
{
	for (size_t i = 0; i < nitems(settles); i++)
		if (settles[i].kind == kind)
			return &settles[i];
	return NULL;
}

/* The row of the old one says which one made it superfluous. */
static int
trail(struct core *core, struct db_at *at, const struct settle *s,
      struct db_rows *old, struct str id)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct visit v = {.core = core, .verb = s->verb, .at = clock_now()};
	char thing[CRED_WORD_MAX], by[CRED_WORD_MAX], old_id[CRED_ID_MAX + 1];
	struct jw w = JW(&detail);
	int r = FIELD_PUT(v.account, db_str(old, 1));

	v.who.cred = s->kind;
	if (r == 0)
		r = FIELD_PUT(v.who.cred_id, id);
	if (r == 0)
		r = FIELD_PUT(v.who.account, db_str(old, 1));
	if (r == 0)
		r = FIELD_PUT(old_id, db_str(old, 0));
	if (r != 0)
		return r;
	cred_word(s->kind, old_id, thing);
	cred_word(s->kind, v.who.cred_id, by);
	jw_object(&w, NULL);
	jw_c(&w, "replaced_by", by);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

static int
settle_one(struct core *core, struct db_at *at, const struct settle *s,
	   struct str id)
{
	CLEAN(db_rows_clear) struct db_rows old = DB_ROWS_INIT;
	struct str before;
	int r = db_one(at, s->old, &old, "s", id);

	if (r != 0)
		return r;
	if (db_int(&old, 3) != 0)
		return OUT_CONFLICT;
	before = db_null(&old, 2) ? STR_NONE : db_str(&old, 2);
	r = FOLD(db_exec(at, s->next, NULL, "sS", id, before));
	if (r == 0)
		r = FOLD(db_exec(at, s->end, NULL, "s", db_str(&old, 0)));
	if (r == 0)
		r = trail(core, at, s, &old, id);
	if (r == 0)
		gate_changed(at);
	return r;
}

/* It may have been replaced before the one that it replaced had ended itself:
 * each end moves the next into its place, until all are gone. */
int
cred_settle(struct core *core, struct db_at *at, enum cred_kind kind,
	    struct str id)
{
	const struct settle *s = settle_of(kind);
	int r = 0;

	if (s == NULL)
		return 0;
	while (r == 0)
		r = settle_one(core, at, s, id);
	if (r == OUT_ABSENT)
		r = FOLD(db_exec(at, s->next, NULL, "sS", id, STR_NONE));
	return r == OUT_CONFLICT ? 0 : r;
}

int
cred_inherit(struct db_at *at, enum cred_kind kind, struct str id)
{
	const struct settle *s = settle_of(kind);

	return s == NULL ? 0 : FOLD(db_exec(at, s->inherit, NULL, "s", id));
}
