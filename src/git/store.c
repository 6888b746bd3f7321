/* Opening a store: where git is, whether it will do, what it needs to run. */
#include "git/inner.h"

#include "base/fd.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GIT_MAJOR_MIN 2
#define GIT_MINOR_MIN 37 /* core.fsync, cruft packs */
#define OLD_S	      3600

static char *
joined(const char *a, const char *b)
{
	char *ret = NULL;

	return asprintf(&ret, "%s%s", a, b) < 0 ? NULL : ret;
}

static char *
real_program(const char *path)
{
	return access(path, X_OK) == 0 ? realpath(path, NULL) : NULL;
}

static int
program_find(struct git_store *s, const char *given, struct note *note)
{
	static const char *const usual[] = {"/usr/bin/", "/usr/local/bin/",
					    "/bin/"};
	const char *name = given != NULL ? given : "git";

	if (strchr(name, '/') != NULL)
		s->program = real_program(name);
	for (size_t i = 0; i < nitems(usual) && strchr(name, '/') == NULL &&
			   s->program == NULL;
	     i++) {
		char *path = joined(usual[i], name);

		s->program = path != NULL ? real_program(path) : NULL;
		free(path);
	}
	if (s->program == NULL)
		return note_set(
		    note, OUT_ABSENT,
		    "no git program: %s: install git, 2.37 or newer", name);
	return 0;
}

/* "FOLDER/hooks" with both hooks in it; they are links to one program. */
static bool
hooks_are(struct git_store *s, const char *folder)
{
	char *pre = joined(folder, "/pre-receive");
	char *ref = joined(folder, "/reference-transaction");
	bool all = pre != NULL && ref != NULL && access(pre, X_OK) == 0 &&
		   access(ref, X_OK) == 0;

	if (all) {
		s->hook_file = realpath(pre, NULL);
		s->hooks = realpath(folder, NULL);
		all = s->hook_file != NULL && s->hooks != NULL;
	}
	free(pre);
	free(ref);
	return all;
}

static int
hooks_find(struct git_store *s, const char *given, struct note *note)
{
	static const char *const beside[] = {"/hooks",
					     "/../libexec/latchkey/hooks"};
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (given != NULL && hooks_are(s, given))
		return 0;
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	for (size_t i = 0; given == NULL && i < nitems(beside); i++) {
		char *folder = joined(self, beside[i]);
		bool found = folder != NULL && hooks_are(s, folder);

		free(folder);
		if (found)
			return 0;
	}
	return note_set(note, OUT_ABSENT, "no hooks for git in %s",
			given != NULL ? given : self);
}

static int
ask(struct git_store *s, const char *what, char text[GIT_TEXT_MAX])
{
	struct git_args args = {.n = 0};
	CLEAN(fd_closep)
	int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct git_errand errand = {
	    .args = &args, .dir = top, .lock = -1, .free = true};
	int status = 0, r;

	if (top < 0)
		return FAIL(-errno);
	git_arg(&args, "git");
	git_arg(&args, what);
	r = git_errand(s, &errand, text, &status);
	return r == 0 && status != 0 ? OUT_ABSENT : r;
}

static int
version_check(struct git_store *s, struct note *note)
{
	char text[GIT_TEXT_MAX];
	int major = 0, minor = 0, r = ask(s, "--version", text);

	if (r != 0)
		return note_set(note, r < 0 ? r : OUT_ABSENT, "%s does not run",
				s->program);
	if (sscanf(text, "git version %d.%d", &major, &minor) != 2 ||
	    major < GIT_MAJOR_MIN ||
	    (major == GIT_MAJOR_MIN && minor < GIT_MINOR_MIN))
		return note_set(note, OUT_UNSUPPORTED,
				"%s is not git %d.%d or newer", s->program,
				GIT_MAJOR_MIN, GIT_MINOR_MIN);
	r = ask(s, "--exec-path", text);
	if (r != 0)
		return note_set(note, r, "%s does not say --exec-path",
				s->program);
	text[strcspn(text, "\n")] = '\0';
	s->exec_path = realpath(text, NULL);
	if (s->exec_path == NULL)
		return note_set(note, OUT_ABSENT, "git's programs: no %s",
				text);
	return 0;
}

/* The dynamic loader of this program is that of the system's others. */
static int
loader_of(struct dl_phdr_info *info, size_t size, void *arg)
{
	char **ret = arg;

	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			*ret =
			    realpath((const char *)(info->dlpi_addr +
						    info->dlpi_phdr[i].p_vaddr),
				     NULL);
	return 1;
}

static void
path_add(struct git_store *s, const char *path, enum jail_may may)
{
	if (path != NULL)
		s->paths[s->n_paths++] = (struct jail_path){path, may};
}

static void
paths_set(struct git_store *s)
{
	static const char *const libraries[] = {
	    "/lib",	  "/lib64",	    "/usr/lib",
	    "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};

	(void)dl_iterate_phdr(loader_of, &s->loader);
	path_add(s, s->program, JAIL_RUN);
	path_add(s, s->exec_path, JAIL_RUN);
	path_add(s, s->loader, JAIL_RUN);
	for (size_t i = 0; i < nitems(libraries); i++)
		path_add(s, libraries[i], JAIL_READ);
	path_add(s, "/dev/null", JAIL_WRITE);
	path_add(s, "/dev/urandom", JAIL_READ);
}

/* The entry of a new folder is on disk once the one above it is. */
static int
root_open(struct git_store *s, const char *path, struct note *note)
{
	struct stat st;
	int above, r = 0;
	bool made = mkdir(path, 0700) == 0;

	if (!made && errno != EEXIST)
		return note_set(note, FAIL(-errno), "%s: %s", path,
				strerror(errno));
	s->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root < 0)
		return note_set(note, FAIL(-errno), "%s: %s", path,
				strerror(errno));
	if (fstat(s->root, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0)
		return note_set(note, FAIL(-EUCLEAN),
				"%s: others own it or may write to it", path);
	if (!made)
		return 0;
	above = openat(s->root, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (above < 0 || fsync(above) != 0)
		r = FAIL(-errno);
	if (above >= 0)
		close(above);
	return r;
}

/* Another process may be making a repository; nobody takes that long. */
static int
leftover_clear(void *arg, int dir, const char *name)
{
	struct stat st;

	(void)arg;
	if (strncmp(name, GIT_TRASH, strlen(GIT_TRASH)) == 0)
		return folder_clear(dir, name);
	if (strncmp(name, GIT_NEW, strlen(GIT_NEW)) == 0 &&
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_mtime < time(NULL) - OLD_S)
		return folder_clear(dir, name);
	return 0;
}

static int
store_fill(struct git_store *s, const struct git_conf *conf, struct note *note)
{
	uint64_t push = conf->push_max != 0 ? conf->push_max : GIT_PUSH_DEFAULT;
	int r = program_find(s, conf->program, note);

	if (r == 0)
		r = hooks_find(s, conf->hooks, note);
	if (r == 0)
		r = version_check(s, note);
	if (r != 0)
		return r;
	paths_set(s);
	s->hooks_arg = joined("core.hooksPath=", s->hooks);
	s->runs = calloc(s->running_max, sizeof(*s->runs));
	if (s->hooks_arg == NULL || s->runs == NULL)
		return FAIL(-ENOMEM);
	(void)snprintf(s->push_arg, sizeof(s->push_arg),
		       "receive.maxInputSize=%llu", (unsigned long long)push);
	(void)snprintf(s->timeout_arg, sizeof(s->timeout_arg), "--timeout=%d",
		       GIT_IDLE_S);
	return 0;
}

int
git_find(const struct git_conf *conf, struct git_store **ret, struct note *note)
{
	struct git_store *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return FAIL(-ENOMEM);
	s->root = -1;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_mutex_init(&s->maintaining, NULL);
	s->running_max =
	    conf->running_max != 0 ? conf->running_max : GIT_RUNNING_DEFAULT;
	s->cpu_s = conf->cpu_s != 0 ? conf->cpu_s : GIT_CPU_DEFAULT;
	s->memory = conf->memory != 0 ? conf->memory : GIT_MEMORY_DEFAULT;
	r = store_fill(s, conf, note);
	if (r != 0)
		git_free(s);
	else
		*ret = s;
	return r;
}

int
git_settle(struct git_store *s, const char *dir, struct note *note)
{
	int r = root_open(s, dir, note);

	return r == 0 ? folder_each(s->root, leftover_clear, NULL) : r;
}

int
git_open(const struct git_conf *conf, struct git_store **ret, struct note *note)
{
	struct git_store *s = NULL;
	int r = git_find(conf, &s, note);

	if (r == 0)
		r = git_settle(s, conf->dir, note);
	if (r == 0)
		*ret = s;
	else
		git_free(s);
	return r;
}

void
git_free(struct git_store *s)
{
	if (s == NULL)
		return;
	if (s->root >= 0)
		close(s->root);
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_mutex_destroy(&s->maintaining);
	free(s->program);
	free(s->hooks);
	free(s->hook_file);
	free(s->exec_path);
	free(s->loader);
	free(s->hooks_arg);
	free(s->runs);
	free(s);
}
