/* Memory for OpenSSL that is wiped when it is given back, whatever it held. Used
 * by newkey.c only. */
#ifndef CRYPT_NEWKEY_ALLOC_H
#define CRYPT_NEWKEY_ALLOC_H

#include "base/clean.h"

/* 0; -EBUSY: OpenSSL has memory already, and it is too late. */
MUST int newkey_alloc_use(void);

#endif
