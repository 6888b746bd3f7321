/* What help says: lists of commands, and all about one of them. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <string.h>

const struct opt common_opts[COMMON_OPTS] = {
    [COMMON_OUTPUT] = {"output", 'o', OPT_TEXT, "json",
		       N_("'json', or a table by default")},
    [COMMON_HELP] = {"help", 'h', OPT_FLAG, NULL, N_("show this help")},
};

const char *
help_group_text(const char *group)
{
	static const struct {
		const char *group, *text;
	} rows[] = {
	    {"", N_("work with a latchkey server")},
	    {"repo", N_("git repositories")},
	    {"access-key", N_("keys of machines that read repositories")},
	    {"ssh-key", N_("SSH keys of people")},
	    {"project", N_("projects of repositories")},
	    {"keypair", N_("key pairs for servers")},
	    {"server", N_("servers that follow their key")},
	    {"cr", N_("the container registry")},
	    {"iam", N_("identities, their keys and policies")},
	    {"account", N_("accounts of the server")},
	    {"user", N_("people in the account")},
	};

	for (size_t i = 0; i < nitems(rows); i++)
		if (strcmp(rows[i].group, group) == 0)
			return _(rows[i].text);
	return NULL;
}

/* "cr namespace-list (namespaces)" */
static void
command_line(FILE *f, const struct command *c)
{
	char words[128];

	(void)snprintf(words, sizeof(words), "%s%s%s%s%s%s%s%s", c->group,
		       c->group[0] != '\0' ? " " : "", c->name,
		       c->operands[0] != '\0' ? " " : "", c->operands,
		       c->alias != NULL ? " (" : "",
		       c->alias != NULL ? c->alias : "",
		       c->alias != NULL ? ")" : "");
	if (strlen(words) > COMMAND_WORDS_WIDTH) {
		fprintf(f, "  %s\n", words);
		words[0] = '\0';
	}
	fprintf(f, "  %-*s %s\n", COMMAND_WORDS_WIDTH, words, _(c->text));
}

static bool
is_of(const struct command *c, const char *group)
{
	return group == NULL || strcmp(c->group, group) == 0;
}

/* A blank line between two groups, and within one between what belongs
 * together. */
static bool
is_apart(const struct command *last, const struct command *c, bool new_set,
	 bool whole)
{
	return last != NULL &&
	       (strcmp(c->group, last->group) != 0 || (new_set && !whole));
}

/* group NULL: everything. */
static void
command_lines(FILE *f, const char *group)
{
	const struct command *last = NULL;

	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++) {
			const struct command *c = &command_sets[s]->rows[i];

			if (!is_of(c, group))
				continue;
			if (is_apart(last, c, i == 0, group == NULL))
				(void)fputc('\n', f);
			last = c;
			command_line(f, c);
		}
}

/* Does any of these lines show another word? */
static bool
has_alias(const char *group)
{
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (c->alias != NULL && is_of(c, group))
			return true;
	return false;
}

void
help_list(FILE *f, const char *group)
{
	bool whole = group == NULL;

	fprintf(f, _("usage: latchkey %s%sCOMMAND [OPTIONS]\n\n"),
		whole ? "" : group, whole ? "" : " ");
	command_lines(f, group);
	if (whole)
		(void)fputs(_("\nBegin with: latchkey login -a URL --apikey "
			      "@FILE\n"),
			    f);
	(void)fputc('\n', f);
	if (has_alias(group))
		fprintf(f, "%s ", _("A word in parentheses does the same."));
	fprintf(f, _("'latchkey %s%sCOMMAND --help' tells more.\n"),
		whole ? "" : group, whole ? "" : " ");
}

void
help_line(FILE *f, const struct command *c)
{
	fprintf(f, _("usage: latchkey %s%s%s [OPTIONS]%s%s\n"), c->group,
		c->group[0] != '\0' ? " " : "", c->name,
		c->operands[0] != '\0' ? " " : "", c->operands);
}

static void
alias_line(FILE *f, const struct command *c)
{
	struct note line = {""};

	(void)note_set(&line, 0, _("Also: latchkey %s%s%s\n"), c->group,
		       c->group[0] != '\0' ? " " : "", c->alias);
	(void)fputs(line.text, f);
}

void
help_command(FILE *f, const struct command *c, const struct opt *opts, size_t n)
{
	help_line(f, c);
	fprintf(f, "\n%s\n", _(c->text));
	if (c->alias != NULL)
		alias_line(f, c);
	(void)fputc('\n', f);
	opt_usage(f, opts, n);
	if (c->more != NULL)
		fprintf(f, "\n%s", _(c->more));
}
