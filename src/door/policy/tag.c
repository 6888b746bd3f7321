#include "door/policy/inner.h"

#include <errno.h>

/* The digits of the id are in it, so that tags of two things never agree. */
struct str
etag_text(struct arena *a, int64_t version, struct str id)
{
	static const struct str group = STR_INIT("AccessGroupId-");
	char hex[33];
	size_t n = 0;

	for (size_t i = str_starts(id, group) ? group.n : 0;
	     i < id.n && n < sizeof(hex) - 1; i++)
		if (id.p[i] != '-')
			hex[n++] = id.p[i];
	hex[n] = '\0';
	return arena_strf(a, "%lld-%s", (long long)version, hex);
}

int
etag_match(struct call *call, struct str id, int64_t *ret_version)
{
	struct str match = http_field_get(call->req, "if-match", NULL);
	struct str head, tail, mine;
	uint64_t version = 0;

	if (match.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"the field If-Match is missing");
	*ret_version = 0;
	if (str_eq(match, STR("*")))
		return 0;
	if (match.n > 2 && match.p[0] == '"' && match.p[match.n - 1] == '"')
		match = str_sub(match, 1, match.n - 2);
	if (!str_cut(match, '-', &head, &tail) ||
	    str_u64(head, INT64_MAX, &version) != 0 || version == 0)
		return OUT_STALE;
	mine = etag_text(call->arena, (int64_t)version, id);
	if (mine.p == NULL)
		return FAIL(-ENOMEM);
	*ret_version = (int64_t)version;
	return str_eq(mine, match) ? 0 : OUT_STALE;
}
