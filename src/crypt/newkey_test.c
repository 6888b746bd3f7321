#include "base/test.h"

#include "base/sanitized.h"
#include "crypt/ec_point.h"
#include "crypt/newkey.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN  200
#define PRINT_LEN 32

/* What a forked child made: the first bytes of its secret part. */
static bool
child_makes(enum newkey_kind kind, char ret[PRINT_LEN])
{
	int fds[2], status = -1;
	struct newkey k;
	ssize_t n = -1;
	pid_t pid;

	if (pipe(fds) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		if (newkey_make(kind, 0, &k) != 0 || k.secret.n < PRINT_LEN)
			_exit(1);
		_exit(write(fds[1], k.secret.p, PRINT_LEN) == PRINT_LEN ? 0
									: 2);
	}
	(void)close(fds[1]);
	if (pid > 0) {
		n = read(fds[0], ret, PRINT_LEN);
		(void)waitpid(pid, &status, 0);
	}
	(void)close(fds[0]);
	return n == PRINT_LEN && status == 0;
}

static int
print_cmp(const void *a, const void *b)
{
	return memcmp(a, b, PRINT_LEN);
}

/* One parent, which has used the generator itself before. */
static void
test_children(enum newkey_kind kind, const char *name)
{
	static char prints[CHILDREN][PRINT_LEN];
	int made = 0, same = 0;

	for (size_t i = 0; i < CHILDREN; i++)
		made += child_makes(kind, prints[i]);
	is_int(made, CHILDREN, "%s: %d children make keys", name, CHILDREN);
	qsort(prints, CHILDREN, PRINT_LEN, print_cmp);
	for (size_t i = 1; i < CHILDREN; i++)
		same += memcmp(prints[i - 1], prints[i], PRINT_LEN) == 0;
	is_int(same, 0, "%s: none of them like another", name);
}

/* --- what is left in memory --- */

static size_t
count_in(const char *from, const char *to, const char *needle, size_t n)
{
	size_t found = 0;

	while (from + n <= to) {
		from = memmem(from, (size_t)(to - from), needle, n);
		if (from == NULL)
			break;
		found++;
		from++;
	}
	return found;
}

/* In the heap of this process, in either order of bytes, as numbers lie in
 * memory. What is looked for is kept turned round itself. */
static size_t
count_heap(const char *turned, size_t n)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512], needle[64], back[64];
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		needle[i] = (char)~turned[i];
		back[n - 1 - i] = needle[i];
	}
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned long from, to;

		if (strstr(line, "[heap]") == NULL ||
		    sscanf(line, "%lx-%lx ", &from, &to) != 2)
			continue;
		found += count_in((char *)from, (char *)to, needle, n);
		found += count_in((char *)from, (char *)to, back, n);
	}
	if (f != NULL)
		(void)fclose(f);
	return found;
}

/* The middle of a number, which has no bytes of its own. */
static size_t
turn(struct str s, char ret[16])
{
	size_t n = s.n < 16 ? s.n : 16, from = (s.n - n) / 2;

	for (size_t i = 0; i < n; i++)
		ret[i] = (char)~s.p[from + i];
	return n;
}

static void
hunt(const struct newkey *k, struct str number, const char *name)
{
	char turned[16], *copy = malloc(number.n);
	size_t n = turn(number, turned);

	(void)k;
	ok(n >= 8 && copy != NULL, "%s: there is something to look for", name);
	memcpy(copy, number.p, number.n);
	is_int(count_heap(turned, n), 1, "%s: a copy would be found", name);
	explicit_bzero(copy, number.n);
	free(copy);
	is_int(count_heap(turned, n), 0, "%s: there is none", name);
}

static void
test_memory(void)
{
	static struct newkey k; /* not on the heap */

	is_int(newkey_make(NEWKEY_ED25519, 0, &k), 0, "Ed25519");
	hunt(&k, k.secret, "seed");
	is_int(newkey_make(NEWKEY_P256, 0, &k), 0, "P-256");
	hunt(&k, k.secret, "P-256");
	is_int(newkey_make(NEWKEY_P384, 0, &k), 0, "P-384");
	hunt(&k, k.secret, "P-384");
	is_int(newkey_make(NEWKEY_RSA, 2048, &k), 0, "RSA");
	hunt(&k, k.d, "d");
	hunt(&k, k.p, "p");
	hunt(&k, k.q, "q");
	hunt(&k, k.dp, "dp");
	hunt(&k, k.dq, "dq");
	hunt(&k, k.qinv, "qinv");
	newkey_clear(&k);
	for (size_t i = 0; i < sizeof(k.room); i++)
		if (k.room[i] != 0)
			ok(false, "byte %zu is left", i);
	ok(k.secret.p == NULL && k.d.p == NULL, "and it is cleared");
}

static void
test_kinds(void)
{
	static struct newkey k;
	static const unsigned bits[] = {2048, 3072, 4096};

	is_int(newkey_make(NEWKEY_ED25519, 0, &k), 0, "Ed25519");
	is_int(k.secret.n, 32, "has a seed");
	is_int(ec_point_ed25519(k.point), 0, "and a point");
	is_int(newkey_make(NEWKEY_P256, 0, &k), 0, "P-256");
	is_int(k.secret.n, 32, "has a number");
	is_int(ec_point_check(256, k.point), 0, "and a point");
	is_int(newkey_make(NEWKEY_P384, 0, &k), 0, "P-384");
	is_int(k.secret.n, 48, "has a number");
	is_int(ec_point_check(384, k.point), 0, "and a point");
	for (size_t i = 0; i < nitems(bits); i++) {
		is_int(newkey_make(NEWKEY_RSA, bits[i], &k), 0, "RSA %u",
		       bits[i]);
		is_int(k.n.n, bits[i] / 8, "has a modulus of this length");
		ok((uint8_t)k.n.p[0] >= 0x80, "to the bit");
		ok(k.p.n == bits[i] / 16 && k.q.n == bits[i] / 16,
		   "and two factors of half of it");
		is_str(k.e, STR("\x01\x00\x01"), "and the usual exponent");
	}
	newkey_clear(&k);
}

/* Memory that OpenSSL got elsewhere cannot be wiped any more. */
static bool
too_late(void)
{
	struct newkey k;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(newkey_make(NEWKEY_P256, 0, &k) == 0 &&
			      newkey_prepare() < 0
			  ? 0
			  : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int
main(void)
{
	ok(too_late(), "whoever has made keys before is told");
	is_int(newkey_prepare(), 0, "everything is at hand");
	subtest("kinds")
	{
		test_kinds();
	}
	subtest("children")
	{
		test_children(NEWKEY_ED25519, "Ed25519");
		test_children(NEWKEY_P256, "P-256");
	}
	/* A sanitizer has a heap of its own. */
	if (!SANITIZED)
		subtest("memory")
		{
			test_memory();
		}
	return done_testing();
}
