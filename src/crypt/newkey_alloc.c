#include "crypt/newkey_alloc.h"

#include "base/out.h"
#include "base/secret.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static void *
take(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return n > 0 ? malloc(n) : NULL;
}

static void
give_back(void *p, const char *file, int line)
{
	(void)file, (void)line;
	if (p == NULL)
		return;
	mem_wipe(p, malloc_usable_size(p));
	free(p);
}

static void *
change(void *p, size_t n, const char *file, int line)
{
	size_t have = p != NULL ? malloc_usable_size(p) : 0;
	void *to;

	if (p != NULL && n == 0) {
		give_back(p, file, line);
		return NULL;
	}
	if (n <= have)
		return p;
	to = malloc(n);
	if (to == NULL || p == NULL)
		return to;
	memcpy(to, p, have);
	give_back(p, file, line);
	return to;
}

int
newkey_alloc_use(void)
{
	return CRYPTO_set_mem_functions(take, change, give_back) == 1
		   ? 0
		   : FAIL(-EBUSY);
}
