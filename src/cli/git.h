/*
 * What the commands for repositories and keys share: places as people name
 * them, lists that come in pages, times, and public keys out of files.
 */
#ifndef CLI_GIT_H
#define CLI_GIT_H

#include "cli/cli.h"
#include "wire/gitcmd.h"
#include "wire/sshkey.h"

/* --- place.c --- */
#define PLACE_PATH_MAX 256
/* A repository or a project: "TEAM/NAME", or "NAME" in the account that is
 * logged in. */
struct place {
	char account[GITCMD_NAME_MAX + 1], name[GITCMD_NAME_MAX + 1];
	char path[PLACE_PATH_MAX]; /* of the API */
	bool is_project;
};
/* OUT_MALFORMED; OUT_UNPROVEN: nobody is logged in. */
MUST int place_repo(struct cli *, const char *word, struct place *ret);
MUST int place_project(struct cli *, const char *word, struct place *ret);
/* One of both, as a command's operand or its --project says. */
MUST int place_given(struct cli *, const struct args *, const char *project,
		     struct place *ret);
/* The account that is logged in, as it stands in paths. */
MUST int place_account(struct cli *, const char **ret);

/* --- pages.c --- */
/* Every element of a list, over all its pages; row says whether to go on.
 * member: where a list of our own REST is, whose path has its '?' already; NULL
 * for those of /2.0. */
MUST int pages_each(struct cli *, const char *path, const char *member,
		    bool (*row)(void *arg, const struct json *), void *arg);
/* The same as a table, or as JSON; the member is the listing's. */
MUST int pages_show(struct cli *, const struct listing *);
/* The same; a list of nothing is said in words. */
MUST int pages_show_or(struct cli *, const struct listing *, const char *none);

/* --- when.c --- */
/* The server's times as this program shows them; "never" for none. */
struct str when_text(struct str, char ret[32]);
/* The same of an end: what has come to it is "(over)". */
struct str when_end(struct str, char ret[32]);
/* "30d", "12h", "2026-12-31", "2026-12-31T08:00:00Z": what the server reads.
 * OUT_MALFORMED with a note. */
MUST int when_read(const char *, struct buf *ret, struct note *);
/* "30m", "24h", "7d": in seconds. usage_set() else. */
MUST int when_span(struct cli *, const char *, int64_t *ret_s);

/* --- keyfile.c --- */
/* The public key in a file, on standard input ("-"), or pasted into the
 * terminal (NULL), as one line; what a terminal wrapped is joined and said so.
 * Anything else is refused here, a private key above all: it goes nowhere. */
MUST int key_read(struct cli *, const char *file, struct buf *ret_line,
		  struct sshkey *ret);
/* The members "key" and "label" of a body, and what both kinds of keys have. */
struct key_options {
	const char *label, *expires, *from; /* NULL: not given */
};
MUST int key_body(struct cli *, struct str line, const struct key_options *,
		  struct buf *ret_body);
/* r, with a way out in the note when the key is somebody's already. */
int key_taken(struct cli *, int r);
/* "expires_on" and "allowed_cidrs", with "none" and "any" for null. */
MUST int key_bounds(struct cli *, struct jw *, const struct key_options *);
void key_print(const struct json *); /* pairs */

/* --- keyfind.c --- */
/* Where the key stands, when that was said. */
struct key_where {
	const char *repo, *project; /* NULL: look over the account */
};
/* The API's path of the access key with this number. OUT_ABSENT. */
MUST int key_path(struct cli *, const struct key_where *, const char *id,
		  struct buf *ret);
/* "SHA256:..." of a key: said so, by its number, or from its file. */
MUST int key_fingerprint(struct cli *, const char *word, struct buf *ret);

/* --- repo_list.c --- */
MUST int repo_list(struct cli *, const struct args *);
extern const struct opt repo_list_opts[];
#define REPO_LIST_OPTS 2
/* The uuid of the one removed repository that had this name. OUT_ABSENT,
 * OUT_CONFLICT. */
MUST int repo_removed(struct cli *, const struct place *, struct buf *ret);

/* --- cmd_repo.c --- */
MUST int repo_get(struct cli *, const struct place *, struct json **ret);
/* way: "ssh" or "https"; empty where that is closed. Borrowed. */
struct str repo_clone_url(const struct json *repo, const char *way);

/* --- import.c --- */
MUST int repo_import(struct cli *, const struct args *);

#endif
