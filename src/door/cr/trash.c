/* What was deleted and can still be restored. */
#include "base/clock.h"
#include "core/audit.h"
#include "core/bin.h"
#include "door/cr/inner.h"

#include <errno.h>

/* Rounded up: what ends within a day has one left. */
static int64_t
days_left(const struct bin_row *row, int64_t now)
{
	return (row->expires_at - now + DAY_MS - 1) / DAY_MS;
}

static void
row_write(struct call *call, struct jw *w, const struct bin_row *row,
	  int64_t now)
{
	CLEAN(buf_clear) struct buf full = BUF_INIT;

	(void)ref_write(&full, call, row->repo, STR_NONE, row->digest);
	jw_key(w, buf_str(&full));
	jw_object(w, NULL);
	jw_int(w, "daysUntilExpiry", days_left(row, now));
	jw_array(w, "tags");
	for (size_t i = 0; i < row->n_tags; i++)
		jw_str(w, NULL, row->tags[i]);
	jw_end(w);
	jw_end(w);
}

/* Where the next page goes on: copied out of the arena of the last one. */
struct place_after {
	struct buf repo, digest;
};

static void
after_clear(struct place_after *a)
{
	buf_clear(&a->repo);
	buf_clear(&a->digest);
}

static int
after_set(struct place_after *a, const struct bin_row *row)
{
	int r;

	buf_reset(&a->repo);
	buf_reset(&a->digest);
	r = buf_addstr(&a->repo, row->repo);
	return r != 0 ? r : buf_addstr(&a->digest, row->digest);
}

/* The list has no end of its own, so each page gets the same memory. */
static int
page_write(struct call *call, struct jw *w, struct str namespace,
	   struct place_after *after, size_t *ret_n)
{
	CLEAN(arena_clear) struct arena page;
	const struct visit *v = &call->visit;
	struct bin_row *rows = NULL;
	int64_t now = clock_now();
	size_t n = 0;
	int r;

	arena_init(&page, FRAME_ARENA_MAX);
	r = bin_list(call->core, &v->who, str_c(v->account),
		     str_c(call->region->name), namespace,
		     buf_str(&after->repo), buf_str(&after->digest), PAGE_MAX,
		     &page, &rows, &n);
	for (size_t i = 0; r == 0 && i < n; i++)
		row_write(call, w, &rows[i], now);
	if (r == 0 && n > 0)
		r = after_set(after, &rows[n - 1]);
	*ret_n = n;
	return r;
}

int
trash_list(struct call *call, struct http_reply *reply)
{
	CLEAN(after_clear)
	struct place_after after = {.repo = BUF_INIT, .digest = BUF_INIT};
	struct jw w = JW(&reply->body);
	struct str namespace = STR_NONE;
	size_t n = 1;
	int r = cr_own(call);

	if (r == 0)
		r = call_once(call, "namespace", &namespace);
	if (r != 0)
		return r;
	audit_use(call->core, &call->visit.who, VERB_TRASH_LIST,
		  str_c(call->visit.account), STR("trash"));
	jw_object(&w, NULL);
	while (r == 0 && n > 0 && buf_err(&reply->body) == 0)
		r = page_write(call, &w, namespace, &after, &n);
	jw_end(&w);
	if (r == 0 && buf_err(&reply->body) != 0)
		return note_set(&call->note, OUT_TOO_LARGE,
				"The trash holds more than fits into one "
				"answer: name a namespace.");
	return r != 0 ? r : cr_json(reply, 200);
}

/* --- restoring --- */

static int
why_not(struct call *call, const struct image_ref *ref, int r)
{
	if (r == OUT_ABSENT)
		return note_set(&call->note, r,
				"The trash has no '%.*s' of %.*s.",
				STR_ARG(ref->ref), STR_ARG(ref->at.name));
	if (r == OUT_MISSING_PART)
		return note_set(&call->note, OUT_CONFLICT,
				"An image that this index needs is neither "
				"here nor in the trash any more.");
	return r;
}

static void
names_write(struct jw *w, const char *name, const struct str *list, size_t n)
{
	jw_array(w, name);
	for (size_t i = 0; i < n; i++)
		jw_str(w, NULL, list[i]);
	jw_end(w);
}

int
trash_restore_tags(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = call->own;
	struct jw w = JW(&reply->body);
	struct bin_back back = {0};
	int r;

	if (ref->digest.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"All tags of an image are restored by its "
				"digest.");
	r = bin_restore_digest(&call->visit, &ref->at, ref->digest, call->arena,
			       &back);
	if (r != 0)
		return why_not(call, ref, r);
	jw_object(&w, NULL);
	names_write(&w, "successful", back.restored, back.n_restored);
	names_write(&w, "unsuccessful", back.taken, back.n_taken);
	jw_end(&w);
	return cr_json(reply, 200);
}

int
trash_restore(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = call->own;
	struct str digest;
	int r;

	if (ref->digest.n > 0)
		return note_set(&call->note, OUT_MALFORMED,
				"One tag is restored by its name; by a digest, "
				"all of its tags are (restoretags).");
	r = bin_restore_tag(&call->visit, &ref->at, ref->tag, call->arena,
			    &digest);
	if (r == OUT_CONFLICT)
		return note_set(
		    &call->note, r,
		    "%.*s has a tag '%.*s' that is live: restore by "
		    "digest instead.",
		    STR_ARG(ref->at.name), STR_ARG(ref->tag));
	return r != 0 ? why_not(call, ref, r) : reply_empty(reply, 200);
}
