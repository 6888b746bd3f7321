/* Lists that the server hands out in pages. */
#include "cli/git.h"
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX 100000 /* a server that never ends is not followed */
#define JSON_MAX  (256 * MIB)

/* Each dialect has its own member for it. */
static struct str
next_text(const struct json *page)
{
	struct str next = json_text(page, "next");

	if (next.n == 0)
		next = json_text(json_get(page, "next"), "href");
	return next.n > 0 ? next : json_text(page, "next_url");
}

/* What is behind the host of a URL. */
static bool
url_path(struct str url, struct str *ret)
{
	const char *host = memmem(url.p, url.n, "://", strlen("://"));
	const char *path;

	if (host == NULL)
		return false;
	host += strlen("://");
	path = memchr(host, '/', url.n - (size_t)(host - url.p));
	if (path == NULL || !str_printable(url))
		return false;
	*ret = str_sub(url, (size_t)(path - url.p), SIZE_MAX);
	return true;
}

/* Where the next page is. Most lists say it as a URL, of which only the path is
 * taken: what we know goes to the server that we are logged in to, whatever it
 * answers. Ours say behind what it begins. OUT_ABSENT: nowhere. */
static int
next_find(const struct json *page, const char *path, const char *member,
	  struct buf *at)
{
	struct str next = next_text(page), from;

	if (next.n == 0)
		return OUT_ABSENT;
	buf_reset(at);
	if (url_path(next, &from))
		return buf_addstr(at, from);
	if (member == NULL)
		return OUT_ABSENT;
	(void)buf_adds(at, path);
	form_add(at, "after", next);
	return buf_err(at);
}

static bool
page_walk(const struct json *page, const char *member,
	  bool (*row)(void *, const struct json *), void *arg)
{
	const struct json *values =
	    json_get(page, member != NULL ? member : "values");

	for (size_t i = 0; i < json_size(values); i++)
		if (!row(arg, json_at(values, i)))
			return false;
	return true;
}

int
pages_each(struct cli *cli, const char *path, const char *member,
	   bool (*row)(void *arg, const struct json *), void *arg)
{
	CLEAN(buf_clear) struct buf at = BUF_INIT;
	int r = buf_adds(&at, path);

	for (int i = 0; r == 0 && i < PAGES_MAX; i++) {
		CLEAN(json_freep) struct json *page = NULL;
		struct ask ask = {"GET", at.p, STR_NONE};

		r = client_json(cli, &ask, &page);
		if (r != 0 || !page_walk(page, member, row, arg))
			return r;
		r = next_find(page, path, member, &at);
	}
	if (r == 0)
		return note_set(&cli->note, OUT_TOO_MANY,
				_("the server's list has no end"));
	return r == OUT_ABSENT ? 0 : r;
}

struct show {
	const struct listing *list;
	struct table table;
	struct buf json;
	const char *none; /* instead of a table without rows; or NULL */
	bool as_json;
};

static bool
row_show(void *arg, const struct json *value)
{
	struct show *s = arg;

	if (!s->as_json) {
		s->list->row(&s->table, value);
		return true;
	}
	if (s->json.n > 1)
		(void)buf_addc(&s->json, ',');
	(void)json_write(&s->json, value);
	return buf_err(&s->json) == 0;
}

static int
show_run(struct cli *cli, struct show *s)
{
	int r;

	(void)buf_addc(&s->json, '[');
	r = pages_each(cli, s->list->path, s->list->member, row_show, s);
	if (r != 0)
		return r;
	if (s->as_json) {
		(void)buf_addc(&s->json, ']');
		return rest_print(&s->json);
	}
	if (s->none != NULL && s->table.n_cells == 0)
		printf("%s\n", s->none);
	else
		table_print(&s->table);
	printf(_("\nOK\n"));
	return 0;
}

int
pages_show(struct cli *cli, const struct listing *l)
{
	return pages_show_or(cli, l, NULL);
}

int
pages_show_or(struct cli *cli, const struct listing *l, const char *none)
{
	struct show s = {
	    .list = l,
	    .table = {.columns = l->columns,
		      .n_columns = l->n_columns,
		      .cells = BUF_INIT},
	    .json = BUF_INIT_MAX(JSON_MAX),
	    .none = none,
	    .as_json = cli->json,
	};
	int r = show_run(cli, &s);

	buf_clear(&s.table.cells);
	buf_clear(&s.json);
	return r;
}
