#include "base/opt.h"
#include "follow/follow.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <syslog.h>
#include <unistd.h>

#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "0.1.0"
#endif

enum { OPT_CONF, OPTS };
static const struct opt opts[OPTS] = {
    [OPT_CONF] = {"conf", 0, OPT_TEXT, "FILE",
		  "what the first boot left (" CONF_PATH ")"},
};

static int
usage(FILE *out, int status)
{
	fprintf(out,
		"usage: latchkey-keys authorized-keys USER [--conf FILE]\n"
		"       latchkey-keys status [--conf FILE]\n"
		"       latchkey-keys --version\n\n"
		"authorized-keys is for sshd: the keys that USER may log in "
		"with.\n\n");
	opt_usage(out, opts, OPTS);
	return status;
}

static int
wrong(const char *text)
{
	fprintf(stderr,
		"latchkey-keys: %s\n"
		"'latchkey-keys --help' tells more.\n",
		text);
	return EXIT_USAGE;
}

struct line {
	struct opt_value v[OPTS];
	char **rest;
	int n_rest;
};

/* operands: how many there have to be. */
static int
line_read(int argc, char **argv, int operands, struct line *ret)
{
	struct note note = {""};

	ret->rest = argv;
	if (opt_parse(opts, OPTS, argc, argv, ret->v, argv, &ret->n_rest,
		      &note) != 0)
		return wrong(note.text);
	if (ret->n_rest != operands)
		return wrong(ret->n_rest < operands ? "a word is missing"
						    : "one word too many");
	for (int i = 0; i < operands; i++)
		if (argv[i][0] == '\0')
			return wrong("a word is empty");
	return 0;
}

static const char *
conf_of(const struct line *line)
{
	return line->v[OPT_CONF].given ? line->v[OPT_CONF].text : CONF_PATH;
}

static int
authorized_keys(int argc, char **argv)
{
	struct line line;
	int r = line_read(argc, argv, 1, &line);

	return r != 0 ? r : keys_print(conf_of(&line), line.rest[0]);
}

static int
status(int argc, char **argv)
{
	struct line line;
	int r = line_read(argc, argv, 0, &line);

	return r != 0 ? r : status_print(conf_of(&line));
}

/* Whoever started us may have closed what the first files we open would then be
 * mistaken for: nothing can be read from these, nor written to them. */
static void
start_clean(void)
{
	sigset_t none;

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_FAILED);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	/* The credential is in no core dump, and for nobody to trace. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	openlog("latchkey-keys", LOG_PID, LOG_AUTHPRIV);
}

static int
told(int status)
{
	return status == EXIT_DONE && fflush(stdout) != 0 ? EXIT_FAILED
							  : status;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	start_clean();
	if (strcmp(word, "authorized-keys") == 0)
		return authorized_keys(argc - 2, argv + 2);
	if (strcmp(word, "status") == 0)
		return told(status(argc - 2, argv + 2));
	if (strcmp(word, "--version") == 0) {
		printf("latchkey-keys %s\n", LATCHKEY_VERSION);
		return told(EXIT_DONE);
	}
	return strcmp(word, "--help") == 0 ? told(usage(stdout, EXIT_DONE))
					   : usage(stderr, EXIT_USAGE);
}
