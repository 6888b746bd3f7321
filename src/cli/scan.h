/*
 * Secrets of ours in text: the long-lived ones by their form and checksum,
 * tokens by what a JWT of this kind of server says of itself. Nothing is asked
 * of anybody, and nothing is kept but a place and the value itself.
 */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#define SCAN_SHOWN 8 /* bytes of a secret that are ever printed */
#define SCAN_FILE_MAX (64 * MIB)
#define SCAN_FOUND_MAX 10000
#define SCAN_DEPTH_MAX 64

enum scan_kind {
	SCAN_API_KEY,
	SCAN_REFRESH,
	SCAN_IDENTITY,
	SCAN_SEED,
	SCAN_MACHINE,
	SCAN_PASSCODE,
	SCAN_INVITATION,
	SCAN_COOKIE,
	SCAN_JWT
};
const char *scan_kind_name(enum scan_kind); /* for people; translate it */

struct scan_hit {
	enum scan_kind kind;
	struct str value; /* borrowed from the text */
	size_t line;	  /* from 1 */
};
/* Where in a text one goes on; begin with {0, 1}. */
struct scan_at {
	size_t i, line;
};
/* The next secret of a text. false: there is none behind. */
bool scan_next(struct str text, struct scan_at *, struct scan_hit *ret);

/* What a walk has found, one after the other. */
struct scan_found {
	enum scan_kind kind;
	char *value, *path;
	size_t line;
};
struct scan {
	struct scan_found *found;
	size_t n, files, skipped; /* skipped: too large, or unreadable */
};
void scan_clear(struct scan *); /* wipes */
/* A file, all below a folder (links are not followed; what is in .git is read
 * but for its packed objects), or "-". A file without text is looked through
 * as it is. OUT_ABSENT with a note; OUT_TOO_MANY. */
MUST int scan_path(struct scan *, const char *path, struct note *);

#endif
