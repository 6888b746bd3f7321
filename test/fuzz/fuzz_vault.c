/* Packets of the vault, as either end may get them from the other. The first
 * byte says which. */
#include "base/out.h"
#include "crypt/vault_talk.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Made once: keys take longer than packets. */
static struct vault *
house(void)
{
	static struct vault *v;
	char dir[] = "/tmp/fuzz_vault_XXXXXX", path[64], command[96];
	struct note note;

	if (v != NULL)
		return v;
	assert(mkdtemp(dir) != NULL);
	(void)snprintf(path, sizeof(path), "%s/vault", dir);
	assert(vault_open(path, true, &v, &note) == 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", dir);
	assert(system(command) == 0);
	return v;
}

/* Whatever is asked, there is one answer, to that question. */
static void
question(struct str packet)
{
	static const struct vault_state state = {.pid = 1};
	CLEAN(buf_clear) struct buf answer = BUF_INIT;
	struct talk_head asked = {.number = TALK_LOST}, head;
	struct str rest;
	bool whole = talk_head_read(packet, &asked, &rest) == 0;

	assert(talk_answer(house(), &state, packet, &answer) == 0);
	assert(answer.n >= TALK_HEAD_LEN && answer.n <= TALK_ANSWER_MAX);
	assert(talk_head_read(buf_str(&answer), &head, &rest) == 0);
	assert(head.number == asked.number);
	assert(head.what < OUT_MAX);
	assert(head.what == 0 || rest.n == 0);
	if (!whole || asked.number == TALK_LOST)
		assert(head.what == OUT_MALFORMED);
}

/* There is one form only. */
static void
public_half(struct str bytes)
{
	static struct vault v;
	CLEAN(buf_clear) struct buf again = BUF_INIT;
	int r = talk_public_read(bytes, &v);

	assert(r == 0 || r == OUT_MALFORMED);
	if (r == 0) {
		assert(talk_public_write(&v, &again) == 0);
		assert(str_eq(bytes, buf_str(&again)));
		assert(v.n_access >= 1 && v.n_versions >= 1);
	} else {
		assert(v.n_access == 0 && v.n_versions == 0);
	}
	vault_public_clear(&v);
}

static void
state(struct str bytes)
{
	uint8_t again[TALK_STATE_LEN];
	struct vault_state s;

	if (talk_state_read(bytes, &s) != 0)
		return;
	talk_state_write(&s, again);
	assert(memcmp(again, bytes.p, sizeof(again)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str packet = {(const char *)p, n};

	if (n == 0)
		return 0;
	packet = str_sub(packet, 1, n);
	if (p[0] == 'q')
		question(packet);
	else if (p[0] == 'p')
		public_half(packet);
	else
		state(packet);
	return 0;
}
