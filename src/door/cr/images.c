/* Lists of images. */
#include "core/audit.h"
#include "door/cr/inner.h"

#include <errno.h>
#include <stdlib.h>

#define SELECTED_MAX 100

/* What a list was asked for: repositories, or else namespaces, or else all. */
struct select {
	struct str repos[SELECTED_MAX], namespaces[SELECTED_MAX];
	size_t n_repos, n_namespaces;
};

static int
select_add(struct call *call, struct str text, struct str *to, size_t *n)
{
	struct str one;

	while (text.p != NULL && str_next(&text, ',', &one)) {
		if (one.n == 0)
			continue;
		if (*n == SELECTED_MAX)
			return note_set(&call->note, OUT_TOO_MANY,
					"At most %d names at once.",
					SELECTED_MAX);
		to[(*n)++] = one;
	}
	return 0;
}

/* A repository comes as birds/robin or host/birds/robin. */
static int
select_name(struct call *call, struct str *repo)
{
	struct image_ref ref;
	int r = ref_read(call, *repo, &ref);

	if (r == 0)
		*repo = ref.at.name;
	return r;
}

static int
select_query(struct call *call, struct select *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < call->query.n; i++) {
		const struct form_pair *p = &call->query.pairs[i];

		if (str_eq(p->name, STR("repository")))
			r = select_add(call, p->value, s->repos, &s->n_repos);
		else if (str_eq(p->name, STR("namespace")))
			r = select_add(call, p->value, s->namespaces,
				       &s->n_namespaces);
	}
	for (size_t i = 0; r == 0 && i < s->n_repos; i++)
		r = select_name(call, &s->repos[i]);
	return r;
}

typedef void row_fn(struct call *, struct jw *, const struct image_row *);

static int
rows_write(struct call *call, const struct image_filter *filter, row_fn *fn,
	   struct jw *w)
{
	struct image_row *rows = NULL;
	size_t n = 0;
	int r = image_list(call->core, &call->visit.who, filter, call->arena,
			   &rows, &n);

	for (size_t i = 0; r == 0 && i < n; i++)
		fn(call, w, &rows[i]);
	return r;
}

static int
selected_write(struct call *call, const struct select *s,
	       struct image_filter *filter, row_fn *fn, struct jw *w)
{
	int r = 0;

	if (s->n_repos == 0 && s->n_namespaces == 0)
		return rows_write(call, filter, fn, w);
	for (size_t i = 0; r == 0 && i < s->n_repos; i++) {
		filter->repo = s->repos[i];
		r = rows_write(call, filter, fn, w);
	}
	for (size_t i = 0; r == 0 && s->n_repos == 0 && i < s->n_namespaces;
	     i++) {
		filter->namespace = s->namespaces[i];
		r = rows_write(call, filter, fn, w);
	}
	return r;
}

static int
filter_make(struct call *call, struct image_filter *ret)
{
	const struct visit *v = &call->visit;
	int r = cr_own(call);

	if (r != 0)
		return r;
	*ret = (struct image_filter){.account = str_c(v->account),
				     .region = str_c(call->region->name)};
	audit_use(call->core, &v->who, VERB_IMAGE_LIST, str_c(v->account),
		  STR("images"));
	return 0;
}

static void
refs_write(struct call *call, struct jw *w, const char *name,
	   const struct image_row *row)
{
	jw_array(w, name);
	for (size_t i = 0; i < row->n_tags; i++) {
		CLEAN(buf_clear) struct buf full = BUF_INIT;

		if (ref_write(&full, call, row->repo, row->tags[i], STR_NONE) ==
		    0)
			jw_str(w, NULL, buf_str(&full));
	}
	jw_end(w);
}

static void
image_write(struct call *call, struct jw *w, const struct image_row *row)
{
	CLEAN(json_freep) struct json *config = config_read(call, row);
	CLEAN(buf_clear) struct buf full = BUF_INIT;

	(void)ref_write(&full, call, row->repo, STR_NONE, row->digest);
	jw_object(w, NULL);
	jw_str(w, "Id", row->config.n > 0 ? row->config : row->digest);
	jw_c(w, "ParentId", "");
	jw_object(w, "DigestTags");
	jw_key(w, row->digest);
	refs_write(call, w, NULL, row);
	jw_end(w);
	refs_write(call, w, "RepoTags", row);
	jw_array(w, "RepoDigests");
	jw_str(w, NULL, buf_str(&full));
	jw_end(w);
	jw_int(w, "Created", row->created_s);
	jw_int(w, "Size", row->size);
	jw_int(w, "VirtualSize", row->size);
	config_labels_write(w, config);
	jw_c(w, "ManifestType", manifest_type(row->media_type));
	jw_end(w);
}

int
images_list(struct call *call, struct http_reply *reply)
{
	struct select *s = arena_get(call->arena, sizeof(*s));
	struct jw w = JW(&reply->body);
	struct image_filter filter;
	bool private = true;
	int r;

	if (s == NULL)
		return FAIL(-ENOMEM);
	r = filter_make(call, &filter);
	if (r == 0)
		r = cr_flag(call, "includePrivate", true, &private);
	if (r == 0)
		r = cr_flag(call, "includeManifestLists", false,
			    &filter.indexes);
	if (r == 0)
		r = select_query(call, s);
	if (r != 0)
		return r;
	jw_array(&w, NULL);
	if (private)
		r = selected_write(call, s, &filter, image_write, &w);
	jw_end(&w);
	return r != 0 ? r : cr_json(reply, 200);
}

/* --- digests --- */

static void
digest_write(struct call *call, struct jw *w, const struct image_row *row)
{
	CLEAN(buf_clear) struct buf repo = BUF_INIT;

	(void)ref_write(&repo, call, row->repo, STR_NONE, STR_NONE);
	jw_object(w, NULL);
	jw_str(w, "id", row->digest);
	jw_int(w, "created", row->created_s);
	jw_int(w, "pushed", row->pushed_at / SECOND_MS);
	jw_int(w, "size", row->size);
	jw_c(w, "manifestType", manifest_type(row->media_type));
	jw_object(w, "repoTags");
	jw_key(w, buf_str(&repo));
	jw_object(w, NULL);
	for (size_t i = 0; i < row->n_tags; i++) {
		jw_key(w, row->tags[i]);
		jw_object(w, NULL);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
	jw_end(w);
}

static void
untagged_write(struct call *call, struct jw *w, const struct image_row *row)
{
	if (row->n_tags == 0)
		digest_write(call, w, row);
}

static int
select_body(struct call *call, struct select *s, bool *exclude_tagged)
{
	const struct json *repos = json_get(call->json, "repositories");
	int r = 0;

	(void)json_bool(json_get(call->json, "exclude_tagged"), exclude_tagged);
	for (size_t i = 0; r == 0 && i < json_size(repos); i++) {
		struct str one = STR_NONE;

		if (!json_str(json_at(repos, i), &one))
			return note_set(&call->note, OUT_MALFORMED,
					"'repositories' is a list of names.");
		r = select_add(call, one, s->repos, &s->n_repos);
	}
	for (size_t i = 0; r == 0 && i < s->n_repos; i++)
		r = select_name(call, &s->repos[i]);
	return r;
}

int
images_digests(struct call *call, struct http_reply *reply)
{
	struct select *s = arena_get(call->arena, sizeof(*s));
	struct jw w = JW(&reply->body);
	struct image_filter filter;
	bool exclude_tagged = false;
	int r;

	if (s == NULL)
		return FAIL(-ENOMEM);
	r = filter_make(call, &filter);
	if (r == 0)
		r = select_body(call, s, &exclude_tagged);
	if (r != 0)
		return r;
	filter.untagged = true;
	filter.indexes = true;
	jw_array(&w, NULL);
	r = selected_write(call, s, &filter,
			   exclude_tagged ? untagged_write : digest_write, &w);
	jw_end(&w);
	return r != 0 ? r : cr_json(reply, 200);
}
