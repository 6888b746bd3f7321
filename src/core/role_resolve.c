#include "core/role.h"

#include "base/clean.h"
#include "core/sql.h"
#include "db/db.h"
#include "json/json.h"

/* crn:v1:bluemix:public:SERVICE::a/ACCOUNT::customRole:NAME */
struct parts {
	struct str service, account, name;
};

static bool
take_apart(struct str crn, struct parts *ret)
{
	static const struct str want[] = {
	    STR_INIT("crn"),	STR_INIT("v1"), STR_INIT("bluemix"),
	    STR_INIT("public"), {NULL, 0},	STR_INIT(""),
	    {NULL, 0},		STR_INIT(""),	STR_INIT("customRole"),
	    {NULL, 0}};
	struct str rest = crn, got[nitems(want)];

	for (size_t i = 0; i < nitems(want); i++)
		if (!str_next(&rest, ':', &got[i]) ||
		    (want[i].p != NULL && !str_eq(want[i], got[i])))
			return false;
	if (rest.p != NULL)
		return false;
	if (!str_starts(got[6], STR("a/")))
		return false;
	*ret = (struct parts){.service = got[4],
			      .account = str_sub(got[6], 2, got[6].n),
			      .name = got[9]};
	return ret->name.n > 0;
}

/* Only actions of the role's own service count, whatever is stored. */
static int
actions_add(struct str service, struct str actions, struct verb_set *set)
{
	CLEAN(json_freep) struct json *list = NULL;
	int r = json_parse(actions, &list, NULL);

	if (r != 0)
		return r;
	for (size_t i = 0; i < json_size(list); i++) {
		struct str text;
		enum verb verb;

		if (json_str(json_at(list, i), &text) &&
		    verb_parse(text, &verb) == 0 &&
		    str_eq(verb_row(verb)->service, service))
			verb_set_add(set, verb);
	}
	return 0;
}

static int
custom(struct db_at *at, struct str account, const struct parts *p,
       struct verb_set *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct verb_set set = {{0}};
	int r;

	if (!str_eq(p->account, account))
		return OUT_ABSENT;
	r = db_one(at, SQL_grants_custom_role, &rows, "sss", account,
		   p->service, p->name);
	if (r == 0)
		r = actions_add(p->service, db_str(&rows, 0), &set);
	if (r != 0)
		return r == OUT_MALFORMED ? OUT_ABSENT : r;
	*ret = set;
	return 0;
}

int
role_resolve(struct db_at *at, struct str account, struct str crn,
	     unsigned *ret_roles, struct verb_set *ret_verbs)
{
	struct str head, tail;
	struct parts parts = {.name = STR_NONE};
	unsigned roles;
	int r;

	if (take_apart(crn, &parts)) {
		r = custom(at, account, &parts, ret_verbs);
		if (r == 0)
			*ret_roles = 0;
		return r;
	}
	/* A name that is one of ours, behind anything else, is another's. */
	if (str_rcut(crn, ':', &head, &tail) &&
	    !str_ends(head, STR(":serviceRole")) &&
	    !str_ends(head, STR(":role")))
		return OUT_ABSENT;
	roles = role_parse(crn);
	if (roles == 0)
		return OUT_ABSENT;
	*ret_roles = roles;
	*ret_verbs = (struct verb_set){{0}};
	return 0;
}
