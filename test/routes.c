/*
 * routes STORE HOOKS: every route of every door as the server has them, one a
 * line: "DOOR METHOD PATTERN VERB BODY". What holds for all routes is tested
 * over this list.
 */
#include "core/verb.h"
#include "door/api/api.h"
#include "door/bitbucket/bitbucket.h"
#include "door/console/console.h"
#include "door/cr/cr.h"
#include "door/git/git_door.h"
#include "door/iam/iam.h"
#include "door/identity/identity.h"
#include "door/meta/meta.h"
#include "door/oci/oci.h"
#include "door/policy/policy.h"
#include "git/git.h"

#include <stdio.h>

static struct api api;
static struct iam iam;
static struct bitbucket bitbucket;
static struct git_http git;
static struct meta meta;
static struct console console;

static const char *const bodies[] = {
    [BODY_NONE] = "none",      [BODY_JSON] = "json",
    [BODY_FORM] = "form",      [BODY_RAW] = "raw",
    [BODY_STREAM] = "stream",  [BODY_EXCHANGE] = "exchange",
    [BODY_JSON_SEND] = "json",
};

static void
print(const struct door *door)
{
	for (size_t i = 0; i < door->n_routes; i++) {
		const struct route *route = &door->routes[i];
		const struct verb_row *verb = verb_row(route->verb);

		printf("%s %s %s %.*s.%.*s %s\n", door->name,
		       http_method_name(route->method), route->path,
		       STR_ARG(verb->service), STR_ARG(verb->action),
		       bodies[route->body]);
	}
}

static int
print_all(struct git_store *store)
{
	int r = meta_init(&meta, &(struct meta_host){STR("#!/bin/sh\n")});

	if (r != 0)
		return r;
	api_init(&api, &(struct api_host){.version = "0"});
	iam_init(&iam, &(struct iam_host){.arg = NULL});
	bitbucket_init(&bitbucket, &(struct bitbucket_host){.git = store});
	git_http_init(&git, store, NULL);
	console_init(&console);
	print(&api.door);
	print(&bitbucket.door);
	print(&console.door);
	print(&cr_door);
	print(&git.door);
	print(&iam.door);
	print(&identity_door);
	print(&meta.door);
	print(&oci_door);
	print(&policy_door);
	git_http_clear(&git);
	meta_clear(&meta);
	return 0;
}

int
main(int argc, char **argv)
{
	struct git_conf conf = {0};
	struct git_store *store;
	struct note note = {""};
	int r;

	if (argc != 3) {
		(void)fprintf(stderr, "usage: routes STORE HOOKS\n");
		return 2;
	}
	conf.dir = argv[1];
	conf.hooks = argv[2];
	r = git_open(&conf, &store, &note);
	if (r == 0) {
		r = print_all(store);
		git_free(store);
	}
	if (r != 0)
		(void)fprintf(stderr, "%s %s\n", out_text(r), note.text);
	return r != 0;
}
