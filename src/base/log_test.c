#include "base/log.h"

#include "base/out.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int ends[2];
static int stderr_copy;

/* What one call wrote to standard error, without the changing time. */
static struct str
written(void)
{
	static char text[8192];
	ssize_t n = read(ends[0], text, sizeof(text));
	struct str s = {text, n < 0 ? 0 : (size_t)n}, head, tail;

	if (!str_starts(s, STR("time=20")) || !str_cut(s, ' ', &head, &tail))
		return s;
	return tail;
}

static void
test_forged(void)
{
	char text[9000];
	struct str line;

	log_say(LOG_ERROR, "x", "a=%s", "1\ntime=0 level=info\x1b[0m\xc3\\x0a");
	is_str(written(),
	       STR("level=error event=x a=1\\x0atime=0 level=info"
		   "\\x1b[0m\\xc3\\x5cx0a\n"),
	       "no forged line");
	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_say(LOG_ERROR, "x", "%s", text);
	line = written();
	ok(line.n <= 4096 && str_ends(line, STR("\\x0a\n")),
	   "a long line is cut at a whole escape");
}

static void
test_lines(void)
{
	struct str line;

	log_say(LOG_WARN, "up", "repo=%s n=%d", "a/b", 3);
	is_str(written(), STR("level=warn event=up repo=a/b n=3\n"), "a line");
	log_say(LOG_INFO, "up", "%s", "");
	is_str(written(), STR("level=info event=up\n"), "an empty text");
	log_say(LOG_DEBUG, "up", "x");
	is_str(written(), STR(""), "debug is off at first");
	log_set_level(LOG_ERROR);
	log_say(LOG_WARN, "up", "x");
	is_str(written(), STR(""), "below the level");
	log_set_level(LOG_DEBUG);
	log_say(LOG_DEBUG, "up", "x");
	is_str(written(), STR("level=debug event=up x\n"), "debug on");
	(void)FAIL(-ENOSPC);
	log_fail("disk", -ENOSPC);
	ok(str_starts(written(), STR("level=error event=disk r=-28 "
				     "errno=ENOSPC place=")),
	   "a failure");
	(void)FAIL(-EIO);
	log_fail_of("disk", -EIO, "id", "f00");
	line = written();
	ok(str_starts(line, STR("level=error event=disk r=-5 errno=EIO place=")) &&
	       str_ends(line, STR(" id=f00\n")),
	   "a failure of a request");
	log_fail("gone", OUT_ABSENT);
	is_str(written(),
	       STR("level=error event=gone outcome=\"no such thing\"\n"),
	       "an outcome");
}

static void
test_journal(void)
{
	static const struct {
		enum log_level level;
		const char *head;
	} rows[] = {{LOG_ERROR, "<3>time="},
		    {LOG_WARN, "<4>time="},
		    {LOG_INFO, "<6>time="},
		    {LOG_DEBUG, "<7>time="}};
	char own[64];
	struct stat st;

	if (fstat(STDERR_FILENO, &st) != 0)
		abort();
	(void)snprintf(own, sizeof(own), "%llu:%llu",
		       (unsigned long long)st.st_dev,
		       (unsigned long long)st.st_ino + 1);
	(void)setenv("JOURNAL_STREAM", own, 1);
	log_start();
	log_say(LOG_ERROR, "x", "a=1");
	is_str(written(), STR("level=error event=x a=1\n"),
	       "another stream is not the journal");
	(void)snprintf(own, sizeof(own), "%llu:%llu",
		       (unsigned long long)st.st_dev,
		       (unsigned long long)st.st_ino);
	(void)setenv("JOURNAL_STREAM", own, 1);
	log_start();
	for (size_t i = 0; i < nitems(rows); i++) {
		log_say(rows[i].level, "x", "a=1");
		ok(str_starts(written(), str_c(rows[i].head)), "priority %s",
		   rows[i].head);
	}
	(void)unsetenv("JOURNAL_STREAM");
}

int
main(void)
{
	stderr_copy = dup(STDERR_FILENO);
	if (stderr_copy < 0 || pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0 ||
	    dup2(ends[1], STDERR_FILENO) < 0)
		return 99;
	test_lines();
	test_forged();
	test_journal();
	(void)dup2(stderr_copy, STDERR_FILENO);
	return done_testing();
}
