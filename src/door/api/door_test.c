/*
 * Key pairs over a real connection, through the whole frame and a real core;
 * the program that makes them is played by the test, which holds back the
 * private half for as long as it likes.
 */
#include "base/enc.h"
#include "core/core_world.h"
#include "core/keypair.h"
#include "door/api/inner.h"
#include "http/serve_test.h"

#define PAIRS "/latchkey/v1/projects/own/default/keypairs"
#define HALF  "-----BEGIN TEST-----\nc2VjcmV0\n"
#define REST  "aGFsZg==\n-----END TEST-----\n"
#define WHOLE HALF REST
#define ED25519                                                                \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"                                \
	"CxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI"

static struct world w;
static struct api api;
static struct http_server *s;

/* --- who makes key pairs ---------------------------------------------------
 */

static struct {
	_Atomic int made;
	_Atomic int answer; /* an outcome in place of a key */
	_Atomic bool holds; /* keep the second half back */
	_Atomic bool lies;  /* announce more than there is */
	int ends[API_MAKINGS_MAX];
	_Atomic size_t n_ends;
} maker;

static int
key_make(void *arg, const struct keymaker_order *order, struct made_key *ret,
	 struct note *note)
{
	struct sshkey key;
	enum sshkey_why why;
	int two[2];

	(void)arg;
	maker.made++;
	if (maker.answer != 0)
		return note_set(note, maker.answer, "the maker's reason");
	if (order->type != SSHKEY_ED25519 ||
	    sshkey_parse(STR(ED25519), &key, &why) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two) != 0)
		abort();
	(void)say(two[0], STR(HALF));
	if (maker.holds) {
		maker.ends[maker.n_ends] = two[0];
		maker.n_ends++;
	} else {
		(void)say(two[0], STR(REST));
		(void)close(two[0]);
	}
	memcpy(ret->blob, key.blob, key.blob_len);
	ret->blob_len = key.blob_len;
	ret->text_len = sizeof(WHOLE) - 1 + (maker.lies ? 1 : 0);
	ret->fd = two[1];
	return 0;
}

/* Let go of what was held back. */
static void
maker_goes_on(void)
{
	for (size_t i = 0; i < maker.n_ends; i++) {
		(void)say(maker.ends[i], STR(REST));
		(void)close(maker.ends[i]);
	}
	maker.n_ends = 0;
	maker.holds = false;
}

static void
maker_waits(size_t n)
{
	for (int i = 0; i < 500 && maker.n_ends < n; i++)
		pause_ms(10);
}

static bool
always(void *arg)
{
	(void)arg;
	return true;
}

/* --- requests --------------------------------------------------------------
 */

static void
basic_field(struct str key, struct buf *b)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;

	(void)buf_addf(&pair, "iamapikey:%.*s", STR_ARG(key));
	(void)buf_adds(b, "Authorization: Basic ");
	(void)enc_b64(b, buf_str(&pair));
	(void)buf_adds(b, "\r\n");
}

static int
send_as(struct str key, const char *method, const char *path, const char *body)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s);

	(void)buf_addf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method,
		       path);
	basic_field(key, &b);
	(void)buf_adds(&b, "Connection: close\r\n");
	if (body != NULL)
		(void)buf_addf(&b,
			       "Content-Type: application/json\r\n"
			       "Content-Length: %zu\r\n",
			       strlen(body));
	(void)buf_addf(&b, "\r\n%s", body == NULL ? "" : body);
	(void)say(fd, buf_str(&b));
	return fd;
}

/* What came, chunks and all; its status. */
static int
take(int fd, struct buf *ret)
{
	buf_clear(ret);
	(void)hear(fd, ret, SIZE_MAX, 20000);
	(void)close(fd);
	return ret->n < 12 ? 0 : (int)strtol(ret->p + 9, NULL, 10);
}

static int
call_as(struct str key, const char *method, const char *path, const char *body,
	struct buf *ret)
{
	return take(send_as(key, method, path, body), ret);
}

static bool
has(const struct buf *b, const char *text)
{
	return count(b, text) > 0;
}

static const char *
ask_for(const char *name)
{
	static char body[64];

	(void)snprintf(body, sizeof(body), "{\"name\":\"%s\"}", name);
	return body;
}

static bool
state_is(const char *name, const char *state)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	char path[128], want[32];

	(void)snprintf(path, sizeof(path), PAIRS "/%s", name);
	(void)snprintf(want, sizeof(want), "\"state\":\"%s\"", state);
	return call_as(w.key, "GET", path, NULL, &b) == 200 && has(&b, want);
}

/* Its end is seen when the daemon has written it down. */
static bool
becomes(const char *name, const char *state)
{
	for (int i = 0; i < 500; i++) {
		if (state_is(name, state))
			return true;
		pause_ms(10);
	}
	return false;
}

/* --- what they come to -----------------------------------------------------
 */

static void
test_whole(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int made = maker.made;

	is_int(call_as(w.key, "POST", PAIRS, ask_for("whole"), &b), 201,
	       "a pair is made");
	ok(has(&b, "\"private_key\":\""), "its private half is in the reply");
	ok(has(&b, "-----BEGIN TEST-----\\nc2VjcmV0\\naGFsZg==\\n"
		   "-----END TEST-----\\n"),
	   "  line by line");
	ok(has(&b, "\r\n0\r\n\r\n"), "  which is whole");
	ok(has(&b, "Cache-Control: no-store\r\n"), "  and not to be stored");
	ok(state_is("WHOLE", "alive"), "the pair can be used");
	is_int(call_as(w.key, "POST", PAIRS, ask_for("Whole"), &b), 409,
	       "asked again it is refused");
	is_int(maker.made - made, 1, "  without another key");
	is_int(call_as(w.key, "GET", PAIRS "/whole", NULL, &b), 200, "shown");
	ok(!has(&b, "private_key") && has(&b, "randomart"), "  in public");
}

static void
test_refused(void)
{
	static const struct {
		const char *name, *body;
		int status;
	} bodies[] = {
	    {"a short name", "{\"name\":\"ab\"}", 400},
	    {"a long name", "{\"name\":\"abcdefghijklmnopqrstu\"}", 400},
	    {"a bad name", "{\"name\":\"a_b\"}", 400},
	    {"no name", "{}", 400},
	    {"no object", "[]", 400},
	    {"no JSON", "{", 400},
	    {"an unknown member", "{\"name\":\"abc\",\"x\":1}", 400},
	    {"a member twice", "{\"name\":\"abc\",\"name\":\"abd\"}", 400},
	    {"bits that are none", "{\"name\":\"abc\",\"bits\":1}", 400},
	    {"both", "{\"name\":\"abc\",\"type\":\"rsa\",\"public_key\":\"x\"}",
	     400},
	};
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int made = maker.made;

	for (size_t i = 0; i < nitems(bodies); i++)
		is_int(call_as(w.key, "POST", PAIRS, bodies[i].body, &b),
		       bodies[i].status, "%s", bodies[i].name);
	is_int(maker.made, made, "no key was made for any of these");
	maker.answer = OUT_BUSY;
	is_int(call_as(w.key, "POST", PAIRS, ask_for("busy"), &b), 503,
	       "the maker is busy");
	ok(has(&b, "Retry-After: 1\r\n") && has(&b, "the maker's reason"),
	   "  and says so");
	maker.answer = OUT_UNSUPPORTED;
	is_int(call_as(w.key, "POST", PAIRS, ask_for("busy"), &b), 400,
	       "the maker cannot");
	maker.answer = 0;
	is_int(call_as(w.key, "GET", PAIRS "/busy", NULL, &b), 404,
	       "nothing is left of that");
}

static void
test_import(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int made = maker.made;

	is_int(call_as(w.key, "POST", PAIRS,
		       "{\"name\":\"brought\",\"public_key\":\"" ED25519
		       " me@host\"}",
		       &b),
	       201, "a public key is brought along");
	ok(has(&b, "\"origin\":\"imported\"") && has(&b, " me@host\"") &&
	       !has(&b, "private_key"),
	   "  and nothing else");
	is_int(call_as(w.key, "POST", PAIRS,
		       "{\"name\":\"private\",\"public_key\":\"-----BEGIN "
		       "OPENSSH PRIVATE KEY-----\\nc2VjcmV0\\n\"}",
		       &b),
	       400, "a private one is refused");
	ok(has(&b, "\"private_key_given\"") && !has(&b, "c2VjcmV0"),
	   "  by name, and not repeated");
	is_int(maker.made, made, "nothing was made");
}

static void
test_lost(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct linger none = {.l_onoff = 1, .l_linger = 0};
	int fd;

	maker.holds = true;
	fd = send_as(w.key, "POST", PAIRS, ask_for("left"));
	maker_waits(1);
	ok(becomes("left", "pending"), "under way, it is pending");
	is_int(call_as(w.key, "POST", PAIRS, ask_for("left"), &b), 409,
	       "  and its name is taken");
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	(void)close(fd);
	maker_goes_on();
	ok(becomes("left", "dead"), "who leaves has a dead pair");
	is_int(call_as(w.key, "POST", PAIRS, ask_for("left"), &b), 201,
	       "whose name is free");
	ok(state_is("left", "alive"), "  for another");

	maker.lies = true;
	(void)call_as(w.key, "POST", PAIRS, ask_for("short"), &b);
	ok(has(&b, "\"private_key\":\"") && !has(&b, "TEST") &&
	       !has(&b, "\r\n0\r\n\r\n"),
	   "a half that is not whole is not sent, and the reply is cut");
	maker.lies = false;
	ok(becomes("short", "dead"), "  the pair is dead");
}

static void
test_revoked(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct user user = world_user(&w, "writer@nest.example", ROLE_WRITER);
	struct api_key stored;
	struct str key = world_key(&w, user.id, 0, &stored);
	int fd;

	maker.holds = true;
	fd = send_as(key, "POST", PAIRS, ask_for("revoked"));
	maker_waits(1);
	{
		struct visit v = visit_of(
		    &w, w.key, VERB_APIKEY_DELETE,
		    (struct thing){.kind = THING_IDENTITY, .name = user.id});

		must(api_key_delete(&v, stored.id), "api_key_delete");
	}
	maker_goes_on();
	(void)take(fd, &b);
	ok(!has(&b, "\r\n0\r\n\r\n"), "revoked meanwhile: the reply is cut");
	ok(becomes("revoked", "dead"), "  the pair is dead");
}

static void
test_share(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fds[API_MAKINGS_ACCOUNT_MAX];
	char name[16];

	maker.holds = true;
	for (size_t i = 0; i < nitems(fds); i++) {
		(void)snprintf(name, sizeof(name), "share-%zu", i);
		fds[i] = send_as(w.key, "POST", PAIRS, ask_for(name));
		maker_waits(i + 1);
	}
	is_int(call_as(w.key, "POST", PAIRS, ask_for("share-x"), &b), 429,
	       "one more than an account's share");
	ok(has(&b, "Retry-After: 1\r\n"), "  may come again");
	maker_goes_on();
	for (size_t i = 0; i < nitems(fds); i++)
		is_int(take(fds[i], &b), 201, "its share is handed out");
	is_int(call_as(w.key, "POST", PAIRS, ask_for("share-x"), &b), 201,
	       "then it may");
}

static void
test_others(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct user user = world_user(&w, "reader@nest.example", ROLE_READER);
	struct api_key stored;
	struct account other;
	struct str reader = world_key(&w, user.id, 0, &stored);
	struct str stranger = world_other(&w, &other);
	int made = maker.made;

	is_int(call_as(reader, "GET", PAIRS "/whole", NULL, &b), 200,
	       "a reader sees it");
	is_int(call_as(reader, "DELETE", PAIRS "/whole", NULL, &b), 403,
	       "  may not delete it");
	is_int(call_as(reader, "DELETE", PAIRS "/none", NULL, &b), 404,
	       "  nor what is not there");
	is_int(call_as(reader, "POST", PAIRS, ask_for("readers"), &b), 403,
	       "  nor make one");
	is_int(call_as(stranger, "GET", PAIRS "/whole", NULL, &b), 404,
	       "a stranger sees nothing");
	is_int(call_as(stranger, "DELETE", PAIRS "/whole", NULL, &b), 404,
	       "  nothing to delete");
	is_int(call_as(stranger, "POST", PAIRS, ask_for("strangers"), &b), 404,
	       "  no project to make one in");
	is_int(maker.made, made, "no key was made for any of these");
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT, b = BUF_INIT;

	(void)buf_adds(&body, "{\"name\":\"limit\",\"public_key\":\"");
	while (body.n < 64 * KIB - 2)
		(void)buf_addc(&body, 'a');
	(void)buf_adds(&body, "\"}");
	is_int(call_as(w.key, "POST", PAIRS, body.p, &b), 413,
	       "a body as large as may be, with a line that may not");
	ok(has(&b, "\"key_too_long\""), "  which is named");
	(void)buf_addc(&body, ' ');
	is_int(call_as(w.key, "POST", PAIRS, body.p, &b), 413, "a larger body");
	ok(has(&b, "\"too_large\""), "  is named, too");
}

/* Somebody may go between the gate and the answer. */
static void
test_gone(void)
{
	struct http_reply reply = {.body = BUF_INIT, .head = BUF_INIT};
	struct call call = {.core = w.core,
			    .region = &world_regions[0],
			    .arena = &w.arena};
	struct subject who = w.owner.who;

	is_int(call_whoami(&call, &who, &reply, 200), 0, "who is there");
	who.identity[strlen(who.identity) - 1] ^= 1;
	is_int(call_whoami(&call, &who, &reply, 200), OUT_UNPROVEN,
	       "who was deleted since is nobody");
	buf_clear(&reply.body);
	buf_clear(&reply.head);
}

int
main(void)
{
	const struct door *doors[1];
	struct frame_conf conf = {.doors = doors, .n_doors = 1};
	struct http_conf http = conf_default();
	struct frame *frame = NULL;

	world_make(&w);
	api_init(&api, &(struct api_host){.version = "0",
					  .ready = always,
					  .key_make = key_make});
	doors[0] = &api.door;
	conf.core = w.core;
	must(frame_new(&conf, &frame), "frame_new");
	http.app = frame_app(frame);
	s = serve(&http);
	test_whole();
	test_refused();
	test_import();
	test_lost();
	test_revoked();
	test_share();
	test_others();
	test_limits();
	test_gone();
	http_free(s);
	frame_free(frame);
	world_end(&w);
	return done_testing();
}
