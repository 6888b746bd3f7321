/* login, logout, target, regions: who is talking to which server. */
#include "cli/cr.h"
#include "cli/endpoint.h"

#include "base/i18n.h"

#include "wire/jwt.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_FILE_MAX (64 * KIB)
#define GRANT_API_KEY	"urn:ibm:params:oauth:grant-type:apikey"
#define GRANT_PASSCODE	"urn:ibm:params:oauth:grant-type:passcode"

enum {
	LOGIN_URL,
	LOGIN_KEY,
	LOGIN_USER,
	LOGIN_PASSWORD,
	LOGIN_SSO,
	LOGIN_PASSCODE,
	LOGIN_ACCOUNT,
	LOGIN_REGION,
	LOGIN_CA_FILE
};
static const struct opt login_opts[] = {
    {"api", 'a', OPT_TEXT, "URL",
     N_("the server; default: the last one, or http://127.0.0.1:8080")},
    {"apikey", 0, OPT_TEXT, "KEY|@FILE",
     N_("an API key, or a file with one "
	"(as api-key-create --file writes it)")},
    {"user", 'u', OPT_TEXT, "EMAIL", N_("log in with a password instead")},
    {"password", 'p', OPT_TEXT, "-", N_("'-': read it from standard input")},
    {"sso", 0, OPT_FLAG, NULL,
     N_("ask for a passcode; 'iam passcode' elsewhere shows one")},
    {"passcode", 0, OPT_TEXT, "-",
     N_("'-': read a passcode from standard input")},
    {"account", 'c', OPT_TEXT, "ACCOUNT", N_("id or name of the account")},
    {"region", 'r', OPT_TEXT, "REGION",
     N_("whose registry cr commands talk to; default: the last one, or the "
	"server's own")},
    {"ca-file", 0, OPT_TEXT, "FILE",
     N_("certificates (PEM) to trust instead of the system's")},
};
enum { TARGET_REGION };
static const struct opt target_opts[] = {
    {"region", 'r', OPT_TEXT, "REGION",
     N_("talk to this region's registry from now on")},
};

/* A file with a bare key, or the JSON that key creation writes. */
static int
key_from_file(struct cli *cli, const char *path, struct buf *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct str key;
	int r = file_read(path, SECRET_FILE_MAX, &text, &cli->note);

	if (r != 0)
		return r;
	key = str_trim(buf_str(&text));
	while (str_ends(key, STR("\n")) || str_ends(key, STR("\r")))
		key = str_trim(str_sub(key, 0, key.n - 1));
	if (str_starts(key, STR("{"))) {
		if (json_parse(key, &j, NULL) != 0)
			return note_set(
			    &cli->note, OUT_MALFORMED,
			    _("%s is neither a key nor a key's JSON"), path);
		key = json_text(j, "apikey");
	}
	if (key.n == 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("%s holds no API key"), path);
	return buf_addstr(ret, key);
}

static int
key_ask(struct cli *cli, const char *given, struct buf *ret)
{
	const char *env = getenv("LATCHKEY_API_KEY");

	if (given == NULL && env != NULL)
		return buf_adds(ret, env);
	if (given == NULL)
		return prompt_secret(_("API key"), ret, &cli->note);
	if (given[0] == '@')
		return key_from_file(cli, given + 1, ret);
	fprintf(stderr,
		_("Hint: a key on the command line can be seen by other "
		  "users of this machine; --apikey @FILE cannot.\n"));
	return buf_adds(ret, given);
}

/* A secret of people's own; "-": from standard input. */
static int
typed_ask(struct cli *cli, const char *given, const char *what, struct buf *ret)
{
	int r;

	if (given == NULL)
		return prompt_secret(what, ret, &cli->note);
	if (strcmp(given, "-") != 0) {
		fprintf(stderr, _("Hint: a secret on the command line can be "
				  "seen by other users of this machine; '-' "
				  "reads it from standard input.\n"));
		return buf_adds(ret, given);
	}
	r = file_read("-", SECRET_FILE_MAX, ret, &cli->note);
	if (r == 0 && ret->n > 0 && ret->p[ret->n - 1] == '\n')
		ret->p[--ret->n] = '\0';
	return r;
}

struct way {
	const char *grant, *member;
};

static int
secret_ask(struct cli *cli, const struct args *a, struct way *way,
	   struct buf *ret)
{
	bool code = a->v[LOGIN_SSO].given || a->v[LOGIN_PASSCODE].given;
	bool user = a->v[LOGIN_USER].given, key = a->v[LOGIN_KEY].given;

	if ((int)code + (int)user + (int)key > 1)
		return note_set(&cli->note, OUT_MALFORMED,
				_("--apikey, --user and --sso exclude each "
				  "other"));
	if (code) {
		*way = (struct way){GRANT_PASSCODE, "passcode"};
		return typed_ask(cli, a->v[LOGIN_PASSCODE].text,
				 _("one-time passcode"), ret);
	}
	if (user) {
		*way = (struct way){"password", "password"};
		return typed_ask(cli, a->v[LOGIN_PASSWORD].text, _("password"),
				 ret);
	}
	*way = (struct way){GRANT_API_KEY, "apikey"};
	return key_ask(cli, a->v[LOGIN_KEY].text, ret);
}

static int
form_of(struct cli *cli, const struct args *a, struct buf *form)
{
	CLEAN(buf_clear) struct buf secret = BUF_INIT;
	struct way way = {NULL, NULL};
	int r = secret_ask(cli, a, &way, &secret);

	if (r != 0)
		return r;
	form_add(form, "grant_type", str_c(way.grant));
	if (a->v[LOGIN_USER].given)
		form_add(form, "username", str_c(a->v[LOGIN_USER].text));
	form_add(form, way.member, buf_str(&secret));
	if (a->v[LOGIN_ACCOUNT].given)
		form_add(form, "account", str_c(a->v[LOGIN_ACCOUNT].text));
	form_add(form, "response_type", STR("cloud_iam"));
	return buf_err(form);
}

/* Who we are, out of the access token the server just signed for us. */
static int
identity_keep(struct cli *cli)
{
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;
	struct session *s = &cli->session;
	struct str user;
	int r = jwt_parse(str_c(s->access_token), &t);

	if (r != 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("%s did not answer like a latchkey server"),
				s->url);
	user = json_text(t.payload, "email");
	if (user.n == 0)
		user = json_text(t.payload, "name");
	session_set(&s->user, user.n > 0 ? user : json_text(t.payload, "sub"));
	session_set(&s->account,
		    json_text(json_get(t.payload, "account"), "bss"));
	return 0;
}

/* Names for people, which the token does not have. A server that keeps them
 * to itself is no reason to fail. */
static void
names_keep(struct cli *cli)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", "/latchkey/v1/whoami", STR_NONE};
	struct session *s = &cli->session;

	session_set(&s->account_name, STR_NONE);
	if (client_json(cli, &ask, &j) == 0) {
		session_set(&s->account_name, json_text(j, "account_slug"));
		if (s->registry == NULL)
			session_set(&s->region, json_text(j, "region"));
	}
	cli->note.text[0] = '\0';
}

/* The region that was asked for, or else the last one, as long as the server
 * has its host. */
static int
region_keep(struct cli *cli, const char *given, struct str last)
{
	struct session *s = &cli->session;
	int r;

	if (given != NULL)
		return region_choose(cli, given);
	if (s->registry == NULL || last.n == 0)
		return 0;
	r = region_choose(cli, last.p);
	if (r <= 0)
		return r;
	session_set(&s->registry, STR_NONE);
	names_keep(cli);
	return session_save(cli);
}

static void
target_json(const struct session *s)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&text);

	jw_object(&w, NULL);
	jw_c(&w, "api_endpoint", s->url);
	jw_c(&w, "user", s->user);
	jw_c(&w, "account", s->account);
	if (s->account_name != NULL)
		jw_c(&w, "account_name", s->account_name);
	if (s->region != NULL)
		jw_c(&w, "region", s->region);
	jw_str(&w, "registry", session_registry(s));
	jw_end(&w);
	if (buf_err(&text) == 0 && json_parse(buf_str(&text), &j, NULL) == 0)
		print_json(j);
}

static void
target_print(const struct cli *cli)
{
	const struct session *s = &cli->session;
	CLEAN(buf_clear) struct buf account = BUF_INIT;

	if (cli->json) {
		target_json(s);
		return;
	}
	if (s->account_name != NULL)
		(void)buf_addf(&account, "%s (%s)", s->account_name,
			       s->account);
	else
		(void)buf_adds(&account, s->account);
	print_pair(_("API endpoint:"), str_c(s->url));
	print_pair(_("User:"), str_c(s->user));
	print_pair(_("Account:"), buf_str(&account));
	if (s->region != NULL)
		print_pair(_("Region:"), str_c(s->region));
	print_pair(_("Registry:"), session_registry(s));
	if (s->ca_file != NULL)
		print_pair(_("Trusting:"), str_c(s->ca_file));
}

static int
login(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf form = BUF_INIT;
	CLEAN(buf_clear) struct buf last = BUF_INIT;
	int r = endpoint_choose(cli, a->v[LOGIN_URL].text,
				a->v[LOGIN_CA_FILE].text);

	if (r == 0)
		r = form_of(cli, a, &form);
	session_set(&cli->session.refresh_token, STR_NONE);
	if (r == 0)
		r = client_login(cli, buf_str(&form));
	if (r == 0)
		r = identity_keep(cli);
	if (r != 0)
		return r;
	cli->loaded = true; /* this is the session now, not the file's */
	(void)buf_addstr(&last, url_host(cli->session.registry));
	names_keep(cli);
	r = session_save(cli);
	if (r == 0)
		r = region_keep(cli, a->v[LOGIN_REGION].text, buf_str(&last));
	if (r != 0)
		return r;
	if (!cli->json)
		printf(_("Authenticating...\nOK\n\n"));
	target_print(cli);
	return 0;
}

static int
logout(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf why = BUF_INIT;
	struct ask ask = {"DELETE", "/latchkey/v1/session", STR_NONE};
	int r = session_load(cli);

	(void)a;
	if (r == OUT_UNPROVEN) {
		cli->note.text[0] = '\0';
		printf(_("Nobody is logged in.\nOK\n"));
		return 0;
	}
	if (r != 0)
		return r;
	/* The server forgets first; should it be away, we still do. */
	r = client_call(cli, &ask, NULL, NULL);
	if (r != 0) {
		(void)buf_addf(&why, _("The server could not be told: %s\n"),
			       cli->note.text);
		print_lines(stderr, buf_str(&why));
	}
	session_set(&cli->session.access_token, STR_NONE);
	session_set(&cli->session.refresh_token, STR_NONE);
	cli->session.expires_at = 0;
	r = session_save(cli);
	if (r == 0)
		printf(_("Logging out...\nOK\n"));
	return r;
}

static int
target(struct cli *cli, const struct args *a)
{
	int r = session_load(cli);

	if (r == 0 && a->v[TARGET_REGION].given)
		r = region_choose(cli, a->v[TARGET_REGION].text);
	if (r == 0)
		target_print(cli);
	return r;
}

static const struct command rows[] = {
    {"", "login", NULL, login_opts, nitems(login_opts), "", 0, 0, login,
     N_("log in to a server"),
     N_("The session is kept in session.json (0600) in your configuration\n"
	"directory and renews itself for up to 72 hours after its last use.\n"
	"Without --apikey and --user the API key is asked for, or taken from\n"
	"LATCHKEY_API_KEY. --apikey KEY can be seen by other users of this "
	"machine\n"
	"in its list of processes; --apikey @FILE cannot. --ca-file (or\n"
	"LATCHKEY_CA_FILE) is kept with the session.\n")},
    {"", "logout", NULL, NULL, 0, "", 0, 0, logout,
     N_("end the session here and at the server"), NULL},
    {"", "target", NULL, target_opts, nitems(target_opts), "", 0, 0, target,
     N_("show who is logged in where"), NULL},
};
const struct command_set commands_login = {rows, nitems(rows)};
