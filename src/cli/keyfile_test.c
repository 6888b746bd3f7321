/* Places, times and key files, as people give them. */
#include "base/clock.h"
#include "base/enc.h"
#include "base/test.h"
#include "cli/git.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ED                                                                     \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9"   \
	"okWi0dh2l9GKJl"

static char account[] = "KH_Own_Team";
static struct cli cli = {.loaded = true};
static char dir[] = "/tmp/latchkey-key-XXXXXX";

static void
test_places(void)
{
	static const char *const good[] = {
	    "KH_Own_Team/test", "test", "test.git", "/KH_Own_Team/test.git/"};
	static const char *const bad[] = {
	    "",		 "/",	  "a/b/c", "-x",   "a/-x", "../x",
	    "a b",	 "a/b c", "a/",	   "/b//", "~/x",  "https://h/a/b",
	    "git@h:a/b", "a/b\n", "a/\xff"};
	struct place p;

	for (size_t i = 0; i < nitems(good); i++) {
		is_int(place_repo(&cli, good[i], &p), 0, "%s", good[i]);
		is_str(str_c(p.path), STR("/2.0/repositories/KH_Own_Team/test"),
		       "its path");
	}
	for (size_t i = 0; i < nitems(bad); i++) {
		cli.note.text[0] = '\0';
		is_int(place_repo(&cli, bad[i], &p), OUT_MALFORMED, "%s",
		       bad[i]);
		ok(str_is_text(str_c(cli.note.text)) && cli.note.text[0] != 0,
		   "says why");
	}
	is_int(place_project(&cli, "tools", &p), 0, "a project");
	is_str(str_c(p.path), STR("/2.0/workspaces/KH_Own_Team/projects/tools"),
	       "its path");
}

static void
test_given(void)
{
	char word[] = "a/b", *rest[] = {word};
	struct args none = {NULL, NULL, 0}, one = {NULL, rest, 1};
	struct place p;

	is_int(place_given(&cli, &none, NULL, &p), OUT_MALFORMED, "nowhere");
	is_int(place_given(&cli, &one, "a/p", &p), OUT_MALFORMED, "twice");
	is_int(place_given(&cli, &one, NULL, &p), 0, "a repository");
	ok(!p.is_project, "it is");
	is_int(place_given(&cli, &none, "a/p", &p), 0, "a project");
	ok(p.is_project, "it is");
}

static void
test_when(void)
{
	static const char *const bad[] = {
	    "",	    "30",     "d", "0d",	 "-1d",	      "1y",
	    "1.5d", "36501d", "x", "2026-13-01", "1970-01-02"};
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct note note = {""};
	char want[32], room[32];

	is_int(when_read("30d", &b, &note), 0, "a span");
	enc_time(clock_now() + 30 * DAY_MS, want);
	is_str(str_sub(buf_str(&b), 0, 16), str_sub(str_c(want), 0, 16),
	       "from now on");
	buf_reset(&b);
	is_int(when_read("2999-12-31", &b, &note), 0, "a day");
	is_str(buf_str(&b), STR("2999-12-31T00:00:00Z"), "its beginning");
	buf_reset(&b);
	is_int(when_read("2999-12-31T08:00:00Z", &b, &note), 0, "a moment");
	is_str(buf_str(&b), STR("2999-12-31T08:00:00Z"), "as it is");
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(when_read(bad[i], &b, &note), OUT_MALFORMED, "%s",
		       bad[i]);
	is_str(when_text(STR("2018-08-15T23:50:59.993000+00:00"), room),
	       STR("2018-08-15T23:50:59Z"), "the server's");
	is_str(when_text(STR_NONE, room), STR("never"), "none");
	is_str(when_end(STR_NONE, room), STR("never"), "no end");
	is_str(when_end(STR("2018-08-15T23:50:59.993000+00:00"), room),
	       STR("2018-08-15T23:50:59Z (over)"), "an end that has come");
	is_str(when_end(STR("2999-08-15T23:50:59.993000+00:00"), room),
	       STR("2999-08-15T23:50:59Z"), "one that has not");
	is_str(when_end(STR("soon"), room), STR("soon"), "no time at all");
	is_str(when_text(STR("soon"), room), STR("soon"), "something else");
}

static int
read_text(const char *name, const char *text, struct buf *line)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct sshkey key;

	buf_reset(line);
	cli.note.text[0] = '\0';
	(void)buf_addf(&path, "%s/%s", dir, name);
	if (file_replace(path.p, str_c(text), &cli.note) != 0)
		abort();
	return key_read(&cli, path.p, line, &key);
}

static void
test_keys(void)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;

	is_int(read_text("a.pub", ED " web\n", &line), 0, "a key");
	is_int(read_text("w",
			 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0\n"
			 "SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\nweb-1\n",
			 &line),
	       0, "a wrapped one");
	is_str(buf_str(&line), STR(ED " web-1"), "is joined");
	is_int(read_text("two", ED "\n" ED "\n", &line), OUT_MALFORMED, "two");
	is_int(read_text("a", "-----BEGIN OPENSSH PRIVATE KEY-----\nQUJD\n",
			 &line),
	       OUT_MALFORMED, "a private one");
	ok(strstr(cli.note.text, "a.pub") != NULL, "its public half is named");
	ok(strstr(cli.note.text, "QUJD") == NULL, "it is not repeated");
	is_int(read_text("b", "-----BEGIN RSA PRIVATE KEY-----\nQUJD\n", &line),
	       OUT_MALFORMED, "one without");
	ok(strstr(cli.note.text, "private key") != NULL &&
	       strstr(cli.note.text, "b.pub") == NULL,
	   "none is named");
	is_int(read_text("none", "", &line), OUT_MALFORMED, "nothing");
}

static void
test_taken(void)
{
	(void)note_set(&cli.note, 0,
		       "Someone has already registered that SSH key.");
	is_int(key_taken(&cli, OUT_MALFORMED), OUT_MALFORMED, "a taken key");
	ok(strstr(cli.note.text, "SSH key. A key is one person's") != NULL &&
	       strstr(cli.note.text, "ssh-keygen") != NULL,
	   "comes with a way out");
	(void)note_set(&cli.note, 0, "something else");
	is_int(key_taken(&cli, OUT_DENIED), OUT_DENIED,
	       "what is no such thing");
	is_str(str_c(cli.note.text), STR("something else"), "stays as it is");
}

static void
test_bodies(void)
{
	static const struct {
		struct key_options options;
		const char *want;
	} rows[] = {
	    {{NULL, NULL, NULL}, "{\"key\":\"k\"}"},
	    {{"web \"1\"", NULL, NULL},
	     "{\"key\":\"k\",\"label\":\"web \\\"1\\\"\"}"},
	    {{NULL, "none", "any"},
	     "{\"key\":\"k\",\"allowed_cidrs\":null,\"expires_on\":null}"},
	    {{NULL, "2999-01-01", "10.0.0.0/8, ::1"},
	     "{\"key\":\"k\",\"allowed_cidrs\":[\"10.0.0.0/8\",\"::1\"],"
	     "\"expires_on\":\"2999-01-01T00:00:00Z\"}"},
	};
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct key_options bad = {NULL, "soon", NULL};

	for (size_t i = 0; i < nitems(rows); i++) {
		buf_reset(&b);
		is_int(key_body(&cli, STR("k"), &rows[i].options, &b), 0,
		       "row %zu", i);
		is_str(buf_str(&b), str_c(rows[i].want), "its body");
	}
	is_int(key_body(&cli, STR("k"), &bad, &b), OUT_MALFORMED, "no time");
}

static void
clean(void)
{
	static const char *const names[] = {"a.pub", "w", "two",
					    "a",     "b", "none"};
	char path[64];

	for (size_t i = 0; i < nitems(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return EXIT_FAILURE;
	cli.session.account_name = account;
	test_places();
	test_given();
	test_when();
	test_keys();
	test_taken();
	test_bodies();
	clean();
	return done_testing();
}
