/*
 * People with policies as they lie in the store, for the tests of what is granted:
 * past the rooms that would not let everything through.
 */
#ifndef CORE_GRANTS_WORLD_H
#define CORE_GRANTS_WORLD_H

#include "core/core_world.h"
#include "core/sql.h"
#include "db/db.h"

#define READER_CRN "crn:v1:bluemix:public:iam::::serviceRole:Reader"

/* A policy as the API stores it: pairs of name and value, the value behind "~"
 * when it is a pattern, and JSON when it is a list. Behind "!" a name's
 * operator is for a list that the value is not; behind "#" it is a tag. */
struct policy {
	const char *identity, *account, *role;
	const char *attributes[8][2];
	const char *pattern, *rule;
	const char *group; /* its subject is this */
	int number;	   /* 0: the serial number */
	const char *more;  /* another role, so many times */
	int n_more;
};
UNUSED static int people_made;

UNUSED static const char *
operator_of(const char *name, const char **value)
{
	bool match = **value == '~';

	*value += match;
	if (*name == '!' || **value == '[' || **value == '{')
		return match ? "stringMatchAnyOf" : "stringEqualsAnyOf";
	return match ? "stringMatch" : "stringEquals";
}

UNUSED static int
put_attribute(struct db_at *at, const char *id, int64_t position,
	      const char *name, const char *value)
{
	const char *op = operator_of(name, &value);
	bool tag = *name == '#';

	return db_exec(at, SQL_policy_attribute_insert, NULL, "sisssiss",
		       str_c(id), position, tag ? STR("tag") : STR("resource"),
		       str_c(name + (*name == '!' || tag)), str_c(op),
		       (int64_t)1,
		       *value == '[' || *value == '{' ? STR("list")
						      : STR("text"),
		       str_c(value));
}

UNUSED static int
put(struct db_at *at, void *arg)
{
	const struct policy *p = arg;
	bool group = p->group != NULL;
	char id[16];
	int r;

	(void)snprintf(id, sizeof(id), "p%d",
		       p->number != 0 ? p->number : people_made);
	r = db_exec(at, SQL_policy_insert, NULL, "sssssssSSnsi", str_c(id),
		    str_c(p->account), STR("access"),
		    group ? STR("access_group_id") : STR("iam_id"),
		    str_c(group ? p->group : p->identity), STR(""), STR(""),
		    str_c(p->pattern), str_c(p->rule), STR("test"), (int64_t)0);
	if (r == 0)
		r = db_exec(at, SQL_policy_role_insert, NULL, "sis", str_c(id),
			    (int64_t)0, str_c(p->role));
	for (int64_t i = 1; r == 0 && i <= p->n_more; i++)
		r = db_exec(at, SQL_policy_role_insert, NULL, "sis", str_c(id),
			    i, str_c(p->more));
	for (int64_t i = 0; r == 0 && p->attributes[i][0] != NULL; i++)
		r = put_attribute(at, id, i, p->attributes[i][0],
				  p->attributes[i][1]);
	gate_granted(at, str_c(p->account));
	return r;
}

struct person {
	struct user user;
	struct proof proof;
};

UNUSED static struct person
person(struct world *w)
{
	char email[64];
	struct api_key key;
	struct person p;

	(void)snprintf(email, sizeof(email), "p%d@example.org", ++people_made);
	p.user = world_user(w, email, 0);
	p.proof = basic("iamapikey", world_key(w, p.user.id, 0, &key));
	return p;
}

/* Somebody with one policy: the account is filled in when it comes first. */
UNUSED static struct person
with(struct world *w, const char *role, const char *pairs[][2])
{
	struct person p = person(w);
	struct policy policy = {
	    .identity = p.user.id.p, .account = w->owner.account, .role = role};

	policy.attributes[0][0] = "accountId";
	policy.attributes[0][1] = w->owner.account;
	for (int i = 0; pairs[i][0] != NULL; i++) {
		policy.attributes[i + 1][0] = pairs[i][0];
		policy.attributes[i + 1][1] = pairs[i][1];
	}
	must(db_write(w->core->db, put, &policy), "policy");
	return p;
}

UNUSED static int
pull_in(struct world *w, const struct person *p, struct str region,
	const char *name)
{
	return pass(w, p->proof, VERB_IMAGE_PULL,
		    (struct thing){.kind = THING_REPO,
				   .region = region,
				   .name = str_c(name)});
}

#define REGISTRY                                                               \
	{                                                                      \
		"serviceName", "container-registry"                            \
	}
#define PAIRS(...)                                                             \
	(const char *[][2])                                                    \
	{                                                                      \
		__VA_ARGS__,                                                   \
		{                                                              \
			NULL, NULL                                             \
		}                                                              \
	}

#endif
