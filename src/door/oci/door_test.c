/* Requests through the whole frame and a real core, without a socket. */
#include "door/oci/inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/log.h"
#include "base/test.h"
#include "core/user.h"
#include "core/regtoken.h"
#include "wire/jwt.h"
#include "wire/ociref.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#define HOST "127.0.0.1:8080"
#define TYPE "application/vnd.oci.image.manifest.v1+json"

static struct {
	char dir[64];
	struct core *core;
	struct frame *frame;
	struct arena arena;
	struct visit owner;
	struct buf api_key, ro, rw; /* values */
	char ro_id[CRED_ID_MAX + 1];
	char blob[OCI_DIGEST_MAX + 1], manifest[OCI_DIGEST_MAX + 1];
} world = {.api_key = BUF_INIT, .ro = BUF_INIT, .rw = BUF_INIT};

static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, r < 0 ? fail_place() : "");
	exit(1);
}

/* --- one request --- */

static struct {
	struct http_reply reply;
	enum http_plan plan;
} got = {.reply = {.head = BUF_INIT, .body = BUF_INIT, .fd = -1}};

struct want {
	const char *host, *query, *body;
	const char *fields[8]; /* name, value, ... */
	const char *user, *pass, *bearer;
};

static void
got_clear(void)
{
	if (got.reply.fd >= 0)
		(void)close(got.reply.fd);
	if (got.reply.guard_free != NULL)
		got.reply.guard_free(got.reply.guard_arg);
	buf_reset(&got.reply.head);
	buf_reset(&got.reply.body);
	got.reply = (struct http_reply){
	    .head = got.reply.head, .body = got.reply.body, .fd = -1};
}

static size_t
put_auth(const struct want *w, struct buf *auth, struct http_field *field)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;

	if (w->user != NULL) {
		buf_addf(&pair, "%s:%s", w->user, w->pass);
		buf_adds(auth, "Basic ");
		enc_b64(auth, buf_str(&pair));
	} else if (w->bearer != NULL) {
		buf_addf(auth, "Bearer %s", w->bearer);
	} else {
		return 0;
	}
	*field = (struct http_field){STR("authorization"), buf_str(auth)};
	return 1;
}

static size_t
put_fields(const struct want *w, struct http_field *fields)
{
	size_t n = 0;

	for (size_t i = 0; i < 8 && w->fields[i] != NULL; i += 2)
		fields[n++] = (struct http_field){str_c(w->fields[i]),
						  str_c(w->fields[i + 1])};
	return n;
}

static int
ask(enum http_method method, const char *path, struct want w)
{
	const struct http_app *app = frame_app(world.frame);
	CLEAN(buf_clear) struct buf auth = BUF_INIT;
	struct http_field fields[8];
	struct arena arena;
	struct http_req req = {
	    .method = method,
	    .path = str_c(path),
	    .query = str_c(w.query),
	    .host = str_c(w.host == NULL ? HOST : w.host),
	    .fields = fields,
	    .peer = "127.0.0.1",
	    .loopback = true,
	    .body = str_c(w.body),
	    .arena = &arena,
	    .began_ms = clock_mono(),
	};
	uint64_t body_max = 0;

	got_clear();
	arena_init(&arena, FRAME_ARENA_MAX);
	req.length = req.body.n;
	req.has_length = req.body.n > 0;
	req.n_fields = put_fields(&w, fields);
	req.n_fields += put_auth(&w, &auth, &fields[req.n_fields]);
	got.plan = app->begin(app->arg, &req, &got.reply, &body_max);
	if (got.plan != HTTP_ANSWER)
		app->run(app->arg, &req, &got.reply);
	app->done(app->arg, &req, got.reply.status, 0, got.reply.body.n);
	arena_clear(&arena);
	return got.reply.status;
}
#define ASK(method, path, ...)                                                 \
	ask(HTTP_##method, path, (struct want){__VA_ARGS__})

static bool
head_has(const char *text)
{
	return strstr(got.reply.head.p, text) != NULL;
}

static bool
body_has(const char *text)
{
	return strstr(got.reply.body.p, text) != NULL;
}

/* --- the world --- */

static void
world_tokens(void)
{
	struct regtoken_ask read = {.region = STR("local"),
				    .description = STR("r"),
				    .issuer = STR(HOST)};
	struct regtoken_ask write = read;
	struct regtoken token;

	world.owner.verb = VERB_REGISTRYTOKEN_CREATE;
	write.may_write = true;
	must(regtoken_add(&world.owner, &read, &world.arena, &token, &world.ro),
	     "a token to read");
	(void)snprintf(world.ro_id, sizeof(world.ro_id), "%.*s",
		       STR_ARG(token.id));
	must(
	    regtoken_add(&world.owner, &write, &world.arena, &token, &world.rw),
	    "a token to write");
}

static void
digest_text(struct str bytes, char ret[OCI_DIGEST_MAX + 1])
{
	uint8_t digest[SHA256_LEN];

	must(digest_sha256(bytes, digest), "digest");
	memcpy(ret, "sha256:", 7);
	enc_hex(digest, sizeof(digest), ret + 7);
}

static void
world_image(void)
{
	struct place at = {STR("local"), STR("birds/robin")};
	CLEAN(upload_drop) struct upload up = UPLOAD_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct manifest_put put;
	struct manifest_ask image = {.at = at, .media_type = STR(TYPE)};
	static const struct str tags[] = {STR_INIT("1"), STR_INIT("2"),
					  STR_INIT("3")};

	world.owner.verb = VERB_IMAGE_PUSH;
	digest_text(STR("0123456789"), world.blob);
	must(upload_begin(&world.owner, &at, DIGEST_SHA256, &up),
	     "upload_begin");
	must(upload_write(&up, "0123456789", 10), "upload_write");
	must(upload_finish(&up, str_c(world.blob)), "upload_finish");
	buf_addf(&body,
		 "{\"schemaVersion\":2,\"mediaType\":\"" TYPE
		 "\",\"config\":{\"mediaType\":\"a/b\",\"digest\":\"%s\","
		 "\"size\":10},\"layers\":[]}",
		 world.blob);
	digest_text(buf_str(&body), world.manifest);
	image.body = buf_str(&body);
	for (size_t i = 0; i < nitems(tags); i++) {
		image.ref = tags[i];
		must(manifest_push(&world.owner, &image, &world.arena, &put,
				   NULL),
		     "manifest_push");
	}
}

static void
world_open(void)
{
	struct core_conf conf = {
	    .data_dir = world.dir, .public_url = "http://" HOST, .make = true};
	static const struct door *const doors[] = {&oci_door};
	struct frame_conf frame = {.doors = doors, .n_doors = 1};
	struct first first = {.slug = STR("anna"),
			      .email = STR("anna@example.org"),
			      .key_name = STR("first")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	struct proof proof = {.kind = PROOF_BASIC, .user = STR("iamapikey")};
	struct note note = {""};
	bool made;

	log_set_level(LOG_ERROR);
	(void)snprintf(world.dir, sizeof(world.dir),
		       "/tmp/latchkey-oci-XXXXXX");
	must(mkdtemp(world.dir) == NULL ? -errno : 0, "mkdtemp");
	arena_init(&world.arena, 16 * MIB);
	must(core_open(&conf, &world.core, &note), note.text);
	core_add_host(world.core, HOST);
	must(account_first(world.core, &first, &key), "account_first");
	buf_addstr(&world.api_key, secret_reveal(&key));
	proof.secret = buf_str(&world.api_key);
	world.owner.core = world.core;
	must(gate_prove(world.core, &proof, &world.owner.who), "gate_prove");
	memcpy(world.owner.account, world.owner.who.account,
	       sizeof(world.owner.account));
	must(namespace_add(&world.owner, STR("local"), STR("birds"), &made),
	     "namespace_add");
	frame.core = world.core;
	must(frame_new(&frame, &world.frame), "frame_new");
	world_tokens();
	world_image();
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void
world_close(void)
{
	got_clear();
	buf_clear(&got.reply.head);
	buf_clear(&got.reply.body);
	frame_free(world.frame);
	core_free(world.core);
	arena_clear(&world.arena);
	buf_clear(&world.api_key);
	buf_clear(&world.ro);
	buf_clear(&world.rw);
	(void)nftw(world.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- the token service --- */

/* The bearer for a query, and what its access says. */
static void
bearer(const char *token, const char *query, struct buf *ret,
       struct buf *access)
{
	CLEAN(json_freep) struct json *reply = NULL;
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;
	CLEAN(buf_clear) struct buf full = BUF_INIT;

	buf_addf(&full, "service=registry%s", query);
	buf_reset(ret);
	buf_reset(access);
	is_int(ASK(GET, "/oauth/token", .query = full.p, .user = "token",
		   .pass = token),
	       200, "a bearer for '%s'", query);
	if (json_parse(buf_str(&got.reply.body), &reply, NULL) != 0)
		return;
	buf_addstr(ret, json_text(reply, "token"));
	if (jwt_parse(buf_str(ret), &jwt) == 0)
		(void)json_write(access, json_get(jwt.payload, "access"));
}

static const struct {
	bool write;
	const char *query, *access;
} scopes[] = {
    {false, "", "[]"},
    {false, "&scope=repository:birds/robin:pull,push,delete,*",
     "[{\"type\":\"repository\",\"name\":\"birds/robin\","
     "\"actions\":[\"pull\"]}]"},
    {true, "&scope=repository:birds/robin:push,pull",
     "[{\"type\":\"repository\",\"name\":\"birds/robin\","
     "\"actions\":[\"pull\",\"push\"]}]"},
    {true, "&scope=repository:birds/a:pull%20repository:birds/b:pull",
     "[{\"type\":\"repository\",\"name\":\"birds/a\",\"actions\":[\"pull\"]},"
     "{\"type\":\"repository\",\"name\":\"birds/b\",\"actions\":[\"pull\"]}]"},
    {true, "&scope=repository:birds/a:pull+repository:birds/a:push",
     "[{\"type\":\"repository\",\"name\":\"birds/a\","
     "\"actions\":[\"pull\",\"push\"]}]"},
    {true, "&scope=repository:stones/a:pull", "[]"},
    {true, "&scope=repository:../x:pull", "[]"},
    {true, "&scope=repository:*:pull", "[]"},
    {true, "&scope=repository:birds/*:pull", "[]"},
    {true, "&scope=repository::pull", "[]"},
    {true, "&scope=repository:birds/a:", "[]"},
    {true, "&scope=", "[]"},
    {true, "&scope=registry:catalog:*",
     "[{\"type\":\"registry\",\"name\":\"catalog\",\"actions\":[\"*\"]}]"},
    {true, "&scope=registry:other:*", "[]"},
};

static void
test_scopes(void)
{
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	CLEAN(buf_clear) struct buf access = BUF_INIT;

	for (size_t i = 0; i < nitems(scopes); i++) {
		bearer(scopes[i].write ? world.rw.p : world.ro.p,
		       scopes[i].query, &token, &access);
		is_str(buf_str(&access), str_c(scopes[i].access),
		       "  its access");
		ok(got.plan == HTTP_INLINE, "  right there");
	}
}

static void
test_login(void)
{
	is_int(ASK(GET, "/oauth/token", .query = "service=registry"), 401,
	       "nobody gets no token");
	ok(head_has("WWW-Authenticate: Basic realm=\"registry\"\r\n"),
	   "but a challenge");
	is_int(ASK(GET, "/oauth/token", .user = "token", .pass = world.ro.p),
	       400, "no service");
	is_int(ASK(GET, "/oauth/token", .query = "service=elsewhere",
		   .user = "token", .pass = world.ro.p),
	       400, "another's service");
	is_int(ASK(GET, "/oauth/token",
		   .query = "service=registry&service=registry",
		   .user = "token", .pass = world.ro.p),
	       400, "two services");
	is_int(ASK(GET, "/oauth/token", .query = "service=registry",
		   .user = "anna", .pass = world.ro.p),
	       401, "another user name");
	ok(body_has("\"UNSUPPORTED\"") && body_has("iamrefresh"),
	   "names the four");
	is_int(ASK(GET, "/oauth/token", .query = "service=registry",
		   .user = "iamapikey", .pass = world.ro.p),
	       401, "a token is no API key");
	ok(body_has("\"UNAUTHORIZED\""), "unauthorized");
	is_int(ASK(GET, "/oauth/token", .query = "service=registry",
		   .bearer = world.ro.p),
	       401, "a bearer is not taken here");
	is_int(ASK(GET, "/oauth/token", .query = "service=registry",
		   .user = "iamapikey", .pass = world.api_key.p),
	       200, "an API key");
	ok(got.reply.wipe, "the reply is wiped");
	ok(!body_has("refresh_token"), "nothing to keep unless asked for");
}

static void
test_keep(void)
{
	CLEAN(json_freep) struct json *reply = NULL;
	CLEAN(buf_clear) struct buf form = BUF_INIT;

	is_int(ASK(GET, "/oauth/token",
		   .query = "service=registry&offline_token=true",
		   .user = "iamapikey", .pass = world.api_key.p),
	       200, "a login that lasts");
	ok(got.plan == HTTP_POOL, "waits for the disk in the pool");
	must(json_parse(buf_str(&got.reply.body), &reply, NULL), "reply");
	buf_adds(&form, "grant_type=refresh_token&service=registry"
			"&scope=repository:birds/robin:pull&refresh_token=");
	(void)enc_percent(&form, json_text(reply, "refresh_token"));
	ok(json_text(reply, "refresh_token").n > 0, "a token to keep");
	for (int i = 0; i < 2; i++) {
		is_int(ASK(POST, "/oauth/token", .body = form.p,
			   .fields = {"content-type",
				      "application/x-www-form-urlencoded"}),
		       200, "is taken again and again");
		ok(body_has("\"scope\":\"repository:birds/robin:pull\""),
		   "for what it may");
	}
}

static int
grant(const char *form)
{
	return ASK(
	    POST, "/oauth/token", .body = form,
	    .fields = {"content-type", "application/x-www-form-urlencoded"});
}

static void
test_grant(void)
{
	CLEAN(buf_clear) struct buf form = BUF_INIT;

	buf_adds(&form, "grant_type=password&service=registry&username=token"
			"&password=");
	(void)enc_percent(&form, buf_str(&world.rw));
	is_int(grant(form.p), 200, "a password grant");
	ok(got.plan == HTTP_POOL && got.reply.wipe, "in the pool, wiped");
	is_int(grant("grant_type=password&service=registry&username=token"
		     "&password=x"),
	       401, "a wrong password");
	ok(body_has("\"error\":\"invalid_grant\""), "in OAuth's words");
	is_int(grant("grant_type=magic&service=registry"), 400,
	       "an unknown grant");
	ok(body_has("\"error\":\"unsupported_grant_type\""), "says so");
	is_int(grant("service=registry"), 400, "no grant");
	is_int(grant("grant_type=password&grant_type=password"), 400,
	       "two grants");
	is_int(grant("grant_type=refresh_token&service=registry"
		     "&refresh_token=x"),
	       401, "a token that is none");
	is_int(ASK(POST, "/oauth/token", .body = "{}",
		   .fields = {"content-type", "application/json"}),
	       415, "no form");
}

/* --- the registry --- */

#define ROBIN "/v2/birds/robin"

static void
test_base(void)
{
	is_int(ASK(GET, "/v2/"), 401, "nobody");
	ok(head_has("WWW-Authenticate: Bearer realm=\"http://" HOST
		    "/oauth/token\",service=\"registry\"\r\n"),
	   "is told where to go");
	ok(head_has("Docker-Distribution-Api-Version: registry/2.0\r\n"),
	   "this is a registry");
	is_int(ASK(GET, "/v2/", .user = "token", .pass = world.ro.p), 200,
	       "Basic straight");
	is_str(buf_str(&got.reply.body), STR("{}"), "an object");
	is_int(ASK(HEAD, "/v2/", .user = "token", .pass = world.ro.p), 200,
	       "HEAD");
	is_int(ASK(GET, "/v2/", .user = "owl", .pass = world.ro.p), 401,
	       "another user name");
	ok(body_has("iambearer"), "names the four");
	is_int(ASK(GET, "/v2/", .bearer = "no.such.token"), 401, "a forgery");
	ok(head_has("error=\"invalid_token\""), "is said to be one");
	is_int(ASK(GET, "/v2/", .fields = {"authorization", "Basic \xff"}), 401,
	       "bytes");
	is_int(ASK(GET, "/v2/", .host = "evil.example"), 421, "another host");
	ok(!head_has("evil") && !body_has("evil"), "is not repeated");
	is_int(ASK(GET, "/v2/", .user = "token", .pass = world.ro.p,
		   .fields = {"authorization", "Basic eDp5"}),
	       400, "two credentials");
	is_int(ASK(DELETE, "/v2/"), 405, "another method");
	ok(head_has("Allow: GET, HEAD\r\n"), "says which");
	is_int(ASK(GET, "/v2//tags/list"), 400, "an empty segment");
	is_int(ASK(GET, ROBIN "/referred/x"), 404, "no such address");
}

/* The engine's own refusals, with whatever of the request there was. */
static void
test_refuse(void)
{
	const struct http_app *app = frame_app(world.frame);
	struct http_req req = {.method = HTTP_GET, .peer = "127.0.0.1"};

	got_clear();
	app->refuse(app->arg, &req, 400, "no request line", &got.reply);
	is_int(got.reply.status, 400, "before there is a path");
	is_str(buf_str(&got.reply.body), STR("400 no request line\n"),
	       "in plain words");
	req.path = STR(ROBIN "/manifests/1");
	got_clear();
	app->refuse(app->arg, &req, 413, "the body is too large", &got.reply);
	is_int(got.reply.status, 413, "behind a path of ours");
	ok(body_has("{\"errors\":[{\"code\":\"SIZE_INVALID\"") &&
	       head_has("registry/2.0"),
	   "in the door's words");
}

static void
test_bearer(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	CLEAN(buf_clear) struct buf access = BUF_INIT;

	bearer(world.rw.p, "&scope=repository:birds/robin:pull", &b, &access);
	is_int(ASK(GET, ROBIN "/manifests/1", .bearer = b.p), 200, "pull");
	is_int(ASK(PUT, ROBIN "/manifests/1", .bearer = b.p, .body = "{}"), 401,
	       "a bearer too narrow");
	ok(head_has("scope=\"repository:birds/robin:pull,push\","
		    "error=\"insufficient_scope\"\r\n"),
	   "says what it lacks");
	is_int(ASK(GET, "/v2/_catalog", .bearer = b.p), 401, "the catalog");
	ok(head_has("scope=\"registry:catalog:*\""), "has a scope");
	bearer(world.ro.p, "&scope=repository:birds/robin:pull", &b, &access);
	is_int(ASK(PUT, ROBIN "/manifests/1", .bearer = b.p, .body = "{}"), 403,
	       "who may not");
	ok(body_has("\"DENIED\"") && body_has("image.push") &&
	       body_has("namespace birds") && body_has("read-only"),
	   "is told what, where and as whom");
	world.owner.verb = VERB_REGISTRYTOKEN_DELETE;
	must(regtoken_remove(&world.owner, STR("local"), str_c(world.ro_id)),
	     "regtoken_remove");
	is_int(ASK(GET, ROBIN "/manifests/1", .bearer = b.p), 401,
	       "removed: the bearer at once");
	is_int(ASK(GET, "/v2/", .user = "token", .pass = world.ro.p), 401,
	       "and the token");
}

#define AS .user = "token", .pass = world.rw.p

/* --- what refers to an image --- */

static void
refer(int i, struct str annotations)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct manifest_ask ask = {.at = {STR("local"), STR("birds/robin")},
				   .media_type = STR(TYPE)};
	struct manifest_put put;
	char tag[16];

	(void)snprintf(tag, sizeof(tag), "ref%d", i);
	buf_addf(&body,
		 "{\"schemaVersion\":2,\"artifactType\":\"text/%s+x\","
		 "\"config\":{\"mediaType\":\"a/b\",\"digest\":\"%s\","
		 "\"size\":10},\"layers\":[],\"annotations\":{\"n\":\"%d"
		 "%.*s\"},\"subject\":{\"mediaType\":\"" TYPE
		 "\",\"digest\":\"%s\",\"size\":1}}",
		 i % 2 == 0 ? "even" : "odd", world.blob, i,
		 STR_ARG(annotations), world.manifest);
	ask.body = buf_str(&body);
	ask.ref = str_c(tag);
	must(manifest_push(&world.owner, &ask, &world.arena, &put, NULL),
	     "manifest_push");
	is_str(put.subject, str_c(world.manifest), "its subject is named");
}

static size_t
count(const char *text)
{
	size_t n = 0;

	for (const char *p = got.reply.body.p; (p = strstr(p, text)) != NULL;
	     p++)
		n++;
	return n;
}

/* Follows Link from page to page; how many there were of what. */
static size_t
walk(const char *path, const char *query, size_t *ret_pages)
{
	char next[512];
	size_t n = 0;

	(void)snprintf(next, sizeof(next), "%s", query);
	for (*ret_pages = 0; *ret_pages < 20; ++*ret_pages) {
		char *link;

		is_int(ASK(GET, path, AS, .query = next), 200, "a page");
		n += count("\"digest\"");
		link = strstr(got.reply.head.p, "Link: <");
		if (link == NULL)
			return n;
		link = strchr(link, '?') + 1;
		(void)snprintf(next, sizeof(next), "%.*s",
			       (int)(strchr(link, '>') - link), link);
	}
	return n;
}

static void
test_referrers(void)
{
	char path[256];
	size_t pages;

	(void)snprintf(path, sizeof(path), ROBIN "/referrers/%s",
		       world.manifest);
	is_int(ASK(GET, path, AS), 200, "none yet");
	is_str(buf_str(&got.reply.body),
	       STR("{\"schemaVersion\":2,\"mediaType\":\"application/"
		   "vnd.oci.image.index.v1+json\",\"manifests\":[]}"),
	       "is an empty index");
	ok(head_has("Content-Type: application/vnd.oci.image.index.v1+json"),
	   "of that type");
	for (int i = 0; i < 7; i++)
		refer(i, STR(""));
	is_int(ASK(GET, path, AS), 200, "seven");
	is_int(count("\"digest\""), 7, "all of them");
	ok(body_has("\"annotations\":{\"n\":\"3\"}") &&
	       body_has("\"artifactType\":\"text/odd+x\"") &&
	       body_has("\"mediaType\":\"" TYPE "\""),
	   "with what they say of themselves");
	ok(!head_has("OCI-Filters-Applied") && !head_has("Link"), "no more");
	is_int(ASK(GET, path, AS, .query = "artifactType=text/odd%2Bx"), 200,
	       "of one type");
	is_int(count("\"digest\""), 3, "these");
	ok(head_has("OCI-Filters-Applied: artifactType\r\n"), "says so");
	is_int(walk(path, "n=2", &pages), 7, "two by two");
	is_int(pages, 3, "in four pages");
	is_int(walk(path, "artifactType=text/even%2Bx&n=3", &pages), 4,
	       "three by three of a type");
	is_int(ASK(GET, path, AS, .query = "n=0"), 200, "none of them");
	ok(count("\"digest\"") == 0 && !head_has("Link"), "is none");
	is_int(ASK(GET, path, AS, .query = "n=-1"), 400, "-1");
	is_int(ASK(GET, path, AS, .query = "last=x"), 400, "after no digest");
	is_int(ASK(GET, path, AS, .query = "last=%00"), 400, "NUL");
	is_int(ASK(GET, ROBIN "/referrers/x", AS), 400, "of no digest");
	ok(body_has("DIGEST_INVALID"), "is invalid");
	(void)snprintf(path, sizeof(path), "/v2/birds/nobody/referrers/%s",
		       world.manifest);
	is_int(ASK(GET, path, AS), 200, "in no repository yet");
	ok(body_has("\"manifests\":[]"), "there are none");
}

/* A page is no longer than a manifest may be, and never empty. */
static void
test_long_referrers(void)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	char path[256];
	size_t pages;

	while (text.n < 1500 * KIB)
		buf_addc(&text, 'x');
	for (int i = 10; i < 14; i++)
		refer(i, buf_str(&text));
	(void)snprintf(path, sizeof(path), ROBIN "/referrers/%s",
		       world.manifest);
	is_int(ASK(GET, path, AS), 200, "long ones");
	ok(got.reply.body.n <= (size_t)MANIFEST_MAX, "fit");
	ok(head_has("Link: <"), "not all of them");
	is_int(walk(path, "", &pages), 11, "but in pages");
}

/* --- tags that stay --- */

static void
test_immutable(void)
{
	struct namespace_options options = {.immutable_tags = true};
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	char path[256], digest[OCI_DIGEST_MAX + 1];

	world.owner.verb = VERB_NAMESPACE_UPDATE;
	must(namespace_options_set(&world.owner, STR("local"), STR("birds"),
				   &options),
	     "namespace_options_set");
	world.owner.verb = VERB_IMAGE_PUSH;
	is_int(ASK(GET, ROBIN "/manifests/ref1", AS), 200, "another image");
	buf_addstr(&body, buf_str(&got.reply.body));
	is_int(ASK(PUT, ROBIN "/manifests/1", AS, .body = body.p,
		   .fields = {"content-type", TYPE}),
	       403, "under a tag that is there");
	ok(body_has("\"DENIED\"") &&
	       body_has("tag 1 is there already, and the tags of namespace "
			"birds are immutable"),
	   "is denied in so many words");
	ok(!head_has("WWW-Authenticate"), "and no login would help");
	is_int(ASK(PUT, ROBIN "/manifests/ref1", AS, .body = body.p,
		   .fields = {"content-type", TYPE}),
	       201, "the same again is fine");
	is_int(ASK(PUT, ROBIN "/manifests/new", AS, .body = body.p,
		   .fields = {"content-type", TYPE}),
	       201, "so is a new one");
	digest_text(buf_str(&body), digest);
	(void)snprintf(path, sizeof(path), ROBIN "/manifests/%s", digest);
	is_int(ASK(PUT, path, AS, .body = body.p, .query = "tag=a&tag=2",
		   .fields = {"content-type", TYPE}),
	       403, "nor among others");
	is_int(ASK(GET, ROBIN "/manifests/a", AS), 404, "all or nothing");
	is_int(ASK(PUT, path, AS, .body = body.p, .query = "tag=a&tag=b",
		   .fields = {"content-type", TYPE}),
	       201, "two new ones");
	ok(head_has("OCI-Tag: a\r\n") && head_has("OCI-Tag: b\r\n"),
	   "are named");
	options.immutable_tags = false;
	must(namespace_options_set(&world.owner, STR("local"), STR("birds"),
				   &options),
	     "namespace_options_set");
}

static void
test_manifest(void)
{
	char tag[OCI_DIGEST_MAX + 3], path[256];

	is_int(ASK(GET, ROBIN "/manifests/1", AS), 200, "a manifest");
	ok(got.plan == HTTP_INLINE, "right there");
	ok(head_has("Content-Type: " TYPE "\r\n"), "as it was pushed");
	ok(head_has(world.manifest), "with its digest");
	(void)snprintf(tag, sizeof(tag), "\"%s\"", world.manifest);
	is_int(ASK(GET, ROBIN "/manifests/1", AS,
		   .fields = {"if-none-match", tag}),
	       304, "unchanged");
	is_int(got.reply.body.n, 0, "nothing more");
	is_int(ASK(HEAD, ROBIN "/manifests/1", AS), 200, "HEAD");
	ok(got.reply.has_head_len && got.reply.head_len > 100, "its length");
	(void)snprintf(path, sizeof(path), ROBIN "/manifests/%s",
		       world.manifest);
	is_int(ASK(GET, path, AS), 200, "by digest");
	is_int(ASK(GET, ROBIN "/manifests/none", AS), 404, "no such tag");
	ok(body_has("MANIFEST_UNKNOWN"), "is unknown");
	is_int(ASK(GET, ROBIN "/manifests/.bad", AS), 404, "nor can there be");
	is_int(ASK(GET, "/v2/birds/wren/manifests/1", AS), 404, "no such repo");
	ok(body_has("NAME_UNKNOWN"), "is unknown, too");
	is_int(ASK(PUT, ROBIN "/manifests/.bad", AS, .body = "{}"), 400,
	       "a tag that cannot be made");
	is_int(ASK(GET, ROBIN "/manifests/sha256:abc", AS), 400,
	       "a bad digest");
	ok(body_has("DIGEST_INVALID"), "is invalid");
	is_int(ASK(GET, "/v2/Birds/robin/manifests/1", AS), 400, "a bad name");
	ok(body_has("NAME_INVALID"), "is invalid, too");
	is_int(ASK(GET, "/v2/birds%2frobin/manifests/1", AS), 400,
	       "a coded slash");
	is_int(
	    ASK(PUT, ROBIN "/manifests/1", AS, .body = "{}", .query = "tag=x"),
	    400, "?tag= beside a tag");
}

static void
test_blob(void)
{
	char path[256];

	(void)snprintf(path, sizeof(path), ROBIN "/blobs/%s", world.blob);
	is_int(ASK(GET, path, AS), 200, "a blob");
	ok(got.reply.fd >= 0 && got.reply.fd_len == 10, "all of it");
	is_int(ASK(GET, path, AS, .fields = {"range", "bytes=2-4"}), 206,
	       "a part");
	ok(got.reply.fd_off == 2 && got.reply.fd_len == 3, "that part");
	ok(head_has("Content-Range: bytes 2-4/10\r\n"), "says which");
	is_int(ASK(GET, path, AS, .fields = {"range", "bytes=10-"}), 416,
	       "beyond it");
	ok(head_has("Content-Range: bytes */10\r\n") && got.reply.fd < 0,
	   "says how long it is");
	is_int(ASK(GET, path, AS,
		   .fields = {"range", "bytes=2-4", "if-range", "\"x\""}),
	       200, "a part of something else is all");
	is_int(ASK(HEAD, path, AS), 200, "HEAD");
	ok(got.reply.fd < 0 && got.reply.head_len == 10, "its length");
	(void)snprintf(path, sizeof(path), "/v2/birds/wren/blobs/%s",
		       world.blob);
	is_int(ASK(GET, path, AS), 404, "not in another repository");
	ok(body_has("BLOB_UNKNOWN"), "is unknown there");
}

static void
test_lists(void)
{
	is_int(ASK(GET, ROBIN "/tags/list", AS), 200, "tags");
	is_str(buf_str(&got.reply.body),
	       STR("{\"name\":\"birds/robin\",\"tags\":[\"1\",\"2\",\"3\"]}"),
	       "in order");
	ok(!head_has("Link"), "all of them");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "n=2"), 200, "two");
	ok(head_has("Link: </v2/birds/robin/tags/list?n=2&last=2>; "
		    "rel=\"next\"\r\n"),
	   "and where the rest is");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "n=2&last=2"), 200,
	       "the rest");
	ok(body_has("[\"3\"]") && !head_has("Link"), "is the last");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "n=3"), 200, "three");
	ok(!head_has("Link"), "are all");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "n=0"), 200, "none");
	ok(body_has("\"tags\":[]") && !head_has("Link"), "of them");
	is_int(
	    ASK(GET, ROBIN "/tags/list", AS, .query = "n=99999999999999999999"),
	    200, "too many is many");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "n=-1"), 400, "-1");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "n=1&n=2"), 400,
	       "twice");
	is_int(ASK(GET, ROBIN "/tags/list", AS, .query = "last=%00"), 400,
	       "NUL");
	is_int(ASK(GET, "/v2/birds/wren/tags/list", AS), 404, "no such repo");
	is_int(ASK(GET, "/v2/_catalog", AS), 200, "the catalog");
	is_str(buf_str(&got.reply.body),
	       STR("{\"repositories\":[\"birds/robin\"]}"), "what is there");
}

int
main(void)
{
	world_open();
	test_base();
	test_refuse();
	test_scopes();
	test_login();
	test_keep();
	test_grant();
	test_manifest();
	test_blob();
	test_lists();
	test_referrers();
	test_immutable();
	test_long_referrers();
	test_bearer();
	world_close();
	return done_testing();
}
