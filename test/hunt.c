/*
 * Looks for the secret part of a private key: hunt KEYFILE [-p PID | PATH]...
 *
 * KEYFILE is in OpenSSH's own form, in PEM (of PKCS #1 or SEC 1; an Ed25519 key
 * of PKCS #8), or the 32 bytes of a symmetric key. What is looked for: each 16
 * bytes of the numbers that make the key secret, as they are and in the order in
 * which arithmetic has them, in hex of both cases, and in base64 at its three
 * alignments; and each line of the file's text that has some of them. Where: in all memory of a process, in a file, or in all
 * files below a folder. Prints a line for each place that holds any; the exit
 * status is 0 when there is none, 1 when there is one, 2 when it could not
 * look.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK	    16
#define RAW	    32 /* bytes of a symmetric key */
#define NEEDLE_MAX  128
#define NEEDLES_MAX 4096
#define TABLE	    (1 << 16)
#define PIECE	    (1 << 20)
#define SHADOW	    (1ULL << 40) /* a sanitizer's notes: none has our bytes */

struct needle {
	uint8_t p[NEEDLE_MAX];
	size_t n;
	struct needle *next;
};
static struct needle needles[NEEDLES_MAX];
static size_t n_needles;
static struct needle *table[TABLE]; /* by the first eight bytes */
static bool found, failed;

static unsigned
hash_of(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	x *= 0x9e3779b97f4a7c15U;
	return (unsigned)(x >> 48) % TABLE;
}

static void
add(const void *p, size_t n)
{
	struct needle *s = &needles[n_needles];
	unsigned h;

	if (n < 8 || n > NEEDLE_MAX || n_needles == NEEDLES_MAX) {
		fprintf(stderr, "hunt: a needle of %zu bytes\n", n);
		exit(2);
	}
	memcpy(s->p, p, n);
	s->n = n;
	h = hash_of(s->p);
	s->next = table[h];
	table[h] = s;
	n_needles++;
}

static const char digits64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
add_base64(const uint8_t *p, size_t n)
{
	char text[NEEDLE_MAX];
	size_t at = 0;

	for (size_t i = 0; i + 3 <= n; i += 3) {
		unsigned x = (unsigned)(p[i] << 16 | p[i + 1] << 8 | p[i + 2]);

		for (int shift = 18; shift >= 0; shift -= 6)
			text[at++] = digits64[(x >> shift) & 63];
	}
	add(text, at);
}

static void
add_hex(const uint8_t *p, size_t n, const char digits[16])
{
	char text[NEEDLE_MAX];

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[p[i] >> 4];
		text[2 * i + 1] = digits[p[i] & 15];
	}
	add(text, 2 * n);
}

/* Where in the file's bytes the secret numbers are. */
static struct range {
	size_t from, to;
} secrets[16];
static size_t n_secrets;
static uint8_t key[1 << 16];

/* A number that must be nowhere. */
static void
add_secret(const uint8_t *p, size_t n)
{
	for (; n > CHUNK && p[0] == 0; n--)
		p++;
	secrets[n_secrets++] =
	    (struct range){(size_t)(p - key), (size_t)(p - key) + n};
	for (size_t i = 0; i + CHUNK <= n; i += CHUNK) {
		uint8_t back[CHUNK];

		for (size_t k = 0; k < CHUNK; k++)
			back[k] = p[i + CHUNK - 1 - k];
		add(p + i, CHUNK);
		add(back, CHUNK);
		add_hex(p + i, CHUNK, "0123456789abcdef");
		add_hex(p + i, CHUNK, "0123456789ABCDEF");
		for (size_t a = 0; a < 3 && i + a + 15 <= n; a++)
			add_base64(p + i + a, 15);
	}
}

struct part {
	const uint8_t *p;
	size_t n;
};

/* The next string of SSH's wire form. */
static struct part
take(struct part *from)
{
	struct part got = {NULL, 0};

	if (from->n >= 4) {
		size_t n = (size_t)from->p[0] << 24 | (size_t)from->p[1] << 16 |
			   (size_t)from->p[2] << 8 | from->p[3];

		if (n <= from->n - 4) {
			got = (struct part){from->p + 4, n};
			from->p += 4 + n;
			from->n -= 4 + n;
			return got;
		}
	}
	fprintf(stderr, "hunt: the key file is not understood\n");
	exit(2);
}

static bool
is(struct part s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

/* OpenSSH's PROTOCOL.key, without a pass phrase. */
static void
add_openssh(struct part bytes)
{
	struct part inner, type;

	bytes.p += 15;
	bytes.n -= 15;
	for (int i = 0; i < 3; i++) /* cipher, kdf, its options */
		(void)take(&bytes);
	bytes.p += 4;
	bytes.n -= 4;
	(void)take(&bytes); /* the public half */
	inner = take(&bytes);
	inner.p += 8;
	inner.n -= 8;
	type = take(&inner);
	if (is(type, "ssh-ed25519")) {
		(void)take(&inner);
		add_secret(take(&inner).p, 32);
	} else if (is(type, "ssh-rsa")) {
		(void)take(&inner);
		(void)take(&inner);
		for (int i = 0; i < 4; i++) { /* d, 1/q mod p, p, q */
			struct part x = take(&inner);

			add_secret(x.p, x.n);
		}
	} else {
		struct part d;

		(void)take(&inner);
		(void)take(&inner);
		d = take(&inner);
		add_secret(d.p, d.n);
	}
}

/* The next element of DER; *tag says what it is. */
static struct part
der(struct part *from, uint8_t *tag)
{
	size_t at = 2, n;

	if (from->n < 4) {
		fprintf(stderr, "hunt: the key file is not understood\n");
		exit(2);
	}
	*tag = from->p[0];
	n = from->p[1];
	if (n > 0x80) {
		size_t digits = n - 0x80;

		for (n = 0; digits > 0 && at < from->n; digits--)
			n = n << 8 | from->p[at++];
	}
	if (n > from->n - at) {
		fprintf(stderr, "hunt: the key file is cut off\n");
		exit(2);
	}
	from->p += at + n;
	from->n -= at + n;
	return (struct part){from->p - n, n};
}

/* RFC 8017 A.1.2, RFC 5915 and RFC 8410 (whose number is within a string within
 * a string). */
static void
add_pem(struct part bytes, const char *title)
{
	bool rsa = strstr(title, "RSA") != NULL;
	uint8_t tag;
	struct part in = der(&bytes, &tag);
	int number = 0;

	while (in.n > 0) {
		struct part x = der(&in, &tag);

		if (rsa && ++number > 3)
			add_secret(x.p, x.n);
		else if (!rsa && tag == 4)
			add_secret(x.p + (strstr(title, "EC") ? 0 : 2),
				   x.n - (strstr(title, "EC") ? 0 : 2));
	}
}

static size_t
decode(const char *p, size_t n, uint8_t *to)
{
	unsigned bits = 0, have = 0;
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const char *d = p[i] != '\0' ? strchr(digits64, p[i]) : NULL;

		if (d == NULL)
			continue;
		bits = bits << 6 | (unsigned)(d - digits64);
		have += 6;
		if (have >= 8) {
			have -= 8;
			to[at++] = (uint8_t)(bits >> have);
		}
	}
	return at;
}

/* A line of the text, if any of a secret number is in it. */
static void
add_line(const char *p, size_t n, size_t at)
{
	size_t from = at * 3 / 4, to = (at + n) * 3 / 4;

	for (size_t i = 0; i < n_secrets && n >= 24; i++)
		if (secrets[i].from < to && from < secrets[i].to) {
			add(p, n < NEEDLE_MAX ? n : NEEDLE_MAX);
			return;
		}
}

static bool
read_raw(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t n = f == NULL ? 0 : fread(key, 1, RAW + 1, f);

	if (f != NULL)
		(void)fclose(f);
	if (n != RAW)
		return false;
	add_secret(key, RAW);
	return true;
}

static void
read_key(const char *path)
{
	static char body[1 << 16];
	size_t n = 0, lines = 0, line_n = 0, bytes;
	FILE *f = fopen(path, "re");
	char line[256], title[256] = "";

	if (read_raw(path)) {
		(void)fclose(f);
		return;
	}
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		size_t len = strcspn(line, "\r\n");

		line[len] = '\0';
		if (strncmp(line, "-----BEGIN", 10) == 0)
			memcpy(title, line, len + 1);
		if (line[0] == '-' || n + len >= sizeof(body))
			continue;
		if (lines++ == 0)
			line_n = len;
		memcpy(body + n, line, len);
		n += len;
	}
	if (f == NULL || line_n == 0) {
		fprintf(stderr, "hunt: no key in %s\n", path);
		exit(2);
	}
	(void)fclose(f);
	bytes = decode(body, n, key);
	if (bytes > 15 && memcmp(key, "openssh-key-v1", 15) == 0)
		add_openssh((struct part){key, bytes});
	else
		add_pem((struct part){key, bytes}, title);
	for (size_t at = 0; at < n; at += line_n)
		add_line(body + at, n - at < line_n ? n - at : line_n, at);
}

/* Bytes that lie in two pieces are in the second one's beginning. */
static bool
look(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 8 <= n; i++)
		for (struct needle *s = table[hash_of(p + i)]; s != NULL;
		     s = s->next)
			if (s->n <= n - i && memcmp(s->p, p + i, s->n) == 0)
				return true;
	return false;
}

/* From at to end (0: until there is nothing more). */
static bool
look_through(int fd, off_t at, off_t end)
{
	static uint8_t bytes[PIECE + NEEDLE_MAX];
	size_t kept = 0;

	while (end == 0 || at < end) {
		size_t want = PIECE;
		ssize_t n;

		if (end != 0 && (size_t)(end - at) < want)
			want = (size_t)(end - at);
		n = pread(fd, bytes + kept, want, at);
		if (n <= 0)
			return false;
		at += n;
		if (look(bytes, kept + (size_t)n))
			return true;
		n += (ssize_t)kept;
		kept = n < NEEDLE_MAX ? (size_t)n : NEEDLE_MAX;
		memmove(bytes, bytes + n - kept, kept);
	}
	return false;
}

static void
hunt_process(const char *pid)
{
	unsigned long long from, to;
	char path[64], line[512], rights[8];
	FILE *maps;
	int mem;

	(void)snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "re");
	(void)snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	if (maps == NULL || mem < 0) {
		fprintf(stderr, "hunt: process %s: %s\n", pid, strerror(errno));
		failed = true;
	}
	while (maps != NULL && mem >= 0 &&
	       fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%llx-%llx %7s", &from, &to, rights) != 3 ||
		    rights[0] != 'r' || from >= 0x7fffffffffffffffU ||
		    to - from >= SHADOW)
			continue;
		if (!look_through(mem, (off_t)from, (off_t)to))
			continue;
		printf("process %s: %s", pid, line);
		found = true;
	}
	if (maps != NULL)
		(void)fclose(maps);
	if (mem >= 0)
		(void)close(mem);
}

static void hunt_folder(int fd, const char *path);

static void
hunt_path(int dir, const char *name, const char *path)
{
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		/* What a server removes meanwhile holds nothing. */
		if (errno != ENOENT && errno != ENXIO && errno != ELOOP) {
			fprintf(stderr, "hunt: %s: %s\n", path,
				strerror(errno));
			failed = true;
		}
	} else if (S_ISDIR(st.st_mode)) {
		hunt_folder(fd, path);
	} else if (S_ISREG(st.st_mode) && look_through(fd, 0, 0)) {
		printf("file %s\n", path);
		found = true;
	}
	if (fd >= 0)
		(void)close(fd);
}

static void
hunt_folder(int fd, const char *path)
{
	DIR *dir = fdopendir(dup(fd));
	struct dirent *e;
	char below[4096];

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(below, sizeof(below), "%s/%s", path, e->d_name);
		hunt_path(fd, e->d_name, below);
	}
	if (dir != NULL)
		(void)closedir(dir);
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: hunt KEYFILE [-p PID | PATH]...\n");
		return 2;
	}
	read_key(argv[1]);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "-p") == 0 && i + 1 < argc)
			hunt_process(argv[++i]);
		else
			hunt_path(AT_FDCWD, argv[i], argv[i]);
	}
	if (failed)
		return 2;
	return found ? 1 : 0;
}
