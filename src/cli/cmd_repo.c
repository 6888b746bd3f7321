/* repo: git repositories. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

static const char advice[] = N_(
    "A deploy host reads a repository with an access key: a key pair made on\n"
    "that host, whose public half is registered here, under a label that says\n"
    "which host it is. It reads this repository and nothing else, and never\n"
    "pushes. In one step, on the deploy host:\n"
    "    latchkey access-key setup TEAM/REPO --label web-1\n"
    "Clone with the address of SSH, not with the https:// one: only SSH knows\n"
    "of access keys.\n"
    "TEAM is an account, as 'latchkey account list' shows them; without it, "
    "the\n"
    "one that you are logged in to.\n");

enum { CHANGE_DESCRIPTION, CHANGE_PROJECT, CHANGE_BRANCH, CHANGE_FORCE };
static const struct opt change_opts[] = {
    {"description", 0, OPT_TEXT, "TEXT", N_("what it is for")},
    {"project", 0, OPT_TEXT, "PROJECT",
     N_("the project it belongs to; 'default' at first")},
    {"main-branch", 0, OPT_TEXT, "BRANCH",
     N_("what a clone checks out; 'main' at first")},
    {"force-push", 0, OPT_TEXT, "RULE",
     N_("who may rewind or remove branches: allow (whoever may push), protect "
	"(the main branch by managers only; at first), deny (nobody)")},
};

enum { DELETE_FORCE };
static const struct opt delete_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};
enum { URL_HTTP };
static const struct opt url_opts[] = {
    {"http", 0, OPT_FLAG, NULL, N_("the address of HTTP instead")},
};
enum { RESTORE_AS };
static const struct opt restore_opts[] = {
    {"as", 0, OPT_TEXT, "NAME", N_("under another name")},
};

struct str
repo_clone_url(const struct json *repo, const char *way)
{
	const struct json *all = json_get(json_get(repo, "links"), "clone");

	for (size_t i = 0; i < json_size(all); i++)
		if (str_eq(json_text(json_at(all, i), "name"), str_c(way)))
			return json_text(json_at(all, i), "href");
	return STR_NONE;
}

int
repo_get(struct cli *cli, const struct place *p, struct json **ret)
{
	struct ask ask = {"GET", p->path, STR_NONE};

	return client_json(cli, &ask, ret);
}

static void
repo_print(const struct json *repo)
{
	int64_t size = 0;
	struct str http;
	char text[32];

	(void)json_int(json_get(repo, "size"), &size);
	print_pair(_("Repository"), json_text(repo, "full_name"));
	print_pair(_("Description"), json_text(repo, "description"));
	print_pair(_("Project"), json_text(json_get(repo, "project"), "key"));
	print_pair(_("Main Branch"),
		   json_text(json_get(repo, "mainbranch"), "name"));
	print_pair(_("Force Push"), json_text(repo, "force_push"));
	size_text(size, text);
	print_pair(_("Size"), str_c(text));
	print_pair(_("Created At"),
		   when_text(json_text(repo, "created_on"), text));
	print_pair(_("Last Push"),
		   when_text(json_text(repo, "pushed_on"), text));
	print_pair(_("SSH"), repo_clone_url(repo, "ssh"));
	http = repo_clone_url(repo, "https");
	print_pair(_("HTTP"),
		   http.n > 0 ? http : str_c(_("off for this account")));
}

static void
change_write(struct jw *w, const struct args *a)
{
	const char *project = a->v[CHANGE_PROJECT].text;
	const char *branch = a->v[CHANGE_BRANCH].text;

	if (a->v[CHANGE_DESCRIPTION].given)
		jw_c(w, "description", a->v[CHANGE_DESCRIPTION].text);
	if (project != NULL) {
		jw_object(w, "project");
		jw_c(w, "key", project);
		jw_end(w);
	}
	if (branch != NULL) {
		jw_object(w, "mainbranch");
		jw_c(w, "name", branch);
		jw_end(w);
	}
	if (a->v[CHANGE_FORCE].given)
		jw_c(w, "force_push", a->v[CHANGE_FORCE].text);
}

/* A method with a body of these options, and what it answers. */
static int
change_send(struct cli *cli, const struct args *a, const char *method,
	    const struct place *p, struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {method, p->path, STR_NONE};
	struct jw w = JW(&body);

	jw_object(&w, NULL);
	if (strcmp(method, "POST") == 0)
		jw_c(&w, "scm", "git");
	change_write(&w, a);
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	return client_json(cli, &ask, ret);
}

static int
repo_show_json(struct cli *cli, const struct json *repo)
{
	if (cli->json) {
		print_json(repo);
		return 0;
	}
	repo_print(repo);
	printf(_("\nOK\n"));
	return 0;
}

static int
repo_create(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *repo = NULL;
	struct str url;
	struct place p;
	int r = place_repo(cli, a->rest[0], &p);

	if (r == 0)
		r = change_send(cli, a, "POST", &p, &repo);
	if (r == OUT_ABSENT)
		return note_set(
		    &cli->note, r,
		    _("there is no team '%s', or you may make "
		      "nothing in it; 'latchkey account list' shows "
		      "yours"),
		    p.account);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(repo);
		return 0;
	}
	printf(_("Created repository '%s/%s'.\n\n"), p.account, p.name);
	url = repo_clone_url(repo, "ssh");
	if (url.n == 0)
		url = repo_clone_url(repo, "https");
	printf("    git clone ");
	print_text(url);
	printf(_("\n\nOK\n"));
	return 0;
}

static int
repo_show(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *repo = NULL;
	struct place p;
	int r = place_repo(cli, a->rest[0], &p);

	if (r == 0)
		r = repo_get(cli, &p, &repo);
	return r != 0 ? r : repo_show_json(cli, repo);
}

static int
repo_url(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *repo = NULL;
	bool http = a->v[URL_HTTP].given;
	struct place p;
	struct str url;
	int r = place_repo(cli, a->rest[0], &p);

	if (r == 0)
		r = repo_get(cli, &p, &repo);
	if (r != 0)
		return r;
	url = repo_clone_url(repo, http ? "https" : "ssh");
	if (url.n == 0)
		return note_set(
		    &cli->note, OUT_UNSUPPORTED,
		    http ? _("this account takes git over SSH only")
			 : _("this server does not speak SSH; --http "
			     "gives the other address"));
	print_text(url);
	(void)putchar('\n');
	return 0;
}

static int
repo_delete(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf question = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	struct place p;
	int r = place_repo(cli, a->rest[0], &p);

	if (r != 0)
		return r;
	(void)buf_addf(
	    &question,
	    _("Clones of %s/%s end, and its access keys open nothing "
	      "any more; for 30 days it can be restored. Delete?"),
	    p.account, p.name);
	if (!a->v[DELETE_FORCE].given && !prompt_yes(question.p))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing deleted: not confirmed (-f does not ask)"));
	ask.path = p.path;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Deleted repository '%s/%s'. For 30 days it can be "
			 "brought back:\n\n    latchkey repo restore %s/%s\n\n"
			 "OK\n"),
		       p.account, p.name, p.account, p.name);
	return r;
}

static int
repo_rename(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *repo = NULL;
	struct ask ask = {"PUT", NULL, STR_NONE};
	struct jw w = JW(&body);
	struct place p;
	int r = place_repo(cli, a->rest[0], &p);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "slug", a->rest[1]);
	jw_end(&w);
	ask.path = p.path;
	ask.body = buf_str(&body);
	r = buf_err(&body) != 0 ? buf_err(&body)
				: client_json(cli, &ask, &repo);
	return r != 0 ? r : repo_show_json(cli, repo);
}

static int
repo_set(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *repo = NULL;
	bool any = false;
	struct place p;
	int r = place_repo(cli, a->rest[0], &p);

	for (size_t i = 0; i < nitems(change_opts); i++)
		any = any || a->v[i].given;
	if (r == 0 && !any)
		return note_set(&cli->note, OUT_MALFORMED,
				_("nothing to set: give an option"));
	if (r == 0)
		r = change_send(cli, a, "PUT", &p, &repo);
	return r != 0 ? r : repo_show_json(cli, repo);
}

/* "{...}", or TEAM/REPO. */
static int
restore_path(struct cli *cli, const char *word, struct buf *ret)
{
	CLEAN(buf_clear) struct buf uuid = BUF_INIT;
	const char *account = NULL;
	struct place p;
	int r;

	if (word[0] == '{') {
		r = place_account(cli, &account);
		if (r == 0)
			r = buf_adds(&uuid, word);
	} else {
		r = place_repo(cli, word, &p);
		account = p.account;
		if (r == 0)
			r = repo_removed(cli, &p, &uuid);
	}
	if (r != 0)
		return r;
	(void)buf_adds(ret, "/2.0/repositories/");
	(void)enc_percent(ret, str_c(account));
	(void)buf_addc(ret, '/');
	(void)enc_percent(ret, buf_str(&uuid));
	return buf_adds(ret, "/restore");
}

static int
repo_restore(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *repo = NULL;
	struct ask ask = {"POST", NULL, STR_NONE};
	struct jw w = JW(&body);
	int r = restore_path(cli, a->rest[0], &path);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	if (a->v[RESTORE_AS].given)
		jw_c(&w, "slug", a->v[RESTORE_AS].text);
	jw_end(&w);
	ask.path = path.p;
	ask.body = buf_str(&body);
	r = buf_err(&body) != 0 ? buf_err(&body)
				: client_json(cli, &ask, &repo);
	return r != 0 ? r : repo_show_json(cli, repo);
}

static const struct command rows[] = {
    {"repo", "create", NULL, change_opts, nitems(change_opts), "TEAM/REPO", 1,
     1, repo_create, N_("make a git repository"), advice},
    {"repo", "list", NULL, repo_list_opts, REPO_LIST_OPTS, "[TEAM]", 0, 1,
     repo_list, N_("list repositories, with sizes"), NULL},
    {"repo", "show", NULL, NULL, 0, "TEAM/REPO", 1, 1, repo_show,
     N_("show one repository"), NULL},
    {"repo", "url", NULL, url_opts, nitems(url_opts), "TEAM/REPO", 1, 1,
     repo_url, N_("print the address to clone"),
     N_("The address of SSH is the one for deploy hosts: access keys open\n"
	"nothing over HTTP.\n")},
    {"repo", "set", NULL, change_opts, nitems(change_opts), "TEAM/REPO", 1, 1,
     repo_set, N_("change a repository's settings"), NULL},
    {"repo", "rename", NULL, NULL, 0, "TEAM/REPO NEW-NAME", 2, 2, repo_rename,
     N_("give a repository another name"),
     N_("Access keys stay. Clones must be told the new address:\n"
	"    git remote set-url origin ...\n")},
    {"repo", "delete", NULL, delete_opts, nitems(delete_opts), "TEAM/REPO", 1,
     1, repo_delete, N_("delete a repository"),
     N_("For 30 days 'latchkey repo restore' brings it back, with everything\n"
	"that was in it; after that it is gone.\n")},
    {"repo", "restore", NULL, restore_opts, nitems(restore_opts),
     "TEAM/REPO|UUID", 1, 1, repo_restore,
     N_("bring a deleted repository back"),
     N_("'latchkey repo list --removed' shows what can be restored.\n")},
    {"repo", "import", NULL, NULL, 0, "URL [TEAM/REPO]", 1, 2, repo_import,
     N_("take a repository over from elsewhere"),
     N_("git clones URL with all branches and tags into a temporary folder, "
	"with\n"
	"your own credentials for it, and pushes them to a new repository "
	"here.\n"
	"What hosts keep beside them (refs/pull/* and the like) is left out.\n"
	"The target may be there already if it is empty. The push goes over "
	"HTTP\n"
	"with this login; no secret is written down or passed on a command "
	"line.\n")},
};
const struct command_set commands_repo = {rows, nitems(rows)};
