#include "door/api/inner.h"

#include <string.h>

void
makings_init(struct makings *m)
{
	*m = (struct makings){.account = {""}};
	(void)pthread_mutex_init(&m->lock, NULL);
}

static int
take(struct makings *m, const char *account, size_t *ret_slot)
{
	size_t mine = 0, spare = API_MAKINGS_MAX;

	for (size_t i = 0; i < API_MAKINGS_MAX; i++) {
		if (m->account[i][0] == '\0')
			spare = i;
		mine += strcmp(m->account[i], account) == 0;
	}
	if (mine >= API_MAKINGS_ACCOUNT_MAX)
		return OUT_TOO_MANY;
	if (spare == API_MAKINGS_MAX)
		return OUT_BUSY;
	(void)snprintf(m->account[spare], sizeof(m->account[spare]), "%s",
		       account);
	*ret_slot = spare;
	return 0;
}

int
makings_take(struct makings *m, const char *account, size_t *ret_slot)
{
	int r;

	(void)pthread_mutex_lock(&m->lock);
	r = take(m, account, ret_slot);
	(void)pthread_mutex_unlock(&m->lock);
	return r;
}

void
makings_give(struct makings *m, size_t slot)
{
	(void)pthread_mutex_lock(&m->lock);
	m->account[slot][0] = '\0';
	(void)pthread_mutex_unlock(&m->lock);
}
