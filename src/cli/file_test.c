/* Files are replaced whole, 0600, and read within a bound. */
#include "base/test.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/latchkey-cli-XXXXXX";

static void
replace_and_read(const char *path)
{
	CLEAN(buf_clear) struct buf got = BUF_INIT;
	struct note note = {""};
	struct stat st;

	is_int(file_read(path, 10, &got, &note), OUT_ABSENT, "not there yet");
	is_int(file_replace(path, STR("0123456789"), &note), 0, "written");
	is_int(stat(path, &st), 0, "there");
	is_int(st.st_mode & 0777, 0600, "for its owner only");
	is_int(file_read(path, 10, &got, &note), 0, "read at its limit");
	is_str(buf_str(&got), STR("0123456789"), "what was written");
	buf_reset(&got);
	is_int(file_read(path, 9, &got, &note), OUT_TOO_LARGE,
	       "one byte over the limit");
	buf_reset(&got);
	is_int(file_replace(path, STR("new"), &note), 0, "replaced");
	is_int(file_read(path, 10, &got, &note), 0, "read");
	is_str(buf_str(&got), STR("new"), "nothing of the old is left");
}

static void
home_is_private(void)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf home = BUF_INIT;
	struct note note = {""};
	struct stat st;

	(void)buf_addf(&home, "%s/a/b", dir);
	(void)setenv("LATCHKEY_HOME", home.p, 1);
	is_int(home_path("session.json", &path, &note), 0, "a home is made");
	ok(str_ends(buf_str(&path), STR("/a/b/session.json")), "its path");
	is_int(stat(home.p, &st), 0, "it is there");
	is_int(st.st_mode & 0777, 0700, "for its owner only");
}

static void
session_round_trip(void)
{
	struct cli cli = {0};
	struct session *s = &cli.session;

	is_int(session_load(&cli), OUT_UNPROVEN, "nobody is logged in");
	session_set(&s->url, STR("https://example.com:8443"));
	session_set(&s->access_token, STR("secret \"quoted\""));
	s->expires_at = 1234567890123;
	is_str(session_registry(s), STR("example.com:8443"), "the registry's host");
	is_int(session_save(&cli), 0, "saved");
	session_clear(s);
	is_int(session_load(&cli), 0, "loaded");
	is_str(str_c(s->access_token), STR("secret \"quoted\""), "a member");
	is_int(s->expires_at, 1234567890123, "the time");
	ok(s->refresh_token == NULL, "what was not there is not there");
	session_clear(s);
}

int
main(void)
{
	char path[sizeof(dir) + 8];

	if (mkdtemp(dir) == NULL)
		return EXIT_FAILURE;
	(void)snprintf(path, sizeof(path), "%s/file", dir);
	replace_and_read(path);
	home_is_private();
	session_round_trip();
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	{
		char cmd[sizeof(dir) + 16];

		(void)snprintf(cmd, sizeof(cmd), "rm -r '%s'", dir);
		if (system(cmd) != 0)
			return EXIT_FAILURE;
	}
	return done_testing();
}
