/* cr trash-list, image-restore: what was deleted and can still come back. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum { LIST_ONLY, LIST_REFS };
static const struct opt list_opts[] = {
    {"restrict", 0, OPT_TEXT, "NAMESPACE[/REPO]", N_("only these")},
    {"quiet", 'q', OPT_FLAG, NULL, N_("one reference a line, nothing else")},
};

static void
tags_text(const struct json *tags, struct buf *ret)
{
	struct str tag;

	for (size_t i = 0; i < json_size(tags); i++)
		if (json_str(json_at(tags, i), &tag)) {
			(void)buf_adds(ret, ret->n > 0 ? "," : "");
			(void)buf_addstr(ret, tag);
		}
	if (ret->n == 0)
		(void)buf_addc(ret, '-');
}

static void
trash_row(struct table *t, struct str ref, const struct json *row)
{
	CLEAN(buf_clear) struct buf tags = BUF_INIT;
	char days[24];
	int64_t n = 0;

	(void)json_int(json_get(row, "daysUntilExpiry"), &n);
	(void)snprintf(days, sizeof(days), "%lld", (long long)n);
	tags_text(json_get(row, "tags"), &tags);
	table_add(t, ref);
	table_add(t, str_c(days));
	table_add(t, buf_str(&tags));
}

static int
trash_json(const struct json *all, const struct only *only)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(256 * MIB);
	struct jw w = JW(&text);
	const struct json *row;
	struct str ref;
	void *iter = NULL;

	jw_object(&w, NULL);
	while (json_each(all, &iter, &ref, &row)) {
		if (!only_has(only, ref))
			continue;
		jw_key(&w, ref);
		jw_json(&w, NULL, row);
	}
	jw_end(&w);
	return rest_print(&text);
}

static void
trash_print(const struct json *all, const struct only *only, bool quiet)
{
	static const struct column columns[] = {{N_("Digest"), false},
						{N_("Days until expiry"), true},
						{N_("Tags"), false}};
	struct table t = TABLE(columns);
	const struct json *row;
	struct str ref;
	void *iter = NULL;

	while (json_each(all, &iter, &ref, &row)) {
		if (!only_has(only, ref))
			continue;
		if (!quiet) {
			trash_row(&t, ref, row);
			continue;
		}
		print_text(ref);
		(void)putchar('\n');
	}
	if (quiet)
		return;
	table_print(&t);
	printf(_("\nOK\n"));
}

static int
trash_list(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct only only;
	int r = only_read(cli, a->v[LIST_ONLY].text, &only);

	if (r != 0)
		return r;
	(void)buf_adds(&path, "/api/v1/trash");
	if (only.namespace.n > 0) {
		(void)buf_addc(&path, '?');
		form_add(&path, "namespace", only.namespace);
	}
	r = buf_err(&path);
	if (r == 0)
		r = rest_get(cli, path.p, &j);
	if (r != 0)
		return r;
	if (cli->json)
		return trash_json(j, &only);
	trash_print(j, &only, a->v[LIST_REFS].given);
	return 0;
}

static int
restore_call(struct cli *cli, const char *image, const char *tail,
	     struct buf *ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"POST", NULL, STR_NONE};

	(void)buf_adds(&path, "/api/v1/trash/");
	(void)enc_percent(&path, str_c(image));
	(void)buf_adds(&path, tail);
	if (buf_err(&path) != 0)
		return buf_err(&path);
	ask.path = path.p;
	return client_call(cli, &ask, ret, NULL);
}

static void
tags_say(const struct json *list, bool is_back)
{
	struct str tag;

	for (size_t i = 0; i < json_size(list); i++) {
		if (!json_str(json_at(list, i), &tag) || !str_printable(tag))
			continue;
		if (is_back)
			printf(_("Restored tag '%.*s'.\n"), STR_ARG(tag));
		else
			printf(_("Tag '%.*s' names another image now, and was "
				 "left there.\n"),
			       STR_ARG(tag));
	}
}

static int
restore_digest(struct cli *cli, const char *image)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	int r = restore_call(cli, image, "/restoretags", &body);

	if (r == 0)
		r = json_parse(buf_str(&body), &j, &cli->note);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	printf(_("Restored image '%s'.\n"), image);
	tags_say(json_get(j, "successful"), true);
	tags_say(json_get(j, "unsuccessful"), false);
	return 0;
}

/* By tag: what says no more than that it is there already has a way out. */
static int
restore_tag(struct cli *cli, const char *image)
{
	int r = restore_call(cli, image, "/restore", NULL);

	if (r == OUT_CONFLICT)
		return note_set(&cli->note, r,
				_("the tag of '%.200s' names another image "
				  "now: restore by digest, as 'latchkey cr "
				  "trash-list' shows it"),
				image);
	if (r == 0 && !cli->json)
		printf(_("Restored image '%s'.\n"), image);
	return r;
}

static int
image_restore(struct cli *cli, const struct args *a)
{
	const char *image = a->rest[0];
	int r = strchr(image, '@') != NULL ? restore_digest(cli, image)
					   : restore_tag(cli, image);

	if (r == 0 && !cli->json)
		printf(_("\nOK\n"));
	return r;
}

static const struct command rows[] = {
    {"cr", "trash-list", NULL, list_opts, nitems(list_opts), "", 0, 0,
     trash_list, N_("list deleted images that can be restored"),
     N_("What is in the trash counts against no quota and ends by itself.\n")},
    {"cr", "image-restore", NULL, NULL, 0, "IMAGE", 1, 1, image_restore,
     N_("bring a deleted image back"),
     N_("NAMESPACE/REPO@DIGEST brings the image back with those of its tags "
	"that name\nno other image by now; NAMESPACE/REPO:TAG brings back what "
	"was deleted last\nunder this tag.\n")},
};
const struct command_set commands_trash = {rows, nitems(rows)};
