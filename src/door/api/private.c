/*
 * The text of a private half on its way from the process that made it to the
 * client. It is read to the end of a page of its own and spread out to the
 * page's beginning, so that there is one copy of it, and then that one is sent.
 * What follows it in the reply lies behind it: as a segment of its own it would
 * be what the client's TCP takes its time to acknowledge, 40 ms as a rule.
 */
#include "base/clock.h"
#include "base/locked.h"
#include "base/secret.h"
#include "door/api/inner.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Up to n bytes, or as many as there are. */
static int
read_some(int fd, char *p, size_t n, int64_t until, size_t *ret)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	int64_t ms = until - clock_mono();
	ssize_t got;

	if (ms <= 0 || (poll(&wait, 1, (int)ms) == 0))
		return OUT_EXPIRED;
	got = read(fd, p, n);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? OUT_BUSY
							 : FAIL(-errno);
	*ret = (size_t)got;
	return 0;
}

static int
read_all(int fd, char *p, size_t n, int64_t until)
{
	size_t at = 0, got = 0;

	while (at < n) {
		int r = read_some(fd, p + at, n - at, until, &got);

		if (r == OUT_BUSY)
			continue;
		if (r != 0)
			return r;
		if (got == 0)
			return OUT_MISMATCH;
		at += got;
	}
	return 0;
}

/* The text is at the end of the room, which is twice its length and that of
 * what follows: what is written never passes what is read. */
static int
escape(struct locked *l, size_t n, struct str end)
{
	const char *from = l->p + l->cap - n;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		char c = from[i];

		if (c == '\n') {
			l->p[at++] = '\\';
			c = 'n';
		} else if (c == '"' || c == '\\') {
			l->p[at++] = '\\';
		} else if (c < ' ' || c > '~') {
			return OUT_MISMATCH;
		}
		l->p[at++] = c;
	}
	memcpy(l->p + at, end.p, end.n);
	at += end.n;
	l->n = at;
	mem_wipe(l->p + at, l->cap - at);
	return 0;
}

int
private_read(int fd, size_t n, struct str end, int64_t ms, struct locked *ret)
{
	CLEAN(locked_clear) struct locked l = LOCKED_INIT;
	int64_t until = clock_mono() + ms;
	char more;
	int r;

	if (n == 0 || n > KEYMAKER_TEXT_MAX)
		return OUT_MISMATCH;
	r = locked_new(2 * n + end.n, &l);
	if (r == 0)
		r = read_all(fd, l.p + l.cap - n, n, until);
	/* What follows is not ours, and nothing does. */
	if (r == 0)
		r = read_all(fd, &more, 1, until);
	else
		return r;
	if (r != OUT_MISMATCH)
		return r == 0 ? OUT_MISMATCH : r;
	r = escape(&l, n, end);
	if (r != 0)
		return r;
	*ret = l;
	l = (struct locked)LOCKED_INIT;
	return 0;
}
