/* The very walls of latchkeyd, around a folder like its own. */
#include "server/walls.h"

#include "base/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[] = "/tmp/walls_test_XXXXXX";
static char data[128], cert[128], beside[128];

static const char *
in_data(const char *name)
{
	static char paths[2][256]; /* the last two are good */
	static unsigned next;
	char *path = paths[next++ % 2];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", data, name);
	return path;
}

static void
shell(const char *command)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "cd %s && %s", root, command);
	if (system(text) != 0)
		abort();
}

/* What fn comes to behind the walls. */
static int
inside(const char *tls, int (*fn)(const char *), const char *arg)
{
	struct walls_conf conf = {
	    .data = data, .tls_cert = tls, .tls_key = tls};
	int status = 0, landlock = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(walls_raise(&conf, &landlock) != 0 ? 99 : fn(arg));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 98;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
opened(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd >= 0 ? 0 : errno;
}
static int
reads(const char *path)
{
	return opened(path, O_RDONLY);
}
static int
writes(const char *path)
{
	return opened(path, O_RDWR);
}
static int
makes(const char *path)
{
	return opened(path, O_WRONLY | O_CREAT | O_EXCL);
}
static int
lists(const char *path)
{
	return opened(path, O_RDONLY | O_DIRECTORY);
}
static int
removes(const char *path)
{
	return unlink(path) == 0 ? 0 : errno;
}
static int
moves(const char *path)
{
	return rename(path, in_data("blobs/stolen")) == 0 ? 0 : errno;
}
static int
links(const char *path)
{
	return link(path, in_data("blobs/stolen")) == 0 ? 0 : errno;
}
static int
binds(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	return bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 ? 0
								       : errno;
}
static int
runs(const char *path)
{
	char *argv[] = {(char[]){"x"}, NULL};

	(void)execv(path, argv);
	return errno;
}
static int
connects(const char *arg)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)arg;
	return connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0
		   ? 0
		   : errno;
}
static int
listens(const char *arg)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)arg;
	return bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
		       listen(fd, 1) == 0
		   ? 0
		   : errno;
}
static int
signals(const char *arg)
{
	(void)arg;
	return kill(getppid(), 0) == 0 ? 0 : errno;
}

static void
test_vault(void)
{
	is_int(inside(NULL, reads, in_data("vault/pepper")), EACCES,
	       "the pepper is not read");
	is_int(inside(NULL, writes, in_data("vault/pepper")), EACCES,
	       "nor written");
	is_int(inside(NULL, removes, in_data("vault/pepper")), EACCES,
	       "nor removed");
	is_int(inside(NULL, makes, in_data("vault/registry-9")), EACCES,
	       "no key is put beside it");
	ok(access(in_data("vault/registry-9"), F_OK) != 0,
	   "not even an empty one");
	ok(inside(NULL, moves, in_data("vault/pepper")) != 0,
	   "it is not moved to where it could be read");
	ok(inside(NULL, links, in_data("vault/pepper")) != 0, "nor linked");
	is_int(inside(NULL, binds, in_data("vault/sock")), EACCES,
	       "no socket is made there");
	is_int(inside(NULL, reads, in_data("first-apikey")), EACCES,
	       "the first API key is not read");
	is_int(inside(NULL, reads, in_data("copy/vault/pepper")), EACCES,
	       "nor is a copy that somebody left in DATA");
}

static void
test_data(void)
{
	is_int(inside(NULL, writes, in_data("latchkey.db")), 0, "the database");
	is_int(inside(NULL, writes, in_data("latchkey.db-wal")), 0, "its log");
	is_int(inside(NULL, makes, in_data("blobs/new")), 0, "a new blob");
	is_int(inside(NULL, reads, in_data("node")), 0, "the node's id");
	is_int(inside(NULL, writes, in_data("node")), EACCES, "to be read");
	is_int(inside(NULL, lists, data), 0, "names in DATA are listed");
	is_int(inside(NULL, makes, in_data("new")), EACCES,
	       "and nothing is made there");
	is_int(inside(NULL, removes, in_data("latchkey.db")), EACCES,
	       "nor removed");
	is_int(inside(NULL, binds, in_data("run/sock")), 0,
	       "a socket is bound where they are");
	is_int(inside(NULL, runs, in_data("blobs/program")), EACCES,
	       "what was written is not run");
}

static void
test_tls(void)
{
	char linked[160];

	is_int(inside(cert, reads, cert), 0, "a TLS file");
	(void)snprintf(linked, sizeof(linked), "%s/tls/next", root);
	is_int(inside(cert, reads, linked), 0, "what takes its place");
	is_int(inside(cert, writes, cert), EACCES, "to be read");
	(void)snprintf(linked, sizeof(linked), "%s/links/cert", root);
	is_int(inside(linked, reads, linked), 0, "one behind a link");
	(void)snprintf(linked, sizeof(linked), "%s/links/other", root);
	is_int(inside(linked, reads, linked), 0, "and beside the link");
	is_int(inside(beside, reads, beside), 0, "one beside DATA");
	is_int(inside(beside, reads, in_data("vault/pepper")), EACCES,
	       "which opens nothing else");
	is_int(inside(in_data("tls"), reads, in_data("tls")), 0,
	       "one in DATA itself");
	is_int(inside(in_data("tls"), reads, in_data("vault/pepper")), EACCES,
	       "which opens nothing else either");
}

static void
test_rest(void)
{
	is_int(inside(NULL, reads, "/etc/passwd"), 0, "names of users");
	is_int(inside(NULL, reads, "/etc/shadow"), EACCES, "no more of them");
	is_int(inside(NULL, runs, "/bin/sh"), EACCES, "no shell");
	is_int(inside(NULL, makes, "/tmp/walls-test-made"), EACCES,
	       "nothing in /tmp");
	is_int(inside(NULL, listens, NULL), 0, "a port is listened on");
	is_int(inside(NULL, connects, NULL), EPERM, "no connection is made");
	if (jail_landlock() >= 6)
		is_int(inside(NULL, signals, NULL), EPERM,
		       "nobody outside is signalled");
}

int
main(void)
{
	if (mkdtemp(root) == NULL)
		return 99;
	(void)snprintf(data, sizeof(data), "%s/data", root);
	(void)snprintf(cert, sizeof(cert), "%s/tls/cert", root);
	(void)snprintf(beside, sizeof(beside), "%s/cert", root);
	shell("mkdir -p data/vault data/blobs data/run data/copy/vault tls "
	      "links && cd data && touch vault/pepper copy/vault/pepper "
	      "latchkey.db latchkey.db-wal node first-apikey tls ../cert "
	      "../tls/cert ../tls/next ../links/other && "
	      "ln -s ../tls/cert ../links/cert && "
	      "printf '#!/bin/true\\n' >blobs/program && "
	      "chmod 700 blobs/program");
	if (jail_landlock() >= 2) {
		test_vault();
		test_data();
		test_tls();
		test_rest();
	} else {
		ok(true, "this kernel keeps no files apart # SKIP");
	}
	shell("rm -rf data tls links cert");
	(void)rmdir(root);
	return done_testing();
}
