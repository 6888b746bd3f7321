#include "base/packet.h"
#include "base/secret.h"
#include "crypt/vault_talk.h"
#include "crypt/vault_there.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* Room for both kinds of packets, got once. */
struct house {
	struct vault *vault;
	const struct vault_state *state;
	struct buf question, answer;
};

/* OUT_ABSENT: nobody asks there any more. Who does not take an answer out has
 * given up waiting for it. */
static int
serve_one(struct house *h, int fd)
{
	size_t n = 0;
	int r = packet_recv(fd, &h->question, TALK_QUESTION_MAX, NULL, 0, &n);

	if (r == OUT_MALFORMED || r == OUT_BUSY)
		return 0;
	if (r == 0)
		r = talk_answer(h->vault, h->state, buf_str(&h->question),
				&h->answer);
	if (r == 0 &&
	    send(fd, h->answer.p, h->answer.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		r = errno == EPIPE			? OUT_ABSENT
		    : errno == EAGAIN || errno == EINTR ? 0
							: FAIL(-errno);
	buf_reset(&h->question);
	buf_reset(&h->answer);
	return r;
}

static int
serve_ready(struct house *h, struct pollfd *fds, size_t n, size_t *open)
{
	for (size_t i = 0; i < n; i++) {
		int r = fds[i].revents != 0 ? serve_one(h, fds[i].fd) : 0;

		if (r < 0)
			return r;
		if (r == OUT_ABSENT) {
			fds[i].fd = -1;
			(*open)--;
		}
	}
	return 0;
}

int
vault_house_serve(struct vault *v, const struct vault_state *state,
		  const int *fds, size_t n)
{
	struct house h = {v, state, BUF_INIT, BUF_INIT};
	struct pollfd polls[VAULT_CHANNELS];
	size_t open = n;
	int r = buf_room(&h.question, TALK_QUESTION_MAX);

	assert(n >= 1 && n <= VAULT_CHANNELS);
	if (r == 0)
		r = buf_room(&h.answer, TALK_ANSWER_MAX);
	for (size_t i = 0; i < n; i++)
		polls[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	while (r == 0 && open > 0) {
		if (poll(polls, n, -1) < 0 && errno != EINTR)
			r = FAIL(-errno);
		else
			r = serve_ready(&h, polls, n, &open);
	}
	buf_clear(&h.question);
	buf_clear(&h.answer);
	return r;
}

int
vault_house_lost(int fd)
{
	uint8_t head[TALK_HEAD_LEN];

	talk_head_write(&(struct talk_head){.number = TALK_LOST}, head);
	/* When it has no room left, there is one in it already. */
	if (send(fd, head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
	    errno != EAGAIN)
		return errno == EPIPE ? OUT_ABSENT : FAIL(-errno);
	return 0;
}
