#include "core/git_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

struct plan {
	struct visit by; /* its account is the new one */
	struct str slug, name;
	char slug_key[SLUG_MAX + 1];
	const struct user_plan *owner;
	const struct key_plan *key;
	bool only_first;
};

bool
text_ok(struct str s, size_t max, bool may_be_empty)
{
	if (s.n == 0)
		return may_be_empty;
	return s.n <= max && str_is_text(s);
}

void
text_lower(struct str s, char *to)
{
	for (size_t i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'A' && s.p[i] <= 'Z'
			    ? (char)(s.p[i] - 'A' + 'a')
			    : s.p[i];
	to[s.n] = '\0';
}

static bool
slug_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9');

		if (!word && (i == 0 || (c != '_' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= SLUG_MAX;
}

static int
any_in(struct db_at *at)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return db_one(at, SQL_account_any, &rows, "");
}

bool
account_any(struct core *core)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;

	/* When in doubt there is one: nothing is made anew over it. */
	return db_view_begin(core->db, &view) != 0 ||
	       any_in(view) != OUT_ABSENT;
}

static int
trail(struct db_at *at, const struct plan *p)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = str_c(p->by.account)};
	char text[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "slug", p->slug);
	jw_c(&w, "owner", p->owner->id);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, &p->by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

static int
plan_write(struct db_at *at, void *arg)
{
	const struct plan *p = arg;
	int r = p->only_first ? any_in(at) : OUT_ABSENT;

	if (r != OUT_ABSENT)
		return r == 0 ? OUT_CONFLICT : r;
	r = db_exec(at, SQL_account_insert, NULL, "sssssi",
		    str_c(p->by.account), p->slug, str_c(p->slug_key), p->name,
		    str_c(p->owner->id), p->by.at);
	if (r == 0)
		r = project_put_default(at, &p->by);
	if (r == 0)
		r = user_put(at, &p->by, p->owner);
	if (r == 0)
		r = trail(at, p);
	return r != 0 ? r : key_put(at, &p->by, p->key, NULL);
}

static int
plan_run(struct plan *p, const struct user_ask *owner, bool server,
	 struct api_key_ask *key, struct secret *ret_key, struct note *note)
{
	CLEAN(key_plan_clear) struct key_plan key_plan = KEY_PLAN_INIT;
	struct user_plan owner_plan;
	struct core *core = p->by.core;
	int r;

	if (!slug_ok(p->slug))
		return note_set(
		    note, OUT_MALFORMED,
		    "an account's short name has 1 to %d of a-z A-Z 0-9 _ -, "
		    "first a letter or digit",
		    SLUG_MAX);
	if (!text_ok(p->name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	text_lower(p->slug, p->slug_key);
	r = user_plan_make(owner, &owner_plan, note);
	if (r == 0)
		r = rand_hex(p->by.account, ACCOUNT_ID_LEN);
	if (r != 0)
		return r;
	owner_plan.server = server;
	key->identity = str_c(owner_plan.id);
	key->account = str_c(p->by.account);
	r = key_plan_make(core, key, &key_plan, note);
	if (r != 0)
		return r;
	p->owner = &owner_plan;
	p->key = &key_plan;
	r = gate_write(&p->by, plan_write, p);
	if (r == 0)
		ret_key->slot = TAKE(key_plan.value.slot);
	return r;
}

int
account_first(struct core *core, const struct first *f, struct secret *ret_key)
{
	struct plan p = {.by = {.core = core,
				.verb = VERB_ACCOUNT_CREATE,
				.at = clock_now()},
			 .slug = f->slug,
			 .name = f->slug,
			 .only_first = true};
	struct user_ask owner = {.email = f->email};
	struct api_key_ask key = {.name = f->key_name};

	return plan_run(&p, &owner, true, &key, ret_key, NULL);
}

int
account_create(const struct visit *by, const struct account_ask *ask,
	       struct arena *a, struct account *ret, struct secret *ret_key,
	       struct note *note)
{
	struct plan p = {.by = *by, .slug = ask->slug, .name = ask->name};
	struct user_ask owner = {.email = ask->owner_email,
				 .name = ask->owner_name,
				 .password = ask->owner_password};
	struct api_key_ask key = {.name = STR("first")};
	int r;

	if (p.name.n == 0)
		p.name = p.slug;
	r = plan_run(&p, &owner, false, &key, ret_key, note);
	return r != 0 ? r : account_get(by->core, str_c(p.by.account), a, ret);
}

static int
row_read(struct db_rows *rows, struct arena *a, struct account *ret)
{
	ret->id = arena_str(a, db_str(rows, 0));
	ret->slug = arena_str(a, db_str(rows, 1));
	ret->name = arena_str(a, db_str(rows, 2));
	ret->owner = arena_str(a, db_str(rows, 3));
	ret->created_at = db_int(rows, 4);
	ret->git_http = db_int(rows, 5) != 0;
	return ret->id.p == NULL || ret->slug.p == NULL ||
		       ret->name.p == NULL || ret->owner.p == NULL
		   ? FAIL(-ENOMEM)
		   : 0;
}

static int
get_by(struct core *core, int sql, struct str key, struct arena *a,
       struct account *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct account got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, sql, &rows, "s", key);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
account_get(struct core *core, struct str key, struct arena *a,
	    struct account *ret)
{
	char lower[SLUG_MAX + 1];
	int r = get_by(core, SQL_account_by_id, key, a, ret);

	if (r != OUT_ABSENT || key.n > SLUG_MAX)
		return r;
	text_lower(key, lower);
	return get_by(core, SQL_account_by_slug, str_c(lower), a, ret);
}

/* Rows of unknown number: the list grows by doubling inside the arena. */
static int
list_grow(struct arena *a, struct account **list, size_t n, size_t *cap)
{
	struct account *more;

	if (n < *cap)
		return 0;
	*cap = *cap == 0 ? 16 : *cap * 2;
	more = arena_get(a, *cap * sizeof(*more));
	if (more == NULL)
		return FAIL(-ENOMEM);
	if (n > 0)
		memcpy(more, *list, n * sizeof(*more));
	*list = more;
	return 0;
}

int
account_list(struct core *core, const struct subject *who, struct arena *a,
	     struct account **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct account *list = NULL;
	size_t count = 0, cap = 0;
	int r = db_view_begin(core->db, &view);

	if (r == 0 && who->server)
		r = db_query(view, SQL_account_all, &rows, "");
	else if (r == 0)
		r = db_query(view, SQL_account_of, &rows, "s",
			     str_c(who->identity));
	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = list_grow(a, &list, count, &cap);
		if (r == 0)
			r = row_read(&rows, a, &list[count++]);
	}
	if (r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

struct setting {
	const struct visit *by;
	bool git_http;
};

static int
setting_write(struct db_at *at, void *arg)
{
	const struct setting *s = arg;
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = str_c(s->by->account)};
	char text[AUDIT_THING_MAX];
	int64_t n;
	int r = FOLD(db_exec(at, SQL_account_set_git_http, &n, "si",
			     thing.account, (int64_t)s->git_http));

	if (r != 0 || n == 0)
		return r != 0 ? r : OUT_ABSENT;
	gate_changed(at);
	return audit_change(at, s->by, audit_thing_text(&thing, text),
			    s->git_http ? STR("{\"git_http\":true}")
					: STR("{\"git_http\":false}"));
}

int
account_set_git_http(const struct visit *by, bool git_http)
{
	struct setting s = {.by = by, .git_http = git_http};

	return gate_write(by, setting_write, &s);
}
