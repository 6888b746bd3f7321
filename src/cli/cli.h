/*
 * The command line: what one run knows, and what every command may use.
 *
 * A command is a row of a table: words, options, operands, function, and the
 * text of its help. It returns 0, or an outcome with its reason in cli->note;
 * main prints OK or FAILED and chooses the exit status: 0 done, 1 failed, 2
 * wrong usage.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "base/opt.h"
#include "base/out.h"
#include "json/json.h"

#include <stdint.h>
#include <stdio.h>

#define CLI_OPTS_MAX 16
#define CLI_URL_MAX  512

/* The column of "cr image-tag SOURCE TARGET (alias)" in the list of commands,
 * and what 80 columns leave for a row's text. Words that are wider have a line
 * of their own. */
#define COMMAND_WORDS_WIDTH 31
#define COMMAND_WORDS_MAX   78
#define COMMAND_TEXT_MAX    46

/* What `latchkey login` keeps, in CONFIG/session.json, 0600. */
struct session {
	char *url, *account, *account_name, *user;
	char *region;	/* of the registry that cr commands talk to */
	char *registry; /* URL of its host; NULL: the same as url */
	char *ca_file; /* whom to trust; NULL: whom the system trusts */
	char *access_token, *refresh_token;
	int64_t expires_at; /* of the access token, ms */
};

struct cli {
	struct session session;
	bool loaded; /* session was read */
	bool json;   /* --output json */
	int status;  /* to exit with when it fails; 0: CLI_FAILED */
	struct note note;
};
enum { CLI_DONE, CLI_FAILED, CLI_USAGE, CLI_CANT_CREATE = 73 };
/* OUT_MALFORMED for a wrong use that the table of options cannot see. */
int usage_set(struct cli *, const char *fmt, ...) PRINTF(2, 3);

struct args {
	const struct opt_value *v; /* in the order of the command's table */
	char **rest;
	int n;
};

struct command {
	const char *group; /* "cr", "iam", ...; "" for top-level commands */
	const char *name, *alias; /* alias may be NULL */
	const struct opt *opts;
	size_t n_opts;
	const char *operands; /* for the usage: "ID..." */
	int min, max;	      /* how many operands; max < 0: any number */
#define OPERANDS_RAW (-2)     /* as max: all words are another program's */
	int (*run)(struct cli *, const struct args *);
	const char *text; /* one line */
	const char *more; /* paragraphs for --help; NULL: none */
};
struct command_set {
	const struct command *rows;
	size_t n;
};
extern const struct command_set commands_login, commands_token,
    commands_namespace, commands_image, commands_registry_login, commands_iam,
    commands_account, commands_audit, commands_repo, commands_access_key,
    commands_setup, commands_ssh_key, commands_project, commands_keypair,
    commands_server, commands_keys, commands_completion, commands_regions,
    commands_region, commands_trash, commands_retention, commands_quota,
    commands_api_key, commands_service_id, commands_service_key,
    commands_policy, commands_role, commands_group, commands_member,
    commands_accept,
    commands_rules, commands_explain, commands_revoke, commands_scan,
    commands_status, commands_pull_secret;

/* --- commands.c --- */
#define COMMAND_SETS 36
extern const struct command_set *const command_sets[COMMAND_SETS];
/* One after the other, a group's beside each other; NULL behind the last. */
const struct command *command_at(size_t i);
/* By name or alias; NULL when there is none. group "" for top-level ones. */
const struct command *command_find(const char *group, const char *name);
bool command_group_is(const char *word);
/* The original says "cr" and "container-registry". */
#define GROUP_CR_ALIAS "container-registry"

/* --- help.c --- */
#ifndef LATCHKEY_VERSION
#define LATCHKEY_VERSION "0.1.0"
#endif
/* Every command takes these besides its own. */
enum { COMMON_OUTPUT, COMMON_HELP, COMMON_OPTS };
extern const struct opt common_opts[COMMON_OPTS];
/* What one line says of a group: "the container registry". */
const char *help_group_text(const char *group);
/* All commands, or a group's. */
void help_list(FILE *, const char *group);
void help_line(FILE *, const struct command *); /* "usage: ..." */
void help_command(FILE *, const struct command *, const struct opt *, size_t n);

/* --- man.c --- */
/* The page latchkey(1), or latchkey-GROUP(1), as man(7) source. */
void man_print(FILE *, const char *group);

/* --- session.c --- */
/* "$LATCHKEY_HOME", or latchkey below the user's configuration directory; made
 * 0700. name is appended. OUT_ABSENT without a home. */
MUST int home_path(const char *name, struct buf *ret, struct note *);
/* The directories above path, 0700 where they are missing. */
MUST int file_make_dir(const char *path, struct note *);
/* Write a file 0600 in one step: it is whole and on disk, or as it was. */
MUST int file_replace(const char *path, struct str content, struct note *);
/* The whole file, at most max bytes. OUT_ABSENT, OUT_TOO_LARGE. "-" is standard
 * input. */
MUST int file_read(const char *path, size_t max, struct buf *ret,
		   struct note *);
MUST int session_load(struct cli *); /* OUT_UNPROVEN: log in first */
MUST int session_save(struct cli *);
void session_clear(struct session *);
void session_set(char **member, struct str value); /* replaces; wipes the old */

/* --- client.c --- */
struct ask {
	const char *method, *path; /* path begins with '/', already encoded */
	struct str body;	   /* p NULL: none */
};
/*
 * Call the server of the session with a fresh access token and the session's
 * account. 0 with *ret_body for 2xx; else the outcome with the server's own
 * message in the note. ret_body and ret_status may be NULL. The status is told
 * on failure too: of an answer that ended early, or one of these.
 */
#define CLIENT_NOT_ASKED 0 /* the server has not heard of it */
#define CLIENT_NO_ANSWER 1 /* it may have */
MUST int client_call(struct cli *, const struct ask *, struct buf *ret_body,
		     int *ret_status);
/* The same with one more header, "Name: value"; NULL: none. */
MUST int client_call_with(struct cli *, const struct ask *, const char *field,
			  struct buf *ret_body, int *ret_status);
/* The same, parsed; the caller frees. */
MUST int client_json(struct cli *, const struct ask *, struct json **ret);
/* The same with one more header (or NULL); ret_tag: its ETag, or NULL. */
MUST int client_tagged(struct cli *, const struct ask *, const char *field,
		       struct json **ret, struct buf *ret_tag);
/* Without a credential: only the session's URL is needed. */
MUST int client_open(struct cli *, const struct ask *, struct json **ret);
/* A fresh access token is in the session afterwards. */
MUST int client_token(struct cli *);
/* POST /identity/token with a form, as the client of command lines. */
MUST int client_form(struct cli *, struct str form, struct buf *ret_body);
MUST int client_form_at(struct cli *, const char *path, struct str form,
			struct buf *ret_body);
/* To /identity/token; fills the session's tokens. */
MUST int client_login(struct cli *, struct str form);
/* Add "name=value" to a form or query, encoded; wipes nothing. */
void form_add(struct buf *, const char *name, struct str value);
/* "host:port" of the registry that the session targets; borrowed. */
struct str session_registry(const struct session *);

/* --- print.c --- */
struct column {
	const char *title;
	bool right;
};
#define TABLE_COLUMNS_MAX 8
struct table {
	const struct column *columns;
	size_t n_columns;
	struct buf cells; /* each cell followed by NUL */
	size_t n_cells;
};
#define TABLE(cols)                                                            \
	{                                                                      \
		.columns = (cols), .n_columns = nitems(cols),                  \
		.cells = BUF_INIT                                              \
	}
void table_add(struct table *, struct str); /* control bytes become '?' */
void table_print(struct table *);	    /* and clears */
void print_pair(const char *name, struct str value);
/* From a server: what could steer a terminal becomes "?". */
void print_text(struct str);
void print_lines(FILE *, struct str); /* the same, of more than one line */
/* What is going on, for people; beside standard output where that is JSON. */
void print_step(const struct cli *, const char *fmt, ...) PRINTF(2, 3);
void print_values(const struct json *);	/* pairs, "ssh.up" inside of one */
void print_json(const struct json *);		/* indented */
struct str time_text(int64_t ms, char ret[32]); /* 2026-11-21T10:20:30Z */
void size_text(int64_t bytes, char ret[32]);	/* "12 MB" */

/* --- list.c --- */
/* A list that the server has: where, under which member (NULL: the answer is
 * the array itself), and how one element becomes a row of cells. */
struct listing {
	const char *path, *member;
	const struct column *columns;
	size_t n_columns;
	void (*row)(struct table *, const struct json *);
};
/* Fetch it and show it, as a table or as JSON. */
MUST int list_show(struct cli *, const struct listing *);

/* --- prompt.c --- */
/* Ask on the terminal without echo; OUT_ABSENT when there is no terminal. */
MUST int prompt_secret(const char *what, struct buf *ret, struct note *);
/* Lines up to an empty one, without echo: what is pasted by mistake is not on
 * the screen. OUT_ABSENT as above. */
MUST int prompt_paste(const char *what, struct buf *ret, struct note *note);
/* y or yes; false on anything else and without a terminal. */
bool prompt_yes(const char *question);
/* A number from 1 to n of a menu, less one. OUT_ABSENT as above; OUT_MALFORMED:
 * the answer was another. */
MUST int prompt_choice(const char *menu, const char *question, size_t n,
		       size_t *ret);

/* --- credhelper.c: docker-credential-latchkey get|store|erase|list --- */
int credhelper_main(int argc, char **argv);

#endif
