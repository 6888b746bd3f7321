#include "server/vault_side.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "door/frame/frame.h"
#include "server/helper.h"
#include "server/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD      3	 /* see vault/vault.h */
#define FD_HIGH	      16 /* copies are made here, out of the others' way */
#define LAST_MS	      3000
#define RENEW	      "r" /* VAULT_RENEW there */
#define RENEW_LOOK_MS 10
#define SOCKETS	      (VAULT_CHANNELS + 1) /* the last one is the keeper's */

struct vault_side {
	struct vault *vault; /* borrowed: the core's */
	pid_t pid;
	int pidfd, life;
	pthread_mutex_t lock; /* of what follows */
	uint64_t ready;	      /* vaults that there have been */
};

struct ends {
	int ours[SOCKETS], theirs[SOCKETS];
};

static void
ends_clear(struct ends *e)
{
	for (int i = 0; i < SOCKETS; i++) {
		fd_closep(&e->ours[i]);
		fd_closep(&e->theirs[i]);
	}
}

static int
ends_make(struct ends *e)
{
	for (int i = 0; i < SOCKETS; i++)
		e->ours[i] = e->theirs[i] = -1;
	for (int i = 0; i < SOCKETS; i++) {
		int kind = i < VAULT_CHANNELS ? SOCK_SEQPACKET : SOCK_STREAM;
		int two[2];

		if (socketpair(AF_UNIX, kind | SOCK_CLOEXEC, 0, two) != 0)
			return FAIL(-errno);
		e->ours[i] = two[0];
		e->theirs[i] = fcntl(two[1], F_DUPFD_CLOEXEC, FD_HIGH);
		(void)close(two[1]);
		if (e->theirs[i] < 0)
			return FAIL(-errno);
	}
	return 0;
}

static int
acts_fill(posix_spawn_file_actions_t *acts, const struct ends *e)
{
	int r =
	    posix_spawn_file_actions_addopen(acts, 0, "/dev/null", O_RDWR, 0);

	if (r == 0)
		r = posix_spawn_file_actions_adddup2(acts, 0, 1);
	for (int i = 0; r == 0 && i < SOCKETS; i++)
		r = posix_spawn_file_actions_adddup2(acts, e->theirs[i],
						     FIRST_FD + i);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(acts, FIRST_FD +
								       SOCKETS);
	return r;
}

static int
program_start(const char *program, const char *data, const struct ends *e,
	      pid_t *ret)
{
	char serve[] = "serve", dir[] = "--data", n[] = "--channels";
	char number[16];
	char *argv[] = {(char *)(uintptr_t)program,
			serve,
			dir,
			(char *)(uintptr_t)data,
			n,
			number,
			NULL};
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int r = helper_attr(&attr);

	if (r != 0)
		return r;
	(void)snprintf(number, sizeof(number), "%d", VAULT_CHANNELS);
	r = posix_spawn_file_actions_init(&acts);
	if (r == 0) {
		r = acts_fill(&acts, e);
		if (r == 0)
			r = posix_spawn(ret, program, &acts, &attr, argv,
					helper_env());
		(void)posix_spawn_file_actions_destroy(&acts);
	}
	(void)posix_spawnattr_destroy(&attr);
	return r != 0 ? FAIL(-r) : 0;
}

/* --- what is heard of it --- */

/* A byte for each vault that got ready. */
static void
ready_count(struct vault_side *s)
{
	char words[64];
	ssize_t n;

	while ((n = recv(s->life, words, sizeof(words), MSG_DONTWAIT)) > 0)
		s->ready += (uint64_t)n;
}

static uint64_t
ready_now(struct vault_side *s)
{
	uint64_t n;

	(void)pthread_mutex_lock(&s->lock);
	ready_count(s);
	n = s->ready;
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}

/* The keeper ends one that hangs. It is told again while there is no answer: it
 * passes over what it hears of one that is young or has ended already. */
static void
hangs_say(struct vault_side *s)
{
	(void)!send(s->life, "h", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Only from the thread that met it, once for each change. */
static void
trouble(void *arg, enum vault_trouble what)
{
	struct vault_side *s = arg;

	switch (what) {
	case VAULT_FINE:
		log_say(LOG_INFO, "vault", "answers=yes");
		break;
	case VAULT_SILENT:
		log_say(LOG_ERROR, "vault", "answers=no why=\"no answer\"");
		hangs_say(s);
		break;
	case VAULT_STILL:
		hangs_say(s);
		break;
	case VAULT_ODD:
		log_say(LOG_ERROR, "vault",
			"answers=no why=\"what cannot be\"");
		break;
	case VAULT_GONE:
		log_say(LOG_ERROR, "vault",
			"answers=no why=\"its keeper has ended\"");
		break;
	}
}

static bool
ended(const struct vault_side *s, int ms)
{
	struct pollfd p = {.fd = s->pidfd, .events = POLLIN};

	return poll(&p, 1, ms) > 0;
}

bool
vault_side_well(struct vault_side *s)
{
	return !ended(s, 0) && vault_there_well(s->vault);
}

pid_t
vault_side_keeper(struct vault_side *s)
{
	return ended(s, 0) ? 0 : s->pid;
}

int
vault_side_fd(struct vault_side *s)
{
	return s->pidfd;
}

struct vault *
vault_side_vault(struct vault_side *s)
{
	return s->vault;
}

/* Questions that meet the change are asked again of the successor: nobody sees
 * it but who waits here. */
int
vault_side_renew(struct vault_side *s, struct note *note)
{
	uint64_t before = ready_now(s);
	int64_t until = clock_mono() + VAULT_START_MS;

	if (send(s->life, RENEW, 1, MSG_NOSIGNAL) != 1)
		return note_set(note, OUT_BUSY, "the vault's keeper has ended");
	while (ready_now(s) == before) {
		if (clock_mono() >= until || ended(s, RENEW_LOOK_MS))
			return note_set(note, OUT_BUSY,
					"no vault with these keys got ready");
	}
	return vault_renew(s->vault, note);
}

static uint64_t
key_age_s(const struct vault_signer *signer)
{
	int64_t age = clock_now() - signer->since;

	return signer->since == INT64_MIN || age < 0
		   ? 0
		   : (uint64_t)age / SECOND_MS;
}

void
vault_side_metrics(struct vault_side *s, struct buf *b)
{
	uint64_t asked = 0, lost = 0;
	struct vault_signer signer;

	vault_access_signer(s->vault, &signer);
	frame_metric(b, "signing_key_age_seconds", "gauge", key_age_s(&signer),
		     "How long the key that signs access tokens has done so.");
	frame_metric(b, "signing_keys", "gauge", signer.listed,
		     "Keys that access tokens are checked with.");

	vault_there_count(s->vault, &asked, &lost);
	frame_metric(b, "vault_up", "gauge", vault_side_well(s) ? 1 : 0,
		     "Whether what needs a key gets an answer.");
	frame_metric(b, "vault_started_total", "counter", ready_now(s),
		     "Processes that have held the keys.");
	frame_metric(b, "vault_questions_total", "counter", asked,
		     "Questions to the process that holds the keys.");
	frame_metric(b, "vault_questions_lost_total", "counter", lost,
		     "Questions that had no answer.");
}

/* --- the beginning and the end --- */

static int
ready_wait(struct vault_side *s, struct note *note)
{
	int64_t until = clock_mono() + VAULT_START_MS;
	int status = 0;

	int64_t left;

	while (s->ready == 0 && (left = until - clock_mono()) > 0) {
		struct pollfd p[] = {{.fd = s->life, .events = POLLIN},
				     {.fd = s->pidfd, .events = POLLIN}};

		if (poll(p, nitems(p), (int)left) < 0)
			continue;
		ready_count(s);
		if (s->ready > 0 || p[1].revents == 0)
			continue;
		if (waitpid(s->pid, &status, 0) == s->pid)
			s->pid = 0;
		return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CONF
			   ? OUT_DENIED
			   : note_set(note, OUT_BUSY,
				      VAULT_PROGRAM
				      " ended with status %d before it was "
				      "ready",
				      WIFEXITED(status)
					  ? WEXITSTATUS(status)
					  : 128 + WTERMSIG(status));
	}
	return s->ready > 0 ? 0
			    : note_set(note, OUT_BUSY,
				       VAULT_PROGRAM " did not get ready");
}

static int
side_begin(struct vault_side *s, const char *program, const char *data)
{
	CLEAN(ends_clear) struct ends e;
	struct vault_there_conf conf = {
	    .fds = e.ours, .n = VAULT_CHANNELS, .trouble = trouble, .arg = s};
	int r = ends_make(&e);

	if (r == 0)
		r = program_start(program, data, &e, &s->pid);
	if (r != 0)
		return r;
	s->life = e.ours[VAULT_CHANNELS];
	e.ours[VAULT_CHANNELS] = -1;
	s->pidfd = pidfd_open(s->pid, 0);
	if (s->pidfd < 0)
		return FAIL(-errno);
	r = vault_there_new(&conf, &s->vault);
	for (int i = 0; r == 0 && i < VAULT_CHANNELS; i++)
		e.ours[i] = -1;
	return r;
}

int
vault_side_new(const char *program, const char *data, struct vault_side **ret,
	       struct vault **ret_vault)
{
	struct vault_side *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return FAIL(-ENOMEM);
	s->pidfd = s->life = -1;
	(void)pthread_mutex_init(&s->lock, NULL);
	r = side_begin(s, program, data);
	if (r != 0) {
		vault_side_free(s);
		return r;
	}
	*ret = s;
	*ret_vault = s->vault;
	return 0;
}

int
vault_side_ready(struct vault_side *s, struct note *note)
{
	int r = ready_wait(s, note);

	return r == 0 ? vault_begin(s->vault, note) : r;
}

/* From behind our walls we may not end it by force, and need not: it has
 * nothing to finish. */
void
vault_side_free(struct vault_side *s)
{
	if (s == NULL)
		return;
	fd_closep(&s->life);
	if (s->pid > 0 && (s->pidfd < 0 || !ended(s, LAST_MS)))
		(void)kill(s->pid, SIGKILL);
	else if (s->pid > 0)
		(void)waitpid(s->pid, NULL, 0);
	fd_closep(&s->pidfd);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}
