#include "server/init.h"

#include "base/clock.h"
#include "base/enc.h"
#include "core/api_key.h"
#include "core/user.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_NAME     "first"
#define KEY_FILE_MAX (4 * KIB)

struct key_file {
	char path[PATH_MAX];
	int fd;
};

static void
key_file_close(struct key_file *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
}

/* Not there before: whoever reads it reads what we wrote. */
static int
key_file_make(struct key_file *f, struct note *note)
{
	f->fd =
	    open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		 0600);
	if (f->fd < 0)
		return note_set(note, OUT_CONFLICT, "cannot make %s: %s",
				f->path, strerror(errno));
	return 0;
}

static int
key_file_path(struct key_file *f, const struct data_dir *dir, const char *path,
	      struct note *note)
{
	int n = path != NULL ? snprintf(f->path, sizeof(f->path), "%s", path)
			     : snprintf(f->path, sizeof(f->path),
					"%s/first-apikey", dir->path);

	return n < (int)sizeof(f->path)
		   ? 0
		   : note_set(note, OUT_MALFORMED, "apikey-file: too long");
}

static int
key_file_sync(const struct key_file *f)
{
	char path[PATH_MAX];
	int dir, r;

	(void)snprintf(path, sizeof(path), "%s", f->path);
	dir = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return FAIL(-errno);
	r = fsync(f->fd) != 0 || fsync(dir) != 0 ? FAIL(-errno) : 0;
	(void)close(dir);
	return r;
}

static int
key_file_write(const struct key_file *f, const struct secret *key)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(KEY_FILE_MAX);
	struct jw w = JW(&b);
	char at[32];

	enc_time_iam(clock_now(), at);
	jw_object(&w, NULL);
	jw_c(&w, "name", KEY_NAME);
	jw_c(&w, "description", "");
	jw_c(&w, "createdAt", at);
	jw_str(&w, "apikey", secret_reveal(key));
	jw_end(&w);
	buf_addc(&b, '\n');
	if (buf_err(&b) != 0)
		return buf_err(&b);
	if (write(f->fd, b.p, b.n) != (ssize_t)b.n)
		return FAIL(errno != 0 ? -errno : -ENOSPC);
	return key_file_sync(f);
}

/* The key that an interrupted installation left behind, if it is one. */
static bool
key_file_good(struct core *core, const struct key_file *f)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(KEY_FILE_MAX);
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(arena_clear) struct arena arena;
	struct api_key key;
	int fd = open(f->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = -1;

	arena_init(&arena, 64 * KIB);
	if (fd < 0)
		return false;
	if (buf_room(&b, KEY_FILE_MAX - 1) == 0)
		n = read(fd, b.p, KEY_FILE_MAX - 1);
	(void)close(fd);
	if (n <= 0)
		return false;
	b.n = (size_t)n;
	return json_parse(buf_str(&b), &j, NULL) == 0 &&
	       api_key_find(core, json_text(j, "apikey"), &arena, &key) == 0;
}

/* The account was made, but its key may never have reached the disk: another
 * key for the same owner. */
static int
key_again(struct core *core, struct secret *ret, struct note *note)
{
	struct visit v = {.core = core, .verb = VERB_APIKEY_CREATE};
	CLEAN(arena_clear) struct arena arena;
	struct api_key_ask ask = {.name = STR(KEY_NAME),
				  .action_when_leaked = STR("none")};
	struct account *accounts = NULL;
	struct api_key key;
	size_t n = 0;
	int r;

	arena_init(&arena, MIB);
	v.who.server = true;
	r = account_list(core, &v.who, &arena, &accounts, &n);
	if (r != 0)
		return r;
	if (n == 0)
		return FAIL(-ENOTRECOVERABLE);
	ask.account = accounts[0].id;
	ask.identity = accounts[0].owner;
	(void)snprintf(v.who.account, sizeof(v.who.account), "%.*s",
		       STR_ARG(ask.account));
	(void)snprintf(v.who.identity, sizeof(v.who.identity), "%.*s",
		       STR_ARG(ask.identity));
	(void)snprintf(v.account, sizeof(v.account), "%s", v.who.account);
	v.who.owner = true;
	v.at = clock_now();
	v.thing = (struct thing){.kind = THING_IDENTITY,
				 .account = ask.account,
				 .name = ask.identity};
	return api_key_create(&v, &ask, &arena, &key, ret, note);
}

static int
first_make(struct core *core, const struct init_ask *ask, struct key_file *file,
	   struct note *note)
{
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct first first = {.slug = str_c(ask->slug),
			      .email = str_c(ask->email),
			      .key_name = STR(KEY_NAME)};
	int r = account_any(core) ? key_again(core, &key, note)
				  : account_first(core, &first, &key);

	if (r == OUT_MALFORMED)
		return note_set(note, r,
				"\"%s\" is no account name, or \"%s\" no "
				"e-mail address",
				ask->slug, ask->email);
	return r != 0 ? r : key_file_write(file, &key);
}

int
init_first(struct core *core, const struct data_dir *dir,
	   const struct init_ask *ask, char ret_path[4096], struct note *note)
{
	CLEAN(key_file_close) struct key_file file = {.fd = -1};
	bool again = account_any(core);
	int r = key_file_path(&file, dir, ask->key_path, note);

	if (r == 0 && !(again && key_file_good(core, &file))) {
		/* Nobody was told of a key file in an unfinished directory. */
		if (ask->key_path == NULL)
			(void)unlink(file.path);
		r = key_file_make(&file, note);
		if (r != 0)
			return r;
		r = first_make(core, ask, &file, note);
		if (r != 0)
			(void)unlink(file.path);
	}
	if (r == 0)
		r = data_dir_end(dir);
	if (r == 0)
		(void)snprintf(ret_path, 4096, "%s", file.path);
	return r;
}
