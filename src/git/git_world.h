/*
 * What the room's tests share: a store in a temporary folder, and the real git
 * as client. It runs this same program under the names serve-upload-pack and
 * serve-receive-pack as its "remote" side, which starts the service through the
 * room and plays the desk as the file "desk" says. Under the name git this
 * program is a fake git, which tells what it was given and what it can do.
 */
#ifndef GIT_GIT_WORLD_H
#define GIT_GIT_WORLD_H

#include "base/buf.h"
#include "base/packet.h"
#include "base/test.h"
#include "git/git.h"
#include "wire/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORLD_UNUSED __attribute__((unused))
#define WORLD_ID     "00112233445566778899aabbccddeeff"
#define WORLD_OTHER  "ffeeddccbbaa99887766554433221100"

static char world[64] = "/tmp/latchkey-git-XXXXXX";
static char world_self[PATH_MAX];

/* Paths below the world; eight are good at a time. */
static const char *at(const char *fmt, ...) WORLD_UNUSED PRINTF(1, 2);
static const char *
at(const char *fmt, ...)
{
	static char path[8][PATH_MAX];
	static unsigned next;
	char *p = path[next++ % 8], name[PATH_MAX - 128];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	(void)snprintf(p, PATH_MAX, "%s/%s", world, name);
	return p;
}

static void put(const char *path, const char *text) WORLD_UNUSED;
static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

static char *get(const char *path) WORLD_UNUSED;
static char *
get(const char *path)
{
	static char text[256 * 1024];
	FILE *f = fopen(path, "re");
	size_t n = f != NULL ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f != NULL)
		(void)fclose(f);
	/* pkt-lines hold NULs, and are to be searched all the same. */
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '~';
	text[n] = '\0';
	return text;
}

/* A command of sh in the world, its output in "said"; its exit status. */
static int sh(const char *fmt, ...) WORLD_UNUSED PRINTF(1, 2);
static int
sh(const char *fmt, ...)
{
	char command[4096], whole[8192];
	va_list ap;
	int status;

	va_start(ap, fmt);
	(void)vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	(void)snprintf(whole, sizeof(whole), "cd %s && { %s\n} >said 2>&1",
		       world, command);
	status = system(whole);
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}

/* Do the last command's words have this in them? If not they are shown. */
static bool said(const char *text) WORLD_UNUSED;
static bool
said(const char *text)
{
	const char *all = get(at("said"));

	if (strstr(all, text) != NULL)
		return true;
	printf("# nothing like \"%s\" in:\n# ", text);
	for (; *all != '\0'; all++)
		printf(*all == '\n' ? "\n# " : "%c", *all);
	printf("\n");
	return false;
}

/* The build that this program is part of. */
static void
hooks_of_build(char ret[PATH_MAX])
{
	char here[PATH_MAX];

	(void)snprintf(here, sizeof(here), "%s", world_self);
	*strrchr(here, '/') = '\0';
	(void)snprintf(ret, PATH_MAX, "%.4000s/../hooks", here);
}

static struct git_store *world_open(struct git_conf conf) WORLD_UNUSED;
static struct git_store *
world_open(struct git_conf conf)
{
	char hooks[PATH_MAX];
	struct git_store *s = NULL;
	struct note note = {""};
	int r;

	hooks_of_build(hooks);
	if (conf.dir == NULL)
		conf.dir = at("store");
	if (conf.hooks == NULL)
		conf.hooks = hooks;
	r = git_open(&conf, &s, &note);
	if (r != 0)
		printf("# git_open: %s %s\n", out_text(r), note.text);
	return s;
}

/* An empty repository, whatever stood there before. */
static void world_repo(struct git_store *, struct str id) WORLD_UNUSED;
static void
world_repo(struct git_store *s, struct str id)
{
	int r = git_remove(s, id);

	if ((r != 0 && r != OUT_ABSENT) ||
	    git_make(s, id, STR("main")) != 0) {
		printf("Bail out! no repository can be made\n");
		exit(1);
	}
}

static void world_make(void) WORLD_UNUSED;
static void
world_make(void)
{
	static const char *const names[] = {"git", "serve-upload-pack",
					    "serve-receive-pack"};
	ssize_t n = readlink("/proc/self/exe", world_self,
			     sizeof(world_self) - 1);
	char word[PATH_MAX + 32];

	if (n < 0 || mkdtemp(world) == NULL)
		abort();
	if (mkdir(at("bin"), 0700) != 0 || mkdir(at("store"), 0700) != 0)
		abort();
	for (size_t i = 0; i < nitems(names); i++)
		if (symlink(world_self, at("bin/%s", names[i])) != 0)
			abort();
	put(at("desk"), "allow");
	put(at("gitconfig"), "[user]\n\tname = Wren\n\temail = w@nest.example\n"
			     "[init]\n\tdefaultBranch = main\n"
			     "[advice]\n\tdetachedHead = false\n");
	(void)setenv("GIT_CONFIG_GLOBAL", at("gitconfig"), 1);
	(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	(void)snprintf(word, sizeof(word), "--receive-pack=%s",
		       at("bin/serve-receive-pack"));
	(void)setenv("PUSH", word, 1);
	(void)snprintf(word, sizeof(word), "--upload-pack=%s",
		       at("bin/serve-upload-pack"));
	(void)setenv("PULL", word, 1);
	(void)setenv("REPO", at("store/%s", WORLD_ID), 1);
	(void)setenv("OTHER", at("store/%s", WORLD_OTHER), 1);
	(void)setenv("WORLD", world, 1);
}

static void world_clear(void) WORLD_UNUSED;
static void
world_clear(void)
{
	if (sh("cd / && rm -rf '%s'", world) != 0)
		printf("# %s stays\n", world);
}

/* --- the desk --------------------------------------------------------------
 * The file "desk" holds one word and its text:
 *   allow | refuse TEXT | forward NAME... | refuse-commit TEXT | silent | gone |
 *   cut (kills the program when the commit is asked for) | none (no desk) |
 *   strict (deny_rewind) | small (100 KiB a push) | forward-many
 * What was asked is added to the file "asked". */

struct player {
	int fd;
	pid_t pid;
	char top[PATH_MAX], mode[32], text[8192];
};

static void
say(const struct player *p, enum desk_word word, struct str text, bool more)
{
	struct desk_msg m = {.word = word,
			     .number = more,
			     .n_parts = text.n > 0,
			     .part = {text}};
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	if (desk_write(&m, &b) != 0 ||
	    packet_send(p->fd, buf_str(&b), NULL, 0) != 0)
		return;
}

static void
say_many(const struct player *p)
{
	for (int i = 1; i <= 600; i++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "refs/many/%d\n", i);
		say(p, DESK_YES, str_c(name), i < 600);
	}
}

static void
note_asked(const struct player *p, const struct desk_msg *m)
{
	char path[PATH_MAX + 16];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/asked", p->top);
	f = fopen(path, "ae");
	if (f == NULL)
		return;
	(void)fprintf(f, "%s%s\n%.*s",
		      m->word == DESK_PUSH     ? "PUSH"
		      : m->word == DESK_COMMIT ? "COMMIT"
					       : "DONE",
		      m->number != 0 ? " more" : "", STR_ARG(m->part[0]));
	(void)fclose(f);
}

static void
play(const struct player *p, const struct desk_msg *m)
{
	bool push = m->word == DESK_PUSH;

	if (m->word == DESK_DONE || m->number != 0 ||
	    strcmp(p->mode, "silent") == 0)
		return;
	if (strcmp(p->mode, "cut") == 0 && !push)
		(void)kill(-p->pid, SIGKILL);
	else if ((strcmp(p->mode, "refuse") == 0 && push) ||
		 (strcmp(p->mode, "refuse-commit") == 0 && !push))
		say(p, DESK_REFUSED, str_c(p->text), false);
	else if (strcmp(p->mode, "forward-many") == 0 && push)
		say_many(p);
	else if (strcmp(p->mode, "forward") == 0 && push)
		say(p, DESK_YES, str_c(p->text), false);
	else
		say(p, DESK_YES, STR_NONE, false);
}

static void *
player_run(void *arg)
{
	struct player *p = arg;
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct desk_msg m;
	size_t none;

	while (packet_recv(p->fd, &b, DESK_PACKET_MAX, NULL, 0, &none) == 0)
		if (desk_read(buf_str(&b), &m) == 0 && m.n_parts == 1) {
			note_asked(p, &m);
			play(p, &m);
		}
	return NULL;
}

static void
player_load(struct player *p)
{
	char path[PATH_MAX + 16], *c;
	const char *text;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/desk", p->top);
	text = get(path);
	n = strcspn(text, " \n");
	if (n >= sizeof(p->mode))
		abort();
	memcpy(p->mode, text, n);
	p->mode[n] = '\0';
	(void)snprintf(p->text, sizeof(p->text), "%s",
		       text[n] == ' ' ? text + n + 1 : "");
	if (strcmp(p->mode, "forward") == 0)
		for (c = p->text; *c != '\0'; c++)
			if (*c == ' ')
				*c = '\n';
}

/* --- the roles ------------------------------------------------------------- */

static int
serve(enum git_service service, const char *path)
{
	struct player p = {.fd = -1};
	struct git_conf conf = {.dir = p.top};
	struct git_child child;
	struct git_store *s;
	struct git_ask ask = {.service = service,
			      .id = str_c(strrchr(path, '/') + 1),
			      .in = 0,
			      .out = 1,
			      .err = 2,
			      .desk = -1};
	const char *protocol = getenv("GIT_PROTOCOL");
	char store[PATH_MAX];
	int ends[2], r;
	pthread_t thread;

	(void)snprintf(store, sizeof(store), "%.*s",
		       (int)(strrchr(path, '/') - path), path);
	(void)snprintf(p.top, sizeof(p.top), "%.*s",
		       (int)(strrchr(store, '/') - store), store);
	conf.dir = store;
	if (protocol != NULL)
		ask.protocol = str_c(protocol);
	player_load(&p);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return 99;
	p.fd = ends[0];
	ask.desk = strcmp(p.mode, "none") == 0 ? -1 : ends[1];
	ask.deny_rewind = strcmp(p.mode, "strict") == 0;
	if (strcmp(p.mode, "small") == 0)
		conf.push_max = 100 * KIB;
	s = world_open(conf);
	r = s != NULL ? git_start(s, &ask, &child) : 98;
	if (r != 0) {
		(void)fprintf(stderr, "git_start: %d %s\n", r, out_text(r));
		return 97;
	}
	p.pid = child.pid;
	close(ends[1]);
	if (strcmp(p.mode, "gone") == 0)
		close(ends[0]);
	else if (pthread_create(&thread, NULL, player_run, &p) != 0)
		return 96;
	r = git_wait(s, &child);
	if (strcmp(p.mode, "gone") != 0)
		(void)pthread_join(thread, NULL);
	git_free(s);
	return r;
}

/* Comes back when this is the test itself. */
static void world_role(int argc, char **argv, int (*fake)(int, char **))
    WORLD_UNUSED;
static void
world_role(int argc, char **argv, int (*fake)(int, char **))
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash != NULL ? slash + 1 : argv[0];
	ssize_t n = readlink("/proc/self/exe", world_self,
			     sizeof(world_self) - 1);

	if (n < 0)
		world_self[0] = '\0';
	/* _exit: within walls nothing can look for leaks. */
	if (strcmp(name, "git") == 0) {
		int r = fake(argc, argv);

		(void)fflush(stdout);
		_exit(r);
	}
	if (strcmp(name, "serve-upload-pack") == 0 && argc == 2)
		exit(serve(GIT_UPLOAD_PACK, argv[1]));
	if (strcmp(name, "serve-receive-pack") == 0 && argc == 2)
		exit(serve(GIT_RECEIVE_PACK, argv[1]));
}

#endif
