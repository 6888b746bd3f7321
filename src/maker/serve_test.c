#include "maker/maker.h"

#include "base/packet.h"
#include "base/sanitized.h"
#include "base/test.h"
#include "wire/keymaker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEYS 200

static pid_t maker;
static int orders; /* our end */

static void
maker_begin(int64_t job_ms)
{
	CLEAN(buf_clear) struct buf ready = BUF_INIT;
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	size_t n = 0;
	int ends[2];

	(void)setrlimit(RLIMIT_CORE, &all);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		abort();
	maker = fork();
	if (maker == 0) {
		/* Where latchkeyd puts it. */
		if (ends[1] != 3 && dup2(ends[1], 3) != 3)
			_exit(99);
		if (close_range(4, ~0U, 0) != 0)
			_exit(98);
		_exit(maker_serve(&(struct maker_conf){.job_ms = job_ms}));
	}
	(void)close(ends[1]);
	orders = ends[0];
	is_int(packet_recv(orders, &ready, 16, NULL, 0, &n), 0,
	       "it takes orders");
	is_str(buf_str(&ready), STR(KEYMAKER_READY), "and says so");
}

static int
maker_end(void)
{
	int status = -1;

	(void)close(orders);
	if (waitpid(maker, &status, 0) != maker)
		return -1;
	return status;
}

/* The reader's end of an order's stream. */
static int
order_packet(struct str packet)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ||
	    packet_send(orders, packet, &ends[1], 1) != 0)
		abort();
	(void)close(ends[1]);
	return ends[0];
}

static int
order_form(enum sshkey_type type, unsigned bits, enum keymaker_form form)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct keymaker_order o = {.type = type,
				   .bits = bits,
				   .form = form,
				   .comment = STR("web-key")};

	if (keymaker_order_write(&o, &b) != 0)
		abort();
	return order_packet(buf_str(&b));
}

static int
order(enum sshkey_type type, unsigned bits)
{
	return order_form(type, bits, KEYMAKER_OPENSSH);
}

struct answer {
	struct keymaker_head head;
	uint8_t blob[KEYMAKER_BLOB_MAX];
	char text[KEYMAKER_TEXT_MAX];
};

static bool
read_all(int fd, void *p, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, (char *)p + have, n - have);

		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

/* All of it, and nothing behind it. */
static bool
answer(int fd, struct answer *ret)
{
	uint8_t head[KEYMAKER_HEAD_LEN];
	bool whole = read_all(fd, head, sizeof(head)) &&
		     keymaker_head_read(head, &ret->head) == 0 &&
		     read_all(fd, ret->blob, ret->head.blob_len) &&
		     read_all(fd, ret->text, ret->head.text_len) &&
		     read(fd, head, 1) == 0;

	(void)close(fd);
	return whole;
}

static enum keymaker_status
status_of(int fd)
{
	struct answer a = {.head = {.status = KEYMAKER_STATUSES}};

	return answer(fd, &a) ? a.head.status : KEYMAKER_STATUSES;
}

static bool
is_pair(int fd, enum sshkey_type want, unsigned want_bits, struct answer *a)
{
	enum sshkey_type type = SSHKEY_TYPES;
	unsigned bits = 0;

	return answer(fd, a) && a->head.status == KEYMAKER_FINE &&
	       sshkey_blob((struct str){(char *)a->blob, a->head.blob_len},
			   &type, &bits) == 0 &&
	       type == want && bits == want_bits &&
	       str_starts((struct str){a->text, a->head.text_len},
			  STR("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
}

static void
test_kinds(void)
{
	static const struct {
		enum sshkey_type type;
		unsigned bits;
	} kinds[] = {{SSHKEY_ED25519, 256},  {SSHKEY_ECDSA256, 256},
		     {SSHKEY_ECDSA384, 384}, {SSHKEY_RSA, 2048},
		     {SSHKEY_RSA, 3072},     {SSHKEY_RSA, 4096}};
	struct answer a;

	/* Each after each other: what one kind has in its process the next
	 * may not have. */
	for (size_t i = 0; i < nitems(kinds); i++) {
		ok(is_pair(order(kinds[i].type, kinds[i].bits), kinds[i].type,
			   kinds[i].bits, &a),
		   "type %d of %u bits", (int)kinds[i].type, kinds[i].bits);
		is_int(status_of(order_form(kinds[i].type, kinds[i].bits,
					    KEYMAKER_PEM)),
		       KEYMAKER_FINE, "  in the other form");
		is_int(status_of(order_form(SSHKEY_ED25519, 256, KEYMAKER_PEM)),
		       KEYMAKER_FINE, "  and an Ed25519 key after it");
	}
}

static int
blob_cmp(const void *a, const void *b)
{
	return memcmp(a, b, 128);
}

/* Forked from one parent, which has used the generator before. */
static void
test_different(enum sshkey_type type, unsigned bits)
{
	static char blobs[KEYS][128];
	int made = 0, same = 0;

	memset(blobs, 0, sizeof(blobs));
	for (size_t i = 0; i < KEYS; i++) {
		struct answer a;

		made += is_pair(order(type, bits), type, bits, &a);
		memcpy(blobs[i], a.blob,
		       a.head.blob_len < 128 ? a.head.blob_len : 128);
	}
	is_int(made, KEYS, "type %d: %d pairs", (int)type, KEYS);
	qsort(blobs, KEYS, sizeof(blobs[0]), blob_cmp);
	for (size_t i = 1; i < KEYS; i++)
		same += memcmp(blobs[i - 1], blobs[i], sizeof(blobs[0])) == 0;
	is_int(same, 0, "type %d: no two alike", (int)type);
}

static void
test_bad_orders(void)
{
	is_int(status_of(order_packet(STR("x"))), KEYMAKER_REFUSED,
	       "half an order");
	is_int(status_of(order_packet(STR("\x04\x02\x09\0\0"))),
	       KEYMAKER_REFUSED, "a type that is not made");
	is_int(status_of(order_packet(STR("\0\x40\0\0\0"))), KEYMAKER_REFUSED,
	       "16384 bits");
	is_int(packet_send(orders, STR("\x01\x01\0\0\0"), NULL, 0), 0,
	       "an order with nowhere to answer");
	is_int(status_of(order(SSHKEY_ED25519, 256)), KEYMAKER_FINE,
	       "and it goes on");
}

/* The processes of the maker that are there now, zombies too. */
static int
children(pid_t ret[MAKER_JOBS_MAX])
{
	char path[64], line[1024] = "";
	int n = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
		       (int)maker, (int)maker);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	if (fgets(line, sizeof(line), f) != NULL)
		for (char *p = line, *end; n < MAKER_JOBS_MAX; p = end) {
			long pid = strtol(p, &end, 10);

			if (end == p)
				break;
			ret[n++] = (pid_t)pid;
		}
	(void)fclose(f);
	return n;
}

static int
children_wait(int want, pid_t ret[MAKER_JOBS_MAX])
{
	int n = -1;

	for (int i = 0; i < 5000 && n != want; i++) {
		if (i > 0)
			(void)poll(NULL, 0, 2);
		n = children(ret);
	}
	return n;
}

static void
test_many(void)
{
	pid_t pids[MAKER_JOBS_MAX];
	int fds[MAKER_SLOW_MAX + 3], fine = 0;

	for (size_t i = 0; i < nitems(fds); i++)
		fds[i] =
		    order(SSHKEY_RSA, i < MAKER_SLOW_RUNNING_MAX ? 4096 : 2048);
	is_int(status_of(fds[MAKER_SLOW_MAX]), KEYMAKER_BUSY,
	       "over %d RSA keys at once", MAKER_SLOW_MAX);
	ok(children(pids) <= MAKER_SLOW_RUNNING_MAX, "few of them at work");
	is_int(status_of(order(SSHKEY_ED25519, 256)), KEYMAKER_FINE,
	       "another kind does not wait for them");
	for (size_t i = 0; i < nitems(fds); i++)
		if (i < MAKER_SLOW_MAX - 2)
			(void)close(fds[i]); /* nobody waits for it */
		else if (i < MAKER_SLOW_MAX)
			fine += status_of(fds[i]) == KEYMAKER_FINE;
	is_int(fine, 2, "those at the end of the line are made");
	(void)close(fds[MAKER_SLOW_MAX + 1]);
	(void)close(fds[MAKER_SLOW_MAX + 2]);
	is_int(children_wait(0, pids), 0, "nobody is left");
}

/* A key's process dies in the middle. */
static void
test_deaths(void)
{
	static const int signals[] = {SIGSEGV, SIGABRT, SIGKILL, SIGBUS};
	pid_t pids[MAKER_JOBS_MAX];

	for (size_t i = 0; i < nitems(signals); i++) {
		int fd = order(SSHKEY_RSA, 4096);

		is_int(children_wait(1, pids), 1, "signal %d: it is at work",
		       signals[i]);
		ok(kill(pids[0], signals[i]) == 0, "signal %d", signals[i]);
		is_int(status_of(fd), KEYMAKER_STATUSES,
		       "signal %d: an early end", signals[i]);
		is_int(status_of(order(SSHKEY_ED25519, 256)), KEYMAKER_FINE,
		       "signal %d: the next one is made", signals[i]);
	}
	is_int(children_wait(0, pids), 0, "no zombies");
}

/* More orders than places: the rest wait in the socket. */
static void
test_places(void)
{
	int fds[MAKER_JOBS_MAX + 8], fine = 0;

	if (kill(maker, SIGSTOP) != 0)
		abort();
	for (size_t i = 0; i < nitems(fds); i++)
		fds[i] = order(SSHKEY_ECDSA384, 384);
	(void)kill(maker, SIGCONT);
	for (size_t i = 0; i < nitems(fds); i++)
		fine += status_of(fds[i]) == KEYMAKER_FINE;
	is_int(fine, nitems(fds), "%zu orders at once are all carried out",
	       nitems(fds));
}

/* One that hangs is killed, and one that waits behind it gives up. */
static void
test_late(void)
{
	pid_t pids[MAKER_JOBS_MAX];
	int fds[MAKER_SLOW_RUNNING_MAX + 1];

	for (size_t i = 0; i < nitems(fds); i++)
		fds[i] = order(SSHKEY_RSA, 4096);
	is_int(children_wait(MAKER_SLOW_RUNNING_MAX, pids),
	       MAKER_SLOW_RUNNING_MAX, "they are at work");
	for (size_t i = 0; i < MAKER_SLOW_RUNNING_MAX; i++)
		(void)kill(pids[i], SIGSTOP);
	for (size_t i = 0; i < nitems(fds); i++)
		is_int(status_of(fds[i]), KEYMAKER_STATUSES,
		       "order %zu: an early end", i);
	is_int(children_wait(0, pids), 0, "nobody is left");
}

/* Whoever gives up is not worked for. */
static void
test_left(void)
{
	pid_t pids[MAKER_JOBS_MAX];
	int fds[4];

	for (size_t i = 0; i < nitems(fds); i++)
		fds[i] = order(SSHKEY_RSA, 4096);
	for (size_t i = 0; i < nitems(fds); i++)
		(void)close(fds[i]);
	is_int(children_wait(0, pids), 0, "nobody works for nobody");
}

static bool
is_there(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

static void
test_end(void)
{
	pid_t pids[MAKER_JOBS_MAX];
	int fd = order(SSHKEY_RSA, 4096);

	is_int(children_wait(1, pids), 1, "one is at work");
	is_int(maker_end(), 0, "it ends with its socket");
	ok(!is_there(pids[0]), "and so does what it was doing");
	is_int(status_of(fd), KEYMAKER_STATUSES, "which is seen");
}

int
main(void)
{
	maker_begin(0);
	subtest("kinds")
	{
		test_kinds();
	}
	subtest("different")
	{
		test_different(SSHKEY_ED25519, 256);
		test_different(SSHKEY_ECDSA256, 256);
	}
	subtest("bad orders")
	{
		test_bad_orders();
	}
	subtest("many")
	{
		test_many();
	}
	subtest("deaths")
	{
		test_deaths();
	}
	subtest("places")
	{
		test_places();
	}
	subtest("left")
	{
		test_left();
	}
	subtest("end")
	{
		test_end();
	}
	maker_begin(100);
	subtest("late")
	{
		test_late();
	}
	is_int(maker_end(), 0, "it ends");
	return done_testing();
}
