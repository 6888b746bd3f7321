/* cr images, image-*: what is in the registry. */
#include "cli/cr.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum { RM_FORCE };
static const struct opt rm_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

enum { INSPECT_QUIET };
static const struct opt inspect_opts[] = {
    {"quiet", 'q', OPT_FLAG, NULL, N_("its digest only")},
};
static const struct opt manifest_opts[] = {
    {"quiet", 'q', OPT_FLAG, NULL, N_("the digests of its parts only")},
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

/* An image's own digest: that of its configuration. */
static void
id_print(const struct json *image)
{
	print_text(json_text(image, "Id"));
	(void)putchar('\n');
}

static void
digest_print(const struct json *part)
{
	struct str digest = json_text(part, "digest");

	if (digest.n == 0)
		return;
	print_text(digest);
	(void)putchar('\n');
}

/* What it needs: its configuration, layers, or entries. */
static void
parts_print(const struct json *manifest)
{
	static const char *const lists[] = {"layers", "manifests"};

	digest_print(json_get(manifest, "config"));
	for (size_t i = 0; i < nitems(lists); i++) {
		const struct json *list = json_get(manifest, lists[i]);

		for (size_t k = 0; k < json_size(list); k++)
			digest_print(json_at(list, k));
	}
}

static int
image_show(struct cli *cli, const struct args *a, const char *tail,
	   void (*print)(const struct json *))
{
	int r = 0;

	for (int i = 0; r == 0 && i < a->n; i++) {
		CLEAN(json_freep) struct json *j = NULL;

		r = image_call(cli, "GET", "/api/v1/images/", a->rest[i], tail,
			       &j);
		if (r == 0)
			print(j);
	}
	return r;
}

static int
image_inspect(struct cli *cli, const struct args *a)
{
	return image_show(cli, a, "/json",
			  a->v[INSPECT_QUIET].given ? id_print : print_json);
}

static int
manifest_inspect(struct cli *cli, const struct args *a)
{
	return image_show(cli, a, "/manifest",
			  a->v[INSPECT_QUIET].given ? parts_print : print_json);
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

#define REFERENCE_RM                                                           \
	N_("An image is named [HOST/]NAMESPACE/REPO[:TAG] or ...@DIGEST; "     \
	   "without\n"                                                         \
	   "either the tag is 'latest'.\n"                                     \
	   "Deleted images can be restored for some days: 'latchkey cr "       \
	   "trash-list'.\n")

static const struct command rows[] = {
    {"cr", "image-list", "images", image_list_opts, IMAGE_LIST_OPTS, "", 0, 0,
     image_list, N_("list tagged images"), NULL},
    {"cr", "image-digests", "digests", image_list_opts, IMAGE_LIST_OPTS, "", 0,
     0, image_digests, N_("list images by digest, untagged ones too"), NULL},
    {"cr", "image-inspect", NULL, inspect_opts, nitems(inspect_opts),
     "IMAGE...", 1, -1, image_inspect, N_("show an image's configuration"),
     REFERENCE},
    {"cr", "manifest-inspect", NULL, manifest_opts, nitems(manifest_opts),
     "IMAGE...", 1, -1, manifest_inspect, N_("show an image's manifest"),
     REFERENCE},
    {"cr", "image-tag", NULL, NULL, 0, "SOURCE TARGET", 2, 2, image_tag,
     N_("give an image one more tag"), REFERENCE_TARGET},
    {"cr", "image-untag", NULL, NULL, 0, "IMAGE...", 1, -1, image_untag,
     N_("remove tags; the images stay"), REFERENCE},
    {"cr", "image-rm", NULL, rm_opts, nitems(rm_opts), "IMAGE...", 1, -1,
     image_rm, N_("delete images with all their tags"), REFERENCE_RM},
    {"cr", "image-prune-untagged", NULL, image_prune_opts, IMAGE_PRUNE_OPTS, "",
     0, 0, image_prune, N_("delete images that no tag leads to"),
     N_("Entries of an index that stays, and signatures and the like of an "
	"image that\nstays, are not untagged: they stay with it. What is "
	"deleted can be restored\nfor some days: 'latchkey cr trash-list'.\n")},
};
const struct command_set commands_image = {rows, nitems(rows)};
