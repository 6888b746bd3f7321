#include "ssh/keys.h"

#include "ssh/algo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RSA_BITS 3072

const struct key_kind key_kinds[KEY_KINDS] = {
    {"ed25519", SSH_KEYTYPE_ED25519, 0},
    {"ecdsa", SSH_KEYTYPE_ECDSA_P256, 256},
    {"rsa", SSH_KEYTYPE_RSA, RSA_BITS},
};

static int
close_fd(int fd, int r)
{
	(void)close(fd);
	return r;
}

static int
file_read(int fd, const char *path, struct buf *ret, struct note *note)
{
	ssize_t n;

	do {
		if (buf_room(ret, 4096) != 0)
			return note_set(note, OUT_MALFORMED,
					"%s is no host key: too long", path);
		n = read(fd, ret->p + ret->n, 4096);
		if (n > 0)
			ret->n += (size_t)n;
	} while (n > 0);
	if (n < 0)
		return note_set(note, FAIL(-errno), "%s: %s", path,
				strerror(errno));
	return buf_addc(ret, '\0');
}

static int
file_judge(int fd, const char *path, struct note *note)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return note_set(note, FAIL(-errno), "%s: %s", path,
				strerror(errno));
	if (!S_ISREG(st.st_mode))
		return note_set(note, OUT_DENIED, "%s is not a plain file",
				path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return note_set(note, OUT_DENIED,
				"host key %s belongs to somebody else", path);
	if ((st.st_mode & 077) != 0)
		return note_set(note, OUT_DENIED,
				"host key %s is open to others (mode %04o); "
				"make it 0600",
				path, st.st_mode & 07777U);
	return 0;
}

int
key_read(int fd, const char *path, ssh_key *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(KEY_FILE_MAX);
	int r = file_judge(fd, path, note);

	if (r == 0)
		r = file_read(fd, path, &text, note);
	if (r == 0 && ssh_pki_import_privkey_base64(text.p, "", NULL, NULL,
						    ret) != SSH_OK)
		r = note_set(note, OUT_MALFORMED,
			     "host key %s cannot be read: damaged, or it has a "
			     "pass phrase",
			     path);
	return r;
}

static int
type_judge(ssh_key key, const struct key_kind *kind, const char *path,
	   struct note *note)
{
	enum ssh_keytypes_e type = ssh_key_type(key);
	bool ecdsa =
	    kind->type == SSH_KEYTYPE_ECDSA_P256 &&
	    (type == SSH_KEYTYPE_ECDSA_P384 || type == SSH_KEYTYPE_ECDSA_P521);

	if (type == kind->type || ecdsa)
		return 0;
	return note_set(note, OUT_MALFORMED, "host key %s is not of type %s",
			path, kind->name);
}

static int
line_add(struct keys *k, const char *type, const char *b64, ssh_key key,
	 bool next)
{
	struct key_line *line = &k->lines[k->n_lines];
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	unsigned char *hash = NULL;
	char *print = NULL;
	size_t n = 0;

	if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &n) ==
	    SSH_OK)
		print = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256,
						 hash, n);
	ssh_clean_pubkey_hash(&hash);
	if (print == NULL)
		return FAIL(-ENOMEM);
	(void)buf_addf(&text, "%s %s", type, b64);
	line->fingerprint = strdup(print);
	ssh_string_free_char(print);
	line->text = buf_take(&text);
	line->next = next;
	if (line->text == NULL || line->fingerprint == NULL) {
		free(line->text);
		free(line->fingerprint);
		return FAIL(-ENOMEM);
	}
	k->n_lines++;
	return 0;
}

static int
line_of(struct keys *k, ssh_key key)
{
	char *b64 = NULL;
	const char *type = ssh_key_type(key) == SSH_KEYTYPE_RSA
			       ? "ssh-rsa"
			       : ssh_key_type_to_char(ssh_key_type(key));
	int r;

	if (ssh_pki_export_pubkey_base64(key, &b64) != SSH_OK)
		return FAIL(-ENOMEM);
	r = line_add(k, type, b64, key, false);
	ssh_string_free_char(b64);
	return r;
}

/* The bind owns a key that it has taken. */
static int
current_load(struct keys *k, int dir, const char *folder,
	     const struct key_kind *kind, struct note *note)
{
	char name[32], path[512];
	ssh_key key = NULL;
	int fd, r;

	(void)snprintf(name, sizeof(name), "host_%s", kind->name);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return note_set(note, OUT_DENIED, "host key %s: %s", path,
				strerror(errno));
	r = close_fd(fd, key_read(fd, path, &key, note));
	if (r == 0)
		r = type_judge(key, kind, path, note);
	if (r == 0)
		r = line_of(k, key);
	if (r == 0 && ssh_bind_options_set(k->bind, SSH_BIND_OPTIONS_IMPORT_KEY,
					   key) != SSH_OK)
		r = note_set(note, OUT_MALFORMED, "host key %s: %s", path,
			     ssh_get_error(k->bind));
	if (r != 0)
		ssh_key_free(key);
	return r;
}

/* Only the public half is read. A damaged announcement is left out: the keys
 * in use are what matters. */
static int
next_load(struct keys *k, int dir, const struct key_kind *kind)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(KEY_FILE_MAX);
	struct str type, rest, b64, comment;
	ssh_key key = NULL;
	char name[32];
	int fd, r;

	(void)snprintf(name, sizeof(name), "next_%s.pub", kind->name);
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	r = close_fd(fd, file_read(fd, name, &text, NULL));
	if (r != 0 || !str_cut(str_c(text.p), ' ', &type, &rest))
		return 0;
	if (!str_cut(rest, ' ', &b64, &comment))
		(void)str_cut(rest, '\n', &b64, &comment);
	text.p[type.n] = '\0';
	text.p[type.n + 1 + b64.n] = '\0';
	if (ssh_pki_import_pubkey_base64(b64.p, ssh_key_type_from_name(type.p),
					 &key) != SSH_OK)
		return 0;
	r = line_add(k, type.p, b64.p, key, true);
	ssh_key_free(key);
	return r;
}

int
keys_load(const char *folder, struct keys *ret, struct note *note)
{
	struct keys k = {.bind = ssh_bind_new()};
	int dir, r;

	if (k.bind == NULL)
		return FAIL(-ENOMEM);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? note_set(note, OUT_ABSENT, "host keys: %s: %s", folder,
			       strerror(errno))
		    : algo_set(k.bind, note);
	for (size_t i = 0; r == 0 && i < KEY_KINDS; i++)
		r = current_load(&k, dir, folder, &key_kinds[i], note);
	if (r == 0 && k.n_lines == 0)
		r = note_set(note, OUT_ABSENT, "no host key in %s", folder);
	for (size_t i = 0; r == 0 && i < KEY_KINDS; i++)
		r = next_load(&k, dir, &key_kinds[i]);
	if (dir >= 0)
		(void)close(dir);
	if (r != 0)
		keys_clear(&k);
	else
		*ret = k;
	return r;
}

void
keys_clear(struct keys *k)
{
	for (size_t i = 0; i < k->n_lines; i++) {
		free(k->lines[i].text);
		free(k->lines[i].fingerprint);
	}
	k->n_lines = 0;
	ssh_bind_free(k->bind);
	k->bind = NULL;
}

bool
keys_have(const struct keys *k, const char *algorithm)
{
	struct str wanted = str_c(algorithm), type, rest;

	if (str_starts(wanted, STR("rsa-")))
		wanted = STR("ssh-rsa");
	for (size_t i = 0; i < k->n_lines; i++)
		if (!k->lines[i].next &&
		    str_cut(str_c(k->lines[i].text), ' ', &type, &rest) &&
		    str_eq(type, wanted))
			return true;
	return false;
}

void
keys_tell(const struct keys *k, const char *name, struct buf *b)
{
	(void)buf_adds(b, "The keys of this server:\n");
	for (size_t i = 0; i < k->n_lines; i++) {
		const char *text = k->lines[i].text;
		int n = (int)strcspn(text, " ");

		(void)buf_addf(
		    b, "%s %.*s%s\n", k->lines[i].fingerprint, n, text,
		    k->lines[i].next ? " (announced, not in use yet)" : "");
	}
	(void)buf_adds(b, "For known_hosts:\n");
	for (size_t i = 0; i < k->n_lines; i++)
		(void)buf_addf(b, "%s %s\n", name, k->lines[i].text);
}
