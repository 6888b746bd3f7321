/* The doors of this server in their frame, and what they ask of the program:
 * whether it can serve, what its gauges say, which keys it signs with. */
#ifndef SERVER_DOORS_H
#define SERVER_DOORS_H

#include "core/core.h"
#include "http/http.h"

struct git_side;
struct key_side;
struct vault_side;
struct doors_conf {
	struct core *core;
	struct git_side *git;
	struct key_side *keys;
	struct vault_side *vault;
	struct http_server *_Atomic *http; /* filled in once it has started */
	const char *const *trusted_proxies;
	size_t n_trusted;
	bool behind_tls, off_loopback;
};
struct doors;
MUST int doors_new(const struct doors_conf *, struct doors **ret);
void doors_free(struct doors *); /* NULL is fine */
const struct http_app *doors_app(struct doors *);
void doors_drain(struct doors *); /* /readyz says no from now on */

#endif
