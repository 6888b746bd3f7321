#include "core/explain.h"

#include "base/clock.h"
#include "core/decide.h"
#include "core/group.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>

#define SLOTS (2 * EXPLAIN_WHO_MAX + 48) /* a power of two: a table half full  \
					  */
_Static_assert((SLOTS & (SLOTS - 1)) == 0, "a mask finds the slot");

/* Who may be meant. What was granted was read once, of all: only for whom more
 * than that counts is asked once more by themselves. */
struct candidate {
	struct str id;
	bool alone;		      /* to be asked by themselves */
	struct explain_policy policy; /* that grants it */
};
struct crowd {
	struct core *core;
	struct db_at *at;
	struct arena *arena;
	struct str account;
	enum verb verb;
	const struct thing *thing;
	struct candidate ids[EXPLAIN_WHO_MAX];
	uint16_t slots[SLOTS]; /* one more than the place in ids; 0: free */
	size_t n_ids;
	struct str groups[GROUPS_MAX]; /* whose members are all there */
	size_t n_groups;
	int64_t until; /* of clock_mono() */
	struct explain_who *list;
	size_t n;
	bool more;
	int failed;
};

/* What there is in time; the rest is said to be missing. */
static bool
is_late(struct crowd *c)
{
	if (clock_mono() < c->until)
		return false;
	c->more = true;
	return true;
}

static uint16_t *
slot_of(struct crowd *c, struct str id)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < id.n; i++)
		hash = (hash ^ (uint8_t)id.p[i]) * 16777619U;
	while (c->slots[hash & (SLOTS - 1)] != 0 &&
	       !str_eq(c->ids[c->slots[hash & (SLOTS - 1)] - 1].id, id))
		hash++;
	return &c->slots[hash & (SLOTS - 1)];
}

/* policy NULL: they are asked by themselves. The first that says so stays. */
static int
id_add(struct crowd *c, struct str id, const struct explain_policy *policy)
{
	uint16_t *slot;
	struct candidate *one;

	if (id.n == 0)
		return 0;
	slot = slot_of(c, id);
	if (*slot != 0) {
		c->ids[*slot - 1].alone |= policy == NULL;
		return 0;
	}
	if (c->n_ids == EXPLAIN_WHO_MAX) {
		c->more = true;
		return 0;
	}
	one = &c->ids[c->n_ids++];
	*slot = (uint16_t)c->n_ids;
	*one = (struct candidate){.id = arena_str(c->arena, id),
				  .alone = policy == NULL};
	if (policy != NULL)
		one->policy = *policy;
	return one->id.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
ids_add(struct crowd *c, struct db_rows *rows, int r,
	const struct explain_policy *policy)
{
	while (r == 0 && (r = db_next(rows)) == 0)
		r = id_add(c, db_str(rows, 0), policy);
	return r == OUT_ABSENT ? 0 : r;
}

static int
everybody_add(struct crowd *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = EXPLAIN_WHO_MAX + 1;

	return ids_add(c, &rows,
		       db_query(c->at, SQL_explain_everybody, &rows, "si",
				c->account, limit),
		       NULL);
}

static int
operators_add(struct crowd *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = EXPLAIN_WHO_MAX + 1;

	return ids_add(
	    c, &rows, db_query(c->at, SQL_explain_operators, &rows, "i", limit),
	    NULL);
}

/* One policy of a group is enough, the first of them. */
static bool
group_again(struct crowd *c, struct str group)
{
	for (size_t i = 0; i < c->n_groups; i++)
		if (str_eq(c->groups[i], group))
			return true;
	if (c->n_groups < GROUPS_MAX)
		c->groups[c->n_groups++] = group;
	return false;
}

static int
subject_add(struct crowd *c, const struct grant_said *said)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = EXPLAIN_WHO_MAX + 1;
	struct explain_policy policy = {
	    .id = arena_str(c->arena, said->id),
	    .group = arena_str(c->arena, said->group),
	    .role = arena_str(c->arena, explain_role(said, c->verb, false))};

	if (policy.id.p == NULL || policy.group.p == NULL ||
	    policy.role.p == NULL)
		return FAIL(-ENOMEM);
	if (said->group.n == 0)
		return id_add(c, said->subject, &policy);
	if (group_again(c, policy.group))
		return 0;
	return ids_add(c, &rows,
		       db_query(c->at, SQL_explain_members, &rows, "si",
				said->group, limit),
		       &policy);
}

static void
policy_tell(void *arg, const struct grant_said *said, enum grant_miss miss)
{
	struct crowd *c = arg;

	/* Who made a thing may need less of a role: they are asked anyway. */
	if (miss == MISS_NOTHING && c->failed == 0 && !is_late(c))
		c->failed = subject_add(c, said);
}

static int
grants_all(struct ask *ask, struct grants **ret, struct grants_ask *want)
{
	want->each = policy_tell;
	want->arg = ask->why->arg;
	return grants_read_said(ask->core, ask->at, STR_NONE,
				str_c(ask->who->account), ret);
}

/* One look with the policies of all, as somebody who is nobody of them. */
static int
granted_add(struct crowd *c, struct found *ret)
{
	struct why why = {.load = grants_all, .arg = c};
	struct subject nobody = {
	    .cred = CRED_API_KEY, .identity = "*", .expires_at = INT64_MAX};
	struct ask ask = {.core = c->core,
			  .who = &nobody,
			  .at = c->at,
			  .verb = c->verb,
			  .thing = *c->thing,
			  .why = &why};
	int r = FIELD_PUT(nobody.account, c->account);

	if (r == 0)
		r = decide(&ask, true);
	*ret = ask.found;
	if (c->failed != 0)
		return c->failed;
	if (r == 0 && why.by == EXPLAIN_ANYBODY)
		return everybody_add(c);
	return r == OUT_DENIED ? 0 : r;
}

static int
owner_add(struct crowd *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return ids_add(
	    c, &rows,
	    db_query(c->at, SQL_explain_owner, &rows, "s", c->account), NULL);
}

static struct explain_who *
who_add(struct crowd *c)
{
	if (c->n == EXPLAIN_WHO_MAX) {
		c->more = true;
		return NULL;
	}
	return &c->list[c->n++];
}

/* Their name; what they are called in lists. */
static int
name_put(struct crowd *c, struct str id, struct explain_who *who)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(c->at, SQL_explain_subject, &rows, "ss", c->account, id);

	if (r != 0)
		return FOLD(r);
	who->id = id;
	who->kind = arena_str(c->arena, db_str(&rows, 0));
	who->name = arena_str(c->arena, db_str(&rows, 1));
	return who->kind.p == NULL || who->name.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
policy_keep(struct arena *a, const struct explain_policy *p,
	    struct explain_policy *ret)
{
	*ret = (struct explain_policy){.id = arena_str(a, p->id),
				       .group = arena_str(a, p->group),
				       .role = arena_str(a, p->role)};
	return ret->id.p == NULL || ret->group.p == NULL || ret->role.p == NULL
		   ? FAIL(-ENOMEM)
		   : 0;
}

/* They have it by a policy, unless they have ended. */
static int
granted_put(struct crowd *c, const struct candidate *one)
{
	struct explain_who *who;
	struct subject subject;
	int r = explain_subject(c->core, c->account, one->id, &subject);

	if (r != 0 || subject.expires_at <= clock_now() ||
	    (who = who_add(c)) == NULL)
		return r == OUT_ABSENT ? 0 : r;
	who->by = EXPLAIN_POLICY;
	who->policy = one->policy;
	return name_put(c, one->id, who);
}

/* Each in memory of its own: of what is said of a thousand, little is kept. */
static int
identity_ask(struct crowd *c, struct str id)
{
	CLEAN(arena_clear) struct arena arena;
	struct explain_who *who;
	struct subject subject;
	struct explained e;
	int r = explain_subject(c->core, c->account, id, &subject);

	arena_init(&arena, MIB);
	if (r == 0)
		r = explain_may(c->core, &subject, c->verb, c->thing, &arena,
				&e);
	if (r != 0 || !e.may || (who = who_add(c)) == NULL)
		return r == OUT_ABSENT ? 0 : r;
	who->by = e.by;
	if (e.by == EXPLAIN_POLICY && e.n > 0)
		r = policy_keep(c->arena, &e.policies[0], &who->policy);
	return r != 0 ? r : name_put(c, id, who);
}

static int
key_put(struct crowd *c, struct db_rows *rows, struct str id, const char *kind,
	enum explain_by by)
{
	struct explain_who *who = who_add(c);

	if (who == NULL)
		return 0;
	*who =
	    (struct explain_who){.by = by,
				 .kind = str_c(kind),
				 .id = arena_str(c->arena, id),
				 .name = arena_str(c->arena, db_str(rows, 1))};
	return who->id.p == NULL || who->name.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
tokens_ask(struct crowd *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = EXPLAIN_WHO_MAX;
	int r = db_query(c->at, SQL_explain_tokens, &rows, "ssi", c->account,
			 c->thing->region, limit);

	while (r == 0 && !is_late(c) && (r = db_next(&rows)) == 0) {
		CLEAN(arena_clear) struct arena arena;
		struct subject who;
		struct explained e = {.may = false};

		arena_init(&arena, MIB);
		r = cred_load(c->core, c->at, CRED_REGISTRY_TOKEN,
			      db_str(&rows, 0), &who);
		if (r == 0)
			r = explain_may(c->core, &who, c->verb, c->thing,
					&arena, &e);
		if (r == OUT_UNPROVEN || r == OUT_EXPIRED)
			r = 0;
		if (r == 0 && e.may)
			r = key_put(c, &rows, db_str(&rows, 0),
				    "registry-token", e.by);
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* An access key reads where it stands; what it stands on is all there is to
 * ask. */
static int
access_keys_ask(struct crowd *c, const struct found *f)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = EXPLAIN_WHO_MAX;
	int r;

	if (c->verb != VERB_GIT_READ || c->thing->kind != THING_GITREPO ||
	    f->id[0] == '\0')
		return 0;
	r = db_query(c->at, SQL_explain_stands, &rows, "ssii", str_c(f->id),
		     str_c(f->project), clock_now(), limit);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		char id[24];

		(void)snprintf(id, sizeof(id), "%lld",
			       (long long)db_int(&rows, 0));
		r = key_put(c, &rows, str_c(id), "access-key",
			    EXPLAIN_ACCESS_KEY);
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
crowd_gather(struct crowd *c, struct found *f)
{
	int r = owner_add(c);

	if (r == 0)
		r = granted_add(c, f);
	if (r == 0)
		r = id_add(c, str_c(f->created_by), NULL);
	if (r == 0 && c->thing->kind == THING_IDENTITY)
		r = id_add(c, c->thing->name, NULL);
	if (r == 0 && verb_row(c->verb)->rule == RULE_OPERATOR)
		r = operators_add(c);
	return r;
}

int
explain_who(struct core *core, struct str account, enum verb verb,
	    const struct thing *thing, struct arena *a,
	    struct explain_who **ret, size_t *n, bool *ret_more)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct crowd *c = arena_get(a, sizeof(*c));
	struct found found = {.id = ""};
	int r = c == NULL ? FAIL(-ENOMEM) : db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	memset(c, 0, sizeof(*c));
	c->core = core;
	c->at = view;
	c->arena = a;
	c->account = account;
	c->verb = verb;
	c->thing = thing;
	c->until = clock_mono() + EXPLAIN_WHO_MS;
	c->list = arena_get(a, EXPLAIN_WHO_MAX * sizeof(*c->list));
	r = c->list == NULL ? FAIL(-ENOMEM) : crowd_gather(c, &found);
	for (size_t i = 0; r == 0 && i < c->n_ids && !is_late(c); i++)
		r = c->ids[i].alone ? identity_ask(c, c->ids[i].id)
				    : granted_put(c, &c->ids[i]);
	if (r == 0)
		r = tokens_ask(c);
	if (r == 0)
		r = access_keys_ask(c, &found);
	if (r != 0)
		return r;
	*ret = c->list;
	*n = c->n;
	*ret_more = c->more;
	return 0;
}
