#include "server/walls.h"

#include "base/log.h"
#include "base/str.h"
#include "server/helper.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In DATA: all that the rooms keep there, made by the time the walls go up. The
 * vault is not among them, nor is the first API key, nor what an operator may
 * have put beside. */
static const struct {
	const char *name;
	enum jail_may may;
} kept[] = {
    {"latchkey.db", JAIL_WRITE},     {"latchkey.db-wal", JAIL_WRITE},
    {"latchkey.db-shm", JAIL_WRITE}, {"latchkey.db.lock", JAIL_WRITE},
    {"sessions", JAIL_WRITE},	     {"node", JAIL_READ},
    {"blobs", JAIL_WRITE},	     {"git", JAIL_WRITE},
    {"ssh", JAIL_SOCKETS},	     {"run", JAIL_SOCKETS},
};

/* Of the system, beside what git names: libraries and names of users, what
 * threads and clocks look up, what we know of our own processes. */
static const struct jail_path system_paths[] = {
    {"/proc", JAIL_READ},
    {"/sys/devices/system/cpu", JAIL_READ},
    {"/dev/null", JAIL_WRITE},
    {"/dev/urandom", JAIL_READ},
    {"/etc/ld.so.cache", JAIL_READ},
    {"/etc/ld.so.preload", JAIL_READ},
    {"/etc/passwd", JAIL_READ},
    {"/etc/group", JAIL_READ},
    {"/etc/nsswitch.conf", JAIL_READ},
    {"/etc/localtime", JAIL_READ},
    {"/usr/share/zoneinfo", JAIL_READ},
    {"/etc/ssl/openssl.cnf", JAIL_READ},
    {"/etc/pki/tls/openssl.cnf", JAIL_READ},
    {"/etc/crypto-policies", JAIL_READ},
    {"/usr/share/crypto-policies", JAIL_READ},
    {"/var/lib/dpkg", JAIL_READ}, /* which fixes libssh has */
};
static const struct {
	const char *name;
	enum jail_may may;
} helpers[] = {
    {"latchkeyd-ssh", JAIL_RUN},
    {"latchkeyd-keymaker", JAIL_RUN},
    {"latchkey-keys.client", JAIL_READ},
};

void
walls_clear(struct walls *w)
{
	for (size_t i = 0; i < w->n; i++)
		free((void *)(uintptr_t)w->paths[i].path);
	w->n = 0;
}

static int
add(struct walls *w, const char *path, enum jail_may may)
{
	char *copy;

	if (path == NULL)
		return 0;
	if (w->n == WALLS_PATHS_MAX)
		return FAIL(-E2BIG);
	copy = str_dup(str_c(path));
	if (copy == NULL)
		return FAIL(-ENOMEM);
	w->paths[w->n++] = (struct jail_path){copy, may};
	return 0;
}

static int
add_data(struct walls *w, const char *data)
{
	/* To put on disk what was made there. */
	int r = add(w, data, JAIL_LIST);

	for (size_t i = 0; r == 0 && i < nitems(kept); i++) {
		char path[PATH_MAX];
		int n =
		    snprintf(path, sizeof(path), "%s/%s", data, kept[i].name);

		r = n < 0 || n >= PATH_MAX ? FAIL(-ENAMETOOLONG)
					   : add(w, path, kept[i].may);
	}
	return r;
}

/* Cuts the name off an absolute path. */
static void
folder_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash != NULL)
		slash[slash == path ? 1 : 0] = '\0';
}

static bool
lies_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strcmp(folder, "/") == 0 ||
	       (strncmp(path, folder, n) == 0 &&
		(path[n] == '/' || path[n] == '\0'));
}

/* Where a file is, or where its name is. */
static int
add_folder(struct walls *w, const char *file, const char *data)
{
	char folder[PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "%s", file);
	folder_of(folder);
	if (!lies_below(data, folder) && !lies_below(folder, data))
		return add(w, folder, JAIL_READ);
	w->tight = true;
	return add(w, file, JAIL_READ);
}

/* A name may be a link, whose own folder is where it will be replaced. */
static int
add_tls(struct walls *w, const char *file, const char *data)
{
	char real[PATH_MAX], folder[PATH_MAX], named[2 * PATH_MAX];
	const char *slash;
	int r;

	if (file == NULL)
		return 0;
	if (realpath(file, real) == NULL)
		return FAIL(-errno);
	r = add_folder(w, real, data);
	slash = strrchr(file, '/');
	(void)snprintf(folder, sizeof(folder), "%.*s",
		       slash == NULL   ? 1
		       : slash == file ? 1
				       : (int)(slash - file),
		       slash == NULL ? "." : file);
	if (r != 0 || realpath(folder, real) == NULL)
		return r;
	(void)snprintf(named, sizeof(named), "%s/%s", real,
		       slash == NULL ? file : slash + 1);
	return add_folder(w, named, data);
}

static int
add_helpers(struct walls *w)
{
	char path[PATH_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(helpers); i++)
		if (helper_find(helpers[i].name, path, NULL) == 0)
			r = add(w, path, helpers[i].may);
	return r;
}

static int
add_git(struct walls *w, const struct git_store *git)
{
	struct jail_path paths[GIT_WALLS_MAX];
	size_t n = git == NULL ? 0 : git_walls_outer(git, paths);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add(w, paths[i].path, paths[i].may);
	return r;
}

int
walls_make(const struct walls_conf *conf, struct walls *ret)
{
	int r;

	*ret = (struct walls){.n = 0};
	r = add_data(ret, conf->data);
	for (size_t i = 0; r == 0 && i < nitems(system_paths); i++)
		r = add(ret, system_paths[i].path, system_paths[i].may);
	if (r == 0)
		r = add_helpers(ret);
	if (r == 0)
		r = add_git(ret, conf->git);
	if (r == 0)
		r = add_tls(ret, conf->tls_cert, conf->data);
	if (r == 0)
		r = add_tls(ret, conf->tls_key, conf->data);
	if (r != 0)
		walls_clear(ret);
	return r;
}

int
walls_raise(const struct walls_conf *conf, int *ret_landlock)
{
	struct walls w;
	bool files = false;
	int r = walls_make(conf, &w);

	if (r != 0)
		return r;
	if (w.tight)
		log_say(LOG_WARN, "walls",
			"tls=tight why=\"a TLS file lies above or beside the "
			"vault: one that takes its place is read after a "
			"restart\"");
	r = jail_front(w.paths, w.n, &files);
	walls_clear(&w);
	if (r != 0)
		return r;
	*ret_landlock = files ? jail_landlock() : 0;
	if (!files)
		log_say(LOG_WARN, "walls",
			"landlock=none why=\"this kernel has none, or it is "
			"switched off: files are kept apart by modes alone\"");
	return 0;
}
