#include "core/explain.h"

#include "base/clock.h"
#include "core/decide.h"
#include "core/find_inner.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>

static const char *const by_names[] = {
    [EXPLAIN_NOTHING] = "nothing",	 [EXPLAIN_OWNER] = "owner",
    [EXPLAIN_OPERATOR] = "operator",	 [EXPLAIN_SELF] = "self",
    [EXPLAIN_POLICY] = "policy",	 [EXPLAIN_TOKEN] = "token",
    [EXPLAIN_ACCESS_KEY] = "access-key", [EXPLAIN_ANYBODY] = "anybody",
    [EXPLAIN_CREDENTIAL] = "credential", [EXPLAIN_ENDED] = "ended",
};
_Static_assert(nitems(by_names) == EXPLAIN_ENDED + 1, "each has a name");

const char *
explain_by_name(enum explain_by by)
{
	return by_names[by];
}

static const char *const miss_names[] = {
    [MISS_NOTHING] = "",	  [MISS_TIME] = "time",
    [MISS_RESOURCE] = "resource", [MISS_TYPE] = "resource type",
    [MISS_REGION] = "region",	  [MISS_ROLE] = "role",
    [MISS_SERVICE] = "service",	  [MISS_FLAW] = "not understood",
};
_Static_assert(nitems(miss_names) == GRANT_MISSES, "each has a name");

/* Policies as they are told of: what grants, and what would but for one thing.
 */
struct told {
	struct arena *arena;
	struct explain_policy *lists[2];
	size_t n[2];
	enum verb verb;
	bool made_it;
	bool no_memory;
};

struct str
explain_role(const struct grant_said *said, enum verb verb, bool made_it)
{
	unsigned roles = verb_row(verb)->roles | (made_it ? ROLE_WRITER : 0U);

	for (size_t i = 0; i < said->n_roles; i++)
		if ((said->roles[i].roles & roles) != 0 ||
		    verb_set_has(&said->roles[i].verbs, verb))
			return said->roles[i].crn;
	return said->n_roles > 0 ? said->roles[0].crn : STR_NONE;
}

static void
policy_tell(void *arg, const struct grant_said *said, enum grant_miss miss)
{
	struct told *t = arg;
	size_t list = miss == MISS_NOTHING ? 0 : 1;
	const char *missing = miss == MISS_FLAW && said->flaw != NULL
				  ? said->flaw
				  : miss_names[miss];
	struct explain_policy *p;

	if (miss == MISS_SERVICE || t->n[list] == EXPLAIN_POLICIES_MAX)
		return;
	p = &t->lists[list][t->n[list]++];
	*p = (struct explain_policy){
	    .id = arena_str(t->arena, said->id),
	    .group = arena_str(t->arena, said->group),
	    .role =
		arena_str(t->arena, explain_role(said, t->verb, t->made_it)),
	    .missing = str_c(missing)};
	if (p->id.p == NULL || p->group.p == NULL || p->role.p == NULL)
		t->no_memory = true;
}

static int
grants_tell(struct ask *ask, struct grants **ret, struct grants_ask *want)
{
	struct told *t = ask->why->arg;

	t->made_it = want->made_it;
	want->each = policy_tell;
	want->arg = t;
	return grants_read_said(ask->core, ask->at, str_c(ask->who->identity),
				str_c(ask->who->account), ret);
}

static int
told_init(struct told *t, struct arena *a)
{
	for (size_t i = 0; i < 2; i++) {
		/* Twice the room: the second list goes behind the first. */
		t->lists[i] = arena_get(a, (2 - i) * EXPLAIN_POLICIES_MAX *
					       sizeof(*t->lists[i]));
		if (t->lists[i] == NULL)
			return FAIL(-ENOMEM);
	}
	return 0;
}

static void
told_join(struct told *t, struct explained *e)
{
	for (size_t i = 0; i < t->n[1]; i++)
		t->lists[0][t->n[0] + i] = t->lists[1][i];
	e->policies = t->lists[0];
	e->n = t->n[0] + t->n[1];
}

int
explain_may(struct core *core, const struct subject *who, enum verb verb,
	    const struct thing *thing, struct arena *a, struct explained *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct told told = {.arena = a, .verb = verb};
	struct why why = {.load = grants_tell, .arg = &told};
	struct explained e = {.by = EXPLAIN_ENDED};
	struct ask ask = {.core = core,
			  .who = who,
			  .verb = verb,
			  .thing = *thing,
			  .why = &why};
	int r = told_init(&told, a);

	if (r == 0 && who->expires_at <= clock_now()) {
		*ret = e;
		return 0;
	}
	if (r == 0)
		r = db_view_begin(core->db, &view);
	if (r != 0)
		return r;
	ask.at = view;
	r = decide(&ask, true);
	if (told.no_memory)
		return FAIL(-ENOMEM);
	if (r != 0 && r != OUT_DENIED)
		return r;
	told_join(&told, &e);
	e.may = r == 0;
	e.by = e.may || why.by == EXPLAIN_CREDENTIAL ? why.by : EXPLAIN_NOTHING;
	*ret = e;
	return 0;
}

int
explain_subject(struct core *core, struct str account, struct str identity,
		struct subject *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct subject who = {.cred = CRED_API_KEY, .expires_at = INT64_MAX};
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_explain_subject, &rows, "ss", account,
			   identity);
	if (r == 0)
		r = FIELD_PUT(who.account, account);
	if (r == 0)
		r = FIELD_PUT(who.identity, identity);
	if (r != 0)
		return r;
	who.server = db_int(&rows, 2) != 0;
	who.owner = str_eq(db_str(&rows, 3), identity);
	if (db_int(&rows, 4) == 0)
		who.expires_at = 0;
	*ret = who;
	return 0;
}

static int
credential_load(struct core *core, const struct found_cred *f,
		struct subject *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = cred_load(core, view, found_cred_kind(f->kind), f->id, ret);
	if (r != OUT_UNPROVEN && r != OUT_EXPIRED)
		return r;
	ret->expires_at = 0;
	return 0;
}

int
explain_found(struct core *core, const struct found_cred *f,
	      struct subject *ret)
{
	int r;

	if (found_cred_kind(f->kind) != CRED_NONE)
		return credential_load(core, f, ret);
	if (f->kind != FOUND_USER && f->kind != FOUND_SERVICE_ID &&
	    f->kind != FOUND_ACCESS_TOKEN)
		return OUT_UNSUPPORTED;
	r = explain_subject(core, f->account, f->identity, ret);
	if (r == 0 && !f->live)
		ret->expires_at = 0;
	return r;
}
