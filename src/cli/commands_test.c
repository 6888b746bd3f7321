/* The table of commands: every row can be found, read and explained. */
#include "base/i18n.h"
#include "base/test.h"
#include "cli/cli.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

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
width_of(const char *text)
{
	return i18n_width(text, strlen(text));
}

static size_t
widest_line(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next(&text, '\n', &line)) {
		size_t width = i18n_width(line.p, line.n);

		n = width > n ? width : n;
	}
	return n;
}

static void
options_width_check(const struct command *c)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!ok(f != NULL, "%s %s: memory", c->group, c->name))
		return;
	opt_usage(f, c->opts, c->n_opts);
	(void)fclose(f);
	ok(widest_line((struct str){text, n}) <= 80, "%s %s: options fit",
	   c->group, c->name);
	free(text);
}

/* Help has to fit a terminal of 80 columns, in each language. */
static void
width_check(const struct command *c)
{
	const char *more = c->more != NULL ? _(c->more) : NULL;

	ok(width_of(_(c->text)) <= COMMAND_TEXT_MAX,
	   "%s %s: text of %zu columns", c->group, c->name,
	   width_of(_(c->text)));
	options_width_check(c);
	if (more == NULL)
		return;
	ok(widest_line(str_c(more)) <= 80, "%s %s: paragraphs of %zu columns",
	   c->group, c->name, widest_line(str_c(more)));
	ok(str_ends(str_c(more), STR("\n")), "%s %s: and end the line",
	   c->group, c->name);
}

static void
words_check(const struct command *c)
{
	size_t words = strlen(c->group) + (c->group[0] != '\0' ? 1 : 0) +
		       strlen(c->name) + strlen(c->operands) +
		       (c->operands[0] != '\0' ? 1 : 0) +
		       (c->alias != NULL ? strlen(c->alias) + 3 : 0);

	ok(words <= COMMAND_WORDS_MAX, "%s %s: %zu columns of words", c->group,
	   c->name, words);
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
	words_check(c);
	width_check(c);
}

static void
all_rows(void (*check)(const struct command *))
{
	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++)
			check(&command_sets[s]->rows[i]);
}

/* The build's own catalogues, two folders from this program. */
static void
korean_start(void)
{
	char self[PATH_MAX], folder[PATH_MAX + 8];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct str dir = {self, n > 0 ? (size_t)n : 0}, name;

	if (!ok(str_rcut(dir, '/', &dir, &name), "where we are"))
		return;
	(void)snprintf(folder, sizeof(folder), "%.*s/../po", STR_ARG(dir));
	(void)setenv("LC_ALL", "ko_KR.UTF-8", 1);
	(void)unsetenv("LANGUAGE");
	is_int(i18n_open(folder), 0, "catalogues are in %s", folder);
	ok(strcmp(_("show this help"), "show this help") != 0,
	   "texts are Korean now");
}

int
main(void)
{
	all_rows(row_check);
	ok(command_find("cr", "no-such") == NULL, "an unknown word is unknown");
	ok(command_find("", "token-add") == NULL,
	   "a group's word needs its group");
	ok(command_group_is("cr") && !command_group_is("") &&
	       !command_group_is("login"),
	   "groups are told from commands");
	korean_start();
	all_rows(width_check);
	return done_testing();
}
