/*
 * cr image-prune-untagged: delete what no tag leads to. A tag leads to an
 * image; to what an index has in it; and from an image to what was attached to
 * it, such as its signatures: those say themselves whose they are, and have no
 * tag.
 */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct opt image_prune_opts[IMAGE_PRUNE_OPTS] = {
    [PRUNE_RESTRICT] = {"restrict", 0, OPT_TEXT, "NAMESPACE[/REPO]",
			N_("only these")},
    [PRUNE_FORCE] = {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

struct entry {
	struct str repo, digest; /* borrowed from the list */
	bool tagged, kept, has_parts;
};
struct way { /* when from is kept, to is */
	size_t from, to;
};
struct forest {
	struct entry *entries;
	size_t n;
	struct way *ways;
	size_t n_ways, room;
};

static void
forest_clear(struct forest *f)
{
	free(f->entries);
	free(f->ways);
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = str_cmp(x->repo, y->repo);

	return c != 0 ? c : str_cmp(x->digest, y->digest);
}

/* The server's words for what has parts: "Docker Manifest List" and "OCI Image
 * Index v1". */
static bool
is_index(struct str type)
{
	return memmem(type.p, type.n, "List", 4) != NULL ||
	       memmem(type.p, type.n, "Index", 5) != NULL;
}

static size_t
entries_count(const struct json *images)
{
	size_t n = 0;

	for (size_t i = 0; i < json_size(images); i++)
		n += json_size(json_get(json_at(images, i), "repoTags"));
	return n;
}

static int
forest_plant(struct forest *f, const struct json *images,
	     const struct only *only)
{
	f->entries = calloc(entries_count(images) + 1, sizeof(*f->entries));
	if (f->entries == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < json_size(images); i++) {
		const struct json *image = json_at(images, i), *tags;
		struct str repo;
		void *iter = NULL;

		while (
		    json_each(json_get(image, "repoTags"), &iter, &repo, &tags))
			if (only_has(only, repo))
				f->entries[f->n++] = (struct entry){
				    .repo = repo,
				    .digest = json_text(image, "id"),
				    .tagged = json_size(tags) > 0,
				    .has_parts = is_index(
					json_text(image, "manifestType"))};
	}
	qsort(f->entries, f->n, sizeof(*f->entries), entry_cmp);
	return 0;
}

/* From one entry to another of its repository, or the other way. */
static int
way_add(struct forest *f, size_t at, struct str digest, bool to_it)
{
	struct entry key = {.repo = f->entries[at].repo, .digest = digest};
	const struct entry *e =
	    bsearch(&key, f->entries, f->n, sizeof(key), entry_cmp);
	size_t other;

	if (e == NULL)
		return 0;
	if (f->n_ways == f->room) {
		size_t room = f->room * 2 + 64;
		struct way *ways = reallocarray(f->ways, room, sizeof(*ways));

		if (ways == NULL)
			return FAIL(-ENOMEM);
		f->ways = ways;
		f->room = room;
	}
	other = (size_t)(e - f->entries);
	f->ways[f->n_ways++] =
	    to_it ? (struct way){at, other} : (struct way){other, at};
	return 0;
}

/* What went since it was listed is no loss. */
static int
manifest_fetch(struct cli *cli, const struct entry *e, struct json **ret)
{
	CLEAN(buf_clear) struct buf ref = BUF_INIT;
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	int r;

	(void)buf_addf(&ref, "%.*s@%.*s", STR_ARG(e->repo), STR_ARG(e->digest));
	(void)buf_adds(&path, "/api/v1/images/");
	(void)enc_percent(&path, buf_str(&ref));
	(void)buf_adds(&path, "/manifest");
	if (buf_err(&ref) != 0 || buf_err(&path) != 0)
		return FAIL(-ENOMEM);
	r = rest_get(cli, path.p, ret);
	return r == OUT_ABSENT ? 0 : r;
}

static int
ways_read(struct cli *cli, struct forest *f, size_t at)
{
	CLEAN(json_freep) struct json *m = NULL;
	const struct json *parts;
	struct str subject;
	int r = manifest_fetch(cli, &f->entries[at], &m);

	parts = json_get(m, "manifests");
	for (size_t i = 0; r == 0 && i < json_size(parts); i++)
		r = way_add(f, at, json_text(json_at(parts, i), "digest"),
			    true);
	subject = json_text(json_get(m, "subject"), "digest");
	if (r == 0 && subject.n > 0)
		r = way_add(f, at, subject, false);
	return r;
}

/* Tagged ones without parts lead nowhere further: they are not fetched. */
static int
forest_read(struct cli *cli, struct forest *f)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n; i++)
		if (!f->entries[i].tagged || f->entries[i].has_parts)
			r = ways_read(cli, f, i);
	return r;
}

static void
forest_keep(struct forest *f)
{
	bool more = true;

	for (size_t i = 0; i < f->n; i++)
		f->entries[i].kept = f->entries[i].tagged;
	while (more) {
		more = false;
		for (size_t i = 0; i < f->n_ways; i++) {
			struct entry *to = &f->entries[f->ways[i].to];

			if (f->entries[f->ways[i].from].kept && !to->kept)
				to->kept = more = true;
		}
	}
}

/* What has parts goes first. */
static int
forest_harvest(const struct forest *f, struct refs *ret)
{
	for (int parts = 1; parts >= 0; parts--)
		for (size_t i = 0; i < f->n; i++) {
			CLEAN(buf_clear) struct buf ref = BUF_INIT;
			const struct entry *e = &f->entries[i];

			if (e->kept || e->has_parts != (parts == 1))
				continue;
			(void)buf_addf(&ref, "%.*s@%.*s", STR_ARG(e->repo),
				       STR_ARG(e->digest));
			if (buf_err(&ref) != 0)
				return buf_err(&ref);
			refs_add(ret, buf_str(&ref));
		}
	return buf_err(&ret->text);
}

static int
untagged_find(struct cli *cli, const struct only *only, struct refs *ret)
{
	CLEAN(json_freep) struct json *images = NULL;
	CLEAN(forest_clear) struct forest f = {0};
	int r = digests_get(cli, only, false, &images);

	if (r == 0)
		r = forest_plant(&f, images, only);
	if (r == 0)
		r = forest_read(cli, &f);
	if (r != 0)
		return r;
	forest_keep(&f);
	return forest_harvest(&f, ret);
}

static int
prune(struct cli *cli, struct refs *refs, bool force)
{
	int r;

	print_step(cli,
		   ngettext("Found %lu untagged image.\n",
			    "Found %lu untagged images.\n", refs->n),
		   (unsigned long)refs->n);
	if (refs->n > 0 && !force) {
		refs_print(cli, refs);
		if (!prompt_yes(_("Delete these images?")))
			return note_set(&cli->note, OUT_DENIED,
					_("nothing deleted: not confirmed (-f "
					  "does not ask)"));
	}
	r = refs->n > 0 ? images_delete(cli, refs) : 0;
	if (r == 0)
		print_step(cli, _("\nOK\n"));
	return r;
}

int
image_prune(struct cli *cli, const struct args *a)
{
	CLEAN(refs_clear) struct refs refs = REFS_INIT;
	struct only only;
	int r = only_read(cli, a->v[PRUNE_RESTRICT].text, &only);

	if (r == 0)
		r = untagged_find(cli, &only, &refs);
	return r != 0 ? r : prune(cli, &refs, a->v[PRUNE_FORCE].given);
}
