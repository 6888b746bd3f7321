/*
 * gitroom STORE HOOKS ID: the house-keeping of one repository, beside whatever
 * else is at work on it. For scenes that cut the power under it.
 */
#include "git/git.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	struct git_conf conf = {0};
	struct git_store *store;
	struct note note = {""};
	int r;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: gitroom STORE HOOKS ID\n");
		return 2;
	}
	conf.dir = argv[1];
	conf.hooks = argv[2];
	r = git_open(&conf, &store, &note);
	if (r == 0) {
		r = git_maintain(store, str_c(argv[3]), NULL, NULL, &note);
		git_free(store);
	}
	if (r != 0)
		(void)fprintf(stderr, "%s %s\n", out_text(r), note.text);
	return r != 0;
}
