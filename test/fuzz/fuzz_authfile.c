#include "base/enc.h"
#include "cli/authfile.h"
#include "cli/cli.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static char folder[] = "/tmp/fuzz_authfile.XXXXXX", path[64];

static void
forget(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static void
set_up(void)
{
	if (path[0] != '\0')
		return;
	/* No program is found here whatever a file names. */
	if (mkdtemp(folder) == NULL || setenv("PATH", folder, 1) != 0)
		abort();
	(void)snprintf(path, sizeof(path), "%s/config.json", folder);
	(void)atexit(forget);
}

static void
file_make(struct str text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(text.p, 1, text.n, f) != text.n ||
	    fclose(f) != 0)
		abort();
}

static void
file_is(struct buf *ret)
{
	struct note note = {""};

	assert(file_read(path, MIB, ret, &note) == 0);
}

static void
member_is(const struct json *a, const struct json *b)
{
	CLEAN(buf_clear) struct buf one = BUF_INIT;
	CLEAN(buf_clear) struct buf two = BUF_INIT;

	assert(b != NULL && json_write(&one, a) == 0 &&
	       json_write(&two, b) == 0);
	assert(str_eq(buf_str(&one), buf_str(&two)));
}

/* All but the one entry is as it was. */
static void
check(struct str before, struct str after, const struct login_entry *e)
{
	CLEAN(json_freep) struct json *old = NULL;
	CLEAN(json_freep) struct json *now = NULL;
	CLEAN(buf_clear) struct buf pair = BUF_INIT;
	const struct json *v, *auths;
	void *iter = NULL;
	struct str name;

	assert(json_parse(after, &now, NULL) == 0);
	auths = json_get(now, "auths");
	assert(dec_b64(&pair, json_text(json_get(auths, "h:5000"), "auth")) ==
	       0);
	assert(str_starts(buf_str(&pair), e->user) &&
	       str_ends(buf_str(&pair), e->secret));
	if (json_parse(before, &old, NULL) != 0)
		return;
	while (json_each(old, &iter, &name, &v))
		if (!str_eq(name, STR("auths")))
			member_is(v, json_get(now, name.p));
	iter = NULL;
	while (json_each(json_get(old, "auths"), &iter, &name, &v))
		if (!str_eq(name, e->host))
			member_is(v, json_get(auths, name.p));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct login_entry e = {STR("h:5000"), STR("token"),
				      STR("s3cret\n\"")};
	CLEAN(buf_clear) struct buf after = BUF_INIT;
	struct str before = {(const char *)p, n};
	struct note note = {""};
	int r;

	set_up();
	if (n > 16 * KIB)
		return 0;
	file_make(before);
	r = authfile_put(path, &e, &note);
	file_is(&after);
	if (r == 0) {
		check(before, buf_str(&after), &e);
		return 0;
	}
	/* What is refused is left alone. */
	assert(r == OUT_MALFORMED || r == OUT_BUSY);
	assert(note.text[0] != '\0' && str_eq(buf_str(&after), before));
	return 0;
}
