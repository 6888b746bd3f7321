/*
 * The vault's directory: private to its owner, each file made whole or not at
 * all. Used by vault_here.c only.
 */
#ifndef CRYPT_VAULT_FILE_H
#define CRYPT_VAULT_FILE_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#define VAULT_FILE_MAX (4 * KIB)

/* A descriptor of the directory, which the caller closes. 0; OUT_ABSENT when
 * it is missing and make is false; OUT_DENIED for another owner, for a mode
 * that lets others in, or for a symlink; -errno. */
MUST int vault_dir_open(const char *dir, bool make, int *ret, struct note *);
/* 0, OUT_ABSENT; OUT_DENIED for a mode other than 0600, another owner, a
 * symlink, a special file, or more than VAULT_FILE_MAX; -errno. */
MUST int vault_file_read(int dir, const char *name, struct buf *ret,
			 struct note *);
/* On disk, with its directory, before it returns. 0, OUT_CONFLICT when there
 * is such a file, -errno. */
MUST int vault_file_make(int dir, const char *name, struct str content);

#endif
