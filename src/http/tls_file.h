/*
 * The two files of a TLS server, read whole and strictly: regular, of bounded
 * size, without NUL; the key is ours or root's and closed to others, there is
 * one of it, and it has no pass phrase, for which nobody could be asked.
 *
 * Notes begin with the setting's name and the file's; they never quote it.
 */
#ifndef HTTP_TLS_FILE_H
#define HTTP_TLS_FILE_H

#include "base/out.h"

#include <openssl/ssl.h>

#define TLS_CERT_FILE_MAX (256 * KIB)
#define TLS_KEY_FILE_MAX  (64 * KIB)
#define TLS_CHAIN_MAX	  16 /* certificates behind the first */

/* Both return 0, OUT_MALFORMED with a note, or -errno. */
MUST int tls_file_cert(SSL_CTX *, const char *path, struct note *);
/* After the certificate, to which it has to belong. */
MUST int tls_file_key(SSL_CTX *, const char *path, struct note *);

#endif
