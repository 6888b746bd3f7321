/* Many images deleted at once. */
#include "door/cr/inner.h"

#include <errno.h>

#define BULK_MAX 1000

static int
one_delete(struct call *call, struct str text)
{
	struct image_ref ref;
	struct thing thing;
	int r = ref_read(call, text, &ref);

	if (r == 0 && ref.digest.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"Only digests are deleted in bulk.");
	if (r != 0)
		return r;
	thing = ref_thing(&ref);
	r = call_pass(call, VERB_IMAGE_DELETE, &thing);
	return r != 0 ? r : manifest_delete(&call->visit, &ref.at, ref.digest);
}

static void
error_write(struct call *call, struct jw *w, struct str ref, int outcome)
{
	const char *text =
	    call->note.text[0] != '\0' ? call->note.text : out_text(outcome);
	char code[16];

	cr_code(call, outcome, code);
	jw_key(w, ref);
	jw_object(w, NULL);
	jw_c(w, "code", code);
	jw_c(w, "message", text);
	jw_end(w);
}

/* Every name is tried; a machine's failure ends it, since what was done until
 * then is done and a second call changes nothing about it. */
static int
all_delete(struct call *call, struct http_reply *reply, int *outcomes, size_t n)
{
	CLEAN(buf_clear) struct buf errors = BUF_INIT;
	struct jw w = JW(&reply->body), e = JW(&errors);
	struct str text = STR_NONE;

	jw_object(&w, NULL);
	jw_array(&w, "success");
	jw_object(&e, NULL);
	for (size_t i = 0; i < n; i++) {
		(void)json_str(json_at(call->json, i), &text);
		call->note.text[0] = '\0';
		outcomes[i] = one_delete(call, text);
		if (outcomes[i] < 0 || outcomes[i] == OUT_UNPROVEN)
			return outcomes[i];
		if (outcomes[i] == 0)
			jw_str(&w, NULL, text);
		else
			error_write(call, &e, text, outcomes[i]);
	}
	jw_end(&w);
	jw_end(&e);
	jw_raw(&w, "error", buf_str(&errors));
	jw_end(&w);
	return buf_err(&errors) != 0 ? buf_err(&errors) : cr_json(reply, 200);
}

int
images_bulk_delete(struct call *call, struct http_reply *reply)
{
	size_t n = json_size(call->json);
	int *outcomes;
	struct str text;

	if (json_kind(call->json) != JSON_ARRAY)
		return note_set(&call->note, OUT_MALFORMED,
				"The body must be a list of images.");
	if (n > BULK_MAX)
		return note_set(&call->note, OUT_TOO_MANY,
				"At most %d images at once.", BULK_MAX);
	for (size_t i = 0; i < n; i++)
		if (!json_str(json_at(call->json, i), &text))
			return note_set(&call->note, OUT_MALFORMED,
					"The body must be a list of images.");
	outcomes = arena_get(call->arena, (n + 1) * sizeof(*outcomes));
	return outcomes == NULL ? FAIL(-ENOMEM)
				: all_delete(call, reply, outcomes, n);
}
