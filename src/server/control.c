#include "server/control.h"

#include "server/control_path.h"

#include "base/fd.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define ASK_MS	 10000 /* for the line to come, and for a line to leave */
#define LEAVE_MS 100   /* for whoever has had an answer to be gone */
#define BACKLOG	 16

struct control_ask {
	struct control *control;
	pthread_t thread;
	bool used;
	atomic_bool done; /* its thread touches nothing any more */
	int fd;
};

struct control {
	const struct control_word *words;
	size_t n_words;
	void *arg;
	int dir, listen, wake;
	atomic_bool stop;
	pthread_t thread;
	struct control_ask asks[CONTROL_ASKERS_MAX];
};

/* --- one that asks --- */

/* An asker says one line and then only listens: whatever else comes, or its
 * end, means that it is gone. */
static bool
is_gone(const struct control_ask *a)
{
	struct pollfd p = {.fd = a->fd, .events = POLLIN | POLLRDHUP};

	return atomic_load(&a->control->stop) || poll(&p, 1, 0) != 0;
}

static int
send_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return OUT_ABSENT;
		s = str_sub(s, (size_t)n, s.n);
	}
	return 0;
}

/* One line whatever is in it. */
static struct str
line_end(char *text, int n, size_t room)
{
	size_t len = n < 0 ? 0 : (size_t)n;

	if (len > room - 2)
		len = room - 2;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			text[i] = ' ';
	text[len] = '\n';
	return (struct str){text, len + 1};
}

int
control_say(struct control_ask *a, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	if (is_gone(a))
		return OUT_ABSENT;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return send_all(a->fd, line_end(text, n, sizeof(text)));
}

static void
say_end(int fd, int r, const struct note *note)
{
	char text[1024];
	int n;

	if (r == 0)
		n = snprintf(text, sizeof(text), ".");
	else if (note->text[0] != '\0')
		n = snprintf(text, sizeof(text), ". %s", note->text);
	else
		n = snprintf(text, sizeof(text), ". %s",
			     r > 0 ? out_text(r) : strerror(-r));
	/* Who went away before the end does not want to know. */
	(void)!send_all(fd, line_end(text, n, sizeof(text)));
}

/* 0 with the line in text, without its end; OUT_ABSENT it never came;
 * OUT_MALFORMED it is too long. */
static int
line_read(int fd, char text[CONTROL_LINE_MAX + 1], struct str *ret)
{
	size_t n = 0;

	while (n <= CONTROL_LINE_MAX) {
		ssize_t got = recv(fd, text + n, CONTROL_LINE_MAX + 1 - n, 0);
		const char *end;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return OUT_ABSENT;
		n += (size_t)got;
		end = memchr(text, '\n', n);
		if (end != NULL) {
			*ret = (struct str){text, (size_t)(end - text)};
			return 0;
		}
	}
	return OUT_MALFORMED;
}

static int
answer(struct control_ask *a, struct str line, struct note *note)
{
	struct str name = line, rest = STR("");
	const struct control *c = a->control;

	(void)str_cut(line, ' ', &name, &rest);
	for (size_t i = 0; i < c->n_words; i++)
		if (str_eq(name, str_c(c->words[i].name)))
			return c->words[i].answer(a, c->arg, rest, note);
	return note_set(note, OUT_MALFORMED, "not a word that is known here");
}

static void *
ask_run(void *arg)
{
	struct control_ask *a = arg;
	char text[CONTROL_LINE_MAX + 1];
	struct note note = {0};
	struct str line;
	int r = line_read(a->fd, text, &line);

	if (r == 0)
		r = answer(a, line, &note);
	else if (r == OUT_MALFORMED)
		r = note_set(&note, r, "a line has at most %d bytes",
			     CONTROL_LINE_MAX);
	if (r < 0)
		log_fail("control", r);
	say_end(a->fd, r, &note);
	(void)shutdown(a->fd, SHUT_RDWR);
	atomic_store(&a->done, true);
	return NULL;
}

/* --- all of them --- */

static void
ask_end(struct control_ask *a)
{
	(void)pthread_join(a->thread, NULL);
	(void)close(a->fd);
	a->used = false;
}

static struct control_ask *
place_free(struct control *c)
{
	for (size_t i = 0; i < CONTROL_ASKERS_MAX; i++) {
		struct control_ask *a = &c->asks[i];

		if (a->used && atomic_load(&a->done))
			ask_end(a);
		if (!a->used)
			return a;
	}
	return NULL;
}

/* Who has been answered asks again before its place is free. */
static struct control_ask *
place_await(struct control *c)
{
	struct control_ask *a = place_free(c);

	for (int i = 0; a == NULL && i < LEAVE_MS && !atomic_load(&c->stop);
	     i++) {
		(void)usleep(1000);
		a = place_free(c);
	}
	return a;
}

static void
ask_begin(struct control *c, int fd)
{
	const struct timeval wait = {.tv_sec = ASK_MS / 1000};
	static const struct note busy = {"others ask already, try again later"};
	struct control_ask *a = place_await(c);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (a != NULL) {
		a->control = c;
		a->fd = fd;
		atomic_store(&a->done, false);
		a->used = pthread_create(&a->thread, NULL, ask_run, a) == 0;
	}
	if (a == NULL || !a->used) {
		say_end(fd, OUT_BUSY, &busy);
		(void)close(fd);
	}
}

static void *
control_run(void *arg)
{
	struct control *c = arg;
	struct pollfd p[] = {{.fd = c->listen, .events = POLLIN},
			     {.fd = c->wake, .events = POLLIN}};

	while (!atomic_load(&c->stop)) {
		int fd;

		if (poll(p, nitems(p), -1) < 0 || p[0].revents == 0)
			continue;
		fd = accept4(c->listen, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			ask_begin(c, fd);
		else /* out of descriptors: it waits, and so do we */
			(void)poll(&p[1], 1, 100);
	}
	return NULL;
}

/* --- start and end --- */

static void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	if (c->listen >= 0)
		(void)close(c->listen);
	if (c->wake >= 0)
		(void)close(c->wake);
	if (c->dir >= 0)
		(void)close(c->dir);
	free(c);
}
DEFINE_FREEP(control)

/* Who has the data open, as we do, is the only one whom it may serve: what is
 * there was left behind. */
static int
remove_stale(int dir)
{
	struct stat st;

	if (fstatat(dir, CONTROL_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : FAIL(-errno);
	if (!S_ISSOCK(st.st_mode))
		return FAIL(-EEXIST);
	return unlinkat(dir, CONTROL_NAME, 0) == 0 ? 0 : FAIL(-errno);
}

/* The mode of a socket that is not bound yet is that of its file. */
static int
listen_open(struct control *c)
{
	struct sockaddr_un addr;
	int r;

	if (mkdirat(c->dir, CONTROL_FOLDER, 0700) != 0 && errno != EEXIST)
		return FAIL(-errno);
	r = remove_stale(c->dir);
	if (r != 0)
		return r;
	control_addr(c->dir, &addr);
	c->listen = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->listen < 0 || fchmod(c->listen, 0600) != 0 ||
	    bind(c->listen, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
	    listen(c->listen, BACKLOG) != 0)
		return FAIL(-errno);
	return 0;
}

int
control_start(const char *data_dir, const struct control_word *words, size_t n,
	      void *arg, struct control **ret)
{
	CLEAN(control_freep) struct control *c = calloc(1, sizeof(*c));
	int r;

	if (c == NULL)
		return FAIL(-ENOMEM);
	c->words = words;
	c->n_words = n;
	c->arg = arg;
	c->listen = -1;
	c->wake = eventfd(0, EFD_CLOEXEC);
	c->dir = open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->wake < 0 || c->dir < 0)
		return FAIL(-errno);
	r = listen_open(c);
	if (r != 0)
		return r;
	r = pthread_create(&c->thread, NULL, control_run, c);
	if (r != 0)
		return FAIL(-r);
	*ret = TAKE(c);
	return 0;
}

void
control_stop(struct control *c)
{
	if (c == NULL)
		return;
	atomic_store(&c->stop, true);
	(void)eventfd_write(c->wake, 1);
	(void)pthread_join(c->thread, NULL);
	/* Nobody connects to it in vain from here on. */
	(void)unlinkat(c->dir, CONTROL_NAME, 0);
	for (size_t i = 0; i < CONTROL_ASKERS_MAX; i++)
		if (c->asks[i].used) {
			(void)shutdown(c->asks[i].fd, SHUT_RD);
			ask_end(&c->asks[i]);
		}
	control_free(c);
}
