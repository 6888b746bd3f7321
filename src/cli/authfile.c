#include "cli/authfile.h"

#include "base/enc.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "json/json.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AUTHFILE_MAX (4 * MIB)

extern char **environ;

static const char *
env_path(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && v[0] != '\0' ? v : NULL;
}

static int
home_file(const char *below, struct buf *ret, struct note *note)
{
	const char *home = env_path("HOME");

	if (home == NULL)
		return note_set(note, OUT_ABSENT, _("HOME is not set"));
	return buf_addf(ret, "%s/%s", home, below);
}

int
authfile_docker(struct buf *ret, struct note *note)
{
	const char *dir = env_path("DOCKER_CONFIG");

	if (dir != NULL)
		return buf_addf(ret, "%s/config.json", dir);
	return home_file(".docker/config.json", ret, note);
}

/* containers-auth.json(5); podman and its family take DOCKER_CONFIG for the
 * only place, too. */
int
authfile_podman(struct buf *ret, struct note *note)
{
	const char *file = env_path("REGISTRY_AUTH_FILE");
	const char *docker = env_path("DOCKER_CONFIG");
	const char *run = env_path("XDG_RUNTIME_DIR");

	(void)note;
	if (file != NULL)
		return buf_adds(ret, file);
	if (docker != NULL)
		return buf_addf(ret, "%s/config.json", docker);
	if (run != NULL)
		return buf_addf(ret, "%s/containers/auth.json", run);
	return buf_addf(ret, "/run/containers/%u/auth.json",
			(unsigned)getuid());
}

/* The credential helper that docker would use for this host, or empty. */
static struct str
store_of(const struct json *j, struct str host)
{
	const struct json *helper;
	struct str name, value;
	void *iter = NULL;

	while (json_each(json_get(j, "credHelpers"), &iter, &name, &helper))
		if (str_eq(name, host) && json_str(helper, &value))
			return value;
	return json_text(j, "credsStore");
}

static void
auth_write(struct jw *w, const struct login_entry *e)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;
	CLEAN(buf_clear) struct buf encoded = BUF_INIT;

	(void)buf_addf(&pair, "%.*s:", STR_ARG(e->user));
	(void)buf_addstr(&pair, e->secret);
	(void)enc_b64(&encoded, buf_str(&pair));
	jw_key(w, e->host);
	jw_object(w, NULL);
	jw_str(w, "auth", buf_str(&encoded));
	jw_end(w);
}

static void
auths_write(struct jw *w, const struct json *old, const struct login_entry *e)
{
	const struct json *value;
	struct str name;
	void *iter = NULL;

	jw_object(w, "auths");
	while (json_each(old, &iter, &name, &value)) {
		if (str_eq(name, e->host))
			continue;
		jw_key(w, name);
		jw_json(w, NULL, value);
	}
	auth_write(w, e);
	jw_end(w);
}

static void
file_write(struct buf *out, const struct json *old, const struct login_entry *e)
{
	struct jw w = JW(out);
	const struct json *value;
	struct str name;
	void *iter = NULL;

	jw_object(&w, NULL);
	while (json_each(old, &iter, &name, &value)) {
		if (str_eq(name, STR("auths")))
			continue;
		jw_key(&w, name);
		jw_json(&w, NULL, value);
	}
	auths_write(&w, json_get(old, "auths"), e);
	jw_end(&w);
	(void)buf_addc(out, '\n');
}

/* docker-credential-NAME store, the secret on its standard input. */
static int
store_run(const char *program, struct str input, struct note *note)
{
	char *argv[] = {(char *)(uintptr_t)program, (char[]){"store"}, NULL};
	posix_spawn_file_actions_t acts;
	int pipes[2], status = 0, e;
	pid_t pid;

	if (pipe(pipes) != 0)
		return FAIL(-errno);
	(void)posix_spawn_file_actions_init(&acts);
	(void)posix_spawn_file_actions_adddup2(&acts, pipes[0], STDIN_FILENO);
	(void)posix_spawn_file_actions_addclose(&acts, pipes[1]);
	e = posix_spawnp(&pid, program, &acts, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&acts);
	(void)close(pipes[0]);
	/* The input is far below a pipe's capacity: one write does. */
	if (e == 0 && write(pipes[1], input.p, input.n) != (ssize_t)input.n)
		e = EPIPE;
	(void)close(pipes[1]);
	if (e == 0)
		e = waitpid(pid, &status, 0) < 0 ? errno : 0;
	if (e != 0 || status != 0)
		return note_set(note, OUT_BUSY,
				_("%s could not store the login"), program);
	return 0;
}

static int
store_put(struct str store, const struct login_entry *e, struct note *note)
{
	CLEAN(buf_clear) struct buf program = BUF_INIT;
	CLEAN(buf_clear) struct buf input = BUF_INIT;
	struct jw w = JW(&input);

	(void)buf_addf(&program, "docker-credential-%.*s", STR_ARG(store));
	jw_object(&w, NULL);
	jw_str(&w, "ServerURL", e->host);
	jw_str(&w, "Username", e->user);
	jw_str(&w, "Secret", e->secret);
	jw_end(&w);
	if (buf_err(&program) != 0 || buf_err(&input) != 0)
		return FAIL(-ENOMEM);
	return store_run(program.p, buf_str(&input), note);
}

int
authfile_put(const char *path, const struct login_entry *e, struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	CLEAN(json_freep) struct json *old = NULL;
	struct str store;
	int r = file_read(path, AUTHFILE_MAX, &text, note);

	if (r == 0 && str_trim(buf_str(&text)).n > 0) {
		r = json_parse(buf_str(&text), &old, NULL);
		if (r != 0 || json_kind(old) != JSON_OBJECT)
			return note_set(
			    note, OUT_MALFORMED,
			    _("%s is not valid JSON; it was left alone"), path);
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	note->text[0] = '\0';
	store = store_of(old, e->host);
	if (store.n > 0)
		return store_put(store, e, note);
	file_write(&out, old, e);
	if (buf_err(&out) != 0)
		return buf_err(&out);
	r = file_make_dir(path, note);
	return r != 0 ? r : file_replace(path, buf_str(&out), note);
}
