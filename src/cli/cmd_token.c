/* cr token-*: registry tokens. */
#include "cli/git.h"
#include "cli/iam.h"

#include "base/enc.h"
#include "base/i18n.h"
#include "wire/jwt.h"

#include <stdio.h>
#include <string.h>

static const char advice[] = N_(
    "Whoever holds a token has access to every namespace of your account in\n"
    "this region, also to ones made later; IAM policies do not apply to it.\n"
    "A token is outside policy: to limit automation to some namespaces, use "
    "the\n"
    "API key of a service ID instead (user name 'iamapikey'), and several\n"
    "service IDs for several kinds of access: 'iam service-id-create'.\n"
    "Remove non-expiring tokens as soon as they are no longer needed.\n"
    "\n"
    "Log in with the word 'token' as the user name (not the token's id):\n"
    "    latchkey cr token-get -q ID | \\\n"
    "        docker login -u token --password-stdin HOST\n"
    "'docker login -u token -p VALUE HOST' works too, but shows the token to\n"
    "everybody who can list this machine's processes, and to your shell's\n"
    "history; --password-stdin does not.\n");

enum { ADD_DESCRIPTION, ADD_NON_EXPIRING, ADD_READWRITE, ADD_QUIET };
static const struct opt add_opts[] = {
    {"description", 0, OPT_TEXT, "TEXT", N_("what the token is for")},
    {"non-expiring", 0, OPT_FLAG, NULL,
     N_("valid until removed; without it, for 24 hours")},
    {"readwrite", 0, OPT_FLAG, NULL,
     N_("may push and pull; without it, only pull")},
    {"quiet", 'q', OPT_FLAG, NULL, N_("print the token only")},
};
enum { GET_QUIET };
static const struct opt get_opts[] = {
    {"quiet", 'q', OPT_FLAG, NULL, N_("print the token only")},
};
enum { RM_FORCE };
static const struct opt rm_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

enum { ROTATE_UNTIL, ROTATE_QUIET };
static const struct opt rotate_opts[] = {
    {"until", 0, OPT_TEXT, "TIME",
     N_("both work until then: 7d, 2026-12-31; default: until the new one "
	"is used")},
    {"quiet", 'q', OPT_FLAG, NULL, N_("print the token only")},
};

/* The token's id is its jti claim. */
static int
token_print(struct cli *cli, const struct json *j, bool quiet)
{
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;
	struct str value = json_text(j, "token");
	int r = jwt_parse(value, &t);

	if (r != 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("the server's answer holds no token"));
	if (quiet) {
		printf("%.*s\n", STR_ARG(value));
		return 0;
	}
	if (cli->json) {
		print_json(j);
		return 0;
	}
	print_pair(_("Token identifier"), json_text(t.payload, "jti"));
	print_pair(_("Token"), value);
	printf(_("\nOK\n"));
	return 0;
}

static int
token_add(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	bool quiet = a->v[ADD_QUIET].given;
	struct ask ask = {"POST", NULL, STR_NONE};
	int r;

	(void)buf_adds(&path, "/api/v1/tokens?");
	if (a->v[ADD_DESCRIPTION].given)
		form_add(&path, "description",
			 str_c(a->v[ADD_DESCRIPTION].text));
	form_add(&path, "permanent",
		 a->v[ADD_NON_EXPIRING].given ? STR("true") : STR("false"));
	form_add(&path, "write",
		 a->v[ADD_READWRITE].given ? STR("true") : STR("false"));
	if (!quiet && !cli->json)
		printf(_("Requesting a registry token...\n\n"));
	ask.path = path.p;
	r = client_json(cli, &ask, &j);
	if (r == 0)
		r = token_print(cli, j, quiet);
	if (r == 0 && a->v[ADD_NON_EXPIRING].given && !quiet)
		fprintf(stderr,
			_("Tip: whoever holds this token has access. It "
			  "does not expire: remove it with 'latchkey cr "
			  "token-rm' when it is no longer needed.\n"));
	return r;
}

static int
token_get(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", NULL, STR_NONE};
	int r;

	(void)buf_adds(&path, "/api/v1/tokens/");
	(void)enc_percent(&path, str_c(a->rest[0]));
	ask.path = path.p;
	r = client_json(cli, &ask, &j);
	return r != 0 ? r : token_print(cli, j, a->v[GET_QUIET].given);
}

static void
last_used_add(struct table *t, const struct json *use)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	if (use == NULL) {
		table_add(t, str_c(_("never")));
		return;
	}
	(void)buf_addf(&text, _("%.*s from %.*s"),
		       STR_ARG(json_text(use, "at")),
		       STR_ARG(json_text(use, "addr")));
	table_add(t, buf_str(&text));
}

/* The new one is what the old one is: its description, its right, and an end as
 * far away as that one's was is the server's to give. */
static int
rotate_path(struct cli *cli, const char *id, const char *until, struct buf *ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf when = BUF_INIT;
	struct ask ask = {"GET", "/api/v1/tokens", STR_NONE};
	const struct json *rows, *row = NULL;
	int64_t expiry;
	int r = client_json(cli, &ask, &j);

	if (r == 0 && until != NULL)
		r = when_read(until, &when, &cli->note);
	if (r != 0)
		return r;
	rows = json_get(j, "tokens");
	for (size_t i = 0; i < json_size(rows); i++)
		if (str_eq(json_text(json_at(rows, i), "_id"), str_c(id)))
			row = json_at(rows, i);
	if (row == NULL)
		return note_set(&cli->note, OUT_ABSENT,
				_("the account has no token '%.60s'"), id);
	(void)buf_adds(ret, "/api/v1/tokens?");
	form_add(ret, "replaces", str_c(id));
	if (until != NULL)
		form_add(ret, "until", buf_str(&when));
	if (json_text(row, "secondary_owner").n > 0)
		form_add(ret, "description", json_text(row, "secondary_owner"));
	form_add(ret, "permanent",
		 json_int(json_get(row, "expiry"), &expiry) ? STR("false")
							    : STR("true"));
	form_add(ret, "write",
		 iam_flag(row, "readonly") ? STR("false") : STR("true"));
	return buf_err(ret);
}

static int
token_rotate(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	const char *until = a->v[ROTATE_UNTIL].text;
	struct ask ask = {"POST", NULL, STR_NONE};
	int r = rotate_path(cli, a->rest[0], until, &path);

	if (r != 0)
		return r;
	ask.path = path.p;
	r = client_json(cli, &ask, &j);
	if (r == 0)
		r = token_print(cli, j, a->v[ROTATE_QUIET].given);
	if (r == 0 && until == NULL)
		fprintf(stderr,
			_("The old token ends when this one is used for "
			  "the first time.\n"));
	return r;
}

static void
token_row(struct table *t, const struct json *row)
{
	char when[32], left[LEFT_ROOM];
	int64_t expiry;
	bool readonly = true;

	table_add(t, json_text(row, "_id"));
	if (json_int(json_get(row, "expiry"), &expiry)) {
		CLEAN(buf_clear) struct buf text = BUF_INIT;

		left_text(expiry * 1000, left);
		(void)buf_addf(&text, "%s (%s)",
			       time_text(expiry * 1000, when).p, left);
		table_add(t, buf_str(&text));
	} else {
		table_add(t, str_c(_("never")));
	}
	(void)json_bool(json_get(row, "readonly"), &readonly);
	table_add(t, readonly ? STR("true") : STR("false"));
	last_used_add(t, json_get(row, "last_used"));
	table_add(t, json_text(row, "secondary_owner"));
}

static int
token_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("TOKEN ID"), false},
						{N_("EXPIRY"), false},
						{N_("READ-ONLY"), false},
						{N_("LAST USED"), false},
						{N_("DESCRIPTION"), false}};
	static const struct listing list = {"/api/v1/tokens", "tokens", columns,
					    nitems(columns), token_row};

	(void)a;
	return list_show(cli, &list);
}

static int
token_remove(struct cli *cli, const char *id)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r;

	(void)buf_adds(&path, "/api/v1/tokens/");
	(void)enc_percent(&path, str_c(id));
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Removed token '%s'.\n"), id);
	return r;
}

static int
token_rm(struct cli *cli, const struct args *a)
{
	int r = 0;

	if (!a->v[RM_FORCE].given &&
	    !prompt_yes(_("Logins with these tokens end at once. Remove?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing removed: not confirmed (-f does not ask)"));
	for (int i = 0; r == 0 && i < a->n; i++)
		r = token_remove(cli, a->rest[i]);
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

static const struct command rows[] = {
    {"cr", "token-add", NULL, add_opts, nitems(add_opts), "", 0, 0, token_add,
     N_("make a registry token"), advice},
    {"cr", "token-list", "tokens", NULL, 0, "", 0, 0, token_list,
     N_("list the account's registry tokens"),
     N_("Expired tokens vanish from this list by themselves.\n")},
    {"cr", "token-get", NULL, get_opts, nitems(get_opts), "ID", 1, 1, token_get,
     N_("show a token's value again"), advice},
    {"cr", "token-rotate", NULL, rotate_opts, nitems(rotate_opts), "ID", 1, 1,
     token_rotate, N_("put a new token in its place"),
     N_("The old and the new one both work until the new one is used for "
	"the first\ntime, or until --until; then the old one ends.\n")},
    {"cr", "token-rm", NULL, rm_opts, nitems(rm_opts), "ID...", 1, -1, token_rm,
     N_("remove tokens; their logins end at once"),
     N_("What was made from a token, such as docker's login, ends with it.\n"
	"Expired tokens need not be removed: they vanish by themselves.\n")},
};
const struct command_set commands_token = {rows, nitems(rows)};
