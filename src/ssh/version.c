#include "ssh/version.h"

#include "base/str.h"

#include <libssh/libssh.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read here: to start dpkg-query takes longer than all else that is asked at a
 * start, and from behind latchkeyd's walls nothing can be started. */
#define STATUS	"/var/lib/dpkg/status"
#define PACKAGE "libssh-4"
#define RELEASE "+deb12u"

const char *
version_libssh(void)
{
	return ssh_version(0);
}

/* In a line "name: value\n"; STR_NONE of another name. */
static struct str
value_of(const char *line, const char *name)
{
	struct str all = {line, strcspn(line, "\n")};

	if (!str_starts(all, str_c(name)))
		return STR_NONE;
	return str_trim(str_sub(all, strlen(name), SIZE_MAX));
}

/* The package's version; "" where there is no such package. The file has a
 * paragraph for each, an empty line between them (deb-control(5), and what
 * dpkg(1) says of its status); Package and Status come before Version. */
static void
package_version(char *ret, size_t size)
{
	FILE *f = fopen(STATUS, "re");
	bool ours = false, installed = false;
	char *line = NULL;
	size_t room = 0;

	ret[0] = '\0';
	while (f != NULL && ret[0] == '\0' && getline(&line, &room, f) > 0) {
		struct str version = value_of(line, "Version:");

		if (value_of(line, "Package:").p != NULL)
			ours = str_eq(value_of(line, "Package:"), STR(PACKAGE));
		if (value_of(line, "Status:").p != NULL)
			installed = str_ends(value_of(line, "Status:"),
					     STR(" installed"));
		if (ours && installed && version.p != NULL)
			(void)snprintf(ret, size, "%.*s", STR_ARG(version));
	}
	free(line);
	if (f != NULL)
		(void)fclose(f);
}

/* Debian 12's releases of one upstream version are counted behind this. */
static bool
has_fixes(const char *version)
{
	const char *mine = strstr(version, RELEASE),
		   *least = strstr(VERSION_DEBIAN, RELEASE);

	return strtoul(mine + sizeof(RELEASE) - 1, NULL, 10) >=
	       strtoul(least + sizeof(RELEASE) - 1, NULL, 10);
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
	    strstr(version, RELEASE) == NULL)
		return note_set(note, OUT_ABSENT,
				"libssh %s: not Debian 12's, so see for "
				"yourself that it has the fixes of %s",
				version_libssh(), VERSION_DEBIAN);
	if (!has_fixes(version))
		return note_set(note, OUT_UNSUPPORTED,
				PACKAGE " %s has known holes: " VERSION_DEBIAN
					" is needed (apt install " PACKAGE ")",
				version);
	return 0;
}
