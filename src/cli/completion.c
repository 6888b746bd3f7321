/* completion: the command, and what the shells' scripts share. */
#include "cli/completion.h"

#include "base/i18n.h"

#include <string.h>

static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') &&
		    (s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '-')
			return false;
	return s.n > 0 && s.p[0] != '-';
}

enum completion_kind
completion_kind(const char *arg)
{
	struct str rest = str_c(arg), one;

	if (str_starts(rest, STR("FILE")))
		return COMPLETION_FILE;
	if (rest.n == 0)
		return COMPLETION_OTHER;
	while (str_next(&rest, '|', &one))
		if (!is_value(one))
			return COMPLETION_OTHER;
	return COMPLETION_WORDS;
}

void
completion_words(FILE *out, const char *arg)
{
	for (const char *p = arg; *p != '\0'; p++)
		(void)fputc(*p == '|' ? ' ' : *p, out);
}

void
completion_quote(FILE *out, const char *text, const char *specials)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (strchr(specials, *p) != NULL)
			(void)fputc('\\', out);
		(void)fputs(*p == '\'' ? "'\\''" : "", out);
		if (*p != '\'')
			(void)fputc(*p, out);
	}
}

const struct opt *
completion_opt(const struct command *c, size_t i)
{
	if (i < c->n_opts)
		return &c->opts[i];
	i -= c->n_opts;
	if (c->max == OPERANDS_RAW)
		i += COMMON_HELP;
	return i < COMMON_OPTS ? &common_opts[i] : NULL;
}

/* Rows of a group stand beside each other. */
const char *
completion_group(size_t i)
{
	const struct command *c;
	const char *last = "";

	for (size_t k = 0; (c = command_at(k)) != NULL; k++) {
		if (strcmp(c->group, last) == 0)
			continue;
		last = c->group;
		if (last[0] != '\0' && i-- == 0)
			return last;
	}
	return NULL;
}

const char *
completion_group_alias(const char *group)
{
	return strcmp(group, "cr") == 0 ? GROUP_CR_ALIAS : NULL;
}

static int
completion(struct cli *cli, const struct args *a)
{
	static const struct {
		const char *name;
		void (*write)(FILE *);
	} shells[] = {
	    {"bash", completion_bash},
	    {"zsh", completion_zsh},
	    {"fish", completion_fish},
	};

	for (size_t i = 0; i < nitems(shells); i++)
		if (strcmp(a->rest[0], shells[i].name) == 0) {
			shells[i].write(stdout);
			return 0;
		}
	return usage_set(cli, _("'%.40s' is not one of bash, zsh and fish"),
			 str_is_text(str_c(a->rest[0])) ? a->rest[0] : "?");
}

static const struct command rows[] = {
    {"", "completion", NULL, NULL, 0, "bash|zsh|fish", 1, 1, completion,
     N_("write a shell's completion of these words"),
     N_("For this shell only:\n"
	"    . <(latchkey completion bash)\n"
	"    . <(latchkey completion zsh)\n"
	"    latchkey completion fish | source\n"
	"An installation has it where each shell looks by itself.\n")},
};
const struct command_set commands_completion = {rows, nitems(rows)};
