/* Requests through the whole frame and a real core, without a socket. */
#include "door/meta/inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/test.h"
#include "core/user.h"
#include "core/keypair.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#define HOST	"127.0.0.1:8080"
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
#define PAIR	ED25519 "CxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI"
#define HOST_KEY                                                               \
	"ssh-ed25519+AAAAC3NzaC1lZDI1NTE5AAAAI"                                \
	"NHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx%%2FovBxG1F"

static struct {
	char dir[64];
	struct core *core;
	struct meta meta;
	struct frame *frame;
	struct arena arena;
	struct str api_key;
	struct http_reply reply;
	enum http_plan plan;
} w = {.reply = {.head = BUF_INIT, .body = BUF_INIT, .fd = -1}};

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, r < 0 ? fail_place() : "");
	exit(1);
}

static struct str
keep(struct str s)
{
	struct str copy = arena_str(&w.arena, s);

	must(copy.p == NULL ? -ENOMEM : 0, "memory");
	return copy;
}

/* --- one request --- */

struct want {
	const char *peer, *field, *value, *body;
};

static void
reply_clear(void)
{
	buf_reset(&w.reply.head);
	buf_reset(&w.reply.body);
	w.reply = (struct http_reply){
	    .head = w.reply.head, .body = w.reply.body, .fd = -1};
}

static int
ask(enum http_method method, const char *path, struct want want)
{
	const struct http_app *app = frame_app(w.frame);
	struct http_field fields[2] = {
	    {STR("content-type"), STR("application/x-www-form-urlencoded")},
	    {str_c(want.field), str_c(want.value)}};
	struct arena arena;
	struct http_req req = {.method = method,
			       .path = str_c(path),
			       .host = STR(HOST),
			       .fields = fields,
			       .n_fields = want.field == NULL ? 1 : 2,
			       .loopback = true,
			       .body = str_c(want.body),
			       .arena = &arena,
			       .began_ms = clock_mono()};
	uint64_t body_max = 0;

	reply_clear();
	arena_init(&arena, FRAME_ARENA_MAX);
	(void)snprintf(req.peer, sizeof(req.peer), "%s",
		       want.peer == NULL ? "127.0.0.1" : want.peer);
	req.length = req.body.n;
	req.has_length = want.body != NULL;
	w.plan = app->begin(app->arg, &req, &w.reply, &body_max);
	if (w.plan != HTTP_ANSWER)
		app->run(app->arg, &req, &w.reply);
	app->done(app->arg, &req, w.reply.status, 0, w.reply.body.n);
	arena_clear(&arena);
	return w.reply.status;
}
#define ASK(method, path, ...)                                                 \
	ask(HTTP_##method, path, (struct want){__VA_ARGS__})

/* The same below a seed. */
static const char *
at(struct str token, const char *what)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "/metadata/%.*s/%s", STR_ARG(token),
		       what);
	return path;
}

static bool
head_has(const char *text)
{
	return strstr(w.reply.head.p, text) != NULL;
}

static bool
body_has(const char *text)
{
	return memmem(w.reply.body.p, w.reply.body.n, text, strlen(text)) !=
	       NULL;
}

static bool
refused(const char *word)
{
	char begin[80];
	int n = snprintf(begin, sizeof(begin), "%s %s\n# ", META_REFUSED, word);
	struct str body = buf_str(&w.reply.body);

	return str_starts(body, (struct str){begin, (size_t)n}) &&
	       str_ends(body, STR("\n")) &&
	       head_has("Content-Type: text/plain") &&
	       head_has("Cache-Control: no-store");
}

/* --- the world --- */

static struct visit
visit(enum verb verb, enum thing_kind kind, const char *name)
{
	struct proof proof = {.kind = PROOF_BASIC,
			      .user = STR("iamapikey"),
			      .secret = w.api_key,
			      .addr = STR("192.0.2.1")};
	struct thing *thing = arena_get(&w.arena, sizeof(*thing));
	struct visit v;

	must(thing == NULL ? -ENOMEM : 0, "memory");
	*thing = (struct thing){.kind = kind, .name = str_c(name)};
	must(gate_pass(w.core, &proof, verb, thing, &v), name);
	return v;
}

static void
pair_import(const char *name, const char *comment)
{
	struct visit v =
	    visit(VERB_KEYPAIR_IMPORT, THING_PROJECT, "anna/default");
	struct sshkey key;
	struct keypair_ask ask = {.name = str_c(name),
				  .type = STR("ssh-ed25519"),
				  .bits = 256,
				  .comment = str_c(comment)};
	enum sshkey_why why;
	struct keypair pair;
	struct note note = {""};

	must(sshkey_parse(STR(PAIR), &key, &why), "a key");
	ask.blob = (struct str){(const char *)key.blob, key.blob_len};
	must(keypair_add(&v, &ask, &w.arena, &pair, &note), name);
}

/* Its seed's token. */
static struct str
server_make(const char *name, const char *pair, struct str user_data,
	    struct server *ret)
{
	struct visit v =
	    visit(VERB_SERVER_CREATE, THING_PROJECT, "anna/default");
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct server_ask ask = {.name = str_c(name),
				 .keypair = str_c(pair),
				 .user_data = user_data};
	struct note note = {""};

	must(server_create(&v, &ask, &w.arena, ret, &token, &note), name);
	return keep(secret_reveal(&token));
}

static void
world_open(void)
{
	struct core_conf conf = {
	    .data_dir = w.dir, .public_url = "http://" HOST, .make = true};
	static const struct door *doors[1];
	struct frame_conf frame = {.doors = doors, .n_doors = 1};
	struct first first = {.slug = STR("anna"),
			      .email = STR("anna@example.org"),
			      .key_name = STR("first")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct meta_host host = {.client = STR("\x7f"
					       "ELF")};
	struct note note = {""};

	log_set_level(LOG_ERROR);
	(void)snprintf(w.dir, sizeof(w.dir), "/tmp/latchkey-meta-XXXXXX");
	must(mkdtemp(w.dir) == NULL ? -errno : 0, "mkdtemp");
	arena_init(&w.arena, 16 * MIB);
	must(core_open(&conf, &w.core, &note), note.text);
	core_add_host(w.core, HOST);
	must(account_first(w.core, &first, &key), "account_first");
	w.api_key = keep(secret_reveal(&key));
	must(meta_init(&w.meta, &host), "meta_init");
	doors[0] = &w.meta.door;
	frame.core = w.core;
	must(frame_new(&frame, &w.frame), "frame_new");
	pair_import("web-key", "owl's \xc3\xa9 \"key\"");
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at_)
{
	(void)st;
	(void)kind;
	(void)at_;
	return remove(path);
}

static void
world_close(void)
{
	reply_clear();
	buf_clear(&w.reply.head);
	buf_clear(&w.reply.body);
	frame_free(w.frame);
	meta_clear(&w.meta);
	core_free(w.core);
	arena_clear(&w.arena);
	(void)nftw(w.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- what a first boot is told --- */

static void
test_boot(void)
{
	struct str data = STR("#!/bin/sh\n\0\x1f\x8b\xff\r\n");
	struct server server;
	struct str token = server_make("web-1", "web-key", data, &server);
	char line[512];

	is_int(ASK(GET, at(token, "meta-data")), 200, "meta-data");
	is_int(w.plan, HTTP_POOL, "  may wait for the disk");
	ok(head_has("Cache-Control: no-store"), "  is kept by nobody");
	(void)snprintf(line, sizeof(line),
		       "instance-id: \"%.*s\"\nlocal-hostname: \"web-1\"\n"
		       "public-keys:\n  - \"" PAIR " owl's ? \\\"key\\\"\"\n",
		       STR_ARG(server.id));
	is_str(buf_str(&w.reply.body), str_c(line), "  byte for byte");
	is_int(ASK(GET, at(token, "user-data")), 200, "user-data");
	is_str(buf_str(&w.reply.body), data, "  byte for byte");
	ok(head_has("Content-Type: application/octet-stream"), "  as bytes");
	is_int(ASK(GET, at(token, "vendor-data")), 200, "vendor-data");
	ok(w.reply.wipe, "  is wiped");
	ok(body_has("f0VMRg==\nEND\n"), "  brings the client");
	(void)snprintf(line, sizeof(line),
		       "printf '%%s\\n' '%.*s' |\n\t\"$program\" install "
		       "--seed - --url 'http://" HOST "' && exit 0\n",
		       STR_ARG(token));
	ok(body_has(line), "  and says where it came from");
	token = server_make("bare", "web-key", STR_NONE, &server);
	is_int(ASK(GET, at(token, "user-data")), 200, "without user-data");
	is_str(buf_str(&w.reply.body), STR("#cloud-config\n{}\n"),
	       "  cloud-init gets some that says nothing");
}

/* All that is not this machine's is not there, in the same words. */
static void
test_unknown(void)
{
	static const struct str wrong[] = {
	    STR_INIT("x"), STR_INIT("lk_s_"), STR_INIT("%6ck_s_x"),
	    STR_INIT("lk_s_oBlpsRDUlEMPNeqCSKJpXjSIuSHWfdRfBR3OuCBBkKS22Zhc5")};
	CLEAN(buf_clear) struct buf words = BUF_INIT;
	struct server server;
	struct str token = server_make("one", "web-key", STR_NONE, &server);
	char coded[128];

	is_int(ASK(GET, at(token, "meta-data"), .peer = "127.0.0.1"), 200,
	       "the first address");
	is_int(ASK(GET, at(token, "meta-data"), .peer = "127.0.0.2"), 404,
	       "another one");
	ok(refused(META_UNKNOWN), "  is told that there is nothing");
	(void)buf_addstr(&words, buf_str(&w.reply.body));
	is_int(ASK(POST, at(token, "enrol"), .peer = "127.0.0.2"), 404,
	       "nor can it enrol");
	is_str(buf_str(&w.reply.body), buf_str(&words), "  in the same words");
	for (size_t i = 0; i < nitems(wrong); i++) {
		is_int(ASK(GET, at(wrong[i], "meta-data")), 404, "'%s'",
		       wrong[i].p);
		is_str(buf_str(&w.reply.body), buf_str(&words),
		       "  in the same words");
	}
	(void)snprintf(coded, sizeof(coded), "/metadata/%%6c%.*s/user-data",
		       (int)token.n - 1, token.p + 1);
	is_int(ASK(GET, coded), 404, "the right token spelled otherwise");
	is_int(ASK(GET, at(token, "user-data")), 200, "the right one");
	clock_test_shift(SEED_LIFE_S * SECOND_MS + 1);
	is_int(ASK(GET, at(token, "user-data")), 404, "past its end");
	is_str(buf_str(&w.reply.body), buf_str(&words), "  in the same words");
	clock_test_shift(-(SEED_LIFE_S * SECOND_MS + 1));
}

/* --- what the machine does --- */

static void
test_enrol(void)
{
	struct server server;
	struct str token = server_make("web-2", "web-key", STR_NONE, &server);
	struct str credential;
	char bearer[128], begin[256];

	is_int(ASK(POST, at(token, "enrol"), .body = ""), 200, "enrol");
	ok(w.reply.wipe, "  is wiped");
	ok(str_starts(buf_str(&w.reply.body), STR("lk_m_")) &&
	       w.reply.body.n == 55 && w.reply.body.p[54] == '\n',
	   "  one line");
	credential = keep(str_sub(buf_str(&w.reply.body), 0, 54));
	is_int(ASK(POST, at(token, "enrol"), .body = ""), 409, "once");
	ok(refused("conflict"), "  and it is said");
	(void)snprintf(bearer, sizeof(bearer), "Bearer %.*s",
		       STR_ARG(credential));
#define KEYS "/machine/v1/authorized-keys"
	is_int(ASK(GET, KEYS, .field = "authorization", .value = bearer), 200,
	       "the machine asks");
	is_int(w.plan, HTTP_INLINE, "  at once");
	(void)snprintf(begin, sizeof(begin),
		       META_MAGIC "\n# server %.*s web-2\n"
				  "# key pair web-key\n# since 2",
		       STR_ARG(server.id));
	ok(str_starts(buf_str(&w.reply.body), str_c(begin)),
	   "  whose key, and since when");
	ok(str_ends(buf_str(&w.reply.body),
		    STR("Z\n" PAIR " owl's ? \"key\"\n")),
	   "  and one line for sshd");
	is_int(ASK(GET, KEYS), 401, "without a credential");
	ok(refused("credential") && head_has("WWW-Authenticate: Bearer"),
	   "  it is asked for");
	is_int(ASK(GET, KEYS, .field = "authorization", .value = "Basic eDp5"),
	       401, "one of another kind");
	(void)snprintf(bearer, sizeof(bearer), "Bearer %.*s", STR_ARG(token));
	is_int(ASK(GET, KEYS, .field = "authorization", .value = bearer), 404,
	       "a seed's token is none");
	ok(refused(META_UNKNOWN), "  and that is a clear no");
	is_int(ASK(GET, at(credential, "meta-data")), 404,
	       "nor is a credential a seed's token");
}

static int
phone(struct str token, const char *body)
{
	return ASK(POST, at(token, "phone-home"), .body = body);
}

static void
test_phone_home(void)
{
	struct server server;
	struct str token = server_make("web-3", "web-key", STR_NONE, &server);
	char body[512];

	is_int(phone(token, "hostname=%zz"), 400, "no form");
	is_int(phone(token, "hostname=a&hostname=a"), 400, "a field twice");
	ok(refused("malformed") && body_has("hostname"), "  is named");
	is_int(phone(token, "instance_id=another"), 409,
	       "another instance's report");
	is_int(ASK(POST, at(token, "phone-home"), .field = "content-encoding",
		   .value = "gzip", .body = "x"),
	       415, "a coded one");
	(void)snprintf(body, sizeof(body),
		       "pub_key_rsa=N%%2FA&pub_key_ed25519=" HOST_KEY
		       "+root%%40web%%0A&instance_id=%.*s&hostname=web-3&fqdn="
		       "web-3.nest.example",
		       STR_ARG(server.id));
	is_int(phone(token, body), 204, "this machine's");
	is_int((long long)w.reply.body.n, 0, "  nothing to say");
	is_int(phone(token, body), 204, "the same again");
	is_int(phone(token, "hostname=web-4"), 409, "another one");
	is_int(ASK(GET, at(token, "meta-data")), 404, "the seed is closed");
	is_int(ASK(POST, at(token, "enrol"), .body = ""), 404, "wholly");
}

/* --- who is kept out --- */

static const struct {
	const char *name, *value, *word;
} kept_out[] = {
    {"x-forwarded-for", "10.0.0.1", "forwarded"},
    {"x-forwarded-proto", "https", "forwarded"},
    {"forwarded", "for=10.0.0.1", "forwarded"},
    {"via", "1.1 proxy", "forwarded"},
    {"origin", "null", "browser"},
    {"sec-fetch-site", "cross-site", "browser"},
    {"sec-fetch-mode", "no-cors", "browser"},
};
static const struct {
	enum http_method method;
	const char *what;
} methods[] = {
    {HTTP_HEAD, "meta-data"},	{HTTP_POST, "meta-data"},
    {HTTP_DELETE, "user-data"}, {HTTP_PUT, "vendor-data"},
    {HTTP_PATCH, "user-data"},	{HTTP_OPTIONS, "meta-data"},
    {HTTP_GET, "enrol"},	{HTTP_HEAD, "enrol"},
    {HTTP_GET, "phone-home"},	{HTTP_PUT, "phone-home"},
};

static void
test_guards(void)
{
	struct server server;
	struct str token = server_make("web-5", "web-key", STR_NONE, &server);

	for (size_t i = 0; i < nitems(kept_out); i++) {
		is_int(ASK(GET, at(token, "user-data"),
			   .field = kept_out[i].name,
			   .value = kept_out[i].value),
		       403, "%s", kept_out[i].name);
		ok(refused(kept_out[i].word), "  is '%s'", kept_out[i].word);
		is_int(ASK(POST, at(token, "enrol"), .body = "",
			   .field = kept_out[i].name,
			   .value = kept_out[i].value),
		       403, "  nor may it enrol");
	}
	for (size_t i = 0; i < nitems(methods); i++) {
		is_int(ask(methods[i].method, at(token, methods[i].what),
			   (struct want){0}),
		       405, "%s %s", http_method_name(methods[i].method),
		       methods[i].what);
		ok(refused("method") && !head_has("HEAD"), "  is none");
	}
	is_int(ASK(HEAD, KEYS), 405, "HEAD " KEYS);
	is_int(ASK(GET, at(token, "network-config")), 404, "what is not there");
	ok(refused("address"), "  says nothing of the token");
	is_int(ASK(GET, at(token, "meta-data/")), 404, "a slash too many");
	is_int(ASK(GET, "/metadata"), 404, "no token");
	is_int(ASK(POST, at(token, "enrol"), .body = "x"), 413,
	       "a body where none is");
}

/* Anybody may try to log in to a machine, as often as sshd lets them. */
static void
test_follow_rate(void)
{
	struct server server;
	struct str token = server_make("web-8", "web-key", STR_NONE, &server);
	char bearer[128];
	int status = 200;

	must(ASK(POST, at(token, "enrol"), .body = "") == 200 ? 0 : -EINVAL,
	     "enrol");
	(void)snprintf(bearer, sizeof(bearer), "Bearer %.54s", w.reply.body.p);
	for (int i = 0; i < META_FOLLOW_RATE && status == 200; i++)
		status =
		    ASK(GET, KEYS, .field = "authorization", .value = bearer);
	is_int(status, 200, "%d questions in a minute", META_FOLLOW_RATE);
	is_int(ASK(GET, KEYS, .field = "authorization", .value = bearer), 429,
	       "one more");
	ok(refused("often"), "  which is no clear no");
}

static void
test_rate(void)
{
	struct server server;
	struct str token = server_make("web-6", "web-key", STR_NONE, &server);
	struct str other = server_make("web-7", "web-key", STR_NONE, &server);
	int status = 200;

	for (int i = 0; i < META_RATE && status == 200; i++)
		status = ASK(GET, at(token, "user-data"));
	is_int(status, 200, "%d requests in a minute", META_RATE);
	is_int(ASK(GET, at(token, "user-data")), 429, "one more");
	ok(refused("often") && head_has("Retry-After: "), "  is told when");
	is_int(ASK(GET, at(other, "user-data")), 200, "others go on");
}

int
main(void)
{
	struct note note = {""};

	world_open();
	if (!ok(frame_check(&w.meta.door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	test_boot();
	test_unknown();
	test_enrol();
	test_phone_home();
	test_guards();
	test_rate();
	test_follow_rate();
	world_close();
	return done_testing();
}
