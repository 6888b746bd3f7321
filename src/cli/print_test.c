/* No byte that a server chooses steers the terminal. */
#include "base/test.h"
#include "cli/cli.h"

#include <stdlib.h>

static void
said(struct str given, const char *wanted, const char *name)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	struct str got;

	if (out == NULL)
		abort();
	print_lines(out, given);
	(void)fclose(out);
	got = (struct str){text, n};
	is_str(got, str_c(wanted), "%s", name);
	free(text);
}

static void
test_lines(void)
{
	said(STR("birds, 새, 🐦\n"), "birds, 새, 🐦\n", "words");
	said(STR("a\033]0;b\007c\r\td\177"), "a?]0;b?c??d?", "control bytes");
	said(STR("a\302\23331mb\302\205c"), "a?31mb?c",
	     "control characters beyond ASCII");
	said(STR("a\342\200\256b\342\201\246c"), "a?b?c",
	     "what turns the direction");
	said(STR("a\23331m\377b\302"), "a?31m?b?", "no UTF-8");
	said(STR("a\0b"), "a?b", "a NUL");
}

static void
test_cells(void)
{
	static const struct column columns[] = {{"One", false}};
	struct table t = TABLE(columns);

	table_add(&t, STR("a\302\23331m\033[1mb"));
	is_str(str_c(t.cells.p), STR("a?31m?[1mb"), "a cell");
	buf_clear(&t.cells);
}

int
main(void)
{
	test_lines();
	test_cells();
	return done_testing();
}
