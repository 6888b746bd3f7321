#include "base/test.h"

#include "base/enc.h"
#include "base/fd.h"
#include "base/out.h"
#include "wire/keytext.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[64] = "/tmp/latchkey-keytext-XXXXXX";

static const struct {
	enum newkey_kind kind;
	unsigned bits;
	const char *name, *type, *word;
} keys[] = {
    {NEWKEY_ED25519, 256, "Ed25519", "ssh-ed25519", "ED25519"},
    {NEWKEY_P256, 256, "P-256", "ecdsa-sha2-nistp256", "ECDSA"},
    {NEWKEY_P384, 384, "P-384", "ecdsa-sha2-nistp384", "ECDSA"},
    {NEWKEY_RSA, 2048, "RSA 2048", "ssh-rsa", "RSA"},
    {NEWKEY_RSA, 3072, "RSA 3072", "ssh-rsa", "RSA"},
    {NEWKEY_RSA, 4096, "RSA 4096", "ssh-rsa", "RSA"},
};

/* What a command line says, with "KEY" for the file that lies there. */
static struct str
said(const char *fmt, int *ret_status)
{
	static char text[16384];
	char line[512];
	size_t n = 0;
	FILE *f;

	(void)snprintf(line, sizeof(line), "cd %s && %s", top, fmt);
	f = popen(line, "re");
	if (f != NULL) {
		n = fread(text, 1, sizeof(text), f);
		*ret_status = pclose(f);
	}
	return (struct str){text, n};
}

static struct str
whole(const struct locked *text)
{
	return (struct str){text->p, text->n};
}

static bool
file_write(const struct locked *text)
{
	char path[96];
	int fd, r;

	(void)snprintf(path, sizeof(path), "%s/KEY", top);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	r = fd_write_all(fd, whole(text));
	(void)close(fd);
	return r == 0;
}

static size_t
longest_line(const struct locked *text)
{
	struct str rest = whole(text), line;
	size_t most = 0;

	while (str_next(&rest, '\n', &line))
		most = line.n > most ? line.n : most;
	return most;
}

/* ssh-keygen sees the public half in it that we say. */
static void
hold_ssh(size_t i, struct str blob)
{
	CLEAN(buf_clear) struct buf want = BUF_INIT;
	char print[SSHKEY_SHA256_LEN + 1] = "";
	int status = -1;

	sshkey_text(str_c(keys[i].type), blob, &want);
	(void)buf_adds(&want, " web-key\n");
	is_str(said("ssh-keygen -y -P '' -f KEY 2>&1", &status), buf_str(&want),
	       "%s: ssh-keygen -y", keys[i].name);
	is_int(status, 0, "%s: and is content", keys[i].name);
	is_int(sshkey_fingerprint(blob, print), 0, "%s: a fingerprint",
	       keys[i].name);
	buf_reset(&want);
	(void)buf_addf(&want, "%u %s web-key (%s)\n", keys[i].bits, print,
		       keys[i].word);
	is_str(said("ssh-keygen -l -f KEY 2>&1", &status), buf_str(&want),
	       "%s: ssh-keygen -l", keys[i].name);
}

/* A signature by the private half holds against the public one. */
static void
hold_signature(size_t i, struct str blob)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	char path[96];
	int status = -1, fd;

	(void)buf_adds(&line, "somebody ");
	sshkey_text(str_c(keys[i].type), blob, &line);
	(void)buf_addc(&line, '\n');
	(void)snprintf(path, sizeof(path), "%s/allowed", top);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok(fd >= 0 && fd_write_all(fd, buf_str(&line)) == 0,
	   "%s: the public half lies there", keys[i].name);
	(void)close(fd);
	(void)said("echo birds >data && rm -f data.sig && "
		   "ssh-keygen -q -Y sign -f KEY -n file data 2>&1 && "
		   "ssh-keygen -q -Y verify -f allowed -I somebody -n file "
		   "-s data.sig <data 2>&1",
		   &status);
	is_int(status, 0, "%s: it signs", keys[i].name);
}

static void
test_openssh(size_t i, const struct newkey *k, struct str blob)
{
	CLEAN(locked_clear) struct locked text = LOCKED_INIT;
	struct str all;

	is_int(locked_new(KEYMAKER_TEXT_MAX, &text), 0, "%s: memory",
	       keys[i].name);
	is_int(keytext_private(k, KEYMAKER_OPENSSH, STR("web-key"), &text), 0,
	       "%s: as OpenSSH has it", keys[i].name);
	all = whole(&text);
	ok(str_starts(all, STR("-----BEGIN OPENSSH PRIVATE KEY-----\n")) &&
	       str_ends(all, STR("\n-----END OPENSSH PRIVATE KEY-----\n")),
	   "%s: between its lines", keys[i].name);
	is_int(longest_line(&text), 70, "%s: in lines of 70", keys[i].name);
	ok(file_write(&text), "%s: written", keys[i].name);
	hold_ssh(i, blob);
	hold_signature(i, blob);
}

static void
test_pem(size_t i, const struct newkey *k, struct str blob)
{
	CLEAN(locked_clear) struct locked text = LOCKED_INIT;
	CLEAN(buf_clear) struct buf want = BUF_INIT;
	char again[KEYMAKER_TEXT_MAX];
	struct str got;
	int status = -1;

	is_int(locked_new(KEYMAKER_TEXT_MAX, &text), 0, "%s: memory",
	       keys[i].name);
	is_int(keytext_private(k, KEYMAKER_PEM, STR("web-key"), &text), 0,
	       "%s: as PEM", keys[i].name);
	is_int(longest_line(&text), 64, "%s: in lines of 64", keys[i].name);
	ok(file_write(&text), "%s: written", keys[i].name);
	got = said("openssl pkey -in KEY -check -noout 2>&1", &status);
	is_str(got, STR("Key is valid\n"), "%s: OpenSSL checks it",
	       keys[i].name);
	/* Byte for byte what OpenSSL writes for this key. */
	got = said(k->kind == NEWKEY_ED25519 ? "openssl pkey -in KEY 2>&1"
					     : "openssl pkey -in KEY "
					       "-traditional 2>&1",
		   &status);
	(void)snprintf(again, sizeof(again), "%.*s", STR_ARG(got));
	is_str(whole(&text), str_c(again), "%s: and writes it alike",
	       keys[i].name);
	/* ssh-keygen of OpenSSH 9.2 cannot read Ed25519 in PKCS#8. */
	if (k->kind == NEWKEY_ED25519)
		return;
	sshkey_text(str_c(keys[i].type), blob, &want);
	(void)buf_addc(&want, '\n');
	is_str(said("ssh-keygen -y -P '' -f KEY 2>&1", &status), buf_str(&want),
	       "%s: ssh-keygen reads it", keys[i].name);
}

/* RFC 8032 section 7.1, test 1: OpenSSL computes the public half anew. */
static void
test_known(void)
{
	CLEAN(locked_clear) struct locked text = LOCKED_INIT;
	static struct newkey k = {.kind = NEWKEY_ED25519};
	int status = -1;

	if (dec_hex(STR("9d61b19deffd5a60ba844af492ec2cc4"
			"4449c5697b326919703bac031cae7f60"),
		    k.room, 32) != 0)
		abort();
	k.secret = (struct str){(char *)k.room, 32};
	is_int(locked_new(KEYMAKER_TEXT_MAX, &text), 0, "memory");
	is_int(keytext_private(&k, KEYMAKER_PEM, STR_NONE, &text), 0,
	       "a key that is known");
	ok(file_write(&text), "written");
	is_str(said("openssl pkey -in KEY -pubout -outform DER | "
		    "od -An -v -tx1 -j12 | tr -d ' \\n'",
		    &status),
	       STR("d75a980182b10ab7d54bfed3c964073a"
		   "0ee172f3daa62325af021a68f707511a"),
	       "has the public half that is known");
}

static void
test_room(const struct newkey *k)
{
	CLEAN(locked_clear) struct locked text = LOCKED_INIT;
	size_t need;
	bool left = false;

	is_int(locked_new(KEYMAKER_TEXT_MAX, &text), 0, "memory");
	memcpy(text.p, "before", 6);
	text.n = 6;
	is_int(keytext_private(k, KEYMAKER_OPENSSH, STR("web-key"), &text), 0,
	       "behind what is there");
	is_str(str_sub(whole(&text), 0, 11), STR("before-----"), "which stays");
	need = text.n;
	for (int less = 1; less >= 0; less--) {
		text.n = 6;
		text.cap = need - (size_t)less;
		is_int(
		    keytext_private(k, KEYMAKER_OPENSSH, STR("web-key"), &text),
		    less ? OUT_TOO_LARGE : 0, "%d byte too little", less);
		is_int(text.n, less ? 6 : need, "n says how much is there");
		for (size_t i = 6; less && i < text.cap; i++)
			left = left || text.p[i] != 0;
		ok(!left, "half a key is wiped");
	}
	text.cap = KEYMAKER_TEXT_MAX;
}

int
main(void)
{
	static struct newkey k;
	enum sshkey_type type = SSHKEY_TYPES;
	unsigned bits = 0;

	if (mkdtemp(top) == NULL)
		return EXIT_FAILURE;
	is_int(newkey_prepare(), 0, "keys can be made");
	for (size_t i = 0; i < nitems(keys); i++) {
		CLEAN(locked_clear) struct locked blob = LOCKED_INIT;

		is_int(newkey_make(keys[i].kind, keys[i].bits, &k), 0, "%s",
		       keys[i].name);
		is_int(locked_new(KEYMAKER_BLOB_MAX, &blob), 0, "memory");
		is_int(keytext_blob(&k, &blob), 0, "%s: its public half",
		       keys[i].name);
		is_int(sshkey_blob(whole(&blob), &type, &bits), 0,
		       "%s: of the right form", keys[i].name);
		ok(str_eq(sshkey_type_name(type), str_c(keys[i].type)) &&
		       bits == keys[i].bits,
		   "%s: and kind", keys[i].name);
		test_openssh(i, &k, whole(&blob));
		test_pem(i, &k, whole(&blob));
	}
	subtest("room")
	{
		test_room(&k);
	}
	subtest("known")
	{
		test_known();
	}
	newkey_clear(&k);
	(void)said("rm -f KEY allowed data data.sig", &(int){0});
	is_int(rmdir(top), 0, "nothing else was left");
	return done_testing();
}
