/* "TEAM/REPO": as people say it, and as the API wants it. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

int
place_account(struct cli *cli, const char **ret)
{
	int r = session_load(cli);

	if (r != 0)
		return r;
	*ret = cli->session.account_name != NULL ? cli->session.account_name
						 : cli->session.account;
	if (*ret == NULL)
		return note_set(&cli->note, OUT_UNPROVEN,
				_("no account: run 'latchkey login' again"));
	return 0;
}

static int
place_bad(struct cli *cli, const char *word, const char *form)
{
	return note_set(
	    &cli->note, OUT_MALFORMED,
	    _("'%.80s' is not %s: a name has 1 to %d letters, "
	      "digits, _ - . and begins with a letter, a digit or _"),
	    str_is_text(str_c(word)) ? word : "?", form, GITCMD_NAME_MAX);
}

/* Both names follow the rules of the paths that git clients send. */
static int
split(struct cli *cli, const char *word, const char *form, struct gitcmd *ret)
{
	CLEAN(buf_clear) struct buf whole = BUF_INIT;
	const char *account = NULL;
	int r;

	if (strchr(word, '/') == NULL) {
		r = place_account(cli, &account);
		if (r != 0)
			return r;
		(void)buf_addf(&whole, "%s/", account);
	}
	(void)buf_adds(&whole, word);
	r = buf_err(&whole);
	if (r == 0)
		r = gitcmd_path(buf_str(&whole), ret);
	return r == OUT_ABSENT ? place_bad(cli, word, form) : r;
}

static int
place_set(struct cli *cli, const char *word, bool is_project, struct place *ret)
{
	struct gitcmd names;
	int r =
	    split(cli, word, is_project ? "TEAM/PROJECT" : "TEAM/REPO", &names);

	if (r != 0)
		return r;
	*ret = (struct place){.is_project = is_project};
	memcpy(ret->account, names.account, sizeof(ret->account));
	memcpy(ret->name, names.repo, sizeof(ret->name));
	(void)snprintf(ret->path, sizeof(ret->path),
		       is_project ? "/2.0/workspaces/%s/projects/%s"
				  : "/2.0/repositories/%s/%s",
		       ret->account, ret->name);
	return 0;
}

int
place_repo(struct cli *cli, const char *word, struct place *ret)
{
	return place_set(cli, word, false, ret);
}

int
place_project(struct cli *cli, const char *word, struct place *ret)
{
	return place_set(cli, word, true, ret);
}

int
place_given(struct cli *cli, const struct args *a, const char *project,
	    struct place *ret)
{
	if ((a->n > 0) == (project != NULL))
		return note_set(&cli->note, OUT_MALFORMED,
				project != NULL
				    ? _("say where: TEAM/REPO, or --project "
					"TEAM/PROJECT, and not both")
				    : _("say where: TEAM/REPO, or --project "
					"TEAM/PROJECT"));
	return project != NULL ? place_project(cli, project, ret)
			       : place_repo(cli, a->rest[0], ret);
}
