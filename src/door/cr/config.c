#include "door/cr/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int
bytes_read(int fd, size_t n, struct buf *ret)
{
	if (buf_room(ret, n) != 0)
		return OUT_TOO_LARGE;
	while (ret->n < n) {
		ssize_t got = read(fd, ret->p + ret->n, n - ret->n);

		if (got <= 0)
			return FAIL(-EIO);
		ret->n += (size_t)got;
	}
	ret->p[n] = '\0';
	return 0;
}

struct json *
config_read(struct call *call, const struct image_row *row)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(CONFIG_READ_MAX + 1);
	struct place at = {.region = str_c(call->region->name),
			   .name = row->repo};
	struct json *config = NULL;
	uint64_t size = 0;
	int fd = -1, r;

	if (row->config.n == 0 ||
	    image_blob_open(call->core, &at, row->config, &fd, &size) != 0)
		return NULL;
	r = size > CONFIG_READ_MAX ? OUT_TOO_LARGE
				   : bytes_read(fd, (size_t)size, &text);
	(void)close(fd);
	/* What people pushed as a configuration need not be one. */
	if (r != 0 || json_parse(buf_str(&text), &config, NULL) != 0)
		return NULL;
	return config;
}

void
config_labels_write(struct jw *w, const struct json *config)
{
	const struct json *labels =
	    json_get(json_get(config, "config"), "Labels");
	const struct json *value;
	struct str name, text;
	void *iter = NULL;

	jw_object(w, "Labels");
	while (json_each(labels, &iter, &name, &value))
		if (json_str(value, &text)) {
			jw_key(w, name);
			jw_str(w, NULL, text);
		}
	jw_end(w);
}

const char *
manifest_type(struct str media_type)
{
	static const struct {
		const char *media, *text;
	} types[] = {
	    {"application/vnd.docker.distribution.manifest.v2+json",
	     "Docker Image Manifest V2, Schema 2"},
	    {"application/vnd.docker.distribution.manifest.list.v2+json",
	     "Docker Manifest List"},
	    {"application/vnd.oci.image.manifest.v1+json",
	     "OCI Image Manifest v1"},
	    {"application/vnd.oci.image.index.v1+json", "OCI Image Index v1"},
	};

	for (size_t i = 0; i < nitems(types); i++)
		if (str_eq(media_type, str_c(types[i].media)))
			return types[i].text;
	return "Unknown";
}
