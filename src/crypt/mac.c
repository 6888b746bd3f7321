#include "crypt/mac.h"

#include "base/secret.h"
#include "crypt/digest.h"

#include <assert.h>
#include <string.h>

#define BLOCK 64

static_assert(MAC_LEN == SHA256_LEN, "the outer digest is the result");

static void
pass(const uint8_t key[BLOCK], uint8_t pad, struct str text,
     uint8_t ret[SHA256_LEN])
{
	uint8_t block[BLOCK];
	struct sha256 s;

	for (size_t i = 0; i < BLOCK; i++)
		block[i] = key[i] ^ pad;
	sha256_start(&s);
	sha256_add(&s, block, sizeof(block));
	sha256_add(&s, text.p, text.n);
	sha256_end(&s, ret);
	mem_wipe(block, sizeof(block));
	mem_wipe(&s, sizeof(s));
}

/* Two plain passes: EVP_MAC would look up and allocate more than it digests
 * for texts as short as ours. */
int
mac_sha256(struct str key, struct str text, uint8_t ret[MAC_LEN])
{
	uint8_t block[BLOCK] = {0}, inner[SHA256_LEN];
	int r = 0;

	if (key.n > BLOCK)
		r = digest_sha256(key, block);
	else if (key.n > 0)
		memcpy(block, key.p, key.n);
	if (r == 0) {
		pass(block, 0x36, text, inner);
		pass(block, 0x5c,
		     (struct str){(const char *)inner, sizeof(inner)}, ret);
	}
	mem_wipe(block, sizeof(block));
	mem_wipe(inner, sizeof(inner));
	return r;
}
