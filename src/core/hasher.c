#include "core/hasher.h"

#include "base/buf.h"
#include "base/enc.h"
#include "base/out.h"

#include <errno.h>
#include <unistd.h>

#define READ_SIZE (256 * KIB)

static const struct str names[] = {
    [DIGEST_SHA256] = STR_INIT("sha256"),
    [DIGEST_SHA512] = STR_INIT("sha512"),
};

struct str
hasher_name(enum digest_kind kind)
{
	return names[kind];
}

void
hasher_start(struct hasher *h, enum digest_kind kind)
{
	h->kind = kind;
	switch (kind) {
	case DIGEST_SHA256:
		sha256_start(&h->by.sha256);
		break;
	case DIGEST_SHA512:
		sha512_start(&h->by.sha512);
		break;
	}
}

void
hasher_add(struct hasher *h, const void *p, size_t n)
{
	switch (h->kind) {
	case DIGEST_SHA256:
		sha256_add(&h->by.sha256, p, n);
		break;
	case DIGEST_SHA512:
		sha512_add(&h->by.sha512, p, n);
		break;
	}
}

void
hasher_end(struct hasher *h, char ret[DIGEST_TEXT_MAX])
{
	uint8_t sum[SHA512_LEN];
	struct str name = names[h->kind];
	size_t n = 0;

	switch (h->kind) {
	case DIGEST_SHA256:
		sha256_end(&h->by.sha256, sum);
		n = SHA256_LEN;
		break;
	case DIGEST_SHA512:
		sha512_end(&h->by.sha512, sum);
		n = SHA512_LEN;
		break;
	}
	memcpy(ret, name.p, name.n);
	ret[name.n] = ':';
	enc_hex(sum, n, ret + name.n + 1);
}

void
hasher_text(enum digest_kind kind, struct str bytes, char ret[DIGEST_TEXT_MAX])
{
	struct hasher h;

	hasher_start(&h, kind);
	hasher_add(&h, bytes.p, bytes.n);
	hasher_end(&h, ret);
}

int
hasher_file(enum digest_kind kind, int fd, uint64_t n,
	    char ret[DIGEST_TEXT_MAX])
{
	CLEAN(buf_clear) struct buf piece = BUF_INIT;
	struct hasher h;
	int r = buf_room(&piece, READ_SIZE);

	if (r != 0)
		return FAIL(r);
	hasher_start(&h, kind);
	while (n > 0) {
		size_t want = n < READ_SIZE ? (size_t)n : READ_SIZE;
		ssize_t got = read(fd, piece.p, want);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? FAIL(-errno) : OUT_MISMATCH;
		hasher_add(&h, piece.p, (size_t)got);
		n -= (uint64_t)got;
	}
	hasher_end(&h, ret);
	return 0;
}

void
hasher_save(const struct hasher *h, struct hasher_state *ret)
{
	switch (h->kind) {
	case DIGEST_SHA256:
		sha256_save(&h->by.sha256, ret->bytes);
		ret->n = SHA256_STATE_LEN;
		break;
	case DIGEST_SHA512:
		sha512_save(&h->by.sha512, ret->bytes);
		ret->n = SHA512_STATE_LEN;
		break;
	}
}

struct str
hasher_state_str(const struct hasher_state *s)
{
	return (struct str){(const char *)s->bytes, s->n};
}

int
hasher_load(struct hasher *h, enum digest_kind kind, struct str saved)
{
	h->kind = kind;
	switch (kind) {
	case DIGEST_SHA256:
		return sha256_load(&h->by.sha256, saved);
	case DIGEST_SHA512:
		break;
	}
	return sha512_load(&h->by.sha512, saved);
}
