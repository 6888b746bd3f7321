#include "cli/sshconf.h"
#include "wire/sshkey.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct ssh_server server = {"git", "h", 2222};

/* Nothing but lines of this server's own keys. */
static void
check_lines(struct str lines)
{
	struct str line, host, rest;

	assert(lines.n == 0 || lines.p[lines.n - 1] == '\n');
	while (lines.n > 0 && str_next(&lines, '\n', &line)) {
		enum sshkey_why why;
		struct sshkey key;

		if (line.n == 0)
			continue;
		assert(str_cut(line, ' ', &host, &rest));
		assert(str_eq(host, STR("[h]:2222")));
		assert(sshkey_parse(rest, &key, &why) == 0);
		assert(key.comment[0] == '\0');
	}
}

/* Up to an empty line: what is known; behind it what the server offers. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf add = BUF_INIT;
	CLEAN(buf_clear) struct buf none = BUF_INIT;
	CLEAN(buf_clear) struct buf all = BUF_INIT;
	struct str known = {(const char *)p, n}, offered = STR_NONE;
	const char *gap = n > 0 ? memmem(p, n, "\n\n", 2) : NULL;
	struct note note = {""};
	int r;

	if (gap != NULL) {
		known.n = (size_t)(gap - known.p) + 1;
		offered = (struct str){gap + 2, n - known.n - 1};
	}
	r = known_hosts_missing(known, offered, &server, &add, &note);
	assert(r == 0 || r == OUT_MALFORMED || r == OUT_CONFLICT);
	assert((r == 0) == (note.text[0] == '\0'));
	if (r != 0) {
		assert(add.n == 0);
		return 0;
	}
	check_lines(buf_str(&add));
	/* With them added, none is missing. */
	(void)buf_addstr(&all, known);
	(void)buf_addc(&all, '\n');
	(void)buf_addstr(&all, buf_str(&add));
	assert(known_hosts_missing(buf_str(&all), offered, &server, &none,
				   &note) == 0);
	assert(none.n == 0);
	return 0;
}
