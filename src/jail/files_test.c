#include "base/test.h"

#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[64] = "/tmp/latchkey-jail-XXXXXX";

static const char *
at(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *p = path[next++ % 4];

	(void)snprintf(p, sizeof(path[0]), "%s/%s", top, name);
	return p;
}

static void
file_make(const char *name, mode_t mode)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, "#!/bin/true\n", 12) != 12)
		abort();
	close(fd);
}

/* What fn returns inside these walls. */
static int
inside(int rules, int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int r = jail_files_enter(rules);

		_exit(r != 0 ? 200 : fn());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

static int
opened(const char *name, int flags)
{
	int fd = open(at(name), flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int
read_own(void)
{
	return opened("mine/file", O_RDONLY);
}

static int
read_other(void)
{
	return opened("other/file", O_RDONLY);
}

static int
write_own(void)
{
	return opened("mine/file", O_WRONLY);
}

static int
cut_own(void)
{
	return truncate(at("mine/file"), 0) == 0 ? 0 : errno;
}

static int
make_own(void)
{
	return opened("mine/new", O_WRONLY | O_CREAT | O_EXCL);
}

static int
make_more(void)
{
	return opened("mine/more", O_WRONLY | O_CREAT | O_EXCL);
}

static int
move_own(void)
{
	return rename(at("mine/a/file"), at("mine/b/file")) == 0 ? 0 : errno;
}

static int
move_out(void)
{
	return rename(at("mine/file"), at("other/stolen")) == 0 ? 0 : errno;
}

static int
link_own(void)
{
	return symlink("/", at("mine/link")) == 0 ? 0 : errno;
}

static int
run_own(void)
{
	char *argv[] = {(char[]){"x"}, NULL};

	(void)execv(at("mine/program"), argv);
	return errno;
}

static int
signal_parent(void)
{
	return kill(getppid(), 0) == 0 ? 0 : errno;
}

static int
privileges(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	int found = 1;

	if (f == NULL)
		return 2;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "NoNewPrivs:\t1", 13) == 0)
			found = 0;
	(void)fclose(f);
	return found;
}

static void
test_reader(void)
{
	struct jail_path paths[] = {{at("mine"), JAIL_READ},
				    {at("not-there"), JAIL_READ}};
	int fd = -1;

	is_int(jail_files(paths, nitems(paths), &fd), 0, "a reader's walls");
	ok((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "closed by an exec");
	is_int(inside(fd, read_own), 0, "it reads what it may");
	is_int(inside(fd, read_other), EACCES, "and nothing beside");
	is_int(inside(fd, write_own), EACCES, "it opens nothing to write");
	is_int(inside(fd, make_own), EACCES, "makes nothing");
	is_int(inside(fd, run_own), EACCES, "and runs nothing");
	if (jail_landlock() >= 3)
		is_int(inside(fd, cut_own), EACCES, "cuts nothing");
	if (jail_landlock() >= 6)
		is_int(inside(fd, signal_parent), EPERM, "signals nobody");
	close(fd);
}

static void
test_writer(void)
{
	struct jail_path paths[] = {{at("mine"), JAIL_WRITE}};
	int fd = -1;

	is_int(jail_files(paths, nitems(paths), &fd), 0, "a writer's walls");
	is_int(inside(fd, write_own), 0, "it writes what it may");
	is_int(inside(fd, make_own), 0, "makes files");
	is_int(inside(fd, move_own), 0, "moves them between folders");
	ok(inside(fd, move_out) != 0, "and not out of them");
	ok(access(at("mine/file"), F_OK) == 0, "it is where it was");
	is_int(inside(fd, link_own), EACCES, "makes no symbolic link");
	is_int(inside(fd, run_own), EACCES, "and runs nothing it wrote");
	is_int(inside(fd, read_other), EACCES, "nor reads beside");
	close(fd);
}

static void
test_one_file(void)
{
	struct jail_path paths[] = {{at("mine/file"), JAIL_WRITE},
				    {at("mine/a"), JAIL_RUN}};
	int fd = -1;

	is_int(jail_files(paths, nitems(paths), &fd), 0,
	       "a file can be named alone");
	is_int(inside(fd, write_own), 0, "it may be written");
	is_int(inside(fd, make_more), EACCES, "nothing is made beside it");
	close(fd);
}

int
main(void)
{
	static const char *const folders[] = {"mine", "mine/a", "mine/b",
					      "other"};

	if (mkdtemp(top) == NULL)
		return EXIT_FAILURE;
	for (size_t i = 0; i < nitems(folders); i++)
		if (mkdir(at(folders[i]), 0700) != 0)
			return EXIT_FAILURE;
	file_make("mine/file", 0600);
	file_make("mine/a/file", 0600);
	file_make("mine/program", 0700);
	file_make("other/file", 0600);
	is_int(inside(-1, privileges), 0,
	       "without Landlock privileges are given up all the same");
	if (jail_landlock() < 2) {
		printf("# this kernel has Landlock ABI %d\n", jail_landlock());
		return done_testing();
	}
	subtest("reader")
	{
		test_reader();
	}
	subtest("writer")
	{
		test_writer();
	}
	subtest("file")
	{
		test_one_file();
	}
	for (const char *const *p =
		 (const char *const[]){"mine/file", "mine/new", "mine/a/file",
				       "mine/b/file", "mine/program",
				       "other/file", "mine/a", "mine/b", "mine",
				       "other", NULL};
	     *p != NULL; p++)
		(void)remove(at(*p));
	(void)rmdir(top);
	return done_testing();
}
