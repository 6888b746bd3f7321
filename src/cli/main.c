/* latchkey: find the command, read its options, run it, say how it went. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "0.1.0"
#endif

enum { EXIT_DONE = CLI_DONE, EXIT_FAILED, EXIT_USAGE };

/* Every command takes these besides its own. */
static const struct opt common[] = {
    {"output", 'o', OPT_TEXT, "FORMAT", N_("'json', or a table by default")},
    {"help", 'h', OPT_FLAG, NULL, N_("show this help")},
};
enum { COMMON_OUTPUT, COMMON_HELP };

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
	fprintf(f, "  %-*s %s\n", COMMAND_WORDS_MAX, words, _(c->text));
}

/* group NULL: everything, a blank line between two groups. */
static void
command_lines(FILE *f, const char *group)
{
	const char *last = NULL;

	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++) {
			const struct command *c = &command_sets[s]->rows[i];

			if (group != NULL && strcmp(c->group, group) != 0)
				continue;
			if (last != NULL && strcmp(c->group, last) != 0)
				(void)fputc('\n', f);
			last = c->group;
			command_line(f, c);
		}
}

/* Does any of these lines show another word? */
static bool
has_alias(const char *group)
{
	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++) {
			const struct command *c = &command_sets[s]->rows[i];

			if (c->alias != NULL &&
			    (group == NULL || strcmp(c->group, group) == 0))
				return true;
		}
	return false;
}

static int
usage(FILE *f, const char *group)
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
	return f == stdout ? EXIT_DONE : EXIT_USAGE;
}

static void
usage_line(FILE *f, const struct command *c)
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

static void
command_help(FILE *f, const struct command *c, const struct opt *opts, size_t n)
{
	usage_line(f, c);
	fprintf(f, "\n%s\n", _(c->text));
	if (c->alias != NULL)
		alias_line(f, c);
	(void)fputc('\n', f);
	opt_usage(f, opts, n);
	if (c->more != NULL)
		fprintf(f, "\n%s", _(c->more));
}

static int
say_failed(const struct cli *cli, int r)
{
	fprintf(stderr, _("FAILED\n%s\n"),
		cli->note.text[0] != '\0' ? cli->note.text
		: r > 0			  ? _(out_text(r))
					  : strerror(-r));
	return cli->status != CLI_DONE ? cli->status : EXIT_FAILED;
}

/* c NULL: there is no such command. */
static int
say_usage(const char *text, const struct command *c)
{
	fprintf(stderr, _("FAILED\n%s\n"), text);
	if (c == NULL)
		return EXIT_USAGE;
	(void)fputc('\n', stderr);
	usage_line(stderr, c);
	fprintf(stderr, _("'latchkey %s%s%s --help' tells more.\n"), c->group,
		c->group[0] != '\0' ? " " : "", c->name);
	return EXIT_USAGE;
}

static int
say_unknown(const char *group, const char *word)
{
	bool whole = group[0] == '\0';
	struct note note = {""};

	(void)note_set(&note, 0,
		       _("'%s%s%.60s' is not a latchkey command. 'latchkey "
			 "help%s%s' lists them."),
		       group, whole ? "" : " ", word, whole ? "" : " ", group);
	return say_usage(note.text, NULL);
}

static int
output_flush(struct cli *cli, int r)
{
	if (r == 0 && (fflush(stdout) != 0 || ferror(stdout) != 0))
		return note_set(&cli->note, OUT_BUSY,
				_("cannot write to standard output"));
	return r;
}

/* Servers say no more than that of what is not there, or not for whoever asks;
 * the word that was given says which. */
static void
absent_name(const struct command *c, char **rest, int n, struct cli *cli)
{
	const char *bare = _(out_text(OUT_ABSENT));

	if (c->max < 1 || n < 1 || strcmp(cli->note.text, bare) != 0)
		return;
	(void)note_set(&cli->note, 0,
		       _("'%.80s' is not there, or not for you to see"),
		       str_is_text(str_c(rest[0])) ? rest[0] : "?");
}

static int
command_run(const struct command *c, const struct opt_value *v, char **rest,
	    int n)
{
	struct cli cli = {0};
	const char *format = v[c->n_opts + COMMON_OUTPUT].text;
	struct args args = {v, rest, n};
	int r;

	if (format != NULL && strcmp(format, "json") != 0)
		return say_usage(_("--output takes 'json'"), c);
	cli.json = format != NULL;
	r = output_flush(&cli, c->run(&cli, &args));
	session_clear(&cli.session);
	if (r != 0 && cli.status == CLI_USAGE)
		return say_usage(cli.note.text, c);
	if (r == OUT_ABSENT)
		absent_name(c, rest, n, &cli);
	return r == 0 ? EXIT_DONE : say_failed(&cli, r);
}

static int
operands_check(const struct command *c, char **rest, int n, struct note *note)
{
	if (n < c->min && c->max == 1)
		return note_set(note, OUT_MALFORMED, _("%s is missing"),
				c->operands);
	if (n < c->min)
		return note_set(note, OUT_MALFORMED,
				_("an operand is missing"));
	if (c->max >= 0 && n > c->max)
		return note_set(note, OUT_MALFORMED,
				_("'%.60s' is one word too many"),
				rest[c->max]);
	for (int i = 0; i < n; i++)
		if (rest[i][0] == '\0')
			return note_set(note, OUT_MALFORMED,
					_("an operand is empty"));
	return 0;
}

static bool
asks_help(const char *word)
{
	return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
	       strcmp(word, "-h") == 0;
}

static int
command_start(const struct command *c, int argc, char **argv)
{
	struct opt opts[CLI_OPTS_MAX];
	struct opt_value values[CLI_OPTS_MAX];
	struct note note = {""};
	size_t n_opts = c->n_opts + nitems(common);
	int n = 0;

	memset(values, 0, sizeof(values));
	if (c->max == OPERANDS_RAW &&
	    !(argc == 1 && argv[0][0] == '-' && asks_help(argv[0])))
		return command_run(c, values, argv, argc);
	if (c->n_opts > 0)
		memcpy(opts, c->opts, c->n_opts * sizeof(opts[0]));
	memcpy(opts + c->n_opts, common, sizeof(common));
	if (opt_parse(opts, n_opts, argc, argv, values, argv, &n, &note) != 0)
		return say_usage(note.text, c);
	if (values[c->n_opts + COMMON_HELP].given) {
		command_help(stdout, c, opts, n_opts);
		return EXIT_DONE;
	}
	if (operands_check(c, argv, n, &note) != 0)
		return say_usage(note.text, c);
	return command_run(c, values, argv, n);
}

/* The original says "cr" and "container-registry". */
static const char *
group_of(const char *word)
{
	if (strcmp(word, "container-registry") == 0)
		return "cr";
	return command_group_is(word) ? word : "";
}

/* The words behind "help", or before it: none, a group, or a command. */
static int
help_start(int n, char **words)
{
	static char help[] = "--help";
	char *argv[] = {help};
	const char *group = n > 0 ? group_of(words[0]) : "";
	int at = group[0] != '\0' ? 1 : 0;
	const struct command *c;

	if (n == 0)
		return usage(stdout, NULL);
	if (n == at)
		return usage(stdout, group);
	c = command_find(group, words[at]);
	return c != NULL ? command_start(c, 1, argv)
			 : say_unknown(group, words[at]);
}

/* What can be said without a command: help and the version. */
static bool
told(int argc, char **argv, int *ret_status)
{
	if (argc < 2) {
		*ret_status = usage(stderr, NULL);
		return true;
	}
	if (asks_help(argv[1])) {
		*ret_status = help_start(argc - 2, argv + 2);
		return true;
	}
	if (strcmp(argv[1], "--version") != 0 &&
	    strcmp(argv[1], "version") != 0)
		return false;
	printf("latchkey %s\n", LATCHKEY_VERSION);
	*ret_status = EXIT_DONE;
	return true;
}

static int
start(int argc, char **argv)
{
	const char *group = group_of(argv[1]);
	int at = group[0] != '\0' ? 2 : 1;
	const struct command *c;

	if (argc <= at)
		return usage(stderr, group);
	if (asks_help(argv[at])) {
		argv[at] = argv[1]; /* "cr help X" is "help cr X" */
		return help_start(argc - at, argv + at);
	}
	c = command_find(group, argv[at]);
	return c != NULL ? command_start(c, argc - at - 1, argv + at + 1)
			 : say_unknown(group, argv[at]);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whoever started us may have closed what the first files that we open, a
 * private key's among them, would then be mistaken for: nothing can be read
 * from these, nor written to them. */
static void
stdio_guard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_FAILED);
}

int
main(int argc, char **argv)
{
	int status = EXIT_DONE;

	stdio_guard();
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc > 0 &&
	    strcmp(base_name(argv[0]), "docker-credential-latchkey") == 0)
		return credhelper_main(argc, argv);
	i18n_start();
	return told(argc, argv, &status) ? status : start(argc, argv);
}
