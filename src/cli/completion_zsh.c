/* Completion in zsh. */
#include "cli/completion.h"

#include "base/i18n.h"

#include <string.h>

static const char head[] =
    "#compdef latchkey\n"
    "# zsh completion for latchkey, written by 'latchkey completion zsh'.\n"
    "_latchkey()\n"
    "{\n"
    "	local group= at=2\n"
    "	local -a rows specs\n"
    "	[[ $words[2] == help ]] && ((CURRENT > 2)) && at=3\n"
    "	if ((CURRENT > at)); then\n"
    "		case $words[at] in\n";

/* Sourced, or found in fpath and called. */
static const char tail[] = "	shift $((at - 1)) words\n"
			   "	((CURRENT -= at - 1))\n"
			   "	_arguments -s : $specs\n"
			   "}\n"
			   "if [[ $funcstack[1] == _latchkey ]]; then\n"
			   "	_latchkey \"$@\"\n"
			   "else\n"
			   "	compdef _latchkey latchkey\n"
			   "fi\n";

static void
groups_write(FILE *out)
{
	const char *group;

	for (size_t i = 0; (group = completion_group(i)) != NULL; i++) {
		const char *alias = completion_group_alias(group);

		fprintf(out, "\t\t%s%s%s) group=%s at=$((at + 1)) ;;\n", group,
			alias != NULL ? "|" : "", alias != NULL ? alias : "",
			group);
	}
	(void)fputs("\t\tesac\n\tfi\n", out);
}

static void
row_write(FILE *out, const char *name, const char *text)
{
	fprintf(out, " \\\n\t\t\t'%s:", name);
	completion_quote(out, text, "\\:");
	(void)fputc('\'', out);
}

static void
names_write(FILE *out, const char *group)
{
	const struct command *c;
	const char *other;

	fprintf(out, "\t\t'%s') rows=(", group);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		if (strcmp(c->group, group) != 0)
			continue;
		row_write(out, c->name, _(c->text));
		if (c->alias != NULL)
			row_write(out, c->alias, _(c->text));
	}
	for (size_t i = 0;
	     group[0] == '\0' && (other = completion_group(i)) != NULL; i++)
		row_write(out, other, help_group_text(other));
	row_write(out, "help", _("show this help"));
	(void)fputs(") ;;\n", out);
}

static void
words_write(FILE *out)
{
	const char *group;

	(void)fputs("\tif ((CURRENT == at)); then\n\t\tcase $group in\n", out);
	names_write(out, "");
	for (size_t i = 0; (group = completion_group(i)) != NULL; i++)
		names_write(out, group);
	(void)fputs("\t\tesac\n\t\t_describe command rows\n\t\treturn\n\tfi\n",
		    out);
}

static void
value_write(FILE *out, const char *arg)
{
	(void)fputc(':', out);
	completion_quote(out, arg, "\\:");
	(void)fputc(':', out);
	switch (completion_kind(arg)) {
	case COMPLETION_FILE:
		(void)fputs("_files", out);
		break;
	case COMPLETION_WORDS:
		(void)fputc('(', out);
		completion_words(out, arg);
		(void)fputc(')', out);
		break;
	case COMPLETION_OTHER:
		(void)fputc(' ', out);
		break;
	}
}

/* '(--force)-f[do not ask]': one form of an option, which excludes its other.
 */
static void
spec_write(FILE *out, const struct opt *o, const char *form, const char *other)
{
	const char *any = o->kind == OPT_MANY ? "*" : "";

	(void)fputs(" \\\n\t\t\t'", out);
	if (other[0] != '\0' && any[0] == '\0')
		fprintf(out, "(%s)", other);
	fprintf(out, "%s%s%s[", any, form,
		o->arg == NULL	 ? ""
		: form[1] == '-' ? "="
				 : "+");
	completion_quote(out, _(o->text), "\\[]:");
	(void)fputc(']', out);
	if (o->arg != NULL)
		value_write(out, o->arg);
	(void)fputc('\'', out);
}

static void
command_write(FILE *out, const struct command *c)
{
	const struct opt *o;

	fprintf(out, "\t'%s %s'", c->group, c->name);
	if (c->alias != NULL)
		fprintf(out, "|'%s %s'", c->group, c->alias);
	(void)fputs(") specs=(", out);
	for (size_t i = 0; (o = completion_opt(c, i)) != NULL; i++) {
		char name[64], letter[4] = "";

		(void)snprintf(name, sizeof(name), "--%s", o->name);
		if (o->letter != '\0')
			(void)snprintf(letter, sizeof(letter), "-%c",
				       o->letter);
		spec_write(out, o, name, letter);
		if (o->letter != '\0')
			spec_write(out, o, letter, name);
	}
	if (c->operands[0] != '\0') {
		(void)fputs(" \\\n\t\t\t'*", out);
		value_write(out, c->operands);
		(void)fputc('\'', out);
	}
	(void)fputs(") ;;\n", out);
}

void
completion_zsh(FILE *out)
{
	const struct command *c;

	(void)fputs(head, out);
	groups_write(out);
	words_write(out);
	(void)fputs("\tcase \"$group $words[at]\" in\n", out);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		command_write(out, c);
	(void)fputs("\tesac\n", out);
	(void)fputs(tail, out);
}
