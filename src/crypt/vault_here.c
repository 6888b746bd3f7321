/*
 * The vault inside this process. Once open it only reads, so that any number of
 * threads may ask at the same time without a lock.
 */
#include "crypt/vault_inner.h"

#include "base/secret.h"
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

#define RAW_LEN 32

static_assert(VAULT_ES256_LEN == ES256_LEN, "one length of signatures");
static_assert(VAULT_HS256_LEN == MAC_LEN && VAULT_DIGEST_LEN == MAC_LEN,
	      "one length of keyed digests");

/* The bytes of the keys, in a mapping of their own: locked, not dumped, and
 * read-only once filled. */
struct raw {
	uint8_t pepper[RAW_LEN];
	uint8_t registry[VAULT_KEYS_MAX][RAW_LEN]; /* as versions[] */
};

struct here {
	struct vault vault;
	struct raw *raw;
};

/* What vault_open() works with. */
struct opening {
	struct here *v;
	int dir;
	bool make;
	struct note *note;
};

static void
opening_clear(struct opening *o)
{
	if (o->v != NULL)
		vault_free(&o->v->vault);
	if (o->dir >= 0)
		(void)close(o->dir);
}

static void
dir_freep(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

/* --- answers --- */

static struct str
raw_str(const uint8_t raw[RAW_LEN])
{
	return (struct str){(const char *)raw, RAW_LEN};
}

static int
here_digest(struct vault *v, struct str secret, uint8_t *ret)
{
	const struct here *h = (const struct here *)v;

	return mac_sha256(raw_str(h->raw->pepper), secret, ret);
}

static int
here_access_sign(struct vault *v, struct str kid, struct str input,
		 uint8_t *ret)
{
	for (size_t i = 0; i < v->n_access; i++)
		if (str_eq(str_c(v->access[i].kid), kid))
			return es256_sign(v->access[i].key, input, ret);
	return OUT_ABSENT;
}

static int
here_registry_sign(struct vault *v, int64_t version, struct str input,
		   uint8_t *ret)
{
	const struct here *h = (const struct here *)v;

	for (size_t i = 0; i < v->n_versions; i++)
		if (v->versions[i] == version)
			return mac_sha256(raw_str(h->raw->registry[i]), input,
					  ret);
	return OUT_ABSENT;
}

static void
here_free(struct vault *v)
{
	struct here *h = (struct here *)v;

	if (mprotect(h->raw, sizeof(*h->raw), PROT_READ | PROT_WRITE) == 0)
		mem_wipe(h->raw, sizeof(*h->raw));
	(void)munmap(h->raw, sizeof(*h->raw));
	free(h);
}

static const struct vault_ops here_ops = {.free = here_free,
					  .digest = here_digest,
					  .access_sign = here_access_sign,
					  .registry_sign = here_registry_sign};

/* --- opening --- */

static struct here *
here_new(void)
{
	struct here *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	vault_init(&h->vault, &here_ops);
	h->raw = mmap(NULL, sizeof(*h->raw), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h->raw == MAP_FAILED) {
		free(h);
		return NULL;
	}
	/* Both are precautions that a container may not grant. */
	(void)mlock(h->raw, sizeof(*h->raw));
	(void)madvise(h->raw, sizeof(*h->raw), MADV_DONTDUMP);
	return h;
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

static int
too_many(struct opening *o)
{
	return note_set(o->note, OUT_DENIED, "more than %d keys of one kind",
			VAULT_KEYS_MAX);
}

/* The kid starts with the day it was made, so the order of names is the order
 * of time. */
static int
add_access(struct opening *o, const char *name, struct str kid)
{
	CLEAN(buf_clear) struct buf pem = BUF_INIT;
	struct vault *v = &o->v->vault;
	struct vault_access *keys = v->access;
	size_t at = 0, n = v->n_access;
	struct es256 *key = NULL;
	int r;

	if (n == VAULT_KEYS_MAX)
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
	keys[at] = (struct vault_access){.key = key};
	memcpy(keys[at].kid, kid.p, kid.n);
	v->n_access++;
	return 0;
}

static int
add_registry(struct opening *o, const char *name, int64_t version)
{
	struct vault *v = &o->v->vault;
	struct raw *raw = o->v->raw;
	size_t at = 0, n = v->n_versions;
	uint8_t bytes[RAW_LEN];
	int r;

	if (n == VAULT_KEYS_MAX)
		return too_many(o);
	r = read_raw(o, name, bytes);
	if (r != 0)
		return r;
	while (at < n && v->versions[at] > version)
		at++;
	memmove(&v->versions[at + 1], &v->versions[at],
		(n - at) * sizeof(v->versions[0]));
	memmove(raw->registry[at + 1], raw->registry[at], (n - at) * RAW_LEN);
	v->versions[at] = version;
	memcpy(raw->registry[at], bytes, RAW_LEN);
	mem_wipe(bytes, sizeof(bytes));
	v->n_versions++;
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
		if (s.n >= iam.n + pem.n && vault_kid_ok(kid))
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

/* An installation whose first start was cut short has some of them. */
static int
make_missing(struct opening *o)
{
	bool access = o->v->vault.n_access == 0,
	     registry = o->v->vault.n_versions == 0;
	char kid[VAULT_KID_MAX + 1];
	int r = 0;

	if (!access && !registry)
		return 0;
	if (!o->make)
		return note_set(o->note, OUT_ABSENT,
				"there is no %s key in the vault",
				access ? "iam-*.pem" : "registry-*");
	if (access)
		r = vault_key_make(o->dir, false, kid);
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
	if (r != 0 || (o->v->vault.n_access > 0 && o->v->vault.n_versions > 0))
		return r;
	vault_public_clear(&o->v->vault);
	return add_files(o);
}

int
vault_open(const char *dir, bool make, struct vault **ret, struct note *note)
{
	CLEAN(opening_clear)
	struct opening o = {.dir = -1, .make = make, .note = note};
	int r;

	o.v = here_new();
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
	*ret = &o.v->vault;
	o.v = NULL;
	return 0;
}
