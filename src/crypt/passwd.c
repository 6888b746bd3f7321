#include "crypt/passwd.h"

#include "base/out.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define COST_PASSES 2
#define COST_MEMORY (19 * MIB)

static_assert(PASSWD_HASH_LEN == crypto_pwhash_STRBYTES, "a hash fits");

/* For users who do not exist: the same cost, and no known password. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1"
			     "$bm9ib2R5IGxpdmVzIGhlcg"
			     "$JVbzFEyJzV5eXLaZBLHTuSVMDXSUd8l3mYcHTFz4pBc";

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ready;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_left = PTHREAD_COND_INITIALIZER;
static int running;

static void
start(void)
{
	ready = sodium_init() >= 0;
}

static int
enter(void)
{
	(void)pthread_once(&once, start);
	if (!ready)
		return FAIL(-EIO);
	(void)pthread_mutex_lock(&lock);
	while (running == PASSWD_AT_ONCE)
		(void)pthread_cond_wait(&one_left, &lock);
	running++;
	(void)pthread_mutex_unlock(&lock);
	return 0;
}

static void
leave(void)
{
	(void)pthread_mutex_lock(&lock);
	running--;
	(void)pthread_cond_signal(&one_left);
	(void)pthread_mutex_unlock(&lock);
}

int
passwd_hash(struct str password, char ret[PASSWD_HASH_LEN])
{
	char hash[PASSWD_HASH_LEN];
	int r;

	if (password.n < PASSWD_MIN || password.n > PASSWD_MAX)
		return OUT_MALFORMED;
	r = enter();
	if (r != 0)
		return r;
	r = crypto_pwhash_argon2id_str(hash, password.p, password.n,
				       COST_PASSES, COST_MEMORY);
	leave();
	if (r != 0)
		return FAIL(-ENOMEM);
	memcpy(ret, hash, sizeof(hash));
	return 0;
}

static int
verify(const char *hash, struct str password)
{
	int r = enter();

	if (r != 0)
		return r;
	errno = 0;
	r = crypto_pwhash_argon2id_str_verify(
	    hash, password.p == NULL ? "" : password.p, password.n);
	if (r != 0)
		r = errno == ENOMEM ? FAIL(-ENOMEM) : OUT_UNPROVEN;
	leave();
	return r;
}

int
passwd_check(struct str hash, struct str password)
{
	char text[PASSWD_HASH_LEN] = {0};
	int r;

	if (password.n > PASSWD_MAX || hash.n >= sizeof(text))
		return OUT_UNPROVEN;
	if (hash.n == 0) {
		r = verify(nobody, password);
		return r < 0 ? r : OUT_UNPROVEN;
	}
	memcpy(text, hash.p, hash.n);
	return verify(text, password);
}
