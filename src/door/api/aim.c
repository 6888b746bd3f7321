#include "door/api/inner.h"

#include <errno.h>

/* A name that holds what parts the names is no name. */
static bool
is_part(struct str s)
{
	return memchr(s.p, '/', s.n) == NULL;
}

/* The names of the path as the gate wants them; what is not there is left to
 * it. */
static int
aim_inside(struct call *call, enum thing_kind kind, size_t parts)
{
	struct str name = call->params[0];

	for (size_t i = 0; i < parts; i++) {
		if (!is_part(call->params[i]))
			return OUT_ABSENT;
		if (i == 0)
			continue;
		name = arena_strf(call->arena, "%.*s/%.*s", STR_ARG(name),
				  STR_ARG(call->params[i]));
		if (name.p == NULL)
			return FAIL(-ENOMEM);
	}
	call->thing.kind = kind;
	call->thing.name = name;
	return 0;
}

int
api_aim_project(struct call *call)
{
	return aim_inside(call, THING_PROJECT, 2);
}

int
api_aim_keypair(struct call *call)
{
	return aim_inside(call, THING_KEYPAIR, 3);
}

int
api_aim_server(struct call *call)
{
	return aim_inside(call, THING_SERVER, 3);
}
