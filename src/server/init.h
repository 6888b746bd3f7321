/* A fresh installation: the data directory, the first account, its owner and
 * the first API key, in such an order that a crash at any point leaves either
 * nothing, or something the next start finishes. */
#ifndef SERVER_INIT_H
#define SERVER_INIT_H

#include "core/core.h"

struct init_ask {
	const char *slug, *email;
	const char *key_path; /* NULL: DATA/first-apikey */
};
#define INIT_SLUG  "main"
#define INIT_EMAIL "admin@localhost"

struct data_dir {
	char path[4096]; /* absolute */
	bool fresh;	 /* nothing is kept there yet, or not all of it */
};
/*
 * Make the directory when it is missing (0700), and look at it. OUT_DENIED: not
 * a directory, "/", not ours, or writable by others; OUT_CONFLICT: it holds
 * something that is no installation.
 */
MUST int data_dir_open(const char *path, struct data_dir *ret, struct note *);
/* Say that an installation is being made here: until init_first() is through,
 * data_dir_open() finds the directory fresh. */
MUST int data_dir_begin(const struct data_dir *, struct note *);
MUST int data_dir_end(const struct data_dir *);

/*
 * Make the first account and write its key's file (0600, new, on disk before
 * this returns); ret_path gets its name. OUT_CONFLICT: the file exists, or
 * there is an account already.
 */
MUST int init_first(struct core *, const struct data_dir *,
		    const struct init_ask *, char ret_path[4096],
		    struct note *);

#endif
