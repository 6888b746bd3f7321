/* API keys, of people and of service IDs: made, kept in a file, listed. */
#include "cli/api_key.h"
#include "cli/git.h"

#include "base/fd.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opened before the key is made: a key that cannot be kept is not made. With
 * force the file of an older key is written over, once there is a new one. */
static int
key_file_open(struct cli *cli, const char *path, bool force, bool *ret_new,
	      int *ret)
{
	int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags | O_EXCL, 0600);

	*ret_new = fd >= 0;
	if (fd < 0 && errno == EEXIST && force)
		fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
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
	if (ftruncate(fd, 0) != 0 || fchmod(fd, 0600) != 0 ||
	    fd_write_all(fd, buf_str(&out)) != 0 || fsync(fd) != 0)
		return note_set(&cli->note, OUT_BUSY,
				_("the key was made but could not be written: "
				  "%s; delete it"),
				strerror(errno));
	return 0;
}

static void
key_pairs(const struct json *key, bool with_value)
{
	char left[LEFT_ROOM];
	struct str leaked = json_text(key, "action_when_leaked");

	left_member(key, "expires_at", left);
	print_pair(_("Name"), json_text(key, "name"));
	print_pair(_("Description"), json_text(key, "description"));
	print_pair(_("Bound To"), json_text(key, "crn").n > 0
				      ? json_text(key, "crn")
				      : json_text(key, "iam_id"));
	print_pair(_("Created At"), json_text(key, "created_at"));
	print_pair(_("Expires"), str_c(left));
	if (with_value)
		print_pair(_("API Key"), json_text(key, "apikey"));
	print_pair(_("Locked"), iam_flag_text(key, "locked"));
	if (iam_flag(key, "disabled"))
		print_pair(_("Disabled"), STR("true"));
	if (leaked.n > 0)
		print_pair(_("When Leaked"), leaked);
	if (json_text(key, "replaces").n > 0)
		print_pair(_("Replaces"), json_text(key, "replaces"));
	print_pair(_("UUID"), json_text(key, "id"));
}

void
api_key_print(const struct json *key)
{
	key_pairs(key, false);
}

static int
leaked_word(struct cli *cli, const char *given, const char **ret)
{
	static const char *const words[] = {"none", "disable", "delete"};

	for (size_t i = 0; given != NULL && i < nitems(words); i++)
		if (strcasecmp(words[i], given) == 0) {
			*ret = words[i];
			return 0;
		}
	*ret = NULL;
	return given == NULL
		   ? 0
		   : usage_set(cli, _("--action-if-leaked is NONE, DISABLE or "
				      "DELETE"));
}

static int
time_member(struct cli *cli, struct jw *w, const char *name, const char *given)
{
	CLEAN(buf_clear) struct buf when = BUF_INIT;
	int r;

	if (given == NULL)
		return 0;
	r = iam_time_write(given, &when, &cli->note);
	if (r == 0)
		jw_str(w, name, buf_str(&when));
	return r;
}

static int
wish_body(struct cli *cli, const struct api_key_wish *k, struct buf *ret)
{
	struct jw w = JW(ret);
	const char *account = NULL, *leaked = NULL;
	int r = iam_account(cli, &account);

	if (r == 0)
		r = leaked_word(cli, k->leaked, &leaked);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "name", k->name);
	jw_str(&w, "iam_id", k->iam_id);
	jw_c(&w, "account_id", account);
	if (k->description != NULL)
		jw_c(&w, "description", k->description);
	if (leaked != NULL)
		jw_c(&w, "action_when_leaked", leaked);
	if (k->replaces != NULL)
		jw_c(&w, "replaces", k->replaces);
	r = time_member(cli, &w, "expires_at", k->expires);
	if (r == 0)
		r = time_member(cli, &w, "replaces_until", k->until);
	jw_end(&w);
	return r != 0 ? r : buf_err(ret);
}

int
api_key_post(struct cli *cli, const struct api_key_wish *k, struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"POST", "/v1/apikeys", STR_NONE};
	int r = wish_body(cli, k, &body);

	if (r != 0)
		return r;
	ask.body = buf_str(&body);
	return client_tagged(cli, &ask, k->locked ? "Entity-Lock: true" : NULL,
			     ret, NULL);
}

static void
key_show(const struct cli *cli, const struct api_key_wish *k,
	 const struct json *key)
{
	bool shown = k->file == NULL;

	if (cli->json && shown) {
		print_json(key);
		return;
	}
	if (cli->json)
		return;
	printf(_("Creating API key '%s'...\nOK\n\n"), k->name);
	if (shown)
		printf(_("The key is shown once and cannot be read again. Keep "
			 "it in a safe place.\n\n"));
	key_pairs(key, shown);
	if (!shown)
		printf(_("\nThe key was written to %s, which only you can "
			 "read.\n"),
		       k->file);
	if (k->replaces != NULL && k->until == NULL)
		printf(_("\nThe old key ends when this one is used for the "
			 "first time.\n"));
}

int
api_key_make(struct cli *cli, const struct api_key_wish *k)
{
	CLEAN(json_freep) struct json *key = NULL;
	bool made = false;
	int fd = -1, r = 0;

	if (k->file != NULL)
		r = key_file_open(cli, k->file, k->force, &made, &fd);
	if (r == 0)
		r = api_key_post(cli, k, &key);
	if (r == 0 && fd >= 0)
		r = key_file_write(cli, fd, key);
	if (fd >= 0)
		(void)close(fd);
	if (r != 0 && key == NULL && made)
		(void)unlink(k->file);
	if (r == 0)
		key_show(cli, k, key);
	return r;
}

int
api_key_rotate(struct cli *cli, struct str owner, const char *word,
	       const char *until, const char *file)
{
	CLEAN(iam_thing_clear) struct iam_thing old = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct api_key_wish wish = {.until = until, .file = file};
	struct str leaked, about;
	size_t at[3] = {0};
	int r = iam_find(cli, &iam_api_key, owner, word, &old);

	if (r == 0)
		r = iam_get(cli, old.path.p, &j, NULL);
	if (r != 0)
		return r;
	leaked = json_text(j, "action_when_leaked");
	about = json_text(j, "description");
	/* One after the other in one buffer, each with its NUL. */
	(void)buf_addstr(&text, json_text(j, "name"));
	(void)buf_addc(&text, '\0');
	at[1] = text.n;
	(void)buf_addstr(&text, about);
	(void)buf_addc(&text, '\0');
	at[2] = text.n;
	(void)buf_addstr(&text, leaked);
	if (buf_err(&text) != 0)
		return buf_err(&text);
	wish.name = text.p;
	wish.description = about.n > 0 ? text.p + at[1] : NULL;
	wish.leaked = leaked.n > 0 ? text.p + at[2] : NULL;
	wish.replaces = old.id.p;
	wish.iam_id = json_text(j, "iam_id");
	return api_key_make(cli, &wish);
}

int
api_key_change(struct cli *cli, struct str owner, const char *word,
	       const struct opt_value *name,
	       const struct opt_value *description)
{
	CLEAN(iam_thing_clear) struct iam_thing key = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = iam_names_body(cli, name, description, &body);

	if (r == 0)
		r = iam_find(cli, &iam_api_key, owner, word, &key);
	return r != 0 ? r : iam_update(cli, &key, "PUT", &body, api_key_print);
}

const struct column api_key_columns[API_KEY_COLUMNS] = {
    {N_("Name"), false},       {N_("Description"), false},
    {N_("Created At"), false}, {N_("Last Used"), false},
    {N_("Expires"), false},    {N_("State"), false},
    {N_("UUID"), false}};

void
api_key_row(struct table *t, const struct json *key)
{
	struct str used = json_text(json_get(key, "activity"), "last_authn");
	char left[LEFT_ROOM];

	left_member(key, "expires_at", left);
	table_add(t, json_text(key, "name"));
	table_add(t, json_text(key, "description"));
	table_add(t, json_text(key, "created_at"));
	table_add(t, used.n > 0 ? used : str_c(_("never")));
	table_add(t, str_c(left));
	table_add(t, str_c(iam_flag(key, "disabled") ? _("disabled")
			   : iam_flag(key, "locked") ? _("locked")
			   : json_text(key, "replaces").n > 0
			       ? _("replaces another")
			       : _("active")));
	table_add(t, json_text(key, "id"));
}

static void
uuid_row(struct table *t, const struct json *key)
{
	table_add(t, json_text(key, "id"));
}

int
api_key_list(struct cli *cli, struct str owner, bool uuids)
{
	static const struct column only[] = {{N_("UUID"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "apikeys", api_key_columns,
			       API_KEY_COLUMNS, api_key_row};
	int r = iam_list_path(cli, &iam_api_key, owner, &path);

	if (r != 0)
		return r;
	(void)buf_adds(&path, "&include_activity=true");
	list.path = path.p;
	if (uuids) {
		list.columns = only;
		list.n_columns = nitems(only);
		list.row = uuid_row;
	}
	return buf_err(&path) != 0 ? buf_err(&path) : pages_show(cli, &list);
}
