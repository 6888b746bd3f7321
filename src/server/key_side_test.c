#include "server/key_side.h"

#include "base/clock.h"
#include "base/test.h"
#include "server/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORDERS 24 /* at once */

static char program[PATH_MAX];
static const struct keymaker_order quick = {
    .type = SSHKEY_ED25519, .bits = 256, .comment = STR_INIT("web-key")};
static const struct keymaker_order slow = {
    .type = SSHKEY_RSA, .bits = 4096, .comment = STR_INIT("web-key")};

/* The tests lie one folder below the programs. */
static bool
program_find(void)
{
	char own[PATH_MAX - 64] = "";
	char *slash;

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0)
		return false;
	slash = strrchr(own, '/');
	*slash = '\0';
	(void)snprintf(program, sizeof(program), "%s/../latchkeyd-keymaker",
		       own);
	return access(program, X_OK) == 0;
}

/* The whole private half, and the end behind it. */
static bool
text_whole(struct made_key *key)
{
	char text[KEYMAKER_TEXT_MAX + 1];
	size_t have = 0;
	ssize_t n = 1;

	while (n > 0 && have < sizeof(text)) {
		n = read(key->fd, text + have, sizeof(text) - have);
		have += n > 0 ? (size_t)n : 0;
	}
	(void)close(key->fd);
	return n == 0 && have == key->text_len &&
	       str_starts((struct str){text, have},
			  STR("-----BEGIN OPENSSH PRIVATE KEY-----\n")) &&
	       str_ends((struct str){text, have},
			STR("-----END OPENSSH PRIVATE KEY-----\n"));
}

static int
make_one(struct key_side *k, const struct keymaker_order *o, struct note *note)
{
	struct made_key key = {.fd = -1};
	int r = key_side_make(k, o, &key, note);

	return r != 0 ? r : text_whole(&key) ? 0 : -1;
}

/* The only child of this process with this name; 0: none. of: its parent. */
static pid_t
child_of(pid_t of)
{
	char path[64], line[64] = "";
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)of,
		       (int)of);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	(void)fclose(f);
	return (pid_t)strtol(line, NULL, 10);
}

/* Threads have children of their own in /proc: whoever forked them. */
static pid_t
keymaker_pid(void)
{
	struct str rest, word;
	char line[4096] = "";
	pid_t found = 0;
	FILE *f = popen("cat /proc/$PPID/task/*/children", "re");
	char name[64], path[64];

	if (f == NULL)
		return 0;
	line[fread(line, 1, sizeof(line) - 1, f)] = '\0';
	(void)pclose(f);
	rest = str_c(line);
	while (str_next(&rest, ' ', &word)) {
		long pid = strtol(word.p, NULL, 10);
		FILE *comm;

		(void)snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		comm = pid > 0 ? fopen(path, "re") : NULL;
		if (comm == NULL)
			continue;
		if (fgets(name, sizeof(name), comm) != NULL &&
		    strncmp(name, "latchkeyd-keyma", 15) == 0)
			found = (pid_t)pid;
		(void)fclose(comm);
	}
	return found;
}

static uint64_t
metric(struct key_side *k, const char *name)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	char line[96];
	const char *at;

	key_side_metrics(k, &b);
	(void)snprintf(line, sizeof(line), "\nlatchkey_%s ", name);
	at = strstr(b.p, line);
	return at == NULL ? UINT64_MAX : strtoull(at + strlen(line), NULL, 10);
}

static void
test_orders(struct key_side *k)
{
	struct keymaker_order bad = quick;
	struct made_key key = {.fd = -1};
	struct note note = {0};
	enum sshkey_type type = SSHKEY_TYPES;
	unsigned bits = 0;

	is_int(key_side_make(k, &quick, &key, &note), 0, "a pair");
	is_int(sshkey_blob((struct str){(char *)key.blob, key.blob_len}, &type,
			   &bits),
	       0, "has a public half");
	ok(type == SSHKEY_ED25519 && bits == 256, "as ordered");
	ok(text_whole(&key), "and a private one");
	bad.bits = 255;
	is_int(make_one(k, &bad, &note), OUT_UNSUPPORTED, "not such a one");
	ok(note.text[0] != '\0', "which is said");
	is_int(metric(k, "key_pairs_made_total"), 1, "one is counted");
	is_int(metric(k, "key_pairs_failed_total"), 1, "and one that was not");
	is_int(metric(k, "keymaker_up"), 1, "more can be made");
}

struct side_order {
	struct key_side *side;
	const struct keymaker_order *order;
	int r;
	struct note note;
};

static void *
order_run(void *arg)
{
	struct side_order *o = arg;

	o->r = make_one(o->side, o->order, &o->note);
	return NULL;
}

static void
test_at_once(struct key_side *k)
{
	static struct side_order orders[ORDERS];
	pthread_t threads[ORDERS];
	int fine = 0;

	for (size_t i = 0; i < ORDERS; i++) {
		orders[i] = (struct side_order){.side = k, .order = &quick};
		if (pthread_create(&threads[i], NULL, order_run, &orders[i]))
			abort();
	}
	for (size_t i = 0; i < ORDERS; i++) {
		(void)pthread_join(threads[i], NULL);
		fine += orders[i].r == 0;
	}
	is_int(fine, ORDERS, "%d at once", ORDERS);
}

static pid_t
key_process(void)
{
	pid_t pid = 0;

	for (int i = 0; i < 2000 && pid == 0; i++) {
		(void)poll(NULL, 0, 1);
		pid = child_of(keymaker_pid());
	}
	return pid;
}

/* Whoever inherits it has to look first. */
static bool
gone(pid_t pid)
{
	for (int i = 0; i < 5000; i++) {
		if (kill(pid, 0) != 0)
			return errno == ESRCH;
		(void)poll(NULL, 0, 1);
	}
	return false;
}

/* The process of a key, or the keymaker itself, dies in the middle. */
static void
test_deaths(struct key_side *k)
{
	for (int whole = 0; whole <= 1; whole++) {
		struct side_order o = {.side = k, .order = &slow};
		struct note note = {0};
		pid_t pid, keymaker;
		pthread_t thread;

		if (pthread_create(&thread, NULL, order_run, &o) != 0)
			abort();
		pid = key_process();
		keymaker = keymaker_pid();
		ok(pid > 0 && kill(whole ? keymaker : pid, SIGKILL) == 0,
		   "%s is killed", whole ? "the keymaker" : "a key's process");
		(void)pthread_join(thread, NULL);
		is_int(o.r, OUT_BUSY, "the order is not carried out");
		ok(strstr(o.note.text, "try again") != NULL, "in clear words");
		is_int(make_one(k, &quick, &note), 0, "the next one is");
		ok(gone(pid), "nobody is left");
		is_int(metric(k, "keymaker_died_total"), (unsigned)whole,
		       "deaths are counted");
	}
}

static void
script_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0 ||
	    chmod(path, 0700) != 0)
		abort();
}

static void
side_end(struct key_side **k)
{
	key_side_free(*k);
}

static void
test_given_up(void)
{
	struct key_side *k = NULL;
	pid_t pid;

	is_int(key_side_new(program, "nobody", &k), 0, "it is started");
	pid = keymaker_pid();
	ok(pid > 0, "and not waited for");
	key_side_free(k);
	ok(kill(pid, 0) != 0, "it is gone when it is given up");
}

/* Programs that are not what they should be. */
static void
test_bad_programs(void)
{
	static const struct {
		const char *name, *text;
		int r;
	} scripts[] = {
	    {"one that ends", "#!/bin/sh\nexit 3\n", OUT_BUSY},
	    {"one that cannot run here", "#!/bin/sh\nexit 78\n", OUT_DENIED},
	    {"one that says something else",
	     "#!/bin/sh\nexec /usr/bin/perl -e "
	     "'open(S,\">&=3\"); syswrite(S, \"hello\"); sleep 60'\n",
	     OUT_BUSY},
	};
	char path[] = "/tmp/latchkey-key-side-XXXXXX";
	int fd = mkstemp(path);

	(void)close(fd);
	for (size_t i = 0; i < nitems(scripts); i++) {
		CLEAN(side_end) struct key_side *k = NULL;
		struct note note = {0};

		script_write(path, scripts[i].text);
		is_int(key_side_new(path, "nobody", &k), 0, "%s",
		       scripts[i].name);
		is_int(key_side_ready(k, &note), scripts[i].r, "is none");
		ok(strstr(note.text, path) != NULL, "it is named");
	}
	(void)unlink(path);
}

int
main(void)
{
	struct key_side *k = NULL;
	struct note note = {0};
	pid_t pid;

	(void)signal(SIGPIPE, SIG_IGN);
	ok(program_find(), "latchkeyd-keymaker has been built");
	is_int(key_side_new(program, "nobody", &k), 0, "it is started");
	if (k == NULL)
		return done_testing();
	is_int(key_side_ready(k, &note), 0, "and takes orders: %s", note.text);
	subtest("orders")
	{
		test_orders(k);
	}
	subtest("at once")
	{
		test_at_once(k);
	}
	subtest("deaths")
	{
		test_deaths(k);
	}
	pid = keymaker_pid();
	key_side_free(k);
	ok(pid > 0 && kill(pid, 0) != 0, "it is gone with us");
	subtest("given up")
	{
		test_given_up();
	}
	subtest("bad programs")
	{
		test_bad_programs();
	}
	return done_testing();
}
