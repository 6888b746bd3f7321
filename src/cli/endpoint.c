/* The server's address and whom to trust for it. */
#include "cli/endpoint.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL_DEFAULT "http://127.0.0.1:8080"

/* Scheme, host and port: what is behind a path there is not ours. */
static int
url_check(struct str url, struct note *note)
{
	struct str scheme, rest;

	if (!str_starts(url, STR("http://")) &&
	    !str_starts(url, STR("https://")))
		return note_set(note, OUT_MALFORMED,
				_("the server's address must begin with "
				  "http:// or https://"));
	if (!str_cut(url, ':', &scheme, &rest) || rest.n <= 2 ||
	    memchr(rest.p + 2, '/', rest.n - 2) != NULL)
		return note_set(
		    note, OUT_MALFORMED,
		    _("the server's address is http(s)://HOST:PORT, "
		      "without a path"));
	if (url.n > CLI_URL_MAX || !str_printable(url))
		return note_set(note, OUT_MALFORMED, _("not a usable address"));
	return 0;
}

/* The server would refuse the secret, but only when everybody on the way has
 * seen it. */
static void
clear_text_warn(struct str url)
{
	static const char *const here[] = {"http://127.", "http://localhost",
					   "http://[::1]"};
	bool safe = str_starts(url, STR("https://"));

	for (size_t i = 0; i < nitems(here); i++)
		safe = safe || str_starts(url, str_c(here[i]));
	if (!safe)
		fprintf(stderr, _("Hint: http:// to another machine sends the "
				  "secret in clear text; use https://.\n"));
}

static int
url_choose(struct cli *cli, const char *given)
{
	struct session *s = &cli->session;
	struct str url = str_c(given != NULL	? given
			       : s->url != NULL ? s->url
						: URL_DEFAULT);
	CLEAN(buf_clear) struct buf copy = BUF_INIT;
	int r;

	while (str_ends(url, STR("/")))
		url.n--;
	r = url_check(url, &cli->note);
	if (r != 0)
		return r;
	clear_text_warn(url);
	/* Whom to trust for one server says nothing about another, nor does
	 * where its registry is. */
	if (s->url == NULL || !str_eq(url, str_c(s->url))) {
		session_set(&s->ca_file, STR_NONE);
		session_set(&s->registry, STR_NONE);
	}
	r = buf_addstr(&copy, url);
	if (r == 0)
		session_set(&s->url, buf_str(&copy));
	return r;
}

/* Kept with its whole path: later commands run in other directories. */
static int
ca_choose(struct cli *cli, const char *given)
{
	const char *file = given != NULL ? given : getenv("LATCHKEY_CA_FILE");
	char *whole;

	if (file == NULL || file[0] == '\0')
		return 0;
	whole = realpath(file, NULL);
	if (whole == NULL)
		return note_set(&cli->note, OUT_ABSENT, _("cannot read %s: %s"),
				file, strerror(errno));
	session_set(&cli->session.ca_file, str_c(whole));
	free(whole);
	return 0;
}

int
endpoint_choose(struct cli *cli, const char *url, const char *ca_file)
{
	int r = session_load(cli);

	/* A session that is missing or damaged is what a login mends. */
	if (r != 0 && r != OUT_UNPROVEN)
		return r;
	cli->note.text[0] = '\0';
	r = url_choose(cli, url);
	return r != 0 ? r : ca_choose(cli, ca_file);
}
