/* Which region's registry the commands of the group cr talk to. */
#include "cli/cr.h"

#include "base/i18n.h"

#include <string.h>

/* "host:port" of a URL without a path. */
struct str
url_host(const char *url)
{
	struct str scheme, host;

	if (url == NULL || !str_cut(str_c(url), ':', &scheme, &host))
		return STR("");
	while (str_starts(host, STR("/")))
		host = str_sub(host, 1, host.n);
	return host;
}

struct str
session_registry(const struct session *s)
{
	return url_host(s->registry != NULL ? s->registry : s->url);
}

int
regions_get(struct cli *cli, struct json **ret)
{
	struct ask ask = {"GET", "/latchkey/v1/regions", STR_NONE};

	return client_json(cli, &ask, ret);
}

static bool
list_has(const struct json *list, struct str word)
{
	struct str one;

	for (size_t i = 0; i < json_size(list); i++)
		if (json_str(json_at(list, i), &one) &&
		    str_eq_nocase(one, word))
			return true;
	return false;
}

/* A host says its port, or is meant whatever the port. */
static bool
hosts_have(const struct json *row, struct str word)
{
	const struct json *hosts = json_get(row, "hosts");
	struct str name, port;

	if (list_has(hosts, word))
		return true;
	return !str_ends(word, STR("]")) && str_rcut(word, ':', &name, &port) &&
	       list_has(hosts, name);
}

const struct json *
region_find(const struct json *regions, struct str word)
{
	const struct json *rows = json_get(regions, "regions");

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);

		if (str_eq(json_text(row, "name"), word) ||
		    list_has(json_get(row, "aliases"), word) ||
		    hosts_have(row, word))
			return row;
	}
	return NULL;
}

void
region_names(const struct json *regions, struct buf *ret)
{
	const struct json *rows = json_get(regions, "regions");

	for (size_t i = 0; i < json_size(rows); i++) {
		struct str name = json_text(json_at(rows, i), "name");

		(void)buf_adds(ret, i > 0 ? ", " : "");
		(void)buf_addstr(ret, str_printable(name) ? name : STR("?"));
	}
}

/* A host without a port of its own is where the server is: behind the same
 * port. */
static struct str
port_of(struct str host)
{
	struct str name, port;

	if (str_ends(host, STR("]")) || !str_rcut(host, ':', &name, &port))
		return STR_NONE;
	return port;
}

static bool
is_host(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("/\\@?#%", s.p[i]) != NULL)
			return false;
	return s.n > 0;
}

int
region_url(const char *url, struct str host, struct buf *ret)
{
	struct str port = port_of(url_host(url)), scheme, rest;

	if (!is_host(host) || !str_cut(str_c(url), ':', &scheme, &rest))
		return OUT_MALFORMED;
	(void)buf_addf(ret, "%.*s://%.*s", STR_ARG(scheme), STR_ARG(host));
	if (port_of(host).p == NULL && port.p != NULL)
		(void)buf_addf(ret, ":%.*s", STR_ARG(port));
	return buf_err(ret);
}

static int
unknown(struct cli *cli, const struct json *regions, const char *word)
{
	CLEAN(buf_clear) struct buf names = BUF_INIT;

	region_names(regions, &names);
	if (buf_err(&names) != 0)
		return buf_err(&names);
	return note_set(&cli->note, OUT_ABSENT,
			_("this server has no region '%.60s'; it has %.300s"),
			str_is_text(str_c(word)) ? word : "?", names.p);
}

/* The one whose host the session's URL names needs no other; its other hosts
 * are taken when they are asked for. */
int
region_target(struct cli *cli, const struct json *regions, const char *word)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	const struct json *row = region_find(regions, str_c(word));
	struct session *s = &cli->session;
	struct str host = STR_NONE;
	bool here = false;
	int r = 0;

	if (row == NULL)
		return unknown(cli, regions, word);
	(void)json_bool(json_get(row, "here"), &here);
	if (hosts_have(row, str_c(word)))
		host = str_c(word);
	else if (!here)
		(void)json_str(json_at(json_get(row, "hosts"), 0), &host);
	if (host.p == NULL && !here)
		return note_set(&cli->note, OUT_UNSUPPORTED,
				_("region '%.60s' has no host name: whoever "
				  "runs the server has to give it one"),
				word);
	if (host.p != NULL)
		r = region_url(s->url, host, &url);
	if (r != 0)
		return note_set(&cli->note, r,
				_("%s did not answer like a latchkey server"),
				s->url);
	session_set(&s->registry, host.p != NULL ? buf_str(&url) : STR_NONE);
	session_set(&s->region, json_text(row, "name"));
	return 0;
}

int
region_choose(struct cli *cli, const char *word)
{
	CLEAN(json_freep) struct json *regions = NULL;
	int r = regions_get(cli, &regions);

	if (r == 0)
		r = region_target(cli, regions, word);
	return r != 0 ? r : session_save(cli);
}
