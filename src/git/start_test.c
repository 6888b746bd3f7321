#include "base/sanitized.h"
#include "git/folder.h"
#include "git/git_world.h"
#include "jail/jail.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>

extern char **environ;

/* --- the fake git ----------------------------------------------------------
 * What it is to do stands in the file "fake" of the repository. */

static void
tell_open_fds(void)
{
	for (int fd = 0; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf("fd %d\n", fd);
}

static void
tell_signals(void)
{
	sigset_t mask;

	(void)sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int i = 1; i < SIGRTMIN; i++) {
		struct sigaction now;

		/* A sanitizer has taken these for itself. */
		if (SANITIZED && (i == SIGSEGV || i == SIGBUS || i == SIGFPE))
			continue;
		if (sigismember(&mask, i) == 1)
			printf("masked %d\n", i);
		if (sigaction(i, NULL, &now) == 0 && now.sa_handler != SIG_DFL)
			printf("not preset %d\n", i);
	}
}

static void
tell_limit(const char *name, int what)
{
	struct rlimit lim;

	if (getrlimit((enum __rlimit_resource)what, &lim) == 0)
		printf("%s %llu\n", name, (unsigned long long)lim.rlim_cur);
}

static int
tell(int argc, char **argv)
{
	char cwd[PATH_MAX];

	for (int i = 0; i < argc; i++)
		printf("arg %s\n", argv[i]);
	for (char **e = environ; *e != NULL; e++)
		printf("env %s\n", *e);
	printf("cwd %s\n", getcwd(cwd, sizeof(cwd)));
	tell_open_fds();
	tell_signals();
	tell_limit("core", RLIMIT_CORE);
	tell_limit("cpu", RLIMIT_CPU);
	printf("umask %o\n", (unsigned)umask(077));
	printf("session %s\n", getsid(0) == getpid() ? "own" : "shared");
	return 7;
}

static void
attempt(const char *what, bool done)
{
	printf("%s %s\n", what, done ? "yes" : "no");
}

static bool
opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
connects(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool allowed =
	    fd >= 0 && (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
			errno != EACCES);

	close(fd);
	return allowed;
}

static bool
runs(const char *path)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl(path, path, "-c", "exit 0", (char *)NULL);
		_exit(1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int
misbehave(void)
{
	attempt("read own", opens("HEAD", O_RDONLY));
	attempt("write own", opens("HEAD", O_WRONLY));
	attempt("make own", opens("new", O_WRONLY | O_CREAT));
	attempt("rename own", rename("HEAD", "refs/HEAD") == 0);
	attempt("remove own", unlink("config") == 0);
	attempt("truncate own", truncate("config", 0) == 0);
	attempt("read other", opens("../" WORLD_OTHER "/HEAD", O_RDONLY));
	attempt("write other",
		opens("../" WORLD_OTHER "/new", O_WRONLY | O_CREAT));
	attempt("list others", opens("..", O_RDONLY | O_DIRECTORY));
	attempt("read passwd", opens("/etc/passwd", O_RDONLY));
	attempt("write tmp", opens("/tmp/latchkey-fake", O_WRONLY | O_CREAT));
	attempt("run sh", runs("/bin/sh"));
	attempt("connect", connects());
	attempt("signal parent", kill(getppid(), 0) == 0);
	return 0;
}

static void
wake(int signo)
{
	(void)signo;
}

static int
fake_git(int argc, char **argv)
{
	char mode[32] = "";
	int r = 99;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("git version 2.99.1") < 0;
	if (argc == 2 && strcmp(argv[1], "--exec-path") == 0)
		return puts("/usr/lib") < 0;
	if (folder_read(AT_FDCWD, "fake", mode, sizeof(mode)) != 0)
		return 98;
	if (strcmp(mode, "tell") == 0)
		r = tell(argc, argv);
	if (strcmp(mode, "misbehave") == 0)
		r = misbehave();
	if (strcmp(mode, "exit") == 0)
		r = 3;
	if (strcmp(mode, "hang") == 0) {
		(void)signal(SIGUSR1, wake);
		int forked = fork();

		while (forked >= 0)
			(void)pause();
	}
	return fflush(stdout) == 0 ? r : 97;
}

/* --- what a program is given ------------------------------------------------
 */

/* Runs the fake with this in its file; its output in "said". */
static int
run_fake(struct git_store *s, const char *mode, struct git_ask ask)
{
	int out =
	    open(at("said"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct git_child child;
	int r;

	(void)sh("printf %s >store/%s/fake", mode, WORLD_ID);
	ask.id = STR(WORLD_ID);
	ask.in = -1;
	ask.out = out;
	ask.err = -1; /* where a sanitizer says things of its own */
	r = git_start(s, &ask, &child);
	close(out);
	return r == 0 ? git_wait(s, &child) : -r;
}

#define READER_ARGS                                                            \
	"arg git\n"                                                            \
	"arg -c\narg core.attributesFile=/dev/null\n"                          \
	"arg -c\narg core.excludesFile=/dev/null\n"                            \
	"arg -c\narg core.fsmonitor=false\n"                                   \
	"arg -c\narg core.packedGitLimit=1g\n"                                 \
	"arg -c\narg core.packedGitWindowSize=64m\n"                           \
	"arg -c\narg core.bigFileThreshold=128m\n"                             \
	"arg -c\narg gc.auto=0\n"                                              \
	"arg -c\narg maintenance.auto=false\n"                                 \
	"arg -c\narg gpg.program=/nonexistent\n"                               \
	"arg -c\narg gpg.ssh.program=/nonexistent\n"                           \
	"arg -c\narg gpg.x509.program=/nonexistent\n"                          \
	"arg -c\narg pack.threads=2\n"                                         \
	"arg -c\narg pack.windowMemory=256m\n"                                 \
	"arg -c\narg pack.deltaCacheSize=64m\n"                                \
	"arg -c\narg protocol.allow=never\n"                                   \
	"arg -c\narg transfer.advertiseSID=false\n"                            \
	"arg -c\narg transfer.hideRefs=refs/latchkey\n"                        \
	"arg -c\narg core.hooksPath=/dev/null\n"                               \
	"arg -c\narg uploadpack.allowFilter=true\n"                            \
	"arg -c\narg uploadpack.allowTipSHA1InWant=false\n"                    \
	"arg -c\narg uploadpack.allowReachableSHA1InWant=false\n"              \
	"arg -c\narg uploadpack.allowAnySHA1InWant=false\n"                    \
	"arg -c\narg uploadpack.keepAlive=5\n"                                 \
	"arg -c\narg uploadpackfilter.allow=false\n"                           \
	"arg -c\narg uploadpackfilter.blob:none.allow=true\n"                  \
	"arg -c\narg uploadpackfilter.blob:limit.allow=true\n"                 \
	"arg -c\narg uploadpackfilter.tree.allow=true\n"                       \
	"arg -c\narg uploadpackfilter.object:type.allow=true\n"                \
	"arg -c\narg uploadpackfilter.combine.allow=true\n"                    \
	"arg -c\narg uploadarchive.allowUnreachable=false\n"
#define ENVIRONMENT                                                            \
	"env PATH=/usr/bin:/bin\n"                                             \
	"env HOME=/nonexistent\n"                                              \
	"env LANG=C.UTF-8\n"                                                   \
	"env GIT_CONFIG_NOSYSTEM=1\n"                                          \
	"env GIT_CONFIG_GLOBAL=/dev/null\n"                                    \
	"env GIT_ATTR_NOSYSTEM=1\n"                                            \
	"env GIT_NO_REPLACE_OBJECTS=1\n"                                       \
	"env GIT_NO_LAZY_FETCH=1\n"                                            \
	"env GIT_TERMINAL_PROMPT=0\n"                                          \
	"env PWD=/proc/self/cwd\n"
#define REST "core 0\ncpu 90\numask 77\nsession own\n"

static void
is_told(const char *head, const char *env, const char *fds, const char *name)
{
	char want[16 * 1024];

	(void)snprintf(want, sizeof(want), "%s%s%scwd %s\n%s%s", head,
		       ENVIRONMENT, env, at("store/%s", WORLD_ID), fds, REST);
	is_str(str_c(get(at("said"))), str_c(want), "%s", name);
}

/* Everything that must not arrive: signals that are ignored or blocked, open
 * descriptors, variables. */
static void
dirty(void)
{
	sigset_t some;

	(void)setenv("GIT_DIR", "/elsewhere", 1);
	(void)setenv("LD_BIND_NOT", "1", 1);
	(void)signal(SIGPIPE, SIG_IGN);
	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &some, NULL);
	for (int fd = 20; fd < 40; fd++)
		(void)dup2(0, fd);
	(void)umask(0);
}

static void
clean(void)
{
	(void)unsetenv("GIT_DIR");
	(void)unsetenv("LD_BIND_NOT");
	(void)signal(SIGPIPE, SIG_DFL);
	for (int fd = 20; fd < 40; fd++)
		close(fd);
	(void)umask(022);
}

static void
test_given(struct git_store *s)
{
	static const char three[] = "fd 0\nfd 1\nfd 2\n";
	struct git_ask ask = {.service = GIT_UPLOAD_PACK, .desk = -1};

	dirty();
	is_int(run_fake(s, "tell", ask), 7, "a clone's exit status");
	is_told(READER_ARGS "arg upload-pack\narg --strict\n"
			    "arg --timeout=600\narg .\n",
		"", three, "all that a clone is given");
	ask.protocol = STR("version=2");
	ask.stateless = ask.advertise = true;
	is_int(run_fake(s, "tell", ask), 7, "over HTTP");
	is_told(READER_ARGS "arg upload-pack\narg --strict\n"
			    "arg --timeout=600\narg --stateless-rpc\n"
			    "arg --http-backend-info-refs\narg .\n",
		"env GIT_PROTOCOL=version=2\n", three,
		"all that smart HTTP is given");
	ask = (struct git_ask){.service = GIT_UPLOAD_ARCHIVE, .desk = -1};
	is_int(run_fake(s, "tell", ask), 7, "git archive --remote");
	is_told(READER_ARGS "arg upload-archive\narg .\n", "", three,
		"all that an archive is given");
	ask.desk = 0;
	is_int(run_fake(s, "tell", ask), 7, "a reader with a desk");
	is_told(READER_ARGS "arg upload-archive\narg .\n", "", three,
		"is not given it");
	clean();
}

static void
test_given_writer(struct git_store *s)
{
	static const char *const settings[] = {
	    "core.fsync=all",
	    "transfer.unpackLimit=1",
	    "receive.unpackLimit=1",
	    "receive.fsckObjects=true",
	    "receive.maxInputSize=12345",
	    "receive.advertisePushOptions=false",
	    "receive.autogc=false",
	    "receive.denyDeleteCurrent=refuse",
	    "receive.denyDeletes=true",
	    "receive.denyNonFastForwards=true"};
	struct git_ask ask = {
	    .service = GIT_RECEIVE_PACK, .desk = 0, .deny_rewind = true};
	char line[256], hooks[PATH_MAX];
	char *real;

	is_int(run_fake(s, "tell", ask), 7, "a push's exit status");
	for (size_t i = 0; i < nitems(settings); i++) {
		(void)snprintf(line, sizeof(line), "arg -c\narg %s\n",
			       settings[i]);
		ok(said(line), "it is told %s", settings[i]);
	}
	hooks_of_build(hooks);
	real = realpath(hooks, NULL);
	(void)snprintf(line, sizeof(line), "arg core.hooksPath=%s\n", real);
	free(real);
	ok(said(line), "and where its hooks are");
	ok(said("arg receive-pack\narg .\nenv PATH"), "and its name");
	ok(said("fd 0\nfd 1\nfd 2\nfd 3\nfd 4\ncore"),
	   "it has the desk and the lock");
	ok(said("env PWD=/proc/self/cwd\ncwd "), "no variable more");
	ask.desk = -1;
	ask.deny_rewind = false;
	is_int(run_fake(s, "tell", ask), 7, "a push without a desk");
	ok(said("fd 2\nfd 4\n"), "has no descriptor 3");
	ok(said("receive.denyDeletes=false"), "and may delete");
}

static void
test_walls(struct git_store *s)
{
	struct git_ask ask = {.service = GIT_UPLOAD_PACK, .desk = -1};

	if (jail_landlock() < 6) {
		printf("# Landlock ABI %d: no walls to look at\n",
		       jail_landlock());
		return;
	}
	is_int(run_fake(s, "misbehave", ask), 0, "a reader that tries");
	is_str(str_c(get(at("said"))),
	       STR("read own yes\nwrite own no\nmake own no\nrename own no\n"
		   "remove own no\ntruncate own no\nread other no\n"
		   "write other no\nlist others no\nread passwd no\n"
		   "write tmp no\nrun sh no\nconnect no\nsignal parent no\n"),
	       "can read its repository and nothing else");
	is_int(git_check(s, STR(WORLD_ID)), 0, "which is as it was");
	ask.service = GIT_RECEIVE_PACK;
	is_int(run_fake(s, "misbehave", ask), 0, "a writer that tries");
	is_str(str_c(get(at("said"))),
	       STR("read own yes\nwrite own yes\nmake own yes\nrename own yes\n"
		   "remove own yes\ntruncate own no\nread other no\n"
		   "write other no\nlist others no\nread passwd no\n"
		   "write tmp no\nrun sh no\nconnect no\nsignal parent no\n"),
	       "can write in its repository and nowhere else");
	(void)sh("rm -rf store/%s", WORLD_ID);
	is_int(git_make(s, STR(WORLD_ID), STR("main")), 0, "made again");
}

/* Has it come so far as to catch the signal? */
static bool
catches(pid_t pid, int sig)
{
	char path[32], line[128];
	unsigned long long caught = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "SigCgt:", 7) == 0)
			caught = strtoull(line + 7, NULL, 16);
	if (f != NULL)
		(void)fclose(f);
	return (caught >> (sig - 1) & 1) != 0;
}

static void
test_places(struct git_store *s)
{
	struct git_ask ask = {
	    .id = STR(WORLD_ID), .in = -1, .out = -1, .err = -1, .desk = -1};
	struct git_child a, b, c;
	struct pollfd p;
	uint64_t before = 0, after = 0;
	pid_t pid;

	is_int(git_running_max(s), 2, "two may run");
	(void)sh("printf hang >store/%s/fake", WORLD_ID);
	is_int(git_start(s, &ask, &a), 0, "one");
	is_int(git_start(s, &ask, &b), 0, "two");
	is_int(git_start(s, &ask, &c), OUT_BUSY, "three are too many");
	is_int(git_running(s), 2, "two are running");
	p = (struct pollfd){.fd = a.pidfd, .events = POLLIN};
	is_int(poll(&p, 1, 50), 0, "its end is not there to be read");
	for (int i = 0; i < 1000 && !catches(a.pid, SIGUSR1); i++)
		(void)usleep(10000);
	for (int i = 0; i < 100 && (i == 0 || after != before); i++) {
		before = after;
		(void)usleep(20000);
		if (git_worked(&a, &after) != 0)
			abort();
	}
	ok(before > 0 && after == before, "it has worked and waits");
	is_int(kill(a.pid, SIGUSR1), 0, "what comes");
	for (int i = 0; i < 500 && after == before; i++) {
		(void)usleep(20000);
		if (git_worked(&a, &after) != 0)
			abort();
	}
	ok(after > before, "  makes it work");
	pid = a.pid;
	git_kill(&a);
	is_int(poll(&p, 1, 10000), 1, "once killed, it is");
	is_int(git_wait(s, &a), 128 + SIGKILL, "it says of what");
	for (int i = 0; i < 100 && kill(-pid, 0) == 0; i++)
		(void)usleep(20000);
	ok(kill(-pid, 0) != 0, "what it started is gone with it");
	is_int(git_start(s, &ask, &a), 0, "its place is free");
	git_kill(&a);
	git_kill(&b);
	(void)git_wait(s, &a);
	(void)git_wait(s, &b);
	is_int(git_running(s), 0, "none is running");
	ask.protocol = STR("version=2;x");
	is_int(git_start(s, &ask, &a), OUT_MALFORMED, "an odd GIT_PROTOCOL");
	ask.protocol = STR_NONE;
	ask.id = STR(WORLD_OTHER "0");
	is_int(git_start(s, &ask, &a), OUT_ABSENT, "an odd id");
}

int
main(int argc, char **argv)
{
	struct git_store *s;

	world_role(argc, argv, fake_git);
	world_make();
	s = world_open((struct git_conf){.program = at("bin/git"),
					 .running_max = 2,
					 .push_max = 12345,
					 .cpu_s = 90});
	if (s == NULL)
		return EXIT_FAILURE;
	world_repo(s, STR(WORLD_ID));
	world_repo(s, STR(WORLD_OTHER));
	subtest("given")
	{
		test_given(s);
		test_given_writer(s);
	}
	subtest("walls")
	{
		test_walls(s);
	}
	subtest("places")
	{
		test_places(s);
	}
	git_free(s);
	world_clear();
	return done_testing();
}
