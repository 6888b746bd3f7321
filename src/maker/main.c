#include "base/log.h"
#include "base/opt.h"
#include "maker/maker.h"

#include <stdlib.h>
#include <string.h>

enum exit_status { EXIT_USAGE = 2 };
enum { OPT_USER, OPT_DEADLINE, OPTS };
static const struct opt opts[OPTS] = {
    [OPT_USER] = {"user", 0, OPT_TEXT, "NAME",
		  "whom to become when started by root (nobody)"},
    [OPT_DEADLINE] = {"deadline", 0, OPT_NUMBER, "S",
		      "seconds from an order to its key (45)"},
};

static int
usage(FILE *out, int status)
{
	fprintf(out, "usage: latchkeyd-keymaker serve [OPTION]...\n\n"
		     "Started by latchkeyd; orders come on descriptor 3.\n\n");
	opt_usage(out, opts, OPTS);
	return status;
}

int
main(int argc, char **argv)
{
	struct opt_value v[OPTS] = {0};
	struct note note = {0};
	struct maker_conf conf;
	int n_rest = 0;

	log_start();
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return usage(stdout, EXIT_SUCCESS);
	if (argc < 2 || strcmp(argv[1], "serve") != 0)
		return usage(stderr, EXIT_USAGE);
	if (opt_parse(opts, OPTS, argc - 2, argv + 2, v, argv, &n_rest,
		      &note) != 0) {
		fprintf(stderr, "latchkeyd-keymaker: %s\n", note.text);
		return EXIT_USAGE;
	}
	if (n_rest > 0)
		return usage(stderr, EXIT_USAGE);
	conf = (struct maker_conf){
	    .user = v[OPT_USER].text,
	    .job_ms = (int64_t)(v[OPT_DEADLINE].number % DAY_MS) * SECOND_MS};
	return maker_serve(&conf);
}
