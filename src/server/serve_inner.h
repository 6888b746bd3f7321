/*
 * What a serving latchkeyd consists of, and what the files of serve share: serve.c
 * puts it together, takes it apart and follows signals, serve_open.c opens what is
 * on disk and says what is wrong, serve_words.c answers commands of this machine,
 * serve_say.c tells whoever started it.
 */
#ifndef SERVER_SERVE_INNER_H
#define SERVER_SERVE_INNER_H

#include "http/http.h"
#include "server/bound.h"
#include "server/control.h"
#include "server/doors.h"
#include "server/git_side.h"
#include "server/key_side.h"
#include "server/prepare.h"
#include "server/serve.h"
#include "server/tidy.h"
#include "server/vault_side.h"

#include <limits.h>

struct serve {
	const struct conf *conf;
	struct data_dir dir;
	struct bound bound;
	struct core *core;
	struct doors *doors;
	/* Requests may come in before the start has returned. */
	struct http_server *_Atomic http;
	struct git_side *git;
	struct key_side *keys;
	char keymaker[PATH_MAX], vault_program[PATH_MAX];
	struct vault_side *vault;
	struct vault *asked;  /* of it; the core's once that is open */
	int landlock;	      /* 0: the walls are without */
	int64_t began, since; /* by either clock */
	struct tidy *tidy;
	struct control *control;
	int signals;
	const struct init_ask *ask;
	char key_path[PREPARE_TEXT_MAX]; /* of a first start; "" otherwise */
};

/* The exit status for an outcome or failure of this part, said on standard
 * error. */
int serve_complain_failure(const char *what, int r, const struct note *);
/* serve_core_open() as how says: make, look, and the vault that a walled process
 * asks. */
int serve_core_with(const struct conf *, const struct data_dir *,
		    const struct core_conf *how, struct core **ret);
/* Answers gc, status and renew-keys from now on. Returns 0 or an exit status. */
int serve_words(struct serve *);
/* How to begin with a new installation; that doors are open, to systemd as well.
 * Returns 0 or an exit status. */
int serve_say_ready(const struct serve *);

#endif
