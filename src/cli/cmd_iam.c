/* iam: tokens of the login. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <stdio.h>

static int
oauth_tokens(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf bearer = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&text);
	int r = client_token(cli);

	(void)a;
	if (r != 0)
		return r;
	if (!cli->json) {
		printf(_("IAM token:  Bearer %s\n"), cli->session.access_token);
		return 0;
	}
	(void)buf_addf(&bearer, "Bearer %s", cli->session.access_token);
	jw_object(&w, NULL);
	jw_str(&w, "iam_token", buf_str(&bearer));
	jw_end(&w);
	r = buf_err(&text) != 0 ? buf_err(&text)
				: json_parse(buf_str(&text), &j, &cli->note);
	if (r == 0)
		print_json(j);
	return r;
}

/* A code for one login elsewhere, as who is logged in here. */
static int
passcode(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf form = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	int r = client_token(cli);

	(void)a;
	if (r != 0)
		return r;
	if (cli->session.refresh_token == NULL)
		return note_set(
		    &cli->note, OUT_UNPROVEN,
		    _("this login has no session: run 'latchkey login' again"));
	form_add(&form, "grant_type", STR("refresh_token"));
	form_add(&form, "refresh_token", str_c(cli->session.refresh_token));
	form_add(&form, "response_type", STR("cloud_iam"));
	r = client_form_at(cli, "/identity/passcode", buf_str(&form), &body);
	if (r == 0)
		r = json_parse(buf_str(&body), &j, &cli->note);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	print_pair(_("Passcode"), json_text(j, "passcode"));
	printf(_("\nIt opens one login, within five minutes: latchkey login "
		 "--sso\n\nOK\n"));
	return 0;
}

static const struct command rows[] = {
    {"iam", "oauth-tokens", "bearer-token", NULL, 0, "", 0, 0, oauth_tokens,
     N_("show a fresh access token"),
     N_("For 'docker login -u iambearer --password-stdin HOST' take what "
	"follows\nthe word Bearer. It is valid for an hour at most.\n")},
    {"iam", "passcode", NULL, NULL, 0, "", 0, 0, passcode,
     N_("a code for one login on another machine"),
     N_("Whoever has the code is logged in as you, once: 'latchkey login "
	"--sso'\nasks for it. It ends with the login that it was made "
	"from.\n")},
};
const struct command_set commands_iam = {rows, nitems(rows)};
