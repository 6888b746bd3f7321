#include "ssh/version.h"

#include "base/str.h"

#include <libssh/libssh.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DPKG_QUERY "/usr/bin/dpkg-query"
#define DPKG	   "/usr/bin/dpkg"
#define PACKAGE	   "libssh-4"

const char *
version_libssh(void)
{
	return ssh_version(0);
}

/* The program's exit status and the first bytes that it wrote; -errno. */
static int
run(char *const argv[], char *ret, size_t size)
{
	char locale[] = "LC_ALL=C";
	char *const env[] = {locale, NULL};
	posix_spawn_file_actions_t files;
	int ends[2], status = 0, r;
	size_t had = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return FAIL(-errno);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY,
					       0);
	(void)posix_spawn_file_actions_adddup2(&files, ends[1], 1);
	(void)posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY,
					       0);
	r = posix_spawn(&pid, argv[0], &files, NULL, argv, env);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)close(ends[1]);
	while (r == 0 && had < size - 1 &&
	       ((n = read(ends[0], ret + had, size - 1 - had)) > 0 ||
		(n < 0 && errno == EINTR)))
		had += n > 0 ? (size_t)n : 0;
	(void)close(ends[0]);
	ret[had] = '\0';
	if (r != 0)
		return -r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return FAIL(-errno);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

/* The package's version; "" where there is no such package. */
static void
package_version(char *ret, size_t size)
{
	char query[] = DPKG_QUERY, what[] = "-W",
	     form[] = "-f=${db:Status-Abbrev}${Version}", name[] = PACKAGE;
	char *const argv[] = {query, what, form, name, NULL};
	char text[128] = "";

	ret[0] = '\0';
	if (run(argv, text, sizeof(text)) == 0 && strncmp(text, "ii ", 3) == 0)
		(void)snprintf(ret, size, "%s", text + 3);
}

static bool
is_older(char *version, const char *than)
{
	char dpkg[] = DPKG, compare[] = "--compare-versions", lt[] = "lt";
	char wanted[64], none[8] = "";
	char *const argv[] = {dpkg, compare, version, lt, wanted, NULL};

	(void)snprintf(wanted, sizeof(wanted), "%s", than);
	return run(argv, none, sizeof(none)) == 0;
}

int
version_check(struct note *note)
{
	char version[128];

	if (ssh_version(SSH_VERSION_INT(0, 10, 6)) == NULL)
		return note_set(note, OUT_UNSUPPORTED,
				"libssh %s is too old: " VERSION_LIBSSH
				" is needed",
				version_libssh());
	package_version(version, sizeof(version));
	/* Later releases carry their own fixes; which, nobody here knows. */
	if (strncmp(version, VERSION_LIBSSH "-", sizeof(VERSION_LIBSSH)) != 0 ||
	    strstr(version, "+deb12u") == NULL)
		return note_set(note, OUT_ABSENT,
				"libssh %s: not Debian 12's, so see for "
				"yourself that it has the fixes of %s",
				version_libssh(), VERSION_DEBIAN);
	if (is_older(version, VERSION_DEBIAN))
		return note_set(note, OUT_UNSUPPORTED,
				PACKAGE " %s has known holes: " VERSION_DEBIAN
					" is needed (apt install " PACKAGE ")",
				version);
	return 0;
}
