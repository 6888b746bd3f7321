/* Our own REST: things of a project, and lists that come in pages. */
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX 100000 /* a server that never ends is not followed */
#define JSON_MAX  (256 * MIB)

int
rest_project(struct cli *cli, const char *word, struct rest *ret)
{
	int r = place_project(cli, word != NULL ? word : PROJECT_FIRST,
			      &ret->place);

	ret->path[0] = ret->again[0] = '\0';
	if (r != 0)
		return r;
	(void)snprintf(ret->path, sizeof(ret->path),
		       "/latchkey/v1/projects/%s/%s", ret->place.account,
		       ret->place.name);
	if (word != NULL)
		(void)snprintf(ret->again, sizeof(ret->again), " -p %s/%s",
			       ret->place.account, ret->place.name);
	return 0;
}

int
rest_path(const struct rest *p, const char *kind, const char *name,
	  const char *tail, struct buf *ret)
{
	(void)buf_addf(ret, "%s/%s", p->path, kind);
	if (name != NULL) {
		(void)buf_addc(ret, '/');
		(void)enc_percent(ret, str_c(name));
	}
	if (tail != NULL)
		(void)buf_addf(ret, "/%s", tail);
	return buf_err(ret);
}

int
rest_get(struct cli *cli, const char *path, struct json **ret)
{
	struct ask ask = {"GET", path, STR_NONE};

	return client_json(cli, &ask, ret);
}

int
rest_send(struct cli *cli, const char *method, const char *path,
	  const struct buf *body, struct json **ret)
{
	struct ask ask = {method, path, buf_str(body)};

	return buf_err(body) != 0 ? buf_err(body) : client_json(cli, &ask, ret);
}

static bool
page_walk(const struct json *page, const char *member,
	  bool (*row)(void *, const struct json *), void *arg)
{
	const struct json *values = json_get(page, member);

	for (size_t i = 0; i < json_size(values); i++)
		if (!row(arg, json_at(values, i)))
			return false;
	return true;
}

int
rest_each(struct cli *cli, const char *path, const char *member,
	  bool (*row)(void *arg, const struct json *), void *arg)
{
	CLEAN(buf_clear) struct buf at = BUF_INIT;
	int r = 0;

	(void)buf_adds(&at, path);
	for (int i = 0; i < PAGES_MAX; i++) {
		CLEAN(json_freep) struct json *page = NULL;
		struct str next;

		r = buf_err(&at);
		if (r == 0)
			r = rest_get(cli, at.p, &page);
		if (r != 0 || !page_walk(page, member, row, arg))
			return r;
		next = json_text(page, "next");
		if (next.n == 0)
			return 0;
		buf_reset(&at);
		(void)buf_adds(&at, path);
		form_add(&at, "after", next);
	}
	return note_set(&cli->note, OUT_TOO_MANY,
			_("the server's list has no end"));
}

struct str
rest_word(const struct json *j, const char *name)
{
	struct str s = json_text(j, name);

	return str_printable(s) ? s : STR("?");
}

struct str
rest_who(const struct json *j, const char *member)
{
	char named[32];
	struct str name;

	(void)snprintf(named, sizeof(named), "%s_name", member);
	name = json_text(j, named);
	return name.n > 0 ? name : json_text(j, member);
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

int
rest_print(const struct buf *text)
{
	CLEAN(json_freep) struct json *all = NULL;
	int r = buf_err(text);

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
	r = rest_each(cli, s->list->path, s->list->member, row_show, s);
	if (r != 0)
		return r;
	if (s->as_json) {
		(void)buf_addc(&s->json, ']');
		return rest_print(&s->json);
	}
	table_print(&s->table);
	printf(_("\nOK\n"));
	return 0;
}

int
rest_show(struct cli *cli, const struct listing *l)
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
