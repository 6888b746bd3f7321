#include "jail/jail.h"

#include "base/test.h"

#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What becoming this user comes to: 0, the outcome, or 90 and more for what
 * should not be. */
static int
become(const char *user, uid_t want)
{
	struct note note = {0};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int r = jail_user(user, &note);

		if (r != 0)
			_exit(note.text[0] == '\0' ? 90 : r > 0 ? r : 91);
		if (getuid() != want || geteuid() != want)
			_exit(92);
		if (want != 0 && (setuid(0) == 0 || seteuid(0) == 0))
			_exit(93);
		_exit(getgroups(0, NULL) == 0 || want != 65534 ? 0 : 94);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 99;
	return WEXITSTATUS(status);
}

int
main(void)
{
	const struct passwd *nobody = getpwnam("nobody");
	uid_t us = geteuid();

	if (us != 0) {
		is_int(become("nobody", us), 0, "only root becomes another");
		is_int(become("no-such-user", us), 0, "and only root looks");
		return done_testing();
	}
	ok(nobody != NULL, "there is a nobody");
	if (nobody == NULL)
		return done_testing();
	is_int(become(NULL, nobody->pw_uid), 0, "nobody is whom we become");
	is_int(become("nobody", nobody->pw_uid), 0, "by name, too");
	is_int(become("no-such-user", 0), OUT_ABSENT, "an unknown user");
	is_int(become("root", 0), OUT_ABSENT, "root is no way down");
	return done_testing();
}
