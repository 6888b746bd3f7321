/* latchkey: find the command, read its options, run it, say how it went. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "0.1.0"
#endif

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

/* Every command takes these besides its own. */
static const struct opt common[] = {
    {"output", 'o', OPT_TEXT, "FORMAT", "'json', or a table by default"},
    {"help", 'h', OPT_FLAG, NULL, "show this help"},
};
enum { COMMON_OUTPUT, COMMON_HELP };

static void
command_line(FILE *f, const struct command *c)
{
	char words[128];

	(void)snprintf(words, sizeof(words), "%s%s%s %s", c->group,
		       c->group[0] != '\0' ? " " : "", c->name, c->operands);
	fprintf(f, "  %-44s %s\n", words, c->text);
}

/* group NULL: everything. */
static void
usage(FILE *f, const char *group)
{
	fprintf(f, "usage: latchkey COMMAND [OPTIONS]\n\n");
	for (size_t s = 0; s < COMMAND_SETS; s++)
		for (size_t i = 0; i < command_sets[s]->n; i++)
			if (group == NULL ||
			    strcmp(command_sets[s]->rows[i].group, group) == 0)
				command_line(f, &command_sets[s]->rows[i]);
	fprintf(f, "\n'latchkey COMMAND --help' tells more. "
		   "LATCHKEY_API_KEY may hold the API key for login.\n");
}

static void
command_help(FILE *f, const struct command *c, const struct opt *opts, size_t n)
{
	fprintf(f, "usage: latchkey %s%s%s [OPTIONS] %s\n\n%s\n", c->group,
		c->group[0] != '\0' ? " " : "", c->name, c->operands, c->text);
	if (c->alias != NULL)
		fprintf(f, "Also: %s\n", c->alias);
	fprintf(f, "\n");
	opt_usage(f, opts, n);
	if (c->more != NULL)
		fprintf(f, "\n%s", c->more);
}

static int
say_failed(const struct cli *cli, int r)
{
	fprintf(stderr, "FAILED\n%s\n",
		cli->note.text[0] != '\0' ? cli->note.text
		: r > 0			  ? out_text(r)
					  : strerror(-r));
	return EXIT_FAILED;
}

static int
say_usage(const char *text)
{
	fprintf(stderr, "FAILED\n%s\n", text);
	return EXIT_USAGE;
}

static int
output_flush(struct cli *cli, int r)
{
	if (r == 0 && (fflush(stdout) != 0 || ferror(stdout) != 0))
		return note_set(&cli->note, OUT_BUSY,
				"cannot write to standard output");
	return r;
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
		return say_usage("--output takes 'json'");
	cli.json = format != NULL;
	r = output_flush(&cli, c->run(&cli, &args));
	session_clear(&cli.session);
	return r == 0 ? EXIT_DONE : say_failed(&cli, r);
}

static int
command_start(const struct command *c, int argc, char **argv)
{
	struct opt opts[CLI_OPTS_MAX];
	struct opt_value values[CLI_OPTS_MAX];
	struct note note = {""};
	size_t n_opts = c->n_opts + nitems(common);
	int n = 0;

	if (c->n_opts > 0)
		memcpy(opts, c->opts, c->n_opts * sizeof(opts[0]));
	memcpy(opts + c->n_opts, common, sizeof(common));
	if (opt_parse(opts, n_opts, argc, argv, values, argv, &n, &note) != 0)
		return say_usage(note.text);
	if (values[c->n_opts + COMMON_HELP].given) {
		command_help(stdout, c, opts, n_opts);
		return EXIT_DONE;
	}
	if (n < c->min || (c->max >= 0 && n > c->max)) {
		command_help(stderr, c, opts, n_opts);
		return EXIT_USAGE;
	}
	return command_run(c, values, argv, n);
}

static bool
asks_help(const char *word)
{
	return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
	       strcmp(word, "-h") == 0;
}

static int
group_start(int argc, char **argv)
{
	const struct command *c;

	if (argc < 3 || asks_help(argv[2])) {
		usage(argc < 3 ? stderr : stdout, argv[1]);
		return argc < 3 ? EXIT_USAGE : EXIT_DONE;
	}
	c = command_find(argv[1], argv[2]);
	if (c != NULL)
		return command_start(c, argc - 3, argv + 3);
	fprintf(stderr,
		"FAILED\n'%s %s' is not a latchkey command. "
		"See 'latchkey %s help'.\n",
		argv[1], argv[2], argv[1]);
	return EXIT_USAGE;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

int
main(int argc, char **argv)
{
	static char cr[] = "cr";
	const struct command *c;

	(void)signal(SIGPIPE, SIG_IGN);
	if (argc > 0 &&
	    strcmp(base_name(argv[0]), "docker-credential-latchkey") == 0)
		return credhelper_main(argc, argv);
	if (argc < 2) {
		usage(stderr, NULL);
		return EXIT_USAGE;
	}
	if (asks_help(argv[1])) {
		usage(stdout, NULL);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0 ||
	    strcmp(argv[1], "version") == 0) {
		printf("latchkey %s\n", LATCHKEY_VERSION);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "container-registry") == 0)
		argv[1] = cr;
	if (command_group_is(argv[1]))
		return group_start(argc, argv);
	c = command_find("", argv[1]);
	if (c != NULL)
		return command_start(c, argc - 2, argv + 2);
	fprintf(stderr,
		"FAILED\n'%s' is not a latchkey command. "
		"See 'latchkey help'.\n",
		argv[1]);
	return EXIT_USAGE;
}
