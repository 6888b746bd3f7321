/* Talking to the server: one call with a fresh token, errors in its words. */
#include "cli/child.h"
#include "cli/cli.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/i18n.h"
#include "outward/outward.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FRESH_MS	    (60 * SECOND_MS) /* refresh an access token this early */
#define GRANT_REFRESH_TOKEN "refresh_token"

void
form_add(struct buf *b, const char *name, struct str value)
{
	if (b->n > 0 && b->p[b->n - 1] != '?')
		(void)buf_addc(b, '&');
	(void)buf_addf(b, "%s=", name);
	(void)enc_percent(b, value);
}

/* The server's own sentence in any of its dialects, or a plain one. */
static struct str
message_of(const struct json *j)
{
	static const char *const names[] = {"errorMessage", "message",
					    "error_description", "error"};
	const struct json *error = json_get(j, "error");
	struct str s = json_text(json_at(json_get(j, "errors"), 0), "message");

	if (s.n == 0)
		s = json_text(error, "message");
	for (size_t i = 0; s.n == 0 && i < nitems(names); i++)
		s = json_text(j, names[i]);
	return s;
}

static int
outcome_of(int status)
{
	static const struct {
		int status, out;
	} rows[] = {
	    {400, OUT_MALFORMED}, {401, OUT_UNPROVEN}, {403, OUT_DENIED},
	    {404, OUT_ABSENT},	  {409, OUT_CONFLICT}, {412, OUT_STALE},
	    {413, OUT_TOO_LARGE}, {429, OUT_TOO_MANY}, {503, OUT_BUSY},
	};

	for (size_t i = 0; i < nitems(rows); i++)
		if (rows[i].status == status)
			return rows[i].out;
	return OUT_UNSUPPORTED;
}

/* A sentence of the server's, for another one to follow. */
static void
sentence(struct str why, struct buf *ret)
{
	static const struct str again = STR_INIT(": try again");

	if (str_ends(why, again))
		why.n -= again.n;
	(void)buf_addstr(ret, str_sub(why, 0, 200));
	if (!str_ends(why, STR(".")))
		(void)buf_addc(ret, '.');
}

static int
refused(struct cli *cli, const struct outward_answer *answer)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	int out = outcome_of(answer->status);
	struct str wait = outward_field(answer, "retry-after");
	struct str why = STR_NONE;

	if (json_parse(buf_str(&answer->body), &j, NULL) == 0)
		why = message_of(j);
	if (why.n == 0)
		return note_set(
		    &cli->note, out,
		    _("%s answered with status %d and no reason: is "
		      "it a latchkey server?"),
		    cli->session.url, answer->status);
	/* What says no more than the outcome is said in the user's language. */
	if (str_eq(why, str_c(out_text(out))))
		why = str_c(_(out_text(out)));
	sentence(why, &text);
	if (answer->status == 421 && cli->session.registry != NULL)
		return note_set(&cli->note, out,
				_("%s is no host of this server any more: "
				  "'latchkey cr region-set' chooses another"),
				cli->session.registry);
	if (answer->status == 429 && wait.n > 0 && wait.n < 8)
		return note_set(&cli->note, out, _("%.*s Try again in %.*s s."),
				STR_ARG(buf_str(&text)), STR_ARG(wait));
	return note_set(&cli->note, out, "%.*s", STR_ARG(why));
}

/* What each region has of its own is asked of that region's host. */
static const char *
base_of(const struct session *s, const char *path)
{
	static const char *const regional[] = {"/api/",
					       "/latchkey/v1/namespaces/"};

	for (size_t i = 0; s->registry != NULL && i < nitems(regional); i++)
		if (strncmp(path, regional[i], strlen(regional[i])) == 0)
			return s->registry;
	return s->url;
}

static int
url_of(struct cli *cli, const char *path, struct buf *ret)
{
	if (cli->session.url == NULL)
		return note_set(&cli->note, OUT_UNPROVEN,
				_("no server: log in"));
	(void)buf_addf(ret, "%s%s", base_of(&cli->session, path), path);
	return buf_err(ret);
}

static int
call_out(struct cli *cli, struct outward_call *call, struct outward_answer *ret)
{
	struct note note = {""};
	int r;

	/* What `latchkey sessions` shows of a login. */
	call->agent = "latchkey/" LATCHKEY_VERSION;
	call->ca_file = cli->session.ca_file;
	call->stop = child_caught;
	r = outward_do(call, ret, &note);
	if (r != OUT_DENIED)
		return note_set(&cli->note, r, "%s", note.text);
	return note_set(
	    &cli->note, r,
	    _("%.300s. 'latchkey login --ca-file FILE' names the CA "
	      "to trust."),
	    note.text);
}

static int
tokens_keep(struct cli *cli, struct str body)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct session *s = &cli->session;
	struct str access, refresh;
	int64_t expires;
	int r = json_parse(body, &j, &cli->note);

	if (r != 0 || !json_int(json_get(j, "expiration"), &expires))
		return note_set(&cli->note, OUT_MALFORMED,
				_("%s did not answer like a latchkey server"),
				s->url);
	access = json_text(j, "access_token");
	refresh = json_text(j, "refresh_token");
	session_set(&s->access_token, access);
	if (refresh.n > 0 && !str_eq(refresh, STR("not_supported")))
		session_set(&s->refresh_token, refresh);
	s->expires_at = expires * 1000;
	return 0;
}

int
client_form(struct cli *cli, struct str form, struct buf *ret_body)
{
	return client_form_at(cli, "/identity/token", form, ret_body);
}

int
client_form_at(struct cli *cli, const char *path, struct str form,
	       struct buf *ret_body)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	CLEAN(outward_answer_clear)
	struct outward_answer answer = OUTWARD_ANSWER_INIT;
	struct outward_call call = {
	    .method = "POST",
	    .body = form,
	    /* bx:bx, the public client of command lines: it is what makes
	     * a session with a refresh token. */
	    .fields = {"Content-Type: application/x-www-form-urlencoded",
		       "Accept: application/json",
		       "Authorization: Basic Yng6Yng="},
	    .n_fields = 3,
	};
	int r = url_of(cli, path, &url);

	if (r != 0)
		return r;
	call.url = url.p;
	r = call_out(cli, &call, &answer);
	if (r != 0)
		return r;
	if (answer.status != 200)
		return refused(cli, &answer);
	return buf_addstr(ret_body, buf_str(&answer.body));
}

int
client_login(struct cli *cli, struct str form)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = client_form(cli, form, &body);

	return r != 0 ? r : tokens_keep(cli, buf_str(&body));
}

static int
login_over(struct cli *cli)
{
	return note_set(&cli->note, OUT_EXPIRED,
			_("the login is over: run 'latchkey login' again"));
}

static int
token_renew(struct cli *cli)
{
	CLEAN(buf_clear) struct buf form = BUF_INIT;
	struct session *s = &cli->session;
	int r;

	if (s->refresh_token == NULL)
		return login_over(cli);
	form_add(&form, "grant_type", STR(GRANT_REFRESH_TOKEN));
	form_add(&form, "refresh_token", str_c(s->refresh_token));
	r = client_login(cli, buf_str(&form));
	if (r == OUT_MALFORMED || r == OUT_UNPROVEN)
		return login_over(cli);
	return r != 0 ? r : session_save(cli);
}

int
client_token(struct cli *cli)
{
	int r = session_load(cli);

	if (r != 0 || cli->session.expires_at - clock_now() > FRESH_MS)
		return r;
	return token_renew(cli);
}

static int
call_with_token(struct cli *cli, const struct ask *ask, const char *field,
		struct outward_answer *answer)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	CLEAN(buf_clear) struct buf account = BUF_INIT;
	struct outward_call call = {.method = ask->method, .body = ask->body};
	int r = url_of(cli, ask->path, &url);

	if (r != 0)
		return r;
	(void)buf_addf(&token, "Authorization: Bearer %s",
		       cli->session.access_token);
	call.url = url.p;
	call.fields[call.n_fields++] = "Accept: application/json";
	call.fields[call.n_fields++] = token.p;
	if (field != NULL)
		call.fields[call.n_fields++] = field;
	if (ask->body.p != NULL)
		call.fields[call.n_fields++] = "Content-Type: application/json";
	if (cli->session.account != NULL) {
		(void)buf_addf(&account, "Account: %s", cli->session.account);
		call.fields[call.n_fields++] = account.p;
	}
	if (buf_err(&token) != 0 || buf_err(&account) != 0)
		return FAIL(-ENOMEM);
	return call_out(cli, &call, answer);
}

int
client_call(struct cli *cli, const struct ask *ask, struct buf *ret_body,
	    int *ret_status)
{
	return client_call_with(cli, ask, NULL, ret_body, ret_status);
}

/* The server's clock counts, not ours: what it calls expired is renewed once.
 */
static int
call_renewing(struct cli *cli, const struct ask *ask, const char *field,
	      struct outward_answer *answer)
{
	int r = client_token(cli);

	if (r == 0)
		r = call_with_token(cli, ask, field, answer);
	if (r != 0 || answer->status != 401 ||
	    cli->session.refresh_token == NULL)
		return r;
	outward_answer_clear(answer);
	r = token_renew(cli);
	return r != 0 ? r : call_with_token(cli, ask, field, answer);
}

int
client_call_with(struct cli *cli, const struct ask *ask, const char *field,
		 struct buf *ret_body, int *ret_status)
{
	CLEAN(outward_answer_clear)
	struct outward_answer answer = OUTWARD_ANSWER_INIT;
	int r = call_renewing(cli, ask, field, &answer);

	if (ret_status != NULL)
		*ret_status = answer.status != 0 ? answer.status
			      : answer.asked	 ? CLIENT_NO_ANSWER
						 : 0;
	if (r != 0)
		return r;
	if (answer.status < 200 || answer.status > 299)
		return refused(cli, &answer);
	if (ret_body != NULL)
		(void)buf_addstr(ret_body, buf_str(&answer.body));
	return ret_body != NULL ? buf_err(ret_body) : 0;
}

static int
answer_json(struct cli *cli, struct str body, struct json **ret)
{
	int r = json_parse(body, ret, NULL);

	if (r == OUT_MALFORMED)
		return note_set(&cli->note, r,
				_("the server's answer is not JSON"));
	return r;
}

int
client_tagged(struct cli *cli, const struct ask *ask, const char *field,
	      struct json **ret, struct buf *ret_tag)
{
	CLEAN(outward_answer_clear)
	struct outward_answer answer = OUTWARD_ANSWER_INIT;
	struct str tag;
	int r = call_renewing(cli, ask, field, &answer);

	if (r != 0)
		return r;
	if (answer.status < 200 || answer.status > 299)
		return refused(cli, &answer);
	tag = outward_field(&answer, "etag");
	if (ret_tag != NULL && str_printable(tag))
		(void)buf_addstr(ret_tag, tag);
	if (ret_tag != NULL && buf_err(ret_tag) != 0)
		return buf_err(ret_tag);
	return answer_json(cli, buf_str(&answer.body), ret);
}

int
client_open(struct cli *cli, const struct ask *ask, struct json **ret)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	CLEAN(outward_answer_clear)
	struct outward_answer answer = OUTWARD_ANSWER_INIT;
	struct outward_call call = {
	    .method = ask->method,
	    .body = ask->body,
	    .fields = {"Accept: application/json",
		       "Content-Type: application/json"},
	    .n_fields = ask->body.p != NULL ? 2 : 1,
	};
	int r = url_of(cli, ask->path, &url);

	if (r != 0)
		return r;
	call.url = url.p;
	r = call_out(cli, &call, &answer);
	if (r != 0)
		return r;
	if (answer.status < 200 || answer.status > 299)
		return refused(cli, &answer);
	return answer_json(cli, buf_str(&answer.body), ret);
}

int
client_json(struct cli *cli, const struct ask *ask, struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = client_call(cli, ask, &body, NULL);

	return r != 0 ? r : answer_json(cli, buf_str(&body), ret);
}
