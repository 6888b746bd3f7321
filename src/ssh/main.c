#include "base/log.h"
#include "base/opt.h"
#include "ssh/ssh.h"
#include "ssh/version.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LISTEN_FD 3
#define DESK_FD	  4

enum exit_status { EXIT_USAGE = 2 };
enum {
	OPT_KEYS,
	OPT_USER,
	OPT_GRACE,
	OPT_COMMAND,
	OPT_IDLE,
	OPT_KEEPALIVE,
	OPT_REKEY,
	OPT_UNPROVEN,
	OPT_SESSIONS,
	OPT_VERBOSE,
	OPTS
};
static const struct opt opts[OPTS] = {
    [OPT_KEYS] = {"keys", 0, OPT_TEXT, "FOLDER", "where the host keys lie"},
    [OPT_USER] = {"user", 0, OPT_TEXT, "NAME",
		  "whom to become when started by root (nobody)"},
    [OPT_GRACE] = {"grace", 0, OPT_NUMBER, "S",
		   "seconds to prove who one is (30)"},
    [OPT_IDLE] = {"idle", 0, OPT_NUMBER, "S",
		  "seconds without a byte while something runs (600)"},
    [OPT_COMMAND] = {"command", 0, OPT_NUMBER, "S",
		     "seconds without asking for anything (30)"},
    [OPT_KEEPALIVE] = {"keepalive", 0, OPT_NUMBER, "S",
		       "seconds of silence before asking who is there (60)"},
    [OPT_REKEY] = {"rekey", 0, OPT_NUMBER, "BYTES",
		   "that keys are used for (1073741824)"},
    [OPT_UNPROVEN] = {"unproven-max", 0, OPT_NUMBER, "N",
		      "connections without a proof (100)"},
    [OPT_SESSIONS] = {"sessions-max", 0, OPT_NUMBER, "N",
		      "connections altogether (1000)"},
    [OPT_VERBOSE] = {"verbose", 0, OPT_FLAG, NULL,
		     "log every connection that ends"},
};

static int
usage(FILE *out, int status)
{
	fprintf(out,
		"usage: latchkeyd-ssh serve --keys FOLDER [OPTION]...\n"
		"       latchkeyd-ssh keys FOLDER host|next\n"
		"       latchkeyd-ssh --version\n\n"
		"Started by latchkeyd; descriptor 3 listens, 4 is the desk.\n"
		"\n");
	opt_usage(out, opts, OPTS);
	return status;
}

static int
complain(int status, const char *text)
{
	fprintf(stderr, "latchkeyd-ssh: %s\n", text);
	return status;
}

static int
number(const struct opt_value *v)
{
	return v->number > INT_MAX ? INT_MAX : (int)v->number;
}

static int
serve(int argc, char **argv)
{
	struct opt_value v[OPTS] = {0};
	struct note note = {0};
	struct ssh_conf conf;
	int n_rest = 0;

	if (opt_parse(opts, OPTS, argc, argv, v, argv, &n_rest, &note) != 0)
		return complain(EXIT_USAGE, note.text);
	if (!v[OPT_KEYS].given || n_rest > 0)
		return usage(stderr, EXIT_USAGE);
	conf = (struct ssh_conf){.keys = v[OPT_KEYS].text,
				 .user = v[OPT_USER].text,
				 .listen_fd = LISTEN_FD,
				 .desk_fd = DESK_FD,
				 .grace_s = number(&v[OPT_GRACE]),
				 .command_s = number(&v[OPT_COMMAND]),
				 .idle_s = number(&v[OPT_IDLE]),
				 .keepalive_s = number(&v[OPT_KEEPALIVE]),
				 .rekey_bytes = number(&v[OPT_REKEY]),
				 .unproven_max = number(&v[OPT_UNPROVEN]),
				 .sessions_max = number(&v[OPT_SESSIONS]),
				 .verbose = v[OPT_VERBOSE].given};
	return ssh_serve(&conf);
}

static int
keys(int argc, char **argv)
{
	struct note note = {0};

	if (argc != 2)
		return usage(stderr, EXIT_USAGE);
	if (ssh_make_keys(argv[0], argv[1], &note) != 0)
		return complain(EXIT_FAILURE, note.text);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	log_start();
	if (strcmp(word, "serve") == 0)
		return serve(argc - 2, argv + 2);
	if (strcmp(word, "keys") == 0)
		return keys(argc - 2, argv + 2);
	if (strcmp(word, "--version") == 0) {
		printf("libssh %s\n", version_libssh());
		return EXIT_SUCCESS;
	}
	return strcmp(word, "--help") == 0 ? usage(stdout, EXIT_SUCCESS)
					   : usage(stderr, EXIT_USAGE);
}
