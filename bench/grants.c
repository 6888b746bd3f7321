/*
 * bench-grants: what one decision costs by itself, once an identity's policies
 * are compiled. An installation in a temporary folder, one user with POLICIES
 * policies, each on a resource of its own; then many questions, and the time of
 * each in microseconds of CPU.
 */
#include "core/core_world.h"
#include "core/gate_inner.h"
#include "core/grants_inner.h"
#include "core/sql.h"

#include <time.h>

#define POLICIES 10000
#define ROUNDS	 200000

static int
attribute(struct db_at *at, struct str id, int64_t position, const char *name,
	  const char *op, struct str value)
{
	return db_exec(at, SQL_policy_attribute_insert, NULL, "sisssiss", id,
		       position, STR("resource"), str_c(name), str_c(op),
		       (int64_t)1, STR("text"), value);
}

struct plan {
	struct world *w;
	struct str identity;
	const char *op, *form; /* of the resource; form NULL: exact */
};

static int
put(struct db_at *at, void *arg)
{
	const struct plan *p = arg;
	int r = 0;

	for (int i = 0; r == 0 && i < POLICIES; i++) {
		char id[40], name[40];

		(void)snprintf(id, sizeof(id), "%s-%d", p->identity.p, i);
		(void)snprintf(name, sizeof(name), "team-%05d%s", i, p->form);
		r = db_exec(at, SQL_policy_insert, NULL, "sssssssSSnsi",
			    str_c(id), str_c(p->w->owner.account),
			    STR("access"), STR("iam_id"), p->identity, STR(""),
			    STR(""), STR_NONE, STR_NONE, STR("bench"),
			    (int64_t)0);
		if (r == 0)
			r = db_exec(at, SQL_policy_role_insert, NULL, "sis",
				    str_c(id), (int64_t)0,
				    str_c(role_crn(ROLE_WRITER)));
		if (r == 0)
			r = attribute(at, str_c(id), 0, "accountId",
				      "stringEquals",
				      str_c(p->w->owner.account));
		if (r == 0)
			r = attribute(at, str_c(id), 1, "serviceName",
				      "stringEquals",
				      STR("container-registry"));
		if (r == 0)
			r = attribute(at, str_c(id), 2, "resource", p->op,
				      str_c(name));
	}
	gate_granted(at, str_c(p->w->owner.account));
	return r;
}

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
questions(struct world *w, const struct grants *g, enum verb verb,
	  struct str name, bool want)
{
	struct thing thing = {.kind = name.n == 0 ? THING_ACCOUNT : THING_REPO,
			      .region = LOCAL,
			      .name = name};
	struct grants_ask ask = {
	    .core = w->core, .verb = verb, .thing = &thing};
	double begin = cpu_us();

	for (int i = 0; i < ROUNDS; i++)
		if (grants_allow(g, &ask) != want)
			must(-1, "a wrong answer");
	return (cpu_us() - begin) / ROUNDS;
}

static void
run(struct world *w, const char *what, const char *op, const char *form)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(grants_unrefp) struct grants *g = NULL;
	struct plan plan = {.w = w, .op = op, .form = form};
	struct subject who = {.cred = CRED_API_KEY};
	char email[64];
	double begin;

	(void)snprintf(email, sizeof(email), "%s@example.org", what);
	plan.identity = world_user(w, email, 0).id;
	must(db_write(w->core->db, put, &plan), "policies");
	FIELD_CUT(who.identity, plan.identity);
	FIELD_CUT(who.account, str_c(w->owner.account));
	must(db_view_begin(w->core->db, &view), "view");
	begin = cpu_us();
	must(grants_read(w->core, view, &who, &g), "grants");
	printf("%s: compiled once in %.0f us, %zu KiB\n", what,
	       cpu_us() - begin, g->cached.weight / KIB);
	printf("%s: yes %.3f us, no %.3f us, no role %.3f us, list %.3f us\n",
	       what,
	       questions(w, g, VERB_IMAGE_PUSH, STR("team-09999/app"), true),
	       questions(w, g, VERB_IMAGE_PUSH, STR("team-none/app"), false),
	       questions(w, g, VERB_QUOTA_SET, STR_NONE, false),
	       questions(w, g, VERB_NAMESPACE_LIST, STR_NONE, true));
}

int
main(void)
{
	static struct world w;

	world_make(&w);
	run(&w, "names", "stringEquals", "");
	run(&w, "patterns", "stringMatch", "*");
	world_end(&w);
	return 0;
}
