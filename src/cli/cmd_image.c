/* cr images, image-*: what is in the registry. */
#include "cli/cli.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/i18n.h"
#include "wire/ociref.h"

#include <stdio.h>
#include <string.h>

#define DIGEST_SHOWN 12
#define AGE_ROOM     64

enum { LIST_RESTRICT, LIST_NO_TRUNC, LIST_QUIET };
static const struct opt list_opts[] = {
    {"restrict", 0, OPT_TEXT, "NAMESPACE[/REPO]", N_("only these")},
    {"no-trunc", 0, OPT_FLAG, NULL, N_("whole digests")},
    {"quiet", 'q', OPT_FLAG, NULL, N_("one reference a line, nothing else")},
};
enum { RM_FORCE };
static const struct opt rm_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

/* /api/v1/images/<one encoded segment><tail> */
static int
image_call(struct cli *cli, const char *method, const char *head,
	   const char *image, const char *tail, struct json **ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {method, NULL, STR_NONE};

	(void)buf_adds(&path, head);
	(void)enc_percent(&path, str_c(image));
	(void)buf_adds(&path, tail);
	ask.path = path.p;
	if (ret != NULL)
		return client_json(cli, &ask, ret);
	return client_call(cli, &ask, NULL, NULL);
}

enum { AGE_YEAR, AGE_MONTH, AGE_DAY, AGE_HOUR, AGE_MINUTE, AGE_SECOND };

/* A whole text for each: not every language has the parts in this order. */
static void
ago_text(int unit, unsigned long n, char ret[AGE_ROOM])
{
	switch (unit) {
	case AGE_YEAR:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu year ago", "%lu years ago", n), n);
		break;
	case AGE_MONTH:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu month ago", "%lu months ago", n),
			       n);
		break;
	case AGE_DAY:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu day ago", "%lu days ago", n), n);
		break;
	case AGE_HOUR:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu hour ago", "%lu hours ago", n), n);
		break;
	case AGE_MINUTE:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu minute ago", "%lu minutes ago", n),
			       n);
		break;
	default:
		(void)snprintf(ret, AGE_ROOM,
			       ngettext("%lu second ago", "%lu seconds ago", n),
			       n);
	}
}

static void
age_text(int64_t created_s, char ret[AGE_ROOM])
{
	static const int64_t seconds[] = {
	    [AGE_YEAR] = 365 * 86400, [AGE_MONTH] = 30 * 86400,
	    [AGE_DAY] = 86400,	      [AGE_HOUR] = 3600,
	    [AGE_MINUTE] = 60,	      [AGE_SECOND] = 1,
	};
	int64_t s = clock_now() / 1000 - created_s;

	(void)snprintf(ret, AGE_ROOM, "%s",
		       created_s == 0 ? "-" : _("just now"));
	for (int i = 0; created_s != 0 && i < (int)nitems(seconds); i++)
		if (s >= seconds[i]) {
			ago_text(i, (unsigned long)(s / seconds[i]), ret);
			return;
		}
}

static struct str
digest_text(struct str digest, bool whole)
{
	struct str kind, hex;

	if (whole || !str_cut(digest, ':', &kind, &hex))
		return digest;
	return str_sub(hex, 0, DIGEST_SHOWN);
}

struct shown {
	struct table *table;
	const struct args *args;
	const struct json *image;
};

static void
row_add(const struct shown *l, struct str digest, struct str full)
{
	struct ociref ref;
	int64_t created = 0, size = 0;
	char age[AGE_ROOM], bytes[32];

	if (ociref_parse(full, &ref) != 0)
		return;
	if (l->args->v[LIST_QUIET].given) {
		printf("%.*s\n", STR_ARG(full));
		return;
	}
	(void)json_int(json_get(l->image, "Created"), &created);
	(void)json_int(json_get(l->image, "Size"), &size);
	age_text(created, age);
	size_text(size, bytes);
	table_add(l->table,
		  str_sub(full, 0, (size_t)(ref.name.p - full.p) + ref.name.n));
	table_add(l->table, ref.tag.n > 0 ? ref.tag : STR("-"));
	table_add(l->table,
		  digest_text(digest, l->args->v[LIST_NO_TRUNC].given));
	table_add(l->table, ociref_namespace(ref.name));
	table_add(l->table, str_c(age));
	table_add(l->table, str_c(bytes));
}

static void
image_rows(const struct shown *l)
{
	const struct json *tags;
	struct str digest, full;
	void *iter = NULL;

	while (
	    json_each(json_get(l->image, "DigestTags"), &iter, &digest, &tags))
		for (size_t i = 0; i < json_size(tags); i++)
			if (json_str(json_at(tags, i), &full))
				row_add(l, digest, full);
}

static void
list_path(struct buf *path, const char *restrict_to)
{
	struct str ns, repo;

	(void)buf_adds(path, "/api/v1/images?");
	form_add(path, "includeManifestLists", STR("true"));
	if (restrict_to == NULL)
		return;
	if (str_cut(str_c(restrict_to), '/', &ns, &repo)) {
		form_add(path, "namespace", ns);
		form_add(path, "repository", str_c(restrict_to));
		return;
	}
	form_add(path, "namespace", str_c(restrict_to));
}

static int
image_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("Repository"), false}, {N_("Tag"), false},
	    {N_("Digest"), false},     {N_("Namespace"), false},
	    {N_("Created"), false},    {N_("Size"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", NULL, STR_NONE};
	struct table t = TABLE(columns);
	struct shown l = {&t, a, NULL};
	int r;

	list_path(&path, a->v[LIST_RESTRICT].text);
	ask.path = path.p;
	r = client_json(cli, &ask, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	for (size_t i = 0; i < json_size(j); i++) {
		l.image = json_at(j, i);
		image_rows(&l);
	}
	if (a->v[LIST_QUIET].given)
		return 0;
	table_print(&t);
	printf(_("\nOK\n"));
	return 0;
}

static int
image_show(struct cli *cli, const struct args *a, const char *tail)
{
	int r = 0;

	for (int i = 0; r == 0 && i < a->n; i++) {
		CLEAN(json_freep) struct json *j = NULL;

		r = image_call(cli, "GET", "/api/v1/images/", a->rest[i], tail,
			       &j);
		if (r == 0)
			print_json(j);
	}
	return r;
}

static int
image_inspect(struct cli *cli, const struct args *a)
{
	return image_show(cli, a, "/json");
}

static int
manifest_inspect(struct cli *cli, const struct args *a)
{
	return image_show(cli, a, "/manifest");
}

static int
image_rm(struct cli *cli, const struct args *a)
{
	int r = 0;

	if (!a->v[RM_FORCE].given &&
	    !prompt_yes(_("Deletes the image with all its tags in the "
			  "repository. Delete?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing deleted: not confirmed (-f does not ask)"));
	for (int i = 0; r == 0 && i < a->n; i++) {
		r = image_call(cli, "DELETE", "/api/v1/images/", a->rest[i], "",
			       NULL);
		if (r == 0)
			printf(_("Deleted image '%s'.\n"), a->rest[i]);
	}
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

static int
image_untag(struct cli *cli, const struct args *a)
{
	int r = 0;

	for (int i = 0; r == 0 && i < a->n; i++) {
		r = image_call(cli, "DELETE", "/api/v1/tags/", a->rest[i], "",
			       NULL);
		if (r == 0)
			printf(_("Removed tag '%s'.\n"), a->rest[i]);
	}
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

static int
image_tag(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"POST", NULL, STR_NONE};
	int r;

	(void)buf_adds(&path, "/api/v1/images/tags?");
	form_add(&path, "fromimage", str_c(a->rest[0]));
	form_add(&path, "toimage", str_c(a->rest[1]));
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Tagged '%s' as '%s'.\n\nOK\n"), a->rest[0],
		       a->rest[1]);
	return r;
}

#define REFERENCE                                                              \
	N_("An image is named [HOST/]NAMESPACE/REPO[:TAG] or ...@DIGEST; "     \
	   "without\n"                                                         \
	   "either the tag is 'latest'.\n")
#define REFERENCE_TARGET                                                       \
	N_("An image is named [HOST/]NAMESPACE/REPO[:TAG] or ...@DIGEST; "     \
	   "without\n"                                                         \
	   "either the tag is 'latest'.\n"                                     \
	   "TARGET may be in another repository of the account.\n")

static const struct command rows[] = {
    {"cr", "image-list", "images", list_opts, nitems(list_opts), "", 0, 0,
     image_list, N_("list tagged images"), NULL},
    {"cr", "image-inspect", NULL, NULL, 0, "IMAGE...", 1, -1, image_inspect,
     N_("show an image's configuration"), REFERENCE},
    {"cr", "manifest-inspect", NULL, NULL, 0, "IMAGE...", 1, -1,
     manifest_inspect, N_("show an image's manifest"), REFERENCE},
    {"cr", "image-tag", NULL, NULL, 0, "SOURCE TARGET", 2, 2, image_tag,
     N_("give an image one more tag"), REFERENCE_TARGET},
    {"cr", "image-untag", NULL, NULL, 0, "IMAGE...", 1, -1, image_untag,
     N_("remove tags; the images stay"), REFERENCE},
    {"cr", "image-rm", NULL, rm_opts, nitems(rm_opts), "IMAGE...", 1, -1,
     image_rm, N_("delete images with all their tags"), REFERENCE},
};
const struct command_set commands_image = {rows, nitems(rows)};
