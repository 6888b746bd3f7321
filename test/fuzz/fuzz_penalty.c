#include "server/keeper_heirloom.h"
#include "ssh/penalty.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define NOW 1000

/* What the keeper hands on, the next process takes: each line by itself, and of
 * one address the last. */
static void
handed_on(const struct heirlooms *all)
{
	struct penalties known;
	int fd = heirloom_file(all, NOW);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (f == NULL || penalties_init(&known) != 0)
		abort();
	penalties_read(&known, f, NOW);
	(void)fclose(f);
	for (size_t i = 0; i < HEIRLOOM_MAX; i++) {
		struct source source;
		int64_t wait;

		if (all->all[i].until <= NOW ||
		    !source_read(all->all[i].addr, &source))
			continue;
		wait = penalties_wait_ms(&known, &source, NOW);
		assert(wait >= 0 &&
		       wait <= (int64_t)SSH_PENALTY_MAX_S * SECOND_MS);
	}
	penalties_clear(&known);
}

static void
raw(const uint8_t *p, size_t n)
{
	struct penalties known;
	FILE *f = n > 0 ? fmemopen((void *)(uintptr_t)p, n, "r") : NULL;

	if (f == NULL || penalties_init(&known) != 0)
		return;
	penalties_read(&known, f, NOW);
	(void)fclose(f);
	penalties_clear(&known);
}

static void
sources(const char *text)
{
	char again[SOURCE_TEXT];
	struct source one, two;

	if (!source_read(text, &one))
		return;
	source_write(&one, again);
	assert(source_read(again, &two) && source_eq(&one, &two));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct heirlooms all;
	struct str rest = {(const char *)p, n}, line;
	char text[64];

	memset(&all, 0, sizeof(all));
	if (n > 4096)
		return 0;
	while (rest.n > 0 && str_next(&rest, '\n', &line)) {
		heirloom_keep(&all, line);
		(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(line));
		sources(text);
	}
	for (size_t i = 0; i < HEIRLOOM_MAX; i++)
		assert(all.all[i].until >= 0 &&
		       (all.all[i].until == 0) == (all.all[i].addr[0] == '\0'));
	handed_on(&all);
	raw(p, n);
	return 0;
}
