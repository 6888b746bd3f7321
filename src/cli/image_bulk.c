/* Deleting many images. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define BULK 100 /* in one request: what is done is seen to be done */

struct bulk {
	struct refs failed;
	struct note why; /* of the first that failed */
	size_t deleted;
};

static void
deleted_say(const struct cli *cli, const struct json *list, struct bulk *b)
{
	struct str ref;

	for (size_t i = 0; i < json_size(list); i++) {
		if (!json_str(json_at(list, i), &ref))
			continue;
		b->deleted++;
		if (str_printable(ref))
			print_step(cli, _("Deleted image '%.*s'.\n"),
				   STR_ARG(ref));
	}
}

static void
failed_keep(const struct json *errors, struct bulk *b)
{
	const struct json *error;
	struct str ref, why;
	void *iter = NULL;

	while (json_each(errors, &iter, &ref, &error)) {
		why = json_text(error, "message");
		if (b->failed.n == 0)
			(void)note_set(&b->why, 0, "%.*s: %.*s", STR_ARG(ref),
				       STR_ARG(why));
		refs_add(&b->failed, ref);
	}
}

/* As many as fit into one request, from *at on. */
static int
some_delete(struct cli *cli, const struct refs *refs, const char **at,
	    struct bulk *b)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *answer = NULL;
	struct jw w = JW(&body);
	int r;

	jw_array(&w, NULL);
	for (size_t i = 0; *at != NULL && i < BULK; i++) {
		jw_c(&w, NULL, *at);
		*at = refs_next(refs, *at);
	}
	jw_end(&w);
	r = rest_send(cli, "POST", "/api/v1/images/bulkdelete", &body, &answer);
	if (r != 0)
		return r;
	deleted_say(cli, json_get(answer, "success"), b);
	failed_keep(json_get(answer, "error"), b);
	return buf_err(&b->failed.text);
}

static int
all_delete(struct cli *cli, const struct refs *refs, struct bulk *b)
{
	const char *at = refs_first(refs);
	int r = buf_err(&refs->text);

	while (r == 0 && at != NULL)
		r = some_delete(cli, refs, &at, b);
	return r;
}

/* An index goes before what it needs; one within another takes a turn more. As
 * long as a turn deletes something, the next may. */
int
images_delete(struct cli *cli, struct refs *refs)
{
	for (;;) {
		struct bulk b = {.failed = REFS_INIT};
		int r = all_delete(cli, refs, &b);

		refs_clear(refs);
		*refs = b.failed;
		if (r != 0)
			return r;
		if (refs->n == 0)
			return 0;
		if (b.deleted > 0)
			continue;
		return note_set(&cli->note, OUT_CONFLICT,
				ngettext("%lu image was not deleted. %.400s",
					 "%lu images were not deleted. %.400s",
					 refs->n),
				(unsigned long)refs->n, b.why.text);
	}
}
