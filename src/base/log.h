/*
 * The operator's log: one line per event on standard error, key=value pairs,
 * ids and never secrets. Bytes outside printable ASCII are shown as \xNN, so
 * that no input can forge a line. Only doors, servers and main log; rooms below
 * return outcomes. Safe from any thread.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clean.h"
#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Once, before any thread: where standard error is the journal of systemd
 * (JOURNAL_STREAM), lines begin with their level as it reads it, "<3>". */
void log_start(void);
void log_set_level(enum log_level);
/* log_say(LOG_WARN, "upload_failed", "repo=%.*s r=%d", ...) prints
 * time=... level=warn event=upload_failed repo=... r=... */
void log_say(enum log_level, const char *event, const char *fmt, ...)
    PRINTF(3, 4);
/* The same for a failure r < 0, with its errno name and fail_place(). */
void log_fail(const char *event, int r);
/* And of which request, session or repository: " key=value" after it. */
void log_fail_of(const char *event, int r, const char *key, const char *value);

#endif
