/* What an operator does beside serving: init, verify, check-config. */
#include "server/command.h"
#include "server/process.h"
#include "server/serve.h"
#include "server/verify_git.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
init_ask_read(const struct run *run, struct init_ask *ret)
{
	const struct opt_value *own = run->own;

	ret->slug =
	    own[INIT_ACCOUNT].given ? own[INIT_ACCOUNT].text : INIT_SLUG;
	ret->email = own[INIT_ADMIN].given ? own[INIT_ADMIN].text : INIT_EMAIL;
	ret->key_path = own[INIT_KEY_FILE].text;
}

int
command_serve(const struct run *run)
{
	struct init_ask ask;

	init_ask_read(run, &ask);
	return serve_run(run->conf, &ask, run->inherited);
}

int
admin_complain(const char *what, int r, const struct note *note)
{
	if (note->text[0] != '\0')
		return serve_complain(EXIT_FAILURE, note->text);
	(void)fprintf(stderr, "latchkeyd: %s: %s%s%s\n", what,
		      r > 0 ? out_text(r) : strerror(-r), r < 0 ? " at " : "",
		      r < 0 ? fail_place() : "");
	return EXIT_FAILURE;
}

static int
init_made(const struct run *run, struct data_dir *dir, char key_path[4096])
{
	CLEAN(core_freep) struct core *core = NULL;
	struct init_ask ask;
	struct note note = {0};
	int r = data_dir_begin(dir, &note);

	if (r != 0)
		return admin_complain("data", r, &note);
	r = serve_core_open(run->conf, dir, true, &core);
	if (r != 0)
		return r;
	init_ask_read(run, &ask);
	r = init_first(core, dir, &ask, key_path, &note);
	if (r == OUT_CONFLICT)
		return serve_complain(EXIT_CANTCREAT, note.text);
	return r == 0 ? 0 : admin_complain("the first account", r, &note);
}

/* A key file that is in the way is seen before anything is made. */
static bool
in_the_way(const char *path)
{
	return path != NULL && access(path, F_OK) == 0;
}

int
command_init(const struct run *run)
{
	char key_path[4096];
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	if (in_the_way(run->own[INIT_KEY_FILE].text))
		return serve_complain(EXIT_CANTCREAT,
				      "the file for the API key exists");
	r = data_dir_open(run->conf->data, &dir, &note);
	if (r != 0)
		return r < 0 ? admin_complain("data", r, &note)
			     : serve_complain(EXIT_CONF, note.text);
	if (!dir.fresh)
		return serve_complain(EXIT_CANTCREAT,
				      "there is an installation already");
	r = init_made(run, &dir, key_path);
	if (r == 0)
		printf("Installation: %s\nThe first API key: %s  (only you "
		       "can read it)\n",
		       dir.path, key_path);
	return r;
}

int
command_check_config(const struct run *run)
{
	int r = serve_check(run->conf);

	if (r == 0)
		conf_print(stdout, run->conf);
	return r;
}

static void
say_line(void *arg, const char *line)
{
	(void)arg;
	printf("%s\n", line);
}

/* All of it, also when something is wrong already. */
static int
all_verify(struct core *core, const struct run *run)
{
	bool deep = run->own[VERIFY_DEEP].given;
	int r = core_verify(core, deep, say_line, NULL);
	int git =
	    r < 0 ? 0 : verify_git(core, run->conf->git, deep, say_line, NULL);

	return r != 0 ? r : git;
}

int
admin_installed(const struct conf *conf, struct data_dir *ret)
{
	struct note note = {0};
	int r = access(conf->data, F_OK) == 0
		    ? data_dir_open(conf->data, ret, &note)
		    : note_set(&note, OUT_ABSENT, "data: %s: nothing there",
			       conf->data);

	if (r == 0 && ret->fresh)
		r = note_set(&note, OUT_ABSENT, "data: %s: no installation",
			     ret->path);
	if (r < 0)
		return admin_complain("data", r, &note);
	return r == 0 ? 0 : serve_complain(EXIT_CONF, note.text);
}

int
command_verify(const struct run *run)
{
	CLEAN(core_freep) struct core *core = NULL;
	struct data_dir dir;
	struct note note = {0};
	int r;

	log_set_level(run->conf->log_level);
	r = admin_installed(run->conf, &dir);
	if (r != 0)
		return r;
	r = serve_core_open(run->conf, &dir, false, &core);
	if (r != 0)
		return r;
	r = all_verify(core, run);
	if (r == OUT_MISMATCH)
		return serve_complain(EXIT_FAILURE,
				      "not everything is as it should be");
	return r == 0 ? 0 : admin_complain("verify", r, &note);
}
