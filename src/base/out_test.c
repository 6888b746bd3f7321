#include "base/out.h"

#include "base/test.h"

#include <errno.h>
#include <string.h>

int
main(void)
{
	struct note note;
	char longest[700];

	for (int i = 0; i < OUT_MAX; i++)
		ok(out_text(i) != NULL && out_text(i)[0] != '\0', "text of %d",
		   i);
	ok(out_text(-EIO) != NULL, "text of a failure");
	ok(out_text(OUT_MAX) != NULL, "text past the end");

	is_str(str_c(fail_place()), STR(""), "no failure yet");
	is_int(FOLD(0), 0, "FOLD(0) is fine");
	is_str(str_c(fail_place()), STR(""), "and no failure");
	is_int(FAIL(-EIO), -EIO, "FAIL passes the code on");
	ok(str_starts(str_c(fail_place()), STR("src/base/out_test.c:")) ||
	       strstr(fail_place(), "out_test.c:") != NULL,
	   "and remembers %s", fail_place());
	ok(strncmp(fail_place(), "..", 2) != 0, "without the way there");
	is_int(FAIL(0), -ENOTRECOVERABLE, "FAIL(0) is no success");
	is_int(FOLD(OUT_ABSENT), -ENOTRECOVERABLE, "an outcome is our bug");
	is_int(FOLD(-ENOSPC), -ENOSPC, "a failure passes");

	is_int(note_set(&note, OUT_RANGE, "%d of %s", 3, "x"), OUT_RANGE,
	       "note_set returns r");
	is_str(str_c(note.text), STR("3 of x"), "the note's text");
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	is_int(note_set(&note, 1, "%s", longest), 1, "a long note");
	is_int(strlen(note.text), sizeof(note.text) - 1, "is cut");
	for (size_t lead = 0; lead < 8; lead++) {
		memset(longest, 'a', lead);
		for (size_t i = lead; i + 3 < sizeof(longest); i += 3)
			memcpy(longest + i, "\xea\xb0\x80", 4);
		(void)note_set(&note, 1, "%s", longest);
		ok(str_is_text(str_c(note.text)) &&
		       strlen(note.text) + 3 >= sizeof(note.text),
		   "cut after a character, %zu", lead);
	}
	is_int(note_set(NULL, 2, "%s", "x"), 2, "no note wanted");
	return done_testing();
}
