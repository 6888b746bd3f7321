/* cr image-list and image-digests: what is in the registry. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/i18n.h"
#include "wire/ociref.h"

#include <stdio.h>
#include <string.h>

const struct opt image_list_opts[IMAGE_LIST_OPTS] = {
    [LIST_RESTRICT] = {"restrict", 0, OPT_TEXT, "NAMESPACE[/REPO]",
		       N_("only these")},
    [LIST_NO_TRUNC] = {"no-trunc", 0, OPT_FLAG, NULL, N_("whole digests")},
    [LIST_QUIET] = {"quiet", 'q', OPT_FLAG, NULL,
		    N_("one reference a line, nothing else")},
    [LIST_SHOW_TYPE] = {"show-type", 0, OPT_FLAG, NULL,
			N_("also the manifest's type")},
    [LIST_INCLUDE_IBM] = {"include-ibm", 0, OPT_FLAG, NULL,
			  N_("also the server's public images, if it has any")},
    [LIST_NO_VA] = {"no-va", 0, OPT_FLAG, NULL,
		    N_("taken for scripts: there is no scanner to leave out")},
};

/* The last column is shown when it was asked for. */
enum { COLUMNS = 7 };
static const struct column tag_columns[COLUMNS] = {
    {N_("Repository"), false}, {N_("Tag"), false},     {N_("Digest"), false},
    {N_("Namespace"), false},  {N_("Created"), false}, {N_("Size"), false},
    {N_("Type"), false}};
static const struct column digest_columns[COLUMNS] = {
    {N_("Repository"), false}, {N_("Digest"), false},  {N_("Tags"), false},
    {N_("Namespace"), false},  {N_("Created"), false}, {N_("Size"), false},
    {N_("Type"), false}};

struct shown {
	struct table table;
	const struct args *args;
	struct only only;
	const struct json *image;
};

static void
shown_begin(struct shown *s, const struct column *columns)
{
	s->table = (struct table){
	    .columns = columns,
	    .n_columns = COLUMNS - (s->args->v[LIST_SHOW_TYPE].given ? 0u : 1u),
	    .cells = BUF_INIT};
}

static void
shown_end(struct shown *s)
{
	if (!s->args->v[LIST_QUIET].given) {
		table_print(&s->table);
		printf(_("\nOK\n"));
	}
	buf_clear(&s->table.cells);
}

/* What both lists have at the end of a row, under names of their own. */
static void
row_end(struct shown *s, struct str namespace, const char *created_name,
	const char *size_name, const char *type_name)
{
	char age[AGE_ROOM], bytes[32];
	int64_t created = 0, size = 0;

	(void)json_int(json_get(s->image, created_name), &created);
	(void)json_int(json_get(s->image, size_name), &size);
	age_text(created, age);
	size_text(size, bytes);
	table_add(&s->table, namespace);
	table_add(&s->table, str_c(age));
	table_add(&s->table, str_c(bytes));
	if (s->args->v[LIST_SHOW_TYPE].given)
		table_add(&s->table, json_text(s->image, type_name));
}

static struct str
digest_cell(const struct shown *s, struct str digest)
{
	return digest_text(digest, s->args->v[LIST_NO_TRUNC].given);
}

static void
line_print(struct str text)
{
	print_text(text);
	(void)putchar('\n');
}

/* --- tags --- */

static void
tag_row(struct shown *s, struct str digest, struct str full)
{
	struct ociref ref;

	if (!only_has(&s->only, full) || ociref_parse(full, &ref) != 0)
		return;
	if (s->args->v[LIST_QUIET].given) {
		line_print(full);
		return;
	}
	table_add(&s->table,
		  str_sub(full, 0, (size_t)(ref.name.p - full.p) + ref.name.n));
	table_add(&s->table, ref.tag.n > 0 ? ref.tag : STR("-"));
	table_add(&s->table, digest_cell(s, digest));
	row_end(s, ociref_namespace(ref.name), "Created", "Size",
		"ManifestType");
}

static void
tag_rows(struct shown *s)
{
	const struct json *tags;
	struct str digest, full;
	void *iter = NULL;

	while (
	    json_each(json_get(s->image, "DigestTags"), &iter, &digest, &tags))
		for (size_t i = 0; i < json_size(tags); i++)
			if (json_str(json_at(tags, i), &full))
				tag_row(s, digest, full);
}

static void
tags_path(struct buf *path, const struct shown *s)
{
	(void)buf_adds(path, "/api/v1/images?");
	form_add(path, "includeManifestLists", STR("true"));
	if (s->args->v[LIST_INCLUDE_IBM].given)
		form_add(path, "includeIBM", STR("true"));
	if (s->only.namespace.n > 0)
		form_add(path, "namespace", s->only.namespace);
	if (s->only.repo.n > 0)
		form_add(path, "repository", s->only.repo);
}

int
image_list(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct shown s = {.args = a};
	int r = only_read(cli, a->v[LIST_RESTRICT].text, &s.only);

	if (r != 0)
		return r;
	tags_path(&path, &s);
	r = buf_err(&path);
	if (r == 0)
		r = rest_get(cli, path.p, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	shown_begin(&s, tag_columns);
	for (size_t i = 0; i < json_size(j); i++) {
		s.image = json_at(j, i);
		tag_rows(&s);
	}
	shown_end(&s);
	return 0;
}

/* --- digests --- */

static void
tags_text(const struct json *tags, struct buf *ret)
{
	const struct json *report;
	struct str tag;
	void *iter = NULL;

	while (json_each(tags, &iter, &tag, &report)) {
		(void)buf_adds(ret, ret->n > 0 ? "," : "");
		(void)buf_addstr(ret, tag);
	}
	if (ret->n == 0)
		(void)buf_addc(ret, '-');
}

static void
digest_row(struct shown *s, struct str repo, const struct json *tags)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct str digest = json_text(s->image, "id");
	struct ociref ref;

	if (!only_has(&s->only, repo) || ociref_parse(repo, &ref) != 0)
		return;
	if (s->args->v[LIST_QUIET].given) {
		print_text(repo);
		(void)putchar('@');
		line_print(digest);
		return;
	}
	tags_text(tags, &text);
	table_add(&s->table, repo);
	table_add(&s->table, digest_cell(s, digest));
	table_add(&s->table, buf_str(&text));
	row_end(s, ociref_namespace(ref.name), "created", "size",
		"manifestType");
}

static void
digest_rows(struct shown *s)
{
	const struct json *tags;
	struct str repo;
	void *iter = NULL;

	while (json_each(json_get(s->image, "repoTags"), &iter, &repo, &tags))
		digest_row(s, repo, tags);
}

static bool
any_has(const struct only *only, const struct json *image)
{
	const struct json *tags;
	struct str repo;
	void *iter = NULL;

	while (json_each(json_get(image, "repoTags"), &iter, &repo, &tags))
		if (only_has(only, repo))
			return true;
	return false;
}

/* The server restricts to repositories, not to namespaces. */
static int
digests_json(const struct shown *s, const struct json *all)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(256 * MIB);
	struct jw w = JW(&text);

	jw_array(&w, NULL);
	for (size_t i = 0; i < json_size(all); i++)
		if (any_has(&s->only, json_at(all, i)))
			jw_json(&w, NULL, json_at(all, i));
	jw_end(&w);
	return rest_print(&text);
}

int
digests_get(struct cli *cli, const struct only *only, bool ibm,
	    struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct jw w = JW(&body);

	jw_object(&w, NULL);
	jw_bool(&w, "exclude_tagged", false);
	jw_bool(&w, "exclude_va", true);
	jw_bool(&w, "include_ibm", ibm);
	jw_array(&w, "repositories");
	if (only->repo.n > 0)
		jw_str(&w, NULL, only->repo);
	jw_end(&w);
	jw_end(&w);
	return rest_send(cli, "POST", "/api/v1/images/digests", &body, ret);
}

int
image_digests(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct shown s = {.args = a};
	int r = only_read(cli, a->v[LIST_RESTRICT].text, &s.only);

	if (r == 0)
		r = digests_get(cli, &s.only, a->v[LIST_INCLUDE_IBM].given, &j);
	if (r != 0)
		return r;
	if (cli->json)
		return digests_json(&s, j);
	shown_begin(&s, digest_columns);
	for (size_t i = 0; i < json_size(j); i++) {
		s.image = json_at(j, i);
		digest_rows(&s);
	}
	shown_end(&s);
	return 0;
}
