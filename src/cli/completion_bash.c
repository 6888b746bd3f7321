/* Completion in bash. */
#include "cli/completion.h"

#include <string.h>

static const char head[] =
    "# bash completion for latchkey, written by 'latchkey completion bash'.\n"
    "_latchkey()\n"
    "{\n"
    "	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "	local group= at=1 words= options= operands= take=none\n"
    "	COMPREPLY=()\n"
    "	# bash makes three words of --name=value.\n"
    "	if [[ $cur == = ]]; then\n"
    "		cur=\n"
    "	elif [[ $prev == = && $COMP_CWORD -gt 2 ]]; then\n"
    "		prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "	fi\n"
    "	[[ ${COMP_WORDS[1]} == help && $COMP_CWORD -gt 1 ]] && at=2\n"
    "	if [[ $COMP_CWORD -gt $at ]]; then\n"
    "		case ${COMP_WORDS[at]} in\n";

static const char tail[] =
    "	if [[ $take == @ || ( $take == none && $operands == @ && "
    "$cur != -* ) ]]; then\n"
    "		compopt -o filenames 2>/dev/null\n"
    "		mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "		return\n"
    "	fi\n"
    "	if [[ $take != none ]]; then\n"
    "		words=$take\n"
    "	elif [[ $cur == -* ]]; then\n"
    "		words=$options\n"
    "	elif [[ -z $words ]]; then\n"
    "		words=$operands\n"
    "	fi\n"
    "	mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "}\n"
    "complete -F _latchkey latchkey\n";

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
names_write(FILE *out, const char *group)
{
	const struct command *c;
	const char *other;

	fprintf(out, "\t\t'%s') words='", group);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		if (strcmp(c->group, group) != 0)
			continue;
		fprintf(out, "%s ", c->name);
		if (c->alias != NULL)
			fprintf(out, "%s ", c->alias);
	}
	for (size_t i = 0;
	     group[0] == '\0' && (other = completion_group(i)) != NULL; i++)
		fprintf(out, "%s ", other);
	fprintf(out, "help%s' ;;\n", group[0] == '\0' ? " version" : "");
}

static void
words_write(FILE *out)
{
	const char *group;

	(void)fputs("\tif [[ $COMP_CWORD -eq $at ]]; then\n"
		    "\t\tcase $group in\n",
		    out);
	names_write(out, "");
	for (size_t i = 0; (group = completion_group(i)) != NULL; i++)
		names_write(out, group);
	(void)fputs("\t\tesac\n\t\toptions=--help\n\tfi\n", out);
}

static void
value_write(FILE *out, const struct opt *o)
{
	(void)fputs("\t\t", out);
	if (o->letter != '\0')
		fprintf(out, "-%c|", o->letter);
	fprintf(out, "--%s) take='", o->name);
	switch (completion_kind(o->arg)) {
	case COMPLETION_FILE:
		(void)fputc('@', out);
		break;
	case COMPLETION_WORDS:
		completion_words(out, o->arg);
		break;
	case COMPLETION_OTHER:
		break;
	}
	(void)fputs("' ;;\n", out);
}

static void
operands_write(FILE *out, const struct command *c)
{
	switch (completion_kind(c->operands)) {
	case COMPLETION_FILE:
		(void)fputs("\t\toperands=@\n", out);
		break;
	case COMPLETION_WORDS:
		(void)fputs("\t\toperands='", out);
		completion_words(out, c->operands);
		(void)fputs("'\n", out);
		break;
	case COMPLETION_OTHER:
		break;
	}
}

static void
command_write(FILE *out, const struct command *c)
{
	const struct opt *o;
	bool has_values = false;

	fprintf(out, "\t'%s %s'", c->group, c->name);
	if (c->alias != NULL)
		fprintf(out, "|'%s %s'", c->group, c->alias);
	(void)fputs(")\n\t\toptions='", out);
	for (size_t i = 0; (o = completion_opt(c, i)) != NULL; i++) {
		fprintf(out, "%s--%s", i > 0 ? " " : "", o->name);
		if (o->letter != '\0')
			fprintf(out, " -%c", o->letter);
		has_values = has_values || o->arg != NULL;
	}
	(void)fputs("'\n", out);
	operands_write(out, c);
	if (has_values)
		(void)fputs("\t\tcase $prev in\n", out);
	for (size_t i = 0; (o = completion_opt(c, i)) != NULL; i++)
		if (o->arg != NULL)
			value_write(out, o);
	(void)fputs(has_values ? "\t\tesac\n\t\t;;\n" : "\t\t;;\n", out);
}

void
completion_bash(FILE *out)
{
	const struct command *c;

	(void)fputs(head, out);
	groups_write(out);
	words_write(out);
	(void)fputs("\t[[ $COMP_CWORD -gt $at ]] &&\n"
		    "\tcase \"$group ${COMP_WORDS[at]}\" in\n",
		    out);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		command_write(out, c);
	(void)fputs("\tesac\n", out);
	(void)fputs(tail, out);
}
