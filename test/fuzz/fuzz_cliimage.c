#include "cli/cr.h"
#include "wire/ociref.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define URL "https://here.example:8443"

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("/@?#%\\ ", s.p[i]) != NULL)
			return false;
	return str_printable(s);
}

/* A host that the server names leads to that host and no other. */
static void
region(struct str host)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	struct str rest;
	int r = region_url(URL, host, &url);

	assert(r == 0 || r == OUT_MALFORMED);
	if (r != 0)
		return;
	assert(str_starts(buf_str(&url), STR("https://")));
	rest = str_sub(buf_str(&url), sizeof("https://") - 1, SIZE_MAX);
	assert(host.n > 0 && is_plain(rest) && str_starts(rest, host));
	assert(rest.n == host.n ||
	       str_eq(str_sub(rest, host.n, SIZE_MAX), STR(":8443")));
}

static void
only(const char *text)
{
	CLEAN(buf_clear) struct buf whole = BUF_INIT;
	struct cli cli = {.json = false};
	struct only only;

	if (only_read(&cli, text, &only) != 0) {
		assert(cli.note.text[0] != '\0');
		return;
	}
	assert(only.repo.n > 0 ? ociref_is_component(only.namespace)
			       : ociref_is_namespace(only.namespace));
	assert(only.repo.n == 0 || ociref_is_name(only.repo));
	(void)buf_addf(&whole, "h:1/%.*s@sha256:%064d", STR_ARG(only.repo), 0);
	assert(only.repo.n == 0 || only_has(&only, buf_str(&whole)));
}

/* Whatever a server says that the time was, something fits the column. */
static void
age(const uint8_t *p, size_t n)
{
	char text[AGE_ROOM];
	int64_t when = 0;

	memcpy(&when, p, n < sizeof(when) ? n : sizeof(when));
	age_text(when, text);
	assert(text[0] != '\0' && strlen(text) < sizeof(text));
}

static void
digests(struct str s)
{
	struct str brief = digest_text(s, false);

	assert(str_eq(digest_text(s, true), s) && brief.n <= s.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char text[512];

	if (n >= sizeof(text))
		return 0;
	region((struct str){(const char *)p, n});
	digests((struct str){(const char *)p, n});
	age(p, n);
	if (memchr(p, '\0', n) != NULL)
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	only(text);
	return 0;
}
