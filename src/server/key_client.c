#include "server/key_client.h"

#include "base/log.h"
#include "server/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define STEP (16 * KIB)

static int
read_all(int fd, struct buf *ret)
{
	char bytes[STEP];
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = read(fd, bytes, sizeof(bytes))) != 0)
		r = n < 0 ? FAIL(-errno) : buf_add(ret, bytes, (size_t)n);
	return r;
}

static int
read_file(const char *path, struct buf *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return FAIL(-errno);
	r = read_all(fd, ret);
	(void)close(fd);
	return r;
}

int
key_client_read(struct buf *ret)
{
	char path[PATH_MAX];
	struct note note = {""};
	int r = helper_find("latchkey-keys.client", path, &note);

	if (r == OUT_ABSENT) {
		log_say(LOG_WARN, "key_client_absent", "why=\"%s\"", note.text);
		return 0;
	}
	if (r == 0)
		r = read_file(path, ret);
	if (r != -ENOBUFS)
		return r;
	buf_reset(ret);
	log_say(LOG_WARN, "key_client_too_long", "path=\"%s\" max=%zu", path,
		ret->max);
	return 0;
}
