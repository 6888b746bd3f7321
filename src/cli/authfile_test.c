/* Logins are added to the clients' files without losing what is in them. */
#include "base/test.h"
#include "cli/authfile.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/latchkey-auth-XXXXXX";
static const struct login_entry entry = {
    STR_INIT("127.0.0.1:8080"), STR_INIT("iamrefresh"), STR_INIT("s3cret")};

static const char *
path_of(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
content_is(const char *name, struct str want, const char *what)
{
	CLEAN(buf_clear) struct buf got = BUF_INIT;
	struct note note = {""};

	is_int(file_read(path_of(name), 4096, &got, &note), 0, "%s: read",
	       what);
	is_str(buf_str(&got), want, "%s", what);
}

static void
made_when_missing(void)
{
	struct note note = {""};
	struct stat st;

	is_int(authfile_put(path_of("new/config.json"), &entry, &note), 0,
	       "a file is made");
	is_int(stat(path_of("new/config.json"), &st), 0, "it is there");
	is_int(st.st_mode & 0777, 0600, "for its owner only");
	/* base64 of iamrefresh:s3cret */
	content_is("new/config.json",
		   STR("{\"auths\":{\"127.0.0.1:8080\":{\"auth\":"
		       "\"aWFtcmVmcmVzaDpzM2NyZXQ=\"}}}\n"),
		   "one login");
}

/* REGISTRY_AUTH_FILE may be a bare name. */
static void
made_here(void)
{
	struct note note = {""};

	is_int(chdir(dir), 0, "in a folder of its own");
	is_int(authfile_put("auth.json", &entry, &note), 0,
	       "a name without a folder");
	content_is("auth.json",
		   STR("{\"auths\":{\"127.0.0.1:8080\":{\"auth\":"
		       "\"aWFtcmVmcmVzaDpzM2NyZXQ=\"}}}\n"),
		   "is made here");
}

static void
others_are_kept(void)
{
	struct note note = {""};

	is_int(file_replace(path_of("c"),
			    STR("{\"x\":[1,{\"y\":null}],\"auths\":{\"a\":{"
				"\"auth\":\"Zg==\"},\"127.0.0.1:8080\":{"
				"\"identitytoken\":\"old\"}},\"z\":true}"),
			    &note),
	       0, "a file of somebody's");
	is_int(authfile_put(path_of("c"), &entry, &note), 0,
	       "a login is added");
	content_is("c",
		   STR("{\"x\":[1,{\"y\":null}],\"z\":true,\"auths\":{\"a\":{"
		       "\"auth\":\"Zg==\"},\"127.0.0.1:8080\":{\"auth\":"
		       "\"aWFtcmVmcmVzaDpzM2NyZXQ=\"}}}\n"),
		   "only our host's entry is another");
}

static void
damage_is_left_alone(void)
{
	struct note note = {""};

	is_int(file_replace(path_of("bad"), STR("{\"auths\":"), &note), 0,
	       "half a file");
	is_int(authfile_put(path_of("bad"), &entry, &note), OUT_MALFORMED,
	       "is refused");
	content_is("bad", STR("{\"auths\":"), "and stays as it is");
	is_int(file_replace(path_of("bad"), STR("[]"), &note), 0, "a list");
	is_int(authfile_put(path_of("bad"), &entry, &note), OUT_MALFORMED,
	       "is refused too");
}

static void
store_gets_the_secret(void)
{
	CLEAN(buf_clear) struct buf script = BUF_INIT;
	CLEAN(buf_clear) struct buf search = BUF_INIT;
	struct note note = {""};

	(void)buf_addf(&script, "#!/bin/sh\nexec cat >'%s/got.'\"$1\"\n", dir);
	is_int(file_replace(path_of("docker-credential-test"), buf_str(&script),
			    &note),
	       0, "a credential store");
	is_int(chmod(path_of("docker-credential-test"), 0700), 0, "runs");
	(void)buf_addf(&search, "%s:%s", dir, getenv("PATH"));
	(void)setenv("PATH", search.p, 1);
	is_int(
	    file_replace(path_of("s"), STR("{\"credsStore\":\"test\"}"), &note),
	    0, "docker's file names it");
	is_int(authfile_put(path_of("s"), &entry, &note), 0, "it is asked");
	content_is("got.store",
		   STR("{\"ServerURL\":\"127.0.0.1:8080\",\"Username\":"
		       "\"iamrefresh\",\"Secret\":\"s3cret\"}"),
		   "what it was given");
	content_is("s", STR("{\"credsStore\":\"test\"}"),
		   "no secret in docker's file");
	is_int(file_replace(path_of("s"), STR("{\"credsStore\":\"absent\"}"),
			    &note),
	       0, "a store that is not installed");
	is_int(authfile_put(path_of("s"), &entry, &note), OUT_BUSY,
	       "is said to fail");
}

int
main(void)
{
	char cmd[sizeof(dir) + 16];

	if (mkdtemp(dir) == NULL)
		return EXIT_FAILURE;
	made_when_missing();
	made_here();
	others_are_kept();
	damage_is_left_alone();
	store_gets_the_secret();
	(void)snprintf(cmd, sizeof(cmd), "rm -r '%s'", dir);
	if (system(cmd) != 0)
		return EXIT_FAILURE;
	return done_testing();
}
