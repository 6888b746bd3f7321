#include "core/account_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/policy.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

#define ID_DIGITS 10

static bool
domain_ok(struct str s)
{
	struct str rest = s, label;

	while (str_next(&rest, '.', &label)) {
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			char c = label.p[i];

			if (!((c >= 'a' && c <= 'z') ||
			      (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9') || c == '-'))
				return false;
		}
	}
	return s.n > 0;
}

/* Printable ASCII that needs no quotes, RFC 5322 3.2.3, at a host name. */
static bool
email_ok(struct str s)
{
	struct str name, domain;

	if (s.n > EMAIL_MAX || !str_cut(s, '@', &name, &domain) ||
	    name.n == 0 || name.n > 64)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' ||
		    strchr("()<>[]:;@\\,\"", name.p[i]) != NULL)
			return false;
	return domain_ok(domain);
}

static int
id_make(char ret[IDENTITY_ID_MAX + 1])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	uint8_t raw[ID_DIGITS];
	char text[ID_DIGITS + 1];
	int r = rand_bytes(raw, sizeof(raw));

	if (r != 0)
		return r;
	for (size_t i = 0; i < ID_DIGITS; i++)
		text[i] = digits[raw[i] % 32];
	text[ID_DIGITS] = '\0';
	(void)snprintf(ret, IDENTITY_ID_MAX + 1, "IBMid-%s", text);
	return 0;
}

int
user_plan_make(const struct user_ask *ask, struct user_plan *ret,
	       struct note *note)
{
	struct user_plan p = {.email = ask->email,
			      .name = ask->name,
			      .roles = ask->roles,
			      .has_password = ask->password.p != NULL};
	int r;

	if (!email_ok(ask->email))
		return note_set(note, OUT_MALFORMED, "not an e-mail address");
	if (p.name.n == 0)
		p.name = ask->email;
	if (!text_ok(p.name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	text_lower(ask->email, p.email_key);
	r = id_make(p.id);
	if (r == 0)
		r = rand_uuid(p.policy);
	if (r == 0 && p.has_password)
		r = password_make(ask->password, p.password, note);
	if (r == 0)
		*ret = p;
	return r;
}

int
user_put(struct db_at *at, const struct visit *by, const struct user_plan *p)
{
	struct str password = p->has_password ? str_c(p->password) : STR_NONE;
	int r =
	    db_exec(at, SQL_identity_insert, NULL, "sssssSii", str_c(p->id),
		    str_c(by->account), p->name, p->email, str_c(p->email_key),
		    password, (int64_t)p->server, by->at);

	if (r != 0 || p->roles == 0)
		return r;
	return policy_give_account(at, by, str_c(p->id), p->roles, p->policy);
}

int
identity_end(struct db_at *at, struct str account, struct str id)
{
	int r = FOLD(db_exec(at, SQL_identity_end_policies, NULL, "s", id));

	gate_granted(at, account);
	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_identity_delete, NULL, "s", id));
}

int
user_may_give(struct db_at *at, const struct visit *by, const char *denied,
	      struct note *note)
{
	static const enum verb all[] = {VERB_NAMESPACE_CREATE,
					VERB_REGISTRYTOKEN_CREATE,
					VERB_USER_CREATE, VERB_AUDIT_READ};
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = str_c(by->account)};
	/* Everywhere, and for always: what the verbs say of some services does
	 * not say it of git or of key pairs. */
	int r = policy_may_give_account(at, by);

	for (size_t i = 0; r == 0 && i < nitems(all); i++)
		r = gate_may_now(at, by, all[i], &thing);
	return r == OUT_DENIED ? note_set(note, r, "%s", denied) : r;
}

int
user_administers(struct db_at *at, const struct visit *by)
{
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = str_c(by->account)};

	return gate_may_now(at, by, VERB_RULES_SET, &thing);
}

struct change {
	const struct visit *by;
	const struct user_plan *plan;
	struct str id;
	bool disabled;
	struct note *note;
};

static int
trail(struct db_at *at, const struct change *c, struct str detail)
{
	struct thing thing = {.kind = THING_IDENTITY, .name = c->id};
	char text[AUDIT_THING_MAX];

	return audit_change(at, c->by, audit_thing_text(&thing, text), detail);
}

static int
create_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	const struct change *c = arg;
	struct jw w = JW(&detail);
	int r = 0;

	if (c->plan->roles != 0)
		r = user_may_give(at, c->by, USER_ROLES_DENIED, c->note);
	if (r == 0)
		r = user_put(at, c->by, c->plan);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "email", c->plan->email);
	jw_array(&w, "roles");
	for (unsigned role = 1; role <= ROLE_ADMINISTRATOR; role <<= 1)
		if ((c->plan->roles & role) != 0)
			jw_c(&w, NULL, role_name((enum role)role));
	jw_end(&w);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return trail(at, c, buf_str(&detail));
}

int
user_create(const struct visit *by, const struct user_ask *ask, struct arena *a,
	    struct user *ret, struct note *note)
{
	struct user_plan plan;
	struct change c = {.by = by, .plan = &plan, .note = note};
	int r = user_plan_make(ask, &plan, note);

	if (r != 0)
		return r;
	c.id = str_c(plan.id);
	r = gate_write(by, create_write, &c);
	mem_wipe(plan.password, sizeof(plan.password));
	return r != 0 ? r : user_get(by->core, c.id, a, ret);
}

int
user_row_read(struct db_rows *rows, struct arena *a, struct user *ret)
{
	struct str *const texts[] = {&ret->id,	  &ret->account,
				     &ret->kind,  &ret->name,
				     &ret->email, &ret->description};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->server = db_int(rows, 6) != 0;
	ret->disabled = db_int(rows, 7) != 0;
	ret->locked = db_int(rows, 8) != 0;
	ret->version = db_int(rows, 9);
	ret->created_at = db_int(rows, 10);
	ret->modified_at = db_int(rows, 11);
	ret->pending = str_eq(db_str(rows, USER_COLS), STR("pending"));
	return 0;
}

static int
get_by(struct core *core, int sql, struct str key, struct arena *a,
       struct user *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct user got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, sql, &rows, "s", key);
	if (r == 0)
		r = user_row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
user_get(struct core *core, struct str id, struct arena *a, struct user *ret)
{
	return get_by(core, SQL_identity_by_id, id, a, ret);
}

int
user_by_email(struct core *core, struct str email, struct arena *a,
	      struct user *ret)
{
	char key[EMAIL_MAX + 1];

	if (email.n > EMAIL_MAX)
		return OUT_ABSENT;
	text_lower(email, key);
	return get_by(core, SQL_identity_by_email, str_c(key), a, ret);
}

int
user_list(struct core *core, struct str account, struct str after,
	  int64_t limit, struct arena *a, struct user **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct user *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	limit = page_bound(limit);
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_identity_list, &rows, "ssi", account, after,
		     limit);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = user_row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

int
user_rank(struct db_at *at, const struct visit *by, struct str id,
	  bool *ret_top)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_identity_rank, &rows, "s", id);

	if (r != 0)
		return r;
	/* Who has not come yet is nobody, as who is known elsewhere is. */
	if (!str_eq(db_str(&rows, 0), str_c(by->account)) ||
	    !str_eq(db_str(&rows, 4), STR("active")))
		return OUT_ABSENT;
	*ret_top = db_int(&rows, 1) != 0 || str_eq(db_str(&rows, 3), id);
	return 0;
}

static int
disable_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	bool top = false;
	int r = user_rank(at, c->by, c->id, &top);

	if (r != 0)
		return r;
	/* Nobody could undo it. */
	if (top && c->disabled)
		return OUT_CONFLICT;
	r = FOLD(db_exec(at, SQL_identity_disable, NULL, "sii", c->id,
			 (int64_t)c->disabled, c->by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail(at, c,
		     c->disabled ? STR("{\"disabled\":true}")
				 : STR("{\"disabled\":false}"));
}

int
user_disable(const struct visit *by, struct str id, bool disabled)
{
	struct change c = {.by = by, .id = id, .disabled = disabled};

	return gate_write(by, disable_write, &c);
}
