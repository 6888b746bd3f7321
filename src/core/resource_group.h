/*
 * The resource group. There is one in each account, named Default, with everything
 * in it; its id is made from the account's, so that nothing is stored of it.
 */
#ifndef CORE_RESOURCE_GROUP_H
#define CORE_RESOURCE_GROUP_H

#include "base/str.h"

#define RESOURCE_GROUP_ID_LEN 32
/* account: an account's id. Each hex digit turned into 15 minus it. */
static inline void
resource_group_id(struct str account, char ret[RESOURCE_GROUP_ID_LEN + 1])
{
	size_t n = account.n < RESOURCE_GROUP_ID_LEN ? account.n
						     : RESOURCE_GROUP_ID_LEN;

	for (size_t i = 0; i < n; i++) {
		char c = account.p[i];
		int digit = c >= 'a' && c <= 'f' ? c - 'a' + 10 : (c - '0') & 15;

		ret[i] = "fedcba9876543210"[digit];
	}
	ret[n] = '\0';
}

#endif
