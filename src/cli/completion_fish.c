/* Completion in fish. */
#include "cli/completion.h"

#include "base/i18n.h"

#include <string.h>

static const char head[] =
    "# fish completion for latchkey, written by 'latchkey completion fish'.\n"
    "function __latchkey_words\n"
    "	set -l words (commandline -opc)\n"
    "	set -e words[1]\n"
    "	test \"$words[1]\" = help; and set -e words[1]\n"
    "	string replace -r '^" GROUP_CR_ALIAS "( |$)' 'cr$1' -- \"$words\"\n"
    "end\n"
    "function __latchkey_at\n"
    "	set -l line (__latchkey_words)\n"
    "	test \"$line\" = \"$argv\"\n"
    "end\n"
    "function __latchkey_in\n"
    "	set -l line (__latchkey_words)\n"
    "	string match -q -- \"$argv *\" \"$line \"\n"
    "end\n"
    "complete -c latchkey -f\n";

/* fish takes a backslash before a quote. */
static void
text_write(FILE *out, const char *text)
{
	(void)fputs(" -d '", out);
	for (const char *p = text; *p != '\0'; p++)
		fprintf(out, "%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p);
	(void)fputs("'\n", out);
}

static void
word_write(FILE *out, const char *group, const char *word, const char *text)
{
	fprintf(out, "complete -c latchkey -n '__latchkey_at%s%s' -a %s",
		group[0] != '\0' ? " " : "", group, word);
	text_write(out, text);
}

static void
line_begin(FILE *out, const struct command *c, const char *name)
{
	fprintf(out, "complete -c latchkey -n '__latchkey_in %s%s%s'", c->group,
		c->group[0] != '\0' ? " " : "", name);
}

static void
value_write(FILE *out, const char *arg)
{
	switch (completion_kind(arg)) {
	case COMPLETION_FILE:
		(void)fputs(" -r -F", out);
		break;
	case COMPLETION_WORDS:
		(void)fputs(" -x -a '", out);
		completion_words(out, arg);
		(void)fputc('\'', out);
		break;
	case COMPLETION_OTHER:
		(void)fputs(" -x", out);
		break;
	}
}

static void
operands_write(FILE *out, const struct command *c, const char *name)
{
	switch (completion_kind(c->operands)) {
	case COMPLETION_FILE:
		line_begin(out, c, name);
		(void)fputs(" -F\n", out);
		break;
	case COMPLETION_WORDS:
		line_begin(out, c, name);
		(void)fputs(" -a '", out);
		completion_words(out, c->operands);
		(void)fputs("'\n", out);
		break;
	case COMPLETION_OTHER:
		break;
	}
}

static void
command_write(FILE *out, const struct command *c, const char *name)
{
	const struct opt *o;

	word_write(out, c->group, name, _(c->text));
	operands_write(out, c, name);
	for (size_t i = 0; (o = completion_opt(c, i)) != NULL; i++) {
		line_begin(out, c, name);
		fprintf(out, " -l %s", o->name);
		if (o->letter != '\0')
			fprintf(out, " -s %c", o->letter);
		if (o->arg != NULL)
			value_write(out, o->arg);
		text_write(out, _(o->text));
	}
}

void
completion_fish(FILE *out)
{
	const struct command *c;
	const char *group;

	(void)fputs(head, out);
	for (size_t i = 0; (group = completion_group(i)) != NULL; i++)
		word_write(out, "", group, help_group_text(group));
	word_write(out, "", "help", _("show this help"));
	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		command_write(out, c, c->name);
		if (c->alias != NULL)
			command_write(out, c, c->alias);
	}
}
