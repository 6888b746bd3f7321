#include "ssh/keys.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMENT "latchkey"

static int
complain(struct note *note, const char *folder, const char *name)
{
	int err = errno;

	return note_set(note, FAIL(-err), "%s/%s: %s", folder, name,
			strerror(err));
}

/* Under its name when it is whole and on disk; a file that is there already
 * stays. */
static int
file_make(int dir, const char *folder, const char *name, struct str text,
	  mode_t mode, struct note *note)
{
	char draft[48];
	int fd, r = 0;

	(void)snprintf(draft, sizeof(draft), ".%s.new", name);
	(void)unlinkat(dir, draft, 0);
	fd = openat(dir, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return complain(note, folder, draft);
	if (fd_write_all(fd, text) != 0 || fsync(fd) != 0 ||
	    fchmod(fd, mode) != 0)
		r = complain(note, folder, draft);
	(void)close(fd);
	if (r == 0 && linkat(dir, draft, dir, name, 0) != 0 && errno != EEXIST)
		r = complain(note, folder, name);
	(void)unlinkat(dir, draft, 0);
	if (r == 0 && fsync(dir) != 0)
		r = complain(note, folder, name);
	return r;
}

static int
private_make(int dir, const char *folder, const char *name,
	     const struct key_kind *kind, ssh_key *ret, struct note *note)
{
	ssh_key key = NULL;
	char *text = NULL;
	int r;

	if (ssh_pki_generate(kind->type, kind->bits, &key) != SSH_OK ||
	    ssh_pki_export_privkey_base64(key, NULL, NULL, NULL, &text) !=
		SSH_OK) {
		ssh_key_free(key);
		return note_set(note, FAIL(-EIO),
				"cannot make a key of type "
				"%s",
				kind->name);
	}
	r = file_make(dir, folder, name, str_c(text), 0600, note);
	explicit_bzero(text, strlen(text));
	ssh_string_free_char(text);
	if (r == 0)
		*ret = key;
	else
		ssh_key_free(key);
	return r;
}

/* As it lies there, or a new one. */
static int
private_get(int dir, const char *folder, const char *name,
	    const struct key_kind *kind, ssh_key *ret, struct note *note)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char path[512];
	int r;

	if (fd < 0 && errno == ENOENT)
		return private_make(dir, folder, name, kind, ret, note);
	if (fd < 0)
		return complain(note, folder, name);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	r = key_read(fd, path, ret, note);
	(void)close(fd);
	return r;
}

static int
public_make(int dir, const char *folder, const char *name, ssh_key key,
	    struct note *note)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	enum ssh_keytypes_e type = ssh_key_type(key);
	char file[40], *b64 = NULL;

	(void)snprintf(file, sizeof(file), "%s.pub", name);
	if (ssh_pki_export_pubkey_base64(key, &b64) != SSH_OK)
		return note_set(note, FAIL(-ENOMEM), "cannot write %s", file);
	(void)buf_addf(&text, "%s %s " COMMENT "\n",
		       type == SSH_KEYTYPE_RSA ? "ssh-rsa"
					       : ssh_key_type_to_char(type),
		       b64);
	ssh_string_free_char(b64);
	if (buf_err(&text) != 0)
		return FAIL(buf_err(&text));
	return file_make(dir, folder, file, buf_str(&text), 0600, note);
}

int
ssh_make_keys(const char *folder, const char *prefix, struct note *note)
{
	int dir, r = 0;

	if (strcmp(prefix, "host") != 0 && strcmp(prefix, "next") != 0)
		return note_set(note, FAIL(-EINVAL),
				"host keys are called host or next, not %.20s",
				prefix);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return complain(note, folder, "");
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return complain(note, folder, "");
	/* One that was left behind when its parent was killed may still be at
	 * it: two at once would take each other's drafts. */
	if (flock(dir, LOCK_EX) != 0)
		r = complain(note, folder, "");
	for (size_t i = 0; r == 0 && i < KEY_KINDS; i++) {
		ssh_key key = NULL;
		char name[32];

		(void)snprintf(name, sizeof(name), "%s_%s", prefix,
			       key_kinds[i].name);
		r = private_get(dir, folder, name, &key_kinds[i], &key, note);
		if (r == 0)
			r = public_make(dir, folder, name, key, note);
		ssh_key_free(key);
	}
	(void)close(dir);
	return r;
}
