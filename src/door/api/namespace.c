/* What this server lets a namespace be, beyond what the original knows. */
#include "core/image.h"
#include "door/api/inner.h"

int
api_aim_namespace(struct call *call)
{
	call->thing.kind = THING_NAMESPACE;
	call->thing.name = call->params[0];
	return 0;
}

static void
row_write(const struct call *call, struct jw *w,
	  const struct namespace_row *row,
	  const struct namespace_options *options)
{
	jw_object(w, NULL);
	jw_str(w, "name", row->name);
	jw_c(w, "region", call->region->name);
	jw_bool(w, "immutable_tags", options->immutable_tags);
	jw_bool(w, "allow_sparse", options->allow_sparse);
	time_write(w, "created_at", row->created_at);
	jw_end(w);
}

static int
row_find(struct call *call, struct namespace_row *ret)
{
	struct namespace_row *rows = NULL;
	size_t n = 0;
	int r =
	    namespace_list(call->core, str_c(call->visit.account),
			   str_c(call->region->name), call->arena, &rows, &n);

	for (size_t i = 0; r == 0 && i < n; i++)
		if (str_eq(rows[i].name, call->params[0])) {
			*ret = rows[i];
			return 0;
		}
	return r != 0 ? r : OUT_ABSENT;
}

int
namespace_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct namespace_options options;
	struct namespace_row row;
	int r = row_find(call, &row);

	if (r == 0)
		r = namespace_options_get(call->core, str_c(call->region->name),
					  row.name, &options);
	if (r != 0)
		return r;
	row_write(call, &w, &row, &options);
	return json_done(call, reply, 200);
}

struct patch_body {
	struct body_flag immutable_tags, allow_sparse;
};
#define AT(member) offsetof(struct patch_body, member)
const struct field namespace_patch_fields[] = {
    {"immutable_tags", JSON_BOOL, false, AT(immutable_tags)},
    {"allow_sparse", JSON_BOOL, false, AT(allow_sparse)},
};

int
namespace_patch(struct call *call, struct http_reply *reply)
{
	struct patch_body body = {.immutable_tags = {false, false}};
	struct namespace_change change = {NULL, NULL};
	int r = body_read(call, namespace_patch_fields,
			  nitems(namespace_patch_fields), &body);

	if (r == 0 && !body.immutable_tags.given && !body.allow_sparse.given)
		return note_set(&call->note, OUT_MALFORMED,
				"nothing to change: 'immutable_tags' or "
				"'allow_sparse'");
	if (r != 0)
		return r;
	/* What somebody else changes at the same time stays changed. */
	if (body.immutable_tags.given)
		change.immutable_tags = &body.immutable_tags.is;
	if (body.allow_sparse.given)
		change.allow_sparse = &body.allow_sparse.is;
	r = namespace_options_change(&call->visit, str_c(call->region->name),
				     call->params[0], &change);
	return r != 0 ? r : namespace_show(call, reply);
}
