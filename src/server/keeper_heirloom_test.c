#include "server/keeper_heirloom.h"

#include "base/buf.h"
#include "base/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct heirlooms h;
static char text[HEIRLOOM_MAX * 80];

static struct str
file_text(int64_t now)
{
	int fd = heirloom_file(&h, now);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		abort();
	text[n] = '\0';
	(void)close(fd);
	return str_c(text);
}

static void
keep(const char *line)
{
	heirloom_keep(&h, str_c(line));
}

static void
test_lines(void)
{
	is_str(file_text(0), STR(""), "nothing was learnt");
	keep("penalty ::ffff:192.0.2.1 5000");
	keep("penalty 2001:db8:: 6000");
	is_str(file_text(4999),
	       STR("penalty ::ffff:192.0.2.1 5000\npenalty 2001:db8:: 6000\n"),
	       "what was learnt is passed on");
	is_str(file_text(5000), STR("penalty 2001:db8:: 6000\n"),
	       "but not what is over");
	keep("penalty 2001:db8:: 7000");
	is_str(file_text(5000), STR("penalty 2001:db8:: 7000\n"),
	       "the latest word counts");
	keep("penalty 2001:db8::1");
	keep("penalty 2001:db8::1 ");
	keep("penalty 2001:db8::1 0");
	keep("penalty 2001:db8::1 -9000");
	keep("penalty 2001:db8::1 9000 x");
	keep("penalty 2001:db8::1\n 9000");
	keep("penalty  9000");
	keep("penalty example 9000");
	keep("penalty 0000:0000:0000:0000:0000:0000:255.255.255.2551 9000");
	keep("penalty");
	keep("");
	is_str(file_text(5000), STR("penalty 2001:db8:: 7000\n"),
	       "what is no such line is not");
}

static void
test_bounded(void)
{
	char line[64];
	long long n = 0;

	for (int i = 0; i < 3 * HEIRLOOM_MAX; i++) {
		(void)snprintf(line, sizeof(line), "penalty ::%x %d", i,
			       10000 + i);
		keep(line);
	}
	(void)file_text(0);
	ok(strstr(text, "::0 ") == NULL, "what ends first is forgotten");
	(void)snprintf(line, sizeof(line), "penalty ::%x %d\n",
		       2 * HEIRLOOM_MAX, 10000 + 2 * HEIRLOOM_MAX);
	ok(strstr(text, line) != NULL, "and as much as fits is kept");
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	is_int(n, HEIRLOOM_MAX, "not more");
}

int
main(void)
{
	test_lines();
	test_bounded();
	return done_testing();
}
