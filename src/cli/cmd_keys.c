/* authorized-keys: the key client, by latchkey's own name. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM	  "latchkey-keys"
#define OWN_MAX	  4096
#define WORDS_MAX 16

/* Beside latchkey in a build, where it is installed, and where a first boot
 * puts it. */
static const char *const folders[] = {"%s", "%s/../libexec/latchkey",
				      "/usr/local/lib/latchkey"};

static int
own_folder(char *ret, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", ret, size - 1);

	if (n < 0)
		return FAIL(-errno);
	ret[n] = '\0';
	(void)dirname(ret);
	return 0;
}

static int
keys_run(struct cli *cli, const struct args *a)
{
	const char *argv[WORDS_MAX + 3] = {PROGRAM, "authorized-keys"};
	char own[OWN_MAX], path[OWN_MAX + 64];
	int r = own_folder(own, sizeof(own));

	if (r != 0)
		return r;
	if (a->n > WORDS_MAX)
		return usage_set(cli, _("too many words"));
	for (int i = 0; i < a->n; i++)
		argv[i + 2] = a->rest[i];
	for (size_t i = 0; i < nitems(folders); i++) {
		int n = 0;

		if (strncmp(folders[i], "%s", 2) == 0)
			n = snprintf(path, sizeof(path), "%s%s/" PROGRAM, own,
				     folders[i] + 2);
		else
			n = snprintf(path, sizeof(path), "%s/" PROGRAM,
				     folders[i]);
		if (n > 0 && (size_t)n < sizeof(path))
			(void)execv(path, (char *const *)(uintptr_t)argv);
	}
	return note_set(&cli->note, OUT_ABSENT,
			_("no program %s beside latchkey, in "
			  "../libexec/latchkey or in /usr/local/lib/latchkey"),
			PROGRAM);
}

static const struct command rows[] = {
    {"", "authorized-keys", NULL, NULL, 0, "USER", 1, OPERANDS_RAW, keys_run,
     N_("on a server: the keys it is to trust now"),
     N_("For sshd on a server that a first boot has set up: it asks latchkey "
	"for the\n"
	"keys. This runs the program latchkey-keys with the same words.\n")},
};
const struct command_set commands_keys = {rows, nitems(rows)};
