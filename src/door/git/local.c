#include "base/log.h"
#include "door/git/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LOCAL_BACKLOG 128

/* The folder may lie deeper than a socket's address has room for: through a
 * descriptor the name is short. *ret_dir is to be closed after use. */
static int
address(const char *path, struct sockaddr_un *ret, int *ret_dir)
{
	struct str dir, name;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int n;

	if (!str_rcut(str_c(path), '/', &dir, &name)) {
		dir = STR(".");
		name = str_c(path);
	}
	buf_addstr(&text, dir.n == 0 ? STR("/") : dir);
	if (buf_err(&text) != 0)
		return FAIL(buf_err(&text));
	*ret_dir = open(text.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_dir < 0)
		return FAIL(-errno);
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	n = snprintf(ret->sun_path, sizeof(ret->sun_path),
		     "/proc/self/fd/%d/%.*s", *ret_dir, STR_ARG(name));
	if (n >= (int)sizeof(ret->sun_path)) {
		(void)close(*ret_dir);
		return FAIL(-ENAMETOOLONG);
	}
	return 0;
}

/* Is there somebody at the other end of a socket that lies around? */
static bool
answers(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool yes = fd >= 0 && connect(fd, (const struct sockaddr *)addr,
				      sizeof(*addr)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return yes;
}

static int
bind_to(int fd, const struct sockaddr_un *addr)
{
	const struct sockaddr *any = (const struct sockaddr *)addr;

	/* Before it has a name: nobody else is ever let near it. */
	if (fchmod(fd, 0600) != 0)
		return FAIL(-errno);
	if (bind(fd, any, sizeof(*addr)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return FAIL(-errno);
	if (answers(addr))
		return OUT_CONFLICT;
	if (unlink(addr->sun_path) != 0 || bind(fd, any, sizeof(*addr)) != 0)
		return FAIL(-errno);
	return 0;
}

int
local_open(const char *path, int *ret_fd, struct note *note)
{
	struct sockaddr_un addr;
	int dir = -1, fd;
	int r = address(path, &addr, &dir);

	if (r != 0)
		return note_set(note, r, "%s: %s", path, strerror(-r));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		r = FAIL(-errno);
	if (r == 0)
		r = bind_to(fd, &addr);
	if (r == 0 && listen(fd, LOCAL_BACKLOG) != 0)
		r = FAIL(-errno);
	(void)close(dir);
	if (r == 0) {
		*ret_fd = fd;
		return 0;
	}
	if (fd >= 0)
		(void)close(fd);
	return note_set(note, r, "%s: %s", path,
			r > 0 ? "another server listens there" : strerror(-r));
}

void
local_close(const char *path, int fd)
{
	if (fd < 0)
		return;
	(void)unlink(path);
	(void)close(fd);
}

int
local_accept(int fd)
{
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred who = {.uid = (uid_t)-1};
	socklen_t n = sizeof(who);

	if (peer < 0)
		return -1;
	if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 &&
	    (who.uid == geteuid() || who.uid == 0))
		return peer;
	log_say(LOG_WARN, "desk_local", "why=not-ours uid=%lu",
		(unsigned long)who.uid);
	(void)close(peer);
	return -1;
}
