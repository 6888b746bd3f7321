#include "crypt/vault_there.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/secret.h"
#include "crypt/vault_talk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct channel {
	int fd;
	uint32_t number; /* of the latest question */
	bool busy;
};

struct there {
	struct vault vault;
	void (*tell)(void *, enum vault_trouble);
	void *arg;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t freed;
	struct channel channels[VAULT_CHANNELS];
	size_t n;
	enum vault_trouble trouble;
	int64_t probe_at; /* in trouble: when somebody may try again */
	uint64_t asked, lost;
};

/* A question and where its answer goes. */
struct question {
	enum talk_word word;
	uint8_t lead[TALK_ARG_MAX];
	size_t n_lead;
	struct str input;
	int64_t until;
	uint8_t answer[TALK_ANSWER_MAX];
	struct str result; /* in answer */
};

/* --- which channel --- */

static void
time_of(int64_t mono_ms, struct timespec *ret)
{
	ret->tv_sec = mono_ms / SECOND_MS;
	ret->tv_nsec = mono_ms % SECOND_MS * 1000000;
}

static struct channel *
channel_idle(struct there *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->channels[i].busy)
			return &t->channels[i];
	return NULL;
}

/* NULL: it is not to be asked now, or not in time. */
static struct channel *
channel_take(struct there *t, int64_t *until)
{
	struct channel *c = NULL;
	int64_t now = clock_mono();
	struct timespec at;
	bool waits = true;

	*until = now + VAULT_WAIT_MS;
	(void)pthread_mutex_lock(&t->lock);
	t->asked++;
	if (t->trouble != VAULT_FINE) {
		waits = t->trouble != VAULT_GONE && now >= t->probe_at;
		t->probe_at = waits ? now + VAULT_PROBE_MS : t->probe_at;
		*until = now + VAULT_SHORT_MS;
	}
	time_of(*until, &at);
	while (waits && (c = channel_idle(t)) == NULL)
		if (pthread_cond_timedwait(&t->freed, &t->lock, &at) != 0)
			break;
	if (c != NULL)
		c->busy = true;
	else
		t->lost++;
	(void)pthread_mutex_unlock(&t->lock);
	return c;
}

static void
channel_give(struct there *t, struct channel *c, enum vault_trouble trouble)
{
	bool change, still;

	(void)pthread_mutex_lock(&t->lock);
	c->busy = false;
	t->lost += trouble != VAULT_FINE;
	still = trouble == VAULT_SILENT && t->trouble == VAULT_SILENT;
	change = t->trouble != trouble && t->trouble != VAULT_GONE;
	if (change)
		t->trouble = trouble;
	if (trouble != VAULT_FINE)
		t->probe_at = clock_mono() + VAULT_PROBE_MS;
	(void)pthread_cond_signal(&t->freed);
	(void)pthread_mutex_unlock(&t->lock);
	if ((change || still) && t->tell != NULL)
		t->tell(t->arg, still ? VAULT_STILL : trouble);
}

/* --- a question --- */

static enum vault_trouble
question_send(const struct channel *c, struct question *q)
{
	uint8_t head[TALK_HEAD_LEN];
	struct iovec parts[] = {{head, sizeof(head)},
				{q->lead, q->n_lead},
				{(void *)(uintptr_t)q->input.p, q->input.n}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = nitems(parts)};
	ssize_t n;

	talk_head_write(&(struct talk_head){c->number, (uint8_t)q->word}, head);
	do
		n = sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return VAULT_FINE;
	/* Full of questions that nobody takes out. */
	return errno == EAGAIN ? VAULT_SILENT : VAULT_GONE;
}

/* The next packet, whatever it is. */
static enum vault_trouble
packet_wait(const struct channel *c, struct question *q, size_t *ret_n)
{
	for (;;) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		int64_t left = q->until - clock_mono();
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return VAULT_SILENT;
		n = recv(c->fd, q->answer, sizeof(q->answer),
			 MSG_DONTWAIT | MSG_TRUNC);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return VAULT_GONE;
		*ret_n = (size_t)n;
		return (size_t)n <= sizeof(q->answer) ? VAULT_FINE : VAULT_ODD;
	}
}

/* Answers to questions that somebody gave up are passed over; one that was lost
 * is asked again. */
static enum vault_trouble
answer_wait(const struct channel *c, struct question *q, uint8_t *ret_what)
{
	struct talk_head head;
	size_t n = 0;

	for (;;) {
		enum vault_trouble t = packet_wait(c, q, &n);

		if (t == VAULT_FINE &&
		    talk_head_read((struct str){(const char *)q->answer, n},
				   &head, &q->result) != 0)
			t = VAULT_ODD;
		if (t == VAULT_FINE && head.number == TALK_LOST)
			t = question_send(c, q);
		else if (t == VAULT_FINE && head.number == c->number) {
			*ret_what = head.what;
			return t;
		}
		if (t != VAULT_FINE)
			return t;
	}
}

/* 0 with a result of want bytes (0: any), an outcome, OUT_BUSY, -errno. */
static int
ask(struct vault *v, struct question *q, size_t want)
{
	struct there *t = (struct there *)v;
	enum vault_trouble trouble;
	struct channel *c;
	uint8_t what = 0;

	if (q->n_lead + q->input.n > TALK_QUESTION_MAX - TALK_HEAD_LEN)
		return FAIL(-EMSGSIZE);
	c = channel_take(t, &q->until);
	if (c == NULL)
		return OUT_BUSY;
	if (++c->number == TALK_LOST)
		c->number++;
	trouble = question_send(c, q);
	if (trouble == VAULT_FINE)
		trouble = answer_wait(c, q, &what);
	if (trouble == VAULT_FINE && what == 0 && want != 0 &&
	    q->result.n != want)
		trouble = VAULT_ODD;
	if (what != TALK_FAILURE && what >= OUT_MAX)
		trouble = VAULT_ODD;
	channel_give(t, c, trouble);
	if (trouble != VAULT_FINE)
		return OUT_BUSY;
	return what == TALK_FAILURE ? FAIL(-EIO) : what;
}

static int
ask_fixed(struct vault *v, struct question *q, uint8_t *ret, size_t want)
{
	int r = ask(v, q, want);

	if (r == 0)
		memcpy(ret, q->result.p, want);
	mem_wipe(q->answer, want + TALK_HEAD_LEN);
	return r;
}

static int
there_digest(struct vault *v, struct str secret, uint8_t *ret)
{
	struct question q = {.word = TALK_DIGEST, .input = secret};
	int r = ask_fixed(v, &q, ret, VAULT_DIGEST_LEN);

	return r == OUT_BUSY ? r : FOLD(r);
}

static int
there_access_sign(struct vault *v, struct str kid, struct str input,
		  uint8_t *ret)
{
	struct question q = {.word = TALK_ACCESS, .input = input};

	q.n_lead = talk_kid_write(kid, q.lead);
	return ask_fixed(v, &q, ret, VAULT_ES256_LEN);
}

static int
there_registry_sign(struct vault *v, int64_t version, struct str input,
		    uint8_t *ret)
{
	struct question q = {.word = TALK_REGISTRY, .input = input};

	q.n_lead = talk_version_write(version, q.lead);
	return ask_fixed(v, &q, ret, VAULT_HS256_LEN);
}

static void
public_take(struct vault *v, struct vault *from)
{
	struct vault old;

	(void)pthread_rwlock_wrlock(&v->lock);
	memcpy(old.access, v->access, sizeof(old.access));
	old.n_access = v->n_access;
	memcpy(v->access, from->access, sizeof(v->access));
	v->n_access = from->n_access;
	memcpy(v->versions, from->versions, sizeof(v->versions));
	v->n_versions = from->n_versions;
	(void)pthread_rwlock_unlock(&v->lock);
	vault_public_clear(&old);
}

static int
there_renew(struct vault *v, struct note *note)
{
	struct question q = {.word = TALK_PUBLIC};
	struct vault got = {.n_access = 0};
	int r = ask(v, &q, 0);

	if (r == 0)
		r = talk_public_read(q.result, &got);
	if (r == OUT_BUSY)
		return note_set(note, r, "the vault does not answer");
	if (r == 0)
		public_take(v, &got);
	return FOLD(r);
}

static int
there_begin(struct vault *v, struct note *note)
{
	return v->n_access > 0 ? 0 : there_renew(v, note);
}

int
vault_there_state(struct vault *v, struct vault_state *ret)
{
	struct question q = {.word = TALK_STATE};
	int r = ask(v, &q, TALK_STATE_LEN);

	if (r == 0)
		r = FOLD(talk_state_read(q.result, ret));
	return r;
}

bool
vault_there_well(struct vault *v)
{
	struct there *t = (struct there *)v;
	struct vault_state state;
	bool fine;

	(void)pthread_mutex_lock(&t->lock);
	fine = t->trouble == VAULT_FINE;
	(void)pthread_mutex_unlock(&t->lock);
	return fine || vault_there_state(v, &state) == 0;
}

void
vault_there_count(struct vault *v, uint64_t *ret_asked, uint64_t *ret_lost)
{
	struct there *t = (struct there *)v;

	(void)pthread_mutex_lock(&t->lock);
	*ret_asked = t->asked;
	*ret_lost = t->lost;
	(void)pthread_mutex_unlock(&t->lock);
}

/* --- the beginning and the end --- */

static void
there_free(struct vault *v)
{
	struct there *t = (struct there *)v;

	for (size_t i = 0; i < t->n; i++)
		(void)close(t->channels[i].fd);
	(void)pthread_cond_destroy(&t->freed);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

static const struct vault_ops there_ops = {.begin = there_begin,
					   .renew = there_renew,
					   .free = there_free,
					   .digest = there_digest,
					   .access_sign = there_access_sign,
					   .registry_sign =
					       there_registry_sign};

int
vault_there_new(const struct vault_there_conf *conf, struct vault **ret)
{
	struct there *t = calloc(1, sizeof(*t));
	pthread_condattr_t attr;

	assert(conf->n >= 1 && conf->n <= VAULT_CHANNELS);
	if (t == NULL)
		return FAIL(-ENOMEM);
	vault_init(&t->vault, &there_ops);
	t->tell = conf->trouble;
	t->arg = conf->arg;
	t->n = conf->n;
	for (size_t i = 0; i < conf->n; i++)
		t->channels[i].fd = conf->fds[i];
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&t->freed, &attr);
	(void)pthread_condattr_destroy(&attr);
	*ret = &t->vault;
	return 0;
}
