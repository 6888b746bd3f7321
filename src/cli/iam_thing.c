/* Things of IAM as people call them: found, shown, changed, ended. */
#include "cli/git.h"
#include "cli/iam.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

const struct iam_kind iam_service_id = {
    "/v1/serviceids",
    "serviceids",
    "ServiceId-",
    "id",
    "name",
    N_("no such service ID"),
    N_("several service IDs have this name; give a UUID")};
const struct iam_kind iam_api_key = {
    "/v1/apikeys",
    "apikeys",
    "ApiKey-",
    "id",
    "name",
    N_("no such API key"),
    N_("several API keys have this name; give a UUID")};
const struct iam_kind iam_group = {
    "/v2/groups",
    "groups",
    "AccessGroupId-",
    "id",
    "name",
    N_("no such access group"),
    N_("several access groups have this name; give a UUID")};
const struct iam_kind iam_user = {
    "/v2/accounts",
    "resources",
    "IBMid-",
    "iam_id",
    "email",
    N_("no such user in the account"),
    N_("several users have this name; give an ID")};

const struct opt iam_update_opts[IAM_UPDATE_OPTS] = {
    [IAM_NEW_NAME] = {"name", 'n', OPT_TEXT, "NAME", N_("another name")},
    [IAM_NEW_DESCRIPTION] = {"description", 'd', OPT_TEXT, "TEXT",
			     N_("what it is for; '' removes it")},
};
const struct opt iam_delete_opts[IAM_DELETE_OPTS] = {
    [IAM_DELETE_FORCE] = {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

void
iam_thing_clear(struct iam_thing *t)
{
	buf_clear(&t->id);
	buf_clear(&t->path);
}

bool
iam_flag(const struct json *j, const char *name)
{
	bool on = false;

	(void)json_bool(json_get(j, name), &on);
	return on;
}

struct str
iam_flag_text(const struct json *j, const char *name)
{
	return iam_flag(j, name) ? STR("true") : STR("false");
}

bool
iam_list_next(struct str *rest, struct str *ret)
{
	if (!str_next(rest, ',', ret))
		return false;
	*ret = str_trim(*ret);
	return true;
}

int
iam_account(struct cli *cli, const char **ret)
{
	int r = session_load(cli);

	if (r != 0)
		return r;
	if (cli->session.account == NULL)
		return note_set(&cli->note, OUT_UNPROVEN,
				_("no account: run 'latchkey login' again"));
	*ret = cli->session.account;
	return 0;
}

int
iam_list_path(struct cli *cli, const struct iam_kind *kind, struct str iam_id,
	      struct buf *ret)
{
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r != 0)
		return r;
	(void)buf_adds(ret, kind->path);
	if (kind == &iam_user) {
		(void)buf_addf(ret, "/%s/users?limit=" IAM_PAGE, account);
		return buf_err(ret);
	}
	(void)buf_addc(ret, '?');
	form_add(ret, "account_id", str_c(account));
	(void)buf_adds(ret, kind == &iam_group ? "&limit=" IAM_PAGE
					       : "&pagesize=" IAM_PAGE);
	if (iam_id.p != NULL)
		form_add(ret, "iam_id", iam_id);
	return buf_err(ret);
}

struct search {
	const struct iam_kind *kind;
	struct str word;
	struct buf first, all; /* UUIDs of those that are called so */
	size_t n;
};

static bool
search_row(void *arg, const struct json *row)
{
	struct search *s = arg;
	struct str id = json_text(row, s->kind->id);
	struct str name = json_text(row, s->kind->name);
	bool people = s->kind == &iam_user || s->kind == &iam_group;

	if (!(people ? str_eq_nocase(name, s->word) : str_eq(name, s->word)) ||
	    !str_printable(id))
		return true;
	if (s->n++ == 0)
		(void)buf_addstr(&s->first, id);
	(void)buf_addf(&s->all, "\n    %.*s", STR_ARG(id));
	return true;
}

static int
search_said(struct cli *cli, const struct search *s)
{
	const char *word = str_is_text(s->word) ? s->word.p : "?";

	if (s->n == 0)
		return note_set(&cli->note, OUT_ABSENT, "%s: '%.100s'",
				_(s->kind->none), word);
	return note_set(&cli->note, OUT_CONFLICT, "%s: '%.100s'%s",
			_(s->kind->several), word, s->all.p);
}

static int
search_name(struct cli *cli, const struct iam_kind *kind, struct str owner,
	    const char *word, struct buf *ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct search s = {kind, str_c(word), BUF_INIT, BUF_INIT, 0};
	int r = iam_list_path(cli, kind, owner, &path);

	if (r == 0 && kind == &iam_service_id)
		form_add(&path, "name", str_c(word));
	if (r == 0 && buf_err(&path) == 0)
		r = pages_each(cli, path.p, kind->member, search_row, &s);
	if (r == 0)
		r = s.n == 1 ? buf_addstr(ret, buf_str(&s.first))
			     : search_said(cli, &s);
	buf_clear(&s.first);
	buf_clear(&s.all);
	return r;
}

/* Beside people's keys there is no list that a UUID could be missing from: the
 * server judges it when it is used. */
int
iam_find(struct cli *cli, const struct iam_kind *kind, struct str owner,
	 const char *word, struct iam_thing *ret)
{
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r != 0)
		return r;
	r = str_starts(str_c(word), str_c(kind->head))
		? buf_adds(&ret->id, word)
		: search_name(cli, kind, owner, word, &ret->id);
	if (r != 0)
		return r;
	if (kind == &iam_user)
		(void)buf_addf(&ret->path, "%s/%s/users/", kind->path, account);
	else
		(void)buf_addf(&ret->path, "%s/", kind->path);
	(void)enc_percent(&ret->path, buf_str(&ret->id));
	return buf_err(&ret->path);
}

int
iam_get(struct cli *cli, const char *path, struct json **ret,
	struct buf *ret_tag)
{
	struct ask ask = {"GET", path, STR_NONE};

	return client_tagged(cli, &ask, NULL, ret, ret_tag);
}

int
iam_change(struct cli *cli, const struct ask *ask, const struct buf *tag,
	   struct json **ret)
{
	CLEAN(buf_clear) struct buf field = BUF_INIT;

	(void)buf_addf(&field, "If-Match: %s", tag->n > 0 ? tag->p : "*");
	return buf_err(&field) != 0
		   ? buf_err(&field)
		   : client_tagged(cli, ask, field.p, ret, NULL);
}

int
iam_names_body(struct cli *cli, const struct opt_value *name,
	       const struct opt_value *description, struct buf *ret)
{
	struct jw w = JW(ret);

	if (!name->given && !description->given)
		return usage_set(cli, _("nothing to change: give --name or "
					"--description"));
	jw_object(&w, NULL);
	if (name->given)
		jw_c(&w, "name", name->text);
	if (description->given)
		jw_c(&w, "description", description->text);
	jw_end(&w);
	return buf_err(ret);
}

void
iam_said(const struct cli *cli, const struct json *j,
	 void (*print)(const struct json *))
{
	if (cli->json) {
		print_json(j);
		return;
	}
	print(j);
	printf(_("\nOK\n"));
}

int
iam_show(struct cli *cli, const struct iam_thing *t,
	 void (*print)(const struct json *))
{
	CLEAN(json_freep) struct json *j = NULL;
	int r = iam_get(cli, t->path.p, &j, NULL);

	if (r == 0)
		iam_said(cli, j, print);
	return r;
}

int
iam_update(struct cli *cli, const struct iam_thing *t, const char *method,
	   const struct buf *body, void (*print)(const struct json *))
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(json_freep) struct json *now = NULL;
	CLEAN(buf_clear) struct buf tag = BUF_INIT;
	struct ask ask = {method, t->path.p, buf_str(body)};
	int r = iam_get(cli, t->path.p, &j, &tag);

	if (r == 0 && tag.n == 0)
		r = buf_addstr(&tag, json_text(j, "entity_tag"));
	if (r == 0)
		r = iam_change(cli, &ask, &tag, &now);
	if (r == 0)
		iam_said(cli, now, print);
	return r;
}

int
iam_act(struct cli *cli, const struct iam_thing *t, enum iam_act act)
{
	static const struct {
		const char *method, *tail, *done;
	} acts[] = {
	    [IAM_LOCK] = {"POST", "/lock", N_("Locked.\nOK\n")},
	    [IAM_UNLOCK] = {"DELETE", "/lock", N_("Unlocked.\nOK\n")},
	    [IAM_DISABLE] = {"POST", "/disable",
			     N_("Disabled; its logins have ended.\nOK\n")},
	    [IAM_ENABLE] = {"DELETE", "/disable", N_("Enabled.\nOK\n")},
	    [IAM_DELETE] = {"DELETE", "", N_("Deleted.\nOK\n")},
	};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {acts[act].method, NULL, STR_NONE};
	int r;

	(void)buf_addf(&path, "%s%s", t->path.p, acts[act].tail);
	ask.path = path.p;
	r = buf_err(&path) != 0 ? buf_err(&path)
				: client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		print_step(cli, "%s", _(acts[act].done));
	return r;
}

int
iam_confirm(struct cli *cli, bool force, const char *question)
{
	if (force || prompt_yes(question))
		return 0;
	return note_set(&cli->note, OUT_DENIED,
			_("nothing done: not confirmed (-f does not ask)"));
}

int
iam_self(struct cli *cli, struct buf *ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", "/identity/userinfo", STR_NONE};
	int r = client_json(cli, &ask, &j);

	return r != 0 ? r : buf_addstr(ret, json_text(j, "iam_id"));
}

int
iam_identity(struct cli *cli, const struct iam_kind *kind, const char *word,
	     struct buf *ret)
{
	CLEAN(iam_thing_clear) struct iam_thing t = IAM_THING_INIT;
	int r;

	if (kind == &iam_service_id &&
	    str_starts(str_c(word), STR("iam-ServiceId-")))
		return buf_adds(ret, word);
	r = iam_find(cli, kind, STR_NONE, word, &t);
	if (r == 0 && kind == &iam_service_id)
		(void)buf_adds(ret, "iam-");
	return r != 0 ? r : buf_addstr(ret, buf_str(&t.id));
}
