/*
 * The server's side of TLS 1.2 and 1.3, with certificates that can be changed
 * while it runs.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "http/conn.h"

struct tls;

/* 0 or OUT_MALFORMED, with a note that names the file. The names are kept. */
MUST int tls_open(const char *cert, const char *key, struct tls **ret,
		  struct note *);
MUST int tls_reload(struct tls *, struct note *);
void tls_free(struct tls *);

/* Give the connection its TLS state; -ENOMEM. */
MUST int tls_attach(struct tls *, struct http_conn *);
void tls_detach(struct http_conn *);
enum step tls_step(struct http_conn *); /* CONN_HELLO */

#endif
