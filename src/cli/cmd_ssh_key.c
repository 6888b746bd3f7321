/* ssh-key: the SSH keys of people. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define USER_OPT                                                               \
	{                                                                      \
		"user", 'u', OPT_TEXT, "USER",                                 \
		    N_("somebody else's: e-mail address or IAM id")            \
	}
enum { ADD_LABEL, ADD_KEY, ADD_EXPIRES, ADD_USER };
static const struct opt add_opts[] = {
    {"label", 'l', OPT_TEXT, "TEXT",
     N_("which key it is; default: its comment")},
    {"key", 'k', OPT_TEXT, "FILE|-",
     N_("the public key; without it, it is pasted into the terminal")},
    {"expires", 0, OPT_TEXT, "WHEN",
     N_("30d, 12h, 2026-12-31; default: never")},
    USER_OPT,
};
enum { LIST_USER };
static const struct opt list_opts[] = {USER_OPT};
enum { RM_USER, RM_FORCE };
static const struct opt rm_opts[] = {
    USER_OPT,
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static int
keys_path(const char *user, struct buf *ret)
{
	(void)buf_adds(ret, "/2.0/users/");
	(void)enc_percent(ret, str_c(user != NULL ? user : "me"));
	return buf_adds(ret, "/ssh-keys");
}

static int
ssh_key_add(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *made = NULL;
	struct key_options o = {.label = a->v[ADD_LABEL].text,
				.expires = a->v[ADD_EXPIRES].text};
	struct ask ask = {"POST", NULL, STR_NONE};
	struct sshkey key;
	int r = key_read(cli, a->v[ADD_KEY].text, &line, &key);

	if (r == 0)
		r = key_body(cli, buf_str(&line), &o, &body);
	if (r == 0)
		r = keys_path(a->v[ADD_USER].text, &path);
	if (r != 0)
		return r;
	ask.path = path.p;
	ask.body = buf_str(&body);
	r = key_taken(cli, client_json(cli, &ask, &made));
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(made);
		return 0;
	}
	print_pair(_("SSH key"), json_text(made, "uuid"));
	key_print(made);
	printf(_("\nOK\n"));
	return 0;
}

static void
key_row(struct table *t, const struct json *key)
{
	char when[32];

	table_add(t, json_text(key, "uuid"));
	table_add(t, json_text(key, "label"));
	table_add(t, json_text(key, "key_type"));
	table_add(t, json_text(key, "fingerprint_sha256"));
	table_add(t, when_text(json_text(key, "last_used"), when));
	table_add(t, when_end(json_text(key, "expires_on"), when));
}

static int
ssh_key_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("ID"), false},	      {N_("LABEL"), false},
	    {N_("TYPE"), false},      {N_("FINGERPRINT"), false},
	    {N_("LAST USED"), false}, {N_("EXPIRES"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, NULL, columns, nitems(columns), key_row};
	int r = keys_path(a->v[LIST_USER].text, &path);

	if (r == 0)
		r = buf_adds(&path, "?pagelen=100");
	if (r != 0)
		return r;
	list.path = path.p;
	return pages_show(cli, &list);
}

static int
key_remove(struct cli *cli, const char *user, const char *id)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r = keys_path(user, &path);

	if (r != 0)
		return r;
	(void)buf_addc(&path, '/');
	(void)enc_percent(&path, str_c(id));
	ask.path = path.p;
	r = buf_err(&path) != 0 ? buf_err(&path)
				: client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Removed SSH key '%s'.\n"), id);
	return r;
}

static int
ssh_key_rm(struct cli *cli, const struct args *a)
{
	int r = 0;

	if (!a->v[RM_FORCE].given &&
	    !prompt_yes(_("What these keys opened ends at once. Remove?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing removed: not confirmed (-f does not ask)"));
	for (int i = 0; r == 0 && i < a->n; i++)
		r = key_remove(cli, a->v[RM_USER].text, a->rest[i]);
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

static const struct command rows[] = {
    {"ssh-key", "add", NULL, add_opts, nitems(add_opts), "", 0, 0, ssh_key_add,
     N_("add an SSH key of your own"),
     N_("Your own key reads and pushes what your roles allow. For a machine "
	"take\n"
	"an access key instead (latchkey access-key): it reads one repository "
	"and\n"
	"nothing else. No key is both.\n"
	"Give the public key, the file that ends in .pub. A paste that the\n"
	"terminal wrapped over several lines is joined.\n")},
    {"ssh-key", "list", NULL, list_opts, nitems(list_opts), "", 0, 0,
     ssh_key_list, N_("list your SSH keys"), NULL},
    {"ssh-key", "rm", NULL, rm_opts, nitems(rm_opts), "ID...", 1, -1,
     ssh_key_rm, N_("remove SSH keys; what they opened ends"), NULL},
};
const struct command_set commands_ssh_key = {rows, nitems(rows)};
