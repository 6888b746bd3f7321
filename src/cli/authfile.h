/*
 * The credential files of container clients: docker's config.json and podman's
 * auth.json have the same "auths" object. Whatever else is in the file is kept
 * as it is. Where docker's file names a credential store, the store's helper is
 * given the secret on its standard input instead.
 */
#ifndef CLI_AUTHFILE_H
#define CLI_AUTHFILE_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

struct login_entry {
	struct str host, user, secret;
};
/* Where each client looks, as the client itself decides it. */
MUST int authfile_docker(struct buf *ret_path, struct note *);
MUST int authfile_podman(struct buf *ret_path, struct note *);
/* Put the entry in; makes the file (0600) and its directory. Refuses, with a
 * note, to touch a file that is not valid JSON. */
MUST int authfile_put(const char *path, const struct login_entry *,
		      struct note *);

#endif
