/*
 * The console: pages for people, in a browser (/console). They are clients of the
 * other doors like any other; what this door adds is the files they are made of,
 * the browser's session, and an ear for what the content policy stopped.
 *
 *   GET  /console/                     index.html, and the same for every address
 *                                      of a page below it
 *   GET  /console/assets/HASH/PATH     a file of src/console; HASH is the digest
 *                                      of all of them, so each may be kept for
 *                                      ever
 *   POST /console/session              sign in: {"username", "password"} or
 *                                      {"apikey"}, and "account"
 *   GET                                who is signed in
 *   PUT                                they stay; or {"account"}: another one
 *   DELETE                             sign out
 *   POST /console/reports              a browser tells that a page tried what its
 *                                      policy forbids: logged and counted
 *
 * Every reply carries the policy: only files of this build are script and style,
 * nothing is made of strings, nobody frames it.
 */
#ifndef DOOR_CONSOLE_CONSOLE_H
#define DOOR_CONSOLE_CONSOLE_H

#include "door/frame/frame.h"

#include <stdatomic.h>


#define CONSOLE_REPORT_MAX	 (16 * KIB)  /* 413 */
#define CONSOLE_SIGN_IN_MAX	 (16 * KIB)  /* 413 */
#define CONSOLE_REPORTS_A_MINUTE 30 /* of all browsers: then 429 */

struct console {
	struct door door; /* first: call->door leads here */
	_Atomic uint64_t window; /* minute of the log's allowance, and its use */
	_Atomic uint64_t reports; /* well formed ones, since the start */
};
void console_init(struct console *);
/* Prometheus lines. */
void console_metrics(struct console *, struct buf *);

#endif
