#include "base/opt.h"
#include "base/sanitized.h"
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

#define SEED_MAX (CONF_TOKEN_MAX + 2) /* a line of it */

enum {
	OPT_CONF,
	OPT_URL,
	OPT_SEED,
	OPT_USER,
	OPT_CA,
	OPT_ROOT,
	OPT_FORCE,
	OPTS
};
static const struct opt opts[OPTS] = {
    [OPT_CONF] = {"conf", 0, OPT_TEXT, "FILE",
		  "what the first boot left (" CONF_PATH ")"},
    [OPT_URL] = {"url", 0, OPT_TEXT, "BASE", "where latchkeyd is"},
    [OPT_SEED] = {"seed", 0, OPT_TEXT, "TOKEN",
		  "of this server's seed; not needed again. '-': from "
		  "standard input, where no other user sees it"},
    [OPT_USER] = {"user", 0, OPT_MANY, "NAME",
		  "who is to log in with the key (who has it in "
		  "authorized_keys)"},
    [OPT_CA] = {"ca", 0, OPT_TEXT, "FILE",
		"certificates to trust (those the system trusts)"},
    [OPT_ROOT] = {"root", 0, OPT_TEXT, "DIR", "the system below DIR"},
    [OPT_FORCE] = {"force", 0, OPT_FLAG, NULL,
		   "leave also when no key can be put back"},
};

struct verb {
	const char *name;
	int operands;
	unsigned opts; /* a bit for each that it takes */
	int (*run)(const struct opt_value *, char **operands);
};

static int
usage(FILE *out, int status)
{
	fprintf(out,
		"usage: latchkey-keys authorized-keys USER [--conf FILE]\n"
		"       latchkey-keys status [--conf FILE]\n"
		"       latchkey-keys install --url BASE --seed TOKEN|- "
		"[--user NAME]...\n"
		"                             [--ca FILE] [--root DIR]\n"
		"       latchkey-keys uninstall [--root DIR] [--force]\n"
		"       latchkey-keys --version\n\n"
		"authorized-keys is for sshd: the keys that USER may log in "
		"with. install is run by\nthe first boot of a server: sshd "
		"asks latchkeyd from then on. uninstall leaves\nthe keys of "
		"now in authorized_keys, as plain lines.\n\n");
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

static const char *
conf_of(const struct opt_value *v)
{
	return v[OPT_CONF].given ? v[OPT_CONF].text : CONF_PATH;
}

static int
authorized_keys(const struct opt_value *v, char **operands)
{
	return keys_print(conf_of(v), operands[0]);
}

static int
status(const struct opt_value *v, char **operands)
{
	(void)operands;
	return status_print(conf_of(v));
}

/* One line. */
static bool
seed_read(char ret[SEED_MAX])
{
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	if (fgets(ret, SEED_MAX, stdin) == NULL)
		return false;
	ret[strcspn(ret, "\n")] = '\0';
	return true;
}

static int
install(const struct opt_value *v, char **operands)
{
	char seed[SEED_MAX];
	struct install_ask ask = {.url = v[OPT_URL].text,
				  .seed = v[OPT_SEED].text,
				  .ca = v[OPT_CA].text,
				  .root = v[OPT_ROOT].text,
				  .users = v[OPT_USER].many,
				  .n_users = v[OPT_USER].count};

	(void)operands;
	if (ask.url == NULL)
		return wrong("--url is missing");
	if (ask.seed != NULL && strcmp(ask.seed, "-") == 0) {
		if (!seed_read(seed))
			return wrong("no token on standard input");
		ask.seed = seed;
	}
	if (ask.seed != NULL && !conf_token_ok('s', str_c(ask.seed)))
		return wrong("--seed is not the token of a seed");
	return install_run(&ask);
}

static int
uninstall(const struct opt_value *v, char **operands)
{
	struct install_ask ask = {.root = v[OPT_ROOT].text,
				  .force = v[OPT_FORCE].given};

	(void)operands;
	return uninstall_run(&ask);
}

#define BIT(name) (1U << OPT_##name)
static const struct verb verbs[] = {
    {"authorized-keys", 1, BIT(CONF), authorized_keys},
    {"status", 0, BIT(CONF), status},
    {"install", 0, BIT(URL) | BIT(SEED) | BIT(USER) | BIT(CA) | BIT(ROOT),
     install},
    {"uninstall", 0, BIT(ROOT) | BIT(FORCE), uninstall},
};

static int
verb_run(const struct verb *verb, int argc, char **argv)
{
	struct opt_value v[OPTS];
	struct note note = {""};
	int n = 0;

	if (opt_parse(opts, OPTS, argc, argv, v, argv, &n, &note) != 0)
		return wrong(note.text);
	for (size_t i = 0; i < OPTS; i++) {
		if (v[i].given && (verb->opts & 1U << i) == 0)
			return wrong("that option is for another command");
		if (v[i].text != NULL && v[i].text[0] == '\0')
			return wrong("an option is empty");
	}
	if (n != verb->operands)
		return wrong(n < verb->operands ? "a word is missing"
						: "one word too many");
	for (int i = 0; i < n; i++)
		if (argv[i][0] == '\0')
			return wrong("a word is empty");
	return verb->run(v, argv);
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
	if (!SANITIZED)
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
	for (size_t i = 0; i < nitems(verbs); i++)
		if (strcmp(word, verbs[i].name) == 0)
			return told(verb_run(&verbs[i], argc - 2, argv + 2));
	if (strcmp(word, "--version") == 0) {
		printf("latchkey-keys %s\n", LATCHKEY_VERSION);
		return told(EXIT_DONE);
	}
	return strcmp(word, "--help") == 0 ? told(usage(stdout, EXIT_DONE))
					   : usage(stderr, EXIT_USAGE);
}
