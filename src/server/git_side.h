/*
 * The side of the server that serves git: the repositories on disk, the desk,
 * the socket for SSH and the program that listens there. Made in steps, as the
 * start of the server goes; each says what is wrong and returns an exit status.
 */
#ifndef SERVER_GIT_SIDE_H
#define SERVER_GIT_SIDE_H

#include "core/core.h"
#include "door/git/git_door.h"
#include "git/git.h"
#include "json/json.h"
#include "server/conf.h"

struct git_side;
/* Looks for git; what is wrong with it is for git_side_open() to say. */
MUST int git_side_new(const struct conf *, struct git_side **ret);
/* Bind the address of SSH, or take the socket that was handed over. Nothing is
 * made on disk. */
MUST int git_side_bind(struct git_side *, int inherited);
/* Host keys and repositories below DATA, which may be a fresh one. */
MUST int git_side_open(struct git_side *, const char *data);
/* What clone URLs name is put into the core; the desk opens; house-keeping
 * begins. */
MUST int git_side_desk(struct git_side *, struct core *);
/* The first connection may come. */
MUST int git_side_serve(struct git_side *);

/* "127.0.0.1:2222", "none". */
const char *git_side_name(const struct git_side *);
struct git_store *git_side_store(struct git_side *);
struct desk *git_side_desk_get(struct git_side *);
/* known_hosts(5) lines; OUT_ABSENT: no SSH here, or nobody knows its keys. */
MUST int git_side_known_hosts(void *side, struct buf *);
/* SSH is not served, or somebody accepts. */
bool git_side_well(struct git_side *);
void git_side_metrics(struct git_side *, struct buf *);
void git_side_status(struct git_side *, struct jw *);
void git_side_reload(struct git_side *);

/* No more connections; programs that run get ms to end. */
void git_side_drain(struct git_side *, int64_t ms);
/* After http_free and doors_free. NULL is fine. */
void git_side_free(struct git_side *);

#endif
