#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/sanitized.h"
#include "crypt/digest.h"
#include "jail/jail.h"
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct keep {
	const struct vault_conf *conf;
	int life;  /* to latchkeyd */
	pid_t pid; /* of the vault; 0: there is none */
	int pidfd;
	int64_t began, pause;
	int status;  /* to end with */
	bool second; /* this is not the first one */
	bool renew;  /* it is ended so that its successor reads the keys */
};

/* Whoever ends the service asks latchkeyd, and its end of the socket is what
 * ends us. */
static void
signals_set(void)
{
	static const int ignored[] = {SIGPIPE, SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < nitems(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
}

/* What libraries read of the system they read now. */
static int
walls(const struct vault_conf *conf)
{
	struct rlimit none = {0, 0};
	uint8_t digest[SHA256_LEN];
	char dir[PATH_MAX];
	struct jail_path paths[] = {{dir, JAIL_READ}, {"/proc", JAIL_READ}};
	int files = -1, r = digest_sha256(STR("first"), digest);

	(void)snprintf(dir, sizeof(dir), "%s/vault", conf->data);
	if (r == 0 &&
	    (setrlimit(RLIMIT_CORE, &none) != 0 ||
	     prctl(PR_SET_DUMPABLE, SANITIZED ? 1L : 0L, 0L, 0L, 0L) != 0))
		r = FAIL(-errno);
	if (SANITIZED || r != 0)
		return r;
	r = jail_files(paths, nitems(paths), &files);
	if (r == 0)
		r = -jail_files_enter(files);
	fd_closep(&files);
	return r != 0 ? FAIL(r) : 0;
}

/* --- the vault --- */

/* In the child. */
static void
hold(const struct keep *k, pid_t keeper)
{
	int status = EXIT_FAILURE;

	/* When we are killed it must not stay, answering somebody else's
	 * successor. */
	if (prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L) == 0 &&
	    getppid() == keeper)
		status = vault_hold(k->conf, k->life);
	_exit(status);
}

static int
vault_start(struct keep *k)
{
	pid_t keeper = getpid(), pid;

	k->began = clock_mono();
	pid = fork();
	if (pid == 0)
		hold(k, keeper);
	if (pid < 0)
		return FAIL(-errno);
	k->pid = pid;
	k->pidfd = pidfd_open(pid, 0);
	return k->pidfd >= 0 ? 0 : FAIL(-errno);
}

/* The exit status, or 128 + n for signal n. */
static int
vault_reap(struct keep *k)
{
	int status = 0;

	while (waitpid(k->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	fd_closep(&k->pidfd);
	k->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
vault_end(struct keep *k)
{
	if (k->pid == 0)
		return;
	(void)kill(k->pid, SIGKILL);
	(void)vault_reap(k);
}

static void
pause_plan(struct keep *k)
{
	if (clock_mono() - k->began >= VAULT_QUICK_MS || k->pause == 0)
		k->pause = VAULT_RESTART_MS;
	else if (k->pause * 2 <= VAULT_RESTART_MAX_MS)
		k->pause *= 2;
}

/* OUT_DENIED: the first could not begin, and nobody is to wait for a second. */
static int
vault_ended(struct keep *k)
{
	int64_t lived = clock_mono() - k->began;
	int status = vault_reap(k);

	if (!k->second &&
	    (status == VAULT_EXIT_CONF || status == VAULT_EXIT_FAILED)) {
		k->status = status;
		return OUT_DENIED;
	}
	/* It ends by itself when nobody asks any more, as when latchkeyd does.
	 */
	if (status == 0)
		return OUT_ABSENT;
	k->second = true;
	if (k->renew)
		k->pause = 0;
	else {
		pause_plan(k);
		log_say(LOG_ERROR, "vault_down",
			"status=%d lived_ms=%lld pause_ms=%lld", status,
			(long long)lived, (long long)k->pause);
	}
	k->renew = false;
	/* Those that wait need not wait for the end of their patience. */
	for (unsigned i = 0; i < k->conf->channels; i++)
		(void)!vault_house_lost(VAULT_FIRST_FD + (int)i);
	/* The pause is from now on. */
	k->began = clock_mono();
	return 0;
}

/* --- the loop --- */

/* False: latchkeyd has ended. */
static bool
life_read(struct keep *k)
{
	char words[64];
	ssize_t n = recv(k->life, words, sizeof(words), MSG_DONTWAIT);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n > 0 && memchr(words, VAULT_RENEW, (size_t)n) != NULL) {
		log_say(LOG_INFO, "vault_renew", "pid=%d", (int)k->pid);
		k->renew = k->pid != 0;
		k->pause = 0;
		if (k->pid != 0)
			(void)kill(k->pid, SIGKILL);
	} else if (n > 0 && k->pid != 0 &&
		   clock_mono() - k->began >= VAULT_YOUNG_MS) {
		log_say(LOG_ERROR, "vault_hung", "pid=%d", (int)k->pid);
		(void)kill(k->pid, SIGKILL);
	}
	return n > 0;
}

static int
look(struct keep *k)
{
	struct pollfd fds[] = {{.fd = k->life, .events = POLLIN},
			       {.fd = k->pidfd, .events = POLLIN}};
	int64_t left = k->began + k->pause - clock_mono();
	int wait = k->pid != 0 ? -1 : left > 0 ? (int)left : 0;

	if (poll(fds, nitems(fds), wait) < 0)
		return errno == EINTR ? 0 : FAIL(-errno);
	if (fds[0].revents != 0 && !life_read(k))
		return OUT_ABSENT;
	if (k->pid != 0 && fds[1].revents != 0)
		return vault_ended(k);
	return k->pid == 0 && clock_mono() >= k->began + k->pause
		   ? vault_start(k)
		   : 0;
}

int
vault_keep(const struct vault_conf *conf)
{
	struct keep k = {.conf = conf,
			 .life = VAULT_FIRST_FD + (int)conf->channels,
			 .pidfd = -1};
	int r;

	signals_set();
	r = walls(conf);
	if (r == 0)
		r = vault_start(&k);
	while (r == 0)
		r = look(&k);
	vault_end(&k);
	if (r == OUT_ABSENT || r == OUT_DENIED)
		return k.status;
	log_fail("vault_keep", r);
	return EXIT_FAILURE;
}
