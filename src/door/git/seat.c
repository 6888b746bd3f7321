#include "base/log.h"
#include "door/git/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_FDS 3

static void on_seat(struct source *);

static void
seat_free(struct source *source)
{
	struct seat *s = (struct seat *)source;

	buf_clear(&s->blob);
	free(s);
}

/* What goes into the trail as an address looks like one. */
static bool
addr_set(struct seat *s, struct str addr)
{
	if (addr.n == 0 || addr.n > DESK_ADDR_MAX)
		return false;
	for (size_t i = 0; i < addr.n; i++) {
		char c = addr.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') &&
		    !(c >= 'A' && c <= 'F') && c != '.' && c != ':')
			return false;
	}
	memcpy(s->addr, addr.p, addr.n);
	s->addr[addr.n] = '\0';
	s->named = true;
	return true;
}

void
seat_begin(struct desk *d, int fd, struct str addr)
{
	int flags = fcntl(fd, F_GETFL);
	struct seat *s = NULL;
	bool fine = desk_phase(d) == DESK_RUNS &&
		    d->n_seats < DESK_SESSIONS_MAX && flags >= 0 &&
		    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;

	if (fine)
		s = calloc(1, sizeof(*s));
	if (s != NULL) {
		s->source.on = on_seat;
		s->source.free = seat_free;
		s->desk = d;
		s->fd = fd;
		s->began_ms = s->idle_ms = d->now_ms;
		s->blob = (struct buf)BUF_INIT_MAX(SSHKEY_BLOB_MAX);
	}
	if (s == NULL || (addr.n > 0 && !addr_set(s, addr)) ||
	    desk_watch(d, fd, &s->source) != 0) {
		free(s);
		(void)close(fd);
		return;
	}
	LIST_INSERT_HEAD(&d->seats, s, link);
	d->n_seats++;
	atomic_fetch_add(&d->sessions_now, 1);
	atomic_fetch_add(&d->sessions_total, 1);
}

void
seat_end(struct seat *s, bool at_once)
{
	struct desk *d = s->desk;

	if (s->fd < 0)
		return;
	line_seat(s);
	run_orphan(s, at_once ? d->now_ms : d->now_ms + DESK_GRACE_MS);
	LIST_REMOVE(s, link);
	d->n_seats--;
	atomic_fetch_sub(&d->sessions_now, 1);
	desk_unwatch(d, s->fd, &s->source);
	(void)close(s->fd);
	desk_bury(d, &s->source);
	s->fd = -1;
}

void
seat_tell(struct seat *s, enum desk_word word, uint32_t number,
	  const struct str *parts, size_t n)
{
	struct desk_msg m = {.word = word, .number = number, .n_parts = n};
	struct desk *d = s->desk;
	int r;

	if (s->fd < 0)
		return;
	for (size_t i = 0; i < n; i++)
		m.part[i] = parts[i];
	buf_reset(&d->answer);
	r = desk_write(&m, &d->answer);
	if (r == 0)
		r = packet_send(s->fd, buf_str(&d->answer), NULL, 0);
	/* Whoever does not read what it asked for has something else in mind.
	 */
	if (r != 0)
		seat_end(s, false);
}

void
seat_text(struct seat *s, enum desk_word word, uint32_t number, struct str text)
{
	seat_tell(s, word, number, &text, 1);
}

struct proof
seat_proof(const struct seat *s)
{
	return (struct proof){.kind = PROOF_SSH_KEY,
			      .secret = buf_str(&s->blob),
			      .addr = str_c(s->addr)};
}

static int
hear_hello(struct seat *s, const struct desk_msg *m, const int *fds)
{
	(void)fds;
	return !s->named && addr_set(s, m->part[0]) ? 0 : OUT_MALFORMED;
}

/* For the operator's line: they can look for it, or tell whose it is. */
static void
note_refused(struct seat *s, struct str blob)
{
	s->refused++;
	if (sshkey_fingerprint(blob, s->print) != 0)
		s->print[0] = '\0';
}

static int
hear_offer(struct seat *s, const struct desk_msg *m, const int *fds)
{
	int r;

	(void)fds;
	if (s->proven || ++s->offers > DESK_OFFERS_MAX)
		return OUT_MALFORMED;
	r = gate_offered(s->desk->core, m->part[0]);
	if (r < 0)
		log_fail("desk_offer", r);
	if (r == OUT_UNPROVEN)
		note_refused(s, m->part[0]);
	seat_tell(s, r == 0 ? DESK_YES : DESK_NO, 0, NULL, 0);
	return 0;
}

/* Who somebody is, once and for good: no later word can change it. */
static int
hear_prove(struct seat *s, const struct desk_msg *m, const int *fds)
{
	struct desk *d = s->desk;
	struct subject who;
	struct proof proof;
	int r;

	(void)fds;
	if (s->proven) {
		seat_tell(s, DESK_NO, 0, NULL, 0);
		return OUT_MALFORMED;
	}
	if (s->proofs++ >= DESK_PROOFS_MAX || m->part[0].n > SSHKEY_BLOB_MAX ||
	    m->part[0].n == 0)
		return OUT_MALFORMED;
	buf_reset(&s->blob);
	r = buf_addstr(&s->blob, m->part[0]);
	proof = seat_proof(s);
	if (r == 0)
		r = gate_prove(d->core, &proof, &who);
	if (r == 0) {
		s->proven = true;
		s->who = who;
	} else {
		if (r < 0)
			log_fail("desk_prove", r);
		atomic_fetch_add(&d->proofs_failed, 1);
		note_refused(s, m->part[0]);
	}
	seat_tell(s, r == 0 ? DESK_YES : DESK_NO, 0, NULL, 0);
	return 0;
}

static int
hear_greet(struct seat *s, const struct desk_msg *m, const int *fds)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct proof proof = seat_proof(s);
	struct subject who;
	int r;

	(void)m;
	(void)fds;
	if (!s->proven)
		return OUT_MALFORMED;
	r = gate_prove(s->desk->core, &proof, &who);
	if (r == 0)
		r = greet_write(s->desk->core, &who, &text);
	if (r == OUT_UNPROVEN || r == OUT_EXPIRED) {
		seat_text(s, DESK_TEXT, 1,
			  STR("This key opens nothing any more.\n"));
		return 0;
	}
	if (r != 0) {
		if (r < 0)
			log_fail("desk_greet", r);
		seat_text(s, DESK_TEXT, 1,
			  STR("The server cannot say now who this is.\n"));
		return 0;
	}
	seat_text(s, DESK_TEXT, 0, buf_str(&text));
	return 0;
}

static int
hear_run(struct seat *s, const struct desk_msg *m, const int *fds)
{
	return s->proven ? run_begin(s, m, fds) : OUT_MALFORMED;
}

static const struct {
	int (*hear)(struct seat *, const struct desk_msg *, const int *fds);
	size_t parts, fds;
} words[DESK_WORDS] = {
    [DESK_HELLO] = {hear_hello, 1, 0},	 [DESK_OFFER] = {hear_offer, 1, 0},
    [DESK_PROVE] = {hear_prove, 1, 0},	 [DESK_GREET] = {hear_greet, 0, 0},
    [DESK_RUN] = {hear_run, 4, RUN_FDS},
};

static int
hear(struct seat *s, const int *fds, size_t n)
{
	struct desk_msg m;
	int r = desk_read(buf_str(&s->desk->packet), &m);

	if (r != 0)
		return r;
	if (words[m.word].hear == NULL || words[m.word].parts != m.n_parts ||
	    words[m.word].fds != n || (!s->named && m.word != DESK_HELLO))
		return OUT_MALFORMED;
	return words[m.word].hear(s, &m, fds);
}

static void
on_seat(struct source *source)
{
	struct seat *s = (struct seat *)source;
	int fds[RUN_FDS];
	size_t n = 0;
	int r = packet_recv(s->fd, &s->desk->packet, DESK_PACKET_MAX, fds,
			    RUN_FDS, &n);

	if (r == OUT_BUSY)
		return;
	if (r == 0)
		r = hear(s, fds, n);
	for (size_t i = 0; i < n; i++)
		(void)close(fds[i]);
	if (r == 0)
		return;
	if (r < 0)
		log_fail("desk_session", r);
	else if (r != OUT_ABSENT)
		log_say(LOG_WARN, "desk_session", "why=malformed addr=%s",
			s->addr);
	seat_end(s, r != OUT_ABSENT);
}
