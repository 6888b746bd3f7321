#include "base/out.h"
#include "wire/gitcmd.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Whatever was quoted, what comes out is two plain names. */
static void
check_name(const char *name)
{
	struct str s = str_c(name);

	assert(s.n > 0 && s.n <= GITCMD_NAME_MAX);
	assert(name[0] != '-' && name[0] != '.');
	for (size_t i = 0; i < s.n; i++)
		assert((name[i] >= 'a' && name[i] <= 'z') ||
		       (name[i] >= 'A' && name[i] <= 'Z') ||
		       (name[i] >= '0' && name[i] <= '9') || name[i] == '_' ||
		       name[i] == '.' || name[i] == '-');
}

/* A pkt-line says its own length and nothing that steers a terminal. */
static void
check_err(struct str text)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	char head[8];

	pktline_err(&b, text);
	assert(buf_err(&b) == 0 && b.n >= 8 && b.n <= PKTLINE_MAX);
	(void)snprintf(head, sizeof(head), "%04zx", b.n);
	assert(str_starts(buf_str(&b), str_c(head)));
	assert(str_is_text(str_sub(buf_str(&b), 4, SIZE_MAX)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = {(const char *)p, n};
	struct gitcmd cmd, again;
	int r = gitcmd_parse(text, &cmd);

	assert(r == 0 || r == OUT_UNSUPPORTED || r == OUT_ABSENT ||
	       r == OUT_MALFORMED || r == OUT_TOO_LARGE);
	if (r == 0) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		assert(cmd.service < GIT_SERVICES);
		check_name(cmd.account);
		check_name(cmd.repo);
		(void)buf_addf(&b, "/%s/%s.git/", cmd.account, cmd.repo);
		assert(gitcmd_path(buf_str(&b), &again) == 0);
		assert(str_eq(str_c(again.repo), str_c(cmd.repo)));
	}
	if (gitcmd_is_protocol(text))
		assert(n <= GITCMD_PROTOCOL_MAX && str_printable(text));
	check_err(text);
	return 0;
}
