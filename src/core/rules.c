#include "core/rules.h"

#include "base/enc.h"
#include "core/audit.h"
#include "core/gather.h"
#include "core/sql.h"
#include "db/db.h"
#include "json/json.h"

#include <errno.h>

/* Every number, with what it may be and what it is when nobody said. */
#define NUMBERS(X)                                                             \
	X(access_life_s, RULES_ACCESS_LIFE_MIN, RULES_ACCESS_LIFE_MAX,         \
	  RULES_ACCESS_LIFE_MAX)                                               \
	X(refresh_life_s, RULES_ACCESS_LIFE_MIN, RULES_REFRESH_LIFE_MAX,       \
	  RULES_REFRESH_LIFE_MAX)                                              \
	X(session_life_s, RULES_ACCESS_LIFE_MIN, RULES_SESSION_LIFE_MAX,       \
	  RULES_SESSION_LIFE_MAX)                                              \
	X(session_idle_s, RULES_ACCESS_LIFE_MIN, RULES_SESSION_LIFE_MAX,       \
	  RULES_REFRESH_LIFE_MAX)                                              \
	X(sessions_max, 0, RULES_SESSIONS_MAX, 0)                              \
	X(api_key_days, 0, RULES_DAYS_MAX, 0)                                  \
	X(registry_token_days, 0, RULES_DAYS_MAX, 0)                           \
	X(access_key_days, 0, RULES_DAYS_MAX, 0)                               \
	X(ssh_key_days, 0, RULES_DAYS_MAX, 0)
#define FLAGS(X)                                                               \
	X(endless, true)                                                       \
	X(restrict_service_id, false)                                          \
	X(restrict_api_key, false)

static const struct number {
	const char *name;
	size_t at;
	int64_t min, max, dflt;
} numbers[] = {
#define X(name, min, max, dflt)                                                \
	{#name, offsetof(struct rules, name), min, max, dflt},
    NUMBERS(X)
#undef X
};
static const struct flag {
	const char *name;
	size_t at;
	bool dflt;
} flags[] = {
#define X(name, dflt) {#name, offsetof(struct rules, name), dflt},
    FLAGS(X)
#undef X
};

static int64_t
number_of(const struct rules *r, const struct number *n)
{
	return *(const int64_t *)(const void *)((const char *)r + n->at);
}

static bool
flag_of(const struct rules *r, const struct flag *f)
{
	return *(const bool *)((const char *)r + f->at);
}

void
rules_default(struct rules *ret)
{
	*ret = (struct rules){
#define X(name, min, max, dflt) .name = (dflt),
	    NUMBERS(X)
#undef X
#define X(name, dflt) .name = (dflt),
		FLAGS(X)
#undef X
	};
}

/* a NULL: without who changed it. */
static int
read_at(struct db_at *at, struct str account, struct arena *a,
	struct rules *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int col = 0, r = db_one(at, SQL_rules_get, &rows, "s", account);

	rules_default(ret);
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
#define X(name, min, max, dflt) ret->name = db_int(&rows, col++);
	NUMBERS(X)
#undef X
#define X(name, dflt) ret->name = db_int(&rows, col++) != 0;
	FLAGS(X)
#undef X
	ret->version = db_int(&rows, col++);
	ret->modified_at = db_int(&rows, col++);
	if (a == NULL)
		return 0;
	ret->modified_by = arena_str(a, db_str(&rows, col));
	return ret->modified_by.p == NULL ? FAIL(-ENOMEM) : 0;
}

int
rules_get(struct db_at *at, struct str account, struct arena *a,
	  struct rules *ret)
{
	struct rules got;
	int r = read_at(at, account, a, &got);

	if (r == 0)
		*ret = got;
	return r;
}

int
rules_of(struct core *core, struct str account, struct arena *a,
	 struct rules *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(core->db, &view);

	return r != 0 ? r : rules_get(view, account, a, ret);
}

static int
rules_check(const struct rules *rules, struct note *note)
{
	for (size_t i = 0; i < nitems(numbers); i++) {
		int64_t v = number_of(rules, &numbers[i]);

		if (v < numbers[i].min || v > numbers[i].max)
			return note_set(note, OUT_MALFORMED,
					"%s is %lld to %lld", numbers[i].name,
					(long long)numbers[i].min,
					(long long)numbers[i].max);
	}
	return 0;
}

struct set {
	const struct visit *by;
	const struct rules *rules;
	int64_t version;
};

/* What became another, in the trail. */
static int
trail(struct db_at *at, const struct set *s, const struct rules *was)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct thing thing = {.kind = THING_ACCOUNT,
			      .account = str_c(s->by->account)};
	char text[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	for (size_t i = 0; i < nitems(numbers); i++)
		if (number_of(was, &numbers[i]) !=
		    number_of(s->rules, &numbers[i]))
			jw_int(&w, numbers[i].name,
			       number_of(s->rules, &numbers[i]));
	for (size_t i = 0; i < nitems(flags); i++)
		if (flag_of(was, &flags[i]) != flag_of(s->rules, &flags[i]))
			jw_bool(&w, flags[i].name,
				flag_of(s->rules, &flags[i]));
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, s->by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

static int
set_write(struct db_at *at, void *arg)
{
	const struct set *s = arg;
	const struct rules *n = s->rules;
	struct rules was;
	int r = read_at(at, str_c(s->by->account), NULL, &was);

	if (r != 0)
		return r;
	if (s->version >= 0 && s->version != was.version)
		return OUT_STALE;
	r = FOLD(db_exec(
	    at, SQL_rules_set, NULL, "siiiiiiiiiiiisi", str_c(s->by->account),
	    n->access_life_s, n->refresh_life_s, n->session_life_s,
	    n->session_idle_s, n->sessions_max, n->api_key_days,
	    n->registry_token_days, n->access_key_days, n->ssh_key_days,
	    (int64_t)n->endless, (int64_t)n->restrict_service_id,
	    (int64_t)n->restrict_api_key, str_c(s->by->who.identity),
	    s->by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail(at, s, &was);
}

int
rules_set(const struct visit *by, int64_t version, const struct rules *rules,
	  struct arena *a, struct rules *ret, struct note *note)
{
	struct set s = {.by = by, .rules = rules, .version = version};
	int r = rules_check(rules, note);

	if (r == 0)
		r = gate_write(by, set_write, &s);
	return r != 0 ? r : rules_of(by->core, str_c(by->account), a, ret);
}

int
rules_end(struct db_at *at, struct str account, enum rules_kind kind,
	  int64_t now, int64_t expires_at, struct note *note)
{
	static const struct {
		const char *what;
		size_t days;
	} kinds[] = {
	    [RULES_API_KEY] = {"API key", offsetof(struct rules, api_key_days)},
	    [RULES_REGISTRY_TOKEN] = {"registry token",
				      offsetof(struct rules,
					       registry_token_days)},
	    [RULES_ACCESS_KEY] = {"access key",
				  offsetof(struct rules, access_key_days)},
	    [RULES_SSH_KEY] = {"SSH key", offsetof(struct rules, ssh_key_days)},
	};
	struct rules rules;
	char until[32];
	int64_t days;
	int r = read_at(at, account, NULL, &rules);

	if (r != 0)
		return r;
	days = number_of(&rules, &(struct number){.at = kinds[kind].days});
	if (expires_at == 0 && days == 0)
		return rules.endless
			   ? 0
			   : note_set(note, OUT_MALFORMED,
				      "the account's rules want every %s to "
				      "have an end (expires_at)",
				      kinds[kind].what);
	if (days == 0 || (expires_at != 0 && expires_at <= now + days * DAY_MS))
		return 0;
	enc_time(now + days * DAY_MS, until);
	return note_set(note, OUT_MALFORMED,
			"the account's rules let a new %s live for %lld days: "
			"until %s at most",
			kinds[kind].what, (long long)days, until);
}
