/*
 * What needs more rights, or sees more secrets, than latchkeyd is to have while
 * it serves: done before there are threads, and, where keys are in memory, by a
 * child that ends with it. All return 0 or an exit status, and have said why.
 */
#ifndef SERVER_PREPARE_H
#define SERVER_PREPARE_H

#include "server/conf.h"
#include "server/init.h"

#include <sys/types.h>

#define PREPARE_TEXT_MAX 4096

/* Can what is there be served? Migrates, and makes the files that nobody may
 * make once the walls are up. One that has begun is awaited, by whoever began. */
struct prepare_child {
	pid_t pid;
	int from;
};
MUST int prepare_look(const struct conf *, const struct data_dir *,
    struct prepare_child *ret);
MUST int prepare_await(struct prepare_child *);
/* An installation; ret_key_path gets the name of its key's file. */
MUST int prepare_make(const struct conf *, const struct data_dir *,
    const struct init_ask *, char ret_key_path[PREPARE_TEXT_MAX]);
/* Where sockets are bound once the walls are up. */
MUST int prepare_folder(const struct data_dir *);

#endif
