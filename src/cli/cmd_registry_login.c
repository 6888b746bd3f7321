/* cr login: put this session into the container clients' own files. */
#include "cli/authfile.h"
#include "cli/cli.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum { LOGIN_CLIENT };
static const struct opt login_opts[] = {
    {"client", 0, OPT_TEXT, "docker|podman",
     N_("only this client; default: both")},
};

static const struct client {
	const char *name;
	int (*path)(struct buf *, struct note *);
} clients[] = {
    {"docker", authfile_docker},
    {"podman", authfile_podman}, /* buildah and skopeo read it too */
};

/*
 * A refresh token of its own for the registry's clients: ours is replaced
 * whenever this program renews its session, theirs must stay as it is.
 */
static int
delegate(struct cli *cli, struct str *ret, struct json **ret_root)
{
	CLEAN(buf_clear) struct buf form = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = client_token(cli);

	if (r != 0)
		return r;
	if (cli->session.refresh_token == NULL)
		return note_set(
		    &cli->note, OUT_UNPROVEN,
		    _("this login has no session: run 'latchkey login' again"));
	form_add(&form, "grant_type", STR("refresh_token"));
	form_add(&form, "refresh_token", str_c(cli->session.refresh_token));
	form_add(&form, "response_type", STR("delegated_refresh_token"));
	form_add(&form, "receiver_client_ids", STR("container-registry"));
	if (buf_err(&form) != 0)
		return buf_err(&form);
	r = client_form(cli, buf_str(&form), &body);
	if (r == 0)
		r = json_parse(buf_str(&body), ret_root, NULL);
	if (r != 0)
		return r;
	*ret = json_text(*ret_root, "delegated_refresh_token");
	return ret->n > 0
		   ? 0
		   : note_set(&cli->note, OUT_UNSUPPORTED,
			      _("the server gave no token for its registry"));
}

static int
client_login_to(struct cli *cli, const struct client *c,
		const struct login_entry *e)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	int r = c->path(&path, &cli->note);

	if (r != 0)
		return r;
	printf(_("Logging %s in to '%.*s'...\n"), c->name, STR_ARG(e->host));
	r = authfile_put(path.p, e, &cli->note);
	if (r == 0)
		printf(_("Logged in to '%.*s' (%s).\n"), STR_ARG(e->host),
		       path.p);
	return r;
}

static int
registry_login(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *root = NULL;
	struct login_entry e = {.user = STR_INIT("iamrefresh")};
	const char *only = a->v[LOGIN_CLIENT].text;
	bool known = only == NULL;
	int r;

	for (size_t i = 0; i < nitems(clients); i++)
		known = known || strcmp(only, clients[i].name) == 0;
	if (!known)
		return note_set(&cli->note, OUT_MALFORMED,
				_("--client is docker or podman"));
	r = delegate(cli, &e.secret, &root);
	e.host = session_registry(&cli->session);
	for (size_t i = 0; r == 0 && i < nitems(clients); i++)
		if (only == NULL || strcmp(only, clients[i].name) == 0)
			r = client_login_to(cli, &clients[i], &e);
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

static const struct command rows[] = {
    {"cr", "login", NULL, login_opts, nitems(login_opts), "", 0, 0,
     registry_login, N_("log docker and podman in to the registry"),
     N_("Writes a login as user 'iamrefresh' into docker's config.json (or "
	"the\ncredential store named there) and into podman's auth.json. "
	"It ends with\nyour session, at the latest after 72 hours. No "
	"secret is passed on a command\nline. For automation prefer an API "
	"key (user iamapikey) or a registry token\n(user token).\n")},
};
const struct command_set commands_registry_login = {rows, nitems(rows)};
