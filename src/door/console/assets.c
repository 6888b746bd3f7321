#include "door/console/inner.h"

#include <stdlib.h>

#define FOR_EVER "public, max-age=31536000, immutable"

static int
compare(const void *name, const void *row)
{
	const struct str *path = name;
	const struct asset *file = row;

	return str_cmp(*path, str_c(file->path));
}

static const struct asset *
find(struct str path)
{
	return bsearch(&path, console_files, console_n_files,
		       sizeof(*console_files), compare);
}

/* Each coding of a file is a representation with a tag of its own. */
static int
send(const struct call *call, const struct asset *file, const char *cache,
     struct http_reply *reply)
{
	struct str accept = http_field_get(call->req, "accept-encoding", NULL),
		   known = http_field_get(call->req, "if-none-match", NULL);
	bool gzip = file->gzip != NULL && accept_gzip(accept);
	char tag[48];

	(void)snprintf(tag, sizeof(tag), "\"%s%s\"", file->digest,
		       gzip ? "-gzip" : "");
	http_head(reply, "ETag", str_c(tag));
	http_head(reply, "Cache-Control", str_c(cache));
	http_head(reply, "Vary", STR("Accept-Encoding"));
	if (known.p != NULL && accept_tag(known, str_c(tag)))
		return reply_empty(reply, 304);
	reply->status = 200;
	http_head(reply, "Content-Type", str_c(file->type));
	if (gzip)
		http_head(reply, "Content-Encoding", STR("gzip"));
	return gzip ? buf_add(&reply->body, file->gzip, file->n_gzip)
		    : buf_add(&reply->body, file->raw, file->n_raw);
}

int
console_asset(struct call *call, struct http_reply *reply)
{
	const struct asset *file = find(call->params[1]);

	/* A page of another build asks for its own files, and takes no others.
	 */
	if (!str_eq(call->params[0], str_c(console_hash)) || file == NULL ||
	    str_eq(call->params[1], STR("index.html")))
		return note_set(&call->note, OUT_ABSENT,
				"no such file in this build of the console");
	return send(call, file, FOR_EVER, reply);
}

/* An address is the page's own business, but for those of files. */
int
console_page(struct call *call, struct http_reply *reply)
{
	if (path_below(call->req->path, STR("/console/assets")))
		return note_set(&call->note, OUT_ABSENT,
				"no such file in this build of the console");
	return send(call, find(STR("index.html")), "no-cache", reply);
}

int
console_home(struct call *call, struct http_reply *reply)
{
	(void)call;
	http_head(reply, "Location", STR("/console/"));
	http_head(reply, "Cache-Control", STR("no-cache"));
	return reply_empty(reply, 308);
}
