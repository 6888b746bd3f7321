#include "door/git/push.h"

#include "base/test.h"

#include <string.h>

static const struct {
	const char *name;
	bool fine;
} names[] = {
    {"refs/heads/main", true},
    {"refs/heads/feature/a.b-c_d", true},
    {"refs/heads/\xea\xb8\xb0\xeb\x8a\xa5/x", true},
    {"refs/tags/v1.0", true},
    {"refs/notes/commits", true},
    {"refs/changes/01/1/1", true},
    {"refs/pull/1/head", true},
    {"refs/heads/@", true},
    {"refs/heads/a@b", true},
    {"refs/heads/HEADS", true},
    {"refs/heads/0123456789012345678901234567890123456789a", true},
    {"refs/heads/x/HEAD", true},

    {"", false},
    {"HEAD", false},
    {"main", false},
    {"refs", false},
    {"refs/", false},
    {"refs/heads", false},
    {"refs/heads/", false},
    {"refs/stash", false},
    {"Refs/heads/x", false},
    {"/refs/heads/x", false},
    {"refs//heads/x", false},
    {"refs/heads//x", false},
    {"refs/heads/x/", false},
    {"refs/heads/../x", false},
    {"refs/heads/.x", false},
    {"refs/heads/a/.x", false},
    {"refs/heads/a..b", false},
    {"refs/heads/a.lock", false},
    {"refs/heads/a.lock/b", false},
    {"refs/heads/a.", false},
    {"refs/heads/a b", false},
    {"refs/heads/a\tb", false},
    {"refs/heads/a\x1b[1m", false},
    {"refs/heads/a\x7f", false},
    {"refs/heads/a~1", false},
    {"refs/heads/a^", false},
    {"refs/heads/a:b", false},
    {"refs/heads/a?", false},
    {"refs/heads/a*", false},
    {"refs/heads/a[b", false},
    {"refs/heads/a\\b", false},
    {"refs/heads/a@{1}", false},
    {"refs/heads/\xff\xfe", false},
    {"refs/heads/\xe2\x80\xaex", false}, /* turns the line around */
    {"refs/heads/HEAD", false},
    {"refs/tags/HEAD", false},
    {"refs/heads/0123456789012345678901234567890123456789", false},
    {"refs/tags/ABCDEF6789012345678901234567890123456789", false},
    {"refs/replace/0123456789012345678901234567890123456789", false},
    {"refs/meta/config", false},
    {"refs/latchkey/x", false},
    {"refs/bisect/bad", false},
    {"refs/worktree/x", false},
    {"refs/rewritten/x", false},
};

static void
test_lengths(void)
{
	char name[REF_NAME_MAX + 2] = "refs/heads/";
	size_t head = strlen(name);

	memset(name + head, 'a', sizeof(name) - 1 - head);
	ok(refname_flaw((struct str){name, head + REF_PART_MAX}) == NULL,
	   "a part as long as it may be");
	ok(refname_flaw((struct str){name, head + REF_PART_MAX + 1}) != NULL,
	   "and a byte more");
	for (size_t i = head + 100; i < sizeof(name) - 2; i += 101)
		name[i] = '/';
	ok(refname_flaw((struct str){name, REF_NAME_MAX}) == NULL,
	   "a name as long as it may be");
	ok(refname_flaw((struct str){name, REF_NAME_MAX + 1}) != NULL,
	   "and a byte more");
}

int
main(void)
{
	for (size_t i = 0; i < nitems(names); i++)
		ok((refname_flaw(str_c(names[i].name)) == NULL) ==
		       names[i].fine,
		   "%s %s", names[i].name, names[i].fine ? "may" : "may not");
	test_lengths();
	return done_testing();
}
