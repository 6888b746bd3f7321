#include "ssh/listen.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/sanitized.h"
#include "jail/jail.h"
#include "ssh/version.h"
#include "ssh/warm.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_KEYS 78

static int
nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return FAIL(-errno);
	return 0;
}

static int
signals(struct listener *l)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return FAIL(-errno);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signal_fd >= 0 ? 0 : FAIL(-errno);
}

static int
descriptors(struct listener *l)
{
	int r = nonblocking(l->conf.listen_fd);
	struct rlimit files;

	if (r == 0)
		r = nonblocking(l->conf.desk_fd);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->spare_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	if (r == 0 && (l->epoll_fd < 0 || l->spare_fd < 0))
		r = FAIL(-errno);
	if (r == 0)
		r = signals(l);
	if (r == 0)
		r = listen_watch(l, l->signal_fd, TAG_SIGNAL);
	if (r == 0)
		r = listen_watch(l, l->conf.desk_fd, TAG_DESK);
	return r;
}

/* Nobody opens a file any more. */
static int
files_close(void)
{
	int files = -1, r = jail_files(NULL, 0, &files);

	if (r == 0)
		r = -jail_files_enter(files);
	if (files >= 0)
		(void)close(files);
	return r;
}

/* What children share is made here, once. The leak checker looks at its own
 * process through files. */
static int
walls(struct listener *l, struct note *note)
{
	int r = jail_user(l->conf.user, note);

	if (r != 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, SANITIZED ? 1L : 0L, 0L, 0L, 0L) != 0)
		return FAIL(-errno);
	r = jail_session_prepare();
	return r != 0 || SANITIZED ? r : files_close();
}

/* What those before us knew of sources, when latchkeyd has a file of it. */
static void
inherit(struct listener *l)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		penalties_read(&l->penalties, stdin, clock_mono());
}

static void
conf_fill(struct ssh_conf *c)
{
	c->grace_s = c->grace_s > 0 ? c->grace_s : SSH_GRACE_S;
	c->command_s = c->command_s > 0 ? c->command_s : SSH_COMMAND_S;
	c->keepalive_s = c->keepalive_s > 0 ? c->keepalive_s : SSH_KEEPALIVE_S;
	c->rekey_bytes = c->rekey_bytes > 0 ? c->rekey_bytes : SSH_REKEY_BYTES;
	c->idle_s = c->idle_s > 0 ? c->idle_s : SSH_IDLE_S;
	c->unproven_max =
	    c->unproven_max > 0 ? c->unproven_max : SSH_UNPROVEN_MAX;
	c->sessions_max =
	    c->sessions_max > 0 ? c->sessions_max : SSH_SESSIONS_MAX;
}

static int
begin(struct listener *l, struct note *note)
{
	int r = keys_load(l->conf.keys, &l->keys, note);

	if (r != 0)
		return r;
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_TRIM_THRESHOLD, 256 * 1024);
	l->children =
	    calloc((size_t)l->conf.sessions_max, sizeof(*l->children));
	r = l->children != NULL ? penalties_init(&l->penalties) : FAIL(-ENOMEM);
	if (r == 0)
		r = descriptors(l);
	inherit(l);
	if (r == 0)
		r = warm_up(&l->keys);
	if (r == 0)
		r = walls(l, note);
	return r;
}

static int
complain(const struct note *note, int r)
{
	log_say(LOG_ERROR, "ssh_refused", "%s",
		note->text[0] != '\0' ? note->text : out_text(r));
	if (r < 0)
		log_fail("ssh_begin", r);
	return r > 0 ? EXIT_KEYS : EXIT_FAILURE;
}

int
ssh_serve(const struct ssh_conf *conf)
{
	struct listener l = {.conf = *conf};
	struct note note = {0};
	int r = version_check(&note);

	if (conf->verbose)
		log_set_level(LOG_DEBUG);
	conf_fill(&l.conf);
	if (r == OUT_ABSENT) {
		log_say(LOG_WARN, "ssh_version", "%s", note.text);
		r = 0;
	}
	if (r == 0)
		r = begin(&l, &note);
	if (r == 0) {
		listen_say("ready\n");
		r = listen_loop(&l);
	} else {
		r = complain(&note, r);
	}
	penalties_clear(&l.penalties);
	free(l.children);
	keys_clear(&l.keys);
	return r;
}
