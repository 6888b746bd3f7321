/*
 * The configuration: one list of settings, each with its kind, default and
 * manual text. A setting comes from the command line (--key value), else from
 * the file given by --config (lines "key = value"), else from its default.
 *
 * The file is plain text: one setting a line, "#" begins a comment line, blank
 * lines are passed over. A setting that may be given many times stands on as
 * many lines. There is no inclusion, no quoting and no continuation.
 */
#ifndef SERVER_CONF_H
#define SERVER_CONF_H

#include "base/log.h"
#include "base/opt.h"
#include "base/out.h"
#include "core/core.h"

#include <stdio.h>

#define CONF_FILE_MAX (256 * KIB)
#define CONF_LINE_MAX 4096
/* Host names a region may have in the settings; the rest of REGION_WORDS_MAX is
 * for the addresses that the first region answers to by itself. */
#define CONF_HOSTS_MAX (REGION_WORDS_MAX - 4)

/* X(KIND, field, "key", default or NULL, "ARG", min, max, "manual text") */
#define CONFIG(X)                                                              \
	X(PATH, data, "data", NULL, "DIR", 0, 0,                               \
	  "where everything is kept (./latchkey-data)")                        \
	X(TEXT, http, "http", "127.0.0.1:8080", "ADDR:PORT", 0, 0,             \
	  "where HTTP is served; port 0 picks a free one")                     \
	X(PATH, tls_cert, "tls-cert", NULL, "FILE", 0, 0,                      \
	  "certificate chain (PEM); read again on SIGHUP")                     \
	X(PATH, tls_key, "tls-key", NULL, "FILE", 0, 0,                        \
	  "the certificate's private key (PEM)")                               \
	X(URL, public_url, "public-url", NULL, "URL", 0, 0,                    \
	  "what replies and challenges name (the bound address)")              \
	X(ADDR, trusted_proxy, "trusted-proxy", NULL, "ADDR", 0, 0,            \
	  "whose forwarded headers count; may be given many times")            \
	X(FLAG, behind_tls_proxy, "behind-tls-proxy", "false", NULL, 0, 0,     \
	  "a TLS proxy is in front: secrets may be sent in plain HTTP")        \
	X(REGION, region, "region", NULL, "NAME[,ALIAS...][=HOST,...]", 0, 0,  \
	  "a registry region and its host names; may be given many times")     \
	X(LEVEL, log_level, "log-level", "info", "LEVEL", 0, 0,                \
	  "error, warn, info or debug")                                        \
	X(NUMBER, connections_max, "connections-max", "12000", "N", 16,        \
	  1000000, "open connections at most")                                 \
	X(NUMBER, pool_max, "pool-max", "64", "N", 2, 1024,                    \
	  "threads for work that waits, at most")                              \
	X(NUMBER, event_threads, "event-threads", "0", "N", 0, 64,             \
	  "threads that own connections; 0: one a core, at most 4")            \
	X(NUMBER, head_timeout, "head-timeout", "10", "SECONDS", 1, 3600,      \
	  "from the first byte of a request to the end of its head")           \
	X(NUMBER, idle_timeout, "idle-timeout", "75", "SECONDS", 1, 3600,      \
	  "between two requests of a connection")                              \
	X(NUMBER, body_timeout, "body-timeout", "30", "SECONDS", 1, 3600,      \
	  "for a small request body as a whole")                               \
	X(NUMBER, stall_timeout, "stall-timeout", "30", "SECONDS", 1, 3600,    \
	  "for a large body of which no byte moves")                           \
	X(TEXT, ssh, "ssh", "127.0.0.1:2222", "ADDR:PORT", 0, 0,               \
	  "where git over SSH is served; 'none' turns it off")                 \
	X(HOST, ssh_host, "ssh-host", NULL, "NAME[:PORT]", 0, 0,               \
	  "what SSH URLs name (host of public-url, bound port)")               \
	X(TEXT, ssh_user, "ssh-user", "nobody", "USER", 0, 0,                  \
	  "whom the SSH processes become when started by root")                \
	X(NUMBER, ssh_sessions_max, "ssh-sessions-max", "1000", "N", 1, 1000,  \
	  "SSH connections that have proved who they are, at most")            \
	X(NUMBER, ssh_unproven_max, "ssh-unproven-max", "100", "N", 2, 1000,   \
	  "SSH connections that have not, at most")                            \
	X(NUMBER, ssh_grace, "ssh-grace", "30", "SECONDS", 1, 600,             \
	  "from an SSH connection to a proven key")                            \
	X(NUMBER, ssh_idle, "ssh-idle", "600", "SECONDS", 1, 43200,            \
	  "while something runs over SSH and no byte moves")                   \
	X(PATH, git, "git", NULL, "PROGRAM", 0, 0,                             \
	  "the system's git (the one in /usr/bin and the like)")               \
	X(BYTES, push_max, "push-max", "4g", "BYTES", 1024,                    \
	  UINT64_C(1) << 40, "one push at most; k, m, g and t are taken")      \
	X(NUMBER, git_running_max, "git-running-max", "64", "N", 1, 4096,      \
	  "git programs that run at once, at most")                            \
	X(NUMBER, trash_days, "trash-days", "30", "DAYS", 0, 3650,             \
	  "how long deleted images can be restored; 0: not at all")            \
	X(BYTES, trash_max, "trash-max", "0", "BYTES", 0, UINT64_C(1) << 50,   \
	  "deleted images an account keeps; 0: as much as its quota")          \
	X(NUMBER, gc_grace, "gc-grace", "86400", "SECONDS", 0, 2592000,        \
	  "how long image data that nothing needs is left alone")

enum conf_kind {
	CONF_PATH,
	CONF_TEXT,
	CONF_URL,
	CONF_ADDR,
	CONF_FLAG,
	CONF_REGION,
	CONF_LEVEL,
	CONF_NUMBER,
	CONF_HOST,
	CONF_BYTES
};

enum conf_key {
#define X(kind, field, ...) CONF_KEY_##field,
	CONFIG(X)
#undef X
	    CONF_KEYS
};

struct conf_row {
	enum conf_kind kind;
	const char *key, *preset, *arg;
	uint64_t min, max;
	const char *text;
};
extern const struct conf_row conf_rows[CONF_KEYS];
/* The same settings as options, in the same order, and one more: --config. */
#define CONF_OPTS (CONF_KEYS + 1)
void conf_opts(struct opt ret[CONF_OPTS]);

/* Where a setting was given, and as what. */
struct conf_given {
	const char *text[OPT_VALUES_MAX];
	int line[OPT_VALUES_MAX]; /* 0: command line or default */
	size_t count;
};

struct conf {
	const char *data, *http, *tls_cert, *tls_key, *public_url;
	const char *ssh, *ssh_host, *ssh_user, *git;
	const char *trusted_proxy[OPT_VALUES_MAX];
	size_t n_trusted;
	bool behind_tls_proxy;
	struct region regions[REGIONS_MAX];
	size_t n_regions;
	enum log_level log_level;
	uint64_t number[CONF_KEYS]; /* by key: NUMBER and BYTES rows */

	struct conf_given given[CONF_KEYS];
	const char *file; /* of --config, or NULL */
	char *text;	  /* its content, cut into strings */
};

/*
 * Fill a zeroed conf from the options' values (in the order of conf_opts), the
 * file they name, and the defaults. 0; OUT_MALFORMED with a note that begins
 * with "FILE:LINE: " or "--KEY: "; -errno never: a file that cannot be read is
 * a malformed configuration. The strings in opts must outlive the conf.
 */
MUST int conf_load(struct conf *, const struct opt_value *opts, struct note *);
void conf_clear(struct conf *);

/* Read and cut up one file; conf_load's first step. */
MUST int conf_file(struct conf *, const char *path, struct note *);
/* The file's text alone: cuts text[0..n] in place. */
MUST int conf_parse(struct conf *, char *text, size_t n, struct note *);
/* "us-south", "uk-south,eu-gb=uk.icr.io,registry.eu-gb.bluemix.net" */
MUST int conf_region(struct str, struct region *ret, struct note *);

/* Is SSH served at all? */
bool conf_has_ssh(const struct conf *);

/* What holds now, as a file that --config would read, with the manual's text
 * as comments. */
void conf_print(FILE *, const struct conf *);

#endif
