/*
 * The command that a git client asks an SSH server to execute, and pkt-lines
 * (gitprotocol-common(5), gitprotocol-pack(5)). No shell ever sees any of it.
 */
#ifndef WIRE_GITCMD_H
#define WIRE_GITCMD_H

#include "base/buf.h"
#include "base/str.h"

#define GITCMD_MAX 4096      /* bytes of a command: longer ends the connection */
#define GITCMD_PATH_MAX 512
#define GITCMD_NAME_MAX 62
#define GITCMD_PROTOCOL_MAX 64
#define PKTLINE_MAX 65520

enum git_service {
	GIT_UPLOAD_PACK,    /* clone, fetch, ls-remote */
	GIT_RECEIVE_PACK,   /* push */
	GIT_UPLOAD_ARCHIVE, /* git archive --remote */
	GIT_SERVICES
};
/* "git-upload-pack", ... */
const char *git_service_name(enum git_service);

struct gitcmd {
	enum git_service service;
	char account[GITCMD_NAME_MAX + 1], repo[GITCMD_NAME_MAX + 1];
};
/*
 * verb = "git-upload-pack" | "git upload-pack" | ..., one argument quoted as sh
 * would read it (single quotes and backslash; double quotes only around plain
 * text), path = ["/"] account "/" repo [".git"] ["/"], each name
 * [A-Za-z0-9_][A-Za-z0-9._-]{0,61}.
 * 0; OUT_UNSUPPORTED not a git command; OUT_ABSENT a git command whose path
 * names nothing that could exist; OUT_MALFORMED; OUT_TOO_LARGE over GITCMD_MAX.
 */
MUST int gitcmd_parse(struct str command, struct gitcmd *ret);
/* May this value of GIT_PROTOCOL be passed on? [0-9a-z=:]{1,64}, beginning
 * "version=". */
bool gitcmd_is_protocol(struct str);
/* A path alone: "team/repo.git". 0 or OUT_ABSENT. */
MUST int gitcmd_path(struct str path, struct gitcmd *ret);

/* "%04x" and the text; text longer than a pkt-line holds is cut. */
void pktline_put(struct buf *, struct str text);
void pktline_flush(struct buf *);
/* "ERR <text>": what git clients print as "fatal: remote error: <text>".
 * Bytes that could steer a terminal become '?'. */
void pktline_err(struct buf *, struct str text);

#endif
