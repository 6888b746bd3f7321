#include "base/test.h"
#include "blob/beneath.h"
#include "blob/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY   STR("00112233445566778899aabbccddeeff")
#define OTHER STR("ff112233445566778899aabbccddeeff")

static char folder[64];

static const char *
path_of(const char *name)
{
	static char path[4][256];
	static int turn;

	turn = (turn + 1) % 4;
	(void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static const char *
key_path(struct str key)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "blobs/%.2s/%.*s", key.p,
		       STR_ARG(key));
	return path_of(name);
}

static struct blob_store *
store_open(void)
{
	struct blob_store *store = NULL;
	struct note note = {""};

	if (blob_open_store(path_of("blobs"), &store, &note) == 0)
		return store;
	printf("Bail out! %s\n", note.text);
	exit(EXIT_FAILURE);
}

static bool
has(struct blob_store *store, struct str key, struct str want)
{
	char got[256];
	uint64_t size = 0;
	ssize_t n;
	int fd;

	if (blob_read(store, key, &fd, &size) != 0)
		return false;
	n = read(fd, got, sizeof(got));
	close(fd);
	return n >= 0 && size == want.n &&
	       str_eq((struct str){got, (size_t)n}, want);
}

static int
create(struct blob_store *store, struct str key, int *ret_fd)
{
	int r = blob_reserve(store, &key, 1);

	return r != 0 ? r : blob_append(store, key, 0, ret_fd);
}

static int
put(struct blob_store *store, struct str key, struct str content)
{
	int fd = -1, r = create(store, key, &fd);

	if (r != 0)
		return r;
	r = blob_write(fd, content.p, content.n);
	if (r == 0)
		r = blob_sync(fd);
	close(fd);
	return r;
}

static int
go_on(struct blob_store *store, uint64_t offset, struct str more)
{
	int fd = -1, r = blob_append(store, KEY, offset, &fd);

	if (r != 0)
		return r;
	r = blob_write(fd, more.p, more.n);
	close(fd);
	return r;
}

static void
test_life(void)
{
	struct blob_store *store = store_open();
	uint64_t size;
	struct stat st;
	int fd = -1;

	is_int(blob_read(store, KEY, &fd, &size), OUT_ABSENT, "nothing there");
	is_int(blob_append(store, KEY, 0, &fd), OUT_ABSENT, "to go on with");
	is_int(blob_remove(store, KEY), 0, "or to remove");
	is_int(put(store, KEY, STR("hello")), 0, "made");
	ok(has(store, KEY, STR("hello")), "and read");
	ok(stat(key_path(KEY), &st) == 0 && (st.st_mode & 07777) == 0600,
	   "private");
	is_int(create(store, KEY, &fd), -EEXIST, "a key is used once");
	is_int(go_on(store, 6, STR("x")), OUT_MISMATCH, "it is shorter");
	is_int(go_on(store, UINT64_MAX, STR("x")), OUT_MISMATCH, "far shorter");
	ok(has(store, KEY, STR("hello")), "and unchanged");
	is_int(go_on(store, 5, STR(" you")), 0, "at its end");
	ok(has(store, KEY, STR("hello you")), "it goes on");
	is_int(go_on(store, 4, STR("")), 0, "before its end");
	ok(has(store, KEY, STR("hell")), "it is cut");
	is_int(go_on(store, 0, STR("new")), 0, "at its start");
	ok(has(store, KEY, STR("new")), "it is cut to nothing");
	blob_free_store(store);
	store = store_open();
	ok(has(store, KEY, STR("new")), "there after opening again");
	is_int(blob_read(store, KEY, &fd, &size), 0, "while it is read");
	is_int(blob_remove(store, KEY), 0, "it is removed");
	is_int(fstat(fd, &st), 0, "and still read");
	is_int(st.st_size, 3, "to its end");
	close(fd);
	is_int(blob_remove(store, KEY), 0, "twice is no matter");
	is_int(blob_read(store, KEY, &fd, &size), OUT_ABSENT, "it is gone");
	is_int(put(store, OTHER, STR("")), 0, "an empty one");
	ok(has(store, OTHER, STR("")), "is there");
	is_int(blob_remove(store, OTHER), 0, "until it is removed");
	blob_free_store(store);
}

static void
test_keys(void)
{
	static const struct str bad[] = {
	    STR_INIT(""),
	    STR_INIT("00"),
	    STR_INIT("00112233445566778899aabbccddeef"),
	    STR_INIT("00112233445566778899aabbccddeeff0"),
	    STR_INIT("00112233445566778899AABBCCDDEEFF"),
	    STR_INIT("00112233445566778899aabbccddeef\0"),
	    STR_INIT("../../../../../../../etc/passwd0"),
	    STR_INIT("00/../../../../../../etc/passwd0")};
	struct blob_store *store = store_open();

	for (size_t i = 0; i < nitems(bad); i++) {
		uint64_t size;
		int fd;

		ok(create(store, bad[i], &fd) < 0 &&
		       blob_read(store, bad[i], &fd, &size) < 0 &&
		       blob_append(store, bad[i], 0, &fd) < 0 &&
		       blob_remove(store, bad[i]) < 0,
		   "no key: %.*s", STR_ARG(bad[i]));
	}
	blob_free_store(store);
}

static void
is_refused(struct blob_store *store, const char *what)
{
	uint64_t size;
	int fd = -1;

	is_int(blob_read(store, KEY, &fd, &size), -EUCLEAN, "%s: read", what);
	is_int(blob_append(store, KEY, 0, &fd), -EUCLEAN, "%s: append", what);
	ok(create(store, KEY, &fd) < 0, "%s: create", what);
}

static void
test_planted_file(void)
{
	struct blob_store *store = store_open();
	const char *victim = path_of("victim"), *at = key_path(KEY);
	int fd = open(victim, O_WRONLY | O_CREAT, 0600);

	ok(fd >= 0 && write(fd, "precious", 8) == 8, "a file elsewhere");
	close(fd);
	ok(symlink(victim, at) == 0, "a link to it");
	is_refused(store, "link");
	is_int(blob_remove(store, KEY), 0, "the link is removed");
	ok(symlink("../ff", at) == 0, "a link within");
	is_refused(store, "link within");
	ok(unlink(at) == 0 && link(victim, at) == 0, "a hard link");
	is_refused(store, "hard link");
	is_int(blob_remove(store, KEY), 0, "is removed");
	ok(mkfifo(at, 0600) == 0, "a pipe");
	is_refused(store, "pipe");
	ok(unlink(at) == 0 && mkdir(at, 0700) == 0, "a folder");
	is_refused(store, "folder");
	is_int(blob_remove(store, KEY), -EUCLEAN, "is not removed");
	ok(rmdir(at) == 0, "by us");
	blob_free_store(store);
	fd = open(victim, O_RDONLY);
	is_int(lseek(fd, 0, SEEK_END), 8, "the file elsewhere is untouched");
	close(fd);
	(void)unlink(victim);
}

static void
test_planted_folder(void)
{
	struct blob_store *store = store_open();
	const char *at = path_of("blobs/00"), *outside = path_of("outside");
	struct stat st;

	ok(mkdir(outside, 0700) == 0 && rmdir(at) == 0 &&
	       symlink(outside, at) == 0,
	   "a folder is exchanged for a link");
	is_refused(store, "folder link");
	is_int(blob_remove(store, KEY), -EUCLEAN, "nothing is removed there");
	ok(rmdir(outside) == 0, "and nothing was made there");
	blob_free_store(store);
	ok(unlink(at) == 0, "the link goes");
	store = store_open();
	ok(lstat(at, &st) == 0 && S_ISDIR(st.st_mode), "the folder is back");
	blob_free_store(store);
}

static void
test_root(void)
{
	struct blob_store *store = NULL;
	struct note note = {""};
	struct stat st;
	int n = 0;

	store = store_open();
	blob_free_store(store);
	for (int i = 0; i < 256; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "blobs/%02x", (unsigned)i);
		n += stat(path_of(name), &st) == 0 &&
		     (st.st_mode & 07777) == 0700;
	}
	is_int(n, 256, "256 folders of our own");
	ok(chmod(path_of("blobs"), 0770) == 0, "others may write to the root");
	ok(blob_open_store(path_of("blobs"), &store, &note) < 0,
	   "it is not used: %s", note.text);
	ok(chmod(path_of("blobs"), 0700) == 0, "only we");
	ok(blob_open_store(path_of("no/blobs"), &store, &note) != 0,
	   "no folder above it: %s", note.text);
}

static void
tick(int sig)
{
	(void)sig;
}

static struct str
many_key(size_t i, char text[BLOB_KEY_LEN + 1])
{
	(void)snprintf(text, BLOB_KEY_LEN + 1, "00%030zx", i);
	return str_c(text);
}

/* Keys of one folder, made and removed together. */
static void
test_many(void)
{
	char text[5][BLOB_KEY_LEN + 1];
	struct blob_store *store = store_open();
	struct str key[5], apart[2];

	for (size_t i = 0; i < nitems(key); i++)
		key[i] = many_key(i, text[i]);
	apart[0] = key[0];
	apart[1] = OTHER;
	ok(blob_reserve(store, key, 0) < 0, "none is no reservation");
	is_int(blob_reserve(store, key, 4), 0, "four");
	ok(has(store, key[0], STR("")) && has(store, key[3], STR("")),
	   "are there, and empty");
	ok(!has(store, key[4], STR("")), "no fifth");
	is_int(blob_reserve(store, key + 3, 2), -EEXIST, "not twice");
	is_int(blob_remove_all(store, key, 4), 0, "removed");
	ok(!has(store, key[0], STR("")) && !has(store, key[3], STR("")),
	   "they are gone");
	is_int(blob_remove_all(store, key, 4), 0, "twice is no matter");
	ok(blob_reserve(store, apart, 2) < 0, "two folders are refused");
	ok(!has(store, OTHER, STR("")), "nothing is made in the second");
	ok(blob_remove_all(store, apart, 2) < 0, "nor removed from two");
	ok(!has(store, key[0], STR("")), "the first folder's is");
	blob_free_store(store);
}

/* What cannot be removed does not keep the others. */
static void
test_many_odd(void)
{
	char text[3][BLOB_KEY_LEN + 1];
	struct blob_store *store = store_open();
	struct str key[3];

	for (size_t i = 0; i < nitems(key); i++)
		key[i] = many_key(i, text[i]);
	is_int(blob_reserve(store, key, 3), 0, "three");
	ok(unlink(key_path(key[1])) == 0 && mkdir(key_path(key[1]), 0700) == 0,
	   "one is exchanged for a folder");
	is_int(blob_remove_all(store, key, 3), -EUCLEAN, "it is told");
	ok(!has(store, key[0], STR("")) && !has(store, key[2], STR("")),
	   "the others are gone");
	ok(rmdir(key_path(key[1])) == 0, "that one is ours");
	blob_free_store(store);
}

/* Into a pipe that is read slowly while a signal keeps interrupting. */
static void
test_write(void)
{
	static char much[1 << 20];
	struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
	struct sigaction sa = {.sa_handler = tick};
	int ends[2], status = -1;
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		abort();
	if (child == 0) {
		size_t sum = 0;
		ssize_t n;

		close(ends[1]);
		while ((n = read(ends[0], much, 7777)) > 0) {
			sum += (size_t)n;
			usleep(200);
		}
		_exit(sum == sizeof(much) ? 0 : 1);
	}
	close(ends[0]);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	is_int(blob_write(ends[1], much, sizeof(much)), 0,
	       "a write that is interrupted");
	setitimer(ITIMER_REAL, &never, NULL);
	close(ends[1]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "is whole");
}

/* A device that is always full. */
static void
test_full(void)
{
	int fd = open("/dev/full", O_WRONLY);

	is_int(blob_write(fd, "x", 1), OUT_BUSY, "no space left");
	close(fd);
}

static void
all(const char *how)
{
	subtest(how)
	{
		test_life();
		test_keys();
		test_planted_file();
		test_planted_folder();
	}
}

static void
folder_remove(void)
{
	for (int i = 0; i < 256; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "blobs/%02x", (unsigned)i);
		(void)rmdir(path_of(name));
	}
	(void)rmdir(path_of("blobs"));
	ok(rmdir(folder) == 0, "nothing else was left behind");
}

/* One piece on each side of every rule of the direct way: whatever way bytes
 * go, they arrive whole and in order. */
static void
test_direct(void)
{
	static const size_t sizes[] = {BLOB_DIRECT_MIN,
				       BLOB_DIRECT_MIN + 1,
				       BLOB_DIRECT_MIN,
				       BLOB_DIRECT_MIN - 1,
				       2 * BLOB_DIRECT_MIN + BLOB_BLOCK,
				       5};
	struct blob_store *store = store_open();
	char *from = aligned_alloc(BLOB_BLOCK, 4 * BLOB_DIRECT_MIN);
	char *back = malloc(4 * BLOB_DIRECT_MIN);
	off_t at = 0;
	int fd = -1;

	for (size_t i = 0; i < 4 * BLOB_DIRECT_MIN; i++)
		from[i] = (char)(i * 31 + i / 4099);
	is_int(create(store, KEY, &fd), 0, "a large one begins");
	for (size_t i = 0; i < nitems(sizes); i++) {
		is_int(blob_write(fd, from + (i == 4), sizes[i]), 0,
		       "piece %zu is written", i);
		at += (off_t)sizes[i];
		is_int(lseek(fd, 0, SEEK_CUR), at, "and counted");
	}
	ok((fcntl(fd, F_GETFL) & O_DIRECT) == 0, "no flag is left behind");
	is_int(blob_sync(fd), 0, "it is on disk");
	close(fd);
	is_int(blob_read(store, KEY, &fd, &(uint64_t){0}), 0, "read again");
	for (size_t i = 0; i < nitems(sizes); i++) {
		is_int(read(fd, back, sizes[i]), sizes[i], "piece %zu", i);
		ok(memcmp(back, from + (i == 4), sizes[i]) == 0,
		   "is what was written");
	}
	close(fd);
	is_int(blob_remove(store, KEY), 0, "removed");
	free(from);
	free(back);
	blob_free_store(store);
}

static void
test_hold(void)
{
	struct blob_store *store;
	int one = -1, two = -1, none = -1;
	struct note note = {0};

	ok(blob_open_store(path_of("blobs"), &store, &note) == 0, "a store");
	is_int(blob_hold_together(path_of("nowhere"), &none), OUT_ABSENT,
	       "what is not there cannot be held");
	is_int(blob_hold_together(path_of("blobs"), &one), 0, "one copies it");
	is_int(blob_hold_together(path_of("blobs"), &two), 0, "and another");
	is_int(blob_hold_alone(store, &none), OUT_BUSY,
	       "nobody takes away meanwhile");
	(void)close(one);
	is_int(blob_hold_alone(store, &none), OUT_BUSY, "nor after the first");
	(void)close(two);
	is_int(blob_hold_alone(store, &none), 0, "only after the last");
	(void)close(none);
	blob_free_store(store);
}

int
main(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/latchkey-blob-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	test_root();
	test_many();
	test_many_odd();
	all("openat2");
	beneath_step_by_step(true);
	all("step by step");
	test_write();
	test_direct();
	test_full();
	test_hold();
	folder_remove();
	return done_testing();
}
