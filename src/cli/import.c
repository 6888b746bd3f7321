/* repo import: another host's repository, taken over by the user's own git. */
#include "cli/child.h"
#include "cli/git.h"

#include "base/i18n.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REFS_MAX   (64 * MIB)
#define TREE_DEPTH 32 /* descriptors for walking the temporary folder */
#define BRANCH	   "refs/heads/"

struct import {
	struct cli *cli;
	const char *source;
	struct place place;
	struct buf dir, mirror; /* the temporary folder; the clone in it */
	struct buf refs;	/* one name a line */
	struct buf branch;	/* HEAD's; empty when it names none */
	struct buf target;	/* where to push */
	bool is_there;		/* the target */
};

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)remove(path);
	return 0;
}

/* What went wrong, and what is left of it. */
static int
interrupted(struct import *im)
{
	return note_set(&im->cli->note, OUT_BUSY,
			im->is_there
			    ? _("interrupted; the repository is there, and "
				"empty: the same command goes on")
			    : _("interrupted; nothing was made"));
}

static int
git_failed(struct import *im, int status)
{
	return note_set(&im->cli->note, OUT_UNSUPPORTED,
			im->is_there
			    ? _("git failed with status %d; the repository is "
				"there, and empty: the same command goes on")
			    : _("git failed with status %d; nothing was made"),
			status);
}

static int
git_run(struct import *im, const char *const *argv, char *const *env,
	struct buf *out, bool asks)
{
	struct child child = {
	    .argv = argv, .env = env, .out = out, .asks = asks};
	int status = 0;
	int r = child_run(&child, &status, &im->cli->note);

	if (child_caught() != 0)
		return interrupted(im);
	if (r != 0)
		return r;
	return status == 0 ? 0 : git_failed(im, status);
}

/* "https://host/team/repo.git/", "git@host:team/repo": the last word. */
static int
name_of(struct cli *cli, const char *url, struct buf *ret)
{
	struct str s = str_c(url), head, tail;

	while (str_ends(s, STR("/")))
		s.n--;
	if (str_ends(s, STR(".git")))
		s.n -= STR(".git").n;
	if (str_rcut(s, '/', &head, &tail) || str_rcut(s, ':', &head, &tail))
		s = tail;
	if (s.n == 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("what shall it be called? Give TEAM/REPO"));
	return buf_addstr(ret, s);
}

static int
place_choose(struct cli *cli, const struct args *a, struct place *ret)
{
	CLEAN(buf_clear) struct buf name = BUF_INIT;
	int r;

	if (a->n > 1)
		return place_repo(cli, a->rest[1], ret);
	r = name_of(cli, a->rest[0], &name);
	return r != 0 ? r : place_repo(cli, name.p, ret);
}

static int
http_closed(struct import *im)
{
	return note_set(
	    &im->cli->note, OUT_UNSUPPORTED,
	    _("this account takes git over SSH only. Import goes "
	      "over HTTP: 'latchkey account set --git-http on' lets "
	      "it, for the time"));
}

/* Asked before anything is made. Who may not look at the account hears it
 * later. */
static int
account_look(struct import *im)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *account = NULL;
	struct ask ask = {"GET", NULL, STR_NONE};
	bool open = true;
	int r = buf_addf(&path, "/latchkey/v1/accounts/%s", im->place.account);

	if (r != 0)
		return r;
	ask.path = path.p;
	r = client_json(im->cli, &ask, &account);
	if (r < 0)
		return r;
	im->cli->note.text[0] = '\0';
	(void)json_bool(json_get(account, "git_http"), &open);
	return open ? 0 : http_closed(im);
}

static int
target_set(struct import *im, const struct json *repo)
{
	if (repo_clone_url(repo, "https").n == 0)
		return http_closed(im);
	(void)buf_addf(&im->target, "%s/git/%s/%s.git", im->cli->session.url,
		       im->place.account, im->place.name);
	return buf_err(&im->target);
}

/* Is it there, and may it be? What was ever pushed to is not touched. */
static int
target_look(struct import *im)
{
	CLEAN(json_freep) struct json *repo = NULL;
	int r = repo_get(im->cli, &im->place, &repo);

	if (r == OUT_ABSENT) {
		im->cli->note.text[0] = '\0';
		return account_look(im);
	}
	if (r != 0)
		return r;
	if (json_text(repo, "pushed_on").n > 0)
		return note_set(&im->cli->note, OUT_CONFLICT,
				_("%s/%s is not empty: import into a new one"),
				im->place.account, im->place.name);
	im->is_there = true;
	return target_set(im, repo);
}

static int
dir_make(struct import *im)
{
	const char *tmp = getenv("TMPDIR");

	(void)buf_addf(&im->dir, "%s/latchkey-import-XXXXXX",
		       tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (buf_err(&im->dir) != 0)
		return buf_err(&im->dir);
	if (mkdtemp(im->dir.p) == NULL) {
		int e = errno;

		buf_reset(&im->dir);
		return note_set(&im->cli->note, OUT_DENIED,
				_("cannot make a temporary folder: %s"),
				strerror(e));
	}
	return buf_addf(&im->mirror, "%s/mirror.git", im->dir.p);
}

static int
source_clone(struct import *im)
{
	const char *const argv[] = {"git",	"clone",      "--mirror", "--",
				    im->source, im->mirror.p, NULL};
	char **env = child_env((const char *const[]){NULL});
	int r;

	if (env == NULL)
		return FAIL(-ENOMEM);
	r = git_run(im, argv, env, NULL, true);
	free(env);
	return r;
}

static int
mirror_ask(struct import *im, const char *verb, const char *what,
	   struct buf *ret)
{
	const char *const argv[] = {"git", "-C", im->mirror.p,
				    verb,  what, NULL};
	char **env = child_env((const char *const[]){NULL});
	int r;

	if (env == NULL)
		return FAIL(-ENOMEM);
	r = git_run(im, argv, env, ret, false);
	free(env);
	return r;
}

/* Branches, tags and notes are the repository's; the rest is how its host keeps
 * pull requests and the like. */
static bool
is_taken(struct str ref)
{
	return str_starts(ref, STR(BRANCH)) ||
	       str_starts(ref, STR("refs/tags/")) ||
	       str_starts(ref, STR("refs/notes/"));
}

static void
left_say(struct import *im, size_t *ret_taken)
{
	struct str refs = buf_str(&im->refs), ref, first = STR_NONE;
	size_t left = 0;

	*ret_taken = 0;
	while (refs.n > 0 && str_next(&refs, '\n', &ref)) {
		if (ref.n == 0)
			continue;
		if (is_taken(ref))
			(*ret_taken)++;
		else if (left++ == 0)
			first = ref;
	}
	if (left == 0)
		return;
	print_step(im->cli,
		   ngettext("Leaving out %zu reference that the other host "
			    "keeps for itself, such as %.*s.\n",
			    "Leaving out %zu references that the other host "
			    "keeps for itself, such as %.*s.\n",
			    left),
		   left, STR_ARG(str_is_text(first) ? first : STR("?")));
}

/* What HEAD names, even if no commit is there yet. */
static int
branch_read(struct import *im)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct str s, rest;
	int r = mirror_ask(im, "symbolic-ref", "HEAD", &out);

	if (r == OUT_UNSUPPORTED) {
		im->cli->note.text[0] = '\0'; /* it names a commit */
		return 0;
	}
	if (r != 0)
		return r;
	s = buf_str(&out);
	if (str_cut(s, '\n', &s, &rest) && str_starts(s, STR(BRANCH)))
		return buf_addstr(&im->branch,
				  str_sub(s, STR(BRANCH).n, SIZE_MAX));
	return 0;
}

/* POST makes it, PUT tells an empty one what its main branch is. */
static int
target_make(struct import *im)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *repo = NULL;
	struct ask ask = {im->is_there ? "PUT" : "POST", im->place.path,
			  STR_NONE};
	struct jw w = JW(&body);
	int r;

	jw_object(&w, NULL);
	jw_c(&w, "scm", "git");
	if (im->branch.n > 0) {
		jw_object(&w, "mainbranch");
		jw_str(&w, "name", buf_str(&im->branch));
		jw_end(&w);
	}
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	r = client_json(im->cli, &ask, &repo);
	if (r != 0 || im->is_there)
		return r;
	im->is_there = true;
	print_step(im->cli, _("Created repository '%s/%s'.\n"),
		   im->place.account, im->place.name);
	return target_set(im, repo);
}

/*
 * The login goes to git as a header for this address alone, in the environment
 * of the child: it stands in no argument and no file, and nobody is asked for
 * it, neither the user nor a credential helper that would keep it.
 */
static int
mirror_push(struct import *im)
{
	CLEAN(buf_clear) struct buf key = BUF_INIT;
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	CLEAN(buf_clear) struct buf ca = BUF_INIT;
	const struct session *s = &im->cli->session;
	const char *const argv[] = {"git",
				    "-C",
				    im->mirror.p,
				    "push",
				    "--atomic",
				    im->target.p,
				    "+refs/heads/*:refs/heads/*",
				    "+refs/tags/*:refs/tags/*",
				    "+refs/notes/*:refs/notes/*",
				    NULL};
	const char *more[10] = {
	    "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "GIT_CONFIG_COUNT=2",
	    "GIT_CONFIG_KEY_0=credential.helper", "GIT_CONFIG_VALUE_0="};
	char **env;
	int r = client_token(im->cli);

	if (r != 0)
		return r;
	(void)buf_addf(&key, "GIT_CONFIG_KEY_1=http.%s.extraHeader",
		       im->target.p);
	(void)buf_addf(&value, "GIT_CONFIG_VALUE_1=Authorization: Bearer %s",
		       s->access_token);
	(void)buf_addf(&ca, "GIT_SSL_CAINFO=%s",
		       s->ca_file != NULL ? s->ca_file : "");
	more[5] = key.p;
	more[6] = value.p;
	more[7] = s->ca_file != NULL ? ca.p : NULL;
	env = child_env(more);
	if (env == NULL || buf_err(&key) != 0 || buf_err(&value) != 0) {
		free(env);
		return FAIL(-ENOMEM);
	}
	r = git_run(im, argv, env, NULL, false);
	free(env);
	return r;
}

static int
told(struct import *im, size_t taken)
{
	CLEAN(json_freep) struct json *repo = NULL;
	int r;

	if (!im->cli->json) {
		printf(ngettext("Imported %zu branch or tag into "
				"'%s/%s'.\n\nOK\n",
				"Imported %zu branches and tags into "
				"'%s/%s'.\n\nOK\n",
				taken),
		       taken, im->place.account, im->place.name);
		return 0;
	}
	r = repo_get(im->cli, &im->place, &repo);
	if (r == 0)
		print_json(repo);
	return r;
}

static int
take_over(struct import *im)
{
	size_t taken = 0;
	int r = target_look(im);

	if (r == 0)
		r = dir_make(im);
	if (r == 0)
		r = source_clone(im);
	if (r == 0)
		r = mirror_ask(im, "for-each-ref", "--format=%(refname)",
			       &im->refs);
	if (r == 0)
		r = branch_read(im);
	if (r != 0)
		return r;
	left_say(im, &taken);
	r = target_make(im);
	if (r == 0 && taken > 0)
		r = mirror_push(im);
	return r != 0 ? r : told(im, taken);
}

int
repo_import(struct cli *cli, const struct args *a)
{
	struct import im = {
	    .cli = cli,
	    .source = a->rest[0],
	    .dir = BUF_INIT,
	    .mirror = BUF_INIT,
	    .refs = BUF_INIT_MAX(REFS_MAX),
	    .branch = BUF_INIT,
	    .target = BUF_INIT,
	};
	int r = place_choose(cli, a, &im.place);

	if (r == 0)
		r = client_token(cli);
	if (r != 0)
		return r;
	child_catch();
	r = take_over(&im);
	if (im.dir.n > 0)
		(void)nftw(im.dir.p, remove_one, TREE_DEPTH,
			   FTW_DEPTH | FTW_PHYS);
	buf_clear(&im.dir);
	buf_clear(&im.mirror);
	buf_clear(&im.refs);
	buf_clear(&im.branch);
	buf_clear(&im.target);
	return r;
}
