/* The manual's pages, out of the table of commands. */
#include "cli/cli.h"

#include "base/i18n.h"
#include "base/man.h"

#include <string.h>

/* "latchkey", or "latchkey-cr" */
static void
page_name(const char *group, char *ret, size_t size)
{
	(void)snprintf(ret, size, "latchkey%s%s", group[0] != '\0' ? "-" : "",
		       group);
}

static void
page_link(FILE *out, const char *group)
{
	char name[64];

	page_name(group, name, sizeof(name));
	man_bold(out, name);
	(void)fputs("(1)", out);
}

/* "latchkey cr image-tag [OPTIONS] SOURCE TARGET" */
static void
usage_write(FILE *out, const struct command *c)
{
	char words[128];

	(void)snprintf(words, sizeof(words), "latchkey %s%s%s", c->group,
		       c->group[0] != '\0' ? " " : "", c->name);
	man_bold(out, words);
	if (c->max != OPERANDS_RAW) {
		(void)fputs(" [", out);
		man_italic(out, _("OPTIONS"));
		(void)fputc(']', out);
	}
	if (c->operands[0] != '\0') {
		(void)fputc(' ', out);
		man_italic(out, c->operands);
	}
	(void)fputc('\n', out);
}

static void
sentence(FILE *out, const char *text)
{
	man_text(out, str_c(text));
	(void)fputs(".\n", out);
}

static void
command_write(FILE *out, const struct command *c)
{
	struct note also = {""};

	man_subheading(out, c->name);
	usage_write(out, c);
	man_paragraph(out);
	sentence(out, _(c->text));
	if (c->alias != NULL) {
		(void)note_set(&also, 0, _("Also: latchkey %s%s%s\n"), c->group,
			       c->group[0] != '\0' ? " " : "", c->alias);
		man_break(out);
		man_paragraphs(out, also.text);
	}
	if (c->more != NULL) {
		man_paragraph(out);
		man_paragraphs(out, _(c->more));
	}
	man_opts(out, c->opts, c->n_opts);
}

static void
commands_write(FILE *out, const char *group)
{
	const struct command *c;

	man_heading(out, _("COMMANDS"));
	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (strcmp(c->group, group) == 0)
			command_write(out, c);
	man_heading(out, _("OPTIONS OF EVERY COMMAND"));
	man_opts(out, common_opts, COMMON_OPTS);
}

/* Is this the first row of a group? */
static bool
begins_group(size_t i)
{
	const struct command *c = command_at(i);

	return c->group[0] != '\0' &&
	       (i == 0 || strcmp(command_at(i - 1)->group, c->group) != 0);
}

static void
group_write(FILE *out, const char *group)
{
	const struct command *c;
	const char *before = "";

	man_tag(out);
	page_link(out, group);
	(void)fputc('\n', out);
	sentence(out, help_group_text(group));
	man_break(out);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		if (strcmp(c->group, group) != 0)
			continue;
		(void)fputs(before, out);
		man_bold(out, c->name);
		before = ",\n";
	}
	(void)fputc('\n', out);
}

static void
groups_write(FILE *out)
{
	man_heading(out, _("GROUPS OF COMMANDS"));
	man_paragraphs(out, _("Each has a page of its own.\n"));
	for (size_t i = 0; command_at(i) != NULL; i++)
		if (begins_group(i))
			group_write(out, command_at(i)->group);
}

static void
environment_write(FILE *out)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
	    {"LATCHKEY_API_KEY",
	     N_("the API key to log in with when none is given")},
	    {"LATCHKEY_CA_FILE",
	     N_("certificates (PEM) to trust instead of the system's")},
	    {"LATCHKEY_HOME",
	     N_("the folder of the session, instead of latchkey in the user's "
		"configuration folder")},
	};

	man_heading(out, _("ENVIRONMENT"));
	for (size_t i = 0; i < nitems(rows); i++) {
		man_tag(out);
		man_bold(out, rows[i].name);
		(void)fputc('\n', out);
		sentence(out, _(rows[i].text));
	}
}

static void
status_write(FILE *out)
{
	static const struct {
		const char *status, *text;
	} rows[] = {
	    {"0", N_("done")},
	    {"1", N_("failed; why is said on standard error")},
	    {"2", N_("wrong usage; nothing was done")},
	    {"73", N_("a file to be made is there already, or cannot be made")},
	};

	man_heading(out, _("EXIT STATUS"));
	for (size_t i = 0; i < nitems(rows); i++) {
		man_tag(out);
		man_bold(out, rows[i].status);
		(void)fputc('\n', out);
		sentence(out, _(rows[i].text));
	}
}

static void
links_write(FILE *out, const char *group)
{
	man_heading(out, _("SEE ALSO"));
	if (group[0] != '\0') {
		page_link(out, "");
		(void)fputs(",\n", out);
	}
	man_bold(out, "latchkeyd");
	(void)fputs("(8)\n", out);
}

static void
synopsis_write(FILE *out, const char *group)
{
	char words[64];

	(void)snprintf(words, sizeof(words), "latchkey%s%s",
		       group[0] != '\0' ? " " : "", group);
	man_heading(out, _("SYNOPSIS"));
	man_bold(out, words);
	(void)fputc(' ', out);
	man_italic(out, _("COMMAND"));
	(void)fputs(" [", out);
	man_italic(out, _("OPTIONS"));
	(void)fputs("]\n", out);
	man_break(out);
	man_bold(out, group[0] != '\0' ? words : "latchkey help");
	(void)fputc(' ', out);
	man_italic(out,
		   group[0] != '\0' ? _("COMMAND") : _("[GROUP] [COMMAND]"));
	if (group[0] != '\0')
		man_bold(out, " --help");
	(void)fputc('\n', out);
}

void
man_print(FILE *out, const char *group)
{
	char name[64];
	struct man_page page = {
	    .name = name,
	    .section = 1,
	    .version = "latchkey " LATCHKEY_VERSION,
	    .manual = _("latchkey commands"),
	    .heading = _("NAME"),
	    .summary = help_group_text(group),
	};

	page_name(group, name, sizeof(name));
	man_begin(out, &page);
	synopsis_write(out, group);
	man_heading(out, _("DESCRIPTION"));
	man_paragraphs(
	    out, _("A command talks to the server that 'latchkey login' "
		   "logged in to. Names and\nvalues that it prints in "
		   "columns are for people; '--output json' is for programs.\n"
		   "What cannot be undone is asked about first, unless -f is "
		   "given; without a\nterminal to ask on, nothing is done.\n"));
	commands_write(out, group);
	if (group[0] == '\0')
		groups_write(out);
	environment_write(out);
	status_write(out);
	links_write(out, group);
}
