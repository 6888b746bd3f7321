#include "server/host_keys.h"

#include "base/enc.h"
#include "base/fd.h"
#include "base/str.h"
#include "server/helper.h"
#include "wire/sshkey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beside the folder, not inside: it stays when the folder is lost. */
#define MARK "host-keys"
static const char mark_text[] =
    "The host keys of SSH were made for this installation, and clients know\n"
    "them. When ssh/ is lost, put it back from a backup; 'latchkeyd host-keys\n"
    "make' makes others, and every client will be warned of them.\n";

static const char *const kinds[] = {"ed25519", "ecdsa", "rsa"};

static int
path_join(char ret[PATH_MAX], const char *folder, const char *name)
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", folder, name);

	return n < PATH_MAX ? 0 : FAIL(-ENAMETOOLONG);
}

static int
folder_sync(const char *path)
{
	CLEAN(fd_closep)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) != 0 ? FAIL(-errno) : 0;
}

int
host_keys_folder(const char *data, char ret[PATH_MAX])
{
	int r = path_join(ret, data, HOST_KEYS_FOLDER);

	if (r != 0)
		return r;
	if (mkdir(ret, 0700) == 0)
		return folder_sync(data);
	return errno == EEXIST ? 0 : FAIL(-errno);
}

/* "host_ed25519" and ".pub" or nothing behind it. */
static int
key_path(const char *folder, const char *prefix, const char *kind,
	 const char *suffix, char ret[PATH_MAX])
{
	int n =
	    snprintf(ret, PATH_MAX, "%s/%s_%s%s", folder, prefix, kind, suffix);

	return n < PATH_MAX ? 0 : FAIL(-ENAMETOOLONG);
}

static bool
key_is(const char *folder, const char *prefix, const char *kind,
       const char *suffix)
{
	char path[PATH_MAX];
	struct stat st;

	return key_path(folder, prefix, kind, suffix, path) == 0 &&
	       lstat(path, &st) == 0;
}

/* --- making --- */

static bool
mark_is(const char *data)
{
	char path[PATH_MAX];

	return path_join(path, data, MARK) == 0 && access(path, F_OK) == 0;
}

static int
mark_make(const char *data)
{
	char path[PATH_MAX];
	CLEAN(fd_closep) int fd = -1;
	int r = path_join(path, data, MARK);

	if (r != 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0 ||
	    write(fd, mark_text, sizeof(mark_text) - 1) !=
		(ssize_t)sizeof(mark_text) - 1 ||
	    fsync(fd) != 0)
		return FAIL(errno != 0 ? -errno : -EIO);
	return folder_sync(data);
}

static int
keys_make(char *folder, const char *prefix, struct note *note)
{
	char program[PATH_MAX], which[16], word[] = "keys";
	char *argv[] = {program, word, folder, which, NULL};
	int r = helper_find("latchkeyd-ssh", program, note);

	if (r != 0)
		return r;
	(void)snprintf(which, sizeof(which), "%s", prefix);
	r = helper_run(argv);
	if (r <= 0)
		return r;
	return note_set(note, OUT_BUSY,
			"ssh: making host keys ended with status %d", r);
}

int
host_keys_make(const char *data, struct note *note)
{
	char folder[PATH_MAX];
	int r = host_keys_folder(data, folder);

	if (r == 0)
		r = keys_make(folder, HOST_KEYS_USED, note);
	return r != 0 ? r : mark_make(data);
}

int
host_keys_ready(const char *data, struct note *note)
{
	char folder[PATH_MAX];
	int r = host_keys_folder(data, folder);

	if (r != 0)
		return r;
	if (!mark_is(data))
		return host_keys_make(data, note);
	for (size_t i = 0; i < nitems(kinds); i++)
		if (!key_is(folder, HOST_KEYS_USED, kinds[i], ""))
			return note_set(
			    note, OUT_MISSING_PART,
			    "ssh: the host key host_%s is gone from %.80s; put "
			    "it back from a backup, or say 'latchkeyd "
			    "host-keys make' (clients will be warned)",
			    kinds[i], folder);
	return 0;
}

/* --- rotation --- */

int
host_keys_announce(const char *data, struct note *note)
{
	char folder[PATH_MAX];
	int r = host_keys_folder(data, folder);

	return r != 0 ? r : keys_make(folder, HOST_KEYS_NEXT, note);
}

/* 1: it was there. The public half moves last: until then both are published.
 */
static int
key_move(const char *folder, const char *kind, const char *suffix)
{
	char from[PATH_MAX], to[PATH_MAX];
	int r = key_path(folder, HOST_KEYS_NEXT, kind, suffix, from);

	if (r == 0)
		r = key_path(folder, HOST_KEYS_USED, kind, suffix, to);
	if (r != 0)
		return r;
	if (rename(from, to) == 0)
		return 1;
	return errno == ENOENT ? 0 : FAIL(-errno);
}

int
host_keys_use(const char *data, struct note *note)
{
	char folder[PATH_MAX];
	int moved = 0, r = host_keys_folder(data, folder);

	for (size_t i = 0; r == 0 && i < 2 * nitems(kinds); i++) {
		int n =
		    key_move(folder, kinds[i / 2], i % 2 == 0 ? "" : ".pub");

		moved += n > 0;
		r = n < 0 ? n : 0;
	}
	if (r == 0 && moved == 0)
		return note_set(note, OUT_ABSENT,
				"no host keys were announced: 'latchkeyd "
				"host-keys announce' makes some");
	return r != 0 ? r : folder_sync(folder);
}

/* --- reading --- */

static int
file_read(const char *path, char ret[HOST_KEYS_LINE_MAX])
{
	CLEAN(fd_closep)
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	n = read(fd, ret, HOST_KEYS_LINE_MAX - 1);
	if (n < 0)
		return FAIL(-errno);
	ret[n] = '\0';
	return 0;
}

/* "type base64" of a line that may have more; nothing else gets through. */
static int
line_take(struct str text, struct host_key *ret)
{
	CLEAN(buf_clear) struct buf blob = BUF_INIT_MAX(HOST_KEYS_LINE_MAX);
	struct str rest = str_sub(text, 0, strcspn(text.p, "\r\n"));
	struct str type, base64;
	int r;

	if (!str_next(&rest, ' ', &type) || !str_next(&rest, ' ', &base64) ||
	    type.n >= sizeof(ret->type) || !str_printable(type))
		return OUT_MALFORMED;
	r = dec_b64(&blob, base64);
	if (r == 0)
		r = sshkey_fingerprint(buf_str(&blob), ret->fingerprint);
	if (r != 0)
		return r;
	(void)snprintf(ret->type, sizeof(ret->type), "%.*s", STR_ARG(type));
	(void)snprintf(ret->line, sizeof(ret->line), "%.*s %.*s", STR_ARG(type),
		       STR_ARG(base64));
	return 0;
}

static int
key_read(const char *folder, struct host_key *key)
{
	char path[PATH_MAX], text[HOST_KEYS_LINE_MAX];
	int r = key_path(folder, key->prefix, key->kind, ".pub", path);

	if (r == 0)
		r = file_read(path, text);
	return r != 0 ? r : line_take(str_c(text), key);
}

int
host_keys_each(const char *data, const char *const *prefixes, size_t n,
	       void (*fn)(void *, const struct host_key *), void *arg)
{
	char folder[PATH_MAX];
	int r = path_join(folder, data, HOST_KEYS_FOLDER);

	for (size_t i = 0; r == 0 && i < n * nitems(kinds); i++) {
		struct host_key key = {.prefix = prefixes[i / nitems(kinds)],
				       .kind = kinds[i % nitems(kinds)]};

		r = key_read(folder, &key);
		if (r == 0)
			fn(arg, &key);
		else if (r > 0)
			r = 0;
	}
	return r;
}

struct known {
	struct str host;
	unsigned port;
	struct buf *to;
	size_t count;
};

/* sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: the port only when it is not 22. */
static void
known_add(void *arg, const struct host_key *key)
{
	struct known *k = arg;

	if (k->port == 22)
		buf_addf(k->to, "%.*s %s\n", STR_ARG(k->host), key->line);
	else
		buf_addf(k->to, "[%.*s]:%u %s\n", STR_ARG(k->host), k->port,
			 key->line);
	k->count++;
}

int
host_keys_known(const char *data, bool sshd, const char *host, unsigned port,
		struct buf *to)
{
	static const char *const ours[] = {HOST_KEYS_USED, HOST_KEYS_NEXT};
	static const char *const theirs[] = {HOST_KEYS_SSHD};
	struct known known = {.host = str_c(host), .port = port, .to = to};
	int r;

	if (str_starts(known.host, STR("[")) && str_ends(known.host, STR("]")))
		known.host = str_sub(known.host, 1, known.host.n - 2);
	r = host_keys_each(data, sshd ? theirs : ours,
			   sshd ? nitems(theirs) : nitems(ours), known_add,
			   &known);
	if (r == 0)
		r = buf_err(to);
	return r == 0 && known.count == 0 ? OUT_ABSENT : r;
}
