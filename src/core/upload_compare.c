#include "core/upload_row.h"

#include <unistd.h>

static void
closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* Nobody said in time which algorithm it would be. */
static int
read_again(const struct upload *u, enum digest_kind kind,
	   char ret[DIGEST_TEXT_MAX])
{
	CLEAN(closep) int fd = -1;
	uint64_t size;
	int r;

	if (u->received == 0) {
		hasher_text(kind, STR(""), ret);
		return 0;
	}
	r = blob_read(u->by->core->blobs, str_c(u->key), &fd, &size);
	if (r == 0)
		r = hasher_file(kind, fd, u->received, ret);
	/* Fewer bytes than were promised are none. */
	return r == OUT_MISMATCH ? OUT_ABSENT : r;
}

int
upload_compare(const struct upload *u, struct str digest)
{
	struct hasher hash = u->hash;
	char text[DIGEST_TEXT_MAX];
	enum digest_kind kind;
	int r = ociref_digest(digest, &kind);

	if (r == 0 && kind == hash.kind)
		hasher_end(&hash, text);
	else if (r == 0)
		r = read_again(u, kind, text);
	if (r != 0)
		return r;
	return str_eq(digest, str_c(text)) ? 0 : OUT_MISMATCH;
}
