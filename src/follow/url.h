/* Where latchkeyd is: "https://keys.example:8443/below". Only what a first boot
 * is told; no user, query or fragment. */
#ifndef FOLLOW_URL_H
#define FOLLOW_URL_H

#include "base/out.h"
#include "base/str.h"

#define URL_MAX	     512
#define URL_HOST_MAX 253
#define URL_PORT_LEN 5

struct url {
	bool tls;
	char host[URL_HOST_MAX + 1]; /* of [::1] what is inside the brackets */
	char port[URL_PORT_LEN + 1];
	char name[URL_HOST_MAX + URL_PORT_LEN + 4]; /* for the Host field */
	char path[URL_MAX + 1]; /* "" or "/below", without a slash at its end */
};
/* OUT_MALFORMED, OUT_TOO_LARGE. */
MUST int url_parse(struct str, struct url *ret);
/* Does it stay on this machine? Else plain HTTP shows the credential. */
bool url_is_loopback(const struct url *);

#endif
