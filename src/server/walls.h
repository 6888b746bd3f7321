/* The walls of latchkeyd itself: which paths it needs, and going behind them. */
#ifndef SERVER_WALLS_H
#define SERVER_WALLS_H

#include "git/git.h"
#include "jail/jail.h"

struct walls_conf {
	const char *data; /* absolute */
	const char *tls_cert, *tls_key; /* NULL: none */
	const struct git_store *git;
};
#define WALLS_PATHS_MAX 128

/* What is kept in DATA, but for the vault: folders there may be filled, and
 * nothing new is made beside them. A TLS file's folder, so that one that takes
 * its place is found; the file alone when DATA and that folder lie within each
 * other (then tight). The paths are freed, together, with walls_clear(). */
struct walls {
	struct jail_path paths[WALLS_PATHS_MAX];
	size_t n;
	bool tight;
};
MUST int walls_make(const struct walls_conf *, struct walls *ret);
void walls_clear(struct walls *);

/* Goes behind them, for good; no thread may be there yet. *ret_landlock: the
 * kernel's, 0 without. 0 or -errno. */
MUST int walls_raise(const struct walls_conf *, int *ret_landlock);

#endif
