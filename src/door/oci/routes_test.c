#include "door/oci/inner.h"

#include "base/test.h"

/* Each name's own row, found by trying the door's rows in order. */
static const struct {
	enum http_method method;
	const char *path;
	handler_fn *run;    /* NULL: no row, another method's or none */
	const char *params; /* joined by '|' */
} paths[] = {
    {HTTP_GET, "/v2/", oci_base_get, ""},
    {HTTP_GET, "/v2", oci_base_get, ""},
    {HTTP_GET, "/v2/_catalog", oci_catalog_get, ""},
    {HTTP_GET, "/v2/a/b/tags/list", oci_tags_get, "a/b"},
    {HTTP_GET, "/v2/a/tags/list/tags/list", oci_tags_get, "a/tags/list"},
    {HTTP_GET, "/v2/a/manifests/tags/list", oci_tags_get, "a/manifests"},
    {HTTP_GET, "/v2/a/b/manifests/latest", oci_manifest_get, "a/b|latest"},
    {HTTP_GET, "/v2/a/manifests/x/manifests/y", oci_manifest_get,
     "a/manifests/x|y"},
    {HTTP_GET, "/v2/a/blobs/uploads/manifests/y", oci_manifest_get,
     "a/blobs/uploads|y"},
    {HTTP_PUT, "/v2/a/b/manifests/latest", oci_manifest_put, "a/b|latest"},
    {HTTP_DELETE, "/v2/a/b/manifests/x", oci_manifest_delete, "a/b|x"},
    {HTTP_GET, "/v2/a/b/blobs/sha256:1", oci_blob_get, "a/b|sha256:1"},
    {HTTP_GET, "/v2/a/blobs/blobs/blobs", oci_blob_get, "a/blobs|blobs"},
    {HTTP_DELETE, "/v2/a/b/blobs/x", oci_blob_delete, "a/b|x"},
    {HTTP_POST, "/v2/a/b/blobs/uploads/", oci_upload_post, "a/b"},
    {HTTP_POST, "/v2/a/b/blobs/uploads", oci_upload_post, "a/b"},
    {HTTP_POST, "/v2/a/blobs/uploads/blobs/uploads/", oci_upload_post,
     "a/blobs/uploads"},
    {HTTP_PATCH, "/v2/a/b/blobs/uploads/i", oci_upload_patch, "a/b|i"},
    {HTTP_PUT, "/v2/a/b/blobs/uploads/i", oci_upload_put, "a/b|i"},
    {HTTP_GET, "/v2/a/b/blobs/uploads/i", oci_upload_get, "a/b|i"},
    {HTTP_DELETE, "/v2/a/b/blobs/uploads/i", oci_upload_delete, "a/b|i"},
    {HTTP_GET, "/oauth/token", oci_token_get, ""},
    {HTTP_POST, "/oauth/token", oci_token_post, ""},
    {HTTP_GET, "/oauth/token/", NULL, ""},
    {HTTP_GET, "/v2/a/b/referrers/sha256:1", oci_referrers_get, "a/b|sha256:1"},
    {HTTP_GET, "/v2/a/referrers/sha256:1/referrers/sha256:2", oci_referrers_get,
     "a/referrers/sha256:1|sha256:2"},
    {HTTP_DELETE, "/v2/a/b/referrers/sha256:1", NULL, ""},
    {HTTP_GET, "/v2/a/b/tags/list/", NULL, ""},
    {HTTP_GET, "/v2/tags/list", NULL, ""},
    {HTTP_GET, "/v2/manifests/x", NULL, ""},
    {HTTP_GET, "/v2/a/b/blobs/uploads/", NULL, ""},
    {HTTP_PATCH, "/v2/a/b/blobs/uploads/", NULL, ""},
    {HTTP_PUT, "/v2/a/b/blobs/x", NULL, ""},
    {HTTP_DELETE, "/v2/_catalog", NULL, ""},
};

/* The frame says which row it would run; nothing behind it is reached. */
struct seen {
	handler_fn *run;
	char params[256];
};

static struct seen
find(enum http_method method, const char *path)
{
	struct seen seen = {.run = NULL};
	size_t at = 0;

	for (size_t i = 0; i < oci_door.n_routes && seen.run == NULL; i++) {
		const struct route *route = &oci_door.routes[i];
		struct str params[FRAME_PARAMS_MAX];
		size_t n;

		if (route->method != method ||
		    !frame_matches(route, true, str_c(path), params, &n))
			continue;
		seen.run = route->run;
		for (size_t j = 0; j < n; j++)
			at += (size_t)snprintf(
			    seen.params + at, sizeof(seen.params) - at,
			    "%s%.*s", j == 0 ? "" : "|", STR_ARG(params[j]));
	}
	return seen;
}

static const struct {
	const char *path;
	bool ours;
} owned[] = {
    {"/v2", true},
    {"/v2/", true},
    {"/v2/_catalog", true},
    {"/v2/a/b/manifests/x", true},
    {"/v2/A//manifests/x", true},
    {"/v2/a/b/referrers/x", true},
    {"/v2/a/b/blobs/uploads", true},
    {"/v2/a/b/blobs/uploads/", true},
    {"/v2/a/b/blobs/uploads/i", true},
    {"/oauth/token", true},
    {"/v2/policies", false},
    {"/v2/policies/0f-1", false},
    {"/v2/roles", false},
    {"/v2/groups/g/members", false},
    {"/v2/accounts/a/users/u", false},
    {"/v2/resource_groups", false},
    {"/v2/a/uploads/i", false},
    {"/v2/a/tags/other", false},
    {"/v1/a/manifests/x", false},
    {"/oauth/tokens", false},
    {"/", false},
    {"", false},
};

int
main(void)
{
	struct note note = {""};

	if (!ok(frame_check(&oci_door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	for (size_t i = 0; i < nitems(paths); i++) {
		struct seen seen = find(paths[i].method, paths[i].path);

		ok(seen.run == paths[i].run, "%s %s",
		   http_method_name(paths[i].method), paths[i].path);
		is_str(str_c(seen.params), str_c(paths[i].params),
		       "  its parameters");
	}
	for (size_t i = 0; i < nitems(owned); i++)
		ok(oci_door.owns(str_c(owned[i].path)) == owned[i].ours,
		   "%s is %s", owned[i].path,
		   owned[i].ours ? "ours" : "not ours");
	return done_testing();
}
