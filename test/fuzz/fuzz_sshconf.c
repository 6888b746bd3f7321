#include "cli/sshconf.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct ssh_server server = {"git", "h", 22};

/* What is not ours is there as before, in the order it had. */
static void
check_rest(struct str before, struct str after, const struct sshconf_found *old,
	   const struct sshconf_found *block)
{
	size_t from = (size_t)(block->whole.p - after.p);
	struct str tail = str_sub(after, from + block->whole.n, SIZE_MAX);
	size_t skip = old->whole.n;
	struct str head = str_sub(before, 0, from);

	/* A last line without an end was given one. */
	if (skip == 0 && from == before.n + 1) {
		assert(after.p[from - 1] == '\n' && tail.n == 0);
		assert(str_eq(before, str_sub(after, 0, before.n)));
		return;
	}
	assert(str_eq(head, str_sub(after, 0, from)));
	assert(str_eq(tail, str_sub(before, from + skip, SIZE_MAX)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf once = BUF_INIT;
	CLEAN(buf_clear) struct buf twice = BUF_INIT;
	CLEAN(buf_clear) struct buf alias = BUF_INIT;
	struct str text = {(const char *)p, n};
	struct sshconf_block block = {&server, "a/b", "/k", NULL};
	struct sshconf_found old = {.whole = STR_NONE}, now;
	struct ssh_server parsed;
	int r = sshconf_find(text, block.place, &server, &old);

	(void)!ssh_server_parse(text, &parsed);
	if (r == OUT_MALFORMED) {
		assert(sshconf_put(text, &block, &once) == OUT_MALFORMED);
		return 0;
	}
	sshconf_alias(text, block.place, &alias);
	assert(!sshconf_names(text, buf_str(&alias)));
	if (n % 2 == 1)
		block.alias = alias.p;
	assert(sshconf_put(text, &block, &once) == 0);
	assert(sshconf_find(buf_str(&once), block.place, &server, &now) == 0);
	assert(str_eq(now.key, STR("/k")));
	check_rest(text, buf_str(&once), &old, &now);
	assert(sshconf_put(buf_str(&once), &block, &twice) == 0);
	assert(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
