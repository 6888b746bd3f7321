#include "crypt/vault_there.h"

#include "base/test.h"
#include "crypt/vault_talk.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[] = "/tmp/vault_there_test_XXXXXX";
static char dir[64];
static struct vault *here;
static const struct vault_state state = {.pid = 7, .seccomp = 2};

/* --- the codec --- */

/* The name of the key that signs now; one for each thread. */
static const char *
kid_of(struct vault *v)
{
	static _Thread_local char kid[VAULT_KID_MAX + 1];

	vault_access_kid(v, kid);
	return kid;
}

static int
public_of(struct str bytes)
{
	static struct vault v;
	int r = talk_public_read(bytes, &v);

	vault_public_clear(&v);
	return r;
}

static void
test_public(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	size_t kid = strlen(kid_of(here));

	is_int(talk_public_write(here, &b), 0, "the public half is written");
	is_int(public_of(buf_str(&b)), 0, "and read");
	for (size_t n = 0; n < b.n; n++)
		if (public_of(str_sub(buf_str(&b), 0, n)) != OUT_MALFORMED)
			ok(false, "cut after %zu bytes", n);
	(void)buf_addc(&b, 'x');
	is_int(public_of(buf_str(&b)), OUT_MALFORMED, "something behind it");
	b.n--;
	b.p[0] = VAULT_KEYS_MAX + 1;
	is_int(public_of(buf_str(&b)), OUT_MALFORMED, "too many keys");
	b.p[0] = 0;
	is_int(public_of(buf_str(&b)), OUT_MALFORMED, "none");
	b.p[0] = 1;
	b.p[2] = '/';
	is_int(public_of(buf_str(&b)), OUT_MALFORMED, "a kid that is a path");
	b.p[2] = '2';
	b.p[2 + kid] = b.p[2 + kid] == 'A' ? 'B' : 'A';
	is_int(public_of(buf_str(&b)), OUT_MALFORMED, "no point of the curve");
}

static void
test_small(void)
{
	uint8_t bytes[TALK_ARG_MAX], packed[TALK_STATE_LEN];
	struct vault_state got = {0};
	struct str kid, input, arg = {(char *)bytes, 0};
	int64_t version = 0;

	arg.n = talk_version_write(INT64_MAX, bytes);
	ok(talk_version_read(arg, &version, &input) == 0 &&
	       version == INT64_MAX && input.n == 0,
	   "a version");
	bytes[0] = 0x80;
	is_int(talk_version_read(arg, &version, &input), OUT_MALFORMED,
	       "a negative one");
	memset(bytes, 0, sizeof(bytes));
	is_int(talk_version_read(arg, &version, &input), OUT_MALFORMED, "0");
	arg.n = talk_kid_write(STR("abc"), bytes);
	ok(talk_kid_read(arg, &kid, &input) == 0 && str_eq(kid, STR("abc")),
	   "a kid");
	bytes[0] = 4;
	is_int(talk_kid_read(arg, &kid, &input), OUT_MALFORMED, "cut off");
	bytes[0] = 0;
	is_int(talk_kid_read(arg, &kid, &input), OUT_MALFORMED, "without name");
	talk_state_write(&state, packed);
	is_int(
	    talk_state_read((struct str){(char *)packed, TALK_STATE_LEN}, &got),
	    0, "a state");
	ok(memcmp(&got, &state, sizeof(got)) == 0, "is the same");
	is_int(talk_state_read((struct str){(char *)packed, 3}, &got),
	       OUT_MALFORMED, "a short one");
}

/* --- what a house makes of a question --- */

static int
answered(uint32_t number, uint8_t word, struct str arg, size_t *ret_n)
{
	CLEAN(buf_clear) struct buf q = BUF_INIT;
	CLEAN(buf_clear) struct buf a = BUF_INIT;
	struct talk_head head = {number, word};
	uint8_t bytes[TALK_HEAD_LEN];
	struct str rest = STR_NONE;

	talk_head_write(&head, bytes);
	(void)buf_add(&q, bytes, sizeof(bytes));
	(void)buf_addstr(&q, arg);
	if (talk_answer(here, &state, buf_str(&q), &a) != 0 ||
	    talk_head_read(buf_str(&a), &head, &rest) != 0 ||
	    head.number != number)
		return -1;
	*ret_n = rest.n;
	return head.what;
}

static void
test_questions(void)
{
	static const struct {
		const char *name;
		uint32_t number;
		uint8_t word;
		struct str arg;
		int want;
		size_t n;
	} rows[] = {
	    {"a digest", 1, TALK_DIGEST, STR_INIT("x"), 0, 32},
	    {"of nothing", 1, TALK_DIGEST, STR_INIT(""), 0, 32},
	    {"a registry token", UINT32_MAX, TALK_REGISTRY,
	     STR_INIT("\0\0\0\0\0\0\0\1in"), 0, 32},
	    {"of another version", 1, TALK_REGISTRY,
	     STR_INIT("\0\0\0\0\0\0\0\2in"), OUT_ABSENT, 0},
	    {"of half a version", 1, TALK_REGISTRY, STR_INIT("\0\0\0"),
	     OUT_MALFORMED, 0},
	    {"an access token of an unknown key", 1, TALK_ACCESS,
	     STR_INIT("\3abcin"), OUT_ABSENT, 0},
	    {"of a bad name", 1, TALK_ACCESS, STR_INIT("\3../in"),
	     OUT_MALFORMED, 0},
	    {"the state", 1, TALK_STATE, STR_INIT(""), 0, TALK_STATE_LEN},
	    {"the state with an argument", 1, TALK_STATE, STR_INIT("x"),
	     OUT_MALFORMED, 0},
	    {"an unknown word", 1, 99, STR_INIT(""), OUT_UNSUPPORTED, 0},
	    {"no word", 1, 0, STR_INIT(""), OUT_UNSUPPORTED, 0},
	    {"number 0", 0, TALK_DIGEST, STR_INIT("x"), OUT_MALFORMED, 0},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		size_t n = 0;

		is_int(answered(rows[i].number, rows[i].word, rows[i].arg, &n),
		       rows[i].want, "%s", rows[i].name);
		is_int(n, rows[i].n, "%s: the result's length", rows[i].name);
	}
}

/* --- over sockets --- */

struct world {
	int ours[VAULT_CHANNELS], theirs[VAULT_CHANNELS];
	size_t n;
	struct vault *v;
	enum vault_trouble heard[8];
	size_t n_heard, n_still;
	pid_t house;
};

static void
hear(void *arg, enum vault_trouble what)
{
	struct world *w = arg;

	if (what == VAULT_STILL)
		w->n_still++;
	else if (w->n_heard < nitems(w->heard))
		w->heard[w->n_heard++] = what;
}

static void
house_start(struct world *w)
{
	w->house = fork();
	if (w->house == 0) {
		for (size_t i = 0; i < w->n; i++)
			(void)close(w->ours[i]);
		_exit(vault_house_serve(here, &state, w->theirs, w->n) == 0
			  ? 0
			  : 1);
	}
	if (w->house < 0)
		abort();
}

static int
house_wait(struct world *w)
{
	int status = -1;

	(void)waitpid(w->house, &status, 0);
	w->house = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void
world_open(struct world *w, size_t n, bool house)
{
	struct vault_there_conf conf = {
	    .fds = w->ours, .n = n, .trouble = hear, .arg = w};

	*w = (struct world){.n = n};
	for (size_t i = 0; i < n; i++) {
		int two[2];

		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			       two) != 0)
			abort();
		w->ours[i] = two[0];
		w->theirs[i] = two[1];
	}
	if (house)
		house_start(w);
	if (vault_there_new(&conf, &w->v) != 0)
		abort();
}

static void
theirs_close(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		(void)close(w->theirs[i]);
}

static int
digest(struct world *w)
{
	uint8_t bytes[VAULT_DIGEST_LEN];

	return vault_digest(w->v, STR("x"), bytes);
}

static void
test_there(void)
{
	CLEAN(buf_clear) struct buf one = BUF_INIT;
	CLEAN(buf_clear) struct buf two = BUF_INIT;
	uint8_t a[VAULT_ES256_LEN], b[VAULT_ES256_LEN];
	struct vault_state got = {0};
	struct note note = {0};
	struct world w;

	world_open(&w, VAULT_CHANNELS, true);
	is_int(vault_begin(w.v, &note), 0, "begin: %s", note.text);
	{
		char kid[VAULT_KID_MAX + 1];

		vault_access_kid(here, kid);
		is_str(str_c(kid_of(w.v)), str_c(kid), "the same kid");
	}
	is_int(vault_registry_version(w.v), 1, "the same version");
	ok(vault_jwks(w.v, &one) == 0 && vault_jwks(here, &two) == 0, "JWKS");
	is_str(buf_str(&one), buf_str(&two), "the same");
	ok(vault_digest(w.v, STR("x"), a) == 0 &&
	       vault_digest(here, STR("x"), b) == 0 && memcmp(a, b, 32) == 0,
	   "the same digest");
	ok(vault_registry_sign(w.v, 1, STR("x"), a) == 0 &&
	       vault_registry_sign(here, 1, STR("x"), b) == 0 &&
	       memcmp(a, b, 32) == 0,
	   "the same token");
	is_int(vault_registry_sign(w.v, 2, STR("x"), a), OUT_ABSENT,
	       "no other version");
	is_int(vault_access_sign(w.v, kid_of(w.v), STR("in"), a), 0, "sign");
	is_int(vault_access_verify(w.v, str_c(kid_of(w.v)), STR("in"),
				   (struct str){(char *)a, 64}),
	       0, "verify with the public half");
	a[3] ^= 1;
	is_int(vault_access_verify(w.v, str_c(kid_of(w.v)), STR("in"),
				   (struct str){(char *)a, 64}),
	       OUT_UNPROVEN, "not another signature");
	ok(vault_there_state(w.v, &got) == 0 && got.pid == 7 &&
	       got.seccomp == 2,
	   "its state");
	ok(vault_there_well(w.v), "well");
	vault_free(w.v);
	theirs_close(&w);
	is_int(house_wait(&w), 0, "it ends when nobody asks any more");
	is_int(w.n_heard, 0, "no trouble");
}

struct asker {
	pthread_t thread;
	struct world *w;
	size_t right;
};

static void *
ask_many(void *arg)
{
	struct asker *a = arg;
	uint8_t want[VAULT_DIGEST_LEN], got[VAULT_DIGEST_LEN];
	char text[32];

	for (int i = 0; i < 500; i++) {
		int n = snprintf(text, sizeof(text), "%p %d", arg, i);
		struct str s = {text, (size_t)n};

		a->right += vault_digest(here, s, want) == 0 &&
			    vault_digest(a->w->v, s, got) == 0 &&
			    memcmp(want, got, sizeof(got)) == 0;
	}
	return NULL;
}

/* Killed under questions of many threads, again and again. */
static void
test_death(void)
{
	struct asker all[3 * VAULT_CHANNELS];
	struct note note = {0};
	struct world w;

	world_open(&w, VAULT_CHANNELS, true);
	is_int(vault_begin(w.v, &note), 0, "begin");
	for (size_t i = 0; i < nitems(all); i++) {
		all[i] = (struct asker){.w = &w};
		if (pthread_create(&all[i].thread, NULL, ask_many, &all[i]) !=
		    0)
			abort();
	}
	for (int i = 0; i < 10; i++) {
		(void)poll(NULL, 0, 5);
		(void)kill(w.house, SIGKILL);
		(void)house_wait(&w);
		for (size_t k = 0; k < w.n; k++)
			is_int(vault_house_lost(w.theirs[k]), 0, "told");
		house_start(&w);
	}
	for (size_t i = 0; i < nitems(all); i++) {
		(void)pthread_join(all[i].thread, NULL);
		is_int(all[i].right, 500, "asker %zu has all answers", i);
	}
	is_int(w.n_heard, 0, "nobody noticed");
	vault_free(w.v);
	theirs_close(&w);
	is_int(house_wait(&w), 0, "the last one ends");
}

static void
test_silence(void)
{
	struct note note = {0};
	struct world w;

	world_open(&w, 1, false);
	is_int(vault_begin(w.v, &note), OUT_BUSY, "nobody answers");
	ok(note.text[0] != '\0', "a note: %s", note.text);
	ok(w.n_heard == 1 && w.heard[0] == VAULT_SILENT, "that is told");
	for (int i = 0; i < 100; i++)
		if (digest(&w) != OUT_BUSY)
			ok(false, "answered");
	is_int(w.n_heard, 1, "and is told once");
	w.n_still = 0;
	(void)poll(NULL, 0, 2 * VAULT_PROBE_MS);
	is_int(digest(&w), OUT_BUSY, "it is tried again");
	is_int(w.n_still, 1, "and told that it is still silent");
	ok(!vault_there_well(w.v), "not well");
	house_start(&w);
	(void)poll(NULL, 0, 2 * VAULT_PROBE_MS);
	ok(vault_there_well(w.v), "it is asked again in a while");
	is_int(digest(&w), 0, "and has what was asked before in its past");
	ok(w.n_heard == 2 && w.heard[1] == VAULT_FINE, "that is told, too");
	is_int(vault_begin(w.v, &note), 0, "it can be begun late");
	vault_free(w.v);
	theirs_close(&w);
	is_int(house_wait(&w), 0, "the house ends");
}

static void
test_gone(void)
{
	struct world w;

	world_open(&w, 2, false);
	theirs_close(&w);
	is_int(digest(&w), OUT_BUSY, "the other end is closed");
	is_int(digest(&w), OUT_BUSY, "and stays so");
	ok(w.n_heard == 1 && w.heard[0] == VAULT_GONE, "told once");
	ok(!vault_there_well(w.v), "not well");
	vault_free(w.v);
}

/* A peer that says what it likes: the next question's number is 1. */
static void
test_garbage(void)
{
	static char huge[TALK_ANSWER_MAX + 1];
	static const struct {
		const char *name;
		struct str say;
	} rows[] = {
	    {"a short packet", STR_INIT("\0\0\0\1")},
	    {"a digest that is short", STR_INIT("\0\0\0\1\0abc")},
	    {"a digest that is long",
	     STR_INIT("\0\0\0\1\0"
		      "012345678901234567890123456789012")},
	    {"an outcome that is none", STR_INIT("\0\0\0\1\376")},
	    {"a huge packet", {huge, sizeof(huge)}},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct world w;

		world_open(&w, 1, false);
		if (send(w.theirs[0], rows[i].say.p, rows[i].say.n, 0) < 0)
			abort();
		is_int(digest(&w), OUT_BUSY, "%s", rows[i].name);
		ok(w.n_heard == 1 && w.heard[0] == VAULT_ODD, "is told");
		vault_free(w.v);
		theirs_close(&w);
	}
}

/* What the vault itself could not do. */
static void
test_failure(void)
{
	struct world w;

	world_open(&w, 1, false);
	if (send(w.theirs[0], "\0\0\0\1\377", 5, 0) < 0)
		abort();
	ok(digest(&w) < 0, "a failure over there is one here");
	if (send(w.theirs[0], "\0\0\0\2\1", 5, 0) < 0)
		abort();
	ok(digest(&w) < 0, "an outcome that a digest has not is one, too");
	is_int(w.n_heard, 0, "and no trouble");
	vault_free(w.v);
	theirs_close(&w);
}

static void
test_too_long(void)
{
	static char text[TALK_QUESTION_MAX];
	uint8_t bytes[VAULT_DIGEST_LEN];
	struct note note = {0};
	struct world w;

	world_open(&w, 1, true);
	is_int(vault_begin(w.v, &note), 0, "begin");
	ok(vault_digest(w.v, (struct str){text, sizeof(text)}, bytes) < 0,
	   "a question that is too long is not sent");
	is_int(vault_digest(w.v,
			    (struct str){text, sizeof(text) - TALK_HEAD_LEN},
			    bytes),
	       0, "the longest is");
	/* One that the front would not send. */
	if (send(w.ours[0], text, sizeof(text), 0) < 0)
		abort();
	is_int(digest(&w), 0, "and noise does not end it");
	vault_free(w.v);
	theirs_close(&w);
	is_int(house_wait(&w), 0, "the house ends");
}

int
main(void)
{
	struct note note = {0};

	if (mkdtemp(root) == NULL)
		return 99;
	(void)snprintf(dir, sizeof(dir), "%s/vault", root);
	if (vault_open(dir, true, &here, &note) != 0)
		return 99;
	test_public();
	test_small();
	test_questions();
	test_there();
	test_death();
	test_silence();
	test_gone();
	test_garbage();
	test_failure();
	test_too_long();
	vault_free(here);
	(void)snprintf(dir, sizeof(dir), "rm -rf %s", root);
	return system(dir) == 0 ? done_testing() : 99;
}
