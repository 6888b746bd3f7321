#include "server/command.h"

#include "server/process.h"
#include "server/serve.h"
#include "server/version.h"

#include <stdlib.h>
#include <string.h>

static const struct opt init_opts[INIT_OPTS] = {
    [INIT_ACCOUNT] = {"account", 0, OPT_TEXT, "NAME",
		      "name of the first account (" INIT_SLUG ")"},
    [INIT_ADMIN] = {"admin", 0, OPT_TEXT, "EMAIL",
		    "its owner, who also operates the server (" INIT_EMAIL ")"},
    [INIT_KEY_FILE] = {"apikey-file", 0, OPT_TEXT, "FILE",
		       "new file for the first API key (DATA/first-apikey)"},
};
static const struct opt verify_opts[VERIFY_OPTS] = {
    [VERIFY_DEEP] = {"deep", 0, OPT_FLAG, NULL, "hash every stored blob again"},
};

const struct command commands[] = {
    {"serve", "", 0, init_opts, INIT_OPTS, command_serve,
     "serve; in an empty data directory, make an installation first"},
    {"init", "", 0, init_opts, INIT_OPTS, command_init,
     "make an installation: account, owner, API key"},
    {"verify", "", 0, verify_opts, VERIFY_OPTS, command_verify,
     "check what is stored; the daemon must be stopped"},
    {"backup", "DIR", 1, NULL, 0, command_backup,
     "copy everything into the new directory DIR; the daemon must be stopped"},
    {"check-config", "", 0, NULL, 0, command_check_config,
     "read the configuration and print what holds"},
};
const size_t n_commands = nitems(commands);

static int
flushed(FILE *out, int status)
{
	if (fflush(out) != 0 || ferror(out))
		return out == stderr ? status : EXIT_OUTPUT;
	return status;
}

static int
usage(FILE *out, int status)
{
	fprintf(out, "Usage: latchkeyd COMMAND [OPTION]...\n\n");
	for (size_t i = 0; i < n_commands; i++)
		fprintf(out, "  %-14s %s\n", commands[i].name,
			commands[i].text);
	fprintf(out, "  %-14s %s\n", "help", "this text");
	fprintf(out, "  %-14s %s\n", "version", "name and version");
	fprintf(out, "\nlatchkeyd COMMAND --help lists the options.\n");
	return flushed(out, status);
}

static int
usage_of(const struct command *c, const struct opt *opts, size_t n, FILE *out,
	 int status)
{
	fprintf(out, "Usage: latchkeyd %s [OPTION]... %s\n\n%s\n\n", c->name,
		c->operands, c->text);
	opt_usage(out, opts, n);
	fprintf(out, "\nThe settings may also stand in a file as lines \"key = "
		     "value\": --config FILE.\n");
	return flushed(out, status);
}

static bool
asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

/* "--opt=" and "--opt ''" have no value to go by. */
static int
values_check(const struct opt *opts, const struct opt_value *values, size_t n,
	     struct note *note)
{
	for (size_t i = 0; i < n; i++) {
		bool empty = values[i].given && opts[i].kind != OPT_FLAG &&
			     values[i].text[0] == '\0';

		for (size_t k = 0; k < values[i].count; k++)
			empty = empty || values[i].many[k][0] == '\0';
		if (empty)
			return note_set(note, OUT_MALFORMED,
					"option --%s has no value",
					opts[i].name);
	}
	return 0;
}

static int
options_read(const struct command *c, int argc, char **argv,
	     const struct opt *opts, struct opt_value *values, struct run *run)
{
	struct note note = {0};
	size_t n = CONF_OPTS + c->n_opts;
	int r = opt_parse(opts, n, argc, argv, values, run->rest, &run->n_rest,
			  &note);

	if (r == 0)
		r = values_check(opts, values, n, &note);
	if (r == 0 && run->n_rest != c->n_operands)
		r = note_set(&note, OUT_MALFORMED, "%s takes %d operand%s",
			     c->name, c->n_operands,
			     c->n_operands == 1 ? "" : "s");
	if (r == 0)
		return 0;
	(void)serve_complain(EXIT_USAGE, note.text);
	return usage_of(c, opts, n, stderr, EXIT_USAGE);
}

static int
command_run(const struct command *c, int argc, char **argv, int inherited)
{
	static struct conf conf; /* too large for a small stack */
	static struct opt_value values[CONF_OPTS + COMMAND_OPTS_MAX];
	struct opt opts[CONF_OPTS + COMMAND_OPTS_MAX];
	struct run run = {.conf = &conf,
			  .own = values + CONF_OPTS,
			  .rest = argv, /* operands move forward in it */
			  .inherited = inherited};
	struct note note = {0};
	int status;

	conf_opts(opts);
	for (size_t i = 0; i < c->n_opts; i++)
		opts[CONF_OPTS + i] = c->opts[i];
	if (asks_help(argc, argv))
		return usage_of(c, opts, CONF_OPTS + c->n_opts, stdout, 0);
	status = options_read(c, argc, argv, opts, values, &run);
	if (status == 0 && conf_load(&conf, values, &note) != 0)
		status = serve_complain(EXIT_CONF, note.text);
	if (status == 0)
		status = flushed(stdout, c->run(&run));
	conf_clear(&conf);
	return status;
}

int
command_main(int argc, char **argv, int inherited)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (word == NULL)
		return usage(stderr, EXIT_USAGE);
	if (strcmp(word, "help") == 0 || asks_help(1, argv + 1))
		return usage(stdout, 0);
	if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0) {
		printf("latchkeyd %s\n", VERSION);
		return flushed(stdout, 0);
	}
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(word, commands[i].name) == 0)
			return command_run(&commands[i], argc - 2, argv + 2,
					   inherited);
	(void)serve_complain(EXIT_USAGE, "no such command");
	return usage(stderr, EXIT_USAGE);
}
