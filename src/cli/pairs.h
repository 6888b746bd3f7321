/*
 * What the commands for key pairs and servers share: projects as people name
 * them, our own REST and its pages, a private key on its one way into a file,
 * and the texts that have to be true wherever they are said.
 */
#ifndef CLI_PAIRS_H
#define CLI_PAIRS_H

#include "cli/git.h"

/* --- rest.c --- */
#define REST_PATH_MAX  512
#define REST_PAGE      100
#define PROJECT_FIRST  "default"
/* A project of our own REST: "TEAM/PROJECT", "PROJECT" in the account that is
 * logged in, or NULL for "default" there. */
struct rest {
	struct place place;
	char path[REST_PATH_MAX]; /* "/latchkey/v1/projects/TEAM/PROJECT" */
	char again[REST_PATH_MAX]; /* for commands that are shown: " -p
				      TEAM/PROJECT", or nothing */
};
MUST int rest_project(struct cli *, const char *word, struct rest *ret);
/* "<project>/keypairs/web-key/servers"; name and tail may be NULL. */
MUST int rest_path(const struct rest *, const char *kind, const char *name,
		   const char *tail, struct buf *ret);
/* The same of one thing, whose name is judged first. */
MUST int rest_thing(struct cli *, const char *project_word, const char *kind,
		    const char *name, const char *tail, struct buf *ret);
/* And fetched. */
MUST int rest_thing_get(struct cli *, const char *project_word,
			const char *kind, const char *name, struct json **ret);
/* One of the project's things: fetched, or done something to. body p NULL: no
 * body. */
MUST int rest_get(struct cli *, const char *path, struct json **ret);
MUST int rest_send(struct cli *, const char *method, const char *path,
		   const struct buf *body, struct json **ret);
/* A member for a sentence: "?" unless it is printable ASCII. */
struct str rest_word(const struct json *, const char *name);
/* Who "created_by" or another member is: as people call them, where the server
 * says it, else the id. */
struct str rest_who(const struct json *, const char *member);
/* Show what was written as JSON. */
MUST int rest_print(const struct buf *);

/* --- names.c --- */
#define KEYPAIR_NAME_MIN 3
#define KEYPAIR_NAME_MAX 20
/* As the server judges names, in its words, before it is asked. 0 or
 * usage_set(). */
MUST int keypair_name_check(struct cli *, const char *name);
MUST int server_name_check(struct cli *, const char *name);
/* A pair or server that is there: its name, or its id. Anything else is none. */
MUST int thing_name_check(struct cli *, const char *name);

/* A path for a command line that is shown: in quotes where it needs them. */
MUST int shell_word(const char *path, struct buf *ret);

/* --- keyout.c --- */
/*
 * The file that a private key is to be written to: new, empty, of its owner
 * only, with room on the disk, before the key is made. Never one that is there
 * already, nor through a symbolic link. "-" is standard output.
 */
#define KEYOUT_ROOM (16 * KIB)
struct keyout {
	const char *path;
	int fd; /* -1: none */
	bool is_stdout, whole;
};
#define KEYOUT_INIT                                                            \
	{                                                                      \
		.fd = -1                                                       \
	}
/* 0, or an outcome with a note and the exit status CLI_CANT_CREATE. */
MUST int keyout_open(struct cli *, const char *path, struct keyout *ret);
/* All of it, on disk, with the folder. Afterwards the file stays. */
MUST int keyout_write(struct cli *, struct keyout *, struct str key);
void keyout_clear(struct keyout *); /* removes a file that is not whole */

/* --- madekey.c --- */
/*
 * The server's answer to the making of a pair, without a copy of the secret in
 * it: "private_key", a string of the outermost object, is decoded where it
 * stands; the rest goes to ret_rest as an object of its own. OUT_MALFORMED when
 * the answer is not whole or has no such member.
 */
MUST int madekey_split(struct buf *answer, struct str *ret_key,
		       struct buf *ret_rest);

/* --- passphrase.c --- */
/* Asked for twice on the terminal. */
MUST int passphrase_ask(struct cli *, struct buf *ret);
/* The key under this pass phrase, by ssh-keygen and in memory only: neither the
 * key nor the pass phrase is in an argument, a variable or a file. */
MUST int passphrase_set(struct cli *, struct str key, struct str phrase,
			struct buf *ret);

/* --- keypair_show.c --- */
void keypair_type(const struct json *, struct buf *ret); /* "ssh-rsa (3072)" */
void keypair_show(const struct json *); /* pairs, and the picture */

/* --- keypair_create.c --- */
extern const struct opt keypair_create_opts[];
#define KEYPAIR_CREATE_OPTS 6
extern const char keypair_create_more[];
MUST int keypair_create(struct cli *, const struct args *);
extern const struct opt keypair_import_opts[];
#define KEYPAIR_IMPORT_OPTS 2
MUST int keypair_import(struct cli *, const struct args *);

/* --- server_text.c --- */
bool server_is(const struct json *, const char *flag); /* "follows" */
bool server_seed_is(const struct json *, const char *state);
struct str server_state_word(const struct json *);
void server_pair_text(const struct json *key, struct buf *ret); /* its name */
void server_asked_text(const struct json *, struct buf *ret);
void server_text_print(const struct json *); /* pairs */

/* --- server_create.c --- */
extern const struct opt server_create_opts[];
#define SERVER_CREATE_OPTS 5
MUST int server_create(struct cli *, const struct args *);
extern const struct opt server_seed_opts[];
#define SERVER_SEED_OPTS 3
MUST int server_seed(struct cli *, const struct args *);

/* --- server_lines.c --- */
/* The server's key as a line of authorized_keys on standard output, and beside
 * it that the line follows nothing. */
MUST int server_line_print(struct cli *, const struct json *server);
extern const struct opt server_hosts_opts[];
#define SERVER_HOSTS_OPTS 2
MUST int server_known_hosts(struct cli *, const struct args *);
extern const struct opt server_line_opts[];
#define SERVER_LINE_OPTS 1
MUST int server_authorized_key(struct cli *, const struct args *);

#endif
