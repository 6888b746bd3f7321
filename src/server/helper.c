#include "server/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const folders[] = {"", "../libexec/latchkey/"};

int
helper_find(const char *name, char ret[PATH_MAX], struct note *note)
{
	char own[PATH_MAX] = "";
	char *slash;

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0)
		return FAIL(-errno);
	slash = strrchr(own, '/');
	if (slash == NULL)
		return FAIL(-ENOENT);
	slash[1] = '\0';
	for (size_t i = 0; i < nitems(folders); i++) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s%s%s", own, folders[i],
				 name);

		if (n < (int)sizeof(path) && access(path, X_OK) == 0) {
			memcpy(ret, path, (size_t)n + 1);
			return 0;
		}
	}
	return note_set(note, OUT_ABSENT,
			"the program %s is neither in %.80s nor in "
			"../libexec/latchkey of there",
			name, own);
}

/* Only these: a program of ours is told what it needs by its arguments. */
char *const *
helper_env(void)
{
	static const char *const names[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS",
					    "TSAN_OPTIONS", "LSAN_OPTIONS",
					    "JOURNAL_STREAM"};
	static char text[nitems(names)][256];
	static char *env[nitems(names) + 1];
	size_t n = 0;

	if (env[0] != NULL)
		return env;
	for (size_t i = 0; i < nitems(names); i++) {
		const char *value = getenv(names[i]);
		int k = value == NULL ? 0
				      : snprintf(text[i], sizeof(text[i]),
						 "%s=%s", names[i], value);

		if (k > 0 && k < (int)sizeof(text[i]))
			env[n++] = text[i];
	}
	return env;
}

int
helper_attr(posix_spawnattr_t *ret)
{
	sigset_t none, all;
	int r = posix_spawnattr_init(ret);

	if (r != 0)
		return FAIL(-r);
	sigemptyset(&none);
	sigfillset(&all);
	r = posix_spawnattr_setflags(ret, POSIX_SPAWN_SETSIGMASK |
					      POSIX_SPAWN_SETSIGDEF |
					      POSIX_SPAWN_SETPGROUP);
	if (r == 0)
		r = posix_spawnattr_setsigmask(ret, &none);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(ret, &all);
	if (r != 0)
		(void)posix_spawnattr_destroy(ret);
	return r != 0 ? FAIL(-r) : 0;
}

static int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return FAIL(-errno);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
helper_run(char *const argv[])
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	pid_t pid;
	int r = helper_attr(&attr);

	if (r != 0)
		return r;
	r = posix_spawn_file_actions_init(&acts);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(&acts, 0, "/dev/null",
						     O_RDWR, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&acts, 0, 1);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(&acts, 3);
	if (r == 0)
		r = posix_spawn(&pid, argv[0], &acts, &attr, argv,
				helper_env());
	(void)posix_spawn_file_actions_destroy(&acts);
	(void)posix_spawnattr_destroy(&attr);
	return r != 0 ? FAIL(-r) : wait_for(pid);
}
