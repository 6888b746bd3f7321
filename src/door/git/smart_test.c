/* Smart HTTP on a real socket, with real programs: what git clients never say
 * is said here by hand. The rest is test/scene/g03. */
#include "door/git/git_side_test.h"
#include "door/git/smart.h"

#include "base/enc.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define ADVERT	    "/git/Own/test.git/info/refs?service=git-upload-pack"
#define FAR	    "/git/Else/far.git/info/refs?service=git-upload-pack"
#define FLUSH	    "0000"
#define RUNNING_MAX 64

static struct side s;
static struct git_http door;
static struct frame *frame;
static struct http_server *server;
static struct str reader_key;
static struct buf got = BUF_INIT_MAX(64 * MIB);

static const struct {
	enum http_method method;
	const char *path;
	handler_fn *run;
} paths[] = {
    {HTTP_GET, "/git/Own/test.git/info/refs", smart_refs},
    {HTTP_GET, "/git/Own/test/info/refs", smart_refs},
    {HTTP_POST, "/git/Own/test.git/git-upload-pack", smart_upload},
    {HTTP_POST, "/git/Own/test.git/git-receive-pack", smart_receive},
    {HTTP_GET, "/git/Own/test.git/git-upload-pack", NULL},
    {HTTP_GET, "/git/Own/test.git/HEAD", NULL},
    {HTTP_GET, "/git/Own/test.git/objects/info/packs", NULL},
    {HTTP_GET, "/git/Own/test.git/info/refs/", NULL},
    {HTTP_GET, "/git/Own/a/test.git/info/refs", NULL},
    {HTTP_POST, "/git/Own/test.git/info/lfs/objects/batch", NULL},
    {HTTP_GET, "/git/Own/test.git", NULL},
    {HTTP_GET, "/git", NULL},
};

static void
test_table(void)
{
	struct note note = {""};

	if (!ok(frame_check(&door.door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	for (size_t i = 0; i < nitems(paths); i++) {
		struct str params[FRAME_PARAMS_MAX];
		handler_fn *run = NULL;
		size_t n = 0;

		for (size_t k = 0; k < door.door.n_routes && !run; k++) {
			const struct route *r = &door.door.routes[k];

			if (r->method == paths[i].method &&
			    frame_matches(r, true, str_c(paths[i].path), params,
					  &n))
				run = r->run;
		}
		ok(run == paths[i].run, "%s %s",
		   http_method_name(paths[i].method), paths[i].path);
		ok(door.door.owns(str_c(paths[i].path)), "  is ours");
	}
	ok(!door.door.owns(STR("/gitx")) && !door.door.owns(STR("/")),
	   "and what is not");
}

static int
dial(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	const char *port = strrchr(http_bound(server), ':') + 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	return fd;
}

static void
say(int fd, struct str text)
{
	while (text.n > 0) {
		ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		text = str_sub(text, (size_t)n, SIZE_MAX);
	}
}

static void
put_head(struct buf *b, const char *line, struct str key, const char *fields)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;

	buf_addf(b, "%s HTTP/1.1\r\nHost: localhost:8080\r\n", line);
	if (key.n > 0) {
		buf_addf(&pair, "iamapikey:%.*s", STR_ARG(key));
		buf_adds(b, "Authorization: Basic ");
		(void)enc_b64(b, buf_str(&pair));
		buf_adds(b, "\r\n");
	}
	buf_adds(b, fields);
}

/* Everything until the server closes; the status. */
static int
take(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint64_t status = 0;
	ssize_t n;

	buf_reset(&got);
	while (poll(&p, 1, 10000) > 0) {
		must(buf_room(&got, 64 * KIB), "memory");
		n = recv(fd, got.p + got.n, 64 * KIB, 0);
		if (n <= 0)
			break;
		got.n += (size_t)n;
		got.p[got.n] = '\0';
	}
	(void)close(fd);
	if (!str_starts(buf_str(&got), STR("HTTP/1.1 ")) ||
	    str_u64(str_sub(buf_str(&got), 9, 3), 999, &status) != 0)
		return 0;
	return (int)status;
}

static int
ask(const char *line, struct str key, const char *fields, struct str body)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);
	int fd = dial();

	put_head(&b, line, key, fields);
	if (body.p != NULL)
		buf_addf(&b, "Content-Length: %zu\r\n", body.n);
	buf_adds(&b, "Connection: close\r\n\r\n");
	buf_addstr(&b, body);
	say(fd, buf_str(&b));
	return take(fd);
}

static bool
has(const char *text)
{
	if (memmem(got.p, got.n, text, strlen(text)) != NULL)
		return true;
	printf("# nothing like \"%s\" in \"", text);
	test_escaped_(str_sub(buf_str(&got), 0, 2000));
	printf("\"\n");
	return false;
}

static bool
has_not(const char *text)
{
	return memmem(got.p, got.n, text, strlen(text)) == NULL;
}

static void
test_refused(void)
{
	static const char denied[] = "does not exist or you have no access";
	struct str mine = s.c.w.key;

	is_int(ask("GET " ADVERT, STR_NONE, "", STR_NONE), 401, "nobody");
	ok(has("WWW-Authenticate: Basic realm=\"latchkey\"\r\n") &&
	       has("Content-Type: text/plain"),
	   "  is asked who they are");
	is_int(ask("GET /git/Own/nothing.git/info/refs?service=git-upload-pack",
		   STR_NONE, "", STR_NONE),
	       401, "  and learns of nothing");
	is_int(ask("GET " ADVERT, STR("wrong"), "", STR_NONE), 401,
	       "a wrong key");
	is_int(ask("GET /git/Own/nothing/info/refs?service=git-upload-pack",
		   mine, "", STR_NONE),
	       404, "what is not there");
	ok(has(denied), "  is not there");
	is_int(ask("GET /git/Else/far/info/refs?service=git-upload-pack", mine,
		   "", STR_NONE),
	       404, "what is not for them");
	ok(has(denied), "  is not there either");
	is_int(ask("GET /git/Own/-x/info/refs?service=git-upload-pack", mine,
		   "", STR_NONE),
	       404, "what cannot be");
	is_int(ask("GET /git/Own/test.git/info/refs", mine, "", STR_NONE), 403,
	       "the dumb protocol");
	ok(has("smart protocol"), "  is named");
	is_int(ask("GET /git/Own/test.git/info/refs?service=git-upload-archive",
		   mine, "", STR_NONE),
	       403, "another service");
	is_int(ask("GET /git/Own/test.git/HEAD", mine, "", STR_NONE), 404,
	       "a file of the dumb protocol");
	is_int(ask("GET /git/Own/test.git/"
		   "info/refs?service=git-receive-pack",
		   reader_key, "", STR_NONE),
	       403, "a reader who would push");
	ok(has("you may read 'Own/test', but not push to it."), "  is told");
	is_int(ask("POST /git/Own/test.git/git-receive-pack", reader_key,
		   "Content-Type: application/x-git-receive-pack-request\r\n",
		   STR(FLUSH)),
	       403, "  and where the push itself goes");
	is_int(ask("POST /git/Own/test.git/git-upload-pack", mine,
		   "Content-Type: text/plain\r\n", STR(FLUSH)),
	       415, "another type");
	is_int(
	    ask("DELETE /git/Own/test.git/git-upload-pack", mine, "", STR_NONE),
	    405, "another method");
}

static void
test_advertised(void)
{
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 200, "references");
	ok(has("Content-Type: application/x-git-upload-pack-advertisement\r\n"),
	   "  of this type");
	ok(has("Cache-Control: no-cache, max-age=0, must-revalidate\r\n") &&
	       has("Pragma: no-cache\r\n") &&
	       has("Expires: Fri, 01 Jan 1980 00:00:00 GMT\r\n"),
	   "  not for caches");
	ok(has("001e# service=git-upload-pack\n0000"), "  named first");
	is_int(ask("GET " ADVERT, s.c.w.key, "Git-Protocol: version=2\r\n",
		   STR_NONE),
	       200, "version 2");
	ok(has("000eversion 2\n") && has_not("# service"),
	   "  speaks for itself");
	is_int(ask("GET " ADVERT, s.c.w.key,
		   "Git-Protocol: version=2;touch /tmp/x\r\n", STR_NONE),
	       200, "what cannot be a version");
	ok(has("# service") && has_not("version 2"), "  is passed over");
	is_int(ask("GET /git/own/TEST/info/refs?service=git-receive-pack",
		   s.c.w.key, "Git-Protocol: version=2\r\n", STR_NONE),
	       200, "to push");
	ok(has("001f# service=git-receive-pack\n0000") && has("report-status"),
	   "  in the version that pushes have");
	is_int(ask("HEAD " ADVERT, s.c.w.key, "", STR_NONE), 200, "HEAD");
	ok(str_ends(buf_str(&got), STR("\r\n\r\n")), "  has no body");
}

#define LS_REFS "0014command=ls-refs\n0001" FLUSH
#define TYPE	"Content-Type: application/x-git-upload-pack-request\r\n"
#define V2	TYPE "Git-Protocol: version=2\r\n"

static void
test_exchanged(void)
{
	CLEAN(buf_clear)
	struct buf b = BUF_INIT, large = BUF_INIT_MAX(MIB * 16);
	int fd;

	is_int(ask("POST /git/Own/test.git/git-upload-pack", s.c.w.key, V2,
		   STR(LS_REFS)),
	       200, "a request");
	ok(has("Content-Type: application/x-git-upload-pack-result\r\n") &&
	       has("Transfer-Encoding: chunked\r\n"),
	   "  its answer's head");
	ok(has("\r\n\r\n4\r\n0000\r\n0\r\n\r\n"), "  and body");

	fd = dial();
	put_head(&b, "POST /git/Own/test.git/git-upload-pack", s.c.w.key, V2);
	buf_adds(&b,
		 "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
		 "4\r\n0014\r\n18\r\ncommand=ls-refs\n00010000\r\n0\r\n\r\n");
	say(fd, buf_str(&b));
	is_int(take(fd), 200, "in chunks");
	ok(has("4\r\n0000\r\n0\r\n\r\n"), "  the same");

	is_int(ask("POST /git/Own/test.git/git-upload-pack", s.c.w.key, V2,
		   STR("zzzz")),
	       400, "what is no request");
	ok(has("git cannot read this request"), "  is told so");
	must(buf_room(&large, SMART_REQUEST_MAX + 1), "memory");
	memset(large.p, '0', SMART_REQUEST_MAX + 1);
	large.n = SMART_REQUEST_MAX + 1;
	is_int(ask("POST /git/Own/test.git/git-upload-pack", s.c.w.key, V2,
		   buf_str(&large)),
	       413, "more than a request may be");
	is_int(ask("POST /git/Own/test.git/git-upload-pack", s.c.w.key,
		   V2 "Content-Encoding: gzip\r\n", STR("no gzip")),
	       400, "a coding that is none");
	is_int(ask("POST /git/Own/test.git/git-upload-pack", s.c.w.key,
		   V2 "Content-Encoding: br\r\n", STR("x")),
	       415, "a coding that is not taken");
}

static void
test_empty_push(void)
{
	is_int(ask("POST /git/Own/test.git/git-receive-pack", s.c.w.key,
		   "Content-Type: application/x-git-receive-pack-request\r\n",
		   STR(FLUSH)),
	       200, "a push of nothing");
	ok(has("x-git-receive-pack-result"), "  is answered");
}

static void
test_closed_account(void)
{
	struct visit by = visit_of(&s.c.w, s.c.w.key, VERB_ACCOUNT_UPDATE,
				   (struct thing){.kind = THING_ACCOUNT});

	must(account_set_git_http(&by, false), "account_set_git_http");
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 403,
	       "an account that takes SSH only");
	ok(has("this account takes git over SSH only: use "
	       "ssh://git@git.example:2222/Own/test.git\n"),
	   "  says where");
	is_int(ask("POST /git/Own/test.git/git-upload-pack", s.c.w.key, V2,
		   STR(LS_REFS)),
	       403, "  at each step");
	is_int(ask("POST /git/Own/test.git/git-receive-pack", s.c.w.key,
		   "Content-Type: application/x-git-receive-pack-request\r\n",
		   STR(FLUSH)),
	       403, "  of a push too");
	is_int(ask("GET /git/Own/nothing.git/info/refs?service="
		   "git-upload-pack",
		   s.c.w.key, "", STR_NONE),
	       404, "  to whom it is let in");
	must(account_set_git_http(&by, true), "account_set_git_http");
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 200, "open again");
}

/* A push that does not come to its end: as many as may be at work. */
static int
half_push(struct str key, const char *repo)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	char line[128];
	int fd = dial();

	(void)snprintf(line, sizeof(line), "POST /git/%s.git/git-receive-pack",
		       repo);
	put_head(&b, line, key,
		 "Content-Type: application/x-git-receive-pack-request\r\n");
	buf_adds(&b, "Content-Length: 1000\r\nConnection: close\r\n\r\n00");
	say(fd, buf_str(&b));
	return fd;
}

/* The server says its last, of itself. */
static bool
is_cut(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	bool cut = poll(&p, 1, 10000) == 1;

	(void)take(fd);
	return cut;
}

static bool
running(unsigned n)
{
	for (int i = 0; i < 500; i++) {
		if (git_running(s.git) == n)
			return true;
		pause_ms(20);
	}
	printf("# %u run\n", git_running(s.git));
	return false;
}

/* Nobody holds all exchanges that may be. */
static void
test_full(void)
{
	struct user user = world_user(&s.c.w, "f@example.org", ROLE_WRITER);
	struct api_key row;
	struct str key = world_key(&s.c.w, user.id, 0, &row);
	int fds[SMART_RUNNING_MAX];
	unsigned n = 0;

	while (n < SMART_RUNNING_MAX / 2)
		fds[n++] = half_push(s.c.w.key, "Own/tools");
	ok(running(n), "as many exchanges as one may have");
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 503,
	       "one more is put off");
	ok(has("Retry-After: 1\r\n"), "  for a moment");
	is_int(ask("GET " ADVERT, key, "", STR_NONE), 200, "another is served");
	while (n < SMART_RUNNING_MAX / 4 * 3)
		fds[n++] = half_push(key, "Own/tools");
	ok(running(n), "as many as an account may have");
	is_int(ask("GET " ADVERT, key, "", STR_NONE), 503, "is full");
	is_int(ask("GET " FAR, s.c.other_key, "", STR_NONE), 200,
	       "another account is served");
	while (n < SMART_RUNNING_MAX)
		fds[n++] = half_push(s.c.other_key, "Else/far");
	ok(running(n), "as many as there are");
	is_int(ask("GET " FAR, s.c.other_key, "", STR_NONE), 503, "are all");
	while (n > 0)
		(void)close(fds[--n]);
	ok(running(0), "clients that go away leave nothing behind");
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 200,
	       "and the next is served");
}

/* Both doors have one share of the programs. */
static void
test_programs(void)
{
	struct share_hold holds[RUNNING_MAX];
	struct visit *owner = &s.c.w.owner;
	unsigned n = 0;

	while (share_take(door.programs, &owner->who, owner->account,
			  &holds[n]) == 0)
		n++;
	is_int(n, RUNNING_MAX / 2, "all of the programs that one may have");
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 503, "are in use");
	while (n > 0)
		share_give(door.programs, &holds[--n]);
	is_int(ask("GET " ADVERT, s.c.w.key, "", STR_NONE), 200, "and free");
}

static void
test_revoked(void)
{
	struct user user = world_user(&s.c.w, "w@example.org", ROLE_WRITER);
	struct api_key row;
	struct str key = world_key(&s.c.w, user.id, 0, &row);
	int fd = half_push(key, "Own/tools");

	ok(running(1), "a push is coming in");
	disable(&s.c, user.id, true);
	ok(is_cut(fd), "its key ends: it is cut");
	ok(running(0), "  and its program killed");
	is_int(ask("GET " ADVERT, key, "", STR_NONE), 401,
	       "the next is refused");
}

/* What runs when an account is closed for HTTP is cut. */
static void
test_closed_meanwhile(void)
{
	struct visit by = visit_of(&s.c.w, s.c.w.key, VERB_ACCOUNT_UPDATE,
				   (struct thing){.kind = THING_ACCOUNT});
	int fd = half_push(s.c.w.key, "Own/tools");
	int far = half_push(s.c.other_key, "Else/far");

	ok(running(2), "pushes are coming in");
	must(account_set_git_http(&by, false), "account_set_git_http");
	ok(is_cut(fd), "the account takes SSH only: its push is cut");
	ok(running(1), "  and no other");
	(void)close(far);
	ok(running(0), "  until it goes");
	must(account_set_git_http(&by, true), "account_set_git_http");
}

static void
start(void)
{
	static const struct door *doors[1];
	struct frame_conf conf = {
	    .core = s.c.w.core, .doors = doors, .n_doors = 1};
	struct http_conf http = {
	    .addr = "127.0.0.1:0", .listen_fd = -1, .event_threads = 2};
	struct note note = {""};

	git_http_init(&door, s.git, NULL);
	doors[0] = &door.door;
	must(frame_new(&conf, &frame), "frame_new");
	http.app = frame_app(frame);
	must(http_start(&http, &server, &note), note.text);
}

int
main(void)
{
	struct user user;
	struct api_key row;

	side_new(&s, RUNNING_MAX);
	(void)snprintf(s.c.w.core->ssh_host, sizeof(s.c.w.core->ssh_host),
		       "git.example");
	s.c.w.core->ssh_port = 2222;
	user = world_user(&s.c.w, "reader@example.org", ROLE_READER);
	reader_key = world_key(&s.c.w, user.id, 0, &row);
	start();
	test_table();
	test_refused();
	test_advertised();
	test_exchanged();
	test_empty_push();
	test_closed_account();
	test_full();
	test_programs();
	test_closed_meanwhile();
	test_revoked();
	http_drain(server, 1000);
	http_free(server);
	frame_free(frame);
	git_http_clear(&door);
	buf_clear(&got);
	buf_clear(&heard.packet);
	side_end(&s);
	return done_testing();
}
