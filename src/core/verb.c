#include "core/verb.h"

#include "base/clean.h"

#include <assert.h>

static const struct verb_row rows[] = {
#define X(name, service_, action_, rule_, roles_, trail_)                      \
	[VERB_##name] = {                                                      \
	    .service = STR_INIT(service_),                                     \
	    .action = STR_INIT(action_),                                       \
	    .rule = RULE_##rule_,                                              \
	    .roles = roles_,                                                   \
	    .trail = TRAIL_##trail_,                                           \
	},
    VERBS(X)
#undef X
};
static_assert(nitems(rows) == VERB_MAX, "every verb has its row");

static const struct {
	enum role role;
	const char *name, *crn;
} roles[] = {
#define SERVICE_CRN  "crn:v1:bluemix:public:iam::::serviceRole:"
#define PLATFORM_CRN "crn:v1:bluemix:public:iam::::role:"
    {ROLE_READER, "Reader", SERVICE_CRN "Reader"},
    {ROLE_WRITER, "Writer", SERVICE_CRN "Writer"},
    {ROLE_MANAGER, "Manager", SERVICE_CRN "Manager"},
    {ROLE_VIEWER, "Viewer", PLATFORM_CRN "Viewer"},
    {ROLE_OPERATOR, "Operator", PLATFORM_CRN "Operator"},
    {ROLE_EDITOR, "Editor", PLATFORM_CRN "Editor"},
    {ROLE_ADMINISTRATOR, "Administrator", PLATFORM_CRN "Administrator"},
};

const struct verb_row *
verb_row(enum verb verb)
{
	assert(verb < VERB_MAX);
	return &rows[verb];
}

int
verb_parse(struct str text, enum verb *ret)
{
	struct str service, action;

	if (!str_cut(text, '.', &service, &action))
		return OUT_ABSENT;
	for (int i = 0; i < VERB_MAX; i++)
		if (str_eq(rows[i].action, action) &&
		    str_eq(rows[i].service, service)) {
			*ret = (enum verb)i;
			return 0;
		}
	return OUT_ABSENT;
}

struct str
verb_service_type(struct str service)
{
	static const struct str platform[] = {
	    STR_INIT("iam-identity"),
	    STR_INIT("iam-access-management"),
	    STR_INIT("iam-groups"),
	    STR_INIT("audit"),
	};

	for (size_t i = 0; i < nitems(platform); i++)
		if (str_eq(platform[i], service))
			return STR("platform_service");
	return STR("service");
}

unsigned
role_parse(struct str s)
{
	struct str head, last = s;

	(void)str_rcut(s, ':', &head, &last);
	for (size_t i = 0; i < nitems(roles); i++)
		if (str_eq_nocase(last, str_c(roles[i].name)))
			return roles[i].role;
	return 0;
}

const char *
role_name(enum role role)
{
	for (size_t i = 0; i < nitems(roles); i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "";
}

const char *
role_crn(enum role role)
{
	for (size_t i = 0; i < nitems(roles); i++)
		if (roles[i].role == role)
			return roles[i].crn;
	return "";
}
