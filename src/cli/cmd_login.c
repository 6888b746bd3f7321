/* login, logout, target, regions: who is talking to which server. */
#include "cli/cli.h"

#include "wire/jwt.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_FILE_MAX (64 * KIB)
#define URL_DEFAULT	"http://127.0.0.1:8080"
#define GRANT_API_KEY	"urn:ibm:params:oauth:grant-type:apikey"

enum { LOGIN_URL, LOGIN_KEY, LOGIN_USER, LOGIN_PASSWORD, LOGIN_ACCOUNT };
static const struct opt login_opts[] = {
    {"api", 'a', OPT_TEXT, "URL",
     "the server; default: the last one, or " URL_DEFAULT},
    {"apikey", 0, OPT_TEXT, "KEY|@FILE",
     "an API key, or a file with one "
     "(as api-key-create --file writes it)"},
    {"user", 'u', OPT_TEXT, "EMAIL", "log in with a password instead"},
    {"password", 'p', OPT_TEXT, "-", "'-': read it from standard input"},
    {"account", 'c', OPT_TEXT, "ACCOUNT", "id or name of the account"},
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
			return note_set(&cli->note, OUT_MALFORMED,
					"%s is neither a key nor a key's JSON",
					path);
		key = json_text(j, "apikey");
	}
	if (key.n == 0)
		return note_set(&cli->note, OUT_MALFORMED,
				"%s holds no API key", path);
	return buf_addstr(ret, key);
}

static int
key_ask(struct cli *cli, const char *given, struct buf *ret)
{
	const char *env = getenv("LATCHKEY_API_KEY");

	if (given == NULL && env != NULL)
		return buf_adds(ret, env);
	if (given == NULL)
		return prompt_secret("API key", ret, &cli->note);
	if (given[0] == '@')
		return key_from_file(cli, given + 1, ret);
	fprintf(stderr, "Hint: a key on the command line can be seen by other "
			"users of this machine; --apikey @FILE cannot.\n");
	return buf_adds(ret, given);
}

static int
password_ask(struct cli *cli, const char *given, struct buf *ret)
{
	int r;

	if (given == NULL)
		return prompt_secret("Password", ret, &cli->note);
	if (strcmp(given, "-") != 0) {
		fprintf(stderr, "Hint: a password on the command line can be "
				"seen by other users of this machine; '-p -' "
				"reads it from standard input.\n");
		return buf_adds(ret, given);
	}
	r = file_read("-", SECRET_FILE_MAX, ret, &cli->note);
	if (r == 0 && ret->n > 0 && ret->p[ret->n - 1] == '\n')
		ret->p[--ret->n] = '\0';
	return r;
}

static int
form_of(struct cli *cli, const struct args *a, struct buf *form)
{
	CLEAN(buf_clear) struct buf secret = BUF_INIT;
	const char *user = a->v[LOGIN_USER].text;
	int r;

	if (user != NULL && a->v[LOGIN_KEY].given)
		return note_set(&cli->note, OUT_MALFORMED,
				"--apikey and --user exclude each other");
	r = user != NULL ? password_ask(cli, a->v[LOGIN_PASSWORD].text, &secret)
			 : key_ask(cli, a->v[LOGIN_KEY].text, &secret);
	if (r != 0)
		return r;
	form_add(form, "grant_type",
		 user != NULL ? STR("password") : STR(GRANT_API_KEY));
	if (user != NULL)
		form_add(form, "username", str_c(user));
	form_add(form, user != NULL ? "password" : "apikey", buf_str(&secret));
	if (a->v[LOGIN_ACCOUNT].given)
		form_add(form, "account", str_c(a->v[LOGIN_ACCOUNT].text));
	form_add(form, "response_type", STR("cloud_iam"));
	return buf_err(form);
}

static int
url_choose(struct cli *cli, const char *given)
{
	struct str url = str_c(given != NULL		  ? given
			       : cli->session.url != NULL ? cli->session.url
							  : URL_DEFAULT);
	char *copy;

	while (str_ends(url, STR("/")))
		url.n--;
	if (!str_starts(url, STR("http://")) &&
	    !str_starts(url, STR("https://")))
		return note_set(
		    &cli->note, OUT_MALFORMED,
		    "the server's address must begin with http:// or https://");
	if (url.n > CLI_URL_MAX || !str_printable(url))
		return note_set(&cli->note, OUT_MALFORMED,
				"not a usable address");
	copy = str_dup(url);
	session_set(&cli->session.url, str_c(copy));
	free(copy);
	return 0;
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
				"%s did not answer like a latchkey server",
				s->url);
	user = json_text(t.payload, "email");
	if (user.n == 0)
		user = json_text(t.payload, "name");
	session_set(&s->user, user.n > 0 ? user : json_text(t.payload, "sub"));
	session_set(&s->account,
		    json_text(json_get(t.payload, "account"), "bss"));
	return 0;
}

static void
target_print(const struct cli *cli)
{
	const struct session *s = &cli->session;

	print_pair("API endpoint:", str_c(s->url));
	print_pair("User:", str_c(s->user));
	print_pair("Account:", str_c(s->account));
	print_pair("Registry:", session_host(s));
}

static int
login(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf form = BUF_INIT;
	int r = session_load(cli);

	/* A session that is missing or damaged is what login mends. */
	if (r != 0 && r != OUT_UNPROVEN)
		return r;
	cli->note.text[0] = '\0';
	r = url_choose(cli, a->v[LOGIN_URL].text);
	if (r == 0)
		r = form_of(cli, a, &form);
	session_set(&cli->session.refresh_token, STR_NONE);
	if (r == 0)
		r = client_login(cli, buf_str(&form));
	if (r == 0)
		r = identity_keep(cli);
	if (r == 0)
		r = session_save(cli);
	if (r != 0)
		return r;
	printf("Authenticating...\nOK\n\n");
	target_print(cli);
	return 0;
}

static int
logout(struct cli *cli, const struct args *a)
{
	struct ask ask = {"DELETE", "/latchkey/v1/session", STR_NONE, NULL};
	int r = session_load(cli);

	(void)a;
	if (r != 0)
		return r;
	/* The server forgets first; should it be away, we still do. */
	r = client_call(cli, &ask, NULL, NULL);
	if (r != 0)
		fprintf(stderr, "The server could not be told: %s\n",
			cli->note.text);
	session_set(&cli->session.access_token, STR_NONE);
	session_set(&cli->session.refresh_token, STR_NONE);
	cli->session.expires_at = 0;
	r = session_save(cli);
	if (r == 0)
		printf("Logging out...\nOK\n");
	return r;
}

static int
target(struct cli *cli, const struct args *a)
{
	int r = session_load(cli);

	(void)a;
	if (r == 0)
		target_print(cli);
	return r;
}

static const struct command rows[] = {
    {"", "login", NULL, login_opts, nitems(login_opts), "", 0, 0, login,
     "log in to a server",
     "The session is kept in session.json (0600) in your configuration\n"
     "directory and renews itself for up to 72 hours after its last use.\n"
     "Without --apikey and --user the API key is asked for.\n"},
    {"", "logout", NULL, NULL, 0, "", 0, 0, logout,
     "end the session here and at the server", NULL},
    {"", "target", NULL, NULL, 0, "", 0, 0, target,
     "show who is logged in where", NULL},
};
const struct command_set commands_login = {rows, nitems(rows)};
