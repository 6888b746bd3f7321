#include "ssh/inner.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>

#define ANSWER_MS (30 * SECOND_MS) /* a desk that takes longer is ill */

static void
desk_lost(struct session *s, const char *why)
{
	session_over(s, s->proved ? SSH_END_FINE : SSH_END_OWN, why);
}

static bool
send_msg(struct session *s, const struct desk_msg *m, const int *fds, size_t n)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT_MAX(DESK_PACKET_MAX);

	if (desk_write(m, &packet) == 0 &&
	    packet_send(s->desk_fd, buf_str(&packet), fds, n) == 0)
		return true;
	desk_lost(s, "desk_gone");
	return false;
}

static struct chan *
chan_numbered(struct session *s, struct str decimal)
{
	uint64_t number;

	if (str_u64(decimal, UINT32_MAX, &number) != 0)
		return NULL;
	for (size_t i = 0; i < nitems(s->chans); i++)
		if (s->chans[i].state == CHAN_RUNNING &&
		    s->chans[i].number == number)
			return &s->chans[i];
	return NULL;
}

/* The program has ended: what it wrote is in the pipes by now. */
static bool
take_ended(struct session *s, const struct desk_msg *m)
{
	struct chan *c;
	uint64_t status;

	if (m->word != DESK_ENDED || m->n_parts != 2 ||
	    str_u64(m->part[1], 255, &status) != 0)
		return false;
	c = chan_numbered(s, m->part[0]);
	if (c != NULL) {
		c->ended = true;
		c->status = (int)status;
		s->deadlines.moved = clock_mono();
	}
	return true;
}

/* One packet, no descriptors wanted. */
static bool
receive(struct session *s, struct desk_msg *ret)
{
	size_t n = 0;

	if (packet_recv(s->desk_fd, &s->packet, DESK_PACKET_MAX, NULL, 0, &n) !=
	    0) {
		desk_lost(s, "desk_gone");
		return false;
	}
	if (desk_read(buf_str(&s->packet), ret) == 0)
		return true;
	session_over(s, SSH_END_OWN, "desk_odd");
	return false;
}

static bool
wait_desk(struct session *s, int64_t until)
{
	struct pollfd p = {s->desk_fd, POLLIN, 0};
	int64_t left;

	do {
		left = until - clock_mono();
		if (left > 0 && poll(&p, 1, (int)left) > 0)
			return true;
	} while (left > 0);
	desk_lost(s, "desk_slow");
	return false;
}

/* The answer to what was asked. What ends meanwhile is noted on the way. */
static bool
answer(struct session *s, struct desk_msg *ret)
{
	int64_t until = clock_mono() + ANSWER_MS;

	while (!s->over && wait_desk(s, until) && receive(s, ret))
		if (!take_ended(s, ret))
			return true;
	return false;
}

static bool
odd(struct session *s)
{
	session_over(s, SSH_END_OWN, "desk_odd");
	return false;
}

bool
ask_yes(struct session *s, enum desk_word word, struct str blob)
{
	struct desk_msg m = {.word = word, .n_parts = 1, .part = {blob}};

	if (!send_msg(s, &m, NULL, 0) || !answer(s, &m))
		return false;
	if (m.word != DESK_YES && m.word != DESK_NO)
		return odd(s);
	return m.word == DESK_YES;
}

bool
ask_greet(struct session *s, struct str *ret_text, int *ret_status)
{
	struct desk_msg m = {.word = DESK_GREET};

	if (!send_msg(s, &m, NULL, 0) || !answer(s, &m))
		return false;
	if (m.word != DESK_TEXT || m.n_parts > 1)
		return odd(s);
	*ret_text = m.n_parts == 1 ? m.part[0] : STR_NONE;
	*ret_status = (int)(m.number & 255);
	return true;
}

enum ask_answer
ask_run(struct session *s, struct chan *c, const char *service,
	const struct gitcmd *cmd, const int fds[3], struct str *ret_text)
{
	struct desk_msg m = {.word = DESK_RUN,
			     .number = c->number,
			     .n_parts = 4,
			     .part = {str_c(service), str_c(cmd->account),
				      str_c(cmd->repo), str_c(c->protocol)}};

	if (!send_msg(s, &m, fds, 3) || !answer(s, &m))
		return ASK_NONE;
	if (m.word == DESK_STARTED && m.number == c->number)
		return ASK_STARTED;
	if (m.word != DESK_REFUSED || m.number != c->number || m.n_parts > 1) {
		(void)odd(s);
		return ASK_NONE;
	}
	*ret_text = m.n_parts == 1 ? m.part[0] : STR_NONE;
	return ASK_REFUSED;
}

void
ask_turn(struct session *s)
{
	struct desk_msg m;

	if (receive(s, &m) && !take_ended(s, &m))
		(void)odd(s);
}
