#include "door/git/share.h"

#include <stdio.h>
#include <string.h>

static unsigned
part_of(unsigned max, unsigned percent)
{
	unsigned n = (unsigned)((uint64_t)max * percent / 100);

	return n > 0 ? n : 1;
}

void
share_init(struct share *s, unsigned max)
{
	(void)pthread_mutex_init(&s->lock, NULL);
	s->max = max;
	s->who_max = part_of(max, SHARE_WHO_PERCENT);
	s->account_max = part_of(max, SHARE_ACCOUNT_PERCENT);
	LIST_INIT(&s->holds);
}

void
share_clear(struct share *s)
{
	(void)pthread_mutex_destroy(&s->lock);
}

static void
holder_set(struct share_hold *h, const struct subject *who, const char *account)
{
	if (who->identity[0] != '\0')
		(void)snprintf(h->who, sizeof(h->who), "%s", who->identity);
	else
		(void)snprintf(h->who, sizeof(h->who), "%d:%s", (int)who->cred,
			       who->cred_id);
	(void)snprintf(h->account, sizeof(h->account), "%s", account);
}

/* There are few, so that going through them is nothing beside what they do. */
static int
add(struct share *s, struct share_hold *hold)
{
	unsigned n = 0, who = 0, account = 0;
	const struct share_hold *h;

	LIST_FOREACH (h, &s->holds, link) {
		n++;
		who += strcmp(h->who, hold->who) == 0;
		account += strcmp(h->account, hold->account) == 0;
	}
	if (n >= s->max || who >= s->who_max || account >= s->account_max)
		return OUT_BUSY;
	LIST_INSERT_HEAD(&s->holds, hold, link);
	hold->held = true;
	return 0;
}

int
share_take(struct share *s, const struct subject *who, const char *account,
	   struct share_hold *hold)
{
	int r;

	holder_set(hold, who, account);
	(void)pthread_mutex_lock(&s->lock);
	r = add(s, hold);
	(void)pthread_mutex_unlock(&s->lock);
	return r;
}

void
share_give(struct share *s, struct share_hold *hold)
{
	if (!hold->held)
		return;
	(void)pthread_mutex_lock(&s->lock);
	LIST_REMOVE(hold, link);
	(void)pthread_mutex_unlock(&s->lock);
	hold->held = false;
}
