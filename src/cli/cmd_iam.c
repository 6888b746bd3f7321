/* iam: tokens and API keys. */
#include "cli/cli.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An identity has at most 20: one page holds them all. */
#define KEYS "/v1/apikeys?pagesize=100&include_activity=true"

enum { CREATE_DESCRIPTION, CREATE_FILE };
static const struct opt create_opts[] = {
    {"description", 'd', OPT_TEXT, "TEXT", N_("what the key is for")},
    {"file", 0, OPT_TEXT, "FILE",
     N_("write the key as JSON to a new file "
	"(0600) instead of showing it")},
};
enum { DELETE_FORCE };
static const struct opt delete_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static int
oauth_tokens(struct cli *cli, const struct args *a)
{
	int r = client_token(cli);

	(void)a;
	if (r == 0)
		printf(_("IAM token:  Bearer %s\n"), cli->session.access_token);
	return r;
}

/* Opened before the key is made: a key that cannot be kept is not made. */
static int
key_file_open(struct cli *cli, const char *path, int *ret)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return note_set(&cli->note, OUT_CONFLICT,
				_("cannot make %s: %s"), path, strerror(errno));
	*ret = fd;
	return 0;
}

static int
key_file_write(struct cli *cli, int fd, const struct json *key)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct jw w = JW(&out);

	jw_object(&w, NULL);
	jw_str(&w, "name", json_text(key, "name"));
	jw_str(&w, "description", json_text(key, "description"));
	jw_str(&w, "createdAt", json_text(key, "created_at"));
	jw_str(&w, "apikey", json_text(key, "apikey"));
	jw_end(&w);
	(void)buf_addc(&out, '\n');
	if (buf_err(&out) != 0)
		return buf_err(&out);
	if (write(fd, out.p, out.n) != (ssize_t)out.n || fsync(fd) != 0)
		return note_set(&cli->note, OUT_BUSY,
				_("the key was made but could not be written: "
				  "%s; delete it"),
				strerror(errno));
	return 0;
}

static void
key_print(const struct json *key, bool with_value)
{
	bool locked = false;

	(void)json_bool(json_get(key, "locked"), &locked);
	print_pair(_("Name"), json_text(key, "name"));
	print_pair(_("Description"), json_text(key, "description"));
	print_pair(_("Bound To"), json_text(key, "iam_id"));
	print_pair(_("Created At"), json_text(key, "created_at"));
	if (with_value)
		print_pair(_("API Key"), json_text(key, "apikey"));
	print_pair(_("Locked"), locked ? STR("true") : STR("false"));
	print_pair(_("UUID"), json_text(key, "id"));
}

static int
own_iam_id(struct cli *cli, struct buf *ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", "/identity/userinfo", STR_NONE};
	int r = client_json(cli, &ask, &j);

	return r != 0 ? r : buf_addstr(ret, json_text(j, "iam_id"));
}

static int
key_make(struct cli *cli, const struct args *a, struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(buf_clear) struct buf iam_id = BUF_INIT;
	struct ask ask = {"POST", "/v1/apikeys", STR_NONE};
	struct jw w = JW(&body);
	int r = own_iam_id(cli, &iam_id);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "name", a->rest[0]);
	jw_str(&w, "iam_id", buf_str(&iam_id));
	jw_c(&w, "account_id", cli->session.account);
	if (a->v[CREATE_DESCRIPTION].given)
		jw_c(&w, "description", a->v[CREATE_DESCRIPTION].text);
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	return client_json(cli, &ask, ret);
}

static int
api_key_create(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *key = NULL;
	const char *path = a->v[CREATE_FILE].text;
	int fd = -1, r = 0;

	if (path != NULL)
		r = key_file_open(cli, path, &fd);
	if (r != 0)
		return r;
	r = key_make(cli, a, &key);
	if (r == 0 && fd >= 0)
		r = key_file_write(cli, fd, key);
	if (fd >= 0)
		(void)close(fd);
	if (r != 0) {
		if (key == NULL && path != NULL)
			(void)unlink(path);
		return r;
	}
	if (cli->json && fd < 0) {
		print_json(key);
		return 0;
	}
	printf(_("Creating API key '%s'...\nOK\n\n"), a->rest[0]);
	if (fd < 0)
		printf(_("The key is shown once and cannot be read again. Keep "
			 "it in a safe place.\n\n"));
	key_print(key, fd < 0);
	if (fd >= 0)
		printf(_("\nThe key was written to %s, which only you can "
			 "read.\n"),
		       path);
	return 0;
}

static void
key_row(struct table *t, const struct json *key)
{
	struct str used = json_text(json_get(key, "activity"), "last_authn");

	table_add(t, json_text(key, "name"));
	table_add(t, json_text(key, "description"));
	table_add(t, json_text(key, "created_at"));
	table_add(t, used.n > 0 ? used : str_c(_("never")));
	table_add(t, json_text(key, "id"));
}

static int
api_keys(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Name"), false},
						{N_("Description"), false},
						{N_("Created At"), false},
						{N_("Last Used"), false},
						{N_("UUID"), false}};
	static const struct listing list = {KEYS, "apikeys", columns,
					    nitems(columns), key_row};

	(void)a;
	return list_show(cli, &list);
}

/* By UUID, or by a name that only one key has. */
static int
key_resolve(struct cli *cli, const char *word, struct buf *ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", KEYS, STR_NONE};
	const struct json *keys;
	int found = 0, r;

	if (str_starts(str_c(word), STR("ApiKey-")))
		return buf_adds(ret, word);
	r = client_json(cli, &ask, &j);
	if (r != 0)
		return r;
	keys = json_get(j, "apikeys");
	for (size_t i = 0; i < json_size(keys); i++) {
		const struct json *k = json_at(keys, i);

		if (!str_eq(json_text(k, "name"), str_c(word)))
			continue;
		buf_reset(ret);
		(void)buf_addstr(ret, json_text(k, "id"));
		found++;
	}
	if (found == 1)
		return buf_err(ret);
	return note_set(
	    &cli->note, found == 0 ? OUT_ABSENT : OUT_CONFLICT,
	    found == 0 ? _("no API key is called '%s'")
		       : _("several API keys are called '%s': give the UUID"),
	    word);
}

static int
api_key_delete(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r;

	if (!a->v[DELETE_FORCE].given &&
	    !prompt_yes(_("Logins with this key end at once. Delete?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing deleted: not confirmed (-f does not ask)"));
	r = key_resolve(cli, a->rest[0], &id);
	if (r != 0)
		return r;
	(void)buf_adds(&path, "/v1/apikeys/");
	(void)enc_percent(&path, buf_str(&id));
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Deleting API key '%s'...\nOK\n"), a->rest[0]);
	return r;
}

static const struct command rows[] = {
    {"iam", "oauth-tokens", NULL, NULL, 0, "", 0, 0, oauth_tokens,
     N_("show a fresh access token"),
     N_("For 'docker login -u iambearer --password-stdin HOST' take what "
	"follows\nthe word Bearer. It is valid for an hour at most.\n")},
    {"iam", "api-key-create", NULL, create_opts, nitems(create_opts), "NAME", 1,
     1, api_key_create, N_("make an API key of your own"),
     N_("The value is shown once. It is worth as much as your password: "
	"use --file\nor pass it on through standard input. docker login "
	"takes it with the user\nname iamapikey.\n")},
    {"iam", "api-keys", NULL, NULL, 0, "", 0, 0, api_keys,
     N_("list your API keys"), NULL},
    {"iam", "api-key-delete", NULL, delete_opts, nitems(delete_opts),
     "NAME|UUID", 1, 1, api_key_delete,
     N_("delete an API key; its logins end at once"), NULL},
};
const struct command_set commands_iam = {rows, nitems(rows)};
