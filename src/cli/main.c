/* latchkey: find the command, read its options, run it, say how it went. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { EXIT_DONE = CLI_DONE, EXIT_FAILED, EXIT_USAGE };

static int
say_failed(const struct cli *cli, int r)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	/* Parts of a note may be words of a server, or of what is not one. */
	(void)buf_addf(&text, _("FAILED\n%s\n"),
		       cli->note.text[0] != '\0' ? cli->note.text
		       : r > 0			 ? _(out_text(r))
						 : strerror(-r));
	print_lines(stderr, buf_str(&text));
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
	help_line(stderr, c);
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

	if (format != NULL && strcasecmp(format, "json") != 0)
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
	size_t n_opts = c->n_opts + COMMON_OPTS;
	int n = 0;

	memset(values, 0, sizeof(values));
	if (c->max == OPERANDS_RAW &&
	    !(argc == 1 && argv[0][0] == '-' && asks_help(argv[0])))
		return command_run(c, values, argv, argc);
	if (c->n_opts > 0)
		memcpy(opts, c->opts, c->n_opts * sizeof(opts[0]));
	memcpy(opts + c->n_opts, common_opts, sizeof(common_opts));
	if (opt_parse(opts, n_opts, argc, argv, values, argv, &n, &note) != 0)
		return say_usage(note.text, c);
	if (values[c->n_opts + COMMON_HELP].given) {
		help_command(stdout, c, opts, n_opts);
		return EXIT_DONE;
	}
	if (operands_check(c, argv, n, &note) != 0)
		return say_usage(note.text, c);
	return command_run(c, values, argv, n);
}

static const char *
group_of(const char *word)
{
	if (strcmp(word, GROUP_CR_ALIAS) == 0)
		return "cr";
	return command_group_is(word) ? word : "";
}

/* "help --man [GROUP]": the page itself, for who builds or installs it. */
static int
man_start(int n, char **words)
{
	const char *group = n > 0 ? group_of(words[0]) : "";

	if (n > 0 && group[0] == '\0')
		return say_unknown("", words[0]);
	man_print(stdout, group);
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_DONE
							  : EXIT_FAILED;
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

	if (n > 0 && strcmp(words[0], "--man") == 0)
		return man_start(n - 1, words + 1);
	if (n == 0 || n == at)
		help_list(stdout, n == 0 ? NULL : group);
	if (n == 0 || n == at)
		return EXIT_DONE;
	c = command_find(group, words[at]);
	return c != NULL ? command_start(c, 1, argv)
			 : say_unknown(group, words[at]);
}

/* What can be said without a command: help and the version. */
static bool
told(int argc, char **argv, int *ret_status)
{
	if (argc < 2) {
		help_list(stderr, NULL);
		*ret_status = EXIT_USAGE;
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

	if (argc <= at) {
		help_list(stderr, group);
		return EXIT_USAGE;
	}
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
