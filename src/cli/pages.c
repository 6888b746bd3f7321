/* Lists that the server hands out in pages. */
#include "cli/git.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX 10000 /* a server that never ends is not followed */
#define JSON_MAX  (256 * MIB)

/* Where the next page is. Only the path is taken: what we know goes to the
 * server that we are logged in to, whatever it answers. */
static struct str
next_of(const struct json *page)
{
	struct str url = json_text(page, "next");
	const char *at =
	    url.n == 0 ? NULL : memmem(url.p, url.n, "/2.0/", strlen("/2.0/"));

	return at == NULL ? STR_NONE
			  : str_sub(url, (size_t)(at - url.p), SIZE_MAX);
}

static bool
page_walk(const struct json *page, bool (*row)(void *, const struct json *),
	  void *arg)
{
	const struct json *values = json_get(page, "values");

	for (size_t i = 0; i < json_size(values); i++)
		if (!row(arg, json_at(values, i)))
			return false;
	return true;
}

int
pages_each(struct cli *cli, const char *path,
	   bool (*row)(void *arg, const struct json *), void *arg)
{
	CLEAN(buf_clear) struct buf at = BUF_INIT;
	int r = buf_adds(&at, path);

	for (int i = 0; r == 0 && i < PAGES_MAX; i++) {
		CLEAN(json_freep) struct json *page = NULL;
		struct ask ask = {"GET", at.p, STR_NONE};

		r = client_json(cli, &ask, &page);
		if (r != 0 || !page_walk(page, row, arg) ||
		    next_of(page).n == 0)
			return r;
		buf_reset(&at);
		r = buf_addstr(&at, next_of(page));
	}
	return r;
}

struct show {
	const struct listing *list;
	struct table table;
	struct buf json;
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
array_print(struct buf *text)
{
	CLEAN(json_freep) struct json *all = NULL;
	int r;

	(void)buf_addc(text, ']');
	r = buf_err(text);
	if (r == 0)
		r = json_parse(buf_str(text), &all, NULL);
	if (r == 0)
		print_json(all);
	return r;
}

static int
show_run(struct cli *cli, struct show *s)
{
	int r;

	(void)buf_addc(&s->json, '[');
	r = pages_each(cli, s->list->path, row_show, s);
	if (r != 0)
		return r;
	if (s->as_json)
		return array_print(&s->json);
	table_print(&s->table);
	printf(_("\nOK\n"));
	return 0;
}

int
pages_show(struct cli *cli, const struct listing *l)
{
	struct show s = {
	    .list = l,
	    .table = {.columns = l->columns,
		      .n_columns = l->n_columns,
		      .cells = BUF_INIT},
	    .json = BUF_INIT_MAX(JSON_MAX),
	    .as_json = cli->json,
	};
	int r = show_run(cli, &s);

	buf_clear(&s.table.cells);
	buf_clear(&s.json);
	return r;
}
