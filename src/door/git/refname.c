#include "door/git/push.h"

#include <string.h>

/* Places below refs/ that change what other names mean, that are git's own in
 * each work tree, or that this server keeps for itself. */
static const struct str reserved[] = {
    STR_INIT("refs/replace/"),	 STR_INIT("refs/meta/"),
    STR_INIT("refs/bisect/"),	 STR_INIT("refs/worktree/"),
    STR_INIT("refs/rewritten/"), STR_INIT("refs/latchkey/"),
};

static bool
part_ok(struct str part)
{
	return part.n > 0 && part.n <= REF_PART_MAX && part.p[0] != '.' &&
	       !str_ends(part, STR(".lock"));
}

/* git-check-ref-format(1) for a whole name. */
static bool
well_formed(struct str name)
{
	struct str rest = name, part;
	size_t parts = 0;

	while (str_next(&rest, '/', &part)) {
		if (!part_ok(part))
			return false;
		parts++;
	}
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		char next = i + 1 < name.n ? name.p[i + 1] : '\0';

		if (c <= ' ' || c == 0x7f || strchr("~^:?*[\\", c) != NULL ||
		    (c == '.' && next == '.') || (c == '@' && next == '{'))
			return false;
	}
	return parts >= 2 && name.p[name.n - 1] != '.' && str_is_text(name);
}

/* git reads these as ids of objects, whatever they are names of. */
static bool
looks_like_id(struct str s)
{
	if (s.n != 40 && s.n != 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
		    !(s.p[i] >= 'a' && s.p[i] <= 'f') &&
		    !(s.p[i] >= 'A' && s.p[i] <= 'F'))
			return false;
	return true;
}

const char *
refname_flaw(struct str name)
{
	struct str kind, rest;

	if (!str_starts(name, STR("refs/")))
		return "only names below refs/ can be pushed";
	if (name.n > REF_NAME_MAX)
		return "the name is too long";
	if (!well_formed(name))
		return "not a name that git allows";
	if (!str_cut(str_sub(name, 5, SIZE_MAX), '/', &kind, &rest))
		return "only branches, tags, notes and the like can be pushed";
	for (size_t i = 0; i < nitems(reserved); i++)
		if (str_starts(name, reserved[i]))
			return "this place is not for pushing to";
	if (!str_eq(kind, STR("heads")) && !str_eq(kind, STR("tags")))
		return NULL;
	if (looks_like_id(rest))
		return "a branch or tag must not look like the id of an object";
	if (str_eq(rest, STR("HEAD")))
		return "a branch or tag must not be called HEAD";
	return NULL;
}
