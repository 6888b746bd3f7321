#include "base/log.h"
#include "door/git/smart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define SLICE_MS   500 /* between two looks at the client and the guard */
#define PIECE_MAX  (64 * KIB)
#define PIPE_BYTES (1 << 20)

static void
shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* *ret_ours does not block, *ret_its does. */
static int
pipe_make(bool ours_writes, int *ret_ours, int *ret_its)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(-errno);
	*ret_ours = ends[ours_writes ? 1 : 0];
	*ret_its = ends[ours_writes ? 0 : 1];
	if (fcntl(*ret_ours, F_SETFL, O_NONBLOCK) != 0)
		return FAIL(-errno);
	/* Fewer turns for a large clone; without, it works as well. */
	(void)fcntl(*ret_ours, F_SETPIPE_SZ, PIPE_BYTES);
	return 0;
}

static int
start(struct pump *p, const struct git_ask *ask)
{
	const struct visit *visit = &p->call->visit;
	struct share *programs = smart_of(p->call)->programs;
	int r = share_take(programs, &visit->who, visit->account, &p->place);

	if (r != 0)
		return r;
	r = git_start(p->git, ask, &p->child);
	p->runs = r == 0;
	if (r != 0)
		share_give(programs, &p->place);
	return r;
}

static int
reap(struct pump *p)
{
	int status = git_wait(p->git, &p->child);

	p->runs = false;
	share_give(smart_of(p->call)->programs, &p->place);
	return status;
}

int
pump_start(struct pump *p, struct git_ask *ask, bool with_in)
{
	int its[3] = {-1, -1, -1}, r;

	p->in = p->out = p->err = -1;
	if (with_in) {
		r = pipe_make(true, &p->in, &its[0]);
	} else {
		its[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		r = its[0] < 0 ? FAIL(-errno) : 0;
	}
	if (r == 0)
		r = pipe_make(false, &p->out, &its[1]);
	if (r == 0)
		r = pipe_make(false, &p->err, &its[2]);
	if (r == 0) {
		ask->in = its[0];
		ask->out = its[1];
		ask->err = its[2];
		r = start(p, ask);
	}
	for (size_t i = 0; i < nitems(its); i++)
		shut(&its[i]);
	return r;
}

/* Complaints are for the operator's log: the first of them. */
static void
take_err(struct pump *p)
{
	char more[1024];
	ssize_t n = read(p->err, more, sizeof(more));
	size_t room = sizeof(p->log) - p->n_log;

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		shut(&p->err);
		return;
	}
	if (n < 0)
		return;
	if ((size_t)n < room)
		room = (size_t)n;
	memcpy(p->log + p->n_log, more, room);
	p->n_log += room;
}

static int
pass_on(struct pump *p, const char *piece, size_t n)
{
	p->said = true;
	if (p->may_send)
		return http_send(p->call->req, p->reply, piece, n);
	return buf_add(&p->early, piece, n);
}

static int
take_out(struct pump *p)
{
	char piece[PIECE_MAX];
	ssize_t n = read(p->out, piece, sizeof(piece));

	if (n > 0)
		return pass_on(p, piece, (size_t)n);
	if (n == 0) {
		shut(&p->out);
		return 0;
	}
	return errno == EAGAIN || errno == EINTR ? 0 : FAIL(-errno);
}

int
pump_prefix(struct pump *p, struct str s)
{
	p->said = true;
	return http_send(p->call->req, p->reply, s.p, s.n);
}

/* One wait for whatever stirs first; *ret_room: there is room for input. */
static int
turn(struct pump *p, bool feeds, bool *ret_room)
{
	struct pollfd fds[] = {
	    {.fd = feeds ? p->in : -1, .events = POLLOUT},
	    {.fd = p->out, .events = POLLIN},
	    {.fd = p->err, .events = POLLIN},
	};
	int n = poll(fds, nitems(fds), SLICE_MS), r = 0;

	*ret_room = false;
	if (n < 0 && errno != EINTR)
		return FAIL(-errno);
	if (n <= 0 || !p->may_send)
		r = http_look(p->call->req, p->reply);
	if (n <= 0 || r != 0)
		return r;
	if (fds[2].revents != 0)
		take_err(p);
	if (fds[1].revents != 0)
		r = take_out(p);
	*ret_room = fds[0].revents != 0;
	return r;
}

int
pump_feed(struct pump *p, const void *bytes, size_t n)
{
	const char *from = bytes;
	size_t at = 0;
	bool room;

	while (at < n && p->in >= 0) {
		ssize_t k = write(p->in, from + at, n - at);
		int r;

		if (k >= 0) {
			at += (size_t)k;
			continue;
		}
		if (errno == EPIPE) {
			shut(&p->in);
			break;
		}
		if (errno != EAGAIN && errno != EINTR)
			return FAIL(-errno);
		r = turn(p, true, &room);
		if (r != 0)
			return r;
	}
	return 0;
}

static int
early(struct pump *p)
{
	int r = 0;

	p->may_send = true;
	if (p->early.n > 0)
		r = http_send(p->call->req, p->reply, p->early.p, p->early.n);
	buf_clear(&p->early);
	return r;
}

/* Nothing comes from it any more; what keeps it is of no use to anybody. */
static int
ended(struct pump *p)
{
	struct pollfd fd = {.fd = p->child.pidfd, .events = POLLIN};

	while (poll(&fd, 1, SLICE_MS) <= 0) {
		int r = http_look(p->call->req, p->reply);

		if (r != 0)
			return r;
	}
	return 0;
}

int
pump_finish(struct pump *p, int *ret_status)
{
	bool room;
	int r = early(p);

	shut(&p->in);
	while (r == 0 && p->out >= 0)
		r = turn(p, false, &room);
	if (r == 0)
		r = ended(p);
	if (r != 0)
		return r;
	if (p->err >= 0)
		take_err(p);
	*ret_status = reap(p);
	return 0;
}

void
pump_clear(struct pump *p)
{
	if (p->runs) {
		git_kill(&p->child);
		(void)reap(p);
	}
	shut(&p->in);
	shut(&p->out);
	shut(&p->err);
	buf_clear(&p->early);
}
