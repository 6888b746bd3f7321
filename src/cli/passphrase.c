/*
 * A pass phrase on a private key, set where the user is. ssh-keygen does it, on
 * a file that exists in memory only and a terminal that only we are at: so the
 * key without it is never on a disk, and the pass phrase never in the list of
 * processes.
 */
#include "cli/child.h"
#include "cli/pairs.h"

#include "base/fd.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PHRASE_MIN 5 /* ssh-keygen takes no less */
#define PHRASE_MAX 512
#define KEY_MAX	   (off_t)(64 * KIB)
#define SAID_MAX   (16 * KIB)
#define WAIT_MS	   20000 /* for each word that ssh-keygen says */

/* What a terminal would take for a command cannot be handed on over one. */
static bool
is_sayable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

int
passphrase_ask(struct cli *cli, struct buf *ret)
{
	CLEAN(buf_clear) struct buf again = BUF_INIT;
	int r = prompt_secret(_("pass phrase"), ret, &cli->note);

	if (r != 0)
		return r;
	if (ret->n < PHRASE_MIN || ret->n > PHRASE_MAX ||
	    !is_sayable(buf_str(ret)))
		return note_set(&cli->note, OUT_MALFORMED,
				_("a pass phrase has %d to %d bytes and no "
				  "control characters. No key pair was made."),
				PHRASE_MIN, PHRASE_MAX);
	r = prompt_secret(_("pass phrase again"), &again, &cli->note);
	if (r == 0 && !str_eq(buf_str(ret), buf_str(&again)))
		return note_set(&cli->note, OUT_MALFORMED,
				_("the two pass phrases differ. No key pair "
				  "was made."));
	return r;
}

/* In memory that is not swapped out, as far as the system lets us. */
static int
memory_file(struct str key, int *ret)
{
	CLEAN(fd_closep) int fd = memfd_create("key", 0);

	if (fd < 0 || fchmod(fd, 0600) != 0 || ftruncate(fd, (off_t)key.n) != 0)
		return FAIL(-errno);
	(void)mlock(mmap(NULL, key.n, PROT_READ, MAP_SHARED, fd, 0), key.n);
	if (fd_write_all(fd, key) != 0)
		return FAIL(-errno);
	*ret = fd;
	fd = -1;
	return 0;
}

/* A terminal: our end, and the name of the other. */
static int
terminal_open(int *ret, char *name, size_t size)
{
	CLEAN(fd_closep) int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0)
		return FAIL(-errno);
	if (ptsname_r(fd, name, size) != 0)
		return FAIL(-errno);
	*ret = fd;
	fd = -1;
	return 0;
}

/* In the child: nothing but what is safe after fork(). */
static _Noreturn void
keygen_become(const char *terminal, const char *const *argv, char *const *env)
{
	int fd;

	(void)signal(SIGPIPE, SIG_DFL);
	/* The first terminal that a new session opens becomes its own. */
	if (setsid() < 0)
		_exit(127);
	fd = open(terminal, O_RDWR);
	if (fd < 0 || dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(127);
	if (fd > 2)
		(void)close(fd);
	(void)execvpe(argv[0], (char *const *)(uintptr_t)argv, env);
	_exit(127);
}

/* What it says until it ends, or until it asks: a question ends in ": ". false:
 * it has ended, or says nothing for too long. An interrupt changes nothing:
 * this is over in less than a second, and there is a key to be lost. */
static bool
question_wait(int tty, struct buf *said)
{
	struct pollfd p = {.fd = tty, .events = POLLIN};
	size_t from = said->n;

	for (;;) {
		int ready = poll(&p, 1, WAIT_MS);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || buf_room(said, 256) != 0)
			return false;
		n = read(tty, said->p + said->n, 256);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		said->n += (size_t)n;
		said->p[said->n] = '\0';
		if (said->n > from + 2 && str_ends(buf_str(said), STR(": ")))
			return true;
	}
}

/* The new pass phrase, and once more. The echo is off when it asks. */
static void
keygen_talk(int tty, struct str phrase, struct buf *said)
{
	for (int i = 0; i < 2; i++)
		if (!question_wait(tty, said) ||
		    fd_write_all(tty, phrase) != 0 ||
		    fd_write_all(tty, STR("\n")) != 0)
			return;
	while (question_wait(tty, said))
		;
}

static int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
keygen_run(const char *file, struct str phrase, int *ret_status)
{
	CLEAN(buf_clear) struct buf said = BUF_INIT_MAX(SAID_MAX);
	CLEAN(fd_closep) int tty = -1;
	const char *const argv[] = {"ssh-keygen", "-p", "-P", "",
				    "-f",	  file, NULL};
	const char *const more[] = {"SSH_ASKPASS_REQUIRE=never", "LC_ALL=C",
				    NULL};
	char **env = child_env(more);
	char name[64];
	pid_t pid;
	int r;

	if (env == NULL)
		return FAIL(-ENOMEM);
	r = terminal_open(&tty, name, sizeof(name));
	(void)fflush(NULL);
	pid = r == 0 ? fork() : -1;
	if (pid == 0)
		keygen_become(name, argv, env);
	free(env);
	if (pid < 0)
		return r != 0 ? r : FAIL(-errno);
	keygen_talk(tty, phrase, &said);
	fd_closep(&tty); /* who still waits for an answer gets a hangup */
	*ret_status = wait_for(pid);
	return 0;
}

/* Under no pass phrase, the name of the cipher is "none". */
static bool
is_open(const struct buf *key)
{
	static const char head[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
				   "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";

	return !str_starts(buf_str(key), STR("-----BEGIN OPENSSH PRIVATE "
					     "KEY-----\n")) ||
	       str_starts(buf_str(key), str_c(head));
}

static int
memory_read(int fd, struct buf *ret)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || st.st_size <= 0 || st.st_size > KEY_MAX)
		return OUT_MALFORMED;
	if (buf_room(ret, (size_t)st.st_size) != 0)
		return buf_err(ret);
	if (pread(fd, ret->p, (size_t)st.st_size, 0) != st.st_size)
		return FAIL(-EIO);
	ret->n = (size_t)st.st_size;
	ret->p[ret->n] = '\0';
	return is_open(ret) ? OUT_MALFORMED : 0;
}

int
passphrase_set(struct cli *cli, struct str key, struct str phrase,
	       struct buf *ret)
{
	CLEAN(fd_closep) int fd = -1;
	char file[32];
	int status = 0;
	int r = memory_file(key, &fd);

	if (r == 0) {
		(void)snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
		r = keygen_run(file, phrase, &status);
	}
	if (r == 0)
		r = status == 0 ? memory_read(fd, ret) : OUT_UNSUPPORTED;
	return r == 0 ? 0
		      : note_set(&cli->note, OUT_UNSUPPORTED,
				 _("ssh-keygen did not set the pass phrase "
				   "(status %d)"),
				 status);
}
