#include "wire/scope.h"

#include "base/out.h"
#include "wire/ociref.h"

static unsigned
actions_of(struct str list)
{
	static const struct {
		struct str name;
		unsigned action;
	} known[] = {
	    {STR_INIT("pull"), SCOPE_PULL},
	    {STR_INIT("push"), SCOPE_PUSH},
	    {STR_INIT("delete"), SCOPE_DELETE},
	};
	unsigned actions = 0;
	struct str name;

	while (str_next(&list, ',', &name))
		for (size_t i = 0; i < nitems(known); i++)
			if (str_eq(name, known[i].name))
				actions |= known[i].action;
	return actions;
}

/* "repository", or "repository(plugin)" with a class that nobody asks for. */
static bool
is_repository(struct str type)
{
	if (!str_starts(type, STR("repository")))
		return false;
	type = str_sub(type, STR("repository").n, SIZE_MAX);
	if (type.n == 0)
		return true;
	if (type.n < 3 || type.p[0] != '(' || type.p[type.n - 1] != ')')
		return false;
	return ociref_is_component(str_sub(type, 1, type.n - 2));
}

/* The name stands between the first and the last colon, so that the port of a
 * host that some clients put before it does not end it. */
static struct scope
read_one(struct str text)
{
	struct str type, name, list;
	struct scope s = {.actions = 0};

	if (!str_cut(text, ':', &type, &name) ||
	    !str_rcut(name, ':', &name, &list))
		return s;
	if (is_repository(type) && ociref_is_name(name))
		s = (struct scope){name, actions_of(list)};
	else if (str_eq(type, STR("registry")) &&
		 str_eq(name, STR("catalog")) && str_eq(list, STR("*")))
		s = (struct scope){STR(""), SCOPE_ALL_CATALOG};
	return s;
}

static struct scope *
find(struct scope *all, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(all[i].name, name))
			return &all[i];
	return NULL;
}

int
scope_parse(struct str text, struct scope *ret, size_t max, size_t *count)
{
	struct str one;

	while (str_next(&text, ' ', &one)) {
		struct scope s = read_one(one), *same;

		if (s.actions == 0)
			continue;
		same = find(ret, *count, s.name);
		if (same != NULL)
			same->actions |= s.actions;
		else if (*count >= max)
			return OUT_TOO_MANY;
		else
			ret[(*count)++] = s;
	}
	return 0;
}
