#include "server/control.h"

#include "base/fd.h"
#include "base/test.h"
#include "server/control_path.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "a-folder-whose-name-is-long-enough"

static char top[] = "/tmp/control_test.XXXXXX";
static char dir[512]; /* deeper than a socket's address has room for */
static atomic_int n_say, n_gone;

static void
die(const char *what)
{
	perror(what);
	abort();
}

static int
echo(struct control_ask *a, void *arg, struct str rest, struct note *note)
{
	(void)note;
	return control_say(a, "%s\n%.*s", (const char *)arg, STR_ARG(rest));
}

static int
fail(struct control_ask *a, void *arg, struct str rest, struct note *note)
{
	int r = control_say(a, "a line before");

	(void)arg;
	if (r != 0)
		return r;
	if (str_eq(rest, STR("outcome")))
		return OUT_RANGE;
	if (str_eq(rest, STR("errno")))
		return FAIL(-EIO);
	return note_set(note, OUT_BUSY, "there is\na reason");
}

/* Talks until nobody listens. */
static int
talk(struct control_ask *a, void *arg, struct str rest, struct note *note)
{
	int r = 0;

	(void)arg;
	(void)rest;
	(void)note;
	while (r == 0) {
		r = control_say(a, "still here");
		atomic_fetch_add(&n_say, 1);
		(void)usleep(1000);
	}
	atomic_fetch_add(&n_gone, 1);
	return r;
}

static char greeting[] = "hello";
static const struct control_word words[] = {
    {"echo", echo}, {"fail", fail}, {"talk", talk}};

static struct control *
start(void)
{
	struct control *c = NULL;

	if (control_start(dir, words, nitems(words), greeting, &c) != 0)
		die("control_start");
	return c;
}

/* What was written to out; the outcome and the note as a last line. */
static const char *
ask(const char *line)
{
	static char text[4096];
	struct note note = {0};
	FILE *out = fmemopen(text, sizeof(text), "w");
	int r;

	if (out == NULL)
		die("fmemopen");
	memset(text, 0, sizeof(text));
	r = control_ask(dir, line, out, &note);
	fprintf(out, "%s: %s\n",
		r > 0	 ? out_text(r)
		: r == 0 ? "done"
			 : "-",
		note.text);
	(void)fclose(out);
	return text;
}

static int
raw(void)
{
	CLEAN(fd_closep) int at = open(dir, O_PATH | O_CLOEXEC);
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	control_addr(at, &addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		die("connect");
	return fd;
}

/* All that comes until the end. */
static const char *
hear(int fd)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(text) - 1 &&
	       (got = recv(fd, text + n, sizeof(text) - 1 - n, 0)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return text;
}

static void
say(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		die("send");
}

static void
wait_for(atomic_int *what, int least)
{
	for (int i = 0; i < 5000 && atomic_load(what) < least; i++)
		(void)usleep(1000);
}

/* One that is not told that there are too many: others may be about to go. */
static int
raw_kept(void)
{
	for (int i = 0; i < 100; i++) {
		int fd = raw();
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (poll(&p, 1, 50) == 0)
			return fd;
		(void)close(fd);
	}
	die("too many");
	return -1;
}

static void
test_answers(void)
{
	is_str(str_c(ask("echo two words")), STR("hello two words\ndone: \n"),
	       "a line of the answer is one line");
	is_str(str_c(ask("fail")),
	       STR("a line before\nin conflict with what exists: there is a "
		   "reason\n"),
	       "a reason is one line");
	is_str(str_c(ask("fail outcome")),
	       STR("a line before\nin conflict with what exists: out of range "
		   "or out of order\n"),
	       "an outcome without a note");
	is_str(str_c(ask("fail errno")),
	       STR("a line before\nin conflict with what exists: Input/output "
		   "error\n"),
	       "a failure");
	is_str(str_c(ask("sing")),
	       STR("in conflict with what exists: not a word that is known "
		   "here\n"),
	       "another word");
}

static void
test_lines(void)
{
	char line[CONTROL_LINE_MAX + 2];
	CLEAN(fd_closep) int fd = -1;

	memset(line, 'x', sizeof(line));
	memcpy(line, "echo ", 5);
	line[CONTROL_LINE_MAX] = '\0';
	ok(str_ends(str_c(ask(line)), STR("done: \n")), "the longest line");
	line[CONTROL_LINE_MAX] = 'x';
	line[CONTROL_LINE_MAX + 1] = '\0';
	fd = raw();
	say(fd, line);
	is_str(str_c(hear(fd)), STR(". a line has at most 256 bytes\n"),
	       "one byte more");
	fd_closep(&fd);
	fd = raw();
	say(fd, "ec");
	say(fd, "ho in pieces\n");
	is_str(str_c(hear(fd)), STR("hello in pieces\n.\n"), "in pieces");
}

static void
test_askers(void)
{
	int fd[CONTROL_ASKERS_MAX];
	const char *said = "";
	bool busy = false;

	for (int i = 0; i < CONTROL_ASKERS_MAX; i++) {
		fd[i] = raw();
		say(fd[i], "talk\n");
	}
	/* Until all of them are heard. */
	for (int i = 0; i < 500 && !busy; i++) {
		busy = strstr(ask("echo"), "others ask already") != NULL;
		(void)usleep(10000);
	}
	ok(busy, "one too many is told so");
	(void)close(fd[0]);
	wait_for(&n_gone, 1);
	is_int(atomic_load(&n_gone), 1, "it ends when its asker goes");
	for (int i = 0; i < 500; i++) {
		said = ask("echo again");
		if (strstr(said, "hello again") != NULL)
			break;
		(void)usleep(10000);
	}
	is_str(str_c(said), STR("hello again\ndone: \n"), "and makes room");
	for (int i = 1; i < CONTROL_ASKERS_MAX; i++)
		(void)close(fd[i]);
}

static void
test_stop(struct control *c)
{
	CLEAN(fd_closep) int talking = raw_kept();
	CLEAN(fd_closep) int silent = raw_kept();
	int before = atomic_load(&n_gone);

	say(talking, "talk\n");
	wait_for(&n_say, atomic_load(&n_say) + 5);
	control_stop(c);
	ok(atomic_load(&n_gone) > before, "stopping ends what is asked for");
	is_str(str_c(hear(silent)), STR(". no such thing\n"),
	       "and who has not asked yet");
	ok(access(dir, F_OK) == 0 && strstr(ask("echo"), "no such thing"),
	   "and the socket is gone");
}

static void
test_socket(void)
{
	char path[600];
	struct stat st = {0};
	struct control *c = NULL;
	struct sockaddr_un addr;
	CLEAN(fd_closep) int at = open(dir, O_PATH | O_CLOEXEC);
	CLEAN(fd_closep) int stale = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(path, sizeof(path), "%s/" CONTROL_NAME, dir);
	control_addr(at, &addr);
	if (bind(stale, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		die("bind");
	ok(strstr(ask("echo"), "no such thing"), "nobody behind the socket");
	c = start();
	ok(lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       (st.st_mode & 0777) == 0600,
	   "it is taken over, and ours alone");
	is_str(str_c(ask("echo")), STR("hello \ndone: \n"), "and answers");
	control_stop(c);
	c = NULL;
	(void)close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	is_int(control_start(dir, words, nitems(words), greeting, &c), -EEXIST,
	       "a file of that name is nobody's to remove");
	(void)unlink(path);
}

int
main(void)
{
	struct control *c;

	if (mkdtemp(top) == NULL)
		die("mkdtemp");
	(void)snprintf(dir, sizeof(dir), "%s", top);
	for (int i = 0; i < 4; i++) {
		size_t n = strlen(dir);

		(void)snprintf(dir + n, sizeof(dir) - n, "/" NAME);
		if (mkdir(dir, 0700) != 0)
			die("mkdir");
	}
	ok(strlen(dir) > sizeof(((struct sockaddr_un *)0)->sun_path),
	   "a deep folder");
	ok(strstr(ask("echo"), "no such thing"), "nobody there");
	c = start();
	test_answers();
	test_lines();
	test_askers();
	test_stop(c);
	test_socket();
	(void)snprintf(dir + strlen(dir), sizeof(dir) - strlen(dir),
		       "/" CONTROL_FOLDER);
	for (int i = 0; i < 6; i++) {
		(void)rmdir(dir);
		*strrchr(dir, '/') = '\0';
	}
	return done_testing();
}
