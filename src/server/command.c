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
    [VERIFY_DEEP] = {"deep", 0, OPT_FLAG, NULL,
			 "hash every stored blob, and follow every reference"},
};
#define APPLY_TEXT "take away again what can be, and say what cannot"
static const struct opt restore_opts[RESTORE_OPTS] = {
    [RESTORE_DEEP] = {"deep", 0, OPT_FLAG, NULL,
		      "hash every stored blob, and follow every reference"},
    [RESTORE_SINCE] = {"since-data", 0, OPT_TEXT, "OLD",
		       "the data that are replaced, if they can still be read: "
		       "list what was revoked there after the copy"},
    [RESTORE_APPLY] = {"apply", 0, OPT_FLAG, NULL, APPLY_TEXT},
};
static const struct opt revocations_opts[REVOCATIONS_OPTS] = {
    [REVOCATIONS_APPLY] = {"apply", 0, OPT_FLAG, NULL, APPLY_TEXT},
};

const struct command commands[] = {
    {"serve", "", 0, init_opts, INIT_OPTS, true, command_serve,
     "serve; in an empty data directory, make an installation first", NULL},
    {"init", "", 0, init_opts, INIT_OPTS, false, command_init,
     "make an installation: account, owner, API key", NULL},
    {"verify", "", 0, verify_opts, VERIFY_OPTS, false, command_verify,
     "check what is stored; the daemon must be stopped", NULL},
    {"status", "", 0, NULL, 0, false, command_status,
     "show a running server, its processes and the walls around them",
     "Whoever may read the data may ask. Exit status 1: none runs.\n"},
    {"gc", "", 0, NULL, 0, false, command_gc,
     "remove image data that nothing needs any more, now",
     "A running server does that by itself, all the time; this is for whoever "
     "does\nnot want to wait. It is asked when it runs; otherwise the data are "
     "opened here.\nWhat was needed or asked for within the gc-grace stays.\n"},
    {"backup", "DIR", 1, NULL, 0, false, command_backup,
     "copy everything into the new directory DIR, also while serving",
     "The copy is as of one moment, is checked, and can be served from where "
     "it is,\nwith --data DIR; 'latchkeyd restore DIR' makes an installation "
     "from it. It holds the\nkeys that sign tokens: guard it as you guard the "
     "original.\n"},
    {"restore", "FROM", 1, restore_opts, RESTORE_OPTS, false, command_restore,
     "make an installation in --data from a copy, which stays as it is",
     "--data is new or empty. A copy is as of its moment: what was revoked or "
     "deleted\nlater lives in it again. Where the data that it replaces can "
     "still be read,\n--since-data lists that, and --apply repeats what can be "
     "repeated.\n"},
    {"revocations", "OLD", 1, revocations_opts, REVOCATIONS_OPTS, false,
     command_revocations,
     "list what was revoked in the data OLD, after --data was copied of them",
     "For an installation that was restored, when OLD, which it replaced, can "
     "still be\nread: latchkeyd restore --since-data does the same at once. "
     "--apply takes credentials\naway again, by id, and writes it into the "
     "trail; latchkeyd must be stopped. OLD is\nnot changed, and nothing "
     "of it is taken over: a password that was set later is\ncleared, until "
     "somebody sets another.\n"},
    {"rotate-keys", "", 0, NULL, 0, false, command_rotate_keys,
     "make another key to sign access tokens with",
     "It is published at once and signs ten minutes later; the one before goes "
     "on being\npublished until its last token has ended, so no token is cut "
     "off. Run it as the\nuser that the data belong to; a running server takes "
     "it up without a pause.\n"},
    {"host-keys", "list|announce|use|make", 1, NULL, 0, false,
     command_host_keys, "show or change the keys that SSH clients know",
     "announce makes the next ones and publishes them beside those in use; "
     "use puts\nthem in their place, when clients had time to learn them; "
     "make replaces keys\nthat were lost. A running server takes each up at "
     "SIGHUP.\n"},
    {"authorized-keys", "TYPE BASE64", 2, NULL, 0, false,
     command_authorized_keys, "for sshd's AuthorizedKeysCommand",
     "In sshd_config, with latchkeyd and its data belonging to the user git:\n"
     "  Match User git\n"
     "    AuthorizedKeysCommand /usr/sbin/latchkeyd authorized-keys --data DIR "
     "%t %k\n"
     "    AuthorizedKeysCommandUser git\n"
     "    AuthorizedKeysFile none\n"
     "    AcceptEnv GIT_PROTOCOL\n"
     "Prints the line of a key that opens something, and nothing of "
     "others.\n"},
    {"serv", "BASE64", 1, NULL, 0, false, command_serv,
     "the command that those lines force", NULL},
    {"check-config", "", 0, NULL, 0, true, command_check_config,
     "read the configuration and print what holds", NULL},
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
	fprintf(out, "usage: latchkeyd COMMAND [OPTION]...\n\n");
	for (size_t i = 0; i < n_commands; i++)
		fprintf(out, "  %-16s %s\n", commands[i].name,
			commands[i].text);
	fprintf(out, "  %-16s %s\n", "help", "this text, or a command's");
	fprintf(out, "  %-16s %s\n", "version", "name and version");
	fprintf(out, "\n'latchkeyd COMMAND --help' lists the options.\n"
		     "Exit status: 0 done, 1 failed, 2 wrong usage, 73 there "
		     "already, 74 output\ncannot be written, 75 in use by "
		     "another process, 78 configuration.\n");
	return flushed(out, status);
}

/* What every command needs of the settings; all take all of them, so that one
 * file can serve them. */
static bool
is_common(size_t key)
{
	return key == CONF_KEY_data || key == CONF_KEY_log_level;
}

/* A setting's text, and what holds without it. */
static void
setting_usage(FILE *out, const struct opt *opt, const struct conf_row *row)
{
	struct opt shown = *opt;
	char text[256];

	if (row->preset != NULL && row->kind != CONF_FLAG) {
		(void)snprintf(text, sizeof(text), "%s (%s)", row->text,
			       row->preset);
		shown.text = text;
	}
	opt_usage(out, &shown, 1);
}

static int
usage_of(const struct command *c, const struct opt *opts)
{
	printf("usage: latchkeyd %s [OPTION]...%s%s\n\n%s\n\n", c->name,
	       c->operands[0] != '\0' ? " " : "", c->operands, c->text);
	for (size_t i = 0; i < CONF_KEYS; i++)
		if (c->serves || is_common(i))
			setting_usage(stdout, &opts[i], &conf_rows[i]);
	opt_usage(stdout, opts + CONF_KEYS, CONF_OPTS - CONF_KEYS + c->n_opts);
	if (c->more != NULL)
		printf("\n%s", c->more);
	printf("\nIn parentheses: what holds when nothing is said. A file for "
	       "--config has lines\n\"key = value\", the keys as above without "
	       "dashes; 'latchkeyd check-config' prints\none.%s\n",
	       c->serves ? "" : " Other settings of serve are taken, too.");
	return flushed(stdout, 0);
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
	if (r == 0 && run->n_rest < c->n_operands)
		r = note_set(&note, OUT_MALFORMED, "%s is missing",
			     c->operands);
	if (r == 0 && run->n_rest > c->n_operands)
		r = note_set(&note, OUT_MALFORMED,
			     "'%.60s' is one word too many",
			     run->rest[c->n_operands]);
	if (r == 0)
		return 0;
	(void)serve_complain(EXIT_USAGE, note.text);
	fprintf(stderr, "'latchkeyd %s --help' lists the options.\n", c->name);
	return EXIT_USAGE;
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
		return usage_of(c, opts);
	status = options_read(c, argc, argv, opts, values, &run);
	if (status == 0 && conf_load(&conf, values, &note) != 0)
		status = serve_complain(EXIT_CONF, note.text);
	if (status == 0)
		status = flushed(stdout, c->run(&run));
	conf_clear(&conf);
	return status;
}

static const struct command *
command_find(const char *word)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(word, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static int
unknown(const char *word)
{
	struct note note = {0};

	(void)note_set(&note, 0, "no such command: %.60s", word);
	(void)serve_complain(EXIT_USAGE, note.text);
	fprintf(stderr, "'latchkeyd help' lists them.\n");
	return EXIT_USAGE;
}

/* "help --man" and "help --man-conf": the pages, for who builds or installs
 * them. */
static bool
man_printed(const char *word)
{
	if (strcmp(word, "--man") == 0)
		command_man(stdout);
	else if (strcmp(word, "--man-conf") == 0)
		command_man_conf(stdout);
	else
		return false;
	return true;
}

/* "help" and "help COMMAND". */
static int
help(int argc, char **argv)
{
	static char word[] = "--help";
	char *asked[] = {word};
	const struct command *c;

	if (argc == 0)
		return usage(stdout, 0);
	if (man_printed(argv[0]))
		return flushed(stdout, 0);
	c = command_find(argv[0]);
	return c != NULL ? command_run(c, 1, asked, 0) : unknown(argv[0]);
}

int
command_main(int argc, char **argv, int inherited)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct command *c;

	if (word == NULL)
		return usage(stderr, EXIT_USAGE);
	if (strcmp(word, "help") == 0 || asks_help(1, argv + 1))
		return help(argc - 2, argv + 2);
	if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0) {
		printf("latchkeyd %s\n", VERSION);
		return flushed(stdout, 0);
	}
	c = command_find(word);
	return c != NULL ? command_run(c, argc - 2, argv + 2, inherited)
			 : unknown(word);
}
