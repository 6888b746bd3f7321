/* latchkeyd(8) and latchkeyd.conf(5), out of the tables of commands and of
 * settings. */
#include "server/command.h"

#include "base/man.h"
#include "server/process.h"
#include "server/version.h"

#include <string.h>

static void
line(FILE *out, const char *text)
{
	man_text(out, str_c(text));
	(void)fputc('\n', out);
}

static void
sentence(FILE *out, const char *text)
{
	man_text(out, str_c(text));
	(void)fputs(".\n", out);
}

static void
page_link(FILE *out, const char *name, int section, const char *after)
{
	man_bold(out, name);
	fprintf(out, "(%d)%s\n", section, after);
}

static void
command_write(FILE *out, const struct command *c)
{
	char words[64];

	(void)snprintf(words, sizeof(words), "latchkeyd %s", c->name);
	man_subheading(out, c->name);
	man_bold(out, words);
	(void)fputs(" [", out);
	man_italic(out, "OPTION");
	(void)fputs("]...", out);
	if (c->operands[0] != '\0') {
		(void)fputc(' ', out);
		man_italic(out, c->operands);
	}
	(void)fputc('\n', out);
	man_paragraph(out);
	sentence(out, c->text);
	if (c->more != NULL) {
		man_paragraph(out);
		man_paragraphs(out, c->more);
	}
	man_opts(out, c->opts, c->n_opts);
}

static void
status_write(FILE *out)
{
	static const struct {
		int status;
		const char *text;
	} rows[] = {
	    {0, "done"},
	    {1, "failed"},
	    {EXIT_USAGE, "wrong usage"},
	    {EXIT_CANTCREAT, "what was to be made is there already"},
	    {EXIT_OUTPUT, "output cannot be written"},
	    {EXIT_BUSY, "in use by another process"},
	    {EXIT_CONF, "the configuration is wrong"},
	};

	man_heading(out, "EXIT STATUS");
	for (size_t i = 0; i < nitems(rows); i++) {
		man_tag(out);
		fprintf(out, "\\fB%d\\fR\n", rows[i].status);
		sentence(out, rows[i].text);
	}
}

static void
signals_write(FILE *out)
{
	man_heading(out, "SIGNALS");
	man_tag(out);
	man_bold(out, "TERM");
	(void)fputc('\n', out);
	sentence(out, "serve takes no more requests, ends those under way and "
		      "then itself");
	man_tag(out);
	man_bold(out, "HUP");
	(void)fputc('\n', out);
	sentence(out, "serve reads the certificate and the host keys of SSH "
		      "again");
}

void
command_man(FILE *out)
{
	static const struct man_page page = {
	    "latchkeyd",
	    8,
	    "latchkeyd " VERSION,
	    "latchkey server",
	    "NAME",
	    "issue machine credentials and honour "
	    "them"};

	man_begin(out, &page);
	man_heading(out, "SYNOPSIS");
	man_bold(out, "latchkeyd");
	(void)fputc(' ', out);
	man_italic(out, "COMMAND");
	(void)fputs(" [", out);
	man_italic(out, "OPTION");
	(void)fputs("]...\n", out);
	man_break(out);
	man_bold(out, "latchkeyd help");
	(void)fputs(" [", out);
	man_italic(out, "COMMAND");
	(void)fputs("]\n", out);
	man_heading(out, "DESCRIPTION");
	line(out, "One server that issues credentials for machines and is the "
		  "door that honours them: a container registry, git over SSH "
		  "and HTTP, and key pairs for servers.");
	line(out, "Everything is kept in one folder.");
	man_heading(out, "COMMANDS");
	for (size_t i = 0; i < n_commands; i++)
		command_write(out, &commands[i]);
	man_heading(out, "SETTINGS");
	(void)fputs("Every command takes every setting of\n", out);
	page_link(out, "latchkeyd.conf", 5, "");
	(void)fputs("as an option,\n", out);
	man_bold(out, "--key");
	(void)fputc(' ', out);
	man_italic(out, "VALUE");
	(void)fputs(", and\n", out);
	man_bold(out, "--config");
	(void)fputc(' ', out);
	man_italic(out, "FILE");
	(void)fputs(" that has them.\nAn option wins over the file.\n", out);
	signals_write(out);
	status_write(out);
	man_heading(out, "SEE ALSO");
	page_link(out, "latchkey", 1, ",");
	page_link(out, "latchkeyd.conf", 5, "");
}

static void
setting_write(FILE *out, const struct conf_row *row)
{
	man_tag(out);
	man_bold(out, row->key);
	(void)fputs(" = ", out);
	man_italic(out, row->arg != NULL ? row->arg : "true|false");
	(void)fputc('\n', out);
	sentence(out, row->text);
	if (row->max > 0 && row->kind == CONF_NUMBER)
		fprintf(out, "From %llu to %llu.\n",
			(unsigned long long)row->min,
			(unsigned long long)row->max);
	if (row->preset == NULL)
		return;
	(void)fputs("Default:\n", out);
	man_bold(out, row->preset);
	(void)fputs(".\n", out);
}

void
command_man_conf(FILE *out)
{
	static const struct man_page page = {
	    "latchkeyd.conf",  5,      "latchkeyd " VERSION,
	    "latchkey server", "NAME", "settings of latchkeyd"};

	man_begin(out, &page);
	man_heading(out, "SYNOPSIS");
	man_bold(out, "latchkeyd");
	(void)fputc(' ', out);
	man_italic(out, "COMMAND");
	(void)fputc(' ', out);
	man_bold(out, "--config");
	(void)fputc(' ', out);
	man_italic(out, "FILE");
	(void)fputc('\n', out);
	man_heading(out, "DESCRIPTION");
	man_paragraphs(
	    out, "Plain text: one setting a line, as \"key = value\". A line "
		 "that begins with # is a\ncomment, blank lines are passed "
		 "over. A setting that may be given many times\nstands on as "
		 "many lines. There is no inclusion, no quoting and no "
		 "continuation.\n\n"
		 "What is wrong in it is said with its line, and nothing is "
		 "served then. The same\nsettings are options of every "
		 "command; an option wins over the file.\n"
		 "'latchkeyd check-config' prints what holds, as such a "
		 "file.\n");
	man_heading(out, "SETTINGS");
	for (size_t i = 0; i < CONF_KEYS; i++)
		setting_write(out, &conf_rows[i]);
	man_heading(out, "EXAMPLE");
	man_paragraphs(out,
		       "    data = /var/lib/latchkey\n"
		       "    http = 0.0.0.0:443\n"
		       "    tls-cert = /etc/latchkey/tls.crt\n"
		       "    tls-key = /etc/latchkey/tls.key\n"
		       "    public-url = https://registry.example.com\n"
		       "    region = south,old-south=registry.example.com\n"
		       "    region = north=north.registry.example.com\n");
	man_heading(out, "SEE ALSO");
	page_link(out, "latchkeyd", 8, "");
}
