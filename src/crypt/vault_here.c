/*
 * The vault inside this process. Once open it only reads, so that any number of
 * threads may ask at the same time without a lock.
 */
#include "crypt/vault.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/secret.h"
#include "crypt/es256.h"
#include "crypt/mac.h"
#include "crypt/rand.h"
#include "crypt/vault_file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEYS_MAX      32
#define RAW_LEN	      32
#define FILE_NAME_MAX 64

static_assert(VAULT_ES256_LEN == ES256_LEN, "one length of signatures");
static_assert(VAULT_HS256_LEN == MAC_LEN && VAULT_DIGEST_LEN == MAC_LEN,
	      "one length of keyed digests");

/* The bytes of the keys, in a mapping of their own: locked, not dumped, and
 * read-only once filled. */
struct raw {
	uint8_t pepper[RAW_LEN];
	uint8_t registry[KEYS_MAX][RAW_LEN];
};

struct access_key {
	char kid[VAULT_KID_MAX + 1];
	struct es256 *key;
};

struct vault {
	struct raw *raw;
	int64_t versions[KEYS_MAX]; /* of raw->registry; the newest first */
	size_t version_count;
	struct access_key access[KEYS_MAX]; /* the newest first */
	size_t access_count;
};

/* What vault_open() works with. */
struct opening {
	struct vault *v;
	int dir;
	bool make;
	struct note *note;
};

static void
opening_clear(struct opening *o)
{
	vault_free(o->v);
	if (o->dir >= 0)
		(void)close(o->dir);
}

static void
dir_freep(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

static struct vault *
vault_new(void)
{
	struct vault *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->raw = mmap(NULL, sizeof(*v->raw), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->raw == MAP_FAILED) {
		free(v);
		return NULL;
	}
	/* Both are precautions that a container may not grant. */
	(void)mlock(v->raw, sizeof(*v->raw));
	(void)madvise(v->raw, sizeof(*v->raw), MADV_DONTDUMP);
	return v;
}

void
vault_free(struct vault *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->access_count; i++)
		es256_free(v->access[i].key);
	if (mprotect(v->raw, sizeof(*v->raw), PROT_READ | PROT_WRITE) == 0)
		mem_wipe(v->raw, sizeof(*v->raw));
	(void)munmap(v->raw, sizeof(*v->raw));
	free(v);
}

static int
make_raw(struct opening *o, const char *name)
{
	uint8_t bytes[RAW_LEN];
	int r = rand_bytes(bytes, sizeof(bytes));

	if (r == 0)
		r = vault_file_make(o->dir, name,
				    (struct str){(char *)bytes, sizeof(bytes)});
	mem_wipe(bytes, sizeof(bytes));
	return FOLD(r);
}

static int
read_raw(struct opening *o, const char *name, uint8_t ret[RAW_LEN])
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int r = vault_file_read(o->dir, name, &b, o->note);

	if (r != 0)
		return r;
	if (b.n != RAW_LEN)
		return note_set(o->note, OUT_DENIED,
				"key file %s has %zu bytes instead of %d", name,
				b.n, RAW_LEN);
	memcpy(ret, b.p, RAW_LEN);
	return 0;
}

static int
open_pepper(struct opening *o)
{
	int r = read_raw(o, "pepper", o->v->raw->pepper);

	if (r != OUT_ABSENT || !o->make)
		return r;
	r = make_raw(o, "pepper");
	return r != 0 ? r : read_raw(o, "pepper", o->v->raw->pepper);
}

static bool
is_kid(struct str s)
{
	if (s.n == 0 || s.n > VAULT_KID_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    c != '-')
			return false;
	}
	return true;
}

static int
too_many(struct opening *o)
{
	return note_set(o->note, OUT_DENIED, "more than %d keys of one kind",
			KEYS_MAX);
}

/* The kid starts with the day it was made, so the order of names is the order
 * of time. */
static int
add_access(struct opening *o, const char *name, struct str kid)
{
	CLEAN(buf_clear) struct buf pem = BUF_INIT;
	struct access_key *keys = o->v->access;
	size_t at = 0, n = o->v->access_count;
	struct es256 *key = NULL;
	int r;

	if (n == KEYS_MAX)
		return too_many(o);
	r = vault_file_read(o->dir, name, &pem, o->note);
	if (r == 0)
		r = es256_load(buf_str(&pem), &key);
	if (r == OUT_MALFORMED)
		return note_set(o->note, OUT_DENIED,
				"key file %s holds no P-256 key", name);
	if (r != 0)
		return r;
	while (at < n && str_cmp(str_c(keys[at].kid), kid) > 0)
		at++;
	memmove(&keys[at + 1], &keys[at], (n - at) * sizeof(*keys));
	keys[at] = (struct access_key){.key = key};
	memcpy(keys[at].kid, kid.p, kid.n);
	o->v->access_count++;
	return 0;
}

static int
add_registry(struct opening *o, const char *name, int64_t version)
{
	struct vault *v = o->v;
	size_t at = 0, n = v->version_count;
	uint8_t bytes[RAW_LEN];
	int r;

	if (n == KEYS_MAX)
		return too_many(o);
	r = read_raw(o, name, bytes);
	if (r != 0)
		return r;
	while (at < n && v->versions[at] > version)
		at++;
	memmove(&v->versions[at + 1], &v->versions[at],
		(n - at) * sizeof(v->versions[0]));
	memmove(v->raw->registry[at + 1], v->raw->registry[at],
		(n - at) * RAW_LEN);
	v->versions[at] = version;
	memcpy(v->raw->registry[at], bytes, RAW_LEN);
	mem_wipe(bytes, sizeof(bytes));
	v->version_count++;
	return 0;
}

/* A name that looks like a key but is none may be a key lost to a typing
 * mistake; a vault without it would refuse good tokens. */
static int
add_file(struct opening *o, const char *name)
{
	const struct str iam = STR("iam-"), pem = STR(".pem"),
			 registry = STR("registry-");
	struct str s = str_c(name), kid;
	uint64_t version = 0;

	if (str_starts(s, iam) && str_ends(s, pem)) {
		kid = str_sub(s, iam.n, s.n - iam.n - pem.n);
		if (s.n >= iam.n + pem.n && is_kid(kid))
			return add_access(o, name, kid);
	} else if (str_starts(s, registry)) {
		if (str_u64(str_sub(s, registry.n, s.n), INT64_MAX, &version) ==
			0 &&
		    version > 0)
			return add_registry(o, name, (int64_t)version);
	} else {
		return 0;
	}
	return note_set(o->note, OUT_DENIED, "key file %s has no proper name",
			name);
}

static int
add_files(struct opening *o)
{
	int fd = openat(o->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEAN(dir_freep) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	int r = 0;

	if (d == NULL) {
		r = FAIL(-errno);
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	while (errno = 0, r == 0 && (e = readdir(d)) != NULL)
		r = add_file(o, e->d_name);
	return r == 0 && errno != 0 ? FAIL(-errno) : r;
}

static int
make_access(struct opening *o)
{
	CLEAN(buf_clear) struct buf pem = BUF_INIT;
	char when[32], hex[9], name[FILE_NAME_MAX];
	int r = es256_make(&pem);

	if (r == 0)
		r = rand_hex(hex, 8);
	if (r != 0)
		return r;
	enc_time(clock_now(), when);
	(void)snprintf(name, sizeof(name), "iam-%.4s%.2s%.2s-%s.pem", when,
		       when + 5, when + 8, hex);
	return FOLD(vault_file_make(o->dir, name, buf_str(&pem)));
}

/* An installation whose first start was cut short has some of them. */
static int
make_missing(struct opening *o)
{
	bool access = o->v->access_count == 0,
	     registry = o->v->version_count == 0;
	int r = 0;

	if (!access && !registry)
		return 0;
	if (!o->make)
		return note_set(o->note, OUT_ABSENT,
				"there is no %s key in the vault",
				access ? "iam-*.pem" : "registry-*");
	if (access)
		r = make_access(o);
	if (r == 0 && registry)
		r = make_raw(o, "registry-1");
	return r;
}

static int
open_keys(struct opening *o)
{
	int r = add_files(o);

	if (r == 0)
		r = make_missing(o);
	if (r != 0 || (o->v->access_count > 0 && o->v->version_count > 0))
		return r;
	for (size_t i = 0; i < o->v->access_count; i++)
		es256_free(o->v->access[i].key);
	o->v->access_count = 0;
	o->v->version_count = 0;
	return add_files(o);
}

int
vault_open(const char *dir, bool make, struct vault **ret, struct note *note)
{
	CLEAN(opening_clear)
	struct opening o = {.dir = -1, .make = make, .note = note};
	int r;

	o.v = vault_new();
	if (o.v == NULL)
		return FAIL(-ENOMEM);
	r = vault_dir_open(dir, make, &o.dir, note);
	if (r == 0)
		r = open_pepper(&o);
	if (r == 0)
		r = open_keys(&o);
	if (r != 0)
		return r;
	if (mprotect(o.v->raw, sizeof(*o.v->raw), PROT_READ) != 0)
		return FAIL(-errno);
	*ret = TAKE(o.v);
	return 0;
}

static struct str
raw_str(const uint8_t raw[RAW_LEN])
{
	return (struct str){(const char *)raw, RAW_LEN};
}

int
vault_digest(struct vault *v, struct str secret, uint8_t ret[VAULT_DIGEST_LEN])
{
	return mac_sha256(raw_str(v->raw->pepper), secret, ret);
}

int
vault_access_sign(struct vault *v, struct str input,
		  uint8_t ret[VAULT_ES256_LEN])
{
	return es256_sign(v->access[0].key, input, ret);
}

const char *
vault_access_kid(struct vault *v)
{
	return v->access[0].kid;
}

int
vault_access_verify(struct vault *v, struct str kid, struct str input,
		    struct str signature)
{
	for (size_t i = 0; i < v->access_count; i++)
		if (str_eq(str_c(v->access[i].kid), kid))
			return es256_verify(v->access[i].key, input, signature);
	return OUT_UNPROVEN;
}

/* Nothing in it needs an escape: see is_kid(). */
int
vault_jwks(struct vault *v, struct buf *b)
{
	(void)buf_adds(b, "{\"keys\":[");
	for (size_t i = 0; i < v->access_count; i++) {
		const struct access_key *k = &v->access[i];

		(void)buf_addf(
		    b,
		    "%s{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\","
		    "\"y\":\"%.*s\",\"use\":\"sig\",\"alg\":\"ES256\","
		    "\"kid\":\"%s\"}",
		    i > 0 ? "," : "", STR_ARG(es256_x(k->key)),
		    STR_ARG(es256_y(k->key)), k->kid);
	}
	(void)buf_adds(b, "]}");
	return buf_err(b);
}

int64_t
vault_registry_version(struct vault *v)
{
	return v->versions[0];
}

int
vault_registry_sign(struct vault *v, int64_t version, struct str input,
		    uint8_t ret[VAULT_HS256_LEN])
{
	for (size_t i = 0; i < v->version_count; i++)
		if (v->versions[i] == version)
			return mac_sha256(raw_str(v->raw->registry[i]), input,
					  ret);
	return OUT_ABSENT;
}
