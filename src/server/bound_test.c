#include "server/bound.h"

#include "base/test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	const char *addr;
	int want;
	bool loopback, any;
} rows[] = {
    {"127.0.0.1:0", 0, true, false},
    {"127.1.2.3:0", 0, true, false},
    {"localhost:0", 0, true, false},
    {"0.0.0.0:0", 0, false, true},
    {"", OUT_MALFORMED, false, false},
    {":0", OUT_MALFORMED, false, false},
    {"127.0.0.1", OUT_MALFORMED, false, false},
    {"127.0.0.1:", OUT_MALFORMED, false, false},
    {"127.0.0.1:65536", OUT_MALFORMED, false, false},
    {"127.0.0.1:-1", OUT_MALFORMED, false, false},
    {"127.0.0.1:080", OUT_MALFORMED, false, false},
    {"127.0.0.1:http", OUT_MALFORMED, false, false},
    {"127.0.0.256:0", OUT_MALFORMED, false, false},
    {"host.example:0", OUT_MALFORMED, false, false},
    {"[::1:0", OUT_MALFORMED, false, false},
    {"[]:0", OUT_MALFORMED, false, false},
    {"::1:0", OUT_MALFORMED, false, false},
    {"192.0.2.1:0", OUT_DENIED, false, false}, /* nobody's address */
};

static void
test_rows(void)
{
	for (size_t i = 0; i < nitems(rows); i++) {
		struct bound l = {.fd = -1};
		struct note note = {0};
		int r = bound_open("http", rows[i].addr, &l, &note);

		is_int(r, rows[i].want, "\"%s\"", rows[i].addr);
		ok((r == 0) == (note.text[0] == '\0'), "  says why not");
		is_int(l.loopback, rows[i].loopback, "  loopback");
		is_int(l.any, rows[i].any, "  every address");
		ok(r != 0 || strcmp(l.port, "0") != 0, "  has a port");
		bound_close(&l);
	}
}

static void
test_taken(void)
{
	struct bound first = {.fd = -1}, second = {.fd = -1};
	struct note note = {0};

	is_int(bound_open("http", "127.0.0.1:0", &first, NULL), 0,
	       "a free port");
	is_int(bound_open("ssh", first.name, &second, &note), OUT_CONFLICT,
	       "the same again is in use");
	is_int(second.fd, -1, "and nothing is left open");
	ok(str_starts(str_c(note.text), STR("ssh: 127.0.0.1:")),
	   "the setting is named: %s", note.text);
	bound_close(&first);
}

static void
test_adopt(void)
{
	struct bound made = {.fd = -1}, l = {.fd = -1};
	struct note note = {0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	is_int(bound_adopt(fd, &l, &note), OUT_MALFORMED,
	       "a socket that does not listen is refused");
	(void)close(fd);
	is_int(bound_open("http", "127.0.0.1:0", &made, NULL), 0,
	       "one that does");
	is_int(bound_adopt(made.fd, &l, &note), 0, "is taken");
	is_str(str_c(l.name), str_c(made.name), "with its name");
	bound_close(&l);
}

int
main(void)
{
	test_rows();
	test_taken();
	test_adopt();
	return done_testing();
}
