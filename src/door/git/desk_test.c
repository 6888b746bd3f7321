/* Sessions, a listener and local programs at the desk, with real programs. */
#include "door/git/git_side_test.h"

#include <sys/file.h>
#include <sys/un.h>

#define CHANNEL	    7
#define RUNNING_MAX 24

static struct side s;
static struct desk *desk;
static int listener;
static char local[160];
static struct sshkey owner_key, machine, reader;

static struct str
blob(const struct sshkey *key)
{
	return (struct str){(const char *)key->blob, key->blob_len};
}

static int
sit_down(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	(void)tell(listener, DESK_SESSION, 0, PARTS(STR("192.0.2.7")), &pair[1],
		   1);
	(void)close(pair[1]);
	return pair[0];
}

static enum desk_word
prove(int fd, const struct sshkey *key)
{
	(void)tell(fd, DESK_PROVE, 0, PARTS(blob(key)), NO_FDS);
	return hear(fd);
}

static int
sit_proven(const struct sshkey *key)
{
	int fd = sit_down();

	if (prove(fd, key) != DESK_YES)
		printf("# no proof\n");
	return fd;
}

/* A program's three descriptors, and our ends of them. */
struct pipes {
	int its[3], ours[3];
};

static void
pipes_open(struct pipes *p)
{
	for (int i = 0; i < 3; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) != 0)
			abort();
		p->its[i] = ends[i == 0 ? 0 : 1];
		p->ours[i] = ends[i == 0 ? 1 : 0];
	}
}

static void
pipes_shut(int fds[3])
{
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	fds[0] = fds[1] = fds[2] = -1;
}

static enum desk_word
run(int fd, uint32_t channel, const char *service, const char *name,
    struct pipes *p)
{
	struct str account, repo;

	if (!str_cut(str_c(name), '/', &account, &repo))
		abort();
	pipes_open(p);
	(void)tell(fd, DESK_RUN, channel,
		   PARTS(str_c(service), account, repo, STR("version=2")),
		   p->its, 3);
	pipes_shut(p->its);
	return hear(fd);
}

static bool
settles(bool (*is)(void *), void *arg)
{
	for (int i = 0; i < 500; i++) {
		if (is(arg))
			return true;
		pause_ms(20);
	}
	return false;
}

static bool
none_runs(void *arg)
{
	struct desk_stats stats;

	(void)arg;
	desk_stats(desk, &stats);
	return stats.running == 0 && git_running(s.git) == 0;
}

/* What has no place ends the session at once. */
static void
test_misbehaviour(void)
{
	static const struct {
		const char *name;
		enum desk_word word;
		bool proven;
		size_t n, n_fds;
		struct str parts[4];
	} rows[] = {
	    {"RUN unproven",
	     DESK_RUN,
	     false,
	     4,
	     3,
	     {STR_INIT("git-upload-pack"), STR_INIT("Own"), STR_INIT("test")}},
	    {"GREET unproven", DESK_GREET, false, 0, 0, {{0}}},
	    {"HELLO from the network",
	     DESK_HELLO,
	     false,
	     1,
	     0,
	     {STR_INIT("10.0.0.1")}},
	    {"an answer", DESK_YES, false, 0, 0, {{0}}},
	    {"a hook's word", DESK_PUSH, true, 1, 0, {STR_INIT("")}},
	    {"a listener's word",
	     DESK_SESSION,
	     true,
	     1,
	     1,
	     {STR_INIT("10.0.0.1")}},
	    {"OFFER of two",
	     DESK_OFFER,
	     false,
	     2,
	     0,
	     {STR_INIT("a"), STR_INIT("b")}},
	    {"OFFER with a descriptor",
	     DESK_OFFER,
	     false,
	     1,
	     1,
	     {STR_INIT("a")}},
	    {"PROVE of nothing", DESK_PROVE, false, 1, 0, {STR_INIT("")}},
	    {"OFFER after PROVE", DESK_OFFER, true, 1, 0, {STR_INIT("a")}},
	    {"GREET with a part", DESK_GREET, true, 1, 0, {STR_INIT("a")}},
	    {"RUN with two descriptors",
	     DESK_RUN,
	     true,
	     4,
	     2,
	     {STR_INIT("git-upload-pack"), STR_INIT("Own"), STR_INIT("test")}},
	    {"RUN of three parts",
	     DESK_RUN,
	     true,
	     3,
	     3,
	     {STR_INIT("git-upload-pack"), STR_INIT("Own"), STR_INIT("test")}},
	    {"RUN of a shell",
	     DESK_RUN,
	     true,
	     4,
	     3,
	     {STR_INIT("sh"), STR_INIT("Own"), STR_INIT("test")}},
	    {"RUN of a path",
	     DESK_RUN,
	     true,
	     4,
	     3,
	     {STR_INIT("git-upload-pack"), STR_INIT(".."), STR_INIT("test")}},
	    {"RUN of a longer path",
	     DESK_RUN,
	     true,
	     4,
	     3,
	     {STR_INIT("git-upload-pack"), STR_INIT("Own"),
	      STR_INIT("a/../test")}},
	    {"RUN of an option",
	     DESK_RUN,
	     true,
	     4,
	     3,
	     {STR_INIT("git-upload-pack"), STR_INIT("Own"), STR_INIT("-x")}},
	    {"RUN with a variable",
	     DESK_RUN,
	     true,
	     4,
	     3,
	     {STR_INIT("git-upload-pack"), STR_INIT("Own"), STR_INIT("test"),
	      STR_INIT("version=2;x")}},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		int fd = rows[i].proven ? sit_proven(&owner_key) : sit_down();
		int fds[3] = {0, 1, 2};

		(void)tell(fd, rows[i].word, 0, rows[i].parts, rows[i].n, fds,
			   rows[i].n_fds);
		is_int(hear(fd), DESK_WORDS, "ends: %s", rows[i].name);
		(void)close(fd);
	}
	{
		int fd = sit_down();

		(void)!packet_send(fd, STR("\377garbage"), NULL, 0);
		is_int(hear(fd), DESK_WORDS, "ends: no message");
		(void)close(fd);
	}
	ok(none_runs(NULL), "and nothing was started");
}

static void
test_offers(void)
{
	struct sshkey nobody = pubkey();
	int fd = sit_down();

	(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&nobody)), NO_FDS);
	is_int(hear(fd), DESK_NO, "an unknown key");
	(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&owner_key)), NO_FDS);
	is_int(hear(fd), DESK_YES, "a person's key");
	(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&machine)), NO_FDS);
	is_int(hear(fd), DESK_YES, "an access key");
	(void)tell(fd, DESK_GREET, 0, NULL, 0, NO_FDS);
	is_int(hear(fd), DESK_WORDS, "what is only shown is nobody");
	(void)close(fd);
	fd = sit_down();
	for (int i = 0; i < DESK_OFFERS_MAX; i++) {
		(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&nobody)), NO_FDS);
		if (hear(fd) != DESK_NO)
			break;
	}
	is_int(heard.m.word, DESK_NO, "%d keys may be shown", DESK_OFFERS_MAX);
	(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&owner_key)), NO_FDS);
	is_int(hear(fd), DESK_WORDS, "and no more");
	(void)close(fd);
}

static void
test_proofs(void)
{
	struct sshkey nobody = pubkey();
	struct desk_stats stats;
	int fd = sit_down();

	/* One is shown, another signs. */
	(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&owner_key)), NO_FDS);
	(void)hear(fd);
	is_int(prove(fd, &nobody), DESK_NO, "an unknown key signs");
	is_int(prove(fd, &machine), DESK_YES, "then a known one");
	(void)tell(fd, DESK_GREET, 0, NULL, 0, NO_FDS);
	ok(hear(fd) == DESK_TEXT && heard_has("via a deploy key"),
	   "who signed is who it is");
	is_int(prove(fd, &owner_key), DESK_NO, "for good");
	is_int(hear(fd), DESK_WORDS, "  and trying ends it");
	(void)close(fd);
	fd = sit_down();
	for (int i = 0; i < DESK_PROOFS_MAX; i++)
		(void)prove(fd, &nobody);
	is_int(heard.m.word, DESK_NO, "%d in vain", DESK_PROOFS_MAX);
	is_int(prove(fd, &owner_key), DESK_WORDS, "are enough");
	(void)close(fd);
	desk_stats(desk, &stats);
	is_int((long long)stats.proofs_failed, 1 + DESK_PROOFS_MAX, "counted");
}

static void
test_greetings(void)
{
	int fd = sit_proven(&owner_key);

	(void)tell(fd, DESK_GREET, 0, NULL, 0, NO_FDS);
	is_int(hear(fd), DESK_TEXT, "a person");
	is_str(heard_text(),
	       STR("authenticated via ssh key.\n\nlogged in as "
		   "admin@localhost.\nYou can use git to connect to latchkey. "
		   "Shell access is disabled.\n"),
	       "  is told");
	is_int(heard.m.number, 0, "  status 0");
	(void)close(fd);
	fd = sit_proven(&machine);
	(void)tell(fd, DESK_GREET, 0, NULL, 0, NO_FDS);
	is_int(hear(fd), DESK_TEXT, "a machine");
	is_str(heard_text(),
	       STR("authenticated via a deploy key.\n\nYou can use git to "
		   "connect to latchkey. Shell access is disabled.\n\nThis "
		   "deploy key has read access to the following "
		   "repositories:\n\nOwn/test: web-1\n"),
	       "  is told where it stands");
	(void)close(fd);
}

/* Who asks and does not listen to the answers holds up nobody. */
static void
test_deaf(void)
{
	int deaf = sit_proven(&machine), fd, flags = fcntl(deaf, F_GETFL);
	int asked = 0;

	(void)fcntl(deaf, F_SETFL, flags | O_NONBLOCK);
	for (int i = 0; i < 200 && asked < 100000; i++) {
		while (tell(deaf, DESK_GREET, 0, NULL, 0, NO_FDS))
			asked++;
		pause_ms(5);
	}
	fd = sit_proven(&machine);
	(void)tell(fd, DESK_GREET, 0, NULL, 0, NO_FDS);
	is_int(hear(fd), DESK_TEXT, "the desk speaks with others");
	while (hear(deaf) == DESK_TEXT)
		continue;
	is_int(heard.m.word, DESK_WORDS, "and has left who does not listen");
	(void)close(deaf);
	(void)close(fd);
}

static void
refused(const char *name, const struct sshkey *key, const char *service,
	const char *repo, const char *text)
{
	int fd = sit_proven(key);
	struct pipes p;

	is_int(run(fd, CHANNEL, service, repo, &p), DESK_REFUSED, "%s", name);
	is_str(heard_text(), str_c(text), "  in these words");
	is_int(heard.m.number, CHANNEL, "  on its channel");
	ok(is_quiet(fd), "  and may go on");
	pipes_shut(p.ours);
	(void)close(fd);
}

static void
test_refusals(void)
{
	static const char not_here[] =
	    "repository access denied. deployment key is not associated with "
	    "the requested repository.";

	refused("an access key pushes", &machine, "git-receive-pack",
		"Own/test",
		"repository access denied. access via a deployment key is "
		"read-only.");
	refused("elsewhere", &machine, "git-upload-pack", "Own/tools",
		not_here);
	refused("pushes elsewhere", &machine, "git-receive-pack", "Own/tools",
		not_here);
	refused("where nothing is", &machine, "git-upload-pack", "Own/nothing",
		not_here);
	refused("a person, where nothing is", &owner_key, "git-upload-pack",
		"Own/nothing",
		"repository 'Own/nothing' does not exist or you have no access "
		"to it.");
	refused("and where somebody else is", &owner_key, "git-receive-pack",
		"Else/far",
		"repository 'Else/far' does not exist or you have no access to "
		"it.");
	refused("a reader pushes", &reader, "git-receive-pack", "Own/test",
		"repository access denied. you may read 'Own/test', but not "
		"push to it.");
	must(git_remove(s.git, s.c.site.id), "git_remove");
	refused("a push to what lost its folder", &owner_key,
		"git-receive-pack", "Own/site",
		"the files of this repository cannot be used: ask who runs "
		"this server.");
	refused("what lost its folder", &owner_key, "git-upload-pack",
		"Own/site",
		"the files of this repository cannot be used: ask who runs "
		"this server.");
}

/* The thread that would start a push may be done before the desk has gone on.
 */
static void
test_refused_at_once(void)
{
	int fd = sit_proven(&owner_key), n = 0;
	struct pipes p;

	while (n < 200 && run(fd, CHANNEL, "git-receive-pack", "Own/site",
			      &p) == DESK_REFUSED) {
		pipes_shut(p.ours);
		n++;
	}
	is_int(n, 200, "a push is refused, however soon that is known");
	(void)close(fd);
}

static void
test_runs(void)
{
	int fd = sit_proven(&machine);
	struct pipes p;
	char text[4096];
	ssize_t n;

	is_int(run(fd, CHANNEL, "git-upload-pack", "own/TEST.git", &p),
	       DESK_STARTED, "a program starts");
	is_int(heard.m.number, CHANNEL, "  on its channel");
	n = read(p.ours[1], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	ok(strstr(text, "version 2") != NULL, "  speaks the version asked for");
	ok(is_quiet(fd), "  and runs");
	(void)!write(p.ours[0], "0000", 4);
	is_int(hear(fd), DESK_ENDED, "until it ends");
	ok(heard.m.n_parts == 2 && str_eq(heard.m.part[0], STR("7")) &&
	       str_eq(heard.m.part[1], STR("0")),
	   "  which is told with its status");
	pipes_shut(p.ours);
	is_int(run(fd, CHANNEL, "git-upload-archive", "Own/test", &p),
	       DESK_STARTED, "another on the same channel");
	(void)!write(p.ours[0], "zzzz", 4);
	pipes_shut(p.ours);
	is_int(hear(fd), DESK_ENDED, "  ends as well");
	ok(!str_eq(heard.m.part[1], STR("0")), "  with another status");
	(void)close(fd);

	fd = sit_proven(&owner_key);
	is_int(run(fd, CHANNEL, "git-receive-pack", "Own/test", &p),
	       DESK_STARTED, "a push starts");
	n = read(p.ours[1], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	ok(n > 0 && memmem(text, (size_t)n, "report-status", 13) != NULL,
	   "  and speaks");
	(void)!write(p.ours[0], "0000", 4);
	is_int(hear(fd), DESK_ENDED, "  until it ends");
	ok(heard.m.n_parts == 2 && str_eq(heard.m.part[1], STR("0")),
	   "  well, with nothing to do");
	pipes_shut(p.ours);
	is_int(run(fd, CHANNEL, "git-receive-pack", "Own/test", &p),
	       DESK_STARTED, "another");
	(void)close(fd);
	ok(settles(none_runs, NULL), "  goes with its session");
	pipes_shut(p.ours);
}

static void
test_channels(void)
{
	int fd = sit_proven(&machine), started = 0;
	struct pipes p[DESK_CHANNELS_MAX + 1];

	for (uint32_t i = 0; i < DESK_CHANNELS_MAX; i++)
		started += run(fd, i, "git-upload-pack", "Own/test", &p[i]) ==
			   DESK_STARTED;
	is_int(started, DESK_CHANNELS_MAX, "as many at once as may be");
	is_int(
	    run(fd, 99, "git-upload-pack", "Own/test", &p[DESK_CHANNELS_MAX]),
	    DESK_WORDS, "one more ends all");
	ok(settles(none_runs, NULL), "  and its programs");
	for (size_t i = 0; i <= DESK_CHANNELS_MAX; i++)
		pipes_shut(p[i].ours);
	(void)close(fd);

	fd = sit_proven(&machine);
	is_int(run(fd, 1, "git-upload-pack", "Own/test", &p[0]), DESK_STARTED,
	       "a channel");
	is_int(run(fd, 1, "git-upload-pack", "Own/test", &p[1]), DESK_WORDS,
	       "  is used once at a time");
	ok(settles(none_runs, NULL), "  and its program ends");
	pipes_shut(p[0].ours);
	pipes_shut(p[1].ours);
	(void)close(fd);

	fd = sit_proven(&machine);
	is_int(run(fd, 1, "git-upload-pack", "Own/test", &p[0]), DESK_STARTED,
	       "a session that goes away");
	(void)close(fd);
	ok(settles(none_runs, NULL), "  takes its program along");
	pipes_shut(p[0].ours);
}

/* Sessions with programs that wait for their client, until they are told that
 * the server is busy. */
struct crowd {
	int fds[RUNNING_MAX + 1];
	struct pipes p[RUNNING_MAX + 1];
	size_t n;
};

static long long
fills(struct crowd *c, const struct sshkey *key, const char *repo)
{
	long long started = 0;
	enum desk_word word = DESK_STARTED;

	while (word == DESK_STARTED && c->n <= RUNNING_MAX) {
		c->fds[c->n] = sit_proven(key);
		word =
		    run(c->fds[c->n], 1, "git-upload-pack", repo, &c->p[c->n]);
		c->n++;
		started += word == DESK_STARTED;
	}
	ok(word == DESK_REFUSED && heard_has("busy"), "one more is refused");
	(void)close(c->fds[--c->n]);
	pipes_shut(c->p[c->n].ours);
	return started;
}

static void
crowd_ends(struct crowd *c)
{
	while (c->n > 0) {
		(void)close(c->fds[--c->n]);
		pipes_shut(c->p[c->n].ours);
	}
	ok(settles(none_runs, NULL), "they end with their sessions");
}

/* Nobody holds all programs that may run, however many sessions and
 * repositories they have. */
static void
test_busy(void)
{
	struct sshkey wide = pubkey(), far = pubkey();
	struct crowd c = {.n = 0};
	struct access_key row;

	(void)STAND(&s.c, &wide, .repo = s.c.test.id);
	(void)STAND(&s.c, &wide, .repo = s.c.tools.id);
	must(access_key_try(&s.c, &s.c.other_owner, &wide,
			    (struct where){.repo = s.c.far.id}, &row),
	     "far");
	must(access_key_try(&s.c, &s.c.other_owner, &far,
			    (struct where){.repo = s.c.far.id}, &row),
	     "far");
	is_int(fills(&c, &wide, "Own/test"), RUNNING_MAX / 2,
	       "one key: half of the programs");
	is_int(fills(&c, &wide, "Own/tools"), 0, "  wherever it stands");
	is_int(fills(&c, &wide, "Else/far"), 0, "  in all accounts");
	is_int(fills(&c, &owner_key, "Own/tools"), RUNNING_MAX / 4,
	       "one account: three quarters");
	is_int(fills(&c, &far, "Else/far"), RUNNING_MAX / 4,
	       "the rest is for others");
	crowd_ends(&c);
	is_int(fills(&c, &owner_key, "Own/test"), RUNNING_MAX / 2,
	       "then they are there again");
	crowd_ends(&c);
}

static int
folder_locked(const struct gitrepo *repo)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%.*s", s.dir, STR_ARG(repo->id));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		abort();
	return fd;
}

static void
ask_push(int fd, const char *repo, struct pipes *p)
{
	pipes_open(p);
	(void)tell(
	    fd, DESK_RUN, CHANNEL,
	    PARTS(STR("git-receive-pack"), STR("Own"), str_c(repo), STR_NONE),
	    p->its, 3);
	pipes_shut(p->its);
}

/* A push may have to wait for whoever sweeps up in its repository. */
static void
test_waits(void)
{
	int lock = folder_locked(&s.c.tools);
	int waits = sit_proven(&owner_key), goes = sit_proven(&owner_key), fd;
	struct pipes p, q;

	ask_push(waits, "tools", &p);
	ask_push(goes, "tools", &q);
	fd = sit_proven(&machine);
	ok(fd >= 0 && is_quiet(waits), "a push waits, the desk does not");
	(void)close(goes);
	(void)tell(waits, DESK_GREET, 0, NULL, 0, NO_FDS);
	is_int(hear(waits), DESK_TEXT, "  not even for that session");
	(void)close(lock);
	is_int(hear(waits), DESK_STARTED, "then it starts");
	is_int(heard.m.number, CHANNEL, "  on its channel");
	pipes_shut(p.ours);
	is_int(hear(waits), DESK_ENDED, "  and ends");
	ok(settles(none_runs, NULL), "whose session has gone has none");
	pipes_shut(q.ours);
	(void)close(waits);
	(void)close(fd);
}

/* What has been killed is not looked after any more, so that the desk waits
 * until it hears of its end. */
static void
test_look(void)
{
	struct desk d = {.watch_at_ms = 1000, .n_runs = 1};
	struct run one = {.kill_at_ms = 0};

	LIST_INIT(&d.runs);
	LIST_INSERT_HEAD(&d.runs, &one, link);
	is_int(run_look_at(&d), 1000, "programs are looked after now and then");
	one.kill_at_ms = 700;
	is_int(run_look_at(&d), 700, "one is to be killed before that");
	one.killed = true;
	is_int(run_look_at(&d), 1000, "one was");
	one.killed = false;
	one.ended = true;
	is_int(run_look_at(&d), 1000, "one has ended");
}

static void
test_revoked(void)
{
	struct sshkey key = pubkey();
	struct where at = {.repo = s.c.test.id};
	struct visit by = s.c.w.owner;
	int64_t id = stand(&s.c, &key, at);
	int running = sit_proven(&key), idle = sit_proven(&key);
	struct desk_stats before, after;
	struct pipes p, q;

	desk_stats(desk, &before);
	is_int(run(running, 1, "git-upload-pack", "Own/test", &p), DESK_STARTED,
	       "a clone runs");
	ok(is_quiet(running), "  and runs");
	by.verb = VERB_ACCESSKEY_DELETE;
	must(access_key_remove(&by, id), "access_key_remove");
	is_int(hear(running), DESK_WORDS, "its key is removed: it is cut");
	ok(settles(none_runs, NULL), "  and its program killed");
	desk_stats(desk, &after);
	is_int((long long)(after.cut_total - before.cut_total), 1, "  counted");
	is_int(run(idle, 1, "git-upload-pack", "Own/test", &q), DESK_REFUSED,
	       "who had proven before opens nothing");
	ok(heard_has("opens nothing any more"), "  and is told");
	(void)tell(idle, DESK_GREET, 0, NULL, 0, NO_FDS);
	ok(hear(idle) == DESK_TEXT && heard_has("opens nothing") &&
	       heard.m.number == 1,
	   "  the greeting as well");
	pipes_shut(p.ours);
	pipes_shut(q.ours);
	(void)close(running);
	(void)close(idle);
}

static bool
has_ended(void *arg)
{
	struct access_key row;
	int r = access_key_get(s.c.w.core, *(int64_t *)arg, &s.c.w.arena, &row);

	return r == OUT_ABSENT ||
	       (r == 0 && row.expires_at > 0 && row.expires_at <= clock_now());
}

/* The first use of a key that replaces another ends the other. */
static void
test_rotation(void)
{
	struct sshkey old = pubkey(), new = pubkey();
	int64_t before = STAND(&s.c, &old, .repo = s.c.tools.id);
	struct pipes p;
	int fd;

	(void)STAND(&s.c, &new, .repo = s.c.tools.id, .replaces = before);
	fd = sit_proven(&old);
	is_int(run(fd, 1, "git-upload-pack", "Own/tools", &p), DESK_STARTED,
	       "the old key until then");
	pipes_shut(p.ours);
	(void)close(fd);
	ok(!has_ended(&before), "  stays");
	fd = sit_proven(&new);
	is_int(run(fd, 1, "git-upload-pack", "Own/tools", &p), DESK_STARTED,
	       "the new key is used");
	ok(settles(has_ended, &before), "  and the old one ends");
	pipes_shut(p.ours);
	(void)close(fd);
	ok(settles(none_runs, NULL), "all have ended");
}

static int
dial(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%.100s", local);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	return fd;
}

static void
test_local(void)
{
	struct desk_conf conf = {
	    .core = s.c.w.core, .git = s.git, .local = local};
	struct desk *second = NULL;
	struct note note = {""};
	struct stat st;
	int fd = dial();

	ok(stat(local, &st) == 0 && (st.st_mode & 0777) == 0600,
	   "the local socket is ours alone");
	(void)tell(fd, DESK_OFFER, 0, PARTS(blob(&machine)), NO_FDS);
	is_int(hear(fd), DESK_WORDS, "a local program says first for whom");
	(void)close(fd);
	fd = dial();
	(void)tell(fd, DESK_HELLO, 0, PARTS(STR("not an address")), NO_FDS);
	is_int(hear(fd), DESK_WORDS, "  by an address");
	(void)close(fd);
	fd = dial();
	(void)tell(fd, DESK_HELLO, 0, PARTS(STR("2001:db8::1")), NO_FDS);
	is_int(prove(fd, &machine), DESK_YES, "then it is as any other");
	(void)tell(fd, DESK_HELLO, 0, PARTS(STR("2001:db8::2")), NO_FDS);
	is_int(hear(fd), DESK_WORDS, "  and says so once");
	(void)close(fd);
	is_int(desk_new(&conf, &second, &note), OUT_CONFLICT,
	       "one desk to a socket");
	ok(strstr(note.text, "another server") != NULL, "  with a note");
}

static bool
one_left(void *arg)
{
	struct desk_stats stats;

	(void)arg;
	desk_stats(desk, &stats);
	return stats.sessions == 1;
}

static void *
drain(void *arg)
{
	desk_drain(desk, *(int64_t *)arg);
	return NULL;
}

/* Who works may finish; who idles goes; who does not finish is ended. */
static void
test_drain(void)
{
	int idle, works, late;
	int64_t ms = 2000;
	pthread_t thread;
	struct pipes p, q;

	idle = sit_proven(&machine);
	works = sit_proven(&machine);
	is_int(run(works, 1, "git-upload-pack", "Own/test", &p), DESK_STARTED,
	       "one works");
	if (pthread_create(&thread, NULL, drain, &ms) != 0)
		abort();
	is_int(hear(idle), DESK_WORDS, "who idles is sent away");
	ok(settles(one_left, NULL), "  and who works is not");
	is_int(run(works, 2, "git-upload-pack", "Own/test", &q), DESK_REFUSED,
	       "nothing new is begun");
	ok(heard_has("stopping"), "  which is said");
	late = dial();
	is_int(hear(late), DESK_WORDS, "nor anybody let in");
	is_int(hear(works), DESK_WORDS, "in the end all are sent away");
	(void)pthread_join(thread, NULL);
	ok(none_runs(NULL), "and nothing runs");
	pipes_shut(p.ours);
	pipes_shut(q.ours);
	(void)close(idle);
	(void)close(works);
	(void)close(late);
}

static void
open_desk(const char *at, int64_t silence_ms)
{
	struct desk_conf conf = {.core = s.c.w.core,
				 .git = s.git,
				 .local = at,
				 .silence_ms = silence_ms};
	struct note note = {""};
	int pair[2];

	must(desk_new(&conf, &desk, &note), note.text);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		abort();
	must(desk_listener(desk, pair[1]), "desk_listener");
	listener = pair[0];
}

/* A program that only waits for its client gives its place back. One whose
 * client speaks does not, nor does a push, which may be prepared for long. */
static void
test_silent(void)
{
	static const char asks[] = "0014command=ls-refs\n00010000";
	struct desk *first = desk;
	int first_listener = listener, silent, speaks, pushes;
	struct pipes p, q, o;

	open_desk(NULL, 1000);
	pushes = sit_proven(&owner_key);
	speaks = sit_proven(&machine);
	silent = sit_proven(&machine);
	is_int(run(pushes, 1, "git-receive-pack", "Own/test", &o), DESK_STARTED,
	       "a push");
	is_int(run(speaks, 1, "git-upload-pack", "Own/test", &q), DESK_STARTED,
	       "a client that speaks");
	is_int(run(silent, 1, "git-upload-pack", "Own/test", &p), DESK_STARTED,
	       "a client that says nothing");
	for (int i = 0; i < 100 && is_quiet(silent); i++)
		(void)!write(q.ours[0], asks, sizeof(asks) - 1);
	is_int(hear(silent), DESK_ENDED, "  in vain");
	ok(str_eq(heard.m.part[1], STR("137")), "  its program is killed");
	ok(is_quiet(speaks) && is_quiet(pushes), "and no other");
	pipes_shut(p.ours);
	pipes_shut(q.ours);
	pipes_shut(o.ours);
	(void)close(pushes);
	(void)close(speaks);
	(void)close(silent);
	(void)close(listener);
	desk_free(desk);
	desk = first;
	listener = first_listener;
}

static void
test_stale(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%.100s", local);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	(void)close(fd);
	open_desk(local, 0);
	ok(true, "a socket that a dead server has left is taken over");
}

int
main(void)
{
	struct user user;
	struct user_key row;

	side_new(&s, RUNNING_MAX);
	(void)snprintf(local, sizeof(local), "%s/desk.sock", s.c.w.dir);
	owner_key = user_key(&s.c, str_c(s.c.w.owner.who.identity), 0, &row);
	user = world_user(&s.c.w, "reader@example.org", ROLE_READER);
	reader = user_key(&s.c, user.id, 0, &row);
	machine = pubkey();
	(void)STAND(&s.c, &machine, .repo = s.c.test.id);
	test_stale();
	test_misbehaviour();
	test_offers();
	test_proofs();
	test_greetings();
	test_deaf();
	test_refusals();
	test_refused_at_once();
	test_runs();
	test_channels();
	test_busy();
	test_waits();
	test_look();
	test_silent();
	test_revoked();
	test_rotation();
	test_local();
	test_drain();
	(void)close(listener);
	desk_free(desk);
	ok(access(local, F_OK) != 0, "the local socket goes with the desk");
	buf_clear(&heard.packet);
	side_end(&s);
	return done_testing();
}
