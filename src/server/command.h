/* The subcommands of latchkeyd: one row each, the manual's text inside. */
#ifndef SERVER_COMMAND_H
#define SERVER_COMMAND_H

#include "server/conf.h"

#define COMMAND_OPTS_MAX 4

struct run {
	const struct conf *conf;
	const struct opt_value *own; /* of the command's own options */
	char **rest;
	int n_rest;
	int inherited; /* descriptors handed over by systemd */
};

struct command {
	const char *name, *operands; /* for the usage: "DIR" */
	int n_operands;
	const struct opt *opts; /* its own, beside the settings */
	size_t n_opts;
	bool serves; /* its help lists all settings; others name a few */
	int (*run)(const struct run *); /* returns the exit status */
	const char *text;
	const char *more; /* paragraphs for --help; NULL: none */
};
extern const struct command commands[];
extern const size_t n_commands;

/* Finds, parses and runs; returns the exit status. */
int command_main(int argc, char **argv, int inherited);

int command_serve(const struct run *);
int command_init(const struct run *);
int command_verify(const struct run *);
int command_backup(const struct run *);
int command_status(const struct run *);
int command_gc(const struct run *);
int command_restore(const struct run *);
int command_revocations(const struct run *);
int command_rotate_keys(const struct run *);
int command_check_config(const struct run *);
int command_host_keys(const struct run *);
int command_authorized_keys(const struct run *);
int command_serv(const struct run *);
/* --- command_man.c: latchkeyd(8) and latchkeyd.conf(5), as man(7) source --- */
void command_man(FILE *);
void command_man_conf(FILE *);
/* The note, or what and the outcome in words; returns the exit status. */
int admin_complain(const char *what, int r, const struct note *);
/* The installation that the settings name, which has to be there. 0, or the
 * exit status of what was complained of. */
struct data_dir;
int admin_installed(const struct conf *, struct data_dir *ret);
enum { INIT_ACCOUNT, INIT_ADMIN, INIT_KEY_FILE, INIT_OPTS };
enum { VERIFY_DEEP, VERIFY_OPTS };
enum { RESTORE_DEEP, RESTORE_SINCE, RESTORE_APPLY, RESTORE_OPTS };
enum { REVOCATIONS_APPLY, REVOCATIONS_OPTS };

#endif
