#include "core/role.h"

#include "core/account_inner.h"
#include "core/audit.h"
#include "core/policy.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

#define ROLE_ID_LEN	 32
#define ROLE_DISPLAY_MAX 50
#define ROLE_CRN_MAX	 256

static bool
can_hold(const struct verb_row *row)
{
	switch (row->rule) {
	case RULE_ROLES:
	case RULE_SELF:
	case RULE_OWN:
	case RULE_GIVE:
		return true;
	case RULE_PUBLIC:
	case RULE_PROVEN:
	case RULE_OPERATOR:
	case RULE_MACHINE:
		break;
	}
	return false;
}

/* VERB_MAX: it is none of this service. */
static enum verb
verb_of(struct str service, struct str action)
{
	struct str head = str_sub(action, 0, service.n);
	struct str tail = str_sub(action, service.n, action.n);
	enum verb v = 0;

	if (!str_eq(head, service) || tail.n < 2 || tail.p[0] != '.')
		return VERB_MAX;
	tail = str_sub(tail, 1, tail.n);
	while (v < VERB_MAX && !(can_hold(verb_row(v)) &&
				 str_eq(verb_row(v)->service, service) &&
				 str_eq(verb_row(v)->action, tail)))
		v++;
	return v;
}

int
role_actions(struct str service, const struct str *actions, size_t n,
	     struct verb_set *ret, struct note *note)
{
	struct verb_set set = {{0}};

	if (n == 0 || n > ROLE_ACTIONS_MAX)
		return note_set(note, OUT_MALFORMED,
				"a role has 1 to %d actions", ROLE_ACTIONS_MAX);
	for (size_t i = 0; i < n; i++) {
		enum verb v = verb_of(service, actions[i]);

		if (v == VERB_MAX)
			return note_set(note, OUT_MALFORMED,
					"'%.*s' is no action of '%.*s'",
					STR_ARG(str_sub(actions[i], 0, 100)),
					STR_ARG(str_sub(service, 0, 100)));
		set.bits[v / 64] |= (uint64_t)1 << (v % 64);
	}
	*ret = set;
	return 0;
}

/* One that is called like a fixed role would be taken for it. */
static bool
name_ok(struct str s)
{
	if (s.n == 0 || s.n > ROLE_NAME_MAX || s.p[0] < 'A' || s.p[0] > 'Z' ||
	    role_parse(s) != 0)
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		      (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		      (s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return true;
}

struct change {
	const struct visit *by;
	struct custom_role_ask ask;
	struct str id;
	int64_t version;
	struct buf actions; /* as they are stored */
	struct note *note;
};

static int
actions_write(struct change *c)
{
	struct jw w = JW(&c->actions);

	jw_array(&w, NULL);
	for (size_t i = 0; i < c->ask.n_actions; i++)
		jw_str(&w, NULL, c->ask.actions[i]);
	jw_end(&w);
	return buf_err(&c->actions);
}

static int
ask_check(struct change *c)
{
	const struct custom_role_ask *ask = &c->ask;

	if (!text_ok(ask->display_name, ROLE_DISPLAY_MAX,
		     ask->display_name.p == NULL))
		return note_set(c->note, OUT_MALFORMED,
				"'display_name' has 1 to %d bytes",
				ROLE_DISPLAY_MAX);
	if (!text_ok(ask->description, TEXT_MAX_BYTES, true))
		return note_set(c->note, OUT_MALFORMED,
				"a description has at most %d bytes",
				TEXT_MAX_BYTES);
	return 0;
}

/* Whoever makes a role for a service must administer all of it. */
static int
may_give(struct db_at *at, const struct change *c, struct str service)
{
	const struct policy_attr whole[] = {
	    {.name = STR("accountId"),
	     .op = STR("stringEquals"),
	     .value = str_c(c->by->account)},
	    {.name = STR("serviceName"),
	     .op = STR("stringEquals"),
	     .value = service},
	};
	const struct policy_text text = {.type = STR("access"),
					 .resources = whole,
					 .n_resources = nitems(whole)};
	int r = policy_may_give(at, c->by, &text);

	return r == OUT_DENIED
		   ? note_set(c->note, r,
			      "only who administers all of '%.*s' may do this",
			      STR_ARG(service))
		   : r;
}

static int
trail(struct db_at *at, const struct change *c, struct str service,
      struct str name, struct str actions)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[ROLE_ID_LEN + 16];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "service", service);
	jw_str(&w, "name", name);
	if (actions.n > 0)
		jw_raw(&w, "actions", actions);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "role:%.*s", STR_ARG(c->id));
	return audit_change(at, c->by, str_c(thing), buf_str(&detail));
}

static int
room_for_one(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows taken = DB_ROWS_INIT;
	struct str account = str_c(c->by->account);
	int r = db_one(at, SQL_role_count, &rows, "s", account);

	if (r != 0)
		return FOLD(r);
	if (db_int(&rows, 0) >= ROLES_MAX)
		return note_set(c->note, OUT_TOO_MANY,
				"an account has at most %d roles of its own",
				ROLES_MAX);
	r = db_one(at, SQL_role_taken, &taken, "sss", account, c->ask.service,
		   c->ask.name);
	if (r == 0)
		return note_set(c->note, OUT_CONFLICT,
				"there is a role '%.*s' already",
				STR_ARG(c->ask.name));
	return r == OUT_ABSENT ? 0 : r;
}

static int
create_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	const struct custom_role_ask *ask = &c->ask;
	int r = may_give(at, c, ask->service);

	if (r == 0)
		r = room_for_one(at, c);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_role_insert, NULL, "ssssssssi", c->id,
				 str_c(c->by->account), ask->service, ask->name,
				 ask->display_name, ask->description,
				 buf_str(&c->actions),
				 str_c(c->by->who.identity), c->by->at));
	if (r != 0)
		return r;
	gate_granted(at, str_c(c->by->account));
	return trail(at, c, ask->service, ask->name, buf_str(&c->actions));
}

int
role_create(const struct visit *by, const struct custom_role_ask *ask,
	    struct arena *a, struct custom_role *ret, struct note *note)
{
	char id[ROLE_ID_LEN + 1];
	struct change c = {
	    .by = by, .ask = *ask, .note = note, .actions = BUF_INIT};
	struct verb_set set;
	int r;

	if (!name_ok(ask->name))
		return note_set(note, OUT_MALFORMED,
				"'name' has 1 to %d of A-Z a-z 0-9, first a "
				"capital, and is no fixed role's",
				ROLE_NAME_MAX);
	if (ask->display_name.p == NULL)
		c.ask.display_name = ask->name;
	r = ask_check(&c);
	if (r == 0)
		r = role_actions(ask->service, ask->actions, ask->n_actions,
				 &set, note);
	if (r == 0)
		r = rand_hex(id, ROLE_ID_LEN);
	c.id = str_c(id);
	if (r == 0)
		r = actions_write(&c);
	if (r == 0)
		r = gate_write(by, create_write, &c);
	buf_clear(&c.actions);
	return r != 0 ? r
		      : role_get(by->core, str_c(by->account), c.id, a, ret);
}

static int
row_read(struct db_rows *rows, struct arena *a, struct custom_role *ret)
{
	struct custom_role got = {0};
	struct str *const texts[] = {
	    &got.id,	  &got.account,	     &got.service,
	    &got.name,	  &got.display_name, &got.description,
	    &got.actions, &got.created_by,   &got.modified_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	got.version = db_int(rows, 9);
	got.created_at = db_int(rows, 10);
	got.modified_at = db_int(rows, 11);
	got.crn = arena_strf(a, ROLE_CUSTOM_CRN, STR_ARG(got.service),
			     STR_ARG(got.account), STR_ARG(got.name));
	if (got.crn.p == NULL)
		return FAIL(-ENOMEM);
	*ret = got;
	return 0;
}

int
role_get(struct core *core, struct str account, struct str id, struct arena *a,
	 struct custom_role *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_role_by_id, &rows, "ss", id, account);
	return r != 0 ? r : row_read(&rows, a, ret);
}

int
role_list(struct core *core, struct str account, struct str service,
	  struct arena *a, struct custom_role **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct custom_role *list = arena_get(a, ROLES_MAX * sizeof(*list));
	size_t count = 0;
	int r;

	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_query(view, SQL_role_list, &rows, "ssi", account,
			     service.n > 0 ? service : STR(""),
			     (int64_t)ROLES_MAX);
	while (r == 0 && count < ROLES_MAX && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

/* Of the visit's account. Its service in ret's row. */
static int
find(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	int r =
	    db_one(at, SQL_role_by_id, ret, "ss", c->id, str_c(c->by->account));

	if (r == 0 && c->version != 0 && db_int(ret, 9) != c->version)
		return OUT_STALE;
	return r != 0 ? r : may_give(at, c, db_str(ret, 2));
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct change *c = arg;
	const struct custom_role_ask *ask = &c->ask;
	struct verb_set set;
	int r = find(at, c, &rows);

	if (r == 0 && ask->actions != NULL)
		r = role_actions(db_str(&rows, 2), ask->actions, ask->n_actions,
				 &set, c->note);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_role_update, NULL, "sssssi", c->id,
				 ask->display_name.p != NULL ? ask->display_name
							     : db_str(&rows, 4),
				 ask->description.p != NULL ? ask->description
							    : db_str(&rows, 5),
				 ask->actions != NULL ? buf_str(&c->actions)
						      : db_str(&rows, 6),
				 str_c(c->by->who.identity), c->by->at));
	if (r != 0)
		return r;
	gate_granted(at, str_c(c->by->account));
	return trail(at, c, db_str(&rows, 2), db_str(&rows, 3),
		     buf_str(&c->actions));
}

int
role_update(const struct visit *by, struct str id, int64_t version,
	    const struct custom_role_ask *ask, struct arena *a,
	    struct custom_role *ret, struct note *note)
{
	struct change c = {.by = by,
			   .ask = *ask,
			   .id = id,
			   .version = version,
			   .note = note,
			   .actions = BUF_INIT};
	int r = ask_check(&c);

	if (r == 0 && ask->actions != NULL)
		r = actions_write(&c);
	if (r == 0)
		r = gate_write(by, update_write, &c);
	buf_clear(&c.actions);
	return r != 0 ? r : role_get(by->core, str_c(by->account), id, a, ret);
}

static int
unused_check(struct db_at *at, const struct change *c, struct db_rows *role)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char crn[ROLE_CRN_MAX];
	int r;

	(void)snprintf(crn, sizeof(crn), ROLE_CUSTOM_CRN,
		       STR_ARG(db_str(role, 2)), STR_ARG(db_str(role, 1)),
		       STR_ARG(db_str(role, 3)));
	r = db_one(at, SQL_role_in_use, &rows, "ss", str_c(c->by->account),
		   str_c(crn));
	if (r == 0)
		return note_set(c->note, OUT_CONFLICT,
				"policy %.*s grants this role",
				STR_ARG(db_str(&rows, 0)));
	return r == OUT_ABSENT ? 0 : r;
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct change *c = arg;
	int r = find(at, c, &rows);

	if (r == 0)
		r = unused_check(at, c, &rows);
	if (r == 0)
		r = trail(at, c, db_str(&rows, 2), db_str(&rows, 3), STR_NONE);
	if (r != 0)
		return r;
	gate_granted(at, str_c(c->by->account));
	return FOLD(db_exec(at, SQL_role_delete, NULL, "s", c->id));
}

int
role_delete(const struct visit *by, struct str id, struct note *note)
{
	struct change c = {
	    .by = by, .id = id, .note = note, .actions = BUF_INIT};

	return gate_write(by, delete_write, &c);
}
