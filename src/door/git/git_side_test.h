/*
 * For the tests of this room: the core's world with git in it, a store beside
 * it with the hooks of this build, and the other side of the desk's sockets.
 */
#ifndef DOOR_GIT_GIT_SIDE_TEST_H
#define DOOR_GIT_GIT_SIDE_TEST_H

#include "base/packet.h"
#include "core/ssh_world.h"
#include "door/git/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

struct side {
	struct cast c;
	char dir[96], hooks[PATH_MAX];
	struct git_store *git;
};

UNUSED static void
pause_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

UNUSED static void
side_new(struct side *s, unsigned running_max)
{
	struct git_conf conf = {.running_max = running_max};
	const struct gitrepo *repos[] = {&s->c.test, &s->c.tools, &s->c.site,
					 &s->c.far};
	char here[PATH_MAX] = "";
	struct note note = {""};
	int r;

	(void)signal(SIGPIPE, SIG_IGN);
	cast_new(&s->c);
	if (readlink("/proc/self/exe", here, sizeof(here) - 1) < 0)
		abort();
	*strrchr(here, '/') = '\0';
	(void)snprintf(s->hooks, sizeof(s->hooks), "%.4000s/../hooks", here);
	(void)snprintf(s->dir, sizeof(s->dir), "%s/git", s->c.w.dir);
	conf.dir = s->dir;
	conf.hooks = s->hooks;
	r = git_open(&conf, &s->git, &note);
	if (r != 0)
		printf("# %s\n", note.text);
	must(r, "git_open");
	for (size_t i = 0; i < nitems(repos); i++)
		must(git_make(s->git, repos[i]->id, STR("main")), "git_make");
}

UNUSED static void
side_end(struct side *s)
{
	git_free(s->git);
	world_end(&s->c.w);
}

/* One packet to the other side; false: it has gone. */
UNUSED static bool
tell(int fd, enum desk_word word, uint32_t number, const struct str *parts,
     size_t n, const int *fds, size_t n_fds)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct desk_msg m = {.word = word, .number = number, .n_parts = n};

	for (size_t i = 0; i < n; i++)
		m.part[i] = parts[i];
	must(desk_write(&m, &b), "desk_write");
	return packet_send(fd, buf_str(&b), fds, n_fds) == 0;
}
#define PARTS(...)                                                             \
	((const struct str[]){__VA_ARGS__}),                                   \
	    sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str)
#define NO_FDS NULL, 0

/* What the other side said last. */
struct heard {
	struct buf packet;
	struct desk_msg m;
};
static struct heard heard = {.packet = BUF_INIT};

/* The next word within ten seconds; DESK_WORDS: it has closed. */
UNUSED static enum desk_word
hear(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t n = 0;

	heard.m = (struct desk_msg){.word = DESK_WORDS};
	if (poll(&p, 1, 10000) <= 0) {
		printf("Bail out! nothing was said\n");
		exit(1);
	}
	if (packet_recv(fd, &heard.packet, DESK_PACKET_MAX, NULL, 0, &n) == 0)
		must(desk_read(buf_str(&heard.packet), &heard.m), "desk_read");
	return heard.m.word;
}

/* Is there nothing to hear for a moment, and is the other side there? */
UNUSED static bool
is_quiet(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 100) == 0;
}

UNUSED static struct str
heard_text(void)
{
	return heard.m.n_parts > 0 ? heard.m.part[0] : STR("");
}

UNUSED static bool
heard_has(const char *text)
{
	struct str s = heard_text();

	if (s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL)
		return true;
	printf("# nothing like \"%s\" in \"", text);
	test_escaped_(s);
	printf("\"\n");
	return false;
}

#endif
