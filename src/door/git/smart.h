/*
 * Smart HTTP (gitprotocol-http(5)): the routes' side, and the exchange of bytes
 * between a client and a program.
 */
#ifndef DOOR_GIT_SMART_H
#define DOOR_GIT_SMART_H

#include "door/git/git_door.h"
#include "door/git/push.h"

#define SMART_RUNNING_MAX 32	    /* exchanges at once, shared: then 503 */
#define SMART_REQUEST_MAX (10 * MIB) /* what a fetch may ask for, decoded */
#define SMART_EARLY_MAX	  (1 * MIB) /* said before a push has come in */
#define SMART_LOG_MAX	  512	    /* kept of a program's complaints */

/* smart.c: the handlers' share of the table. */
static inline struct git_http *
smart_of(const struct call *call)
{
	return (struct git_http *)(uintptr_t)call->door;
}
int smart_refs(struct call *, struct http_reply *);
int smart_upload(struct call *, struct http_reply *);
int smart_receive(struct call *, struct http_reply *);

/* A reply of one line, which git shows behind "remote: ". */
int smart_refuse(struct http_reply *, int status, const char *fmt, ...)
    PRINTF(3, 4);

/* pump.c: one program's exchange with one client. */
struct pump {
	struct call *call;
	struct http_reply *reply;
	struct git_store *git;
	struct git_child child;
	struct share_hold place; /* its share of the programs */
	bool runs;	   /* git_wait is owed */
	bool may_send;	   /* the request has been read */
	bool said;	   /* it has written something */
	int in, out, err;  /* our ends; -1: closed */
	struct buf early;  /* written before may_send */
	char log[SMART_LOG_MAX];
	size_t n_log;
};
/* Fills ask's descriptors and starts it; with_in: something will be fed. The
 * outcomes of git_start. */
MUST int pump_start(struct pump *, struct git_ask *, bool with_in);
/* The client's before anything of the program's. */
MUST int pump_prefix(struct pump *, struct str);
/* To its standard input. A program that does not want more is none of the
 * client's business: 0. Else as http_send(). */
MUST int pump_feed(struct pump *, const void *p, size_t n);
/* All it writes goes to the client, until it has ended; its exit status. */
MUST int pump_finish(struct pump *, int *ret_status);
/* Kills what still runs. */
void pump_clear(struct pump *);

#endif
