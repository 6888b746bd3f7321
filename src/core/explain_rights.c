#include "core/explain.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/gate_inner.h"
#include "core/grants_inner.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>

#define STANDS_MAX 100 /* places of one access key that are named */

struct rights {
	struct arena *arena;
	struct explain_right *list;
	size_t n, max;
};

static int
room_for(struct rights *r, size_t max)
{
	r->max = max;
	r->list = arena_get(r->arena, (max + 1) * sizeof(*r->list));
	return r->list == NULL ? FAIL(-ENOMEM) : 0;
}

static void
one(struct rights *r, const char *service, const char *region,
    const char *roles)
{
	r->list[r->n++] = (struct explain_right){.service = str_c(service),
						 .region = str_c(region),
						 .roles = str_c(roles),
						 .now = true};
}

static void
days_say(const struct when *w, char *to, size_t size)
{
	static const char names[] = "Mon Tue Wed Thu Fri Sat Sun ";
	int minutes = w->day_offset_s / 60, away = abs(minutes);
	size_t n = 0;

	for (size_t i = 0; i < 7; i++)
		if ((w->days >> i & 1) != 0) {
			memcpy(to + n, names + 4 * i, 4);
			n += 4;
		}
	(void)snprintf(to + n, size - n, "%c%02d:%02d%s",
		       minutes < 0 ? '-' : '+', away / 60, away % 60,
		       w->daily ? " " : "");
}

static struct str
when_say(const struct when *w, struct arena *a)
{
	char days[48] = "", from[32] = "", to[32] = "";

	if (w->always)
		return STR_NONE;
	if (w->days != 0)
		days_say(w, days, sizeof(days));
	if (w->daily)
		return arena_strf(a, "%s%02d:%02d:%02d-%02d:%02d:%02d UTC",
				  days, (int)(w->from / 3600),
				  (int)(w->from / 60 % 60), (int)(w->from % 60),
				  (int)(w->to / 3600), (int)(w->to / 60 % 60),
				  (int)(w->to % 60));
	if (w->has_from)
		enc_time(w->from, from);
	if (w->has_to)
		enc_time(w->to, to);
	return arena_strf(
	    a, "%s%s%s%s%s", days, w->has_from ? "from " : "", from,
	    w->has_to ? (w->has_from ? " until " : "until ") : "", to);
}

/* "Reader, Writer": the last parts of what was sent. */
static struct str
roles_say(const struct grant_said *said, struct arena *a)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < said->n_roles; i++) {
		struct str head, name = said->roles[i].crn;

		(void)str_rcut(name, ':', &head, &name);
		text = i == 0 ? arena_str(a, name)
			      : arena_strf(a, "%.*s, %.*s", STR_ARG(text),
					   STR_ARG(name));
		if (text.p == NULL)
			break;
	}
	return text;
}

static int
policy_add(struct rights *r, const struct grant_said *said)
{
	const struct {
		struct str *to, from;
	} texts[] = {{&r->list[r->n].service, said->service},
		     {&r->list[r->n].region, said->region},
		     {&r->list[r->n].type, said->type},
		     {&r->list[r->n].resource, said->resource},
		     {&r->list[r->n].policy, said->id},
		     {&r->list[r->n].group, said->group}};
	struct explain_right *right = &r->list[r->n];
	struct when when;

	if (when_parse(said->pattern, said->rule, &when, NULL) != 0)
		return 0;
	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i].to = arena_str(r->arena, texts[i].from);
		if (texts[i].to->p == NULL)
			return FAIL(-ENOMEM);
	}
	right->roles = roles_say(said, r->arena);
	right->condition = when_say(&when, r->arena);
	right->now = when_holds(&when, clock_now());
	if (right->roles.p == NULL ||
	    (!when.always && right->condition.p == NULL))
		return FAIL(-ENOMEM);
	r->n++;
	return 0;
}

/* Of a policy that may lie in many grants, one is enough: their kind is one. */
static bool
is_about(const struct grants *g, size_t policy, int service)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->list[i].policy == policy)
			return (g->kinds[g->list[i].kind].services >> service &
				1) != 0;
	return false;
}

static int
of_identity(struct core *core, struct db_at *at, const struct subject *who,
	    struct rights *out)
{
	CLEAN(grants_unrefp) struct grants *g = NULL;
	int git = grants_service(STR("git"));
	int r = grants_read_said(core, at, str_c(who->identity),
				 str_c(who->account), &g);

	if (r == 0)
		r = room_for(out, g->n_said + 1);
	if (r == 0 && who->owner)
		one(out, who->cred == CRED_USER_KEY ? "git" : "", "", "Owner");
	for (size_t i = 0; r == 0 && i < g->n_said; i++) {
		if (g->said[i].flaw != NULL ||
		    (who->cred == CRED_USER_KEY && !is_about(g, i, git)))
			continue;
		r = policy_add(out, &g->said[i]);
	}
	return r;
}

static int
of_access_key(struct db_at *at, const struct subject *who, struct rights *out)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf print = BUF_INIT, digest = BUF_INIT;
	struct str id = str_c(who->cred_id);
	uint64_t row = 0;
	int r = room_for(out, STANDS_MAX);

	/* A fingerprint is written without its padding. */
	buf_addstr(&print, id);
	buf_adds(&print, "=");
	if (buf_err(&print) != 0 || (str_u64(id, INT64_MAX, &row) != 0 &&
				     dec_b64(&digest, buf_str(&print)) != 0))
		return OUT_ABSENT;
	if (r == 0)
		r = db_query(at, SQL_explain_places, &rows, "ibii",
			     (int64_t)row, buf_str(&digest), clock_now(),
			     (int64_t)STANDS_MAX);
	while (r == 0 && out->n < out->max && (r = db_next(&rows)) == 0) {
		struct explain_right *right = &out->list[out->n];

		one(out, "git", "", "read");
		right->type = arena_str(out->arena, db_str(&rows, 0));
		right->resource = arena_str(out->arena, db_str(&rows, 1));
		if (right->type.p == NULL || right->resource.p == NULL)
			r = FAIL(-ENOMEM);
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
of_token(const struct subject *who, struct rights *out)
{
	struct str region = arena_str(out->arena, str_c(who->region));
	int r = room_for(out, 1);

	if (r != 0 || region.p == NULL)
		return FAIL(-ENOMEM);
	one(out, "container-registry", region.p,
	    who->may_write ? "pull, push" : "pull");
	return 0;
}

int
explain_rights(struct core *core, const struct subject *who, struct arena *a,
	       struct explain_right **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct rights out = {.arena = a};
	int r = db_view_begin(core->db, &view);

	if (r == 0 && who->expires_at <= clock_now())
		r = 0;
	else if (r == 0 && who->cred == CRED_ACCESS_KEY)
		r = of_access_key(view, who, &out);
	else if (r == 0 && who->identity[0] != '\0')
		r = of_identity(core, view, who, &out);
	else if (r == 0 && who->machine[0] == '\0')
		r = of_token(who, &out);
	if (r != 0)
		return r;
	*ret = out.list;
	*n = out.n;
	return 0;
}
