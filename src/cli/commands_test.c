/* The table of commands: every row can be found, read and explained. */
#include "base/test.h"
#include "cli/cli.h"

#include <string.h>

static void
options_check(const struct command *c)
{
	/* --output and --help stand beside a command's own. */
	ok(c->n_opts + 2 <= CLI_OPTS_MAX, "%s %s: its options fit", c->group,
	   c->name);
	for (size_t i = 0; i < c->n_opts; i++) {
		const struct opt *o = &c->opts[i];

		ok(strcmp(o->name, "output") != 0 &&
		       strcmp(o->name, "help") != 0 && o->letter != 'o' &&
		       o->letter != 'h',
		   "%s %s: --%s is its own", c->group, c->name, o->name);
		ok((o->kind == OPT_FLAG) == (o->arg == NULL),
		   "%s %s: --%s names its value", c->group, c->name, o->name);
		ok(o->text[0] != '\0', "%s %s: --%s is explained", c->group,
		   c->name, o->name);
	}
}

static size_t
widest_line(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next(&text, '\n', &line))
		n = line.n > n ? line.n : n;
	return n;
}

/* Help has to fit a terminal of 80 columns. */
static void
width_check(const struct command *c)
{
	size_t words = strlen(c->group) + (c->group[0] != '\0' ? 1 : 0) +
		       strlen(c->name) + strlen(c->operands) +
		       (c->operands[0] != '\0' ? 1 : 0) +
		       (c->alias != NULL ? strlen(c->alias) + 3 : 0);

	ok(words <= COMMAND_WORDS_MAX, "%s %s: %zu columns of words", c->group,
	   c->name, words);
	ok(strlen(c->text) <= COMMAND_TEXT_MAX, "%s %s: text of %zu columns",
	   c->group, c->name, strlen(c->text));
	if (c->more == NULL)
		return;
	ok(widest_line(str_c(c->more)) <= 80, "%s %s: paragraphs fit", c->group,
	   c->name);
	ok(str_ends(str_c(c->more), STR("\n")), "%s %s: and end the line",
	   c->group, c->name);
}

static void
row_check(const struct command *c)
{
	ok(command_find(c->group, c->name) == c, "%s %s is found", c->group,
	   c->name);
	if (c->alias != NULL)
		ok(command_find(c->group, c->alias) == c,
		   "%s %s is found as %s", c->group, c->name, c->alias);
	ok(c->run != NULL && c->text[0] != '\0',
	   "%s %s does and says something", c->group, c->name);
	ok(c->max < 0 || c->min <= c->max, "%s %s: operands", c->group,
	   c->name);
	ok((c->max == 0) == (c->operands[0] == '\0'),
	   "%s %s: its usage names its operands", c->group, c->name);
	options_check(c);
	width_check(c);
}

int
main(void)
{
	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++)
			row_check(&command_sets[s]->rows[i]);
	ok(command_find("cr", "no-such") == NULL, "an unknown word is unknown");
	ok(command_find("", "token-add") == NULL,
	   "a group's word needs its group");
	ok(command_group_is("cr") && !command_group_is("") &&
	       !command_group_is("login"),
	   "groups are told from commands");
	return done_testing();
}
