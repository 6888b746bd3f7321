#include "base/packet.h"

#include "base/out.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for the descriptors of one packet, aligned as the kernel wants it. */
union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(PACKET_FDS_MAX * sizeof(int))];
};

static int
result_of(int err)
{
	if (err == EAGAIN || err == EWOULDBLOCK)
		return OUT_BUSY;
	if (err == EPIPE || err == ECONNRESET || err == ENOTCONN)
		return OUT_ABSENT;
	return FAIL(-err);
}

int
packet_send(int fd, struct str bytes, const int *fds, size_t n)
{
	struct iovec iov = {(void *)(uintptr_t)bytes.p, bytes.n};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	union control control = {.room = {0}};
	ssize_t sent;

	/* A packet of nothing would look like the end to who receives it. */
	assert(bytes.n > 0 && n <= PACKET_FDS_MAX);
	if (n > 0) {
		struct cmsghdr *head;

		msg.msg_control = control.room;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(head), fds, n * sizeof(int));
	}
	do
		sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? result_of(errno) : 0;
}

/* The descriptors that came with a packet; the kernel has installed them, so
 * that each must be kept or closed. */
static size_t
take_fds(struct msghdr *msg, int got[PACKET_FDS_MAX])
{
	size_t n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		size_t here;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		here = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < here && n < PACKET_FDS_MAX; i++, n++)
			memcpy(&got[n], CMSG_DATA(c) + i * sizeof(int),
			       sizeof(int));
	}
	return n;
}

static int
drop(const int *fds, size_t n, int r)
{
	for (size_t i = 0; i < n; i++)
		(void)close(fds[i]);
	return r;
}

int
packet_recv(int fd, struct buf *b, size_t max, int *fds, size_t n_max,
	    size_t *ret_n)
{
	union control control;
	struct iovec iov;
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.room,
			     .msg_controllen = sizeof(control.room)};
	int got[PACKET_FDS_MAX], r;
	ssize_t len;
	size_t n;

	buf_reset(b);
	r = buf_room(b, max);
	if (r != 0)
		return r;
	iov = (struct iovec){b->p, max};
	do
		len = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return result_of(errno);
	n = take_fds(&msg, got);
	if (len == 0)
		return drop(got, n, OUT_ABSENT);
	if (n > n_max || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		return drop(got, n, OUT_MALFORMED);
	if (n > 0)
		memcpy(fds, got, n * sizeof(int));
	b->n = (size_t)len;
	b->p[b->n] = '\0';
	*ret_n = n;
	return 0;
}
