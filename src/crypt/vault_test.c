#include "crypt/vault.h"

#include "base/test.h"
#include "crypt/es256.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[] = "/tmp/vault_test_XXXXXX";
static char dir[64];
static struct note note;

static char *
path(const char *name)
{
	static char text[256];

	(void)snprintf(text, sizeof(text), "%s/%s", dir, name);
	return text;
}

/* A file of the vault with any content and mode. */
static void
put(const char *name, struct str content, mode_t mode)
{
	int fd = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, content.p, content.n) != (ssize_t)content.n ||
	    fchmod(fd, mode) != 0)
		abort();
	(void)close(fd);
}

static void
shell(const char *command)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "cd %s && %s", root, command);
	if (system(text) != 0)
		abort();
}

/* Open, look at the outcome, close. */
static int
try_open(bool make)
{
	CLEAN(vault_freep) struct vault *v = NULL;

	note.text[0] = '\0';
	return vault_open(dir, make, &v, &note);
}

/* The name of the key that signs now; one for each thread. */
static const char *
kid_of(struct vault *v)
{
	static _Thread_local char kid[VAULT_KID_MAX + 1];

	vault_access_kid(v, kid);
	return kid;
}

static struct str
sig_str(const uint8_t *sig, size_t n)
{
	return (struct str){(const char *)sig, n};
}

static void
test_make(void)
{
	CLEAN(vault_freep) struct vault *v = NULL, *w = NULL;
	uint8_t a[VAULT_DIGEST_LEN], b[VAULT_DIGEST_LEN];
	uint8_t sig[VAULT_ES256_LEN];
	mode_t mask = umask(0777);
	struct stat st;

	is_int(try_open(false), OUT_ABSENT, "no vault: %s", note.text);
	is_int(vault_open(dir, true, &v, &note), 0, "make one");
	(void)umask(mask);
	is_int(vault_open(dir, false, &w, &note), 0, "open it: %s", note.text);
	if (v == NULL || w == NULL)
		return;
	ok(stat(dir, &st) == 0 && (st.st_mode & 07777) == 0700, "dir 0700");
	ok(stat(path("pepper"), &st) == 0 && (st.st_mode & 07777) == 0600 &&
	       st.st_size == 32 && st.st_nlink == 1,
	   "pepper 0600");
	ok(stat(path(".unfinished"), &st) != 0, "nothing left behind");
	ok(strcmp(kid_of(v), "") != 0, "kid");
	{
		char kid[VAULT_KID_MAX + 1];

		vault_access_kid(v, kid);
		is_str(str_c(kid), str_c(kid_of(w)), "one kid");
	}
	ok(str_starts(str_c(kid_of(v)), STR("20")) && str_c(kid_of(v)).n == 17,
	   "like a date: %s", kid_of(v));
	ok(vault_digest(v, STR("x"), a) == 0 &&
	       vault_digest(w, STR("x"), b) == 0 && memcmp(a, b, 32) == 0,
	   "one pepper");
	ok(vault_digest(w, STR("y"), b) == 0 && memcmp(a, b, 32) != 0,
	   "another secret");
	is_int(vault_access_sign(v, kid_of(v), STR("in"), sig), 0, "sign");
	is_int(vault_access_verify(w, str_c(kid_of(v)), STR("in"),
				   sig_str(sig, 64)),
	       0, "and verify in the other");
	is_int(vault_access_verify(w, STR("20010101-00000000"), STR("in"),
				   sig_str(sig, 64)),
	       OUT_UNPROVEN, "unknown kid");
	is_int(vault_access_verify(w, STR_NONE, STR("in"), sig_str(sig, 64)),
	       OUT_UNPROVEN, "no kid");
	is_int(vault_registry_version(w), 1, "registry version");
	ok(vault_registry_sign(v, 1, STR("x"), a) == 0 &&
	       vault_registry_sign(w, 1, STR("x"), b) == 0 &&
	       memcmp(a, b, 32) == 0,
	   "the same claims give the same token");
	is_int(vault_registry_sign(v, 2, STR("x"), a), OUT_ABSENT, "version 2");
	is_int(vault_registry_sign(v, 0, STR("x"), a), OUT_ABSENT, "version 0");
	is_int(vault_registry_sign(v, -1, STR("x"), a), OUT_ABSENT,
	       "version -1");
}

/* Older keys go on verifying; the newest signs. */
static void
test_rotate(void)
{
	CLEAN(vault_freep) struct vault *v = NULL;
	CLEAN(buf_clear)
	struct buf pem = BUF_INIT, old = BUF_INIT, jwks = BUF_INIT;
	CLEAN(es256_freep) struct es256 *older = NULL;
	uint8_t sig[VAULT_ES256_LEN], a[32], b[32];

	if (es256_make(&pem) != 0 || es256_make(&old) != 0 ||
	    es256_load(buf_str(&old), &older) != 0 ||
	    es256_sign(older, STR("in"), sig) != 0)
		abort();
	put("iam-20010202-00000001.pem", buf_str(&pem), 0600);
	put("iam-20010101-00000001.pem", buf_str(&old), 0600);
	put("registry-10", STR("0123456789abcdef0123456789abcdef"), 0600);
	put("registry-9", STR("fedcba9876543210fedcba9876543210"), 0600);
	put("notes.txt", STR("not ours"), 0644);
	is_int(vault_open(dir, false, &v, &note), 0, "three keys: %s",
	       note.text);
	if (v == NULL)
		return;
	ok(!str_starts(str_c(kid_of(v)), STR("2001")), "the newest signs");
	is_int(vault_access_verify(v, STR("20010101-00000001"), STR("in"),
				   sig_str(sig, 64)),
	       OUT_UNPROVEN, "one that is over verifies no more");
	is_int(vault_access_verify(v, STR("20010202-00000001"), STR("in"),
				   sig_str(sig, 64)),
	       OUT_UNPROVEN, "but only under its own name");
	is_int(vault_registry_version(v), 10, "10 is newer than 9");
	ok(vault_registry_sign(v, 10, STR("x"), a) == 0 &&
	       vault_registry_sign(v, 9, STR("x"), b) == 0 &&
	       memcmp(a, b, 32) != 0,
	   "each has its key");
	is_int(vault_registry_sign(v, 1, STR("x"), a), 0, "1 is still there");
	is_int(vault_jwks(v, &jwks), 0, "JWKS");
	ok(str_starts(
	       buf_str(&jwks),
	       STR("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"")),
	   "its head");
	ok(str_ends(buf_str(&jwks), STR("\"}]}")) &&
	       strstr(jwks.p, kid_of(v)) != NULL &&
	       strstr(jwks.p, "20010101") == NULL,
	   "its tail, and none that is over: %s", jwks.p);
	ok(strstr(jwks.p, "\"d\"") == NULL, "no private part");
	shell("rm vault/registry-10 vault/registry-9 "
	      "vault/iam-2001* vault/notes.txt");
}

/* Each row spoils the vault; the vault is put right again after it. */
static void
test_refused(void)
{
	static const struct {
		const char *spoil;
		int want;
	} rows[] = {
	    {"chmod 640 vault/pepper", OUT_DENIED},
	    {"chmod 604 vault/pepper", OUT_DENIED},
	    {"chmod 400 vault/pepper", OUT_DENIED},
	    {"chmod 4600 vault/pepper", OUT_DENIED},
	    {"chmod 750 vault", OUT_DENIED},
	    {"chmod 701 vault", OUT_DENIED},
	    {"mv vault elsewhere; ln -s elsewhere vault", OUT_DENIED},
	    {"mv vault/pepper p; ln -s ../p vault/pepper", OUT_DENIED},
	    {"rm vault/pepper; mkfifo -m 600 vault/pepper", OUT_DENIED},
	    {"rm vault/pepper; mkdir -m 600 vault/pepper", OUT_DENIED},
	    {"truncate -s 31 vault/pepper", OUT_DENIED},
	    {"truncate -s 33 vault/pepper", OUT_DENIED},
	    {"truncate -s 0 vault/pepper", OUT_DENIED},
	    {"truncate -s 5000 vault/pepper", OUT_DENIED},
	    {"rm vault/pepper", OUT_ABSENT},
	    {"rm vault/iam-*", OUT_ABSENT},
	    {"rm vault/registry-*", OUT_ABSENT},
	    {"truncate -s 60 vault/iam-*", OUT_DENIED},
	    {"chmod 644 vault/iam-*", OUT_DENIED},
	    {"cp -p vault/iam-* vault/iam-.pem", OUT_DENIED},
	    {"cp -p vault/iam-* 'vault/iam-a\"b.pem'", OUT_DENIED},
	    {"cp -p vault/iam-* vault/iam-A.pem", OUT_DENIED},
	    {"cp -p vault/pepper vault/registry-01", OUT_DENIED},
	    {"cp -p vault/pepper vault/registry-0", OUT_DENIED},
	    {"cp -p vault/pepper vault/registry-", OUT_DENIED},
	    {"cp -p vault/pepper vault/registry-9223372036854775808",
	     OUT_DENIED},
	    {"for i in $(seq 2 33); do cp -p vault/pepper "
	     "vault/registry-$i; done",
	     OUT_DENIED},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		shell("cp -a vault good");
		shell(rows[i].spoil);
		is_int(try_open(false), rows[i].want, "%s", rows[i].spoil);
		ok(note.text[0] != '\0', "note: %s", note.text);
		shell("rm -rf vault elsewhere p; mv good vault");
	}
	if (geteuid() == 0) {
		shell("cp -a vault good; chown 1 vault/pepper");
		is_int(try_open(false), OUT_DENIED, "another owner");
		shell("rm -r vault; mv good vault; chown 1 vault");
		is_int(try_open(false), OUT_DENIED, "of the directory too");
		shell("chown 0 vault");
	}
	is_int(try_open(false), 0, "all is well again");
}

/* What a start that was cut short leaves is finished by the next. */
static void
test_resume(void)
{
	CLEAN(vault_freep) struct vault *v = NULL;
	uint8_t a[32], b[32];

	if (vault_open(dir, false, &v, &note) != 0 ||
	    vault_digest(v, STR("x"), a) != 0)
		abort();
	vault_free(TAKE(v));
	put(".unfinished", STR("half"), 0600);
	shell("rm vault/iam-* vault/registry-*");
	is_int(vault_open(dir, true, &v, &note), 0, "finished: %s", note.text);
	ok(v != NULL && vault_digest(v, STR("x"), b) == 0 &&
	       memcmp(a, b, 32) == 0,
	   "the pepper stays");
	is_int(access(path(".unfinished"), F_OK), -1, "the rest is removed");
}

struct worker {
	pthread_t thread;
	struct vault *vault;
	size_t held;
};

static void *
work(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < 100; i++) {
		struct str kid = str_c(kid_of(w->vault));
		uint8_t sig[VAULT_ES256_LEN];

		w->held += vault_access_sign(w->vault, kid_of(w->vault),
					     STR("in"), sig) == 0 &&
			   vault_access_verify(w->vault, kid, STR("in"),
					       sig_str(sig, 64)) == 0;
	}
	return NULL;
}

static void
test_threads(void)
{
	CLEAN(vault_freep) struct vault *v = NULL;
	struct worker workers[4] = {0};

	if (vault_open(dir, false, &v, &note) != 0)
		abort();
	for (size_t i = 0; i < nitems(workers); i++) {
		workers[i].vault = v;
		if (pthread_create(&workers[i].thread, NULL, work,
				   &workers[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < nitems(workers); i++) {
		(void)pthread_join(workers[i].thread, NULL);
		is_int(workers[i].held, 100, "thread %zu", i);
	}
}

int
main(void)
{
	if (mkdtemp(root) == NULL)
		return 99;
	(void)snprintf(dir, sizeof(dir), "%s/vault", root);
	test_make();
	test_rotate();
	test_refused();
	test_resume();
	test_threads();
	shell("rm -rf vault");
	(void)rmdir(root);
	return done_testing();
}
