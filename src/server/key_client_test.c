#include "server/key_client.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/test.h"
#include "server/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX    3
#define FAILED 99

/* In a folder of its own, which is where the program is looked for. */
static int
there(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(MAX);

	log_set_level(LOG_ERROR);
	if (key_client_read(&b) != 0 || buf_err(&b) != 0 || b.n > MAX)
		return FAILED;
	return b.n == 0 || strncmp(b.p, "abcd", b.n) == 0 ? (int)b.n : FAILED;
}

static int
file_put(const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	int r = fd < 0 ? -errno : fd_write_all(fd, text);

	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int
copy_self(const char *path)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(256 * MIB);
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		(void)buf_add(&b, bytes, (size_t)n);
	(void)close(fd);
	return n < 0 || buf_err(&b) != 0 ? -EIO : file_put(path, buf_str(&b));
}

static const struct {
	const char *text; /* NULL: no such program */
	int want;
	const char *name;
} rows[] = {
    {NULL, 0, "there is none"},
    {"", 0, "an empty one is none"},
    {"ab", 2, "one below the limit"},
    {"abc", 3, "one at the limit"},
    {"abcd", 0, "one over the limit is not brought at all"},
};

int
main(int argc, char **argv)
{
	char dir[] = "/tmp/latchkey-client-XXXXXX";
	char self[64], client[64], again[] = "there";
	char *const run[] = {self, again, NULL};

	(void)argv;
	if (argc > 1)
		return there();
	if (!ok(mkdtemp(dir) != NULL, "a folder"))
		return done_testing();
	(void)snprintf(self, sizeof(self), "%s/self", dir);
	(void)snprintf(client, sizeof(client), "%s/latchkey-keys.client", dir);
	is_int(copy_self(self), 0, "this program in it");
	for (size_t i = 0; i < nitems(rows); i++) {
		if (rows[i].text != NULL)
			is_int(file_put(client, str_c(rows[i].text)), 0,
			       "a client");
		is_int(helper_run(run), rows[i].want, "%s", rows[i].name);
	}
	(void)unlink(client);
	(void)unlink(self);
	(void)rmdir(dir);
	return done_testing();
}
