#include "ssh/penalty.h"

#include "base/clean.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct penalty {
	struct source source;
	int64_t until; /* 0: the place is free */
	bool bites;
};

void
source_of(const struct sockaddr_storage *addr, struct source *ret)
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;
	struct source s = {{[10] = 0xff, [11] = 0xff}};

	if (addr->ss_family == AF_INET) {
		memcpy(s.addr + 12, &v4->sin_addr, 4);
	} else if (addr->ss_family == AF_INET6) {
		size_t n = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? 16 : 8;

		memset(s.addr, 0, sizeof(s.addr));
		memcpy(s.addr, &v6->sin6_addr, n);
	}
	*ret = s;
}

bool
source_read(const char *text, struct source *ret)
{
	struct sockaddr_storage addr = {.ss_family = AF_INET6};
	struct sockaddr_in6 *v6 = (void *)&addr;

	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		return false;
	source_of(&addr, ret);
	return true;
}

void
source_write(const struct source *s, char ret[SOURCE_TEXT])
{
	(void)inet_ntop(AF_INET6, s->addr, ret, SOURCE_TEXT);
}

bool
source_eq(const struct source *a, const struct source *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

int
penalties_init(struct penalties *p)
{
	if (getrandom(p->seed, sizeof(p->seed), 0) != sizeof(p->seed))
		return FAIL(-EIO);
	p->rows = calloc(SSH_SOURCES_MAX, sizeof(*p->rows));
	return p->rows != NULL ? 0 : FAIL(-ENOMEM);
}

void
penalties_clear(struct penalties *p)
{
	free(p->rows);
	p->rows = NULL;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * UINT64_C(0xff51afd7ed558ccd);
	a = (a ^ a >> 32) * UINT64_C(0xc4ceb9fe1a85ec53);
	return a ^ a >> 29;
}

static struct penalty *
group_of(struct penalties *p, const struct source *s)
{
	uint64_t half[2], hash;

	memcpy(half, s->addr, sizeof(half));
	hash = mix(mix(half[0] ^ p->seed[0], p->seed[1]) ^ half[1], p->seed[0]);
	return p->rows + hash % (SSH_SOURCES_MAX / PENALTY_WAYS) * PENALTY_WAYS;
}

static struct penalty *
find(struct penalties *p, const struct source *s)
{
	struct penalty *group = group_of(p, s);

	for (size_t i = 0; i < PENALTY_WAYS; i++)
		if (group[i].until != 0 && source_eq(&group[i].source, s))
			return &group[i];
	return NULL;
}

static struct penalty *
make(struct penalties *p, const struct source *s)
{
	struct penalty *group = group_of(p, s), *best = group;

	for (size_t i = 1; i < PENALTY_WAYS; i++)
		if (group[i].until < best->until)
			best = &group[i];
	*best = (struct penalty){.source = *s};
	return best;
}

static int64_t
seconds_of(enum ssh_end end)
{
	switch (end) {
#define X(name, status, seconds)                                               \
	case SSH_END_##name:                                                   \
		return seconds;
		SSH_ENDS(X)
#undef X
	}
	return 0;
}

int64_t
penalties_add(struct penalties *p, const struct source *s, enum ssh_end end,
	      int64_t now)
{
	int64_t more = seconds_of(end) * SECOND_MS;
	int64_t max = now + SSH_PENALTY_MAX_S * SECOND_MS;
	struct penalty *row;

	if (more == 0)
		return 0;
	row = find(p, s);
	if (row == NULL)
		row = make(p, s);
	if (row->until < now) {
		row->until = now;
		row->bites = false;
	}
	row->until += more;
	if (row->until > max)
		row->until = max;
	if (row->until - now >= SSH_PENALTY_MIN_S * SECOND_MS)
		row->bites = true;
	return row->bites ? row->until : 0;
}

void
penalties_inherit(struct penalties *p, const struct source *s, int64_t until,
		  int64_t now)
{
	int64_t max = now + SSH_PENALTY_MAX_S * SECOND_MS;
	struct penalty *row;

	if (until <= now)
		return;
	row = find(p, s);
	if (row == NULL)
		row = make(p, s);
	row->until = until < max ? until : max;
	row->bites = true;
}

void
penalties_read(struct penalties *p, FILE *f, int64_t now)
{
	char addr[SOURCE_TEXT];
	struct source source;
	int64_t until;

	while (fscanf(f, "penalty %45s %" SCNd64 "\n", addr, &until) == 2)
		if (source_read(addr, &source))
			penalties_inherit(p, &source, until, now);
}

int64_t
penalties_wait_ms(struct penalties *p, const struct source *s, int64_t now)
{
	const struct penalty *row = find(p, s);

	return row != NULL && row->bites && row->until > now ? row->until - now
							     : 0;
}
