#include "base/log.h"
#include "base/opt.h"
#include "vault/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum exit_status { EXIT_USAGE = 2 };
enum { OPT_DATA, OPT_CHANNELS, OPTS };
static const struct opt opts[OPTS] = {
    [OPT_DATA] = {"data", 0, OPT_TEXT, "DIR", "where everything is kept"},
    [OPT_CHANNELS] = {"channels", 0, OPT_NUMBER, "N",
		      "sockets from descriptor 3 on"},
};

static int
usage(FILE *out, int status)
{
	fprintf(out, "usage: latchkeyd-vault serve --data DIR --channels N\n\n"
		     "Started by latchkeyd, with sockets.\n\n");
	opt_usage(out, opts, OPTS);
	return status;
}

int
main(int argc, char **argv)
{
	struct opt_value v[OPTS] = {0};
	struct note note = {0};
	struct vault_conf conf;
	int n_rest = 0;

	log_start();
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, EXIT_SUCCESS);
	if (argc < 2 || strcmp(argv[1], "serve") != 0)
		return usage(stderr, EXIT_USAGE);
	if (opt_parse(opts, OPTS, argc - 2, argv + 2, v, argv, &n_rest,
		      &note) != 0) {
		fprintf(stderr, "latchkeyd-vault: %s\n", note.text);
		return EXIT_USAGE;
	}
	if (n_rest > 0 || !v[OPT_DATA].given || v[OPT_CHANNELS].number < 1 ||
	    v[OPT_CHANNELS].number > VAULT_CHANNELS)
		return usage(stderr, EXIT_USAGE);
	conf =
	    (struct vault_conf){.data = v[OPT_DATA].text,
				.channels = (unsigned)v[OPT_CHANNELS].number};
	return vault_keep(&conf);
}
