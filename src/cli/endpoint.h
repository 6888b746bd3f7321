/*
 * Which server is talked to, before anybody is logged in there.
 */
#ifndef CLI_ENDPOINT_H
#define CLI_ENDPOINT_H

#include "cli/cli.h"

/* The session's server from now on: as given, else the last one, else this
 * machine's. A session that is missing or damaged is no hindrance. With
 * certificates to trust beside it: as given, of LATCHKEY_CA_FILE, or the last.
 * OUT_MALFORMED, OUT_ABSENT with a note. */
MUST int endpoint_choose(struct cli *, const char *url, const char *ca_file);

#endif
