#include "base/packet.h"

#include "base/out.h"
#include "base/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];

static void
open_pair(void)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0, pair) != 0)
		abort();
}

static void
close_pair(void)
{
	(void)close(pair[0]);
	(void)close(pair[1]);
}

static size_t
open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		(void)closedir(d);
	return n;
}

static void
test_bytes(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	size_t n = 7;

	open_pair();
	is_int(packet_recv(pair[1], &b, 100, NULL, 0, &n), OUT_BUSY, "none");
	is_int(n, 7, "leaves the count");
	is_int(packet_send(pair[0], STR("one\0"), NULL, 0), 0, "one");
	is_int(packet_send(pair[0], STR("two"), NULL, 0), 0, "two");
	is_int(packet_recv(pair[1], &b, 100, NULL, 0, &n), 0, "the first");
	is_str(buf_str(&b), STR("one\0"), "alone");
	is_int(n, 0, "without descriptors");
	is_int(packet_recv(pair[1], &b, 3, NULL, 0, &n), 0, "the second");
	is_str(buf_str(&b), STR("two"), "replaces it, as long as may be");
	is_int(packet_send(pair[0], STR("four"), NULL, 0), 0, "a longer one");
	is_int(packet_recv(pair[1], &b, 3, NULL, 0, &n), OUT_MALFORMED,
	       "is not cut");
	is_int(packet_recv(pair[1], &b, 3, NULL, 0, &n), OUT_BUSY,
	       "it is gone");
	(void)close(pair[0]);
	is_int(packet_recv(pair[1], &b, 3, NULL, 0, &n), OUT_ABSENT, "the end");
	is_int(packet_send(pair[1], STR("x"), NULL, 0), OUT_ABSENT,
	       "nobody is killed by a pipe");
	(void)close(pair[1]);
}

static void
test_full(void)
{
	char big[4000];
	struct str text = {big, sizeof(big)};
	int r = 0;

	memset(big, 'x', sizeof(big));
	open_pair();
	for (int i = 0; i < 100000 && r == 0; i++)
		r = packet_send(pair[0], text, NULL, 0);
	is_int(r, OUT_BUSY, "a full socket");
	close_pair();
}

static bool
same_file(int a, int b)
{
	return write(a, "x", 1) == 1 && lseek(b, 0, SEEK_CUR) == 1;
}

static void
test_fds(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	FILE *f = tmpfile();
	int send[PACKET_FDS_MAX], got[PACKET_FDS_MAX] = {-1, -1, -1, -1};
	size_t n = 0, before;

	open_pair();
	for (size_t i = 0; i < PACKET_FDS_MAX; i++)
		send[i] = fileno(f);
	before = open_fds();
	is_int(packet_send(pair[0], STR("f"), send, PACKET_FDS_MAX), 0, "four");
	is_int(packet_recv(pair[1], &b, 9, got, PACKET_FDS_MAX, &n), 0, "come");
	is_int(n, PACKET_FDS_MAX, "all of them");
	ok(same_file(got[3], send[0]), "and are what was sent");
	ok((fcntl(got[0], F_GETFD) & FD_CLOEXEC) != 0, "close-on-exec");
	for (size_t i = 0; i < n; i++)
		(void)close(got[i]);
	is_int(packet_send(pair[0], STR("f"), send, 3), 0, "three");
	is_int(packet_recv(pair[1], &b, 9, got, 2, &n), OUT_MALFORMED,
	       "where two are wanted");
	is_int(packet_send(pair[0], STR("long"), send, 2), 0, "two");
	is_int(packet_recv(pair[1], &b, 3, got, 2, &n), OUT_MALFORMED,
	       "with too long a packet");
	is_int(packet_send(pair[0], STR("f"), send, 1), 0, "one");
	is_int(packet_recv(pair[1], &b, 9, NULL, 0, &n), OUT_MALFORMED,
	       "where none is wanted");
	is_int(open_fds(), before, "none of those is left open");
	close_pair();
	(void)fclose(f);
}

/* What our own sender cannot send, but a peer can. */
static void
test_hostile(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(9 * sizeof(int))];
	} control = {.room = {0}};
	char byte = 'x';
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.room,
			     .msg_controllen = sizeof(control.room)};
	int nine[9] = {0}, got[PACKET_FDS_MAX];
	size_t n = 0, before;

	open_pair();
	before = open_fds();
	control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(nine)),
					.cmsg_level = SOL_SOCKET,
					.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.head), nine, sizeof(nine));
	ok(sendmsg(pair[0], &msg, 0) == 1, "nine descriptors");
	is_int(packet_recv(pair[1], &b, 9, got, PACKET_FDS_MAX, &n),
	       OUT_MALFORMED, "are too many");
	iov.iov_len = 0;
	ok(sendmsg(pair[0], &msg, 0) == 0, "nine with an empty packet");
	is_int(packet_recv(pair[1], &b, 9, got, PACKET_FDS_MAX, &n), OUT_ABSENT,
	       "are the end");
	is_int(open_fds(), before, "none is left open");
	close_pair();
}

int
main(void)
{
	test_bytes();
	test_full();
	test_fds();
	test_hostile();
	return done_testing();
}
