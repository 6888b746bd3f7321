/* latchkeyd serve: from a configuration to open doors, and back. */
#ifndef SERVER_SERVE_H
#define SERVER_SERVE_H

#include "server/conf.h"
#include "server/init.h"

/* Serves until TERM or INT; returns the exit status. inherited: descriptors
 * that systemd handed over. */
int serve_run(const struct conf *, const struct init_ask *, int inherited);

/* What the settings name: 0 or an exit status, and has said why. */
int serve_check(const struct conf *);

/* Open what DATA holds for another command. Returns 0 or an exit status, and
 * has said why. make: an installation may be begun there. */
int serve_core_open(const struct conf *, const struct data_dir *, bool make,
		    struct core **ret);

/* "latchkeyd: <text>" on standard error; returns status. */
int serve_complain(int status, const char *text);

#endif
