#include "core/account_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/rules.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

static const struct str leak_actions[] = {STR_INIT("none"), STR_INIT("disable"),
					  STR_INIT("delete")};

void
key_plan_clear(struct key_plan *p)
{
	secret_clear(&p->value);
}

bool
key_action_ok(struct str action)
{
	for (size_t i = 0; i < nitems(leak_actions); i++)
		if (str_eq(leak_actions[i], action))
			return true;
	return action.n == 0;
}

static int
ask_check(const struct api_key_ask *ask, struct note *note)
{
	if (!text_ok(ask->name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	if (!text_ok(ask->description, TEXT_MAX_BYTES, true))
		return note_set(note, OUT_MALFORMED, "not a description");
	if (!key_action_ok(ask->action_when_leaked))
		return note_set(
		    note, OUT_MALFORMED,
		    "action_when_leaked is none, disable or delete");
	if (ask->expires_at != 0 && ask->expires_at <= clock_now())
		return note_set(note, OUT_MALFORMED, "expires in the past");
	if (ask->until != 0 && ask->until <= clock_now())
		return note_set(note, OUT_MALFORMED,
				"the replaced key would end in the past");
	if (ask->value.p != NULL &&
	    (ask->value.n < API_KEY_VALUE_MIN || ask->value.n > SECRET_MAX ||
	     !str_printable(ask->value)))
		return note_set(
		    note, OUT_MALFORMED,
		    "a key's value has %d to %d printable characters",
		    API_KEY_VALUE_MIN, SECRET_MAX);
	return 0;
}

int
key_plan_make(struct core *core, const struct api_key_ask *ask,
	      struct key_plan *ret, struct note *note)
{
	CLEAN(key_plan_clear) struct key_plan p = KEY_PLAN_INIT;
	char uuid[UUID_LEN + 1];
	int r = ask_check(ask, note);

	if (r == 0)
		r = rand_uuid(uuid);
	if (r == 0 && ask->value.p != NULL)
		r = secret_set(&p.value, ask->value);
	else if (r == 0)
		r = rand_token(TOKEN_API_KEY, &p.value);
	if (r == 0)
		r = vault_digest(core->vault, secret_reveal(&p.value),
				 p.digest);
	if (r != 0)
		return r;
	(void)snprintf(p.id, sizeof(p.id), "ApiKey-%s", uuid);
	p.ask = ask;
	*ret = p;
	p.value.slot = NULL; /* moved */
	return 0;
}

int
key_trail(struct db_at *at, const struct visit *by, enum verb verb,
	  struct str id, struct str identity, struct str name)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX];
	struct visit v = *by;
	struct jw w = JW(&detail);

	v.verb = verb;
	jw_object(&w, NULL);
	jw_str(&w, "identity", identity);
	jw_str(&w, "name", name);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "%s:%.*s",
		       cred_kind_name(CRED_API_KEY), STR_ARG(id));
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

static int
room_for_one(struct db_at *at, struct str identity)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_api_key_count, &rows, "s", identity);

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < API_KEYS_MAX ? 0 : OUT_TOO_MANY;
}

/* The key that is replaced: one of the same owner, which nobody has locked. It
 * ends at that moment, or with the new one's first use: then the new row says
 * so. */
static int
replaced_end(struct db_at *at, const struct visit *by,
	     const struct api_key_ask *k, struct note *note)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_api_key_by_id, &rows, "s", k->replaces);

	if (r == 0 &&
	    (!str_eq(db_str(&rows, API_KEY_COL_ACCOUNT), k->account) ||
	     !str_eq(db_str(&rows, API_KEY_COL_IDENTITY), k->identity)))
		r = OUT_ABSENT;
	if (r != 0)
		return r != OUT_ABSENT
			   ? r
			   : note_set(note, r, "no such key to replace");
	if (db_int(&rows, API_KEY_COL_LOCKED) != 0)
		return note_set(note, OUT_CONFLICT,
				"the key to be replaced is locked");
	if (k->until == 0)
		return 0;
	gate_changed(at);
	r = FOLD(db_exec(at, SQL_api_key_end_at, NULL, "sii", k->replaces,
			 k->until, by->at));
	return r != 0 ? r
		      : key_trail(at, by, VERB_APIKEY_UPDATE, k->replaces,
				  k->identity, db_str(&rows, API_KEY_COL_NAME));
}

int
key_put(struct db_at *at, const struct visit *by, const struct key_plan *p,
	struct note *note)
{
	const struct api_key_ask *k = p->ask;
	struct str digest = {(const char *)p->digest, sizeof(p->digest)};
	struct str action = k->action_when_leaked.n > 0 ? k->action_when_leaked
							: leak_actions[0];
	struct str by_id =
	    by->who.identity[0] != '\0' ? str_c(by->who.identity) : k->identity;
	struct str replaces =
	    k->replaces.n > 0 && k->until == 0 ? k->replaces : STR_NONE;
	int r = room_for_one(at, k->identity);

	if (r == 0)
		r = rules_end(at, k->account, RULES_API_KEY, by->at,
			      k->expires_at, note);
	if (r == 0 && k->replaces.n > 0)
		r = replaced_end(at, by, k, note);
	if (r == 0)
		r = db_exec(at, SQL_api_key_insert, NULL, "sssssbiiisIsiS",
			    str_c(p->id), k->account, k->identity, k->name,
			    k->description, digest, (int64_t)k->locked,
			    (int64_t)k->disabled, (int64_t)k->support_sessions,
			    action, k->expires_at != 0 ? &k->expires_at : NULL,
			    by_id, by->at, replaces);
	return r != 0 ? r
		      : key_trail(at, by, VERB_APIKEY_CREATE, str_c(p->id),
				  k->identity, k->name);
}

struct create {
	const struct visit *by;
	struct api_key_ask *ask; /* of the plan */
	const struct key_plan *plan;
	struct note *note;
	bool rotates;
};

/* Who came with a key may replace that one, and no other, without any right. */
static bool
is_own_rotation(const struct visit *by, const struct api_key_ask *ask)
{
	return ask->replaces.n > 0 && by->who.cred == CRED_API_KEY &&
	       str_eq(ask->replaces, str_c(by->who.cred_id)) &&
	       str_eq(ask->identity, str_c(by->who.identity));
}

/* A rule of the account: keys of people are made by who administers it. */
static int
restricted(struct db_at *at, const struct create *c)
{
	struct rules rules;
	int r = rules_get(at, str_c(c->by->account), NULL, &rules);

	if (r == 0 && rules.restrict_api_key)
		r = user_administers(at, c->by);
	return r == OUT_DENIED ? note_set(c->note, r,
					  "the account's rules let its "
					  "administrators alone make API keys "
					  "of people")
			       : r;
}

enum {
	HOLDER_HOME,
	HOLDER_OPERATOR,
	HOLDER_OWNER,
	HOLDER_KIND,
	HOLDER_LOCKED,
	HOLDER_STATE,
	HOLDER_MEMBER
};

/* The identity must belong to this account, and be able to hold a key. */
static int
holder_check(struct db_at *at, const struct create *c, bool *ret_person)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str id = c->ask->identity;
	bool self = str_eq(id, str_c(c->by->who.identity));
	bool home;
	int r = db_one(at, SQL_api_key_holder, &rows, "ss", id,
		       str_c(c->by->account));

	if (r != 0)
		return r;
	home = str_eq(db_str(&rows, HOLDER_HOME), str_c(c->by->account));
	if (!home && db_null(&rows, HOLDER_MEMBER))
		return OUT_ABSENT;
	if (!str_eq(db_str(&rows, home ? HOLDER_STATE : HOLDER_MEMBER),
		    STR("active")))
		return note_set(c->note, OUT_CONFLICT,
				"the invitation was not accepted yet");
	/* An administrator must not become the owner or the operator. */
	if (!self && (db_int(&rows, HOLDER_OPERATOR) != 0 ||
		      str_eq(db_str(&rows, HOLDER_OWNER), id)))
		return OUT_DENIED;
	if (db_int(&rows, HOLDER_LOCKED) != 0)
		return note_set(c->note, OUT_CONFLICT,
				"the service ID is locked: unlock it first");
	*ret_person = str_eq(db_str(&rows, HOLDER_KIND), STR("user"));
	return 0;
}

/* A service ID is administered by whom the gate let through to this one; what
 * people may is theirs. */
static int
may_make(struct db_at *at, const struct create *c)
{
	static const char denied[] =
	    "keys are made for oneself, or by who may do everything";
	const struct visit *by = c->by;
	struct str id = c->ask->identity;
	bool service = str_starts(id, STR("iam-ServiceId-"));

	if (service && by->verb == VERB_APIKEY_CREATE &&
	    by->thing.kind == THING_IDENTITY)
		return str_eq(by->thing.name, id)
			   ? 0
			   : note_set(c->note, OUT_DENIED, "%s", denied);
	return str_eq(id, str_c(by->who.identity))
		   ? 0
		   : user_may_give(at, by, denied, c->note);
}

/* Without any right a key is replaced and not multiplied: the old one ends with
 * the first use of the new one, which ends when the old one would have. */
static int
may_rotate(struct db_at *at, const struct create *c)
{
	static const char denied[] =
	    "who may make no keys replaces the one that they came with by one "
	    "that ends no later, until its first use";
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct api_key_ask *ask = c->ask;
	int64_t end;
	int r = c->rotates
		    ? db_one(at, SQL_api_key_by_id, &rows, "s", ask->replaces)
		    : OUT_DENIED;

	if (r != 0)
		return r;
	end = db_null(&rows, API_KEY_COL_EXPIRES)
		  ? 0
		  : db_int(&rows, API_KEY_COL_EXPIRES);
	if (ask->until != 0 || (end != 0 && ask->expires_at > end))
		return note_set(c->note, OUT_DENIED, "%s", denied);
	if (ask->expires_at == 0)
		ask->expires_at = end;
	return 0;
}

static int
create_write(struct db_at *at, void *arg)
{
	const struct create *c = arg;
	bool person = false;
	int may = c->by->verb == VERB_WHOAMI ? OUT_DENIED : may_make(at, c);
	int r = may == OUT_DENIED && c->rotates ? 0 : may;

	if (r == 0)
		r = holder_check(at, c, &person);
	if (r != 0)
		return r;
	if (may == 0 && person)
		may = restricted(at, c);
	if (may == OUT_DENIED)
		may = may_rotate(at, c);
	return may != 0 ? may : key_put(at, c->by, c->plan, c->note);
}

int
api_key_create(const struct visit *by, const struct api_key_ask *ask,
	       struct arena *a, struct api_key *ret, struct secret *ret_value,
	       struct note *note)
{
	CLEAN(key_plan_clear) struct key_plan plan = KEY_PLAN_INIT;
	struct api_key_ask own = *ask;
	struct create c = {.by = by, .ask = &own, .plan = &plan, .note = note};
	int r;

	if (!str_eq(ask->account, str_c(by->account)))
		return OUT_DENIED;
	c.rotates = is_own_rotation(by, ask);
	if (!c.rotates && by->verb == VERB_WHOAMI)
		return OUT_DENIED;
	r = key_plan_make(by->core, &own, &plan, note);
	if (r == 0)
		r = gate_write(by, create_write, &c);
	if (r == 0)
		r = api_key_get(by->core, str_c(plan.id), a, ret);
	if (r == 0)
		ret_value->slot = TAKE(plan.value.slot);
	return r;
}
